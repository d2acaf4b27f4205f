"""The law of motion of a case: the panel's for general alignment, carried over to the agenda's items.

On an item, a typical actor's own shock has the scale that the case assumes (`moves`). Who moves more than
others, how heavy the tails are, what blocs share and how they pull is as the panel of alignment has it, in
proportion to the typical shock: alignment is the only position that is observed year by year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.cases.projection import ALIGNMENT
from detente.simulation.drawing import stream, triangle
from detente.simulation.dynamics import Dynamics
from detente.simulation.panel.forecast import own_shocks

if TYPE_CHECKING:
    from detente.cases.decisions import Effect
    from detente.cases.events import Signed
    from detente.cases.projection import Projection
    from detente.simulation.agenda.table import Cells, Table
    from detente.simulation.panel.stored import StoredFit

Floats = NDArray[np.float64]
PARAMETERS = 1000
"""Draws of parameters and starts: always as many, so that a future is the same however many are drawn."""
MOST_UNLIKE = 4.0
"""An actor moves at most so many times as far as a typical one on an item."""
YEAR = "year"
"""The covariate that carries the drift of alignment: it rises by one a year."""


@dataclass(frozen=True, eq=False)
class Past:
    """The panel's law, drawn: positions on alignment (P, N), shocks by actor (P, N) and bloc (P, B + 1),
    pulls (P, B), drift (P, 1), degrees of freedom (P,), and a typical own shock (P, 1). All are per year.

    `known` (N,): of whom there is a position.
    """

    start: Floats
    scale: Floats
    common: Floats
    alpha: Floats
    drift: Floats
    dof: Floats
    typical: Floats
    known: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Scene:
    """Who is followed, in which blocs at the start (N, B), on which issues, with which drivers."""

    actors: tuple[str, ...]
    blocs: tuple[str, ...]
    member: Floats
    issues: tuple[str, ...]
    drivers: tuple[str, ...]


def past(fit: StoredFit, scene: Scene, *, gap: float, ahead: int, seed: int) -> Past:
    """Return the panel's law for the actors of a scene, its positions carried on by `gap` years.

    Between the panel's last year and the start, members are those of the start. Draws of a pull below nothing
    count as nothing. Where the backtest found a random walk to be better
    calibrated `ahead` years on, pulls and drift are left out; shocks are widened as it found needed.
    """
    drawn, walk = fit.draw(stream(seed, "panel"), PARAMETERS), fit.default_is_walk(ahead)
    wider = float(np.mean([fit.stretch(horizon) for horizon in range(1, ahead + 1)]))
    blocs = [fit.blocs.index(bloc) if bloc in fit.blocs else -1 for bloc in scene.blocs]
    column = [fit.actors.index(each) if each in fit.actors else -1 for each in scene.actors]
    known = np.array(column) >= 0

    def of_blocs(values: Floats) -> Floats:
        held = np.zeros((PARAMETERS, len(blocs)))
        for place, bloc in enumerate(blocs):
            if bloc >= 0:
                held[:, place] = values[:, bloc]
        return held

    law = Past(
        start=_of_actors(drawn.start, column, "start", scene, seed),
        scale=wider * _of_actors(drawn.scale, column, "scale", scene, seed),
        common=wider * np.column_stack((of_blocs(drawn.common[:, :-1]), drawn.common[:, -1])),
        alpha=np.maximum(of_blocs(drawn.alpha), 0.0) * (not walk),
        drift=drawn.drift * (not walk),
        dof=drawn.dof,
        typical=wider * np.median(drawn.scale, axis=1, keepdims=True),
        known=known,
    )
    return _carried(law, scene, years=gap, seed=seed)


def _of_actors(values: Floats, column: Sequence[int], what: str, scene: Scene, seed: int) -> Floats:
    """Return values by actor of the scene; of whoever has none, those of others at random."""
    found, known = np.empty((len(values), len(column))), [each for each in column if each >= 0]
    for place, each in enumerate(column):
        if each >= 0:
            found[:, place] = values[:, each]
        else:
            chosen = stream(seed, "unknown", what, scene.actors[place]).integers(len(known), size=len(values))
            found[:, place] = values[np.arange(len(values)), np.array(known)[chosen]]
    return found


def _carried(law: Past, scene: Scene, *, years: float, seed: int) -> Past:
    """Return the law with positions after so many years, by whole years and what is left of one."""
    x, average = law.start, scene.member / np.maximum(scene.member.sum(axis=0), 1.0)
    loads = np.column_stack((scene.member, np.ones(len(scene.actors))))
    steps = [1.0] * int(years) + [years - int(years)] * (years > int(years))
    for place, step in enumerate(steps):
        rng = stream(seed, "carried", str(place))
        dof = None if np.isinf(law.dof).all() else law.dof[:, None]
        own = law.scale * own_shocks(dof, x.shape, rng)
        shared = (law.common * rng.standard_normal(law.common.shape)) @ loads.T
        pulled = law.alpha * (x @ average)
        x = x + step * (pulled @ scene.member.T - (law.alpha @ scene.member.T) * x + law.drift)
        x = x + np.sqrt(step) * (own + shared)
    return Past(**{**vars(law), "start": x})


def dynamics(
    projection: Projection, scene: Scene, table: Table, law: Past, *, weight: Floats | None, seed: int
) -> Dynamics:
    """Return the law of all issues in half-years; `weight` (N, N) says who listens to whom."""
    starts = {item: _start(table.cells[item], scene, seed) for item in projection.items}
    size = {item: _drawn(projection.speed.get(item, projection.moves), "moves", item, seed)
            for item in projection.items}  # fmt: skip
    unlike = np.minimum(law.scale / law.typical, MOST_UNLIKE)
    shared = law.common / law.typical
    own = {item: size[item][:, None] * unlike for item in projection.items}
    common = {item: size[item][:, None] * shared for item in projection.items}
    if ALIGNMENT in scene.issues:
        starts[ALIGNMENT], own[ALIGNMENT], common[ALIGNMENT] = law.start, law.scale, law.common
    omega = np.zeros(PARAMETERS)
    if projection.influence is not None and weight is not None:
        omega = _drawn(projection.influence.strength, "influence", "", seed)

    def stacked(by_issue: Mapping[str, Floats]) -> Floats:
        return np.stack([by_issue[issue] for issue in scene.issues], axis=-1)

    yearly = Dynamics(
        actors=scene.actors,
        issues=scene.issues,
        blocs=scene.blocs,
        covariates=scene.drivers,
        start=stacked(starts),
        membership=scene.member,
        influence=np.zeros((len(scene.actors),) * 2) if weight is None else weight,
        alpha=law.alpha,
        omega=omega[:, None] * np.ones(len(scene.issues)),
        beta=_effects(projection, scene, law, seed),
        sigma_common=stacked(common),
        sigma_own=stacked(own),
        dof=law.dof,
        years=1.0,
    )
    return yearly.halved()


def _start(cells: Cells, scene: Scene, seed: int) -> Floats:
    """Return drawn positions on an item (P, N); of whoever has none, those of others at random."""
    position = cells.drawn(PARAMETERS, seed=seed).position
    column = [cells.actors.index(each) if each in cells.actors else -1 for each in scene.actors]
    return _of_actors(position, column, cells.item, scene, seed)


def _effects(projection: Projection, scene: Scene, law: Past, seed: int) -> Floats:
    """Return what a change of 1 in each driver does to each issue, (P, C, K)."""
    found = np.zeros((PARAMETERS, len(scene.drivers), len(scene.issues)))
    for row, key in enumerate(scene.drivers):
        driver = projection.drivers.get(key)
        for column, issue in enumerate(scene.issues):
            if driver is not None and issue in driver.effects:
                found[:, row, column] = _drawn(driver.effects[issue], f"effect of {key}", issue, seed)
    if YEAR in scene.drivers and ALIGNMENT in scene.issues:
        found[:, scene.drivers.index(YEAR), scene.issues.index(ALIGNMENT)] = law.drift[:, 0]
    return found


def _drawn(held: Effect | Signed, what: str, item: str, seed: int) -> Floats:
    """Return draws of an assumed number (P,)."""
    ends: list[Any] = [np.asarray(each) for each in (held.low, held.value, held.high)]
    return triangle(stream(seed, what, item).random(PARAMETERS), *ends)
