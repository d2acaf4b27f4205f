"""Models made up for tests and benchmarks: a shallow lake, and an alliance under pressure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EXPOSURE = np.array([0.9, 0.7, 0.5, 0.4, 0.3, 0.2])


def lake(removal: float, steepness: float, years: int = 400) -> Callable[[Floats], Floats]:
    """Return the lake of Carpenter, Ludwig and Brock (1999) without inflow: phosphorus (rows, 1) after years.

    From above the unstable equilibrium x^q / (1 + x^q) = b x it rises, from below it falls.
    """

    def phosphorus(start: Floats) -> Floats:
        x = start[:, 0]
        for _ in range(years):
            x = x + x**steepness / (1 + x**steepness) - removal * x
        return x

    return phosphorus


def cohesion(x: Floats) -> Floats:
    """Return the least cohesion (rows,) of six members in 60 steps, by 12 inputs (rows, 12) from 0 to 1.

    Inputs: pressure at home on each member, price of energy, the rival's discount, guarantee, payments
    within, contagion of doubt, threat. Cohesion is the mean stance less its spread.
    """
    press, (price, discount, guarantee, payments, contagion, threat) = x[:, :6], x[:, 6:].T[:, :, None]
    pull = 0.9 * press + EXPOSURE * (0.5 * price + 0.7 * discount)
    hold = 0.3 + 0.6 * guarantee + 0.4 * threat + 0.5 * payments * EXPOSURE
    stance = np.full(press.shape, 0.8)
    least = np.full(len(x), np.inf)
    for _ in range(60):
        doubt = 3 * contagion * np.maximum(0.45 - stance, 0.0).mean(axis=1, keepdims=True)
        stance = stance + 0.08 * (1 / (1 + np.exp(-4 * (hold - pull - doubt))) - stance)
        least = np.minimum(least, stance.mean(axis=1) - stance.std(axis=1))
    return least


def planes(seed: int) -> tuple[Callable[[Floats], Floats], int, list[float]]:
    """Return a model that breaks beyond any of some planes, its inputs, and the distances of separate routes.

    The foot of a plane is a route if it is beyond no other plane and the ridge to every nearer one leads more
    than 2 per cent further off.
    """
    rng = np.random.default_rng(seed)
    inputs, number = int(rng.integers(2, 9)), int(rng.integers(2, 5))
    normals = rng.normal(size=(number, inputs))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    betas = rng.uniform(1, 4, number)

    def edge(ways: Floats) -> Floats:
        slopes = ways @ normals.T
        return np.asarray(np.where(slopes > 0, betas / np.maximum(slopes, 1e-12), np.inf).min(axis=1))

    separate: list[int] = []
    feet = [i for i in np.argsort(betas) if edge(normals[[i]])[0] >= betas[i] * (1 - 1e-9)]
    for place, i in enumerate(feet):
        ridges = [edge(_arc(normals[i], normals[j])).max() / betas[i] for j in feet[:place]]
        if all(ridge > 1.02 for ridge in ridges):
            separate.append(i)
    return lambda x: (betas - x @ normals.T).min(axis=1), inputs, [float(betas[i]) for i in separate]


def _arc(one: Floats, other: Floats) -> Floats:
    """Return directions (2000, D) from one to another."""
    angle, t = np.arccos(one @ other), np.linspace(0, 1, 2000)[:, None]
    return np.asarray((np.sin((1 - t) * angle) * one + np.sin(t * angle) * other) / np.sin(angle))
