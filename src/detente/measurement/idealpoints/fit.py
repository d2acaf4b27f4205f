"""The fast engine: alternate item steps and path steps to the variational-Laplace solution.

Posterior approximated by independent normals of items (3 x 3) and of actors' paths (tridiagonal precision),
each step using expectations over the other's uncertainty to second order (Imai, Lo & Olmsted 2016, APSR
110:631, alternate in the same way with point expectations; the second-order terms follow the delta method of
Wang & Blei 2013, JMLR 14:1005). The map from points to points is accelerated by Anderson's method (Walker &
Ni 2011, SIAM J. Numer. Anal. 49:1715).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detente.measurement.idealpoints import kernels
from detente.measurement.idealpoints.alternation import Effort, Rest, State, settle
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.settings import Link, Prior
from detente.measurement.idealpoints.starts import chained_start, constant_start, turning_points
from detente.measurement.idealpoints.threads import threads_for


@dataclass(frozen=True)
class Solution(Rest):
    """Where the alternation stopped, on the model's own scale (before identification).

    theta, variance (N,): points and their variances given the items; covariance (N,): with the node before;
    items (J, 9): slope, two cuts and the upper triangle of their covariance.
    """

    theta: Floats
    variance: Floats
    covariance: Floats
    items: Floats


MOST_TURNS = 5
"""Sessions before which turning round is tried."""


class Engine:
    """Holds the arrays that the compiled steps work on; one instance serves one fit."""

    starts: ClassVar[Mapping[str, Callable[[Ballots], Floats]]] = {
        "constant": constant_start,
        "chained": chained_start,
    }
    longer: ClassVar[int] = 1

    def __init__(self, ballots: Ballots, prior: Prior, link: Link) -> None:
        self.ballots, self.prior, self.link = ballots, prior, link
        self.code = kernels.LOGIT if link == "logit" else kernels.PROBIT
        self.time = ballots.node_time
        self.binary = ballots.binary
        size = len(ballots.node_actor)
        self.theta = np.zeros(size)
        self.variance = np.zeros(size)
        self.covariance = np.zeros(size)
        self.said = np.empty((size, 3))
        self.items = first_items(ballots, link)
        self.spread = 1.0

    def begin(self, theta: Floats, items: Floats | None = None) -> None:
        """Start from these points, and from these items or from the votes' shares."""
        self.theta = theta.copy()
        self.variance = np.full(len(theta), 0.01)
        self.covariance = np.zeros(len(theta))
        self.items = first_items(self.ballots, self.link) if items is None else items.copy()
        for _ in range(4 if items is None else 1):
            self.item_step()

    def item_step(self) -> None:
        b = self.ballots
        kernels.item_step(
            b.item_start, b.item_node, b.item_vote, self.binary, self.theta, self.variance, self.items,
            1.0 / self.prior.slope, 1.0 / self.prior.cut, self.code, self.spread,
        )  # fmt: skip

    def state_step(self) -> float:
        b, p = self.ballots, self.prior
        kernels.state_votes(
            b.node_start, b.node_item, b.node_vote, self.theta, self.variance, self.items, self.code,
            self.spread, self.said,
        )  # fmt: skip
        return float(
            kernels.smooth(
                b.actor_start,
                self.time,
                self.theta,
                self.variance,
                self.covariance,
                self.said,
                float(p.walk),
                float(p.first),
                float(p.anchor),
                float(p.shrink),
            )
        )

    def rescale(self) -> None:
        """Move to the scale of points that maximises the bound: votes do not see it, only the priors do.

        With points times b and slopes over b, the bound in s = b^2 is -s Qp/2 - Qs/(2s) + (N - J)/2 log s.
        """
        p, theta, items = self.prior, self.theta, self.items
        follows = np.flatnonzero(np.diff(self.ballots.node_actor) == 0)
        gap = p.walk * np.diff(self.time)[follows]
        spread = self.variance[follows] + self.variance[follows + 1] - 2.0 * self.covariance[follows + 1]
        begins = self.ballots.actor_start[:-1]
        square = theta**2 + self.variance
        points = ((np.diff(theta)[follows] ** 2 + spread) / gap).sum() + square[begins].sum() / p.first
        points += p.anchor * square.sum()
        slopes = (items[:, 0] ** 2 + items[:, 3]).sum() / p.slope
        extra = len(theta) - len(items)
        scale = np.sqrt((extra + np.sqrt(extra**2 + 4.0 * points * slopes)) / (2.0 * points))
        self.theta *= scale
        self.variance *= scale**2
        self.covariance *= scale**2
        items[:, [0, 4, 5]] /= scale
        items[:, 3] /= scale**2

    def log_likelihood(self) -> float:
        b = self.ballots
        out = np.empty(len(b.items))
        kernels.item_log_likelihood(
            b.item_start, b.item_node, b.item_vote, self.theta, self.items, self.code, out
        )
        return float(out.sum())

    def objective(self) -> float:
        """Log likelihood at the means plus the log prior: what starts are compared by."""
        p, theta, follows = self.prior, self.theta, np.flatnonzero(np.diff(self.ballots.node_actor) == 0)
        moves = np.diff(theta)[follows] ** 2 / (p.walk * np.diff(self.time)[follows])
        first = theta[self.ballots.actor_start[:-1]]
        ridge = p.anchor + p.shrink * (self.said[:, 2] + 2.0 / p.walk) if p.shrink else p.anchor
        points = float(moves.sum() + first @ first / p.first + (ridge * theta**2).sum())
        cuts = float((self.items[:, 1] ** 2 + np.where(self.binary, 0.0, self.items[:, 2] ** 2)).sum())
        return self.log_likelihood() - 0.5 * (
            points + float((self.items[:, 0] ** 2).sum()) / p.slope + cuts / p.cut
        )

    @property
    def rescales(self) -> bool:
        """Whether the prior leaves a scale to be found."""
        return self.prior.shrink == 0 and bool(self.spread)

    def state(self) -> State:
        """Points with their variances and covariances, and items."""
        return self.theta, self.variance, self.covariance, self.items

    def restore(self, state: State) -> None:
        """Go back to an earlier state."""
        self.theta, self.variance, self.covariance, self.items = state

    def collapsed(self) -> bool:
        """Whether all points shrank to one place."""
        return bool(self.theta.std() < 0.05 * np.sqrt(self.variance.mean()))

    def turns(self) -> list[tuple[int, Callable[[Floats], Floats]]]:
        """Sessions before which everyone seems to stand the wrong way round."""
        return [(session, np.negative) for session in turning_points(self.ballots, self.theta)[:MOST_TURNS]]


def first_items(ballots: Ballots, link: Link) -> Floats:
    """Items before anything is known of points: slope 0, cuts at the votes' shares."""
    from scipy.special import logit, ndtri

    shares = (ballots.counts + 0.5) / (ballots.counts.sum(1, keepdims=True) + 1.5)
    quantile = logit if link == "logit" else ndtri
    items = np.zeros((len(ballots.items), 9))
    items[:, 1] = quantile(shares[:, 0])
    items[:, 2] = quantile(shares[:, 0] + shares[:, 1])
    lower = np.where(ballots.counts[:, 0] > 0, items[:, 1], items[:, 2])
    items[ballots.binary, 1] = items[ballots.binary, 2] = lower[ballots.binary]
    return items


def solve(
    ballots: Ballots,
    *,
    prior: Prior,
    link: Link = "logit",
    effort: Effort | None = None,
    previous: tuple[Floats, Floats] | None = None,
) -> Solution:
    """Return the variational-Laplace solution, from the best of several starts or from a `previous` (theta,
    items).
    """
    engine = Engine(ballots, prior, link)
    with threads_for(len(ballots.item_vote)):
        rest = settle(engine, effort or Effort(), previous)
    return Solution(*engine.state(), **vars(rest))
