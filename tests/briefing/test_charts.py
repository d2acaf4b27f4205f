"""Chart families against the schema of Vega-Lite, and the vendored scripts against their hashes."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # comes with Altair, without stubs
import pytest

from detente.briefing.charts import CHARTS
from detente.briefing.charts.theme import PALETTE, SHAPES, Series, colors, shapes, wrapped
from detente.briefing.composing import compose
from detente.briefing.exhibits import Figure
from detente.measurement import cohesion, dependence, pairs, positions, stance, threat
from tests.briefing import ruritania_measures as invented
from tests.briefing import ruritania_points as placed
from tests.briefing.ruritania import material

VENDOR = files("detente.briefing").joinpath("vendor")
LISTED = json.loads(VENDOR.joinpath("VENDOR.json").read_text(encoding="utf-8"))["files"]


def figures() -> dict[str, Figure]:
    page = compose(material())
    return {each.key: each for part in page.sections for each in part.exhibits if isinstance(each, Figure)}


@pytest.mark.parametrize(
    "key",
    [
        "unity_over_time",
        "unity_by_issue",
        "sides",
        "ideal_paths",
        "ideal_members",
        "stance_places",
        "weakest_pulls",
        "dependence",
        "threat_views",
    ],
)
def test_every_chart_keeps_to_the_schema_of_vega_lite(key: str) -> None:
    schema = alt.load_schema()
    for panel in figures()[key].panels:
        jsonschema.Draft7Validator(schema).validate(dict(panel.spec))


def test_every_family_has_a_figure_that_uses_it() -> None:
    others = {"waterfall", "world", "alluvial", "matrix", "ladder", "standings", "fan", "timeline_events"}
    assert set(CHARTS) == {"trend", "intervals", "pulls", "heat", "paths", "grid"} | others


def test_a_series_has_the_same_colour_and_shape_in_every_figure() -> None:
    seen: dict[str, set[int]] = {}
    for figure in figures().values():
        for series in figure.legend:
            seen.setdefault(series.name, set()).add(series.place)
    assert {"Pact", "League"} <= set(seen)
    assert all(len(places) == 1 for places in seen.values())


def test_colours_and_shapes_both_tell_series_apart() -> None:
    series = [Series(str(place), place) for place in range(len(PALETTE))]
    assert len(set(colors(series).range)) == len(set(shapes(series).range)) == len(PALETTE) == len(SHAPES)
    more = [Series(str(place), place) for place in range(2 * len(PALETTE))]
    assert len({(each.color, each.shape) for each in more}) == len(more)


def test_long_labels_are_broken_into_two_lines_at_most() -> None:
    assert wrapped("a " * 60, 20).count("|") == 1
    assert "|" not in wrapped("short|er", 20)


def test_charts_hold_the_figures_of_their_tables() -> None:
    figure = figures()["stance_places"]
    drawn: set[float] = set()
    for panel in figure.panels:
        for rows in panel.spec["datasets"].values():
            drawn |= {row["value"] for row in rows if "value" in row}
    assert drawn == set(figure.table.frame["value"])


def test_the_invented_measures_have_the_columns_of_the_real_ones() -> None:
    told: dict[str, tuple[Any, list[str]]] = {
        "cohesion": (invented.cohesion(), cohesion.COHESION),
        "comparison": (invented.comparison(), pairs.COMPARISON),
        "stance": (invented.stance(), stance.STANCE),
        "loadings": (invented.loadings(), stance.LOADINGS),
        "leave_one_out": (invented.leave_one_out(), stance.LEFT_OUT),
        "contributions": (invented.contributions(), stance.PULLS),
        "dependence": (invented.dependence(), dependence.DEPENDENCE),
        "threat": (invented.threat(), threat.THREAT),
        "roll_calls": (invented.ballots(), ["issue", *cohesion.ROLL_CALLS]),
        "weakest": (invented.weakest(), cohesion.WEAKEST),
        **{name: (frame, positions.empty(name).columns.tolist()) for name, frame in placed.points().items()},
    }
    for name, (frame, columns) in told.items():
        assert set(frame) == set(columns), name


@pytest.mark.parametrize("listed", LISTED, ids=[each["package"] for each in LISTED])
def test_vendored_scripts_are_those_that_were_listed(listed: dict[str, Any]) -> None:
    data = VENDOR.joinpath(listed["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == listed["sha256"]
    assert len(data) == listed["bytes"]
    assert b"</script" not in data
    assert VENDOR.joinpath(listed["licence_file"]).is_file()


def test_vendored_versions_are_those_that_altair_writes_for() -> None:
    held = {each["package"]: each["version"] for each in LISTED}
    assert f"v{held['vega-lite']}".rsplit(".", 1)[0] == alt.SCHEMA_VERSION.rsplit(".", 1)[0]
    assert held["vega"].split(".")[0] == alt.VEGA_VERSION
    assert held["vega-embed"].split(".")[0] == alt.VEGAEMBED_VERSION


def test_nothing_lies_in_the_vendor_folder_that_is_not_listed() -> None:
    scripts = {each.name for each in VENDOR.iterdir() if each.name.endswith(".js")}
    assert scripts == {each["file"] for each in LISTED}
