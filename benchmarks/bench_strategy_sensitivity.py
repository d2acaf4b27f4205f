"""Speed of sensitivity: 12 inputs, 40 outputs, 106,496 runs, beside SALib; Shapley effects of 12 inputs.

CPU-seconds are of this process on one thread, warm. All Sobol indices of the 40 outputs: first,
total and second, with intervals from 100 resamples. SALib does one output at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from SALib.analyze import sobol as salib
from threadpoolctl import threadpool_limits

from benchmarks.figures.noting import beside
from detente.strategy.sensitivity.designs import saltelli
from detente.strategy.sensitivity.effects import shapley
from detente.strategy.sensitivity.indices import sobol
from detente.strategy.sensitivity.joint import Joint, conditional
from detente.strategy.sensitivity.neighbours import shapley_of_sample

Floats = NDArray[np.float64]
INPUTS, OUTPUTS, SIZE = 12, 40, 4096
NAMES = tuple(f"x{place}" for place in range(INPUTS))


def cpu(call: Callable[[], object]) -> float:
    """Return the CPU-seconds of the fastest of three calls, on one thread."""
    spent = []
    with threadpool_limits(1):
        for _ in range(3):
            start = time.process_time()
            call()
            spent.append(time.process_time() - start)
    return min(spent)


def outcomes(x: Floats) -> Floats:
    """Forty outputs of twelve inputs: sums and products with weights of their own."""
    rng = np.random.default_rng(0)
    return x @ rng.random((INPUTS, OUTPUTS)) + x[:, :1] * x[:, 1:2] * rng.random(OUTPUTS)


@pytest.fixture(scope="module")
def runs() -> Floats:
    return outcomes(saltelli([(0, 1)] * INPUTS, size=SIZE, seed=0, second=True))


@pytest.mark.asked(cpu_seconds=0.3)
def test_indices_of_forty_outputs_against_salib(benchmark: Any, runs: Floats) -> None:
    """First, total and second order of all outputs; SALib's time is that of one output, times forty."""
    told = benchmark.pedantic(lambda: sobol(runs, inputs=NAMES, second=True), rounds=3, warmup_rounds=1)
    problem = {"num_vars": INPUTS, "names": list(NAMES), "bounds": [[0, 1]] * INPUTS}
    start = time.process_time()
    other = salib.analyze(problem, runs[:, 0], calc_second_order=True, num_resamples=100, seed=1)
    peer = (time.process_time() - start) * OUTPUTS
    np.testing.assert_allclose(told.total.value[0], other["ST"], atol=1e-13)
    ours = cpu(lambda: sobol(runs, inputs=NAMES, second=True))
    first = runs.reshape(SIZE, 2 * INPUTS + 2, OUTPUTS)
    alone = np.concatenate([first[:, : INPUTS + 1], first[:, -1:]], axis=1).reshape(-1, OUTPUTS)
    benchmark.extra_info["cpu_seconds"] = ours
    benchmark.extra_info["cpu_seconds_of_first_and_total"] = cpu(lambda: sobol(alone, inputs=NAMES))
    beside(benchmark, SALib=peer)


def test_shapley_effects_of_twelve_correlated_inputs(benchmark: Any) -> None:
    """Rows of 4,096 random permutations, three inner draws, and effects of forty outputs on them."""
    joint = Joint(0.7 * np.eye(INPUTS) + 0.3)
    design = conditional(joint, size=SIZE, seed=0)
    y = outcomes(design.x)
    benchmark.pedantic(lambda: shapley(y, design), rounds=3, warmup_rounds=1)
    benchmark.extra_info["rows"] = len(design.x)
    benchmark.extra_info["cpu_seconds_to_draw_rows"] = cpu(lambda: conditional(joint, size=SIZE, seed=0))
    benchmark.extra_info["cpu_seconds_of_effects"] = cpu(lambda: shapley(y, design))


@pytest.mark.parametrize("count", [4, INPUTS])
def test_shapley_effects_of_a_sample(benchmark: Any, count: int) -> None:
    """Forty outputs of 2,000 runs: every subset of four inputs, or permutations of twelve; with intervals."""
    x = Joint(0.7 * np.eye(INPUTS) + 0.3).draw(2000, seed=0)
    y = outcomes(x)
    told = benchmark.pedantic(lambda: shapley_of_sample(x[:, :count], y), rounds=1, warmup_rounds=1)
    assert told.effect.value.shape == (OUTPUTS, count)
    benchmark.extra_info["cpu_seconds"] = cpu(lambda: shapley_of_sample(x[:, :count], y))
