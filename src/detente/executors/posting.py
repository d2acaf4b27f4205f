"""Work and results handed over in files, so that a worker that is killed leaves nothing half said in a pipe.

A pipe between processes takes some kilobytes at once. A worker that is killed in the middle of a larger
result leaves half a message behind, and who waits for the other half waits for ever. Names of files go in one
piece.
"""

from __future__ import annotations

import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from joblib.externals.loky.backend import resource_tracker
from joblib.externals.loky.backend.reduction import dumps

from detente.executors.calling import Result, Stamp, call_alike


@dataclass(frozen=True)
class Files:
    """A folder of this machine in which work and results are handed over; the function is written once."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def submit(
        self, executor: Executor, function: Callable[[Any], Result], chunk: object, stamp: Stamp
    ) -> Future[Any]:
        """Hand a chunk to a worker."""
        work, place = self.folder / "function", self.folder / f"{next(self.numbers)}"
        if not work.exists():
            work.write_bytes(dumps(function))
        place.write_bytes(dumps(chunk))
        return executor.submit(call_on_file, str(work), str(place), stamp)

    def fetch(self, told: str) -> Result:
        """Return the result that lies where a worker said."""
        place = Path(told)
        result: Result = pickle.loads(place.read_bytes())
        place.unlink()
        return result


def call_on_file(work: str, place: str, stamp: Stamp) -> str:
    """Put what a function makes of a chunk into the place of the chunk, and return that place."""
    function, held = pickle.loads(Path(work).read_bytes()), Path(place)
    result = call_alike(function, pickle.loads(held.read_bytes()), stamp)
    held.write_bytes(pickle.dumps(result, protocol=5))
    return place


@contextmanager
def handed_over() -> Iterator[Files]:
    """Yield a folder that goes at the end, also where this process is killed."""
    folder = tempfile.mkdtemp(prefix="detente-")
    resource_tracker.register(folder, "folder")
    try:
        yield Files(Path(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        resource_tracker.unregister(folder, "folder")
