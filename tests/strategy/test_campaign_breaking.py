"""The smallest turn of the knobs that breaks a case, against distances worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numba
import numpy as np
import pytest

from detente.cases.strategies import Stress
from detente.errors import StrategyError
from detente.strategy.campaign import breaking as room
from detente.strategy.campaign.breaking import Asked, Breaking, breaking, drivers
from detente.strategy.campaign.stress import Stressed, column_of, stressed
from detente.strategy.tipping.results import Tipping
from tests.strategy.made_case import MOVING, made, ready

MEAN = (0.6 + 0.5 + 0.3) / 3
ABOUT_MEAN: dict[str, Any] = {"mean": "UNION", "item": "line"}


def knob(shift: dict[str, float], **more: Any) -> dict[str, Any]:
    """Return something that moves positions."""
    return {"title": "Knob", "shift": {"line": shift}, "reason": "Invented.", **more}


def breaks(measure: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what counts as broken."""
    return {"title": "Broken", "measure": measure, "reason": "Invented.", **more}


TIRED = {"tired": knob({"UNION": -0.15}), "rift": knob({"CCC": -0.3}), "idle": knob({"RRR": 0.5})}


def turned(knobs: dict[str, Any], broken: dict[str, Any], **projection: Any) -> tuple[Stressed, Stress]:
    """Return the case with knobs to turn, and what is asked of it."""
    stress = Stress.model_validate({"date": "2015-12-15", "knobs": knobs, "breaks": {"one": broken}})
    case = made(projection=projection, stress=stress.model_dump(mode="json", exclude_none=True))
    assert case.strategies is not None and case.strategies.stress is not None
    return stressed(ready(case), case.strategies.stress, draws=64), case.strategies.stress


@pytest.fixture(scope="module")
def linear() -> tuple[Stressed, Stress, Breaking]:
    """A case whose mean falls by 0.15 for one knob and by 0.1 for another, and what breaks it below 0.4."""
    held, stress = turned(TIRED, breaks(ABOUT_MEAN, below=0.4), **MOVING)
    return held, stress, breaking(held, stress, "one")


def test_the_nearest_break_of_a_linear_response_is_as_far_as_it_is(
    linear: tuple[Stressed, Stress, Breaking],
) -> None:
    held, _, found = linear
    as_it_is = held.means(np.zeros((1, 3))).mean[0, 0]
    (route,) = found.found.routes
    assert found.found.base == as_it_is == pytest.approx(MEAN, abs=0.02)
    assert route.distance == pytest.approx((as_it_is - 0.4) / np.hypot(0.15, 0.1), rel=0.01)
    np.testing.assert_allclose(route.cosines, [0.832, 0.555, 0.0], atol=0.06)
    assert found.settled and route.outcome < 0.4
    assert route.outcome == pytest.approx(0.4, abs=1e-4)


def test_a_break_on_either_side_is_two_routes_and_the_model_has_both() -> None:
    """BBB between the others: the spread is 0.2 once it stands at (1.8 ± √1.8) / 4, from 0.5."""
    knobs = {"swing": knob({"BBB": 0.4}, both=True), "idle": knob({"RRR": 0.5})}
    held, stress = turned(knobs, breaks({"cohesion": "UNION", "item": "line"}, above=0.2))
    found = breaking(held, stress, "one")
    ends = (1.8 + np.array([1, -1]) * np.sqrt(3.24 - 1.44)) / 4
    assert [route.distance for route in found.found.routes] == pytest.approx(abs(ends - 0.5) / 0.4, rel=0.01)
    assert [np.sign(route.change[0]) for route in found.found.routes] == [1, -1]
    limit = 0.2
    for route in found.found.routes:
        there, before = held.means(np.stack([route.change, 0.999 * route.change])).mean[:, 0]
        assert before <= limit < there == route.outcome


