"""What two cases have in common, such as a scenario and its baseline, is read from evidence once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement.missing import Missing
from detente.measurement.observations import Scene
from detente.measurement.pairs import AGREEMENT
from detente.simulation.agenda.table import Table, tabulate
from detente.simulation.projection.levels import Level, levels

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.simulation.projection.preparing import Known, Prepared


def table_of(case: Case, known: Known, *, like: Prepared | None) -> Table:
    """Return the agenda as read from evidence, or as it was read for another case with the same agenda."""
    if like is not None and like.known is known and like.case.agenda == case.agenda:
        return replace(like.table, case=case)
    return tabulate(case, known.evidence, known.measures)


def levels_of(
    case: Case,
    known: Known,
    *,
    actors: tuple[str, ...],
    spells: Mapping[str, pd.DataFrame],
    like: Prepared | None,
) -> tuple[list[Level], list[Missing]]:
    """Return levels of drivers and what is missing, or those that were read for another case with the same
    drivers, decisions and actors.
    """
    asked = case.projection
    assert asked is not None
    if like is not None and like.known is known and like.case.projection is not None:
        same = like.case.projection.drivers == asked.drivers and like.case.decisions == case.decisions
        if same and like.names.actors == actors:
            return list(like.levels), list(like.unknown)
    scene = Scene(case, known.evidence, actors, dict(spells), pd.DataFrame(columns=AGREEMENT))
    return levels(scene, known.evidence, known.measures)
