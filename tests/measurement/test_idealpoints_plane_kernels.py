"""Compiled steps in the plane beside the formulas that they stand for, on a dozen votes."""

# Compiled functions carry no types.
# mypy: disable-error-code="call-arg"

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from detente.measurement.idealpoints import kernels, planeblocks, planekernels
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.planefit import PlaneEngine
from detente.measurement.idealpoints.settings import Link
from tests.measurement.few_votes import (
    LINKS,
    PRECISIONS,
    PRIOR,
    Function,
    ballots,
    bend_of,
    log_chance,
    normal_nodes,
    placed,
    slope_of,
)

__all__ = ["ballots"]


def in_plane(ballots: Ballots, link: Link) -> PlaneEngine:
    """An engine of the plane at points and items that are no solution."""
    line, rng = placed(ballots, link), np.random.default_rng(9)
    engine = PlaneEngine(ballots, PRIOR, link)
    engine.begin(rng.normal(size=(len(line.theta), 2)))
    engine.items[:, :2] = rng.normal(size=(len(line.items), 2))
    engine.items[:, 2:4] = line.items[:, 1:3]
    engine.items[:, 4:], engine.variance[:], engine.spread = 0.0, 0.0, 0.0
    return engine


def on_plane(vote: int, point: Floats, item: Floats, link: Link) -> float:
    """log P(vote) of a point (2) and an item: two slopes, two cuts."""
    return log_chance(vote, 1.0, np.array([item[:2] @ point, item[2], item[3]]), link)


def log_prior(free: Floats) -> float:
    """The log prior of two slopes and one or two cuts."""
    return -0.5 * float(PRECISIONS[0] * (free[:2] ** 2).sum() + PRECISIONS[1] * (free[2:] ** 2).sum())


def of_plane_item(ballots: Ballots, j: int, theta: Floats, link: Link) -> Function:
    """The log posterior as a function of an item's free parameters in the plane."""

    def said(free: Floats) -> float:
        item = free[[0, 1, 2, 2]] if len(free) == 3 else free
        votes = range(ballots.item_start[j], ballots.item_start[j + 1])
        total = sum(on_plane(ballots.item_vote[q], theta[ballots.item_node[q]], item, link) for q in votes)
        return total + log_prior(free)

    return said


UPPER = np.triu_indices(4)


@pytest.mark.parametrize("link", LINKS)
def test_in_the_plane_an_item_moves_by_newtons_step(ballots: Ballots, link: Link) -> None:
    engine = in_plane(ballots, link)
    terms, before = engine.terms().copy(), engine.items.copy()
    planekernels.item_move(ballots.binary, terms, engine.items)
    for j in range(len(before)):
        size = 3 if ballots.binary[j] else 4
        function, here = of_plane_item(ballots, j, engine.theta, link), before[j, :size]
        slope, bend = slope_of(function, here), bend_of(function, here)
        assert terms[j, :size] == pytest.approx(slope, rel=1e-4, abs=1e-6)
        curve = np.zeros((4, 4))
        curve[UPPER] = terms[j, 4:]
        assert curve[:size, :size] == pytest.approx(np.triu(bend), rel=1e-3, abs=1e-5)
        covariance = np.zeros((4, 4))
        covariance[UPPER] = engine.items[j, 4:]
        inverse = np.linalg.inv(bend)
        expected = inverse[np.ix_([0, 1, 2, 2], [0, 1, 2, 2])] if size == 3 else inverse
        assert covariance == pytest.approx(np.triu(expected), rel=1e-3, abs=1e-5)
        step = inverse @ slope
        step *= min(1.0, kernels.LONGEST / np.abs(step).max())
        gap = before[j, 3] - before[j, 2]
        if size == 3 or gap + step[3] - step[2] > 0.2 * gap:
            assert engine.items[j, :size] - here == pytest.approx(step, rel=1e-3, abs=1e-5)
        else:
            assert (engine.items[j, :4] - here) / step == pytest.approx(np.full(4, 0.5), rel=1e-3)
        if size == 3:
            assert engine.items[j, 2] == engine.items[j, 3]


