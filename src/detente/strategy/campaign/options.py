"""What a brief tells of each side's options: tables of portfolios, games, signs, breaks and wedges.

Worked out once for all players of a case, each against the answers that the case names, and kept between
runs, filed under everything that they hang on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.measurement import kept
from detente.notebook import Shown
from detente.simulation.projection.prospects import law_content
from detente.strategy.campaign.columns import FRAMES, framed
from detente.strategy.campaign.sides import asked_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.measures import Measures

Frames = dict[str, pd.DataFrame]
FOLDER = "options"
ABOUT = "about"
DRAWS = 300
"""Futures behind each pair of portfolios in a brief: enough to tell apart what differs by a tenth of a point,
few enough to wait for. `detente advise` draws more."""


def _silent(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Options(Shown):
    """What each side of a case can do, as tidy tables; `columns` says what is in each."""

    players: pd.DataFrame = field(default_factory=partial(framed, "players"))
    """Who plays, against whom, and what came first."""
    levers: pd.DataFrame = field(default_factory=partial(framed, "levers"))
    """What each can do: size, cost, chance of the opposite, reason."""
    wants: pd.DataFrame = field(default_factory=partial(framed, "wants"))
    """What each wants, and how much it counts."""
    portfolios: pd.DataFrame = field(default_factory=partial(framed, "portfolios"))
    """Sets of levers: regret, points, and how often they do worse than nothing."""
    matrix: pd.DataFrame = field(default_factory=partial(framed, "matrix"))
    """Points of both sides, by portfolio and answer."""
    medal: pd.DataFrame = field(default_factory=partial(framed, "medal"))
    """What a portfolio does to each objective, and what it costs."""
    game: pd.DataFrame = field(default_factory=partial(framed, "game"))
    """Equilibria that came up in resampled games."""
    failing: pd.DataFrame = field(default_factory=partial(framed, "failing"))
    """In which futures the leading portfolio fails."""
    drivers: pd.DataFrame = field(default_factory=partial(framed, "drivers"))
    """What its points hang on."""
    turning: pd.DataFrame = field(default_factory=partial(framed, "turning"))
    """How else objectives would have to weigh for another portfolio to lead."""
    signs: pd.DataFrame = field(default_factory=partial(framed, "signs"))
    """Rules of when to switch."""
    breaks: pd.DataFrame = field(default_factory=partial(framed, "breaks"))
    """What counts as broken, and how near that is."""
    routes: pd.DataFrame = field(default_factory=partial(framed, "routes"))
    """The smallest changes that break it."""
    stress: pd.DataFrame = field(default_factory=partial(framed, "stress"))
    """On which of what could be otherwise it hangs."""
    wedges: pd.DataFrame = field(default_factory=partial(framed, "wedges"))
    """Whom the divider could detach, at what price, and what binds."""
    missing: pd.DataFrame = field(default_factory=partial(framed, "missing"))
    """What could not be said: part, what, why, hint."""
    seed: int = 0
    draws: int = 0

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return the regret of each player's portfolios, and whether the leader can be told from others."""
        title = f"Options of {self.players['title'].nunique()} players, over {self.draws:,} futures"
        sure = (
            "low to high, over_low to over_high: 95 % intervals; told_apart: whether the leader does better."
        )
        columns = ["player", "title", "regret", "low", "high", "over", "over_low", "over_high", "told_apart"]
        return title, sure, self.portfolios[columns]

    def tables(self) -> Frames:
        """Return every table by name, and the rest as one row of `about`."""
        rest = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in FRAMES}
        return {**{name: getattr(self, name) for name in FRAMES}, ABOUT: pd.DataFrame([rest])}

    @classmethod
    def of_tables(cls, tables: Mapping[str, pd.DataFrame]) -> Options:
        """Return the options of their tables."""
        rest: dict[str, Any] = {
            str(name): int(value) for name, value in tables[ABOUT].iloc[0].to_dict().items()
        }
        return cls(**{**{name: tables[name] for name in FRAMES}, **rest})


def options(
    case: Case,
    evidence: Evidence,
    measures: Measures,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    report: Callable[[str], None] = _silent,
) -> Options:
    """Return the options of a case's players; worked out anew where anything that they hang on has changed.

    A player that has nothing to choose between is a row of `missing`. Raises `StrategyError` where the case
    has no strategies, `SimulationError` where its futures cannot be drawn.
    """
    from detente.simulation.backtest.shipped import stored_fit

    asked_of(case)
    fit = stored_fit(case, evidence)

    def make() -> Frames:
        from detente.simulation.projection.preparing import Known, prepare
        from detente.strategy.campaign.telling import told

        prepared = prepare(case, Known(evidence, measures, fit), seed=seed)
        found = told(prepared, draws=draws, seed=seed, report=report)
        return Options(**found, seed=seed, draws=draws).tables()

    inputs = kept.Inputs(case, evidence, measures)
    name = inputs.key(FOLDER, ["simulation", "strategy"], law_content(fit), seed, draws)
    return Options.of_tables(kept.remembered(kept.folder_for(evidence, FOLDER), name, make))
