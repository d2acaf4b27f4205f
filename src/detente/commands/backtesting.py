"""The command on the backtest: what forecasts of a case's positions were worth, on years not yet seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from detente.commands.running import Running
from detente.commands.showing import DONE, Output, progress, records, say, say_json, table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from detente.evidence import Event
    from detente.simulation.backtest.boards import Boards, Plan
    from detente.study import Study

QUANTITIES = {
    "position": "Positions of all states",
    "bloc mean": "Means of blocs",
    "bloc spread": "Spread within blocs",
}
LEVELS = (50, 80, 95)


def backtest(
    case: Annotated[str, Parameter(help="A case that ships with detente, or the path of a case file.")],
    *,
    first: Annotated[int, Parameter(help="First year whose forecasts are scored.")] = 2005,
    calibrate: Annotated[int, Parameter(help="First year whose forecasts calibrate later ones.")] = 1998,
    horizon: Annotated[int, Parameter(help="Most years ahead.")] = 5,
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="Seed: the same seed gives the same bytes.")
    ] = 0,
    fresh: Annotated[
        bool, Parameter(negative="", help="Compute again, whatever ships or was kept: minutes.")
    ] = False,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Folder for every table, as CSV.")
    ] = None,
    running: Running = Running(),
    show: Output = Output(),
) -> int:
    """Score forecasts of where states stand, made at the end of past years, against simple rules.

    What ships or was kept is shown at once; other years and other votes are computed, which takes minutes. A
    run that is interrupted takes up again the readings of votes that it had made and, with a folder, the
    forecasts.
    """
    from detente.simulation.backtest.boards import Plan
    from detente.study import load

    plan = Plan(first=first, calibrate=calibrate, horizon=horizon, seed=seed)
    with progress(show) as report:
        found = _boards(load(case), plan, fresh=fresh, running=running, report=report)
    if output is not None:
        found.write(output)
    if show.json:
        say_json({"basis": found.basis, **{name: records(frame) for name, frame in found.tables().items()}})
        return DONE
    _show(found)
    if output is not None:
        say(f"\n{output}")
    return DONE


def _boards(
    study: Study, plan: Plan, *, fresh: bool, running: Running, report: Callable[[Event], None]
) -> Boards:
    from detente.errors import Problem, SimulationError, raise_all
    from detente.measurement.missing import PULL_VOTES
    from detente.simulation.backtest import shipped
    from detente.simulation.panel.vintages import Question

    Question.of(study.case)
    raise_all(SimulationError, list(plan.problems()))
    how = replace(running.how(report, "origins"), report=None)
    if not fresh and (held := shipped.boards_of(study.case, study.evidence, plan)):
        return held
    if not shipped.votes_at_hand(study.evidence):
        what = "the evidence has no roll calls, and what ships is of other years, blocs or settings"
        raise SimulationError(Problem("backtest", what, PULL_VOTES))
    from detente.simulation.backtest.in_case import backtest_case
    from detente.simulation.panel.in_case import CasePanels

    made = backtest_case(CasePanels(study.case, study.evidence), plan, report=report, how=how)
    return shipped.keep(made, study.case, study.evidence)


def _show(found: Boards) -> None:
    for quantity, title in QUANTITIES.items():
        _show_quantity(found, quantity, title)
    _show_rules(found.scores[found.scores["quantity"] == "position"])
    _show_events(found.events)
    _show_covariates(found.covariates)
    plan = found.plan
    say(f"Less is better. Forecasts of {plan.first} to {found.last}, scored on {found.source}.")
    say(f"Intervals are stretched by what forecasts of {plan.calibrate} and later had needed by then.")
    say(f"These figures: {found.basis}.")


def _show_quantity(found: Boards, quantity: str, title: str) -> None:
    from detente.simulation.backtest.boards import MODEL, YARDSTICK

    held = found.scores[found.scores["quantity"] == quantity].set_index("model")
    defaults = found.defaults[found.defaults["quantity"] == quantity].set_index("horizon")
    rows = []
    for horizon in sorted(defaults.index):
        here: Any = held[held["horizon"] == horizon]
        one, walk = here.loc[MODEL], here.loc[YARDSTICK]
        rows.append(
            {
                "years": int(horizon), "crps": f"{one['crps']:.4f}", "walk": f"{walk['crps']:.4f}",
                "less": _between(one, "crps_less", "less_low", "less_high"), "verdict": one["verdict"],
                "log": f"{one['log_less']:+.3f}", "cover": _covered(one), "walk_cover": _covered(walk),
                "default": defaults.loc[horizon, "default"],
            }
        )  # fmt: skip
    heads = {
        "years": "years", "crps": "CRPS of the panel", "walk": "random walk", "less": "difference (95 %)",
        "verdict": "verdict", "log": "log score, difference", "cover": "50/80/95 % cover",
        "walk_cover": "the walk's", "default": "default",
    }  # fmt: skip
    if rows:
        table(rows, heads, title=title)


def _between(row: Any, middle: str, low: str, high: str) -> str:
    return f"{row[middle]:+.4f} ({row[low]:+.4f} to {row[high]:+.4f})"


def _covered(row: Any) -> str:
    return "/".join(f"{100 * row[f'cover{level}']:.0f}" for level in LEVELS)


def _show_rules(scores: pd.DataFrame) -> None:
    """Show every model's CRPS less the random walk's, and what can be told of it."""
    from detente.simulation.backtest.boards import YARDSTICK

    horizons = sorted(set(scores["horizon"]))
    rows = [
        {
            "model": model,
            **{str(row["horizon"]): f"{row['crps_less']:+.4f} {row['verdict']}" for row in records(part)},
        }
        for model, part in scores[scores["model"] != YARDSTICK].groupby("model", sort=False)
    ]
    heads = {"model": "model"} | {str(h): f"{h} year{'s' if h > 1 else ''}" for h in horizons}
    table(rows, heads, title="Positions: CRPS less that of the random walk")


def _show_events(events: pd.DataFrame) -> None:
    from detente.simulation.backtest.boards import MODEL, YARDSTICK

    told = events.set_index(["event", "horizon", "model"])
    rows = []
    for event, horizon in dict.fromkeys(zip(events["event"], events["horizon"], strict=True)):
        here: Any = told.loc[(event, horizon)]
        one, walk = here.loc[MODEL], here.loc[YARDSTICK]
        rows.append(
            {
                "event": event, "years": int(horizon), "cases": int(one["forecasts"]),
                "happened": f"{100 * one['happened']:.1f} %", "said": f"{100 * one['chance']:.1f} %",
                "brier": f"{one['brier']:.4f}", "walk": f"{walk['brier']:.4f}", "verdict": one["verdict"],
            }
        )  # fmt: skip
    heads = {
        "event": "event", "years": "years", "cases": "cases", "happened": "happened", "said": "was said",
        "brier": "Brier score", "walk": "random walk", "verdict": "verdict",
    }  # fmt: skip
    if rows:
        table(rows, heads, title="Events")


def _show_covariates(covariates: pd.DataFrame) -> None:
    rows = []
    for (name, change), part in covariates.groupby(["covariate", "change"], sort=False):
        verdicts: dict[str, list[str]] = {}
        for row in records(part):
            verdicts.setdefault(row["verdict"], []).append(str(row["horizon"]))
        whole = len(verdicts) == 1
        told = [word if whole else f"{word} at {', '.join(at)}" for word, at in verdicts.items()]
        one = part.iloc[0]
        effect = f"{one['effect']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
        rows.append({"covariate": name, "change": change, "effect": effect, "told": "; ".join(told)})
    heads = {
        "covariate": "change of", "change": "known", "effect": "moves a state by (90 %)",
        "told": "forecasts with it, at years ahead",
    }  # fmt: skip
    if rows:
        table(rows, heads, title="Would covariates have helped?")
