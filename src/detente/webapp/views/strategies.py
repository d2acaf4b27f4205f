"""The view of strategies: portfolios, regret, games, and what would break it, for each side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.briefing.output import as_csv
from detente.webapp.views.telling import FILES, rows

if TYPE_CHECKING:
    from detente.webapp.sessions import Session


def data(session: Session, _query: Mapping[str, str], _name: str) -> dict[str, Any] | None:
    """Return the tables of all players' options by name; None where the case has no strategies."""
    from detente.strategy.campaign.options import options

    study = session.study
    if study.case.strategies is None or study.case.projection is None:
        return None
    found = options(study.case, study.evidence, study.measure(), seed=study.seed, report=session.tell)
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
