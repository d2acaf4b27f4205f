"""The alternation that fits on a line and in the plane share: points and items in turn, from a best start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np

from detente.errors import MeasurementError, Problem
from detente.measurement.idealpoints.anderson import Anderson
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.settings import Link, Prior

State = tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True)
class Effort:
    """How long to iterate: at most `iterations`, until no point moves by more than `tolerance`."""

    iterations: int = 30
    tolerance: float = 0.05
    memory: int = 6
    trial: int = 4
    """Iterations for which each of several starts is tried."""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """How an alternation came to rest, on the model's own scale."""

    link: Link
    prior: Prior
    log_likelihood: float
    objective: float
    iterations: int
    change: float
    """The largest move of a point in the last iteration."""
    converged: bool
    start: str
    flips: tuple[int, ...] = ()
    """Sessions before which everyone was turned round, since that is likelier."""
    trace: tuple[float, ...] = field(default=(), repr=False)
    few: bool = False
    """Whether votes were too few to average over uncertainty, so that steps used the means alone."""

    def told(self) -> dict[str, object]:
        """Return what a reader of the estimates should know of it."""
        return {
            "converged": self.converged,
            "iterations": self.iterations,
            "last_change": self.change,
            "start": self.start,
            "too_few_votes": self.few,
            "turned_round": self.flips,
        }


class Alternating(Protocol):
    """A fit under way: what the alternation asks of it."""

    ballots: Ballots
    prior: Prior
    link: Link
    theta: Floats
    spread: float
    """1 where steps average over uncertainty, 0 where they use the means alone."""
    starts: ClassVar[Mapping[str, Callable[[Ballots], Floats]]]
    """Where to start from; `constant` is one of them, and `chained` needs sessions to chain."""
    longer: ClassVar[int]
    """Times the iterations of `Effort` that it may take."""

    @property
    def rescales(self) -> bool:
        """Whether the prior leaves a scale to be found."""

    def begin(self, theta: Floats, items: Floats | None = None) -> None:
        """Start from these points, and from these items or from the votes' shares."""

    def item_step(self) -> None:
        """Move the items."""

    def state_step(self) -> object:
        """Move the points."""

    def rescale(self) -> None:
        """Move to the scale that the priors like best."""

    def log_likelihood(self) -> float:
        """Of the votes, at the points and items."""

    def objective(self) -> float:
        """What starts are compared by."""

    def collapsed(self) -> bool:
        """Whether all points shrank to one place: averages over both signs explain very few votes best."""

    def turns(self) -> list[tuple[int, Callable[[Floats], Floats]]]:
        """Sessions before which everyone seems to stand the wrong way round, and how to turn points back."""

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


def settle(engine: Alternating, effort: Effort, previous: tuple[Floats, Floats] | None) -> Rest:
    """Bring a fit to rest, from a `previous` (points, items) or from the best of its starts."""
    start = "previous solution" if previous is not None else _best_start(engine, effort)
    if previous is not None:
        engine.begin(*previous)
    most = engine.longer * effort.iterations
    changes, converged = iterate(engine, effort, most)
    if engine.collapsed():
        engine.spread = 0.0
        engine.begin(engine.starts["constant"](engine.ballots))
        changes, converged = iterate(engine, effort, 4 * effort.iterations)
    flips, more = _turn_back(engine, effort, most)
    return Rest(
        link=engine.link,
        prior=engine.prior,
        log_likelihood=engine.log_likelihood(),
        objective=engine.objective(),
        iterations=len(changes) + len(more) + (2 * effort.trial if previous is None else 0),
        change=(changes + more)[-1],
        converged=converged,
        start=start,
        flips=tuple(flips),
        trace=tuple(changes + more),
        few=engine.spread == 0.0,
    )


def _turn_back(engine: Alternating, effort: Effort, most: int) -> tuple[list[int], list[float]]:
    """Where points turn round from one session to the next, try them turned back; keep what is likelier."""
    kept: list[int] = []
    changes: list[float] = []
    for session, turned in engine.turns():
        before = engine.objective(), engine.state()
        early = engine.ballots.node_session < session
        theta = engine.theta.copy()
        theta[early] = turned(theta)[early]
        engine.begin(theta)
        more, _ = iterate(engine, effort, most)
        changes += more
        if engine.objective() > before[0] + 1e-6:
            kept.append(session)
        else:
            engine.restore(before[1])
    return kept, changes


def _best_start(engine: Alternating, effort: Effort) -> str:
    """Try each start for a few iterations and leave the engine at the one with the highest objective."""
    tried: dict[str, tuple[float, State]] = {}
    for name, find in engine.starts.items():
        if name == "chained" and len(engine.ballots.sessions) == 1:
            continue
        engine.begin(find(engine.ballots))
        iterate(engine, effort, effort.trial)
        tried[name] = (engine.objective(), engine.state())
    best = max(tried, key=lambda name: tried[name][0])
    engine.restore(tried[best][1])
    return best
