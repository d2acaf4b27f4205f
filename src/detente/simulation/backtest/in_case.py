"""The backtest of a case: an origin a year, and the tables that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from detente.errors import SimulationError, raise_all
from detente.evidence.progress import Event, Report, silent
from detente.executors import How, Progress, Result, run
from detente.executors.objects import packed, unpacked
from detente.simulation.backtest.boards import MODEL, Boards, Plan
from detente.simulation.backtest.countdown import Countdown, in_words
from detente.simulation.backtest.covariates import covariate_board
from detente.simulation.backtest.foretelling import Design, Told, foretell
from detente.simulation.backtest.rolling import Backtest, scored
from detente.simulation.backtest.scoreboard import EVENT_BOARD, choose_default, event_board, scoreboard
from detente.simulation.panel.data import Panel
from detente.simulation.panel.in_case import CasePanels
from detente.simulation.panel.layout import Spec

MODELS = {
    MODEL: Spec(covariates=()),
    "panel without pulls": Spec(pull=False, covariates=()),
    "panel with influence": Spec(influence=True, covariates=()),
}
"""The model and what it would be without a part, or with one more; covariates are judged apart."""


def backtest_case(
    panels: CasePanels, plan: Plan | None = None, *, report: Report = silent, how: How | None = None
) -> Boards:
    """Return the tables of a case's backtest; `report` is told of each step and of the time left.

    Readings are estimated anew for every origin, from votes until the end of its year, and kept: a run that
    is interrupted takes them up again. Forecasts are made origin by origin, as `how` says. A member crosses
    when it is read nearer to the rival than to its bloc.

    Raises `SimulationError` for a plan that does not fit the votes.

    >>> backtest_case(panels, Plan(first=2010)).defaults  # panels: `CasePanels` of a case  # doctest: +SKIP
    """
    plan = plan or Plan()
    raise_all(SimulationError, list(plan.problems()))
    report(Event("step", "reading all votes"))
    latest = panels.latest()
    last = latest.years[-1]
    raise_all(SimulationError, list(plan.problems(last)))
    held: dict[int, Panel] = {}
    years = range(plan.calibrate, last)
    clock = Countdown(len(years), report)
    for year in years:
        held[year] = panels.until(year)
        clock.done(f"read votes until {year}")
    sides = _sides(panels, held[plan.calibrate])
    design = Design(models=MODELS, years=plan.horizon, seed=plan.seed, sides=sides)
    told = _foretold(held, design, how or How(), report)
    report(Event("step", "scoring"))
    return boards(scored(held, latest, told, first=plan.first), held, latest, plan)


def _foretold(held: Mapping[int, Panel], design: Design, how: How, report: Report) -> dict[int, Told]:
    """Return what is said at each origin; each is a chunk of work."""
    origins = [Task(panel, design) for panel in held.values()]

    def heard(far: Progress) -> None:
        left = f"; about {in_words(far.seconds_left)} left" if far.done < far.total else ""
        report(Event("step", f"forecast from an origin ({far.done} of {far.total}{left})"))
        if how.report is not None:
            how.report(far)

    told = {}
    made = run(said, origins, replace(how, report=heard))
    for origin, result in zip(origins, made, strict=True):
        told[origin.panel.years[-1]] = unpacked(result, known=origin.known)
    return told


@dataclass(frozen=True, eq=False)
class Task:
    """An origin: what was known at the end of a year, and what is to be said."""

    panel: Panel
    design: Design

    @property
    def known(self) -> dict[str, object]:
        """What need not be sent back."""
        return {"panel": self.panel}


def said(task: Task) -> Result:
    """Return what is said at one origin."""
    return packed(foretell(task.panel, task.design), known=task.known)


def _sides(panels: CasePanels, earliest: Panel) -> tuple[tuple[str, str], ...]:
    """Return each bloc with the rival, where the rival votes."""
    rival = panels.case.rival
    return tuple((bloc, rival) for bloc in earliest.blocs) if rival in earliest.actors else ()


def boards(found: Backtest, panels: Mapping[int, Panel], latest: Panel, plan: Plan) -> Boards:
    """Return the tables of a backtest."""
    scores = scoreboard(found.scores, seed=plan.seed)
    happened = event_board(found.events, seed=plan.seed) if len(found.events) else None
    return Boards(
        scores=scores,
        events=pd.DataFrame(columns=EVENT_BOARD) if happened is None else happened,
        covariates=covariate_board(panels, latest, found.told, first=plan.first, seed=plan.seed),
        defaults=choose_default(scores),
        factors=_factors_now(found, latest),
        plan=plan,
        last=int(found.scores["origin"].max()),
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
