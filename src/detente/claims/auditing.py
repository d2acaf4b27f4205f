"""Puts each claim to its tests, and makes rows of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.cases.claims import (
    AssociationTest,
    ChangeTest,
    DependenceTest,
    DifferenceTest,
    LevelTest,
    NoTest,
    ProjectionTest,
    RecordTest,
    StrategyTest,
)
from detente.cases.claims_readings import Line
from detente.claims import testing
from detente.claims.actors import Scene
from detente.claims.figures import Figure, UntoldError, as_rows
from detente.claims.frames import framed, framed_again
from detente.claims.naming import Words
from detente.claims.readings import read
from detente.claims.verdicts import VERDICTS, flips, judge, together
from detente.claims.wording import change, text
from detente.errors import DetenteError

if TYPE_CHECKING:
    from datetime import date

    from detente.cases.claims import Claim, Test
    from detente.cases.schema import Case
    from detente.claims.ahead import Paths
    from detente.evidence import Evidence
    from detente.measurement.measures import Measures
    from detente.simulation.backtest.boards import Boards
    from detente.simulation.outcomes import Outcomes
    from detente.simulation.projection.preparing import Prepared
    from detente.strategy.campaign.matrix import Campaign

Weighed = (
    LevelTest | ChangeTest | DifferenceTest | AssociationTest | DependenceTest | ProjectionTest | StrategyTest
)
NO_FIGURE: dict[str, Any] = {"unit": "", "mark": "", "method": "", "n": 0, "counted": ""}
BOTH_SIGNS = ("pi", "s", "kappa")
SHARED = ("agreement_index", "rice", "unanimous", "agrees_with_ally", "majorities_agree", "voted_yes")


@dataclass(frozen=True, eq=False)
class Bench:
    """What tests draw on; futures are drawn when a test first asks for them."""

    case: Case
    evidence: Evidence
    measures: Measures
    outcomes: Callable[[], Outcomes | None]
    boards: Boards | None
    seed: int
    draws: int

    @cached_property
    def words(self) -> Words:
        """Names of things."""
        return Words(self.case, self.evidence.gazetteer)

    @cached_property
    def prepared(self) -> Prepared:
        """The futures of the case, before they are drawn."""
        from detente.simulation.backtest.shipped import stored_fit
        from detente.simulation.projection.preparing import Known, prepare

        known = Known(self.evidence, self.measures, stored_fit(self.case, self.evidence))
        return prepare(self.case, known, seed=self.seed)

    @cached_property
    def paths(self) -> Paths:
        """The futures of the case, path by path."""
        from detente.claims.ahead import paths

        return paths(self.prepared, draws=self.draws, seed=self.seed)

    @cached_property
    def campaigns(self) -> dict[tuple[str, str], Campaign]:
        """What comes of all levers that claims name, by player and opponent."""
        from detente.claims.ahead import campaigns

        asked = [
            test
            for claim in self.case.claims.values()
            for test in claim.tests.values()
            if isinstance(test, StrategyTest)
        ]
        return campaigns(self.prepared, asked, draws=self.draws, seed=self.seed)

    def scene(self, test: Test, claim: Claim) -> Scene:
        """Return what a test may look at: up to the claim, or to the day of the case if later is fine."""
        late = not isinstance(test, NoTest) and test.may_postdate
        by: date = self.case.as_of if late else min(claim.until, self.case.as_of)
        needs = any(getattr(getattr(test, part, None), "meeting", None) for part in ("read", "beside"))
        return Scene(self.case, self.evidence, self.measures, self.outcomes() if needs else None, by)


def put_to_tests(bench: Bench) -> Mapping[str, pd.DataFrame]:
    """Return the tables of an audit."""
    claims: list[dict[str, Any]] = []
    tests: list[dict[str, Any]] = []
    rows: list[pd.DataFrame] = []
    for key, claim in bench.case.claims.items():
        told = []
        for name, test in claim.tests.items():
            row, behind = _tested(test, claim, bench)
            told.append({"claim": key, "test": name, **row})
            rows.append(behind.assign(claim=key, test=name))
        tests += told
        claims.append({"claim": key, **_of_claim(claim, told)})
    behind = pd.concat(rows, ignore_index=True)
    return {
        "claims": framed("claims", claims),
        "tests": framed("tests", tests),
        "rows": framed_again("rows", behind),
    }


def _of_claim(claim: Claim, told: list[dict[str, Any]]) -> dict[str, Any]:
    verdicts = [str(row["verdict"]) for row in told]
    return {
        "statement": _line(claim.statement),
        "who": _line(claim.who),
        "when": str(claim.when),
        "made": claim.until,
        "source": _line(claim.source),
        "verdict": together(verdicts),
        "tests": len(told),
        **{verdict: verdicts.count(verdict) for verdict in VERDICTS},
        "assumed": sum(row.get("mark") == "assumed" for row in told),
        "postdates": sum(bool(row.get("postdates")) for row in told),
    }


def _line(told: str) -> str:
    return " ".join(told.split())


def _tested(test: Test, claim: Claim, bench: Bench) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the row of a test, and the evidence behind it."""
    asks = bench.words.asks(test)
    row: dict[str, Any] = {"kind": test.kind, "title": bench.words.titled(test), "asks": asks, **NO_FIGURE}
    if isinstance(test, NoTest):
        row |= {"title": test.title or "", "verdict": "untestable", "why": _line(test.why),
                "needed": _line(test.needed)}  # fmt: skip
        return _closed(row), as_rows([])
    row |= {"reason": _line(test.reason), "postdate_reason": _line(test.postdate_reason or "")}
    if isinstance(test, RecordTest):
        row |= {"supports": _keys(test.supports), "contradicts": _keys(test.contradicts)}
    else:
        row |= dict(_lines(test))
    try:
        found, rows = _found(test, bench.scene(test, claim), bench)
    except UntoldError as error:
        return _closed(row | {"verdict": "untestable", "why": error.why, "needed": error.needed}), as_rows([])
    except DetenteError as error:
        first = error.problems[0]
        needed = first.hint or "a case in which it can be drawn"
        return _closed(row | {"verdict": "untestable", "why": first.what, "needed": needed}), as_rows([])
    late = found.get("latest") is not None and found["latest"] > claim.until
    return _closed(row | found | {"postdates": int(late)}), rows


