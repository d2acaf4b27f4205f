"""What it is worth to wait and see before choosing a portfolio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.pathways.intervals import Floats, of_mean
from detente.strategy.pathways.switching import Switching, clean, halves

RANGES = 3
"""Ranges of a signpost, for each of which a portfolio is chosen."""
GRAINS = 20
"""Parts of equally many futures into which a signpost is cut, to find the edges of the ranges."""


@dataclass(frozen=True, eq=False)
class Waiting:
    """Gains (T, K, 3) with their intervals, on futures held out: of waiting until t and then choosing by
    signpost k, against choosing now (`gain`), and against waiting as long and not looking (`information`).

    `delay` (T, 3) is what waiting without looking costs or brings. `choice` (T, K, 3) is the portfolio for
    low, middle and high readings of the signpost, `edges` (T, K, 2) where the first and the second of these
    ranges end. `now` is the choice without waiting. Intervals hold for all times and signposts at once.
    """

    gain: Floats
    information: Floats
    delay: Floats
    choice: NDArray[np.int64]
    edges: Floats
    now: int
    meanwhile: int
    lost: int

    @property
    def worthwhile(self) -> NDArray[np.bool_]:
        """Return for which times and signposts (T, K) waiting is shown to be worth it."""
        return np.asarray(self.gain[..., 1] > 0)

    def frame(self) -> pd.DataFrame:
        """Return one row for each time and signpost, with `gain`, `information`, `delay` and their ends."""
        times, signposts = self.gain.shape[:2]
        index = pd.MultiIndex.from_product([range(times), range(signposts)], names=["time", "signpost"])
        delay = np.broadcast_to(self.delay[:, None, :], self.gain.shape)
        parts = {"gain": self.gain, "information": self.information, "delay": delay}
        columns = {
            f"{name}{end}": values[..., i].ravel()
            for name, values in parts.items()
            for i, end in enumerate(("", "_low", "_high"))
        }
        worth = {"worthwhile": self.worthwhile.ravel()}
        return pd.DataFrame(columns | worth, index=index).reset_index()


def wait(
    payoffs: Switching, signposts: Floats, *, meanwhile: int = 0, held_out: float = 0.5, seed: int = 0
) -> Waiting:
    """Return what it is worth to hold `meanwhile` until some time and then choose by a signpost (F, T, K).

    The signpost is read at that time; its range is cut into three, at those of 19 quantiles, and with those
    portfolios, that do best. Choices are made on some futures and judged on others. Raises `StrategyError` as
    `adapt` does, and where there is no such portfolio.

    >>> rng = np.random.default_rng(0)
    >>> bad = rng.random(400) < 0.5
    >>> periods = np.zeros((400, 2, 3))
    >>> periods[:, 1, 1], periods[:, 1, 2] = bad, ~bad
    >>> told = wait(Switching.of_periods(periods), np.stack([0 * bad, bad], axis=1)[..., None])
    >>> told.worthwhile.ravel().tolist()
    [False, True]
    """
    payoffs, signposts, lost = clean(payoffs, signposts)
    portfolios = payoffs.total.shape[2]
    if not 0 <= meanwhile < portfolios:
        raise StrategyError(
            Problem("meanwhile", f"there is no portfolio {meanwhile}", f"0 to {portfolios - 1}")
        )
    inside, out = halves(len(signposts), held_out, seed)
    now = payoffs.best()
    learn, test = payoffs.total[inside][:, :, meanwhile], payoffs.total[out][:, :, meanwhile]
    times, number = signposts.shape[1:]
    blind = learn.mean(axis=0).argmax(axis=1)
    unseen = np.take_along_axis(test, blind[None, :, None], axis=2)[..., 0]
    edges = np.empty((times, number, RANGES - 1))
    choice = np.empty((times, number, RANGES), dtype=np.int64)
    seen = np.empty((len(out), times, number))
    for t in range(times):
        for k in range(number):
            choice[t, k], edges[t, k] = _ranges(learn[:, t], signposts[inside, t, k])
            taken = choice[t, k][_cell(signposts[out, t, k], edges[t, k])]
            seen[:, t, k] = test[np.arange(len(out)), t, taken]
    many = times * number
    gain = np.stack(of_mean(seen - payoffs.held[out][:, now, None, None], many), axis=-1)
    information = np.stack(of_mean(seen - unseen[..., None], many), axis=-1)
    delay = np.stack(of_mean(unseen - payoffs.held[out][:, now, None], times), axis=-1)
    return Waiting(gain, information, delay, choice, edges, now, meanwhile, lost)


def _cell(readings: Floats, edges: Floats) -> NDArray[np.intp]:
    return np.searchsorted(edges, readings, side="left")


def _ranges(payoffs: Floats, readings: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the portfolios of three ranges of readings (F,), and the two edges, that pay most (F, P)."""
    edges = np.quantile(readings, np.arange(1, GRAINS) / GRAINS)
    cell = _cell(readings, edges)
    upto = np.zeros((GRAINS + 1, payoffs.shape[1]))
    for grain in range(GRAINS):
        upto[grain + 1] = upto[grain] + payoffs[cell == grain].sum(axis=0)
    between = upto[None] - upto[:, None]
    most = between.max(axis=2)
    whole = most[0, :, None] + most + most[:, -1]
    whole[np.tril_indices(GRAINS + 1, -1)] = -np.inf
    whole[[0, GRAINS]], whole[:, [0, GRAINS]] = -np.inf, -np.inf
    i, j = np.unravel_index(whole.argmax(), whole.shape)
    choice = [between[begin, end].argmax() for begin, end in ((0, i), (i, j), (j, GRAINS))]
    if i == j:
        choice[1] = choice[0]
    return np.array(choice, dtype=np.int64), edges[[i - 1, j - 1]]
