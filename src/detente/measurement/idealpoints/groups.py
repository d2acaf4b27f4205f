"""Moves of whole sessions at once: the location and the scale of each, all sessions together in one proposal.

A location move adds a_t to all points of session t, and a_j * slope to the cuts of item j, where a_j averages a over
the item's votes. A scale move multiplies points by exp(a_t) and slopes by exp(-a_j). Votes on items of one session do
not change by either, so only priors and recurring items decide (moves on a group: Liu & Sabatti 2000, Biometrika
87:353). The proposal of the vector a is the normal fitted at the present value, as for items and paths.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cho_solve, cholesky, solve_triangular
from scipy.sparse import csr_array

from detente.measurement.idealpoints import chain
from detente.measurement.idealpoints.ballots import Ballots, Floats


class Groups:
    """The target of group moves, and the moves."""

    def __init__(
        self, ballots: Ballots, own: Floats, coupling: Floats, precisions: Floats, link: int
    ) -> None:
        self.ballots, self.own, self.coupling, self.precisions, self.link = ballots, own, coupling, precisions, link
        self.sessions = len(ballots.sessions)
        self.session = ballots.node_session
        counts = csr_array(
            (np.ones(len(ballots.item_node)), (ballots.vote_item, self.session[ballots.item_node])),
            shape=(len(ballots.items), self.sessions),
        )
        counts.sum_duplicates()
        self.share = counts.multiply(1.0 / np.diff(ballots.item_start)[:, None]).tocsr()
        self.recurring = np.flatnonzero(np.diff(counts.indptr) > 1)
        self.recurring_share = self.share[self.recurring].toarray()
        self.single = ~ballots.binary
        self.stretch = np.bincount(self.session, minlength=self.sessions) - np.asarray(self.share.sum(0)).ravel()

    def move(
        self, theta: Floats, items: Floats, rng: np.random.Generator, *, growing: bool
    ) -> tuple[Floats, Floats, bool]:
        """Return points and items after one Metropolis-Hastings move, and whether it was accepted."""
        noise, dice = rng.standard_normal(self.sessions), np.log(rng.random())
        try:
            now, gradient, low = self._fit(theta, items, growing=growing)
            shift = cho_solve((low, True), gradient) + solve_triangular(low, noise, lower=True, trans="T")
            there, other = self._moved(theta, items, shift, growing=growing)
            then, back, low2 = self._fit(there, other, growing=growing)
        except LinAlgError:
            return theta, items, False
        gap = low2.T @ (-shift - cho_solve((low2, True), back))
        ratio = then - now + (self.stretch @ shift if growing else 0.0)
        ratio += np.log(np.diag(low2)).sum() - 0.5 * gap @ gap - np.log(np.diag(low)).sum() + 0.5 * noise @ noise
        return (there, other, True) if dice < ratio else (theta, items, False)

    def _moved(self, theta: Floats, items: Floats, shift: Floats, *, growing: bool) -> tuple[Floats, Floats]:
        by_item, items = self.share @ shift, items.copy()
        if growing:
            items[:, 0] *= np.exp(-by_item)
            return theta * np.exp(shift[self.session]), items
        items[:, 1:] += (items[:, 0] * by_item)[:, None]
        return theta + shift[self.session], items

    def _fit(self, theta: Floats, items: Floats, *, growing: bool) -> tuple[float, Floats, Floats]:
        """Log target here, its gradient in the shifts, and the Cholesky factor of its negative Hessian."""
        b, number = self.ballots, len(self.recurring)
        value = np.empty(number)
        pull, bend = np.empty((number, self.sessions)), np.empty((number, self.sessions))
        chain.group_terms(
            self.recurring, b.item_start, b.item_node, b.item_vote, self.session, theta, items, self.link, growing,
            value, pull, bend,
        )  # fmt: skip
        slope = np.ones(number) if growing else items[self.recurring, 0]
        share = self.recurring_share
        pull *= slope[:, None]
        bend *= (slope**2)[:, None]
        gradient = share.T @ pull.sum(1) - pull.sum(0)
        mixed = share.T @ bend
        hessian = (share.T * bend.sum(1)) @ share - mixed - mixed.T + np.diag(bend.sum(0))
        prior = self._slopes(items) if growing else self._cuts(items)
        path = self._paths(theta, growing=growing)
        if growing:
            gradient += self.stretch
        low = cholesky(hessian + prior[2] + path[2], lower=True, check_finite=False)
        return float(value.sum()) + prior[0] + path[0], gradient + prior[1] + path[1], low

    def _paths(self, theta: Floats, *, growing: bool) -> tuple[float, Floats, Floats]:
        """Log prior of the paths with its derivatives in the shifts."""
        session, size = self.session, self.sessions
        weight = theta if growing else np.ones(len(theta))
        pulled = self.own * theta
        pulled[:-1] += self.coupling[:-1] * theta[1:]
        pulled[1:] += self.coupling[:-1] * theta[:-1]
        gradient = np.bincount(session, weight * pulled, size)
        hessian = np.diag(np.bincount(session, self.own * weight**2, size))
        follows = np.flatnonzero(self.coupling)
        cell = session[follows] * size + session[follows + 1]
        off = np.bincount(cell, self.coupling[follows] * weight[follows] * weight[follows + 1], size * size)
        hessian += off.reshape(size, size) + off.reshape(size, size).T
        if growing:
            hessian += np.diag(gradient)
        return float(-0.5 * (theta * pulled).sum()), -gradient, hessian

    def _cuts(self, items: Floats) -> tuple[float, Floats, Floats]:
        """Log prior of the cuts with its derivatives in shifts of location."""
        slope, number = items[:, 0], 1.0 + self.single
        total = items[:, 1] + np.where(self.single, items[:, 2], 0.0)
        square = (items[:, 1] ** 2).sum() + (items[self.single, 2] ** 2).sum()
        curve = (self.share.T @ self.share.multiply((number * slope**2)[:, None])).toarray()
        precision = self.precisions[1]
        return float(-0.5 * precision * square), -precision * (self.share.T @ (slope * total)), precision * curve

    def _slopes(self, items: Floats) -> tuple[float, Floats, Floats]:
        """Log prior of the slopes with its derivatives in shifts of log scale."""
        square, precision = items[:, 0] ** 2, self.precisions[0]
        curve = 2.0 * precision * (self.share.T @ self.share.multiply(square[:, None])).toarray()
        return float(-0.5 * precision * square.sum()), precision * (self.share.T @ square), curve
