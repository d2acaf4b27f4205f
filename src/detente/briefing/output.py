"""Text of the files of a brief, and how they come to lie in their folder: whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from detente.files import unwritable

FORMULA = ("=", "+", "-", "@", "\t", "\r")
OURS = re.compile(
    r"numbers/[a-z0-9_]+\.csv|brief\.(?:html|pdf|md|json)|charts/[a-z0-9_-]+\.(?:vl\.json|svg|png)"
)
"""Files that a later brief takes away where it does not write them."""


def as_json(content: Mapping[str, Any]) -> str:
    """Return JSON that reads well and is the same for the same content."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV with full precision; a ' goes before text that a spreadsheet would compute.

    >>> as_csv(pd.DataFrame({"name": ["=1+1"], "value": [0.25]}))
    "name,value\\n'=1+1,0.25\\n"
    """
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow([str(column) for column in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_field(value) for value in row])
    return held.getvalue()


def _field(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return repr(value.item()) if hasattr(value, "item") else str(value)


def put(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write all files beside `folder`, then move them in; what an earlier brief alone wrote is taken away.

    Raises `EvidenceError` where the folder cannot be written or the disk is full; an earlier brief stands.
    """
    beside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".part"))
        for name, held in files.items():
            part = beside / name
            part.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(held, bytes):
                part.write_bytes(held)
            else:
                part.write_text(held, encoding="utf-8", newline="\n")
        stale = _written_before(folder / "manifest.json") - set(files)
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).replace(folder / name)
        for name in stale:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _written_before(manifest: Path) -> set[str]:
    """Return the files that an earlier manifest lists; nothing where there is none that can be read."""
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in listed if OURS.fullmatch(name)}