@pytest.mark.parametrize("link", LINKS)
def test_in_the_plane_votes_speak_of_points_and_of_points_with_items(ballots: Ballots, link: Link) -> None:
    engine = in_plane(ballots, link)
    theta, items = engine.theta, engine.items
    said = engine.said()
    for i in range(len(theta)):
        votes = range(ballots.node_start[i], ballots.node_start[i + 1])

        def of_point(at: Floats, votes: range = votes) -> float:
            return sum(
                on_plane(ballots.node_vote[q], at, items[ballots.node_item[q], :4], link) for q in votes
            )

        bend = bend_of(of_point, theta[i])
        assert said[i, :2] == pytest.approx(slope_of(of_point, theta[i]), rel=1e-4, abs=1e-6)
        assert said[i, 2:] == pytest.approx(bend[[0, 0, 1], [0, 1, 1]], rel=1e-3, abs=1e-5)
    out = np.empty((len(ballots.item_vote), 8))
    planeblocks.cross_terms(
        ballots.item_start, ballots.item_node, ballots.item_vote, ballots.binary, theta, engine.variance,
        items, engine.code, 0.0, 1.0, out,
    )  # fmt: skip
    for q, j in enumerate(ballots.vote_item):
        size = 3 if ballots.binary[j] else 4

        def together(at: Floats, q: int = q, size: int = size) -> float:
            item = at[[2, 3, 4, 4]] if size == 3 else at[2:]
            return on_plane(ballots.item_vote[q], at[:2], item, link)

        bend = bend_of(together, np.append(theta[ballots.item_node[q]], items[j, :size]))
        expected = np.zeros((2, 4))
        expected[:, :size] = bend[:2, 2:]
        assert out[q].reshape(2, 4) == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_in_the_plane_a_path_is_smoothed_as_by_the_dense_precision(ballots: Ballots) -> None:
    rng = np.random.default_rng(3)
    theta = 0.2 * rng.normal(size=(len(ballots.node_actor), 2))
    said = rng.random((len(theta), 5)) * [1.0, 1.0, 1.0, 0.3, 1.0] + [-0.5, -0.5, 0.4, 0.0, 0.4]
    time = 1.5 * ballots.node_time
    for pull in (0.3, 9.0):
        told, moved = said * [pull, pull, 1, 1, 1], theta.copy()
        variance, onward = np.zeros((len(theta), 3)), np.zeros((len(theta), 3))
        longest = planekernels.smooth(
            ballots.actor_start, time, moved, variance, onward, told, PRIOR.walk, PRIOR.first, 0.2
        )
        steps = []
        for s, e in zip(ballots.actor_start[:-1], ballots.actor_start[1:], strict=True):
            line = np.diag(np.full(e - s, 0.2))
            line[0, 0] += 1 / PRIOR.first
            for t in range(1, e - s):
                pair = np.array([[1.0, -1.0], [-1.0, 1.0]]) / (PRIOR.walk * (time[s + t] - time[s + t - 1]))
                line[t - 1 : t + 1, t - 1 : t + 1] += pair
            prior = np.kron(line, np.eye(2))
            whole = prior.copy()
            for t in range(e - s):
                whole[2 * t : 2 * t + 2, 2 * t : 2 * t + 2] += told[s + t, [2, 3, 3, 4]].reshape(2, 2)
            inverse = np.linalg.inv(whole)
            step = inverse @ (told[s:e, :2].ravel() - prior @ theta[s:e].ravel())
            step *= min(1.0, kernels.LONGEST / np.abs(step).max())
            steps.append(np.abs(step).max())
            assert (moved[s:e] - theta[s:e]).ravel() == pytest.approx(step)
            for t in range(e - s):
                block = inverse[2 * t : 2 * t + 2, 2 * t : 2 * t + 2]
                assert variance[s + t] == pytest.approx(block[[0, 0, 1], [0, 1, 1]])
                if t:
                    back = inverse[2 * t - 2 : 2 * t, 2 * t : 2 * t + 2]
                    back = (back + back.T) / 2
                    assert onward[s + t] == pytest.approx(back[[0, 0, 1], [0, 1, 1]])
        assert longest == pytest.approx(max(steps))
        assert (longest == pytest.approx(kernels.LONGEST)) == (pull == 9.0)


