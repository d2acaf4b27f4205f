"""Every coalition in turn, compiled; apart from the rest, which loads without a compiler."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def count_winners(gain, need, code, number):  # type: ignore[no-untyped-def]  # compiled, and numba has no types
    """Return winning coalitions by size, and those that hold each voter by size, looking at every one.

    Coalitions follow one another by one voter who joins or leaves (Gray code). `code` is the rule in reverse
    Polish notation: a leaf's number, or -(2 * parts + every) - 1 for a node.
    """
    total = np.zeros(number + 1, np.int64)
    held = np.zeros((number, number + 1), np.int64)
    leaves = gain.shape[0]
    sums = np.zeros(leaves, np.int64)
    stack = np.zeros(len(code) + 1, np.bool_)
    member = np.zeros(number, np.bool_)
    size = 0
    for step in range(np.int64(1) << number):
        if step:
            voter = 0
            while not (step >> voter) & 1:
                voter += 1
            change = -1 if member[voter] else 1
            member[voter] = not member[voter]
            size += change
            for leaf in range(leaves):
                sums[leaf] += change * gain[leaf, voter]
        top = 0
        for word in code:
            if word >= 0:
                stack[top] = sums[word] >= need[word]
                top += 1
            else:
                parts, every = (-word - 1) // 2, (-word - 1) % 2
                result = every == 1
                for _ in range(parts):
                    top -= 1
                    both = result and stack[top]
                    result = both if every == 1 else result or stack[top]
                stack[top] = result
                top += 1
        if stack[0]:
            total[size] += 1
            for voter in range(number):
                if member[voter]:
                    held[voter, size] += 1
    return total, held
