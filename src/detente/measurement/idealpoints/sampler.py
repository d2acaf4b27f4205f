"""The referee: a sampler of the exact posterior, whose draws check the fast engine's intervals.

A sweep moves every item given the points (chainitems.py), every path given the items (chain.py), and then
whole sessions together (groups.py): the directions that votes hardly see, along which alternating moves
creep.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.measurement.idealpoints import chain, chainitems
from detente.measurement.idealpoints.ballots import Ballots, Floats, Ints
from detente.measurement.idealpoints.groups import Groups
from detente.measurement.idealpoints.joint import Joint, path_prior
from detente.measurement.idealpoints.kernels import LOGIT, PROBIT, item_log_likelihood
from detente.measurement.idealpoints.settings import Link, Prior
from detente.measurement.idealpoints.threads import one_thread, threads_for

WALK_EVERY = 4
"""Every so many sweeps items move by a random walk instead of by the fitted normal."""

FEW, RARE = 80, 3
"""Items with fewer votes in all, or fewer of one kind, have skewed posteriors: they walk further in each
sweep."""
ROUNDS, INNER, FAR = 4, 3, 2.5
"""Items of few votes walk ROUNDS times, in turn with the paths of the sessions at the beginning, INNER times.
Every other round moves one parameter alone, FAR times as far."""


@dataclass(frozen=True)
class Length:
    """How long to sample: chains, sweeps of each that are kept, sweeps before that are not, and stretch of
    paths.
    """

    chains: int = 4
    sweeps: int = 1000
    warm_up: int = 150
    thin: int = 1
    stretches: tuple[int, ...] = (3, 8)
    """Paths move in stretches of so many sessions, in turn."""


@dataclass(frozen=True)
class Sample:
    """Draws of points (N, chains, draws) on the model's scale, and acceptance rates by kind of move.

    `lp` (chains, draws): log posterior density of points and items at each draw, up to a constant.
    """

    theta: Floats
    lp: Floats
    accepted: dict[str, float]


class Chain:
    """One chain: its points and items, and the moves."""

    def __init__(self, ballots: Ballots, prior: Prior, link: Link, rng: np.random.Generator) -> None:
        self.ballots, self.rng = ballots, rng
        self.link = LOGIT if link == "logit" else PROBIT
        self.own, self.coupling = path_prior(ballots, prior)
        self.precisions = np.array([1.0 / prior.slope, 1.0 / prior.cut])
        self.binary = ballots.binary
        self.every = np.arange(len(ballots.items))
        few = np.diff(ballots.item_start) < FEW
        smallest = np.where(ballots.counts > 0, ballots.counts, FEW).min(1)
        self.few, self.rare = np.flatnonzero(few), np.flatnonzero(~few & (smallest < RARE))
        self.until = _early(ballots, self.few)
        self.count_inner = np.zeros(len(ballots.node_actor))
        self.groups = Groups(ballots, self.own, self.coupling, self.precisions, self.link)
        self.count_items, self.count_nodes = np.zeros(len(ballots.items)), np.zeros(len(ballots.node_actor))
        self.count_walks = np.zeros(len(ballots.items))
        self.count_groups = np.zeros(2)

    def begin(self, theta: Floats, items: Floats) -> None:
        """Start from these points and items."""
        self.theta, self.items = theta.copy(), items[:, :3].copy()
        covariance = items[:, [3, 4, 5, 4, 6, 7, 5, 7, 8]].reshape(-1, 3, 3).copy()
        covariance[self.binary, 2], covariance[self.binary, :, 2] = 0.0, 0.0
        covariance[self.binary, 2, 2] = 1.0
        covariance += 1e-9 * np.eye(3)
        self.step = np.linalg.cholesky(covariance)

    def _walk(self, which: Ints, rounds: int) -> None:
        """Random-walk moves of the items `which`; every other round with long steps of one parameter."""
        b, rng = self.ballots, self.rng
        noise = rng.standard_normal((rounds, len(which), 3))
        noise[1::2] *= FAR * (rng.integers(3, size=(rounds // 2, len(which), 1)) == np.arange(3))
        chainitems.walk_items(
            which, b.item_start, b.item_node, b.item_vote, self.binary, self.theta, self.items, self.step,
            self.precisions, self.link, noise, np.log(rng.random((rounds, len(which)))), self.count_walks,
        )  # fmt: skip

    def _paths(self, until: Ints, stretch: int, count: Floats) -> None:
        """Move every path up to the node `until` in stretches."""
        b, rng, size = self.ballots, self.rng, len(self.theta)
        chain.move_paths(
            b.node_start, b.node_item, b.node_vote, b.actor_start, until, self.theta, self.items, self.own,
            self.coupling, self.link, stretch, int(rng.integers(stretch)), rng.standard_normal(size),
            np.log(rng.random(size)), count,
        )  # fmt: skip

    def sweep(self, stretch: int, *, walk: bool) -> None:
        """One sweep of all moves, in place; items move by a random walk instead where `walk`."""
        b, rng, items = self.ballots, self.rng, len(self.items)
        votes = (b.item_start, b.item_node, b.item_vote, self.binary, self.theta, self.items)
        noise, dice = rng.standard_normal((items, 3)), np.log(rng.random(items))
        if walk:
            self._walk(self.every, 1)
        else:
            chainitems.move_items(*votes, self.precisions, self.link, noise, dice, self.count_items)
        self._walk(self.rare, 2)
        for _ in range(INNER):
            self._walk(self.few, ROUNDS)
            self._paths(self.until, stretch, self.count_inner)
        self._paths(b.actor_start[1:], stretch, self.count_nodes)
        for growing in (False, True):
            self.theta, self.items, taken = self.groups.move(self.theta, self.items, rng, growing=growing)
            self.count_groups[int(growing)] += taken

    def log_density(self) -> float:
        """Log posterior density of points and items where the chain is, up to a constant."""
        b, theta, items = self.ballots, self.theta, self.items
        likelihood = np.empty(len(items))
        item_log_likelihood(b.item_start, b.item_node, b.item_vote, theta, items, self.link, likelihood)
        slope, cut = self.precisions
        points = self.own @ theta**2 + 2.0 * (self.coupling[:-1] * theta[:-1]) @ theta[1:]
        cuts = (items[:, 1] ** 2).sum() + (items[~self.binary, 2] ** 2).sum()
        return float(likelihood.sum() - 0.5 * (points + slope * (items[:, 0] ** 2).sum() + cut * cuts))


def _early(ballots: Ballots, few: Ints) -> Ints:
    """The first node (A,) of each actor after the sessions at the beginning that vote mostly on `few`."""
    session = ballots.node_session[ballots.item_node]
    share = np.bincount(session, np.isin(ballots.vote_item, few), len(ballots.sessions))
    late = share < 0.5 * np.bincount(session, minlength=len(ballots.sessions))
    limit = int(np.argmax(late)) if late.any() else len(late)
    early = np.bincount(ballots.node_actor[ballots.node_session < limit], minlength=len(ballots.actors))
    return np.asarray(ballots.actor_start[:-1] + early)


@one_thread
def sample(
    ballots: Ballots,
    joint: Joint,
    *,
    prior: Prior,
    link: Link,
    rng: np.random.Generator,
    length: Length | None = None,
) -> Sample:
    """Return draws of all points from the exact posterior, chains started from draws of the joint normal."""
    with threads_for(len(ballots.item_vote)):
        return _run(ballots, joint, prior, link, rng, length or Length())


def _run(
    ballots: Ballots, joint: Joint, prior: Prior, link: Link, rng: np.random.Generator, length: Length
) -> Sample:
    starts = joint.draw(rng, length.chains)
    kept = np.empty((len(joint.theta), length.chains, length.sweeps // length.thin))
    lp = np.empty(kept.shape[1:])
    rates = np.zeros(4)
    for c, stream in enumerate(rng.spawn(length.chains)):
        one = Chain(ballots, prior, link, stream)
        one.begin(starts[:, c], joint.items)
        for s in range(length.warm_up + length.sweeps):
            if s == length.warm_up:
                for count in (one.count_items, one.count_walks, one.count_nodes, one.count_groups):
                    count[:] = 0.0
            one.sweep(length.stretches[s % len(length.stretches)], walk=s % WALK_EVERY == 0)
            kept_sweep = s - length.warm_up + 1
            if kept_sweep > 0 and kept_sweep % length.thin == 0:
                place = kept_sweep // length.thin - 1
                kept[:, c, place], lp[c, place] = one.theta, one.log_density()
        rates += np.array([one.count_items.mean(), one.count_nodes.mean(), *one.count_groups]) / length.sweeps
    names = ("items", "paths", "locations", "scales")
    return Sample(kept, lp, dict(zip(names, (rates / length.chains).tolist(), strict=True)))
