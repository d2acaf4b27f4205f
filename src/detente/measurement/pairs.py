"""How alike pairs of actors vote, and two sides whose majorities vote alike, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from detente.measurement import agreement, bootstrap
from detente.measurement.ballots import ABSTAIN, MISSING, Ballots
from detente.measurement.linear import multiply
from detente.measurement.sample import OF_PAIRS, BlocSample, Draws, Estimates, Floats, settle

if TYPE_CHECKING:
    from detente.cases.schema import Case

AGREEMENT = [
    "a", "b", "minus", "issue", "window", "start", "end", "measure", "value", "low", "high", "sd", "interval",
    "roll_calls", "mark", "source",
]  # fmt: skip
DIFFERENCE: dict[agreement.Measure, tuple[float, float] | None] = {
    "s": (-2.0, 2.0),
    "kappa": None,
    "pi": None,
}
NORMAL = float(ndtri((1 + bootstrap.LEVEL) / 2))
TOLD: tuple[agreement.Measure, ...] = ("pi", "s")
COMPARISON = [
    "comparison", "issue", "window", "start", "end", "measure", "value", "low", "high", "interval",
    "roll_calls", "mark", "source",
]  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """Agreement of every actor with `partner`, less its agreement with `minus` if one is named."""

    partner: str
    minus: str
    issue: str
    window: str
    measures: tuple[agreement.Measure, ...]


def asked(case: Case) -> list[Ask]:
    """Return which agreements a case asks for: with ally and rival, and what its stance is made of."""
    found = [
        Ask(partner, "", issue, window, TOLD)
        for partner in (case.ally, case.rival)
        if partner is not None
        for issue in case.issues
        for window in case.windows
    ]
    for each in case.stance.measurements.values() if case.stance else ():
        if each.by == "agreement":
            ask = Ask(each.partner, each.minus or "", each.issue, each.window, (each.measure,))
            if not any(_covers(known, ask) for known in found):
                found.append(ask)
    return found


def _covers(known: Ask, ask: Ask) -> bool:
    same = (known.partner, known.minus, known.issue, known.window) == (
        ask.partner, ask.minus, ask.issue, ask.window,
    )  # fmt: skip
    return same and set(ask.measures) <= set(known.measures)


def agreement_rows(
    base: Draws, ask: Ask, *, actors: Sequence[str], absent: str
) -> Iterator[dict[str, object]]:
    """Yield one row for each actor and defined measure of `ask`, with the standard deviation of the draws."""
    ballots = base.ballots
    others = [actor for actor in actors if actor in ballots.actors and actor not in (ask.partner, ask.minus)]
    if not others:
        return
    codes = np.stack([votes(ballots, actor, absent=absent) for actor in others])
    added = _shared(base, codes, votes(ballots, ask.partner, absent=absent))
    taken = _shared(base, codes, votes(ballots, ask.minus, absent=absent)) if ask.minus else None
    n = added.n if taken is None else np.minimum(added.n, taken.n)
    for measure in ask.measures:
        value, drawn = added.told(measure)
        if taken is not None:
            less, less_drawn = taken.told(measure)
            value, drawn = value - less, drawn - less_drawn
        bounds = DIFFERENCE[measure] if ask.minus else OF_PAIRS[measure]
        told = settle(value, drawn, sessions=base.sessions, n=n, bounds=bounds)
        spread = _spread(told, drawn)
        for k in np.flatnonzero(~np.isnan(told.value)):
            yield {
                "a": others[k], "b": ask.partner, "minus": ask.minus, **_where(base), "measure": measure,
                "value": float(told.value[k]), "low": float(told.low[k]), "high": float(told.high[k]),
                "sd": float(spread[k]), "interval": told.reading[k], "roll_calls": int(n[k]),
                "mark": "estimated", "source": base.source,
            }  # fmt: skip


def _spread(told: Estimates, drawn: Floats) -> Floats:
    """Return the standard deviation of each figure's draws, or what the width of a posterior stands for."""
    defined = ~np.isnan(drawn)
    n = np.maximum(defined.sum(axis=0), 1)
    mean = np.where(defined, drawn, 0).sum(axis=0, dtype=float) / n
    spread = np.sqrt((np.where(defined, drawn - mean, 0) ** 2).sum(axis=0, dtype=float) / n)
    posterior = np.array([reading == "posterior" for reading in told.reading])
    return np.where(posterior, (told.high - told.low) / (2 * NORMAL), spread)


@dataclass(frozen=True)
class _Shared:
    """What pairs agree on: sums over the roll calls (5, pairs), and in each draw (5, draws, pairs)."""

    observed: Floats
    drawn: Floats

    @property
    def n(self) -> NDArray[np.int64]:
        """How many roll calls each pair has in common."""
        return np.asarray(self.observed[0], dtype=np.int64)

    def told(self, measure: agreement.Measure) -> tuple[Floats, Floats]:
        """Return a measure over the roll calls, and in each draw."""
        return agreement.from_sums(self.observed, measure), agreement.from_sums(self.drawn, measure)


def _shared(base: Draws, codes: agreement.Codes, partner: agreement.Codes) -> _Shared:
    sums = agreement.pair_sums(codes, np.broadcast_to(partner, codes.shape))
    drawn = multiply(base.weights, sums.transpose(0, 2, 1))
    return _Shared(sums.sum(axis=-1, dtype=np.float64), drawn)


def votes(ballots: Ballots, actor: str, *, absent: str) -> agreement.Codes:
    """Return the codes of one actor, absence counted as abstention where `absent` says so."""
    codes = ballots.row(actor)
    if absent == "abstain" and actor in ballots.actors:
        seated = ballots.seated[ballots.actors.index(actor)]
        return np.where(seated & (codes == MISSING), ABSTAIN, codes)
    return codes


def _where(base: Draws) -> dict[str, object]:
    span = base.span
    return {
        "issue": base.issue,
        "window": span.key,
        "start": pd.Timestamp(span.start),
        "end": pd.Timestamp(span.end),
    }


def comparison_row(
    key: str, base: Draws, sides: Sequence[BlocSample | agreement.Codes | None]
) -> dict[str, object] | None:
    """Return in what share of roll calls the majorities of two sides vote alike; None where none can be told.

    A side is a bloc, whose majority is what more than half of the members present chose, or one actor's
    votes; None stands for a bloc without a roll call to tell.
    """
    first, second = _majority(base, sides[0]), _majority(base, sides[1])
    alike = np.where((first >= 0) & (second >= 0), first == second, np.nan)
    if np.isnan(alike).all():
        return None
    told = base.means(alike[:, None], columns=np.ones(len(alike), dtype=bool))
    return {
        "comparison": key, **_where(base), "measure": "majorities_agree", "value": float(told.value[0]),
        "low": float(told.low[0]), "high": float(told.high[0]), "interval": told.reading[0],
        "roll_calls": int(told.n[0]), "mark": "estimated", "source": base.source,
    }  # fmt: skip


def _majority(base: Draws, side: BlocSample | agreement.Codes | None) -> agreement.Codes:
    if side is not None and not isinstance(side, BlocSample):
        return side
    found = np.full(len(base.sessions), MISSING)
    if side is not None:
        found[side.columns] = agreement.majority(side.counts)
    return found
