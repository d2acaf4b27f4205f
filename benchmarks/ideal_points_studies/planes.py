"""The plane against the line: held-out votes, time, memory, and coverage on votes from the prior."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.linalg import orthogonal_procrustes
from scipy.special import expit

from benchmarks.ideal_points_data import published_set, say
from benchmarks.ideal_points_studies.held import HELD_SEED, HELD_SHARE
from benchmarks.ideal_points_studies.replicate import FAR, Flags, Floats, Ints, Tally
from detente.measurement.idealpoints import DEFAULT, Choice, IdealPoints, Prior, Spec, ideal_points, prepare
from detente.measurement.idealpoints.ballots import Ballots
from detente.measurement.idealpoints.fit import solve
from detente.measurement.idealpoints.frames import item_labels
from detente.measurement.idealpoints.joint import joint_posterior
from detente.measurement.idealpoints.planefit import solve_plane, unpack
from detente.measurement.idealpoints.planefronts import joint_plane
from detente.measurement.idealpoints.simulate import Design
from detente.measurement.idealpoints.simulate_plane import simulate_plane

CODES = {"no": 0, "abstain": 1, "yes": 2}
SETTINGS = (("default prior", DEFAULT), ("walk .25, slope 4", Prior(walk=0.25, slope=4.0)))
SIZE = Design(actors=60, sessions=20, roll_calls=50)


@dataclass(frozen=True)
class Asked:
    """Held-out votes that can be predicted: node, item and category of each."""

    node: Ints
    item: Ints
    vote: Ints


def planes(mirror: Path, runs: int) -> None:
    """Print held-out log-loss in one and two dimensions, then time and memory, then coverage."""
    _held(mirror)
    _cost(mirror)
    for name, prior in SETTINGS:
        tally = Tally()
        for run in range(runs):
            tally.add(_inside(prior, run))
        say(f"coverage of 90 %, plane, from the prior, {name}, {runs} replications: {tally.words()}")


def _held(mirror: Path) -> None:
    """Log-loss averaged over the normal posterior of the predictor. A category that is not seen on an item of
    n votes has probability 1/(n + 3), in either model.
    """
    votes, links = published_set(mirror)
    held = np.random.default_rng(HELD_SEED).random(len(votes)) < HELD_SHARE
    labels = item_labels(votes["roll_call"], votes, links)
    binary = votes.assign(vote=np.where(votes["vote"] == "yes", "yes", "no"))
    for name, frame in (("yes, abstain, no", votes), ("yes or not", binary)):
        ballots = prepare(frame[~held], Choice(links=links)).ballots
        asked = _placed(frame.assign(item=labels)[held], ballots)
        line, plane = _line(ballots, asked), _plane(ballots, asked)
        say(f"held out, {name}: log-loss {line:.5f} on the line, {plane:.5f} in the plane, "
            f"{len(asked.vote)} votes")  # fmt: skip


def _line(ballots: Ballots, asked: Asked) -> float:
    joint = joint_posterior(ballots, solve(ballots, prior=DEFAULT))
    theta = np.column_stack((joint.theta, np.zeros_like(joint.theta)))
    variance = np.column_stack((joint.variance, np.zeros((len(theta), 2))))
    items = np.zeros((len(joint.items), 14))
    items[:, [0, 2, 3, 4, 6, 7, 11, 12, 13]] = joint.items
    return _loss(ballots, asked, theta, variance, items)


def _plane(ballots: Ballots, asked: Asked) -> float:
    joint = joint_plane(ballots, solve_plane(ballots, prior=DEFAULT))
    return _loss(ballots, asked, joint.theta, joint.variance, joint.items)


def _loss(ballots: Ballots, asked: Asked, theta: Floats, variance: Floats, items: Floats) -> float:
    """Mean negative log probability of the votes asked; P(vote <= c) is expit(m / sqrt(1 + pi/8 v))."""
    x, v, row = theta[asked.node], unpack(variance)[asked.node], items[asked.item]
    slope, spread = row[:, :2], unpack(row[:, 4:])
    common = np.einsum("ni,nij,nj->n", slope, v, slope) + np.einsum("nij,nij->n", spread[:, :2, :2], v)
    common += np.einsum("ni,nij,nj->n", x, spread[:, :2, :2], x)
    below = np.zeros((len(x), 4))
    below[:, 3] = 1.0
    for k in (0, 1):
        own = spread[:, 2 + k, 2 + k] - 2.0 * np.einsum("ni,ni->n", x, spread[:, :2, 2 + k])
        mean = row[:, 2 + k] - np.einsum("ni,ni->n", slope, x)
        below[:, 1 + k] = expit(mean / np.sqrt(1 + np.pi / 8 * np.maximum(common + own, 0.0)))
    chance = np.maximum(np.diff(below, axis=1), 1e-12)
    seen = ballots.counts[asked.item] > 0
    two = ballots.binary[asked.item]
    low, high = seen.argmax(1), 2 - seen[:, ::-1].argmax(1)
    known = np.where(asked.vote == low, chance[:, 0], chance[:, 2])
    found = np.where(two, known, chance[np.arange(len(x)), asked.vote])
    rare = 1.0 / (ballots.counts[asked.item].sum(1) + 3.0)
    there = (asked.vote == low) | (asked.vote == high) | ~two
    return float(-np.log(np.where(there, found * np.where(two, 1.0 - rare, 1.0), rare)).mean())


def _placed(asked: pd.DataFrame, ballots: Ballots) -> Asked:
    """Node, item and category of each vote of actor-sessions and items that are left."""

    def number(labels: np.ndarray, wanted: pd.Series) -> Ints:
        return pd.Series(np.arange(len(labels)), labels).reindex(wanted).fillna(-1).to_numpy(np.int64)

    actor, session = number(ballots.actors, asked["actor"]), number(ballots.sessions, asked["session"])
    item, vote = number(ballots.items, asked["item"]), asked["vote"].map(CODES).fillna(-1).to_numpy(np.int64)
    nodes = np.full((len(ballots.actors), len(ballots.sessions)), -1)
    nodes[ballots.node_actor, ballots.node_session] = np.arange(len(ballots.node_actor))
    node = np.where((actor >= 0) & (session >= 0), nodes[actor, session], -1)
    known = (node >= 0) & (item >= 0) & (vote >= 0)
    return Asked(*(np.asarray(values[known], np.int64) for values in (node, item, vote)))


def _cost(mirror: Path) -> None:
    """CPU-seconds and memory of the call on all of history, code compiled before."""
    votes, links = published_set(mirror)
    spec = Spec(links=links, dimensions=2)
    ideal_points(votes[votes["session"] > 72], draws=2, spec=spec)
    for draws in (0, 200):
        cpu = time.process_time()
        result = ideal_points(votes, draws=draws, spec=spec)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        shares = np.round(result.diagnostics["shares"], 2)
        say(f"plane, all of history, {draws} draws: CPU {time.process_time() - cpu:.1f} s, "
            f"peak {peak:.0f} MB, shares of the axes {shares}")  # fmt: skip


def _inside(prior: Prior, run: int) -> dict[str, Flags]:
    """Whether 90 % intervals hold the truth, on one simulated set of votes."""
    data = simulate_plane(SIZE, prior, np.random.default_rng([23, run]))
    result = ideal_points(data.votes, draws=300, spec=Spec(links="text", dimensions=2, prior=prior))
    b = result.ballots
    place = np.array([int(str(actor)[1:]) for actor in b.actors])[b.node_actor]
    truth = matched(data.points[place, b.sessions[b.node_session].astype(int)], _means(result))
    assert result.draws is not None
    draws = result.draws.to_numpy()[b.node_actor, b.node_session].astype(float)
    follows = np.flatnonzero(np.diff(b.node_actor) == 0)
    points = _hold(draws, truth)
    return {
        "first": points[:, 0],
        "second": points[:, 1],
        "changes": _hold(draws[follows + 1] - draws[follows], truth[follows + 1] - truth[follows]).ravel(),
        "|truth| > 2": points[np.abs(truth) > FAR],
        "|estimate| > 2": points[np.abs(_means(result)) > FAR],
    }


def _means(result: IdealPoints) -> Floats:
    b = result.ballots
    return np.asarray(result.points["mean"].to_numpy()[b.node_actor, b.node_session])


def _hold(draws: Floats, truth: Floats) -> Flags:
    low, high = np.quantile(draws, [0.05, 0.95], axis=-1)
    return np.asarray((truth >= low) & (truth <= high))


def matched(truth: Floats, target: Floats) -> Floats:
    """True points (N, 2) standardised and uncorrelated, as estimates are, and turned to match them."""
    truth = truth - truth.mean(0)
    values, vectors = np.linalg.eigh(np.cov(truth.T, bias=True))
    truth = truth @ (vectors / np.sqrt(values)) @ vectors.T
    return np.asarray(truth @ orthogonal_procrustes(truth, target)[0])
