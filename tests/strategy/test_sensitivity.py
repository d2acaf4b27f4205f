"""Sobol indices and Shapley effects: closed forms, SALib as oracle, quarantine, and faults by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from SALib.analyze import sobol as salib
from scipy.stats import norm, uniform

from detente.errors import StrategyError
from detente.strategy.sensitivity.designs import saltelli
from detente.strategy.sensitivity.effects import shapley
from detente.strategy.sensitivity.estimates import weights
from detente.strategy.sensitivity.indices import sobol
from detente.strategy.sensitivity.joint import Joint, conditional
from detente.strategy.sensitivity.nearest import chain_variances
from detente.strategy.sensitivity.neighbours import Neighbourhood, shapley_of_sample

Floats = NDArray[np.float64]
CUBE = [(-np.pi, np.pi)] * 3
ISHIGAMI = Joint(np.eye(3), (uniform(-np.pi, 2 * np.pi),) * 3)
SHAPLEY_OF_ISHIGAMI = (0.4357470, 0.4424111, 0.1218418)
PAIR = Joint(np.array([[1.0, 0.5], [0.5, 1.0]]), (norm(0, 1), norm(0, 2)))
SHAPLEY_OF_PAIR = (0.3392857, 0.6607143)


def ishigami(x: Floats) -> Floats:
    """Ishigami and Homma (1990), a = 7, b = 0.1."""
    y: Floats = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return y


def product(x: Floats) -> Floats:
    """The G function of Sobol' with a = 0, 1, 4.5, 9 and four times 99."""
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    y: Floats = np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1)
    return y


def total(x: Floats) -> Floats:
    y: Floats = x.sum(axis=1)
    return y


def names(count: int) -> tuple[str, ...]:
    return tuple(f"x{j}" for j in range(count))


def test_first_total_and_second_of_ishigami_are_the_closed_forms() -> None:
    x = saltelli(CUBE, size=16384, seed=1, second=True)
    told = sobol(ishigami(x), inputs=("a", "b", "c"), second=True)
    assert told.second is not None
    np.testing.assert_allclose(told.first.value[0], (0.3139052, 0.4424111, 0), atol=0.004)
    np.testing.assert_allclose(told.total.value[0], (0.5575889, 0.4424111, 0.2436837), atol=0.003)
    np.testing.assert_allclose(told.second.value[0], (0, 0.2436837, 0), atol=0.004)
    assert told.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    assert told.variance[0] == pytest.approx(13.8445879, rel=0.002)
    assert (told.total.low[0] < told.total.value[0]).all()
    assert (told.total.high[0] > told.total.value[0]).all()


def test_indices_of_the_g_function_are_the_closed_forms() -> None:
    told = sobol(product(saltelli([(0, 1)] * 8, size=8192, seed=2)), inputs=names(8))
    first = (0.716192, 0.179048, 0.023676, 0.007162, *(7.2e-5,) * 4)
    whole = (0.787144, 0.242198, 0.034317, 0.010460, *(1.05e-4,) * 4)
    np.testing.assert_allclose(told.first.value[0], first, atol=0.002)
    np.testing.assert_allclose(told.total.value[0], whole, rtol=0.02, atol=1e-5)


@pytest.mark.parametrize("second", [False, True])
def test_indices_equal_those_of_salib_on_the_same_rows(second: bool) -> None:
    x = saltelli(CUBE, size=256, seed=3, second=second)
    y = np.column_stack([ishigami(x), 1000 + x @ np.array([1.0, 2.0, 3.0]), np.exp(x[:, 0]) * x[:, 1]])
    told = sobol(y, inputs=("a", "b", "c"), second=second, resamples=0)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": CUBE}
    for output in range(3):
        other = salib.analyze(problem, y[:, output], calc_second_order=second, num_resamples=2, seed=1)
        np.testing.assert_allclose(told.first.value[output], other["S1"], atol=1e-14)
        np.testing.assert_allclose(told.total.value[output], other["ST"], atol=1e-14)
        if told.second is not None:
            above = other["S2"][np.triu_indices(3, 1)]
            np.testing.assert_allclose(told.second.value[output], above, atol=1e-14)


