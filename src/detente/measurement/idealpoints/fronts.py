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


@dataclass(frozen=True)
class Front:
    """Variables eliminated at one session, and those kept: node n is n, parameter k of recurring item r is N
    + 3r + k.
    """

    votes: Ints
    nodes: Ints
    gone: Ints
    kept: Ints
    starting: Ints
    """recurring items whose first session this is, as positions among the recurring items."""


class Plan:
    """Which variable goes when: depends on who voted when, not on any number."""

    def __init__(self, ballots: Ballots) -> None:
        self.ballots = ballots
        self.size = len(ballots.node_actor)
        self.vote_item = ballots.vote_item
        vote_session = ballots.node_session[ballots.item_node]
        first = np.full(len(ballots.items), len(ballots.sessions))
        last = np.full(len(ballots.items), -1)
        np.minimum.at(first, self.vote_item, vote_session)
        np.maximum.at(last, self.vote_item, vote_session)
        self.recurring = np.flatnonzero(first < last)
        self.place = np.full(len(ballots.items), -1)
        self.place[self.recurring] = np.arange(len(self.recurring))
        self.width = np.where(ballots.binary, 2, 3)
        follows = np.diff(ballots.node_actor) == 0
        self.next = np.where(np.append(follows, False), np.arange(1, self.size + 1), -1)
        order = np.argsort(vote_session, kind="stable")
        edges = np.searchsorted(vote_session[order], np.arange(len(ballots.sessions) + 1))
        by_session = np.argsort(ballots.node_session, kind="stable")
        node_edges = np.searchsorted(ballots.node_session[by_session], np.arange(len(ballots.sessions) + 1))
        self.fronts: list[Front] = []
        waiting = np.zeros(self.size, bool)
        for t in range(len(ballots.sessions)):
            nodes = by_session[node_edges[t] : node_edges[t + 1]]
            waiting[nodes] = False
            after = self.next[nodes]
            waiting[after[after >= 0]] = True
            ending = self._parameters(self.recurring[last[self.recurring] == t])
            active = self.recurring[(first[self.recurring] <= t) & (last[self.recurring] > t)]
            kept = np.concatenate((np.flatnonzero(waiting), self._parameters(active)))
            starting = self.place[self.recurring[first[self.recurring] == t]]
            self.fronts.append(
                Front(order[edges[t] : edges[t + 1]], nodes, np.concatenate((nodes, ending)), kept, starting)
            )

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
        self.item_root = np.asarray(np.linalg.cholesky(self.item_covariance), float)
        self.lower: list[Floats] = []
        self.across: list[Floats] = []
        self.local: list[tuple[Ints, Floats]] = []
        self._eliminate()

    def _eliminate(self) -> None:
        plan = self.plan
        place = np.full(plan.total, -1)
        rest, kept = np.zeros((0, 0)), np.zeros(0, np.int64)
        for front in plan.fronts:
            every = np.concatenate((front.gone, front.kept))
            place[every] = np.arange(len(every))
            matrix = np.zeros((len(every), len(every)))
            where = place[kept]
            matrix[np.ix_(where, where)] = rest
            self._points(matrix, front, place)
            for r in front.starting:
                item = plan.recurring[r]
                at = place[plan.size + 3 * r + np.arange(plan.width[item])]
                matrix[np.ix_(at, at)] += self.item_precision[item][: len(at), : len(at)]
            number = len(front.gone)
            low = cholesky(matrix[:number, :number], lower=True, check_finite=False, overwrite_a=False)
            over = solve_triangular(low, matrix[:number, number:], lower=True, check_finite=False)
            rest, kept = matrix[number:, number:] - over.T @ over, front.kept
            self.lower.append(low)
            self.across.append(over)

    def _points(self, matrix: Floats, front: Front, place: Ints) -> None:
        """Add the session's points: votes, prior, the walk to the next, less what its own items take away."""
        plan, numbers, nodes = self.plan, self.numbers, front.nodes
        at = place[nodes]
        q = front.votes
        row, item = place[plan.ballots.item_node[q]], plan.vote_item[q]
        matrix[at, at] += np.bincount(row, numbers.per_vote[q, 0], len(nodes)) + numbers.node_prior[nodes]
        on = plan.next[nodes] >= 0
        matrix[at[on], place[plan.next[nodes[on]]]] += numbers.coupling[nodes[on]]
        matrix[place[plan.next[nodes[on]]], at[on]] += numbers.coupling[nodes[on]]
        own = plan.place[item] < 0
        items, column = np.unique(item[own], return_inverse=True)
        table = np.zeros((len(nodes), len(items), 3))
        # An actor may vote twice in a session on a text that recurs there, so cells add up.
        np.add.at(table, (row[own], column), numbers.per_vote[q[own], 1:4])
        self.local.append((items.astype(np.int64), table))
        half = np.einsum("njk,jkl->njl", table, self.item_root[items]).reshape(len(nodes), -1)
        matrix[: len(nodes), : len(nodes)] -= half @ half.T
        for k in range(3):
            there = ~own & (k < plan.width[item])
            column = place[plan.size + 3 * plan.place[item[there]] + k]
            np.add.at(matrix, (row[there], column), numbers.per_vote[q[there], 1 + k])
            np.add.at(matrix, (column, row[there]), numbers.per_vote[q[there], 1 + k])

    def solve(self, theta: Floats, items: Floats) -> tuple[Floats, Floats]:
        """Return the solution (points (N,), items (J, 3)) of precision times solution = (theta, items)."""
        plan = self.plan
        right = np.zeros(plan.total)
        right[: plan.size] = theta
        right[plan.size :] = items[plan.recurring].ravel()
        scaled = np.einsum("jkl,jl->jk", self.item_covariance, items)
        for front, (own, table) in zip(plan.fronts, self.local, strict=True):
            right[front.nodes] -= np.einsum("njk,jk->n", table, scaled[own])
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
        for front, (own, table) in zip(plan.fronts, self.local, strict=True):
            pull[own] -= np.einsum("njk,n->jk", table, theta[front.nodes])
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
        plan = self.plan
        front, (own, table) = plan.fronts[t], self.local[t]
        number = len(front.nodes)
        points = joint[:number, :number]
        q = front.votes
        row, item = place[plan.ballots.item_node[q]], plan.vote_item[q]
        pulled = np.einsum("njk,jkl->njl", table, self.item_covariance[own])
        swept = (points @ pulled.reshape(number, -1)).reshape(pulled.shape)
        items[own] += np.einsum("njk,njl->jkl", pulled, swept)
        column = np.full(len(plan.ballots.items), -1)
        column[own] = np.arange(len(own))
        local = column[item] >= 0
        cross[q[local]] = -swept[row[local], column[item[local]]]
        for k in range(3):
            there = ~local & (k < plan.width[item])
            cross[q[there], k] = joint[row[there], place[plan.size + 3 * plan.place[item[there]] + k]]
        for r in np.unique(plan.place[item[~local]]):
            found = plan.recurring[r]
            at = place[plan.size + 3 * r + np.arange(plan.width[found])]
            items[found][: len(at), : len(at)] = joint[np.ix_(at, at)]
