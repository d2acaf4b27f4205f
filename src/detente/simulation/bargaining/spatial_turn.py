"""Compiled: one turn of the spatial model, step by step.

The steps are compiled into the one function that plays runs: they hand on tuples of arrays, which is cheap
there and dear across a call.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from detente.simulation.bargaining.contests import CHANCE, GAIN, challenge
from detente.simulation.bargaining.counter_random import uniform
from detente.simulation.bargaining.election import elect
from detente.simulation.bargaining.offers import (
    MAKER,
    RECEIVER,
    blend,
    drawn,
    length_of_move,
    line_up,
    meet,
    value_offers,
)
from detente.simulation.bargaining.spatial_utility import OWN, distances, padded, risks, worths
from detente.simulation.bargaining.ties import first_best, least_move

LEAST_GAIN = 1e-5
"""A challenge that gains no more than this is not made."""
NEAR = 1e-9
"""Gains this near the largest are looked at for ties."""
NONE = np.int64(0)
"""Zero as a variable: numba compiles functions anew for a written 0."""


class World(NamedTuple):
    """What a run is given: capability (N,), salience (N, D), accommodation (N, N) or (0, 0) where ideals are
    positions, and what each observer h believes of each actor: positions (N, N, D), saliences (N, N, D) and
    capabilities (N, N), each of length 0 where everyone sees what is so.
    """

    capability: Any
    salience: Any
    accommodation: Any
    seen_position: Any
    seen_salience: Any
    seen_capability: Any


class Story(NamedTuple):
    """What a run writes: positions and ideals (T + 1, N, D); by turn and actor risk, the actor challenged (-1
    none), the chance and the gain it saw, and whose offer it took up (-1 none), all (T, N).
    """

    position: Any
    ideal: Any
    risk: Any
    target: Any
    chance: Any
    gain: Any
    taken: Any


class View(NamedTuple):
    """What an observer believes: distances (N, P), positions, saliences and ideals (N, D), weights and
    attention (N,).
    """

    distance: Any
    position: Any
    salience: Any
    ideal: Any
    weight: Any
    attention: Any


class Desk(NamedTuple):
    """Where a turn is worked out: all that `furnish` makes, none of it outliving the turn."""

    true: View
    seen: View
    column: Any
    apart: Any
    utility: Any
    turned: Any
    risk: Any
    ring: Any
    room: Any
    chance: Any
    ballots: Any
    who: Any
    place: Any
    value: Any
    queue: Any
    move: Any


@njit(inline="always", cache=True)
def furnish(size, issues):
    """Return a desk for so many actors and issues; it serves any number of turns, one after another."""
    lanes, most = padded(size), padded(2 * size + 1)
    matrix, vector = np.zeros((4, size, lanes)), np.zeros((5, size))
    belief, rows = np.zeros((6, size, issues)), np.zeros((3, most))
    numbers = np.zeros((3, 2 * size + 1), np.int64)
    return Desk(
        true=View(matrix[0], belief[0], belief[1], belief[2], vector[0], vector[1]),
        seen=View(matrix[1], belief[3], belief[4], belief[5], vector[2], vector[3]),
        column=np.zeros((issues, padded(4 * size))),
        apart=np.zeros((size, padded(4 * size))),
        utility=matrix[2],
        turned=matrix[3],
        risk=vector[4],
        ring=np.zeros((6, lanes)),
        room=np.zeros((3, most, most)),
        chance=rows[:2],
        ballots=np.zeros((size, most)),
        who=numbers[:2],
        place=np.zeros((2 * size + 1, 2, issues)),
        value=np.zeros((2 * size + 1, lanes)),
        queue=numbers[2],
        move=rows[2],
    )


@njit(cache=True, error_model="numpy")
def weigh(capability, salience, weight, attention):
    """Weight cap_i S_i and attention S_i = sum_d s_id of each actor, both (N,)."""
    for i in range(len(capability)):
        attention[i] = 0.0
        for d in range(salience.shape[1]):
            attention[i] += salience[i, d]
        weight[i] = attention[i] * capability[i]


@njit(cache=True, error_model="numpy")
def displaced(h, now, seen, start, out):
    """Positions or ideals (N, D) as h believes them: displaced as at the start, within the scale."""
    for j in range(len(now)):
        for d in range(now.shape[1]):
            out[j, d] = now[j, d]
            if j != h and len(seen):
                out[j, d] = min(1.0, max(0.0, now[j, d] + (seen[h, j, d] - start[j, d])))


@njit(cache=True, error_model="numpy")
def believed(h, now, seen, out):
    """Saliences (N, D) as h believes them; it knows its own."""
    for j in range(len(now)):
        for d in range(now.shape[1]):
            out[j, d] = seen[h, j, d] if j != h and len(seen) else now[j, d]


@njit(inline="always", cache=True)
def imagine(h, world, start, column, true, seen):
    """What observer h believes, from what is so and what it believed at the `start` (N, D), into `seen`.

    Misperceptions of positions last; everyone knows its own position and salience, but may misjudge its own
    capability.
    """
    displaced(h, true.position, world.seen_position, start, seen.position)
    displaced(h, true.ideal, world.seen_position, start, seen.ideal)
    believed(h, true.salience, world.seen_salience, seen.salience)
    capability = world.seen_capability[h] if len(world.seen_capability) else world.capability
    weigh(capability, seen.salience, seen.weight, seen.attention)
    distances(seen.ideal, seen.position, seen.salience, column, seen.distance)


@njit(inline="always", cache=True)
def look(h, challenger, world, start, rules, desk):
    """Fill the ring with the contests of a challenger as observer h sees them; returns h's view."""
    view = desk.true
    if rules.misperceived:
        view = desk.seen
        imagine(h, world, start, desk.column, desk.true, view)
    worths(view.distance, desk.risk, h, rules, desk.utility)
    challenge(challenger, desk.utility, view.weight, view.attention, rules, desk.ring)
    return view


