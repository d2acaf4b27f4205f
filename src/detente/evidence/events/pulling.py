"""GDELT's own files by range of dates: listed with their sizes first, resumed, each checked by its MD5.

Of version 1 there is a file for each year to 2005, each month from 2006 and each day from April 2013; of
version 2 one for each quarter of an hour from 18 February 2015. Files to March 2013 hold events by the day
they happened, later ones by the day they were first reported.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from detente import files
from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.events.auditing import missing_slices
from detente.evidence.fetching import fetch
from detente.evidence.progress import Event, Report, silent

Version = Literal[1, 2]
BASE = "https://data.gdeltproject.org"
FOLDERS: Mapping[Version, str] = {1: "events", 2: "gdeltv2"}
LISTS: Mapping[Version, tuple[str, ...]] = {1: ("filesizes", "md5sums"), 2: ("masterfilelist.txt",)}
LONGEST_LIST = 1 << 30
PATIENCE = 3
"""How many files in a row may fail before a pull gives up."""
_SUM = re.compile(r"[0-9a-fA-F]{32}")
_NAME: Mapping[Version, re.Pattern[str]] = {
    1: re.compile(r"(\d{4}|\d{6})\.zip|(\d{8})\.export\.CSV\.zip"),
    2: re.compile(r"(\d{14})\.export\.CSV\.zip"),
}


@dataclass(frozen=True)
class Slice:
    """One file of GDELT: whence, its size and MD5 where the list gives them, and whether it is held."""

    name: str
    taken_from: str
    bytes: int | None
    md5: str | None
    held: bool = False


@dataclass(frozen=True)
class SlicePlan:
    """What a pull would fetch into `folder`, and the slices that the provider's list lacks."""

    folder: Path
    slices: tuple[Slice, ...]
    missing: tuple[tuple[str, str], ...]

    @property
    def wanted(self) -> tuple[Slice, ...]:
        """The files that are not held yet."""
        return tuple(each for each in self.slices if not each.held)

    @property
    def bytes(self) -> int | None:
        """The size of what is to be fetched; None where the list does not say it of every file."""
        sizes = [each.bytes for each in self.wanted]
        return None if None in sizes else sum(size or 0 for size in sizes)


@dataclass(frozen=True)
class Span:
    """Which files are asked for: by the days they stand for, both included, and the version."""

    since: date
    until: date
    version: Version = 1

    def __post_init__(self) -> None:
        problems = []
        if self.since > self.until:
            problems.append(Problem("--since", f"{self.since} is after {self.until}", "turn the two round"))
        if self.version not in FOLDERS:
            problems.append(Problem("--version", f"there is no version {self.version} of GDELT", "1 or 2"))
        raise_all(EvidenceError, problems)


def plan_events(
    span: Span,
    *,
    folder: Path | None = None,
    mirror: Path | None = None,
    base: str = BASE,
    report: Report = silent,
) -> SlicePlan:
    """Return which files a pull would fetch, from GDELT or from `events/` in a mirror.

    The list of the provider is fetched first; of version 2 it has some 100 MB, and is kept. Raises
    `EvidenceError` where it cannot be had, or holds no file of these days.
    """
    folder = folder or files.cache_folder() / "events" / FOLDERS[span.version]
    root = mirror or _mirror()
    listed = _of_mirror(root, span.version) if root else _of_provider(base, folder, span, report)
    chosen = [each for each in listed if _overlaps(each.name, span)]
    if not chosen:
        what = f"no file of {span.since} to {span.until} is listed"
        raise EvidenceError(
            Problem(str(root or base), what, "version 2 begins on 2015-02-18; try --version 1")
        )
    held = tuple(
        Slice(each.name, each.taken_from, each.bytes, each.md5, _is_held(folder / each.name, each))
        for each in sorted(chosen, key=lambda each: each.name)
    )
    return SlicePlan(folder, held, tuple(missing_slices(each.name for each in held)))


def pull_events(plan: SlicePlan, *, report: Report = silent) -> tuple[Path, ...]:
    """Fetch what is not held yet, and return all files of the plan.

    Raises `EvidenceError` with every file that could not be had or is not what its MD5 says; the others stay,
    and the next pull goes on from there.
    """
    problems: list[Problem] = []
    failed = 0
    for place, each in enumerate(plan.wanted, 1):
        report(Event("step", f"{each.name} ({place} of {len(plan.wanted)})", "events", total=each.bytes))
        try:
            _take(each, plan.folder, report)
            failed = 0
        except EvidenceError as error:
            problems += error.problems
            failed += 1
            if failed == PATIENCE:
                break
    raise_all(EvidenceError, problems)
    return tuple(plan.folder / each.name for each in plan.slices)


