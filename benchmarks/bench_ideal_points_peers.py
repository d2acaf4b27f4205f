"""Ideal points beside other programs, on the same votes (yes or not) in the same run.

Each program runs in a process of its own. R's packages are found through Rscript (Debian: r-cran-pscl,
r-cran-mcmcpack); girth in the Python that DETENTE_PEERS names. None is needed by detente: one that is absent
is skipped with the reason, and its recorded figures with that word. Samplers run few iterations: their time
is extrapolated to what their users run, and the correlation is after those few.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.figures.noting import beside
from benchmarks.ideal_points_data import published_set

PEERS = Path(__file__).parent / "peers"
SINCE = {"all": 1, "recent": 60, "short": 72, "last": 74}
"""First session of each problem; the last is 74."""


@dataclass(frozen=True)
class Tool:
    """A program, the problem it can bear, whether it places actors once or in each session, and arguments."""

    name: str
    problem: str
    kind: str
    script: str
    more: tuple[str, ...] = ()
    package: str = ""

    def command(self) -> list[str]:
        """Return how to start it. Raises `pytest.skip.Exception` with the reason where it is not here."""
        if self.script.endswith(".R"):
            return [_with_package("Rscript", "-e", f"library({self.package})", self.package), self._path()]
        python = os.environ.get("DETENTE_PEERS", sys.executable)
        return [_with_package(python, "-c", f"import {self.package}", self.package), self._path()]

    def _path(self) -> str:
        return str(PEERS / self.script)


TOOLS = (
    Tool("pscl", "recent", "static", "pscl.R", package="pscl"),
    Tool("MCMCpack", "short", "dynamic", "mcmcpack.R", ("3",), package="MCMCpack"),
    Tool("girth", "last", "static", "girth_2pl.py", package="girth"),
)
Run = Callable[[Sequence[str], str, Sequence[str]], dict[str, Any]]


def _with_package(program: str, flag: str, code: str, package: str) -> str:
    """Return the program's path, or skip where it or its package is absent."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{package}: {program} is not installed")
    if subprocess.run([found, flag, code], capture_output=True).returncode:
        pytest.skip(f"{package} is not installed for {program}")
    return found


@pytest.fixture(scope="module")
def run(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command on a problem's votes, and return what it wrote."""
    folder = tmp_path_factory.mktemp("peers")
    votes, _ = published_set(mirror)
    votes["yes"] = (votes["vote"] == "yes").astype(int)
    for problem, first in SINCE.items():
        part = votes[votes["session"] >= first]
        part[["actor", "session", "roll_call", "yes"]].to_csv(folder / f"{problem}.csv", index=False)

    def start(command: Sequence[str], problem: str, more: Sequence[str]) -> dict[str, Any]:
        target = folder / "out.json"
        whole = [*command, str(folder / f"{problem}.csv"), str(target), *more]
        ran = subprocess.run(whole, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr[-2000:]
        told: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return told

    return start


@pytest.fixture(scope="module")
def ours(run: Run) -> Callable[[str, str], dict[str, Any]]:
    """Our own figures on a problem, measured once."""
    known: dict[tuple[str, str], dict[str, Any]] = {}

    def find(problem: str, kind: str) -> dict[str, Any]:
        if (problem, kind) not in known:
            command = [sys.executable, "-m", "benchmarks.peers.ours"]
            known[problem, kind] = run(command, problem, [kind])
        return known[problem, kind]

    return find


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_peer(benchmark: Any, run: Run, ours: Callable[[str, str], dict[str, Any]], tool: Tool) -> None:
    """Ours, beside the peer's, extrapolated where few of its iterations ran; memory and correlation."""
    command = tool.command()
    mine = ours(tool.problem, tool.kind)
    told = benchmark.pedantic(lambda: run(command, tool.problem, tool.more), rounds=1)
    seconds = told["cpu_seconds"] * told["usual"] / told["iterations"]
    on = ["actor"] if tool.kind == "static" else ["actor", "session"]
    both = pd.DataFrame(mine["points"]).merge(pd.DataFrame(told["points"]), on=on, suffixes=("", "_theirs"))
    benchmark.extra_info |= {
        "sessions": f"{SINCE[tool.problem]} to 74, {tool.kind}",
        "cpu_seconds": mine["cpu_seconds"],
        "iterations": f"{told['iterations']} of {told['usual']}",
        "megabytes": mine["megabytes"],
        "megabytes_of_the_peer": told["megabytes"],
        "matched": len(both),
        "r_with_ours": abs(float(both["point"].corr(both["point_theirs"]))),
    }
    beside(benchmark, **{tool.name: seconds})
    if told["iterations"] < told["usual"]:
        benchmark.extra_info["note"] = "extrapolated"


def recorded() -> list[dict[str, str]]:
    """Figures of programs that cannot be installed here, as they were measured once."""
    with (PEERS / "recorded.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", recorded(), ids=lambda row: row["tool"])
def test_recorded_peer(
    benchmark: Any, ours: Callable[[str, str], dict[str, Any]], row: dict[str, str]
) -> None:
    """Our own figures now beside theirs as recorded; the ratio mixes two occasions and says so."""
    mine = benchmark.pedantic(lambda: ours(row["problem"] or "recent", "dynamic"), rounds=1)
    if row["problem"]:
        beside(benchmark, **{f"{row['tool']} as recorded": float(row["cpu_seconds"])})
    benchmark.extra_info |= {
        "cpu_seconds": mine["cpu_seconds"],
        "megabytes": mine["megabytes"],
        "recorded_cpu_seconds": row["cpu_seconds"],
        "recorded_megabytes": row["megabytes"],
        "recorded_pooled_r": row["pooled_r"],
        "note": f"recorded, not run: {row['why']}",
    }
