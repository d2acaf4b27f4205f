"""Shapes that share their borders: a reader of TopoJSON, and lines, areas and centres on the globe.

A topology holds each border once, as an arc; a ring is a list of arcs, with ~n for arc n walked backwards
(TopoJSON specification 1.0). Points are longitude and latitude in degrees.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import EvidenceError, Problem

Points = NDArray[np.float64]
Polygon = list[list[int]]
"""Rings of arcs, the outer one first."""

EARTH = 6371.0
"""Mean radius in kilometres."""


@dataclass(frozen=True)
class Topology:
    """Arcs (points by longitude and latitude), and the polygons of each named shape."""

    arcs: tuple[Points, ...]
    shapes: Mapping[str, tuple[Polygon, ...]]

    def ring(self, numbers: Sequence[int]) -> Points:
        """Return the points of a ring, the last equal to the first."""
        return joined(self.arcs, numbers)


def joined(arcs: Sequence[Points], numbers: Sequence[int]) -> Points:
    """Return arcs one after the other, without the point that two neighbours share."""
    lines = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([line if place == 0 else line[1:] for place, line in enumerate(lines)])


def read_topology(path: Path, *, layer: str = "countries") -> Topology:
    """Read one layer of a TopoJSON file. Raises `EvidenceError` where there is none in it."""
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        listed, lines = held["objects"][layer]["geometries"], held["arcs"]
        scale, start = (np.array(held["transform"][key], dtype=float) for key in ("scale", "translate"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "name a TopoJSON file with Natural Earth's countries, as in the npm package world-atlas"
        raise EvidenceError(Problem(str(path), f"no layer {layer!r} can be read from it", hint)) from error
    shapes: dict[str, tuple[Polygon, ...]] = {}
    for each in listed:
        name = str(each["properties"]["name"])
        several = {"Polygon": [each.get("arcs")], "MultiPolygon": each.get("arcs")}.get(each["type"]) or []
        shapes[name] = (*shapes.get(name, ()), *several)
    return Topology(tuple(np.cumsum(np.array(line), axis=0) * scale + start for line in lines), shapes)


def unwrapped(points: Points) -> Points:
    """Return the same line without a leap where it crosses the meridian of 180 degrees."""
    steps = np.diff(points[:, 0])
    turns = np.concatenate([[0.0], np.cumsum(np.round(steps / 360.0))])
    return np.column_stack([points[:, 0] - 360.0 * turns, points[:, 1]])


def area(ring: Points) -> float:
    """Return the area of a ring in square kilometres, positive where it runs clockwise, as d3 draws it.

    Exact for borders that are straight in longitude and the sine of latitude.

    >>> north = np.array([[0.0, 0.0], [0.0, 90.0], [90.0, 90.0], [90.0, 0.0], [0.0, 0.0]])
    >>> round(area(north) / (4 * np.pi * EARTH**2), 4)
    0.125
    """
    line = np.radians(unwrapped(ring))
    east, high = line[:, 0], np.sin(line[:, 1])
    return float(EARTH**2 * np.sum(np.diff(east) * (high[1:] + high[:-1]) / 2))


def centre(ring: Points) -> tuple[float, float]:
    """Return the centre of mass of a ring in the plane of longitude and latitude.

    >>> centre(np.array([[0.0, 0.0], [0.0, 2.0], [4.0, 2.0], [4.0, 0.0], [0.0, 0.0]]))
    (2.0, 1.0)
    """
    line = unwrapped(ring)
    shifted = line - line[0]
    (x, y), (later_x, later_y) = shifted[:-1].T, shifted[1:].T
    cross = x * later_y - later_x * y
    total = cross.sum()
    east = float(((x + later_x) * cross).sum() / (3 * total) + line[0, 0])
    north = float(((y + later_y) * cross).sum() / (3 * total) + line[0, 1])
    return (east + 180.0) % 360.0 - 180.0, north


def simplified(points: Points, least: float) -> Points:
    """Return a line without the points that matter least; its two ends stay (Visvalingam and Whyatt 1993).

    A point goes while the triangle that it makes with its neighbours is smaller than `least`, in square
    degrees at the equator. A closed line keeps four points and its end.
    """
    count = len(points)
    line = unwrapped(points)
    flat = np.column_stack([line[:, 0] * np.cos(np.radians(line[:, 1].mean())), line[:, 1]])
    before, after = list(range(-1, count - 1)), list(range(1, count + 1))

    def triangle(place: int) -> float:
        one, two, three = flat[before[place]], flat[place], flat[after[place]]
        (a, b), (c, d) = two - one, three - one
        return float(abs(a * d - b * c)) / 2

    weight = {place: triangle(place) for place in range(1, count - 1)}
    queue = [(size, place) for place, size in weight.items()]
    heapq.heapify(queue)
    spare = len(weight) - (3 if np.array_equal(points[0], points[-1]) else 0)
    while queue and spare > 0:
        size, place = heapq.heappop(queue)
        if weight.get(place) != size:
            continue
        if size >= least:
            break
        del weight[place]
        spare -= 1
        after[before[place]], before[after[place]] = after[place], before[place]
        for beside in (before[place], after[place]):
            if beside in weight:
                weight[beside] = max(triangle(beside), size)
                heapq.heappush(queue, (weight[beside], beside))
    return points[[0, *sorted(weight), count - 1]]
