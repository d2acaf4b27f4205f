"""The alternation that fits on a line and in the plane share: points and items in turn, from a best start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detente.errors import MeasurementError, Problem
from detente.measurement.idealpoints.anderson import Anderson
from detente.measurement.idealpoints.ballots import Ballots, Floats

State = tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True)
class Effort:
    """How long to iterate: at most `iterations`, until no point moves by more than `tolerance`."""

    iterations: int = 30
    tolerance: float = 0.05
    memory: int = 6
    trial: int = 4
    """Iterations for which each of several starts is tried."""


class Alternating(Protocol):
    """A fit under way: what one round of the alternation asks of it."""

    ballots: Ballots
    theta: Floats

    @property
    def rescales(self) -> bool:
        """Whether the prior leaves a scale to be found."""

    def begin(self, theta: Floats) -> None:
        """Start from these points."""

    def item_step(self) -> None:
        """Move the items."""

    def state_step(self) -> object:
        """Move the points."""

    def rescale(self) -> None:
        """Move to the scale that the priors like best."""

    def objective(self) -> float:
        """What starts are compared by."""

    def state(self) -> State:
        """Points with their variances and covariances, and items."""

    def restore(self, state: State) -> None:
        """Go back to an earlier state."""


def iterate(engine: Alternating, effort: Effort, iterations: int) -> tuple[list[float], bool]:
    """Alternate until the points stand still; return each iteration's largest change, and whether they do.

    Raises MeasurementError where the points leave the numbers.
    """
    mixer = Anderson(effort.memory)
    changes: list[float] = []
    for _ in range(iterations):
        before = engine.theta.copy()
        engine.state_step()
        if engine.rescales:
            engine.rescale()
        change = float(np.abs(engine.theta - before).max())
        changes.append(change)
        if not np.isfinite(change):
            hint = "give tighter priors: Prior(slope=.5)"
            raise MeasurementError(Problem("ideal points", "the iteration left the numbers", hint))
        if change < effort.tolerance:
            engine.item_step()
            return changes, True
        engine.theta = mixer.mix(before.ravel(), engine.theta.ravel()).reshape(before.shape)
        engine.item_step()
    return changes, False


def best_start(engine: Alternating, starts: Mapping[str, Callable[[Ballots], Floats]], effort: Effort) -> str:
    """Try each start for a few iterations and leave the engine at the one with the highest objective.

    The chained start needs sessions to chain.
    """
    tried: dict[str, tuple[float, State]] = {}
    for name, find in starts.items():
        if name == "chained" and len(engine.ballots.sessions) == 1:
            continue
        engine.begin(find(engine.ballots))
        iterate(engine, effort, effort.trial)
        tried[name] = (engine.objective(), engine.state())
    best = max(tried, key=lambda name: tried[name][0])
    engine.restore(tried[best][1])
    return best
