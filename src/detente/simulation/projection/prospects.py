"""What a brief tells of the future: tables of the baseline, its scenarios, and how good forecasts were.

Computed once and kept between runs, filed under everything that they hang on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.measurement import kept
from detente.notebook import Shown
from detente.simulation.projection.frames import FRAMES, framed

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.measures import Measures
    from detente.simulation.panel.stored import StoredFit

Frames = dict[str, pd.DataFrame]
FOLDER = "prospects"
ABOUT = "about"


def _silent(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Prospects(Shown):
    """Where a case is going, as tidy tables; `frames` says what is in each, and how to read its columns."""

    positions: pd.DataFrame = field(default_factory=partial(framed, "positions"))
    """Where each actor stands, by year."""
    blocs: pd.DataFrame = field(default_factory=partial(framed, "blocs"))
    """Means of blocs."""
    cohesion: pd.DataFrame = field(default_factory=partial(framed, "cohesion"))
    """The standard deviation among the members of blocs."""
    exposure: pd.DataFrame = field(default_factory=partial(framed, "exposure"))
    """Levels of what drives positions."""
    decisions: pd.DataFrame = field(default_factory=partial(framed, "decisions"))
    """How often each decision passes."""
    votes: pd.DataFrame = field(default_factory=partial(framed, "votes"))
    """How often each member votes for it."""
    crossings: pd.DataFrame = field(default_factory=partial(framed, "crossings"))
    """How often a member crosses a line."""
    scenarios: pd.DataFrame = field(default_factory=partial(framed, "scenarios"))
    """The scenarios that fit the case."""
    differences: pd.DataFrame = field(default_factory=partial(framed, "differences"))
    """What is otherwise in them."""
    why: pd.DataFrame = field(default_factory=partial(framed, "why"))
    """What changes are made of."""
    events: pd.DataFrame = field(default_factory=partial(framed, "events"))
    """What happens on which day."""
    drivers: pd.DataFrame = field(default_factory=partial(framed, "drivers"))
    """What moves positions."""
    assumed: pd.DataFrame = field(default_factory=partial(framed, "assumed"))
    """Every size that is assumed."""
    scores: pd.DataFrame = field(default_factory=partial(framed, "scores"))
    """The scoreboard of the backtest."""
    scored_events: pd.DataFrame = field(default_factory=partial(framed, "scored_events"))
    """The same for chances of events."""
    scored_covariates: pd.DataFrame = field(default_factory=partial(framed, "scored_covariates"))
    """Which drivers would have helped."""
    defaults: pd.DataFrame = field(default_factory=partial(framed, "defaults"))
    """Panel or random walk, by horizon."""
    missing: pd.DataFrame = field(default_factory=partial(framed, "missing"))
    """What could not be said: part, what, why, hint."""
    digest: str = ""
    """Of the futures of the baseline."""
    law: str = ""
    """What the law of motion was estimated from; empty where there is no estimate."""
    scored_on: str = ""
    """Origins of the backtest, and what it was scored on; empty where there is none."""
    seed: int = 0
    draws: int = 0

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return how far apart the members of blocs will be, and how sure that is."""
        title = f"Prospects: {self.draws:,} futures, {len(self.scenarios)} scenarios"
        sure = "Standard deviation among members: p5 to p95 hold 90 % of futures; the less, the more united."
        return title, sure, self.cohesion

    def tables(self) -> Frames:
        """Return every table by name, and the rest as one row of `about`."""
        held = {name: getattr(self, name) for name in FRAMES}
        rest = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in FRAMES}
        return {**held, ABOUT: pd.DataFrame([rest])}

    @classmethod
    def of_tables(cls, tables: Mapping[str, pd.DataFrame]) -> Prospects:
        """Return the prospects of their tables."""
        about = tables[ABOUT].to_dict("records")[0]
        rest: dict[str, Any] = {
            str(name): int(value) if name in ("seed", "draws") else str(value)
            for name, value in about.items()
        }
        return cls(**{**{name: tables[name] for name in FRAMES}, **rest})


def prospects(
    case: Case,
    evidence: Evidence,
    measures: Measures,
    *,
    seed: int = 0,
    draws: int = 1000,
    report: Callable[[str], None] = _silent,
) -> Prospects:
    """Return the prospects of a case; they are drawn anew where anything that they hang on has changed.

    A scenario that does not fit is a row of `missing`. Raises `SimulationError` where the baseline itself
    cannot be drawn, or the case asks for no projection.
    """
    from detente.simulation.backtest.shipped import boards_of, stored_fit

    fit, boards = stored_fit(case, evidence), boards_of(case, evidence)
    scored = [kept.content(boards.tables()), asdict(boards.plan)] if boards is not None else None
    inputs = kept.Inputs(case, evidence, measures)
    name = inputs.key(FOLDER, ["simulation"], law_content(fit), scored, seed, draws)

    def make() -> Frames:
        from detente.simulation.projection.foreseeing import foresee
        from detente.simulation.projection.preparing import Known

        report("drawing futures of the case and of its scenarios")
        return foresee(case, Known(evidence, measures, fit), boards=boards, seed=seed, draws=draws).tables()

    return Prospects.of_tables(kept.remembered(kept.folder_for(evidence, FOLDER), name, make))


def law_content(fit: StoredFit | None) -> object:
    """Return what tells the law that futures follow from others: its tables, and what was found of it."""
    if fit is None:
        return None
    return [kept.content(fit.tables()), sorted(fit.walks.items()), sorted(fit.stretches.items())]
