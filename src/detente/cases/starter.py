"""A first case file for a user to change: it loads and runs as it stands."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from detente.cases.reading import shipped_cases
from detente.errors import CaseError, Problem
from detente.files import write_text

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def write_starter(name: str, *, folder: Path) -> Path:
    """Write a commented starter case to `folder/name.yaml` and return its path.

    Raises `CaseError` where the name cannot be used or the file is there already, and
    `EvidenceError` where the folder cannot be written.
    """
    target = free_file(name, folder=folder)
    template = resources.files("detente.cases").joinpath("starter.yaml").read_text(encoding="utf-8")
    write_text(target, template.replace("{name}", name))
    return target


def free_file(name: str, *, folder: Path) -> Path:
    """Return where a new case of a name goes, `folder/name.yaml`.

    Raises `CaseError` where the name cannot be used or the file is there already.
    """
    if not NAME.fullmatch(name):
        raise CaseError(
            Problem(
                "",
                f"{name!r} is not a name for a case",
                "use letters, digits, - and _, starting with a letter, at most 40: as in 'gulf' (no ending)",
            )
        )
    if name in shipped_cases():
        raise CaseError(
            Problem(
                "", f"{name!r} is a case that ships with detente", f"choose another name, as in 'my_{name}'"
            )
        )
    target = folder / f"{name}.yaml"
    if target.exists() or target.is_symlink():
        raise CaseError(
            Problem(str(target), "is there already", "choose another name, or move that file away")
        )
    return target
