"""The fit in the plane: the fast engine's alternation with two slopes an item and two coordinates a point.

P(vote <= c) = F(cut_c - slope . point), slope and point in R^2, a random walk per actor and dimension, the
same priors in both: the two-dimensional model of Bailey & Voeten (2018, Rev. Int. Organ. 13:33), whose second
dimension at the General Assembly is North against South in the 1960s to 1980s. Neither votes nor priors see a
rotation of the plane, so the alternation leaves it where it stands; `axes` fixes it afterwards, once for all
sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detente.measurement.idealpoints import kernels, planekernels
from detente.measurement.idealpoints.alternation import Effort, Rest, State, settle
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.fit import first_items
from detente.measurement.idealpoints.planestarts import chained_plane, constant_plane, turned
from detente.measurement.idealpoints.settings import Link, Prior
from detente.measurement.idealpoints.threads import threads_for

MOST_TURNS = 3
"""Sessions before which turning the plane back is tried."""


@dataclass(frozen=True)
class PlaneSolution(Rest):
    """Where the alternation stopped, on the model's own scale.

    theta (N, 2); variance, onward (N, 3): upper triangles of the points' covariances, and with the point
    before; items (J, 14): two slopes, two cuts, and the upper triangle of their covariance.
    """

    theta: Floats
    variance: Floats
    onward: Floats
    items: Floats


def unpack(upper: Floats) -> Floats:
    """Return symmetric matrices (..., k, k) from their upper triangles (..., 3) or (..., 10).

    >>> unpack(np.array([1.0, 2.0, 3.0])).tolist()
    [[1.0, 2.0], [2.0, 3.0]]
    """
    size = 2 if upper.shape[-1] == 3 else 4
    row, column = np.triu_indices(size)
    out = np.empty((*upper.shape[:-1], size, size))
    out[..., row, column] = out[..., column, row] = upper
    return out


def pack_upper(matrix: Floats) -> Floats:
    """Return upper triangles (..., 3) or (..., 10) of symmetric matrices."""
    row, column = np.triu_indices(matrix.shape[-1])
    return np.asarray(matrix[..., row, column])


def first_plane_items(ballots: Ballots, link: Link) -> Floats:
    """Items before anything is known of points: slopes 0, cuts at the votes' shares."""
    items = np.zeros((len(ballots.items), 14))
    items[:, 2:4] = first_items(ballots, link)[:, 1:3]
    return items


