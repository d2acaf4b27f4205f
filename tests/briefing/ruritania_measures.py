"""What is measured of an invented world: a bloc of ten, a smaller one, states beside them, and a rival."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from detente.measurement.bootstrap import MEANINGS
from detente.measurement.measures import Measures

MEMBERS = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III", "JJJ")
LEAGUE = MEMBERS[:4]
BESIDE = ("KKK", "LLL", "MMM")
YEARS = range(1990, 2021)
WINDOWS = {"first": (1990, 1999), "second": (2000, 2009), "third": (2010, 2020)}
MEASUREMENTS = ("vote", "trade", "view", "grain")


TABLES = (
    "cohesion",
    "weakest",
    "comparison",
    "roll_calls",
    "stance",
    "loadings",
    "leave_one_out",
    "contributions",
    "dependence",
    "threat",
)


def cohesion(level: float = 0.8, *, half: float = 0.02, early: float = 0.6) -> pd.DataFrame:
    """Return cohesion of each bloc by year and window, `level` in the last window, `early` in the first."""
    at = {"first": early, "second": (early + level) / 2, "third": level, "all": 1.0}
    rows = []
    spans = {**{str(year): (year, year) for year in YEARS}, **WINDOWS}
    for window, (start, end) in spans.items():
        key = next(name for name, (a, b) in WINDOWS.items() if a <= start and end <= b)
        for bloc, shift in (("PACT", 0.0), ("LEAGUE", 0.05), ("Rest", 0.01)):
            for issue in ("all", "fish"):
                wobble = 0.01 * np.sin(start + len(bloc)) if len(window) == 4 else 0.0
                base = at[key] + shift + wobble - (0.1 if issue == "fish" else 0.0)
                for measure, step in (
                    ("agreement_index", 0.0),
                    ("unanimous", -0.3),
                    ("agrees_with_ally", -0.2),
                ):
                    rows.append(
                        cohesion_row(bloc, issue, window, (start, end), measure, min(base + step, 1.0), half)
                    )
    for bloc in ("PACT", "LEAGUE", "Rest"):
        rows.append(
            {
                **cohesion_row(bloc, "rivers", "all", (2014, 2019), "agreement_index", 1.0, 0.0),
                "low": 0.43,
                "interval": "posterior",
                "roll_calls": 2,
            }
        )
    return pd.DataFrame(rows)


def cohesion_row(
    bloc: str, issue: str, window: str, years: tuple[int, int], measure: str, value: float, half: float
) -> dict[str, object]:
    """Return one row of cohesion."""
    return {
        "bloc": bloc,
        "issue": issue,
        "window": window,
        "start": pd.Timestamp(years[0], 1, 1),
        "end": pd.Timestamp(years[1], 12, 31),
        "measure": measure,
        "value": value,
        "low": max(value - half, 0.0),
        "high": min(value + half, 1.0),
        "interval": "roll calls",
        "roll_calls": 80,
        "members": 9.5,
        "absent_share": 0.06,
        "below_quorum": 0,
        "mark": "estimated",
        "source": "ballots",
    }


def stance(lowest: str = "JJJ", *, half: float = 0.3) -> pd.DataFrame:
    """Return places on the scale: `lowest` far below the other members, then neighbours and the rival."""
    order = [*(actor for actor in MEMBERS if actor != lowest), lowest]
    value = {actor: 1.4 - 0.1 * place for place, actor in enumerate(order)} | {lowest: -0.6}
    value |= {"KKK": 0.2, "LLL": -0.3, "MMM": -0.9, "RRR": -2.2}
    group = {actor: "PACT and LEAGUE" if actor in LEAGUE else "PACT" for actor in MEMBERS}
    group |= dict.fromkeys(BESIDE, "reference") | {"RRR": "rival"}
    rows = [
        {
            "actor": actor,
            "group": group[actor],
            "value": place,
            "sd": half / 1.6,
            "low": place - half,
            "high": place + half,
            "interval": "parameters and noise",
            "measurements": 4,
            "mark": "estimated",
            "source": "one-factor model of the measurements",
        }
        for actor, place in value.items()
    ]
    return pd.DataFrame(rows).sort_values("value", ignore_index=True)


def loadings() -> pd.DataFrame:
    """Return loadings of the four measurements."""
    rows = [
        {
            "measurement": key,
            "title": key,
            "loading": 0.9 - 0.1 * place,
            "low": 0.7 - 0.1 * place,
            "high": 1.0 - 0.1 * place,
            "explained": 0.7,
            "explained_low": 0.5,
            "explained_high": 0.8,
            "information": 0.25,
            "actors": 14,
            "assumed": 0,
            "direction": 1,
            "as_expected": True,
            "first": pd.Timestamp(2014, 1, 1),
            "last": pd.Timestamp(2020, 1, 1),
            "unit": "percent",
            "interval": "parameters and noise",
            "mark": "estimated",
            "source": "one-factor model of the measurements",
        }
        for place, key in enumerate(MEASUREMENTS)
    ]
    return pd.DataFrame(rows)


def leave_one_out(least: float = 0.93) -> pd.DataFrame:
    """Return places without each measurement; without 'vote' they correlate at `least`."""
    rows = [
        {
            "left_out": key,
            "actor": actor,
            "value": 0.5,
            "shift": 0.1,
            "low": 0.2,
            "high": 0.8,
            "correlation": least if key == "vote" else 0.98,
            "interval": "none",
            "mark": "estimated",
        }
        for key in MEASUREMENTS
        for actor in MEMBERS
    ]
    return pd.DataFrame(rows)


def contributions() -> pd.DataFrame:
    """Return what pulls each actor: 'grain' down, 'vote' up, more so the later in the alphabet."""
    pull = {"vote": 0.3, "trade": -0.1, "view": 0.05, "grain": -0.4}
    rows = [
        {
            "actor": actor,
            "measurement": key,
            "observed": 20.0 + 5 * place,
            "typical": 20.0,
            "expected": 22.0,
            "pull": pull[key] * (1 + place / 10),
            "unit": "percent",
            "date": pd.Timestamp(2020, 1, 1),
            "mark": "sourced",
            "source": "customs",
            "locator": f"table 4, {actor}",
        }
        for place, actor in enumerate(MEMBERS)
        for key in MEASUREMENTS
    ]
    return pd.DataFrame(rows)


def ballots(*, split: bool = False) -> pd.DataFrame:
    """Return how the blocs voted on the two rivers; with `split`, two of the Pact vote no on the second."""
    rows = []
    for bloc, size in (("PACT", 10), ("LEAGUE", 4), ("Rest", 9)):
        for place, day in enumerate(("2014-03-27", "2019-03-02"), start=1):
            against = 2 if split and bloc == "PACT" and place == 2 else 0
            rows.append(
                {
                    "issue": "rivers",
                    "bloc": bloc,
                    "roll_call": f"b:{place}",
                    "date": pd.Timestamp(day),
                    "resolution": f"R/{place}",
                    "yes": size - against,
                    "abstain": 0,
                    "no": against,
                    "absent": 0,
                    "agreement_index": 1.0 if not against else 0.7,
                    "rice": 1.0,
                    "unanimous": float(not against),
                    "mark": "sourced",
                    "source": "ballots",
                }
            )
    return pd.DataFrame(rows)


def comparison() -> pd.DataFrame:
    """Return how often the two sides vote alike, by year."""
    rows = [
        {
            "comparison": "pact",
            "issue": "all",
            "window": str(year),
            "start": pd.Timestamp(year, 1, 1),
            "end": pd.Timestamp(year, 12, 31),
            "measure": "majorities_agree",
            "value": 0.5,
            "low": 0.4,
            "high": 0.6,
            "interval": "roll calls",
            "roll_calls": 80,
            "mark": "estimated",
            "source": "ballots",
        }
        for year in YEARS
    ]
    return pd.DataFrame(rows)


def weakest(second: float = 0.7) -> pd.DataFrame:
    """Return how each member agrees with the rest: CCC least at 0.5, BBB next at `second`."""
    value = dict.fromkeys(MEMBERS, 0.9) | {"CCC": 0.5, "BBB": second}
    rows = [
        {
            **cohesion_row("PACT", "all", "third", (2010, 2020), "pi", each, 0.05),
            "actor": actor,
            "rank": 1,
            "of": 10,
        }
        for actor, each in value.items()
    ]
    return pd.DataFrame(rows)


def dependence() -> pd.DataFrame:
    """Return shares of grain by member and year: JJJ most, and none at hand for AAA."""
    rows = [
        {
            "dependence": "grain",
            "title": "Grain from Ruritania",
            "actor": actor,
            "group": "PACT",
            "target": "RRR",
            "kind": "grain_share",
            "date": pd.Timestamp(year, 1, 1),
            "year": year,
            "value": 8.0 * place + (year - 2010),
            "unit": "percent",
            "latest": year == 2020,
            "mark": "sourced",
            "source": "customs",
            "locator": f"row {year}",
        }
        for place, actor in enumerate(MEMBERS)
        for year in range(2010, 2021)
        if actor != "AAA"
    ]
    return pd.DataFrame(rows)


def threat() -> pd.DataFrame:
    """Return views of the rival on both sides, and two ranks."""
    shared = {"target": "RRR", "respondents": 1000.0, "latest": False, "mark": "sourced", "source": "surveys"}
    views = [
        {
            "part": "views",
            "threat": "rival",
            "title": "Unfavourable views of Ruritania",
            "actor": actor,
            "group": "PACT",
            "kind": "view_unfavourable",
            "date": pd.Timestamp(year, 1, 1),
            "year": year,
            "value": 50.0 + place,
            "low": 47.0 + place,
            "high": 53.0 + place,
            "interval": "sampling",
            "unit": "percent",
            "locator": f"wave {year}",
            **shared,
        }
        for place, actor in enumerate(MEMBERS)
        for year in range(2012, 2020)
    ]
    ranks = [
        {
            "part": "ranks",
            "threat": "risks",
            "title": "Rank of Ruritania among risks",
            "actor": actor,
            "group": "PACT",
            "kind": "risk_rank",
            "date": pd.Timestamp(2020, 1, 1),
            "year": 2020,
            "value": 3.0,
            "low": np.nan,
            "high": np.nan,
            "interval": "none",
            "unit": "rank",
            "locator": "press",
            **shared,
        }
        for actor in ("AAA", "BBB")
    ]
    return pd.DataFrame([*views, *ranks])


def measures_of(**changes: Any) -> Measures:
    """Return the measures of the invented world."""
    members = [
        {"bloc": bloc, "title": bloc, "actor": actor}
        for bloc, actors in (("PACT", MEMBERS), ("LEAGUE", LEAGUE), ("Rest", MEMBERS[1:]))
        for actor in actors
    ]
    told = Measures(
        cohesion=cohesion(),
        agreement=pd.DataFrame(),
        weakest=weakest(),
        comparison=comparison(),
        roll_calls=ballots(),
        members=pd.DataFrame(members),
        stance=stance(),
        loadings=loadings(),
        leave_one_out=leave_one_out(),
        contributions=contributions(),
        cells=pd.DataFrame(),
        dependence=dependence(),
        threat=threat(),
        missing=pd.DataFrame(
            [{"part": "stance", "what": "aid", "why": "no value", "hint": "type: detente data pull customs"}]
        ),
        meanings=MEANINGS,
        assumptions=("Surveys have a design effect of 1.5.",),
        level=0.9,
        seed=0,
        draws=1000,
    )
    return replace(told, **changes)
