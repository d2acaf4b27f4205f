"""The commands on coded events: fetch GDELT's files, say what is in files of events, count them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from detente.commands.events_study import study
from detente.commands.showing import DONE, Output, progress, records, say, say_json, table, weight

if TYPE_CHECKING:
    from datetime import date

    from detente.errors import EvidenceError
    from detente.evidence.events import Options
    from detente.evidence.events.accounting import Account
    from detente.evidence.events.pulling import SlicePlan

events = App(name="events", help="Coded events: fetch GDELT's files, audit files of events, count them.")

Files = Annotated[Path, Parameter(help="Files of events, or folders that hold them.")]
SHOWN = 12


@Parameter(name="*")
@dataclass(frozen=True)
class Given:
    """How files of events are read."""

    format: Annotated[
        str | None, Parameter(help="gdelt1, gdelt1-backfile, gdelt2, icews, icews-text or polecat.")
    ] = None
    mapping: Annotated[
        Path | None, Parameter(help="A YAML file that says which column of your own table is what.")
    ] = None
    repeats: Annotated[
        Literal["drop", "keep"], Parameter(help="What becomes of an event that comes again.")
    ] = "drop"
    memory: Annotated[str, Parameter(help="Bound of DuckDB's memory; the rest goes to disk.")] = "1GB"

    def options(self) -> Options:
        """Return the options of the library."""
        from detente.evidence.events import Layout, Options

        layout = Layout.load(self.mapping) if self.mapping else self.format
        return Options(layout=layout, repeats=self.repeats, memory=self.memory)


@Parameter(name="*")
@dataclass(frozen=True)
class Range:
    """Which of GDELT's files are fetched."""

    since: Annotated[str, Parameter(help="First day, as in 2015-02-18.")]
    until: Annotated[str, Parameter(help="Last day.")]
    version: Annotated[Literal[1, 2], Parameter(help="Of GDELT: 1 daily, 2 every 15 minutes.")] = 1
    base: Annotated[str | None, Parameter(help="Address of a copy of GDELT's files.")] = None


@events.command
def pull(
    *,
    asked: Range,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], help="Folder to fetch into.")] = None,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="", help="Fetch without asking.")] = False,
    show: Output = Output(),
) -> int:
    """Fetch GDELT's events by range of dates, after showing how much it is; from `DETENTE_MIRROR` if set."""
    from detente.evidence.events.pulling import BASE, Span, plan_events, pull_events
    from detente.evidence.events.reading import as_day

    span = Span(as_day(asked.since), as_day(asked.until), asked.version)
    with progress(show) as report:
        plan = plan_events(span, folder=out, base=asked.base or BASE, report=report)
    if not show.json:
        _show_plan(plan)
    if plan.wanted and not (yes or _agreed()):
        say("nothing was fetched")
        return DONE
    with progress(show) as report:
        held = pull_events(plan, report=report)
    if show.json:
        say_json({"folder": plan.folder, "files": len(held), "bytes": plan.bytes, "missing": plan.missing})
    else:
        say(f"{len(held):,} files in {plan.folder}; look into them: detente events audit {plan.folder}")
    return DONE


def _show_plan(plan: SlicePlan) -> None:
    have = len(plan.slices) - len(plan.wanted)
    say(f"{len(plan.wanted):,} files to fetch, {weight(plan.bytes)}; {have:,} are held already")
    for day, what in plan.missing[:SHOWN]:
        say(f"  the provider lacks {day}: {what}")
    if len(plan.missing) > SHOWN:
        say(f"  and something of {len(plan.missing) - SHOWN} more days")


