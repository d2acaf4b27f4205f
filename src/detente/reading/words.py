"""Lists of words, as shipped and as written in the code."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set.

    >>> sorted(word_set("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a shipped table of words."""
    text = files("detente.reading").joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
