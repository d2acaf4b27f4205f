"""The what-if: from the state of the controls to futures, and from futures to what the page draws.

`answer` is what `/api/whatif` says. Futures with and without the changes share their luck, so that what
differs is the changes alone. Nothing is prepared twice: scenarios that change events alone share one
preparation, and the baseline's numbers are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.cases.scenarios import patched
from detente.errors import CaseError
from detente.simulation.ensemble.results import line_rows, occasion_rows
from detente.simulation.institutions.power import interval_of
from detente.simulation.projection.preparing import adding
from detente.simulation.projection.rows import named
from detente.webapp.asked import Asked, QueryError
from detente.webapp.numbers import QUANTILES, Numbers, Tell, draw_numbers
from detente.webapp.patches import scenario_of, whole_only

if TYPE_CHECKING:
    from detente.cases.events import Event
    from detente.cases.schema import Case
    from detente.simulation.ensemble.futures import Futures
    from detente.simulation.projection.preparing import Prepared
    from detente.webapp.sessions import Session

Row = dict[str, Any]
LIKELIEST = 10
DIGITS = 6
WHERE = "projection.events"


@dataclass(frozen=True, eq=False)
class Run:
    """The numbers of what was asked, those of the baseline, and what they were prepared from."""

    asked: Asked
    case: Case
    prepared: Prepared
    found: Numbers
    base: Numbers


def run(session: Session, asked: Asked, *, tell: Tell | None = None) -> Run:
    """Return the numbers of what is asked and of the baseline; raises `DetenteError` without any."""
    prepared = session.prepared(session.case, asked.bare)
    base = session.base(asked, tell)
    if not asked.changes:
        return Run(asked, session.case, prepared, base, base)
    case = case_of(session.case, asked)
    prepared = session.prepared(case, asked)
    futures = happening(case, prepared)
    found = draw_numbers(futures, draws=asked.draws, seed=asked.seed, pool=session.pool, tell=tell)
    return Run(asked, case, prepared, found, base)


def case_of(case: Case, asked: Asked) -> Case:
    """Return the case as what is asked has it; raises `QueryError` where that makes no case."""
    try:
        return patched(case, scenario_of(case, asked), name="what-if")
    except CaseError as error:
        raise QueryError(*error.problems) from error


def happening(case: Case, prepared: Prepared) -> Futures:
    """Return the futures of `prepared` with every event of the case that falls into the window."""
    return adding(prepared, dict(_inside(case, prepared.calendar.days[-1])), where=WHERE)


def _inside(case: Case, end: date) -> Iterator[tuple[str, Event]]:
    assert case.projection is not None
    yield from ((key, event) for key, event in case.projection.events.items() if event.date < end)


def notes(run: Run) -> Iterator[str]:
    """Yield what the reader must know of this answer: what did not count, and what could not be had."""
    end, case = run.prepared.calendar.days[-1], run.case
    assert case.projection is not None
    levers = case.strategies.levers if case.strategies else {}
    for key, size in run.asked.levers:
        if whole_only(levers[key]) and size != 1:
            yield f"{levers[key].title}: has no size that could be more or less; it counts in full."
    for event in case.projection.events.values():
        if event.date >= end:
            yield f"{event.title}: would happen on {event.date}, after the end of the window."
    yield from (f"{each.what}: {each.why}" for each in run.prepared.missing)


def answer(session: Session, run: Run) -> Row:
    """Return what `/api/whatif` says, but for `serial` and `ms`: the same for the same request."""
    found, prepared = run.found, run.prepared
    return {
        "request": {**run.asked.told(), "query": run.asked.query()},
        "draws": run.asked.draws,
        "seed": run.asked.seed,
        "times": [f"{time:%Y-%m-%d}" for time in found.shape.times],
        "cohesion": list(cohesion(session, run)),
        "decisions": list(decisions(prepared, run)),
        "crossings": list(crossings(session, prepared, run)),
        "notes": list(notes(run)),
    }


def cohesion(session: Session, run: Run) -> Iterator[Row]:
    """Yield the spread within blocs by time: quantiles over futures, and the median of the baseline."""
    shape, wanted = run.found.shape, run.asked.show
    titles = session.titles
    for b, bloc in enumerate(shape.names["bloc"]):
        for i, item in enumerate(shape.names["issue"]):
            if wanted and f"{bloc}/{item}" not in wanted:
                continue
            for t, time in enumerate(shape.times):
                row: Row = {"bloc": bloc, "item": item, "title": titles["item"][item],
                            "time": f"{time:%Y-%m-%d}"}  # fmt: skip
                values = run.found.spreads[:, t, b, i]
                row |= {f"p{100 * q:.0f}": rounded(value) for q, value in zip(QUANTILES, values, strict=True)}
                middle = QUANTILES.index(0.5)
                yield row | {"base_p50": rounded(run.base.spreads[middle, t, b, i])}


def decisions(prepared: Prepared, run: Run) -> Iterator[Row]:
    """Yield how often each decision passes, on each of its days, with a 95 per cent interval for the number
    of futures, and how often in the baseline.
    """
    rows = named(prepared, occasion_rows(run.found.shape), "decisions")
    share, low, high = interval_of(run.found.passed, run.found.draws)
    before = run.base.passed / run.base.draws
    for place, row in enumerate(rows.to_dict("records")):
        yield {
            "decision": row["decision"], "title": row["title"], "time": f"{row['begins']:%Y-%m-%d}",
            "until": f"{row['ends']:%Y-%m-%d}", "passes": rounded(share[place]), "low": rounded(low[place]),
            "high": rounded(high[place]), "base": rounded(before[place]),
        }  # fmt: skip


def crossings(session: Session, prepared: Prepared, run: Run) -> Iterator[Row]:
    """Yield who is likeliest to cross a line by the end, of those who do not start beyond it."""
    shape = run.found.shape
    last = replace(shape, times=shape.times[-1:])
    share, low, high = interval_of(run.found.crossed.ravel(), run.found.draws)
    start, before = run.found.began.ravel() / run.found.draws, run.base.crossed.ravel() / run.base.draws
    rows = line_rows(last).assign(crossed=share, low=low, high=high, start=start, base=before)
    told = named(prepared, rows, "crossings")
    told = told[~told["starts_beyond"].astype(bool)]
    told = told.assign(newly=told["crossed"] - told["start"])
    told = told.sort_values(["newly", "line", "actor"], ascending=[False, True, True], kind="stable")
    for row in told.head(LIKELIEST).to_dict("records"):
        yield {
            "line": row["line"], "title": row["title"], "actor": row["actor"],
            "name": session.actor(str(row["actor"])),
            **{name: rounded(row[name]) for name in ("start", "crossed", "low", "high", "base")},
        }  # fmt: skip


def rounded(value: float) -> float:
    """Return a number to six significant digits, which is more than any interval supports."""
    return float(f"{float(value):.{DIGITS}g}")
