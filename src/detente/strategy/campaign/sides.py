"""Who plays: the players of a case, their levers, and the portfolios that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from detente.cases.strategies import ALL
from detente.cases.strategies import NOTHING as NOTHING
from detente.errors import Problem, StrategyError, did_you_mean

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.cases.strategies import Lever, Player, Strategies

JOIN = " + "


@dataclass(frozen=True)
class Side:
    """One player with its levers, and portfolios by key, doing nothing first."""

    key: str
    player: Player
    levers: Mapping[str, Lever]
    portfolios: Mapping[str, tuple[str, ...]]

    def title(self, portfolio: str) -> str:
        """Return a portfolio, or several together, in words: the titles of its levers."""
        names = [portfolio] if portfolio in self.portfolios else portfolio.split(JOIN)
        held = dict.fromkeys(key for name in names for key in self.portfolios[name])
        return self.words(tuple(held))

    def words(self, levers: Sequence[str]) -> str:
        """Return levers in words: their titles."""
        return JOIN.join(self.levers[key].title for key in levers) if levers else "Nothing new"


def asked_of(case: Case) -> Strategies:
    """Return the strategies of a case; raises `StrategyError` where it has none."""
    if case.strategies is None or case.projection is None:
        hint = "add `projection:` and `strategies:`; `detente schema` explains them"
        raise StrategyError(Problem(case.name, "has no strategies", hint))
    return case.strategies


def player_named(case: Case, name: str) -> str:
    """Return the key of the player with this key, or with this actor.

    Raises `StrategyError` where there is none, or several.
    """
    players = asked_of(case).players
    if name in players:
        return name
    held = [key for key, player in players.items() if name in player.actors]
    if len(held) == 1:
        return held[0]
    known = ", ".join(f"{key} ({', '.join(player.actors)})" for key, player in players.items())
    if held:
        hint = f"name one of them by its key: {', '.join(held)}"
        raise StrategyError(Problem(f"actor {name!r}", "belongs to several players", hint))
    guess = did_you_mean(name, [*players, *(actor for each in players.values() for actor in each.actors)])
    raise StrategyError(
        Problem(f"actor {name!r}", "is no player of this case", f"{guess} players: {known}".strip())
    )


def side(case: Case, name: str, *, deep: int = 0) -> Side:
    """Return a side of a case with its portfolios; with `deep`, all sets of up to so many levers.

    Where the case names none, each lever by itself and all together. Raises `StrategyError` as
    `player_named` does.
    """
    asked = asked_of(case)
    key = player_named(case, name)
    player = asked.players[key]
    levers = {lever: each for lever, each in asked.levers.items() if each.owner == key}
    portfolios: dict[str, tuple[str, ...]] = {NOTHING: ()}
    if deep:
        for size in range(1, deep + 1):
            portfolios |= {JOIN.join(each): each for each in combinations(levers, size)}
    elif player.portfolios:
        portfolios |= player.portfolios
    else:
        portfolios |= {lever: (lever,) for lever in levers}
        portfolios |= {ALL: tuple(levers)} if len(levers) > 1 else {}
    return Side(key, player, levers, portfolios)


def opponent(case: Case, key: str) -> str:
    """Return the player whose answers are considered first: the one that the case names, or the first other.

    Raises `StrategyError` where a case has one player alone.
    """
    asked = asked_of(case)
    named = asked.players[key].against
    if named is not None:
        return named
    others = [each for each in asked.players if each != key]
    if not others:
        raise StrategyError(Problem(f"player {key!r}", "is alone", "add another player, or say `against`"))
    return others[0]
