"""Votes drawn from the model in the plane: for calibration, tests and benchmarks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.measurement.idealpoints.settings import Link, Prior
from detente.measurement.idealpoints.simulate import Design, Simulated, paths


def simulate_plane(
    design: Design,
    prior: Prior,
    rng: np.random.Generator,
    *,
    link: Link = "logit",
    weights: tuple[float, float] = (1.0, 1.0),
) -> Simulated:
    """Draw points (A, T, 2), items and votes from the prior and the model; `weights` multiply the slopes of
    either dimension.
    """
    points = np.stack([paths(design, prior, rng) for _ in range(2)], axis=-1)
    texts = np.arange(design.sessions * design.roll_calls).reshape(design.sessions, -1)
    again = int(design.recurring * design.roll_calls)
    for t in range(1, design.sessions):
        texts[t, :again] = rng.permutation(texts[t - 1])[:again]
    slope = rng.normal(0, np.sqrt(prior.slope), (texts.size, 2)) * weights
    cuts = np.sort(rng.normal(0, np.sqrt(design.cut), (texts.size, 2)), axis=1)
    tables = []
    for t, text in enumerate(texts):
        predictor = np.einsum("ak,jk->aj", points[:, t], slope[text])
        noise = rng.logistic(size=predictor.shape) if link == "logit" else rng.normal(size=predictor.shape)
        latent = predictor + noise
        vote = (latent > cuts[text, 0]).astype(int) + (latent > cuts[text, 1])
        actor, call = np.nonzero(rng.random(vote.shape) >= design.missing)
        number = t * design.roll_calls + call
        columns = {"session": t, "roll_call": number, "text": text[call], "vote": vote[actor, call]}
        tables.append(pd.DataFrame({"actor": actor, **columns}))
    votes = pd.concat(tables, ignore_index=True)
    votes["vote"] = np.array(["no", "abstain", "yes"])[votes["vote"]]
    votes["actor"] = "a" + votes["actor"].astype(str).str.zfill(4)
    return Simulated(votes, points)
