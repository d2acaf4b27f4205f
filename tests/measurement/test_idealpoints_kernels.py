"""Compiled steps of the engines beside the formulas that they stand for, on a dozen votes and on any."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, log_ndtr
from scipy.stats import norm

from detente.measurement.idealpoints import chain, chainitems, curvature, kernels
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.curvature import vote_terms
from detente.measurement.idealpoints.kernels import LOGIT, PROBIT
from detente.measurement.idealpoints.settings import Link
from tests.measurement.few_votes import (
    LINKS,
    PRECISIONS,
    PRIOR,
    ballots,
    bend_of,
    covariances,
    log_chance,
    normal_nodes,
    of_item,
    placed,
    slope_of,
)

__all__ = ["ballots"]
Ints = NDArray[np.int64]
CODES = (LOGIT, PROBIT)
SMALL = 1e-5
few = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize("link", LINKS)
def test_a_step_of_an_item_is_newtons_and_no_longer_than_the_longest(ballots: Ballots, link: Link) -> None:
    engine = placed(ballots, link)
    engine.spread = 0.0
    before = engine.items[:, :3].copy()
    engine.item_step()
    for j, covariance in enumerate(covariances(engine.items)):
        size = 2 if ballots.binary[j] else 3
        function = of_item(ballots, j, engine.theta, link)
        bend = bend_of(function, before[j, :size])
        assert covariance[:size, :size] == pytest.approx(np.linalg.inv(bend), rel=1e-4, abs=1e-6)
        step = np.linalg.solve(bend, slope_of(function, before[j, :size]))
        step *= min(1.0, kernels.LONGEST / np.abs(step).max())
        moved = (engine.items[j, :3] - before[j])[:size]
        gap = np.diff(before[j, 1:3]) + np.diff(step[1:]) if size == 3 else 1.0
        if gap > 0.2 * np.diff(before[j, 1:3]):
            assert moved == pytest.approx(step, rel=1e-3, abs=1e-5)
        else:  # halved until the cuts stay apart
            ratio = moved / step
            assert ratio == pytest.approx(np.full(3, ratio[0])) and np.log2(ratio[0]) == pytest.approx(-1)
        if size == 2:
            assert covariance[2] == pytest.approx(covariance[1]) and engine.items[j, 1] == engine.items[j, 2]


@pytest.mark.parametrize("link", LINKS)
def test_what_votes_say_of_a_point_is_slope_and_bend_of_their_likelihood(
    ballots: Ballots, link: Link
) -> None:
    engine = placed(ballots, link)
    engine.variance[:] = 0.0
    engine.state_step()
    theta = placed(ballots, link).theta
    for i in range(len(theta)):
        votes = range(ballots.node_start[i], ballots.node_start[i + 1])
        items = engine.items[ballots.node_item[votes]]

        def said(at: Floats, votes: range = votes, items: Floats = items) -> float:
            chances = zip(ballots.node_vote[votes], items, strict=True)
            return sum(log_chance(vote, at[0], item, link) for vote, item in chances)

        here = theta[i : i + 1]
        expected = [slope_of(said, here)[0], bend_of(said, here)[0, 0], (items[:, 0] ** 2).sum()]
        assert engine.said[i] == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_uncertain_points_and_items_are_averaged_over_to_second_order(ballots: Ballots) -> None:
    """Gradients of the expected log likelihood under normals, by quadrature: of points, and of items."""
    engine = placed(ballots, "logit")
    spread = 0.02 * np.array([[1.0, 0.3, 0.2], [0.3, 1.0, 0.5], [0.2, 0.5, 1.5]])
    tied = spread[[0, 1, 1]][:, [0, 1, 1]]
    shapes = np.where(ballots.binary[:, None, None], tied, spread)
    engine.items[:, 3:] = shapes[:, [0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]]
    engine.variance[:] = 0.03
    theta, items = engine.theta.copy(), engine.items.copy()
    engine.item_step()
    engine.theta, after, engine.items = theta.copy(), engine.items, items.copy()
    kernels.state_votes(
        ballots.node_start, ballots.node_item, ballots.node_vote, theta, engine.variance, items,
        engine.code, 1.0, engine.said,
    )  # fmt: skip

    def expected(vote: int, x: float, item: Floats, shape: Floats) -> float:
        free = [0, 1] if (shape[1] == shape[2]).all() else [0, 1, 2]
        block = np.zeros((1 + len(free), 1 + len(free)))
        block[0, 0], block[1:, 1:] = 0.03, shape[np.ix_(free, free)]
        points, weights = normal_nodes(np.append(x, item[free]), block)
        whole = points[:, [0, 1, 2, 2]] if len(free) == 2 else points
        cuts = whole[:, 2:] - whole[:, 1:2] * whole[:, :1]
        below = np.pad(expit(cuts), ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
        return float(weights @ np.log(below[:, vote + 1] - below[:, vote]))

    for i in (0, 5, 9):
        votes = range(ballots.node_start[i], ballots.node_start[i + 1])

        def of_point(at: Floats, votes: range = votes) -> float:
            return sum(
                expected(ballots.node_vote[q], at[0], items[k, :3], shapes[k])
                for q in votes
                for k in [ballots.node_item[q]]
            )

        assert engine.said[i, 0] == pytest.approx(slope_of(of_point, theta[i : i + 1])[0], abs=4e-3)
    for j in (0, 2):
        free = [0, 1] if ballots.binary[j] else [0, 1, 2]

        def of_parameters(at: Floats, j: int = j, free: list[int] = free) -> float:
            item = at[[0, 1, 1]] if len(free) == 2 else at
            said = sum(
                expected(ballots.item_vote[q], theta[ballots.item_node[q]], item, shapes[j])
                for q in range(ballots.item_start[j], ballots.item_start[j + 1])
            )
            return said - 0.5 * float(PRECISIONS[0] * item[0] ** 2 + PRECISIONS[1] * (at[1:] ** 2).sum())

        covariance = covariances(after)[j][np.ix_(free, free)]
        step = covariance @ slope_of(of_parameters, items[j, free])
        step *= min(1.0, kernels.LONGEST / np.abs(step).max())
        assert after[j, free] - items[j, free] == pytest.approx(step, abs=0.02)


def test_a_path_is_smoothed_as_by_the_dense_precision(ballots: Ballots) -> None:
    engine = placed(ballots, "logit")
    engine.theta *= 0.2
    engine.said = np.random.default_rng(3).random((len(engine.theta), 3)) + np.array([-0.5, 0.4, 0.0])
    for shrink, anchor, pull in ((0.0, 0.0, 1.0), (0.2, 0.7, 1.0), (0.0, 0.0, 9.0)):
        theta, said = engine.theta.copy(), engine.said * [pull, 1.0, 1.0]
        variance, covariance = engine.variance.copy(), engine.covariance.copy()
        time = 1.5 * engine.time
        walk, first = PRIOR.walk, PRIOR.first
        told = kernels.smooth(
            ballots.actor_start, time, theta, variance, covariance, said, walk, first, anchor, shrink
        )
        longest = 0.0
        for s, e in zip(ballots.actor_start[:-1], ballots.actor_start[1:], strict=True):
            ridge = anchor + shrink * (said[s:e, 2] + 2 / walk)
            prior = np.diag(ridge)
            prior[0, 0] += 1 / first
            for t in range(1, e - s):
                pair = np.array([[1.0, -1.0], [-1.0, 1.0]]) / (walk * (time[s + t] - time[s + t - 1]))
                prior[t - 1 : t + 1, t - 1 : t + 1] += pair
            inverse = np.linalg.inv(prior + np.diag(said[s:e, 1]))
            step = inverse @ (said[s:e, 0] - prior @ engine.theta[s:e])
            step *= min(1.0, kernels.LONGEST / np.abs(step).max())
            longest = max(longest, np.abs(step).max())
            assert theta[s:e] - engine.theta[s:e] == pytest.approx(step)
            assert variance[s:e] == pytest.approx(np.diag(inverse))
            assert covariance[s + 1 : e] == pytest.approx(np.diag(inverse, 1))
        assert told == pytest.approx(longest)
        assert (longest == pytest.approx(kernels.LONGEST)) == (pull == 9.0)


@pytest.mark.parametrize("link", LINKS)
def test_the_likelihood_is_that_of_the_definition_also_far_out(ballots: Ballots, link: Link) -> None:
    engine = placed(ballots, link)
    for far in (1.0, 8.0):
        engine.theta *= far
        out = np.empty(len(ballots.items))
        votes = ballots.item_start, ballots.item_node, ballots.item_vote
        kernels.item_log_likelihood(*votes, engine.theta, engine.items, engine.code, out)
        said = np.zeros(len(out))
        for q, j in enumerate(ballots.vote_item):
            said[j] += log_chance(
                ballots.item_vote[q], engine.theta[ballots.item_node[q]], engine.items[j], link
            )
        assert out[np.isfinite(said)] == pytest.approx(said[np.isfinite(said)], rel=1e-6)
        assert np.isfinite(said).any()


@pytest.mark.parametrize("link", LINKS)
def test_terms_of_votes_are_slopes_and_bends_of_point_and_item_together(ballots: Ballots, link: Link) -> None:
    engine = placed(ballots, link)
    engine.items[:, 3:] = 0.0
    nothing, cross = np.zeros(len(engine.theta)), np.zeros((len(ballots.item_vote), 3))
    per_vote, per_item = np.empty((len(cross), 5)), np.empty((len(engine.items), 9))
    vote_terms(
        ballots.item_start, ballots.item_node, ballots.item_vote, ballots.binary, engine.theta, nothing,
        engine.items, cross, PRECISIONS, engine.code, 1.0, per_vote, per_item,
    )  # fmt: skip
    for j in range(len(engine.items)):
        size = 2 if ballots.binary[j] else 3
        function, here = of_item(ballots, j, engine.theta, link), engine.items[j, :size]
        assert per_item[j, :size] == pytest.approx(slope_of(function, here), rel=1e-4, abs=1e-6)
        bend = covariances(per_item)[j]
        assert bend[:size, :size] == pytest.approx(bend_of(function, here), rel=1e-3, abs=1e-5)
        if size == 2:
            assert bend[2].tolist() == [0, 0, 1] and per_item[j, 2] == 0
    for q, j in enumerate(ballots.vote_item):
        size = 2 if ballots.binary[j] else 3

        def together(at: Floats, q: int = q, size: int = size) -> float:
            item = at[[1, 2, 2]] if size == 2 else at[1:]
            return log_chance(ballots.item_vote[q], at[0], item, link)

        here = np.append(engine.theta[ballots.item_node[q]], engine.items[j, :size])
        bend = bend_of(together, here)[0]
        assert per_vote[q, : 1 + size] == pytest.approx(bend, rel=1e-3, abs=1e-5)
        assert per_vote[q, 4] == pytest.approx(slope_of(together, here)[0], rel=1e-4, abs=1e-6)


def defined(vote: int, a: float, b: float, link: int) -> float:
    """The definition: F(a), what lies between, and 1 - F(b)."""
    if link == LOGIT:
        low, high = np.log(expit(a)), np.log(expit(-b))
        between = np.log(expit(-a)) + np.log(expit(b)) + np.log1p(-np.exp(a - b)) if vote == 1 else 0.0
        return float((low, between, high)[vote])
    ends = (-b, -a) if a > 0 else (a, b)  # on the side where less is lost to rounding
    between = np.log(norm.cdf(ends[1]) - norm.cdf(ends[0])) if vote == 1 else 0.0
    return float((log_ndtr(a), between, log_ndtr(-b))[vote])


cuts = st.tuples(st.floats(-3, 2), st.floats(0.05, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@few
@given(cut=cuts, vote=st.integers(0, 2), link=st.sampled_from(CODES))
def test_the_log_chance_of_a_vote_is_its_definition(cut: tuple[float, float], vote: int, link: int) -> None:
    assert kernels.log_probability(vote, *cut, link) == pytest.approx(defined(vote, *cut, link), abs=1e-9)


@few
@given(cut=cuts, link=st.sampled_from(CODES))
def test_the_chances_of_the_three_votes_add_up(cut: tuple[float, float], link: int) -> None:
    assert sum(np.exp(kernels.log_probability(vote, *cut, link)) for vote in range(3)) == pytest.approx(1.0)


@pytest.mark.parametrize("link", CODES)
@pytest.mark.parametrize("far", [-60.0, 60.0])
def test_far_out_a_chance_is_small_and_never_nought(link: int, far: float) -> None:
    for vote in range(3):
        assert np.isfinite(kernels.log_probability(vote, far, far + 0.5, link))


def slopes(vote: int, a: float, b: float, link: int, h: float = 1e-4) -> tuple[Floats, Floats]:
    """Gradient and negative Hessian of the log chance by differences."""

    def f(x: float, y: float) -> float:
        return defined(vote, x, y, link)

    gradient = np.array([f(a + h, b) - f(a - h, b), f(a, b + h) - f(a, b - h)]) / (2 * h)
    mixed = (f(a + h, b + h) - f(a + h, b - h) - f(a - h, b + h) + f(a - h, b - h)) / (4 * h * h)
    bends = [f(a + h, b) - 2 * f(a, b) + f(a - h, b), f(a, b + h) - 2 * f(a, b) + f(a, b - h)]
    return gradient, -np.array([[bends[0] / h**2, mixed], [mixed, bends[1] / h**2]])


@few
@given(cut=cuts, vote=st.integers(0, 2))
def test_terms_of_the_normal_are_the_derivatives_of_its_defined(cut: tuple[float, float], vote: int) -> None:
    a, b = cut
    if vote != 1:  # the other cut has no part in it
        a = b = a if vote == 0 else b
    ga, gb, wa, wb, wab = kernels.normal_terms(vote, a, b)
    if vote == 1:
        gradient, bend = slopes(vote, a, b, PROBIT)
        assert [ga, gb] == pytest.approx(gradient, rel=1e-4, abs=1e-5)
        assert [wa, wb, wab] == pytest.approx([bend[0, 0], bend[1, 1], bend[0, 1]], rel=1e-3, abs=1e-4)
    else:
        gradient, bend = slopes(vote, a, b, PROBIT)
        assert ga + gb == pytest.approx(gradient.sum(), rel=1e-4, abs=1e-5)
        assert wa + wb + 2 * wab == pytest.approx(bend.sum(), rel=1e-3, abs=1e-4)


@few
@given(cut=cuts, vote=st.integers(0, 2), spread=st.floats(0, 0.5))
def test_terms_of_the_logistic_are_averages_of_derivatives(
    cut: tuple[float, float], vote: int, spread: float
) -> None:
    a, b = cut
    ga, gb, wa, wb = kernels.logistic_terms(vote, a, b, spread, spread)

    def gradients(x: Any, y: Any) -> tuple[Any, Any]:
        """Derivatives without the factor that depends on the item alone."""
        low, high = expit(-x), expit(-y)
        return ((low, 0 * y), (low - 1, high), (0 * x, high - 1))[vote]

    h = 1e-3

    def averaged(place: int) -> float:
        """The mean of a gradient over a normal, to second order."""

        def at(move: float) -> float:
            return float(gradients(a + move, b + move)[place])

        return at(0) + 0.5 * spread * (at(h) - 2 * at(0) + at(-h)) / h**2

    assert (ga, gb) == pytest.approx((averaged(0), averaged(1)), rel=1e-4, abs=1e-5)
    if spread == 0:
        bends = [-(gradients(a + h, b + h)[i] - gradients(a - h, b - h)[i]) / (2 * h) for i in range(2)]
        assert (wa, wb) == pytest.approx(bends, rel=1e-4, abs=1e-5)


@few
@given(cut=cuts, vote=st.integers(0, 2), link=st.sampled_from(CODES))
def test_terms_of_the_sampler_are_those_of_the_fit_without_spread(
    cut: tuple[float, float], vote: int, link: int
) -> None:
    *terms, chance = chain.likelihood_terms(vote, *cut, link)
    plain = kernels.normal_terms(vote, *cut) if link else (*kernels.logistic_terms(vote, *cut, 0.0, 0.0), 0.0)
    assert terms == pytest.approx(plain, rel=1e-9, abs=1e-12)
    own = -np.expm1(cut[0] - cut[1]) if link == LOGIT and vote == 1 else 1.0
    assert np.log(chance * own) == pytest.approx(defined(vote, *cut, link), abs=1e-8)


@dataclass(frozen=True)
class Made:
    """Votes of a few nodes on a few items, by item and by node."""

    item: Ints
    node: Ints
    vote: Ints
    theta: Floats
    variance: Floats
    items: Floats

    def by(self, key: str, size: int) -> tuple[Ints, Ints, Ints]:
        """Return where each one's votes begin, whose they are on the other side, and the votes."""
        own, other = (self.item, self.node) if key == "item" else (self.node, self.item)
        order = np.argsort(own, kind="stable")
        return np.searchsorted(own[order], np.arange(size + 1)), other[order], self.vote[order]


