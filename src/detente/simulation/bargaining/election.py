"""Compiled: the probabilistic Condorcet election, which says how likely each option is to beat all others.

Coalitions for and against each pair of options, the chance that one beats the other, and from these the
chance of each option, by one of three readings (KTAB's PCEModel).
"""

from __future__ import annotations

from numba import njit

from detente.simulation.bargaining.spatial_utility import padded

SUPPORT = 1e-8
"""What every coalition has at least, so that no chance is 0/0."""
WIDE = 1e8
"""One over the difference in utility at which a binary vote is full."""
MOST_STEPS = 1000
"""Steps of a Markov election after which it counts as unsettled."""
TINY, LIFT = 2.0**-200, 2.0**400
"""Products of chances below TINY are multiplied by LIFT, and it is counted how often."""
LEAST = 1e-16
"""Least chance between two coalitions of nearly the strengths at which victory is certain."""
COALITION, VICTORY, DRAWN = range(3)
"""Pages of an election's room (3, L, L)."""


@njit(inline="always", cache=True, error_model="numpy")
def vote(weight, gap, rules):
    """Votes of a weight for a utility `gap` ahead: weight times a shape of the gap, see `Rules`."""
    if rules.plain:
        return weight * gap
    clipped = max(-1.0, min(1.0, gap * WIDE))
    shaped = rules.linear * gap + rules.cubic * (gap * gap * gap) + rules.binary * clipped
    return weight * (shaped * rules.gains if gap > 0.0 else shaped)


@njit(cache=True, error_model="numpy")
def coalitions(weight, worth, options, rules, against, out):
    """Strength (L, L) of those for a over b: C_ab = 1e-8 + sum_k max(v_k(a, b), 0).

    weight (N,) of the actors, worth (N, L) of the options to each; `against` (L,) is scratch.
    """
    for a in range(options):
        width = padded(a)
        for b in range(width):
            out[a, b] = SUPPORT
            against[b] = SUPPORT
        for k in range(len(weight)):
            heavy, mine = weight[k], worth[k, a]
            for b in range(width):
                cast = vote(heavy, mine - worth[k, b], rules)
                out[a, b] += max(cast, 0.0)
                against[b] += max(-cast, 0.0)
        for b in range(a):
            out[b, a] = against[b]
        out[a, a] = SUPPORT


@njit(inline="always", cache=True, error_model="numpy")
def certain(one, other):
    """The binary victory: the stronger wins from 10 % more strength on, and in proportion before."""
    if one >= 1.1 * other:
        return 1.0, 1e-6
    if other >= 1.1 * one:
        return 1e-6, 1.0
    chance = max((one / (one + other) * (1.1 + 1.0) - 1.0) / (1.1 - 1.0), LEAST)
    return chance, max(1.0 - chance, LEAST)


@njit(cache=True, error_model="numpy")
def victories(coalition, options, power, out):
    """Chance V_ab that option a beats b, both (L, L), in proportion to coalitions' strength to a power of
    1, 2, 4 or 8, or with power 0 as `certain` has it; 1/2 on the diagonal.
    """
    for a in range(options):
        for b in range(a):
            one, other = coalition[a, b], coalition[b, a]
            if power == 0:
                one, other = certain(one, other)
            reached = 1
            while reached < power:
                one, other = one * one, other * other
                reached *= 2
            out[a, b], out[b, a] = one / (one + other), other / (one + other)
        out[a, a] = 0.5


@njit(cache=True, error_model="numpy")
def conditional(victory, options, lifts, chance):
    """p_a ~ prod_b V_ab: the chance that a beats all, given that one does.

    Products of many small chances are lifted by powers of two, which changes no digit, and compared by how
    often that was needed. `lifts` (L,) is scratch.
    """
    fewest = 1e9
    for a in range(options):
        chance[a] = 1.0
        lifts[a] = 0.0
        for b in range(options):
            chance[a] *= victory[a, b]
            while chance[a] < TINY:
                chance[a] *= LIFT
                lifts[a] += 1.0
        fewest = min(fewest, lifts[a])
    total = 0.0
    for a in range(options):
        while lifts[a] > fewest:
            chance[a] /= LIFT
            lifts[a] -= 1.0
        total += chance[a]
    for a in range(options):
        chance[a] /= total


@njit(cache=True, error_model="numpy")
def incentives(coalition, victory, options, even, out):
    """Chance K_ab that a is put against the sitting b, (L, L): in proportion to what its supporters gain,
    C_ab V_ab, or the same for all.
    """
    for b in range(options):
        total = 0.0
        for a in range(options):
            out[a, b] = 1.0
            if not even:
                out[a, b] = coalition[a, b] * victory[a, b] + (1e-10 if a == b else 0.0)
            total += out[a, b]
        for a in range(options):
            out[a, b] /= total


@njit(cache=True, error_model="numpy")
def markov(drawn, victory, options, tolerance, after, chance):
    """Long-run chances p_a = sum_b V_ab (p_a K_ba + p_b K_ab), with K `drawn`; returns whether they settled.

    Each step goes half way to the next, until no chance changes by more than the tolerance, or `MOST_STEPS`.
    """
    for a in range(options):
        chance[a] = 1.0 / options
    for _ in range(MOST_STEPS):
        change = 0.0
        for a in range(options):
            won = 0.0
            for b in range(options):
                won += victory[a, b] * (chance[a] * drawn[b, a] + chance[b] * drawn[a, b])
            after[a] = won
            change = max(change, abs(won - chance[a]))
        for a in range(options):
            chance[a] = (chance[a] + after[a]) / 2.0
        if change <= tolerance:
            return True
    return False


@njit(cache=True, error_model="numpy")
def elect(weight, worth, options, rules, room, chance):
    """Chance of each option, into chance[0] (of (2, L), the second row scratch); returns whether it settled.

    weight (N,) of the actors, worth (N, L) of the options to them, room (3, L, L) scratch.
    """
    coalitions(weight, worth, options, rules, chance[1], room[COALITION])
    victories(room[COALITION], options, rules.power, room[VICTORY])
    if rules.election == 0:
        conditional(room[VICTORY], options, chance[1], chance[0])
        return True
    even = rules.election == 1
    incentives(room[COALITION], room[VICTORY], options, even, room[DRAWN])
    return markov(room[DRAWN], room[VICTORY], options, 1e-6 if even else 1e-8, chance[1], chance[0])
