"""Time and memory of ideal points: all of history, and sessions 60 to 74.

The clock is of the estimate alone, in this process and warm; memory is the peak of a process of its own that
reads the votes and estimates once. Seconds are asked for on two quiet cores.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.ideal_points_data import compare, published_set
from detente.measurement.idealpoints import IdealPoints, Spec, ideal_points
from detente.measurement.idealpoints.settings import DEFAULT
from detente.measurement.idealpoints.simulate import Design, simulate

RECENT = 60
ROUNDS = 2
SPECS = {"default": Spec(), "bsv": Spec(link="probit", prior="bsv")}
Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def votes(mirror: Path) -> Frames:
    """The published set; and everything compiled."""
    small = simulate(Design(actors=10, sessions=3, roll_calls=8), DEFAULT, np.random.default_rng(0)).votes
    for spec in SPECS.values():
        ideal_points(small, draws=2, spec=spec)
    return published_set(mirror)


def chosen(votes: Frames, since: int) -> pd.DataFrame:
    return votes[0][votes[0]["session"] >= since]


def measured(benchmark: Any, votes: pd.DataFrame, spec: Spec, draws: int) -> IdealPoints:
    """Estimate some times, and note the least seconds on the wall."""
    taken: list[float] = []

    def run() -> IdealPoints:
        start = time.perf_counter()
        result = ideal_points(votes, positive="United States", draws=draws, spec=spec)
        taken.append(time.perf_counter() - start)
        return result

    result: IdealPoints = benchmark.pedantic(run, rounds=ROUNDS)
    benchmark.extra_info["seconds"] = min(taken)
    benchmark.extra_info["iterations"] = result.diagnostics["iterations"]
    return result


@pytest.mark.parametrize(
    "draws",
    [
        pytest.param(0, marks=pytest.mark.asked(seconds=2.5)),
        pytest.param(200, marks=pytest.mark.asked(seconds=8)),
    ],
)
@pytest.mark.parametrize("name", SPECS)
def test_all_of_history(benchmark: Any, votes: Frames, mirror: Path, name: str, draws: int) -> None:
    """Sessions 1 to 74, resolutions that recur bridged; correlations with the published series beside."""
    spec = Spec(links=votes[1], link=SPECS[name].link, prior=SPECS[name].prior)
    found = compare(measured(benchmark, votes[0], spec, draws), mirror)
    benchmark.extra_info |= {key: found[key] for key in ("pooled_r", "year_r_min", "pooled_rank")}


@pytest.mark.parametrize("draws", [pytest.param(0, marks=pytest.mark.asked(seconds=0.5)), 200])
def test_sessions_60_to_74(benchmark: Any, votes: Frames, draws: int) -> None:
    """A quarter of the votes."""
    measured(benchmark, chosen(votes, RECENT), Spec(links=votes[1]), draws)


@pytest.mark.parametrize("since", [pytest.param(1, marks=pytest.mark.asked(megabytes=650)), RECENT])
def test_memory(benchmark: Any, votes: Frames, tmp_path: Path, since: int) -> None:
    """Peak memory with 200 joint draws, nothing bridged, in a process of its own."""
    source, target = tmp_path / "votes.csv", tmp_path / "out.json"
    chosen(votes, since).to_csv(source, index=False)
    command = [sys.executable, "-m", "benchmarks.peers.ours", str(source), str(target), "dynamic", "200"]
    benchmark.pedantic(lambda: subprocess.run(command, check=True), rounds=1)
    told = json.loads(target.read_text(encoding="utf-8"))
    benchmark.extra_info |= {"megabytes": told["megabytes"], "cpu_seconds": told["cpu_seconds"]}
