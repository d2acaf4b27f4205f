"""The joint normal posterior of all points and items: its mean refined, its covariance exact.

The alternation holds points and items independent. Here the normal keeps their covariance: Newton steps on
the expected log posterior under that normal, with its exact inverse curvature as the covariance (Opper &
Archambeau 2009, Neural Comput. 21:786, for Gaussian variational posteriors; expectations to second order).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.linalg import LinAlgError

from detente.measurement.idealpoints.ballots import Ballots, Flags, Floats
from detente.measurement.idealpoints.curvature import vote_terms
from detente.measurement.idealpoints.fit import Solution
from detente.measurement.idealpoints.fronts import Factor, Plan, Precision
from detente.measurement.idealpoints.groups import Groups
from detente.measurement.idealpoints.kernels import LOGIT, PROBIT
from detente.measurement.idealpoints.settings import Prior
from detente.measurement.idealpoints.threads import one_thread

GROWTH = 0.3
"""Largest log factor by which a session is stretched at once."""
STEP = 0.7
"""Longest step of a point in one joint Newton step."""


def path_prior(ballots: Ballots, prior: Prior, slopes: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the prior precision of each node, and between each node and its actor's next (0 at the last)."""
    follows = np.flatnonzero(np.diff(ballots.node_actor) == 0)
    weight = 1.0 / (prior.walk * np.diff(ballots.node_time)[follows])
    own = np.full(len(ballots.node_actor), prior.anchor)
    if prior.shrink and slopes is not None:
        own += prior.shrink * (slopes + 2.0 / prior.walk)
    own[follows] += weight
    own[follows + 1] += weight
    own[ballots.actor_start[:-1]] += 1.0 / prior.first
    coupling = np.zeros(len(own))
    coupling[follows] = -weight
    return own, coupling


class Refiner:
    """Newton steps on all points and items at once, from where the alternation stopped."""

    def __init__(self, ballots: Ballots, solution: Solution) -> None:
        self.ballots, self.prior = ballots, solution.prior
        self.link = LOGIT if solution.link == "logit" else PROBIT
        self.plan = Plan(ballots)
        self.theta, self.variance = solution.theta.copy(), solution.variance.copy()
        self.items = solution.items.copy()
        if solution.few:
            self.variance[:] = 0.0
            self.items[:, 3:] = 0.0
        self.cross = np.zeros((len(ballots.item_vote), 3))
        slopes = np.bincount(ballots.item_node, self.items[ballots.vote_item, 0] ** 2, len(self.theta))
        self.own, self.coupling = path_prior(ballots, self.prior, slopes.astype(float))
        self.per_vote = np.empty((len(ballots.item_vote), 5))
        self.per_item = np.empty((len(self.items), 9))
        self.residual = 1.0
        precisions = np.array([1.0 / self.prior.slope, 1.0 / self.prior.cut])
        self.groups = Groups(ballots, self.own, self.coupling, precisions, self.link)

    def factor(self) -> Factor:
        """Factor the curvature here: the exact one, or the expected one where that is not positive
        definite.
        """
        self._terms()
        try:
            return Factor(self.plan, Precision(self.per_vote, self.per_item, self.own, self.coupling))
        except LinAlgError:
            self.residual = 0.0
            self._terms()
            return Factor(self.plan, Precision(self.per_vote, self.per_item, self.own, self.coupling))

    def _terms(self) -> None:
        b, precisions = self.ballots, np.array([1.0 / self.prior.slope, 1.0 / self.prior.cut])
        vote_terms(
            b.item_start, b.item_node, b.item_vote, b.binary, self.theta, self.variance, self.items,
            self.cross, precisions, self.link, self.residual, self.per_vote, self.per_item,
        )  # fmt: skip

    def step(self, factor: Factor) -> float:
        """Move by one Newton step; return the longest move of a point."""
        gradient = _gradient(self.ballots, self.theta, self.per_vote, self.own, self.coupling)
        move, change = factor.solve(gradient, self.per_item[:, :3])
        return _step(self.theta, self.items, move, change, self.ballots.binary)

    def spread(self, factor: Factor, *, grow: bool) -> None:
        """Take over the exact variances, and the covariance of each vote's point with its item.

        With `grow`, then shift and stretch whole sessions, normal and all, to where the bound is highest:
        Newton steps hold variances fixed, and so creep along location and scale, which votes do not see.
        """
        self.variance, onward, self.cross = _spread(factor, self.items, self.ballots.binary)
        if grow:
            shift = self.groups.expected_shift(self.theta, self.items)
            self.theta, self.items, self.cross = self.groups.shifted(
                shift, self.theta, self.items, self.cross
            )
            shift = self.groups.expected_growth(self.theta, self.items, self.variance, onward)
            longest = np.abs(shift).max()
            shift *= min(1.0, GROWTH / longest) if longest > 0 else 1.0
            self.theta, self.items, self.variance, self.cross = self.groups.stretched(
                shift, self.theta, self.items, self.variance, self.cross
            )


