"""What to know of a run of the spatial model, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.simulation.bargaining.actors import Actors, Floats
from detente.simulation.bargaining.results import Ended

SMALL = 1e-3
"""Capabilities all below this are no longer large against what coalitions have at least, 1e-8."""


def notes_on(
    actors: Actors, positions: Floats, ended: Ended, *, circle: int, unsettled: int
) -> tuple[str, ...]:
    """Return what is special about the actors, and about the run from its positions (T + 1, N, D), in words.

    >>> one = Actors(["A"], ["budget"], capability=[1], position=[[0.5]], salience=[[0.5]])
    >>> notes_on(one, np.full((3, 1, 1), 0.5), "settled", circle=0, unsettled=0)
    ('there is one actor: nobody to bargain with',)
    """
    return (*_about(actors), *_about_end(positions, ended, circle, unsettled))


def _about(actors: Actors) -> Iterator[str]:
    if actors.size == 1:
        yield "there is one actor: nobody to bargain with"
    places = len(np.unique(actors.position, axis=0))
    if actors.size > 1 and places == 1:
        yield "all actors hold the same position from the start"
    if actors.size > 2 and places == 2:
        yield "the actors hold only two positions: two blocs"
    careless = [name for name, care in zip(actors.names, actors.salience, strict=True) if not care.any()]
    if careless:
        yield f"no salience on any issue, so that any challenger moves them: {', '.join(careless)}"
    ignored = [name for name, care in zip(actors.issues, actors.salience.T, strict=True) if not care.any()]
    if ignored:
        yield f"nobody cares about: {', '.join(ignored)}"
    weak = [name for name, weight in zip(actors.names, actors.capability, strict=True) if weight == 0.0]
    if weak:
        yield f"no capability, so that their votes do not count: {', '.join(weak)}"
    if 0.0 < actors.capability.max() < SMALL:
        yield (
            f"all capabilities are below {SMALL:g}, so that the least support of any coalition (1e-8) counts:"
            " give them in a smaller unit"
        )


def _about_end(positions: Floats, ended: Ended, circle: int, unsettled: int) -> Iterator[str]:
    turns = len(positions) - 1
    if ended == "goes round":
        yield f"on turn {turns} all positions are again as {circle} turns before: the run goes round"
    if ended == "out of time":
        step = float(np.abs(positions[-1] - positions[-2]).max())
        yield f"the actors still move after {turns} turns, on the last by up to {step:.2g} of the scale"
    if unsettled:
        yield f"on {unsettled} turns the chances of an election had not settled after 1000 steps"
