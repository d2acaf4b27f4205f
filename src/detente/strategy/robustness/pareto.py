"""Portfolios that no other beats in everything, and how firm that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.naming import misnamed, named
from detente.strategy.paired import Usable, left_out, resampled, usable
from detente.strategy.robustness.goals import Goals, checked, contradictions

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Front:
    """Which portfolios are on the front of mean objectives, (portfolios,), and how often under resampling."""

    portfolios: tuple[str, ...]
    objectives: tuple[str, ...]
    means: Floats
    front: Flags
    share: Floats
    """NaN where objectives came without futures: there is nothing to resample."""
    beaten_by: tuple[tuple[str, ...], ...]
    futures: int
    quarantined: tuple[str, ...]
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return a row for each portfolio: objectives, whether on the front, how often, and who beats it."""
        return pd.DataFrame(
            {
                "portfolio": self.portfolios,
                **{name: self.means[:, at] for at, name in enumerate(self.objectives)},
                "on_front": self.front,
                "share": self.share,
                "beaten_by": self.beaten_by,
            }
        )


def pareto(
    objectives: ArrayLike,
    *,
    goals: Goals,
    portfolios: tuple[str, ...] = (),
    futures: tuple[str, ...] = (),
    resamples: int = 1000,
    seed: int = 0,
) -> Front:
    """Return the portfolios that none beats, of objectives (portfolios, objectives[, futures]).

    One beats another where it is worse in no mean objective and better in some by more than that goal's
    tolerance: the relation is transitive, so that a front is never empty. Raises `StrategyError` where shapes
    or names do not match, where goals contradict each other, and where fewer than two futures are complete.

    >>> goals = Goals(directions=("max", "min"), names=("cohesion", "cost"))
    >>> pareto([[0.9, 5], [0.8, 3], [0.7, 4]], goals=goals).front.tolist()
    [True, True, False]
    """
    given = np.array(objectives, dtype=float)
    if given.ndim not in (2, 3) or not given.size:
        hint = "give objectives as (portfolios, objectives) or (portfolios, objectives, futures)"
        raise StrategyError(Problem("objectives", f"are of shape {given.shape}", hint))
    raise_all(StrategyError, list(misnamed(portfolios, len(given), kind="portfolio")))
    names = named(portfolios, len(given), kind="portfolio")
    signs, tolerance = checked(goals, given.shape[1])
    known = _certain(given) if given.ndim == 2 else usable(given, axis=2, futures=futures)
    means = known.payoffs.mean(axis=0)
    beats = _beats((means * signs)[None], tolerance)[0]
    number = len(known.futures)
    share = np.full(len(names), np.nan)
    if number:
        counts = resampled(number, resamples=resamples, seed=seed, name="front")
        redrawn = np.tensordot(counts / number, known.payoffs, axes=1) * signs
        share = (~_beats(redrawn, tolerance).any(axis=1)).mean(axis=0)
    beaten = tuple(tuple(names[at] for at in np.flatnonzero(column)) for column in beats.T)
    notes = (*contradictions(means, goals, signs), *_notes(names, known))
    return Front(
        names, goals.titles(given.shape[1]), means, ~beats.any(axis=0), share, beaten,
        number, known.quarantined, notes,
    )  # fmt: skip


def _certain(objectives: Floats) -> Usable:
    """Return objectives that came without futures as one future without a name."""
    if not np.isfinite(objectives).all():
        what, hint = "are not all finite", "leave out portfolios that have no number, and say so"
        raise StrategyError(Problem("objectives", what, hint))
    return Usable(objectives[None], (), (), np.zeros(0, dtype=np.int64))


def _beats(values: Floats, tolerance: Floats) -> Flags:
    """Return which portfolio beats which: (resamples, one, other), of (resamples, portfolios, objectives)."""
    least = np.full((len(values), values.shape[1], values.shape[1]), np.inf)
    clear = np.zeros(least.shape, dtype=bool)
    for objective, allowed in enumerate(tolerance):
        apart = values[:, :, None, objective] - values[:, None, :, objective]
        least = np.minimum(least, apart)
        clear |= apart > allowed
    return np.asarray((least >= 0) & clear)


def _notes(names: tuple[str, ...], known: Usable) -> Iterator[str]:
    if known.quarantined:
        yield left_out(known.quarantined)
    if len(names) == 1:
        yield "one portfolio only: it is the front"
    if not known.futures:
        yield "objectives without futures: how firm the front is cannot be told"
