"""The sampler on all of history: how well it mixes, and the fast engine's spread beside its own."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from benchmarks.ideal_points_data import published_set, say
from detente.measurement.idealpoints import Choice, Length, prepare
from detente.measurement.idealpoints.checks import effective_size, r_hat
from detente.measurement.idealpoints.fit import solve
from detente.measurement.idealpoints.joint import joint_posterior
from detente.measurement.idealpoints.sampler import sample
from detente.measurement.idealpoints.settings import DEFAULT

LENGTH = Length(chains=4, sweeps=1450, warm_up=100)


def mixing(mirror: Path, runs: int) -> None:
    """Print effective sizes, R-hat and the ratio of spreads; about ten CPU-minutes."""
    votes, links = published_set(mirror)
    ballots = prepare(votes, Choice(links=links)).ballots
    joint = joint_posterior(ballots, solve(ballots, prior=DEFAULT))
    cpu = time.process_time()
    rng = np.random.default_rng(0)
    drawn = sample(ballots, joint, prior=DEFAULT, link="logit", rng=rng, length=LENGTH)
    say(f"sampler: CPU {time.process_time() - cpu:.0f} s, accepted {drawn.accepted}")
    points = drawn.theta
    points -= points.mean(0)
    points /= points.std(0)
    size, mixed = effective_size(points), r_hat(points)
    say(f"effective size: min, 1 %, median {np.quantile(size, [0, 0.01, 0.5]).round()}")
    say(f"R-hat: max {mixed.max():.4f}, 99 % {np.quantile(mixed, 0.99):.4f}")
    fast = joint.draw(np.random.default_rng(1), 600)
    fast = (fast - fast.mean(0)) / fast.std(0)
    ratio = fast.std(1) / points.std((1, 2))
    say(f"fast sd over sampler's: 5, 50, 95 % {np.quantile(ratio, [0.05, 0.5, 0.95]).round(3)}")
