"""Ideal points of states in the General Assembly: Bailey, Strezhnev and Voeten, a release in Stata's format.

Three scales: final passage (fp), all votes (all) and the older estimates (legacy), never to be mixed. A row
is of one session, named by the year in which it opens. Whose it is follows from its Correlates of War number,
since `iso3c` is wrong for some: South Yemen is written YAR, and Serbia YUG to this day.
"""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from detente.errors import EvidenceError, Problem
from detente.evidence.actors import Gazetteer
from detente.evidence.readers import frames, shapes
from detente.evidence.tables import Tables

SOURCE = "unga_ideal_points"
UNIT = "ideal point on the scale of this release"
MEASURES = {
    "idealpointfp": ("ideal_point_fp", UNIT),
    "idealpointall": ("ideal_point_all", UNIT),
    "idealpointlegacy": ("ideal_point_legacy", UNIT),
    **{
        f"q{quantile}{scale}": (f"ideal_point_{scale}_q{quantile}", UNIT)
        for scale in ("fp", "all")
        for quantile in (5, 50, 95)
    },
}
COLUMNS = ("ccode", "countryname", "iso3c", "year", *MEASURES)
SESSION_OPENS = pd.DateOffset(months=9)
"""From 1 January to 1 October, when the session of a year is under way."""


def read(folder: Path) -> Tables:
    """Return the points and their quantiles as indicators, dated 1 January of the year of the session.

    Raises `EvidenceError` where the file is missing or corrupt, or lacks a column.
    """
    path = _file(folder)
    points = _stata(path)
    points = points.assign(date=frames.year_start(points["year"]))
    points = points.assign(
        number="COW " + points["ccode"].astype("int64").astype(str).astype(object),
        session=points["date"] + SESSION_OPENS,
    )
    seats = Gazetteer.load(seats=True)
    named, unresolved = frames.resolve(points, "number", dates="session", gazetteer=seats)
    rows = shapes.unpivot(named[["actor", "date", *MEASURES]], MEASURES, into="name")
    once, doubles = frames.once(
        rows, ["actor", "date", "name"], "two numbers for one actor: the first is kept"
    )
    return Tables(
        indicators=frames.stamped(once, source=SOURCE, locator=path.name),
        unresolved=unresolved,
        set_aside=frames.tally(doubles, *shapes.blanks(named, list(MEASURES), path.name)),
    )


def _file(folder: Path) -> Path:
    found = sorted(folder.glob("*.dta")) if folder.is_dir() else []
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise EvidenceError(
            Problem(str(folder), f"holds several releases: {names}", "keep one: scales differ")
        )
    return frames.present(found[0] if found else folder / "IdealpointsJuly2025.dta")


def _stata(path: Path) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnicodeWarning)  # names that are not in the file's encoding
            points = pd.read_stata(path, convert_categoricals=False)
    except (ValueError, OSError, EOFError, KeyError, IndexError, struct.error, UnicodeWarning) as error:
        raise frames.corrupt(path, error) from error
    frames.require(list(points.columns), COLUMNS, path)
    with np.errstate(invalid="ignore"):  # one of Stata's many ways to write that a number is missing
        return points[list(COLUMNS)].astype(dict.fromkeys(MEASURES, "float64"))