@st.composite
def made(draw: st.DrawFn) -> Made:
    """Return votes: few nodes, few items, some without a vote."""
    nodes, items = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    luck = np.random.default_rng(draw(st.integers(0, 2**31)))
    there = [(j, i) for j in range(items) for i in range(nodes) if luck.random() < 0.7]
    rows = np.zeros((items, 9))
    rows[:, 0] = luck.normal(size=items)
    rows[:, 1] = luck.normal(size=items)
    rows[:, 2] = rows[:, 1] + luck.uniform(0.2, 2, items)
    rows[:, 3:] = [0.02, 0.0, 0.0, 0.02, 0.0, 0.02]
    pairs = np.array(there, dtype=np.int64).reshape(-1, 2)
    votes = luck.integers(0, 3, len(pairs))
    return Made(pairs[:, 0], pairs[:, 1], votes, luck.normal(size=nodes), luck.uniform(0, 0.1, nodes), rows)


def said(one: Made, theta: Floats, link: int) -> Floats:
    """The log likelihood of each item's votes, vote by vote."""
    found = np.zeros(len(one.items))
    for j, i, vote in zip(one.item, one.node, one.vote, strict=True):
        beta, c1, c2 = one.items[j, :3]
        found[j] += defined(int(vote), c1 - beta * theta[i], c2 - beta * theta[i], link)
    return found


