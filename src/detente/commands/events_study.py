"""The command on what changed around occasions: the event study of a case, without the rest of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from detente.commands.showing import DONE, MENDABLE, Output, progress, records, say, say_json, table

if TYPE_CHECKING:
    from detente.measurement.events.in_case import EventTables

HEADS = {
    "title": "between", "events": "events", "covered": "occasions", "value": "change", "range": "90 %",
    "p": "p", "corrected": "corrected", "least": "seen from", "verdict": "verdict",
}  # fmt: skip
SHIFTS = {"title": "between", "since": "from", "before": "before", "after": "after", "p_value": "p"}


def study(
    case: Annotated[str, Parameter(help="A case that ships with detente, or the path of a case file.")],
    *,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Folder for every table, as CSV.")
    ] = None,
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="Seed: the same seed gives the same bytes.")
    ] = 0,
    show: Output = Output(),
) -> int:
    """Say what changed between a case's actors around occasions: thaw, chill, none seen, or cannot tell."""
    from detente.evidence import Event
    from detente.measurement.events.in_case import study_case
    from detente.study import load

    with progress(show) as report:
        asked = load(case, seed=seed)
        found = study_case(
            asked.case, asked.evidence, seed=seed, report=lambda text: report(Event("step", text))
        )
    if output is not None:
        from detente.files import write_text

        for name, frame in found.tables.items():
            write_text(output / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    if show.json:
        tables = {name: records(frame) for name, frame in found.tables.items()}
        say_json({**tables, "missing": [vars(each) for each in found.missing]})
    else:
        _show(found)
        if output is not None and found.tables:
            say(str(output))
    return DONE if found.tables else MENDABLE


def _show(found: EventTables) -> None:
    """Show the verdicts, why something cannot be told, and when the level shifted."""
    if found.tables:
        study, correction = found.tables["event_study"], found.correction
        rows = [
            {
                **row,
                "covered": f"{row['occasions']} of {row['of']}",
                "range": None if row["low"] is None else f"{row['low']:+.2f} to {row['high']:+.2f}",
                "p": row["p_value"],
                "corrected": row[f"p_{correction}"],
                "verdict": f"{row['verdict']}: {row['why']}" if row["why"] else row["verdict"],
            }
            for row in records(study)
        ]
        table(rows, HEADS, title=f"Change in {study['unit'].iloc[0]} around occasions, beyond what is usual")
        shifts = records(found.tables["event_shifts"])
        if shifts:
            shown = [{**row, "since": str(row["period"])[:10]} for row in shifts]
            table(shown, SHIFTS, title="When the level shifted, whatever the occasions")
    for each in found.missing:
        say(f"{each.what}: {each.why}")
        if each.hint:
            say(f"    {each.hint}")
