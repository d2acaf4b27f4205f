"""Camps period by period, as tables: who is where, who went where, and when more moved than is usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from detente.errors import MeasurementError, Problem
from detente.measurement.networks.camps import Camps, camps
from detente.measurement.networks.graph import Ints, SignedGraph, frustration
from detente.measurement.networks.ties import Ties
from detente.measurement.networks.turns import LEAST, turns
from detente.measurement.networks.years import ABSENT, lasting, matched, variation

Period = Any
"""A calendar year as a whole number, or the key of a window as text."""

MEMBERS = ["period", "start", "end", "actor", "camp", "name", "pull", "pull_share", "ties", "mark", "source"]
PERIODS = [
    "period", "start", "end", "actors", "ties", "total", "frustration", "bound", "gap", "proven", "share",
    "camps", "method", "mark", "source",
]  # fmt: skip
FLOWS = ["period", "next", "camp", "next_camp", "n", "actors", "new", "gone"]
REALIGNMENTS = [
    "period", "next", "moved", "variation", "expected_low", "expected_high", "p_value", "movers", "lasting",
    "roles", "cost",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class History:
    """Camps over periods, under numbers that stay the same; every figure is an estimate.

    `members`: a row for each actor and period. `periods`: how far from balance each is. `flows`: how many
    went from which camp to which between a period and the next, with `new` for actors who were in no camp
    before, and `gone` for those who are in none after. `realignments`: for each period and the next, `moved`
    (share of the actors in both who changed camp), what share was expected and how likely so large a one is
    somewhere in a quiet series, `variation` of information in bits, `movers`, those of them whose move was
    `lasting`, all by their `roles`, and the `cost` of yesterday's camps: what they would leave frustrated of
    today's ties beyond what today's do, as a share of the weight of those ties.
    """

    members: pd.DataFrame
    periods: pd.DataFrame
    flows: pd.DataFrame
    realignments: pd.DataFrame
    camps: Mapping[Period, Camps]
    notes: tuple[str, ...]


def over_time(
    networks: Mapping[Period, Ties | Camps],
    *,
    k: int | None = 2,
    time_limit: float | None = 60,
    seed: int = 0,
) -> History:
    """Return the camps of each period, in the order given, matched over all of them.

    `networks` are ties, of which camps are found as by `camps` with `k`, `time_limit` for each period and
    `seed`; or camps already found. Raises MeasurementError where there are none, and as `camps` does.

    >>> from detente import ties
    >>> pairs = {"a": [*"ABCA"], "b": [*"BDDC"]}
    >>> years = {2001: [1, -2, 1, -1], 2002: [1, 2, 1, 1]}
    >>> told = over_time({year: ties(pd.DataFrame(pairs | {"weight": w})) for year, w in years.items()})
    >>> told.flows[["camp", "next_camp", "actors"]].values.tolist()
    [[1, 1, 'A B'], [2, 1, 'C D']]
    """
    if not networks:
        raise MeasurementError(Problem("networks", "none", "give a mapping from periods to ties"))
    found = {
        period: each if isinstance(each, Camps) else camps(each, k=k, time_limit=time_limit, seed=seed)
        for period, each in networks.items()
    }
    actors = sorted({actor for each in found.values() for actor in each.ties.actors})
    place = pd.Index(actors)
    labels = np.full((len(found), len(actors)), ABSENT)
    for row, each in zip(labels, found.values(), strict=True):
        row[place.get_indexer(pd.Index(each.ties.actors))] = each.labels
    series = _Series(found, np.array(actors, dtype=object), matched(labels))
    return History(
        members=pd.concat(list(series.members()), ignore_index=True),
        periods=pd.DataFrame(list(series.periods()), columns=PERIODS),
        flows=_flows(series),
        realignments=pd.DataFrame(list(_realignments(series)), columns=REALIGNMENTS),
        camps=found,
        notes=tuple(_notes(series)),
    )


@dataclass(frozen=True)
class _Series:
    """Camps of each period, and their numbers over all: (periods, actors), `ABSENT` for who is in none."""

    found: Mapping[Period, Camps]
    actors: Any
    ids: Ints

    @property
    def pairs(self) -> list[tuple[Period, Period]]:
        """Each period with the next."""
        order = list(self.found)
        return list(pairwise(order))

    def words(self, who: Any) -> str:
        """Return the codes of some actors, by flags (actors,), with spaces."""
        return " ".join(self.actors[who])

    def members(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of each period."""
        for (period, each), ids in zip(self.found.items(), self.ids, strict=True):
            held = each.members.dropna(subset="camp")
            camp = ids[pd.Index(self.actors).get_indexer(pd.Index(held["actor"]))] + 1
            columns = held[["actor", "pull", "share", "ties"]].rename(columns={"share": "pull_share"})
            told = columns.assign(camp=camp, name=[f"camp {number}" for number in camp])
            yield told.assign(**_span(period, each.ties), **_vouched(each.ties))[MEMBERS]

    def periods(self) -> Iterator[dict[str, Any]]:
        """Yield the row of each period."""
        for (period, each), ids in zip(self.found.items(), self.ids, strict=True):
            yield {
                **_span(period, each.ties),
                "actors": int((ids != ABSENT).sum()),
                "ties": len(each.ties.graph().weight),
                "total": each.total,
                "frustration": each.frustration,
                "bound": each.bound,
                "gap": each.gap,
                "proven": each.proven,
                "share": each.share,
                "camps": len(np.unique(ids[ids != ABSENT])),
                "method": each.method,
                **_vouched(each.ties),
            }


