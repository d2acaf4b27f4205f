"""The page asks nothing of anyone, escapes what it is given, and marks every number."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from detente.briefing.charts.world import WIDTH
from detente.briefing.composing import compose
from detente.briefing.ledger import Ledger
from detente.briefing.page import embedded
from detente.briefing.prose import DIGIT, Cited
from detente.briefing.sections.threat import by_year
from tests.briefing import ruritania_measures as invented
from tests.briefing.ruritania import Shelf, World, case_of, material, write
from tests.briefing.ruritania_camps import camps

HOSTILE = "</script><img src=x onerror=alert(1)>'\"&{{ 7*7 }}"
LOADING = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("object", "data"),
    ("form", "action"),
}
PROSE = re.compile(r'<section id="([a-z_]+)".*?</section>', re.DOTALL)


class Reader(HTMLParser):
    """Collects tags, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.texts.append((self.cdata_elem, data))


@pytest.fixture(scope="module")
def html_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the invented world."""
    return write(tmp_path_factory.mktemp("brief") / "out", **camps()).page.read_text(encoding="utf-8")


def policy_of(html_page: str) -> str:
    found = [
        at.get("content")
        for tag, at in Reader(html_page).tags
        if at.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(found) == 1
    return str(found[0])


def digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def test_nothing_is_loaded_from_anywhere(html_page: str) -> None:
    assert not [(tag, name) for tag, at in Reader(html_page).tags for name in at if (tag, name) in LOADING]
    assert "@import" not in html_page
    assert "url(" not in re.sub(r"<script.*?</script>", "", html_page, flags=re.DOTALL)


def test_the_policy_allows_the_very_scripts_and_styles_of_the_page_and_nothing_else(html_page: str) -> None:
    policy = dict(part.strip().split(" ", 1) for part in policy_of(html_page).split(";"))
    run = re.findall(r"<script>(.*?)</script>", html_page, flags=re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", html_page, flags=re.DOTALL)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"].split() == [digest(script) for script in run]
    assert policy["style-src"] == digest(*styles)
    assert "unsafe" not in policy_of(html_page)


def test_no_element_carries_a_style_or_a_handler_of_its_own(html_page: str) -> None:
    names = {name for _, at in Reader(html_page).tags for name in at}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]


def test_every_digit_in_the_text_is_a_name_or_a_number_of_the_ledger() -> None:
    content = compose(material())
    sentences = [
        *content.answer,
        *(each for part in content.sections for told in part.paragraphs for each in told),
    ]
    assert any(isinstance(part, Cited) for each in sentences for part in each.parts)
    assert not [
        part for each in sentences for part in each.parts if isinstance(part, str) and DIGIT.search(part)
    ]


def test_marks_and_rows_lead_to_each_other(html_page: str) -> None:
    marks = re.findall(r'<sup class="mark"><a href="#(n-[SEA]\d+)"', html_page)
    rows = re.findall(r'<tr id="(n-[SEA]\d+)"><th scope="row"><a href="#([a-z_]+)"', html_page)
    assert len(marks) > 20
    assert set(marks) == {row for row, _ in rows}
    assert len(rows) == len({row for row, _ in rows})
    ids = {at["id"] for _, at in Reader(html_page).tags if "id" in at}
    assert {section for _, section in rows} <= ids


def test_the_same_number_of_the_same_thing_has_one_row(html_page: str) -> None:
    shown = re.findall(r'<tr id="n-[SEA]\d+">.*?</th><td>(.*?)</td><td class="figure">(.*?)</td>', html_page)
    assert len(shown) == len(set(shown))


def test_each_chart_says_what_it_shows_how_to_read_it_and_holds_its_table(html_page: str) -> None:
    figures = re.findall(r"<figure id=.*?</figure>", html_page, flags=re.DOTALL)
    assert len(figures) >= 6
    for figure in figures:
        assert "What it shows" in figure
        assert "How to read it" in figure
        assert re.search(r'role="img" aria-label="[^"]{40,}"', figure)
        assert "<table" in figure.split("<details", 1)[1]
        for spec in re.findall(
            r'<script type="application/json" id="[^"]+">(.*?)</script>', figure, re.DOTALL
        ):
            assert json.loads(spec)["width"] in ("container", WIDTH)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    names = dict.fromkeys(World().names, HOSTILE)
    dependence = invented.dependence().assign(title=HOSTILE, locator=HOSTILE)
    shelf = Shelf(gazetteer=World(names), title=HOSTILE)
    case = case_of(title=HOSTILE, question=HOSTILE, notes=[HOSTILE])
    written = write(tmp_path / "out", case=case, shelf=shelf, dependence=dependence, **camps())
    page = written.page.read_text(encoding="utf-8")
    usual = write(tmp_path / "usual", **camps()).page.read_text(encoding="utf-8")
    assert "<img" not in page.split("<footer>")[0]
    assert "{{ 7*7 }}" in page
    assert "49'" not in page
    assert page.count("<script") == usual.count("<script")
    assert policy_of(page) == policy_of(usual)
    for spec in re.findall(r'<script type="application/json" id="[^"]+">(.*?)</script>', page, re.DOTALL):
        json.loads(spec)


def test_a_source_with_a_script_for_an_address_is_not_linked(tmp_path: Path) -> None:
    class Bad(Shelf):
        def sources(self):  # type: ignore[no-untyped-def]  # as its parent
            return super().sources().assign(url="javascript:alert(1)")

    assert (
        "javascript:"
        not in write(tmp_path / "out", shelf=Bad()).page.read_text(encoding="utf-8").split("<script>")[0]
    )


def test_json_in_the_page_cannot_end_its_script() -> None:
    text = str(embedded({"a": "</script><!--\u2028"}))
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == {"a": "</script><!--\u2028"}


def test_a_ledger_numbers_its_entries_in_the_order_of_the_text() -> None:
    ledger, content = Ledger(), compose(material())
    for each in content.answer:
        for cited in each.cited():
            ledger.enter(cited, section="answer")
    order = [int(entry.id[1:]) for entry in ledger.entries()]
    assert order == list(range(1, len(order) + 1))


def test_the_answer_comes_before_all_else_and_the_gaps_are_told(html_page: str) -> None:
    order = PROSE.findall(html_page)
    assert order == [
        "answer", "unity", "ideal_points", "camps", "stance", "weakest", "dependence", "threat", "forum",
        "gaps", "sources", "made", "numbers",
    ]  # fmt: skip
    assert "type: detente data pull customs" in html_page


def test_licences_that_are_only_commonly_known_are_said_to_be_so(html_page: str) -> None:
    listed = set(re.findall(r'id="source-(\w+)"', html_page))
    assert html_page.count("general knowledge: check before passing the data on") == len(listed) > 0


def test_a_lone_column_of_figures_stands_to_the_right_though_its_unit_is_not_written() -> None:
    ranks = pd.DataFrame({"name": ["A", "B"], "year": [2020, 2020], "value": [56.0, 60.0]})
    _, columns = by_year(ranks, unit="")
    assert [column.is_figure for column in columns] == [False, True]
    _, signs = by_year(ranks.assign(value="●"))
    assert not any(column.is_figure for column in signs)


def test_reports_behind_ranks_are_folded_by_year_where_there_are_several(tmp_path: Path) -> None:
    threat = invented.threat()
    ranks = threat["part"] == "ranks"
    one = write(tmp_path / "one").page.read_text(encoding="utf-8")
    assert "Sourced: press." in one
    assert "Reports behind the figures" not in one
    later = threat[ranks].assign(year=2021, locator=["The Bell, May", "The Drum, May"])
    threat.loc[ranks, "locator"] = ["The Bell, May", "The Horn, June"]
    threat = pd.concat([threat, later], ignore_index=True)
    several = write(tmp_path / "several", threat=threat).page.read_text(encoding="utf-8")
    assert "<summary>Reports behind the figures</summary>" in several
    assert "<li>2020: The Bell, May; The Horn, June</li><li>2021: The Bell, May; The Drum" in several
    assert "Sourced: " not in several
