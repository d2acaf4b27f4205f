"""Speed and memory of futures: 45 actors, 3 issues, 20 half-years, 2 ballots in each, and 3 covariates.

All quantiles by half-year are taken; all are warm. The peer is plain Python, one actor after another, by
itself and in the loop of Mesa, which is skipped where it is not installed (the EMA Workbench needs Python
3.12). What is asked for is marked at each; seconds are on two cores.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.simulation.made_futures import large
from tests.simulation.plain_futures import Loose, World, experiments

from benchmarks.figures.noting import at_least, beside
from detente.executors import How
from detente.simulation.ensemble.ballots import Payment
from detente.simulation.ensemble.comparing import compare
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.many import draw_many
from detente.simulation.ensemble.measures import (
    BlocMean,
    BlocSpread,
    Covariate,
    Crosses,
    Outcome,
    Passes,
    Position,
)
from detente.simulation.ensemble.running import draw
from detente.simulation.ensemble.why import explain

FUTURES, MANY, PLAIN = 1000, 131_072, 10
ROUNDS, VARIANTS = 5, 40
MEASURE: tuple[Outcome, ...] = (
    BlocSpread("union", "sanctions"), BlocSpread("alliance", "arms"), BlocMean("union", "aid"),
    Position("A00", "aid"), Passes("sanctions"), Passes("aid"), Crosses("half"), Crosses("half", "union"),
    Covariate("union", "oil"), Covariate("A01", "threat"),
)  # fmt: skip
ONE, TWO = How(jobs=1), How(jobs=2)
MEMORY = """
import sys
from pathlib import Path
from detente.executors import How
from detente.simulation.ensemble.running import draw
from tests.simulation.made_futures import large
draw(large(), draws=int(sys.argv[1]), how=How(jobs=2))
held = Path("/proc/self/status").read_text().split("VmHWM:")[1]  # of this program alone, unlike ru_maxrss
print(int(held.split()[0]) / 1024)
"""


def cpu_seconds(benchmark: Any, work: Any, *, rounds: int = ROUNDS) -> float:
    """Return the least CPU-seconds of some rounds of `work`."""
    benchmark.pedantic(work, rounds=rounds, warmup_rounds=1)
    return float(benchmark.stats.stats.min)


@pytest.mark.asked(cpu_seconds=0.1)
def test_a_thousand_futures_on_one_core(benchmark: Any) -> None:
    futures = large()
    cpu_seconds(benchmark, lambda: draw(futures, draws=FUTURES, how=ONE))


def alone(futures: Futures) -> list[World]:
    """Play a few futures in plain Python."""
    return experiments(futures, lambda future: Loose(random.Random(future)), range(PLAIN))


def in_mesa(futures: Futures) -> list[World]:
    """Play the same by Mesa: an agent for each actor, moved by its loop, with positions collected."""
    mesa: Any = pytest.importorskip("mesa")
    return [_played(mesa, futures, future) for future in range(PLAIN)]


def _played(mesa: Any, futures: Futures, future: int) -> World:
    model = mesa.Model(rng=future)
    world = World(futures, future, Loose(model.random))
    for actor in world.actors:
        mesa.Agent(model).actor = actor
    collector = mesa.DataCollector(agent_reporters={"x": lambda agent: list(agent.actor.x)})
    for step in range(1, futures.steps + 1):
        model.step()
        happens = world.open(step)
        model.agents.do(lambda agent, *given: world.drive(given[0], agent.actor, given[1]), step, happens)
        seen = world.look(step)
        model.agents.do(lambda agent, *given: world.move(given[0], agent.actor, *given[1]), step, seen)
        world.close(step, happens)
        collector.collect(model)
    return world


@pytest.mark.asked(times_faster=at_least(200))
@pytest.mark.parametrize("loop", [alone, in_mesa])
def test_a_thousand_futures_against_plain_python(
    benchmark: Any, loop: Callable[[Futures], list[World]]
) -> None:
    """The same model; plain Python plays a few futures, and they end where the others do on average."""
    futures = large()
    loop(replace(futures, steps=1, ballots=(), shocks=(), payments=()))
    start = time.process_time()
    plain = loop(futures)
    each = (time.process_time() - start) / PLAIN
    spent = cpu_seconds(benchmark, lambda: draw(futures, draws=FUTURES, how=ONE)) / FUTURES
    told = draw(futures, draws=FUTURES, how=ONE).frame("positions")
    last = told[told["time"] == told["time"].max()]
    ends = np.array([np.ravel([actor.x for actor in world.actors]) for world in plain])
    off = (ends.mean(axis=0) - last["mean"].to_numpy()) / (last["sd"].to_numpy() / np.sqrt(PLAIN))
    assert np.abs(off).max() < 5
    benchmark.extra_info["times_faster"] = each / spent
    beside(benchmark, **{loop.__name__: each * FUTURES})


@pytest.mark.asked(seconds_for_a_million=60)
def test_many_futures_on_two_cores(benchmark: Any) -> None:
    """An eighth of a million, and what that comes to for a million, in CPU-seconds of both threads."""
    futures = large()
    draw(futures, draws=64, how=TWO)
    start = time.perf_counter()
    benchmark.pedantic(lambda: draw(futures, draws=MANY, how=TWO), rounds=1)
    scale = 1_000_000 / MANY
    benchmark.extra_info["seconds_for_a_million"] = scale * (time.perf_counter() - start)
    benchmark.extra_info["cpu_seconds_for_a_million"] = scale * benchmark.stats.stats.min


def test_many_futures_kept_in_a_folder(benchmark: Any, tmp_path: Path) -> None:
    """The same, in parts that can be picked up."""
    futures = large()
    benchmark.pedantic(lambda: draw(futures, draws=MANY, how=How(jobs=2, folder=tmp_path)), rounds=1)
    benchmark.extra_info["cpu_seconds_for_a_million"] = 1_000_000 / MANY * benchmark.stats.stats.min
    held = sum(path.stat().st_size for path in tmp_path.iterdir())
    benchmark.extra_info["megabytes_on_disk_for_a_million"] = 1_000_000 / MANY * held / 2**20


@pytest.mark.asked(megabytes=1000)
@pytest.mark.parametrize("draws", [FUTURES, 5600, MANY])
def test_memory_of_futures(benchmark: Any, draws: int) -> None:
    """Peak memory in a process of its own; beyond 5,600 futures it does not grow with their number."""

    def once() -> float:
        told = subprocess.run(
            [sys.executable, "-c", MEMORY, str(draws)], check=True, capture_output=True, text=True
        )
        return float(told.stdout)

    benchmark.extra_info["megabytes"] = benchmark.pedantic(once, rounds=1)


def test_a_scenario_against_its_baseline(benchmark: Any) -> None:
    base = large()
    paid = replace(base, payments=(Payment(ballot="sanctions", actor="A00", size=0.05),))
    cpu_seconds(benchmark, lambda: compare(base, paid, draws=FUTURES, how=ONE))


@pytest.mark.asked(seconds_for_400_variants=60)
def test_many_variants_of_the_same_futures(benchmark: Any) -> None:
    """A tenth of 400 variants that differ in a payment, and what that comes to for all of them."""
    base = large(steps=10, issues=("sanctions", "aid", "arms", "energy"))
    variants = [
        replace(base, payments=(Payment(ballot="sanctions", actor="A00", size=0.01 * place),))
        for place in range(VARIANTS)
    ]
    draw_many(variants[:1], measure=MEASURE, draws=64, how=TWO)
    start = time.perf_counter()
    benchmark.pedantic(lambda: draw_many(variants, measure=MEASURE, draws=2000, how=TWO), rounds=1)
    spent, scale = time.perf_counter() - start, 400 / VARIANTS
    benchmark.extra_info["seconds_for_400_variants"] = scale * spent
    benchmark.extra_info["cpu_seconds_for_400_variants"] = scale * benchmark.stats.stats.min


def test_parts_of_a_change_by_six_drivers(benchmark: Any) -> None:
    """64 runs of 256 futures; the widest interval of a part beside the largest part."""
    futures = large()
    cpu_seconds(benchmark, lambda: explain(futures, threads=1), rounds=1)
    told = explain(futures, threads=1)
    benchmark.extra_info |= {
        "widest_interval": float((told["high"] - told["low"]).max()),
        "largest_part": float(told["part"].abs().max()),
    }
