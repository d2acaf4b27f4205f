"""Changes of what may move positions: domestic politics, dependence, threat and burden, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from detente.evidence import Evidence

Floats = NDArray[np.float64]
How = Literal["level", "held", "share"]

INDICATOR = """
    SELECT actor, year(date)::INTEGER AS year, avg(value) AS value FROM indicators
    WHERE name IN (SELECT unnest(?::VARCHAR[])) AND year(date) <= ? GROUP BY ALL ORDER BY ALL
"""
TIE = """
    SELECT actor, year(date)::INTEGER AS year, avg(value) AS value FROM ties
    WHERE kind IN (SELECT unnest(?::VARCHAR[])) AND target = ? AND year(date) <= ? GROUP BY ALL ORDER BY ALL
"""
FLOW = """
    SELECT actor, target, year(date)::INTEGER AS year, sum(value) AS value FROM ties
    WHERE kind IN (SELECT unnest(?::VARCHAR[])) AND actor <> target AND year(date) <= ?
    GROUP BY ALL ORDER BY ALL
"""
MEMORY = 10
"""Years of deliveries that make up a supplier's share: what was delivered has to be kept going."""
STALE = 4
"""Most years over which a level that is measured now and then is compared with the last one."""


@dataclass(frozen=True)
class Covariate:
    """A yearly quantity whose change may move positions.

    `names`: indicators, or kinds of ties with `target`, averaged where several are there. `how`: "level"
    compares with the last value, at most STALE years back; "held" holds until the next value, as seats
    between elections; "share" is the target's share of deliveries over MEMORY years. `unit`: the change that
    counts as 1.
    """

    name: str
    names: tuple[str, ...]
    unit: float
    how: How = "level"
    target: str | None = None

    def changes(self, evidence: Evidence, actors: Sequence[str], years: Sequence[int]) -> pd.DataFrame:
        """Return changes in units by year and actor, NaN where none is known; nothing from after the last
        year is looked at.
        """
        found = self._levels(evidence, years[-1])
        span = range(min([years[0] - 1, *found.index]), years[-1] + 1)
        levels = found.reindex(index=span, columns=list(actors))
        if self.how == "held":
            before = levels.ffill()
            change = before - before.shift()
        else:
            change = levels - levels.ffill(limit=STALE).shift()
        return change.reindex(list(years)) / self.unit

    def _levels(self, evidence: Evidence, last: int) -> pd.DataFrame:
        names = list(self.names)
        if self.how == "share":
            assert self.target is not None
            return _share(evidence.query(FLOW, (names, last)), self.target, last)
        asked = (names, last) if self.target is None else (names, self.target, last)
        rows = evidence.query(INDICATOR if self.target is None else TIE, asked)
        return rows.pivot(index="year", columns="actor", values="value")


def usual_covariates(*, rival: str, ally: str | None = None) -> tuple[Covariate, ...]:
    """Return what the evidence has on why a state might move, with the rival and the ally of a case.

    >>> [each.name for each in usual_covariates(rival="AAA")][:2]
    ['populist seats', 'polyarchy']
    """
    found = [
        Covariate("populist seats", ("populist_seat_share",), 10.0, "held"),
        Covariate("polyarchy", ("polyarchy",), 0.1),
        Covariate("military burden", ("military_expenditure_share_gdp",), 0.01),
        Covariate(
            f"fuel from {rival}", ("crude_import_share", "products_import_share"), 10.0, "level", rival
        ),
        Covariate(f"arms from {rival}", ("arms_tiv",), 0.1, "share", rival),
        Covariate(f"poor view of {rival}", ("view_unfavourable",), 10.0, "level", rival),
    ]
    if ally is not None:
        found.append(Covariate(f"arms from {ally}", ("arms_tiv",), 0.1, "share", ally))
    return tuple(found)


def suppliers(evidence: Evidence, actors: Sequence[str], years: Sequence[int]) -> Floats:
    """Return shares (T, N, N) of suppliers in each actor's imports of arms, over MEMORY years before each
    year; zeros for one that imported none.
    """
    flows = evidence.query(FLOW, (["arms_tiv"], years[-1] - 1))
    place = {actor: number for number, actor in enumerate(actors)}
    flows = flows[flows["actor"].isin(place) & flows["target"].isin(place)]
    row, column = flows["actor"].map(place).to_numpy(int), flows["target"].map(place).to_numpy(int)
    when, value = flows["year"].to_numpy(int), flows["value"].to_numpy(float)
    out = np.zeros((len(years), len(actors), len(actors)))
    for t, year in enumerate(years):
        held = (when < year) & (when >= year - MEMORY)
        np.add.at(out[t], (row[held], column[held]), value[held])
    return out


def _share(flows: pd.DataFrame, target: str, last: int) -> pd.DataFrame:
    if flows.empty:
        return pd.DataFrame()
    span = range(int(flows["year"].min()), last + 1)

    def over_years(rows: pd.DataFrame) -> pd.DataFrame:
        wide = rows.groupby(["year", "actor"])["value"].sum().unstack("actor")
        return wide.reindex(index=span).fillna(0.0).rolling(MEMORY, min_periods=1).sum()

    total = over_years(flows)
    part = over_years(flows[flows["target"] == target]).reindex(columns=total.columns).fillna(0.0)
    return (part / total.where(total > 0)).fillna(0.0)


def stack(changes: Mapping[str, pd.DataFrame]) -> Floats:
    """Return changes as one table (T, N, C), 0 where unknown."""
    return np.stack([np.nan_to_num(frame.to_numpy(dtype=float)) for frame in changes.values()], axis=-1)
