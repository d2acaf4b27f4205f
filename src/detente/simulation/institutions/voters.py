"""Who votes under a rule, and with what weights, on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import DetenteError, Problem, did_you_mean, raise_all
from detente.evidence import Evidence

Ints = NDArray[np.int64]
MEMBERS = "members"
LARGEST = 2**35
"""Weights add up to no more than this, so that shares of them stay exact in 64 bits."""

POSSIBLE = 10**12


@dataclass(frozen=True)
class Voters:
    """Actors in sorted order, and their weights by name; every voter also counts as one member.

    Weights are whole numbers; `voters` makes them so. `source` says where each weight comes from.
    """

    actors: tuple[str, ...]
    weights: Mapping[str, Ints]
    units: Mapping[str, int] = field(default_factory=dict)
    """How many whole units stand for 1 as given; 1 for a weight that is not named."""
    source: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.actors)

    def weight(self, name: str) -> Ints:
        """Return a weight by name, (actors,); raises `DetenteError` where it is not known."""
        if name == MEMBERS:
            return np.ones(len(self.actors), dtype=np.int64)
        if name not in self.weights:
            known = (MEMBERS, *self.weights)
            hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
            raise DetenteError(Problem("rule", f"the voters have no weight {name!r}", hint))
        return self.weights[name]


def voters(actors: Sequence[str], weights: Mapping[str, Mapping[str, float]] | None = None) -> Voters:
    """Return the voters with weights made whole, by the least number that rids them of decimals.

    `weights` is name -> actor -> weight. Raises `DetenteError` with every weight that is missing, negative or
    not a number, every actor named twice, and every weight whose sum is too large to count exactly.

    >>> voters(["B", "A"], {"share": {"A": 1.5, "B": 2}}).weights["share"].tolist()
    [3, 4]
    """
    names = tuple(sorted(actors))
    problems = [
        Problem("voters", f"{name} is named twice", "name each once")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if not names:
        problems.append(Problem("voters", "nobody votes", "name at least one voter"))
    made, units = {}, {}
    for key, given in (weights or {}).items():
        problems += [
            Problem(f"weight {key}", f"{name} has {_shown(given.get(name))}", "give a number of 0 or more")
            for name in names
            if not _sound(given.get(name))
        ]
        if all(_sound(given.get(name)) for name in names):
            exact = [Fraction(str(given[name])) for name in names]
            step = int(np.lcm.reduce([each.denominator for each in exact], dtype=object)) if exact else 1
            whole = [int(each * step) for each in exact]
            if sum(whole) > LARGEST:
                what = f"weights add up to {sum(whole):.3g} whole units, more than {LARGEST:.3g}"
                problems.append(Problem(f"weight {key}", what, "give them in a larger unit, or fewer digits"))
            else:
                made[key], units[key] = np.array(whole, dtype=np.int64), step
    raise_all(DetenteError, problems)
    return Voters(names, made, units)


def _sound(weight: float | None) -> bool:
    return weight is not None and np.isfinite(weight) and 0 <= weight <= POSSIBLE


def _shown(weight: float | None) -> str:
    return "no weight" if weight is None else f"weight {weight}"


def voters_of(evidence: Evidence, bloc: str, *, on: date, weights: Mapping[str, str] | None = None) -> Voters:
    """Return a bloc's members on a day, each weight the last value of an indicator up to that day.

    `weights` is name -> indicator, as in `{"population": "population"}`. Raises `DetenteError` as `voters`
    does, and where the bloc has no members on that day.
    """
    actors = evidence.members(bloc, on)
    if not actors:
        hint = "choose another day, or import memberships: detente data import"
        raise DetenteError(Problem("voters", f"{bloc} has no members on {on}", hint))
    found, origin = {}, {}
    for name, indicator in (weights or {}).items():
        rows = evidence.indicators(indicator, actors=actors)
        rows = rows[rows["date"] <= pd.Timestamp(on)].sort_values("date").groupby("actor").tail(1)
        found[name] = dict(zip(rows["actor"], rows["value"].astype(float), strict=True))
        years = f"{rows['date'].min():%Y} to {rows['date'].max():%Y}" if len(rows) else "no year"
        origin[name] = f"{', '.join(sorted(set(rows['source'])))} ({years})"
    made = voters(actors, found)
    return replace(made, source=origin)
