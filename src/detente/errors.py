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


class ExecutorError(DetenteError):
    """A run that its executor, its workers or its folder do not allow."""


class CaseError(DetenteError):
    """A case file that does not say what it must."""


class EvidenceError(DetenteError):
    """Evidence that is missing, corrupt, contradictory or out of reach."""


class ReadingError(DetenteError):
    """A document that cannot be read, or a model that did not help to read it."""


class MeasurementError(DetenteError):
    """A measurement that the evidence at hand cannot support."""


class SimulationError(DetenteError):
    """A simulation that its inputs cannot support."""


class StrategyError(DetenteError):
    """A strategy question that its inputs cannot answer."""


class ResultError(DetenteError):
    """A saved result that was altered, is not whole, or was written by another version."""


def raise_all(kind: type[DetenteError], problems: Sequence[Problem]) -> None:
    """Raise `kind` with all of `problems`; do nothing where there are none."""
    if problems:
        raise kind(*problems)


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the closest of `options`, or an empty string where none is close.

    >>> did_you_mean("cohesoin", ["cohesion", "stance"])
    "did you mean 'cohesion'?"
    >>> did_you_mean("RSU", ["SUR", "SUN", "RUS"])  # letters that changed places come first
    "did you mean 'RUS' or 'SUR'?"
    >>> did_you_mean("zzz", ["cohesion"])
    ''
    """
    known = {option.casefold(): option for option in options}
    typed = word.casefold()
    swapped = [option for option in known if _swapped(typed, option)]
    close = [*swapped, *difflib.get_close_matches(typed, known, n=2, cutoff=0.6)]
    close = list(dict.fromkeys(close))[:2]
    return f"did you mean {' or '.join(repr(known[match]) for match in close)}?" if close else ""


def _swapped(typed: str, meant: str) -> bool:
    """Return whether two neighbouring letters changed places."""
    off = [place for place, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other]
    return (
        len(typed) == len(meant)
        and len(off) == 2
        and off[1] == off[0] + 1
        and (typed[off[0]], typed[off[1]]) == (meant[off[1]], meant[off[0]])
    )
