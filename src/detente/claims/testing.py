"""Tests on what has been measured: records, levels, changes, differences, associations, dependence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from detente.cases.claims import (
    AssociationTest,
    ChangeTest,
    DependenceTest,
    DifferenceTest,
    LevelTest,
    RecordTest,
)
from detente.cases.claims_readings import OF_ACTORS, Reading
from detente.claims.actors import Scene, by_actor, postdates
from detente.claims.arithmetic import folded, mean_of, rank_correlation
from detente.claims.figures import POINTS, Figure, UntoldError, as_rows, day_of, latest_of, less
from detente.claims.readings import read
from detente.numbers import MARKS

if TYPE_CHECKING:
    from detente.simulation.backtest.boards import Boards

FACTS = "SELECT * FROM facts WHERE topic = ? ORDER BY date, actor, key"
LOWER_BOUND = "a lower bound"
"""What locators of ties say where part of a flow has no known origin."""
AT_ONCE = "the year before"
"""Covariates as known when a forecast is made, not as if foreseen."""
PAIRED = "mean difference within members, with Student’s interval for how much members differ"
PANEL = "coefficient in the panel of positions, given everything else in it, with a 90 per cent interval"


@dataclass(frozen=True, eq=False)
class Recorded:
    """What a table of facts says: how many rows speak for a claim, and how many against it."""

    speaks: int
    denies: int
    rows: pd.DataFrame


def record(test: RecordTest, scene: Scene) -> Recorded:
    """Return the rows of facts on either side; raises `UntoldError` where there are none."""
    held = scene.evidence.query(FACTS, (test.topic,))
    days = pd.to_datetime(held["date"])
    keep = held["key"].isin([*test.supports, *test.contradicts])
    if test.actors:
        keep &= held["actor"].isin(test.actors)
    if test.since is not None:
        keep &= days >= pd.Timestamp(test.since)
    if test.until is not None:
        keep &= days <= pd.Timestamp(test.until)
    found = held[keep & (days <= pd.Timestamp(scene.by))]
    if found.empty:
        either = " or ".join([*test.supports, *test.contradicts])
        who = f" of {', '.join(test.actors)}" if test.actors else ""
        raise UntoldError(
            f"the evidence has no fact on {test.topic}{who} that speaks either way",
            f"a dated fact ({either}){who}, up to {scene.by}",
        )
    rows = as_rows(
        {"actor": row["actor"], "what": str(row["key"]).replace("_", " "), "date": row["date"],
         "text": row["value"], "mark": "sourced", "source": row["source"], "locator": row["locator"],
         "part": "speaks for it" if row["key"] in test.supports else "speaks against it"}
        for row in found.to_dict("records")
    )  # fmt: skip
    speaks = int(found["key"].isin(test.supports).sum())
    return Recorded(speaks, len(found) - speaks, rows)


def level(test: LevelTest, scene: Scene) -> Figure:
    """Return a figure, or one less another."""
    if test.beside is None:
        return read(test.read, scene)
    both = (test.read, test.beside)
    if test.read.of == test.beside.of and all(each.measure in OF_ACTORS for each in both):
        paired = _paired(*both, scene)
        if paired is not None:
            return paired
    return less(read(test.read, scene), read(test.beside, scene))


def _paired(one: Reading, other: Reading, scene: Scene) -> Figure | None:
    """Return the mean difference within members of a bloc who have both figures; None for fewer than 3."""
    inside = scene.members(str(one.of))
    sides = [held[held["actor"].isin(inside)] for held in (by_actor(one, scene), by_actor(other, scene))]
    both = sides[0].merge(sides[1], on="actor", suffixes=("", "_beside"))
    if len(both) < 3 or set(both["unit"]) != set(both["unit_beside"]):
        return None
    value, low, high = mean_of(both["value"] - both["value_beside"])
    parts = zip(sides, ("first", "second"), strict=True)
    rows = [held[held["actor"].isin(both["actor"])].assign(part=part) for held, part in parts]
    unit = str(both["unit"].iloc[0])
    return Figure(
        value, low, high, POINTS.get(unit, unit), "estimated", PAIRED, len(both), "members",
        latest_of(day_of(each) for each in (*both["date"], *both["date_beside"])),
        pd.concat(rows, ignore_index=True), of=len(inside),
    )  # fmt: skip


def change(test: ChangeTest, scene: Scene) -> Figure:
    """Return a figure later less earlier."""
    ends = [read(test.read.model_copy(update={"span": span}), scene) for span in (test.later, test.earlier)]
    return less(*ends, parts=("later", "earlier"))


def difference(test: DifferenceTest, scene: Scene) -> Figure:
    """Return the figure of one side less that of the other; how far apart they are, if either way counts."""
    told = [read(test.read.model_copy(update={"of": side}), scene) for side in test.sides]
    found = less(*told, parts=[scene.title(side) for side in test.sides], pooled=True)
    if not test.either_way:
        return found
    value, low, high = folded(found.ends)
    reach = found.value - found.low, found.high - found.value
    return replace(
        found, value=value, low=low, high=high, reach=reach if found.value >= 0 else (reach[1], reach[0])
    )


def association(test: AssociationTest, scene: Scene, boards: Boards | None) -> Figure:
    """Return a coefficient of the panel, or a rank correlation over members."""
    if test.covariate is not None:
        return _coefficient(test.covariate, scene, boards)
    assert test.x is not None and test.y is not None and test.among is not None
    return _correlation(test.x, test.y, test.among, scene)


def _coefficient(covariate: str, scene: Scene, boards: Boards | None) -> Figure:
    if boards is None:
        raise UntoldError(
            "no panel of positions has been fitted for this case",
            "`ideal_points:` in the case, roll calls, and then: detente backtest CASE",
        )
    held = boards.covariates
    held = held[(held["covariate"] == covariate) & (held["change"] == AT_ONCE)]
    if held.empty or not int(held["actors"].iloc[0]):
        raise UntoldError(f"the panel has no figure for {covariate!r}", f"yearly figures of {covariate}")
    row = held.sort_values("horizon").iloc[0]
    value, low, high = (float(row[name]) for name in ("effect", "low", "high"))
    rows = as_rows(
        [{"what": f"effect of {covariate} on general alignment", "value": value, "low": low, "high": high,
          "mark": "estimated", "source": boards.source, "locator": PANEL}]
    )  # fmt: skip
    end = date(boards.last + 1, 12, 31)
    if end > scene.by:
        raise postdates(end, scene.by)
    return Figure(value, low, high, "", "estimated", PANEL, int(row["actors"]), "actors", end, rows)


def _correlation(x: Reading, y: Reading, among: str, scene: Scene) -> Figure:
    inside = set(scene.members(among))
    one, other = by_actor(x, scene), by_actor(y, scene)
    both = sorted(inside & set(one["actor"]) & set(other["actor"]))
    sides = [each[each["actor"].isin(both)].sort_values("actor", kind="stable") for each in (one, other)]
    try:
        value, low, high = rank_correlation(*(each["value"] for each in sides))
    except ValueError as error:
        raise UntoldError(
            f"{len(both)} members of {among} have both figures: too few, or too alike",
            f"both figures of more members of {among}",
        ) from error
    rows = pd.concat(
        [each.assign(part=part) for each, part in zip(sides, ("x", "y"), strict=True)], ignore_index=True
    )
    mark = "assumed" if "assumed" in set(rows["mark"]) else "estimated"
    return Figure(
        value, low, high, "correlation", next(each for each in MARKS if each == mark),
        "Spearman’s rank correlation over members, with the interval of Bonett and Wright", len(both),
        "members", latest_of(day_of(each) for each in rows["date"]), rows, of=len(inside),
    )  # fmt: skip


def dependence(test: DependenceTest, scene: Scene) -> Figure:
    """Return how many members draw more than the share from the target.

    The low end counts those who are known to; the high end those too of whom no figure is at hand, or only a
    lower bound.
    """
    inside = scene.members(test.among)
    asked = Reading(measure="dependence", dependence=test.dependence, span=test.year)
    held = by_actor(asked, scene)
    held = held[held["actor"].isin(inside)].reset_index(drop=True)
    if held.empty:
        raise UntoldError(f"no member of {test.among} has a figure", f"shares of members up to {scene.by}")
    over = held["value"] > test.over
    bounds = ~over & held["locator"].str.contains(LOWER_BOUND, regex=False)
    count, open_ = int(over.sum()), int(bounds.sum()) + len(inside) - len(held)
    who = ", ".join(held.loc[over].sort_values("value", ascending=False)["actor"]) or "nobody"
    return Figure(
        count, count, count + open_, "count", "sourced", "counted; at most, with members not known",
        len(held), "members", latest_of(day_of(each) for each in held["date"]),
        held.sort_values("value", ascending=False, kind="stable").reset_index(drop=True),
        who, len(inside),
    )  # fmt: skip