def test_it_hangs_on_no_number_of_threads(linear: tuple[Stressed, Stress, Breaking]) -> None:
    held, stress, usual = linear
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        (one,), (other,) = breaking(held, stress, "one").found.routes, usual.found.routes
    finally:
        numba.set_num_threads(threads)
    assert one.change.tobytes() == other.change.tobytes() and one.distance == other.distance


def test_what_is_broken_as_it_stands_is_no_distance_away() -> None:
    held, stress = turned(TIRED, breaks(ABOUT_MEAN, below=0.5))
    found = breaking(held, stress, "one").found
    assert found.distance == 0.0 and found.base == pytest.approx(MEAN, abs=1e-6)


def test_where_nothing_breaks_the_worst_is_what_the_model_came_to() -> None:
    held, stress = turned(TIRED, breaks(ABOUT_MEAN, below=0.2))
    told = breaking(held, stress, "one")
    assert told.found.routes == () and told.row()["distance"] == np.inf
    assert told.found.worst == pytest.approx(MEAN - 0.15 - 0.1, abs=0.002) and told.found.worst > 0.2


def test_what_nothing_moves_is_searched_no_further() -> None:
    held, stress = turned({"idle": knob({"RRR": 0.5})}, breaks(ABOUT_MEAN, below=0.4))
    told = breaking(held, stress, "one")
    assert told.found.routes == () and told.settled
    assert told.checked < 300


def test_a_break_that_the_model_has_shown_is_never_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the surrogate sees none."""

    def blind(asked: Asked) -> Tipping:
        return replace(room._told(asked, (), 1), routes=())

    monkeypatch.setattr(room, "_surrogate", blind)
    held, stress = turned(TIRED, breaks(ABOUT_MEAN, below=0.4))
    found = breaking(held, stress, "one").found
    assert found.worst < 0.4 and found.routes
    assert (MEAN - 0.4) / np.hypot(0.15, 0.1) < found.distance <= found.plain


def test_futures_that_grow_beyond_bounds_are_left_out_and_counted() -> None:
    held, stress = turned(TIRED, breaks(ABOUT_MEAN, below=0.4))
    own = held.plan.law.own.copy()
    own[5] = 1e39
    lossy = replace(held, plan=replace(held.plan, law=held.plan.law._replace(own=own)))
    told = breaking(lossy, stress, "one")
    assert told.lost == 1 and np.isfinite(told.found.base)
    assert told.found.distance == pytest.approx(0.1 / 1.5 / np.hypot(0.15, 0.1), rel=0.02)
    own[:60] = 1e39
    hopeless = replace(held, plan=replace(held.plan, law=held.plan.law._replace(own=own)))
    with pytest.raises(StrategyError, match="beyond bounds in 60 of 64 futures under stress"):
        hopeless.means(np.zeros((1, 3)))


def test_a_break_that_is_not_named_is_an_error_that_says_which_are() -> None:
    held, stress = turned(TIRED, breaks(ABOUT_MEAN, below=0.4))
    with pytest.raises(StrategyError, match="did you mean 'one'"):
        breaking(held, stress, "ones")


def test_breaks_read_from_the_same_share_a_column() -> None:
    held, stress = turned(TIRED, breaks(ABOUT_MEAN, below=0.4))
    more = {**stress.breaks, "two": stress.breaks["one"].model_copy(update={"below": 0.3})}
    assert column_of(stress.model_copy(update={"breaks": more}), "two") == 0
    assert len(held.measures) == 1


def test_drivers_of_a_linear_response_are_the_squares_of_its_slopes() -> None:
    held, _ = turned(TIRED, breaks(ABOUT_MEAN, below=0.4))
    rows = drivers(held).frame()
    total = rows[rows["index"] == "total"].set_index("input")["value"]
    assert total["tired"] == pytest.approx(0.15**2 / (0.15**2 + 0.1**2), abs=0.05)
    assert total["rift"] == pytest.approx(0.1**2 / (0.15**2 + 0.1**2), abs=0.05)
    assert total["idle"] == 0.0
