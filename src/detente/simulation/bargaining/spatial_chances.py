"""How likely each actor's position is, turn by turn: the election over all positions that KTAB reports."""

from __future__ import annotations

import numpy as np

from detente.simulation.bargaining.actors import Actors, Floats
from detente.simulation.bargaining.election import elect
from detente.simulation.bargaining.options import Rules, SpatialOptions
from detente.simulation.bargaining.spatial_turn import Story, World
from detente.simulation.bargaining.spatial_utility import OWN, distances, padded, risks, worths

SAME_PLACE = 1e-3
"""Positions nearer than this are one option."""


def position_chances(story: Story, turns: int, world: World, rules: Rules) -> Floats:
    """Return the chance (T + 1, N) of each actor's position on each turn, the last included.

    Options are the places held, and everyone votes with its capability by its own attitude to risk.
    `world` is that of one run, with its axis of runs.
    """
    return np.array(
        [
            _chances(story.position[turn], story.ideal[turn], world.salience[0], world.capability[0], rules)
            for turn in range(turns + 1)
        ]
    )


def starting_chances(actors: Actors, options: SpatialOptions) -> Floats:
    """Return the chance (N,) of each actor's first position; those at one place have the chance of it."""
    order = actors.order if options.compat is None else np.arange(actors.size)
    where, care, weight = actors.position[order], actors.salience[order], actors.capability[order]
    ideal = where if actors.ideal is None else actors.ideal[order]
    found = np.empty(actors.size)
    found[order] = _chances(where, ideal, care, weight, options.rules())
    return found


def _chances(x: Floats, ideal: Floats, salience: Floats, capability: Floats, rules: Rules) -> Floats:
    size, lanes = len(x), padded(len(x))
    distance, utility = np.zeros((size, lanes)), np.zeros((size, lanes))
    room, chance, risk = np.zeros((3, lanes, lanes)), np.zeros((2, lanes)), np.zeros(size)
    distances(ideal, x, salience, np.zeros((x.shape[1], lanes)), distance)
    worths(distance, risk, OWN, rules, utility)
    elect(capability, utility, size, rules, room, chance)
    risks(chance[0], rules, risk)
    worths(distance, risk, OWN, rules, utility)
    places, held = _places(x, last=rules.ktab)
    options = np.zeros((size, lanes))
    options[:, : len(places)] = utility[:, places]
    elect(capability, options, len(places), rules, room, chance)
    found: Floats = chance[0][held]
    return found


def _places(x: Floats, *, last: bool) -> tuple[list[int], list[int]]:
    """Return who first holds each place, and the place of each actor; KTAB gives an actor that is near
    several the last of them, others the first.
    """
    near = np.sqrt(((x[:, None] - x[None]) ** 2).sum(axis=2)) < SAME_PLACE
    places: list[int] = []
    for i in range(len(x)):
        if not near[i, places].any():
            places.append(i)
    which = [np.flatnonzero(near[i, places]) for i in range(len(x))]
    return places, [int(found[-1 if last else 0]) for found in which]
