"""A saved result, opened: every file is as it was written, or it is said which is not."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import detente
from detente.errors import Problem, ResultError, did_you_mean, raise_all
from detente.files import at_home, sha256
from detente.folders import FORMAT, MANIFEST, seal
from detente.moulds import misfits
from detente.notebook import panel
from detente.tabular import read_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from detente.cases import Case
    from detente.results.replaying import Replayed

SAVE = "a result is saved by result.save(folder)"
ALTERED = "take it from where it came from, or make the result again"


@dataclass(frozen=True, eq=False)
class Opened:
    """A result as it was saved: tables by `frame`, arrays by `data`, and what it was made from by `made`."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What it is: outlook, advice, measures or bargain."""
        return str(self.manifest["kind"])

    @property
    def made(self) -> Mapping[str, Any]:
        """Versions, digests of code, case and evidence, seed, draws, and options."""
        held: Mapping[str, Any] = self.manifest["made"]
        return held

    @property
    def about(self) -> Mapping[str, Any]:
        """What a reader must know besides, such as what intervals mean."""
        held: Mapping[str, Any] = self.manifest["about"]
        return held

    @property
    def version(self) -> str:
        """The version of detente that made it."""
        return str(self.made["versions"]["detente"])

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables."""
        return tuple(self.manifest["tables"])

    @cached_property
    def case(self) -> Case | None:
        """The case, with any scenario laid over it; None where the result rests on none."""
        from detente.cases import load_case

        held = sorted(name for name in self.manifest["files"] if name.startswith("case/"))
        return load_case(self.folder / held[0]) if held else None

    def frame(self, table: str) -> pd.DataFrame:
        """Return one table; raises `ResultError` where there is none of this name."""
        told = self.manifest["tables"].get(table)
        if told is None:
            hint = did_you_mean(table, self.tables) or f"tables are {', '.join(self.tables)}"
            raise ResultError(Problem("table", f"there is no {table!r}", hint))
        with _whole(self.folder / told["file"]):
            return read_table(self.folder / told["file"], columns=told["columns"], index=told["index"])

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        return {name: self.frame(name) for name in self.tables}

    @property
    def data(self) -> xr.Dataset:
        """The arrays of the result; raises `ResultError` where it has none."""
        return self.array("data")

    @property
    def trajectories(self) -> xr.DataArray | None:
        """Positions (future, time, actor, issue) of the first futures, if they were kept."""
        return self.array("trajectories")["trajectories"] if "trajectories" in self.arrays else None

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names of its sets of arrays."""
        return tuple(self.manifest["arrays"])

    def array(self, name: str) -> xr.Dataset:
        """Return one set of arrays; raises `ResultError` where there is none of this name."""
        import numpy as np
        import xarray as xr

        told = self.manifest["arrays"].get(name)
        if told is None:
            known = f"it has {', '.join(self.arrays)}" if self.arrays else "it is all tables: frames()"
            raise ResultError(Problem("arrays", f"there are no {name!r}", known))
        with _whole(self.folder / told["file"]):
            with xr.open_dataset(self.folder / told["file"], engine="scipy") as held:
                data = held.load()
            none = {
                key: (each["dims"], np.empty(each["shape"], dtype=each["dtype"]))
                for key, each in told["empty"].items()
            }
            return data.assign(none)

    def replay(self) -> Replayed:
        """Make it again with the evidence at hand, and say whether it is the same, or what differs.

        Raises as the verb does that makes it.
        """
        from detente.results.replaying import replay

        return replay(self)

    def _repr_html_(self) -> str:
        shown = self.manifest["shown"]
        return panel(f"{self.kind}, saved", str(self.manifest["summary"]), self.frame(shown))

    def __repr__(self) -> str:
        return f"{self.manifest['summary']}\n(saved by detente {self.version}: {', '.join(self.tables)})"


def open_result(folder: str | Path) -> Opened:
    """Return a saved result; `detente.open` is this function.

    Raises `ResultError` naming every file that is missing or was altered, and where a newer version of
    detente is needed to read it.

    >>> import detente, pandas as pd, tempfile
    >>> rows = pd.DataFrame({"actor": ["A", "B"], "issue": "budget", "position": [0, 100], "salience": 50,
    ...                      "capability": [1, 3]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = detente.bargain(rows).save(f"{folder}/budget")
    ...     detente.open(saved).frame("outcome")["outcome"].tolist()
    [0.75]
    """
    folder = at_home(folder)
    manifest = _manifest(folder)
    raise_all(ResultError, list(_altered(folder, manifest)))
    return Opened(folder.absolute(), manifest)


def _manifest(folder: Path) -> Mapping[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        what = (
            "holds no saved result: it has no manifest.json" if folder.is_dir() else "there is no such folder"
        )
        raise ResultError(Problem(str(folder), what, SAVE))
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(Problem(str(path), "cannot be read", ALTERED)) from error
    if not isinstance(held, dict) or not isinstance(held.get("format"), int):
        hint = f"{SAVE}; two briefs are compared by detente diff"
        raise ResultError(Problem(str(path), "is not the manifest of a saved result", hint))
    if held["format"] > FORMAT:
        raise ResultError(_newer(path, held))
    if held.get("seal") != seal(held):
        raise ResultError(Problem(str(path), "was altered after it was written", ALTERED))
    from detente.results.manifest import Manifest

    raise_all(ResultError, misfits(Manifest, held, where=str(path), hint=ALTERED))
    named = [each["file"] for each in (*held["tables"].values(), *held["arrays"].values())]
    lost = [name for name in named if name not in held["files"]]
    raise_all(ResultError, [Problem(str(path), f"does not list the file {name!r}", ALTERED) for name in lost])
    return held


def _newer(path: Path, held: Mapping[str, Any]) -> Problem:
    try:
        by = f"detente {held['made']['versions']['detente']}"
    except (KeyError, TypeError):
        by = "a newer detente"
    what = (
        f"was written by {by}, in form {held['format']}; detente {detente.__version__} reads up to {FORMAT}"
    )
    return Problem(str(path), what, "install that version or a later one: pip install --upgrade detente")


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Say that a file is not what the manifest says of it, where reading it fails."""
    import duckdb

    try:
        yield
    except (duckdb.Error, ValueError, LookupError, TypeError, OSError) as error:
        cause = str(error).strip().splitlines() or [type(error).__name__]
        what = f"is not what the manifest says of it ({cause[0][:200]})"
        raise ResultError(Problem(str(path), what, ALTERED)) from error


def _altered(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for name, digest in manifest["files"].items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            yield Problem(str(path), "lies outside the folder", ALTERED)
        elif not path.is_file():
            yield Problem(str(path), "is missing", ALTERED)
        elif sha256(path) != digest:
            yield Problem(str(path), "was altered after it was written", ALTERED)
