"""An invented union of three whose future hangs on levers alone, with two players who pull them.

AAA stands at 0.6 on the line, BBB at 0.5, CCC at 0.3, and the rival RRR at 0. Nobody moves by itself. The
union renews by unanimity what everyone above 0.2 agrees to: three times in the two years that are played.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from detente.cases import Case
from detente.executors import How
from detente.measurement.measures import measure
from detente.simulation.projection.preparing import Known, Prepared, prepare
from detente.strategy.campaign.matrix import Campaign, campaign
from detente.strategy.campaign.sides import side
from tests.measurement.small_evidence import SmallEvidence, make_case
from tests.simulation.small_world import agenda, decision, given, strength

MEMBERS = ("AAA", "BBB", "CCC")
SURE: dict[str, Any] = {"low": 1.0, "high": 1.0 + 1e-9}
"""The range of a size that is as good as known: a lever must have one."""
DRAWS = 128


def sized(value: float, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    """Return a number with its range."""
    ends = value if low is None else low, value if high is None else high
    return {"value": value, "low": ends[0], "high": ends[1], "reason": "Invented."}


def lever(owner: str, *, cost: float = 0.0, unit: str = "points", **more: Any) -> dict[str, Any]:
    """Return a lever that is pulled in the second half-year."""
    return {
        "title": "Lever", "owner": owner, "kind": "side_payment", "means": "reward", "date": "2015-12-15",
        "cost": {**sized(cost), "unit": unit}, "reason": "Invented.", **more,
    }  # fmt: skip


def wants(want: str, **more: Any) -> dict[str, Any]:
    """Return an objective."""
    return {"title": "Objective", "want": want, "reason": "Invented.", **more}


def levers() -> dict[str, Any]:
    """Return the levers of both: what each does is in its numbers."""
    return {
        "squeeze": lever(
            "east", title="Squeeze", means="coercion", cost=0.3, shift={"line": {"CCC": -0.05}}, **SURE,
            side={"trade": sized(-1.0)},
        ),
        "bribe": lever(
            "east", title="Bribe", cost=0.2, unit="percent_gdp", pays={"renewal": {"CCC": -0.2}},
        ),
        "pay": lever(
            "west", title="Pay", cost=0.5, pays={"renewal": {"CCC": 0.25}},
            upon={"east": {"trade": sized(-0.4)}},
        ),
        "vote": lever("west", title="Vote", kind="rule", means="institution",
                      rules={"renewal": "simple_majority"}),
    }  # fmt: skip


def players() -> dict[str, Any]:
    """Return both players, and what each wants."""
    passes, spread = {"passes": "renewal"}, {"cohesion": "UNION", "item": "line"}
    return {
        "east": {
            "title": "East", "actors": ["RRR"], "against": "west", "gdp_point": 2.0,
            "objectives": {
                "lapse": wants("less", title="Renewals fail", measure=passes, unit=0.5, weight=2.0),
                "pull": wants("less", title="Nearer", measure={"mean": "UNION", "item": "line"}, unit=0.1),
                "trade": wants("more", title="Trade", weight=0.5),
            },
        },
        "west": {
            "title": "West", "actors": ["AAA"], "against": "east",
            "objectives": {
                "hold": wants(
                    "more", title="Renewals hold", measure=passes, unit=0.25, target=0.9
                ),
                "unity": wants("less", title="Unity", measure=spread, unit=0.1),
            },
        },
    }  # fmt: skip


def made(*, projection: dict[str, Any] | None = None, **strategies: Any) -> Case:
    """Return the case, with parts of its projection or its strategies replaced."""
    usual = {"players": players(), "levers": levers(), "reason": "Invented."}
    driver = {
        "title": "Oil", "kind": "dependence", "wander": strength(0.0), "effects": {"line": sized(-0.5)},
        "measure": {"by": "indicators", "title": "Oil", "reason": "Invented.", "name": "oil"},
    }  # fmt: skip
    return make_case(
        rival="RRR",
        ally="AAA",
        blocs={"UNION": {"title": "The Union", "members": list(MEMBERS), "reason": "Invented."}},
        agenda=agenda(given(AAA=0.6, BBB=0.5, CCC=0.3, RRR=0.0)),
        decisions={
            "renewal": decision(
                title="Renewal", dates=["2016-01-15"], every="half-year", support={"doubt": strength(0.001)}
            )
        },
        projection={
            "items": ["line"], "alignment": False, "moves": strength(0.0), "years": 2, "reason": "Invented.",
            "drivers": {"oil": driver},
            "lines": {"low": {"title": "Out", "item": "line", "at": 0.27, "watch": "UNION"}},
            **(projection or {}),
        },
        strategies={**usual, **strategies},
    )  # fmt: skip


MOVING = {"moves": strength(0.05)}
"""A projection in which all move by chance."""


@cache
def known() -> Known:
    """Return what is known of the invented world: nothing."""
    evidence = SmallEvidence()
    measures = measure(make_case(), evidence, draws=100)
    return Known(evidence, measures, None)  # type: ignore[arg-type]  # a part of the evidence


def ready(case: Case | None = None) -> Prepared:
    """Return the futures of a case."""
    return prepare(case or made(), known())


def played(
    prepared: Prepared | None = None, *, who: str = "east", draws: int = DRAWS, how: How | None = None
) -> Campaign:
    """Return the campaign of one of the two against the other."""
    held = prepared or ready()
    other = {"east": "west", "west": "east"}[who]
    return campaign(held, side(held.case, who), side(held.case, other), draws=draws, how=how)
