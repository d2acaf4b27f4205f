"""Intervals for figures from roll calls: what a bloc would show if more roll calls like these were held.

As a record of the roll calls that took place, every figure here is exact. The interval answers another
question: how far the figure might move over further roll calls of the same kind. Three readings, by what the
window can support:

- `sessions`: whole sessions are drawn again with replacement (a block bootstrap), since the roll calls of a
  session share an agenda. Needs `LEAST_SESSIONS` sessions.
- `roll calls`: roll calls are drawn again within their session; the sessions are taken as given.
- `posterior`: fewer than `LEAST_ROLL_CALLS` roll calls, or all with the same figure. Drawing two unanimous
  roll calls again can only give two unanimous roll calls, so a bootstrap would claim certainty. Instead the
  figure, which lies between known bounds, is read as a share of successes with the prior of Jeffreys,
  Beta(1/2, 1/2). A variable between bounds varies at most as much as a yes-or-no variable of the same mean,
  so the interval is if anything too wide.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

from detente.measurement.linear import multiply

if TYPE_CHECKING:
    from detente.executors import How

Floats = NDArray[np.floating]
Reading = Literal["sessions", "roll calls", "posterior"]

LEVEL = 0.90
LEAST_ROLL_CALLS = 10
LEAST_SESSIONS = 5

MEANINGS: dict[str, str] = {
    "sessions": "bootstrap over sessions: how far the figure may move over other sessions like these",
    "roll calls": "bootstrap over roll calls within their session: how far the figure may move over further "
    "roll calls like these",
    "posterior": "posterior with the prior of Jeffreys: too few roll calls, or too alike, to be drawn again; "
    "what they allow to say about further roll calls of the kind",
    "parameters and noise": "posterior under the model: noise in the measurements, and its parameters",
    "sampling": "sampling error of a survey, at a stated sample size and design effect",
    "none": "no interval",
}
"""What each reading of an interval means, for the reader."""


def reading(sessions: ArrayLike) -> Reading:
    """Return which interval the roll calls of these `sessions` support.

    >>> reading([1, 1]), reading([1] * 12), reading(list(range(12)))
    ('posterior', 'roll calls', 'sessions')
    """
    sessions = np.asarray(sessions)
    if len(sessions) < LEAST_ROLL_CALLS:
        return "posterior"
    return "sessions" if len(np.unique(sessions)) >= LEAST_SESSIONS else "roll calls"


def redraw(sessions: ArrayLike, *, draws: int, rng: np.random.Generator) -> Floats:
    """Return how often each roll call occurs in each of `draws` resamples: (draws, roll calls), float32.

    Whole sessions where there are enough of them, otherwise roll calls within their session (see the module).

    >>> redraw([1] * 12, draws=3, rng=np.random.default_rng(0)).sum(axis=1).tolist()
    [12.0, 12.0, 12.0]
    """
    names, session, sizes = np.unique(np.asarray(sessions), return_inverse=True, return_counts=True)
    if len(names) >= LEAST_SESSIONS:
        drawn = rng.integers(0, len(names), size=(draws, len(names)))
        return _occurrences(drawn, len(names))[:, session]
    order = np.argsort(session, kind="stable")
    first = np.cumsum(sizes) - sizes
    spots = first[session[order]] + np.floor(rng.random((draws, len(order))) * sizes[session[order]])
    counted = np.empty((draws, len(order)), dtype=np.float32)
    counted[:, order] = _occurrences(spots.astype(np.int64), len(order))
    return counted


def replicates(
    statistic: Callable[[Floats], Floats], weights: Floats, *, chunk: int = 10, how: How | None = None
) -> Floats:
    """Return a statistic of every resample, (draws, ...), worked out some draws at a time.

    `weights` (draws, roll calls) are occurrences, as from `redraw`; `statistic` takes those of some draws and
    returns an array with a row for each. It hangs on them alone, and can be sent to workers. `how` says where
    (in this process and on one thread if left out); what comes out has the same bytes wherever. `chunk` draws
    are held at once by each worker; `how.chunk` takes its place. Raises `ExecutorError` as
    `detente.executors.run` does, `ValueError` where there is no draw.

    >>> def total(weights):
    ...     return weights @ np.array([1.0, 10.0])
    >>> replicates(total, np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]), chunk=2).tolist()
    [2.0, 11.0, 20.0]
    """
    from detente.executors import How, run

    how = how or How("serial")
    chunks = [weights[at : at + (how.chunk or chunk)] for at in range(0, len(weights), how.chunk or chunk)]
    made = run(partial(_replicate, statistic), chunks, how, sizes=[len(each) for each in chunks])
    return np.concatenate([each["values"] for each in made])


def _replicate(statistic: Callable[[Floats], Floats], weights: Floats) -> dict[str, NDArray[Any]]:
    return {"values": np.asarray(statistic(weights))}


def weighted_means(weights: Floats, values: Floats) -> Floats:
    """Return the mean over roll calls in each resample, passing over undefined values.

    (draws, r) and (r, k) to (draws, k); NaN where a resample holds no defined value.

    >>> weighted_means(np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0], [np.nan]])).tolist()
    [[1.0], [nan]]
    """
    defined = ~np.isnan(values)
    held = multiply(weights, defined.astype(weights.dtype))
    total = multiply(weights, np.where(defined, values, 0).astype(weights.dtype))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(held > 0, total / held, np.nan)


def percentiles(draws: Floats, *, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return the ends of the central `level` of the draws along the first axis, passing over NaN.

    NaN where fewer than nine in ten draws are defined: then the figure itself hangs on a few roll calls.

    >>> low, high = percentiles(np.linspace(0, 1, 101)[:, None])
    >>> float(low[0].round(2)), float(high[0].round(2))
    (0.05, 0.95)
    """
    ordered = np.sort(np.moveaxis(np.asarray(draws, dtype=float), 0, -1), axis=-1)  # NaN comes last
    ends = ((1 - level) / 2, (1 + level) / 2)
    if not np.isnan(ordered[..., -1]).any():
        low, high = (_at(ordered, share * (len(draws) - 1)) for share in ends)
        return low, high
    held = (~np.isnan(ordered)).sum(axis=-1)
    enough = held >= 0.9 * len(draws)
    low, high = np.full((2, *enough.shape), np.nan)
    for place in zip(*np.nonzero(enough), strict=True):
        defined = ordered[place][: held[place]]
        low[place], high[place] = (_at(defined, share * (len(defined) - 1)) for share in ends)
    return low, high


