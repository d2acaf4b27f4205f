"""The commands on a case: write its brief, measure it, begin a new one, check it, print the schema."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from detente.commands.formats import Forms, asked
from detente.commands.measured import CAMPS, POINTS, TABLES, show_tables
from detente.commands.showing import DONE, MENDABLE, Output, progress, records, say, say_json
from detente.errors import CaseError, MeasurementError, Problem, SimulationError, raise_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.evidence import Event
    from detente.study import Study

CaseName = Annotated[str, Parameter(help="A case that ships with detente, or the path of a case file.")]
Folder = Annotated[Path | None, Parameter(name=["--output", "-o"], help="The folder to write into.")]


@Parameter(name="*")
@dataclass(frozen=True)
class Run:
    """How a case is run."""

    output: Folder = None
    seed: Annotated[
        int,
        Parameter(validator=validators.Number(gte=0), help="Seed: the same seed gives the same bytes."),
    ] = 0
    draws: Annotated[
        int,
        Parameter(
            validator=validators.Number(gte=100, lte=100_000), help="Bootstrap draws behind each interval."
        ),
    ] = 1000


Seal = Annotated[
    bool, Parameter(help="Seal what is said of the future in the forecast record, to be graded later.")
]


def brief(
    case: CaseName,
    *,
    run: Run = Run(),
    forms: Forms = "html",
    seal: Seal = True,
    show: Output = Output(),
) -> int:
    """Write the brief of a case: one page that opens without a network, and its numbers beside it."""
    formats = asked(forms)
    with progress(show) as report:
        study = _study(case, run, report)
        written = study.brief(run.output or Path("briefs") / study.case.name, formats=formats)
        if seal:
            seal_forecasts(study)
    if show.json:
        say_json({"page": written.page, "answer": written.answer, "folder": written.folder})
    else:
        for sentence in written.answer:
            say(sentence)
        say()
        say(str(written.page))
    return DONE


OnlyPoints = Annotated[
    bool,
    Parameter(
        name="--ideal-points",
        negative="",
        help="Only the ideal points: where blocs and actors stand by session.",
    ),
]


OnlyCamps = Annotated[
    bool,
    Parameter(
        name="--camps", negative="", help="Only the camps: who stands with whom, and how firmly it is held."
    ),
]


def measure(
    case: CaseName,
    *,
    ideal_points: OnlyPoints = False,
    camps: OnlyCamps = False,
    run: Run = Run(),
    show: Output = Output(),
) -> int:
    """Measure a case, and show the tables or write them as CSV."""
    parts = {**(POINTS if ideal_points else {}), **(CAMPS if camps else {})}
    with progress(show) as report:
        study = _study(case, run, report)
        _check_asked(study, ideal_points=ideal_points, camps=camps)
        measures = study.measure()
    frames = {each.name: getattr(measures, each.name) for each in fields(measures)}
    frames = {name: frame for name, frame in frames.items() if hasattr(frame, "to_csv")}
    if parts:
        frames = {name: frame for name, frame in frames.items() if name in parts}
    if run.output is not None:
        from detente.files import write_text

        for name, frame in frames.items():
            write_text(run.output / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
        written = [str(run.output / f"{name}.csv") for name in frames]
        say_json(written) if show.json else say(str(run.output))
    elif show.json:
        say_json({name: records(frame) for name, frame in frames.items()})
    else:
        show_tables(study, frames, parts or TABLES)
    return DONE


def _check_asked(study: Study, *, ideal_points: bool, camps: bool) -> None:
    """Raise the error of a case that does not ask for what is to be shown alone."""
    side = study.case.ally or "ACTOR"
    wanted = {
        "ideal_points": (ideal_points, "ideal points", f"{{positive: {side}}}"),
        "camps": (camps, "camps", "{layers: {votes: {by: votes}}}"),
    }
    raise_all(
        MeasurementError,
        [
            Problem(study.case.name, f"asks for no {what}", f"add `{key}: {sample}` to the case file")
            for key, (shown, what, sample) in wanted.items()
            if shown and getattr(study.case, key) is None
        ],
    )


@Parameter(name="*")
@dataclass(frozen=True)
class Origin:
    """What a new case begins with."""

    like: Annotated[
        str | None, Parameter(name="--from", help="Begin with this case rather than with the starter.")
    ] = None
    patch: Annotated[
        str | None,
        Parameter(help="Lay a scenario of that case over it, or a patch from the live page, by its path."),
    ] = None


def new(
    name: Annotated[str, Parameter(help="Name of the case.")],
    *,
    origin: Origin = Origin(),
    output: Folder = None,
) -> int:
    """Write a commented starter case, NAME.yaml, that runs as it is; or a copy of another, changed."""
    from detente.cases.reading import load_case
    from detente.cases.starter import write_starter

    if origin.like is not None:
        from detente.cases.writing import write_derived

        written = write_derived(name, load_case(origin.like), origin.patch, folder=output or Path())
    elif origin.patch is not None:
        raise CaseError(Problem("--patch", "changes another case, and none is named", "add --from CASE"))
    else:
        written = write_starter(name, folder=output or Path())
    say(f"{written} is written. Change it, then type: detente check {written}")
    return DONE


def check(case: CaseName, *, show: Output = Output()) -> int:
    """Say what is wrong with a case, or missing for it, and how to mend it, before anything is measured."""
    with progress(show) as report:
        findings = _study(case, Run(), report).check()
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


def seal_forecasts(study: Study) -> None:
    """Seal what is said of the future; a record that cannot be written is a warning, for the page stands."""
    from detente.evidence import Event

    try:
        line = study.seal()
    except SimulationError as error:
        for each in error.problems:
            study.report(Event("warning", f"no forecast was sealed: {each}"))
        return
    if line is not None:
        from detente.simulation.record.record import record_file

        sealed = f"{len(line.forecasts)} forecasts are sealed in line {line.seq} of {record_file()}"
        study.report(Event("step", f"{sealed}, digest {line.digest[:16]}"))


def _study(case: str, run: Run, report: Callable[[Event], None]) -> Study:
    from detente.study import load

    return replace(load(case, seed=run.seed, draws=run.draws), report=report)
