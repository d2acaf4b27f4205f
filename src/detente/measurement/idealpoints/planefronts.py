"""The joint normal posterior of all points and items in the plane, factored front by front.

As `fronts` and `joint` for one dimension: items of one session are eliminated first (4 x 4), those that recur
wait in the front, points go session by session (multifrontal Cholesky along a chain: Duff & Reid 1983, ACM
TOMS 9:302). Newton steps with this factor finish what the alternation leaves slow; draws from it carry the
uncertainty of items as well as of points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cholesky, solve_triangular

from detente.errors import MeasurementError, Problem
from detente.measurement.idealpoints import planeblocks
from detente.measurement.idealpoints.ballots import Ballots, Floats, Ints
from detente.measurement.idealpoints.fronts import Front, Plan
from detente.measurement.idealpoints.joint import STEP, path_prior
from detente.measurement.idealpoints.planefit import PlaneEngine, PlaneSolution, unpack
from detente.measurement.idealpoints.threads import one_thread

RESIDUALS = (1.0, 0.8, 0.0)
"""Shares of the residual's part of the curvature, in the order in which they are tried."""


class PlaneFactor:
    """Cholesky factor of the joint precision of points (2 a node) and items (4 each)."""

    def __init__(self, plan: Plan, own: Floats, coupling: Floats, items: Floats, cross: Floats) -> None:
        self.plan, self.own, self.coupling, self.cross = plan, own, coupling, cross
        self.item_precision = items
        self.item_covariance = np.asarray(np.linalg.inv(items), float)
        self.total = 2 * plan.size + 4 * len(plan.recurring)
        self.gone = [self._variables(front.gone) for front in plan.fronts]
        self.kept = [self._variables(front.kept) for front in plan.fronts]
        self.lower: list[Floats] = []
        self.across: list[Floats] = []
        self.tables: list[Floats] = []
        self._eliminate()

    def _variables(self, numbers: Ints) -> Ints:
        """Variables of the plane from the plan's: a point becomes two, the slope of a recurring item two."""
        size = self.plan.size
        point, other = numbers[numbers < size], numbers[numbers >= size] - size
        rank, part = other // 3, other % 3
        base = 2 * size + 4 * rank
        slopes = (base[part == 0][:, None] + np.arange(2)).ravel()
        both = (2 * point[:, None] + np.arange(2)).ravel()
        return np.concatenate((both, slopes, (base + part + 1)[part > 0]))

    def _eliminate(self) -> None:
        place = np.full(self.total, -1)
        rest, kept = np.zeros((0, 0)), np.zeros(0, np.int64)
        root = np.asarray(np.linalg.cholesky(self.item_covariance), float)
        for front, gone, keep in zip(self.plan.fronts, self.gone, self.kept, strict=True):
            every = np.concatenate((gone, keep))
            place[every] = np.arange(len(every))
            matrix = np.zeros((len(every), len(every)))
            where = place[kept]
            matrix[np.ix_(where, where)] = rest
            self._fill(matrix, place, front, root)
            number = len(gone)
            low = cholesky(matrix[:number, :number], lower=True, check_finite=False)
            over = solve_triangular(low, matrix[:number, number:], lower=True, check_finite=False)
            rest, kept = matrix[number:, number:] - over.T @ over, keep
            self.lower.append(low)
            self.across.append(over)

    def _fill(self, matrix: Floats, place: Ints, front: Front, root: Floats) -> None:
        plan, b = self.plan, self.plan.ballots
        height = 2 * len(front.nodes)
        table = np.zeros((len(front.items), 4, height))
        half = np.empty_like(table)
        planeblocks.item_blocks(
            front.items, b.item_start, b.item_node, plan.row, self.cross, root, table, half
        )
        swept = half.reshape(-1, height)
        matrix[:height, :height] -= swept.T @ swept
        planeblocks.fill_plane(
            matrix, place, front.nodes, self.own, plan.next, self.coupling, front.votes, b.item_node,
            plan.vote_item, plan.place, plan.width + 1, self.cross, plan.recurring[front.starting],
            self.item_precision,
        )  # fmt: skip
        self.tables.append(table.reshape(-1, height))

    def solve(self, theta: Floats, items: Floats) -> tuple[Floats, Floats]:
        """Return the solution (points (N, 2), items (J, 4)) of precision times solution = (theta, items)."""
        plan, size = self.plan, 2 * self.plan.size
        right = np.concatenate((theta.ravel(), items[plan.recurring].ravel()))
        scaled = np.einsum("jkl,jl->jk", self.item_covariance, items)
        for front, table in zip(plan.fronts, self.tables, strict=True):
            right[self._variables(front.nodes)] -= scaled[front.items].ravel() @ table
        fronts = list(zip(self.gone, self.kept, self.lower, self.across, strict=True))
        for gone, kept, low, over in fronts:
            right[gone] = solve_triangular(low, right[gone], lower=True, check_finite=False)
            right[kept] -= right[gone] @ over
        for gone, kept, low, over in fronts[::-1]:
            part = right[gone] - over @ right[kept]
            right[gone] = solve_triangular(low, part, lower=True, trans="T", check_finite=False)
        pull = items.copy()
        for front, table in zip(plan.fronts, self.tables, strict=True):
            pull[front.items] -= (table @ right[self._variables(front.nodes)]).reshape(-1, 4)
        found = np.einsum("jkl,jl->jk", self.item_covariance, pull)
        found[plan.recurring] = right[size:].reshape(-1, 4)
        return right[:size].reshape(-1, 2), found

    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """Return deviations of all points from their mean, (N, 2, draws), from the joint normal."""
        deviation = np.zeros((self.total, draws))
        fronts = list(zip(self.gone, self.kept, self.lower, self.across, strict=True))
        for gone, kept, low, over in fronts[::-1]:
            noise = rng.standard_normal((len(gone), draws)) - over @ deviation[kept]
            deviation[gone] = solve_triangular(low, noise, lower=True, trans="T", check_finite=False)
        return deviation[: 2 * self.plan.size].reshape(-1, 2, draws)


