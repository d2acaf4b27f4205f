"""Who belongs to a bloc of the case, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from detente.cases.blocs import Bloc
    from detente.cases.schema import Case
    from detente.measurement.ballots import Evidence

ALWAYS = date(1800, 1, 1)
"""The first day of a membership that the case lists without one."""

SPELLS = 'SELECT actor, start, "end" FROM memberships WHERE bloc = ? ORDER BY actor, start'


def memberships(case: Case, bloc: str, *, evidence: Evidence) -> pd.DataFrame:
    """Return the spells of membership in a bloc of the case: actor, start, end.

    `end` is the first day no longer a member, empty while the membership lasts.
    """
    spec = case.blocs[bloc]
    if spec.of is not None:
        spells = memberships(case, spec.of, evidence=evidence)
    elif isinstance(spec.members, tuple):
        spells = _listed(spec)
    else:
        spells = evidence.query(SPELLS, (bloc,))
    return spells[~spells["actor"].isin(spec.without)].reset_index(drop=True)


def _listed(bloc: Bloc) -> pd.DataFrame:
    rows = [
        (each.actor, each.since or ALWAYS, each.until + timedelta(days=1) if each.until else None)
        for each in bloc.members or ()
        if not isinstance(each, str)
    ]
    frame = pd.DataFrame(rows, columns=["actor", "start", "end"])
    return frame.assign(start=_days(frame["start"]), end=_days(frame["end"]))


def _days(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values).astype("datetime64[s]")


def members(spells: pd.DataFrame, on: date) -> tuple[str, ...]:
    """Return who is a member on a day, in alphabetical order.

    >>> spells = pd.DataFrame({"actor": ["FRA"], "start": [pd.Timestamp(1958, 1, 1)], "end": [pd.NaT]})
    >>> members(spells, date(1957, 12, 31)), members(spells, date(1958, 1, 1))
    ((), ('FRA',))
    """
    day = pd.Timestamp(on)
    start, end = pd.to_datetime(spells["start"]), pd.to_datetime(spells["end"])
    return tuple(sorted(set(spells.loc[(start <= day) & (end.isna() | (end > day)), "actor"])))


def groups(case: Case, spells: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return what each actor of the case is called in tables: its blocs on `as_of`, ally, rival or reference.

    A bloc carved out of another is passed over where the actor is in the other as well.
    """
    found: dict[str, list[str]] = {}
    for bloc, spec in case.blocs.items():
        for actor in members(spells[bloc], case.as_of):
            if spec.of is None or spec.of not in found.get(actor, ()):
                found.setdefault(actor, []).append(bloc)
    named = {actor: " and ".join(blocs) for actor, blocs in found.items()}
    for actor in case.reference.actors if case.reference else ():
        named.setdefault(actor, "reference")
    if case.ally:
        named.setdefault(case.ally, "ally")
    named[case.rival] = "rival"
    return named
