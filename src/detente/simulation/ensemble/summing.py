"""Compiled: quantiles of many rows of numbers, from all of them or from counts in bins.

Numbers come in blocks, (blocks, rows, LANES), of which only the first `count` futures are of account.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.simulation.ensemble.luck import INNER, LANES

FEW = 100
BUCKETS = 512
FIRST, LAST = np.float32(0.0), np.float32(BUCKETS - 1)
REACH = 3.0
"""Buckets of one size reach so many standard deviations below and above the mean."""
GRAIN = 2.0**20
"""Sums are of so many whole parts of a bin, so that the order in which they are added up does not matter."""
SQUARES = 2.0**10
"""The same for sums of squares."""
LARGE = 2.0**22
"""Numbers further away than so many bins count as that far, in sums."""


@njit(**INNER)
def line_up(values, row, count, line):
    """Write the numbers of a row into line (count,), one block after another."""
    for block in range(values.shape[0]):
        start = block * LANES
        for lane in range(min(LANES, count - start)):
            line[start + lane] = values[block, row, lane]


@njit(**INNER)
def moments(line):
    """Return the mean and the standard deviation of numbers, in four sums each."""
    a = b = c = d = e = f = g = h = 0.0
    start, whole = float(line[0]), len(line) - len(line) % 4
    for i in range(0, whole, 4):
        p, q, r, s = line[i] - start, line[i + 1] - start, line[i + 2] - start, line[i + 3] - start
        a, b, c, d = a + p, b + q, c + r, d + s
        e, f, g, h = e + p * p, f + q * q, g + r * r, h + s * s
    for i in range(whole, len(line)):
        p = line[i] - start
        a, e = a + p, e + p * p
    mean = ((a + b) + (c + d)) / len(line)
    return start + mean, np.sqrt(max(((e + f) + (g + h)) / len(line) - mean * mean, 0.0))


@njit(**INNER)
def put_in_order(part, size, place):
    """Sort the first numbers of part (2, more) into part[1]: a few by how many are smaller, all at once.

    Many are sorted by Shell's method, with gaps that shrink by 2.25.
    """
    given, found = part[0], part[1]
    if size <= FEW:
        for i in range(size):
            smaller = np.int32(0)
            for j in range(size):
                smaller += np.int32(given[j] < given[i]) + np.int32((given[j] == given[i]) & (j < i))
            place[i] = smaller
        for i in range(size):
            found[place[i]] = given[i]
        return
    for i in range(size):
        found[i] = given[i]
    gap = size
    while gap > 1:
        gap = max(4 * gap // 9, 1)
        for i in range(gap, size):
            moved, at = found[i], i
            while at >= gap and found[at - gap] > moved:
                found[at] = found[at - gap]
                at -= gap
            found[at] = moved


@njit(cache=True, error_model="numpy", nogil=True)
def order_statistics(values, count, ranks, span, found, about):
    """Write the numbers of these ranks (rising, from 0) among the futures of each row, mean and sd.

    For rows of `span`; found (rows, ranks), about (rows, 2). Numbers are put into buckets around the mean of
    the row, the first and the last without end, and those buckets are sorted that hold a rank.
    """
    line, part = np.empty(count, np.float32), np.empty((2, count + 1), np.float32)
    bucket, counts = np.empty(count, np.int32), np.empty(BUCKETS, np.int32)
    wanted = np.empty(BUCKETS, np.int32)
    for row in range(span[0], span[1]):
        line_up(values, row, count, line)
        mean, sd = moments(line)
        about[row, 0], about[row, 1] = mean, sd
        low = np.float32(mean - REACH * sd)
        scale = np.float32(BUCKETS / (2 * REACH * sd)) if sd > 0.0 else np.float32(0.0)
        for b in range(BUCKETS):
            counts[b] = wanted[b] = 0
        for i in range(count):
            along = (line[i] - low) * scale
            along = along if along > FIRST else FIRST  # also where it is no number
            bucket[i] = np.int32(along if along < LAST else LAST)
        for i in range(count):
            counts[bucket[i]] += 1
        passed = kept = rank = b = 0
        while rank < len(ranks):
            if ranks[rank] < passed + counts[b]:
                # What is kept holds this rank so many places nearer to the beginning.
                wanted[b], found[row, rank] = 1, passed - kept
                rank += 1
            else:
                kept += counts[b] * wanted[b]
                passed += counts[b]
                b += 1
        size = 0
        for i in range(count):
            part[0, size] = line[i]
            size += wanted[bucket[i]]
        put_in_order(part, size, bucket)
        for rank in range(len(ranks)):
            found[row, rank] = part[1, ranks[rank] - np.int64(found[row, rank])]


@njit(cache=True, error_model="numpy", nogil=True)
def put_in_bins(values, count, edges, span, counts, sums):
    """Count the futures of each row into bins, and add them up.

    For rows of `span`; edges (rows, 2): where the first bin begins, and how many bins there are to 1. counts
    (rows, bins); numbers outside count in the first or last. sums (rows, 3): distances from the middle in
    parts of a bin, their squares, and how many are no numbers or infinite.
    """
    bins = counts.shape[1]
    line, place = np.empty(count, np.float32), np.empty(count, np.int32)
    for row in range(span[0], span[1]):
        line_up(values, row, count, line)
        low, scale = edges[row, 0], edges[row, 1]
        total, square, wild = np.int64(0), np.int64(0), np.int64(0)
        for i in range(count):
            along = (float(line[i]) - low) * scale
            far = along - bins / 2
            wild += far - far != 0.0  # no number, or infinite
            far = far if far > -LARGE else -LARGE  # also where it is no number
            far = far if far < LARGE else LARGE
            total += np.int64(far * GRAIN)
            square += np.int64(far * far * SQUARES)
            along = along if along > 0.0 else 0.0
            place[i] = np.int32(along if along < bins - 1.0 else bins - 1.0)
        sums[row, 0] += total
        sums[row, 1] += square
        sums[row, 2] += wild
        for i in range(count):
            counts[row, place[i]] += np.uint32(1)


@njit(cache=True, error_model="numpy")
def quantiles_in_bins(counts, edges, wanted, found):
    """Write quantiles (rows, wanted) from counts in bins, straight between the ends of a bin."""
    for row in range(counts.shape[0]):
        total = np.int64(0)
        for b in range(counts.shape[1]):
            total += np.int64(counts[row, b])
        before, b = np.int64(0), 0
        for q in range(len(wanted)):
            rank = wanted[q] * total
            while b < counts.shape[1] - 1 and before + np.int64(counts[row, b]) < rank:
                before += np.int64(counts[row, b])
                b += 1
            here = max(np.int64(counts[row, b]), 1)
            found[row, q] = edges[row, 0] + (b + (rank - before) / here) / edges[row, 1]


@njit(cache=True, error_model="numpy", nogil=True)
def count_true(flags, count, found):
    """Add to found (rows,) for how many futures each row is true."""
    for block in range(flags.shape[0]):
        for row in range(flags.shape[1]):
            for lane in range(min(LANES, count - block * LANES)):
                found[row] += flags[block, row, lane]
