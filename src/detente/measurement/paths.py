"""Paths of blocs and actors, distances and shifts, from joint draws of ideal points."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement.bootstrap import LEVEL
from detente.measurement.shifts import shifts

if TYPE_CHECKING:
    from detente.cases.schema import Case

METHOD = 1
"""Version of the method: raise it whenever a figure would come out otherwise on the same votes."""

TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
PATH = ["series", "kind", "session", "mean", "low", "high", "spread", "spread_low", "spread_high", "members"]
DISTANCE = ["comparison", "session", "value", "low", "high"]
CHANGE = ["series", "session", "before", "after", "shift", "low", "high", "probability"]

Mask = NDArray[np.bool_]
Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Roster:
    """Who is behind each name of the case, session by session, among those that voted.

    `masks` (actors, sessions) by bloc or actor. Members of a bloc are those of the day of the session's
    middle roll call; former actors count under those that continue them.
    """

    actors: tuple[str, ...]
    sessions: tuple[int, ...]
    masks: Mapping[str, Mask]

    def key(self, what: str, *names: str) -> str:
        """Return what an estimate of these names is filed under: the digest of who is behind them, when."""
        sides = [
            [[self.actors[row] for row in np.flatnonzero(column)] for column in self.masks[name].T]
            for name in names
        ]
        text = json.dumps([METHOD, what, self.sessions, sides], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:10]


def call_roll(
    points: pd.DataFrame,
    calendar: pd.DataFrame,
    *,
    spells: Mapping[str, pd.DataFrame],
    joined: Mapping[str, str],
    names: tuple[str, ...],
) -> Roster:
    """Return the roster of `names` (blocs of `spells`, or actors) among those with `points`."""
    actors, sessions = tuple(sorted(set(points["actor"]))), tuple(int(each) for each in calendar["session"])
    voted = np.zeros((len(actors), len(sessions)), dtype=bool)
    row = {actor: place for place, actor in enumerate(actors)}
    column = {session: place for place, session in enumerate(sessions)}
    voted[points["actor"].map(row), points["session"].map(column)] = True
    middle = calendar["middle"].to_numpy(dtype="datetime64[D]")
    masks = {}
    for name in names:
        mask = np.zeros_like(voted)
        if name in spells:
            for actor, since, until in spells[name][["actor", "start", "end"]].itertuples(index=False):
                place = row.get(joined.get(actor, actor))
                if place is not None:
                    held = middle >= np.datetime64(pd.Timestamp(since), "D")
                    over = pd.isna(until)
                    mask[place] |= held if over else held & (middle < np.datetime64(pd.Timestamp(until), "D"))
        elif joined.get(name, name) in row:
            mask[row[joined.get(name, name)]] = True
        masks[name] = mask & voted
    return Roster(actors, sessions, masks)


def shown(case: Case) -> dict[str, str]:
    """Return the series whose paths are shown, with their kind: bloc, ally, rival or actor."""
    spec = case.ideal_points
    assert spec is not None
    names = spec.show or tuple(name for name in (*case.blocs, case.ally, case.rival) if name)
    kinds = {str(case.ally): "ally", case.rival: "rival"}
    return {name: "bloc" if name in case.blocs else kinds.get(name, "actor") for name in names}


def compared(case: Case) -> dict[str, tuple[str, str]]:
    """Return the two sides of each comparison whose distance is shown."""
    spec = case.ideal_points
    assert spec is not None
    return {key: case.compare[key].sides for key in spec.compare or case.compare}


def everyone(case: Case) -> tuple[str, ...]:
    """Return every bloc and actor that a path or a distance is of, each once."""
    sides = (side for pair in compared(case).values() for side in pair)
    return tuple(dict.fromkeys([*shown(case), *sides]))


def actor_paths(case: Case, roster: Roster, points: pd.DataFrame) -> pd.DataFrame:
    """Return the paths of single actors: their points as they are, without a spread."""
    parts = []
    for name, kind in shown(case).items():
        rows = roster.masks[name].any(axis=1)
        if kind != "bloc" and rows.any():
            own = points[points["actor"] == roster.actors[int(np.argmax(rows))]]
            told = own[["session", "mean", "low", "high"]].sort_values("session")
            nothing = dict.fromkeys(("spread", "spread_low", "spread_high"), np.nan)
            parts.append(told.assign(series=name, kind=kind, members=1, **nothing)[PATH])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=PATH)


@dataclass(frozen=True)
class Drawn:
    """Joint draws of the points, (actors, sessions, draws), NaN where an actor did not vote."""

    roster: Roster
    draws: Floats

    def means(self, name: str) -> Floats:
        """Return the mean of those behind `name`: (sessions, draws), NaN where there is nobody."""
        mask = self.roster.masks[name]
        held = np.where(mask[:, :, None], self.draws, 0.0).sum(axis=0)
        number = mask.sum(axis=0)[:, None]
        return np.asarray(np.where(number, held / np.maximum(number, 1), np.nan))

    def spreads(self, name: str) -> Floats:
        """Return the standard deviation among those behind `name`: (sessions, draws)."""
        mask = self.roster.masks[name][:, :, None]
        number = np.maximum(mask.sum(axis=0), 1)
        away = np.where(mask, self.draws - self.means(name)[None], 0.0)
        return np.asarray(np.sqrt((away**2).sum(axis=0) / number))

    def bloc_paths(self, case: Case) -> pd.DataFrame:
        """Return mean and spread of each bloc that is shown; of one member alone, no spread."""
        return _joined(
            [self._bloc(name) for name, kind in shown(case).items() if kind == "bloc"], columns=PATH
        )

    def _bloc(self, name: str) -> pd.DataFrame:
        number = self.roster.masks[name].sum(axis=0)
        there = number > 0
        means, spreads = self.means(name)[there], self.spreads(name)[there]
        rows = _bounds(means, "mean", ("low", "high"))
        rows |= {
            key: np.where(number[there] > 1, told, np.nan)
            for key, told in _bounds(spreads, "spread", ("spread_low", "spread_high")).items()
        }
        sessions = np.array(self.roster.sessions)[there]
        return pd.DataFrame(
            {**rows, "series": name, "kind": "bloc", "session": sessions, "members": number[there]}
        )

    def distances(self, case: Case) -> pd.DataFrame:
        """Return the first side less the second in each session in which both are there."""
        parts = []
        for key, (one, other) in compared(case).items():
            apart = self.means(one) - self.means(other)
            there = ~np.isnan(apart).any(axis=1)
            rows = _bounds(apart[there], "value", ("low", "high"))
            sessions = np.array(self.roster.sessions)[there]
            parts.append(pd.DataFrame({**rows, "comparison": key, "session": sessions}))
        return _joined(parts, columns=DISTANCE)

    def change_points(self, case: Case) -> pd.DataFrame:
        """Return the likely shifts of every path that is shown; `session` is the first one after it."""
        rows = [row for name in shown(case) for row in self._shifts(name)]
        return pd.DataFrame(rows, columns=CHANGE)

    def _shifts(self, name: str) -> Iterator[dict[str, object]]:
        path = self.means(name)
        there = ~np.isnan(path).any(axis=1)
        sessions = np.array(self.roster.sessions)[there]
        for each in shifts(path[there]):
            move = each.after - each.before
            low, high = np.quantile(move, TAILS)
            yield {
                "series": name,
                "session": sessions[each.place],
                "before": each.before.mean(),
                "after": each.after.mean(),
                "shift": move.mean(),
                "low": low,
                "high": high,
                "probability": each.probability,
            }


def _bounds(draws: Floats, value: str, ends: tuple[str, str]) -> dict[str, Floats]:
    """Return mean and interval over draws (sessions, draws), by name."""
    low, high = np.quantile(draws, TAILS, axis=1) if draws.size else np.zeros((2, 0))
    return {value: draws.mean(axis=1) if draws.size else np.zeros(0), ends[0]: low, ends[1]: high}


def _joined(parts: list[pd.DataFrame], *, columns: list[str]) -> pd.DataFrame:
    held = [part[columns] for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=columns)
