"""Levers as what they add to a case's futures, each worked out once, however many portfolios hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from detente.errors import Problem, SimulationError, raise_all
from detente.simulation.projection.preparing import adding

if TYPE_CHECKING:
    from detente.cases.strategies import Lever
    from detente.simulation.ensemble.ballots import Ballot, Payment
    from detente.simulation.ensemble.futures import Futures
    from detente.simulation.ensemble.shocks import Shock
    from detente.simulation.projection.preparing import Prepared

WHERE = "strategies.levers"


@dataclass(frozen=True, eq=False)
class Change:
    """What a set of levers adds to futures; `ballots` take the place of those that there are, if given."""

    shocks: tuple[Shock, ...] = ()
    payments: tuple[Payment, ...] = ()
    ballots: tuple[Ballot, ...] | None = None

    def upon(self, base: Futures) -> Futures:
        """Return the futures in which these levers are pulled."""
        return replace(
            base,
            shocks=(*base.shocks, *self.shocks),
            payments=(*base.payments, *self.payments),
            ballots=base.ballots if self.ballots is None else self.ballots,
        )


@dataclass(frozen=True, eq=False)
class Pulls:
    """The levers of a campaign: what each adds, and what those that change votes or members add together."""

    prepared: Prepared
    levers: Mapping[str, Lever]
    alone: Mapping[str, Change]
    _together: dict[tuple[str, ...], Change] = field(default_factory=dict)

    @classmethod
    def of(cls, prepared: Prepared, levers: Mapping[str, Lever]) -> Pulls:
        """Return levers by key; raises `SimulationError` with all that do not fit into the window or case."""
        alone, problems = {}, list[Problem]()
        for key, lever in levers.items():
            try:
                alone[key] = _added(prepared, {key: lever})
            except SimulationError as error:
                problems += error.problems
        raise_all(SimulationError, problems)
        return cls(prepared, levers, alone)

    def pulled(self, keys: Sequence[str]) -> Change:
        """Return what some levers add together."""
        voting = tuple(key for key in keys if self.alone[key].ballots is not None)
        if voting not in self._together:
            self._together[voting] = _added(self.prepared, {key: self.levers[key] for key in voting})
        return Change(
            tuple(each for key in keys for each in self.alone[key].shocks),
            tuple(each for key in keys for each in self.alone[key].payments),
            self._together[voting].ballots,
        )


def _added(prepared: Prepared, levers: Mapping[str, Lever]) -> Change:
    base = prepared.futures
    told = adding(prepared, levers, where=WHERE)
    return Change(
        told.shocks[len(base.shocks) :],
        told.payments[len(base.payments) :],
        None if told.ballots is base.ballots else told.ballots,
    )
