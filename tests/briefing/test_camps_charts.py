"""Figures on camps: what is drawn is what was measured, and the map stays within its budget."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # comes with Altair, without stubs
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.briefing.charts.alluvial import NAMED, flows, listed, stacked
from detente.briefing.charts.ladder import STATES
from detente.briefing.charts.matrix import matrix
from detente.briefing.charts.world import GREY, LAND, drawn
from detente.briefing.exhibits import Figure
from detente.briefing.page import embedded
from detente.briefing.sections.camps import camps
from detente.briefing.sections.camps_figures import on_the_map
from detente.briefing.sections.camps_reading import camps_of
from detente.briefing.shapes import LAYER
from tests.briefing import ruritania_camps as invented
from tests.briefing.ruritania import material
from tests.briefing.ruritania_measures import MEMBERS

KEYS = ("camps_map", "camps_over_time", "camps_balance", "camps_matrix", "camps_ladder", "camps_holds")
BUDGET = 110_000
"""Bytes that the map may add to a page."""


@cache
def figures() -> dict[str, Figure]:
    """Return the figures of the section by key; one member stands outside, and not all is proven."""
    tables = {**invented.camps(), "detachment": invented.detachment(apart=("CCC",), open_=2.0)}
    found = camps(material(**tables))
    assert found is not None
    return {each.key: each for each in found.exhibits if isinstance(each, Figure)}


def rows_of(key: str, field: str) -> list[dict[str, Any]]:
    """Return the rows of the one dataset of a figure whose rows have a field."""
    sets = figures()[key].panels[0].spec["datasets"].values()
    (rows,) = [held for held in sets if isinstance(held, list) and held and field in held[0]]
    return list(rows)


def test_all_figures_are_there_and_keep_to_the_schema_of_vega_lite() -> None:
    assert tuple(figures()) == KEYS
    validator = jsonschema.Draft7Validator(alt.load_schema())
    for key in KEYS:
        validator.validate(json.loads(json.dumps(figures()[key].panels[0].spec)))


def test_a_series_has_the_colour_and_shape_of_its_place_in_every_figure_on_camps() -> None:
    assert figures()["camps_map"].legend == figures()["camps_over_time"].legend
    assert [each.place for each in figures()["camps_map"].legend] == [0, 1]


def test_the_map_colours_each_country_by_its_camp_and_greys_the_others() -> None:
    members = invented.camp_members()
    there = members[members["period"] == members["period"].max()]
    spec = figures()["camps_map"].panels[0].spec
    shapes = spec["datasets"][LAND]["objects"][LAYER]["geometries"]
    told = {each["properties"]["name"]: each["properties"]["series"] for each in shapes}
    names = {each.place + 1: each.name for each in figures()["camps_map"].legend}
    for row in there.itertuples():
        if row.actor in told:
            assert told[str(row.actor)] == names[int(str(row.camp))]
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    by_name = dict(zip(scale["domain"], scale["range"], strict=True))
    grey = {name for name in told.values() if name not in names.values()}
    assert {by_name[name] for name in grey} <= {GREY}
    assert f"for want of a shape: {len(invented.INVENTED)}" in figures()["camps_map"].note


def test_a_camp_of_nobody_on_the_map_gives_no_map() -> None:
    members = invented.camp_members()
    alone = members[members["actor"].isin(invented.INVENTED)]
    held = material(**{**invented.camps(), "camp_members": alone})
    found = camps_of(held)
    assert found is not None
    assert on_the_map(held, found) is None


def test_the_map_stays_within_its_budget() -> None:
    spec = figures()["camps_map"].panels[0].spec
    assert len(embedded(spec).encode()) < BUDGET
    assert drawn(["FRA", "MLT", "TUV", "AAA"]) == {"FRA", "MLT", "TUV"}


STORIES = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.sampled_from("XYZ")),
    max_size=40,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=40)
@given(STORIES)
def test_bands_leave_and_arrive_within_their_blocks_and_never_overlap(
    story: list[tuple[str, int, str]],
) -> None:
    frame = pd.DataFrame(story, columns=["moment", "name", "series"]).astype({"name": str})
    blocks = stacked(frame, list("abc"), list("XYZ"))
    bands = flows(frame, blocks)
    assert sum(len(names) for names in blocks["names"]) == len(frame)
    for side, shift, group in (("", 0, "series"), ("next_", 1, "target")):
        for block in blocks.to_dict("records"):
            mine = bands[(bands["column"] + shift == block["column"]) & (bands[group] == block["series"])]
            ends = sorted(zip(mine[f"{side}low"], mine[f"{side}high"], strict=True))
            flat = [at for pair in ends for at in pair]
            assert flat == pytest.approx(sorted(flat))
            assert all(block["low"] - 1e-9 <= at <= block["high"] + 1e-9 for at in flat)
    for band in bands.to_dict("records"):
        assert band["high"] - band["low"] == pytest.approx(len(band["names"]))
        assert band["next_high"] - band["next_low"] == pytest.approx(len(band["names"]))


def test_tooltips_name_the_first_and_count_the_rest() -> None:
    names = [f"N{place:02d}" for place in range(NAMED + 3)]
    assert listed(names).endswith(f"N{NAMED - 1:02d} and 3 more")
    assert listed(names[:NAMED]) == ", ".join(names[:NAMED])


def test_bands_of_those_who_change_camp_stand_out() -> None:
    points = rows_of("camps_over_time", "opacity")
    told = {row["title"]: row["opacity"] for row in points if row["title"]}
    assert {opacity for title, opacity in told.items() if "→" in title} == {0.7}
    assert {opacity for title, opacity in told.items() if "→" not in title} == {0.25}


def test_the_matrix_has_a_cell_for_each_pair_and_a_gap_between_camps() -> None:
    cells = rows_of("camps_matrix", "x")
    members = len(MEMBERS)
    assert len(cells) == len(invented.pair_agreement())
    places = {row["x"] for row in cells} | {row["y"] for row in cells}
    assert places == set(range(len(invented.INVENTED) + 1)) - {members}


def test_the_colours_of_a_matrix_have_their_middle_at_zero() -> None:
    frame = pd.DataFrame({"a": ["A", "A"], "b": ["B", "C"], "value": [0.9, -0.2]})
    spec = matrix(frame, title="t", groups=[[("A", "One"), ("B", "Two")], [("C", "'three\"")]])
    assert spec["layer"][0]["encoding"]["color"]["scale"]["domain"] == [-0.9, 0, 0.9]


def test_the_ladder_begins_with_the_least_firmly_held_and_says_what_is_not_proven() -> None:
    rungs = rows_of("camps_ladder", "chance_low")
    values = [row["value"] for row in rungs]
    assert values == sorted(values)
    assert rungs[0]["name"] == "Carpania"
    assert rungs[0]["value"] < 0
    assert all(row["low"] < row["value"] == row["high"] and "not proven" in row["shown"] for row in rungs)
    assert {row["state"] for row in rungs} <= {state.name for state in STATES}


def test_tables_hold_the_figures_that_are_drawn() -> None:
    table = figures()["camps_ladder"].table.frame
    assert {round(value, 4) for value in table["value"]} == {
        row["value"] for row in rows_of("camps_ladder", "chance_low")
    }
    held = figures()["camps_holds"]
    sets = [rows for panel in held.panels for rows in panel.spec["datasets"].values()]
    drawn_ = sorted(row["pull"] for rows in sets for row in rows if "pull" in row)
    assert drawn_ == sorted(round(value, 3) for value in held.table.frame["pull"])
    every = figures()["camps_over_time"].table
    assert len(every.frame) == len(invented.camp_members())
    assert len(every.shown) == len(invented.camp_periods())
