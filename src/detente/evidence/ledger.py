"""Which pulled and imported files the evidence is made of: a small JSON file that outlives the database."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from detente import files
from detente.errors import EvidenceError, Problem
from detente.evidence.progress import Event, Report

Origin = Literal["shipped", "pulled", "imported"]

PATIENCE = 1800.0
"""Seconds to wait for another run that holds the lock."""


@dataclass(frozen=True)
class InputFile:
    """One file that evidence was read from."""

    name: str
    sha256: str
    bytes: int
    taken_from: str = ""
    taken_at: str = ""
    etag: str = ""


@dataclass(frozen=True)
class Input:
    """The files of one source in one version.

    `reader` names a registered reader, or is empty for a mapping.
    """

    source: str
    origin: Origin
    reader: str
    files: tuple[InputFile, ...]

    @property
    def key(self) -> str:
        """Digest of what the files hold: the same for the same bytes under the same names."""
        return digest_of(f"{file.name} {file.sha256}" for file in self.files)

    def folder(self, cache: Path) -> Path:
        """Return the folder that keeps this version."""
        return cache / "files" / self.source / self.key[:16]

    def faults(self, cache: Path) -> list[str]:
        """Return what is wrong with the kept files: gone, or no longer the bytes that were taken."""
        found = []
        for file in self.files:
            path = self.folder(cache) / file.name
            if not path.is_file():
                found.append(f"{path} is gone")
            elif files.sha256(path) != file.sha256:
                found.append(f"{path} was altered")
        return found


@dataclass(frozen=True)
class Ledger:
    """All inputs in use, one for each source and origin.

    >>> Ledger().with_input(Input("macro", "pulled", "macro", ())).sources
    ('macro',)
    """

    inputs: tuple[Input, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources in use."""
        return tuple(item.source for item in self.inputs)

    def find(self, source: str) -> Input | None:
        """Return the input of `source`, if there is one."""
        return next((item for item in self.inputs if item.source == source), None)

    def with_input(self, new: Input) -> Ledger:
        """Return a ledger in which `new` stands for its source."""
        return replace(self, inputs=(*self.without(new.source).inputs, new))

    def without(self, source: str) -> Ledger:
        """Return a ledger without `source`."""
        return replace(self, inputs=tuple(item for item in self.inputs if item.source != source))

    @classmethod
    def load(cls, cache: Path) -> Ledger:
        """Return the ledger of a cache folder; an empty one where nothing was pulled or imported."""
        path = cache / "inputs.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                tuple(
                    Input(
                        item["source"],
                        item["origin"],
                        item["reader"],
                        tuple(InputFile(**file) for file in item["files"]),
                    )
                    for item in found["inputs"]
                )
            )
        except FileNotFoundError:
            return cls()
        except NotADirectoryError as error:
            raise files.unwritable(path, error) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = f"delete {path}, then pull or import again: detente data pull"
            raise EvidenceError(Problem(str(path), f"cannot be read ({error})", hint)) from error

    def save(self, cache: Path) -> None:
        """Write the ledger, whole or not at all."""
        files.write_text(cache / "inputs.json", json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")


def hashed(path: Path) -> str:
    """Return the SHA-256 of a file that a user named. Raises `EvidenceError` where it cannot be read."""
    try:
        return files.sha256(path)
    except OSError as error:
        hint = "check the path and whether you may read it"
        raise EvidenceError(Problem(str(path), f"cannot be read ({error.strerror})", hint)) from error


def digest_of(lines: Iterable[str]) -> str:
    """Return the SHA-256 of a set of lines, whatever their order.

    >>> digest_of(["a", "b"]) == digest_of(["b", "a"])
    True
    """
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


@contextlib.contextmanager
def alone(cache: Path, name: str, report: Report) -> Iterator[None]:
    """Hold the lock `name` of a cache folder; wait for another run that holds it, and say so.

    Raises `EvidenceError` where the folder cannot be written, or the other run does not end.
    """
    path = cache / f"{name}.lock"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            report(Event("step", "waiting for another run of detente that uses the same cache"))
            lock.acquire(timeout=PATIENCE)
    except Timeout as error:
        hint = "wait until it ends, or give this run a cache of its own: DETENTE_CACHE=DIR"
        raise EvidenceError(
            Problem(str(path), "another run of detente has held the cache too long", hint)
        ) from error
    except OSError as error:
        raise files.unwritable(cache, error) from error
    try:
        yield
    finally:
        lock.release()


def keep(cache: Path, item: Input, where: dict[str, Path]) -> Path:
    """Copy the files of `item`, by name from `where`, into the folder of their version, all or none."""
    folder = item.folder(cache)
    if not item.faults(cache):
        return folder
    made: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
        for file in item.files:
            target = made / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(where[file.name], target)
            if files.sha256(target) != file.sha256:
                raise EvidenceError(Problem(str(where[file.name]), "changed while it was read", "try again"))
        made.chmod(0o755)
        if folder.exists():  # an altered copy of this version: the bytes at hand are the right ones
            shutil.rmtree(folder)
        made.replace(folder)
    except OSError as error:
        raise files.unwritable(folder, error) from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
    return folder
