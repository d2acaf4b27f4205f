"""A short YAML file that a user wrote: read whole, or it is said what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from detente.errors import EvidenceError, Problem

LARGEST = 1_000_000
WRITE = "check that each `key:` is followed by a space, that quotes and brackets close, and that days exist"


def read_yaml(path: Path) -> Any:
    """Return what a YAML file says. Raises `EvidenceError` where it cannot be read, or is no YAML."""
    try:
        with path.open("rb") as handle:
            held = handle.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        what = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise EvidenceError(Problem(str(path), what, "check the path")) from error
    if len(held) > LARGEST:
        raise EvidenceError(Problem(str(path), "is larger than 1 MB", "name the mapping, not the table"))
    try:
        return yaml.safe_load(held.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise EvidenceError(Problem(str(path), f"is not UTF-8 ({error})", "save it as UTF-8")) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a day that is none is a ValueError
        raise EvidenceError(Problem(str(path), f"is not YAML: {error}", WRITE)) from error
