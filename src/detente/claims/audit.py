"""The verb of this room: every claim of a case put to its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from detente.claims.checks import covariates_of, problems
from detente.claims.frames import FRAMES, framed, framed_again
from detente.errors import CaseError, Problem, did_you_mean, raise_all
from detente.files import write_text
from detente.measurement import kept
from detente.notebook import Shown

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.measurement.measures import Measures
    from detente.simulation.backtest.boards import Boards
    from detente.simulation.outcomes import Outcomes

FOLDER = "audits"
ROOMS = ("claims", "simulation", "strategy")
"""Rooms whose code makes an audit."""
LEAST_DRAWS = 100


def _silent(_step: str) -> None:
    """Tell nobody."""


def _nothing() -> None:
    """Return no outcomes."""


@dataclass(frozen=True)
class Audit(Shown):
    """The claims of a case and what the evidence says of them, as tidy tables (see `frames`).

    `seed` and `draws` are those of the futures behind projections and strategies.
    """

    claims: pd.DataFrame = field(default_factory=partial(framed, "claims"))
    """Each claim with its verdict."""
    tests: pd.DataFrame = field(default_factory=partial(framed, "tests"))
    """Each test with its figure, verdict, and what would change it."""
    rows: pd.DataFrame = field(default_factory=partial(framed, "rows"))
    """The evidence behind each figure."""
    seed: int = 0
    draws: int = 0

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return each claim with its verdict."""
        found = self.claims["verdict"].value_counts()
        told = ", ".join(f"{count} {verdict}" for verdict, count in found.items()) or "none"
        rows = self.claims[["claim", "statement", "who", "when", "verdict"]]
        return f"Audit of {len(self.claims)} claims", f"{told}; `tests` has the figures and why.", rows

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name."""
        return {name: getattr(self, name) for name in FRAMES}

    def of(self, claim: str) -> Audit:
        """Return the audit of one claim; raises `CaseError` where the case has none of this key."""
        known = self.claims["claim"].tolist()
        if claim not in known:
            raise CaseError(no_claim(claim, known))
        held = {
            name: frame[frame["claim"] == claim].reset_index(drop=True)
            for name, frame in self.tables().items()
        }
        return Audit(**held, seed=self.seed, draws=self.draws)

    def write(self, folder: Path) -> list[Path]:
        """Write every table as CSV into `folder`; return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, frame in self.tables().items():
            paths.append(folder / f"{name}.csv")
            write_text(paths[-1], frame.to_csv(index=False, lineterminator="\n"))
        return paths


def no_claim(claim: str, known: Sequence[str]) -> Problem:
    """Return what is wrong where a case has no claim of a key."""
    hint = f"{did_you_mean(claim, known)} claims of this case: {', '.join(known) or 'none'}".strip()
    return Problem("claim", f"there is no claim {claim!r}", hint)


def audit(
    case: Case,
    evidence: Evidence,
    measures: Measures,
    *,
    outcomes: Callable[[], Outcomes | None] = _nothing,
    seed: int = 0,
    draws: int = 1000,
    report: Callable[[str], None] = _silent,
) -> Audit:
    """Return the claims of a case with their verdicts; tested anew where anything they hang on has changed.

    `outcomes` is asked only where a claim is about what comes of the agenda. Raises `CaseError` for every
    name in a test that the evidence does not have but has one like it; what cannot be tested is untestable,
    with the reason.
    """
    from detente.simulation.backtest.shipped import boards_of

    draws = max(draws, LEAST_DRAWS)
    if not case.claims:
        return Audit(seed=seed, draws=draws)
    boards = boards_of(case, evidence)
    _check(case, evidence, boards)
    scored = kept.content(boards.tables()) if boards is not None else None
    name = kept.Inputs(case, evidence, measures).key(FOLDER, ROOMS, scored, seed, draws)

    def make() -> Mapping[str, pd.DataFrame]:
        from detente.claims.auditing import Bench, put_to_tests

        report("putting claims to their tests")
        return put_to_tests(Bench(case, evidence, measures, outcomes, boards, seed, draws))

    found = kept.remembered(kept.folder_for(evidence, FOLDER), name, make)
    told = {name: framed_again(name, found[name]) for name in FRAMES}
    return Audit(**told, seed=seed, draws=draws)


def _check(case: Case, evidence: Evidence, boards: Boards | None) -> None:
    raise_all(CaseError, list(problems(case, evidence, covariates_of(boards))))
