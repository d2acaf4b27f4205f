"""Providers' files into the cache, from a mirror or over https: every hash checked, every version kept.

A mirror is a folder laid out as `SOURCE/FILE`, named by `DETENTE_MIRROR` or given. `plan` says what a pull
would do before anything is fetched; `pull` does it, all or nothing, and says what changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from detente import files
from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.database import refresh
from detente.evidence.fetching import fetch
from detente.evidence.ledger import Input, InputFile, Ledger, alone, hashed, keep
from detente.evidence.progress import Event, Report, silent
from detente.evidence.sources import Registry, Source, SourceFile

MAX_BYTES = 4 * 1024**3

How = Literal["mirror", "download"]
Change = Literal["new", "changed", "same"]


@dataclass(frozen=True)
class Planned:
    """One file that a pull would take:

    how and whence, its size where known, and what is kept of it already.
    """

    source: Source
    file: SourceFile
    how: How
    taken_from: str
    bytes: int | None
    kept: InputFile | None


@dataclass(frozen=True)
class Plan:
    """What a pull would do:

    files to take, and the sources that are out of reach, with what to do about them.
    """

    folder: Path
    files: tuple[Planned, ...]
    out_of_reach: tuple[Problem, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that would be taken."""
        return tuple(dict.fromkeys(planned.source for planned in self.files))


@dataclass(frozen=True)
class Pulled:
    """One file that was taken, and whether it differs from the one taken before."""

    source: str
    name: str
    sha256: str
    bytes: int
    taken_from: str
    change: Change


@dataclass(frozen=True)
class Options:
    """`accept_changed` takes files whose hash is not the registry's: another release of the same table."""

    accept_changed: bool = False
    max_bytes: int = MAX_BYTES
    registry: Registry = field(default_factory=Registry.load)


def plan(
    ids: Iterable[str] = (),
    *,
    mirror: Path | None = None,
    folder: Path | None = None,
    options: Options | None = None,
) -> Plan:
    """Return what a pull of these sources would do; without ids, of all that are within reach.

    `mirror` is by default the folder that `DETENTE_MIRROR` names; where there is none, files are downloaded.
    Raises `EvidenceError` for unknown ids, a mirror that holds nothing, and sources named that are out of
    reach.

    >>> plan(["unga_votes"], mirror=Path("mirror")).files  # doctest: +SKIP
    """
    registry = (options or Options()).registry
    named = registry.choose(ids)
    root = _mirror(mirror, registry)
    folder = folder or files.cache_folder()
    ledger = Ledger.load(folder)
    found: list[Planned] = []
    out: list[Problem] = []
    for source in named or registry.pullable:
        planned, problems = _reach(source, root, ledger)
        found += [] if problems else planned
        out += problems
    if named or not found:
        raise_all(EvidenceError, out)
    return Plan(folder, tuple(found), tuple(out))


def _mirror(given: Path | None, registry: Registry) -> Path | None:
    named = os.environ.get("DETENTE_MIRROR")
    root = given or (files.at_home(named) if named else None)
    if root is None:
        return None
    hint = f"a mirror holds a folder for each source, as in {root / 'unga_votes' / 'votes.parquet'}"
    if not root.is_dir():
        raise EvidenceError(Problem(str(root), "is not a folder", hint))
    if not any((root / source.id).is_dir() for source in registry.pullable):
        raise EvidenceError(Problem(str(root), "holds no folder of a known source", hint))
    return root


def _reach(source: Source, root: Path | None, ledger: Ledger) -> tuple[list[Planned], list[Problem]]:
    """Return the files of one source as they can be reached, and what cannot."""
    if not source.files:
        hint = "its rows are shipped with detente: there is nothing to pull"
        return [], [Problem(source.id, "is compiled by hand", hint)]
    before = ledger.find(source.id)
    kept = {file.name: file for file in before.files} if before else {}
    found, problems = [], []
    for file in source.files:
        path = root / source.id / file.name if root else None
        if path is not None and path.is_file():
            found.append(Planned(source, file, "mirror", str(path), path.stat().st_size, kept.get(file.name)))
        elif root is None and file.download:
            found.append(Planned(source, file, "download", file.download, file.bytes, kept.get(file.name)))
        else:
            problems.append(file.name)
    if not problems:
        return found, []
    what = (
        f"{', '.join(problems)} not found in {root / source.id}"
        if root
        else "has no address to download from"
    )
    return [], [Problem(source.id, what, source.how_to_get())]


