"""The grounds of a simulation: the part of what was measured that models start from, kept between runs.

`Measures` are grounds, and so is the small part of them that `Grounds` holds: who stands where, who belongs
to whom, and who depends on whom. Measuring takes seconds; grounds that were kept are read at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from detente.measurement import kept

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence

FOLDER = "grounds"
FRAMES = ("stance", "ideal_points", "members", "dependence")


class Grounded(Protocol):
    """What models read of what was measured, as in `Measures`."""

    @property
    def stance(self) -> pd.DataFrame:
        """Where each actor stands on the scale between rival and ally."""

    @property
    def ideal_points(self) -> pd.DataFrame:
        """Where every voter stands by session."""

    @property
    def members(self) -> pd.DataFrame:
        """Who belongs to each bloc on the day the case looks from."""

    @property
    def dependence(self) -> pd.DataFrame:
        """Who depends on whom, for what, and how much."""

    @property
    def seed(self) -> int:
        """The seed that it was measured with."""

    @property
    def draws(self) -> int:
        """Draws behind each interval."""


@dataclass(frozen=True, eq=False)
class Grounds:
    """The grounds alone; tables and numbers as in `Measures`."""

    stance: pd.DataFrame
    ideal_points: pd.DataFrame
    members: pd.DataFrame
    dependence: pd.DataFrame
    seed: int
    draws: int


def grounds(
    case: Case, evidence: Evidence, measure: Callable[[], Grounded], *, seed: int, draws: int
) -> Grounds:
    """Return the grounds of a case: those kept of an earlier run, or those of what `measure` returns.

    They are measured anew where the case, the evidence, the seed, the draws or the code is another.
    """

    def make() -> Mapping[str, pd.DataFrame]:
        made = measure()
        return {name: getattr(made, name) for name in FRAMES}

    tables = kept.remembered(
        kept.folder_for(evidence, FOLDER), _name(case, evidence, seed=seed, draws=draws), make
    )
    return Grounds(**tables, seed=seed, draws=draws)


def kept_grounds(case: Case, evidence: Evidence, *, seed: int, draws: int) -> Grounds | None:
    """Return the grounds of a case that were kept of an earlier run, or None."""
    tables = kept.recalled(kept.folder_for(evidence, FOLDER), _name(case, evidence, seed=seed, draws=draws))
    return None if tables is None else Grounds(**tables, seed=seed, draws=draws)


def _name(case: Case, evidence: Evidence, *, seed: int, draws: int) -> str:
    return kept.key(FOLDER, case.model_dump_json(), evidence.digest, seed, draws)
