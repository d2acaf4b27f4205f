"""What is in files of events, before anyone counts with them: gaps, repeats, what did not map, odd scores.

Known faults of the providers: GDELT lists one event in more than one slice and lacks some slices; ICEWS codes
one event from several reports of it, so that a day may list it several times, and its yearly files overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path, PurePath

import pandas as pd

from detente.evidence.events.accounting import Account
from detente.evidence.events.codes import cameo
from detente.evidence.events.reading import Events, Options, read_events
from detente.evidence.readers.frames import SHOWN

COLUMNS = ["kind", "what", "rows", "more"]
_SLICE = re.compile(r"^(\d{8}|\d{14})\.export\.csv", re.IGNORECASE)
DAILY, QUARTERLY = timedelta(days=1), timedelta(minutes=15)


@dataclass(frozen=True)
class Audit:
    """What files of events hold. `findings`: kind, what, rows, more (where, or why).

    Kinds: `unresolved`, `set aside`, `noted` as in the account; `repeated` (of the same day, dyad and code,
    though of another number), `score` (not that of the code table), `missing slice`, `day without events`.
    """

    account: Account
    findings: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return the findings as one table."""
        return self.findings

    def say(self) -> str:
        """Return in a sentence how much was read and used."""
        span = self.account.span
        days = f", of {span[0]} to {span[1]}" if span else ""
        return f"{self.account.used:,} of {self.account.read:,} rows can be used{days}"


def audit(paths: Sequence[Path | str], *, options: Options | None = None) -> Audit:
    """Return what files of events hold, and what is wrong with them; raises as `read_events` does."""
    with read_events(paths, options=options) as events:
        account = events.account
        found = [
            *_listed("unresolved", account.unresolved),
            *_listed("set aside", account.set_aside),
            *_listed("noted", account.noted),
            *_repeated(events),
            *_scores(events),
        ]
    names = [PurePath(name).name for name in account.files["file"]]
    found += [("missing slice", what, 0, more) for what, more in missing_slices(names)]
    found += _empty_days(account)
    return Audit(account, pd.DataFrame(found, columns=COLUMNS))


_Row = tuple[str, str, int, str]


def _listed(kind: str, frame: pd.DataFrame) -> list[_Row]:
    return [(kind, label, int(rows), reason) for label, rows, reason in frame.itertuples(index=False)]


def _repeated(events: Events) -> list[_Row]:
    """Count what is listed more than once for a day, dyad and code: one event, or several of a kind."""
    rows = events.connection.execute(
        """
        SELECT coalesce(sum(n - 1), 0), count(*) FROM (
            SELECT count(*) AS n FROM used GROUP BY date, source, target, code HAVING count(*) > 1)
        """
    ).fetchall()
    more, groups = (int(value) for value in rows[0])
    reason = f"beyond the first, on {groups:,} occasions: several reports of one event, or several events"
    return [("repeated", "events of the same day, dyad and code", more, reason)] if more else []


def _scores(events: Events) -> list[_Row]:
    """Compare the scores with the table of codes, by the scale of the layout."""
    scales = {layout.scale for layout in events.layouts if layout.goldstein and layout.name != "own"}
    if len(scales) != 1:
        return []

    scale = scales.pop()
    table = pd.DataFrame(
        [(each.code, each.score(scale)) for each in cameo().values()], columns=["number", "told"]
    )
    events.connection.register("scale", table.dropna())
    rows = events.connection.execute(
        "SELECT code, count(*), mode(goldstein), any_value(told) FROM used JOIN scale ON number = code "
        "WHERE abs(goldstein - told) > 1e-9 GROUP BY code ORDER BY count(*) DESC, code"
    ).fetchall()
    events.connection.unregister("scale")
    return [
        ("score", f"code {code}", int(n), f"is scored {given:g}; the table of {scale} says {told:g}")
        for code, n, given, told in rows
    ]


def missing_slices(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return which daily or 15-minute files of GDELT are not among `names`, within their range, by day.

    >>> missing_slices(["20150219000000.export.CSV.zip", "20150219004500.export.CSV.zip"])
    [('2015-02-19', '2 of 96 slices of 15 minutes: 00:15, 00:30')]
    >>> missing_slices(["20140122.export.CSV.zip", "20140124.export.CSV.zip"])
    [('2014-01-23', 'the daily file')]
    """
    stamps = [found[1] for found in map(_SLICE.match, names) if found]
    days = {datetime.strptime(stamp, "%Y%m%d") for stamp in stamps if len(stamp) == 8}
    slots = {datetime.strptime(stamp, "%Y%m%d%H%M%S") for stamp in stamps if len(stamp) == 14}
    lacking = [(f"{day:%Y-%m-%d}", "the daily file") for day in _between(days, DAILY)]
    by_day: dict[str, list[str]] = {}
    for slot in _between(slots, QUARTERLY):
        by_day.setdefault(f"{slot:%Y-%m-%d}", []).append(f"{slot:%H:%M}")
    return lacking + [(day, _slots(times)) for day, times in by_day.items()]


def _slots(times: Sequence[str]) -> str:
    more = f" and {len(times) - SHOWN} more" if len(times) > SHOWN else ""
    return f"{len(times)} of 96 slices of 15 minutes: {', '.join(times[:SHOWN])}{more}"


def _between(held: set[datetime], step: timedelta) -> Iterator[datetime]:
    """Yield the steps between the first and the last of `held` that are not among them."""
    if held:
        moment = min(held)
        while moment < max(held):
            if moment not in held:
                yield moment
            moment += step


def _empty_days(account: Account) -> list[_Row]:
    """List runs of days without any event, within the range of days."""
    if account.span is None:
        return []
    days = sorted(day.date() for day in account.days["day"])
    gaps = [(before, (after - before).days - 1) for before, after in pairwise(days)]
    return [
        ("day without events", f"{before + DAILY}", 0, f"{length:,} days from here on hold no event")
        for before, length in gaps
        if length
    ]
