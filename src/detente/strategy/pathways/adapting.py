"""Rules that switch a portfolio once a signpost passes a threshold, and what they are worth.

Signposts and triggers as in dynamic adaptive policy pathways (Haasnoot, Kwakkel, Walker and ter Maat 2013).
A rule is found on some futures and judged on others. It is called useful only where its gain over the best
fixed portfolio is above 0 on the futures held out, in an interval that holds for all signposts at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.strategy.pathways.intervals import Floats, of_mean, of_share
from detente.strategy.pathways.switching import Switching, clean, halves

QUANTILES = np.arange(1, 20) / 20
"""Of a signpost's readings, those that are tried as thresholds."""
TINY = 1e-9
"""A gain below this share of the largest payoff is an error of rounding."""


@dataclass(frozen=True)
class Rule:
    """Hold portfolio `start`; from time `first` to `last`, as soon as the signpost is at or `above` the
    threshold (or at or below it), switch to `then`.

    `gain` over the best fixed portfolio, per future held out, with its interval (`low`, `high`); `found` is
    the gain on the futures where the rule was found, which flatters it. `fires` is the share of futures in
    which it switches. A future calls for a switch if one at some time from `first` to `last` beats holding
    `start`: `false_alarm` is how often the rule fires in futures that call for none, `miss` how often it does
    not in those that do.
    """

    signpost: int
    above: bool
    threshold: float
    first: int
    last: int
    start: int
    then: int
    found: float
    gain: float
    low: float
    high: float
    useful: bool
    fires: float
    fires_low: float
    fires_high: float
    false_alarm: float
    false_alarm_low: float
    false_alarm_high: float
    miss: float
    miss_low: float
    miss_high: float


@dataclass(frozen=True, eq=False)
class Pathways:
    """The best rule of each signpost, the one with most gain where found first, and what it is held against.

    `best` is the best fixed portfolio of all futures, `held` (P, 3) the mean payoff of each with its
    interval, `foresight` the gain that perfect foresight of one switch would bring, with its interval: on
    average no rule does better. `futures` were used, `out` of them held out, `lost` left out for a missing
    number.
    """

    rules: tuple[Rule, ...]
    best: int
    held: Floats
    foresight: tuple[float, float, float]
    futures: int
    out: int
    lost: int

    @property
    def useful(self) -> tuple[Rule, ...]:
        """Return the rules that have been shown to be worth it on the futures held out."""
        return tuple(rule for rule in self.rules if rule.useful)

    def frame(self) -> pd.DataFrame:
        """Return one row for each rule, with the fields of `Rule` as columns."""
        return pd.DataFrame([asdict(rule) for rule in self.rules])


@dataclass(frozen=True)
class _Trigger:
    """When to look at a signpost, and from which reading on to act."""

    signpost: int
    above: bool
    threshold: float
    first: int
    last: int

    def times(self, signposts: Floats) -> NDArray[np.int64]:
        """Return when it fires in each future (F,), T if never."""
        seen = signposts[:, self.first : self.last + 1, self.signpost]
        hit = seen >= self.threshold if self.above else seen <= self.threshold
        time = self.first + hit.argmax(axis=1)
        return np.asarray(np.where(hit.any(axis=1), time, signposts.shape[1]), dtype=np.int64)


def adapt(payoffs: Switching, signposts: Floats, *, held_out: float = 0.5, seed: int = 0) -> Pathways:
    """Return for each signpost (F, T, K) the rule that gains most, and what it gains on futures held out.

    A decision at time t knows the signposts up to t. Tried are, for each signpost, looking at one time only
    or at all, both sides of 19 quantiles, and all pairs of portfolios. Raises `StrategyError` where shapes do
    not match, or there are too few futures.

    >>> rng = np.random.default_rng(0)
    >>> bad = rng.random(400) < 0.5
    >>> periods = np.zeros((400, 3, 2))
    >>> periods[:, 1:, 0] = ~bad[:, None]  # the first portfolio pays in good futures, the second in bad ones
    >>> periods[:, 1:, 1] = bad[:, None]
    >>> signpost = np.zeros((400, 3, 1))
    >>> signpost[:, 1:, 0] = bad[:, None]  # seen from time 1 on
    >>> rule = adapt(Switching.of_periods(periods), signpost).rules[0]
    >>> rule.useful, rule.first, rule.false_alarm, rule.miss
    (True, 1, 0.0, 0.0)
    """
    payoffs, signposts, lost = clean(payoffs, signposts)
    inside, out = halves(len(signposts), held_out, seed)
    best = payoffs.best()
    found = [_found(payoffs.pick(inside), signposts[inside], k) for k in range(signposts.shape[2])]
    tested = payoffs.pick(out)
    rules = [_judged(tested, signposts[out], each, best, len(found)) for each in found]
    mean = np.stack(of_mean(payoffs.held), axis=1)
    order = sorted(rules, key=lambda rule: -rule.found)
    return Pathways(tuple(order), best, mean, payoffs.foresight(), len(signposts), len(out), lost)


