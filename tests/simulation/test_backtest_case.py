"""The backtest of a case: computed from votes, kept, shipped, and shown by the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from detente.cases import load_case
from detente.cases.schema import Case
from detente.commands import main
from detente.errors import SimulationError
from detente.evidence import Event
from detente.executors import How, Progress
from detente.simulation.backtest import in_case, shipped
from detente.simulation.backtest.boards import MODEL, TABLES, Boards, Plan
from detente.simulation.backtest.foretelling import foretell
from detente.simulation.backtest.in_case import backtest_case
from detente.simulation.panel import vintages
from detente.simulation.panel.in_case import CasePanels
from detente.simulation.panel.layout import Spec
from tests.measurement.small_evidence import SmallEvidence, make_case
from tests.simulation.voting_evidence import NORTH, VotingEvidence

PLAN = Plan(first=1998, calibrate=1997, horizon=1)
CASE = """detente: 1
title: Small
question: Who goes where?
as_of: 2015-06-01
rival: RUS
ally: USA
blocs: {NATO: {title: NATO, members: evidence}}
issues: {all: {title: All}}
windows: {tens: {title: Tens, since: 2010-01-01, until: 2014-12-31}}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETENTE_CACHE", str(home))


@pytest.fixture(scope="module")
def evidence(home: Path) -> Any:
    return VotingEvidence(home / "evidence.duckdb")


@pytest.fixture(scope="module")
def case(home: Path) -> Case:
    (home / "small.yaml").write_text(f"{CASE}ideal_points: {{positive: USA}}\n", encoding="utf-8")
    return load_case(home / "small.yaml")


