"""Looking things up in plain data, however unfinished, and saying what a reference should have named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from detente.cases.terms import ACTOR
from detente.errors import did_you_mean


@dataclass(frozen=True)
class Broken:
    """One reference that leads nowhere: the path to it in the case, the cause, and what to type instead."""

    path: tuple[str | int, ...]
    what: str
    hint: str


def part_of(case: Any, *path: str) -> Mapping[Any, Any]:
    """Return the section at `path`, empty where there is none."""
    for step in path:
        case = case.get(step) if isinstance(case, Mapping) else None
    return case if isinstance(case, Mapping) else {}


def listed(section: Mapping[Any, Any], key: str) -> Iterator[tuple[int, Any]]:
    """Return the places and items of the list under `key`, none where it is no list."""
    found = section.get(key)
    return enumerate(found if isinstance(found, (list, tuple)) else ())


def undeclared(
    path: tuple[str | int, ...], name: Any, options: Iterable[Any], section: str
) -> Iterator[Broken]:
    """Yield a name that is not among `options`, which are declared under `section`."""
    declared = [option for option in options if isinstance(option, str)]
    if not isinstance(name, str) or name in declared:
        return
    listed = (
        f"declared under `{section}`: {', '.join(declared)}" if declared else f"declare it under `{section}`"
    )
    yield Broken(path, f"{name!r} is not declared", f"{did_you_mean(name, declared)} {listed}".strip())


def neither(path: tuple[str | int, ...], name: Any, blocs: Mapping[Any, Any]) -> Iterator[Broken]:
    """Yield a name that is neither an actor's code nor a bloc of the case."""
    if not (isinstance(name, str) and re.match(ACTOR, name)):
        yield from undeclared(path, name, blocs, "blocs")
