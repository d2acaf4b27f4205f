"""Forecasts that came due against what came of them, beside the naive forecasts sealed with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.backtest.resampling import mean_interval
from detente.simulation.record.forecasts import Forecast, Naive
from detente.simulation.record.outcomes import Outcome, Question
from detente.simulation.record.record import Record, Sealed, sealed_rows
from detente.simulation.record.scores import brier, central, jeffreys, log_score, quantile_crps

SCORES = ("brier", "log", "crps")
QUESTION = ["case", "key", "due"]
FEWEST = 3
"""Questions below which no interval is given."""
SUMMARY = (
    "what", "score", "questions", "forecasts", "mean", "low", "high", "naive", "difference",
    "difference_low", "difference_high", "verdict",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Grades:
    """What forecasts were worth by a day.

    `scores` has a row for each graded forecast: seq, sealed, case, key, question, kind, due, what, days
    ahead, outcome, source, brier and log, or crps, each also of the naive forecast where there is one;
    `inside` one for each central interval. What was not graded is in `pending` (not due yet), `unknown` (due,
    no outcome) and `unasked` (outcomes of questions that nobody forecast).
    """

    on: date
    scores: pd.DataFrame
    inside: pd.DataFrame
    pending: pd.DataFrame
    unknown: pd.DataFrame
    unasked: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return the scores, forecast by forecast."""
        return self.scores

    def summary(self, *, seed: int = 0) -> pd.DataFrame:
        """Return mean scores by what is asked (`about["what"]`), with intervals of 95 per cent, and the
        difference to the naive forecast on the same questions; less is better.

        A question that was forecast several times counts once, by the mean. Intervals come from drawing days
        and questions again; there is none for fewer than three questions.
        """
        rows = []
        for what, part in self.scores.groupby("what", sort=True):
            for score in SCORES:
                held = part.dropna(subset=[score])
                if len(held):
                    rows.append((what, score, *_row(held, score, seed)))
        return pd.DataFrame(rows, columns=list(SUMMARY))

    def calibration(self, *, bins: int = 10) -> pd.DataFrame:
        """Return how often what was given a chance came, for a plot of `share` against `forecast`.

        A row for each bin of chances that is not empty: from, to, questions, forecast (mean chance),
        happened, share, low, high (Jeffreys, 95 per cent). A question counts once in each bin.
        """
        held = self.scores.dropna(subset=["brier"])
        place = np.minimum((held["said"].astype(float) * bins).astype(int), bins - 1)
        questions = held.assign(bin=place).groupby([*QUESTION, "bin"], as_index=False)
        each = questions.agg(said=("said", "mean"), outcome=("outcome", "mean"))
        rows = []
        for spot in sorted(each["bin"].unique().tolist()):
            part = each[each["bin"] == spot]
            came, many = int(part["outcome"].sum()), len(part)
            about = many, part["said"].mean(), came, came / many
            rows.append((spot / bins, (spot + 1) / bins, *about, *jeffreys(came, many)))
        names = ["from", "to", "questions", "forecast", "happened", "share", "low", "high"]
        return pd.DataFrame(rows, columns=names)

    def coverage(self) -> pd.DataFrame:
        """Return how often outcomes lay inside central intervals: level, questions, share, low, high."""
        rows = []
        each = self.inside.groupby(["level", *QUESTION], as_index=False)["inside"].mean()
        for level, part in each.groupby("level"):
            won = float(part["inside"].sum())
            rows.append((level, len(part), won / len(part), *jeffreys(won, len(part))))
        return pd.DataFrame(rows, columns=["level", "questions", "share", "low", "high"])


def grade(record: Record, *, outcomes: Mapping[Question, Outcome], on: date) -> Grades:
    """Return what the forecasts of a record were worth that came due by a day.

    Raises `SimulationError` where the record is broken, and where an outcome is a number and a chance was
    forecast, or the reverse.
    """
    sealed = record.forecasts()
    due = [each for each in sealed if each.forecast.due <= on]
    known = [each for each in due if question_of(each) in outcomes]
    raise_all(SimulationError, _mismatches(known, outcomes))
    rows = [_graded(each, outcomes[question_of(each)]) for each in known]
    told = sealed_rows(known).assign(**{name: [row[name] for row in rows] for name in GRADED})
    asked = {question_of(each) for each in sealed}
    others = [(*key, each.source) for key, each in outcomes.items() if key not in asked]
    return Grades(
        on,
        told.astype({name: float for name in GRADED if name not in ("what", "source", "naive", "days")}),
        _inside(known, outcomes),
        sealed_rows([each for each in sealed if each.forecast.due > on]),
        sealed_rows([each for each in due if question_of(each) not in outcomes]),
        pd.DataFrame(others, columns=["key", "due", "source"]),
    )


