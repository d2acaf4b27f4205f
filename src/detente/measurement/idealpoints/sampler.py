"""The referee: a sampler of the exact posterior, whose draws check the fast engine's intervals.

A sweep moves every item given the points, every path given the items (chain.py), and then whole sessions
together (groups.py): the directions that votes hardly see, along which alternating moves creep.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.measurement.idealpoints import chain
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.groups import Groups
from detente.measurement.idealpoints.joint import Joint, path_prior
from detente.measurement.idealpoints.kernels import LOGIT, PROBIT
from detente.measurement.idealpoints.settings import Link, Prior
from detente.measurement.idealpoints.threads import one_thread, threads_for

WALK_EVERY = 4
"""Every so many sweeps items move by a random walk instead of by the fitted normal."""


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
    """Draws of points (N, chains, draws) on the model's scale, and acceptance rates by kind of move."""

    theta: Floats
    accepted: dict[str, float]


class Chain:
    """One chain: its points and items, and the moves."""

    def __init__(self, ballots: Ballots, prior: Prior, link: Link, rng: np.random.Generator) -> None:
        self.ballots, self.rng = ballots, rng
        self.link = LOGIT if link == "logit" else PROBIT
        self.own, self.coupling = path_prior(ballots, prior)
        self.precisions = np.array([1.0 / prior.slope, 1.0 / prior.cut])
        self.binary = ballots.binary
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

    def sweep(self, stretch: int, *, walk: bool) -> None:
        """One sweep of all moves, in place; items move by a random walk instead where `walk`."""
        b, rng, nodes, items = self.ballots, self.rng, len(self.theta), len(self.items)
        votes = (b.item_start, b.item_node, b.item_vote, self.binary, self.theta, self.items)
        noise, dice = rng.standard_normal((items, 3)), np.log(rng.random(items))
        if walk:
            chain.walk_items(*votes, self.step, self.precisions, self.link, noise, dice, self.count_walks)
        else:
            chain.move_items(*votes, self.precisions, self.link, noise, dice, self.count_items)
        chain.move_paths(
            b.node_start, b.node_item, b.node_vote, b.actor_start, self.theta, self.items, self.own,
            self.coupling, self.link, stretch, int(rng.integers(stretch)), rng.standard_normal(nodes),
            np.log(rng.random(nodes)), self.count_nodes,
        )  # fmt: skip
        for growing in (False, True):
            self.theta, self.items, taken = self.groups.move(self.theta, self.items, rng, growing=growing)
            self.count_groups[int(growing)] += taken


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
                kept[:, c, kept_sweep // length.thin - 1] = one.theta
        rates += np.array([one.count_items.mean(), one.count_nodes.mean(), *one.count_groups]) / length.sweeps
    names = ("items", "paths", "locations", "scales")
    return Sample(kept, dict(zip(names, (rates / length.chains).tolist(), strict=True)))
