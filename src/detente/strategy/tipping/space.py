"""Where to look for a break, what counts as one, and how hard to look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError, raise_all

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Model = Callable[[Floats], Floats]
BATCH = 2**13
"""Rows of one call of a model."""


@dataclass(frozen=True, eq=False)
class Space:
    """Inputs (D,): where they are (`base`), how far they may go (`low`, `high`), and how large a change
    counts as 1 (`scale`: high less low if left out). Of a `switch`, only `low` and `high` are possible.

    The distance of x is the length of u = (x - base) / scale. Raises `StrategyError` with all that is wrong.

    >>> Space(base=np.array([0.5]), low=np.array([0.0]), high=np.array([2.0])).highest
    array([0.75])
    """

    base: Floats
    low: Floats
    high: Floats
    scale: Floats = field(default_factory=lambda: np.empty(0))
    switch: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        inputs = len(np.atleast_1d(self.base))
        for name in ("base", "low", "high"):
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=float, ndmin=1))
        if not np.size(self.scale):
            object.__setattr__(self, "scale", self.high - self.low)
        if not np.size(self.switch):
            object.__setattr__(self, "switch", np.zeros(inputs, dtype=bool))
        if not self.names:
            object.__setattr__(self, "names", tuple(f"x{i + 1}" for i in range(inputs)))
        raise_all(StrategyError, list(self._problems()))

    def _problems(self) -> Iterator[Problem]:
        parts = {name: getattr(self, name) for name in ("low", "high", "scale", "switch", "names")}
        odd = [name for name, values in parts.items() if len(values) != len(self.base)]
        if odd:
            hint = "give one for each input"
            yield Problem("space", f"{', '.join(odd)}: not as many as the {len(self.base)} of base", hint)
            return
        for i, name in enumerate(self.names):
            low, base, high = self.low[i], self.base[i], self.high[i]
            if not np.isfinite([low, base, high, self.scale[i]]).all():
                yield Problem(f"space: {name}", "has no finite numbers", "give base, low, high and scale")
            elif not low <= base <= high:
                hint = "low ≤ base ≤ high"
                yield Problem(f"space: {name}", f"{base:g} does not lie from {low:g} to {high:g}", hint)
            elif self.scale[i] <= 0:
                hint = "give a range, or a scale"
                yield Problem(f"space: {name}", "has no width by which to tell how far is far", hint)
            elif self.switch[i] and base not in (low, high):
                yield Problem(f"space: {name}", f"a switch stands at {base:g}", f"it is {low:g} or {high:g}")

    @property
    def lowest(self) -> Floats:
        """Return how far down inputs may go, scaled (D,)."""
        return (self.low - self.base) / self.scale

    @property
    def highest(self) -> Floats:
        """Return how far up inputs may go, scaled (D,)."""
        return (self.high - self.base) / self.scale

    def plain(self, u: Floats) -> Floats:
        """Return scaled changes (rows, D) as inputs, within bounds."""
        return np.clip(self.base + u * self.scale, self.low, self.high)


@dataclass(frozen=True)
class Limit:
    """What counts as a break: an outcome below `threshold`, or one `above` it; `error` is the standard error
    of an outcome that is a mean of futures.
    """

    threshold: float
    above: bool = False
    error: float = 0.0

    def margin(self, outcome: Floats) -> Floats:
        """Return how far outcomes are from a break; below 0 they are one."""
        return outcome - self.threshold if not self.above else self.threshold - outcome


@dataclass(frozen=True)
class Effort:
    """How hard to look: rows of the first sample, starts of each round, runs after which no new round begins,
    rows of the last check, and the seed. A model that is dear to run can do with a tenth of the rows.
    """

    sample: int = 4096
    starts: int = 12
    runs: int = 100_000
    check: int = 4096
    seed: int = 0


class Probe:
    """A model asked at scaled changes, and what it has said: runs, numbers that are missing, the worst."""

    def __init__(self, model: Model, space: Space, limit: Limit) -> None:
        self.model, self.space, self.limit = model, space, limit
        self.free = ~space.switch & (space.high > space.low)
        self.low, self.high = space.lowest, space.highest
        self.reach = 1.001 * float(np.sqrt((np.maximum(-self.low, self.high) ** 2).sum()))
        self.runs = self.lost = 0
        self.worst = np.inf
        self.worst_at = np.zeros(len(space.base))

    def margin(self, u: Floats) -> Floats:
        """Return how far from a break each row (rows, D) is; what has no outcome counts as far off."""
        found = [self._batch(u[start : start + BATCH]) for start in range(0, len(u), BATCH)]
        return np.concatenate(found) if found else np.empty(0)

    def breaks(self, u: Floats) -> Bools:
        """Return which rows break."""
        return np.asarray(self.margin(u) < 0)

    def clip(self, u: Floats) -> Floats:
        """Return changes within bounds."""
        return np.clip(u, self.low, self.high)

    def outcome(self, margin: float) -> float:
        """Return the outcome that a margin belongs to."""
        return self.limit.threshold + (-margin if self.limit.above else margin)

    def _batch(self, u: Floats) -> Floats:
        outcome = np.asarray(self.model(self.space.plain(u)), dtype=float)
        if outcome.shape != (len(u),):
            hint = "take (rows, inputs), return (rows,)"
            raise StrategyError(Problem("model", f"gives {outcome.shape} for {len(u)} rows", hint))
        margin = self.limit.margin(outcome)
        missing = np.isnan(margin)
        self.runs += len(u)
        self.lost += int(missing.sum())
        margin = np.where(missing, np.inf, margin)
        least = int(margin.argmin())
        if margin[least] < self.worst:
            self.worst, self.worst_at = float(margin[least]), u[least].copy()
        return margin