def test_in_the_plane_uncertainty_is_averaged_over_to_second_order(ballots: Ballots) -> None:
    """What votes say of points, and of slopes and cuts, by quadrature under normals."""
    engine, rng = in_plane(ballots, "logit"), np.random.default_rng(5)
    root = 0.15 * (np.eye(4) + 0.4 * np.tril(rng.random((4, 4)), -1))
    shape = root @ root.T
    tied = shape[np.ix_([0, 1, 2, 2], [0, 1, 2, 2])]
    shapes = np.where(ballots.binary[:, None, None], tied, shape)
    engine.items[:, 4:] = shapes[:, UPPER[0], UPPER[1]]
    engine.variance[:] = [0.03, 0.01, 0.02]
    engine.spread = 1.0
    terms, said, theta, items = engine.terms().copy(), engine.said().copy(), engine.theta, engine.items

    def expected(vote: int, point: Floats, item: Floats, j: int) -> float:
        free = [0, 1, 2] if ballots.binary[j] else [0, 1, 2, 3]
        block = np.zeros((2 + len(free), 2 + len(free)))
        block[:2, :2], block[2:, 2:] = [[0.03, 0.01], [0.01, 0.02]], shapes[j][np.ix_(free, free)]
        nodes, weights = normal_nodes(np.append(point, item[free]), block, 3)
        whole = nodes[:, [0, 1, 2, 3, 4, 4]] if len(free) == 3 else nodes
        cuts = whole[:, 4:] - (whole[:, :2] * whole[:, 2:4]).sum(1)[:, None]
        below = np.pad(expit(cuts), ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
        value = float(weights @ np.log(below[:, vote + 1] - below[:, vote]))
        if vote == 1:  # the factor of the cuts alone is taken at their means
            value += np.log(-np.expm1(item[2] - item[3])) - weights @ np.log(-np.expm1(-np.ptp(cuts, axis=1)))
        return float(value)

    for i in (0, 5, 9):
        votes = range(ballots.node_start[i], ballots.node_start[i + 1])

        def of_point(at: Floats, votes: range = votes) -> float:
            pairs = ((ballots.node_vote[q], ballots.node_item[q]) for q in votes)
            return sum(expected(vote, at, items[j, :4], j) for vote, j in pairs)

        assert said[i, :2] == pytest.approx(slope_of(of_point, theta[i]), abs=1e-3)
    for j in (0, 2):
        free = [0, 1, 2] if ballots.binary[j] else [0, 1, 2, 3]

        def of_item(at: Floats, j: int = j, free: list[int] = free) -> float:
            item = at[[0, 1, 2, 2]] if len(free) == 3 else at
            votes = range(ballots.item_start[j], ballots.item_start[j + 1])
            total = sum(expected(ballots.item_vote[q], theta[ballots.item_node[q]], item, j) for q in votes)
            return total + log_prior(at)

        assert terms[j, free] == pytest.approx(slope_of(of_item, items[j, free]), abs=1e-3)


def test_in_the_plane_the_likelihood_is_that_of_the_definition(ballots: Ballots) -> None:
    engine = in_plane(ballots, "logit")
    said = sum(
        on_plane(ballots.item_vote[q], engine.theta[ballots.item_node[q]], engine.items[j, :4], "logit")
        for q, j in enumerate(ballots.vote_item)
    )
    assert engine.log_likelihood() == pytest.approx(said)
