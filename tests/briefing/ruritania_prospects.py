"""Where the invented world is going: an item and alignment, a decision, two scenarios, one line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from detente.briefing.material import Material
from detente.cases import Case
from detente.simulation.projection.frames import FRAMES, framed
from detente.simulation.projection.prospects import Prospects
from tests.briefing import ruritania_outcomes as outcomes

DAYS = tuple(pd.Timestamp(f"{year}-06-01") for year in (2021, 2022, 2023))
ITEMS = ("tolls", "alignment")
ENDS = {"p5": -0.03, "p25": -0.01, "p50": 0.0, "p75": 0.01, "p95": 0.03, "mean": 0.0}
EFFECT = {"value": 0.1, "low": 0.05, "high": 0.2, "reason": "invented"}


def case() -> Case:
    """Return the case of the invented world, with a projection."""
    made = outcomes.case()
    ahead = {
        "title": "Where the Pact is going",
        "items": ["tolls"],
        "moves": EFFECT,
        "lines": {"camp": {"title": "Stands nearer", "item": "alignment", "at": 0.5, "watch": "PACT"}},
        "reason": "An invented law.",
    }
    patch = {"projection": {"years": 3}}
    scenarios = {
        key: {"title": title, "baseline": "0" * 16, "patch": patch, "reason": "invented"}
        for key, title in (("drought", "A drought"), ("feast", "A feast"))
    }
    return made.model_validate(
        {**made.model_dump(exclude_unset=True), "projection": ahead, "scenarios": scenarios},
        context={"file": made.file} if made.file else None,
    )


def _fan(value: float, **more: object) -> dict[str, object]:
    return {**{name: value + step for name, step in ENDS.items()}, "sd": 0.02, **more}


def cohesion(first: float = 0.2, last: float = 0.21) -> pd.DataFrame:
    """Return the spread of the Pact and the League, from `first` to `last`."""
    rows = [
        _fan(first + place / 2 * (last - first), time=day, bloc=bloc, item=item, mark=_mark(item))
        for place, day in enumerate(DAYS)
        for bloc in ("PACT", "LEAGUE", "Rest")
        for item in ITEMS
    ]
    return framed("cohesion", rows)


def _mark(item: str) -> str:
    return "estimated" if item == "alignment" else "assumed"


def placed() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return means of blocs and positions of two powers."""
    blocs = [
        _fan(0.7, time=day, bloc=bloc, item=item, mark=_mark(item))
        for day in DAYS for bloc in ("PACT", "LEAGUE", "Rest") for item in ITEMS
    ]  # fmt: skip
    actors = [
        _fan(place, time=day, actor=actor, item=item, mark=_mark(item))
        for day in DAYS for actor, place in (("AAA", 0.9), ("RRR", 0.1)) for item in ITEMS
    ]  # fmt: skip
    return framed("blocs", blocs), framed("positions", actors)


def decisions(first: float = 0.8, last: float = 0.5) -> pd.DataFrame:
    """Return how often the Pact keeps its tolls, at the first half-year and at the last."""
    rows = [
        {
            "decision": "tolls", "title": "The Pact keeps its tolls", "step": step, "begins": day,
            "ends": day + pd.DateOffset(months=6), "passes": share, "passes_low": share - 0.03,
            "passes_high": share + 0.03,
        }
        for step, day, share in ((1, DAYS[0], first), (3, DAYS[1], (first + last) / 2), (4, DAYS[2], last))
    ]  # fmt: skip
    return framed("decisions", rows)


def crossings(newly: float = 0.3) -> pd.DataFrame:
    """Return who comes to stand nearer: Jotunland by `newly` more; Illyria stands there from the start."""
    rows = [
        {
            "time": day, "line": "camp", "title": "Stands nearer", "item": "alignment", "actor": actor,
            "starts_beyond": actor == "III", "beyond": share, "crossed": share, "crossed_low": share - 0.02,
            "crossed_high": share + 0.02, "mark": "estimated",
        }
        for place, day in enumerate(DAYS)
        for actor, share in (("JJJ", 0.1 + newly * place / 2), ("KKK", 0.05), ("III", 0.2))
    ]  # fmt: skip
    return framed("crossings", rows)


