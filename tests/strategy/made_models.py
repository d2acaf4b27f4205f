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