@few
@given(one=made(), link=st.sampled_from(CODES))
def test_the_likelihood_of_an_item_is_the_sum_over_its_votes(one: Made, link: int) -> None:
    out = np.full(len(one.items), np.nan)
    start, node, vote = one.by("item", len(one.items))
    kernels.item_log_likelihood(start, node, vote, one.theta, one.items, link, out)
    assert out == pytest.approx(said(one, one.theta, link), abs=1e-8)


@few
@given(one=made(), link=st.sampled_from(CODES))
def test_what_votes_say_of_a_node_is_the_slope_of_their_likelihood(one: Made, link: int) -> None:
    out = np.full((len(one.theta), 3), np.nan)
    start, item, vote = one.by("node", len(one.theta))
    kernels.state_votes(start, item, vote, one.theta, one.variance, one.items, link, 0.0, out)
    for i in range(len(one.theta)):
        move = np.eye(len(one.theta))[i] * SMALL
        slope = (said(one, one.theta + move, link) - said(one, one.theta - move, link)).sum() / (2 * SMALL)
        assert out[i, 0] == pytest.approx(slope, abs=1e-4)
        assert out[i, 1] >= -1e-12
        assert out[i, 2] == pytest.approx((one.items[one.item[one.node == i], 0] ** 2).sum())


