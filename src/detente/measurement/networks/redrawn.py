"""How far ties by votes might move over further roll calls like these: the network drawn again and again.

A bootstrap over roll calls, as elsewhere (`detente.measurement.bootstrap`). Only layers of votes are drawn
anew; ties of other kinds stay as the evidence states them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement import agreement, bootstrap
from detente.measurement.networks.layers import Asked
from detente.measurement.networks.ties import Ties
from detente.measurement.networks.vote_ties import LOWEST, beyond_chance, chosen_ballots, counted

if TYPE_CHECKING:
    from detente.cases.networks import AnyLayer, VoteLayer
    from detente.executors import How

Floats = NDArray[np.floating]
AT_ONCE = 10
"""Draws worked on together: 190 actors take some 30 MB."""


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Signed weights of all pairs of a network's actors: as they are (n, n), and drawn (draws, n, n)."""

    actors: tuple[str, ...]
    weight: Floats
    drawn: Floats
    telling: bool
    """Whether any layer was drawn anew: without votes, no draw differs."""


def redrawn(
    ties: Ties,
    layers: Mapping[str, AnyLayer],
    asked: Asked,
    *,
    draws: int,
    seed: int,
    how: How | None = None,
) -> Redrawn:
    """Return the weights of `ties`, read as `layers` of what was `asked`, with votes drawn again.

    `how` says where draws are worked out; it changes nothing in them (`bootstrap.replicates`). Pairs without
    a tie have none in any draw; a pair whose agreement a draw leaves undefined keeps its own.
    """
    place = pd.Index(ties.actors)
    rows = ties.rows
    first, second = (place.get_indexer(pd.Index(rows[end])) for end in ("a", "b"))
    signed = rows["sign"].to_numpy() * rows["weight"].to_numpy(dtype=float)
    weight = np.zeros((len(place), len(place)))
    np.add.at(weight, (first, second), signed)
    weight += weight.T
    drawn = np.broadcast_to(weight.astype(np.float32), (draws, *weight.shape)).copy()
    votes = {key: spec for key, spec in layers.items() if spec.by == "votes"}
    for stream, (key, spec) in zip(
        np.random.SeedSequence(seed).spawn(len(votes)), votes.items(), strict=True
    ):
        own = (rows["layer"] == key).to_numpy()
        shift = _shifts(spec, asked, place, np.random.default_rng(stream), draws=draws, how=how)
        tied = np.zeros(weight.shape, dtype=bool)
        tied[first[own], second[own]] = True
        scale = spec.sign * spec.weight / (spec.scale or 1.0)
        drawn += np.where(tied | tied.T, scale * shift, 0).astype(np.float32)
    return Redrawn(ties.actors, weight, drawn, bool(votes))


def _shifts(
    spec: VoteLayer,
    asked: Asked,
    place: pd.Index,
    rng: np.random.Generator,
    *,
    draws: int,
    how: How | None,
) -> Floats:
    """Return by how much each pair's agreement differs in each draw: (draws, n, n), 0 where undefined."""
    ballots = chosen_ballots(spec, asked)
    codes = counted(ballots, spec)
    held = bootstrap.redraw(ballots.roll_calls["session"], draws=draws, rng=rng).astype(float)
    inside = place.get_indexer(pd.Index(ballots.actors))
    found = np.zeros((draws, len(place), len(place)), dtype=np.float32)
    base = np.maximum(beyond_chance(codes, agreement.pair_tables(codes), spec), LOWEST)
    moved = bootstrap.replicates(partial(_moved, codes, spec, base), held, chunk=AT_ONCE, how=how)
    found[np.ix_(np.arange(draws), inside, inside)] = moved
    return found


def _moved(codes: agreement.Codes, spec: VoteLayer, base: Floats, weights: Floats) -> Floats:
    """Return by how much the agreement of pairs moves from `base` in some draws: (draws, n, n), float32."""
    tables = agreement.pair_tables(codes, weights=weights)
    value = np.maximum(beyond_chance(codes, tables, spec, weights=weights), LOWEST)
    return np.nan_to_num(value - base).astype(np.float32)
