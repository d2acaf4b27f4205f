"""What comes of the invented world's agenda: two items, two meetings, and two decisions of the Pact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from detente.briefing.material import Material
from detente.cases import Case
from detente.simulation.frames import framed
from detente.simulation.outcomes import Outcomes
from tests.briefing.ruritania import case_of, material
from tests.briefing.ruritania_measures import MEMBERS

ON_AGENDA = (*MEMBERS, "RRR")
ITEMS = {"tolls": "Tolls on Ruritania", "grain": "Price of grain"}
WEIGHTS = (0.3, 0.2, *(0.05 for _ in range(8)), 0.1)


def agenda(model: str = "compromise") -> dict[str, Any]:
    """Return the agenda as a case writes it."""
    given = {"by": "assumed", "reason": "invented", "values": dict.fromkeys(ON_AGENDA, 0.5)}
    ends = {"low": "none", "high": "prohibitive", "position": given}
    return {
        "title": "What the Pact wants",
        "blocs": ["PACT"],
        "beside": ["RRR"],
        "capability": given,
        "salience": given,
        "items": {key: {"title": title, **ends} for key, title in ITEMS.items()},
        "model": model,
    }


def decision(rule: str, **changes: Any) -> dict[str, Any]:
    """Return a decision as a case writes it."""
    effect = {"value": 0.1, "low": 0.05, "high": 0.2, "reason": "invented"}
    told = {"title": "The Pact keeps its tolls", "item": "tolls", "bloc": "PACT", "rule": rule}
    return {**told, "proposal": 0.6, "otherwise": 0.2, "support": {"doubt": effect}, **changes}


def case(rule: str = "unanimity", *, model: str = "compromise") -> Case:
    """Return the case of the invented world with an agenda; the Pact keeps its tolls by `rule`."""
    meeting = {"items": list(ITEMS), "absent": ["RRR"]}
    hope = {"hope": {"value": 0.2, "low": 0.1, "high": 0.3}, "reason": "invented"}
    return case_of(
        agenda=agenda(model),
        forum={
            "name": "Spa Conference",
            "participation": "spa_participation",
            "occasions": "spa_meetings",
            "perception": hope,
            "meetings": {
                "then": {"title": "Spa 2019", "date": date(2019, 2, 1), **meeting},
                "now": {"title": "Spa 2021", "date": date(2021, 2, 1), **meeting},
            },
        },
        decisions={
            "tolls": decision(rule, dates=[date(2021, 7, 1)], every="half-year"),
            "by_majority": decision("absolute_majority", title="The same by a majority", support="tolls"),
        },
    )


def positions(mark: str = "sourced", *, guessed: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return who wants what: members from 0.9 downward, the rival 0; all on items `guessed` is assumed."""
    rows = []
    for item, title in ITEMS.items():
        for place, actor in enumerate(ON_AGENDA):
            value = 0.0 if actor == "RRR" else 0.9 - 0.05 * place
            own = "assumed" if item in guessed else mark
            row: dict[str, object] = {"item": item, "title": title, "actor": actor, "group": "PACT"}
            row |= {"weight": WEIGHTS[place]}
            for kind, size in (("position", value), ("salience", 0.5), ("capability", WEIGHTS[place])):
                half = 0.05 if own != "sourced" else 0.0
                row |= {kind: size, f"{kind}_low": size - half, f"{kind}_high": size + half}
                row |= {f"{kind}_mark": own, f"{kind}_source": "customs (2020)"}
            rows.append(row)
    return framed("positions", rows)


def bargains(
    *, spread: float = 0.02, model: str = "weighted mean", assumed: float = 0.25, half: float = 0.05
) -> pd.DataFrame:
    """Return an outcome of 0.6, with others that lie `spread` to either side."""
    rows = [
        {
            "item": item, "title": title, "model": title_of, "model_title": title_of, "main": main,
            "outcome": value, "low": value - half if main else float("nan"),
            "high": value + half if main else float("nan"), "actors": len(ON_AGENDA), "assumed": assumed,
            "mark": "estimated", "source": "invented", "note": "",
        }
        for item, title in ITEMS.items()
        for title_of, main, value in (
            (model, True, 0.6), ("challenge model", False, 0.6 - spread),
            ("exchange of positions", False, 0.6 + spread),
        )
    ]  # fmt: skip
    return framed("bargains", rows)


def _meeting(key: str) -> dict[str, object]:
    year = {"then": 2019, "now": 2021}[key]
    return {
        "meeting": key, "meeting_title": f"Spa {year}", "date": pd.Timestamp(year, 2, 1), "group": "PACT",
        "mark": "assumed", "source": "assumed beliefs",
    }  # fmt: skip


def lost(actor: str, key: str, *, first: float, earlier: float) -> float:
    """Return the disappointment of an actor: the rival's most, and less from member to member."""
    top = first if key == "now" else earlier
    return top if actor == "RRR" else 0.3 - 0.03 * MEMBERS.index(actor)


def meetings(
    first: float = 0.6, *, earlier: float = 0.6, half: float = 0.05, shift: float = 0.0
) -> pd.DataFrame:
    """Return disappointment by meeting, all of it less by `shift`; the rival is absent."""
    rows = []
    for key in ("then", "now"):
        for actor in ON_AGENDA:
            value = lost(actor, key, first=first, earlier=earlier) - shift
            away = actor == "RRR"
            rows.append(
                {
                    **_meeting(key), "actor": actor, "present": not away,
                    "attendance": "stayed away: no word" if away else "attends",
                    "attendance_mark": "sourced" if away else "assumed",
                    "attendance_source": "chronicle; page 2", "disappointment": value,
                    "disappointment_low": value - half, "disappointment_high": value + half,
                    "worst_item": "tolls",
                }
            )  # fmt: skip
    return framed("meetings", rows)


