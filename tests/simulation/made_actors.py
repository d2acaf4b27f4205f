"""Actors and draws made up for tests of bargaining."""

from __future__ import annotations

import numpy as np

from detente.simulation.bargaining.actors import Actors
from detente.simulation.bargaining.spatial_inputs import Draws


def on_a_line(position: list[float], *, salience: list[float], capability: list[float]) -> Actors:
    """Actors named A, B, ... on one issue."""
    names = [chr(ord("A") + place) for place in range(len(position))]
    return Actors(
        names,
        ["budget"],
        capability=capability,
        position=np.array(position)[:, None],
        salience=np.array(salience)[:, None],
    )


def made(size: int, issues: int = 3) -> Actors:
    """Actors spread over all issues, alike for the same numbers."""
    rng = np.random.default_rng(1000 + size)
    return Actors(
        [f"actor {place:03d}" for place in range(size)],
        [f"issue {place}" for place in range(issues)],
        capability=rng.uniform(10, 200, size),
        position=rng.uniform(0, 1, (size, issues)),
        salience=rng.dirichlet(np.ones(issues), size) * rng.uniform(0.4, 0.95, (size, 1)),
    )


def drawn(actors: Actors, runs: int, seed: int = 0) -> Draws:
    """Draws around the actors' values."""
    rng = np.random.default_rng(seed)
    shape = (runs, *actors.position.shape)
    care = actors.salience * np.exp(0.1 * rng.standard_normal(shape))
    return Draws(
        positions=np.clip(actors.position + 0.05 * rng.standard_normal(shape), 0, 1),
        saliences=care / np.maximum(1.0, care.sum(axis=2, keepdims=True)),
        capabilities=actors.capability * np.exp(0.1 * rng.standard_normal(shape[:2])),
    )


def in_order(actors: Actors, order: list[int]) -> Actors:
    """The same actors in another order."""
    follow = actors.accommodation
    return Actors(
        [actors.names[place] for place in order],
        actors.issues,
        capability=actors.capability[order],
        position=actors.position[order],
        salience=actors.salience[order],
        accommodation=None if follow is None else follow[np.ix_(order, order)],
        ideal=None if actors.ideal is None else actors.ideal[order],
    )