@njit(inline="always", cache=True)
def target_of(i, view, rules, desk):
    """The actor whom i gains most by challenging, or -1. Ties go to the smaller own move, then to the
    first.
    """
    gain, move, count = desk.ring[GAIN], desk.move, len(view.weight)
    gain[i] = -1.0
    best = first_best(gain, count)
    if not rules.ktab:
        spare = desk.place[len(desk.place) - 1]
        for j in range(count):
            move[j] = 0.0
            if gain[j] >= gain[best] - NEAR:
                meet(i, j, desk.ring[CHANCE, j], view.position, view.salience, rules.meeting, spare)
                move[j] = length_of_move(view.position[i], spare[MAKER])
        best = least_move(gain, move, count, 1.0)
    return best if gain[best] > LEAST_GAIN else -1


@njit(inline="always", cache=True)
def gather_offers(t, world, start, rules, desk, story):
    """Let every actor look for its best target and make its offer; returns how many offers there are.

    With `rules.offers` 0 an offer is shaped by the maker's view; with 1 there is a further one by the
    receiver's; with 2 one offer is the mean of both, weighted by capability times salience. KTAB takes the
    maker's gain in the receiver's view for its chance, and its capability for the receiver's.
    """
    count, ring, true = NONE, desk.ring, desk.true
    for i in range(len(world.capability)):
        j = -1
        for opinion in range(1 + min(rules.offers, 1)):
            view = look(i if opinion == 0 else j, i, world, start, rules, desk)
            if opinion == 0:
                j = target_of(i, view, rules, desk)
                story.target[t, i] = j
            if j < 0:
                break
            chance = ring[GAIN if rules.ktab and opinion == 1 else CHANCE, j]
            desk.who[MAKER, count], desk.who[RECEIVER, count] = i, j
            meet(i, j, chance, view.position, view.salience, rules.meeting, desk.place[count])
            if opinion == 0:
                story.chance[t, i], story.gain[t, i] = chance, ring[GAIN, j]
            if opinion == 1 and rules.offers == 2:
                capability = world.capability[i if rules.ktab else j]
                other = capability * true.attention[j]
                blend(desk.place[count - 1], desk.place[count], true.weight[i], other)
            else:
                count += 1
    return count


