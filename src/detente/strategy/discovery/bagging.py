"""Random boxes: PRIM in many subsamples, each with some inputs only, and the best of all their boxes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.strategy.discovery.boxes import Boxes, Limits, outside
from detente.strategy.discovery.peeling import within
from detente.strategy.discovery.samples import Sample
from detente.strategy.discovery.trajectory import Peeling, cuts_of, limits_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BAG = 1 - np.exp(-1)
"""Share of the runs in each subsample: as many different ones as a bootstrap sample holds."""


def random_boxes(
    held: Sample,
    *,
    peeling: Peeling | None = None,
    repeats: int = 100,
    some: int | None = None,
    seed: int = 0,
) -> Boxes:
    """Return the boxes that no other beats in coverage and density on all runs, the widest first.

    Kwakkel and Cunningham (2016): PRIM is greedy, so that another sample, or fewer inputs to choose from, may
    lead it to a better box. Each of `repeats` searches takes 63 per cent of the runs and `some` of the inputs
    (half of them where None), and peels, without pasting. Of boxes alike in both shares, the one with the
    fewest inputs is kept. Raises StrategyError where there are no repeats, or `some` is no number of inputs.

    >>> from detente.strategy.discovery.samples import sample
    >>> x = np.random.default_rng(0).random((400, 4))
    >>> best = random_boxes(sample(x, x[:, 0] > 0.6), repeats=10)
    >>> best.choose().reached
    True
    """
    d = len(held.inputs)
    some = (d + 1) // 2 if some is None else some
    if repeats < 1 or not 1 <= some <= d:
        what = f"{repeats} repeats with {some} of {d} inputs"
        raise StrategyError(Problem("random boxes", what, "take 100 repeats with half of the inputs"))
    order = np.argsort(held.x, axis=0, kind="stable").T.astype(np.int32)
    rng = np.random.default_rng([seed, len(held.y), d])
    found = [_bag(held, order, peeling or Peeling(), some, rng) for _ in range(repeats)]
    limits = Limits(
        np.concatenate([each.low for each in found]),
        np.concatenate([each.high for each in found]),
        {column: np.concatenate([each.allowed[column] for each in found]) for column in found[0].allowed},
    )
    counts = np.array([_counts(held, limits, place) for place in range(len(limits.low))])
    best = _front(counts, limits.restricted().sum(axis=1))
    return Boxes(held, limits.at(best), counts[best, 0], counts[best, 1])


def _bag(
    held: Sample, order: NDArray[np.int32], peeling: Peeling, some: int, rng: np.random.Generator
) -> Limits:
    """Return the limits that one search gives, of all inputs; those it did not look at have none."""
    member = np.zeros(len(held.y), dtype=bool)
    member[rng.permutation(len(held.y))[: max(round(BAG * len(held.y)), 1)]] = True
    picked = np.sort(rng.permutation(len(held.inputs))[:some])
    part = replace(
        held,
        x=held.x[:, picked],
        inputs=tuple(held.inputs[j] for j in picked),
        kinds=tuple(held.kinds[j] for j in picked),
        categories=tuple(held.categories[j] for j in picked),
    )
    cuts, _ = cuts_of(part, within(order[picked], member, int(member.sum())), peeling)
    cuts["column"] = picked[cuts["column"]]
    return limits_of(held, cuts)


def _counts(held: Sample, limits: Limits, place: int) -> tuple[int, int]:
    inside = outside(limits, place, held, held.x) == 0
    return int(inside.sum()), int(held.y[inside].sum())


def _front(counts: Ints, restricted: Ints) -> Ints:
    """Return the places of boxes that none beats in both hits and density, the widest first."""
    size, hits = counts[:, 0], counts[:, 1]
    density = hits / np.maximum(size, 1)
    order = np.lexsort((restricted, -density, -hits))
    best = np.maximum.accumulate(np.concatenate([[-1.0], density[order][:-1]]))
    return order[density[order] > best]
