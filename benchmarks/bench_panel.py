"""CPU-seconds of the panel: its filter beside a plain loop, its fit, and two origins of a backtest.

The fit is of 200 states from 1991 to 2024; a whole backtest has 16 origins.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.figures.noting import beside
from detente.cases import load_case
from detente.evidence import Evidence, open_evidence, pull
from detente.simulation.backtest.foretelling import Design, foretell
from detente.simulation.backtest.in_case import MODELS
from detente.simulation.backtest.snapshot import SOURCES
from detente.simulation.panel.data import Panel
from detente.simulation.panel.fit import filter_data, fit_panel
from detente.simulation.panel.in_case import CasePanels
from detente.simulation.panel.kernels import FIRST, filter_panel
from detente.simulation.panel.layout import Spec, lay_out
from detente.simulation.panel.vintages import make_readings

Floats = NDArray[np.float64]

TWO = (2010, 2011)


@pytest.fixture(scope="module")
def evidence(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    folder = tmp_path_factory.mktemp("panel")
    pull([*SOURCES, "unga_ideal_points"], mirror=mirror, folder=folder)
    with open_evidence(folder / "evidence.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def panels(evidence: Evidence) -> CasePanels:
    return CasePanels(load_case("atlantic"), evidence)


@pytest.fixture(scope="module")
def panel(panels: CasePanels) -> Panel:
    """The panel of all votes; and everything compiled."""
    latest = panels.latest()
    fit_panel(latest.until(1996), uncertain=False)
    return latest


@pytest.mark.asked(cpu_seconds=20)
@pytest.mark.parametrize("covariates", [(), None], ids=["no covariates", "all covariates"])
def test_fit_with_intervals(
    benchmark: Any, panels: CasePanels, panel: Panel, covariates: tuple[str, ...] | None
) -> None:
    """On published points, which reach from 1991 to 2024."""
    held = panels.published()
    found = benchmark.pedantic(lambda: fit_panel(held, Spec(covariates=covariates)), rounds=1)
    benchmark.extra_info |= {
        "actors": len(held.actors), "years": f"{held.years[0]} to {held.years[-1]}",
        "evaluations": found.evaluations, "parameters": len(found.z),
    }  # fmt: skip


@pytest.mark.asked(cpu_seconds_of_16=600)
def test_two_origins_of_a_backtest(benchmark: Any, panels: CasePanels, panel: Panel) -> None:
    """Votes are read anew; three models with intervals, five rules, blocs and events."""
    question, chosen = panels.vintages.question, panels.vintages.chosen
    design = Design(models=MODELS, sides=(("NATO", "RUS"), ("EU", "RUS")))

    def run() -> None:
        for year in TWO:
            make_readings(chosen, question, until=year)
            foretell(panel.until(year), design)

    benchmark.pedantic(run, rounds=1)
    benchmark.extra_info["cpu_seconds_of_16"] = 16 * benchmark.stats.stats.min / len(TWO)


def test_filter_beside_a_plain_loop(benchmark: Any, panel: Panel) -> None:
    """Kalman's filter of every state, compiled and in a loop over states and years."""
    data = filter_data(panel, np.zeros(len(panel.covariates)), 0.0)
    layout = lay_out(Spec.walk(), panel.blocs, panel.covariates, influence=False)
    law = layout.law(np.zeros(len(layout.slots)))[0]
    start = time.process_time()
    told = plain_likelihood(panel.reading, data.noise, float(law.scale[0]))
    plain = time.process_time() - start
    found = benchmark(filter_panel, data, law, False)
    assert math.isclose(found.likelihood, told, rel_tol=1e-9)
    beside(benchmark, plain_loop=plain)


def plain_likelihood(reading: Floats, noise: Floats, shock: float) -> float:
    """Return the log likelihood of random walks that are read with noise, given first readings."""
    told = 0.0
    for i in range(reading.shape[1]):
        mean, variance, seen = 0.0, FIRST, False
        for y, r in zip(reading[:, i], noise[:, i], strict=True):
            variance += shock if seen else 0.0
            if not np.isnan(y):
                spread = variance + r
                if seen:
                    told -= 0.5 * (np.log(2 * np.pi * spread) + (y - mean) ** 2 / spread)
                mean += variance / spread * (y - mean)
                variance *= 1 - variance / spread
                seen = True
    return told
