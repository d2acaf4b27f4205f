"""Was the model right so far: forecasts of earlier years beside a random walk, on years they had not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.exhibits import Column, Table
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, given, rows, runs, where
from detente.numbers import Number

if TYPE_CHECKING:
    from detente.simulation.projection.prospects import Prospects

MODEL = "panel"
QUANTITIES = {
    "position": "positions of actors",
    "bloc mean": "means of blocs",
    "bloc spread": "spread within blocs",
}
"""What is forecast, in words; whatever else there is goes by its own name."""
VERDICTS = {
    "better": "better than the random walk",
    "worse": "worse than the random walk",
    "cannot be told": "neither better nor worse than the random walk, as far as can be told",
}
SCORED = "mean over forecasts; interval of 95 per cent by resampling blocks of origins"
BOARD = (
    Column("what", "Forecast of"),
    Column("horizon", "Years ahead", "count"),
    Column("forecasts", "Forecasts", "count"),
    Column("crps", "CRPS", "spread"),
    Column("crps_less", "Less the walk’s", "spread"),
    Column("less_low", "Low", "spread"),
    Column("less_high", "High", "spread"),
    Column("cover50", "Held by 50 %", "share"),
    Column("cover80", "Held by 80 %", "share"),
    Column("cover95", "Held by 95 %", "share"),
    Column("verdict", "Verdict"),
    Column("mark", "Mark"),
)
NOTE = (
    "CRPS: how far forecasts lie from what came, their width counted in; less is better. Where the "
    "difference from the random walk’s is below zero, the model is better; where its interval holds zero, "
    "that cannot be told. Intervals of 80 per cent should hold what came in 80 of 100 cases. The file has "
    "every model."
)


def said_of(prospects: Prospects) -> tuple[Sentence, ...]:
    """Return what is said of the scoreboard: by quantity, where the model beat the random walk."""
    board = where(prospects.scores, model=MODEL)
    if board.empty:
        return ()
    lead = sentence(
        "Was the model right so far? On general alignment it was tried on years that it had not seen, with "
        "forecasts made at the end of ", Label(prospects.scored_on), ". Of the other items nothing of the "
        "kind can be said, for their past is not known.",
    )  # fmt: skip
    told = [lead]
    told += [_compared(str(quantity), held) for quantity, held in board.groupby("quantity", sort=False)]
    return (*told, *_used(prospects))


def _compared(quantity: str, held: pd.DataFrame) -> Sentence:
    """Say at which horizons forecasts of one quantity beat the random walk, and what their intervals held."""
    clauses: list[Part | tuple[Part, ...]] = []
    for verdict, words in VERDICTS.items():
        part = held[held["verdict"] == verdict]
        if len(part):
            one = rows(part.sort_values("horizon", kind="stable"))[0]
            clauses.append((words, " ", _ahead(part), *_less(one, quantity)))
    subject = QUANTITIES.get(quantity, quantity)
    return sentence(
        f"Forecasts of {subject} were ", *listed(clauses), *_held(held["cover80"].dropna(), quantity), "."
    )


def _ahead(part: pd.DataFrame) -> Label:
    """Return how many years ahead, in words.

    >>> _ahead(pd.DataFrame({"horizon": [1]})).text, _ahead(pd.DataFrame({"horizon": [1, 2, 5]})).text
    ('1 year ahead', '1–2, 5 years ahead')
    """
    ahead = runs(part["horizon"].astype(int))
    return Label(f"{ahead} year{'' if ahead == '1' else 's'} ahead")


def _held(covered: pd.Series[float], quantity: str) -> tuple[Part, ...]:
    """Return how many outcomes intervals of 80 per cent held, at the worst and the best horizon."""
    if covered.empty:
        return ()
    what = f"held by intervals of 80 per cent, {quantity}"
    least, most = (
        Number(float(each), "share", "sourced", source="backtest", method=SCORED)
        for each in (covered.min(), covered.max())
    )
    upto: tuple[Part, ...] = () if least.figure() == most.figure() else (" to ", Cited(most, f"most {what}"))
    return (
        ". Intervals of ",
        Label("80 %"),
        " held what came in ",
        Cited(least, f"least {what}"),
        *upto,
        " of cases",
        ": too few at some horizons, where bands are too narrow" if covered.min() < ENOUGH else "",
    )


def _less(row: Row, quantity: str) -> tuple[Part, ...]:
    value, low, high = (given(row.get(name)) for name in ("crps_less", "less_low", "less_high"))
    if value is None or low is None or high is None:
        return ()
    found = Number(value, "spread", "estimated", low, high, method=SCORED)
    ahead = int(row["horizon"])
    what = Cited(found, f"CRPS less the random walk's, {quantity}, {ahead} ahead", "inside")
    return " (CRPS less the walk’s at ", Label(str(ahead)), ": ", what, ")"


def _used(prospects: Prospects) -> tuple[Sentence, ...]:
    """Say whether the projection follows the model or the random walk, as far ahead as it looks."""
    held = where(prospects.defaults, quantity="position")
    if held.empty:
        return ()
    times = prospects.cohesion["time"]
    years = max(round((times.max() - times.min()).days / DAYS), 1)
    within = held[held["horizon"] <= years]
    row = rows((within if len(within) else held).sort_values("horizon", kind="stable"))[-1]
    ahead = _ahead(pd.DataFrame({"horizon": [int(row["horizon"])]}))
    if row["default"] == MODEL:
        return (
            sentence(
                "For positions the projection follows the model, which has the better of it ", ahead, "."
            ),
        )
    return (
        sentence(
            "For positions the projection follows the random walk, without the pull of blocs and without a "
            "trend: ", ahead, " it was at least as well calibrated as the model.",
        ),
    )  # fmt: skip


def board(prospects: Prospects) -> tuple[Table, ...]:
    """Return the scoreboard as a table; nothing where nothing was scored."""
    if prospects.scores.empty:
        return ()
    kept = prospects.scores
    frame = kept.assign(
        what=[QUANTITIES.get(str(each), str(each)) for each in kept["quantity"]], mark="estimated"
    )
    shown = where(frame, model=MODEL)
    return (Table("projection_scores", "Was the model right so far", frame, BOARD, NOTE, display=shown),)


ENOUGH = 0.75
"""Intervals of 80 per cent that hold fewer outcomes than this are called too narrow."""
DAYS = 365.25
