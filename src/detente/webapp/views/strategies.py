"""The view of strategies: portfolios, regret, games, and what would break it, for each side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.briefing.output import as_csv
from detente.webapp.views import FILES
from detente.webapp.views.telling import rows

if TYPE_CHECKING:
    from detente.study import Study


def data(study: Study, _name: str) -> dict[str, Any] | None:
    """Return the tables of all players' options by name; None where the case has no strategies."""
    if study.case.strategies is None or study.case.projection is None:
        return None
    found = study.options()
    frames = {name: frame for name, frame in found.tables().items() if name not in ("about", "missing")}
    held: dict[str, pd.DataFrame] = {name: frame for name, frame in frames.items() if not frame.empty}
    return {
        "sections": [],
        "numbers": [],
        "tables": {name: rows(frame) for name, frame in held.items()},
        "draws": found.draws,
        "seed": found.seed,
        "missing": rows(found.missing),
        FILES: {name: as_csv(frame) for name, frame in held.items()},
    }
