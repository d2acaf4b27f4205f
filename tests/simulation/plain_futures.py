"""The model of futures in plain Python, one actor after another, as agent-based models are usually written.

Its luck is handed to it: from counters by name, as the compiled model has it, or from Python's own generator.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Protocol

import numpy as np
from scipy.stats import t as student

from detente.simulation.bargaining.counter_random import philox
from detente.simulation.ensemble.ballots import Ballot, Consequence, Size
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.shocks import Shock
from detente.simulation.ensemble.streams import streams
from detente.simulation.institutions.compiled import Leaf, Node, Tree

NORMAL = NormalDist()


class Luck(Protocol):
    """Where random numbers come from: chances from 0 to 1 by step (0 for once) and name."""

    def chance(self, step: int, *name: str) -> float:
        """Return a chance."""


@dataclass(frozen=True)
class Counted:
    """Luck by counters, as the compiled model has it."""

    seed: int
    future: int

    def chance(self, step: int, *name: str) -> float:
        stream = int(streams([name])[0])
        turn, part = (0, 0) if step == 0 else (1 + (step - 1) // 4, (step - 1) % 4)
        counter = self.future, turn, stream & 0xFFFFFFFF, stream >> 32
        words = philox(tuple(map(np.uint64, counter)), (np.uint64(self.seed), np.uint64(0)))
        return (int(words[part]) + 0.5) / 2.0**32


@dataclass(frozen=True)
class Loose:
    """Luck from Python's generator, which knows no names."""

    rng: random.Random

    def chance(self, step: int, *name: str) -> float:
        return self.rng.random() or 0.5


def triangle(u: float, low: float, top: float, high: float) -> float:
    if high <= low:
        return top
    if u < (top - low) / (high - low):
        return float(low + (u * (high - low) * (top - low)) ** 0.5)
    return float(high - ((1 - u) * (high - low) * (high - top)) ** 0.5)


@dataclass
class Actor:
    """One actor: its positions and covariates, and what waits for the next step."""

    name: str
    row: int
    x: list[float]
    z: list[float]
    wait_x: list[float] = field(default_factory=list)
    wait_z: list[float] = field(default_factory=list)
    drift: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    then: list[float] = field(default_factory=list)


