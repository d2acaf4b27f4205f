"""A case's ideal points between estimate and tables: what they depend on, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement import paths

if TYPE_CHECKING:
    from detente.cases.schema import Case

PART = "ideal points"
"""What this part of the results is called in `missing`."""


@dataclass(frozen=True)
class Place:
    """What a case's ideal points depend on, besides the votes."""

    case: Case
    spells: Mapping[str, pd.DataFrame]
    """Spells of membership by bloc."""
    groups: Mapping[str, str]
    """What each actor of the case is called in tables."""
    joined: Mapping[str, str]
    """The latest actor that continues each former one."""
    draws: int
    seed: int

    @property
    def positive(self) -> str:
        """The actor that fixes the sign, under the code that its series bears."""
        assert self.case.ideal_points is not None
        return self.joined.get(self.case.ideal_points.positive, self.case.ideal_points.positive)

    def roster(self, points: pd.DataFrame, calendar: pd.DataFrame) -> paths.Roster:
        """Return who is behind each bloc and actor of the case, session by session."""
        names = paths.everyone(self.case)
        return paths.call_roll(points, calendar, spells=self.spells, joined=self.joined, names=names)


@dataclass(frozen=True)
class Located:
    """Points and what is made from their joint draws, before they are marked and dated.

    `points`: actor, session, mean, sd, low, high, votes. `calendar`: session, year, middle, roll_calls. The
    tables of `drawn` (bloc_paths, distances, change_points) have the columns of `detente.measurement.paths`.
    """

    points: pd.DataFrame
    calendar: pd.DataFrame
    drawn: Mapping[str, pd.DataFrame]
    source: str
    basis: str
    notes: list[tuple[str, str]]
