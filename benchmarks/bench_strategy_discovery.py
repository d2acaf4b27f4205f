"""Speed of scenario discovery: a hundred thousand runs of ten inputs, beside PRIM in plain numpy.

CPU-seconds are of this process, warm. EMA Workbench
3.0.0 takes 1.89 s for the same, and 4.7 to 7.1 s for ten resamples of 882 runs (measured elsewhere: it does
not run on every Python that detente runs on).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.figures.noting import beside
from detente.strategy.discovery.bagging import random_boxes
from detente.strategy.discovery.leaves import tree
from detente.strategy.discovery.stability import stability
from detente.strategy.discovery.trajectory import Peeling, prim

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
TENTH = Peeling(peel_alpha=0.1)


def corner(n: int) -> tuple[Floats, Flags]:
    """Ten inputs of which three make a corner of mass 0.14, with some runs of interest elsewhere."""
    rng = np.random.default_rng(0)
    x = rng.random((n, 10))
    return x, ((x[:, 0] > 0.6) & (x[:, 1] < 0.5) & (x[:, 2] > 0.3)) | (rng.random(n) < 0.03)


def plain(x: Floats, y: Flags, alpha: float) -> list[tuple[int, int]]:
    """Rows and hits of the boxes of a PRIM in numpy that partitions every input anew for every cut."""
    rows, counts = np.arange(len(y)), [(len(y), int(y.sum()))]
    while True:
        best, score = rows, 0.0
        for j in range(x.shape[1]):
            values = x[rows, j]
            for upper, end in zip((True, False), np.quantile(values, (1 - alpha, alpha)), strict=True):
                kept = rows[values <= end] if upper else rows[values >= end]
                gain = (y[kept].mean() - y[rows].mean()) / max(len(rows) - len(kept), 1)
                if gain > score:
                    best, score = kept, gain
        if len(best) == len(rows) or len(best) < 0.05 * len(y):
            return counts
        rows = best
        counts.append((len(rows), int(y[rows].sum())))


def cpu(call: Callable[[], object]) -> float:
    """Return the CPU-seconds of the fastest of three calls."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return min(spent)


@pytest.mark.asked(cpu_seconds=1.5)
@pytest.mark.parametrize("alpha", [0.1, 0.05])
def test_a_trajectory_of_a_hundred_thousand_runs_against_numpy(benchmark: Any, alpha: float) -> None:
    x, y = corner(100_000)
    peeling = Peeling(peel_alpha=alpha)
    told = benchmark.pedantic(lambda: prim(x, y, peeling=peeling), rounds=3, warmup_rounds=1)
    start = time.process_time()
    counts = plain(x, y, alpha)
    peer = time.process_time() - start
    assert abs(len(counts) - len(told.size)) <= 1
    beside(benchmark, numpy=peer)


@pytest.mark.parametrize("n", [882, 20_000])
def test_a_hundred_resamples_of_a_box(benchmark: Any, n: int) -> None:
    found = prim(*corner(n), peeling=TENTH)
    box = found.choose().box
    benchmark.pedantic(lambda: stability(found, box), rounds=3, warmup_rounds=1)


def test_a_hundred_random_boxes_and_a_tree(benchmark: Any) -> None:
    x, y = corner(5000)
    found = prim(x, y)
    bagged = benchmark.pedantic(lambda: random_boxes(found.sample), rounds=3, warmup_rounds=1)
    assert bagged.choose().reached
    benchmark.extra_info["cpu_seconds_of_a_tree"] = cpu(lambda: tree(x, y))