def test_rows_of_a_base_sample_take_one_input_after_another_from_the_other_sample() -> None:
    x = saltelli([(0, 1), (10, 20), (-1, 0)], size=4, seed=0, second=True).reshape(4, 8, 3)
    one, other = x[:, 0], x[:, -1]
    assert not (one == other).any()
    for j in range(3):
        swapped = np.arange(3) == j
        np.testing.assert_array_equal(x[:, 1 + j], np.where(swapped, other, one))
        np.testing.assert_array_equal(x[:, 4 + j], np.where(swapped, one, other))
    assert (x.min(axis=(0, 1)) >= (0, 10, -1)).all()
    assert (x.max(axis=(0, 1)) <= (1, 20, 0)).all()
    assert x.tobytes() == saltelli([(0, 1), (10, 20), (-1, 0)], size=4, seed=0, second=True).tobytes()


def test_intervals_are_those_of_a_plain_bootstrap_of_base_samples() -> None:
    x = saltelli(CUBE, size=64, seed=4)
    y = ishigami(x)
    told = sobol(y, inputs=names(3), resamples=50, seed=9)
    w = weights(64, 50, 9)[1:]
    runs = y.reshape(64, 5) - y.mean()
    drawn = []
    for each in w:
        rows = np.repeat(np.arange(64), np.rint(each * 64).astype(int))
        a, b = runs[rows, 0], runs[rows, 4]
        drawn.append([np.mean((a - runs[rows, 1 + j]) ** 2) / 2 / np.var([a, b]) for j in range(3)])
    half = 1.959963984540054 * np.std(drawn, axis=0, ddof=1)
    np.testing.assert_allclose(told.total.high[0] - told.total.value[0], half, rtol=1e-10)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.booleans(), st.floats(0.1, 10), st.floats(-100, 100), st.integers(0, 2**31))
def test_indices_of_one_output_hang_on_no_other_and_on_neither_unit_nor_origin(
    d: int, second: bool, unit: float, origin: float, seed: int
) -> None:
    rows = 16 * (2 * d + 2 if second else d + 2)
    y = np.random.default_rng(seed).standard_normal((rows, 2))
    both = sobol(np.column_stack([y, origin + unit * y[:, 0]]), inputs=names(d), second=second, resamples=5)
    alone = sobol(y[:, 0], inputs=names(d), second=second, resamples=5)
    for place in (0, 2):
        for name in ("value", "low", "high"):
            mine, own = getattr(both.total, name)[place], getattr(alone.total, name)[0]
            np.testing.assert_allclose(mine, own, atol=1e-9)
            np.testing.assert_allclose(
                getattr(both.first, name)[place], getattr(alone.first, name)[0], atol=1e-9
            )


def test_a_run_without_outcome_takes_its_whole_base_sample_with_it() -> None:
    x = saltelli(CUBE, size=64, seed=5)
    y = np.column_stack([ishigami(x), total(x)])
    broken = y.copy()
    broken[[7, 8], 0] = np.nan
    broken[52, 1] = np.inf
    told = sobol(broken, inputs=names(3), resamples=0)
    kept = np.delete(y.reshape(64, 5, 2), [1, 10], axis=0).reshape(-1, 2)
    np.testing.assert_allclose(told.total.value, sobol(kept, inputs=names(3), resamples=0).total.value)
    assert (told.size, told.dropped, told.failed) == (64, 2, 3)


def test_outputs_without_variance_are_named_and_have_no_indices() -> None:
    x = saltelli(CUBE, size=32, seed=6)
    y = np.column_stack([ishigami(x), np.full(len(x), 0.1), np.zeros(len(x))])
    told = sobol(y, inputs=names(3), outputs=("cohesion", "members", "votes"))
    assert told.constant == ("members", "votes")
    assert np.isnan(told.first.value[1:]).all()
    assert np.isfinite(told.first.value[0]).all()
    frame = told.frame()
    assert frame.groupby(["output", "index"]).size().tolist() == [3] * 6
    assert frame[frame["output"] == "members"]["high"].isna().all()


