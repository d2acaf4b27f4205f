"""The folder in which a run keeps the results of its chunks, so that a killed run is picked up."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente import __version__
from detente.errors import Problem, StrategyError
from detente.files import replacing, write_text
from detente.strategy.executors.digests import digest
from detente.strategy.executors.pools import Result

MANIFEST = "manifest.json"
PREFIX = "result."
"""Before every name in a file, so that no name of a result can be mistaken for one of ours."""


@dataclass(frozen=True)
class Kept:
    """Results of chunks in a folder, each with the digest of its chunk; without a folder, nothing is kept.

    Raises `StrategyError` where the folder holds another run.
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
            raise StrategyError(Problem("function", "has no name of its own by which a folder is told", hint))
        name = digest(__version__, function)
        kept = cls(folder, tuple(digest(name, chunk) for chunk in chunks))
        kept.claim()
        return kept

    def claim(self) -> None:
        """Write what the folder is for, or check that it is for this run."""
        if self.folder is None:
            return
        mine = {"chunks": len(self.digests), "digest": digest(self.digests)}
        manifest = self.folder / MANIFEST
        if not manifest.exists():
            if self.folder.is_dir() and any(self.folder.glob("chunk-*.npz")):
                raise StrategyError(_another(self.folder))
            write_text(manifest, json.dumps(mine, indent=1) + "\n")
            return
        try:
            held = json.loads(manifest.read_text(encoding="utf-8"))
        except ValueError:
            held = None
        if held != mine:
            raise StrategyError(_another(self.folder))

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


def _another(folder: Path) -> Problem:
    hint = "choose another folder, or remove this one to begin anew"
    return Problem(str(folder), "holds a run of something else", hint)
