"""What a side makes of a future: points on its objectives above doing nothing, less what its levers cost.

An objective counts weight x (what came of it - what came of it where nobody did anything) / unit, with the
sign of what is wanted, in the same future. Side effects and costs are drawn from their ranges, by lever, the
same in every portfolio that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.simulation.drawing import stream, triangle
from detente.simulation.ensemble.measures import (
    BlocMean,
    BlocSpread,
    Covariate,
    Crosses,
    Outcome,
    Passes,
    Position,
)

if TYPE_CHECKING:
    from detente.cases.events import Signed
    from detente.cases.schema import Case
    from detente.cases.strategies import Cost, Lever, Measure, Objective
    from detente.strategy.campaign.sides import Side

Floats = NDArray[np.float64]
COST = "cost"
"""The name under which costs stand beside the objectives."""


def outcome_of(measure: Measure, case: Case) -> Outcome:
    """Return what an objective is read from, as the engine knows it."""
    item = measure.item or ""
    if measure.cohesion is not None:
        return BlocSpread(measure.cohesion, item)
    if measure.mean is not None:
        return BlocMean(measure.mean, item)
    if measure.position is not None:
        return Position(measure.position, item)
    if measure.passes is not None:
        return Passes(measure.passes)
    if measure.crosses is not None:
        assert case.projection is not None
        return Crosses(measure.crosses, case.projection.lines[measure.crosses].watch)
    assert measure.driver is not None and measure.of is not None
    return Covariate(measure.of, measure.driver)


def in_words(outcome: Outcome, case: Case) -> str:
    """Return what is read, in the case's words."""
    assert case.agenda is not None and case.projection is not None
    titles = {key: item.title for key, item in case.agenda.items.items()}
    blocs = {key: bloc.title for key, bloc in case.blocs.items()}
    match outcome:
        case BlocSpread():
            return f"spread in {blocs[outcome.bloc]} on {titles.get(outcome.issue, 'general alignment')}"
        case BlocMean():
            return f"mean of {blocs[outcome.bloc]} on {titles.get(outcome.issue, 'general alignment')}"
        case Position():
            return f"position of {outcome.actor} on {titles.get(outcome.issue, 'general alignment')}"
        case Passes():
            return f"how often it passes: {case.decisions[outcome.ballot].title}"
        case Crosses():
            return f"how many cross: {case.projection.lines[outcome.line].title}"
        case Covariate():
            who = blocs.get(outcome.who, outcome.who)
            return f"{case.projection.drivers[outcome.covariate].title} in {who}"


def measured(side: Side, case: Case) -> dict[str, Outcome]:
    """Return the outcomes that a side's objectives are read from, by objective."""
    return {
        key: outcome_of(each.measure, case)
        for key, each in side.player.objectives.items()
        if each.measure is not None
    }


@dataclass(frozen=True, eq=False)
class Ledger:
    """What a side's own levers, and those of the other, do to its objectives beside what is simulated.

    `own` and `other` map each lever to (draws, objectives + 1) points; the last column is the cost.
    """

    side: Side
    own: dict[str, Floats]
    other: dict[str, Floats]

    @property
    def names(self) -> tuple[str, ...]:
        """Objectives, and the cost."""
        return (*self.side.player.objectives, COST)

    def points(self, levers: Sequence[str], others: Sequence[str], draws: int) -> Floats:
        """Return what two portfolios do to the objectives by themselves, (draws, objectives + 1)."""
        found = np.zeros((draws, len(self.names)))
        for key in levers:
            found += self.own[key]
        for key in others:
            found += self.other[key]
        return found

    def told(self, levers: Sequence[str], others: Mapping[str, Lever]) -> Iterator[tuple[str, str, Floats]]:
        """Yield what is drawn of two portfolios beside what is simulated: a name, a key, points (draws,)."""
        wants = self.side.player.objectives
        named = [(key, self.side.levers[key].title, self.own[key]) for key in levers]
        named += [(key, lever.title, self.other[key]) for key, lever in others.items()]
        for key, title, points in named:
            for column, name in enumerate(self.names):
                about = (
                    f"cost of: {title}" if name == COST else f"what it does to “{wants[name].title}”: {title}"
                )
                yield about, f"{key}, {name}", points[:, column]


def ledger(side: Side, other: Side, *, draws: int, seed: int) -> Ledger:
    """Return the ledger of a side against another, with numbers drawn by lever."""
    wants = side.player.objectives
    own = {
        key: _points(wants, each.side, key, draws, seed, cost=_cost(side, key, each.cost, draws, seed))
        for key, each in side.levers.items()
    }
    upon = {
        key: _points(wants, each.upon.get(side.key, {}), key, draws, seed)
        for key, each in other.levers.items()
    }
    return Ledger(side, own, upon)


def _cost(side: Side, key: str, held: Cost, draws: int, seed: int) -> Floats:
    """Return the cost of a lever in points, (draws,)."""
    ends = (np.asarray(each) for each in (held.low, held.value, held.high))
    drawn = triangle(stream(seed, "cost", key).random(draws), *ends)
    return np.asarray(drawn * (side.player.gdp_point if held.unit == "percent_gdp" else 1.0))


def _points(
    wants: dict[str, Objective],
    effects: dict[str, Signed],
    key: str,
    draws: int,
    seed: int,
    *,
    cost: Floats | None = None,
) -> Floats:
    found = np.zeros((draws, len(wants) + 1))
    for column, (name, want) in enumerate(wants.items()):
        if name in effects:
            held = effects[name]
            ends = (np.asarray(each) for each in (held.low, held.value, held.high))
            drawn = triangle(stream(seed, "side", key, name).random(draws), *ends)
            found[:, column] = worth(want) * drawn
    if cost is not None:
        found[:, -1] = -cost
    return found


def worth(want: Objective) -> float:
    """Return how many points one unit of an objective's measure is, with the sign of what is wanted."""
    return (1 if want.want == "more" else -1) * want.weight / want.unit


def simulated(side: Side, case: Case, outcomes: Sequence[Outcome], values: Floats, base: Floats) -> Floats:
    """Return points on objectives (draws, objectives + 1) from outcomes, and those of doing nothing, both
    (draws, outcomes).
    """
    found = np.zeros((len(values), len(side.player.objectives) + 1))
    for column, place, want in _read(side, case, outcomes):
        found[:, column] = worth(want) * (values[:, place] - base[:, place])
    return found


def _read(side: Side, case: Case, outcomes: Sequence[Outcome]) -> Iterator[tuple[int, int, Objective]]:
    told = measured(side, case)
    for column, (name, want) in enumerate(side.player.objectives.items()):
        if name in told:
            yield column, list(outcomes).index(told[name]), want
