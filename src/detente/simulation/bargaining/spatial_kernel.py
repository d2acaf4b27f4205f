"""Compiled: runs of the spatial model, each until it settles, goes round or has had its time."""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.simulation.bargaining.offers import length_of_move
from detente.simulation.bargaining.spatial_turn import NONE, World, furnish, play

SETTLED, GOES_ROUND, OUT_OF_TIME = range(3)
FIRST_MOVE = 1e-4
"""Added to the first turn's movement, against which later ones are small."""
SAME = 1e-9
"""States nearer than this on every coordinate are the same state."""


@njit(cache=True, error_model="numpy")
def follow(x, before, accommodation, after):
    """Ideals follow positions: ideal_i = sum_j A_ij x_j + (1 - sum_j A_ij) ideal_i, all (N, D)."""
    for i in range(len(x)):
        total = 0.0
        for d in range(x.shape[1]):
            after[i, d] = 0.0
        for j in range(len(x)):
            total += accommodation[i, j]
            for d in range(x.shape[1]):
                after[i, d] += accommodation[i, j] * x[j, d]
        lag = 1.0 - min(1.0, total)
        for d in range(x.shape[1]):
            after[i, d] += lag * before[i, d]


@njit(cache=True, error_model="numpy")
def movement(before, after):
    """Sum over actors of the distance between two states (N, D)."""
    total = 0.0
    for i in range(len(before)):
        total += length_of_move(before[i], after[i])
    return total


@njit(cache=True)
def alike(one, other):
    """Whether two states (N, D) are the same."""
    for i in range(len(one)):
        for d in range(one.shape[1]):
            if abs(one[i, d] - other[i, d]) > SAME:
                return False
    return True


@njit(cache=True)
def circle(t, position, ideal):
    """Length of the circle that closes at state t, or 0; a state that merely stays is no circle."""
    if alike(position[t], position[t - 1]):
        return 0
    for back in range(2, t + 1):
        if alike(position[t], position[t - back]) and alike(ideal[t], ideal[t - back]):
            return back
    return 0


@njit(inline="always", cache=True)
def play_out(world, rules, desk, story, seed, run):
    """Turns from story.position[0] until movement is small; returns turns, how it ended, the length of the
    circle it went round (0 none) and the number of turns in which an election did not settle.
    """
    turn, first, ended, length, unsettled = NONE, 0.0, OUT_OF_TIME, 0, 0
    while turn < rules.most_turns and ended == OUT_OF_TIME:
        if not play(turn, world, rules, desk, story, (seed, run, turn)):
            unsettled += 1
        before, after = story.position[turn], story.position[turn + 1]
        if len(world.accommodation):
            follow(after, story.ideal[turn], world.accommodation, story.ideal[turn + 1])
        change = movement(before, after)
        turn += 1
        if turn == 1:
            first = change + FIRST_MOVE
        elif change / first < rules.quiet:
            ended = SETTLED
        if ended == OUT_OF_TIME and not (rules.stochastic or rules.ktab):
            length = circle(turn, story.position, story.ideal)
            if length > 0:
                ended = GOES_ROUND
    return turn, ended, length, unsettled


@njit(cache=True, error_model="numpy", nogil=True)
def play_many(worlds, start, rules, seed, first, story, final, ended):
    """Play a run from each start with its own world, and write its last positions and how it ended.

    `start` are positions (R, N, D) and ideals (R, N, D); `worlds` holds each array of a `World` with one axis
    more in front; where an axis of runs has length 1, all share what it holds. `first` is the number of the
    first run; `story` is written anew by each; final (R, N, D) and ended (R, 4): turns, how, length of the
    circle, turns with unsettled elections.
    """
    position, ideal = start
    size, issues = position.shape[1], position.shape[2]
    desk = furnish(size, issues)
    for r in range(len(final)):
        world = World(
            worlds.capability[r % len(worlds.capability)],
            worlds.salience[r % len(worlds.salience)],
            worlds.accommodation[0],
            worlds.seen_position[r % len(worlds.seen_position)],
            worlds.seen_salience[r % len(worlds.seen_salience)],
            worlds.seen_capability[r % len(worlds.seen_capability)],
        )
        for i in range(size):
            for d in range(issues):
                story.ideal[0, i, d] = ideal[r % len(ideal), i, d]
                story.position[0, i, d] = position[r % len(position), i, d]
        turns, how, length, unsettled = play_out(world, rules, desk, story, seed, first + np.uint64(r))
        ended[r, 0], ended[r, 1], ended[r, 2], ended[r, 3] = turns, how, length, unsettled
        for i in range(size):
            for d in range(issues):
                final[r, i, d] = story.position[turns, i, d]
