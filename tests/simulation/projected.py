"""Projections of the invented union, of which nothing moves but what a test says."""

from __future__ import annotations

from functools import cache
from typing import Any

from detente.cases import Case
from detente.cases.projection import Scenario
from detente.cases.scenarios import baseline_digest
from detente.simulation.projection.outlook import Outlook, outlook
from detente.simulation.projection.preparing import Known
from tests.simulation.small_world import decision, measured, strength, world

DRAWS = 400
STEPS = ("2015-06-01", "2015-12-01", "2016-06-01", "2016-12-01", "2017-06-01")
"""The days on which steps begin and end."""


def event(day: str, **more: Any) -> dict[str, Any]:
    """Return something that happens on a day."""
    return {"title": "Event", "date": day, "reason": "Invented.", **more}


def case_of(*, decisions: dict[str, Any] | None = None, **more: Any) -> Case:
    """Return the invented union with a projection of two years; nobody moves unless `more` says so."""
    parts: dict[str, Any] = {
        "items": ["line"],
        "alignment": False,
        "moves": strength(0.0),
        "reason": "Invented.",
        "years": 2,
        **more,
    }
    renewed = decision(dates=["2015-06-15"], every="half-year")
    agenda = parts.pop("agenda", None)
    case, _ = world(
        projection=parts,
        decisions={"renewal": renewed} if decisions is None else decisions,
        **({"agenda": agenda} if agenda else {}),
    )
    return case


@cache
def known() -> Known:
    """Return what projections of the invented union start from: no votes, and no fit."""
    case, evidence = world()
    return Known(evidence, measured(case, evidence), None)  # type: ignore[arg-type]  # a part of the evidence


def projected(case: Case, **options: Any) -> Outlook:
    """Return futures of a case of the invented union."""
    return outlook(case, known(), **{"draws": DRAWS, **options})


def with_scenarios(case: Case, **patches: Any) -> Case:
    """Return a case with scenarios, each with its patch, written for the case as it is."""
    held = {
        key: Scenario.model_validate(
            {"title": key.title(), "baseline": baseline_digest(case), "patch": patch, "reason": "Invented."}
        )
        for key, patch in patches.items()
    }
    return case.model_copy(update={"scenarios": held})
