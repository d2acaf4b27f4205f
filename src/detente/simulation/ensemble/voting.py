"""Compiled: ballots, over `LANES` futures at once: who votes how, what the rule makes of it, what follows."""

from __future__ import annotations

from numba import njit

from detente.simulation.ensemble.luck import INNER, LANES, normals_of

SETTLED = 1e-5
"""Expectations that move by less than this have settled."""
FAR = 6.0
HALF_ROOT = 0.7071067811865476
ONE, TWO, THREE = 0.0705230784, 0.0422820123, 0.0092705272
FOUR, FIVE, SIX = 0.0001520143, 0.0002765672, 0.0000430638
"""Abramowitz and Stegun 7.1.28: the error function to 3e-7, without an exponential."""
DOUBT, ABSTENTION, HOLD, PRESSURE, ISOLATION = range(5)


@njit(**INNER)
def lean(occasion, votes, voters, strength, desk, margin):
    """Write each voter's margin without isolation into margin (voters, LANES); strength is (5, LANES)."""
    d = votes.ballot[occasion]
    on, pressed, k, slope = votes.on[d], votes.pressed[d], votes.issue[d], votes.slope[d]
    for v in range(len(voters)):
        i = voters[v]
        base = votes.level[d, i] - votes.cut[d] + votes.pay[occasion, i]
        for lane in range(LANES):
            margin[v, lane] = base + slope * desk.x[i, k, lane]
        if on >= 0:
            for lane in range(LANES):
                margin[v, lane] -= strength[HOLD, lane] * desk.z[i, on, lane]
        if pressed >= 0:
            for lane in range(LANES):
                margin[v, lane] -= strength[PRESSURE, lane] * desk.z[i, pressed, lane]


@njit(cache=True, error_model="numpy", inline="always")
def chance_of(wish):
    """Return the chance that a standard normal number lies below `wish`, to 2e-7."""
    far = min(abs(wish) * HALF_ROOT, FAR)
    root = 1.0 + far * (ONE + far * (TWO + far * (THREE + far * (FOUR + far * (FIVE + far * SIX)))))
    root *= root
    root *= root
    root *= root
    tail = 0.5 / (root * root)
    return tail if wish < 0.0 else 1.0 - tail


@njit(**INNER)
def expect(voters, strength, urn):
    """Add to margins what members expect of one another: the least fixed point of the chances to vote for.

    Members begin by expecting nobody and look at one another in turn. Each future is left alone once it has
    settled, whatever those beside it do.
    """
    margin, yes, total, change, live, push = urn.margin, urn.yes, urn.total, urn.change, urn.live, urn.push
    for lane in range(LANES):
        push[lane] = strength[ISOLATION, lane] / strength[DOUBT, lane] / max(voters - 1, 1)
        total[lane], live[lane] = 0.0, 1.0
    for v in range(voters):
        for lane in range(LANES):
            margin[v, lane] /= strength[DOUBT, lane]
            yes[v, lane] = 0.0
    moving = 1.0
    while moving > 0.0:
        moving = 0.0
        for lane in range(LANES):
            change[lane] = 0.0
        for v in range(voters):
            own, mine = yes[v], margin[v]
            for lane in range(LANES):
                chance = chance_of(mine[lane] + push[lane] * (total[lane] - own[lane]))
                more = (chance - own[lane]) * live[lane]
                own[lane] += more
                total[lane] += more
                change[lane] = max(change[lane], more)
        for lane in range(LANES):
            live[lane] = 1.0 if change[lane] > SETTLED else 0.0
            moving += live[lane]
    for v in range(voters):
        for lane in range(LANES):
            more = push[lane] * (total[lane] - yes[v, lane])
            margin[v, lane] = (margin[v, lane] + more) * strength[DOUBT, lane]


@njit(**INNER)
def cast(voters, streams, words, table, strength, desk, urn):
    """Let voters stray from their margins: margin then is above 0 for, from -abstention on abstaining.

    streams (N,) says which of words (streams, LANES) is whose.
    """
    for v in range(len(voters)):
        normals_of(words[streams[voters[v]]], table, desk.place, desk.noise)
        for lane in range(LANES):
            urn.margin[v, lane] += strength[DOUBT, lane] * desk.noise[lane]


@njit(**INNER)
def judge(rule, rules, strength, urn):
    """Decide by a rule, and leave in stack[0] whether it passes in each future."""
    first, voters = rules.leaf_at[rule], rules.whose[rule + 1] - rules.whose[rule]
    for leaf in range(first, rules.leaf_at[rule + 1]):
        total, at = urn.sums[leaf - first], rules.gain_at[leaf]
        for lane in range(LANES):
            total[lane] = 0
        for v in range(voters):
            yes, none, no = rules.gain[at + v], rules.gain[at + voters + v], rules.gain[at + 2 * voters + v]
            for lane in range(LANES):
                margin, band = urn.margin[v, lane], strength[ABSTENTION, lane]
                abstains = (band > 0.0) & (margin >= -band)
                total[lane] += yes if margin > 0.0 else (none if abstains else no)
    top = 0
    for place in range(rules.code_at[rule], rules.code_at[rule + 1]):
        word = rules.code[place]
        if word >= 0:
            for lane in range(LANES):
                urn.stack[top, lane] = urn.sums[word, lane] >= rules.need[first + word]
        else:
            parts, every = (-word - 1) // 2, (-word - 1) % 2 == 1
            top -= parts
            for part in range(1, parts):
                for lane in range(LANES):
                    one, other = urn.stack[top, lane], urn.stack[top + part, lane]
                    urn.stack[top, lane] = (one & other) if every else (one | other)
        top += 1


@njit(**INNER)
def follow(d, votes, factor, desk, passed):
    """Let what the outcome, passed (LANES,), does wait for the next step; factor (2, LANES) by outcome."""
    issues, covariates = desk.x.shape[1], desk.z.shape[1]
    for side in range(2):
        for i in range(desk.x.shape[0]):
            for k in range(issues):
                shift, drift = votes.shift[d, side, i, k], votes.drift[d, side, i, k]
                if shift != 0.0 or drift != 0.0:
                    for lane in range(LANES):
                        now = 1.0 if passed[lane] == (side == 1) else 0.0
                        then = 1.0 if desk.holds[d, lane] == side else 0.0
                        desk.wait_x[i, k, lane] += factor[side, lane] * shift * now
                        desk.drift[i, k, lane] += factor[side, lane] * drift * (now - then)
            for c in range(covariates):
                change = votes.change[d, side, i, c]
                if change != 0.0:
                    for lane in range(LANES):
                        if passed[lane] == (side == 1):
                            desk.wait_z[i, c, lane] += factor[side, lane] * change
    for lane in range(LANES):
        desk.holds[d, lane] = 1 if passed[lane] else 0