def tried(payoffs: Switching, signposts: Floats, signpost: int) -> Iterator[tuple[_Trigger, Floats]]:
    """Yield every trigger of a signpost with the mean payoff (P, P) of switching by it."""
    times = signposts.shape[1]
    for first, last in dict.fromkeys([*((t, t) for t in range(times)), (0, times - 1)]):
        readings = signposts[:, first : last + 1, signpost]
        thresholds = np.unique(np.quantile(readings, QUANTILES))
        at_once = _at_once(payoffs, readings[:, 0], thresholds, first) if first == last else None
        for side, above in enumerate((True, False)):
            for place, threshold in enumerate(thresholds):
                trigger = _Trigger(signpost, above, float(threshold), first, last)
                if at_once is not None:
                    yield trigger, at_once[side, place]
                else:
                    yield trigger, payoffs.at(trigger.times(signposts)).mean(axis=0)


def _at_once(payoffs: Switching, readings: Floats, thresholds: Floats, time: int) -> Floats:
    """Return mean payoffs (2, Q, P, P) of switching at one time by each threshold, above and below it."""
    held = payoffs.held[:, :, None]
    gain = payoffs.total[:, time] - held
    parts = range(len(thresholds) + 1)
    upto = np.searchsorted(thresholds, readings, side="right")
    from_ = np.searchsorted(thresholds, readings, side="left")
    above = np.stack([gain[upto == part].sum(axis=0) for part in parts])[::-1].cumsum(axis=0)[::-1]
    below = np.stack([gain[from_ == part].sum(axis=0) for part in parts]).cumsum(axis=0)
    return np.asarray(held.mean(axis=0) + np.stack([above[1:], below[:-1]]) / len(readings))


def _found(payoffs: Switching, signposts: Floats, signpost: int) -> tuple[_Trigger, tuple[int, int], float]:
    """Return the best trigger of a signpost, the portfolios it switches between, and its gain."""
    before = payoffs.held.mean(axis=0).max()
    most: tuple[_Trigger, tuple[int, int], float] | None = None
    for trigger, mean in tried(payoffs, signposts, signpost):
        np.fill_diagonal(mean, -np.inf)  # a rule that switches to what is held is no rule
        start, then = np.unravel_index(mean.argmax(), mean.shape)
        gain = float(mean[start, then] - before)
        if most is None or gain > most[2] + 1e-12 * abs(before):
            most = trigger, (int(start), int(then)), gain
    assert most is not None
    return most


def _judged(
    payoffs: Switching,
    signposts: Floats,
    found: tuple[_Trigger, tuple[int, int], float],
    best: int,
    rules: int,
) -> Rule:
    """Return a rule with what it does on futures held out."""
    trigger, (start, then), gain = found
    time = trigger.times(signposts)
    fires = time < signposts.shape[1]
    held = payoffs.held
    mean, low, high = of_mean(payoffs.at(time)[:, start, then] - held[:, best], rules)
    could = payoffs.total[:, trigger.first : trigger.last + 1, start, then].max(axis=1)
    calls = could > held[:, start]
    shares = [
        float(end)
        for count, n in ((fires, fires >= 0), (fires & ~calls, ~calls), (~fires & calls, calls))
        for end in of_share(np.array(count.sum(), dtype=float), np.array(n.sum(), dtype=float))
    ]
    return Rule(
        **asdict(trigger), start=start, then=then, found=gain,
        gain=float(mean), low=float(low), high=float(high), useful=bool(low > TINY * np.abs(held).max()),
        fires=shares[0], fires_low=shares[1], fires_high=shares[2],
        false_alarm=shares[3], false_alarm_low=shares[4], false_alarm_high=shares[5],
        miss=shares[6], miss_low=shares[7], miss_high=shares[8],
    )  # fmt: skip
