"""The shapes of countries: what ships is sound and whole, and the script that made it does what it says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.briefing.compiling import shapes as script
from detente.briefing.compiling.shapes import compile_shapes
from detente.briefing.compiling.topology import (
    Points,
    Topology,
    area,
    centre,
    joined,
    read_topology,
    simplified,
)
from detente.briefing.shapes import world
from detente.errors import EvidenceError
from detente.evidence.actors import Gazetteer


def shipped() -> list[Points]:
    """Return the arcs that ship, in degrees."""
    held = world()
    return [np.cumsum(np.array(arc), axis=0) * held["grid"] + [-180.0, -90.0] for arc in held["arcs"]]


def test_rings_that_ship_are_closed_and_outer_ones_run_clockwise() -> None:
    arcs = shipped()
    for code, parts in world()["shapes"].items():
        for outer, *holes in parts:
            for ring in (outer, *holes):
                points = joined(arcs, ring)
                assert np.allclose(points[0], points[-1]), code
            assert area(joined(arcs, outer)) > 0, code
            assert all(area(joined(arcs, hole)) < 0 for hole in holes), code


def test_every_arc_that_ships_is_used_and_no_border_is_drawn_more_than_twice() -> None:
    rings = [ring for parts in world()["shapes"].values() for part in parts for ring in part]
    times = np.bincount([number if number >= 0 else ~number for ring in rings for number in ring])
    assert len(times) == len(world()["arcs"])
    assert set(times) <= {1, 2}


def test_every_state_of_today_has_a_shape_or_a_point() -> None:
    who, today = Gazetteer.load(), date(2025, 1, 1)
    states = {code for code in who.codes if who.actor(code).kind == "state" and who.existed(code, today)}
    held = world()
    assert states <= set(held["shapes"]) | set(held["points"])
    assert set(held["points"]) <= states


def test_what_ships_is_small() -> None:
    assert len(json.dumps(world(), separators=(",", ":"))) < 70_000


def line(*points: tuple[float, float]) -> Points:
    return np.array(points, dtype=float)


BORDER = line((10, 0), (10, 5.0), (10.1, 5.1), (10, 5.2), (10, 10))
WEST = line((10, 10), (10, 12), (0, 12), (0, 0), (10, 0))
EAST = line((10, 0), (20, 0), (20, 10), (10, 10))
ISLE = line((30, 30), (30, 30.3), (30.3, 30.3), (30.3, 30), (30, 30))
SPECK = line((7.4, 43.7), (7.4, 43.75), (7.45, 43.75), (7.45, 43.7), (7.4, 43.7))


def invented(*, names: tuple[str, str] = ("France", "Spain")) -> Topology:
    """Return two neighbours, the first with an islet, and a state too small to be seen."""
    west, east = names
    shapes = {west: ([[~0, ~1]], [[3]]), east: ([[0, ~2]],), "Monaco": ([[4]],)}
    return Topology((BORDER, WEST, EAST, ISLE, SPECK), {k: tuple(v) for k, v in shapes.items()})


def clockwise(topology: Topology) -> Topology:
    """Return the topology with every ring running clockwise."""
    turned = {
        name: tuple(
            [ring if area(topology.ring(ring)) > 0 else [~n for n in reversed(ring)] for ring in part]
            for part in parts
        )
        for name, parts in topology.shapes.items()
    }
    return Topology(topology.arcs, turned)


def test_neighbours_keep_one_border_bends_and_islets_go_and_the_smallest_is_a_point() -> None:
    made = compile_shapes(clockwise(invented()))
    assert set(made["shapes"]) == {"FRA", "ESP"}
    assert len(made["shapes"]["FRA"]) == 1
    numbers = {code: {n if n >= 0 else ~n for n in parts[0][0]} for code, parts in made["shapes"].items()}
    (shared,) = numbers["FRA"] & numbers["ESP"]
    assert len(made["arcs"][shared]) == 2
    assert made["points"] == {"MCO": [7.4, 43.7]}


def test_a_point_comes_from_the_first_file_that_has_the_state() -> None:
    coarse = clockwise(invented())
    finer = Topology((SPECK + np.array([160, -50]),), {"Tuvalu": ([[0]],), "Nowhere at all": ([[0]],)})
    assert set(compile_shapes(coarse, clockwise(finer))["points"]) == {"MCO", "TUV"}


def test_names_that_stand_for_nobody_are_all_named() -> None:
    with pytest.raises(EvidenceError) as raised:
        compile_shapes(clockwise(invented(names=("Atlantis", "Ruritania"))))
    assert [problem.what for problem in raised.value.problems] == [
        "'Atlantis' names no known actor",
        "'Ruritania' names no known actor",
    ]


def topojson(**changes: Any) -> dict[str, Any]:
    held = {
        "type": "Topology",
        "transform": {"scale": [2, 1], "translate": [-10, 0]},
        "arcs": [[[0, 0], [0, 5], [5, 0], [0, -5], [-5, 0]]],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0]], "properties": {"name": "A"}},
                    {"type": "MultiPolygon", "arcs": [[[0]], [[0]]], "properties": {"name": "A"}},
                    {"type": None, "properties": {"name": "B"}},
                ]
            }
        },
    }
    return {**held, **changes}


def test_a_file_is_read_step_by_step_and_parts_of_one_name_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "countries.json"
    path.write_text(json.dumps(topojson()), encoding="utf-8")
    held = read_topology(path)
    assert held.arcs[0].tolist() == [[-10, 0], [-10, 5], [0, 5], [0, 0], [-10, 0]]
    assert len(held.shapes["A"]) == 3
    assert held.shapes["B"] == ()


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"objects": {}})])
def test_another_file_meets_an_error_that_says_what_to_name(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    assert script.main([str(path)]) == 1
    assert "name a TopoJSON file with Natural Earth's countries" in capsys.readouterr().err
    assert script.main([str(tmp_path / "none.json")]) == 1


def test_compiling_writes_the_file_and_says_how_large_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "world.json"
    monkeypatch.setattr(script, "TARGET", target)
    monkeypatch.setattr(script, "read_topology", lambda _: clockwise(invented()))
    assert script.main(["any.json"]) == 0
    assert json.loads(target.read_text(encoding="utf-8"))["points"] == {"MCO": [7.4, 43.7]}
    assert capsys.readouterr().out.startswith("2 shapes, 1 points,")


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.floats(-170, 170), st.floats(-80, 80)), min_size=2, max_size=30), st.floats(0, 50)
)
def test_a_simplified_line_keeps_its_ends_and_adds_nothing(
    points: list[tuple[float, float]], least: float
) -> None:
    full = np.array(points)
    kept = simplified(full, least)
    assert kept[0].tolist() == full[0].tolist()
    assert kept[-1].tolist() == full[-1].tolist()
    rest = iter(full.tolist())
    assert all(point in rest for point in kept.tolist())


def test_a_closed_line_stays_a_surface_and_a_straight_one_keeps_its_ends_only() -> None:
    assert len(simplified(ISLE, 1e9)) == 5
    assert simplified(line((0, 0), (1, 0), (2, 0)), 0.1).tolist() == [[0, 0], [2, 0]]


def test_area_and_centre_do_not_mind_the_line_of_180_degrees() -> None:
    square = line((170, 10), (170, 20), (180, 20), (180, 10), (170, 10))
    across = square + np.array([8, 0])
    across[:, 0] = (across[:, 0] + 180) % 360 - 180
    assert area(across) == pytest.approx(area(square))
    assert centre(across) == pytest.approx((-177, 15))
    assert area(square[::-1]) == pytest.approx(-area(square))
