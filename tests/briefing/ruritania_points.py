"""Ideal points of the invented world: a Pact that closes its ranks, an ally that leaves it, and a rival."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.measurement.shipped import LIVE
from tests.briefing.ruritania_measures import LEAGUE, MEMBERS, YEARS

FIRST_SESSION = 1945
SHOWN = {"PACT": "bloc", "LEAGUE": "bloc", "Rest": "bloc", "AAA": "ally", "RRR": "rival"}
NOTES = {
    "identification": "AAA positive; scale: mean 0 and variance 1 over actor-sessions of 45–75",
    "votes": "all 2 480 roll calls",
    "former states": "RRR continues QQQ",
}


def ideal_points(nearest: str = "JJJ", *, half: float = 0.1, rival: float = -1.0) -> pd.DataFrame:
    """Return where members and rival stand in the last two years, `nearest` closest to the rival."""
    order = [*(actor for actor in MEMBERS if actor != nearest), nearest]
    at = {actor: 1.5 - 0.1 * place for place, actor in enumerate(order)} | {nearest: -0.2, "RRR": rival}
    group = {actor: "PACT and LEAGUE" if actor in LEAGUE else "PACT" for actor in MEMBERS} | {"RRR": "rival"}
    rows = [
        {
            "actor": actor, "group": group[actor], "session": year - FIRST_SESSION, "year": year,
            "mean": value, "sd": half / 1.6, "low": value - half, "high": value + half, "votes": 80,
            **_vouched(),
        }
        for year in YEARS[-2:]
        for actor, value in at.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def bloc_paths(
    *, rival: float = -1.0, moved: float = 0.5, spread: float = 0.2, half: float = 0.1
) -> pd.DataFrame:
    """Return paths from 1990: all end where they are put and have come a way of `moved`; `spread` was 0.5."""
    ends = {"PACT": 1.0, "LEAGUE": 1.2, "Rest": 0.9, "AAA": 2.0, "RRR": rival}
    share = np.linspace(1.0, 0.0, len(YEARS))
    rows = []
    for name, kind in SHOWN.items():
        for year, left in zip(YEARS, share, strict=True):
            mean, wide = ends[name] - moved * left, spread + (0.5 - spread) * left
            told = wide if kind == "bloc" else np.nan
            rows.append(
                {
                    "series": name, "kind": kind, "session": year - FIRST_SESSION, "year": year, "mean": mean,
                    "low": mean - half, "high": mean + half, "spread": told, "spread_low": told - half / 2,
                    "spread_high": told + half / 2, "members": 10 if kind == "bloc" else 1, **_vouched(),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def distances(start: float = -0.5, end: float = -1.5, *, half: float = 0.1) -> pd.DataFrame:
    """Return the distance of the two sides, the first below the second where it is negative."""
    values = np.linspace(start, end, len(YEARS))
    rows = [
        {
            "comparison": "pact", "title": "Aldovia and the rest", "session": year - FIRST_SESSION,
            "year": year, "value": value, "low": value - half, "high": value + half, **_vouched(),
        }
        for year, value in zip(YEARS, values, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def change_points(probability: float = 0.97, *, shift: float = -0.6, half: float = 0.2) -> pd.DataFrame:
    """Return one shift of the rival, and one of a bloc that the text does not name."""
    rows = [
        {
            "series": name, "year": year, "before": 0.0, "after": shift, "shift": shift,
            "low": shift - half, "high": shift + half, "probability": probability, **_vouched(),
        }
        for name, year in (("RRR", 2004), ("LEAGUE", 1999))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def published(least: float = 0.9) -> pd.DataFrame:
    """Return yearly correlations with one published series, least in the first year, and the pooled one."""
    yearly = [
        {
            "column": "ideal_point_all", "year": float(year), "r": least if year == YEARS[0] else 0.98,
            "spearman": 0.97, "n": 14, "slope": 1.1, "intercept": 0.1, "source": "ballots",
        }
        for year in YEARS
    ]  # fmt: skip
    return pd.DataFrame([{**yearly[0], "year": np.nan}, *yearly])


def notes() -> pd.DataFrame:
    """Return what was done, in words."""
    return pd.DataFrame([{"what": what, "text": text} for what, text in NOTES.items()])


def points() -> dict[str, pd.DataFrame]:
    """Return all tables of ideal points, as `Measures` holds them."""
    return {
        "ideal_points": ideal_points(),
        "bloc_paths": bloc_paths(),
        "distances": distances(),
        "change_points": change_points(),
        "published": published(),
        "ideal_point_notes": notes(),
    }


def _vouched() -> dict[str, str]:
    return {"mark": "estimated", "source": "ballots", "basis": LIVE}
