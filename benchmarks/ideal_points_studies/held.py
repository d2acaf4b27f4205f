"""Votes held out by a fixed split, predicted from the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks.ideal_points_data import published_set, say
from detente.measurement.idealpoints import Choice, prepare
from detente.measurement.idealpoints.ballots import Ballots
from detente.measurement.idealpoints.fit import solve
from detente.measurement.idealpoints.frames import item_labels
from detente.measurement.idealpoints.joint import joint_posterior
from detente.measurement.idealpoints.settings import DEFAULT

HELD_SEED, HELD_SHARE = 2017, 0.1
"""The fixed split: each vote is held out where the generator with this seed draws less than the share."""


def held_out(mirror: Path, runs: int) -> None:
    """Print the binary log-loss (yes or not), averaged over the normal posterior of the predictor."""
    votes, links = published_set(mirror)
    votes["vote"] = np.where(votes["vote"] == "yes", "yes", "no")
    held = np.random.default_rng(HELD_SEED).random(len(votes)) < HELD_SHARE
    ballots = prepare(votes[~held], Choice(links=links)).ballots
    joint = joint_posterior(ballots, solve(ballots, prior=DEFAULT))
    asked = votes.assign(item=item_labels(votes["roll_call"], votes, links))[held]
    node, item, yes = _placed(asked, ballots)
    x, v, items = joint.theta[node], joint.variance[node], joint.items[item]
    variance = v * (items[:, 0] ** 2 + items[:, 3]) + x**2 * items[:, 3] - 2 * x * items[:, 4] + items[:, 6]
    chance = expit((items[:, 0] * x - items[:, 1]) / np.sqrt(1 + np.pi / 8 * variance))
    loss = -np.where(yes, np.log(chance), np.log1p(-chance)).mean()
    say(
        f"held out: binary log-loss {loss:.5f} on {len(node)} votes, yes {yes.mean():.3f}; "
        f"{len(asked) - len(node)} held-out votes are of actor-sessions or items of which none is left"
    )


def _placed(asked: pd.DataFrame, ballots: Ballots) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Node and item of each vote that can be predicted, and whether it was yes."""

    def number(labels: np.ndarray, wanted: pd.Series) -> np.ndarray:
        return pd.Series(np.arange(len(labels)), labels).reindex(wanted).fillna(-1).to_numpy(int)

    actor = number(ballots.actors, asked["actor"])
    session = number(ballots.sessions, asked["session"])
    item = number(ballots.items, asked["item"])
    nodes = np.full((len(ballots.actors), len(ballots.sessions)), -1)
    nodes[ballots.node_actor, ballots.node_session] = np.arange(len(ballots.node_actor))
    node = np.where((actor >= 0) & (session >= 0), nodes[actor, session], -1)
    known = (node >= 0) & (item >= 0)
    return node[known], item[known], (asked["vote"] == "yes").to_numpy()[known]