@dataclass(frozen=True)
class PlaneJoint:
    """The joint normal on the model's own scale: means, and the factor to draw from."""

    theta: Floats
    """(N, 2)"""
    variance: Floats
    """(N, 3): covariances of points given the items, upper triangles."""
    items: Floats
    """(J, 14): means of slopes and cuts, and the upper triangle of their covariance given the points."""
    factor: PlaneFactor
    steps: tuple[float, ...]
    """The largest move of a point in each Newton step."""
    residual: float
    """1 where the curvature is exact, 0 where it had to be the expected one."""

    @one_thread
    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """Return draws of all points, (N, 2, draws)."""
        return np.asarray(self.theta[:, :, None] + self.factor.draw(rng, draws))


class _Refiner:
    """Newton steps on all points and items at once, from where the alternation stopped."""

    def __init__(self, ballots: Ballots, solution: PlaneSolution) -> None:
        self.engine = PlaneEngine(ballots, solution.prior, solution.link)
        self.engine.restore((
            solution.theta.copy(), solution.variance, solution.onward, solution.items.copy()
        ))  # fmt: skip
        self.engine.spread = 0.0 if solution.few else 1.0
        self.plan = Plan(ballots)
        self.own, self.coupling = path_prior(ballots, solution.prior)
        self.residual = RESIDUALS[0]

    def factor(self) -> PlaneFactor:
        """Factor the curvature here: the exact one, or as much of its residual's part as leaves it positive
        definite (away from the solution it may not be).
        """
        engine, b = self.engine, self.engine.ballots
        self.terms, self.said = engine.terms(), engine.said()
        cross = np.empty((len(b.item_vote), 8))
        own = self.said[:, 2:].copy()
        own[:, [0, 2]] += self.own[:, None]
        for self.residual in RESIDUALS:
            planeblocks.cross_terms(
                b.item_start, b.item_node, b.item_vote, engine.binary, engine.theta, engine.variance,
                engine.items, engine.code, engine.spread, self.residual, cross,
            )  # fmt: skip
            try:
                return PlaneFactor(self.plan, own, self.coupling, unpack(self.terms[:, 4:]), cross)
            except LinAlgError:
                continue
        problem = Problem("ideal points", "the curvature is not positive definite", "give tighter priors")
        raise MeasurementError(problem)

    def step(self, factor: PlaneFactor) -> float:
        """Move by one Newton step, shortened where a point leaps or cuts would cross; return the longest
        move.
        """
        theta, items, binary = self.engine.theta, self.engine.items, self.engine.binary
        gradient = self.said[:, :2] - self.own[:, None] * theta
        follows = np.flatnonzero(self.coupling)
        gradient[follows] -= self.coupling[follows, None] * theta[follows + 1]
        gradient[follows + 1] -= self.coupling[follows, None] * theta[follows]
        move, change = factor.solve(gradient, self.terms[:, :4])
        change[binary, 3] = change[binary, 2]
        longest = float(np.abs(move).max())
        scale = min(1.0, STEP / longest) if longest > 0 else 1.0
        gap, closing = items[:, 3] - items[:, 2], change[:, 3] - change[:, 2]
        while ((gap + scale * closing <= 0.1 * gap) & ~binary).any():
            scale *= 0.5
        theta += scale * move
        items[:, :4] += scale * change
        return scale * longest


@one_thread
def joint_plane(
    ballots: Ballots, solution: PlaneSolution, *, steps: int = 5, settle: float = 0.03
) -> PlaneJoint:
    """Return the joint normal at the solution, after at most `steps` Newton steps, until no point moves by
    more than `settle`.
    """
    refiner = _Refiner(ballots, solution)
    moves: list[float] = []
    for _ in range(steps):
        moves.append(refiner.step(refiner.factor()))
        if moves[-1] < settle:
            break
    engine, factor = refiner.engine, refiner.factor()
    return PlaneJoint(engine.theta, engine.variance, engine.items, factor, tuple(moves), refiner.residual)
