"""Writes the reference pages that follow from the code: tables, sources, and the keys of a case file."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_reference(folder: Path) -> None:
    """Write every generated page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"tables": tables(), "sources": sources(), "case": case_keys()}.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join([_row(*heads), _row(*("---" for _ in heads)), *(_row(*row) for row in rows)])


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
    from detente.evidence.sources import load_registry

    parts = []
    for source in load_registry():
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
    """Return the page on the keys of a case file, from its JSON Schema."""
    from detente.cases.schema_json import json_schema

    schema = json_schema()
    parts = [_keys("A case", schema)]
    parts += [_keys(name, part) for name, part in schema.get("$defs", {}).items() if "properties" in part]
    return "\n".join(parts)


def _keys(title: str, part: dict[str, Any]) -> str:
    required = set(part.get("required", ()))
    rows = [
        (
            f"`{key}`",
            "required" if key in required else _default(field),
            _type(field),
            field.get("description", ""),
        )
        for key, field in part.get("properties", {}).items()
    ]
    table = _table(("key", "default", "type", "meaning"), rows)
    return f"## {title}\n\n{part.get('description', '')}\n\n{table}\n"


def _default(field: dict[str, Any]) -> str:
    return f"`{field['default']}`" if field.get("default") not in (None, [], {}, "") else ""


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    for union in ("anyOf", "oneOf"):
        if union in field:
            return " or ".join(
                dict.fromkeys(_type(option) for option in field[union] if option.get("type") != "null")
            )
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"named {_type(field['additionalProperties'])}"
    return str(field.get("type", "value"))
