"""Compiled: what a challenger proposes, what each proposal is worth to everyone, and which one each takes
up.
"""

from __future__ import annotations

import math

from numba import njit

from detente.simulation.bargaining.spatial_utility import worth

STEP = 1e4
"""Offers are rounded to one part in this many of the scale."""
LEAST = 1e-6
"""Weight of staying put, so that no offer is 0/0."""
MAKER, RECEIVER = range(2)
"""Rows of who makes an offer to whom, and of where it puts the two."""


@njit(inline="always", cache=True)
def rounded(value):
    """Round to four decimals, halves up, as C does by cutting off."""
    return float(int(0.5 + value * STEP)) / STEP


@njit(cache=True, error_model="numpy")
def meet(i, j, chance, x, salience, meeting, out):
    """Where i and j meet when i wins with `chance`, into out (2, D): i's new position, then j's.

    x, salience (N, D). By S1P1 or S2P2 (`meeting` 1, 2): weights a = (s_i P)^meeting, b = (s_j (1 -
    P))^meeting, rounded to 1e-4. By S2PMax (0): only the likelier loser moves, the more the likelier and
    the less it cares.
    """
    win, lose = chance, 1.0 - chance
    for d in range(x.shape[1]):
        here, there, s, z = x[i, d], x[j, d], salience[i, d], salience[j, d]
        if meeting == 0:
            s, z = s * s, z * z
            yields, gets = max(lose - win, 0.0), max(win - lose, 0.0)
            out[0, d] = here + yields * z / (yields * z + LEAST + (1.0 - yields) * s) * (there - here)
            out[1, d] = there + gets * s / (gets * s + LEAST + (1.0 - gets) * z) * (here - there)
        else:
            a, b = s * win, z * lose
            if meeting == 2:
                a, b = (s * s) * (win * win), (z * z) * (lose * lose)
            total = a + LEAST + b
            out[0, d] = rounded(((a + LEAST) * here + b * there) / total)
            out[1, d] = rounded((a * here + (LEAST + b) * there) / total)


@njit(cache=True, error_model="numpy")
def blend(first, second, one, other):
    """The mean of two offers (2, D) by two weights, into the first."""
    if one + other <= 0.0:
        one, other = 0.5, 0.5
    for side in range(2):
        for d in range(first.shape[1]):
            first[side, d] = (one * first[side, d] + other * second[side, d]) / (one + other)


@njit(cache=True, error_model="numpy")
def length_of_move(before, after):
    """Euclidean distance between two positions (D,)."""
    total = 0.0
    for d in range(len(before)):
        gap = after[d] - before[d]
        total += gap * gap
    return math.sqrt(total)


@njit(cache=True, error_model="numpy")
def add_unchanged(one, other, turned, out):
    """Add up what all positions but two are worth to each actor, and take the mean over all positions.

    `turned` (N, P): worth of position b to actor a at [b, a]; out (P,) holds what the two are worth.
    """
    for b in range(len(turned)):
        if b != one and b != other:
            for a in range(turned.shape[1]):
                out[a] += turned[b, a]
    for a in range(turned.shape[1]):
        out[a] /= len(turned)


@njit(cache=True, error_model="numpy")
def value_offers(who, count, distance, risk, turned, out):
    """Utility (M + 1, P) of the status quo and of each offer to everyone: the mean over all positions,
    the two that the offer changes replaced.

    who (2, M); distance (N, 2M) of actors from the places of makers (even) and receivers (odd); risk (N,);
    `turned` (N, P) as in `add_unchanged`.
    """
    for a in range(turned.shape[1]):
        out[0, a] = 0.0
    add_unchanged(-1, -1, turned, out[0])
    for m in range(count):
        for a in range(len(risk)):
            out[m + 1, a] = worth(distance[a, 2 * m + MAKER], risk[a])
            out[m + 1, a] += worth(distance[a, 2 * m + RECEIVER], risk[a])
        add_unchanged(who[MAKER, m], who[RECEIVER, m], turned, out[m + 1])


@njit(cache=True, error_model="numpy")
def line_up(actor, who, count, value, queue, ballots):
    """The status quo (0) and the offers (from 1) that involve an actor, in the order in which they were made,
    and their worth (N, L) to everyone; returns how many.
    """
    queue[0] = 0
    waiting = 1
    for m in range(count):
        if who[MAKER, m] == actor or who[RECEIVER, m] == actor:
            queue[waiting] = m + 1
            waiting += 1
    for q in range(waiting):
        for a in range(len(ballots)):
            ballots[a, q] = value[queue[q], a]
    return waiting


@njit(cache=True)
def drawn(chance, count, number):
    """The first option at which the chances add up to more than a number in [0, 1)."""
    reached = 0.0
    for q in range(count):
        reached += chance[q]
        if number < reached:
            return q
    return count - 1