class Told:
    """Keeps what is reported."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, event: Event) -> None:
        self.texts.append(event.text)


@pytest.fixture(scope="module")
def run(home: Path, evidence: Any, case: Case) -> Iterator[tuple[Boards, Told]]:
    """The backtest, interrupted at its second origin and begun again: no votes are read, nor said, twice."""
    made: list[int | None] = []
    heard: list[Progress] = []
    how = How("serial", folder=home / "said", report=heard.append)
    make, say = vintages.make_readings, foretell

    def counted(*args: Any, until: int | None) -> pd.DataFrame:
        made.append(until)
        return make(*args, until=until)

    def stopped(panel: Any, design: Any) -> Any:
        if panel.years[-1] == 1998:
            raise KeyboardInterrupt
        return say(panel, design)

    told = Told()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETENTE_CACHE", str(home))
        patch.setattr(vintages, "make_readings", counted)
        patch.setattr(in_case, "MODELS", {MODEL: Spec.walk()})
        patch.setattr(in_case, "foretell", stopped)
        with pytest.raises(KeyboardInterrupt):
            backtest_case(CasePanels(case, evidence), PLAN, how=how)
        patch.setattr(in_case, "foretell", say)
        found = backtest_case(CasePanels(case, evidence), PLAN, report=told, how=how)
    assert made == [None, 1997, 1998]
    assert [(each.done, each.kept) for each in heard] == [(1, 0), (1, 1), (2, 1)]
    yield found, told


def test_a_case_is_scored_on_its_own_blocs_and_rival(run: tuple[Boards, Told]) -> None:
    found, told = run
    assert set(found.scores["quantity"]) == {"position", "bloc mean", "bloc spread"}
    assert found.last == 1998 and found.plan == PLAN and found.source == "votes until 1999-11-01"
    assert set(found.events["event"]) == {"cohesion falls", "member crosses"}
    assert set(found.walks()) == set(found.stretches()) == {1}
    assert set(found.covariates["verdict"]) == {"changed in no forecast"}
    assert "arms from USA" in set(found.covariates["covariate"])
    steps = [text for text in told.texts if "forecast" in text]
    assert "(1 of 2; about" in steps[0] and steps[0].endswith("left)") and steps[1].endswith("(2 of 2)")


def test_a_backtest_that_was_kept_is_found_again_under_its_plan(
    run: tuple[Boards, Told], case: Case, evidence: Any
) -> None:
    found = run[0]
    kept = shipped.keep(found, case, evidence)
    again = shipped.boards_of(case, evidence, PLAN)
    assert again is not None and again.basis == shipped.EARLIER
    for name in TABLES:
        pd.testing.assert_frame_equal(again.tables()[name], found.tables()[name], check_dtype=False)
        pd.testing.assert_frame_equal(again.tables()[name], kept.tables()[name])
    assert shipped.boards_of(case, evidence, replace(PLAN, seed=1)) is None
    assert shipped.boards_of(case, evidence) is None


def test_a_fit_of_votes_at_hand_is_made_once_and_kept(
    case: Case, evidence: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = shipped.stored_fit(case, evidence)
    assert fit is not None and fit.year == 1999 and fit.blocs == ("NATO",)
    inside = {actor for actor, row in zip(fit.actors, fit.member, strict=True) if row[0]}
    assert inside == set(NORTH)
    monkeypatch.setattr(shipped, "_fitted", lambda *_: pytest.fail("was made again"))
    again = shipped.stored_fit(case, evidence)
    assert again is not None and again.estimate.mean.tobytes() == fit.estimate.mean.tobytes()


def test_a_case_that_ends_early_knows_only_full_years_before(case: Case, evidence: Any) -> None:
    early = case.model_copy(update={"as_of": pd.Timestamp("1998-06-30").date()})
    panel = CasePanels(early, evidence).bare()
    assert panel.years[-1] == 1997 and panel.source == "votes until the end of 1997"


def test_a_plan_past_the_votes_is_refused_before_anything_is_forecast(case: Case, evidence: Any) -> None:
    with pytest.raises(SimulationError, match="readings end in 1999"):
        backtest_case(CasePanels(case, evidence), Plan(first=2005))


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["backtest", *arguments])
    out, err = capsys.readouterr()
    return int(str(ended.value.code)), out, err


def test_the_command_computes_shows_and_writes_what_is_not_kept(
    run: tuple[Boards, Told], case: Case, evidence: Any, home: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("detente.study.open_evidence", lambda **_: evidence)
    monkeypatch.setattr(in_case, "backtest_case", lambda *_, **__: run[0])
    asked = [str(home / "small.yaml"), "--first", "1998", "--calibrate", "1997", "--horizon", "1"]
    code, out, _ = command(capsys, *asked, "--fresh", "-o", str(tmp_path / "tables"))
    assert code == 0 and "Positions of all states" in out and "computed now" in out
    assert {path.stem for path in (tmp_path / "tables").iterdir()} == {*TABLES, "plan"}
    monkeypatch.setattr(in_case, "backtest_case", lambda *_, **__: pytest.fail("was computed again"))
    code, out, _ = command(capsys, *asked, "--json")
    told = json.loads(out)
    assert code == 0 and told["basis"] == shipped.EARLIER and told["plan"][0]["horizon"] == 1
    assert {row["model"] for row in told["scoreboard"]} >= {MODEL, "random walk"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--first", "1985"], ["first: 1985 is before 1998", "give 1998 or later"]),
        (["--calibrate", "1980"], ["calibrate: 1980 is too early", "give 1996 or later"]),
        (["--horizon", "0"], ["horizon: 0 years ahead", "give 1 to 15"]),
        (["--horizon", "1000", "--first", "1990"], ["1000 years ahead", "first: 1990", "2 problems"]),
        (["--first", "2019"], ["readings end in 1999", "give 1998 or earlier"]),
        (["--seed", "-1"], ["seed"]),
    ],
)
def test_years_out_of_range_are_refused(
    wrong: list[str], words: list[str], case: Case, evidence: Any, home: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("detente.study.open_evidence", lambda **_: evidence)
    code, out, err = command(capsys, str(home / "small.yaml"), *wrong)
    assert code == 2 and [word for word in words if word not in out + err] == []


def test_a_case_without_ideal_points_and_one_without_votes_are_refused(
    tmp_path: Path, home: Path, case: Case, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "none.yaml").write_text(CASE, encoding="utf-8")
    code, _, err = command(capsys, str(tmp_path / "none.yaml"))
    assert code == 2 and "ideal_points: the case asks for none" in err and "detente schema" in err
    monkeypatch.setattr("detente.study.open_evidence", lambda **_: SmallEvidence())
    code, _, err = command(capsys, str(home / "small.yaml"))
    assert code == 2 and "the evidence has no roll calls" in err and "detente data pull unga_votes" in err


def test_without_points_or_votes_there_is_neither_a_fit_nor_a_board(case: Case) -> None:
    none: Any = SmallEvidence()
    assert shipped.stored_fit(case, none) is None and shipped.boards_of(case, none) is None
    assert shipped.stored_fit(make_case(), none) is None and shipped.boards_of(make_case(), none) is None
