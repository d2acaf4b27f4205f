"""Wedges in a case: whom a divider could detach from a bloc, at what price, and what would bind it.

The equations are those of `strategy.wedges`. How a case fills them in is ours: distances, shares and votes
are read from the agenda and the decision's rule; rewards and pressure from the levers of both players, by how
far they move the point where a member says yes, in the units of the item; costs and stakes in points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError
from detente.simulation.drawing import stream, triangle
from detente.simulation.institutions.power import power
from detente.strategy.campaign.sides import Side, asked_of, side
from detente.strategy.wedges.analysing import Wedges, analyse
from detente.strategy.wedges.inputs import Defender, Divider, Targets

if TYPE_CHECKING:
    from detente.cases.strategies import Lever, Wedge
    from detente.simulation.projection.preparing import Prepared

Floats = NDArray[np.float64]
OFFERS = ("reward", "accommodation", "institution")
"""Means by which either side draws a member to itself; coercion is the other."""
MOST_SPREAD = 0.5
"""The largest standard deviation of positions from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Wedged:
    """The analysis of a case's wedge: by target, with the words of the case."""

    divider: Side
    defender: Side
    targets: tuple[str, ...]
    analysis: Wedges
    missing: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row for each member of the bloc, the most worth to the divider first."""
        return self.analysis.frame(self.targets)


def wedging(prepared: Prepared) -> Wedged | None:
    """Return the analysis of the case's wedge, None where it asks for none.

    Raises `StrategyError` where the divider stands nowhere on the item, or nobody of the bloc does.
    """
    case = prepared.case
    spec = asked_of(case).wedge
    if spec is None:
        return None
    divider, defender = side(case, spec.divider), side(case, spec.defender)
    dynamics = prepared.futures.dynamics
    issue, actors = dynamics.issues.index(spec.item), dynamics.actors
    inside = prepared.names.members[spec.bloc]
    targets = tuple(actor for actor in inside if actor in prepared.on[spec.item])
    theirs = [actor for actor in divider.player.actors if actor in prepared.on[spec.item]]
    if not theirs or not targets:
        what = f"{divider.player.title} or the members of {spec.bloc} stand nowhere on {spec.item!r}"
        raise StrategyError(Problem("strategies.wedge", what, "choose an item on which both do"))
    x = dynamics.start[:, :, issue]
    at = [actors.index(actor) for actor in targets]
    pole = x[:, [actors.index(actor) for actor in theirs]].mean(axis=1, keepdims=True)
    own = x[:, at]
    others = (own.sum(axis=1, keepdims=True) - own) / max(len(at) - 1, 1)
    cares, share = _weights(prepared, spec, targets)
    return Wedged(
        divider,
        defender,
        targets,
        analyse(
            Targets(
                share=share,
                pivot=_pivots(prepared, spec, targets),
                loss=_losses(own, pole),
                to_divider=np.clip(np.abs(own - pole), 0.0, 1.0),
                to_bloc=np.clip(np.abs(own - others), 0.0, 1.0),
                cares=cares,
            ),
            divider=_divides(prepared, spec, divider, targets, np.sign(pole - own)),
            defender=_defends(prepared, spec, defender, targets, np.sign(pole - own)),
        ),
        tuple(actor for actor in inside if actor not in targets),
    )


def _weights(prepared: Prepared, spec: Wedge, targets: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return salience on the item, and shares in the bloc's capability, of each target."""
    cells = prepared.table.cells[spec.item]
    place = {actor: column for column, actor in enumerate(cells.actors)}
    told = {kind: np.array([cells.readings[kind][place[actor]].value for actor in targets])
            for kind in ("salience", "capability")}  # fmt: skip
    return told["salience"], told["capability"] / (told["capability"].sum() or 1.0)


def _pivots(prepared: Prepared, spec: Wedge, targets: tuple[str, ...]) -> Floats:
    """Return how often each target is pivotal under the decision's rule: its Shapley–Shubik index, a share of
    all orders of voting, beside its share of capability. Under unanimity all members are alike in this.
    """
    ballots = {ballot.key: ballot for ballot in prepared.futures.ballots}
    if spec.decision is None or spec.decision not in ballots:
        return np.zeros(len(targets))
    told = power(ballots[spec.decision].rule).table.set_index("actor")["shapley_shubik"]
    return np.array([float(told.get(actor, 0.0)) for actor in targets])


