"""Compiled steps of the engines beside the formulas that they stand for, on a dozen votes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import solve_triangular
from scipy.stats import logistic, norm

from detente.measurement.idealpoints import chain, chainitems, kernels
from detente.measurement.idealpoints.ballots import Ballots, Floats, pack
from detente.measurement.idealpoints.curvature import vote_terms
from detente.measurement.idealpoints.fit import Engine
from detente.measurement.idealpoints.joint import path_prior
from detente.measurement.idealpoints.settings import Link, Prior

PRIOR = Prior(walk=0.3, slope=4.0, cut=9.0, first=2.0)
LINKS: list[Link] = ["logit", "probit"]
PRECISIONS = np.array([1.0 / PRIOR.slope, 1.0 / PRIOR.cut])
Function = Callable[[Floats], float]


@pytest.fixture(scope="module")
def ballots() -> Ballots:
    """Eight actors in three sessions on five items: two recur, and one has only yes and no."""
    rng = np.random.default_rng(5)
    rows = [
        (actor, session, item, 2 * (actor % 2) if item == 2 else (actor * (item + 1) + session) % 3)
        for session, items in enumerate(((0, 1, 2), (1, 2, 3), (3, 4)))
        for item in items
        for actor in range(8)
        if rng.random() < 0.9
    ]
    packed = pack(pd.DataFrame(rows, columns=["actor", "session", "item", "vote"]))
    assert packed.binary.tolist() == [False, False, True, False, False]
    return packed


def placed(ballots: Ballots, link: Link) -> Engine:
    """An engine at points and items that are no solution."""
    rng = np.random.default_rng(8)
    engine = Engine(ballots, PRIOR, link)
    engine.theta = rng.normal(size=len(engine.theta))
    engine.items[:, 0] = rng.normal(size=len(engine.items))
    engine.items[:, 1] = rng.normal(-0.6, 0.2, len(engine.items))
    engine.items[:, 2] = np.where(ballots.binary, engine.items[:, 1], engine.items[:, 1] + 1.1)
    return engine


def log_chance(vote: int, theta: float, item: Floats, link: Link) -> float:
    """log P(vote), from its definition."""
    below = (logistic if link == "logit" else norm).cdf(np.append(item[1:3] - item[0] * theta, np.inf))
    return float(np.log(np.diff(below, prepend=0.0)[vote]))


def log_posterior(ballots: Ballots, j: int, theta: Floats, item: Floats, link: Link) -> float:
    """What the votes on an item and the prior say of its slope and cuts; a binary item has one cut."""
    votes = range(ballots.item_start[j], ballots.item_start[j + 1])
    said = sum(log_chance(ballots.item_vote[q], theta[ballots.item_node[q]], item, link) for q in votes)
    cuts = item[1:2] if ballots.binary[j] else item[1:3]
    return said - 0.5 * (PRECISIONS[0] * item[0] ** 2 + PRECISIONS[1] * (cuts**2).sum())


def of_item(ballots: Ballots, j: int, theta: Floats, link: Link) -> Function:
    """The log posterior as a function of an item's free parameters."""
    return lambda free: log_posterior(ballots, j, theta, free[[0, 1, 1]] if len(free) == 2 else free, link)


def slope_of(function: Function, at: Floats, step: float = 1e-4) -> Floats:
    """The gradient by differences."""
    unit = step * np.eye(len(at))
    return np.array([(function(at + e) - function(at - e)) / (2 * step) for e in unit])


def bend_of(function: Function, at: Floats, step: float = 1e-3) -> Floats:
    """The negative Hessian by differences."""
    unit = step * np.eye(len(at))
    return -np.array([(slope_of(function, at + e) - slope_of(function, at - e)) / (2 * step) for e in unit])


def covariances(items: Floats) -> Floats:
    """The covariances (J, 3, 3) of items."""
    return items[:, [3, 4, 5, 4, 6, 7, 5, 7, 8]].reshape(-1, 3, 3)


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


