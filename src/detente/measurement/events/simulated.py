"""Made-up series whose effect is known, to test the test: a level with a memory, seen by few events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """What a made-up series is like: its memory, spread and noise, and how many events it is seen by.

    The level follows x[t] = `memory` · x[t−1] + noise, with standard deviation `spread` about `level`. A
    period has a Poisson number of events about `events`, which itself swings with gamma noise of shape
    `burst`; each event is cooperative with chance (1 + level) / 2, else hostile.
    """

    memory: float = 0.3
    spread: float = 0.3
    level: float = 0.2
    events: float = 5.0
    burst: float = 2.0


def simulate(
    periods: int,
    *,
    rng: np.random.Generator,
    world: World = World(),
    at: ArrayLike = (),
    effect: float = 0.0,
    length: int = 8,
) -> tuple[Floats, Floats]:
    """Return net cooperation and the number of events by period; `effect` follows each place of `at`.

    The effect lasts `length` periods. Net cooperation is not a number in a period without events.

    >>> values, events = simulate(4, rng=np.random.default_rng(1), world=World(events=1.0))
    >>> bool((np.isnan(values) == (events == 0)).all())
    True
    """
    noise = rng.normal(size=periods) * world.spread * np.sqrt(1 - world.memory**2)
    level = np.empty(periods)
    now = rng.normal() * world.spread
    for period in range(periods):
        now = world.memory * now + noise[period]
        level[period] = now
    for place in np.asarray(at, dtype=np.int64):
        level[place + 1 : place + 1 + length] += effect
    chance = np.clip((1 + world.level + level) / 2, 0.0, 1.0)
    number = rng.poisson(world.events * rng.gamma(world.burst, 1 / world.burst, periods))
    good = rng.binomial(number, chance)
    values = np.full(periods, np.nan)
    np.divide(2.0 * good - number, number, out=values, where=number > 0)
    return values, number.astype(float)
