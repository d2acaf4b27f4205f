"""Compiled: futures from start to end, in blocks of `LANES`, and what is written down of them."""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.simulation.ensemble.luck import INNER, LANES, WORDS, draw_words
from detente.simulation.ensemble.moving import average, begin, move_covariates, move_positions, shake
from detente.simulation.ensemble.voting import cast, expect, follow, judge, lean


@njit(**INNER)
def copy_out(held, row, values):
    """Write held (rows, K, LANES) into rows of values from `row` on, and return the row after the last."""
    for a in range(held.shape[0]):
        for k in range(held.shape[1]):
            for lane in range(LANES):
                values[row, lane] = np.float32(held[a, k, lane])
            row += 1
    return row


@njit(**INNER)
def write_down(row, member, desk, values):
    """Write positions, blocs' means and standard deviations, and covariates into rows of values.

    values (rows, LANES); deviations are among members, divided by their number.
    """
    x, mean, noise = desk.x, desk.mean, desk.noise
    average(x, member, mean)
    row = copy_out(x, row, values)
    row = copy_out(mean, row, values)
    for b in range(mean.shape[0]):
        for k in range(mean.shape[1]):
            size = 0.0
            for lane in range(LANES):
                noise[lane] = 0.0
            for i in range(x.shape[0]):
                if member[i, b] > 0.0:
                    size += 1.0
                    for lane in range(LANES):
                        gap = x[i, k, lane] - mean[b, k, lane]
                        noise[lane] += gap * gap
            for lane in range(LANES):
                values[row, lane] = np.float32(np.sqrt(noise[lane] / max(size, 1.0)))
            row += 1
    copy_out(desk.z, row, values)


@njit(**INNER)
def cross(lines, x, ever, fresh, rows, flags):
    """Keep up who has been beyond a line, ever (L, N, LANES), and write it into flags (rows, LANES).

    `rows` are the first for who is beyond and for who has been by now, -1 where nothing is to be written.
    """
    actors = x.shape[0]
    for line in range(len(lines.at)):
        k, at = lines.issue[line], lines.at[line]
        for i in range(actors):
            side, place = lines.side[line, i], line * actors + i
            for lane in range(LANES):
                beyond = (x[i, k, lane] - at) * side < 0.0
                ever[line, i, lane] = beyond | (ever[line, i, lane] & (not fresh))
                if rows[0] >= 0:
                    flags[rows[0] + place, lane] = beyond
                    flags[rows[1] + place, lane] = ever[line, i, lane]


@njit(**INNER)
def decide(occasion, votes, rules, luck, words, strength, factor, desk, urn, flags):
    """Hold one ballot; rows of flags (rows, LANES): whether each passed, (O,), and who was for, (O, N)."""
    d, rule = votes.ballot[occasion], votes.rule[occasion]
    voters = rules.who[rules.whose[rule] : rules.whose[rule + 1]]
    lean(occasion, votes, voters, strength, desk, urn.margin)
    if votes.isolates[d]:
        expect(len(voters), strength, urn)
    cast(voters, luck.vote[d], words, luck.tables[0], strength, desk, urn)
    judge(rule, rules, strength, urn)
    follow(d, votes, factor, desk, urn.stack[0])
    first = len(votes.ballot) + occasion * desk.x.shape[0]
    for lane in range(LANES):
        flags[occasion, lane] = urn.stack[0, lane]
    for v in range(len(voters)):
        for lane in range(LANES):
            flags[first + voters[v], lane] = urn.margin[v, lane] > 0.0


@njit(cache=True, error_model="numpy", nogil=True)
def play(plan, desk, urn, drawn, clock, values, flags):
    """Play blocks of futures into values (blocks, rows, LANES) and flags (blocks, rows, LANES).

    `plan` holds law, outside, events, votes, rules, luck and lines; `drawn` what is drawn once in a future:
    factors of shocks (blocks, S, LANES), of consequences (blocks, D, 2, LANES), and strengths (blocks, D, 5,
    LANES). `clock` is the seed, every how many steps to write down, the number of the first future of all
    blocks, and from which block to which to play.
    """
    law, outside, events, votes, rules, luck, lines = plan
    factors, consequences, strengths = drawn
    seed, every, first, start, stop = clock
    steps, many = len(events.member) - 1, values.shape[1] // ((len(events.member) - 1) // every + 1)
    voted, table = len(votes.ballot) * (1 + desk.x.shape[0]), luck.tables[0]
    crossings = (flags.shape[1] - voted) // 2
    for block in range(start, stop):
        here, factor, words = first + block * LANES, factors[block], desk.words[0]
        for step in range(steps + 1):
            member = events.member[step]
            if step % WORDS == 1 or step == 0:
                turn = (step + WORDS - 1) // WORDS
                draw_words(seed, np.uint64(here), np.uint64(turn), luck.names, luck.wanted[turn], desk.words)
            if step == 0:
                begin(law, outside, table, here, desk)
            else:
                words = desk.words[(step - 1) % WORDS]
                move_covariates(step, outside, events, factor, words[luck.walk :], table, desk)
                move_positions(law, member, words[luck.own :], words[luck.common :], luck.tables, desk)
                shake(step, events, factor, words, luck.news, table, desk)
            for occasion in range(votes.opens[step], votes.opens[step + 1]):
                d = votes.ballot[occasion]
                strength, after = strengths[block, d], consequences[block, d]
                decide(occasion, votes, rules, luck, words, strength, after, desk, urn, flags[block])
            record = step // every if step % every == 0 else -1
            rows = -1, -1
            if record >= 0:
                row = voted + record * len(lines.at) * desk.x.shape[0]
                rows = row, row + crossings
                write_down(record * many, member, desk, values[block])
            cross(lines, desk.x, desk.ever, step == 0, rows, flags[block])
