"""The one table of benchmarks, from what pytest-benchmark keeps of each.

A row is one benchmark: its CPU-seconds, what its peers took (and the ratio to its own), memory, what is asked
for and whether it is met, and whatever else it noted. One that did not run has its reason.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
KEPT = ("cpu_seconds", "megabytes", "peers", "peer", "asked")
HEAD = ("Benchmark", "CPU-s, median", "CPU-s, least", "Rounds", "Peers", "MB", "Asked for", "Noted")


def rows(benchmarks: Iterable[dict[str, Any]], absent: dict[str, str] | None = None) -> list[Row]:
    """Return a row for each benchmark (as in pytest-benchmark's JSON) and for each that did not run.

    `absent` gives reasons by full name, `file::test`. A peer with a row of its own is paired with those it is
    a peer of, by name within its file.
    """
    found = [_row(each) for each in benchmarks]
    places = {(row["file"], row["benchmark"]): row for row in found}
    for row in found:
        peer = row.pop("peer")
        for name in peer["of"] if peer else ():
            of = places.get((row["file"], name))
            if of is not None:
                of["peers"][peer["name"]] = row["cpu_seconds_least"]
    for row in found:
        row["peers"] = {name: _against(spent, row) for name, spent in row["peers"].items()}
    for name, reason in (absent or {}).items():
        file, _, test = name.partition("::")
        found.append({"file": Path(file).name, "benchmark": test, "not_run": reason})
    return sorted(found, key=lambda row: row["file"])


def _row(told: dict[str, Any]) -> Row:
    noted, stats = told["extra_info"], told["stats"]
    own = noted.get("cpu_seconds")
    row: Row = {
        "file": Path(told["fullname"].partition("::")[0]).name,
        "benchmark": told["fullname"].partition("::")[2],
        "cpu_seconds_median": stats["median"] if own is None else None,
        "cpu_seconds_least": stats["min"] if own is None else own,
        "rounds": stats["rounds"],
        "peers": dict(noted.get("peers", {})),
        "peer": noted.get("peer"),
        "megabytes": noted.get("megabytes"),
        "noted": {name: _finite(value) for name, value in noted.items() if name not in KEPT},
    }
    figures = {**noted, "cpu_seconds": row["cpu_seconds_least"]}
    row["asked"] = [
        _asked(name, target, figures.get(name)) for name, target in noted.get("asked", {}).items()
    ]
    return row


def _finite(value: Any) -> Any:
    """Return a figure as JSON can hold it: an infinite one as a word."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _asked(name: str, target: dict[str, float], found: float | None) -> dict[str, Any]:
    """Return a target with what was found: met, or not, or not measured."""
    least, most = target.get("at_least"), target.get("at_most")
    met = None
    if found is not None:
        met = (least is None or found >= least) and (most is None or found <= most)
    return {"figure": name, **target, "found": found, "met": met}


def _against(spent: float, row: Row) -> dict[str, float | None]:
    own = row["cpu_seconds_least"]
    return {"cpu_seconds": spent, "times_as_much": spent / own if own else None}


def markdown(table: list[Row]) -> str:
    """Return the table as Markdown, a heading for each file."""
    lines: list[str] = []
    for file in dict.fromkeys(row["file"] for row in table):
        lines += ["", f"## {file}", "", _line(HEAD), _line(["---"] * len(HEAD))]
        lines += [_line(_cells(row)) for row in table if row["file"] == file]
    return "\n".join(["# Benchmarks", *lines]) + "\n"


def _cells(row: Row) -> list[str]:
    name = row["benchmark"].removeprefix("test_").replace("_", " ")
    if "not_run" in row:
        return [name, *[""] * 6, f"not run: {row['not_run']}"]
    peers = [f"{peer} {short(each['times_as_much'])}×" for peer, each in row["peers"].items()]
    noted = [f"{key.replace('_', ' ')} {short(value)}" for key, value in row["noted"].items()]
    figures = (short(row[key]) for key in ("cpu_seconds_median", "cpu_seconds_least", "rounds"))
    return [name, *figures, ", ".join(peers), short(row["megabytes"]), ", ".join(map(_target, row["asked"])),
            ", ".join(noted)]  # fmt: skip


def _target(asked: dict[str, Any]) -> str:
    bound = f"≥ {short(asked['at_least'])}" if "at_least" in asked else f"≤ {short(asked['at_most'])}"
    said = {True: "met", False: f"MISSED: {short(asked['found'])}", None: "not measured"}[asked["met"]]
    return f"{asked['figure'].replace('_', ' ')} {bound}: {said}"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def short(value: object) -> str:
    """Return a value with three figures where it is a fraction; nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


def write(table: list[Row], folder: Path) -> str:
    """Write `benchmarks.md` and `benchmarks.json` into a folder, and return the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    text = markdown(table)
    (folder / "benchmarks.md").write_text(text, encoding="utf-8")
    whole = json.dumps(table, indent=2, ensure_ascii=False, default=float, allow_nan=False)
    (folder / "benchmarks.json").write_text(whole + "\n", encoding="utf-8")
    return text
