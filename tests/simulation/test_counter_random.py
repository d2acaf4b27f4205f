"""Random numbers by counter: the published numbers, and as even as they should be."""

from __future__ import annotations

import numpy as np
import pytest

from detente.simulation.bargaining.counter_random import philox, uniform

ONES = 0xFFFFFFFF
PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
"""Philox4x32-10 as in the test vectors of Random123 (Salmon and others)."""


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_philox_gives_the_published_words(
    counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    words = philox(tuple(map(np.uint64, counter)), tuple(map(np.uint64, key)))
    assert tuple(int(word) for word in words) == expected


def test_numbers_are_even_and_differ_in_every_part_of_the_counter() -> None:
    def number(seed: int, run: int, turn: int, actor: int) -> float:
        return float(uniform(np.uint64(seed), np.uint64(run), np.int64(turn), np.int64(actor)))

    drawn = [number(1, run, turn, actor) for run in range(20) for turn in range(10) for actor in range(10)]
    assert len(set(drawn)) == 2000 and min(drawn) >= 0 and max(drawn) < 1
    assert abs(np.mean(drawn) - 0.5) < 4 * np.sqrt(1 / 12 / 2000)
    assert number(1, 0, 0, 0) != number(2, 0, 0, 0) != number(2**63, 0, 0, 0)
    assert number(1, 2**40, 0, 0) != number(1, 0, 0, 0)
