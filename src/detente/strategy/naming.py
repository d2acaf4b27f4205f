"""Names of columns, as they are given to methods that take plain arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detente.errors import Problem


def named(names: Sequence[str], count: int, *, kind: str) -> tuple[str, ...]:
    """Return `names`, or `kind 1`, `kind 2`, ... where none are given.

    >>> named((), 2, kind="input")
    ('input 1', 'input 2')
    """
    return tuple(map(str, names)) or tuple(f"{kind} {place}" for place in range(1, count + 1))


def misnamed(names: Sequence[str], count: int, *, kind: str) -> Iterator[Problem]:
    """Yield what is wrong with the names of `count` columns.

    >>> [problem.what for problem in misnamed(("a", "a"), 3, kind="input")]
    ['2 names for 3 columns', 'a: given more than once']
    """
    if names and len(names) != count:
        yield Problem(f"{kind}s", f"{len(names)} names for {count} columns", "give one name to each column")
    twice = sorted({str(name) for name in names if list(names).count(name) > 1})
    if twice:
        yield Problem(f"{kind}s", f"{', '.join(twice)}: given more than once", "give each a name of its own")
