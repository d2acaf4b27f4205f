"""What can be wrong with what futures are drawn from: every mistake, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, did_you_mean
from detente.simulation.dynamics import wrong_cells

if TYPE_CHECKING:
    from detente.simulation.ensemble.ballots import Ballot, Consequence, Size
    from detente.simulation.ensemble.futures import Covariates, Futures
    from detente.simulation.ensemble.shocks import Cells, Shock

Floats = NDArray[np.float64]
MOST_STEPS = 200
FIRST_YEAR, LAST_YEAR = 1700, 2250
"""Days are counted between these."""
POSSIBLE = {"start_sd": (0.0, np.inf), "spread": (0.0, np.inf)}


def spread(futures: Futures, given: Covariates) -> dict[str, Floats]:
    """Return the covariates' tables in their full shapes; raises `SimulationError` where they do not fit."""
    dynamics, steps = futures.dynamics, futures.steps
    cells = len(dynamics.actors), len(dynamics.covariates)
    shapes: dict[str, tuple[int, ...]] = {
        "start": cells, "start_sd": cells, "path": (steps, *cells), "spread": cells, "low": cells[1:],
        "high": cells[1:],
    }  # fmt: skip
    found, problems = {}, []
    for name, shape in shapes.items():
        values = np.array(getattr(given, name), dtype=float)
        if name == "path" and values.ndim == 3 and values.shape[1:] == cells and len(values) < steps:
            what = f"{', '.join(dynamics.covariates)} end after {len(values)} of {steps} steps"
            problems.append(Problem("covariates: path", what, "give a change for every step, or fewer steps"))
            continue
        if name == "path" and values.ndim == 3:
            values = values[:steps]
        if values.ndim and values.shape != shape:
            what = f"has shape {np.shape(getattr(given, name))}, not {shape}"
            problems.append(Problem(f"covariates: {name}", what, "give that shape, or one number for all"))
            continue
        found[name] = np.array(np.broadcast_to(values, shape))
    if problems:
        raise SimulationError(*problems)
    return found


def covariate_problems(futures: Futures, held: Mapping[str, Floats]) -> Iterator[Problem]:
    """Yield every cell of the covariates that is no number, or out of its bounds."""
    dynamics = futures.dynamics
    actors, names = dynamics.actors, dynamics.covariates
    steps = tuple(f"step {step}" for step in range(1, futures.steps + 1))
    labels: dict[str, list[tuple[str, ...]]] = {"path": [steps, actors, names]}
    for name in ("start", "start_sd", "path", "spread"):
        allowed = POSSIBLE.get(name, (-np.inf, np.inf))
        yield from wrong_cells(f"covariates: {name}", held[name], labels.get(name, [actors, names]), allowed)
    for place, name in enumerate(names):
        low, high = float(held["low"][place]), float(held["high"][place])
        if not low <= high:
            yield Problem(f"covariates: {name}", f"bounds from {low:g} to {high:g}", "order low and high")
            continue
        for row in np.flatnonzero((held["start"][:, place] < low) | (held["start"][:, place] > high)):
            what = f"starts at {held['start'][row, place]:g}, outside {low:g} to {high:g}"
            yield Problem(f"covariates: {name} of {actors[row]}", what, "widen the bounds, or move the start")


def problems_of(futures: Futures) -> Iterator[Problem]:
    """Yield everything that does not fit in ballots, shocks, payments, lines and the window."""
    if not 1 <= futures.steps <= MOST_STEPS:
        yield Problem("steps", f"{futures.steps} steps", f"give 1 to {MOST_STEPS}")
        return
    last = futures.begins.year + futures.steps * futures.dynamics.years
    if not FIRST_YEAR <= futures.begins.year <= last <= LAST_YEAR:
        what = f"{futures.steps} steps of {futures.dynamics.years:g} years from {futures.begins} on"
        yield Problem("steps", what, f"begin and end between {FIRST_YEAR} and {LAST_YEAR}")
    if futures.every < 1 or futures.steps % futures.every:
        what = f"{futures.steps} steps cannot be recorded every {futures.every}"
        yield Problem("every", what, "let it divide the number of steps")
    for kind in ("ballots", "shocks", "lines"):
        for key, times in Counter(each.key for each in getattr(futures, kind)).items():
            if times > 1:
                yield Problem(f"{kind}: {key}", f"is named {times} times", "name each once")
    for ballot in futures.ballots:
        yield from _ballot_problems(futures, ballot)
    for shock in futures.shocks:
        yield from _shock_problems(futures, shock)
    yield from _payment_problems(futures)
    for line in futures.lines:
        yield from _unknown(f"line {line.key}", "issue", [line.issue], futures.dynamics.issues)
        yield from _numbers(f"line {line.key}", {"at": line.at})


