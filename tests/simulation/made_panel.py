"""Panels made up from the panel's own law, for tests of its fit and of the backtest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.simulation.panel.data import Panel, shares

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """What a made panel obeys; `dof` of None makes own shocks normal."""

    own: float = 0.08
    unlike: float = 0.0
    dof: float | None = None
    wild: float = 0.0
    drift: float = 0.0
    alpha: tuple[float, ...] = (0.0, 0.0)
    omega: float = 0.0
    beta: float = 0.0
    common: tuple[float, ...] = (0.0, 0.0, 0.0)
    noise: float = 0.1


def made_panel(truth: Truth, *, actors: int = 40, years: int = 15, seed: int = 0) -> Panel:
    """Return a panel from 2000 on: a third of the actors in each of two blocs, the rest in none."""
    rng = np.random.default_rng(seed)
    member = np.zeros((actors, 2))
    member[: actors // 3, 0] = member[actors // 3 : 2 * actors // 3, 1] = 1
    weights = shares(np.where(rng.random((actors, actors)) < 3 / actors, 1.0, 0.0) * (1 - np.eye(actors)))
    change = rng.standard_normal((years, actors, 1)) * (rng.random((years, actors, 1)) < 0.5)
    x = member @ np.array([1.0, -1.0]) + 0.5 * rng.standard_normal(actors)
    scale = truth.own * np.exp(truth.unlike * rng.standard_normal(actors))
    path = [x]
    for t in range(1, years):
        means = (member * x[:, None]).sum(axis=0) / member.sum(axis=0)
        alpha, heard = np.array(truth.alpha), weights.sum(axis=1)
        pull = member @ (alpha * means) - x * (member @ alpha) + truth.omega * (weights @ x - heard * x)
        shock = np.column_stack((member, np.ones(actors))) @ (np.array(truth.common) * rng.standard_normal(3))
        tails = rng.standard_normal(actors) if truth.dof is None else rng.standard_t(truth.dof, actors)
        x = x + truth.drift + pull + truth.beta * change[t, :, 0] + shock + scale * tails
        path.append(x)
    sd = truth.noise * rng.uniform(0.7, 1.3, (years, actors))
    off = (rng.random((years, actors)) < truth.wild) * rng.standard_normal((years, actors))
    reading = np.stack(path) + sd * rng.standard_normal((years, actors)) + off
    reading[rng.random((years, actors)) < 0.05] = np.nan
    reading[0] = np.where(np.isnan(reading[0]), path[0], reading[0])
    return Panel(
        actors=tuple(f"a{number:03d}" for number in range(actors)),
        years=tuple(range(2000, 2000 + years)),
        reading=reading,
        sd=sd,
        source="made up",
        blocs=("North", "South"),
        covariates=("seats",),
        member=np.tile(member, (years, 1, 1)),
        influence=np.tile(weights, (years, 1, 1)),
        change=change,
    )


def plain_panel(reading: Floats, sd: Floats, **more: Any) -> Panel:
    names = tuple(f"a{number}" for number in range(reading.shape[1]))
    years = tuple(range(2000, 2000 + len(reading)))
    return Panel(actors=names, years=years, reading=reading, sd=sd, source="made up", **more)
