"""Writes the reference pages that follow from the code: commands, tables, sources, and the keys of a case."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_reference(folder: Path) -> None:
    """Write every generated page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"commands": commands(), "tables": tables(), "sources": sources(), "case": case_keys()}
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([_row(*heads), _row(*("---" for _ in heads)), *(_row(*row) for row in rows)])


def commands() -> str:
    """Return the page on the commands: what each says of itself when asked for help."""
    from detente.commands import app
    from detente.commands.data import data
    from detente.commands.simulation import score

    groups = {"data": data, "score": score}
    paths: list[tuple[str, ...]] = [
        (name,) for name in app if not name.startswith("-") and name not in groups
    ]
    paths += [(group, name) for group, held in groups.items() for name in held if not name.startswith("-")]
    return "\n".join(f"## detente {' '.join(path)}\n\n```text\n{_help(path)}\n```\n" for path in paths)


def _help(path: tuple[str, ...]) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "detente", *path, "--help"],
        env={**os.environ, "COLUMNS": "82", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return told.split("Begin with:")[0].strip()


def tables() -> str:
    """Return the page on the evidence tables, from their schema."""
    from detente.evidence.tables import KEYS, SCHEMA

    parts = []
    for name, columns in SCHEMA.items():
        unique = f"Unique by: {', '.join(f'`{key}`' for key in KEYS[name])}.\n\n" if name in KEYS else ""
        rows = [(f"`{c.name}`", c.type, c.meaning, "may be empty" if c.optional else "") for c in columns]
        parts.append(f"## {name}\n\n{unique}{_table(('column', 'type', 'meaning', ''), rows)}\n")
    return "\n".join(parts)


def sources() -> str:
    """Return the page on the sources, from the registry."""
    from detente.evidence.sources import Registry

    parts = []
    for source in Registry.load().sources:
        basis = (
            "" if source.licence_basis == "stated" else " (general knowledge: check before you redistribute)"
        )
        files = (
            ", ".join(f"`{file.name}`" for file in source.files)
            or "none: compiled by hand, shipped with a citation on each row"
        )
        lines = [
            f"## {source.id}",
            f"**{source.title}.** {source.citation}",
            "",
            f"- Provider: {source.provider}, <{source.url}>",
            f"- Licence: {source.licence}{basis}. {source.terms}",
            f"- Vintage: {source.vintage or 'as cited on each row'}",
            f"- Files: {files}",
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def case_keys() -> str:
    """Return the page on the keys of a case file, from its schema."""
    from itertools import groupby

    from detente.cases.schema_json import field_rows, json_schema

    schema = json_schema()
    about = {"Case": schema, **schema["$defs"]}
    parts = []
    for section, fields in groupby(field_rows(), key=lambda row: row[0]):
        rows = [(f"`{key}`", f"`{default}`" if default else "", text) for _, key, default, text in fields]
        words = about[section].get("description", "")
        parts.append(f"## {section}\n\n{words}\n\n{_table(('key', 'default', 'meaning'), rows)}\n")
    return "\n".join(parts)
