"""One path of Lemke and Howson (1964) from a label to an equilibrium, on two tableaux.

With payoffs above zero, the best replies of both are the polytopes

    { y >= 0, A y <= 1 }  and  { x >= 0, x B <= 1 },

each in a tableau with a row for every action of who replies, columns for the variables in the order of their
labels (rows' actions first, then columns'), and the right-hand side last. A variable is `x` or `y` of an
action, or what is lacking to 1, its slack; in the first tableau those of the rows' labels are slacks, in the
second those of the columns'. A label is dropped by letting its variable in; the one that has to leave is let
into the other tableau, until the label that was dropped comes up. Where several could leave, the order of the
rows, entry by entry, decides, so that no basis comes twice, also in degenerate games (von Stengel 2002, 2.6).
"""

from __future__ import annotations

import numpy as np
from numba import njit

SMALLEST = 1e-9
"""Entries of a column below this are no pivots."""
TIED = 1e-13
"""Ratios are equal within this."""


@njit(cache=True)
def leaving(table, column, slack, rows):
    """Return the row that leaves where `column` comes in: of least ratio, ties broken lexicographically.

    `slack` is the first column of the tableau's slacks, as many as `rows`. -1 where none bounds the column.
    """
    left = np.empty(rows, dtype=np.int64)
    number = 0
    for row in range(rows):
        if table[row, column] > SMALLEST:
            left[number] = row
            number += 1
    if number == 0:
        return -1
    for turn in range(-1, rows):
        if number == 1:
            break
        at = table.shape[1] - 1 if turn < 0 else slack + turn
        if at == column:
            continue
        least = np.inf
        kept = 0
        for place in range(number):
            row = left[place]
            ratio = table[row, at] / table[row, column]
            if ratio < least - TIED:
                least = ratio
                left[0] = row
                kept = 1
            elif ratio <= least + TIED:
                left[kept] = row
                kept += 1
        number = kept
    return left[0]


@njit(cache=True)
def pivot(table, row, column):
    """Let `column` into the basis at `row`, in place."""
    mine = table[row] / table[row, column]  # a copy: else compilers must allow that rows overlap
    for other in range(len(table)):
        its = table[other]
        times = its[column]
        if times != 0.0:
            for at in range(len(mine)):
                its[at] -= times * mine[at]
    table[row] = mine


@njit(cache=True)
def walk(a, b, label, most):
    """Return x (rows,) and y (columns,) at the end of the path that drops `label`, and whether it has one.

    `a` and `b`, (rows, columns), are above zero. It has none after `most` pivots, or where rounding has left
    a column without a bound.
    """
    m, n = a.shape
    y_side = np.zeros((m, m + n + 1))
    y_side[:, :m] = np.eye(m)
    y_side[:, m : m + n] = a
    y_side[:, m + n] = 1.0
    x_side = np.zeros((n, m + n + 1))
    x_side[:, :m] = b.T
    x_side[:, m : m + n] = np.eye(n)
    x_side[:, m + n] = 1.0
    y_base, x_base = np.arange(m), np.arange(m, m + n)
    entering, on_x, ended = label, label < m, False
    for _ in range(most):
        table, base, slack = (x_side, x_base, m) if on_x else (y_side, y_base, 0)
        row = leaving(table, entering, slack, len(base))
        if row < 0:
            break
        pivot(table, row, entering)
        entering, base[row] = base[row], entering
        on_x = not on_x
        if entering == label:
            ended = True
            break
    x, y = np.zeros(m), np.zeros(n)
    for row in range(n):
        if x_base[row] < m:
            x[x_base[row]] = x_side[row, m + n]
    for row in range(m):
        if y_base[row] >= m:
            y[y_base[row] - m] = y_side[row, m + n]
    ended = ended and x.sum() > 0.0 and y.sum() > 0.0
    if ended:
        x /= x.sum()
        y /= y.sum()
    return x, y, ended
