"""The table of benchmarks pairs peers, holds figures against what is asked for, and says what did not run."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from benchmarks.figures.noting import at_least, beside, marked
from benchmarks.figures.table import markdown, rows, write


def ran(
    name: str, *, file: str = "benchmarks/bench_made.py", least: float = 2.0, **noted: Any
) -> dict[str, Any]:
    """Return a benchmark as pytest-benchmark keeps it."""
    stats = {"min": least, "median": 1.5 * least, "rounds": 3}
    return {"fullname": f"{file}::{name}", "stats": stats, "extra_info": noted}


def test_the_clock_gives_the_figures_unless_a_benchmark_noted_its_own() -> None:
    clock, noted = rows([ran("test_a"), ran("test_b", cpu_seconds=7.0)])
    assert (clock["cpu_seconds_median"], clock["cpu_seconds_least"]) == (3.0, 2.0)
    assert (noted["cpu_seconds_median"], noted["cpu_seconds_least"]) == (None, 7.0)


def test_a_peer_is_paired_whether_noted_or_a_benchmark_of_its_own() -> None:
    benchmark = SimpleNamespace(extra_info={})
    beside(benchmark, plain_numpy=10.0)
    beside(benchmark, SALib=4)
    peer = {"name": "pandas", "of": ["test_a[x]"]}
    first, second, elsewhere = rows(
        [
            ran("test_a[x]", **benchmark.extra_info),
            ran("test_pandas", least=6.0, peer=peer),
            ran("test_a[x]", file="benchmarks/bench_other.py"),
        ]
    )
    ratios = {name: each["times_as_much"] for name, each in first["peers"].items()}
    assert ratios == {"plain numpy": 5.0, "SALib": 2.0, "pandas": 3.0}
    assert second["peers"] == elsewhere["peers"] == {}


@pytest.mark.parametrize(
    ("asked", "found", "met"),
    [
        ({"megabytes": {"at_most": 100}}, 100, True),
        ({"megabytes": {"at_most": 100}}, 101, False),
        ({"megabytes": {"at_least": 100}}, 99, False),
        ({"megabytes": {"at_least": 100}}, 100, True),
        ({"seconds": {"at_most": 100}}, 1, None),
    ],
)
def test_what_is_asked_for_is_met_missed_or_not_measured(
    asked: dict[str, Any], found: float, met: bool
) -> None:
    [row] = rows([ran("test_a", asked=asked, megabytes=found)])
    assert [each["met"] for each in row["asked"]] == [met]


def test_the_clock_is_held_against_what_is_asked_for() -> None:
    [row] = rows([ran("test_a", least=2.0, asked={"cpu_seconds": {"at_most": 1.9}})])
    assert row["asked"][0]["met"] is False
    assert "cpu seconds ≤ 1.9: MISSED: 2" in markdown([row])


def test_marks_become_figures_and_the_nearest_mark_wins() -> None:
    near = SimpleNamespace(kwargs={"cpu_seconds": 1})
    far = SimpleNamespace(kwargs={"cpu_seconds": 9, "rate": at_least(5)})
    of = SimpleNamespace(args=("pandas",), kwargs={"of": "test_a"})
    item = SimpleNamespace(iter_markers=lambda name: [near, far] if name == "asked" else [of])
    assert marked(item) == {
        "asked": {"cpu_seconds": {"at_most": 1}, "rate": {"at_least": 5}},
        "peer": {"name": "pandas", "of": ["test_a"]},
    }


def test_what_did_not_run_has_its_reason_in_the_table(tmp_path: Path) -> None:
    table = rows(
        [ran("test_a", gap=0.12345, least_seen=math.inf)],
        {"benchmarks/bench_made.py::test_b[a|b]": "no Rscript here"},
    )
    text = write(table, tmp_path)
    assert "| a | 3 | 2 | 3 |  |  |  | gap 0.123, least seen inf |" in text
    assert "| b[a\\|b] |  |  |  |  |  |  | not run: no Rscript here |" in text
    assert (tmp_path / "benchmarks.md").read_text(encoding="utf-8") == text
    assert '"not_run": "no Rscript here"' in (tmp_path / "benchmarks.json").read_text(encoding="utf-8")