def _span(period: Period, ties: Ties) -> dict[str, Any]:
    """Return a period with its first and last day: as the ties were asked for, or else as they are dated."""
    days = ties.rows["date"]
    start, end = ties.since or days.min(), ties.until or days.max()
    if isinstance(period, int):
        start, end = ties.since or date(period, 1, 1), ties.until or date(period, 12, 31)
    return {"period": period, "start": pd.Timestamp(start), "end": pd.Timestamp(end)}


def _vouched(ties: Ties) -> dict[str, str]:
    sources = ", ".join(sorted(ties.rows["source"].dropna().unique()))
    return {"mark": "estimated", "source": sources}


def _flows(series: _Series) -> pd.DataFrame:
    """Return how many went from which camp to which, or came, or went, between each period and the next."""
    rows = []
    for (period, later), now, then in zip(series.pairs, series.ids[:-1], series.ids[1:], strict=True):
        for camp, next_camp in np.unique(np.stack([now, then]), axis=1).T.tolist():
            if camp == next_camp == ABSENT:
                continue
            who = (now == camp) & (then == next_camp)
            new, gone = camp == ABSENT, next_camp == ABSENT
            ends = [None if new else camp + 1, None if gone else next_camp + 1]
            rows.append([period, later, *ends, int(who.sum()), series.words(who), new, gone])
    found = pd.DataFrame(rows, columns=FLOWS)
    return found.astype({"camp": "Int64", "next_camp": "Int64"})


def _realignments(series: _Series) -> Iterator[dict[str, Any]]:
    """Yield the row of each period and the next."""
    both = (series.ids[:-1] != ABSENT) & (series.ids[1:] != ABSENT)
    moved = both & (series.ids[:-1] != series.ids[1:])
    movers, actors = moved.sum(axis=1), both.sum(axis=1)
    told, stayed = turns(movers, actors), lasting(series.ids)
    for place, (period, later) in enumerate(series.pairs):
        now, then, held = series.ids[place], series.ids[place + 1], both[place]
        yield {
            "period": period,
            "next": later,
            "moved": movers[place] / actors[place] if actors[place] else np.nan,
            "variation": variation(now[held], then[held]) if held.any() else np.nan,
            "expected_low": told.low[place],
            "expected_high": told.high[place],
            "p_value": told.p_value[place],
            "movers": series.words(moved[place]),
            "lasting": series.words(stayed[place]),
            "roles": "; ".join(_roles(series, place)),
            "cost": _cost(series, series.found[later], now, then),
        }


def _roles(series: _Series, place: int) -> Iterator[str]:
    """Yield who went from which camp to which after a period, and whether either is there before or after
    alone.
    """
    now, then = series.ids[place], series.ids[place + 1]
    held = (now != ABSENT) & (then != ABSENT) & (now != then)
    for camp, next_camp in np.unique(np.stack([now[held], then[held]]), axis=1).T.tolist():
        left = "" if (then == camp).any() else ", no more,"
        new = ", new" if not (series.ids[: place + 1] == next_camp).any() else ", back again"
        new = "" if (now == next_camp).any() else new
        who = series.words(held & (now == camp) & (then == next_camp))
        yield f"from camp {camp + 1}{left} to camp {next_camp + 1}{new}: {who}"


def _cost(series: _Series, later: Camps, now: Ints, then: Ints) -> float:
    """Return what the camps of `now` would leave frustrated of the ties of `later`, between actors in both,
    beyond what those of `then` do, as a share of the weight of these ties.
    """
    place = pd.Index(series.actors).get_indexer(pd.Index(later.ties.actors))
    before, after = now[place], then[place]
    graph = later.ties.graph()
    held = (before != ABSENT) & (after != ABSENT)
    kept = held[graph.first] & held[graph.second]
    inner = SignedGraph(graph.size, graph.first[kept], graph.second[kept], graph.weight[kept])
    if not inner.total:
        return float("nan")
    return (frustration(inner, before) - frustration(inner, after)) / inner.total


def _notes(series: _Series) -> Iterator[str]:
    number = len(series.pairs)
    if 0 < number < LEAST:
        yield f"{number} steps between periods are too few to say which is unusual: {LEAST} are needed"
    alone = {str(period): each.isolated for period, each in series.found.items() if each.isolated}
    if alone:
        where = "; ".join(f"{period}: {', '.join(who)}" for period, who in alone.items())
        yield f"in no camp, for want of ties: {where}"
