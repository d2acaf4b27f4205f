"""Executors side by side: the flagship's campaign in one run, what a chunk costs, and memory over futures.

CPU-seconds are of this process and of its workers, which keep their compiled code between rounds; the load of
the machine is told beside them. What a run of any number of futures takes is fitted at small scale and held
against a size that was left out by hand, at some minutes a run:

    python -m benchmarks.bench_executors threads 2      # or loky 1, loky 2, dask 2
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from tests.executors.chunks import Draw, moments

from benchmarks.bench_strategy_campaign import DRAWS, SIZE, digest, flagship, play
from detente.executors import How, Result, run
from detente.simulation.ensemble.running import draw

EXECUTORS = ("serial", "threads", "loky", "dask")
CHUNKS, CHUNK = 200, 5
"""Chunks in which nothing is done, and pairs of portfolios in one of the campaign's."""
MEMORY = """
import sys
from pathlib import Path
from detente.executors import How
from detente.simulation.ensemble import gathering
from detente.simulation.ensemble.running import draw
from tests.simulation.made_futures import busy
gathering.EXACT = 0  # else so few futures of so few actors are all kept
draw(busy(), draws=int(sys.argv[1]), how=How("threads", 2))
print(int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024)
"""
FITTED, LEFT_OUT = (10_000, 30_000, 100_000, 300_000), 1_000_000
PART = 2**16


@dataclass
class Meter:
    """Wall and CPU-seconds since it was made, of this process and of workers that are alive, and the load."""

    begun: float = field(default_factory=time.monotonic)
    held: dict[int, float] = field(default_factory=lambda: cpu_by_process())

    def read(self) -> dict[str, float]:
        """Return seconds of the clock, CPU-seconds, and the load."""
        now = cpu_by_process()
        spent = sum(seconds - self.held.get(pid, 0.0) for pid, seconds in now.items())
        return {
            "seconds": time.monotonic() - self.begun,
            "cpu_seconds": spent,
            "load": os.getloadavg()[0],
        }


def cpu_by_process() -> dict[int, float]:
    """Return the CPU-seconds of this process and of all below it, by number."""
    psutil: Any = importlib.import_module("psutil")
    here = psutil.Process()
    found = {}
    for each in (here, *here.children(recursive=True)):
        used = each.cpu_times()
        found[each.pid] = used.user + used.system
    return found


def on_cluster(executor: str, work: Callable[[How], object]) -> None:
    """Do some work on an executor with two workers; on Dask, on a cluster that is there already."""
    if executor != "dask":
        work(How(executor, 2, chunk=CHUNK))
        return
    distributed: Any = importlib.import_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0"
    ) as cluster:
        work(How(cluster.scheduler_address, 2, chunk=CHUNK))


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_campaign_of_the_flagship(benchmark: Any, executor: str) -> None:
    """The same bytes from all; workers have played a little before."""
    flagship()

    def work(how: How) -> None:
        play(4, 100, how)
        meter = Meter()
        found = benchmark.pedantic(lambda: play(SIZE, DRAWS, how), rounds=1)
        benchmark.extra_info |= {**meter.read(), "futures": SIZE * SIZE * DRAWS, "digest": digest(found)}

    on_cluster(executor, work)


def nothing(_chunk: object) -> Result:
    """Return next to nothing."""
    return {"value": np.zeros(1)}


@pytest.mark.parametrize("executor", EXECUTORS)
def test_overhead_of_a_chunk(benchmark: Any, executor: str) -> None:
    """Chunks in which next to nothing is done, one after another."""

    def work(how: How) -> None:
        list(run(nothing, range(20), how))
        meter = Meter()
        benchmark.pedantic(lambda: list(run(nothing, range(CHUNKS), how)), rounds=1)
        told = meter.read()
        each = {f"{name}_a_chunk": told[name] / CHUNKS for name in ("seconds", "cpu_seconds")}
        benchmark.extra_info |= {**each, "load": told["load"]}

    on_cluster(executor, work)


@pytest.mark.parametrize("executor", ["serial", "loky"])
def test_chunks_of_some_size(benchmark: Any, executor: str) -> None:
    """64 chunks of 20,000 rows and 40 columns."""
    chunks = [Draw(number, rows=20_000) for number in range(64)]
    benchmark.pedantic(lambda: list(run(moments, chunks, How(executor, 2))), rounds=2, iterations=1)


@pytest.mark.parametrize("draws", [100_000, 1_000_000, 10_000_000])
def test_memory_does_not_grow_with_futures(benchmark: Any, draws: int) -> None:
    """Peak memory in a process of its own; six actors, nine steps, everything that can happen."""

    def once() -> float:
        told = subprocess.run(
            [sys.executable, "-c", MEMORY, str(draws)], check=True, capture_output=True, text=True
        )
        return float(told.stdout)

    benchmark.extra_info["megabytes_at_peak"] = benchmark.pedantic(once, rounds=1)


def by_hand(executor: str, jobs: int) -> None:
    """Draw futures of the flagship case at several sizes, fit what they take, and predict a larger one.

    CPU-seconds are a + b futures; all of them are counted in bins, as a large run is.
    """
    from detente.simulation.ensemble import gathering

    gathering.EXACT = 0
    futures, rows = flagship().futures, []
    how = How(executor, jobs, chunk=PART // 4)
    draw(futures, draws=2 * PART // 4, how=how)
    for draws in (*FITTED, LEFT_OUT):
        meter = Meter()
        draw(futures, draws=draws, how=how)
        told = meter.read()
        rows.append((draws, told["cpu_seconds"], told["seconds"]))
        spent = f"{told['cpu_seconds']:.2f} CPU-s, {told['seconds']:.2f} s, load {told['load']:.1f}"
        sys.stdout.write(f"{executor} {jobs}: {draws:>9,} futures, {spent}\n")
        sys.stdout.flush()
    sizes, cpu, wall = np.array(rows).T
    for name, took in (("CPU-s", cpu), ("s", wall)):
        base, weight = np.column_stack([np.ones(len(FITTED)), sizes[:-1]]), 1 / np.sqrt(took[:-1])
        fit = np.linalg.lstsq(base * weight[:, None], took[:-1] * weight, rcond=None)[0]
        predicted = float(fit @ [1, LEFT_OUT])
        sys.stdout.write(
            f"{name}: {fit[0]:.2f} + {1e6 * fit[1]:.1f} for a million; {LEFT_OUT:,}: "
            f"predicted {predicted:.1f}, took {took[-1]:.1f}, off by {predicted / took[-1] - 1:+.1%}\n"
        )


if __name__ == "__main__":
    by_hand(sys.argv[1], int(sys.argv[2]))
