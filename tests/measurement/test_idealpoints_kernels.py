"""Compiled steps of the engines beside the formulas that they stand for, on a dozen votes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from detente.measurement.idealpoints import kernels
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.curvature import vote_terms
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
