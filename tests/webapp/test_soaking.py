"""How a soak judges what a process holds over time."""

from __future__ import annotations

import os

import numpy as np
import pytest
from benchmarks.soaking.watching import Watched, grows

STEPS = np.arange(90.0)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.full(90, 300.0), False),
        (np.minimum(100 + 10 * STEPS, 350), False),  # it fills, and then stays
        (300 + 20 * (STEPS % 7), False),  # it goes up and down
        (300 + 0.05 * STEPS, False),  # within what allocators do
        (300 + STEPS, True),
        (300 + STEPS + 10 * (STEPS % 3), True),
        (300 + 40 * (STEPS // 15), True),  # in stairs
        (np.full(5, 300.0), False),  # too short to tell
    ],
)  # fmt: skip
def test_what_grows_steadily_after_warming_up_is_told(values: np.ndarray, told: bool) -> None:
    assert bool(grows(values.tolist())) == told


def test_a_process_is_looked_at() -> None:
    watched = Watched(os.getpid())
    seen = watched.look()
    assert seen.memory > 1
    assert seen.threads >= 1
    assert seen.files >= 1
    assert watched.column("memory") == [seen.memory]