def _ballot_problems(futures: Futures, ballot: Ballot) -> Iterator[Problem]:
    where, dynamics = f"ballot {ballot.key}", futures.dynamics
    yield from _unknown(where, "issue", [ballot.issue], dynamics.issues)
    yield from _unknown(where, "actor", ballot.level, dynamics.actors)
    yield from _numbers(where, {"cut": ballot.cut, "slope": ballot.slope, **ballot.level})
    for rule in (ballot.rule, *ballot.later.values()):
        yield from _unknown(where, "voter", rule.voters.actors, dynamics.actors)
    for step, times in Counter(ballot.steps).items():
        yield from _outside(where, step, futures)
        if times > 1:
            yield Problem(where, f"comes up {times} times at step {step}", "name each step once")
    for effect, name in (("hold", ballot.on), ("pressure", ballot.pressed_by)):
        size: Size = getattr(ballot, effect)
        if name is not None:
            yield from _unknown(where, "covariate", [name], dynamics.covariates)
        elif size.high > 0:
            yield Problem(where, f"{effect} is of no covariate", "name it: `on` or `pressed_by`")
    for effect in ("doubt", "abstention", "hold", "pressure", "isolation"):
        yield from _size_problems(f"{where}: {effect}", getattr(ballot, effect))
    if ballot.doubt.low <= 0:
        yield Problem(where, "without any doubt, nothing is uncertain", "let doubt.low be more than 0")
    for outcome in ("passed", "failed"):
        yield from _consequence_problems(futures, f"{where}, if {outcome}", getattr(ballot, outcome))


def _consequence_problems(futures: Futures, where: str, held: Consequence) -> Iterator[Problem]:
    issues, covariates = futures.dynamics.issues, futures.dynamics.covariates
    for cells, kind, known in (
        (held.shift, "issue", issues), (held.drift, "issue", issues), (held.change, "covariate", covariates)
    ):  # fmt: skip
        yield from _cell_problems(futures, where, cells, kind, known)
    yield from _factor_problems(where, held.low, held.high)


def _shock_problems(futures: Futures, shock: Shock) -> Iterator[Problem]:
    where, dynamics = f"shock {shock.key}", futures.dynamics
    yield from _outside(where, shock.step, futures)
    for cells, kind, known in (
        (shock.shift, "issue", dynamics.issues), (shock.change, "covariate", dynamics.covariates),
        (shock.target, "covariate", dynamics.covariates), (shock.members, "bloc", dynamics.blocs),
    ):  # fmt: skip
        yield from _cell_problems(futures, where, cells, kind, known)
    yield from _unknown(where, "actor", shock.hears, dynamics.actors)
    yield from _unknown(where, "issue", shock.news, dynamics.issues)
    yield from _numbers(where, shock.news, least=0.0)
    yield from _factor_problems(where, shock.low, shock.high)
    for name in ("chance", "backlash"):
        if not 0 <= getattr(shock, name) <= 1:
            yield Problem(where, f"{name} {getattr(shock, name):g} is not from 0 to 1", "give a probability")
    if shock.members and shock.chance < 1:
        yield Problem(where, "membership is a matter of chance", "let chance be 1; compare two scenarios")
    if any(value not in (0, 1) for value in shock.members.values()):
        yield Problem(where, "membership is neither 0 nor 1", "give 1 to join, 0 to leave")
    if shock.target and (shock.high > 1 or shock.low < 0 or shock.backlash > 0):
        yield Problem(where, "a target is reached from nothing to wholly", "let the factor stay from 0 to 1")


def _payment_problems(futures: Futures) -> Iterator[Problem]:
    voters = {each.key: each.rule.voters.actors for each in futures.ballots}
    for ballot in futures.ballots:
        for rule in ballot.later.values():
            voters[ballot.key] = tuple(dict.fromkeys((*voters[ballot.key], *rule.voters.actors)))
    for payment in futures.payments:
        where = f"payment to {payment.actor}"
        yield from _unknown(where, "ballot", [payment.ballot], tuple(voters))
        if payment.ballot in voters:
            yield from _unknown(where, f"voter in {payment.ballot}", [payment.actor], voters[payment.ballot])
        yield from _numbers(where, {"size": payment.size})
        if not 1 <= payment.since <= min(payment.until, futures.steps):
            what = f"from step {payment.since} to {payment.until}, of {futures.steps}"
            yield Problem(where, what, "begin inside the window, and before the end")


def _cell_problems(
    futures: Futures, where: str, cells: Cells, kind: str, known: Sequence[str]
) -> Iterator[Problem]:
    yield from _unknown(where, "actor", dict.fromkeys(actor for actor, _ in cells), futures.dynamics.actors)
    yield from _unknown(where, kind, dict.fromkeys(name for _, name in cells), known)
    yield from _numbers(where, {f"{actor}, {name}": size for (actor, name), size in cells.items()})


def _unknown(where: str, kind: str, names: Iterable[str], known: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"known are {', '.join(known) or 'none'}"
            yield Problem(where, f"there is no {kind} {name!r}", hint)


def _numbers(where: str, values: Mapping[str, Any], least: float = -np.inf) -> Iterator[Problem]:
    for name, value in values.items():
        if not (np.isfinite(value) and value >= least):
            hint = f"give a number of {least:g} or more" if np.isfinite(least) else "give a number"
            yield Problem(where, f"{name} is {value}", hint)


def _size_problems(where: str, size: Size) -> Iterator[Problem]:
    numbers = (size.low, size.value, size.high)
    if not all(np.isfinite(numbers)) or not 0 <= size.low <= size.value <= size.high:
        yield Problem(
            where, f"runs from {size.low} over {size.value} to {size.high}", "order them, from 0 up"
        )


def _factor_problems(where: str, low: float, high: float) -> Iterator[Problem]:
    if not (np.isfinite(low) and np.isfinite(high) and 0 <= low <= 1 <= high):
        yield Problem(
            where, f"the factor of its size runs from {low} over 1 to {high}", "order them, from 0 up"
        )


def _outside(where: str, step: int, futures: Futures) -> Iterator[Problem]:
    if not 1 <= step <= futures.steps:
        hint = f"choose a step from 1 to {futures.steps}, or more steps"
        yield Problem(where, f"step {step} lies outside the window", hint)