def test_a_frame_of_indices_names_pairs() -> None:
    x = saltelli(CUBE, size=32, seed=6, second=True)
    told = sobol(ishigami(x), inputs=("a", "b", "c"), outputs=("y",), second=True)
    assert told.second is not None
    frame = told.frame()
    row = frame[(frame["index"] == "second") & (frame["input"] == "a") & (frame["other"] == "c")]
    assert row["value"].item() == told.second.value[0, 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: saltelli([(1, 0)], size=8, seed=0), "write \\(0, 1\\)"),
        (lambda: saltelli([(0, 1), (2, 2)], size=8, seed=0), "input 2: is constant at 2"),
        (lambda: saltelli([(0, np.inf)], size=8, seed=0), "not finite"),
        (lambda: saltelli([(0, 1)], size=1000, seed=0), "take 512 or 1024"),
        (lambda: saltelli([(0, 1)], size=0, seed=0), "power of two"),
        (lambda: saltelli([], size=8, seed=0), "shape"),
        (lambda: sobol(np.zeros(0), inputs=("a",)), "shape"),
        (lambda: sobol(np.arange(7.0), inputs=("a",)), "7 rows do not make whole blocks of 3"),
        (lambda: sobol(np.full(9, np.nan), inputs=("a",), outputs=("y",)), "y: y: is finite in no run"),
        (lambda: sobol(np.array([1, 2, 3, np.nan, 5, 6]), inputs=("a",)), "1 of 2 base samples"),
        (lambda: sobol(np.zeros(8), inputs=("a", "a")), "a: given more than once"),
        (lambda: sobol(np.zeros(9), inputs=("a",), outputs=("y", "z")), "2 names for 1 columns"),
        (lambda: sobol(np.zeros(9), inputs=()), "there are none"),
        (lambda: sobol(np.zeros(9), inputs=("a",), resamples=-1), "below 0"),
    ],
)
def test_faults_of_designs_and_outputs_are_named(call: Callable[[], object], words: str) -> None:
    with pytest.raises(StrategyError, match=words):
        call()


def closed(b: tuple[float, float], s: tuple[float, float], r: float) -> tuple[float, float]:
    """Shapley effects of b·x of two correlated normals (Owen and Prieur 2017)."""
    one, two = (b[0] * s[0]) ** 2, (b[1] * s[1]) ** 2
    cross = r * b[0] * b[1] * s[0] * s[1]
    variance = one + two + 2 * cross
    first = (one * (1 - r**2 / 2) + cross + two * r**2 / 2) / variance
    return first, 1 - first


def test_shapley_effects_of_two_correlated_inputs_are_the_closed_form() -> None:
    design = conditional(PAIR, size=4096, seed=0)
    told = shapley(total(design.x), design)
    np.testing.assert_allclose(closed((1, 1), (1, 2), 0.5), SHAPLEY_OF_PAIR, atol=1e-7)
    np.testing.assert_allclose(told.effect.value[0], SHAPLEY_OF_PAIR, atol=0.001)
    assert told.variance[0] == pytest.approx(7, rel=0.01)


@pytest.mark.parametrize("r", [-0.9, -0.3, 0.0, 0.7])
@pytest.mark.parametrize("exact", [True, False])
def test_shapley_effects_follow_correlation_and_weight(r: float, exact: bool) -> None:
    joint = Joint(np.array([[1.0, r], [r, 1.0]]), (norm(0, 1), norm(3, 0.5)))
    design = conditional(joint, size=4096, seed=1, exact=exact)
    told = shapley(design.x @ np.array([1.0, 3.0]), design)
    first = closed((1, 3), (1, 0.5), r)
    np.testing.assert_allclose(told.effect.value[0], first, atol=0.003 if exact else 0.04)
    error = (told.effect.high[0] - told.effect.value[0]) / 1.96
    assert (np.abs(told.effect.value[0] - first) < 3 * error).all()


@pytest.mark.parametrize(("exact", "off"), [(True, 0.004), (False, 0.03)])
def test_shapley_effects_of_ishigami_are_the_closed_form(exact: bool, off: float) -> None:
    design = conditional(ISHIGAMI, size=4096, seed=2, exact=exact)
    told = shapley(ishigami(design.x), design)
    np.testing.assert_allclose(told.effect.value[0], SHAPLEY_OF_ISHIGAMI, atol=off)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.booleans(), st.integers(0, 2**31))
