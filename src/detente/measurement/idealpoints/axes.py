"""The axes of the plane: place, scale and one rotation for all sessions, fixed on finished estimates; and the
words that say what was done.

Votes and priors see the plane only up to a linear map. Points are centred and made uncorrelated with variance
1 in every direction over actor-sessions; what is left is a rotation. It is fixed by named actors (the first
axis runs from those named negative to those named positive), or else the axes are principal: the first is the
direction in which items' squared slopes, weighted by votes, are largest. Draws are each standardised so and
turned to match the estimate (orthogonal Procrustes: Schönemann 1966, Psychometrika 31:1; for draws of latent
places Hoff, Raftery & Handcock 2002, J. Am. Stat. Assoc. 97:1090).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import MeasurementError, Problem, did_you_mean
from detente.measurement.idealpoints.ballots import Ballots, Floats, Ints
from detente.measurement.idealpoints.identify import anchor_of, span_of
from detente.measurement.idealpoints.planefit import unpack
from detente.measurement.idealpoints.settings import Axes

FEWEST = 4
"""Actor-sessions below which a plane fits anything: centre, scale and rotation take what there is to know."""


@dataclass(frozen=True)
class PlaneScale:
    """How the model's plane maps to the reported one in one block: reported = turn (point - centre)."""

    centre: Floats
    turn: Floats
    """(2, 2)"""
    shares: tuple[float, float]
    """Share of each axis in the variance of the votes' predictor."""
    words: str


@dataclass(frozen=True)
class PlaneIdentified:
    """Points (N, 2) and draws (N, 2, draws) on the reported axes, and the mapping of each block."""

    theta: Floats
    draws: Floats
    scales: tuple[PlaneScale, ...]

    @property
    def words(self) -> str:
        return "; ".join(scale.words for scale in self.scales)


def check_axes(ballots: Ballots, axes: Axes) -> None:
    """Raise MeasurementError that lists every named actor who is not among the voters or on both ends, and
    where there is too little for a plane.
    """
    known = set(ballots.actors)
    problems = [
        Problem(
            f"axes: {name!r}",
            "is not among the actors that are left",
            did_you_mean(name, map(str, ballots.actors)) or "name an actor among the votes",
        )
        for name in dict.fromkeys((*axes.positive, *axes.negative, *((axes.second,) if axes.second else ())))
        if name not in known
    ]
    problems += [
        Problem(f"axes: {name!r}", "is named positive and negative", "name it once")
        for name in axes.positive
        if name in axes.negative
    ]
    size = int((ballots.block[ballots.node_actor] == 0).sum())
    if size < FEWEST:
        hint = "say dimensions=1"
        problems.append(Problem("votes", f"{size} actor-sessions are too few for two dimensions", hint))
    if axes.negative and not axes.positive:
        problems.append(
            Problem("axes", "negative is named without positive", "say positive= too: an axis has two ends")
        )
    if problems:
        raise MeasurementError(*problems)


def identify_plane(
    ballots: Ballots, theta: Floats, draws: Floats, items: Floats, axes: Axes
) -> PlaneIdentified:
    """Standardise points (N, 2) and draws (N, 2, draws), and turn them to the axes, block by block.

    Named actors count in their own block; a block without them gets principal axes, the actor with most votes
    positive on the first and the actor furthest out positive on the second.
    """
    theta, draws = theta.copy(), draws.copy()
    node_block = ballots.block[ballots.node_actor]
    item_block = node_block[ballots.item_node[ballots.item_start[:-1]]]
    weight = np.diff(ballots.item_start).astype(float)
    scales = []
    for block in range(int(ballots.block.max()) + 1):
        inside = np.flatnonzero(node_block == block)
        own = item_block == block
        centre = theta[inside].mean(0)
        spread = (
            _covariances(draws[inside]).mean(0) if draws.shape[2] else _covariances(theta[inside, :, None])[0]
        )
        white, back = _whitener(spread)
        standard = (theta[inside] - centre) @ white
        slopes = items[own, :2] @ back
        loads = np.einsum("jk,j,jl->kl", slopes, weight[own], slopes)
        rotation, words = _rotation(ballots, block, inside, standard, loads, axes)
        theta[inside] = standard @ rotation
        draws[inside] = _matched(draws[inside], theta[inside])
        share = np.diag(rotation.T @ loads @ rotation) / max(float(np.trace(loads)), 1e-12)
        scales.append(PlaneScale(centre, rotation.T @ white, (float(share[0]), float(share[1])), words))
    return PlaneIdentified(theta, draws, tuple(scales))


