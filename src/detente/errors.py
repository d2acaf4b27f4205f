"""What went wrong, where, and what to type instead: the one kind of error that users see."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the place (`atlantic.yaml:12`), the cause, and what to do about it."""

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n    {self.hint}" if self.hint else head


class DetenteError(Exception):
    """Input that detente cannot use. Carries every problem found, not only the first.

    >>> print(DetenteError(Problem("case.yaml:3", "unknown actor 'DUE'", "did you mean 'DEU'?")))
    case.yaml:3: unknown actor 'DUE'
        did you mean 'DEU'?
    """

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a DetenteError names at least one problem")
        self.problems: tuple[Problem, ...] = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class CaseError(DetenteError):
    """A case file that does not say what it must."""


class EvidenceError(DetenteError):
    """Evidence that is missing, corrupt, contradictory or out of reach."""


class MeasurementError(DetenteError):
    """A measurement that the evidence at hand cannot support."""


def raise_all(kind: type[DetenteError], problems: Sequence[Problem]) -> None:
    """Raise `kind` with all of `problems`; do nothing where there are none."""
    if problems:
        raise kind(*problems)


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the closest of `options`, or an empty string where none is close.

    >>> did_you_mean("cohesoin", ["cohesion", "stance"])
    "did you mean 'cohesion'?"
    >>> did_you_mean("zzz", ["cohesion"])
    ''
    """
    known = {option.casefold(): option for option in options}
    close = difflib.get_close_matches(word.casefold(), known, n=2, cutoff=0.6)
    return f"did you mean {' or '.join(repr(known[match]) for match in close)}?" if close else ""
