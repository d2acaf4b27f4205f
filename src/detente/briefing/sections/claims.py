"""Claims and verdicts: what others have published, what the evidence says, and what would change that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.briefing.exhibits import Column, Docket, Hearing, Section, Table, Trial
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.reading import Row, rows, where
from detente.briefing.sections import claims_sentences as say

if TYPE_CHECKING:
    from detente.claims.audit import Audit

MARKS = {"supported": "✓", "contradicted": "✕", "mixed": "◐", "untestable": "○"}
"""A sign for each verdict, so that colour tells nothing alone."""
CLAIMS = (
    Column("statement", "Claim"),
    Column("verdict_shown", "Verdict"),
    Column("parts", "Its parts"),
)
ROWS = (
    Column("title", "Test"),
    Column("part", "Part"),
    Column("name", "Who"),
    Column("what", "What"),
    Column("date", "Date"),
    Column("value", "Figure", unit_field="unit"),
    Column("text", "Text"),
    Column("locator", "Where"),
)
SHOWN = 12
"""Rows behind a figure that the page shows; where there are more, the file has them."""
LONGER = "Figures that rest on more rows than a dozen have them in the file alone."
READING = (
    "Each claim is put to tests that the case states beforehand, with the lines that decide. Supported or "
    "contradicted: the whole interval lies beyond the line. Mixed: it spans the line, or parts differ. "
    "Untestable: nothing at hand can test it."
)
RULES = (
    "Lines are those of the case, and stand in it before any figure is computed. Evidence from after a claim "
    "is set aside unless the test says that it is used, and why. A verdict is on the claim as it is put "
    "here, and not on who made it."
)


def claims(material: Material) -> Section | None:
    """Return the section on claims, or None where the case has none."""
    audit = material.audit
    if audit is None or audit.claims.empty:
        return None
    exhibits: tuple[Table | Docket, ...] = (_table(audit), _docket(audit), *_evidence(material, audit))
    return Section("claims", "Claims and verdicts", ((*say.opening(audit.claims),),), exhibits, (RULES,))


def in_answer(material: Material) -> Sentence | None:
    """Return what the answer says of claims: how many came out how."""
    audit = material.audit
    return None if audit is None or audit.claims.empty else next(say.opening(audit.claims))


def _table(audit: Audit) -> Table:
    frame = audit.claims.assign(
        verdict_shown=[f"{MARKS[verdict]}\u00a0{verdict}" for verdict in audit.claims["verdict"]],
        parts=[say.parts(row) for row in rows(audit.claims)],
    )
    return Table("claims", "Every claim and its verdict", frame, CLAIMS, READING)


def _docket(audit: Audit) -> Docket:
    hearings = (_hearing(row, rows(where(audit.tests, claim=row["claim"]))) for row in rows(audit.claims))
    return Docket("claims_one_by_one", "Claim by claim", tuple(hearings))


def _hearing(claim: Row, tests: list[dict[str, object]]) -> Hearing:
    trials = tuple(Trial(str(row["title"]), str(row["verdict"]), say.trial(row)) for row in tests)
    return Hearing(
        str(claim["claim"]),
        str(claim["statement"]),
        f"{claim['who']}, {say.when(str(claim['when']))}. {claim['source']}.",
        str(claim["verdict"]),
        say.finding(claim),
        trials,
    )


def _evidence(material: Material, audit: Audit) -> tuple[Table, ...]:
    """Return the tests in full and the rows behind them, as tables that the reader can open."""
    tests = Table("claims_tests", "Every test and its figure", audit.tests, TESTS, folded=True)
    if audit.rows.empty:
        return (tests,)
    title = {(row["claim"], row["test"]): row["title"] for row in rows(audit.tests)}
    known = material.names
    frame = audit.rows.assign(
        title=[title[key] for key in zip(audit.rows["claim"], audit.rows["test"], strict=True)],
        name=[known.actor(str(actor)) if actor else "" for actor in audit.rows["actor"]],
    )
    many = frame.groupby(["claim", "test"])["title"].transform("size") > SHOWN
    behind = Table(
        "claims_rows", "The evidence behind them, row by row", frame, ROWS, LONGER if many.any() else "",
        display=frame[~many], folded=True,
    )  # fmt: skip
    return tests, behind


TESTS = (
    Column("title", "Test"),
    Column("verdict", "Verdict"),
    Column("value", "Figure", unit_field="unit"),
    Column("low", "Low", unit_field="unit"),
    Column("high", "High", unit_field="unit"),
    Column("n", "Observations", "count"),
    Column("counted", "Of"),
    Column("mark", "Mark"),
)
