"""The command on claims: what others have published, put to the case's tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from detente.commands.cases import CaseName, Folder
from detente.commands.showing import DONE, Output, progress, records, say, say_json, table
from detente.errors import CaseError, Problem, raise_all
from detente.files import check_writable

if TYPE_CHECKING:
    from detente.claims.audit import Audit

NONE = "add `claims:` with statements and tests; `detente schema` explains it, and detente read drafts it"


def audit(
    case: CaseName,
    *,
    claim: Annotated[str | None, Parameter(help="A claim of the case by key; all if left out.")] = None,
    draws: Annotated[
        int,
        Parameter(validator=validators.Number(gte=100, lte=100_000), help="Futures behind what lies ahead."),
    ] = 1000,
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="Seed: the same seed gives the same bytes.")
    ] = 0,
    output: Folder = None,
    show: Output = Output(),
) -> int:
    """Put the claims of a case to their tests: verdicts, figures, and what would change them."""
    from detente.study import load

    if output is not None:
        check_writable(output)
    with progress(show) as report:
        study = replace(load(case, seed=seed, draws=draws), report=report)
        raise_all(CaseError, [] if study.case.claims else [Problem(study.case.name, "lists no claims", NONE)])
        known = list(study.case.claims)
        raise_all(CaseError, [_unknown(claim, known)] if claim is not None and claim not in known else [])
        found = study.audit()
    found = found if claim is None else found.of(claim)
    if output is not None:
        found.write(output)
    if show.json:
        say_json(_as_json(found))
        return DONE
    _show(found, whole=claim is not None)
    if output is not None:
        say(f"\n{output}")
    return DONE


def _unknown(claim: str, known: list[str]) -> Problem:
    from detente.claims.audit import no_claim

    return no_claim(claim, known)


def _as_json(found: Audit) -> dict[str, Any]:
    tables = {name: records(frame) for name, frame in found.tables().items()}
    return {"seed": found.seed, "draws": found.draws, **tables}


def _show(found: Audit, *, whole: bool) -> None:
    """Print the verdicts; of one claim, everything that is said of its tests."""
    if not whole:
        heads = {"claim": "claim", "verdict": "verdict", "statement": "statement"}
        table(records(found.claims), heads, title="Claims and verdicts")
    for row in found.claims.to_dict("records"):
        say(f"{row['claim']}: {row['verdict']}")
        say(f"  {row['statement']} ({row['who']}, {row['when']})")
        for test in found.tests[found.tests["claim"] == row["claim"]].to_dict("records"):
            _show_test({str(key): value for key, value in test.items()}, whole=whole)
        say()


def _show_test(row: dict[str, Any], *, whole: bool) -> None:
    from detente.claims.wording import lines, observed, text

    say(f"  - {row['title']}: {row['verdict']}")
    told = observed(row)
    if told:
        say(f"    {text(told)}{'; ' if row['note'] else ''}{row['note']}")
    if whole and row["asks"]:
        say(f"    test: {row['asks']}; {text(lines(row))}".rstrip("; "))
    if row["why"]:
        say(f"    {row['why']}")
    if row["postdates"]:
        say(f"    later evidence: {row['postdate_reason']}")
    say(f"    {row['change']}")