class World:
    """One future."""

    def __init__(self, futures: Futures, future: int, luck: Luck) -> None:
        assert futures.covariates is not None
        self.futures, self.luck = futures, luck
        self.held = {
            name: value.tolist() for name, value in vars(futures.covariates).items() if name != "drivers"
        }
        self.dynamics = dynamics = futures.dynamics
        self.draw = {
            name: getattr(dynamics, name)[future % len(getattr(dynamics, name))].tolist()
            for name in ("alpha", "omega", "beta", "sigma_common", "sigma_own", "dof", "start")
        }
        self.influence = dynamics.influence.tolist()
        self.path, self.spread = self.held["path"], self.held["spread"]
        self.members = [
            {actor for actor, on in zip(dynamics.actors, column, strict=True) if on}
            for column in dynamics.membership.T
        ]
        self.actors = [self._begin(row, name) for row, name in enumerate(dynamics.actors)]
        self.holds: dict[str, bool] = {}
        self.outcomes: list[bool] = []
        self.track = [[list(actor.x) for actor in self.actors]]

    def _begin(self, row: int, name: str) -> Actor:
        sd, start = self.dynamics.start_sd[row].tolist(), self.draw["start"][row]
        x = [
            start[k] + sd[k] * self.normal(0, "start", name, issue)
            for k, issue in enumerate(self.dynamics.issues)
        ]
        z = [
            self._bounded(
                c,
                self.held["start"][row][c]
                + self.held["start_sd"][row][c] * self.normal(0, "level", name, covariate),
            )
            for c, covariate in enumerate(self.dynamics.covariates)
        ]
        return Actor(name, row, x, z, [0.0] * len(x), [0.0] * len(z), [0.0] * len(x))

    def _bounded(self, c: int, value: float) -> float:
        return float(min(max(value, self.held["low"][c]), self.held["high"][c]))

    def normal(self, step: int, *name: str) -> float:
        return NORMAL.inv_cdf(self.luck.chance(step, *name))

    def own(self, step: int, *name: str) -> float:
        chance, dof = self.luck.chance(step, *name), self.draw["dof"]
        return NORMAL.inv_cdf(chance) if dof == float("inf") else float(student.ppf(chance, dof))

    def run(self) -> World:
        for step in range(1, self.futures.steps + 1):
            self.step(step)
            self.track.append([list(actor.x) for actor in self.actors])
        return self

    def step(self, step: int) -> None:
        happens = self.open(step)
        for actor in self.actors:
            self.drive(step, actor, happens)
        means, common = self.look(step)
        for actor in self.actors:
            self.move(step, actor, means, common)
        self.close(step, happens)

    def open(self, step: int) -> list[tuple[Shock, float]]:
        happens = [(shock, self.factor(shock)) for shock in self.futures.shocks if shock.step == step]
        for shock, _ in happens:
            for (name, bloc), value in shock.members.items():
                group = self.members[self.dynamics.blocs.index(bloc)]
                group.add(name) if value else group.discard(name)
        return happens

    def close(self, step: int, happens: list[tuple[Shock, float]]) -> None:
        for shock, factor in happens:
            self.shake(step, shock, factor)
        for ballot in self.futures.ballots:
            if step in ballot.steps:
                self.vote(step, ballot)

    def factor(self, shock: Shock) -> float:
        if self.luck.chance(0, "chance", shock.key) >= shock.chance:
            return 0.0
        size = triangle(self.luck.chance(0, "size", shock.key), shock.low, 1.0, shock.high)
        return -size if self.luck.chance(0, "side", shock.key) < shock.backlash else size

    def drive(self, step: int, actor: Actor, happens: list[tuple[Shock, float]]) -> None:
        actor.moved = []
        for c, name in enumerate(self.dynamics.covariates):
            value = actor.z[c] + actor.wait_z[c] + self.path[step - 1][actor.row][c]
            if self.spread[actor.row][c] > 0:
                value += self.spread[actor.row][c] * self.normal(step, "walk", actor.name, name)
            for shock, factor in happens:
                cell = actor.name, name
                if cell in shock.target:
                    value += factor * (shock.target[cell] - value)
                value += factor * shock.change.get(cell, 0.0)
            value = self._bounded(c, value)
            actor.moved.append(value - actor.z[c])
            actor.z[c], actor.wait_z[c] = value, 0.0

    def look(self, step: int) -> tuple[list[list[float]], list[list[float]]]:
        common = [
            [
                self.draw["sigma_common"][b][k] * self.normal(step, "common", bloc, issue)
                for k, issue in enumerate(self.dynamics.issues)
            ]
            for b, bloc in enumerate((*self.dynamics.blocs, ""))
        ]
        for actor in self.actors:
            actor.then = list(actor.x)
        return [self.mean(group) for group in self.members], common

    def move(self, step: int, actor: Actor, means: list[list[float]], common: list[list[float]]) -> None:
        for k, issue in enumerate(self.dynamics.issues):
            then = actor.then[k]
            now = then + actor.wait_x[k] + actor.drift[k] + common[-1][k]
            heard = 0.0
            for other in self.actors:
                heard += self.influence[actor.row][other.row] * (other.then[k] - then)
            now += self.draw["omega"][k] * heard
            now += self.draw["sigma_own"][actor.row][k] * self.own(step, "own", actor.name, issue)
            for b, group in enumerate(self.members):
                if actor.name in group:
                    now += self.draw["alpha"][b][k] * (means[b][k] - then) + common[b][k]
            for c, moved in enumerate(actor.moved):
                now += self.draw["beta"][c][k] * moved
            actor.x[k], actor.wait_x[k] = now, 0.0

    def mean(self, group: set[str]) -> list[float]:
        inside = [actor for actor in self.actors if actor.name in group]
        return [
            sum(actor.x[k] for actor in inside) / max(len(inside), 1)
            for k in range(len(self.dynamics.issues))
        ]

    def shake(self, step: int, shock: Shock, factor: float) -> None:
        for k, issue in enumerate(self.dynamics.issues):
            news = 0.0
            if shock.news.get(issue, 0.0) > 0:
                news = factor * shock.news[issue] * self.normal(step, "news", shock.key, issue)
            for actor in self.actors:
                actor.x[k] += factor * shock.shift.get((actor.name, issue), 0.0)
                actor.x[k] += news if actor.name in shock.hears else 0.0

    def strength(self, name: str, size: Size) -> float:
        return triangle(self.luck.chance(0, "strength", name), size.low, size.value, size.high)

    def vote(self, step: int, ballot: Ballot) -> None:
        names = ("doubt", "abstention", "hold", "pressure", "isolation")
        held = {name: self.strength(name, getattr(ballot, name)) for name in names}
        rule = ballot.rule_at(step)
        voters = [self.actors[self.dynamics.actors.index(name)] for name in rule.voters.actors]
        margins = self.expect([self.lean(step, ballot, actor, held) for actor in voters], held)
        votes = []
        for actor, margin in zip(voters, margins, strict=True):
            wish = margin + held["doubt"] * self.normal(step, "vote", ballot.key, actor.name)
            abstains = held["abstention"] > 0 and wish >= -held["abstention"]
            votes.append(1 if wish > 0 else 0 if abstains else -1)
        passed = holds(rule.tree, votes)
        self.follow(ballot, passed)
        self.outcomes.append(passed)

    def lean(self, step: int, ballot: Ballot, actor: Actor, held: dict[str, float]) -> float:
        position = actor.x[self.dynamics.issues.index(ballot.issue)]
        found = ballot.level.get(actor.name, 0.0) + ballot.slope * position - ballot.cut
        for effect, covariate in (("hold", ballot.on), ("pressure", ballot.pressed_by)):
            if covariate is not None:
                found -= held[effect] * actor.z[self.dynamics.covariates.index(covariate)]
        for payment in self.futures.payments:
            if (payment.ballot, payment.actor) == (ballot.key, actor.name):
                found += payment.size if payment.since <= step <= payment.until else 0.0
        return found

    def expect(self, lean: list[float], held: dict[str, float]) -> list[float]:
        yes, margins, change = [0.0] * len(lean), list(lean), 1.0
        others = max(len(lean) - 1, 1)
        while change > 1e-5 and held["isolation"] > 0:
            change, total = 0.0, sum(yes)
            for place, own in enumerate(lean):
                wish = (own + held["isolation"] * (total - yes[place]) / others) / held["doubt"]
                more = NORMAL.cdf(wish) - yes[place]
                yes[place], total, change = yes[place] + more, total + more, max(change, more)
        total = sum(yes)
        for place, own in enumerate(lean):
            margins[place] = own + held["isolation"] * (total - yes[place]) / others
        return margins

    def follow(self, ballot: Ballot, passed: bool) -> None:
        before = self.holds.get(ballot.key)
        if before is not None:
            self.after(self.consequence(ballot, before), -1.0, drift_only=True)
        self.after(self.consequence(ballot, passed), 1.0)
        self.holds[ballot.key] = passed

    def consequence(self, ballot: Ballot, passed: bool) -> tuple[Consequence, float]:
        held = ballot.passed if passed else ballot.failed
        u = self.luck.chance(0, "consequence", ballot.key, "passed" if passed else "failed")
        return held, triangle(u, held.low, 1.0, held.high)

    def after(self, told: tuple[Consequence, float], sign: float, *, drift_only: bool = False) -> None:
        held, factor = told
        for actor in self.actors:
            for k, issue in enumerate(self.dynamics.issues):
                actor.drift[k] += sign * factor * held.drift.get((actor.name, issue), 0.0)
                if not drift_only:
                    actor.wait_x[k] += factor * held.shift.get((actor.name, issue), 0.0)
            for c, covariate in enumerate(self.dynamics.covariates):
                if not drift_only:
                    actor.wait_z[c] += factor * held.change.get((actor.name, covariate), 0.0)


def holds(tree: Tree, votes: list[int]) -> bool:
    """Return whether a rule holds for votes of 1, 0 and -1."""
    if isinstance(tree, Leaf):
        return sum(int(tree.gain[1 - vote][place]) for place, vote in enumerate(votes)) >= tree.need
    assert isinstance(tree, Node)
    parts = (holds(part, votes) for part in tree.parts)
    return all(parts) if tree.every else any(parts)


def experiments(futures: Futures, luck: Callable[[int], Luck], draws: range) -> list[World]:
    """Run one future after another."""
    return [World(futures, future, luck(future)).run() for future in draws]