def differences(spread: float = 0.02, points: float = 0.1, half: float = 0.01) -> pd.DataFrame:
    """Return what the drought does at the end; the feast does nothing."""
    rows: list[dict[str, object]] = []
    for scenario, size in (("drought", 1.0), ("feast", 0.0)):
        gap, more = spread * size, points * size
        for bloc in ("PACT", "LEAGUE"):
            for item in ITEMS:
                rows.append(
                    {
                        "scenario": scenario, "kind": "cohesion", "name": bloc, "item": item,
                        "time": DAYS[-1], "before": 0.2, "after": 0.2 + gap, "difference": gap,
                        "low": gap - 0.001, "high": gap + 0.001, "p5": gap - half, "p50": gap,
                        "p95": gap + half, "mark": _mark(item),
                    }
                )  # fmt: skip
        ends = {"difference": more, "low": more - half, "high": more + half, "mark": "assumed"}
        both = {"scenario": scenario, "time": DAYS[-1], "before": 0.5, "after": 0.5 + more}
        about = {"kind": "decisions", "name": "tolls", "title": "The Pact keeps its tolls", "item": "4"}
        rows += [{**both, **about, **ends}]
        about = {"kind": "crossings", "name": "JJJ", "title": "Stands nearer", "item": "camp"}
        rows += [{**both, **about, **ends}]
    return framed("differences", rows)


def why(dependence: float = -0.2, half: float = 0.01) -> pd.DataFrame:
    """Return what Jotunland's move is made of: dependence, and a little of the pull of blocs."""
    parts = {"bloc pull": 0.05, "dependence": dependence, "shock": 0.0}
    rows = [
        {
            "scenario": "", "kind": "actor", "name": "JJJ", "item": "alignment", "driver": driver,
            "part": part, "low": part - half, "high": part + half, "change": sum(parts.values()),
            "start": 0.6, "mark": "estimated",
        }
        for driver, part in parts.items()
    ]  # fmt: skip
    return framed("why", rows)


def scores(verdict: str = "better", less: float = -0.02, covered: float = 0.81) -> pd.DataFrame:
    """Return the scoreboard of positions at two horizons, of the panel and the random walk."""
    rows = [
        {
            "quantity": "position", "horizon": horizon, "model": model, "forecasts": 100, "origins": 9,
            "crps": 0.2, "cover50": 0.5, "cover80": covered, "cover95": 0.95,
            "crps_less": less if model == "panel" else None,
            "less_low": less - 0.01 if model == "panel" else None,
            "less_high": less + 0.01 if model == "panel" else None,
            "verdict": verdict if model == "panel" else "yardstick",
        }
        for horizon in (1, 2)
        for model in ("panel", "random walk")
    ]  # fmt: skip
    return framed("scores", rows)


def defaults(model: str = "panel") -> pd.DataFrame:
    """Return which model is the default."""
    rows = [{"quantity": "position", "horizon": h, "default": model, "because": "invented"} for h in (1, 2)]
    return framed("defaults", rows)


def prospects(**changes: Any) -> Prospects:
    """Return what is told of the invented world's future, with tables changed as given."""
    blocs, positions = placed()
    event = {
        "scenario": "", "event": "vote", "title": "A vote in Grandia", "date": DAYS[1], "kind": "election",
        "chance": 1.0, "backlash": 0.5, "what": "tolls: GGG +0.1", "reason": "invented", "source": "",
        "mark": "assumed",
    }  # fmt: skip
    driver = {
        "driver": "grain", "title": "Grain from Ruritania", "kind": "dependence", "known": 9, "actors": 11,
        "least": 0.0, "mean": 0.2, "most": 0.6, "wander": 0.1, "wander_low": 0.05, "wander_high": 0.2,
        "source": "customs", "mark": "sourced",
    }  # fmt: skip
    size = {"part": "projection", "what": "moves", **EFFECT, "mark": "assumed"}
    missing = {"part": "scenarios", "what": "A feast", "why": "was written for another", "hint": "set it"}
    usual = Prospects(
        positions=positions,
        blocs=blocs,
        cohesion=cohesion(),
        decisions=decisions(),
        crossings=crossings(),
        scenarios=framed(
            "scenarios",
            [
                {"scenario": key, "title": title, "reason": "invented", "digest": "ab"}
                for key, title in (("drought", "A drought"), ("feast", "A feast"))
            ],
        ),
        differences=differences(),
        why=why(),
        events=framed("events", [event]),
        drivers=framed("drivers", [driver]),
        assumed=framed("assumed", [size]),
        scores=scores(),
        defaults=defaults(),
        missing=framed("missing", [missing]),
        digest="ab" * 32,
        law="ballots",
        scored_on="2005 to 2018 (ballots)",
        draws=1000,
    )
    return replace(usual, **changes)


def world(**changes: Any) -> Material:
    """Return the invented world with its future, the tables changed as given."""
    made = outcomes.world()
    return replace(made, case=case(), names=named(), prospects=prospects(**changes))


def named() -> Any:
    """Return the names of the invented world, with items and scenarios."""
    from detente.briefing.names import names_of
    from tests.briefing.ruritania import Shelf

    shelf: Any = Shelf()
    return names_of(case(), shelf)


def columns_agree() -> list[str]:
    """Return the tables whose columns are not those of the real ones."""
    made = prospects()
    return [name for name, columns in FRAMES.items() if list(getattr(made, name).columns) != columns]