def _covariances(draws: Floats) -> Floats:
    """Covariance (draws, 2, 2) over points of every draw of (n, 2, draws)."""
    off = draws - draws.mean(0)
    return np.asarray(np.einsum("nkd,nld->dkl", off, off) / len(draws))


def _whitener(spread: Floats) -> tuple[Floats, Floats]:
    """Symmetric inverse root and root of a covariance; directions without spread are left alone."""
    values, vectors = np.linalg.eigh(spread)
    root = np.sqrt(np.where(values > 1e-9 * max(float(values[-1]), 1e-12), values, 1.0))
    return np.asarray((vectors / root) @ vectors.T), np.asarray((vectors * root) @ vectors.T)


def _matched(draws: Floats, target: Floats) -> Floats:
    """Every draw (n, 2, draws) standardised and turned to match the target (n, 2)."""
    out = np.empty_like(draws)
    spreads = _covariances(draws)
    for d in range(draws.shape[2]):
        here = draws[:, :, d] - draws[:, :, d].mean(0)
        here = np.einsum("nk,kl->nl", here, _whitener(spreads[d])[0])
        left, _, right = np.linalg.svd(np.einsum("nk,nl->kl", here, target))
        out[:, :, d] = np.einsum("nk,kl->nl", here, left @ right)
    return out


def _rotation(
    ballots: Ballots, block: int, inside: Ints, standard: Floats, loads: Floats, axes: Axes
) -> tuple[Floats, str]:
    """The rotation of standardised points of one block (columns: the two axes), and what fixed it."""
    actor = ballots.node_actor[inside]

    def mean(names: Sequence[str]) -> Floats:
        wanted = np.flatnonzero(np.isin(ballots.actors.astype(str), list(names)))
        return np.asarray(standard[np.isin(actor, wanted)].mean(0))

    here = {str(ballots.actors[i]) for i in np.unique(actor)}
    plus, minus = ([name for name in names if name in here] for names in (axes.positive, axes.negative))
    plus = plus or [str(ballots.actors[anchor_of(ballots, block, None)])]
    if minus:
        first = mean(plus) - mean(minus)
        course = f"first axis from the mean of {', '.join(minus)} to that of {', '.join(plus)}"
    else:
        first = np.linalg.eigh(loads)[1][:, -1]
        first = -first if mean(plus) @ first < 0 else first
        course = f"first axis where votes divide most, {', '.join(plus)} positive"
    length = float(np.linalg.norm(first))
    first = first / length if length > 0 else np.array([1.0, 0.0])
    second = np.array([-first[1], first[0]])
    up = axes.second if axes.second in here else _furthest(ballots, inside, standard @ second)
    second = -second if mean([up]) @ second < 0 else second
    whom = "" if ballots.block.max() == 0 else f"block {block + 1}: "
    words = (
        f"{whom}{course}; second axis uncorrelated with it, {up} positive; one rotation for all sessions; "
        f"scale: mean 0 and variance 1 on each axis over actor-sessions of {span_of(ballots, inside)}"
    )
    if len(inside) < FEWEST:
        words += ", too few for two dimensions"
    return np.column_stack((first, second)), words


def _furthest(ballots: Ballots, inside: Ints, place: Floats) -> str:
    """The actor whose mean place, weighted by its votes, lies furthest from 0."""
    votes = np.diff(ballots.node_start)[inside]
    total = np.bincount(ballots.node_actor[inside], votes * place, len(ballots.actors))
    return str(ballots.actors[np.abs(total).argmax()])


def plane_item_scale(ballots: Ballots, items: Floats, scales: tuple[PlaneScale, ...]) -> Floats:
    """Return two slopes, two cuts and their sds (J, 8) on the reported axes: slope turned back, cut - slope .
    centre.
    """
    block = ballots.block[ballots.node_actor[ballots.item_node[ballots.item_start[:-1]]]]
    out = np.empty((len(items), 8))
    for number, scale in enumerate(scales):
        own = block == number
        mapping = np.eye(4)
        mapping[:2, :2] = np.linalg.inv(scale.turn).T
        mapping[2:, :2] = -scale.centre
        out[own, :4] = items[own, :4] @ mapping.T
        square = np.einsum("ik,jkl,il->ji", mapping, unpack(items[own, 4:]), mapping)
        out[own, 4:] = np.sqrt(np.maximum(square, 0.0))
    return out