@dataclass(frozen=True)
class Joint:
    """The joint normal posterior on the model's own scale: means, exact variances, and draws on request."""

    theta: Floats
    variance: Floats
    items: Floats
    """(J, 9): means of slope and cuts, and the upper triangle of their covariance."""
    refiner: Refiner = field(repr=False)
    steps: tuple[float, ...]
    """The largest move of a point in each Newton step."""

    @property
    def residual(self) -> float:
        """1 where the curvature is exact, 0 where it had to be the expected one."""
        return self.refiner.residual

    @cached_property
    def factor(self) -> Factor:
        """The factor at the last step, which only draws need."""
        return self.refiner.factor()

    @one_thread
    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """Return draws of all points, (N, draws)."""
        return self.theta[:, None] + self.factor.draw(rng, draws)


@one_thread
def joint_posterior(
    ballots: Ballots, solution: Solution, *, steps: int = 3, settle: float = 0.05, updates: int = 1
) -> Joint:
    """Return the joint normal at the solution.

    First at most `steps` Newton steps with the covariances of the alternation, until no point moves by more
    than `settle`; then `updates` rounds in which the exact covariances enter, each followed by a step.
    """
    refiner = Refiner(ballots, solution)
    moves: list[float] = []
    while len(moves) < steps and not (moves and moves[-1] < settle):
        moves.append(refiner.step(refiner.factor()))
    for _ in range(0 if solution.few else updates):
        refiner.spread(refiner.factor(), grow=True)
        moves.append(refiner.step(refiner.factor()))
    return Joint(refiner.theta, refiner.variance, refiner.items, refiner, tuple(moves))


def _gradient(ballots: Ballots, theta: Floats, per_vote: Floats, own: Floats, coupling: Floats) -> Floats:
    gradient = np.bincount(ballots.item_node, per_vote[:, 4], len(theta)) - own * theta
    follows = np.flatnonzero(coupling)
    gradient[follows] -= coupling[follows] * theta[follows + 1]
    gradient[follows + 1] -= coupling[follows] * theta[follows]
    return gradient


def _step(theta: Floats, items: Floats, move: Floats, change: Floats, binary: Flags) -> float:
    """Move points and items in place, shortened where a point leaps or cuts would cross; return the longest
    move.
    """
    change[binary, 2] = change[binary, 1]
    longest = float(np.abs(move).max())
    scale = min(1.0, STEP / longest) if longest > 0 else 1.0
    gap, closing = items[:, 2] - items[:, 1], change[:, 2] - change[:, 1]
    while ((gap + scale * closing <= 0.1 * gap) & ~binary).any():
        scale *= 0.5
    theta += scale * move
    items[:, :3] += scale * change
    return scale * longest


def _spread(factor: Factor, items: Floats, binary: Flags) -> tuple[Floats, Floats, Floats]:
    variance, onward, covariance, cross = factor.covariances()
    covariance[binary, 2] = covariance[binary, 1]
    covariance[binary, :, 2] = covariance[binary, :, 1]
    tied = binary[factor.plan.vote_item]
    cross[tied, 2] = cross[tied, 1]
    items[:, 3:] = covariance[:, [0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]]
    return variance, onward, cross
