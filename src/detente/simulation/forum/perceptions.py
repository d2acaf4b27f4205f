"""What each observer believes of those who bargain: off by what it hopes for, whom it esteems, and noise.

An observer at x believes that another at y stands at y + hope·(x - y) + noise·z; that its salience is
s·(1 - esteem·d) + noise·z, where d is how far it stands from the observer as a share of the furthest; and
that its capability is c·(1 + noise·z). z are standard normal, and beliefs are held within what is possible.
Everyone sees itself as it is. Where the case states outright where another is seen, that is what is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from detente.simulation.agenda.readings import assumed
from detente.simulation.agenda.table import State
from detente.simulation.drawing import stream, triangle

if TYPE_CHECKING:
    from detente.cases.forum import Forum

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Lens:
    """How the beliefs of each observer are off: hope and esteem (draws, observers), noise (observers,).

    `stated` (observers, voices) are positions that are believed outright, NaN where none is.
    """

    hope: Floats
    esteem: Floats
    noise: Floats
    stated: Floats | None = None

    def over(self, part: slice) -> Lens:
        """Return the same for some of the draws."""
        return Lens(self.hope[part], self.esteem[part], self.noise, self.stated)


@dataclass(frozen=True, eq=False)
class Noise:
    """Standard normal numbers (draws, observers, voices) for positions, saliences and capabilities."""

    position: Singles
    salience: Singles
    capability: Singles


def lens(forum: Forum, meeting: str, *, observers: Sequence[str], draws: int, seed: int) -> Lens:
    """Return the lens of a meeting: observers without beliefs of their own share one draw, as they share one
    assumption.
    """
    hope, esteem = np.empty((draws, len(observers))), np.empty((draws, len(observers)))
    noise = np.empty(len(observers))
    usual, own = forum.perceptions(meeting)
    for column, actor in enumerate(observers):
        held, whose = (own[actor], actor) if actor in own else (usual, "everyone")
        for name, into in (("hope", hope), ("esteem", esteem)):
            reading = assumed(getattr(held, name))
            u = ndtr(stream(seed, name, whose).standard_normal(draws))
            ends = (np.asarray(each) for each in (reading.low, reading.value, reading.high))
            into[:, column] = triangle(u, *ends)
        noise[column] = held.noise
    return Lens(hope, esteem, noise)


def stated(
    forum: Forum, meeting: str, item: str, *, observers: Sequence[str], voices: Sequence[str]
) -> Floats | None:
    """Return where each observer sees each voice outright (observers, voices), NaN where nothing is stated;
    None where nothing is stated of anyone.
    """
    usual, own = forum.perceptions(meeting)
    held = [own.get(actor, usual).seen.get(item, {}) for actor in observers]
    if not any(held):
        return None
    return np.array(
        [
            [np.nan if voice == observer else seen.get(voice, np.nan) for voice in voices]
            for observer, seen in zip(observers, held, strict=True)
        ]
    )


def believed(actual: State, own: Floats, seen: Lens, *, same: Bools, noise: Noise | None) -> State:
    """Return what each observer believes: tables of (draws, observers, voices).

    `actual` is (draws, voices), `own` (draws, observers) are the observers' positions, `same` (observers,
    voices) where an observer looks at itself. No noise is the same as noise of 0.

    >>> two = State(np.array([[0.0, 1.0]]), np.ones((1, 2)), np.ones((1, 2)))
    >>> half = Lens(np.array([[0.5, 0.5]]), np.zeros((1, 2)), np.zeros(2))
    >>> believed(two, two.position, half, same=np.eye(2, dtype=bool), noise=None).position.tolist()
    [[[0.0, 0.5], [0.5, 1.0]]]
    """
    apart = own[:, :, None] - actual.position[:, None, :]
    position = actual.position[:, None, :] + seen.hope[:, :, None] * apart
    salience = np.broadcast_to(actual.salience[:, None, :], apart.shape)
    capability = np.broadcast_to(actual.capability[:, None, :], apart.shape)
    if seen.esteem.any():
        far = np.abs(apart)
        furthest = far.max(axis=-1, keepdims=True)
        salience = salience * (1 - (seen.esteem[:, :, None] / np.where(furthest > 0, furthest, 1.0)) * far)
    if noise is not None:
        size = np.where(same, 0.0, seen.noise[:, None])
        position = np.clip(position + size * noise.position, 0, 1)
        salience = np.clip(salience + size * noise.salience, 0, 1)
        capability = capability * np.maximum(1 + size * noise.capability, 0)
    if seen.stated is not None:
        position = np.where(np.isnan(seen.stated), position, seen.stated)
    return State(position, salience, capability)
