"""Compiled moves of the sampler beside the formulas that they stand for, on a dozen votes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_triangular

from detente.measurement.idealpoints import chain, chainitems
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.joint import path_prior
from detente.measurement.idealpoints.settings import Link
from tests.measurement.few_votes import (
    LINKS,
    PRECISIONS,
    PRIOR,
    Function,
    ballots,
    bend_of,
    log_chance,
    of_item,
    placed,
    slope_of,
)

__all__ = ["ballots"]


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


def proposal(function: Function, at: Floats) -> tuple[Floats, Floats]:
    """Mean, and Cholesky factor of the precision, of the normal fitted to a log density."""
    bend = bend_of(function, at)
    mean: Floats = at + np.linalg.solve(bend, slope_of(function, at))
    return mean, np.asarray(np.linalg.cholesky(bend))


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
        mean, low = proposal(function, here)
        to = mean + solve_triangular(low, noise[j, :size], lower=True, trans="T")
        back = proposal(function, to)
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

                mean, low = proposal(target, theta[nodes])
                to = mean + solve_triangular(low, noise[nodes], lower=True, trans="T")
                back = proposal(target, to)
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