@few
@given(one=made(), link=st.sampled_from(CODES))
def test_votes_and_items_have_the_same_slopes_where_nothing_is_uncertain(one: Made, link: int) -> None:
    sure = one.items.copy()
    sure[:, 3:] = 0.0
    start, node, vote = one.by("item", len(sure))
    per_vote, per_item = np.zeros((len(vote), 5)), np.zeros((len(sure), 9))
    curvature.vote_terms(
        start, node, vote, np.zeros(len(sure), dtype=bool), one.theta, np.zeros_like(one.variance), sure,
        np.zeros((len(vote), 3)), np.array([0.25, 0.1]), link, 0.0, per_vote, per_item,
    )  # fmt: skip
    out = np.zeros((len(one.theta), 3))
    by_node = one.by("node", len(one.theta))
    kernels.state_votes(*by_node, one.theta, np.zeros_like(one.variance), sure, link, 0.0, out)
    assert np.bincount(node, per_vote[:, 4], len(one.theta)) == pytest.approx(out[:, 0], abs=1e-9)
    assert np.bincount(node, per_vote[:, 0], len(one.theta)) == pytest.approx(out[:, 1], abs=1e-9)
    for j in range(len(sure)):
        for place, precision in enumerate((0.25, 0.1, 0.1)):
            value = []
            for sign in (1, -1):
                moved = sure.copy()
                moved[j, place] += sign * SMALL
                there = Made(one.item, one.node, one.vote, one.theta, one.variance, moved)
                value.append(said(there, one.theta, link)[j] - 0.5 * precision * moved[j, place] ** 2)
            assert per_item[j, place] == pytest.approx((value[0] - value[1]) / (2 * SMALL), abs=1e-4)


