"""The commands on a case: write its brief, measure it, begin a new one, check it, print the schema."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from detente.commands.showing import DONE, MENDABLE, Output, progress, records, say, say_json, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.evidence import Event
    from detente.study import Study

CaseName = Annotated[str, Parameter(help="A case that ships with detente, or the path of a case file.")]
Folder = Annotated[Path | None, Parameter(name=["--output", "-o"], help="The folder to write into.")]
Seed = Annotated[
    int,
    Parameter(
        validator=validators.Number(gte=0), help="Seed of the random numbers: the same seed, the same bytes."
    ),
]
Draws = Annotated[
    int,
    Parameter(
        validator=validators.Number(gte=100, lte=100_000), help="Bootstrap draws behind each interval."
    ),
]

TABLES = {
    "cohesion": "How united: each bloc by issue and window",
    "weakest": "Who agrees least with the rest of the bloc",
    "stance": "Who stands where on the rival",
    "loadings": "What each measurement says of the stance",
    "dependence": "Dependence",
    "threat": "Perceptions of threat",
    "missing": "What could not be measured",
}


def brief(
    case: CaseName,
    *,
    output: Folder = None,
    seed: Seed = 0,
    draws: Draws = 1000,
    show: Output = Output(),  # noqa: B008
) -> int:
    """Write the brief of a case: one page that opens without a network, and its numbers beside it."""
    with progress(show) as report:
        study = _study(case, seed, draws, report)
        written = study.brief(output or Path("briefs") / study.case.name)
    if show.json:
        say_json({"page": written.page, "answer": written.answer, "folder": written.folder})
    else:
        for sentence in written.answer:
            say(sentence)
        say()
        say(str(written.page))
    return DONE


def measure(
    case: CaseName,
    *,
    output: Folder = None,
    seed: Seed = 0,
    draws: Draws = 1000,
    show: Output = Output(),  # noqa: B008
) -> int:
    """Measure a case, and show the tables or write them as CSV."""
    with progress(show) as report:
        measures = _study(case, seed, draws, report).measure()
    frames = {each.name: getattr(measures, each.name) for each in fields(measures)}
    frames = {name: frame for name, frame in frames.items() if hasattr(frame, "to_csv")}
    if output is not None:
        from detente.files import write_text

        for name, frame in frames.items():
            write_text(output / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
        say_json(sorted(str(output / f"{name}.csv") for name in frames)) if show.json else say(str(output))
    elif show.json:
        say_json({name: records(frame) for name, frame in frames.items()})
    else:
        for name, title in TABLES.items():
            if len(frames[name]):
                rows = records(frames[name])
                table(rows, {key: key for key in rows[0]}, title=title)
    return DONE


def new(name: Annotated[str, Parameter(help="Name of the case.")], *, output: Folder = None) -> int:
    """Write a commented starter case, NAME.yaml, that runs as it is."""
    from detente.cases.starter import write_starter

    written = write_starter(name, folder=output or Path())
    say(f"{written} is written. Change it, then type: detente check {written}")
    return DONE


def check(case: CaseName, *, show: Output = Output()) -> int:  # noqa: B008
    """Say what is wrong with a case, or missing for it, and how to mend it, before anything is measured."""
    with progress(show) as report:
        findings = _study(case, 0, 1000, report).check()
    if show.json:
        say_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            say(f"{finding.level}: {finding.where}: {finding.what}")
            if finding.hint:
                say(f"    {finding.hint}")
        errors = sum(finding.level == "error" for finding in findings)
        say(f"{errors} to mend" if errors else "can be measured")
    return MENDABLE if any(finding.level == "error" for finding in findings) else DONE


def schema() -> int:
    """Print the JSON Schema of a case file, for an editor that completes and checks as you type."""
    from detente.cases.schema_json import json_schema

    say_json(json_schema())
    return DONE


def _study(case: str, seed: int, draws: int, report: Callable[[Event], None]) -> Study:
    from detente.study import load

    return replace(load(case, seed=seed, draws=draws), report=report)
