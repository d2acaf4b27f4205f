"""Compiled loops that fill a session's front from votes, and read votes' covariances off it."""

from __future__ import annotations

from numba import njit, prange


@njit(parallel=True, cache=True)
def cross_blocks(single, offset, height, start, node, row, per_vote, root, table, half):
    """Cross terms of each item of one session with the session's nodes, (3, nodes) at `offset`, into `table`.

    `half`: the same times the root of the item's covariance. An actor may vote twice in a session on a text
    that recurs there, so cells add up.
    """
    for i in prange(len(single)):
        j, size = single[i], height[i]
        at = offset[i]
        for q in range(start[j], start[j + 1]):
            for k in range(3):
                table[at + k * size + row[node[q]]] += per_vote[q, 1 + k]
        for n in range(size):
            x0, x1, x2 = table[at + n], table[at + size + n], table[at + 2 * size + n]
            for k in range(3):
                half[at + k * size + n] = x0 * root[j, 0, k] + x1 * root[j, 1, k] + x2 * root[j, 2, k]


@njit(cache=True)
def fill_front(
    matrix, place, nodes, own, after, coupling, votes, node, item, recurring, width, per_vote, starting,
    precision,
):  # fmt: skip
    """Add to the front's matrix its points, the walk onward, and recurring items: prior and votes."""
    size = len(after)
    for n in nodes:
        at = place[n]
        matrix[at, at] += own[n]
        if after[n] >= 0:
            onward = place[after[n]]
            matrix[at, onward] += coupling[n]
            matrix[onward, at] += coupling[n]
    for q in votes:
        at = place[node[q]]
        first = size + 3 * recurring[item[q]]
        for k in range(width[item[q]]):
            column = place[first + k]
            matrix[at, column] += per_vote[q, 1 + k]
            matrix[column, at] += per_vote[q, 1 + k]
    for j in starting:
        first = size + 3 * recurring[j]
        for k in range(width[j]):
            for m in range(width[j]):
                matrix[place[first + k], place[first + m]] += precision[j, k, m]


@njit(cache=True)
def read_own(own, start, node, row, swept, cross):
    """Covariance of each vote's point with its item, for items of one session, into `cross` (n, 3)."""
    for i in range(len(own)):
        for q in range(start[own[i]], start[own[i] + 1]):
            for k in range(3):
                cross[q, k] = -swept[i, k, row[node[q]]]


@njit(cache=True)
def read_shared(joint, place, votes, node, item, recurring, width, size, starting, cross, items):
    """The same for recurring items, and the covariances (J, 3, 3) of those that start here."""
    for q in votes:
        first = size + 3 * recurring[item[q]]
        for k in range(width[item[q]]):
            cross[q, k] = joint[place[node[q]], place[first + k]]
    for j in starting:
        first = size + 3 * recurring[j]
        for k in range(width[j]):
            for m in range(width[j]):
                items[j, k, m] = joint[place[first + k], place[first + m]]
