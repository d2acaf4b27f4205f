"""Moves of whole sessions at once: the location and the scale of each, all sessions together in one proposal.

A location move adds a_t to all points of session t, and a_j * slope to the cuts of item j, where a_j averages
a over the item's votes. A scale move multiplies points by exp(a_t) and slopes by exp(-a_j). Votes on items of
one session do not change by either, so only priors and recurring items decide (moves on a group: Liu &
Sabatti 2000, Biometrika 87:353). The proposal of the vector a is the normal fitted at the present value, as
for items and paths.
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
        self.ballots, self.own, self.coupling, self.precisions, self.link = (
            ballots,
            own,
            coupling,
            precisions,
            link,
        )
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
        self.stretch = (
            np.bincount(self.session, minlength=self.sessions) - np.asarray(self.share.sum(0)).ravel()
        )

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
        ratio += (
            np.log(np.diag(low2)).sum() - 0.5 * gap @ gap - np.log(np.diag(low)).sum() + 0.5 * noise @ noise
        )
        return (there, other, True) if dice < ratio else (theta, items, False)

    def expected_growth(self, theta: Floats, items: Floats, variance: Floats, onward: Floats) -> Floats:
        """Return the log scales by session (T,) that one Newton step finds for a normal of points and items.

        The bound of the normal that is stretched along with its mean: quadratics gain the variances of
        points, their covariances `onward` with the next, and the variances of slopes; votes on recurring
        items count at the means.
        """
        _, pull, bend = self._votes(theta, items[:, :3].copy(), growing=True)
        share = self.recurring_share
        mixed = share.T @ bend
        gradient = share.T @ pull.sum(1) - pull.sum(0) + self.stretch
        hessian = (share.T * bend.sum(1)) @ share - mixed - mixed.T + np.diag(bend.sum(0))
        slopes = self._slopes(items[:, 0] ** 2 + items[:, 3])
        path = self._grown_paths(
            self.own * (theta**2 + variance), self._products(theta) + self.coupling * onward
        )
        low = cholesky(hessian + slopes[2] + path[2], lower=True, check_finite=False)
        return np.asarray(cho_solve((low, True), gradient + slopes[1] + path[1]))

    def expected_shift(self, theta: Floats, items: Floats) -> Floats:
        """Return the shifts of location by session (T,) that one Newton step finds; as `expected_growth`."""
        slope = items[self.recurring, 0]
        _, pull, bend = self._votes(theta, items[:, :3].copy(), growing=False)
        pull, bend = pull * slope[:, None], bend * (slope**2)[:, None]
        share = self.recurring_share
        mixed = share.T @ bend
        gradient = share.T @ pull.sum(1) - pull.sum(0)
        hessian = (share.T * bend.sum(1)) @ share - mixed - mixed.T + np.diag(bend.sum(0))
        cuts = self._cuts(items[:, :3])
        both = items[:, 4] + np.where(self.single, items[:, 5], 0.0)
        path = self._paths(theta, self._products(theta))
        low = cholesky(hessian + cuts[2] + path[2], lower=True, check_finite=False)
        gradient += cuts[1] + path[1] - self.precisions[1] * (self.share.T @ both)
        return np.asarray(cho_solve((low, True), gradient))

    def shifted(
        self, shift: Floats, theta: Floats, items: Floats, cross: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return points, items (J, 9) and vote covariances of the normal with the locations of sessions
        shifted.
        """
        a, items, cross = self.share @ shift, items.copy(), cross.copy()
        s00, s01, s02 = items[:, 3].copy(), items[:, 4].copy(), items[:, 5].copy()
        items[:, 1:3] += (items[:, 0] * a)[:, None]
        items[:, 4] += a * s00
        items[:, 5] += a * s00
        items[:, 6] += 2.0 * a * s01 + a**2 * s00
        items[:, 7] += a * (s01 + s02) + a**2 * s00
        items[:, 8] += 2.0 * a * s02 + a**2 * s00
        cross[:, 1:] += (a[self.ballots.vote_item] * cross[:, 0])[:, None]
        return theta + shift[self.session], items, cross

    def stretched(
        self, shift: Floats, theta: Floats, items: Floats, variance: Floats, cross: Floats
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Return points, items (J, 9), variances and vote covariances of the normal with sessions grown by
        exp(shift).
        """
        by_item = self.share @ shift
        up, down = np.exp(shift[self.session]), np.exp(-by_item)
        items, cross = items.copy(), cross.copy()
        items[:, [0, 4, 5]] *= down[:, None]
        items[:, 3] *= down**2
        at_vote = up[self.ballots.item_node]
        cross *= at_vote[:, None]
        cross[:, 0] *= down[self.ballots.vote_item]
        return theta * up, items, variance * up**2, cross

    def _moved(self, theta: Floats, items: Floats, shift: Floats, *, growing: bool) -> tuple[Floats, Floats]:
        by_item, items = self.share @ shift, items.copy()
        if growing:
            items[:, 0] *= np.exp(-by_item)
            return theta * np.exp(shift[self.session]), items
        items[:, 1:] += (items[:, 0] * by_item)[:, None]
        return theta + shift[self.session], items

    def _fit(self, theta: Floats, items: Floats, *, growing: bool) -> tuple[float, Floats, Floats]:
        """Log target here, its gradient in the shifts, and the Cholesky factor of its negative Hessian."""
        value, pull, bend = self._votes(theta, items, growing=growing)
        number = len(self.recurring)
        slope = np.ones(number) if growing else items[self.recurring, 0]
        share = self.recurring_share
        pull *= slope[:, None]
        bend *= (slope**2)[:, None]
        gradient = share.T @ pull.sum(1) - pull.sum(0)
        mixed = share.T @ bend
        hessian = (share.T * bend.sum(1)) @ share - mixed - mixed.T + np.diag(bend.sum(0))
        prior = self._slopes(items[:, 0] ** 2) if growing else self._cuts(items)
        products = self._products(theta)
        path = self._grown_paths(self.own * theta**2, products) if growing else self._paths(theta, products)
        if growing:
            gradient += self.stretch
        low = cholesky(hessian + prior[2] + path[2], lower=True, check_finite=False)
        return float(value.sum()) + prior[0] + path[0], gradient + prior[1] + path[1], low

    def _votes(self, theta: Floats, items: Floats, *, growing: bool) -> tuple[Floats, Floats, Floats]:
        """Log likelihood of recurring items, and its derivatives by item and session."""
        b, number = self.ballots, len(self.recurring)
        value = np.empty(number)
        pull, bend = np.empty((number, self.sessions)), np.empty((number, self.sessions))
        chain.group_terms(
            self.recurring, b.item_start, b.item_node, b.item_vote, self.session, theta, items, self.link,
            growing, value, pull, bend,
        )  # fmt: skip
        return value, pull, bend

    def _products(self, theta: Floats) -> Floats:
        """Coupling times the product of each point with the next."""
        return np.asarray(self.coupling * theta * np.append(theta[1:], 0.0))

    def _onward(self, weight: Floats) -> Floats:
        """Sum the weights of pairs of neighbours by their two sessions: (T, T), symmetric."""
        size, follows = self.sessions, np.flatnonzero(self.coupling)
        cell = self.session[follows] * size + self.session[follows + 1]
        off = np.bincount(cell, weight[follows], size * size).reshape(size, size)
        return np.asarray(off + off.T)

    def _paths(self, theta: Floats, products: Floats) -> tuple[float, Floats, Floats]:
        """Log prior of the paths with its derivatives in shifts of location."""
        value = -0.5 * float((self.own * theta**2).sum()) - float(products.sum())
        hessian = np.diag(np.bincount(self.session, self.own, self.sessions)) + self._onward(self.coupling)
        pulled = self.own * theta
        pulled[:-1] += self.coupling[:-1] * theta[1:]
        pulled[1:] += self.coupling[:-1] * theta[:-1]
        return value, -np.bincount(self.session, pulled, self.sessions).astype(float), hessian

    def _grown_paths(self, squares: Floats, products: Floats) -> tuple[float, Floats, Floats]:
        """Log prior of the paths with its derivatives in shifts of log scale, from precisions times
        squares.
        """
        value = -0.5 * float(squares.sum()) - float(products.sum())
        own, cross = np.bincount(self.session, squares, self.sessions), self._onward(products)
        gradient = own + cross.sum(1)
        return value, -gradient, np.diag(own + gradient) + cross

    def _cuts(self, items: Floats) -> tuple[float, Floats, Floats]:
        """Log prior of the cuts with its derivatives in shifts of location."""
        slope, number = items[:, 0], 1.0 + self.single
        total = items[:, 1] + np.where(self.single, items[:, 2], 0.0)
        square = (items[:, 1] ** 2).sum() + (items[self.single, 2] ** 2).sum()
        curve = (self.share.T @ self.share.multiply((number * slope**2)[:, None])).toarray()
        precision = self.precisions[1]
        return (
            float(-0.5 * precision * square),
            -precision * (self.share.T @ (slope * total)),
            precision * curve,
        )

    def _slopes(self, square: Floats) -> tuple[float, Floats, Floats]:
        """Log prior of the slopes, from their squares, with its derivatives in shifts of log scale."""
        precision = self.precisions[0]
        curve = 2.0 * precision * (self.share.T @ self.share.multiply(square[:, None])).toarray()
        return float(-0.5 * precision * square.sum()), precision * np.asarray(self.share.T @ square), curve