def _mirror() -> Path | None:
    named = os.environ.get("DETENTE_MIRROR")
    return files.at_home(named) if named else None


def _of_provider(base: str, folder: Path, span: Span, report: Report) -> Iterator[Slice]:
    """Fetch the provider's lists, unless those that are kept reach beyond the last day, and read them."""
    home = f"{base.rstrip('/')}/{FOLDERS[span.version]}"
    kept = [folder / "lists" / name for name in LISTS[span.version]]
    if not all(path.is_file() for path in kept) or _last_day(kept[-1]) <= span.until:
        for path in kept:
            report(Event("step", f"the list of files, {path.name}", "events"))
            part = path.with_name(f"{path.name}.part")
            fetch(f"{home}/{path.name}", part, limit=LONGEST_LIST, report=report, source="events")
            part.replace(path)
    return _listed(kept, span.version, home)


def _of_mirror(root: Path, version: Version) -> Iterator[Slice]:
    """Read the lists in a mirror, or its files where it has none."""
    folder = root / "events"
    kept = [folder / name for name in LISTS[version]]
    if all(path.is_file() for path in kept):
        yield from (each for each in _listed(kept, version, str(folder)) if Path(each.taken_from).is_file())
        return
    for path in sorted(folder.glob("*.zip")) if folder.is_dir() else ():
        if _NAME[version].fullmatch(path.name):
            yield Slice(path.name, str(path), path.stat().st_size, None)


def _listed(lists: Iterable[Path], version: Version, home: str) -> Iterator[Slice]:
    """Read lists of `size md5 address`, or of `size name` and `md5 name`; GDELT has others beside."""
    sizes: dict[str, int] = {}
    sums: dict[str, str] = {}
    for path in lists:
        with path.open(encoding="utf-8", errors="replace") as handle:
            for line in handle:
                *told, last = line.split() or [""]
                name = last.rpartition("/")[2]
                for word in told if _NAME[version].fullmatch(name) else ():
                    if _SUM.fullmatch(word):
                        sums[name] = word.lower()
                    elif word.isdigit():
                        sizes[name] = int(word)
    for name in sorted({*sizes, *sums}):
        yield Slice(name, f"{home}/{name}", sizes.get(name), sums.get(name))


def _last_day(path: Path) -> date:
    """Return the last day of which a list names a file, from its end."""
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - 4096))
        stamps = re.findall(rb"(\d{4})(\d\d)(\d\d)\d*\.export", handle.read())
    return max((date(*(int(part) for part in stamp)) for stamp in stamps), default=date.min)


def _overlaps(name: str, span: Span) -> bool:
    """Return whether a file stands for any of the days.

    >>> _overlaps("201003.zip", Span(date(2010, 3, 31), date(2010, 4, 2)))
    True
    """
    stamp = name.partition(".")[0]
    year, month, day = int(stamp[:4]), stamp[4:6], stamp[6:8]
    first = date(year, int(month or 1), int(day or 1))
    ends = int(month or 12)
    last = date(year, ends, int(day or monthrange(year, ends)[1]))
    return first <= span.until and last >= span.since


def _is_held(path: Path, each: Slice) -> bool:
    """Return whether a file is there; one of another size or sum than listed is fetched again."""
    if not path.is_file() or (each.bytes is not None and path.stat().st_size != each.bytes):
        return False
    return each.md5 is None or _md5(path) == each.md5


def _md5(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _take(each: Slice, folder: Path, report: Report) -> None:
    """Copy or fetch one file, and put it in place when its sum is right."""
    part = folder / "parts" / f"{each.name}.part"
    if Path(each.taken_from).is_file():
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(each.taken_from, part)
        except OSError as error:
            raise files.unwritable(part, error) from error
    else:
        fetch(each.taken_from, part, limit=each.bytes or LONGEST_LIST, report=report, source="events")
    if each.md5 is not None and _md5(part) != each.md5:
        part.unlink()
        what = f"is not the file that the list names (MD5 {each.md5[:12]}…)"
        raise EvidenceError(Problem(each.taken_from, what, "try again; it may have been changed meanwhile"))
    part.replace(folder / each.name)
