"""What the model assumes: the link and the priors, each named and with its default's reason."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from detente.errors import MeasurementError, Problem, did_you_mean

Link = Literal["logit", "probit"]


@dataclass(frozen=True)
class Prior:
    """Priors of P(vote <= c) = F(cut_c - slope * point): normal walks of points, normal slopes and cuts.

    `walk` variance of a point's change per unit of time; `first` variance of an actor's first point; `anchor`
    precision of a further normal prior at 0 on every point; `slope`, `cut` variances of items; `shrink`
    multiplies (2/walk + sum of squared slopes) into such a precision, which emulates the published sampler
    (prior="bsv").
    """

    walk: float = 0.08
    first: float = 1.0
    anchor: float = 0.0625
    slope: float = 9.0
    cut: float = 25.0
    shrink: float = 0.0

    def __post_init__(self) -> None:
        problems = [
            Problem(f"prior {name}", f"is {getattr(self, name)}", "give a positive number")
            for name in ("walk", "first", "slope", "cut")
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0)
        ]
        if min(self.anchor, self.shrink) < 0:
            problems.append(Problem("prior", "anchor and shrink are precisions", "give 0 or more"))
        if problems:
            raise MeasurementError(*problems)


DEFAULT = Prior()
BSV = Prior(walk=0.25, anchor=0.0, slope=1.0, shrink=0.007)
NAMED = {"default": DEFAULT, "bsv": BSV}


@dataclass(frozen=True)
class Axes:
    """Actors that fix the two axes of a plane of points.

    The first axis is positive on the side of `positive`; with `negative` it runs from the mean of those
    actors to the mean of the positive ones, without it in the direction in which votes divide most. The
    second is uncorrelated with the first; `second` names an actor positive on it.

    >>> Axes(positive="USA", negative=("RUS", "BLR"), second="CAN").positive
    ('USA',)
    """

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    second: str | None = None

    def __post_init__(self) -> None:
        for name in ("positive", "negative"):
            if isinstance(getattr(self, name), str):
                object.__setattr__(self, name, (getattr(self, name),))


def named_prior(prior: Prior | str) -> Prior:
    """Return the prior of that name, or the prior itself.

    >>> named_prior("bsv").shrink
    0.007
    """
    if isinstance(prior, Prior):
        return prior
    if prior not in NAMED:
        hint = did_you_mean(prior, NAMED) or f"one of {', '.join(NAMED)}, or a Prior(...)"
        raise MeasurementError(Problem("prior", f"unknown name {prior!r}", hint))
    return replace(NAMED[prior])
