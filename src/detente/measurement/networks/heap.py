"""A binary heap in two arrays, for searches in compiled code: keys, and the items that they rank."""

from __future__ import annotations

from numba import njit


@njit(cache=True)
def push(keys, items, count, key, item):
    """Put an item on a heap of `count` items, in place, the one of the least key first."""
    here = count
    while here > 0 and keys[(here - 1) // 2] > key:
        keys[here], items[here] = keys[(here - 1) // 2], items[(here - 1) // 2]
        here = (here - 1) // 2
    keys[here], items[here] = key, item


@njit(cache=True)
def pop(keys, items, count):
    """Take the first item from a heap of `count` items, in place; return how many are left."""
    count -= 1
    key, item, here = keys[count], items[count], 0
    while 2 * here + 1 < count:
        below = 2 * here + 1
        if below + 1 < count and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[here], items[here] = keys[below], items[below]
        here = below
    keys[here], items[here] = key, item
    return count
