"""Adaptive pathways of a case: when to switch portfolios, on what sign, and what waiting is worth.

A lever that has been pulled stays pulled. To switch means to pull those of the other portfolio from a day on,
and no more of the first that are still to come. Signs are read where the other side does nothing and this one
has not begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.simulation.ensemble.many import draw_many
from detente.simulation.projection.preparing import adding
from detente.strategy.campaign.matrix import WHERE, Campaign
from detente.strategy.campaign.payoffs import simulated
from detente.strategy.campaign.sides import JOIN, NOTHING
from detente.strategy.campaign.states import Seen, seen
from detente.strategy.pathways.adapting import Pathways, adapt
from detente.strategy.pathways.switching import Switching
from detente.strategy.pathways.waiting import Waiting, wait

if TYPE_CHECKING:
    from detente.cases.strategies import Lever
    from detente.simulation.ensemble.futures import Futures

Floats = NDArray[np.float64]
RARE = 0.02
"""A rule that fires, or does not, in a smaller share of futures says nothing about the sign."""
CANDIDATES = 3
"""Portfolios between which a switch is looked for: doing nothing, and the best of the others."""


@dataclass(frozen=True, eq=False)
class Adapted:
    """What signs are worth: rules, and waiting, in the words of the case."""

    portfolios: tuple[str, ...]
    days: tuple[date, ...]
    signs: tuple[str, ...]
    pathways: Pathways
    waiting: Waiting

    def frame(self) -> pd.DataFrame:
        """Return a row for each rule, the one that gains most first: in words, with gain and interval.

        A rule that fires in nearly every future, or in none, is no sign, and is not called useful.
        """
        rows = [
            {
                "sign": self.signs[rule.signpost], "above": rule.above, "threshold": rule.threshold,
                "since": self.days[rule.first], "until": self.days[rule.last],
                "start": self.portfolios[rule.start], "then": self.portfolios[rule.then],
                "gain": rule.gain, "low": rule.low, "high": rule.high,
                "useful": rule.useful and RARE <= rule.fires <= 1 - RARE,
                "fires": rule.fires, "false_alarm": rule.false_alarm, "miss": rule.miss,
            }
            for rule in self.pathways.rules
        ]  # fmt: skip
        columns = ["sign", "above", "threshold", "since", "until", "start", "then", "gain", "low", "high",
                   "useful", "fires", "false_alarm", "miss"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def waiting_frame(self) -> pd.DataFrame:
        """Return a row for each day and sign: what it is worth to wait until then and choose by the sign."""
        rows = self.waiting.frame()
        days, signs = dict(enumerate(self.days)), dict(enumerate(self.signs))
        return rows.assign(
            day=[days[each] for each in rows["time"]], sign=[signs[each] for each in rows["signpost"]]
        )


def adapting(found: Campaign, ranked: Sequence[str], *, answer: str = NOTHING) -> Adapted:
    """Return when to begin, and when to add the second best of `ranked` portfolios, against an answer."""
    portfolios = _nested(found, ranked)
    chosen = tuple(portfolios)
    days = _days(found)
    ahead = list(range(2, 2 * (len(days) + 1), 2))[: len(days)]
    pairs = [(a, b, t) for a in range(len(chosen)) for b in range(len(chosen)) for t in range(len(days))]
    unlike = [(a, b, t) for a, b, t in pairs if a != b]
    alone = [(a, a, 0) for a in range(len(chosen))]
    pulled = [_switch(found, portfolios, (chosen[a], chosen[b]), days[t]) for a, b, t in [*alone, *unlike]]
    variants = [_pulled(found, levers, answer) for levers in pulled]
    told = draw_many(variants, measure=found.measures, draws=found.draws, seed=found.seed).values[
        :, found.kept
    ]
    points = np.stack(
        [_points(found, values, tuple(levers), answer) for values, levers in zip(told, pulled, strict=True)]
    )
    total = np.empty((points.shape[1], len(days), len(chosen), len(chosen)))
    for place, (a, b, t) in enumerate([*alone, *unlike]):
        if a == b:
            total[:, :, a, a] = points[place][:, None]
        else:
            total[:, t, a, b] = points[place]
    signs = _signs(found, answer)
    readings = signs.values[found.kept][:, ahead]
    vary = np.ptp(readings.reshape(-1, readings.shape[2]), axis=0) > 0
    names = tuple(name for name, there in zip(signs.names, vary, strict=True) if there)
    switching, readings = Switching(total), readings[:, :, vary]
    return Adapted(
        chosen, days, names,
        adapt(switching, readings, seed=found.seed), wait(switching, readings, seed=found.seed),
    )  # fmt: skip


def _days(found: Campaign) -> tuple[date, ...]:
    """Return the days on which a switch may come: a year after the start, and every year until a year before
    the end.
    """
    days = found.prepared.calendar.days
    return days[2:-2:2] or days[1:2]


def _nested(found: Campaign, ranked: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return doing nothing, the best of the ranked portfolios, and the two best together.

    Each holds the one before: as a lever stays pulled, a switch to anything else would really be a switch to
    both, and would beat either for that alone.
    """
    levers = found.side.portfolios
    kept = {NOTHING: levers[NOTHING]}
    for name in [each for each in ranked if each != NOTHING][: CANDIDATES - 1]:
        before = next(reversed(kept.values()))
        more = tuple(dict.fromkeys([*before, *levers[name]]))
        if more != before:
            kept[JOIN.join(filter(None, [*(key for key in kept if key != NOTHING), name]))] = more
    return kept


def _switch(
    found: Campaign, portfolios: dict[str, tuple[str, ...]], names: tuple[str, str], day: date
) -> dict[str, Lever]:
    """Return the levers of a switch from one portfolio to another, with their days."""
    levers, (first, then) = found.side.levers, names
    pulled = {
        key: levers[key]
        for key in portfolios[first]
        if first == then or levers[key].date < day or key in portfolios[then]
    }
    for key in portfolios[then]:
        if key not in pulled:
            pulled[key] = levers[key].model_copy(update={"date": max(levers[key].date, day)})
    return pulled


def _pulled(found: Campaign, levers: dict[str, Lever], answer: str) -> Futures:
    other = {key: found.other.levers[key] for key in found.other.portfolios[answer]}
    return adding(found.prepared, {**levers, **other}, where=WHERE)


def _points(found: Campaign, values: Floats, levers: Sequence[str], answer: str) -> Floats:
    """Return points of a switch in each future. A lever costs the same whenever it is pulled: what it brings
    is read at the end alone, so that a late one would otherwise seem cheap.
    """
    simulations = simulated(found.side, found.prepared.case, found.measures, values, found.base)
    beside = found.ledgers[0].points(levers, found.other.portfolios[answer], found.draws)[found.kept]
    return np.asarray((simulations + beside).sum(axis=1))


def _signs(found: Campaign, answer: str) -> Seen:
    return seen(found.prepared, _pulled(found, {}, answer), draws=found.draws, seed=found.seed)
