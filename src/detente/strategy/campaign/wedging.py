"""Wedges in a case: whom a divider could detach from a bloc, at what price, and what would bind it.

Distances, shares and votes are read from the agenda and the decision's rule; rewards and pressure from the
levers of both players, in the units of the item: how far they move the point where a member says yes.
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
MOST_WEIGHT = 10_000
"""Weights that add up to more are rounded where power is counted, as for decisions."""


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
                loss=_losses(own),
                to_divider=np.clip(np.abs(own - pole), 0.0, 1.0),
                to_bloc=np.clip(np.abs(own - others), 0.0, 1.0),
                cares=cares,
            ),
            divider=_divides(prepared, spec, divider, targets, len(own)),
            defender=_defends(prepared, spec, defender, targets, len(own)),
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
    """Return each target's Shapley-Shubik index under the decision's rule, over the largest."""
    ballots = {ballot.key: ballot for ballot in prepared.futures.ballots}
    if spec.decision is None or spec.decision not in ballots:
        return np.zeros(len(targets))
    told = power(ballots[spec.decision].rule).table.set_index("actor")["shapley_shubik"]
    values = np.array([float(told.get(actor, 0.0)) for actor in targets])
    return values / (values.max() or 1.0)


def _losses(own: Floats) -> Floats:
    """Return how far each stands from the bloc's mean, as a share of the furthest, (P, N): how much of the
    bloc's cohesion hangs on it.
    """
    mean = own.mean(axis=1, keepdims=True)
    moved = np.abs(own - mean)
    return np.asarray(np.clip(moved / np.maximum(moved.max(axis=1, keepdims=True), 1e-12), 0.0, 1.0))


def _sizes(
    prepared: Prepared, spec: Wedge, levers: Mapping[str, Lever], targets: tuple[str, ...], draws: int
) -> Iterator[tuple[Lever, Floats]]:
    """Yield each lever with how far it moves each target, (P, N), whatever the sign."""
    assert prepared.case.projection is not None
    names, drivers = prepared.names, prepared.case.projection.drivers
    for key, lever in levers.items():
        moved: dict[str, float] = {}
        tables = [lever.pays.get(spec.decision or "", {}), lever.shift.get(spec.item, {})]
        for table in tables:
            for (actor, _), size in names.spread(table, spec.item, f"strategies.levers.{key}"):
                moved[actor] = moved.get(actor, 0.0) + size
        for driver, sizes in lever.change.items():
            effect = drivers[driver].effects.get(spec.item) if driver in drivers else None
            for (actor, _), size in names.spread(sizes, driver, f"strategies.levers.{key}"):
                moved[actor] = moved.get(actor, 0.0) + size * (effect.value if effect else 0.0)
        low, high = np.asarray(lever.low), np.asarray(lever.high)
        factor = triangle(stream(0, "wedge", key).random(draws), low, np.asarray(1.0), high)
        yield lever, np.abs(np.array([moved.get(actor, 0.0) for actor in targets])) * factor[:, None]


def _divides(prepared: Prepared, spec: Wedge, divider: Side, targets: tuple[str, ...], draws: int) -> Divider:
    reward, pressure = (np.zeros((draws, len(targets))) for _ in range(2))
    blowback = []
    for lever, size in _sizes(prepared, spec, divider.levers, targets, draws):
        if lever.means == "coercion":
            pressure += size
            blowback.append(lever.backlash)
        elif lever.means in ("reward", "accommodation"):
            reward += size
    return Divider(
        reward=reward, pressure=pressure, blowback=float(np.mean(blowback)) if blowback else 0.5,
        cost=_price(divider, "reward"), pressure_cost=_price(divider, "coercion"),
    )  # fmt: skip


def _defends(
    prepared: Prepared, spec: Wedge, defender: Side, targets: tuple[str, ...], draws: int
) -> Defender:
    reward = np.zeros((draws, len(targets)))
    for lever, size in _sizes(prepared, spec, defender.levers, targets, draws):
        if lever.means in ("reward", "institution"):
            reward += size
    return Defender(reward=reward, cost=_price(defender, "reward"))


def _price(who: Side, means: str) -> float:
    """Return what the levers of a kind cost on average, in points; 1 where there are none."""
    costs = [
        each.cost.value * (who.player.gdp_point if each.cost.unit == "percent_gdp" else 1.0)
        for each in who.levers.values()
        if each.means == means
    ]
    return float(np.mean(costs)) if costs else 1.0
