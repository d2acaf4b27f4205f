"""Forms of a brief: one content, told alike by the page, Markdown and JSON; charts as files."""

from __future__ import annotations

import csv
import html
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # has no types, and is used in this test alone
import pandas as pd
import pytest

from detente.briefing import Brief, Found, write_brief
from detente.briefing.charts.theme import Series
from detente.briefing.exhibits import Column, Figure, Page, Panel, Section, Table
from detente.briefing.formats import FORMATS, Made, check_formats
from detente.briefing.formats.alt import alt_text
from detente.briefing.formats.charts import charts, standing_alone
from detente.briefing.formats.content import outline, schema
from detente.briefing.formats.making import check_tools
from detente.briefing.formats.markdown import escaped, markdown
from detente.briefing.formats.pdf import browser, undated
from detente.briefing.output import put
from detente.errors import EvidenceError
from detente.evidence import Evidence
from tests.briefing.ruritania import Shelf, case_of
from tests.briefing.ruritania_measures import measures_of
from tests.briefing.ruritania_outcomes import case, outcomes
from tests.briefing.ruritania_points import points


def written_as(folder: Path, *formats: str) -> Brief:
    evidence, measures = cast(Evidence, Shelf()), measures_of(**points())
    return write_brief(case_of(), evidence, Found(measures), folder, seed=0, how=Made(formats, 1000))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    """A brief with decisions and meetings, in every form that needs nothing installed."""
    folder, evidence = tmp_path_factory.mktemp("forms") / "brief", cast(Evidence, Shelf())
    how = Made(("html", "md", "json", "vega"), 1000)
    found = Found(measures_of(**points()), outcomes=outcomes())
    return write_brief(case(), evidence, found, folder, seed=0, how=how)


@pytest.fixture(scope="module")
def twin(full: Brief) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((full.folder / "brief.json").read_text(encoding="utf-8"))
    return found


def sentences(twin: dict[str, Any]) -> list[dict[str, Any]]:
    said = [each for section in twin["sections"] for many in section["paragraphs"] for each in many]
    return [*twin["answer"], *said]


def test_the_twin_follows_its_schema(twin: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(twin)


def test_the_twin_tells_every_sentence_of_the_page(full: Brief, twin: dict[str, Any]) -> None:
    page = full.page.read_text(encoding="utf-8")
    plain = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<sup.*?</sup>", "", page)))
    assert len(sentences(twin)) > 30
    assert [each["text"] for each in sentences(twin) if each["text"] not in plain] == []


def test_every_number_of_a_sentence_is_in_the_list_under_the_same_id_as_on_the_page(
    full: Brief, twin: dict[str, Any]
) -> None:
    listed = {each["id"]: each for each in twin["numbers"]}
    cited = {entry for each in sentences(twin) for entry in each["numbers"]}
    assert cited <= set(listed)
    beside = json.loads(full.numbers.read_text(encoding="utf-8"))["numbers"]
    assert twin["numbers"] == beside
    for each in sentences(twin):
        assert each["form"].count("#") >= len(each["numbers"])
        assert not set(re.findall(r"\d+ %", each["form"]))


def test_tables_of_the_twin_hold_the_rows_of_the_page_and_what_vouches_for_them(twin: dict[str, Any]) -> None:
    figures = [each for section in twin["sections"] for each in section["exhibits"] if "table" in each]
    assert len(figures) > 8
    unity = next(each["table"] for each in figures if each["key"] == "unity_over_time")
    assert {row["mark"] for row in unity["rows"]} == {"estimated"}
    assert all(row["low"] <= row["value"] <= row["high"] for row in unity["rows"])
    assert all(len(cells) == len(unity["columns"]) for cells in unity["shown"])


def test_the_manifest_and_the_twin_outline_alike(full: Brief, twin: dict[str, Any]) -> None:
    manifest = json.loads(full.manifest.read_text(encoding="utf-8"))
    assert manifest["outline"] == outline(twin)
    assert manifest["draws"] == {"intervals": 1000, "simulated": 1000, "projected": None}
    assert twin["made"] == {key: manifest[key] for key in twin["made"]}


def test_markdown_tells_every_sentence_table_and_number(full: Brief, twin: dict[str, Any]) -> None:
    text = (full.folder / "brief.md").read_text(encoding="utf-8")
    assert [each["text"] for each in sentences(twin) if escaped(each["text"]) not in text] == []
    heads = re.findall(r"^#{1,3} .*$", text, re.MULTILINE)
    assert heads[0] == "# The Pact and Ruritania"
    assert [head for head in heads if re.match(r"## \d+\. ", head)] == [
        f"## {place}. {section['title']}" for place, section in enumerate(twin["sections"], start=1)
    ]
    for each in twin["numbers"]:
        assert f"| {each['id']} | {escaped(each['what'])} |" in text
    for section in twin["sections"]:
        for exhibit in section["exhibits"]:
            assert escaped(exhibit["title"]) in text


def test_every_table_of_the_markdown_is_whole(full: Brief) -> None:
    rows = [
        line for line in (full.folder / "brief.md").read_text(encoding="utf-8").split("\n") if line[:1] == "|"
    ]
    width = 0
    for before, line in zip(["", *rows], rows, strict=False):
        cells = len(re.findall(r"(?<!\\)\|", line)) - 1
        width = cells if not before or "---" in line else width
        assert cells >= 2
    assert len(rows) > 100


def test_markdown_shows_pictures_where_they_lie_and_else_their_words(twin: dict[str, Any]) -> None:
    alone, beside = markdown(twin), markdown(twin, pictures=frozenset({"charts/unity_over_time-1.svg"}))
    assert "](charts/" not in alone
    assert "> How alike the members of each bloc vote, by year" in alone
    assert re.search(r"!\[How alike the members .* highest .*\]\(charts/unity_over_time-1\.svg\)", beside)


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "a | b", "# head", "[x](javascript:y)", "1. x", "- x", "`x`", "![x](y)"],
)
def test_text_from_outside_stays_text_in_markdown(hostile: str) -> None:
    shown = escaped(hostile)
    assert not re.search(r"(?<!\\)[<>|`\[\]#]", shown)
    assert not re.match(r"(\d+\.|-) ", shown)
    assert shown.replace("\\", "") == hostile


