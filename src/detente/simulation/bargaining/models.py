"""Every model of bargaining: what it is, where it comes from, and how it makes an outcome of actors.

To add a model, write its kernel in a file of its own and give it a row in `MODELS`. Kernels of positions and
weights go there through `_by_weight`; what takes options, or tells more, has a function here that makes an
`Answer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from detente.errors import Problem, SimulationError
from detente.simulation.bargaining.actors import Actors, Floats, Perceptions
from detente.simulation.bargaining.averages import compromise, condorcet, median
from detente.simulation.bargaining.challenge import Challenge, challenge
from detente.simulation.bargaining.exchange import exchange
from detente.simulation.bargaining.influence import Settled, bounded_confidence, friedkin_johnsen
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.results import Ended


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model makes of actors: outcome (issues,), positions (turns + 1, actors, issues), and notes."""

    outcome: Floats
    positions: Floats
    ended: Ended = "settled"
    circle: int = 0
    notes: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Influence:
    """Who listens to whom.

    `weights` (actors, actors) have rows that add up to one, by default each listens to all by capability;
    `openness` (actors,) is by default 1 less the actor's mean salience.
    """

    weights: Floats | None = None
    openness: Floats | None = None


@dataclass(frozen=True)
class Confidence:
    """How far apart two may stand and still listen to one another, on the scale of 0 to 1."""

    reach: float = 0.25


@dataclass(frozen=True)
class Question:
    """What is asked of a model besides the actors."""

    options: Any = None
    perceptions: Perceptions | None = None
    seed: int = 0


@dataclass(frozen=True)
class Model:
    """One row of the registry."""

    title: str
    source: str
    options: type | None
    solve: Callable[[Actors, Question], Answer]


def _weights(actors: Actors) -> Floats:
    return actors.capability[:, None] * actors.salience


def _still(actors: Actors, outcome: Floats, **more: Any) -> Answer:
    return Answer(outcome, actors.position[None], **more)


def _by_weight(kernel: Callable[[Floats, Floats], Floats]) -> Callable[[Actors, Question], Answer]:
    """Return a model from a kernel: positions and weights (actors, issues) to an outcome (issues,)."""
    return lambda actors, _: _still(actors, kernel(actors.position, _weights(actors)))


def _condorcet(actors: Actors, _: Question) -> Answer:
    """The position that no other beats; where there is a cycle, the median of each issue, and a note."""
    order = actors.order
    winner, votes = condorcet(actors.position[order], actors.salience[order], actors.capability[order])
    names = [actors.names[place] for place in order]
    told = {"votes": pd.DataFrame(votes, index=names, columns=names)}
    if winner is None:
        note = "every position is beaten by another: a cycle; the median of each issue stands in"
        return _still(actors, median(actors.position, _weights(actors)), notes=(note,), tables=told)
    return _still(actors, actors.position[order[winner]], tables=told)


def _election(actors: Actors, asked: Question) -> Answer:
    """The mean of all positions, by their chances in an election of all against all, attitudes to risk in."""
    from detente.simulation.bargaining.spatial_chances import starting_chances

    chance = starting_chances(actors, asked.options or SpatialOptions())
    place = pd.DataFrame({"actor": actors.names, "chance": chance})
    shared = np.unique(np.round(actors.position, 9), axis=0, return_inverse=True)[1].ravel()
    each = chance / np.bincount(shared)[shared]
    return _still(actors, each @ actors.position / each.sum(), tables={"chances": place})


def _challenge(actors: Actors, asked: Question) -> Answer:
    """The median after the rounds, issue by issue; actors in the order of their names."""
    order, weight, spec = actors.order, _weights(actors), asked.options or Challenge()
    told = [
        challenge(actors.position[order, d], weight[order, d], actors.salience[order, d], spec)
        for d in range(len(actors.issues))
    ]
    turns = max(len(each.position) for each in told)
    track = np.empty((turns, actors.size, len(told)))
    for d, each in enumerate(told):
        track[:, order, d] = each.position[np.minimum(np.arange(turns), len(each.position) - 1)]
    cycle = max(each.cycle for each in told)
    ended: Ended = (
        "settled" if all(each.settled for each in told) else "goes round" if cycle else "out of time"
    )
    table = pd.concat(
        [
            pd.DataFrame(
                {"issue": issue, "round": range(len(each.median)), "median": each.median, "mean": each.mean}
            )
            for issue, each in zip(actors.issues, told, strict=True)
        ],
        ignore_index=True,
    )
    notes = [f"the chance that the status quo holds is taken as {spec.hold:g}: outcomes hang on it strongly"]
    if len(told) > 1:
        notes.append("each issue is settled on its own")
    if ended != "settled":
        notes.append(f"actors still move after {turns - 1} rounds")
    outcome = np.array([each.median[-1] for each in told])
    return Answer(outcome, track, ended, cycle, tuple(notes), tables={"rounds": table})


