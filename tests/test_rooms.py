"""Data flow one way: no room imports from a later one, and the foundation imports from none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import detente

PACKAGE = Path(detente.__file__).parent
ROOMS = (
    "cases",
    "evidence",
    "reading",
    "measurement",
    "simulation",
    "strategy",
    "results",
    "claims",
    "briefing",
    "webapp",
)
ABOVE = {"__init__", "__main__", "commands", "study"}


def modules() -> Iterator[tuple[str, Path]]:
    """Yield each module with the room it lives in; the foundation's room is its own name."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).with_suffix("").parts[0], path


def imported_rooms(path: Path) -> set[str]:
    """Return the parts of detente that a module imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            names = [
                f"{node.module}.{alias.name}" if node.module == "detente" else str(node.module)
                for alias in node.names
            ]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("detente.")}
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_exists_and_says_what_it_is_for(room: str) -> None:
    source = (PACKAGE / room / "__init__.py").read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)), f"{room}/__init__.py has no docstring"


def test_no_room_imports_from_a_later_one() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {later}"
        for room, path in modules()
        if room in ROOMS
        for later in imported_rooms(path)
        if later in ROOMS[ROOMS.index(room) + 1 :] or later in ABOVE
    ]
    assert wrong == []


def test_the_foundation_imports_no_room() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for room, path in modules()
        if room not in ROOMS and room not in ABOVE
        for name in imported_rooms(path)
        if name in ROOMS or name in ABOVE
    ]
    assert wrong == []


def test_no_kernel_lets_the_compiler_round_as_it_likes() -> None:
    """With numba's `fastmath`, loops of several threads are rounded otherwise when loaded than when compiled.

    They are compiled twice, alone and within what calls them, and which of the two is called hangs on whether
    the cache was there. It brought no speed.
    """
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for _, path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "fastmath"
    ]
    assert found == []
