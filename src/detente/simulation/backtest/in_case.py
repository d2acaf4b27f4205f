"""The backtest of a case, and its tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from detente.evidence.progress import Event, Report, silent
from detente.simulation.backtest.covariates import covariate_board
from detente.simulation.backtest.foretelling import MODEL, Design
from detente.simulation.backtest.rolling import Backtest, backtest
from detente.simulation.backtest.scoreboard import choose_default, event_board, scoreboard
from detente.simulation.panel.data import Panel
from detente.simulation.panel.in_case import CasePanels
from detente.simulation.panel.layout import Spec

FIRST, CALIBRATE = 2005, 1998
"""First origin that is scored, and first that later ones are calibrated on."""
MODELS = {
    MODEL: Spec(covariates=()),
    "panel without pulls": Spec(pull=False, covariates=()),
    "panel with influence": Spec(influence=True, covariates=()),
}
"""The model and what it would be without a part, or with one more; covariates are judged apart."""


@dataclass(frozen=True, eq=False)
class Boards:
    """The tables of a backtest: `scores` (BOARD), `events` (EVENT_BOARD), `covariates` (HELP), `defaults`
    (DEFAULTS); `factors` by quantity and horizon, by which intervals made in the last year are stretched;
    `origins` scored, and `source` of what they were scored on.
    """

    scores: pd.DataFrame
    events: pd.DataFrame
    covariates: pd.DataFrame
    defaults: pd.DataFrame
    factors: pd.DataFrame
    origins: tuple[int, ...]
    source: str


@dataclass(frozen=True)
class Plan:
    """Which years are origins, from `calibrate` on, scored from `first` on; and what is compared."""

    first: int = FIRST
    calibrate: int = CALIBRATE
    design: Design = field(default_factory=lambda: Design(models=MODELS))


def backtest_case(panels: CasePanels, plan: Plan, *, report: Report = silent) -> Boards:
    """Return the tables of a case's backtest; `report` is told of each step.

    Readings are estimated anew for every origin, from votes until the end of its year, and kept.
    """
    latest = panels.latest()
    held: dict[int, Panel] = {}
    for year in range(plan.calibrate, latest.years[-1]):
        report(Event("step", f"reading votes until {year}"))
        held[year] = panels.until(year)
    report(Event("step", f"forecasting from {len(held)} origins"))
    found = backtest(held, latest, plan.design, first=plan.first)
    return boards(found, held, latest, plan)


def boards(found: Backtest, panels: dict[int, Panel], latest: Panel, plan: Plan) -> Boards:
    """Return the tables of a backtest."""
    scores = scoreboard(found.scores, seed=plan.design.seed)
    return Boards(
        scores=scores,
        events=event_board(found.events, seed=plan.design.seed),
        covariates=covariate_board(panels, latest, found.told, first=plan.first, seed=plan.design.seed),
        defaults=choose_default(scores),
        factors=_factors_now(found, latest),
        origins=tuple(sorted(set(found.scores["origin"]))),
        source=latest.source,
    )


def _factors_now(found: Backtest, latest: Panel) -> pd.DataFrame:
    """Return by how much forecasts of MODEL made in the last year are to be stretched."""
    rows = [
        (quantity, horizon, latest.years[-1], factor)
        for (model, quantity, horizon), factor in found.factors.items()
        if model == MODEL
    ]
    return pd.DataFrame(rows, columns=["quantity", "horizon", "origin", "factor"])
