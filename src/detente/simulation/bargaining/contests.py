"""Compiled: who would win if one actor challenged another, and what the challenger expects to gain.

Third parties join the side they prefer, each after judging the contest of the two principals with itself
alone (KTAB's "little coalitions"). All that one challenger considers is one observer's view.
"""

from __future__ import annotations

from numba import njit

from detente.simulation.bargaining.election import vote

PRINCIPALS = 1e-10
"""What either side of a contest has at least."""
ALONE, ALONE_AGAINST, SUPPORT, OPPOSED, CHANCE, GAIN = range(6)
"""Rows of a ring (6, P), by actor challenged: the principals' own support for the challenger and against
it, the same with third parties, the chance to win, and what is expected of it.
"""


@njit(cache=True, error_model="numpy")
def principals(challenger, utility, weight, rules, ring):
    """Support of the two principals alone for the challenger and against it."""
    for j in range(utility.shape[1]):
        ring[ALONE, j] = PRINCIPALS
        ring[ALONE_AGAINST, j] = PRINCIPALS
    for j in range(len(weight)):
        gap = utility[challenger, challenger] - utility[challenger, j]
        cast = vote(weight[challenger], gap, rules)
        ring[ALONE, j] += max(cast, 0.0)
        ring[ALONE_AGAINST, j] += max(-cast, 0.0)
        cast = vote(weight[j], utility[j, challenger] - utility[j, j], rules)
        ring[ALONE, j] += max(cast, 0.0)
        ring[ALONE_AGAINST, j] += max(-cast, 0.0)


@njit(cache=True, error_model="numpy")
def third_party(n, challenger, utility, heavy, rules, ring):
    """Add the support of third party n, of weight `heavy`, to each contest of the challenger.

    v0 = vote(U_ni - U_nj) on top of the principals gives pi; then v = vote(win - lose), with
    win = pi (2 U_ni + U_nn) + (1 - pi) 3 U_nj and lose = pi 3 U_ni + (1 - pi)(2 U_nj + U_nn).
    """
    first, self = utility[n, challenger], utility[n, n]
    joined = first + first + self
    stayed = first + first + first
    for j in range(utility.shape[1]):
        other = utility[n, j]
        cast = vote(heavy, first - other, rules)
        with_it = ring[ALONE, j] + max(cast, 0.0)
        chance = with_it / (with_it + (ring[ALONE_AGAINST, j] + max(-cast, 0.0)))
        rest = 1.0 - chance
        win = chance * joined + rest * (other + other + other)
        lose = chance * stayed + rest * (other + other + self)
        cast = vote(heavy, win - lose, rules)
        ring[SUPPORT, j] += max(cast, 0.0)
        ring[OPPOSED, j] += max(-cast, 0.0)


@njit(cache=True, error_model="numpy")
def challenge(challenger, utility, weight, attention, rules, ring):
    """Chance that the challenger beats each actor, and what it expects to gain, as one observer sees it.

    dEU = (1 - S_j) 2 U_ii + S_j (P 2 U_ii + (1 - P) 2 U_ij) - (U_ii + U_ij), from utilities (N, P), and
    weights cap S and attention S (N,), into rows CHANCE and GAIN of the ring (6, P).
    """
    size = len(weight)
    principals(challenger, utility, weight, rules, ring)
    for j in range(utility.shape[1]):
        ring[SUPPORT, j] = ring[ALONE, j]
        ring[OPPOSED, j] = ring[ALONE_AGAINST, j]
    if rules.committed:
        for n in range(size):
            if n != challenger:
                support, opposed = ring[SUPPORT, n], ring[OPPOSED, n]
                third_party(n, challenger, utility, weight[n], rules, ring)
                ring[SUPPORT, n], ring[OPPOSED, n] = support, opposed
    own = utility[challenger, challenger]
    for j in range(size):
        total = ring[SUPPORT, j] + ring[OPPOSED, j]
        ring[CHANCE, j] = ring[SUPPORT, j] / total
        win, lose = own + own, utility[challenger, j] + utility[challenger, j]
        fight = ring[CHANCE, j] * win + ring[OPPOSED, j] / total * lose
        expected = (1.0 - attention[j]) * win + attention[j] * fight
        ring[GAIN, j] = expected - (own + utility[challenger, j])
