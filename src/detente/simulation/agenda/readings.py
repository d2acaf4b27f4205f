"""One number of the agenda at a time: a position, a salience, a capability, measured or assumed.

An estimate x with standard error s on its own scale becomes Φ(x), and its draws are Φ(x + s·z). A series is
divided by the largest among the actors. An assumed number is drawn from a triangle over its range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from detente.cases.agenda import Assumed, FromPoints, FromSeries, FromStance
from detente.measurement.observations import Scene, observe_series
from detente.simulation.drawing import triangle

if TYPE_CHECKING:
    from detente.cases.agenda import Placing, Range, Weighing
    from detente.measurement.grounds import Grounded

Floats = NDArray[np.float64]
SPREAD = 0.1
"""Half the range of an assumed number for which the case gives none."""

HALF = 6**0.5
"""Half the width of a triangle with standard deviation 1."""


@dataclass(frozen=True)
class Reading:
    """One number from 0 to 1, with interval, mark, and source or reason."""

    value: float
    low: float
    high: float
    mark: str
    source: str
    centre: float = float("nan")
    """An estimate on its own scale, of which `value` is Φ; missing if it is none."""
    error: float = float("nan")

    def drawn(self, z: Floats) -> Floats:
        """Return draws for standard normal numbers `z`, of their shape.

        >>> Reading(0.5, 0.5, 0.5, "sourced", "a table").drawn(np.array([-1.0, 2.0])).tolist()
        [0.5, 0.5]
        """
        if np.isfinite(self.centre):
            return np.asarray(ndtr(self.centre + self.error * z))
        return triangle(ndtr(z), np.asarray(self.low), np.asarray(self.value), np.asarray(self.high))


@dataclass(frozen=True)
class Reader:
    """What readings are taken from: evidence, measures, and who is on the agenda (`scene.placed`)."""

    scene: Scene
    measures: Grounded

    def read(self, source: Placing | Weighing) -> tuple[dict[str, Reading], str]:
        """Return the readings by actor, and why there are none where nothing could be measured at all."""
        why = ""
        match source:
            case Assumed():
                found = self._assumed(source)
            case FromSeries():
                found, why = self._series(source)
            case FromStance():
                rows = self.measures.stance.rename(columns={"value": "mean"})
                found, why = self._estimates(rows, turned=source.turned)
            case FromPoints():
                rows = self.measures.ideal_points
                last = rows[rows["session"] == rows["session"].max()]
                told = "ideal points of " + last["year"].astype(str) + " (" + last["source"] + ")"
                found, why = self._estimates(last.assign(source=told), turned=source.turned)
        for actor in self.scene.placed:
            if actor in source.but:
                found[actor] = assumed(source.but[actor])
            elif actor not in found and source.otherwise is not None:
                spread = source.spread if isinstance(source, Assumed) else SPREAD
                reason = source.reason if isinstance(source, Assumed) else "nothing is measured of it"
                found[actor] = assumed(source.otherwise, spread=spread, reason=reason)
        return found, why

    def _assumed(self, source: Assumed) -> dict[str, Reading]:
        blocs = self.measures.members.groupby("actor", sort=False)["bloc"].agg(list).to_dict()
        found = {}
        for actor in self.scene.placed:
            own = source.values.get(actor)
            group = next((bloc for bloc in source.blocs if bloc in blocs.get(actor, ())), None)
            held = own if own is not None else source.blocs[group] if group else None
            if held is not None:
                found[actor] = assumed(held, spread=source.spread, reason=source.reason)
        return found

    def _series(self, source: FromSeries) -> tuple[dict[str, Reading], str]:
        cells = observe_series(self.scene, source.measure).dropna(subset=["score"])
        cells = cells[cells["actor"].isin(self.scene.placed)]
        if cells.empty:
            return {}, f"the evidence has no value of {source.measure.title!r} for anyone on the agenda"
        score = cells["score"].to_numpy(dtype=float)
        if score.min() < 0:
            below = ", ".join(cells.loc[score < 0, "actor"])
            return {}, f"{source.measure.title!r} is below zero for {below}, and no share of the largest"
        full = (1 - source.floor) / (score.max() or 1.0)
        half = HALF * full * cells["error"].to_numpy(dtype=float)
        share = source.floor + full * score
        ends = np.clip(share - half, 0, 1), np.clip(share + half, 0, 1)
        told = [
            f"{source.measure.title}: {row['locator']}"
            if row["mark"] == "assumed"
            else f"{row['source']} ({row['date']:%Y})"
            for row in cells.to_dict("records")
        ]
        rows = zip(cells["actor"], share, *ends, cells["mark"], told, strict=True)
        return {
            actor: Reading(float(value), float(low), float(high), str(mark), text)
            for actor, value, low, high, mark, text in rows
        }, ""

    def _estimates(self, rows: pd.DataFrame, *, turned: bool) -> tuple[dict[str, Reading], str]:
        """Return Φ of estimates: rows of actor, mean, sd, low, high and source."""
        found = {}
        for row in rows[rows["actor"].isin(self.scene.placed)].to_dict("records"):
            ends = [float(row[name]) for name in ("mean", "low", "high")]
            centre, low, high = (-ends[0], -ends[2], -ends[1]) if turned else ends
            value, low, high = (float(ndtr(each)) for each in (centre, low, high))
            found[str(row["actor"])] = Reading(
                value, low, high, "estimated", str(row["source"]), centre=centre, error=float(row["sd"])
            )
        return found, "" if found else "nobody on the agenda could be placed"


def assumed(held: Range, *, spread: float = SPREAD, reason: str = "") -> Reading:
    """Return an assumed number with its range, `spread` on either side where it gives none.

    >>> from detente.cases.agenda import Range
    >>> assumed(Range(value=0.95), reason="A guess.").high
    1.0
    """
    low = max(0.0, held.value - spread) if held.low is None else held.low
    high = min(1.0, held.value + spread) if held.high is None else held.high
    return Reading(held.value, low, high, "assumed", held.reason or reason)
