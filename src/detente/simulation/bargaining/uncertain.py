"""Inputs that are not known exactly: a least, likeliest and most for each cell, and draws from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.bargaining.actors import Actors, Floats, not_numbers
from detente.simulation.bargaining.spatial_inputs import Draws
from detente.simulation.drawing import triangle

KINDS = ("position", "salience", "capability")


@dataclass(frozen=True, eq=False)
class Range:
    """The least and the most that each cell may be, in the shape of the actors' own table."""

    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Uncertain:
    """Actors as they are most likely, and ranges for what is not known exactly.

    `ranges` has position and salience (actors, issues) and capability (actors,), each only if uncertain.
    Raises `SimulationError` with every cell whose value lies outside its range.
    """

    actors: Actors
    ranges: Mapping[str, Range]

    def __post_init__(self) -> None:
        raise_all(SimulationError, list(self._problems()))

    def draws(self, number: int, *, seed: int = 0) -> Draws:
        """Return `number` draws of everything uncertain, each cell on its own, from a triangle.

        The triangle has its top at the likeliest value and ends at the range's ends. Each kind of input has a
        stream of its own, and cells are drawn in the order of actors' names, so that neither another input
        nor another order of actors changes what is drawn. Saliences that add up to more than 1 are brought
        down together.

        >>> one = Actors(["A"], ["budget"], capability=[1], position=[[0.5]], salience=[[0.5]])
        >>> unsure = Uncertain(one, {"position": Range(np.array([[0.4]]), np.array([[0.6]]))})
        >>> drawn = np.asarray(unsure.draws(100).positions)
        >>> drawn.shape, bool((abs(drawn - 0.5) <= 0.1).all())
        ((100, 1, 1), True)
        """
        streams = np.random.SeedSequence(seed).spawn(len(KINDS))
        found: dict[str, Floats | None] = {}
        for kind, stream in zip(KINDS, streams, strict=True):
            held = self.ranges.get(kind)
            likeliest = getattr(self.actors, kind)
            found[kind] = None if held is None else self._drawn(held, likeliest, number, stream)
        cares = found["salience"]
        if cares is not None:
            found["salience"] = cares / np.maximum(cares.sum(axis=-1, keepdims=True), 1.0)
        return Draws(
            positions=found["position"], saliences=found["salience"], capabilities=found["capability"]
        )

    def _drawn(self, held: Range, likeliest: Floats, number: int, stream: np.random.SeedSequence) -> Floats:
        order = self.actors.order
        u = np.empty((number, *likeliest.shape))
        u[:, order] = np.random.default_rng(stream).random((number, *likeliest.shape))
        return triangle(u, held.low, likeliest, held.high)

    def _problems(self) -> Iterator[Problem]:
        for kind, held in self.ranges.items():
            own = getattr(self.actors, kind)
            out = ~((held.low <= own + 1e-12) & (own <= held.high + 1e-12))
            for cell in np.argwhere(out):
                spot = tuple(cell)
                label = f"actor {self.actors.names[cell[0]]!r}"
                if len(cell) > 1:
                    label += f", {self.actors.issues[cell[1]]!r}"
                what = f"{kind} {own[spot]:g} does not lie from {held.low[spot]:g} to {held.high[spot]:g}"
                yield Problem(label, what, "widen the range, or move the value into it")


def uncertain_from(table: pd.DataFrame, *, scale: float = 100.0) -> Uncertain:
    """Return actors from a table as `Actors.from_table` takes it, with ranges from columns `..._low` and
    `..._high`.

    A cell without a range is known exactly. Raises `SimulationError` as `Actors.from_table` does, where one
    end of a range has no column for the other, and where an actor's range of capability differs by row.

    >>> rows = pd.DataFrame({"actor": ["A", "B"], "issue": "budget", "position": [0, 100], "salience": 50,
    ...                      "capability": 1, "position_low": [0, 80], "position_high": [20, 100]})
    >>> uncertain_from(rows).ranges["position"].high.tolist()
    [[0.2], [1.0]]
    """
    actors = Actors.from_table(table, scale=scale)
    ends = [name for name in (f"{kind}_{end}" for kind in KINDS for end in ("low", "high")) if name in table]
    raise_all(SimulationError, list(not_numbers(table, ends)))
    problems, ranges = [], {}
    at = table.assign(actor=table["actor"].astype(str), issue=table["issue"].astype(str))
    for kind in KINDS:
        ends = [f"{kind}_{end}" for end in ("low", "high")]
        held = [end for end in ends if end in table]
        if len(held) == 1:
            other = next(end for end in ends if end not in held)
            problems.append(
                Problem("actor table", f"has {held[0]} and no {other}", f"add the column {other}")
            )
        elif held and kind == "capability":
            several = [str(name) for name, rows in at.groupby("actor") if (rows[ends].nunique() > 1).any()]
            problems += [
                Problem(
                    f"actor {name!r}", "has more than one range of capability", "give the same in every row"
                )
                for name in several
            ]
            low, high = (
                at.groupby("actor")[end].first().loc[list(actors.names)].to_numpy(float) for end in ends
            )
            ranges[kind] = _filled(low, high, actors.capability)
        elif held:
            wide = at.pivot(index="actor", columns="issue", values=ends).loc[list(actors.names)]
            low, high = (wide[end][list(actors.issues)].to_numpy(dtype=float) / scale for end in ends)
            ranges[kind] = _filled(low, high, getattr(actors, kind))
    raise_all(SimulationError, problems)
    return Uncertain(actors, ranges)


def _filled(low: Floats, high: Floats, own: Floats) -> Range:
    return Range(np.where(np.isnan(low), own, low), np.where(np.isnan(high), own, high))
