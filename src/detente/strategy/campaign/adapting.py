"""Adaptive pathways of a case: when to switch portfolios, on what sign, and what waiting is worth.

A lever that has been pulled stays pulled. To switch means to pull those of the other portfolio from a day on,
and no more of the first that are still to come. Signs are read where the other side does nothing and this one
has not begun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.simulation.ensemble.many import draw_many
from detente.simulation.projection.preparing import adding
from detente.strategy.campaign.matrix import Campaign
from detente.strategy.campaign.payoffs import simulated
from detente.strategy.campaign.pulling import WHERE
from detente.strategy.campaign.sides import JOIN, NOTHING
from detente.strategy.campaign.states import seen
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
    """What signs are worth: rules, and waiting, in the words of the case; none where nothing that could be
    watched differs between futures.
    """

    portfolios: tuple[str, ...]
    days: tuple[date, ...]
    signs: tuple[str, ...]
    pathways: Pathways | None
    waiting: Waiting | None

    @property
    def worthwhile(self) -> bool:
        """Whether it is shown to be worth it to wait for any sign."""
        return self.waiting is not None and bool(self.waiting.worthwhile.any())

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
            for rule in (self.pathways.rules if self.pathways else ())
        ]  # fmt: skip
        columns = ["sign", "above", "threshold", "since", "until", "start", "then", "gain", "low", "high",
                   "useful", "fires", "false_alarm", "miss"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def waiting_frame(self) -> pd.DataFrame:
        """Return a row for each day and sign: what it is worth to wait until then and choose by the sign."""
        if self.waiting is None:
            return pd.DataFrame()
        rows = self.waiting.frame()
        days, signs = dict(enumerate(self.days)), dict(enumerate(self.signs))
        return rows.assign(
            day=[days[each] for each in rows["time"]], sign=[signs[each] for each in rows["signpost"]]
        )


def adapting(found: Campaign, ranked: Sequence[str], *, answer: str = NOTHING) -> Adapted:
    """Return when to begin, and when to add the second best of `ranked` portfolios, against an answer."""
    chosen, steps = _nested(found, ranked), _steps(found)
    days = tuple(found.prepared.calendar.days[step] for step in steps)
    signs = seen(found.prepared, _pulled(found, {}, answer), draws=found.draws, seed=found.seed)
    total, kept = _totals(found, tuple(chosen.values()), days, answer)
    readings = signs.values[kept][:, steps]
    vary = np.ptp(readings.reshape(-1, readings.shape[2]), axis=0) > 0
    names = tuple(name for name, there in zip(signs.names, vary, strict=True) if there)
    if not names or len(chosen) < 2:
        return Adapted(tuple(chosen), days, names, None, None)
    switching, readings = Switching(total), readings[:, :, vary]
    told = adapt(switching, readings, seed=found.seed), wait(switching, readings, seed=found.seed)
    return Adapted(tuple(chosen), days, names, *told)


def _steps(found: Campaign) -> list[int]:
    """Return the ends of steps at which a sign is read and a switch may come: a year after the start, and
    every year until a year before the end; in a shorter window, half a year after the start.
    """
    return list(range(len(found.prepared.calendar.days)))[2:-2:2] or [1]


def _totals(
    found: Campaign, chosen: Sequence[tuple[str, ...]], days: Sequence[date], answer: str
) -> tuple[Floats, NDArray[np.int64]]:
    """Return points (futures, days, portfolios, portfolios) of holding one and pulling another from a day on,
    in the futures that no switch lost, and which these are.
    """
    size = len(chosen)
    switches = [(a, a, 0) for a in range(size)]
    switches += [(a, b, t) for a in range(size) for b in range(size) for t in range(len(days)) if a != b]
    pulled = [_switch(found, chosen[a], chosen[b], days[t]) for a, b, t in switches]
    told = draw_many(
        [_pulled(found, levers, answer) for levers in pulled],
        measure=found.measures, draws=found.draws, seed=found.seed,
    )  # fmt: skip
    kept = found.kept[~told.lost[:, found.kept].any(axis=0)]
    total = np.empty((len(kept), len(days), size, size))
    for (a, b, t), levers, values in zip(switches, pulled, told.values, strict=True):
        points = _points(found, values, levers, answer=answer, kept=kept)
        if a == b:
            total[:, :, a, a] = points[:, None]
        else:
            total[:, t, a, b] = points
    return total, kept


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


def _switch(found: Campaign, first: tuple[str, ...], then: tuple[str, ...], day: date) -> dict[str, Lever]:
    """Return the levers of a switch from some levers to others on a day, with their days."""
    levers = found.side.levers
    pulled = {key: levers[key] for key in first if first == then or levers[key].date < day or key in then}
    for key in then:
        if key not in pulled:
            pulled[key] = levers[key].model_copy(update={"date": max(levers[key].date, day)})
    return pulled


def _pulled(found: Campaign, levers: dict[str, Lever], answer: str) -> Futures:
    other = {key: found.other.levers[key] for key in found.other.portfolios[answer]}
    return adding(found.prepared, {**levers, **other}, where=WHERE)


def _points(
    found: Campaign, values: Floats, levers: Mapping[str, Lever], *, answer: str, kept: NDArray[np.int64]
) -> Floats:
    """Return points of a switch in each kept future. A lever costs the same whenever it is pulled: what it
    brings is read at the end alone, so that a late one would otherwise seem cheap.
    """
    base = found.base[np.searchsorted(found.kept, kept)]
    simulations = simulated(found.side, found.prepared.case, found.measures, values[kept], base)
    beside = found.ledgers[0].points(tuple(levers), found.other.portfolios[answer], found.draws)[kept]
    return np.asarray((simulations + beside).sum(axis=1))