def pull(
    ids: Iterable[str] = (),
    *,
    mirror: Path | None = None,
    folder: Path | None = None,
    report: Report = silent,
    options: Options | None = None,
) -> tuple[Pulled, ...]:
    """Take the files of these sources into the cache and bring the database in line, all or nothing.

    Raises `EvidenceError` as `plan` does, and where a hash is wrong, a file breaks off, or a reader cannot
    read it.

    >>> pull(["unga_votes"], mirror=Path("mirror"))  # doctest: +SKIP
    """
    chosen = options or Options()
    planned = plan(ids, mirror=mirror, folder=folder, options=chosen)
    with alone(planned.folder, "pull", report):
        taken = [
            _take(planned.folder, source, planned.files, chosen, report)
            for source in _checked(planned, chosen)
        ]
        inputs = [item for item, _ in taken]

        def change(ledger: Ledger) -> Ledger:
            for item in inputs:
                before = ledger.find(item.source)
                ledger = ledger if before and before.key == item.key else ledger.with_input(item)
            return ledger

        refresh(planned.folder, change=change, report=report)
    return tuple(pulled for _, each in taken for pulled in each)


def _checked(planned: Plan, options: Options) -> tuple[Source, ...]:
    """Check the mirror's files before any is taken, and return the sources."""
    problems = [
        _other_hash(one, Path(one.taken_from))
        for one in planned.files
        if one.how == "mirror" and not options.accept_changed and _differs(one.file, Path(one.taken_from))
    ]
    raise_all(EvidenceError, problems)
    return planned.sources


def _differs(file: SourceFile, path: Path) -> bool:
    return file.sha256 is not None and hashed(path) != file.sha256


def _other_hash(one: Planned, path: Path) -> Problem:
    return Problem(
        str(path),
        f"is not the file of {one.source.vintage!r} that the registry knows "
        f"(SHA-256 {hashed(path)[:16]}…, expected {str(one.file.sha256)[:16]}…)",
        "it is damaged, or another release; if you trust it, type: "
        f"detente data pull {one.source.id} --accept-changed",
    )


def _take(
    folder: Path, source: Source, planned: tuple[Planned, ...], options: Options, report: Report
) -> tuple[Input, list[Pulled]]:
    """Take the files of one source, keep them as one version, and say what changed."""
    where: dict[str, Path] = {}
    taken: list[InputFile] = []
    pulled: list[Pulled] = []
    for one in [one for one in planned if one.source == source]:
        report(Event("step", f"{source.id}: {one.file.name}", source.id, total=one.bytes))
        path, etag = (
            (Path(one.taken_from), "") if one.how == "mirror" else _download(folder, one, options, report)
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        file = InputFile(one.file.name, hashed(path), path.stat().st_size, one.taken_from, now, etag)
        where[file.name] = path
        taken.append(file)
        pulled.append(
            Pulled(source.id, file.name, file.sha256, file.bytes, file.taken_from, _change(one.kept, file))
        )
    item = Input(source.id, "pulled", source.reader or "", tuple(taken))
    keep(folder, item, where)
    for path in where.values():
        if path.is_relative_to(folder):
            path.unlink()
    return item, pulled


def _change(kept: InputFile | None, file: InputFile) -> Change:
    if kept is None:
        return "new"
    return "same" if kept.sha256 == file.sha256 else "changed"


def _download(folder: Path, one: Planned, options: Options, report: Report) -> tuple[Path, str]:
    """Download one file; one of the wrong hash is set aside, and nothing else is touched."""
    part = folder / "parts" / one.source.id / f"{one.file.name}.part"
    fetched = fetch(one.taken_from, part, limit=options.max_bytes, report=report, source=one.source.id)
    if _differs(one.file, part) and not options.accept_changed:
        problem = _other_hash(one, part)
        aside = folder / "set-aside" / one.source.id / f"{hashed(part)[:16]}-{Path(one.file.name).name}"
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            part.replace(aside)
        except OSError as error:
            raise files.unwritable(aside, error) from error
        raise EvidenceError(
            Problem(one.taken_from, f"{problem.what}; it was set aside: {aside}", problem.hint)
        )
    return part, fetched.etag
