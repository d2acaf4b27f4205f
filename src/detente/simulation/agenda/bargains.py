"""What comes out on each item if all on the agenda bargain: the case's model first, then others beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement.bootstrap import LEVEL
from detente.measurement.missing import Missing
from detente.simulation.agenda.table import Cells, State, Table
from detente.simulation.bargaining import averages
from detente.simulation.bargaining.actors import Actors
from detente.simulation.bargaining.models import MODELS, Answer, Question
from detente.simulation.frames import framed

Floats = NDArray[np.float64]
BESIDE = ("compromise", "median", "challenge", "influence")
"""Models that are computed in every case, at the likeliest inputs at least, and item by item."""

FEWER = 200
"""So many draws of a model that takes long."""


@dataclass(frozen=True)
class Outcome:
    """What a model makes of one item; without draws, low and high are missing."""

    outcome: float
    low: float = float("nan")
    high: float = float("nan")
    note: str = ""


def compromise(state: State) -> Floats:
    """Return the weighted mean of positions over the last axis, as in (draws, actors)."""
    return averages.compromise(state.position[..., None], state.weight[..., None])[..., 0]


def median(state: State) -> Floats:
    """Return the weighted median of positions in each draw, (draws,)."""
    return averages.median(state.position.T, state.weight.T)


QUICK: dict[str, Callable[[State], Floats]] = {"compromise": compromise, "median": median}
"""Models that can be computed for every draw at once."""


def told(values: Floats) -> Floats:
    """Return mean, low and high of draws (draws, ...): (3, ...). Of draws so skewed that their mean lies
    outside the interval, the interval is widened to it.

    >>> told(np.array([0.2, 0.4])).round(2).tolist()
    [0.3, 0.21, 0.39]
    """
    mean = values.mean(axis=0)
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return np.stack([mean, np.minimum(low, mean), np.maximum(high, mean)])


def bargains(table: Table, *, draws: int, seed: int) -> tuple[pd.DataFrame, list[Missing]]:
    """Return the table `bargains` of `frames.FRAMES`, and the items on which nobody could be placed."""
    assert table.case.agenda is not None
    main: str = table.case.agenda.model
    rows: list[dict[str, object]] = []
    missing = []
    traded = _traded(table)
    for item, cells in table.cells.items():
        if not cells.actors:
            missing.append(Missing("bargains", item, "nobody is left on the item"))
            continue
        state = cells.drawn(draws, seed=seed)
        found = {main: _main(main, table, item, state=state, seed=seed)}
        found |= {name: _beside(name, cells, state) for name in BESIDE if name != main}
        found |= {"exchange": traded[item]} if item in traded else {}
        common = _common(table, cells)
        rows += [
            {"item": item, "model": name, "model_title": MODELS[name].title, "main": name == main,
             "source": MODELS[name].source, **vars(each), **common}
            for name, each in found.items()
        ]  # fmt: skip
    return framed("bargains", rows), missing


def _common(table: Table, cells: Cells) -> dict[str, object]:
    """Return what all rows of an item share: of how much of the weight the position is assumed."""
    assert table.case.agenda is not None
    weight = cells.likeliest().weight[0]
    guessed = np.array([each.mark == "assumed" for each in cells.readings["position"]])
    return {
        "title": table.case.agenda.items[cells.item].title,
        "actors": len(cells.actors),
        "assumed": weight[guessed].sum() / (weight.sum() or 1.0),
        "mark": "assumed" if guessed.all() else "estimated",
    }


def _main(model: str, table: Table, item: str, *, state: State, seed: int) -> Outcome:
    if model in QUICK:
        return _over(QUICK[model](state))
    from detente.simulation.bargaining.verb import bargain

    found = bargain(table.uncertain((item,)), model=model, draws=min(len(state.position), FEWER), seed=seed)
    return _over(found.drawn[:, 0], note="; ".join(found.notes))


def _over(drawn: Floats, note: str = "") -> Outcome:
    mean, low, high = told(drawn)
    return Outcome(float(mean), float(low), float(high), note)


def _beside(model: str, cells: Cells, state: State) -> Outcome:
    if model in QUICK:
        return _over(QUICK[model](state))
    likeliest = cells.likeliest()
    one = Actors(
        cells.actors,
        (cells.item,),
        capability=likeliest.capability[0],
        position=likeliest.position.T,
        salience=likeliest.salience.T,
    )
    answer = MODELS[model].solve(one, Question())
    return Outcome(float(answer.outcome[0]), note=_notes(answer))


def _traded(table: Table) -> dict[str, Outcome]:
    """Return what comes out by item if actors trade one item against another; empty where there is one."""
    items = tuple(item for item, cells in table.cells.items() if cells.actors)
    actors = sorted(set.intersection(*(set(table.cells[item].actors) for item in items))) if items else []
    if len(items) < 2 or not actors:
        return {}
    states = [_only(table.cells[item], actors) for item in items]
    position, salience = (
        np.concatenate(each).T for each in zip(*((s.position, s.salience) for s in states), strict=True)
    )
    made = Actors(
        actors, items, capability=states[0].capability[0], position=position, salience=salience / len(items)
    )
    answer = MODELS["exchange"].solve(made, Question())
    return {
        item: Outcome(float(each), note=_notes(answer))
        for item, each in zip(items, answer.outcome, strict=True)
    }


def _only(cells: Cells, actors: list[str]) -> State:
    held = [cells.actors.index(actor) for actor in actors]
    state = cells.likeliest()
    return State(state.position[:, held], state.salience[:, held], state.capability[:, held])


def _notes(answer: Answer) -> str:
    ended = () if answer.ended == "settled" else (answer.ended,)
    return "; ".join([*answer.notes, *ended])
