"""What pydantic found wrong, said as a user needs it: the key, what is allowed, what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from detente.cases.schema_json import json_schema, node_at
from detente.cases.terms import FIRST_YEAR, LAST_YEAR, RULES
from detente.errors import did_you_mean

Path = tuple[str | int, ...]
Complaint = tuple[Path, str, str]

SYNONYMS = {
    "from": "since",
    "start": "since",
    "begin": "since",
    "to": "until",
    "end": "until",
    "kind": "kinds",
    "kinds": "kind",
    "source": "by",
    "type": "by",
    "name": "title",
    "label": "title",
    "why": "reason",
    "with": "partner",
    "actors": "members",
    "members": "actors",
}
"""Keys that people reach for, and what this schema calls them (where the section has that key)."""

WANTED = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write it without quotes, as in 1990"),
    "float_type": ("a number", "write it without quotes, as in 0.5"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "date_type": ("a date", "write year, month and day, as in 1990-01-31"),
    "dict_type": ("a section of keys", "write `key: value` lines below it, indented"),
    "model_type": ("a section of keys", "write `key: value` lines below it, indented"),
    "model_attributes_type": ("a section of keys", "write `key: value` lines below it, indented"),
    "tuple_type": ("a list", "write it in brackets, as in [a, b], or one `- item` to a line"),
}


def complaints(errors: list[Any], data: Any) -> list[Complaint]:
    """Return (path, what, hint) for each of pydantic's `errors` about `data`.

    A key that is missing because it is misspelt is named once, as misspelt; a list that is too short because
    its items are wrong is named by its items.
    """
    schema = json_schema()
    plain = [error for error in errors if error["type"] != "case_references"]
    found = [(error["type"], _complaint(schema, error, data)) for error in plain]
    misspelt = {
        (*path[:-1], _meant(str(path[-1]), _allowed(schema, path, data)))
        for kind, (path, _, _) in found
        if kind == "extra_forbidden"
    }
    inside = {path[:depth] for _, (path, _, _) in found for depth in range(len(path))}
    return [
        complaint
        for kind, complaint in found
        if not (kind == "missing" and complaint[0] in misspelt)
        and not (kind == "too_short" and complaint[0] in inside)
    ]


def spoken(path: Path) -> str:
    """Return a path as one reads it.

    >>> spoken(("blocs", "Quad", "members", 2, "until"))
    'blocs.Quad.members[2].until'
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _complaint(schema: dict[str, Any], error: Mapping[str, Any], data: Any) -> Complaint:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    path = _path_in(data, error["loc"], missing=kind == "missing")
    name = spoken(path)
    if kind == "missing":
        return path, f"{name} is missing", _how_to_add(node_at(schema, path, data), path)
    if kind == "extra_forbidden":
        return path, *_unknown_key(schema, path, data)
    if kind == "union_tag_not_found":
        return _untagged(schema, path, value, context["discriminator"].strip("'"), data)
    if kind == "union_tag_invalid":
        path = (*path, context["discriminator"].strip("'"))
        return path, *_not_allowed(spoken(path), context["tag"], context["expected_tags"])
    if kind == "literal_error":
        return path, *_not_allowed(name, value, context["expected"])
    if kind == "string_pattern_mismatch":
        what, hint = RULES[context["pattern"]]
        return path, f"{name}: {_said(value)} {what}", hint
    if kind == "case":
        return path, f"{name}: {context['what']}", context["hint"]
    if kind in WANTED:
        return path, *_wrong_type(name, kind, value)
    if kind == "too_short":
        counted = f"at least {context['min_length']}, has {context['actual_length']}"
        return path, f"{name} needs {counted}", "add to it"
    if kind == "too_long":
        return path, f"{name} takes {context['max_length']} at most", "remove the rest"
    return path, f"{name}: {error['msg'][:1].lower()}{error['msg'][1:]}", ""


def _path_in(data: Any, loc: tuple[str | int, ...], *, missing: bool) -> Path:
    """Return pydantic's `loc` as a path in `data`: without the names of types that it mixes in."""
    path: list[str | int] = []
    for place, step in enumerate(loc):
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and step in range(len(data)):
            data = data[int(step)]
        elif not (missing and place == len(loc) - 1):
            continue
        path.append(step)
    return tuple(path)


def _how_to_add(node: Mapping[str, Any], path: Path) -> str:
    if isinstance(path[-1], int):
        return "add the missing item to the list"
    described = str(node.get("description", "")).rstrip(".")
    return f"add `{path[-1]}:` ({described})" if described else f"add `{path[-1]}:`"


def _wrong_type(name: str, kind: str, value: Any) -> tuple[str, str]:
    wanted, hint = WANTED[kind]
    if value is None:
        return (
            f"{name} is empty: it must be {wanted}",
            "write it after the colon; a key that is not needed can go",
        )
    if kind == "date_type" and isinstance(value, int) and FIRST_YEAR <= value <= LAST_YEAR:
        hint = f"write year, month and day, as in {value}-01-01"
    elif kind == "date_type" and isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return f"{name}: {value} is no day of the calendar", "correct the month or the day"
    return f"{name} must be {wanted}, not {_said(value)}", hint


def _allowed(schema: dict[str, Any], path: Path, data: Any) -> list[str]:
    """Return the keys that the section around `path` takes."""
    return list(node_at(schema, path[:-1], data).get("properties", {}))


def _meant(word: str, allowed: list[str]) -> str:
    """Return the allowed key that `word` most probably stands for, or an empty string."""
    synonym = SYNONYMS.get(word.casefold(), "")
    close = difflib.get_close_matches(word.casefold(), allowed, n=1)
    return synonym if synonym in allowed else (close[0] if close else "")


def _unknown_key(schema: dict[str, Any], path: Path, data: Any) -> tuple[str, str]:
    word, allowed = str(path[-1]), _allowed(schema, path, data)
    meant = _meant(word, allowed)
    guess = f"did you mean {meant!r}? " if meant else ""
    around = f"{spoken(path[:-1])}: " if path[:-1] else ""
    return f"{around}unknown key {word!r}", f"{guess}allowed here: {', '.join(allowed)}"


def _not_allowed(name: str, value: Any, expected: str) -> tuple[str, str]:
    options = [each.strip("'") for each in expected.replace(" or ", ", ").split(", ")]
    guess = did_you_mean(value, options) if isinstance(value, str) else ""
    if value in options:
        guess = "write it without quotes."
    return f"{name}: {_said(value)} is not allowed", f"{guess} allowed: {', '.join(options)}".strip()


def _untagged(schema: dict[str, Any], path: Path, value: Any, tag: str, data: Any) -> Complaint:
    if not isinstance(value, dict):
        wanted, hint = WANTED["model_type"]
        return path, f"{spoken(path)} must be {wanted}, not {_said(value)}", hint
    options = node_at(schema, path, data).get("discriminator", {}).get("mapping", {})
    here = (*path, tag)
    return here, f"{spoken(here)} is missing", f"add `{tag}:` one of {', '.join(options)}"


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a section"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    shown = str(value) if isinstance(value, date) else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:56]} ..."
