"""The event study: how often it rejects where nothing happens, what it sees, and what it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from detente.measurement.events.permutation import Exchange, choices
from detente.measurement.events.series import Series, calendar
from detente.measurement.events.shifting import shifts
from detente.measurement.events.simulated import World, simulate
from detente.measurement.events.study import Design, event_study
from detente.measurement.events.windows import Shape, changes, inside, placebos

WEEKS = calendar(pd.Timestamp("2005-01-03"), pd.Timestamp("2015-12-31"), "week")
OCCASIONS = np.arange(60, 60 + 9 * 52, 52)
SHAPE = Shape()
TRIALS = 1_000


def p_values(world: World, *, trial: int, effect: float = 0.0) -> tuple[float, float]:
    """Return the p-value of one made-up series, and that of a t-test that takes weeks as independent."""
    rng = np.random.default_rng([5, trial])
    values, events = simulate(len(WEEKS), rng=rng, world=world, at=OCCASIONS, effect=effect)
    others = placebos(len(WEEKS), OCCASIONS, SHAPE)
    at = np.concatenate([OCCASIONS, others])
    found = changes(values, events, at, SHAPE)
    used, occasion = found.weight > 0, np.arange(len(at)) < len(OCCASIONS)
    among = choices(int(used.sum()), int((used & occasion).sum()), draws=499, rng=rng)
    test = Exchange(found.change[used], found.weight[used], occasion[used], among)
    sides = [values[(OCCASIONS[:, None] + offsets).ravel()] for offsets in (SHAPE.before, SHAPE.after)]
    plain = ttest_ind(*(side[~np.isnan(side)] for side in sides), equal_var=False)
    return float(test.p_values()[0]), float(plain.pvalue)


@pytest.mark.parametrize("memory", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("events", [0.5, 5.0, 50.0])
def test_how_often_a_test_at_five_per_cent_rejects_where_nothing_happens(
    benchmark: Any, events: float, memory: float
) -> None:
    """Over 1,000 series of eleven years with nine occasions; beside it, a t-test on the same weeks."""
    world = World(events=events, memory=memory)
    run = lambda: [p_values(world, trial=trial) for trial in range(TRIALS)]  # noqa: E731  # timed as it is
    found = np.array(benchmark.pedantic(run, rounds=1))
    benchmark.extra_info["rejected"], benchmark.extra_info["t-test"] = (found <= 0.05).mean(axis=0)
    assert 0.03 <= benchmark.extra_info["rejected"] <= 0.07


@pytest.mark.parametrize("events", [0.1, 0.5, 2.0, 10.0, 50.0])
def test_what_a_sample_of_so_many_events_a_week_could_see(benchmark: Any, events: float) -> None:
    """The least change seen with a chance of four fifths, of one dyad and as one of six; middle of ten."""
    series = {str(trial): _series(World(events=events), trial) for trial in range(10)}
    days = WEEKS[OCCASIONS]
    found = benchmark.pedantic(
        lambda: [event_study({key: each}, pd.DatetimeIndex(days)).study for key, each in series.items()],
        rounds=1,
    )
    benchmark.extra_info["least_alone"] = float(pd.concat(found)["least"].fillna(np.inf).median())
    six = event_study({key: series[key] for key in list(series)[:6]}, pd.DatetimeIndex(days)).study
    benchmark.extra_info["least_as_one_of_six"] = float(six["least"].fillna(np.inf).median())


def test_the_effect_put_in_is_found_as_often_as_said(benchmark: Any) -> None:
    """The effect is the middle of what ten series say they would have shown with a chance of four fifths."""
    world, days = World(events=10.0), pd.DatetimeIndex(WEEKS[OCCASIONS])
    told = [event_study({"0": _series(world, trial)}, days).study["least"].iloc[0] for trial in range(10)]
    least = float(np.median(told))
    found = benchmark.pedantic(
        lambda: np.mean([p_values(world, trial=trial, effect=least)[0] <= 0.05 for trial in range(400)]),
        rounds=1,
    )
    benchmark.extra_info["least"], benchmark.extra_info["found"] = least, float(found)


def test_a_study_of_twenty_dyads_over_eleven_years(benchmark: Any) -> None:
    series = {str(trial): _series(World(), trial) for trial in range(20)}
    study = benchmark.pedantic(
        lambda: event_study(series, pd.DatetimeIndex(WEEKS[OCCASIONS]), design=Design()).study, rounds=1
    )
    assert study["tests"].iloc[0] == 20


def test_how_often_memory_alone_passes_for_a_shift(benchmark: Any) -> None:
    def run() -> float:
        found = 0
        for trial in range(200):
            rng = np.random.default_rng([6, trial])
            values, events = simulate(len(WEEKS), rng=rng, world=World(events=10.0))
            found += bool(shifts(values, events, rng=rng))
        return found / 200

    benchmark.extra_info["series_with_a_shift"] = benchmark.pedantic(run, rounds=1)


def _series(world: World, trial: int) -> Series:
    rng = np.random.default_rng([9, trial])
    values, events = simulate(len(WEEKS), rng=rng, world=world)
    assert inside(OCCASIONS, len(WEEKS), SHAPE).all()
    return Series(WEEKS, values, events, events.astype(np.int64), (events > 0).astype(np.int64))
