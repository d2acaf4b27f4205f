"""Shifts of paths: steps are found where they are, and neither noise nor drift passes for one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.measurement.shifts import SEGMENT, shifts

DRAWS = 60


def draws(path: np.ndarray, *, noise: float = 0.1, seed: int = 0) -> np.ndarray:
    """Return draws of a path: (sessions, draws)."""
    return np.asarray(path[:, None] + np.random.default_rng(seed).normal(0, noise, (len(path), DRAWS)))


def step(length: int, *places: int) -> np.ndarray:
    """Return a path that rises by one at each place."""
    return np.asarray(np.sum([np.arange(length) >= place for place in places], axis=0), dtype=float)


@settings(max_examples=25, deadline=None)
@given(st.integers(SEGMENT, 26), st.floats(-5, 5), st.booleans())
def test_a_step_is_found_where_it_is_whatever_level_and_sign(place: int, level: float, down: bool) -> None:
    sign = -1 if down else 1
    found = shifts(level + sign * draws(step(30, place)))
    assert [each.place for each in found] == [place]
    assert (found[0].after - found[0].before).mean() == pytest.approx(sign, abs=0.1)
    assert found[0].probability > 0.9


def test_two_steps_are_found_with_the_means_between_them() -> None:
    found = shifts(draws(step(40, 10, 25)))
    assert [each.place for each in found] == [10, 25]
    assert [each.before.mean() for each in found] == pytest.approx([0, 1], abs=0.05)
    assert [each.after.mean() for each in found] == pytest.approx([1, 2], abs=0.05)


@pytest.mark.parametrize("path", [np.zeros(40), np.linspace(0, 4, 40)], ids=["noise", "drift"])
def test_neither_noise_nor_a_steady_drift_is_a_shift(path: np.ndarray) -> None:
    assert shifts(draws(path)) == []


def test_a_step_that_the_draws_do_not_agree_on_is_not_reported() -> None:
    apart = np.hstack([draws(step(40, place)) for place in (8, 16, 24, 32)])
    assert shifts(apart) == []


def test_a_path_too_short_for_two_segments_has_no_shift() -> None:
    assert shifts(draws(step(2 * SEGMENT - 1, 3))) == []
