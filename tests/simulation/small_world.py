"""An invented world for tests of agenda, forum and decisions: five members, a rival, and nothing measured but
what a test puts in.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from detente.cases import Case
from detente.measurement.measures import Measures, measure
from detente.simulation.outcomes import Outcomes, simulate
from tests.measurement.small_evidence import SmallEvidence, make_case

MEMBERS = ("AAA", "BBB", "CCC", "DDD", "EEE")
RIVAL = "RRR"


def exactly(value: float, reason: str = "Invented.") -> dict[str, Any]:
    """Return a number that is assumed without doubt."""
    return {"value": value, "low": value, "high": value, "reason": reason}


def given(**values: float) -> dict[str, Any]:
    """Return numbers that are assumed without doubt, by actor."""
    held = {actor: exactly(value) for actor, value in values.items()}
    return {"by": "assumed", "values": held, "reason": "Invented."}


def alike(value: float) -> dict[str, Any]:
    """Return one number for everyone, without doubt."""
    return {"by": "assumed", "otherwise": exactly(value), "reason": "Invented."}


def item(position: dict[str, Any], salience: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an item of the agenda."""
    return {
        "title": "Item", "low": "no", "high": "yes", "position": position,
        "salience": salience or alike(0.8),
    }  # fmt: skip


SPREAD = given(AAA=0.1, BBB=0.3, CCC=0.5, DDD=0.7, EEE=0.9, RRR=0.0)
"""Positions from one end to the other."""


def agenda(position: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return an agenda of one item, on which all weigh the same."""
    usual = {
        "blocs": ["UNION"],
        "beside": [RIVAL],
        "capability": alike(1.0),
        "items": {"line": item(position or SPREAD)},
    }
    return {**usual, **more}


def meeting(hope: float = 0.0, noise: float = 0.0, **more: Any) -> dict[str, Any]:
    """Return a meeting on the line, without the rival."""
    usual = {
        "title": "Meeting",
        "date": "2015-01-01",
        "items": ["line"],
        "absent": [RIVAL],
        "perception": {"hope": exactly(hope), "noise": noise, "reason": "Invented."},
    }
    return {**usual, **more}


def strength(value: float, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    """Return the strength of an effect, without doubt if no range is given."""
    return {
        "value": value, "low": value if low is None else low, "high": value if high is None else high,
        "reason": "Invented.",
    }  # fmt: skip


def decision(rule: Any = "unanimity", **more: Any) -> dict[str, Any]:
    """Return a decision of the union on the line: 0.4 against 0.0, so that whoever is above 0.2 agrees."""
    usual = {
        "title": "Decision",
        "item": "line",
        "bloc": "UNION",
        "rule": rule,
        "proposal": 0.4,
        "otherwise": 0.0,
        "support": {"doubt": strength(0.1)},
    }
    return {**usual, **more}


def world(**parts: Any) -> tuple[Case, SmallEvidence]:
    """Return a case of the invented union, and its evidence."""
    usual = {
        "rival": RIVAL,
        "ally": "EEE",
        "blocs": {"UNION": {"title": "Union", "members": list(MEMBERS), "reason": "Invented."}},
        "agenda": agenda(),
    }
    return make_case(**{**usual, **parts}), SmallEvidence()


def measured(case: Case, evidence: SmallEvidence) -> Measures:
    """Return what can be measured of the case."""
    return measure(case, evidence, draws=100)


def run(seed: int = 0, draws: int = 200, evidence: SmallEvidence | None = None, **parts: Any) -> Outcomes:
    """Return what comes of an invented world."""
    case, empty = world(**parts)
    held = evidence or empty
    return simulate(case, held, measured(case, held), seed=seed, draws=draws)  # type: ignore[arg-type]  # the same


def row(frame: pd.DataFrame, **where: object) -> dict[str, Any]:
    """Return the only row in which columns have these values."""
    alike = frame[(frame[list(where)] == pd.Series(where)).all(axis=1)]
    assert len(alike) == 1
    return {str(name): value for name, value in alike.to_dict("records")[0].items()}
