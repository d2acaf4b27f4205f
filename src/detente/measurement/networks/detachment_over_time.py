"""Detachment period by period, as tables: how firmly each member of a bloc is held, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

import pandas as pd

from detente.errors import MeasurementError, Problem
from detente.measurement.networks.camps import Camps
from detente.measurement.networks.detachment import Detachment, detachment
from detente.measurement.networks.over_time import Period
from detente.measurement.networks.ties import Ties

UNTOLD = ["bloc", "period", "what", "hint"]


@dataclass(frozen=True)
class Asked:
    """What is asked of each period, as of `detachment`; `time_limit` is for one period."""

    core: tuple[str, ...] | None = None
    draws: int = 200
    seed: int = 0
    time_limit: float | None = None
    prove: bool = False


@dataclass(frozen=True, eq=False)
class BlocHistory:
    """How firmly the members of a bloc are held, over periods; every margin is an estimate.

    `detachment`: a row for each member and period as in `Detachment.members`, with `change`, how much its
    share grew since the `previous` period in which it was measured. `leaving_together` and `holds`, the
    ties alone, for the periods shown in full. `set_aside`: period, what, count, examples. `untold`: the
    periods that tell nothing of the bloc, with what is wrong and a hint.
    """

    detachment: pd.DataFrame
    leaving_together: pd.DataFrame
    holds: pd.DataFrame
    set_aside: pd.DataFrame
    untold: pd.DataFrame
    found: Mapping[Period, Detachment]


def detachment_over_time(
    networks: Mapping[Period, Ties | Camps],
    members: Mapping[Period, Iterable[str]],
    *,
    bloc: str,
    asked: Asked | None = None,
    full: Iterable[Period] = (),
) -> BlocHistory:
    """Return the margins of a bloc's members in each period, who they are being dated.

    Periods in `full` also get pairs, what holds each member in, and proofs where asked for; the last one if
    none is named. Each period has a core of its own unless `asked` names one. Raises MeasurementError where
    no period tells of the bloc.

    >>> from detente import ties
    >>> table = pd.DataFrame({"a": [*"AABCD"], "b": [*"BCCDE"], "weight": [3, 2, 2, 1, -4]})
    >>> networks = {2001: ties(table), 2002: ties(table.assign(weight=[3, 1, 1, 1, -4]))}
    >>> told = detachment_over_time(networks, dict.fromkeys(networks, "ABC"), bloc="Pact")
    >>> told.detachment.set_index("actor").loc["C", "margin"].tolist()
    [4.0, 2.0]
    """
    question = asked or Asked()
    shown = set(full) or set(list(networks)[-1:])
    found: dict[Period, Detachment] = {}
    problems: list[tuple[Period, Problem]] = []
    for period, network in networks.items():
        who = tuple(members.get(period, ()))
        try:
            prove = question.prove and period in shown
            asked_now = asdict(replace(question, prove=prove))
            found[period] = detachment(network, who, pairs=period in shown, **asked_now)
        except MeasurementError as error:
            problems += [(period, problem) for problem in error.problems]
    if not found:
        hint = "see who belongs to it in which period, and who the ties are between"
        told = [replace(each, where=f"{bloc}, {period}: {each.where}") for period, each in problems]
        raise MeasurementError(*(told or [Problem(bloc, "no periods", hint)]))
    return BlocHistory(
        detachment=_changed(_stacked(bloc, {key: each.members for key, each in found.items()})),
        leaving_together=_stacked(bloc, {key: each.pairs for key, each in found.items() if key in shown}),
        holds=_stacked(bloc, {key: _holds(each) for key, each in found.items() if key in shown}),
        set_aside=_stacked(bloc, {key: each.set_aside for key, each in found.items()}),
        untold=pd.DataFrame([[bloc, key, p.what, p.hint] for key, p in problems], columns=UNTOLD),
        found=found,
    )


def _stacked(bloc: str, parts: Mapping[Period, pd.DataFrame]) -> pd.DataFrame:
    """Return tables of periods as one, with the bloc and the period first."""
    every = [each.assign(bloc=bloc, period=period) for period, each in parts.items()]
    kept = [each for each in every if len(each)] or every[:1]
    found = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=["bloc", "period"])
    first = ["bloc", "period"]
    return found[[*first, *(name for name in found.columns if name not in first)]]


def _holds(found: Detachment) -> pd.DataFrame:
    """Return what holds each member in, ties alone."""
    return pd.concat([found.holds(actor, rest=False) for actor in found.members["actor"]], ignore_index=True)


def _changed(told: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the period in which each actor was measured before, and what its share gained."""
    earlier = told.groupby("actor")[["period", "share"]].shift()
    return told.assign(previous=earlier["period"], change=told["share"] - earlier["share"])
