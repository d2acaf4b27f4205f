"""Our own estimates in a process of their own: `python -m benchmarks.peers.ours VOTES OUT dynamic|static`."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from detente.measurement.idealpoints import Spec, ideal_points
from detente.measurement.idealpoints.settings import DEFAULT
from detente.measurement.idealpoints.simulate import Design, Simulated, simulate


def peak() -> int:
    """Peak of this process's memory in MB, where the system tells it."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    return round(int(found[1]) / 1024) if found else 0


def main(source: str, target: str, kind: str, draws: int) -> None:
    """Estimate and write what it took; compiling comes before the clock, as it is done once."""
    votes = pd.read_csv(source)
    column = "yes" if "yes" in votes else "vote"
    votes = votes.rename(columns={column: "vote"})
    small: Simulated = simulate(
        Design(actors=10, sessions=3, roll_calls=8), DEFAULT, np.random.default_rng(0)
    )
    ideal_points(small.votes, draws=2)
    cpu = time.process_time()
    result = ideal_points(votes, draws=draws, spec=Spec(static=kind == "static"))
    taken = time.process_time() - cpu
    points = result.table()[["actor", "session", "mean"]].rename(columns={"mean": "point"})
    points = points.drop(columns="session") if kind == "static" else points
    written = {
        "cpu_seconds": taken,
        "megabytes": peak(),
        "iterations": 1,
        "usual": 1,
        "points": points.to_dict("list"),
    }
    Path(target).write_text(json.dumps(written), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 0)