def normal_nodes(mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Points and weights that integrate a function under a normal."""
    one, weight = np.polynomial.hermite_e.hermegauss(7)
    grids = np.meshgrid(*[one] * len(mean), indexing="ij")
    weights = np.prod(np.meshgrid(*[weight / weight.sum()] * len(mean), indexing="ij"), axis=0)
    points = np.stack([grid.ravel() for grid in grids], axis=1)
    return mean + points @ np.linalg.cholesky(covariance).T, weights.ravel()


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
        below = np.pad(logistic.cdf(cuts), ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
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
            return said - 0.5 * (PRECISIONS[0] * item[0] ** 2 + PRECISIONS[1] * (at[1:] ** 2).sum())

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


@pytest.mark.parametrize("growing", [False, True])
@pytest.mark.parametrize("link", LINKS)
def test_votes_pull_whole_sessions_as_their_likelihood_does(
    ballots: Ballots, link: Link, growing: bool
) -> None:
    """By how far cut less predictor moves, times the predictor where the session is stretched."""
    engine = placed(ballots, link)
    which, sessions = np.array([1, 3]), len(ballots.sessions)
    value, pull, bend = np.empty(2), np.empty((2, sessions)), np.empty((2, sessions))
    chain.group_terms(
        which, ballots.item_start, ballots.item_node, ballots.item_vote, ballots.node_session,
        engine.theta, engine.items[:, :3].copy(), engine.code, growing, value, pull, bend,
    )  # fmt: skip
    for r, j in enumerate(which):

        def shifted(by: Floats, j: int = j) -> float:
            said = 0.0
            for q in range(ballots.item_start[j], ballots.item_start[j + 1]):
                node = ballots.item_node[q]
                beta, x = engine.items[j, 0], engine.theta[node]
                far = by[ballots.node_session[node]] * (beta * x if growing else 1.0)
                moved = engine.items[j, :3] + np.array([0.0, far, far])
                said += log_chance(ballots.item_vote[q], x, moved, link)
            return said

        none = np.zeros(sessions)
        assert value[r] == pytest.approx(shifted(none))
        assert pull[r] == pytest.approx(slope_of(shifted, none), rel=1e-4, abs=1e-6)
        assert bend[r] == pytest.approx(np.diag(bend_of(shifted, none)), rel=1e-3, abs=1e-5)


def proposal(function: Function, at: Floats, lower: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Mean, and Cholesky factor of the precision, of the normal fitted to a log density."""
    bend = lower(bend_of(function, at))
    return at + np.linalg.solve(bend, slope_of(function, at)), np.linalg.cholesky(bend)


def log_density(mean: Floats, low: Floats, at: Floats) -> float:
    return float(np.log(np.diag(low)).sum() - 0.5 * ((low.T @ (at - mean)) ** 2).sum())


@pytest.mark.parametrize("link", LINKS)
def test_a_move_of_an_item_is_taken_as_metropolis_and_hastings_say(ballots: Ballots, link: Link) -> None:
    engine, rng = placed(ballots, link), np.random.default_rng(1)
    items, noise = engine.items[:, :3].copy(), 0.3 * rng.standard_normal((len(engine.items), 3))
    ratio, there = np.empty(len(items)), items.copy()
    for j in range(len(items)):
        size = 2 if ballots.binary[j] else 3
        function, here = of_item(ballots, j, engine.theta, link), items[j, :size]
        mean, low = proposal(function, here, lambda bend: bend)
        to = mean + solve_triangular(low, noise[j, :size], lower=True, trans="T")
        back = proposal(function, to, lambda bend: bend)
        ratio[j] = function(to) - function(here) + log_density(*back, here) - log_density(mean, low, to)
        there[j] = to[[0, 1, 1]] if size == 2 else to
    for over, expected in ((-1e-3, there), (1e-3, items)):
        moved, taken = items.copy(), np.zeros(len(items))
        chainitems.move_items(
            ballots.item_start, ballots.item_node, ballots.item_vote, ballots.binary, engine.theta, moved,
            PRECISIONS, engine.code, noise, ratio + over, taken,
        )  # fmt: skip
        assert moved == pytest.approx(expected, abs=1e-4)
        assert (taken == (over < 0)).all()


@pytest.mark.parametrize("link", LINKS)
def test_a_random_walk_of_an_item_is_taken_by_its_posterior(ballots: Ballots, link: Link) -> None:
    engine, rng = placed(ballots, link), np.random.default_rng(2)
    items, noise = engine.items[:, :3].copy(), rng.standard_normal((1, 4, 3))
    which = np.array([0, 2, 3, 4])
    step = np.tile(0.3 * np.array([[1.0, 0, 0], [0.4, 1, 0], [0.2, 0.6, 1]]), (len(items), 1, 1))
    noise[0, 3] = [0.0, 9.0, -20.0]  # cuts the wrong way round
    there = items[which] + np.einsum("wkm,wm->wk", step[which], noise[0])
    there[1, 2] = there[1, 1]
    ratio = np.zeros((1, 4))
    for w, j in enumerate(which[:3]):
        function = of_item(ballots, j, engine.theta, link)
        free = [0, 1] if ballots.binary[j] else [0, 1, 2]
        ratio[0, w] = function(there[w, free]) - function(items[j, free])
    ratio[0, 3] = -np.inf
    for over, expected in ((-1e-6, [*there[:3], items[4]]), (1e-6, items[which])):
        moved, taken = items.copy(), np.zeros(len(items))
        chainitems.walk_items(
            which, ballots.item_start, ballots.item_node, ballots.item_vote, ballots.binary, engine.theta,
            moved, step, PRECISIONS, engine.code, noise, ratio + over, taken,
        )  # fmt: skip
        assert moved[which] == pytest.approx(np.array(expected))
        assert moved[1] == pytest.approx(items[1])
        assert taken.tolist() == ([1, 0, 1, 1, 0] if over < 0 else [0, 0, 0, 0, 0])


@pytest.mark.parametrize("length", [2, 3])
@pytest.mark.parametrize("link", LINKS)
def test_a_move_of_a_path_is_taken_as_metropolis_and_hastings_say(
    ballots: Ballots, link: Link, length: int
) -> None:
    """Stretch by stretch, given what lies before and after it; the first is cut off at an offset."""
    engine, rng = placed(ballots, link), np.random.default_rng(6)
    own, coupling = path_prior(ballots, PRIOR)
    whole = np.diag(own) + np.diag(coupling[:-1], 1) + np.diag(coupling[:-1], -1)
    items, noise = engine.items[:, :3].copy(), 0.5 * rng.standard_normal(len(own))
    until, offset = ballots.actor_start[1:].copy(), 1
    until[0] -= 1

    def said(nodes: Floats, theta: Floats) -> float:
        return sum(
            log_chance(ballots.node_vote[q], theta[n], items[ballots.node_item[q]], link)
            for n in nodes
            for q in range(ballots.node_start[n], ballots.node_start[n + 1])
        )

    for over in (-1e-3, 1e-3):
        theta, dice = engine.theta.copy(), np.zeros(len(own))
        for i, s in enumerate(ballots.actor_start[:-1]):
            lo, hi = s, min(until[i], s + 1 + (offset + i) % length)
            while lo < until[i]:
                nodes, now = np.arange(lo, hi), theta.copy()

                def target(at: Floats, nodes: Floats = nodes, now: Floats = now) -> float:
                    path = now.copy()
                    path[nodes] = at
                    return said(nodes, path) - 0.5 * float(path @ whole @ path)

                mean, low = proposal(target, theta[nodes], lambda bend: bend)
                to = mean + solve_triangular(low, noise[nodes], lower=True, trans="T")
                back = proposal(target, to, lambda bend: bend)
                ratio = target(to) - target(theta[nodes])
                ratio += log_density(*back, theta[nodes]) - log_density(mean, low, to)
                dice[lo] = ratio + over
                if over < 0:
                    theta[nodes] = to
                lo, hi = hi, min(until[i], hi + length)
        moved, taken = engine.theta.copy(), np.zeros(len(own))
        chain.move_paths(
            ballots.node_start, ballots.node_item, ballots.node_vote, ballots.actor_start, until, moved,
            items, own, coupling, engine.code, length, offset, noise, dice, taken,
        )  # fmt: skip
        assert moved == pytest.approx(theta, abs=1e-4)
        kept = np.zeros(len(own))
        for s, end in zip(ballots.actor_start[:-1], until, strict=True):
            kept[s:end] = 1
        assert taken.tolist() == (kept.tolist() if over < 0 else np.zeros(len(own)).tolist())
