"""A fault put in place: the functions of a loaded module go on with the code of the faulty one."""

from __future__ import annotations

import ast
from types import FunctionType, ModuleType
from typing import Any


def swap(module: ModuleType, tree: ast.Module, function: str) -> None:
    """Let a function of a module run as `tree` has it, wherever it was imported.

    `function` is its name, with the class or function around it. Whoever imported the function holds the same
    object, so its code and its defaults are replaced, not the function. Raises `LookupError` where it cannot.
    """
    assert module.__file__ is not None
    space: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(compile(tree, module.__file__, "exec"), space)
    old, new = _find(vars(module), function), _find(space, function)
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _find(space: Any, path: str) -> FunctionType:
    """Return the function that a dotted name leads to; one inside a function is part of that function."""
    found: Any = None
    for name in path.split("."):
        if name not in space:
            raise LookupError(f"no {path} here")
        found = _unwrap(space[name])
        if isinstance(found, FunctionType):
            return found
        space = vars(found)
    raise LookupError(f"{path} is no function: {found!r}")


def _unwrap(held: Any) -> Any:
    """Return what a property, a class method, a cached or a wrapped function holds."""
    for inner in ("fget", "__func__", "func", "__wrapped__"):
        while not isinstance(held, FunctionType | type) and hasattr(held, inner):
            held = getattr(held, inner)
    while isinstance(held, FunctionType) and hasattr(held, "__wrapped__"):
        held = held.__wrapped__
    return held
