"""The nearest break of models whose nearest break is known, and every separate route to it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detente.errors import StrategyError
from detente.strategy.tipping import Effort, Limit, Space, nearest, sample
from tests.strategy.made_models import cohesion, lake, planes

Floats = NDArray[np.float64]
SMALL = Effort(sample=1024, check=1024)


def around(inputs: int, far: float = 6.0) -> Space:
    """Return inputs at 0 that go as far up as down, where a change by 1 counts as 1."""
    return Space(
        base=np.zeros(inputs), low=np.full(inputs, -far), high=np.full(inputs, far), scale=np.ones(inputs)
    )


def distances(model: Callable[[Floats], Floats], space: Space) -> list[float]:
    """Return the distances of all routes to an outcome below 0."""
    return [route.distance for route in nearest(model, space=space, limit=Limit(0.0), effort=SMALL).routes]


@pytest.mark.parametrize(("inputs", "beta"), [(2, 1.0), (6, 3.0), (20, 4.5)])
def test_a_plane_is_as_far_as_its_beta_and_its_normal_is_the_direction(inputs: int, beta: float) -> None:
    normal = np.arange(1.0, inputs + 1) / np.linalg.norm(np.arange(1.0, inputs + 1))
    found = nearest(lambda x: beta - x @ normal, space=around(inputs), limit=Limit(0.0), effort=SMALL)
    assert len(found.routes) == 1
    assert found.distance == pytest.approx(beta, rel=0.001)
    np.testing.assert_allclose(found.routes[0].cosines, normal, atol=0.02)
    assert found.routes[0].outcome == pytest.approx(0, abs=1e-3)
    assert not found.proven


@settings(deadline=None, max_examples=12)
@given(st.floats(0.8, 3.0), st.floats(0.8, 3.0), st.integers(2, 8), st.booleans())
def test_both_of_two_branches_are_found(one: float, other: float, inputs: int, opposite: bool) -> None:
    which = 0 if opposite else 1
    found = distances(lambda x: np.minimum(one - x[:, 0], other + x[:, which]), around(inputs))
    assert found == pytest.approx(sorted([one, other]), rel=0.01)


@pytest.mark.parametrize("seed", range(8))
def test_every_separate_one_of_random_planes_is_a_route_and_nothing_else(seed: int) -> None:
    model, inputs, separate = planes(seed)
    found = nearest(model, space=around(inputs, far=8.0), limit=Limit(0.0))
    distances_ = np.array([route.distance for route in found.routes])
    assert distances_[0] == pytest.approx(separate[0], rel=1e-4)
    assert all(np.isclose(distances_, each, rtol=0.01).any() for each in separate)


def test_a_parabola_has_both_design_points_of_the_literature() -> None:
    """Der Kiureghian and Dakessian (1998), example 1: b = 5, κ = 0.5, e = 0.1."""
    found = distances(lambda x: 5 - x[:, 1] - 0.5 * (x[:, 0] - 0.1) ** 2, around(2))
    assert found == pytest.approx([2.906, 3.094], abs=0.001)


def test_a_series_of_four_branches_has_four_routes() -> None:
    """Waarts (2000): two branches at 3, two at 3.5."""

    def four(x: Floats) -> Floats:
        along, across = (x[:, 0] + x[:, 1]) / 2**0.5, x[:, 0] - x[:, 1]
        return np.minimum(3 + 0.1 * across**2 - np.abs(along), 7 / 2**0.5 - np.abs(across))

    assert distances(four, around(2)) == pytest.approx([3.0, 3.0, 3.5, 3.5], rel=0.01)


def test_a_sphere_is_one_route() -> None:
    assert distances(lambda x: 2 - np.sqrt((x * x).sum(axis=1)), around(4)) == pytest.approx([2.0], rel=0.001)


def test_bounds_bend_the_way_and_none_is_left() -> None:
    """Of u1 + u2 + u3 ≥ 3 with u1 ≤ 0.5, the nearest is (0.5, 1.25, 1.25)."""
    space = Space(base=np.zeros(3), low=-np.ones(3) * 4, high=np.array([0.5, 4.0, 4.0]), scale=np.ones(3))
    found = nearest(lambda x: 3 - x.sum(axis=1), space=space, limit=Limit(0.0), effort=SMALL)
    np.testing.assert_allclose(found.routes[0].point, [0.5, 1.25, 1.25], atol=0.02)


def test_scales_and_units_are_kept_apart() -> None:
    space = Space(base=np.array([10.0, 1.0]), low=np.array([0.0, 0.0]), high=np.array([50.0, 2.0]))
    found = nearest(lambda x: x[:, 0], space=space, limit=Limit(30.0, above=True), effort=SMALL)
    assert found.distance == pytest.approx(20 / 50, rel=0.001)
    np.testing.assert_allclose(found.routes[0].point, [30.0, 1.0], atol=0.01)


@pytest.mark.parametrize(
    ("removal", "steepness", "critical"), [(0.42, 2, 0.54454), (0.1, 2, 0.101021), (0.45, 4.5, 0.929209)]
)
def test_the_lake_tips_at_its_critical_phosphorus(removal: float, steepness: float, critical: float) -> None:
    space = Space(base=np.zeros(1), low=np.zeros(1), high=np.full(1, 3.0), scale=np.ones(1))
    limit = Limit(critical + 0.3, above=True)
    found = nearest(lake(removal, steepness), space=space, limit=limit, effort=SMALL, monotone=np.array([1]))
    assert found.distance == pytest.approx(critical, abs=2e-5)
    assert found.proven
    if steepness == 2:
        assert found.distance == pytest.approx((1 / removal - np.sqrt(1 / removal**2 - 4)) / 2, abs=2e-5)


def test_where_nothing_breaks_it_says_so_with_the_worst_it_saw() -> None:
    found = nearest(
        lambda x: 10 + x[:, 0] - x[:, 1] ** 2 / 9, space=around(3), limit=Limit(-1.0), effort=SMALL
    )
    assert found.routes == ()
    assert found.distance == np.inf
    assert found.worst == pytest.approx(10 - 6 - 4)
    np.testing.assert_allclose(np.abs(found.worst_at[:2]), [6, 6])
    assert "nothing breaks within the bounds, not proven" in found.say()
    sure = nearest(
        lambda x: x.sum(axis=1), space=around(3), limit=Limit(-19.0), monotone=np.ones(3, dtype=int)
    )
    assert sure.proven
    assert "proven; the worst outcome seen is -18" in sure.say()


def test_a_model_that_is_broken_as_it_stands_is_at_no_distance() -> None:
    found = nearest(lambda x: x[:, 0] - 1, space=around(2), limit=Limit(0.0))
    assert found.distance == 0
    assert found.say() == "it is broken as it stands: the outcome is -1"


def test_switches_make_routes_of_their_own_unless_they_are_idle() -> None:
    far = np.array([6.0, 6.0, 1.0])
    space = Space(
        base=np.zeros(3), low=np.array([-6.0, -6.0, 0.0]), high=far, scale=np.ones(3),
        switch=np.array([False, False, True]),
    )  # fmt: skip
    assert distances(lambda x: 3 - x[:, 0] - 2.5 * x[:, 2], space) == pytest.approx(
        [np.sqrt(1.25), 3.0], rel=1e-3
    )
    assert distances(lambda x: 3 - x[:, 0], space) == pytest.approx([3.0], rel=1e-3)
    assert distances(lambda x: 0.5 - x[:, 2], space) == [1.0]


def test_switches_alone_are_searched_whole() -> None:
    space = Space(base=np.zeros(4), low=np.zeros(4), high=np.ones(4), switch=np.ones(4, dtype=bool))
    found = distances(lambda x: 2.5 - x @ np.array([1.0, 1.0, 1.0, 2.0]), space)
    assert found == pytest.approx([2**0.5] * 3 + [3**0.5])


def test_corners_and_jumps_are_no_hindrance() -> None:
    """A share of futures moves in steps: no slope at all, and an edge at 3 all the same."""
    normal = np.array([0.6, 0.0, 0.8])
    assert distances(lambda x: np.floor((3 - x @ normal) * 20) / 20, around(3)) == pytest.approx(
        [3.0], rel=0.01
    )
    assert distances(lambda x: 2 - np.abs(x).sum(axis=1), around(2)) == pytest.approx([2**0.5] * 4, rel=0.01)


def test_the_error_of_an_outcome_becomes_an_interval_of_the_distance() -> None:
    found = nearest(lambda x: 3 - 2 * x[:, 0], space=around(2), limit=Limit(0.0, error=0.1), effort=SMALL)
    route = found.routes[0]
    assert (route.low, route.high) == pytest.approx((1.5 - 0.098, 1.5 + 0.098), abs=0.001)
    close = Space(base=np.zeros(1), low=np.zeros(1), high=np.full(1, 1.52), scale=np.ones(1))
    found = nearest(lambda x: 3 - 2 * x[:, 0], space=close, limit=Limit(0.0, error=0.1), effort=SMALL)
    assert found.routes[0].high == np.inf


def test_the_nearest_break_is_proven_where_inputs_are_known_to_work_one_way() -> None:
    found = nearest(
        lambda x: 3 - x[:, 0] + 0.5 * x[:, 1], space=around(2), limit=Limit(0.0), effort=SMALL,
        monotone=np.array([-1, 1]),
    )  # fmt: skip
    exact = 3 / np.sqrt(1.25)
    assert found.proven
    assert 0.99 * exact - 1e-3 <= found.free <= exact
    assert "proven to be the nearest" in found.say()


def test_a_model_that_contradicts_what_is_said_of_it_is_named() -> None:
    with pytest.raises(StrategyError, match="monotone: x2"):
        nearest(
            lambda x: 3 - x[:, 0] + x[:, 1] ** 2, space=around(2), limit=Limit(0.0),
            monotone=np.array([-1, 1]),
        )  # fmt: skip
    with pytest.raises(StrategyError, match="says nothing of some inputs"):
        nearest(lambda x: 3 - x[:, 0], space=around(2), limit=Limit(0.0), monotone=np.array([-1, 0]))


def test_outcomes_that_are_missing_are_counted_and_never_break() -> None:
    found = nearest(
        lambda x: np.where(x[:, 1] > 3, np.nan, 2 - x[:, 0]), space=around(2), limit=Limit(0.0), effort=SMALL
    )
    assert found.lost > 0
    assert found.distance == pytest.approx(2.0, rel=0.001)
    with pytest.raises(StrategyError, match="no number without any change"):
        nearest(lambda x: np.full(len(x), np.nan), space=around(2), limit=Limit(0.0))


def test_the_alliance_breaks_nearer_than_plain_sampling_can_see() -> None:
    space = Space(base=np.full(12, 0.5), low=np.zeros(12), high=np.ones(12))
    found = nearest(cohesion, space=space, limit=Limit(0.05))
    again = nearest(cohesion, space=space, limit=Limit(0.05), effort=Effort(seed=3))
    plain = sample(cohesion, space=space, limit=Limit(0.05), effort=Effort(runs=20_000))
    assert found.runs < 60_000
    assert found.distance < 0.7 * plain.distance
    assert again.distance == pytest.approx(found.distance, rel=0.002)
    assert found.missed < 0.001
    assert found.frame()["share"].sum() == pytest.approx(len(found.routes))


def test_a_seed_gives_the_same_bytes() -> None:
    one, other = (
        nearest(lambda x: 2 - x[:, 0] * x[:, 1], space=around(3), limit=Limit(0.0), effort=SMALL)
        for _ in range(2)
    )
    assert one.frame().equals(other.frame())
    assert one.runs == other.runs


def test_all_that_is_wrong_with_a_space_is_said_at_once() -> None:
    with pytest.raises(StrategyError) as caught:
        Space(base=np.array([2.0, 0.5, np.nan, 1.0]), low=np.array([0.0, 0.0, 0.0, 1.0]),
              high=np.ones(4), switch=np.array([False, True, False, False]))  # fmt: skip
    said = str(caught.value)
    assert all(
        part in said for part in ("x1: 2 does not lie", "a switch stands at 0.5", "x3", "x4: has no width")
    )
    with pytest.raises(StrategyError, match="effort: runs"):
        nearest(lambda x: x[:, 0], space=around(1), limit=Limit(0.0), effort=Effort(runs=0))
    with pytest.raises(StrategyError, match="for 1 rows"):
        nearest(lambda x: x, space=around(1), limit=Limit(0.0))


@pytest.mark.parametrize("seed", [0, 3])
def test_a_small_effort_never_says_that_nothing_breaks_where_it_has_seen_a_break(seed: int) -> None:
    """What breaks lies in a corner: coming upon it takes more runs than are allowed."""
    slopes = np.random.default_rng(seed).uniform(0.2, 1.0, 7)
    space = Space(base=np.zeros(7), low=np.zeros(7), high=np.ones(7), scale=np.ones(7))
    at = 0.5 + 0.98 * (1 / (1 + np.exp(-slopes.sum())) - 0.5)
    found = nearest(
        lambda x: 1 / (1 + np.exp(-x @ slopes)), space=space, limit=Limit(at, above=True),
        effort=Effort(sample=512, runs=4000, check=256, seed=seed),
    )  # fmt: skip
    assert found.worst > at and found.routes and "nothing breaks" not in found.say()
    assert found.distance == pytest.approx(in_a_box(slopes, np.log(at / (1 - at))), rel=0.01)


def in_a_box(slopes: Floats, level: float) -> float:
    """Return the length of the shortest u from 0 to 1 with slopes · u = level: clip(λ slopes)."""
    low, high = 0.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if slopes @ np.minimum(middle * slopes, 1.0) > level else (middle, high)
    return float(np.linalg.norm(np.minimum(high * slopes, 1.0)))