def _losses(own: Floats, pole: Floats) -> Floats:
    """Return by how much the spread of the bloc would grow if a target stood where the divider does, (P, N),
    as a share of the largest spread that there can be.
    """
    size = own.shape[1]
    mean, square = own.mean(axis=1, keepdims=True), (own**2).mean(axis=1, keepdims=True)
    then = mean + (pole - own) / size
    spread = np.sqrt(np.maximum(square + (pole**2 - own**2) / size - then**2, 0.0))
    return np.asarray(np.clip((spread - own.std(axis=1, keepdims=True)) / MOST_SPREAD, 0.0, 1.0))


def _moves(
    prepared: Prepared, spec: Wedge, levers: Mapping[str, Lever], targets: tuple[str, ...], draws: int
) -> Iterator[tuple[Lever, Floats]]:
    """Yield each lever with how far it moves each target up the item, or to a yes, (P, N)."""
    assert prepared.case.projection is not None
    names, drivers = prepared.names, prepared.case.projection.drivers
    for key, lever in levers.items():
        moved = dict.fromkeys(targets, 0.0)
        tables = [(lever.pays.get(spec.decision or "", {}), 1.0), (lever.shift.get(spec.item, {}), 1.0)]
        for driver, sizes in lever.change.items():
            effect = drivers[driver].effects.get(spec.item) if driver in drivers else None
            tables.append((sizes, effect.value if effect else 0.0))
        for table, times in tables:
            for (actor, _), size in names.spread(table, spec.item, f"strategies.levers.{key}"):
                moved[actor] = moved.get(actor, 0.0) + size * times
        low, high = np.asarray(lever.low), np.asarray(lever.high)
        factor = triangle(stream(0, "wedge", key).random(draws), low, np.asarray(1.0), high)
        yield lever, np.array([moved[actor] for actor in targets]) * factor[:, None]


@dataclass(frozen=True, eq=False)
class _Offers:
    """What a side can do for, or to, each target, (P, N): `reward` all its offers that go its own way, added
    up; `pressure` all its coercion, and `blowback` the share of that which goes the other way. `cost` and
    `pressure_cost` are points for a unit, over all targets.
    """

    reward: Floats
    pressure: Floats
    blowback: Floats
    cost: float
    pressure_cost: float


def _offers(prepared: Prepared, spec: Wedge, who: Side, targets: tuple[str, ...], toward: Floats) -> _Offers:
    """Return what a side can do; `toward` (P, N) is 1 where its way is up the item, -1 where it is down."""
    reward, pressure, back = (np.zeros(toward.shape) for _ in range(3))
    spent = {"reward": 0.0, "pressure": 0.0}
    for lever, moved in _moves(prepared, spec, who.levers, targets, len(toward)):
        cost = lever.cost.value * (who.player.gdp_point if lever.cost.unit == "percent_gdp" else 1.0)
        own_way = moved * toward
        if lever.means in OFFERS:
            worth = np.maximum(own_way * (1 - 2 * lever.backlash), 0.0)
            reward += worth
            spent["reward"] += cost * bool(worth.any())
        else:
            pressure += np.abs(moved)
            back += np.abs(moved) * np.where(own_way > 0, lever.backlash, 1 - lever.backlash)
            spent["pressure"] += cost * bool(moved.any())
    blowback = np.divide(back, pressure, out=np.full(toward.shape, 0.5), where=pressure > 0)
    prices = [
        spent[name] / float(held.mean(axis=0).sum()) if held.any() else 1.0
        for name, held in (("reward", reward), ("pressure", pressure))
    ]
    return _Offers(reward, pressure, blowback, *prices)


def _divides(
    prepared: Prepared, spec: Wedge, divider: Side, targets: tuple[str, ...], toward: Floats
) -> Divider:
    held = _offers(prepared, spec, divider, targets, toward)
    return Divider(
        reward=held.reward, pressure=held.pressure, blowback=held.blowback, cost=held.cost,
        pressure_cost=held.pressure_cost, stake=_stake(divider, spec),
    )  # fmt: skip


def _defends(
    prepared: Prepared, spec: Wedge, defender: Side, targets: tuple[str, ...], toward: Floats
) -> Defender:
    held = _offers(prepared, spec, defender, targets, -toward)
    return Defender(reward=held.reward, cost=held.cost, stake=_stake(defender, spec))


def _stake(who: Side, spec: Wedge) -> float:
    """Return what the whole bloc is worth to a side, in points: that the decision comes out otherwise each
    time, if that is among its objectives; else a point of each of them.
    """
    wants = who.player.objectives.values()
    about = [each for each in wants if each.measure is not None and each.measure.passes == spec.decision]
    if spec.decision is None or not about:
        return sum(each.weight for each in wants)
    return sum(each.weight / each.unit for each in about)