def test_shapley_effects_sum_to_one_and_share_alike_what_is_alike(d: int, exact: bool, seed: int) -> None:
    factor = np.random.default_rng(seed).standard_normal((d, 3))
    matrix = factor @ factor.T + np.eye(d)
    scale = np.sqrt(np.diag(matrix))
    design = conditional(Joint(matrix / np.outer(scale, scale)), size=64, seed=seed, exact=exact)
    y = np.column_stack([total(design.x), np.prod(design.x, axis=1)])
    told = shapley(y, design, resamples=3)
    np.testing.assert_allclose(told.effect.value.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(told.unexplained.value, 0, atol=1e-12)
    permuted = shapley(y[:, ::-1], design, resamples=3)
    np.testing.assert_allclose(permuted.effect.low, told.effect.low[::-1], atol=1e-12)


@pytest.mark.parametrize("exact", [True, False])
def test_rows_hold_some_inputs_and_draw_the_others_from_what_is_left(exact: bool) -> None:
    matrix = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, -0.4], [0.3, -0.4, 1.0]])
    design = conditional(Joint(matrix), size=2048, seed=3, exact=exact)
    runs = design.x.reshape(2048, len(design.free), design.inner, 3)
    for place, count in enumerate(design.free.tolist()):
        np.testing.assert_allclose(np.corrcoef(runs[:, place, 1].T), matrix, atol=0.08)
        order = np.broadcast_to(design.order[:, place], (2048, 3))
        drawn = np.take_along_axis(runs[:, place], order[:, None, :], axis=2)
        held = 3 - count
        assert np.ptp(drawn[:, :, :held], axis=1).max(initial=0) < 1e-12
        assert np.ptp(drawn[:, :, held:], axis=1).min() > 0
        slope = np.linalg.lstsq(drawn[:, 0, :held], drawn[:, 0, held:], rcond=None)[0]
        errors = drawn[:, :, held:] - drawn[:, :, :held] @ slope
        if exact and held:
            assert abs(np.corrcoef(errors[:, 0, 0], errors[:, 1, 0])[0, 1]) < 0.08


def test_an_outer_draw_with_a_run_that_failed_is_left_out_whole() -> None:
    for exact in (True, False):
        design = conditional(PAIR, size=64, seed=4, exact=exact)
        y = total(design.x)
        broken = y.copy()
        broken[design.rows] = np.nan
        told = shapley(broken, design)
        assert (told.size, told.dropped, told.failed) == (64, 1, 1)
        assert told.effect.value.sum() == pytest.approx(1)
        whole = shapley(y, design)
        np.testing.assert_allclose(told.effect.value, whole.effect.value, atol=0.05)


def test_shapley_effects_of_a_constant_are_not_told() -> None:
    design = conditional(PAIR, size=32, seed=5)
    told = shapley(np.column_stack([np.ones(len(design.x)), total(design.x)]), design, outputs=("one", "sum"))
    assert told.constant == ("one",)
    assert told.frame()["value"].isna().tolist() == [True, True, False, False]


def test_shapley_effects_of_a_sample_come_near_the_closed_forms() -> None:
    x = PAIR.draw(4000, seed=0)
    told = shapley_of_sample(x, total(x), inputs=("a", "b"))
    np.testing.assert_allclose(told.effect.value[0], SHAPLEY_OF_PAIR, atol=0.02)
    assert (told.effect.low[0] < SHAPLEY_OF_PAIR).all() and (told.effect.high[0] > SHAPLEY_OF_PAIR).all()
    x = ISHIGAMI.draw(4000, seed=1)
    few = Neighbourhood(halves=0)
    np.testing.assert_allclose(
        shapley_of_sample(x, ishigami(x), near=few).effect.value[0], SHAPLEY_OF_ISHIGAMI, atol=0.03
    )


def test_many_inputs_of_a_sample_are_told_apart_along_permutations() -> None:
    x = np.random.default_rng(0).standard_normal((2000, 8))
    y = x[:, 0] + 2 * x[:, 1]
    told = shapley_of_sample(x, y, near=Neighbourhood(points=2048, halves=2))
    assert told.effect.value.sum() == pytest.approx(1)
    assert told.effect.value[0, 1] == pytest.approx(0.8, abs=0.15)
    assert told.effect.value[0, 0] == pytest.approx(0.2, abs=0.06)
    assert told.effect.value[0, 2:].max() < 0.05


