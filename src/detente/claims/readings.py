"""From what a test asks for to a figure: roll calls, comparisons, paths, meetings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from detente.cases.claims_readings import ALIKE, Reading
from detente.claims.actors import Scene, figure_of, postdates
from detente.claims.figures import Figure, UntoldError, as_rows, day_of
from detente.numbers import MARKS, Mark

Row = Mapping[str, Any]
SHARES = ("unanimous", "agrees_with_ally", "majorities_agree")


def read(reading: Reading, scene: Scene) -> Figure:
    """Return the figure that a test asks for; raises `UntoldError` where the evidence does not give it."""
    if reading.measure in SPECIAL:
        return SPECIAL[reading.measure](reading, scene)
    if reading.measure in ALIKE:
        return _alike(reading, scene)
    assert reading.of is not None
    return figure_of(reading, reading.of, scene)


def _alike(reading: Reading, scene: Scene) -> Figure:
    held = scene.measures.cohesion
    keep = (held["bloc"] == reading.of) & (held["issue"] == reading.issue)
    return _voted(held[keep], reading, scene)


def _majorities(reading: Reading, scene: Scene) -> Figure:
    held = scene.measures.comparison
    keep = (held["comparison"] == reading.compare) & (held["issue"] == reading.issue)
    return _voted(held[keep], reading, scene)


def _voted(held: pd.DataFrame, reading: Reading, scene: Scene) -> Figure:
    """Return a figure from roll calls of a span."""
    rows = held[(held["measure"] == reading.measure) & (held["window"] == str(reading.span))]
    row = _only(rows, reading)
    end = day_of(row["end"])
    begun = day_of(row["start"])
    if begun is not None and end is not None and end > scene.by:
        raise postdates(begun if begun > scene.by else end, scene.by)
    return _figure(
        row, "share" if reading.measure in SHARES else "index", str(scene.measures.meanings[row["interval"]]),
        int(row["roll_calls"]), "roll calls", end, actor=str(reading.of or reading.compare),
        what=f"{reading.measure} on {reading.issue}, {reading.span}",
    )  # fmt: skip


def _only(rows: pd.DataFrame, reading: Reading) -> Row:
    rows = rows[rows["value"].notna()]
    if rows.empty:
        asked = ", ".join(f"{key} {value}" for key, value in reading.model_dump(exclude_none=True).items())
        raise UntoldError(f"it could not be measured ({asked})", "the votes or figures that it is made of")
    return {str(key): value for key, value in rows.iloc[0].items()}


def _figure(
    row: Row, unit: str, method: str, n: int, counted: str, latest: date | None, *,
    actor: str, what: str,
) -> Figure:  # fmt: skip
    value, low, high = (float(str(row[name])) for name in ("value", "low", "high"))
    low, high = min(low, value), max(high, value)
    mark: Mark = next(each for each in MARKS if each == row["mark"])
    rows = as_rows(
        [{"actor": actor, "what": what, "date": latest, "value": value, "low": low, "high": high,
          "unit": unit, "mark": mark, "source": row["source"], "locator": row.get("basis")}]
    )  # fmt: skip
    return Figure(value, low, high, unit, mark, method, n, counted, latest, rows)


def _stance_distance(reading: Reading, scene: Scene) -> Figure:
    held = scene.measures.comparison
    row = _only(
        held[(held["comparison"] == reading.compare) & (held["measure"] == "stance_distance")], reading
    )
    latest = day_of(pd.to_datetime(scene.measures.loadings["last"]).max())
    if latest is not None and latest > scene.by:
        raise postdates(latest, scene.by)
    return _figure(
        row, "standard deviations", str(scene.measures.meanings[row["interval"]]),
        len(scene.measures.loadings), "measurements", latest, actor=str(reading.compare), what="stance",
    )  # fmt: skip


POINTS = "posterior of the ideal points"


def _distance(reading: Reading, scene: Scene) -> Figure:
    held = scene.measures.distances
    rows = held[(held["comparison"] == reading.compare) & (held["year"] == reading.span)]
    return _point(rows, reading, scene, name="value", actor=str(reading.compare))


def _ideal_point(reading: Reading, scene: Scene) -> Figure:
    paths = scene.measures.bloc_paths
    rows = paths[(paths["series"] == reading.of) & (paths["year"] == reading.span)]
    if rows.empty:
        points = scene.measures.ideal_points
        rows = points[(points["actor"] == reading.of) & (points["year"] == reading.span)]
    return _point(rows, reading, scene, name="mean", actor=str(reading.of))


def _spread(reading: Reading, scene: Scene) -> Figure:
    paths = scene.measures.bloc_paths
    rows = paths[(paths["series"] == reading.of) & (paths["year"] == reading.span)]
    ends = {"spread_low": "low", "spread_high": "high"}
    rows = rows.drop(columns=["low", "high"], errors="ignore").rename(columns=ends)
    return _point(rows, reading, scene, name="spread", actor=str(reading.of))


def _point(rows: pd.DataFrame, reading: Reading, scene: Scene, *, name: str, actor: str) -> Figure:
    row = _only(rows.rename(columns={name: "value"}), reading)
    year = int(str(row["year"]))
    if year > scene.by.year:
        raise postdates(date(year, 12, 31), scene.by)
    n, counted = (row["votes"], "votes") if "votes" in row else (row.get("members"), "members")
    known = n is not None and n == n
    return _figure(
        row, "position", POINTS, int(float(str(n))) if known else 1, counted,
        date(year, 12, 31), actor=actor, what=f"{reading.measure} in {year}",
    )  # fmt: skip


def _voted_yes(reading: Reading, scene: Scene) -> Figure:
    held = scene.measures.roll_calls
    held = held[(held["bloc"] == reading.of) & (held["resolution"] == reading.resolution)]
    if held.empty:
        raise UntoldError(
            f"the evidence has no vote of {reading.of} on {reading.resolution}",
            f"the roll call on {reading.resolution}, under an issue that lists it",
        )
    row = held.iloc[0]
    when = day_of(row["date"])
    if when is not None and when > scene.by:
        raise postdates(when, scene.by)
    cast = int(row["yes"] + row["abstain"] + row["no"])
    if not cast:
        raise UntoldError(f"nobody of {reading.of} voted on {reading.resolution}", "votes that were cast")
    text = f"yes {row['yes']}, abstained {row['abstain']}, no {row['no']}, absent {row['absent']}"
    share = float(row["yes"]) / cast
    rows = as_rows(
        [{"actor": str(reading.of), "what": f"votes on {reading.resolution}", "date": when, "value": share,
          "unit": "share", "text": text, "mark": "sourced", "source": row["source"],
          "locator": str(row["roll_call"])}]
    )  # fmt: skip
    return Figure(share, share, share, "share", "sourced", f"votes cast: {text}", cast, "votes", when, rows)


def _disappointment(reading: Reading, scene: Scene) -> Figure:
    if scene.outcomes is None:
        raise UntoldError("nothing was simulated", "an `agenda:` in the case")
    held = scene.outcomes.meetings if reading.item is None else scene.outcomes.forum
    keep = (held["meeting"] == reading.meeting) & (held["actor"] == reading.of)
    if reading.item is not None:
        keep &= held["item"] == reading.item
    ends = {"disappointment": "value", "disappointment_low": "low", "disappointment_high": "high"}
    row = _only(held[keep].rename(columns=ends), reading)
    return _figure(
        row, "position", str(row["source"]), scene.outcomes.draws, "draws", day_of(row["date"]),
        actor=str(reading.of), what=f"disappointment at {reading.meeting}",
    )  # fmt: skip


SPECIAL: Mapping[str, Callable[[Reading, Scene], Figure]] = {
    "majorities_agree": _majorities,
    "stance_distance": _stance_distance,
    "distance": _distance,
    "ideal_point": _ideal_point,
    "spread": _spread,
    "voted_yes": _voted_yes,
    "disappointment": _disappointment,
}
"""Measures that are read in a way of their own."""
