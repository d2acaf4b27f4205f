"""The command on futures: where a case is going, under scenarios of it, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from detente.commands.cases import CaseName, Folder, seal_forecasts
from detente.commands.running import Running
from detente.commands.showing import DONE, Output, progress, records, say, say_json, table
from detente.errors import CaseError, DetenteError, Problem, SimulationError, did_you_mean, raise_all
from detente.files import check_writable

if TYPE_CHECKING:
    from datetime import date

    from pandas import DataFrame

    from detente.evidence import Event
    from detente.executors import How
    from detente.simulation.backtest.boards import Boards
    from detente.simulation.projection.outlook import Difference, Outlook
    from detente.study import Study

ALL = "all"
LIKELIEST = 8
"""How many crossings the terminal shows."""


@Parameter(name="*")
@dataclass(frozen=True)
class Drawing:
    """What is drawn, how, and whether it is sealed."""

    scenario: Annotated[
        tuple[str, ...],
        Parameter(
            help="A scenario of the case, the path of a file, or all; may be given again.",
            negative="",
            show_default=False,
        ),
    ] = ()
    draws: Annotated[int, Parameter(validator=validators.Number(gte=1), help="How many futures.")] = 1000
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="Seed: the same seed gives the same bytes.")
    ] = 0
    until: Annotated[str | None, Parameter(help="A day (2030-06-30), or a year, to its end.")] = None
    seal: Annotated[
        bool, Parameter(negative="", help="Seal what the case's brief says of the future in the record.")
    ] = False


@dataclass(frozen=True, eq=False)
class _Found:
    """What was drawn: the baseline, by scenario its futures and how they differ, and the scoreboard."""

    base: Outlook
    others: dict[str, tuple[Outlook, Difference]]
    boards: Boards | None


def project(
    case: CaseName,
    *,
    drawing: Drawing = Drawing(),
    running: Running = Running(),
    why: Annotated[str | None, Parameter(help="An actor or bloc whose changes are taken apart.")] = None,
    baseline: Annotated[
        bool, Parameter(negative="", help="Only show the digest that scenarios have to name.")
    ] = False,
    output: Folder = None,
    show: Output = Output(),
) -> int:
    """Draw futures of a case and of its scenarios: cohesion, decisions, who may cross a line, and why."""
    if baseline:
        return _baseline(case, show)
    if output is not None:
        check_writable(output)
    with progress(show) as report:
        study = _study(case, drawing, report)
        found = _drawn(study, drawing, running, report)
        parts = None if why is None else _why(found, why)
        if drawing.seal:
            seal_forecasts(study)
    if output is not None:
        _write(found, output, parts)
    if show.json:
        say_json(_as_json(found, parts))
    elif output is not None:
        say(str(output))
    else:
        _show(found)
        if parts is not None:
            _show_why(parts, str(why), found)
    return DONE


def _baseline(case: str, show: Output) -> int:
    from detente.cases import load_case
    from detente.cases.scenarios import baseline_digest

    digest = baseline_digest(load_case(case))
    say_json({"baseline": digest}) if show.json else say(digest)
    return DONE


def _study(case: str, drawing: Drawing, report: Callable[[Event], None]) -> Study:
    from detente.study import load

    return replace(load(case, seed=drawing.seed), report=report)


def _drawn(study: Study, drawing: Drawing, running: Running, report: Callable[[Event], None]) -> _Found:
    """Return the futures asked for; scenarios that do not fit are named all at once, before any is drawn."""
    from detente.cases.scenarios import patched, scenario_named
    from detente.simulation.backtest.shipped import boards_of

    keys = [each for name in drawing.scenario for each in (study.case.scenarios if name == ALL else [name])]
    keys, until = list(dict.fromkeys(keys)), _until(drawing.until)
    problems = [
        Problem(f"scenario {key!r}", "another that is asked for has the same name", "rename the file")
        for place, key in enumerate(keys)
        if Path(key).stem in {Path(other).stem for other in keys[:place]}
    ]
    for key in keys:
        try:
            patched(study.case, scenario_named(study.case, key), name=key)
        except DetenteError as error:
            problems += error.problems
    raise_all(CaseError, problems)

    def how(part: str) -> How:
        return running.how(report, "futures", part=part)

    asked: dict[str, Any] = {"draws": drawing.draws, "until": until}
    base, others = study.project(**asked, how=how("baseline")), {}
    for key in keys:
        under = study.project(key, **asked, how=how(f"scenario {Path(key).stem}"))
        others[key] = (under, under.against(base, how=how(f"{Path(key).stem} against the baseline")))
    return _Found(base, others, boards_of(study.case, study.evidence))


def _until(text: str | None) -> date | int | None:
    """Return a day, or a year; raises `SimulationError` for anything else."""
    from datetime import date

    if text is None:
        return None
    if text.isdecimal() and len(text) == 4:
        return int(text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        hint = "type a day as 2030-06-30, or a year as 2030"
        raise SimulationError(Problem("--until", f"{text!r} is neither a day nor a year", hint)) from error


def _why(found: _Found, name: str) -> DataFrame:
    """Return the parts of one actor's or bloc's changes, of the baseline or of each scenario against it."""
    names = found.base.prepared.futures.dynamics
    known = (*names.actors, *names.blocs)
    if name not in known:
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        raise SimulationError(Problem("--why", f"nobody is called {name!r}", hint))
    import pandas as pd

    told = [found.base.why().assign(scenario="")]
    told += [under.why(base=found.base).assign(scenario=key) for key, (under, _) in found.others.items()]
    rows = pd.concat(told, ignore_index=True)
    return rows[rows["name"] == name].reset_index(drop=True)


def _as_json(found: _Found, parts: DataFrame | None) -> dict[str, Any]:
    from detente.simulation.projection.rows import SOURCES

    base = found.base
    answer: dict[str, Any] = {
        "draws": base.draws,
        "seed": base.ensemble.seed,
        "digest": base.digest,
        "scores": [] if found.boards is None else records(found.boards.scores),
        "missing": [vars(each) for each in base.prepared.missing],
        "baseline": {name: records(base.frame(name)) for name in SOURCES},
        "scenarios": {
            key: {
                "digest": under.digest,
                "differences": {name: records(apart.frame(name)) for name in SOURCES},
            }
            for key, (under, apart) in found.others.items()
        },
    }
    return answer if parts is None else {**answer, "why": records(parts)}


def _write(found: _Found, folder: Path, parts: DataFrame | None) -> None:
    """Write every table as CSV: the baseline, each scenario, and the differences."""
    from detente.files import write_text
    from detente.simulation.projection.rows import SOURCES

    found.base.write(folder / "baseline")
    for key, (under, apart) in found.others.items():
        own = folder / "scenarios" / Path(key).stem
        under.write(own)
        for name in SOURCES:
            text = apart.frame(name).to_csv(index=False, lineterminator="\n")
            write_text(own / "differences" / f"{name}.csv", text)
    if parts is not None:
        write_text(folder / "why.csv", parts.to_csv(index=False, lineterminator="\n"))


def _show(found: _Found) -> None:
    from detente.commands import projecting_tables as tables

    base = found.base
    say(repr(base))
    heads = {"bloc": "bloc", "item": "item", "now": "now", "end": "at the end", "middle": "90 % of futures"}
    say()
    table(tables.cohesion(base), heads, title="Spread among members (less is closer)")
    heads = {"title": "decision", "begins": "half-year from", "passes": "passes", "interval": "95 %"}
    table(tables.decisions(base), heads, title="Decisions: in how many futures they pass")
    heads = {"actor": "actor", "title": "line", "start": "beyond now", "crossed": "has crossed by the end",
             "interval": "95 %"}  # fmt: skip
    table(tables.crossings(base, LIKELIEST), heads, title="Likeliest to cross a line")
    if found.others:
        heads = {"scenario": "scenario", "what": "what", "before": "baseline", "after": "scenario",
                 "difference": "difference", "interval": "interval", "verdict": ""}  # fmt: skip
        rows = [row for key, (_, apart) in found.others.items() for row in tables.differences(key, apart)]
        table(rows, heads, title="Scenarios less the baseline, at the end")
        say(tables.INTERVALS)
    for line in tables.on_record(found.boards):
        say(line)
    for each in base.prepared.missing:
        say(f"missing: {each.what}: {each.why}")


def _show_why(parts: DataFrame, name: str, found: _Found) -> None:
    from detente.commands import projecting_tables as tables

    heads = {"scenario": "scenario", "issue": "item", "driver": "driver", "part": "part", "interval": "95 %"}
    table(tables.why(parts), heads, title=f"What moves {name}, on average over futures")
