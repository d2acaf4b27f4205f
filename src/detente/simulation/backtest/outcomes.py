"""What came of a forecast: later readings, on the scale that the forecast was made on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError
from detente.simulation.panel.data import Panel

Floats = NDArray[np.float64]

CLEAR = 0.4
"""Largest standard error of a reading that counts as an outcome."""
FEW = 20
"""Least number of readings that two scales are compared by."""


@dataclass(frozen=True)
class Line:
    """How the scale of later readings maps to that of earlier ones: slope * reading + shift."""

    slope: float
    shift: float


def line_to(earlier: Panel, later: Panel) -> Line:
    """Return the line that gives later readings the mean and spread of earlier ones of the same years.

    Points are standardised over all years that were known, so that each vintage has units of its own. Only
    years of the earlier panel count: what the line undoes is the unit, not what was learnt since.

    Raises SimulationError where the panels share too few readings.
    """
    one, other = _shared(earlier, later)
    if len(one) < FEW:
        hint = "score on readings of the same actors"
        raise SimulationError(Problem("outcomes", f"only {len(one)} readings are in both panels", hint))
    slope = float(one.std() / other.std())
    return Line(slope, float(one.mean() - slope * other.mean()))


def outcome(earlier: Panel, later: Panel, *, year: int, line: Line) -> tuple[Floats, Floats]:
    """Return readings (N,) of the earlier panel's actors in `year`, and their noise variances, on its scale;
    NaN where there is none with a standard error up to CLEAR.
    """
    size = len(earlier.actors)
    if year not in later.years:
        return np.full(size, np.nan), np.full(size, np.nan)
    row = later.years.index(year)
    place = {actor: column for column, actor in enumerate(later.actors)}
    column = np.array([place.get(actor, -1) for actor in earlier.actors])
    reading = np.where(column >= 0, later.reading[row, column], np.nan)
    sd = np.where(column >= 0, later.sd[row, column], np.nan)
    clear = sd <= CLEAR
    told = np.where(clear, line.slope * reading + line.shift, np.nan)
    return told, np.where(clear, (line.slope * sd) ** 2, np.nan)


def _shared(earlier: Panel, later: Panel) -> tuple[Floats, Floats]:
    years = [year for year in earlier.years if year in later.years]
    actors = [actor for actor in earlier.actors if actor in later.actors]
    tables = []
    for panel in (earlier, later):
        rows = [panel.years.index(year) for year in years]
        place = {actor: column for column, actor in enumerate(panel.actors)}
        cells = np.ix_(rows, [place[actor] for actor in actors])
        tables.append(np.where(panel.sd[cells] <= CLEAR, panel.reading[cells], np.nan))
    both = ~np.isnan(tables[0]) & ~np.isnan(tables[1])
    return tables[0][both], tables[1][both]
