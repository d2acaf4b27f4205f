"""From actors and draws to the arrays that compiled runs of the spatial model read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.bargaining.actors import (
    LARGEST,
    Actors,
    Floats,
    Perceptions,
    numbers,
    outside,
    over_one,
)
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.spatial_turn import Story, World

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Draws:
    """R draws of what is uncertain about N actors and D issues, in the actors' order; what is left out is
    as the actors have it.

    positions and saliences (R, N, D), capabilities (R, N), perceptions with an axis of runs or for all alike.

    >>> len(Draws(positions=np.zeros((5, 2, 1))))
    5
    """

    positions: ArrayLike | None = None
    saliences: ArrayLike | None = None
    capabilities: ArrayLike | None = None
    perceptions: Perceptions | None = None

    def __len__(self) -> int:
        given = (self.positions, self.saliences, self.capabilities)
        runs = [np.shape(each)[:1] for each in given if each is not None]
        runs += [table.shape[:1] for table in _perceived(self.perceptions) if table.size]
        return max((length for shape in runs for length in shape), default=1)


@dataclass(frozen=True, eq=False)
class Batch:
    """Checked inputs of so many runs: positions (R, N, D) and a `World`, each with an axis of runs in
    front, of length 1 where all share what it holds. `ideal` is None where ideals start at the positions.
    """

    runs: int
    position: Floats
    ideal: Floats | None
    world: World

    @property
    def still(self) -> bool:
        """Whether ideals are positions throughout."""
        return len(self.world.accommodation[0]) == 0

    @property
    def misperceived(self) -> bool:
        """Whether anyone believes something else than what is so."""
        seen = self.world.seen_position, self.world.seen_salience, self.world.seen_capability
        return any(table.size for table in seen)

    def part(self, start: int, end: int, order: Ints) -> tuple[World, tuple[Floats, Floats]]:
        """Return the world, and positions and ideals at the start, of some runs, the actors in this order."""

        def cut(table: Floats, axes: int) -> Floats:
            found = table if len(table) == 1 else table[start:end]
            for axis in range(1, axes + 1 if found.size else 1):
                found = np.take(found, order, axis=axis)
            return np.array(found, order="C")

        axes = (1, 1, 2, 2, 2, 2)
        world = World(*(cut(table, many) for table, many in zip(self.world, axes, strict=True)))
        position = cut(self.position, 1)
        return world, (position, position if self.ideal is None else cut(self.ideal, 1))


def prepare(actors: Actors, draws: Draws) -> Batch:
    """Return checked inputs for compiled code; raises `SimulationError` with every cell that is wrong."""
    size, many = actors.size, len(actors.issues)
    given = {
        "position": (draws.positions, actors.position, (size, many), 1.0),
        "salience": (draws.saliences, actors.salience, (size, many), 1.0),
        "capability": (draws.capabilities, actors.capability, (size,), LARGEST),
    }
    tables: dict[str, Floats] = {}
    problems: list[Problem] = []
    for name, (drawn, own, shape, top) in given.items():
        tables[name] = own[None] if drawn is None else numbers(f"drawn {name}", drawn)
        if drawn is not None:
            problems += _draw_problems(actors, name, tables[name], shape, top, len(draws))
    seen = _perceived(draws.perceptions)
    if draws.perceptions is not None:
        problems += draws.perceptions.problems(actors)
        problems += _length_problems(seen, len(draws))
    raise_all(SimulationError, problems)
    follow = np.zeros((1, 0, 0)) if actors.accommodation is None else actors.accommodation[None]
    world = World(tables["capability"], tables["salience"], follow, *seen)
    ideal = None if actors.ideal is None else actors.ideal[None]
    return Batch(len(draws), tables["position"], ideal, world)


def _draw_problems(
    actors: Actors, name: str, table: Floats, shape: tuple[int, ...], top: float, runs: int
) -> Iterator[Problem]:
    if table.shape[1:] != shape or len(table) not in (1, runs):
        hint = f"one for each of {runs} runs, or one for all"
        yield Problem(f"drawn {name}", f"is of shape {table.shape}, not {(runs, *shape)}", hint)
        return
    yield from outside(actors.names, actors.issues if len(shape) == 2 else (), name, table, top)
    if name == "salience":
        yield from over_one(actors.names, "saliences", table)


def _length_problems(seen: tuple[Floats, Floats, Floats], runs: int) -> Iterator[Problem]:
    for name, table in zip(("positions", "saliences", "capabilities"), seen, strict=True):
        if len(table) not in (1, runs):
            hint = f"one for each of {runs} runs, or one for all"
            yield Problem(f"perceived {name}", f"are of {len(table)} runs", hint)


def _perceived(perceptions: Perceptions | None) -> tuple[Floats, Floats, Floats]:
    """Return what is believed, each with an axis of runs in front, empty where everyone sees what is so."""
    found = []
    for name, axes in (("positions", 3), ("saliences", 3), ("capabilities", 2)):
        table = None if perceptions is None else getattr(perceptions, name)
        if table is None:
            table = np.zeros((1,) + (0,) * axes)
        found.append(table if table.ndim == axes + 1 else table[None])
    return found[0], found[1], found[2]


def blank_story(options: SpatialOptions, size: int, issues: int, *, still: bool) -> Story:
    """Return a story for compiled code to write; with `still`, ideals are the positions."""
    turns = options.most_turns
    position = np.zeros((turns + 1, size, issues))
    ideal = position if still else np.zeros_like(position)
    risk, chance, gain = (np.zeros((turns, size)) for _ in range(3))
    target, taken = (np.zeros((turns, size), dtype=np.int64) for _ in range(2))
    return Story(position, ideal, risk, target, chance, gain, taken)