class PlaneEngine:
    """Holds the arrays that the compiled steps work on; one instance serves one fit."""

    starts: ClassVar[Mapping[str, Callable[[Ballots], Floats]]] = {
        "constant": constant_plane,
        "chained": chained_plane,
    }
    longer: ClassVar[int] = 2

    def __init__(self, ballots: Ballots, prior: Prior, link: Link) -> None:
        self.ballots, self.prior, self.link = ballots, prior, link
        self.code = kernels.LOGIT if link == "logit" else kernels.PROBIT
        self.time, self.binary = ballots.node_time, ballots.binary
        self.follows = np.flatnonzero(np.diff(ballots.node_actor) == 0)
        size = len(ballots.node_actor)
        self.theta = np.zeros((size, 2))
        self.variance, self.onward = np.zeros((size, 3)), np.zeros((size, 3))
        self.items = first_plane_items(ballots, link)
        self.spread = 1.0

    def begin(self, theta: Floats, items: Floats | None = None) -> None:
        """Start from these points, and from these items or from the votes' shares."""
        self.theta = theta.copy()
        self.variance = np.tile([0.01, 0.0, 0.01], (len(theta), 1))
        self.onward = np.zeros_like(self.variance)
        self.items = first_plane_items(self.ballots, self.link) if items is None else items.copy()
        for _ in range(4 if items is None else 1):
            self.item_step()

    def terms(self) -> Floats:
        """Gradient and precision of every item, (J, 14)."""
        b = self.ballots
        out = np.empty((len(b.items), 14))
        planekernels.item_terms(
            b.item_start, b.item_node, b.item_vote, self.binary, self.theta, self.variance, self.items,
            np.array([1.0 / self.prior.slope, 1.0 / self.prior.cut]), self.code, self.spread, out,
        )  # fmt: skip
        return out

    def item_step(self) -> None:
        planekernels.item_move(self.binary, self.terms(), self.items)

    def said(self) -> Floats:
        """What the votes say of every point: gradient and precision, (N, 5)."""
        b = self.ballots
        out = np.empty((len(self.theta), 5))
        planekernels.point_terms(
            b.node_start, b.node_item, b.node_vote, self.theta, self.variance, self.items, self.code,
            self.spread, out,
        )  # fmt: skip
        return out

    def state_step(self) -> None:
        p = self.prior
        planekernels.smooth(
            self.ballots.actor_start, self.time, self.theta, self.variance, self.onward, self.said(),
            float(p.walk), float(p.first), float(p.anchor),
        )  # fmt: skip

    def rescale(self) -> None:
        """Stretch the plane to where the bound is highest: votes do not see it, only the priors do.

        With points A x and slopes A^-1 b, the bound in M = A A is -tr(MP)/2 - tr(M^-1 S)/2
        + (N - J)/2 log|M|, P and S the priors' quadratic forms; its best M solves M P M - (N - J) M - S = 0.
        """
        p = self.prior
        square = _square(self.theta) + unpack(self.variance)
        moves = np.diff(self.theta, axis=0)[self.follows]
        spread = (
            self.variance[self.follows]
            + self.variance[self.follows + 1]
            - 2.0 * self.onward[self.follows + 1]
        )
        gap = p.walk * np.diff(self.time)[self.follows]
        points = ((_square(moves) + unpack(spread)) / gap[:, None, None]).sum(0)
        points += square[self.ballots.actor_start[:-1]].sum(0) / p.first + p.anchor * square.sum(0)
        slopes = (_square(self.items[:, :2]) + unpack(self.items[:, [4, 5, 8]])).sum(0) / p.slope
        extra = len(self.theta) - len(self.items)
        root = _root(points)
        inverse = np.linalg.inv(root)
        inner = 0.5 * (extra * np.eye(2) + _root(extra**2 * np.eye(2) + 4.0 * root @ slopes @ root))
        self.stretch(_root(inverse @ inner @ inverse))

    def stretch(self, by: Floats) -> None:
        """Map points x to A x and slopes to the inverse's transpose, covariances with them."""
        back = np.eye(4)
        back[:2, :2] = np.linalg.inv(by).T
        self.theta = np.einsum("kl,nl->nk", by, self.theta)
        self.variance = pack_upper(np.einsum("ik,nkl,jl->nij", by, unpack(self.variance), by))
        self.onward = pack_upper(np.einsum("ik,nkl,jl->nij", by, unpack(self.onward), by))
        self.items[:, :2] = np.einsum("kl,jl->jk", back[:2, :2], self.items[:, :2])
        self.items[:, 4:] = pack_upper(np.einsum("ik,nkl,jl->nij", back, unpack(self.items[:, 4:]), back))

    def log_likelihood(self) -> float:
        b = self.ballots
        out = np.empty(len(b.items))
        planekernels.log_likelihood(
            b.item_start, b.item_node, b.item_vote, self.theta, self.items, self.code, out
        )
        return float(out.sum())

    def objective(self) -> float:
        """Log likelihood at the means plus the log prior: what starts are compared by."""
        p, theta = self.prior, self.theta
        moves = (np.diff(theta, axis=0)[self.follows] ** 2).sum(1) / (
            p.walk * np.diff(self.time)[self.follows]
        )
        first = theta[self.ballots.actor_start[:-1]]
        points = moves.sum() + (first**2).sum() / p.first + p.anchor * (theta**2).sum()
        cuts = (self.items[:, 2] ** 2 + np.where(self.binary, 0.0, self.items[:, 3] ** 2)).sum() / p.cut
        slopes = (self.items[:, :2] ** 2).sum() / p.slope
        return float(self.log_likelihood() - 0.5 * (points + slopes + cuts))

    @property
    def rescales(self) -> bool:
        """Whether the prior leaves a scale to be found."""
        return bool(self.spread)

    def state(self) -> State:
        """Points with their variances and covariances, and items."""
        return self.theta, self.variance, self.onward, self.items

    def restore(self, state: State) -> None:
        """Go back to an earlier state."""
        self.theta, self.variance, self.onward, self.items = state

    def collapsed(self) -> bool:
        """Whether all points shrank to one place, in every direction."""
        widest = float(np.linalg.eigvalsh(np.cov(self.theta.T, bias=True))[-1])
        return widest < 0.05**2 * float(self.variance[:, [0, 2]].mean())

    def turns(self) -> list[tuple[int, Callable[[Floats], Floats]]]:
        """Sessions before which the plane seems to be turned, and the turn back."""
        found = turned(self.ballots, self.theta)[:MOST_TURNS]
        return [(session, _turn(turn)) for session, turn in found]


def _turn(by: Floats) -> Callable[[Floats], Floats]:
    return lambda theta: theta @ by


def _square(rows: Floats) -> Floats:
    """Outer products (n, 2, 2) of rows (n, 2) with themselves."""
    return np.asarray(rows[:, :, None] * rows[:, None, :])


def _root(matrix: Floats) -> Floats:
    """Symmetric square root of a positive definite matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 1e-12))) @ vectors.T)


def solve_plane(
    ballots: Ballots,
    *,
    prior: Prior,
    link: Link = "logit",
    effort: Effort | None = None,
    previous: tuple[Floats, Floats] | None = None,
) -> PlaneSolution:
    """Return the variational-Laplace solution in the plane, from the best of several starts or from a
    `previous` (theta (N, 2), items (J, 14)).

    The alternation is that of a line: Newton steps of items (4 x 4) and of paths (block tridiagonal),
    each averaged over the other's uncertainty to second order, with the plane stretched in closed form
    between them, accelerated by Anderson's method.
    """
    engine = PlaneEngine(ballots, prior, link)
    with threads_for(len(ballots.item_vote)):
        rest = settle(engine, effort or Effort(), previous)
    return PlaneSolution(*engine.state(), **vars(rest))
