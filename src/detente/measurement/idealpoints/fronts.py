"""Block elimination along sessions: the joint precision of all points and items, factored front by front.

Points of session t meet points of later sessions only through the walk, and items only where they vote on
them. Items of one session are eliminated first, item by item (3 x 3). Items that recur wait in the front from
their first session to their last: a multifrontal Cholesky (Duff & Reid 1983, ACM TOMS 9:302) along a chain,
whose fronts hold the points of one session, the next points of the actors, and the recurring items under way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from detente.measurement.idealpoints.ballots import Ballots, Floats, Ints
from detente.measurement.idealpoints.blocks import cross_blocks, fill_front, read_own, read_shared


@dataclass(frozen=True)
class Front:
    """Variables eliminated at one session, and those kept: node n is n, parameter k of recurring item r is N
    + 3r + k. The session's nodes come first among those eliminated.
    """

    nodes: Ints
    gone: Ints
    kept: Ints
    items: Ints
    """items of this session alone, in the order of their block of `Factor.table`."""
    votes: Ints
    """votes on recurring items."""
    starting: Ints
    """recurring items whose first session this is, as positions among the recurring items."""


class Plan:
    """Which variable goes when: depends on who voted when, not on any number."""

    def __init__(self, ballots: Ballots) -> None:
        self.ballots = ballots
        self.size = len(ballots.node_actor)
        self.vote_item = ballots.vote_item
        first, last = self._spans()
        self.recurring = np.flatnonzero(first < last)
        self.place = np.full(len(ballots.items), -1)
        self.place[self.recurring] = np.arange(len(self.recurring))
        self.width = np.where(ballots.binary, 2, 3)
        follows = np.diff(ballots.node_actor) == 0
        self.next = np.where(np.append(follows, False), np.arange(1, self.size + 1), -1)
        by_session = np.argsort(ballots.node_session, kind="stable")
        node_edges = np.searchsorted(ballots.node_session[by_session], np.arange(len(ballots.sessions) + 1))
        shared = np.flatnonzero(self.place[self.vote_item] >= 0)
        vote_session = ballots.node_session[ballots.item_node[shared]]
        shared = shared[np.argsort(vote_session, kind="stable")]
        edges = np.searchsorted(np.sort(vote_session), np.arange(len(ballots.sessions) + 1))
        self.row = np.empty(self.size, np.int32)
        """(N,) position of each node among the nodes of its session."""
        self.fronts: list[Front] = []
        waiting = np.zeros(self.size, bool)
        for t in range(len(ballots.sessions)):
            nodes = by_session[node_edges[t] : node_edges[t + 1]]
            self.row[nodes] = np.arange(len(nodes))
            waiting[nodes] = False
            after = self.next[nodes]
            waiting[after[after >= 0]] = True
            ending = self._parameters(self.recurring[last[self.recurring] == t])
            active = self.recurring[(first[self.recurring] <= t) & (last[self.recurring] > t)]
            self.fronts.append(
                Front(
                    nodes=nodes,
                    gone=np.concatenate((nodes, ending)),
                    kept=np.concatenate((np.flatnonzero(waiting), self._parameters(active))),
                    items=np.flatnonzero((first == t) & (last == t)),
                    votes=shared[edges[t] : edges[t + 1]],
                    starting=self.place[self.recurring[first[self.recurring] == t]],
                )
            )
        self._lay_out()

    def _spans(self) -> tuple[Ints, Ints]:
        """First and last session of each item."""
        session, begins = self.ballots.node_session[self.ballots.item_node], self.ballots.item_start[:-1]
        return np.minimum.reduceat(session, begins), np.maximum.reduceat(session, begins)

    def _lay_out(self) -> None:
        """Where the blocks (3, nodes) of items of one session lie in one flat array, front after front."""
        heights = np.array([len(front.nodes) for front in self.fronts])
        self.single = np.concatenate([front.items for front in self.fronts])
        self.height = np.repeat(heights, [len(front.items) for front in self.fronts])
        self.offset = np.concatenate(([0], np.cumsum(3 * self.height)))
        self.edges = np.concatenate(([0], np.cumsum(3 * heights * [len(f.items) for f in self.fronts])))

    def _parameters(self, items: Ints) -> Ints:
        """Numbers of the free parameters of recurring items."""
        number = self.size + 3 * self.place[items][:, None] + np.arange(3)
        return np.asarray(number[np.arange(3) < self.width[items][:, None]])

    @cached_property
    def total(self) -> int:
        return self.size + 3 * len(self.recurring)


@dataclass(frozen=True)
class Precision:
    """Numbers that fill the plan: per vote and per item as `curvature.vote_terms` gives them, and the points'
    prior.
    """

    per_vote: Floats
    per_item: Floats
    node_prior: Floats
    """(N,) prior precision of each node, walk included."""
    coupling: Floats
    """(N,) prior precision between a node and its actor's next, negative; 0 at the last."""