def _spatial(actors: Actors, asked: Question) -> Answer:
    from detente.simulation.bargaining.spatial import run_spatial

    run = run_spatial(actors, options=asked.options, perceptions=asked.perceptions, seed=asked.seed)
    told = {"turns": run.table(), "challenges": run.challenges()}
    return Answer(run.mean(), run.positions, run.ended, run.circle, run.notes, run.corrections, told)


def _exchange(actors: Actors, _: Question) -> Answer:
    order = actors.order
    trades = exchange(actors.position[order], actors.capability[order], actors.salience[order])
    names, back = [actors.names[place] for place in order], np.argsort(order)
    made = pd.DataFrame(
        [
            {
                "first": names[each.first], "gives_way_on": actors.issues[each.gives],
                "second": names[each.second], "who_gives_way_on": actors.issues[each.gets],
                "gain": each.gain,
            }
            for each in trades.made
        ],
        columns=["first", "gives_way_on", "second", "who_gives_way_on", "gain"],
    )  # fmt: skip
    notes = ("with one issue there is nothing to trade",) if len(actors.issues) == 1 else ()
    track = np.stack([actors.position, trades.position[back]])
    return Answer(trades.outcome, track, notes=notes, tables={"trades": made})


def _influence(actors: Actors, asked: Question) -> Answer:
    spec = asked.options or Influence()
    by_weight = np.tile(actors.capability, (actors.size, 1))
    even = np.full((actors.size, actors.size), 1 / actors.size)
    usual = by_weight / actors.capability.sum() if actors.capability.sum() > 0 else even
    weights = usual if spec.weights is None else spec.weights
    openness = 1 - actors.salience.mean(axis=1) if spec.openness is None else spec.openness
    try:
        found = friedkin_johnsen(actors.position, np.asarray(weights), np.asarray(openness))
    except ValueError as error:
        raise SimulationError(Problem("influence", str(error), "see detente's page on influence")) from error
    return _moved(actors, found)


def _confidence(actors: Actors, asked: Question) -> Answer:
    return _moved(actors, bounded_confidence(actors.position, (asked.options or Confidence()).reach))


def _moved(actors: Actors, found: Settled) -> Answer:
    outcome = compromise(found.position, _weights(actors))
    notes = () if found.settled else (f"actors still move after {found.steps} steps",)
    ended: Ended = "settled" if found.settled else "out of time"
    return Answer(outcome, np.stack([actors.position, found.position]), ended, notes=notes)


MODELS: dict[str, Model] = {
    "compromise": Model(
        "weighted mean",
        "Van den Bos 1991; Achen 2006; no model forecasts better on record",
        None,
        _by_weight(compromise),
    ),
    "median": Model("weighted median", "Black 1948, issue by issue", None, _by_weight(median)),
    "condorcet": Model("Condorcet winner among positions", "Condorcet 1785", None, _condorcet),
    "election": Model(
        "probabilistic Condorcet election on first positions", "KTAB, KAPSARC 2015", SpatialOptions, _election
    ),
    "challenge": Model(
        "challenge model",
        "Bueno de Mesquita 1994, as read by Scholz, Calbert and Smith 2011",
        Challenge,
        _challenge,
    ),
    "spatial": Model("spatial model of politics", "KTAB, KAPSARC 2015", SpatialOptions, _spatial),
    "exchange": Model("exchange of positions", "Stokman and Van Oosten 1994", None, _exchange),
    "influence": Model("influence network", "Friedkin and Johnsen 1999", Influence, _influence),
    "bounded_confidence": Model("bounded confidence", "Hegselmann and Krause 2002", Confidence, _confidence),
}
"""Every model by its name."""
