"""Compile `shapes/world.json`: the shapes of countries, small enough for a page, by the codes of actors.

The first file gives the shapes: its borders are simplified once for both neighbours, rounded to a grid, and
islands too small to be seen are left out. A state that the map would hide is given a point at the centre of
its largest part, from the first file that has it; further files may have more detail.

    python -m detente.briefing.compiling.shapes countries-50m.json countries-10m.json
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detente.briefing.compiling.topology import (
    Points,
    Polygon,
    Topology,
    area,
    centre,
    joined,
    read_topology,
    simplified,
)
from detente.errors import DetenteError, EvidenceError, Problem, raise_all
from detente.evidence.actors import Gazetteer
from detente.files import write_text

HERE = Path(__file__).parent
TARGET = HERE.parent / "shapes" / "world.json"
GRID = 0.1
"""Degrees between the lines that points are rounded to: a fifth of a pixel of the map."""
TRIANGLE = 0.06
"""Square degrees below which a bend of a border is left out."""
ISLAND = 6000.0
"""Square kilometres below which a part that is not the largest is left out."""
SPECK = 1000.0
"""Square kilometres below which even the largest part is left out."""
SEEN = 12000.0
"""Square kilometres below which a state has a point, since its shape is hard to see."""
POLE = -60.0
"""A shape wholly south of this latitude is left out."""


def compile_shapes(first: Topology, *finer: Topology) -> dict[str, Any]:
    """Return what `world.json` holds. Raises `EvidenceError` where a name of `first` stands for nobody."""
    who, own = Gazetteer.load(), _own_names()
    names = {name: _code(name, who, own) for name in first.shapes}
    hint = f"write it into {HERE.name}/names.csv, without a code where it is no actor"
    raise_all(
        EvidenceError,
        [Problem("", f"{name!r} names no known actor", hint) for name, code in names.items() if code is None],
    )
    lines = [_rounded(simplified(line, TRIANGLE)) for line in first.arcs]
    kept = {
        code or name: parts
        for name, code in names.items()
        if (parts := _kept(first, lines, first.shapes[name]))
    }
    used = sorted(
        {_at(number) for parts in kept.values() for part in parts for ring in part for number in ring}
    )
    place = {number: new for new, number in enumerate(used)}
    return {
        "grid": GRID,
        "arcs": [_steps(lines[number]) for number in used],
        "shapes": {code: _renumbered(kept[code], place) for code in sorted(kept)},
        "points": _points((first, *finer), who, own, shown=kept),
    }


def _own_names() -> Mapping[str, str]:
    with (HERE / "names.csv").open(encoding="utf-8", newline="") as handle:
        return {row["name"]: row["actor"] for row in csv.DictReader(handle)}


def _code(name: str, who: Gazetteer, own: Mapping[str, str]) -> str | None:
    """Return the code for one of Natural Earth's names: empty where it is no actor, None where unknown."""
    return own.get(name, who.resolve(name))


def _rounded(points: Points) -> Points:
    """Return points in steps of the grid from its south-western corner, repeated ones once."""
    steps = np.round((points - [-180.0, -90.0]) / GRID)
    moved = np.concatenate([[True], np.any(np.diff(steps, axis=0) != 0, axis=1)])
    return steps[moved] if moved.sum() > 1 else steps[[0, -1]]


def _kept(first: Topology, lines: Sequence[Points], parts: Sequence[Polygon]) -> list[Polygon]:
    """Return the polygons large enough to be seen, without holes and parts that rounding turned over."""
    sizes = [area(first.ring(part[0])) for part in parts]
    least = min(ISLAND, max(SPECK, *sizes))
    if all(first.ring(part[0])[:, 1].max() < POLE for part in parts):
        return []
    found: list[Polygon] = []
    for part, size in zip(parts, sizes, strict=True):
        rings = [ring for ring in part if _stands(first, lines, ring)]
        if size >= least and part[0] in rings:
            found.append(rings)
    return found


def _stands(first: Topology, lines: Sequence[Points], ring: list[int]) -> bool:
    """Return whether a ring still runs the way it did: one turned over would be drawn as all but itself."""
    drawn = joined(lines, ring) * GRID + [-180.0, -90.0]
    return area(drawn) * area(first.ring(ring)) > 0


def _points(
    layers: Sequence[Topology], who: Gazetteer, own: Mapping[str, str], *, shown: Mapping[str, object]
) -> dict[str, list[float]]:
    """Return where each present state lies that its shape does not show."""
    found: dict[str, list[float]] = {}
    known: set[str] = set()
    for layer in layers:
        for name, parts in layer.shapes.items():
            code = _code(name, who, own)
            if not code or code in known or who.actor(code).kind != "state":
                continue
            known.add(code)
            largest = max((layer.ring(part[0]) for part in parts), key=area)
            if code not in shown or sum(area(layer.ring(part[0])) for part in parts) < SEEN:
                found[code] = [round(float(each), 1) for each in centre(largest)]
    return dict(sorted(found.items()))


def _at(number: int) -> int:
    return number if number >= 0 else ~number


def _steps(line: Points) -> list[list[int]]:
    """Return a line as its first point and the steps from each point to the next, as TopoJSON writes it."""
    return [[int(x), int(y)] for x, y in np.vstack([line[:1], np.diff(line, axis=0)])]


def _renumbered(parts: Sequence[Polygon], place: Mapping[int, int]) -> list[Polygon]:
    return [[[place[n] if n >= 0 else ~place[~n] for n in ring] for ring in part] for part in parts]


def main(words: Sequence[str] | None = None) -> int:
    """Compile from the files named; return 0, or 1 where they cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m detente.briefing.compiling.shapes", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="TopoJSON of Natural Earth, the shapes first")
    try:
        made = compile_shapes(*map(read_topology, parser.parse_args(words).files))
        text = json.dumps(made, separators=(",", ":"), sort_keys=True) + "\n"
        write_text(TARGET, text)
    except DetenteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    shapes, points = len(made["shapes"]), len(made["points"])
    sys.stdout.write(f"{shapes} shapes, {points} points, {len(text.encode())} bytes  {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