class Factor:
    """Cholesky factor of the joint precision; solves, draws and gives exact variances."""

    def __init__(self, plan: Plan, numbers: Precision) -> None:
        self.plan, self.numbers = plan, numbers
        size = len(plan.ballots.items)
        matrix = np.empty((size, 3, 3))
        upper = [(0, 0, 3), (0, 1, 4), (0, 2, 5), (1, 1, 6), (1, 2, 7), (2, 2, 8)]
        for row, column, place in upper:
            matrix[:, row, column] = matrix[:, column, row] = numbers.per_item[:, place]
        self.item_precision = matrix
        self.item_covariance = np.asarray(np.linalg.inv(matrix), float)
        self.table = np.zeros(plan.offset[-1])
        """Cross terms of nodes and items of one session, block (3, nodes) after block."""
        self.lower: list[Floats] = []
        self.across: list[Floats] = []
        self._eliminate()

    def block(self, t: int) -> Floats:
        """Cross terms of the items of session t alone with its nodes, (3 items, nodes)."""
        flat = self.table[self.plan.edges[t] : self.plan.edges[t + 1]]
        return flat.reshape(-1, len(self.plan.fronts[t].nodes))

    def _eliminate(self) -> None:
        plan, b, numbers = self.plan, self.plan.ballots, self.numbers
        half = np.empty_like(self.table)
        root = np.asarray(np.linalg.cholesky(self.item_covariance), float)
        cross_blocks(
            plan.single, plan.offset, plan.height, b.item_start, b.item_node, plan.row, numbers.per_vote,
            root, self.table, half,
        )  # fmt: skip
        own = np.bincount(b.item_node, numbers.per_vote[:, 0], plan.size) + numbers.node_prior
        place = np.full(plan.total, -1)
        rest, kept = np.zeros((0, 0)), np.zeros(0, np.int64)
        for t, front in enumerate(plan.fronts):
            every = np.concatenate((front.gone, front.kept))
            place[every] = np.arange(len(every))
            matrix = np.zeros((len(every), len(every)))
            where = place[kept]
            matrix[np.ix_(where, where)] = rest
            nodes, number = front.nodes, len(front.gone)
            swept = half[plan.edges[t] : plan.edges[t + 1]].reshape(-1, len(nodes))
            matrix[: len(nodes), : len(nodes)] -= swept.T @ swept
            fill_front(
                matrix, place, nodes, own, plan.next, numbers.coupling, front.votes, b.item_node,
                plan.vote_item, plan.place, plan.width, numbers.per_vote, plan.recurring[front.starting],
                self.item_precision,
            )  # fmt: skip
            low = cholesky(matrix[:number, :number], lower=True, check_finite=False)
            over = solve_triangular(low, matrix[:number, number:], lower=True, check_finite=False)
            rest, kept = matrix[number:, number:] - over.T @ over, front.kept
            self.lower.append(low)
            self.across.append(over)

    def solve(self, theta: Floats, items: Floats) -> tuple[Floats, Floats]:
        """Return the solution (points (N,), items (J, 3)) of precision times solution = (theta, items)."""
        plan = self.plan
        right = np.zeros(plan.total)
        right[: plan.size] = theta
        right[plan.size :] = items[plan.recurring].ravel()
        scaled = np.einsum("jkl,jl->jk", self.item_covariance, items)
        for t, front in enumerate(plan.fronts):
            right[front.nodes] -= scaled[front.items].ravel() @ self.block(t)
        for front, low, over in zip(plan.fronts, self.lower, self.across, strict=True):
            part = solve_triangular(low, right[front.gone], lower=True, check_finite=False)
            right[front.gone] = part
            right[front.kept] -= over.T @ part
        return self._back(right[:, None], items)

    def _back(self, right: Floats, items: Floats) -> tuple[Floats, Floats]:
        plan = self.plan
        for front, low, over in zip(plan.fronts[::-1], self.lower[::-1], self.across[::-1], strict=True):
            part = right[front.gone] - over @ right[front.kept]
            right[front.gone] = solve_triangular(low, part, lower=True, trans="T", check_finite=False)
        theta = right[: plan.size, 0]
        pull = items.copy()
        for t, front in enumerate(plan.fronts):
            pull[front.items] -= (self.block(t) @ theta[front.nodes]).reshape(-1, 3)
        found = np.einsum("jkl,jl->jk", self.item_covariance, pull)
        found[plan.recurring] = right[plan.size :, 0].reshape(-1, 3)
        return theta, found

    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """Return deviations of all points from their mean, (N, draws), from the joint normal."""
        plan = self.plan
        deviation = np.zeros((plan.total, draws))
        for front, low, over in zip(plan.fronts[::-1], self.lower[::-1], self.across[::-1], strict=True):
            noise = rng.standard_normal((len(front.gone), draws)) - over @ deviation[front.kept]
            deviation[front.gone] = solve_triangular(low, noise, lower=True, trans="T", check_finite=False)
        return deviation[: plan.size]

    def covariances(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return exact variances of points (N,), their covariances with the actor's next point (N,),
        covariances of items (J, 3, 3), and of each vote's point with its item (n, 3), by the backward
        recursion of selected inversion (Takahashi, Fagan & Chen 1973)."""
        plan = self.plan
        variance, onward = np.empty(plan.size), np.zeros(plan.size)
        items = self.item_covariance.copy()
        cross = np.zeros((len(plan.vote_item), 3))
        place = np.full(plan.total, -1)
        joint, every = np.zeros((0, 0)), np.zeros(0, np.int64)
        for t in range(len(plan.fronts) - 1, -1, -1):
            front, low, over = plan.fronts[t], self.lower[t], self.across[t]
            where = place[front.kept]
            kept = joint[np.ix_(where, where)]
            lift = solve_triangular(low, over, lower=True, trans="T", check_finite=False)
            inverse = solve_triangular(low, np.eye(len(low)), lower=True, check_finite=False)
            side = -lift @ kept
            every = np.concatenate((front.gone, front.kept))
            number = len(front.gone)
            joint = np.empty((len(every), len(every)))
            joint[:number, :number] = inverse.T @ inverse - side @ lift.T
            joint[:number, number:] = side
            joint[number:, :number] = side.T
            joint[number:, number:] = kept
            place[every] = np.arange(len(every))
            nodes = front.nodes
            variance[nodes] = joint[place[nodes], place[nodes]]
            on = nodes[plan.next[nodes] >= 0]
            onward[on] = joint[place[on], place[plan.next[on]]]
            self._read(t, joint, place, items, cross)
        return variance, onward, items, cross

    def _read(self, t: int, joint: Floats, place: Ints, items: Floats, cross: Floats) -> None:
        """Take from the covariance of one front what concerns its votes and items."""
        plan, front, b = self.plan, self.plan.fronts[t], self.plan.ballots
        number, own = len(front.nodes), front.items
        block = self.block(t).reshape(-1, 3, number)
        pulled = np.matmul(self.item_covariance[own], block)
        swept = (pulled.reshape(-1, number) @ joint[:number, :number]).reshape(pulled.shape)
        items[own] += np.matmul(pulled, swept.transpose(0, 2, 1))
        read_own(own, b.item_start, b.item_node, plan.row, swept, cross)
        read_shared(
            joint, place, front.votes, b.item_node, plan.vote_item, plan.place, plan.width, plan.size,
            plan.recurring[front.starting], cross, items,
        )  # fmt: skip