def test_every_chart_is_a_specification_that_stands_alone(full: Brief, twin: dict[str, Any]) -> None:
    listed = {
        chart["key"]
        for section in twin["sections"]
        for each in section["exhibits"]
        for chart in each.get("charts", ())
    }
    files = {path.name.removesuffix(".vl.json") for path in (full.folder / "charts").iterdir()}
    assert files == listed and len(files) >= 10
    spec = json.loads((full.folder / "charts" / "unity_over_time-1.vl.json").read_text(encoding="utf-8"))
    assert spec["$schema"].endswith("/vega-lite/v6.json")
    assert spec["title"]["text"] == "How alike the members of each bloc vote, by year"
    legend, chart = spec["vconcat"]
    assert [row["name"] for row in legend["data"]["values"]] == ["Pact", "League", "the other members"]
    assert chart["width"] == 640
    assert '"url"' not in json.dumps(spec)
    alt.Chart.from_dict(spec)


def test_a_map_keeps_its_own_width() -> None:
    assert standing_alone({"width": 300, "mark": "bar"})["vconcat"][0]["width"] == 300


def test_every_table_lies_beside_the_page_as_a_tidy_file(full: Brief, twin: dict[str, Any]) -> None:
    for section in twin["sections"]:
        for exhibit in section["exhibits"]:
            table = exhibit.get("table", exhibit)
            with (full.folder / table["file"]).open(encoding="utf-8", newline="") as handle:
                rows = list(csv.reader(handle))
            assert len({len(row) for row in rows}) == 1


def test_a_later_brief_takes_forms_away_that_it_does_not_write(tmp_path: Path) -> None:
    forms: dict[str, str | bytes] = {"brief.md": "one", "brief.pdf": b"two", "charts/a-1.vl.json": "three"}
    put(tmp_path / "brief", {**forms, "manifest.json": json.dumps({"files": dict.fromkeys(forms, "")})})
    assert (tmp_path / "brief" / "brief.pdf").read_bytes() == b"two"
    (tmp_path / "brief" / "mine.md").write_text("kept", encoding="utf-8")
    put(tmp_path / "brief", {"brief.html": "four", "manifest.json": "{}"})
    left = {path.name for path in (tmp_path / "brief").rglob("*") if path.is_file()}
    assert left == {"brief.html", "manifest.json", "mine.md"}


def test_unknown_forms_are_named_all_at_once() -> None:
    with pytest.raises(EvidenceError) as error:
        check_formats(["htlm", "doc", "md"])
    assert "did you mean 'html'?" in str(error.value)
    assert len(error.value.problems) == 2
    with pytest.raises(EvidenceError, match="names no form"):
        check_formats([""])
    assert check_formats(["png", " PDF"]) == ("pdf", "png")
    assert check_formats(FORMATS) == tuple(FORMATS)