def _at(ordered: Floats, place: float) -> Floats:
    """Return the values at a fractional place of the last axis, in a straight line between its neighbours."""
    first = int(place)
    below, above = ordered[..., first], ordered[..., min(first + 1, ordered.shape[-1] - 1)]
    return np.asarray(below + (place - first) * (above - below))


def jeffreys(
    mean: float, n: int, *, bounds: tuple[float, float] = (0.0, 1.0), level: float = LEVEL
) -> tuple[float, float]:
    """Return the posterior interval for a figure within `bounds` with this `mean` over `n` roll calls.

    With s the mean as a share of the way between the bounds: Beta(ns + 1/2, n(1 - s) + 1/2). As usual with
    this prior, the interval reaches the bound where all values lie there (Brown, Cai and DasGupta 2001), and
    it is stretched to hold the mean where it would not.

    >>> [round(end, 2) for end in jeffreys(1.0, 2)]
    [0.43, 1.0]
    """
    least, most = bounds
    won = min(max(n * (mean - least) / (most - least), 0.0), float(n))
    tail = (1 - level) / 2
    low = 0.0 if won <= 1e-6 else float(betaincinv(won + 0.5, n - won + 0.5, tail))
    high = 1.0 if won >= n - 1e-6 else float(betaincinv(won + 0.5, n - won + 0.5, 1 - tail))
    return min(mean, least + (most - least) * low), max(mean, least + (most - least) * high)


def _occurrences(drawn: NDArray[np.int64], n: int) -> Floats:
    draws = len(drawn)
    flat = (drawn + n * np.arange(draws)[:, None]).ravel()
    return np.bincount(flat, minlength=draws * n).reshape(draws, n).astype(np.float32)
