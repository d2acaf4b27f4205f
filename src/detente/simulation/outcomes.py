"""The verb of this room: what comes of a case's agenda, at its meetings and in its decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from detente.errors import Problem, SimulationError
from detente.measurement.missing import as_frame
from detente.notebook import Shown
from detente.simulation.agenda.bargains import bargains
from detente.simulation.agenda.table import tabulate
from detente.simulation.assumptions import list_assumed
from detente.simulation.decisions.deciding import decide
from detente.simulation.forum.meetings import meet
from detente.simulation.frames import framed

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.grounds import Grounded

LEAST_DRAWS = 100


@dataclass(frozen=True)
class Outcomes(Shown):
    """What comes out, as tidy tables; `frames` says what is in each, and how to read its columns."""

    positions: pd.DataFrame = field(default_factory=partial(framed, "positions"))
    """Who wants what on each item, how much it cares, and what weight it carries."""
    bargains: pd.DataFrame = field(default_factory=partial(framed, "bargains"))
    """What comes out on each item, by the case's model and by others beside it."""
    forum: pd.DataFrame = field(default_factory=partial(framed, "forum"))
    """Expectation, outcome and disappointment, by meeting, item and actor."""
    meetings: pd.DataFrame = field(default_factory=partial(framed, "meetings"))
    """Who attends, and each actor's disappointment over all items of a meeting."""
    misperceptions: pd.DataFrame = field(default_factory=partial(framed, "misperceptions"))
    """What of a disappointment each misperceived quantity explains."""
    decisions: pd.DataFrame = field(default_factory=partial(framed, "decisions"))
    """How likely each decision is to pass, under its rule."""
    members: pd.DataFrame = field(default_factory=partial(framed, "members"))
    """How likely each member is to agree, and how often it hangs on its vote."""
    flips: pd.DataFrame = field(default_factory=partial(framed, "flips"))
    """The cheapest changes of vote that would turn a decision."""
    assumed: pd.DataFrame = field(default_factory=partial(framed, "assumed"))
    """What the case assumes beside the positions."""
    missing: pd.DataFrame = field(default_factory=partial(framed, "missing"))
    """What could not be said: part, what, why, hint."""
    seed: int = 0
    draws: int = 0

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return how likely decisions are to pass, or what comes out on each item where there are none."""
        items, meetings = self.bargains["item"].nunique(), self.meetings["meeting"].nunique()
        title = f"Outcomes: {items} items, {meetings} meetings, {len(self.decisions)} decisions"
        sure = (
            f"low and high: 90 % intervals over {self.draws:,} draws; {len(self.missing)} could not be said."
        )
        if self.decisions.empty:
            return title, sure, self.bargains[["title", "model_title", "outcome", "low", "high", "mark"]]
        return title, sure, self.decisions[["title", "rule_title", "needed", "passes", "low", "high", "next"]]


def simulate(
    case: Case, evidence: Evidence, measures: Grounded, *, seed: int = 0, draws: int = 1000
) -> Outcomes:
    """Return what comes of the agenda of `case`, given what was measured; empty where it has none.

    The same seed gives the same tables, in whatever order actors are listed. Raises `SimulationError` where
    `draws` is too small for an interval; whatever cannot be said is a row of `missing`.
    """
    if draws < LEAST_DRAWS:
        hint = f"use {LEAST_DRAWS} or more; 1000 is usual"
        raise SimulationError(Problem("draws", f"{draws} draws give no interval", hint))
    if case.agenda is None:
        return Outcomes(seed=seed, draws=draws)
    table = tabulate(case, evidence, measures)
    settled, without = bargains(table, draws=draws, seed=seed)
    met, unheard = meet(table, evidence=evidence, draws=draws, seed=seed)
    decided, untold = decide(table, evidence=evidence, measures=measures, draws=draws, seed=seed)
    return Outcomes(
        positions=table.frame(),
        bargains=settled,
        assumed=list_assumed(case),
        missing=as_frame([*table.missing, *without, *unheard, *untold]),
        seed=seed,
        draws=draws,
        **met,
        **decided,
    )
