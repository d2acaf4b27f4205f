"""The commands on a case: write its brief, measure it, begin a new one, check it, print the schema."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from detente.commands.formats import Forms, asked
from detente.commands.showing import DONE, MENDABLE, Output, progress, records, say, say_json, table
from detente.errors import CaseError, MeasurementError, Problem, SimulationError, raise_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pandas import DataFrame

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


TABLES = {
    "cohesion": (
        "How alike members vote, by bloc, issue and window",
        "bloc issue window value low high roll_calls",
    ),
    "weakest": (
        "Who agrees least with the rest of its bloc (π)",
        "bloc actor window value low high roll_calls",
    ),
    "stance": ("Who stands where on the rival", "actor group value low high measurements"),
    "loadings": ("What the scale rests on", "title loading low high explained information actors"),
    "dependence": ("Dependence, latest year", "title actor year value unit"),
    "missing": ("What could not be measured", "part what why hint"),
}
"""What the terminal shows of the tables; --json and --output give all of them in full."""
POINTS = {
    "ideal_point_notes": ("What the points are, and what they rest on", "what text"),
    "bloc_paths": (
        "Where blocs and actors stand, latest sessions",
        "series year mean low high spread spread_low spread_high members",
    ),
    "distances": ("First side less the second, latest sessions", "title year value low high"),
    "change_points": (
        "When a path shifted",
        "series year before after shift low high probability",
    ),
    "published": ("Against the published series, all years together", "column r spearman n"),
    "ideal_points": ("Actors of the case, latest session", "actor group year mean low high votes"),
}
"""The same of the ideal points, where they alone are asked for."""
CAMPS = {
    "camp_periods": (
        "How far from balance the ties are, latest periods",
        "period actors ties share frustration bound gap proven camps",
    ),
    "camp_members": ("Which camp actors are in, latest period", "actor camp pull pull_share"),
    "realignments": (
        "More changes of camp than is usual",
        "period next moved expected_low expected_high p_value",
    ),
    "detachment": (
        "How firmly members are held, latest period",
        "bloc actor margin low high share null_low null_high p_value proven",
    ),
    "leaving_together": ("Who would save most by leaving together", "bloc a b joint saving proven"),
    "camp_flows": (
        "Who went from which camp to which, latest periods",
        "period next camp next_camp n actors",
    ),
    "holds": ("What holds the least firmly held in most", "bloc actor other contribution"),
    "pair_agreement": ("Pairs shown that agree least", "a b value low high"),
}
"""The same of the camps."""
SHOWN = {
    "cohesion": "measure == 'agreement_index' and window in @windows",
    "weakest": "measure == 'pi' and rank <= 3 and issue == @issue",
    "dependence": "latest",
    "published": "year != year",
    "ideal_points": "group != 'other' and session == session.max()",
    "camp_members": "start == start.max() and actor in @actors",
    "realignments": "moved > expected_high",
    "detachment": "period == period.iloc[-1]",
    "camp_flows": "camp != next_camp",
    "holds": "other == other and contribution >= contribution.quantile(0.98)",
    "pair_agreement": "value <= value.quantile(0.03)",
}
LATEST = {"bloc_paths": "series", "distances": "comparison", "camp_periods": "mark", "camp_flows": "new"}
"""Tables of paths, and what tells one path from another: of each, the last sessions are shown."""
LAST = 5


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
        _show(study, frames, parts or TABLES)
    return DONE


def _show(study: Study, frames: Mapping[str, DataFrame], tables: Mapping[str, tuple[str, str]]) -> None:
    """Show of each table what a reader wants to see first."""
    named = {*study.measure().members["actor"], study.case.ally, study.case.rival}
    known = {
        "windows": ("all", *study.case.windows),
        "issue": next(iter(study.case.issues)),
        "actors": named,
    }
    for name, (title, columns) in tables.items():
        rows = frames[name]
        if name in SHOWN and len(rows):
            rows = rows.query(SHOWN[name], local_dict=known)
        if name in LATEST:
            rows = rows.groupby(LATEST[name], sort=False).tail(LAST)
        spoken = [column for column in ("year", "period", "next") if column in rows]
        rows = rows.assign(**{column: rows[column].astype(str) for column in spoken})
        if len(rows):
            table(records(rows), {key: key.replace("_", " ") for key in columns.split()}, title=title)


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
