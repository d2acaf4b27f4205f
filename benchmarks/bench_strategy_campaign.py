"""Speed and memory of a campaign: every portfolio of Moscow against every one of Brussels, 10 half-years.

Asked for: 20 x 20 portfolios over 2,000 futures, 800,000 in all, in 60 s on two cores and 1 GB, the same
bytes serially and on loky. `bench_executors` plays 10 x 10 x 1,000. The whole is played by hand, as in:

    python -m benchmarks.bench_strategy_campaign 20 2000 loky 2
"""

from __future__ import annotations

import hashlib
import os
import resource
import sys
import time
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import detente
from detente.executors import How
from detente.simulation.backtest.shipped import stored_fit
from detente.simulation.projection.preparing import Known, Prepared, prepare
from detente.strategy.campaign.matrix import Campaign, campaign
from detente.strategy.campaign.sides import Side, side
from detente.strategy.campaign.weighing import weigh

SIZE, DRAWS = 10, 1000
OWN, OTHER = "RUS", "brussels"


@cache
def flagship() -> Prepared:
    """Return the futures of the flagship case."""
    study = detente.load("atlantic")
    known = Known(study.evidence, study.measure(), stored_fit(study.case, study.evidence))
    return prepare(study.case, known, seed=0)


def first(held: Side, size: int) -> Side:
    """Return a side with so many of its portfolios, of one lever and of two."""
    return replace(held, portfolios=dict(islice(held.portfolios.items(), size)))


def play(size: int, draws: int, how: How) -> Campaign:
    """Return the campaign of so many portfolios of either side."""
    case = flagship().case
    sides = (first(side(case, name, deep=2), size) for name in (OWN, OTHER))
    return campaign(flagship(), *sides, draws=draws, seed=0, how=how)


def digest(found: Campaign) -> str:
    """Return a digest of all payoffs."""
    return hashlib.sha256(found.payoffs.tobytes()).hexdigest()[:16]


def cpu() -> float:
    """Return CPU-seconds of this process and of the workers that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def peak() -> float:
    """Return the most memory that this process has held, in MB."""
    held = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    return int(held.split()[0]) / 1024


def by_hand(size: int, draws: int, how: How) -> None:
    """Play a campaign once, and say what it took."""
    flagship()
    play(2, 100, how)
    load, start, begun = os.getloadavg()[0], cpu(), time.monotonic()
    found = play(size, draws, how)
    wall, spent = time.monotonic() - begun, cpu() - start
    weighed = weigh(found)
    sys.stdout.write(
        f"{size} x {size} x {draws}, {how.executor}: {wall:.1f} s, {spent:.1f} CPU-s (of workers: once they "
        f"ended), {peak():.0f} MB here, load {load:.1f} to {os.getloadavg()[0]:.1f}, {digest(found)}, lost "
        f"{found.lost}, leader {found.rows[weighed.best.leader]}\n"
    )


if __name__ == "__main__":
    executor = sys.argv[3] if len(sys.argv) > 3 else "serial"
    jobs = int(sys.argv[4]) if len(sys.argv) > 4 else None
    by_hand(int(sys.argv[1]), int(sys.argv[2]), How(executor, jobs=jobs))