@few
@given(one=made(), link=st.sampled_from(CODES))
def test_steps_of_items_climb_until_nothing_is_left_to_gain(one: Made, link: int) -> None:
    start, node, vote = one.by("item", len(one.items))
    inside = np.bincount(one.item[one.vote == 1], minlength=len(one.items)) > 0
    rows, still = one.items.copy(), np.zeros_like(one.variance)
    rows[~inside, 2] = rows[~inside, 1]  # without a vote between the cuts, an item has but one of them
    for _ in range(60):
        kernels.item_step(start, node, vote, ~inside, one.theta, still, rows, 0.25, 0.1, link, 0.0)

    def aim(items: Floats) -> Floats:
        there = Made(one.item, one.node, one.vote, one.theta, one.variance, items)
        prior = 0.125 * items[:, 0] ** 2 + 0.05 * (items[:, 1:3] ** 2).sum(axis=1)
        return np.asarray(said(there, one.theta, link) - prior)

    assert (rows[~inside, 1] == rows[~inside, 2]).all()
    assert (aim(rows)[inside] >= aim(one.items)[inside] - 1e-9).all()
    for place in range(3):
        for size in (1e-3, -1e-3):
            moved = rows.copy()
            moved[:, place] += size
            fits = inside & (moved[:, 2] > moved[:, 1])
            assert (aim(rows)[fits] >= aim(moved)[fits] - 1e-7).all()


