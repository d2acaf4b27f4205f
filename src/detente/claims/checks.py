"""What a claim names and the evidence does not have: misspelt names are errors, before anything is tested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from detente.cases.claims import AssociationTest, NoTest, RecordTest
from detente.cases.claims_readings import Reading
from detente.errors import Problem, did_you_mean
from detente.measurement.findings import Finding

if TYPE_CHECKING:
    from detente.cases.claims import Test
    from detente.cases.schema import Case
    from detente.evidence import Evidence
    from detente.simulation.backtest.boards import Boards

KNOWN = {
    "topic": "SELECT DISTINCT topic AS name FROM facts ORDER BY 1",
    "key": "SELECT DISTINCT key AS name FROM facts ORDER BY 1",
    "indicator": "SELECT DISTINCT name FROM indicators ORDER BY 1",
    "tie": "SELECT DISTINCT kind AS name FROM ties ORDER BY 1",
}


def problems(case: Case, evidence: Evidence, covariates: Sequence[str]) -> Iterator[Problem]:
    """Yield every name that the evidence does not have but has one like it: a slip of the pen.

    A name that is like no other is taken for evidence that is not at hand: its test is untestable, and says
    what is needed. `covariates` are those of the case's panel.
    """
    known = {kind: evidence.query(sql)["name"].tolist() for kind, sql in KNOWN.items()}
    known["covariate"] = list(covariates)
    for key, claim in case.claims.items():
        for name, test in claim.tests.items():
            for kind, word in dict.fromkeys(_named(test)):
                guess = did_you_mean(word, known[kind]) if word not in known[kind] else ""
                if guess:
                    yield Problem(f"claims.{key}.tests.{name}", f"the evidence has no {kind} {word!r}", guess)


def findings(case: Case, evidence: Evidence) -> Iterator[Finding]:
    """Yield the same as errors of the preflight; covariates are looked up where a panel is at hand."""
    from detente.simulation.backtest.shipped import boards_of

    if case.claims:
        boards = boards_of(case, evidence)
        for each in problems(case, evidence, covariates_of(boards)):
            yield Finding("error", each.where, each.what, each.hint)


def covariates_of(boards: Boards | None) -> tuple[str, ...]:
    """Return the covariates that a panel knows, none without one."""
    return () if boards is None else tuple(dict.fromkeys(boards.covariates["covariate"]))


def _named(test: Test) -> Iterator[tuple[str, str]]:
    if isinstance(test, RecordTest):
        yield "topic", test.topic
        yield from (("key", key) for key in (*test.supports, *test.contradicts))
    if isinstance(test, AssociationTest) and test.covariate:
        yield "covariate", test.covariate
    for reading in _readings(test):
        if reading.name:
            yield ("tie" if reading.measure == "tie" else "indicator"), reading.name


def _readings(test: Test) -> Iterator[Reading]:
    if isinstance(test, NoTest):
        return
    for part in ("read", "beside", "x", "y"):
        found = getattr(test, part, None)
        if isinstance(found, Reading):
            yield found
