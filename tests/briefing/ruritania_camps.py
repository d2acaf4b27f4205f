"""Camps of the invented world: the Pact and its friends, the rest, and a year in which some changed sides."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from detente.briefing.shapes import world
from detente.measurement.shipped import LIVE
from tests.briefing.ruritania_measures import BESIDE, MEMBERS, YEARS

CHANGED = 2004
"""The year from which `WANDERERS` stand in the other camp."""
HOME, OTHER = 1, 2
INVENTED = (*MEMBERS, *BESIDE, "RRR")
CORE = MEMBERS[:5]


@cache
def abroad() -> tuple[str, ...]:
    """Return the codes that a map can show, in alphabetical order."""
    held = world()
    return tuple(sorted(code for code in {*held["shapes"], *held["points"]} if len(code) == 3))


def camp_of(actor: str, year: int, *, apart: tuple[str, ...] = (), rival: int = OTHER) -> int:
    """Return the camp of an actor: every third country abroad is at home, every twelfth since `CHANGED`."""
    if actor in INVENTED:
        return rival if actor == "RRR" else OTHER if actor in (*apart, *BESIDE) else HOME
    place = abroad().index(actor)
    return HOME if place % 3 == 0 or (place % 12 == 1 and year >= CHANGED) else OTHER


def camp_members(
    *, apart: tuple[str, ...] = (), rival: int = OTHER, years: range = YEARS, short: int = 4
) -> pd.DataFrame:
    """Return who is in which camp; `apart` stand outside the Pact's, the rival in camp `rival`.

    `short` countries abroad come in only after the first years.
    """
    rows = []
    for year in years:
        late = set(abroad()[-short:]) if year < YEARS[0] + 10 and short else set()
        for place, actor in enumerate((*INVENTED, *abroad())):
            if actor not in late:
                camp = camp_of(actor, year, apart=apart, rival=rival)
                share = 0.6 - 0.002 * place
                row = {"actor": actor, "camp": camp, "name": f"camp {camp}"}
                rows.append({**span(year), **row, "pull": 60 * share, "pull_share": share, "ties": 200})
    return pd.DataFrame(rows).assign(**_vouched())


def camp_periods(
    share: float = 0.18, *, gap: float = 0.0, early: float = 0.25, camps: int = 2, roll_calls: int = 80
) -> pd.DataFrame:
    """Return how far from balance each year is: `early` in the first, `share` in the last."""
    rows = [
        {
            **span(year), "actors": 200, "ties": 19000, "total": 5000.0, "frustration": 5000.0 * at,
            "bound": 5000.0 * at * (1 - gap), "gap": gap, "proven": gap == 0, "share": at, "camps": camps,
            "method": "cut LP", "roll_calls": roll_calls, **_vouched(),
        }
        for year, at in zip(YEARS, np.linspace(early, share, len(YEARS)), strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def realignments(p_value: float = 0.01, *, stayed: int = 99, usual: float = 0.05) -> pd.DataFrame:
    """Return how much the camps changed from year to year: in `CHANGED` alone, with this probability.

    So many of those who changed `stayed`; `usual` is the most that is usual.
    """
    moved = [code for code in abroad() if camp_of(code, CHANGED) != camp_of(code, CHANGED - 1)]
    rows = [
        {
            "period": year, "next": year + 1, "moved": len(moved) / 200 if there else 0.0,
            "variation": 0.3 if there else 0.0, "expected_low": 0.0, "expected_high": usual,
            "p_value": p_value if there else 1.0, "movers": " ".join(moved) if there else "",
            "lasting": " ".join(moved[:stayed]) if there else "", "roles": "", "cost": 0.02,
        }
        for year in YEARS[:-1]
        for there in [year + 1 == CHANGED]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def camp_flows() -> pd.DataFrame:
    """Return who went where from the year before `CHANGED`."""
    row = {"period": CHANGED - 1, "next": CHANGED, "camp": OTHER, "next_camp": HOME, "n": 1, "actors": "AFG"}
    return pd.DataFrame([{**row, "new": False, "gone": False}])


def detachment(
    least: str = "JJJ",
    *,
    margin: float = 2.0,
    earlier: float = 6.0,
    chance: tuple[float, float] = (-4.0, 5.0),
    apart: tuple[str, ...] = (),
    open_: float = 0.0,
    along: str = "",
    half: float = 0.0,
) -> pd.DataFrame:
    """Return margins of the Pact's members, of 60 in weight each: `least` has the least.

    Those `apart` stand outside in the last year; with `open_`, margins may be that much less than found.
    `along` are the codes of those who would go with `least`; intervals over roll calls are `half` wide on
    either side, where they are at hand.
    """
    rows = []
    for year in YEARS[::5]:
        last = year == YEARS[::5][-1]
        for place, actor in enumerate(MEMBERS):
            value = 30.0 - 2 * place
            if actor == least:
                value = margin if last else earlier
            if actor in apart and last:
                value = -3.0
            low, high = chance
            rows.append(
                {
                    "bloc": "PACT", "period": year, "actor": actor, "in_camp": value > 0, "margin": value,
                    "low": value - half if half else np.nan, "high": value + half if half else np.nan,
                    "margin_bound": value - open_, "share": value / 60, "null_low": low,
                    "null_mid": (low + high) / 2, "null_high": high, "p_value": 0.01,
                    "proven": open_ == 0, "rank": place + 1, "of": 10,
                    "followers": along if actor == least else "", "core": " ".join(CORE), **_vouched(),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def leaving_together(saving: float = 8.0, *, proven: bool = True) -> pd.DataFrame:
    """Return what two pairs of members save by leaving together, the second less than the first."""
    rows = [
        {
            "bloc": "PACT", "period": YEARS[-1], "a": a, "b": b, "joint": 20.0 - each, "alone_a": 12.0,
            "alone_b": 8.0, "saving": each, "proven": proven,
        }
        for a, b, each in (("III", "JJJ", saving), ("GGG", "HHH", saving - 2))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def holds(actor: str = "JJJ", *, sign: int = 1) -> pd.DataFrame:
    """Return what holds a member in: ties with the Pact more, the later in the alphabet the less."""
    others = [other for other in (*MEMBERS, *BESIDE, "RRR") if other != actor]
    rows = [
        {
            "bloc": "PACT", "period": YEARS[-1], "actor": each, "other": other, "layer": "votes",
            "contribution": sign * (1.1 - 0.15 * place + (0.1 if each != actor else 0.0)),
            "mark": "estimated", "source": "ballots",
        }
        for each in (actor, "III")
        for place, other in enumerate(others)
        if other != each
    ]  # fmt: skip
    return pd.DataFrame(rows)


def pair_agreement() -> pd.DataFrame:
    """Return the ties of members, neighbours and rival: alike within a camp, unlike across."""
    rows = []
    for place, a in enumerate(INVENTED):
        for b in INVENTED[place + 1 :]:
            same = camp_of(a, YEARS[-1]) == camp_of(b, YEARS[-1])
            value = (0.7 if same else -0.4) - 0.02 * place
            ends = {"low": value - 0.1, "high": value + 0.1}
            rows.append({"period": YEARS[-1], "a": a, "b": b, "value": value, **ends, **_vouched()})
    return pd.DataFrame(rows).drop(columns="basis")


def camps() -> dict[str, Any]:
    """Return all tables of camps, as `Measures` holds them."""
    return {
        "camp_members": camp_members(),
        "camp_periods": camp_periods(),
        "camp_flows": camp_flows(),
        "realignments": realignments(),
        "detachment": detachment(),
        "leaving_together": leaving_together(),
        "holds": holds(),
        "pair_agreement": pair_agreement(),
    }


def span(year: int) -> dict[str, Any]:
    """Return the columns of a calendar year."""
    return {"period": year, "start": pd.Timestamp(year, 1, 1), "end": pd.Timestamp(year, 12, 31)}


def _vouched() -> dict[str, str]:
    return {"mark": "estimated", "source": "ballots", "basis": LIVE}
