"""How long it takes to say what comes of a case's agenda: meetings and decisions, with the usual draws."""

from __future__ import annotations

from typing import Any

import pytest

import detente
from detente.simulation.outcomes import Outcomes, simulate


@pytest.mark.asked(cpu_seconds=2)
def test_outcomes_of_the_atlantic_case(benchmark: Any) -> None:
    """38 actors, 4 items, 2 meetings, 3 decisions, 1,000 draws."""
    study = detente.load("atlantic")
    case, evidence, measures = study.case, study.evidence, study.measure()

    def run() -> Outcomes:
        return simulate(case, evidence, measures)

    told = benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    assert len(told.forum) > 0 and len(told.members) > 0
