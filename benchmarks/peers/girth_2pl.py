"""girth's two-parameter model (static, binary): `python girth_2pl.py VOTES OUT`, in a Python that has girth.

Its slopes are positive only, so roll calls are first turned to one side by their first principal component.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np


def main(source: str, target: str) -> None:
    """Estimate and write what it took."""
    girth: Any = import_module("girth")
    with Path(source).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    actors = sorted({row["actor"] for row in rows})
    calls = sorted({row["roll_call"] for row in rows})
    places = {name: n for n, name in enumerate(actors)}, {name: n for n, name in enumerate(calls)}
    table = np.full((len(calls), len(actors)), np.nan)
    for row in rows:
        table[places[1][row["roll_call"]], places[0][row["actor"]]] = int(row["yes"])
    table = table[np.nanstd(table, axis=1) > 0]
    centred = np.nan_to_num(table - np.nanmean(table, axis=1, keepdims=True))
    side = np.linalg.svd(centred, full_matrices=False)[0][:, 0]
    turned = np.where(side[:, None] < 0, 1.0 - table, table)
    coded = girth.tag_missing_data(np.where(np.isnan(turned), -1, turned).astype(int), [0, 1])
    cpu = time.process_time()
    found = girth.twopl_mml(coded)
    points = girth.ability_eap(coded, found["Difficulty"], found["Discrimination"])
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    written = {
        "cpu_seconds": time.process_time() - cpu,
        "megabytes": round(int(peak[1]) / 1024) if peak else 0,
        "iterations": 1,
        "usual": 1,
        "points": {"actor": actors, "point": [float(point) for point in points]},
    }
    Path(target).write_text(json.dumps(written), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
