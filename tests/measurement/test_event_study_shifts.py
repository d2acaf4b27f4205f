"""Shifts of a series: those put in are found, and memory alone is none."""

from __future__ import annotations

import numpy as np
import pytest

from detente.measurement.events.shifting import shifts
from detente.measurement.events.simulated import World, simulate


def test_shifts_up_and_down_again_are_found_where_they_were_put() -> None:
    rng = np.random.default_rng(1)
    path = np.repeat([0.0, 1.0, 0.0], [100, 80, 120]) + rng.normal(0, 0.6, 300)
    found = shifts(path, np.ones(300), rng=rng)
    assert [shift.place for shift in found] == pytest.approx([100, 180], abs=6)
    assert found[0].after == found[1].before == pytest.approx(1.0, abs=0.15)


def test_weeks_without_events_are_passed_over_and_places_are_those_of_the_whole_series() -> None:
    rng = np.random.default_rng(2)
    path = np.repeat([0.0, 2.0], 100) + rng.normal(0, 0.5, 200)
    path[::2] = np.nan
    found = shifts(path, np.ones(200), rng=rng)
    assert [shift.place for shift in found] == [101]


def test_weeks_with_more_events_count_more() -> None:
    path = np.tile([1.0, -1.0], 60)
    weights = np.where(np.arange(120) < 60, np.tile([9.0, 1.0], 60), np.tile([1.0, 9.0], 60))
    found = shifts(path, weights, rng=np.random.default_rng(0))
    assert [shift.place for shift in found] == pytest.approx([60], abs=1)
    assert found[0].before > 0.5 > -0.5 > found[0].after


def test_memory_alone_is_seldom_taken_for_a_shift() -> None:
    found = 0
    for seed in range(20):
        rng = np.random.default_rng([3, seed])
        values, events = simulate(300, rng=rng, world=World(events=10.0))
        found += bool(shifts(values, events, rng=rng))
    assert found <= 4


def test_a_short_series_has_no_shift() -> None:
    assert shifts(np.repeat([0.0, 9.0], 10), np.ones(20), rng=np.random.default_rng(0)) == []
