"""The commands on evidence: list sources, fetch them, add your own, and say what became of the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from detente.commands.showing import DONE, Output, progress, records, say, say_json, table, weight

data = App(
    name="data", help="The evidence: list sources, pull them, import your own tables, see what is held."
)


@data.command(name="list")
def list_sources(*, show: Output = Output()) -> int:
    """List every source: provider, licence, size, and whether you hold it."""
    from detente.evidence import list_sources

    with progress(show) as report:
        found = records(list_sources(report=report))
    if show.json:
        say_json(found)
        return DONE
    for row in found:
        row["size"] = weight(row["bytes"]) if row["files"] else "shipped"
        row["licence"] += "" if row["licence_basis"] == "stated" else " (K)"
    heads = {
        "id": "source",
        "state": "state",
        "rows": "rows",
        "size": "size",
        "licence": "licence",
        "title": "title",
    }
    table(found, heads)
    say("(K) from general knowledge: check with the provider before you redistribute")
    return DONE


@data.command
def pull(
    *sources: Annotated[str, Parameter(help="Ids of sources; without any, all that are within reach.")],
    mirror: Annotated[Path | None, Parameter(help="Read from this folder instead of the network.")] = None,
    accept_changed: Annotated[
        bool, Parameter(negative="", help="Take files of another hash than registered.")
    ] = False,
    dry_run: Annotated[bool, Parameter(negative="", help="Show sizes and licences, fetch nothing.")] = False,
    show: Output = Output(),
) -> int:
    """Fetch providers' files, after showing size and licence; from the folder `DETENTE_MIRROR` if set."""
    from detente.evidence import Options, plan
    from detente.evidence import pull as take

    options = Options(accept_changed=accept_changed)
    planned = plan(sources, mirror=mirror, options=options)
    if not show.json:
        for source in planned.sources:
            sizes = [one.bytes for one in planned.files if one.source == source]
            total = sum(size for size in sizes if size) if all(sizes) else None
            say(f"{source.id}: {source.title}; {weight(total)}; {source.licence} ({source.licence_basis})")
        for problem in planned.out_of_reach:
            say(f"not within reach: {problem}")
    if dry_run:
        return DONE
    with progress(show) as report:
        taken = take(sources, mirror=mirror, report=report, options=options)
    if show.json:
        say_json([vars(file) for file in taken])
    else:
        for file in taken:
            say(f"{file.change}: {file.source}/{file.name} ({weight(file.bytes)}, sha256 {file.sha256[:12]})")
    return DONE


@data.command(name="import")
def import_table(
    file: Annotated[Path, Parameter(help="A CSV or Parquet file.")],
    *,
    mapping: Annotated[Path | None, Parameter(help="A YAML file that says which column is what.")] = None,
    as_source: Annotated[
        str | None, Parameter(name="--as", help="Take it as the file of this registered source.")
    ] = None,
    show: Output = Output(),
) -> int:
    """Add a table of your own by a short mapping, or a provider's file that you fetched by hand."""
    from detente.errors import EvidenceError, Problem
    from detente.evidence import import_as, import_file

    if (mapping is None) == (as_source is None):
        hint = "type --mapping MAPPING.yaml for a table of your own, or --as SOURCE for a provider's file"
        raise EvidenceError(Problem(str(file), "it is not said what this file holds", hint))
    with progress(show) as report:
        if as_source is not None:
            account = import_as(file, as_source, report=report)
        elif mapping is not None:
            account = import_file(file, mapping, report=report)
    if show.json:
        say_json(
            {
                **vars(account),
                "unresolved": records(account.unresolved),
                "set_aside": records(account.set_aside),
            }
        )
        return DONE
    of = (
        f" of {account.read:,}" if mapping is not None else ""
    )  # one row of a provider's may fill several tables
    say(f"{account.source}: {account.used:,}{of} rows are in use")
    for what, frame in (("names no known actor", account.unresolved), ("set aside", account.set_aside)):
        for row in records(frame):
            say(f"  {what}: {row['label']} ({row['rows']} rows): {row['reason']}")
    return DONE


@data.command
def forget(source: Annotated[str, Parameter(help="Id of the source.")], *, show: Output = Output()) -> int:
    """Take a pulled or imported source out of use; what it had displaced comes back."""
    from detente.evidence import forget as leave

    with progress(show) as report:
        leave(source, report=report)
    say(f"{source} is no longer in use")
    return DONE


@data.command
def status(*, show: Output = Output()) -> int:
    """Say what the evidence holds, from which files, and what could not be used."""
    from detente.evidence import status as ask

    with progress(show) as report:
        held = ask(report=report)
    if show.json:
        frames = {
            name: records(getattr(held, name)) for name in ("tables", "inputs", "unresolved", "set_aside")
        }
        say_json(
            {"path": held.path, "bytes": held.bytes, "digest": held.digest, "made_at": held.made_at, **frames}
        )
        return DONE
    say(f"{held.path} ({weight(held.bytes)}; files kept: {weight(held.kept_bytes)})")
    say(f"digest {held.digest}")
    table(records(held.tables), {"table": "table", "source": "source", "origin": "origin", "rows": "rows"})
    for name, title in (
        ("unresolved", "Names that are no known actor"),
        ("set_aside", "Rows that were set aside"),
    ):
        frame = getattr(held, name).sort_values("rows", ascending=False)
        heads = {"source": "source", "label": "label", "rows": "rows", "reason": "reason"}
        if len(frame):
            table(records(frame.head(20)), heads, title=f"{title}: {len(frame):,}")
            if len(frame) > 20:
                say(f"... and {len(frame) - 20:,} more: detente data status --json")
    return DONE


@data.command
def rebuild(*, show: Output = Output()) -> int:
    """Build the database anew from the shipped facts and the files you hold."""
    from detente.evidence import rebuild as again

    with progress(show) as report, again(report=report) as evidence:
        say(f"{evidence.path} is built anew")
    return DONE