def question_of(sealed: Sealed) -> Question:
    """Return the question of a forecast."""
    return sealed.forecast.key, sealed.forecast.due


GRADED = (
    "what", "days", "said", "outcome", "source", *SCORES, "naive", *(f"naive_{score}" for score in SCORES)
)  # fmt: skip


def _mismatches(known: Sequence[Sealed], outcomes: Mapping[Question, Outcome]) -> list[Problem]:
    found = {}
    for each in known:
        outcome = outcomes[question_of(each)]
        if (outcome.happened is None) != (each.forecast.chance is None):
            wanted = "happened" if outcome.happened is None else "value"
            hint = f"give {wanted} in the table of outcomes"
            what = f"was forecast by {each.forecast.kind}, and its outcome is of another kind"
            found[question_of(each)] = Problem(f"{each.forecast.key!r} of {each.forecast.due}", what, hint)
    return list(found.values())


def _graded(sealed: Sealed, outcome: Outcome) -> dict[str, Any]:
    forecast = sealed.forecast
    own = _scored(forecast, outcome)
    naive = {} if forecast.naive is None else _scored(forecast.naive, outcome)
    return {
        "what": forecast.about.get("what", ""),
        "days": (forecast.due - sealed.entry.sealed).days,
        "said": np.nan if forecast.chance is None else forecast.chance,
        "outcome": outcome.value if outcome.happened is None else outcome.happened,
        "source": outcome.source,
        "naive": "" if forecast.naive is None else forecast.naive.name,
        **{name: own.get(name, np.nan) for name in SCORES},
        **{f"naive_{name}": naive.get(name, np.nan) for name in SCORES},
    }


def _scored(said: Forecast | Naive, outcome: Outcome) -> dict[str, float]:
    if said.chance is not None:
        happened = bool(outcome.happened)
        return {
            "brier": brier(said.chance, happened=happened),
            "log": log_score(said.chance, happened=happened),
        }
    assert outcome.value is not None
    return {"crps": quantile_crps(said.quantiles, outcome.value)}


def _inside(known: Sequence[Sealed], outcomes: Mapping[Question, Outcome]) -> pd.DataFrame:
    rows = []
    for each in known:
        value = outcomes[question_of(each)].value
        for level, (low, high) in central(each.forecast.quantiles).items():
            assert value is not None
            key = each.entry.case["name"], each.forecast.key, each.forecast.due
            rows.append((*key, each.entry.seq, level, float(low <= value <= high)))
    return pd.DataFrame(rows, columns=[*QUESTION, "seq", "level", "inside"])


def _row(held: pd.DataFrame, score: str, seed: int) -> tuple[object, ...]:
    """Return questions, forecasts, mean with its interval, and the difference to the naive with its."""
    own = _mean(held, score, seed)
    beside = held.dropna(subset=[f"naive_{score}"])
    questions = len(held.drop_duplicates(QUESTION))
    if beside.empty:
        return questions, len(held), *own, np.nan, np.nan, np.nan, np.nan, "no naive forecast"
    gap = _mean(beside.assign(gap=beside[score] - beside[f"naive_{score}"]), "gap", seed)
    verdict = "better" if gap[2] < 0 else "worse" if gap[1] > 0 else "cannot be told"
    return questions, len(held), *own, _mean(beside, f"naive_{score}", seed)[0], *gap, verdict


def _mean(rows: pd.DataFrame, column: str, seed: int) -> tuple[float, float, float]:
    each = rows.groupby(QUESTION, as_index=False)[column].mean()
    if len(each) < FEWEST:
        return float(each[column].mean()), np.nan, np.nan
    who = each["case"] + "\n" + each["key"]
    return mean_interval(
        pd.DataFrame({"origin": each["due"], "who": who, "value": each[column]}), block=1, seed=seed
    )