def _agreed() -> bool:
    """Ask whether to fetch; where nobody can answer, raise what to type."""
    from detente.errors import EvidenceError, Problem

    if not sys.stdin.isatty():
        raise EvidenceError(Problem("events pull", "asks before it fetches", "type --yes to fetch at once"))
    sys.stdout.write("Fetch them? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


@events.command
def audit(*files: Files, given: Given = Given(), show: Output = Output()) -> int:
    """Say what is in files of events: what did not map, what comes again, which slices are missing."""
    from detente.evidence.events import audit as look

    found = look(files, options=given.options())
    if show.json:
        say_json(
            {
                "read": found.account.read,
                "used": found.account.used,
                "files": records(found.account.files),
                "findings": records(found.findings),
            }
        )
        return DONE
    say(found.say())
    heads = {"file": "file", "layout": "layout", "rows": "rows"}
    table(records(found.account.files.head(SHOWN)), heads, title=f"Files: {len(found.account.files):,}")
    for kind, rows in found.findings.groupby("kind", sort=False):
        shown = records(rows.head(SHOWN))
        table(
            shown,
            {"what": "what", "rows": "rows", "more": ""},
            title=f"{str(kind).capitalize()}: {len(rows):,}",
        )
    return DONE


@Parameter(name="*")
@dataclass(frozen=True)
class Wanted:
    """What is counted, and where."""

    period: Annotated[Literal["day", "week", "month"], Parameter(help="Period.")] = "week"
    since: Annotated[str | None, Parameter(help="First day, as in 2015-02-18.")] = None
    until: Annotated[str | None, Parameter(help="Last day.")] = None
    engine: Annotated[
        str | None, Parameter(help="duckdb, polars, spark, or a URL of Ibis; without it, DuckDB as it is.")
    ] = None
    table: Annotated[
        str | None, Parameter(help="A table of GDELT on that engine, counted where it lies.")
    ] = None


Out = Annotated[Path, Parameter(name=["--out", "-o"], help="The file to write, as CSV or Parquet.")]


@events.command
def count(
    *files: Files,
    out: Out = Path("counts.csv"),
    wanted: Wanted = Wanted(),
    given: Given = Given(),
    show: Output = Output(),
) -> int:
    """Count events by source, target and period, and write the counts as CSV or Parquet."""
    from detente.evidence.events import read_events
    from detente.evidence.events.counting import write_counts
    from detente.evidence.events.reading import as_day

    since = as_day(wanted.since) if wanted.since else None
    until = as_day(wanted.until) if wanted.until else None
    if wanted.table is not None:
        return _count_table(wanted, out, show)
    with read_events(files, options=given.options()) as held:
        counts = held.counts(wanted.period, since=since, until=until, engine=wanted.engine)
        account = held.account
    if counts.empty:
        raise _nothing(account, since, until)
    write_counts(counts, out)
    told = {"file": out, "rows": len(counts), "read": account.read, "used": account.used}
    if show.json:
        say_json({**told, "unresolved": records(account.unresolved), "set_aside": records(account.set_aside)})
        return DONE
    say(f"{account.used:,} of {account.read:,} rows are used; {len(counts):,} rows are in {out}")
    for what, frame in (("names no known actor", account.unresolved), ("set aside", account.set_aside)):
        for row in records(frame.head(SHOWN)):
            say(f"  {what}: {row['label'] or 'nothing'} ({row['rows']:,} rows): {row['reason']}")
    say("more on what was not used: detente events audit")
    return DONE


def _nothing(account: Account, since: date | None, until: date | None) -> EvidenceError:
    """Return the error where there is nothing to count: in the files, or in the days asked for."""
    from detente.errors import EvidenceError, Problem

    what = f"no event between two known actors, of {account.read:,} rows"
    if account.span is None or not (since or until):
        return EvidenceError(Problem("files", what, "detente events audit says what became of them"))
    asked = f"{since or 'the first day'} to {until or 'the last day'}"
    first, last = account.span
    return EvidenceError(Problem(asked, what, f"the files hold events from {first} to {last}"))


def _count_table(wanted: Wanted, out: Path, show: Output) -> int:
    """Count a table of GDELT where it lies."""
    from detente.errors import EvidenceError, Problem
    from detente.evidence.events.counting import FIRST, count_remote, write_counts
    from detente.evidence.events.reading import as_day

    if wanted.engine is None or wanted.table is None:
        raise EvidenceError(Problem("--table", "lies on an engine", "name it: --engine bigquery://PROJECT"))
    since = as_day(wanted.since) if wanted.since else FIRST
    until = as_day(wanted.until) if wanted.until else None
    counts = count_remote(wanted.engine, wanted.table, wanted.period, since=since, until=until)
    write_counts(counts, out)
    told = {"file": out, "rows": len(counts), "events": int(counts["events"].sum())}
    say_json(told) if show.json else say(f"{told['events']:,} events; {len(counts):,} rows are in {out}")
    return DONE


events.command(study)
