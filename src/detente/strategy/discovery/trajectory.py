"""PRIM, the patient rule induction method: a trajectory of ever smaller boxes that are ever denser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError, did_you_mean, raise_all
from detente.strategy.discovery.boxes import Boxes, Limits
from detente.strategy.discovery.pasting import paste
from detente.strategy.discovery.peeling import HIGH, LOW, WITH, peel
from detente.strategy.discovery.samples import KINDS, Kind, Sample, sample

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Cuts = NDArray[np.void]
Objective = Literal["lenient1", "lenient2", "original"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)


@dataclass(frozen=True)
class Peeling:
    """How PRIM cuts: the share `peel_alpha` of a box that a cut takes (more where values tie), the least mass
    of a box, and what the best cut is: with the largest gain in density over the runs it cuts (`lenient1`),
    the same times the runs it keeps (`lenient2`), or the largest density (`original`).

    Once no cut gains, a box is widened by shares `paste_alpha` as long as it gets no less dense; 0 for never.
    Raises StrategyError for shares that are none.
    """

    peel_alpha: float = 0.05
    mass_min: float = 0.05
    objective: Objective = "lenient1"
    paste_alpha: float = 0.0

    def __post_init__(self) -> None:
        raise_all(StrategyError, list(self._problems()))

    def _problems(self) -> Iterator[Problem]:
        for name, share, least in (
            ("peel_alpha", self.peel_alpha, 1e-6),
            ("mass_min", self.mass_min, 0.0),
            ("paste_alpha", self.paste_alpha, 0.0),
        ):
            if not least <= share <= 0.5:
                yield Problem(name, f"{share:g} is out of range", f"give a share from {least:g} to 0.5")
        if self.objective not in OBJECTIVES:
            hint = did_you_mean(self.objective, OBJECTIVES) or f"there are {', '.join(OBJECTIVES)}"
            yield Problem("objective", f"there is no {self.objective!r}", hint)


@dataclass(frozen=True, eq=False)
class Trajectory(Boxes):
    """The boxes of one peeling, from all runs to the smallest box, and how they were cut."""

    peeling: Peeling


def prim(
    x: ArrayLike,
    y: ArrayLike,
    *,
    inputs: Sequence[str] = (),
    kinds: Mapping[str, Kind] | None = None,
    peeling: Peeling | None = None,
) -> Trajectory:
    """Return the boxes that PRIM finds in inputs `x` (n, d) for outcomes `y` (n,): 1 of interest, 0 not.

    Friedman and Fisher (1999): from the box of all runs, cut off the slice of one input whose loss makes the
    box densest, again and again. Here with the gain of Kwakkel and Jaxa-Rozen (2016), which copes with
    integers and categories. Runs with NaN for an outcome are left out and counted in `sample.dropped`.

    Raises StrategyError for what `sample` does not take.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.random((1000, 3))
    >>> found = prim(x, (x[:, 0] > 0.6) & (x[:, 1] < 0.5), peeling=Peeling(peel_alpha=0.1))
    >>> found.box(found.choose().box)["input"].tolist()
    ['input 1', 'input 2']
    """
    return search(sample(x, y, inputs=inputs, kinds=kinds), peeling or Peeling())


def search(held: Sample, peeling: Peeling) -> Trajectory:
    """Return the trajectory of a sample."""
    order = np.argsort(held.x, axis=0, kind="stable").T.astype(np.int32)
    return trajectory(held, *cuts_of(held, order.copy(), peeling), peeling)


def cuts_of(held: Sample, order: NDArray[np.int32], peeling: Peeling) -> tuple[Cuts, Ints]:
    """Return the cuts, and the rows and hits before and after each, in the rows that `order` holds."""
    kinds = np.array([KINDS.index(kind) for kind in held.kinds], dtype=np.uint8)
    fewest = peeling.mass_min * order.shape[1]
    objective = OBJECTIVES.index(peeling.objective)
    x = np.ascontiguousarray(held.x.T)
    cuts, counts = peel(x, held.y.view(np.uint8), order, kinds, peeling.peel_alpha, fewest, objective)
    return cuts, counts


def trajectory(held: Sample, cuts: Cuts, counts: Ints, peeling: Peeling) -> Trajectory:
    """Return boxes from cuts; pasted, if asked for."""
    limits = limits_of(held, cuts)
    if peeling.paste_alpha > 0:
        limits, counts = paste(held, limits, counts, peeling.paste_alpha)
    return Trajectory(held, limits, counts[:, 0], counts[:, 1], peeling)


def limits_of(held: Sample, cuts: Cuts) -> Limits:
    """Return the limits of the box before all cuts, and after each."""
    d = len(held.inputs)
    low, high = np.full((len(cuts) + 1, d), -np.inf), np.full((len(cuts) + 1, d), np.inf)
    allowed = {}
    for column in (place for place, kind in enumerate(held.kinds) if kind == "categorical"):
        allowed[column] = np.ones((len(cuts) + 1, len(held.categories[column])), dtype=bool)
    for place, (column, side, value) in enumerate(cuts.tolist(), start=1):
        if side == LOW:
            low[place:, column] = value
        elif side == HIGH:
            high[place:, column] = value
        else:
            allowed[column][place:, held.categories[column] == value] = side == WITH
    return Limits(low, high, allowed)
