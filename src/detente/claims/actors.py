"""Figures of actors, and means of blocs: views, ranks, dependence, indicators, ties, stances, points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from detente.cases.claims_readings import Reading
from detente.claims.arithmetic import combined, mean_of
from detente.claims.figures import ROW, Figure, UntoldError, as_rows, day_of, latest_of
from detente.measurement.blocs import members, memberships
from detente.numbers import MARKS, Mark

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.measures import Measures
    from detente.simulation.outcomes import Outcomes

UNITS = {"stance": "standard deviations", "ideal_point": "position"}
WRITTEN = {"index 0-100": "of 100"}
"""Units of the evidence that read better in other words."""
SPREAD = "mean over members with a figure, with Student’s interval for how much members differ"
ALONE = "mean of the members with a figure"
TIES = "SELECT * FROM ties WHERE kind = ? AND target = ? ORDER BY actor, date"
INDICATORS = "SELECT * FROM indicators WHERE name = ? ORDER BY actor, date"


@dataclass(frozen=True, eq=False)
class Scene:
    """What figures are read from, up to a day: later evidence is not looked at."""

    case: Case
    evidence: Evidence
    measures: Measures
    outcomes: Outcomes | None
    by: date

    def title(self, name: str) -> str:
        """Return the title of a bloc, or an actor's code."""
        return self.case.blocs[name].title if name in self.case.blocs else name

    def members(self, name: str) -> tuple[str, ...]:
        """Return the members of a bloc on that day, or the actor itself."""
        if name not in self.case.blocs:
            return (name,)
        day = min(self.by, self.case.as_of)
        return members(memberships(self.case, name, evidence=self.evidence), day)


def by_actor(reading: Reading, scene: Scene) -> pd.DataFrame:
    """Return each actor's figure (the last up to the day, or that of the year), in the columns of evidence.

    Raises `UntoldError` where there is none.
    """
    frame = _table(reading, scene)
    frame = frame[pd.to_numeric(frame["value"]).notna()]
    later = frame["date"] > pd.Timestamp(scene.by)
    if isinstance(reading.span, int):
        of_year = frame["date"].dt.year == reading.span
        frame, later = frame[of_year], later[of_year]
    if len(frame) and later.all():
        raise postdates(day_of(frame["date"].min()), scene.by)
    found = frame[~later].sort_values(["actor", "date"], kind="stable").drop_duplicates("actor", keep="last")
    return found.reset_index(drop=True)


def postdates(day: date | None, by: date) -> UntoldError:
    """Return what is raised where all evidence is from after the claim."""
    return UntoldError(
        f"the evidence begins on {day}, after the claim ({by})",
        "evidence from before the claim, or a reason to use later evidence (`may_postdate`)",
    )


def _table(reading: Reading, scene: Scene) -> pd.DataFrame:
    measures = scene.measures
    if reading.measure in ("view", "rank"):
        part, key = ("views", reading.view) if reading.measure == "view" else ("ranks", reading.rank)
        held = measures.threat
        held = held[(held["part"] == part) & (held["threat"] == key)]
    elif reading.measure == "dependence":
        held = measures.dependence[measures.dependence["dependence"] == reading.dependence]
    elif reading.measure == "tie":
        held = scene.evidence.query(TIES, (reading.name, reading.target)).assign(mark="sourced")
    elif reading.measure == "indicator":
        held = scene.evidence.query(INDICATORS, (reading.name,)).assign(mark="sourced")
    elif reading.measure == "stance":
        held = measures.stance.assign(date=pd.to_datetime(measures.loadings["last"]).max())
    else:
        points = measures.ideal_points
        days = pd.to_datetime(points["year"].astype(str) + "-12-31")
        held = points.rename(columns={"mean": "value"}).assign(date=days)
    rows = held.reindex(columns=[name for name in ROW if name not in ("part", "what", "text")])
    return as_rows(
        {**{str(key): value for key, value in row.items()}, "what": reading.measure,
         "unit": UNITS.get(reading.measure, WRITTEN.get(str(row["unit"]), row["unit"]))}
        for row in rows.to_dict("records")
    )  # fmt: skip


def figure_of(reading: Reading, who: str, scene: Scene) -> Figure:
    """Return the figure of an actor, or the mean of a bloc's members.

    Raises `UntoldError` where nobody has one.
    """
    inside = scene.members(who)
    held = by_actor(reading, scene)
    held = held[held["actor"].isin(inside)].reset_index(drop=True)
    if held.empty:
        year = f" of {reading.span}" if isinstance(reading.span, int) else ""
        raise UntoldError(
            f"the evidence has no {reading.measure.replace('_', ' ')}{year} of {who}",
            f"such figures of {who}, up to {scene.by}",
        )
    unit, marks = str(held["unit"].iloc[0]), set(held["mark"])
    latest = latest_of(day_of(each) for each in held["date"])
    of = len(inside) if who in scene.case.blocs else None
    if len(held) >= 3:
        value, low, high = _mean(held, reading)
        return Figure(value, low, high, unit, "estimated", SPREAD, len(held), "members", latest, held, of=of)
    ends = held[["value", "low", "high"]].to_numpy(float)
    known = bool(held[["low", "high"]].notna().all(axis=None))
    if not known:
        ends[:, 1:] = ends[:, [0]]
    value, low, high = combined([1 / len(ends)] * len(ends), [tuple(row) for row in ends])
    mark: Mark = next(each for each in reversed(MARKS) if each in marks)
    mark = "estimated" if low < high and mark == "sourced" else mark
    method = ("sampling and estimation error" if known else "as reported") if len(ends) == 1 else ALONE
    return Figure(value, low, high, unit, mark, method, len(held), "members", latest, held, of=of)


def _mean(held: pd.DataFrame, reading: Reading) -> tuple[float, float, float]:
    """Return a bloc's mean: errors of stances go together, so that ends are averaged; else Student's."""
    if reading.measure == "stance":
        value, low, high = held[["value", "low", "high"]].mean()
        return float(value), float(low), float(high)
    return mean_of(held["value"])
