"""Moves of whole sessions beside what they stand for: the same votes seen from another place or scale."""

from __future__ import annotations

import numpy as np
import pytest

from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.groups import Groups
from detente.measurement.idealpoints.joint import path_prior
from detente.measurement.idealpoints.settings import Link
from tests.measurement.few_votes import (
    LINKS,
    PRECISIONS,
    PRIOR,
    ballots,
    covariances,
    log_chance,
    placed,
    slope_of,
)

__all__ = ["ballots"]


def groups_of(ballots: Ballots, link: Link) -> tuple[Groups, Floats, Floats]:
    """The moves, and points and items (J, 9) with covariances to move."""
    engine = placed(ballots, link)
    own, coupling = path_prior(ballots, PRIOR)
    root = 0.2 * np.array([[1.0, 0, 0], [0.4, 1, 0], [-0.3, 0.5, 1]])
    shape = root @ root.T
    shapes = np.where(ballots.binary[:, None, None], shape[np.ix_([0, 1, 1], [0, 1, 1])], shape)
    engine.items[:, 3:] = shapes[:, [0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]]
    return Groups(ballots, own, coupling, PRECISIONS, engine.code), engine.theta, engine.items


def log_target(ballots: Ballots, theta: Floats, items: Floats, link: Link) -> float:
    """What votes and priors say of points and items (J, 3)."""
    own, coupling = path_prior(ballots, PRIOR)
    said = sum(
        log_chance(ballots.item_vote[q], theta[ballots.item_node[q]], items[j], link)
        for q, j in enumerate(ballots.vote_item)
    )
    cuts = (items[:, 1] ** 2).sum() + (items[~ballots.binary, 2] ** 2).sum()
    said -= 0.5 * float(PRECISIONS[0] * (items[:, 0] ** 2).sum() + PRECISIONS[1] * cuts)
    return said - 0.5 * float((own * theta**2).sum()) - float((coupling[:-1] * theta[:-1] * theta[1:]).sum())


@pytest.mark.parametrize("growing", [False, True])
@pytest.mark.parametrize("link", LINKS)
def test_the_target_of_a_move_falls_and_rises_with_the_posterior(
    ballots: Ballots, link: Link, growing: bool
) -> None:
    """With the change of volume: as many points stretch as slopes shrink."""
    groups, theta, items = groups_of(ballots, link)
    shares = np.zeros((len(items), len(ballots.sessions)))
    for q, j in enumerate(ballots.vote_item):
        shares[j, ballots.node_session[ballots.item_node[q]]] += 1
    shares /= shares.sum(1, keepdims=True)
    volume = np.bincount(ballots.node_session) - shares.sum(0)

    def moved(shift: Floats) -> float:
        there, other = groups._moved(theta, items[:, :3], shift, growing=growing)
        if growing:
            assert there == pytest.approx(theta * np.exp(shift[ballots.node_session]))
            assert other[:, 0] == pytest.approx(items[:, 0] * np.exp(-shares @ shift))
        else:
            assert there == pytest.approx(theta + shift[ballots.node_session])
            assert other[:, 1:] == pytest.approx(items[:, 1:3] + (items[:, 0] * (shares @ shift))[:, None])
        return log_target(ballots, there, other, link) + (volume @ shift if growing else 0.0)

    none = np.zeros(len(ballots.sessions))
    value, gradient, low = groups._fit(theta, items[:, :3].copy(), growing=growing)
    assert gradient == pytest.approx(slope_of(moved, none), rel=1e-4, abs=1e-5)
    shift = np.array([0.05, -0.02, 0.03])
    other, *_ = groups._fit(*groups._moved(theta, items[:, :3], shift, growing=growing), growing=growing)
    gain = other - value + (volume @ shift if growing else 0.0)
    assert gain == pytest.approx(moved(shift) - moved(none))
    alone = items.copy()
    alone[:, 3:] = 0.0
    step = np.linalg.solve(low @ low.T, gradient)
    nothing = np.zeros(len(theta))
    found = (
        groups.expected_growth(theta, alone, nothing, nothing)
        if growing
        else groups.expected_shift(theta, alone)
    )
    assert found == pytest.approx(step)


@pytest.mark.parametrize("growing", [False, True])
def test_a_fit_of_a_move_bends_as_its_priors_do(ballots: Ballots, growing: bool) -> None:
    """Priors are bent exactly; votes that recur by their expected curvature, which is not below zero."""
    groups, theta, items = groups_of(ballots, "logit")
    prior = groups._slopes(items[:, 0] ** 2) if growing else groups._cuts(items)
    products = groups._products(theta)
    path = groups._grown_paths(groups.own * theta**2, products) if growing else groups._paths(theta, products)

    def said(shift: Floats) -> float:
        there, other = groups._moved(theta, items[:, :3], shift, growing=growing)
        both = groups._slopes(other[:, 0] ** 2) if growing else groups._cuts(other)
        after = groups._products(there)
        moved = groups._grown_paths(groups.own * there**2, after) if growing else groups._paths(there, after)
        return both[0] + moved[0]

    unit = 1e-3 * np.eye(3)
    bend = -np.array([(slope_of(said, e) - slope_of(said, -e)) / 2e-3 for e in unit])
    assert prior[2] + path[2] == pytest.approx(bend, rel=1e-3, abs=1e-4)
    assert prior[1] + path[1] == pytest.approx(slope_of(said, np.zeros(3)), rel=1e-4, abs=1e-5)
    low = groups._fit(theta, items[:, :3].copy(), growing=growing)[2]
    assert (np.linalg.eigvalsh(low @ low.T - prior[2] - path[2]) > -1e-9).all()