def test_pictures_without_the_extra_name_it_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    monkeypatch.setenv("DETENTE_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(EvidenceError, match=r"detente\[figures\]") as error:
        check_tools(("svg", "pdf"))
    assert len(error.value.problems) == 2
    check_tools(("html", "md", "json", "vega"))


def test_pictures_are_drawn_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def draw(spec: dict[str, Any], **how: Any) -> str:
        asked.append(how)
        return f"<svg>{spec['vconcat'][0]['mark']}</svg>"

    def paint(spec: dict[str, Any], **how: Any) -> bytes:
        return draw(spec, **how).encode()

    stub = SimpleNamespace(vegalite_to_svg=draw, vegalite_to_png=paint)
    monkeypatch.setitem(sys.modules, "vl_convert", cast(Any, stub))
    table = Table("t", "T", pd.DataFrame({"who": ["Alpha"]}), (Column("who", "Who"),))
    figure = Figure("f", "Shares", "Who.", "", (Panel({"mark": "bar"}), Panel({"mark": "line"})), table)
    page = Page((), (), (Section("s", "S", (), (figure, table)),))
    assert charts(page, ("svg", "png")) == {
        "charts/f-1.svg": "<svg>bar</svg>", "charts/f-1.png": b"<svg>bar</svg>",
        "charts/f-2.svg": "<svg>line</svg>", "charts/f-2.png": b"<svg>line</svg>",
    }  # fmt: skip
    assert all(how["allowed_base_urls"] == [] for how in asked)


def test_without_a_browser_a_pdf_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("DETENTE_CHROMIUM", raising=False)
    with pytest.raises(EvidenceError, match="install Chromium or Google Chrome"):
        browser()
    monkeypatch.setenv("DETENTE_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(EvidenceError, match="/nowhere/chromium cannot be run"):
        browser()


def test_a_pdf_loses_its_dates_and_keeps_its_length() -> None:
    held = b"<</Creator (x)\n/CreationDate (D:20240102030405+00'00')\n/ModDate (D:20240102030405Z)>>"
    plain = undated(held)
    assert len(plain) == len(held)
    assert b"2024" not in plain and b"/Creator (x)" in plain


def test_the_words_of_a_chart_follow_its_figures() -> None:
    def shown(*values: float) -> str:
        frame = pd.DataFrame({"who": ["Alpha", "Beta"], "year": [2019, 2020], "value": values})
        columns = (Column("who", "Who"), Column("year", "Year"), Column("value", "Share", unit="share"))
        panel = Panel({"mark": "bar"})
        table = Table("t", "T", frame, columns)
        return alt_text(Figure("f", "Shares", "Who has what.", "", (panel,), table, (Series("Alpha", 0),)))

    assert shown(0.2, 0.7).replace("\u202f", " ") == (
        "Shares. Who has what. Told apart: Alpha. 2 rows of figures, from 2019 to 2020. "
        "Share: highest 70 % (Beta, 2020); lowest 20 % (Alpha, 2019)."
    )
    assert "highest 70\u202f% (Alpha" in shown(0.7, 0.2)
    assert "throughout" in shown(0.5, 0.5)


def test_the_page_gives_charts_the_same_words(full: Brief, twin: dict[str, Any]) -> None:
    page = html.unescape(full.page.read_text(encoding="utf-8"))
    figures = [each for section in twin["sections"] for each in section["exhibits"] if "alt" in each]
    assert [each["key"] for each in figures if f'aria-label="{each["alt"]}' not in page] == []


def test_a_picture_draws_each_series_in_its_own_colour_though_the_legend_names_only_some() -> None:
    from detente.briefing.charts.fan import fan

    series = [Series(name, place) for place, name in enumerate(("Pact", "League", "Rest", "Rival"))]
    values = dict.fromkeys(("p5", "p25", "p50", "p75", "p95"), 1.0)
    frame = pd.DataFrame([{"year": year, "series": "Rival", **values} for year in (2020, 2021)])
    drawn = fan(frame, title="place", series=series, domain=(0.0, 2.0))
    named = (series[0], series[1], series[3])
    figure = Figure("ahead", "Ahead", "", "", (Panel(drawn),), Table("ahead", "", frame, ()), named)
    page = Page((), (), (Section("one", "One", (), (figure,)),))
    picture = str(charts(page, ("svg",))["charts/ahead-1.svg"])
    lines = re.findall(r'stroke="(#[0-9a-f]{6})"[^>]*stroke-width="1.8"', picture)
    assert set(lines) == {series[3].color}
