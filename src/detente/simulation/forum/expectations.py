"""Expectation against outcome on one item, and what the difference comes from.

1. Outcome: the weighted mean of those present, as they are; an absent actor has no voice.
2. Expectation: the same of what the observer believes of those present.
3. Disappointment: u(expectation) - u(outcome), with u(y) = -s·|x - y| for an observer at x with salience s.
4. What explains it: how much smaller it would be if the observer saw one quantity as it is, others as before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.simulation.agenda.bargains import compromise
from detente.simulation.agenda.table import State
from detente.simulation.drawing import stream
from detente.simulation.forum.perceptions import Bools, Floats, Lens, Noise, believed

SIDES = ("position_ally", "position_rival_side", "position_others")
QUANTITIES = (*SIDES, "salience", "capability")
"""What an observer may misperceive."""

CHUNK = 100_000
"""So many beliefs are held at once."""


@dataclass(frozen=True, eq=False)
class Asked:
    """One item of a meeting: everyone's state (draws, observers), who has a voice, and on whose side each is.

    `present` is (observers,), `sides` (observers, 3) after `SIDES`.
    """

    item: str
    everyone: State
    present: NDArray[np.int64]
    sides: Bools
    lens: Lens


@dataclass(frozen=True, eq=False)
class Heard:
    """Outcome (draws,), expectation and disappointment (draws, observers), and what each quantity explains of
    it (quantities, draws, observers).
    """

    outcome: Floats
    expectation: Floats
    disappointment: Floats
    explained: Floats


def hear(asked: Asked, *, seed: int) -> Heard:
    """Return outcome, expectations and disappointments; noise is the same for every meeting of a seed."""
    everyone, voices = asked.everyone, _only(asked.everyone, asked.present)
    draws, observers = everyone.position.shape
    same = np.arange(observers)[:, None] == asked.present[None, :]
    step = max(1, CHUNK // max(1, same.size))
    noisy = _Noise(asked.item, seed) if asked.lens.noise.any() else None
    expected, corrected = np.empty((draws, observers)), np.empty((len(QUANTITIES), draws, observers))
    for start in range(0, draws, step):
        part = slice(start, min(start + step, draws))
        actual = _over(voices, part)
        noise = noisy.drawn((part.stop - part.start, *same.shape)) if noisy else None
        beliefs = believed(actual, everyone.position[part], asked.lens.over(part), same=same, noise=noise)
        expected[part], corrected[:, part] = expectations(actual, beliefs, asked.sides[asked.present])
    outcome = compromise(voices)
    lost = disappointment(everyone, expected, outcome[:, None])
    return Heard(outcome, expected, lost, disappointment(everyone, expected, corrected))


def disappointment(own: State, expected: Floats, outcome: Floats) -> Floats:
    """Return utility at `expected` less utility at `outcome`, for observers at `own` (draws, observers).

    >>> one = State(np.array([[0.2]]), np.array([[0.5]]), np.ones((1, 1)))
    >>> disappointment(one, np.array([[0.2]]), np.array([[0.6]])).round(6).tolist()
    [[0.2]]
    """
    return np.asarray(own.salience * (np.abs(own.position - outcome) - np.abs(own.position - expected)))


def expectations(actual: State, beliefs: State, sides: Bools) -> tuple[Floats, Floats]:
    """Return what each observer expects, and what it would with one quantity after another as it is.

    `actual` is (draws, voices), `beliefs` (draws, observers, voices), `sides` (voices, 3); the results are
    (draws, observers) and (quantities, draws, observers).
    """
    weight = beliefs.weight
    weight = np.where(weight.sum(axis=-1, keepdims=True) > 0, weight, 1.0)
    total = weight.sum(axis=-1)
    expected = (weight * beliefs.position).sum(axis=-1) / total
    off = weight * (actual.position[:, None, :] - beliefs.position)
    moved = np.moveaxis(off @ sides.astype(float), -1, 0) / total
    cares = beliefs.capability * actual.salience[:, None, :]
    weighs = beliefs.salience * actual.capability[:, None, :]
    corrected = [compromise(State(beliefs.position, each, np.ones(1))) for each in (cares, weighs)]
    return expected, np.stack([*(expected + moved), *corrected])


class _Noise:
    """Noise in beliefs, drawn piece by piece: of capabilities the same on every item."""

    def __init__(self, item: str, seed: int) -> None:
        names = (("noise", item, "position"), ("noise", item, "salience"), ("noise", "capability"))
        self._streams = [stream(seed, *each) for each in names]

    def drawn(self, shape: tuple[int, ...]) -> Noise:
        """Return the next numbers."""
        position, salience, capability = (
            each.standard_normal(shape, dtype=np.float32) for each in self._streams
        )
        return Noise(position, salience, capability)


def _only(state: State, columns: NDArray[np.int64]) -> State:
    return State(state.position[:, columns], state.salience[:, columns], state.capability[:, columns])


def _over(state: State, part: slice) -> State:
    return State(state.position[part], state.salience[part], state.capability[part])