def test_expected_moves_see_the_covariances_of_points_and_items(ballots: Ballots) -> None:
    """The priors' part: second moments, of cuts with slopes, of slopes, and of points with the next."""
    groups, theta, items = groups_of(ballots, "logit")
    alone = items.copy()
    alone[:, 3:] = 0.0
    rng = np.random.default_rng(2)
    variance, onward = 0.1 + 0.1 * rng.random(len(theta)), 0.05 * rng.random(len(theta))

    def bound(shift: Floats) -> float:
        s = covariances(groups.shifted(shift, theta, items, np.zeros((len(ballots.item_vote), 3)))[1])
        cuts = s[:, 1, 1].sum() + s[~ballots.binary, 2, 2].sum()
        return -0.5 * float(PRECISIONS[1] * cuts)

    low = groups._fit(theta, items[:, :3].copy(), growing=False)[2]
    moved = low @ low.T @ (groups.expected_shift(theta, items) - groups.expected_shift(theta, alone))
    assert moved == pytest.approx(slope_of(bound, np.zeros(3)), rel=1e-3, abs=1e-6)

    def grown(shift: Floats) -> float:
        up, down = np.exp(shift[ballots.node_session]), np.exp(-(groups.share @ shift))
        squares = groups.own * (theta**2 + variance) * up**2
        pairs = groups.coupling * (theta * np.append(theta[1:], 0) + onward) * up * np.append(up[1:], 0)
        slopes = (items[:, 0] ** 2 + items[:, 3]) * down**2
        return -0.5 * float(squares.sum() + PRECISIONS[0] * slopes.sum()) - float(pairs.sum())

    _, pull, bend = groups._votes(theta, items[:, :3].copy(), growing=True)
    share = groups.recurring_share
    gradient = share.T @ pull.sum(1) - pull.sum(0) + groups.stretch + slope_of(grown, np.zeros(3))
    unit = 1e-3 * np.eye(3)
    curve = -np.array([(slope_of(grown, e) - slope_of(grown, -e)) / 2e-3 for e in unit])
    for r, weights in enumerate(share):  # each item moves by its share of all sessions, less a vote's own
        for t in range(3):
            by = weights - np.eye(3)[t]
            curve += bend[r, t] * np.outer(by, by)
    found = groups.expected_growth(theta, items, variance, onward)
    assert found == pytest.approx(np.linalg.solve(curve, gradient), rel=1e-3)


def test_a_normal_is_shifted_and_stretched_covariances_and_all(ballots: Ballots) -> None:
    """Cuts move by the slope times the shift of the item's sessions, slopes and points by factors."""
    groups, theta, items = groups_of(ballots, "logit")
    rng = np.random.default_rng(1)
    cross, variance = rng.normal(size=(len(ballots.item_vote), 3)), rng.random(len(theta))
    shift = np.array([0.4, -0.3, 0.2])
    a = groups.share @ shift
    there, after, crossed = groups.shifted(shift, theta, items, cross)
    assert there == pytest.approx(theta + shift[ballots.node_session])
    for j, before in enumerate(covariances(items)):
        turn = np.array([[1.0, 0, 0], [a[j], 1, 0], [a[j], 0, 1]])
        assert after[j, :3] == pytest.approx(turn @ items[j, :3])
        assert covariances(after)[j] == pytest.approx(turn @ before @ turn.T)
        votes = slice(ballots.item_start[j], ballots.item_start[j + 1])
        assert crossed[votes] == pytest.approx(cross[votes] @ turn.T)
    there, after, spread, crossed = groups.stretched(shift, theta, items, variance, cross)
    up = np.exp(shift[ballots.node_session])
    assert there == pytest.approx(theta * up) and spread == pytest.approx(variance * up**2)
    for j, before in enumerate(covariances(items)):
        turn = np.diag([np.exp(-a[j]), 1, 1])
        # The mean of the slope and all covariances follow; cuts stay.
        assert after[j, 0] == pytest.approx(items[j, 0] * turn[0, 0])
        assert after[j, 1:3] == pytest.approx(items[j, 1:3])
        assert covariances(after)[j] == pytest.approx(turn @ before @ turn)
        for q in range(ballots.item_start[j], ballots.item_start[j + 1]):
            assert crossed[q] == pytest.approx(up[ballots.item_node[q]] * (cross[q] @ turn))