def forum(cause: str = "position_ally", *, share: float = 0.7) -> pd.DataFrame:
    """Return expectation, outcome and cause on each item."""
    rows = []
    for key in ("then", "now"):
        for item, title in ITEMS.items():
            for actor in ON_AGENDA:
                value = lost(actor, key, first=0.6, earlier=0.6) / 2
                told = {"expectation": 0.4, "outcome": 0.6, "disappointment": value}
                ends = {
                    f"{name}_{end}": at + step
                    for name, at in told.items()
                    for end, step in (("low", -0.05), ("high", 0.05))
                }
                row = {"item": item, "title": title, "actor": actor, "present": actor != "RRR"}
                why = {"position": 0.5, "explained_by": cause, "share": share if cause else float("nan")}
                rows.append({**_meeting(key), **row, **why, **told, **ends})
    return framed("forum", rows)


def decisions(
    passes: float = 0.6, low: float = 0.2, high: float = 0.9, *, other: tuple[float, float] = (0.95, 1.0),
    hopeful: float = float("nan"),
) -> pd.DataFrame:  # fmt: skip
    """Return the chance that the Pact keeps its tolls, and that it would by a majority."""
    rows = [
        {
            "decision": key, "title": title, "item": "tolls", "bloc": "PACT", "rule": "", "rule_title": key,
            "needed": needed, "voters": len(MEMBERS), "next": day, "every": every, "proposal": 0.6,
            "otherwise": 0.2, "cut": 0.4, "passes": chance, "low": ends[0], "high": ends[1],
            "other_passes": hopeful, "at_likeliest": True, "how": "counted", "mark": "assumed",
            "source": "assumed strengths", "note": "",
        }
        for key, title, needed, day, every, chance, ends in (
            ("tolls", "The Pact keeps its tolls", "everyone in favour", pd.Timestamp(2021, 7, 1), "half-year",
             passes, (low, high)),
            ("by_majority", "The same by a majority", "more than 1/2 of members", None, "",
             sum(other) / 2, other),
        )
    ]  # fmt: skip
    return framed("decisions", rows)


def members(
    least: float = 0.5, *, half: float = 0.1, stops: float = 0.2, critical: float = 0.02,
    power: tuple[float, float] = (0.1, 0.1),
) -> pd.DataFrame:  # fmt: skip
    """Return votes: Jotunland is least likely, Aldovia has power `power[0]`, the others `power[1]`."""
    rows = []
    for key in ("tolls", "by_majority"):
        for place, actor in enumerate(MEMBERS):
            yes = least if actor == "JJJ" else 0.99
            wide = half if actor == "JJJ" else 0.005
            rows.append(
                {
                    "decision": key, "actor": actor, "group": "PACT", "position": 0.5, "dependence": 0.1,
                    "pressure": 0.1, "yes": yes, "low": yes - wide, "high": min(1.0, yes + wide),
                    "against": 1 - yes, "at_likeliest": "for",
                    "critical": critical if actor == "AAA" else 0.001,
                    "stops": stops if actor == "JJJ" else 0.001, "pivotal": 0.4 if actor == "JJJ" else 0.05,
                    "power": power[min(place, 1)], "banzhaf": power[min(place, 1)], "mark": "assumed",
                    "source": "assumed strengths",
                }
            )  # fmt: skip
    return framed("members", rows)


def flips(actors: str = "JJJ", *, passes: bool = True) -> pd.DataFrame:
    """Return what turns the decisions: `actors` at least cost, the next without them."""
    rows = [
        {
            "decision": key, "rank": rank, "actors": who, "number": who.count(",") + 1, "cost": 0.2 * rank,
            "passes": passes, "mark": "assumed", "source": "assumed strengths",
        }
        for key in ("tolls", "by_majority")
        for rank, who in ((1, actors), (2, "III"))
    ]  # fmt: skip
    return framed("flips", rows)


def assumed() -> pd.DataFrame:
    """Return what the case assumes."""
    ends = {"value": 0.2, "low": 0.1, "high": 0.3, "reason": "invented"}
    told = [
        ("forum.perception", "hope"), ("forum.own.RRR", "hope"), ("decisions.tolls", "proposal"),
        ("decisions.tolls.support", "doubt"), ("decisions.tolls.support", "isolation"),
    ]  # fmt: skip
    return framed("assumed", [{"part": part, "what": what, **ends} for part, what in told])


def outcomes(**changes: Any) -> Outcomes:
    """Return what comes of the agenda, with tables changed as given."""
    missing = {"part": "agenda", "what": "tolls: LLL", "why": "no position", "hint": "give `otherwise:`"}
    usual = Outcomes(
        positions=positions(guessed=("grain",)),
        bargains=bargains(),
        forum=forum(),
        meetings=meetings(),
        misperceptions=framed("misperceptions"),
        decisions=decisions(),
        members=members(),
        flips=flips(),
        assumed=assumed(),
        missing=framed("missing", [missing]),
        seed=0,
        draws=1000,
    )
    return replace(usual, **changes)


@cache
def _bare() -> Material:
    return material()


def world(rule: str = "unanimity", *, model: str = "compromise", **changes: Any) -> Material:
    """Return the invented world with an agenda, the tables of its outcomes changed as given."""
    return replace(_bare(), case=case(rule, model=model), outcomes=outcomes(**changes))
