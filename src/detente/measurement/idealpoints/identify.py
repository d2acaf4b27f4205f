"""Sign and scale, fixed on finished draws and never inside the loop; and the words that say what was done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import MeasurementError, Problem, did_you_mean
from detente.measurement.idealpoints.ballots import Ballots, Floats

WIDER, WIDER_FAR, WIDEST = 1.04, 0.02, 1.2
"""The normal leaves out some skew, so intervals widen by WIDER + WIDER_FAR * point^2, at most WIDEST.

Set by coverage on data simulated from the prior (benchmarks/ideal_points_studies), not by any real votes.
"""


def widened(theta: Floats, draws: Floats) -> Floats:
    """Return draws spread about the points by the factor that gives intervals their nominal coverage."""
    factor = np.minimum(WIDER + WIDER_FAR * theta**2, WIDEST)
    return np.asarray(theta[:, None] + factor[:, None] * (draws - draws.mean(1, keepdims=True)))


@dataclass(frozen=True)
class Scale:
    """How the model's scale maps to the reported one in one block: reported = (point - centre) / spread."""

    centre: float
    spread: float
    anchor: str
    words: str


@dataclass(frozen=True)
class Identified:
    """Points (N,) and draws (N, draws) on the reported scale, and the mapping of each block."""

    theta: Floats
    draws: Floats
    scales: tuple[Scale, ...]

    @property
    def words(self) -> str:
        return "; ".join(scale.words for scale in self.scales)


def check_positive(ballots: Ballots, positive: str | None) -> None:
    """Raise MeasurementError where the actor that fixes the sign is not among the voters."""
    if positive is not None and positive not in set(ballots.actors):
        hint = did_you_mean(positive, map(str, ballots.actors)) or "name an actor among the votes"
        raise MeasurementError(
            Problem(f"positive={positive!r}", "is not among the actors that are left", hint)
        )


def identify(ballots: Ballots, theta: Floats, draws: Floats, positive: str | None) -> Identified:
    """Standardise each draw to mean 0 and variance 1 over all actor-sessions, the named actor positive.

    Each block of connected actors gets a scale of its own; where `positive` is not in a block, or is None,
    the actor with most votes there is taken positive.
    """
    theta, draws = theta.copy(), draws.copy()
    node_block = ballots.block[ballots.node_actor]
    scales = []
    for block in range(int(ballots.block.max()) + 1):
        inside = np.flatnonzero(node_block == block)
        anchor = anchor_of(ballots, block, positive)
        own = ballots.node_actor == anchor
        sign = -1.0 if theta[own].mean() < theta[inside].mean() else 1.0
        centres, spreads = draws[inside].mean(0), draws[inside].std(0)
        spread = float(np.sqrt((spreads**2).mean())) if draws.shape[1] else float(theta[inside].std())
        spread = sign * (spread or 1.0)
        centre = float(theta[inside].mean())
        theta[inside] = (theta[inside] - centre) / spread
        draws[inside] = sign * (draws[inside] - centres) / np.where(spreads > 0, spreads, 1.0)
        name = str(ballots.actors[anchor])
        scales.append(Scale(centre, spread, name, _words(ballots, block, inside, name)))
    return Identified(theta, draws, tuple(scales))


def anchor_of(ballots: Ballots, block: int, positive: str | None) -> int:
    """The actor that fixes the block's sign: the one named, or the one with most votes."""
    members = np.flatnonzero(ballots.block == block)
    named = [i for i in members if ballots.actors[i] == positive]
    if named:
        return int(named[0])
    votes = np.diff(ballots.node_start)
    totals = np.bincount(ballots.node_actor, votes, len(ballots.actors))
    return int(members[np.argmax(totals[members])])


def _words(ballots: Ballots, block: int, inside: np.ndarray, anchor: str) -> str:
    whom = "" if ballots.block.max() == 0 else f"block {block + 1}: "
    span = span_of(ballots, inside)
    return f"{whom}{anchor} positive; scale: mean 0 and variance 1 over actor-sessions of {span}"


def span_of(ballots: Ballots, inside: np.ndarray) -> str:
    """First and last session of these actor-sessions, in words."""
    sessions = ballots.sessions[ballots.node_session[inside]]
    return f"{sessions.min()}–{sessions.max()}" if sessions.min() != sessions.max() else f"{sessions.min()}"


def item_scale(ballots: Ballots, items: Floats, scales: tuple[Scale, ...]) -> Floats:
    """Return slope, cuts and their sds (J, 6) on the reported scale: slope * spread, cut - slope * centre."""
    block = ballots.block[ballots.node_actor[ballots.item_node[ballots.item_start[:-1]]]]
    centre = np.array([scale.centre for scale in scales])[block]
    spread = np.array([scale.spread for scale in scales])[block]
    out = np.empty((len(items), 6))
    out[:, 0] = items[:, 0] * spread
    out[:, 1:3] = items[:, 1:3] - items[:, :1] * centre[:, None]
    out[:, 3] = np.sqrt(items[:, 3]) * np.abs(spread)
    for k, (cross, own) in enumerate(((4, 6), (5, 8))):
        square = items[:, own] - 2 * centre * items[:, cross] + centre**2 * items[:, 3]
        out[:, 4 + k] = np.sqrt(np.maximum(square, 0.0))
    return out