def _keys(keys: tuple[str, ...]) -> str:
    return ", ".join(key.replace("_", " ") for key in keys)


def _lines(test: Weighed) -> Iterator[tuple[str, object]]:
    inner = _inner(test)
    if inner is not None:
        line, unit = inner
        yield from (("inner_word", line.word), ("inner_at", line.at), ("inner_unit", unit))
    for verdict, line in (("supported", test.supported), ("contradicted", test.denied)):
        yield f"{verdict}_word", line.word
        yield f"{verdict}_at", line.at


def _inner(test: Weighed) -> tuple[Line, str] | None:
    """Return the line within a test, by which is counted or beyond which something stays, and its unit."""
    if isinstance(test, DependenceTest):
        return Line(above=test.over), "percent"
    if not isinstance(test, ProjectionTest):
        return None
    asked = test.quantity
    units = {"spread": asked.cohesion, "position": asked.mean or asked.position, "share": asked.passes}
    return test.stays, next((unit for unit, held in units.items() if held), "")


def _closed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with what would change its verdict, in words."""
    whole = framed("tests", [row]).to_dict("records")[0]
    return row | {"change": text(change({str(key): value for key, value in whole.items()}))}


def _found(test: Weighed | RecordTest, scene: Scene, bench: Bench) -> tuple[dict[str, Any], pd.DataFrame]:
    if isinstance(test, RecordTest):
        return _recorded(testing.record(test, scene))
    found = _figure(test, scene, bench)
    reach = found.reach or (found.value - found.low, found.high - found.value)
    turn = flips(*reach, supported=test.supported, contradicted=test.denied)
    floor, ceiling = _scale(test, found, scene)
    told = {
        "verdict": judge(found.low, found.high, supported=test.supported, contradicted=test.denied),
        "value": found.value, "low": found.low, "high": found.high, "unit": found.unit, "mark": found.mark,
        "method": found.method, "n": found.n, "counted": found.counted, "latest": found.latest,
        "note": found.note, "of": found.of, "cost": found.cost, "sources": found.sources,
        "supports_from": turn.supports, "denies_from": turn.denies, "floor": floor, "ceiling": ceiling,
    }  # fmt: skip
    return told, found.rows


def _recorded(found: testing.Recorded) -> tuple[dict[str, Any], pd.DataFrame]:
    verdict = "mixed" if found.speaks and found.denies else "supported" if found.speaks else "contradicted"
    days = found.rows["date"].dropna()
    sources = ", ".join(dict.fromkeys(found.rows["source"]))
    told = {
        "verdict": verdict, "value": found.speaks, "low": found.speaks, "high": found.speaks,
        "unit": "count", "mark": "sourced", "method": "counted", "n": found.speaks + found.denies,
        "counted": "facts", "latest": days.max().date() if len(days) else None, "sources": sources,
    }  # fmt: skip
    return told, found.rows


def _figure(test: Weighed, scene: Scene, bench: Bench) -> Figure:
    match test:
        case LevelTest():
            return testing.level(test, scene)
        case ChangeTest():
            return testing.change(test, scene)
        case DifferenceTest():
            return testing.difference(test, scene)
        case AssociationTest():
            return testing.association(test, scene, bench.boards)
        case DependenceTest():
            return testing.dependence(test, scene)
        case ProjectionTest():
            from detente.claims.ahead import projection

            return projection(test, bench.paths)
        case StrategyTest():
            from detente.claims.ahead import sides_of, strategy

            return strategy(test, bench.campaigns[sides_of(bench.prepared, test)])


def _scale(test: Weighed, found: Figure, scene: Scene) -> tuple[float | None, float | None]:
    """Return the least and the most that a figure can be, where it has bounds."""
    if isinstance(test, ProjectionTest):
        return 0.0, 1.0
    if isinstance(test, AssociationTest):
        return (-1.0, 1.0) if test.covariate is None else (None, None)
    if isinstance(test, DependenceTest):
        return 0.0, float(len(scene.members(test.among)))
    if not isinstance(test, LevelTest):
        return (0.0 if isinstance(test, DifferenceTest) and test.either_way else None), None
    measure = test.read.measure
    if measure not in SHARED and measure not in BOTH_SIGNS:
        return (0.0, 100.0) if found.unit == "percent" else (None, None)
    beside = 0.0 if test.beside is None else read(test.beside, scene).value
    return (-1.0 if measure in BOTH_SIGNS else 0.0) - beside, 1.0 - beside
