"""Counts of a run, and the folder in which they are kept part by part, so that a run can be picked up."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError
from detente.files import replacing, write_text

Ints = NDArray[np.int64]
FORM = 1
"""Raised when the same inputs come to other numbers, or files are written otherwise."""
MANIFEST = "manifest.json"


@dataclass(frozen=True, eq=False)
class Tally:
    """Whole numbers: counts in bins (rows, bins), sums (rows, 3), true flags (kinds, rows)."""

    counts: NDArray[np.uint32]
    sums: Ints
    flags: Ints

    @classmethod
    def empty(cls, rows: int, bins: int, flags: tuple[int, int]) -> Tally:
        """Return a tally of nothing."""
        return cls(
            np.zeros((rows, bins), dtype=np.uint32),
            np.zeros((rows, 3), dtype=np.int64),
            np.zeros(flags, dtype=np.int64),
        )

    def add(self, other: Tally) -> None:
        """Add what another has counted."""
        np.add(self.counts, other.counts, out=self.counts)
        np.add(self.sums, other.sums, out=self.sums)
        np.add(self.flags, other.flags, out=self.flags)


@dataclass(frozen=True)
class Parts:
    """A folder for the parts of one run, told from others by a digest; without a folder, nothing is kept.

    Raises `SimulationError` where the folder holds another run.
    """

    folder: Path | None
    digest: str
    draws: int

    def __post_init__(self) -> None:
        if self.folder is None:
            return
        mine = {"form": FORM, "digest": self.digest, "draws": self.draws}
        manifest = self.folder / MANIFEST
        if not manifest.exists():
            write_text(manifest, json.dumps(mine, indent=1) + "\n")
            return
        try:
            held = json.loads(manifest.read_text(encoding="utf-8"))
        except ValueError:
            held = None
        if held != mine:
            hint = "choose another folder, or remove this one to begin anew"
            raise SimulationError(Problem(str(self.folder), "holds a run of something else", hint))

    def load(self, start: int) -> Tally | None:
        """Return the part that begins with a future, or None where it is not there or cannot be read."""
        file = self._file(start)
        if file is None or not file.exists():
            return None
        try:
            with file.open("rb") as handle, np.load(handle) as held:
                return Tally(held["counts"].astype(np.uint32), held["sums"], held["flags"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def has(self, start: int) -> bool:
        """Return whether the part that begins with a future is there."""
        file = self._file(start)
        return file is not None and file.exists()

    def save(self, start: int, tally: Tally) -> None:
        """Write a part, whole or not at all."""
        file = self._file(start)
        if file is None:
            return
        small = tally.counts.max(initial=0) < 2**16
        counts = tally.counts.astype(np.uint16) if small else tally.counts
        with replacing(file) as part, part.open("wb") as handle:
            np.savez(handle, counts=counts, sums=tally.sums, flags=tally.flags)

    def _file(self, start: int) -> Path | None:
        return None if self.folder is None else self.folder / f"part-{start:010d}.npz"
