"""Fits and scoreboards that ship with detente, filed under what they depend on; and those kept beside.

A backtest takes minutes and a fit needs votes: what ships is used where the evidence has no votes, or the
very file that it was computed from (`snapshots/about.json`). A case of anyone's that asks the same question
finds the same tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.measurement import kept
from detente.measurement.blocs import memberships
from detente.measurement.sample import Span
from detente.measurement.shipped import SHIPPED, clipped, dated, same_votes
from detente.simulation.backtest.boards import Boards, Plan
from detente.simulation.panel.data import SINCE
from detente.simulation.panel.stored import StoredFit
from detente.simulation.panel.vintages import Question

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence

FOLDER = Path(__file__).with_name("snapshots")
ROOMS = (FOLDER.parent, FOLDER.parents[1] / "panel")
"""Where the code is that makes what is kept."""
ABOUT = "about.json"
KEPT = "backtests"
EARLIER = "kept from an earlier run"
METHOD = 1
"""Version of the method: raise it whenever a fit or a score would come out otherwise on the same votes."""
ASKED = {"as_of", "rival", "ally", "blocs", "ideal_points", "issues"}
"""The parts of a case on which its panel rests."""
FIT = ("fit", "parameters", "covariance", "positions", "members")
SCORED = ("scoreboard", "events", "covariates", "defaults", "factors", "plan")
TEXTS = {"key": object, "blocs": object}
"""Columns of text that may look like numbers, or be empty."""

Frames = Mapping[str, pd.DataFrame]


def stored_fit(case: Case, evidence: Evidence) -> StoredFit | None:
    """Return the fit of a case's panel: the shipped one, or one of the votes at hand where they differ.

    A fit of one's own is kept between runs. What the backtest says of it comes with it, where `boards_of` has
    any. None where the case asks for no ideal points, or there are neither votes nor a shipped fit.

    >>> fit = stored_fit(load_case("atlantic"), open_evidence())  # doctest: +SKIP
    >>> fit.draw(np.random.default_rng(0), 100).start.shape  # (draws, actors)  # doctest: +SKIP
    """
    if case.ideal_points is None:
        return None
    tables = _shipped(case, evidence, FIT)
    if tables is None and votes_at_hand(evidence):
        name = _name("fit", case, evidence)
        tables = kept.remembered(_folder(evidence), name, lambda: _fitted(case, evidence).tables())
    if tables is None:
        return None
    fit, boards = StoredFit.of_tables(tables), boards_of(case, evidence)
    return fit if boards is None else replace(fit, walks=boards.walks(), stretches=boards.stretches())


def boards_of(case: Case, evidence: Evidence, plan: Plan | None = None) -> Boards | None:
    """Return the tables of a case's backtest as they ship or were kept; None where there are none.

    They are never computed here, since that takes minutes: see `in_case.backtest_case`, and `keep`.

    >>> boards_of(load_case("atlantic"), open_evidence()).defaults  # doctest: +SKIP
    """
    plan = plan or Plan()
    if case.ideal_points is None:
        return None
    tables = _shipped(case, evidence, SCORED) if plan == Plan() else None
    if tables is not None:
        return replace(Boards.of_tables(tables), basis=SHIPPED)
    tables = kept.recalled(_folder(evidence), _name("boards", case, evidence, asdict(plan)))
    return None if tables is None else replace(Boards.of_tables(tables), basis=EARLIER)


def keep(boards: Boards, case: Case, evidence: Evidence) -> Boards:
    """Keep the tables of a case's backtest, in place of earlier ones; return them as they come out again."""
    folder, name = _folder(evidence), _name("boards", case, evidence, asdict(boards.plan))
    if folder is not None:
        kept.forget(folder, name)
    return Boards.of_tables(kept.remembered(folder, name, boards.tables))


def votes_at_hand(evidence: Evidence) -> bool:
    """Return whether the evidence has roll calls besides the few that ship."""
    found = evidence.query("SELECT count(*) AS n FROM roll_calls WHERE origin <> 'shipped'")
    return int(found["n"].iloc[0]) > 0


def key(case: Case, evidence: Evidence, *, until: date) -> str:
    """Return what the fit and the boards of a case are filed under, for votes until a day."""
    span = Span("panel", date(SINCE, 1, 1), min(case.as_of, until))
    spells = {
        bloc: clipped(dated(memberships(case, bloc, evidence=evidence)), span)
        for bloc, spec in case.blocs.items()
        if spec.of is None
    }
    cut = str(case.as_of) if case.as_of < until else None
    asked = [METHOD, asdict(Question.of(case)), cut, [*spells.items()], case.rival, case.ally]
    return hashlib.sha256(json.dumps(asked, separators=(",", ":")).encode()).hexdigest()[:10]


@cache
def about() -> dict[str, Any]:
    """Return what ships rests on, nothing where nothing ships."""
    path = FOLDER / ABOUT
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def ships(case: Case, evidence: Evidence) -> bool:
    """Return whether what ships answers the case: the same question, and no other votes at hand."""
    if case.ideal_points is None or not about():
        return False
    return _key(case, evidence) in about()["keys"] and same_votes(evidence, about())


def _key(case: Case, evidence: Evidence) -> str:
    return key(case, evidence, until=date.fromisoformat(about()["until"]))


def _shipped(case: Case, evidence: Evidence, names: tuple[str, ...]) -> Frames | None:
    if not ships(case, evidence):
        return None
    mine = _key(case, evidence)
    found = {name: _read(name) for name in names}
    return {
        name: frame[frame["key"] == mine].drop(columns="key").reset_index(drop=True)
        for name, frame in found.items()
    }


@cache
def _read(name: str) -> pd.DataFrame:
    path = FOLDER / f"{name}.csv"
    frame = pd.read_csv(path, dtype=TEXTS, keep_default_na=False, na_values=[""])
    return frame.assign(**{name: frame[name].fillna("") for name in TEXTS if name in frame})


def _name(what: str, case: Case, evidence: Evidence, *parts: object) -> str:
    code = [kept.code_of(room) for room in ROOMS]
    return kept.key(what, METHOD, code, case.model_dump_json(include=ASKED), evidence.digest, *parts)


def _folder(evidence: Evidence) -> Path | None:
    return kept.folder_for(evidence, KEPT)


def _fitted(case: Case, evidence: Evidence) -> StoredFit:
    from detente.simulation.panel.in_case import CasePanels

    return CasePanels(case, evidence).fitted()
