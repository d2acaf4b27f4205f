"""The command on the forecast record: what was forecast, what came, and how good the forecasts were."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from detente.commands.showing import DONE, Output, records, say, say_json, table
from detente.errors import Problem, SimulationError

if TYPE_CHECKING:
    import pandas as pd

    from detente.simulation.record.grading import Grades

SHOWN = 10
"""Forecasts without an outcome that are named; the rest is counted."""


def forecasts(
    *,
    record: Annotated[
        Path | None, Parameter(help="The record; DETENTE_RECORD or your folder for data if left out.")
    ] = None,
    outcomes: Annotated[
        Path | None, Parameter(help="Outcomes as CSV: key, due, happened (yes, no) or value, source.")
    ] = None,
    on: Annotated[
        date | None, Parameter(help="The day up to which forecasts are due; today if left out.")
    ] = None,
    output: Annotated[
        Path | None,
        Parameter(name=["--output", "-o"], help="Folder for every table as CSV, and the calibration plot."),
    ] = None,
    show: Output = Output(),
) -> int:
    """Grade the forecasts that briefs sealed and that have come due, beside naive forecasts.

    The record is checked first: a line that was altered, cut off or taken out is named. Less is better in
    every score; intervals are of 95 per cent.
    """
    from detente.simulation.record.grading import grade
    from detente.simulation.record.outcomes import read_outcomes
    from detente.simulation.record.record import Record, record_file

    file = record or record_file()
    if not file.exists():
        hint = "name the record: --record FILE; a brief with a projection seals its forecasts there"
        raise SimulationError(Problem(str(file), "there is no forecast record yet", hint))
    held, day = Record(file), on or date.today()
    known = {} if outcomes is None else read_outcomes(outcomes)
    grades = grade(held, outcomes=known, on=day)
    if output is not None:
        _write(grades, output)
    if show.json:
        say_json(_answer(grades, file, held.verify()))
        return DONE
    _tell(grades, file)
    return DONE


def _frames(grades: Grades) -> dict[str, pd.DataFrame]:
    return {
        "summary": grades.summary(), "calibration": grades.calibration(), "coverage": grades.coverage(),
        "scores": grades.scores, "pending": grades.pending, "unknown": grades.unknown,
        "unasked": grades.unasked,
    }  # fmt: skip


def _write(grades: Grades, folder: Path) -> None:
    """Write every table, and the calibration plot as a specification in Vega-Lite."""
    from detente.briefing.charts.calibration import calibration
    from detente.files import write_text

    for name, frame in _frames(grades).items():
        write_text(folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    drawn = json.dumps(calibration(grades.calibration()), indent=1, ensure_ascii=False)
    write_text(folder / "calibration.vl.json", drawn + "\n")


def _answer(grades: Grades, file: Path, digest: str) -> dict[str, Any]:
    told = {
        name: records(frame.astype({c: str for c in ("sealed", "due") if c in frame}))
        for name, frame in _frames(grades).items()
    }
    return {"record": str(file), "digest": digest, "on": grades.on.isoformat(), **told}


def _tell(grades: Grades, file: Path) -> None:
    rows = [
        {
            "what": row["what"] or "–",
            "score": row["score"],
            "questions": row["questions"],
            "mean": _range(row["mean"], row["low"], row["high"]),
            "naive": row["naive"],
            "gap": _range(row["difference"], row["difference_low"], row["difference_high"]),
            "verdict": row["verdict"],
        }
        for row in records(grades.summary())
    ]
    heads = {
        "what": "of", "score": "score", "questions": "questions", "mean": "mean", "naive": "naive",
        "gap": "than naive", "verdict": "verdict",
    }  # fmt: skip
    say(f"{file}: unbroken; up to {grades.on}")
    if rows:
        table(rows, heads, title=f"{len(grades.scores)} forecasts graded")
    _tell_shares(grades)
    say(f"not due yet: {len(grades.pending)}")
    _tell_rest(grades)


def _tell_shares(grades: Grades) -> None:
    for row in records(grades.coverage()):
        share = _range(row["share"], row["low"], row["high"])
        say(f"{row['level']:.0%} intervals held {share} of {row['questions']} outcomes")
    rows = [
        {
            "chance": f"{row['from']:.0%} to {row['to']:.0%}",
            "questions": row["questions"],
            "forecast": row["forecast"],
            "came": _range(row["share"], row["low"], row["high"]),
        }
        for row in records(grades.calibration())
    ]
    if rows:
        heads = {"chance": "chance", "questions": "questions", "forecast": "forecast", "came": "came"}
        table(rows, heads, title="What was given a chance, and how often it came")


def _tell_rest(grades: Grades) -> None:
    for name, frame in (("due, without an outcome", grades.unknown), ("never forecast", grades.unasked)):
        names = list(dict.fromkeys(f"{row['key']} ({row['due']})" for row in frame.to_dict("records")))
        say(f"{name}: {len(names)}")
        for each in names[:SHOWN]:
            say(f"  {each}")
        if len(names) > SHOWN:
            say(f"  and {len(names) - SHOWN} more; --json names all")


def _range(middle: float | None, low: float | None, high: float | None) -> str:
    if middle is None:
        return "–"
    ends = "" if low is None or high is None else f" ({low:.3f} to {high:.3f})"
    return f"{middle:.3f}{ends}"