def test_chance_besides_the_inputs_is_set_aside_as_unexplained() -> None:
    x = PAIR.draw(4000, seed=2)
    y = total(x) + np.random.default_rng(3).standard_normal(4000) * np.sqrt(7)
    told = shapley_of_sample(x, y, near=Neighbourhood(noise=True, halves=2))
    assert told.unexplained.value[0] == pytest.approx(0.5, abs=0.04)
    np.testing.assert_allclose(told.effect.value[0], np.array(SHAPLEY_OF_PAIR) / 2, atol=0.03)
    assert told.effect.value.sum() + told.unexplained.value[0] == pytest.approx(1)


def test_inputs_with_few_values_have_neighbours_among_all_their_equals() -> None:
    rng = np.random.default_rng(4)
    x = np.column_stack([rng.integers(2, size=2000), rng.integers(3, size=2000)]).astype(float)
    order = np.lexsort(x.T)
    y = x[order, 0]
    told = shapley_of_sample(x[order], y, near=Neighbourhood(halves=0))
    np.testing.assert_allclose(told.effect.value[0], (1, 0), atol=0.04)


def test_runs_of_a_sample_that_failed_are_counted() -> None:
    x = PAIR.draw(200, seed=5)
    y = total(x)
    y[:3] = np.nan
    told = shapley_of_sample(x, y)
    assert (told.size, told.dropped, told.failed) == (200, 3, 3)
    again = shapley_of_sample(x, y)
    assert told.effect.low.tobytes() == again.effect.low.tobytes()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Joint(np.array([[1.0, 2.0], [2.0, 1.0]])), "not positive definite"),
        (lambda: Joint(np.array([[1.0, 0.5], [0.2, 1.0]])), "not symmetric"),
        (lambda: Joint(np.array([[2.0]])), "diagonal"),
        (lambda: Joint(np.eye(2), (norm(),)), "1 for 2 inputs"),
        (lambda: Joint(np.zeros((2, 3))), "shape"),
        (lambda: conditional(PAIR, size=100, seed=0), "take 64 or 128"),
        (lambda: conditional(PAIR, size=64, seed=0, inner=1), "take 2 or more"),
        (lambda: shapley(np.zeros(3), conditional(PAIR, size=2, seed=0)), "3 rows for 18"),
        (lambda: shapley_of_sample(np.zeros((0, 2)), np.zeros(0)), "shape"),
        (lambda: shapley_of_sample(np.eye(3), np.zeros(4)), "4 rows for 3 of x"),
        (lambda: shapley_of_sample(np.ones((9, 1)), np.zeros(9)), "input 1: is constant"),
        (lambda: shapley_of_sample(np.array([[np.nan], [1.0]]), np.zeros(2)), "not finite"),
        (lambda: shapley_of_sample(np.eye(3), np.arange(3.0)), "12 are the least"),
        (lambda: shapley_of_sample(np.eye(3), np.full(3, np.nan)), "is finite in no run"),
    ],
)
def test_faults_of_joint_inputs_and_samples_are_named(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(StrategyError, match=words):
        call()


def test_chains_of_nearest_neighbours_are_those_of_sorting_all_distances() -> None:
    """Inputs are held one after another; the variance is among the nearest, the point itself with them."""
    rng = np.random.default_rng(2)
    x, y = rng.random((12, 3)), rng.random((12, 2))
    points, order = np.array([0, 3, 7, 11]), np.array([2, 0, 1])
    found = chain_variances(x, y, points, order, 4)
    for held in range(3):
        kept = x[:, order[: held + 1]]
        near = [((kept - kept[point]) ** 2).sum(axis=1).argsort()[:4] for point in points]
        assert found[held] == pytest.approx(np.mean([y[rows].var(axis=0, ddof=1) for rows in near], axis=0))


def test_of_equally_near_rows_the_first_is_taken() -> None:
    x, y = np.array([[0.0], [1.0], [-1.0], [5.0]]), np.array([[0.0], [2.0], [100.0], [7.0]])
    assert chain_variances(x, y, np.array([0]), np.array([0]), 2).tolist() == [[2.0]]
