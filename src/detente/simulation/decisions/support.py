"""How likely each member is to vote for a proposal, and against it.

P(for) = Φ(m / doubt), P(against) = Φ((-m - abstention) / doubt), and the member abstains otherwise, with
m = x - cut - hold·D - pressure·p + isolation·c. What members expect of one another, c, is the share of the
others who vote for, so that P(for) is a fixed point. There may be several: the least, which members reach if
each begins by expecting nobody else, is used, and the greatest can be set beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from detente.simulation.drawing import stream, triangle

if TYPE_CHECKING:
    from detente.cases.decisions import Effect, Support

Floats = NDArray[np.float64]
EFFECTS = ("doubt", "abstention", "dependence", "pressure", "isolation")
MOST_STEPS = 1000
CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Strengths:
    """How strong each effect is in each draw, (draws, 1); 0 where the case has none."""

    doubt: Floats
    abstention: Floats
    dependence: Floats
    pressure: Floats
    isolation: Floats


@dataclass(frozen=True, eq=False)
class Stands:
    """What members are drawn to, (draws, members): the margin m, and the chances to vote for and against."""

    margin: Floats
    yes: Floats
    against: Floats


def strengths(support: Support, *, draws: int, seed: int) -> Strengths:
    """Return the strengths over their ranges; effects of the same name are the same in every decision, as far
    as their ranges are.
    """

    def drawn(name: str, effect: Effect | None) -> Floats:
        if effect is None:
            return np.zeros((draws, 1))
        u = ndtr(stream(seed, "effect", name).standard_normal((draws, 1)))
        return triangle(u, *(np.asarray(each) for each in (effect.low, effect.value, effect.high)))

    return Strengths(*(drawn(name, getattr(support, name)) for name in EFFECTS))


def likeliest(support: Support) -> Strengths:
    """Return the strengths as the case gives them, as one draw."""
    held = [getattr(support, name) for name in EFFECTS]
    return Strengths(*(np.array([[each.value if each else 0.0]]) for each in held))


def stands(lean: Floats, held: Strengths, *, hopeful: bool = False) -> Stands:
    """Return what members are drawn to, given how they lean by themselves: m without isolation, (draws,
    members).

    The fixed point is the least, or the greatest if `hopeful`: members begin by expecting all others.

    >>> sure = Strengths(*(np.array([[each]]) for each in (0.1, 0.0, 0.0, 0.0, 0.5)))
    >>> split = np.array([[-0.2, -0.2]])
    >>> [float(stands(split, sure, hopeful=each).yes[0, 0].round(2)) for each in (False, True)]
    [0.03, 1.0]
    """
    others = max(lean.shape[1] - 1, 1)
    alone = lean.shape[1] < 2
    yes = np.full(lean.shape, float(hopeful))
    for _ in range(MOST_STEPS):
        share = np.zeros(lean.shape) if alone else (yes.sum(axis=1, keepdims=True) - yes) / others
        margin = lean + held.isolation * share
        then = ndtr(margin / held.doubt)
        settled = np.abs(then - yes).max(initial=0.0) < CLOSE
        yes = then
        if settled or not held.isolation.any():
            break
    return Stands(margin, yes, ndtr((-margin - held.abstention) / held.doubt))


def cast(margin: Floats, abstention: Floats) -> NDArray[np.int64]:
    """Return votes 1, 0, -1 from margins: for above 0, abstaining down to `abstention` below.

    >>> cast(np.array([0.1, -0.1, -0.3]), np.array(0.2)).tolist()
    [1, 0, -1]
    """
    near = (abstention > 0) & (margin >= -abstention)
    return np.where(margin > 0, 1, np.where(near, 0, -1)).astype(np.int64)
