"""From a figure and its lines to a verdict, and to the figure at which the verdict would be another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from detente.cases.claims_readings import Line

Verdict = Literal["supported", "contradicted", "mixed", "untestable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class Flip:
    """Figures at which verdicts begin, were the interval as wide as it is.

    `supports` and `denies`: the whole interval would then reach just to the line.
    """

    supports: float
    denies: float


def judge(low: float, high: float, *, supported: Line, contradicted: Line) -> Verdict:
    """Return the verdict on a figure whose interval runs from `low` to `high`.

    Supported or contradicted where both ends are beyond the line; else the interval spans it: mixed.

    >>> line = Line(above=0.5)
    >>> [judge(*ends, supported=line, contradicted=line.other_side()) for ends in ((0.6, 0.7), (0.4, 0.6))]
    ['supported', 'mixed']
    """
    if supported.met(low) and supported.met(high):
        return "supported"
    return "contradicted" if contradicted.met(low) and contradicted.met(high) else "mixed"


def flips(below: float, above: float, *, supported: Line, contradicted: Line) -> Flip:
    """Return where other verdicts begin, for an interval that reaches so far below and above its figure.

    >>> found = flips(0.1, 0.15, supported=Line(above=0.55), contradicted=Line(below=0.45))
    >>> round(found.supports, 2), round(found.denies, 2)
    (0.65, 0.3)
    """
    up = supported.at + below if supported.upward else supported.at - above
    down = contradicted.at + below if contradicted.upward else contradicted.at - above
    return Flip(up, down)


def together(verdicts: Iterable[str]) -> Verdict:
    """Return the verdict on a claim from those on its parts.

    All alike: that one. Parts that cannot be tested leave a claim without support in full, which makes it
    mixed where the others support it; but what contradicts a part contradicts the claim, unless another part
    is supported.

    >>> together(["supported", "untestable"]), together(["contradicted", "untestable"])
    ('mixed', 'contradicted')
    """
    found = set(verdicts)
    if len(found) == 1:
        (one,) = found
        return next(each for each in VERDICTS if each == one)
    return "contradicted" if found == {"contradicted", "untestable"} else "mixed"
