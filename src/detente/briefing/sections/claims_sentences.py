"""What is said of claims: each sentence follows from the rows of the audit, and turns with them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from detente.briefing.prose import DIGIT, Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, counted, day
from detente.claims import wording
from detente.claims.verdicts import VERDICTS
from detente.claims.wording import Quoted, Told

WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
HOW = {
    "supported": "supported", "contradicted": "contradicted", "mixed": "mixed",
    "untestable": "cannot be tested",
}  # fmt: skip


def many(n: int) -> str:
    """Return a small number in words.

    >>> many(3), many(13)
    ('three', '13')
    """
    return WORDS[n] if n < len(WORDS) else str(n)


def opening(claims: pd.DataFrame) -> Iterator[Sentence]:
    """Yield how many claims came out how, and how far that rests on assumptions and on later evidence."""
    total = counted(len(claims), "case", method="claims that the case lists")
    found = [(verdict, int((claims["verdict"] == verdict).sum())) for verdict in VERDICTS]
    told: list[Part | tuple[Part, ...]] = [
        (Cited(counted(n, "case", method="verdicts counted"), f"claims {verdict}"),
         f" {'is' if n == 1 else 'are'} {verdict}")
        for verdict, n in found
        if n
    ]  # fmt: skip
    yield sentence(
        "of ",
        Cited(total, "claims tested"),
        " claims, " if len(claims) > 1 else " claim, ",
        *listed(told),
        ".",
    )
    assumed = int((claims["assumed"] > 0).sum())
    if assumed:
        number = counted(assumed, "case", method="claims with a test on an assumed figure")
        yield sentence(
            "the verdicts on ", Cited(number, "claims whose verdict rests on assumptions"),
            " of them rest on assumptions of the case, in one test at least.",
        )  # fmt: skip
    late = int((claims["postdates"] > 0).sum())
    if late:
        number = counted(late, "case", method="claims with a test on later evidence")
        yield sentence(
            "for ", Cited(number, "claims tested on evidence from after them"),
            " evidence from after the claim is used, and said to be.",
        )  # fmt: skip


def parts(claim: Row) -> str:
    """Return how the parts of a claim came out, in words, as in a cell of a table.

    >>> parts({"tests": 3, "supported": 2, "contradicted": 0, "mixed": 0, "untestable": 1})
    'two supported, one cannot be tested'
    """
    n = {verdict: int(claim[verdict]) for verdict in VERDICTS}
    if int(claim["tests"]) == 1:
        return next(f"one test: {HOW[verdict]}" for verdict in VERDICTS if n[verdict])
    return ", ".join(f"{many(n[verdict])} {HOW[verdict]}" for verdict in VERDICTS if n[verdict])


def finding(claim: Row) -> Sentence:
    """Return the verdict on a claim and how its parts led to it."""
    told = parts(claim)
    n = int(claim["tests"])
    alike = n > 1 and int(claim[str(claim["verdict"])]) == n
    lead = f"{claim['verdict']}: of {many(n)} parts, " if n > 1 else f"{claim['verdict']}, by "
    if alike:
        lead, told = f"{claim['verdict']} in ", "both parts" if n == 2 else f"all {many(n)} parts"
    ends: list[str] = []
    if claim["assumed"]:
        ends.append("what the case assumes decides in " + _of(int(claim["assumed"]), n))
    if claim["postdates"]:
        ends.append("evidence from after the claim is used in " + _of(int(claim["postdates"]), n))
    tail = f"; {'; '.join(ends)}" if ends else ""
    return sentence(*_labelled((f"{lead}{told}{tail}.",)))


def _of(some: int, all_: int) -> str:
    """Return some of all, in words.

    >>> _of(1, 1), _of(2, 2), _of(1, 3)
    ('it', 'both', 'one')
    """
    if some == all_:
        return {1: "it", 2: "both"}.get(all_, "all")
    return many(some)


def when(text: str) -> str:
    """Return a day or a year as it is written in text.

    >>> when("2024"), when("2024-02-18")
    ('2024', '18 February 2024')
    """
    return text if len(text) == 4 else day(text)


def trial(row: Row) -> tuple[tuple[str, Sentence], ...]:
    """Return what is said of one test under headings: the test, its figure, and what would change it."""
    said: list[tuple[str, Told]] = []
    if row["kind"] != "untestable":
        said.append(("Test", (str(row["asks"]), *_after("; ", wording.lines(row)), ".")))
    observed = wording.observed(row)
    if observed:
        note = f" ({row['note']})" if row["note"] else ""
        spans = (
            "; its interval spans the line" if row["verdict"] == "mixed" and row["low"] < row["high"] else ""
        )
        said.append(("Figure", (*observed, f"{note}{spans}{_rests(row)}.")))
    if row["verdict"] == "untestable":
        said.append(("Why not", (f"{str(row['why']).rstrip('.')}.",)))
        said.append(("What it would take", (f"{str(row['needed']).rstrip('.')}.",)))
    else:
        said.append(("What would change it", (*wording.change(row), ".")))
    if row["postdates"]:
        said.append(("Later evidence", (f"{str(row['postdate_reason']).rstrip('.')}.",)))
    if row["reason"]:
        said.append(("Why this test", (str(row["reason"]),)))
    return tuple((head, sentence(*_labelled(told))) for head, told in said)


def _after(lead: str, told: Told) -> Told:
    return (lead, *told) if told else ()


def _rests(row: Row) -> str:
    return {"assumed": "; it rests on assumptions", "sourced": "; counted, not estimated"}.get(
        str(row["mark"]), ""
    )


def _labelled(told: Told) -> Iterator[Part]:
    """Yield parts of a sentence as the brief takes them: names with digits as labels, numbers as cited."""
    for part in told:
        if isinstance(part, Quoted):
            yield Cited(part.number, part.what, "interval")
        else:
            yield Label(part) if DIGIT.search(part) else part
