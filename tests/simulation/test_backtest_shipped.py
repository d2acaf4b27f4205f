"""The fits and scoreboards that ship: whole, small, true to the cases, read without votes or a compiler."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.cases import load_case, shipped_cases
from detente.commands import main
from detente.evidence import Evidence, database, open_evidence
from detente.measurement.shipped import SHIPPED
from detente.simulation.backtest import shipped
from detente.simulation.backtest.boards import MODEL, TABLES, YARDSTICK, Plan

NAMED = (MODEL, YARDSTICK)
CASES = tuple(name for name in shipped_cases() if load_case(name).ideal_points is not None)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """The evidence that ships, which has no roll calls but a few."""
    folder = tmp_path_factory.mktemp("evidence")
    database.refresh(folder)
    with open_evidence(folder / "evidence.duckdb") as opened:
        yield opened


@pytest.mark.parametrize("name", CASES)
def test_every_case_with_points_has_a_fit_that_draws(name: str, evidence: Evidence) -> None:
    case = load_case(name)
    fit = shipped.stored_fit(case, evidence)
    assert fit is not None and len(fit.actors) > 180 and {case.rival, case.ally} <= set(fit.actors)
    assert list(fit.blocs) == [bloc for bloc, spec in case.blocs.items() if spec.of is None]
    assert fit.member.shape == (len(fit.actors), len(fit.blocs)) and (fit.member.sum(axis=0) >= 10).all()
    drawn = fit.draw(np.random.default_rng(0), 200)
    shape = (200, len(fit.actors))
    assert drawn.start.shape == drawn.scale.shape == shape and np.isfinite(drawn.start).all()
    assert (drawn.scale > 0).all() and (drawn.dof > 2).all()
    known = fit.estimate.mean[:, fit.actors.index(case.rival)]
    assert abs(drawn.start[:, fit.actors.index(case.rival)].mean() - known.mean()) < 0.2


@pytest.mark.parametrize("name", CASES)
def test_every_case_with_points_has_its_boards_whole(name: str, evidence: Evidence) -> None:
    case = load_case(name)
    boards = shipped.boards_of(case, evidence)
    assert boards is not None and boards.plan == Plan() and boards.basis == SHIPPED
    assert all(len(boards.tables()[table]) for table in TABLES)
    rows = boards.scores.groupby(["quantity", "horizon"])["model"].agg(set)
    assert len(rows) == 15 and all({MODEL, YARDSTICK} <= held for held in rows)
    fit = shipped.stored_fit(case, evidence)
    assert fit is not None
    for horizon in range(1, 6):
        assert fit.default_is_walk(horizon) == boards.walks()[horizon]
        assert 0.5 <= fit.stretch(horizon) <= 3.0
    assert fit.stretch(40) == fit.stretch(5)


@pytest.mark.parametrize("name", CASES)
def test_intervals_of_positions_cover_what_they_say_in_the_table_that_ships(
    name: str, evidence: Evidence
) -> None:
    boards = shipped.boards_of(load_case(name), evidence)
    assert boards is not None
    own = boards.scores.query("model == @MODEL and quantity == 'position'")
    assert len(own) == 5 and own["cover80"].between(0.75, 0.85).all()


def page_on_scores() -> str:
    """Return the page with the scoreboards, points without a zero before them."""
    return (Path(__file__).parents[2] / "docs" / "theory" / "projection.md").read_text(encoding="utf-8")


def of(frame: pd.DataFrame, quantity: str, horizon: int) -> pd.DataFrame:
    """Return the rows on a quantity so many years ahead."""
    return frame[(frame["quantity"] == quantity) & (frame["horizon"] == horizon)]


def short(value: Any, digits: int = 3, sign: str = "") -> str:
    """Return a figure as the page writes it: .022, -.001."""
    return f"{value:{sign}.{digits}f}".replace("0.", ".", 1)


def cover(row: Any) -> str:
    """Return how often the three intervals held, in per cent."""
    return " / ".join(f"{100 * row[f'cover{level}']:.0f}" for level in (50, 80, 95))


def difference(row: Any, digits: int = 3) -> str:
    """Return how much less a model scores than the walk, with its interval."""
    low, high = (short(row[name], digits, "+") for name in ("less_low", "less_high"))
    return f"{short(row['crps_less'], digits, '+')} ({low} to {high})"


def test_the_table_of_positions_in_the_docs_is_the_one_that_ships(evidence: Evidence) -> None:
    boards = shipped.boards_of(load_case("atlantic"), evidence)
    assert boards is not None
    told = page_on_scores()
    for horizon in range(1, 6):
        rows = of(boards.scores, "position", horizon).set_index("model")
        one, walk = (rows.loc[model] for model in NAMED)
        better = f"better by {short(-one['log_less'], 2)}"
        cells = (
            horizon, short(one["crps"], 4), short(walk["crps"], 4), difference(one, 4), one["verdict"],
            better, cover(one), cover(walk),
        )  # fmt: skip
        assert f"| {' | '.join(map(str, cells))} |" in told


@pytest.mark.parametrize("name", CASES)
def test_the_tables_of_blocs_in_the_docs_are_those_that_ship(name: str, evidence: Evidence) -> None:
    boards = shipped.boards_of(load_case(name), evidence)
    assert boards is not None
    told, missed = page_on_scores(), []
    for quantity, horizon in ((q, h) for q in ("bloc mean", "bloc spread") for h in range(1, 6)):
        rows = of(boards.scores, quantity, horizon).set_index("model")
        one, walk = (rows.loc[model] for model in NAMED)
        default = of(boards.defaults, quantity, horizon)["default"].iloc[0]
        cells = (
            horizon, f"{short(one['crps'])}, {short(walk['crps'])}", difference(one), one["verdict"],
            cover(one), cover(walk), rows["crps"].idxmin(), default,
        )  # fmt: skip
        wanted = f"| {' | '.join(map(str, cells))} |"
        missed += [] if wanted in told else [wanted]
    assert missed == []


def test_the_tables_of_events_and_covariates_in_the_docs_are_those_that_ship(evidence: Evidence) -> None:
    boards = shipped.boards_of(load_case("atlantic"), evidence)
    assert boards is not None
    told, missed = page_on_scores(), []
    for (_event, horizon), rows in boards.events.groupby(["event", "horizon"], sort=False):
        one, walk = (rows.set_index("model").loc[model] for model in NAMED)
        rare = one["happened"] < 0.05
        shares = (f"{100 * one[name]:.{1 if rare else 0}f} %" for name in ("happened", "chance"))
        brier = ", ".join(short(row["brier"], 4 if rare else 3) for row in (one, walk))
        wanted = f"| {horizon} | {' | '.join(shares)} | {brier} | {one['verdict']} |"
        missed += [] if wanted in told else [wanted]
    foreseen = boards.covariates.drop_duplicates(["covariate", "change"]).query("change == 'as if foreseen'")
    for row in foreseen.to_dict("records"):
        effect, low, high = (short(row[name]) for name in ("effect", "low", "high"))
        wanted = f"| {effect} ({low} to {high}) | {short(row['gain'], 1)} |"
        missed += [] if wanted in told else [wanted]
    assert missed == []


def test_members_are_those_of_the_last_day_of_the_last_year(evidence: Evidence) -> None:
    fit = shipped.stored_fit(load_case("atlantic"), evidence)
    assert fit is not None and fit.year == 2019
    assert dict(zip(fit.blocs, fit.member.sum(axis=0), strict=True)) == {"NATO": 29, "EU": 28}


def test_a_case_that_asks_otherwise_finds_nothing_that_ships(evidence: Evidence) -> None:
    case = load_case("atlantic")
    early = case.model_copy(update={"as_of": date(2015, 6, 1)})
    other = case.model_copy(update={"rival": case.ally})
    assert shipped.ships(case, evidence)
    for changed in (early, other):
        assert not shipped.ships(changed, evidence) and shipped.stored_fit(changed, evidence) is None
    later = case.model_copy(update={"as_of": date(2026, 12, 31), "title": "Another"})
    assert shipped.ships(later, evidence)


def test_what_ships_is_small_and_made_by_the_method_at_hand() -> None:
    files = [path for path in shipped.FOLDER.iterdir() if path.is_file()]
    assert {path.stem for path in files} == {*shipped.FIT, *shipped.SCORED, "about"}
    assert sum(path.stat().st_size for path in files) < 400_000
    assert shipped.about()["method"] == shipped.METHOD and len(shipped.about()["keys"]) == len(CASES)


def test_reading_what_ships_loads_no_compiler() -> None:
    script = "import sys, detente.simulation.backtest.shipped as s; s.about(); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_command_shows_what_ships_where_there_are_no_votes(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("detente.study.open_evidence", lambda **_: evidence)
    with pytest.raises(SystemExit) as ended:
        main(["backtest", "atlantic"])
    out = capsys.readouterr().out
    assert ended.value.code == 0 and f"These figures: {SHIPPED}." in out
    assert "Spread within blocs" in out and "Would covariates have helped?" in out and "member crosses" in out
    with pytest.raises(SystemExit) as ended:
        main(["backtest", "atlantic", "--first", "2010"])
    assert ended.value.code == 2 and "what ships is of other years" in capsys.readouterr().err
