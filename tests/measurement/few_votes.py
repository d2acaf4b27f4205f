"""A dozen votes on a line or in a plane, their likelihood by definition, and derivatives by differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, ndtr

from detente.measurement.idealpoints.ballots import Ballots, Floats, pack
from detente.measurement.idealpoints.fit import Engine
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
    below = (expit if link == "logit" else ndtr)(np.append(item[1:3] - item[0] * theta, np.inf))
    return float(np.log(np.diff(below, prepend=0.0)[vote]))


def log_posterior(ballots: Ballots, j: int, theta: Floats, item: Floats, link: Link) -> float:
    """What the votes on an item and the prior say of its slope and cuts; a binary item has one cut."""
    votes = range(ballots.item_start[j], ballots.item_start[j + 1])
    said = sum(log_chance(ballots.item_vote[q], theta[ballots.item_node[q]], item, link) for q in votes)
    cuts = item[1:2] if ballots.binary[j] else item[1:3]
    return said - 0.5 * float(PRECISIONS[0] * item[0] ** 2 + PRECISIONS[1] * (cuts**2).sum())


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


def normal_nodes(mean: Floats, covariance: Floats, order: int = 7) -> tuple[Floats, Floats]:
    """Points and weights that integrate a function under a normal."""
    one, weight = np.polynomial.hermite_e.hermegauss(order)
    grids = np.meshgrid(*[one] * len(mean), indexing="ij")
    weights = np.prod(np.meshgrid(*[weight / weight.sum()] * len(mean), indexing="ij"), axis=0)
    points = np.stack([grid.ravel() for grid in grids], axis=1)
    return mean + points @ np.linalg.cholesky(covariance).T, weights.ravel()
