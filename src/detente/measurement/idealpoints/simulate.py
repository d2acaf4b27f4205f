"""Votes drawn from the model itself: for calibration, tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.measurement.idealpoints.ballots import Floats
from detente.measurement.idealpoints.settings import Link, Prior


@dataclass(frozen=True)
class Design:
    """How many actors, sessions and roll calls a session; the share that recurs; and the share of votes
    missing.
    """

    actors: int = 40
    sessions: int = 12
    roll_calls: int = 30
    recurring: float = 0.2
    missing: float = 0.1
    cut: float = 4.0
    """Variance of the cuts drawn: smaller than the prior's, so that roll calls are not all unanimous."""


@dataclass(frozen=True)
class Simulated:
    """Votes as a tidy frame with a column `text` that links roll calls, and the points (A, T) they came
    from.
    """

    votes: pd.DataFrame
    points: Floats


def simulate(design: Design, prior: Prior, rng: np.random.Generator, *, link: Link = "logit") -> Simulated:
    """Draw points, items and votes from the prior and the model."""
    points = paths(design, prior, rng)
    rows = []
    texts = np.arange(design.sessions * design.roll_calls).reshape(design.sessions, -1)
    again = int(design.recurring * design.roll_calls)
    for t in range(1, design.sessions):
        texts[t, :again] = rng.permutation(texts[t - 1])[:again]
    slope = rng.normal(0, np.sqrt(prior.slope), texts.size)
    cuts = np.sort(rng.normal(0, np.sqrt(design.cut), (texts.size, 2)), axis=1)
    for t in range(design.sessions):
        predictor = points[:, t, None] * slope[texts[t]]
        noise = rng.logistic(size=predictor.shape) if link == "logit" else rng.normal(size=predictor.shape)
        latent = predictor + noise
        vote = (latent > cuts[texts[t], 0]).astype(int) + (latent > cuts[texts[t], 1])
        actor, call = np.nonzero(rng.random(vote.shape) >= design.missing)
        number = t * design.roll_calls + call
        rows.append(
            pd.DataFrame(
                {
                    "actor": actor,
                    "session": t,
                    "roll_call": number,
                    "text": texts[t, call],
                    "vote": vote[actor, call],
                }
            )
        )
    votes = pd.concat(rows, ignore_index=True)
    votes["vote"] = np.array(["no", "abstain", "yes"])[votes["vote"]]
    votes["actor"] = "a" + votes["actor"].astype(str).str.zfill(4)
    return Simulated(votes, points)


def paths(design: Design, prior: Prior, rng: np.random.Generator) -> Floats:
    """Points from the walk with its anchor: a normal with tridiagonal precision."""
    size = design.sessions
    precision = np.eye(size) * prior.anchor
    precision[0, 0] += 1.0 / prior.first
    for t in range(1, size):
        precision[t - 1 : t + 1, t - 1 : t + 1] += np.array([[1, -1], [-1, 1]]) / prior.walk
    root = np.linalg.cholesky(np.linalg.inv(precision))
    return np.asarray(rng.standard_normal((design.actors, size)) @ root.T)