@njit(inline="always", cache=True)
def choose(actor, x, waiting, rules, desk, counter):
    """Where in its queue the offer stands that an actor takes up, by the chances of the queue's election.

    Ties go to the smaller own move, then to the status quo, then to the offer made first. `counter` is (seed,
    run, turn).
    """
    chance = desk.chance[0]
    best = first_best(chance, waiting)
    if rules.stochastic:
        best = drawn(chance, waiting, uniform(counter[0], counter[1], counter[2], actor))
    elif not rules.ktab:
        desk.move[0] = 0.0
        for q in range(1, waiting):
            m = desk.queue[q] - 1
            side = MAKER if desk.who[MAKER, m] == actor else RECEIVER
            desk.move[q] = length_of_move(x[actor], desk.place[m, side])
        best = least_move(chance, desk.move, waiting, chance[best])
    return desk.queue[best]


@njit(inline="always", cache=True)
def resolve(t, count, world, rules, desk, story, counter):
    """Let every actor take up one offer of its queue, all at once, by everyone's vote with its capability;
    returns whether all elections settled.
    """
    x, after, settled = story.position[t], story.position[t + 1], True
    for k in range(len(x)):
        waiting = line_up(k, desk.who, count, desk.value, desk.queue, desk.ballots)
        m = 0
        if waiting > 1:
            decided = elect(world.capability, desk.ballots, waiting, rules, desk.room, desk.chance)
            settled = settled and decided
            m = choose(k, x, waiting, rules, desk, counter)
        story.taken[t, k] = desk.who[MAKER, m - 1] if m > 0 else -1
        side = MAKER if m > 0 and desk.who[MAKER, m - 1] == k else RECEIVER
        for d in range(x.shape[1]):
            after[k, d] = desk.place[m - 1, side, d] if m > 0 else x[k, d]
    return settled


@njit(inline="always", cache=True)
def assess(t, world, rules, desk, story):
    """Put the true distances, risk and utilities of a turn onto the desk; returns whether the election of
    risks settled.
    """
    true, size = desk.true, len(world.capability)
    for i in range(size):
        desk.risk[i] = 0.0
        for d in range(world.salience.shape[1]):
            true.position[i, d], true.ideal[i, d] = story.position[t, i, d], story.ideal[t, i, d]
            true.salience[i, d] = world.salience[i, d]
    weigh(world.capability, true.salience, true.weight, true.attention)
    distances(true.ideal, true.position, true.salience, desk.column, true.distance)
    worths(true.distance, desk.risk, OWN, rules, desk.utility)
    settled = elect(world.capability, desk.utility, size, rules, desk.room, desk.chance)
    risks(desk.chance[0], rules, desk.risk)
    worths(true.distance, desk.risk, OWN, rules, desk.utility)
    for a in range(size):
        story.risk[t, a] = desk.risk[a]
        for b in range(size):
            desk.turned[b, a] = desk.utility[a, b]
    return settled


@njit(inline="always", cache=True)
def play(t, world, rules, desk, story, counter):
    """One turn: from story.position[t] to story.position[t + 1]; returns whether all elections settled."""
    settled = assess(t, world, rules, desk, story)
    count = gather_offers(t, world, story.position[0], rules, desk, story)
    true = desk.true
    places = desk.place.reshape(2 * len(desk.place), world.salience.shape[1])[: 2 * count]
    distances(true.ideal, places, true.salience, desk.column, desk.apart)
    value_offers(desk.who, count, desk.apart, desk.risk, desk.turned, desk.value)
    decided = resolve(t, count, world, rules, desk, story, counter)
    return settled and decided