@few
@given(lengths=st.lists(st.integers(1, 6), min_size=1, max_size=3), seed=st.integers(0, 2**31),
       anchor=st.sampled_from((0.0, 0.2)), shrink=st.sampled_from((0.0, 0.1)))  # fmt: skip
def test_a_path_is_smoothed_as_the_dense_solve_has_it(
    lengths: list[int], seed: int, anchor: float, shrink: float
) -> None:
    luck = np.random.default_rng(seed)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    size, walk, first = int(starts[-1]), 0.3, 2.0
    time = np.concatenate([np.cumsum(luck.integers(1, 4, length)) for length in lengths]).astype(float)
    theta = luck.normal(size=size) * 0.1
    told = np.stack([luck.normal(size=size) * 0.1, luck.uniform(0.1, 3, size), luck.uniform(0, 2, size)], 1)
    variance, covariance, before = np.zeros(size), np.zeros(size), theta.copy()
    kernels.smooth(starts, time, theta, variance, covariance, told, walk, first, anchor, shrink)
    for s, e in pairwise(starts):
        ridge = anchor + (shrink * (told[s:e, 2] + 2 / walk) if shrink else 0.0)
        prior = np.diag(np.zeros(e - s) + ridge)
        prior[0, 0] += 1 / first
        for t in range(1, e - s):
            w = 1 / (walk * (time[s + t] - time[s + t - 1]))
            prior[t - 1 : t + 1, t - 1 : t + 1] += w * np.array([[1, -1], [-1, 1]])
        whole = np.linalg.inv(prior + np.diag(told[s:e, 1]))
        step = whole @ (told[s:e, 0] - prior @ before[s:e])
        step *= min(1.0, kernels.LONGEST / np.abs(step).max())
        assert theta[s:e] == pytest.approx(before[s:e] + step, abs=1e-9)
        assert variance[s:e] == pytest.approx(np.diag(whole), abs=1e-9)
        assert covariance[s + 1 : e] == pytest.approx(np.diag(whole, 1), abs=1e-9)


@few
@given(seed=st.integers(0, 2**31))
def test_the_factor_of_three_by_three_gives_the_matrix_back(seed: int) -> None:
    square = np.random.default_rng(seed).normal(size=(3, 3))
    whole = square @ square.T + 0.1 * np.eye(3)
    low = np.zeros((3, 3))
    logs = chainitems._root3(whole, low)
    assert low @ low.T == pytest.approx(whole, abs=1e-9)
    assert 2 * logs == pytest.approx(np.linalg.slogdet(whole)[1])
