"""The periods for which a case asks for camps: the windows that it names, then its years."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from detente.measurement.sample import Span

if TYPE_CHECKING:
    from detente.cases.schema import Case


def periods(case: Case) -> list[Span]:
    """Return the windows, then the years, each in order of time; none where the case has no camps."""
    spec = case.camps
    if spec is None:
        return []
    years = spec.years or case.history
    named = [Span(key, case.windows[key].since, case.windows[key].until) for key in spec.windows]
    numbers = range(years.since, years.until + 1) if years else ()
    return [*named, *(Span(str(year), date(year, 1, 1), date(year, 12, 31)) for year in numbers)]
