"""The folder in which a run keeps the results of its chunks, so that a killed run is picked up."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.digests import digest
from detente.errors import ExecutorError, Problem
from detente.executors.calling import Result, stamp
from detente.files import replacing, write_text

MANIFEST = "manifest.json"
PREFIX = "result."
"""Before every name in a file, so that no name of a result can be mistaken for one of ours."""


@dataclass(frozen=True)
class Kept:
    """Results of chunks in a folder, each with the digest of its chunk; without a folder, nothing is kept.

    Raises `ExecutorError` where the folder holds another run.
    """

    folder: Path | None
    digests: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path | None, function: object, chunks: Sequence[object]) -> Kept:
        """Return the folder for what a function makes of chunks; the function counts with its name."""
        if folder is None:
            return cls(None, ())
        if "<" in str(getattr(getattr(function, "func", function), "__qualname__", "")):
            hint = "give a function that stands at the top of a module, or a `partial` of one"
            raise ExecutorError(Problem("function", "has no name of its own by which a folder is told", hint))
        name = digest(stamp(), function)
        kept = cls(folder, tuple(digest(name, chunk) for chunk in chunks))
        kept.claim()
        return kept

    def claim(self) -> None:
        """Write what the folder is for, or check that it is for this run."""
        if self.folder is None:
            return
        mine = {"chunks": len(self.digests), "digest": digest(self.digests), "made with": dict(stamp())}
        manifest = self.folder / MANIFEST
        if not manifest.exists():
            if self.folder.is_dir() and any(self.folder.glob("chunk-*.npz")):
                raise ExecutorError(_another(self.folder, {}))
            write_text(manifest, json.dumps(mine, indent=1) + "\n")
            return
        held = _read(manifest)
        if held != mine:
            raise ExecutorError(_another(self.folder, held))

    def load(self, chunk: int) -> Result | None:
        """Return the result of a chunk, or None where it is not there, cut short or another's."""
        file = self._file(chunk)
        if file is None or not file.exists():
            return None
        try:
            with file.open("rb") as handle, np.load(handle) as held:
                if str(held["digest"]) != self.digests[chunk]:
                    return None
                names = [name for name in held.files if name.startswith(PREFIX)]
                return {name.removeprefix(PREFIX): held[name] for name in names}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def save(self, chunk: int, result: Result) -> None:
        """Write the result of a chunk, whole or not at all."""
        file = self._file(chunk)
        if file is None:
            return
        named = {f"{PREFIX}{name}": values for name, values in result.items()}
        with replacing(file) as part, part.open("wb") as handle:
            np.savez(handle, allow_pickle=False, digest=np.array(self.digests[chunk]), **named)

    def _file(self, chunk: int) -> Path | None:
        return None if self.folder is None else self.folder / f"chunk-{chunk:08d}.npz"


def _read(manifest: Path) -> dict[str, Any]:
    """Return what a folder is for, nothing where that cannot be read."""
    try:
        held = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _another(folder: Path, held: dict[str, Any]) -> Problem:
    """Return what is wrong with a folder: begun with other code or libraries, or of something else."""
    hint = "choose another folder, or remove this one to begin anew"
    made = held.get("made with")
    if isinstance(made, dict) and made != dict(stamp()):
        apart = [f"{name} {made.get(name)}, here {here}" for name, here in stamp() if made.get(name) != here]
        return Problem(str(folder), f"holds a run that was begun with {'; '.join(apart)}", hint)
    return Problem(str(folder), "holds a run of something else", hint)
