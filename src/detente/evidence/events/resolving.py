"""Whom a label of events means: its code, or why it has none."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from detente.evidence.actors import Gazetteer

ABSENT = frozenset({"", "NA", "N/A", "NULL", "None", "nan", "\\N", "---"})
_BRACKETS = re.compile(r"\(([^()]*)\)\s*$")


@cache
def _oddities() -> Mapping[str, tuple[str | None, str]]:
    """Return what is peculiar to the country codes of CAMEO: a code of another's, a region, a city."""
    text = files("detente.evidence.events").joinpath("actors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["label"]: (row["actor"] or None, row["reason"]) for row in rows}


def meaning(label: str | None, own: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the code that a label stands for, or None and why.

    What stands in brackets at the end of a name is the state for which its bearer acts. `own` are labels of
    the user's.

    >>> meaning("Police (Australia)", {}), meaning("ROM", {}), meaning("EUR", {})
    (('AUS', ''), ('ROU', ''), (None, 'a region'))
    >>> meaning("Mahmoud Abbas", {}), meaning("", {})
    ((None, 'a person, group or region, not an actor'), (None, 'no label'))
    """
    if label is None or label.strip() in ABSENT:
        return None, "no label"
    plain = label.strip()
    if plain in own:
        return own[plain], ""
    if plain in _oddities():
        return _oddities()[plain]
    inside = _BRACKETS.search(plain)
    code = _gazetteer().resolve(inside[1] if inside else plain)
    if code is not None:
        return code, ""
    told = "what stands in brackets names no actor" if inside else _gazetteer().reason(plain)
    return None, "a person, group or region, not an actor" if told == "no actor of this name" else told


def others() -> dict[str, str]:
    """Return the codes of CAMEO that stand for an actor of another code.

    >>> others()["ROM"]
    'ROU'
    """
    return {label: code for label, (code, _) in _oddities().items() if code}


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.load()
