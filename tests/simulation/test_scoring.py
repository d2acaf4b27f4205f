"""The scoreboard: the record of decisions as checked before, and what a verdict may be said on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.commands import app
from detente.errors import EvidenceError
from detente.evidence import open_evidence
from detente.simulation.scoring import contest
from detente.simulation.scoring.deu import capabilities, members, read_day, read_deu
from detente.simulation.scoring.scoreboard import YARDSTICK, forecasts, scoreboard

FILE = "deu3_blksv.tsv"
CHEAP = ("plain mean", "plain median", "weighted median", YARDSTICK)


@pytest.fixture
def record(reference: Path) -> Path:
    return reference / "bargaining" / FILE


def test_errors_on_record_are_the_checked_ones(record: Path, reference: Path, cache: Path) -> None:
    known = pd.read_csv(reference / "bargaining" / "deu3_rule_errors.csv").set_index("rule")
    models = {name: forecast for name, forecast in contest.contestants().items() if name in CHEAP}
    board, aside = contest.contest(record, open_evidence(), models=models)
    found = board.set_index("model")
    assert set(board["issues"]) == {351}
    assert aside["count"].sum() == 13
    for name, rule in (("plain mean", "mean of positions"), ("plain median", "median of positions")):
        assert found.loc[name, "mean_error"] == pytest.approx(known.loc[rule, "MAE"], abs=1e-9)
        assert found.loc[name, "root_mean_square"] == pytest.approx(known.loc[rule, "RMSE"], abs=1e-9)
        assert found.loc[name, "median_error"] == pytest.approx(known.loc[rule, "medianAE"], abs=1e-9)
        assert found.loc[name, "within_ten"] == pytest.approx(known.loc[rule, "hit10"], abs=1e-9)
    # Weights differ in 33 issues: populations of another year, and four proposals dated to another treaty.
    weighted = found.loc[YARDSTICK, "mean_error"]
    assert weighted == pytest.approx(known.loc["capability x salience mean", "MAE"], abs=0.1)


def test_the_scoreboard_that_ships_is_that_of_the_record(record: Path, cache: Path) -> None:
    models = {name: forecast for name, forecast in contest.contestants().items() if name in CHEAP}
    board, _ = contest.contest(record, open_evidence(), models=models)
    kept = contest.shipped().set_index("model")
    figures = ["mean_error", "mean_error_low", "worse_by", "worse_low", "worse_high", "within_ten"]
    for row in board.to_dict("records"):
        assert kept.loc[row["model"], figures].tolist() == pytest.approx(
            [row[name] for name in figures], abs=1e-4
        )
        assert kept.loc[row["model"], "verdict"] == row["verdict"]
    assert set(kept.index) == set(contest.contestants())
    assert not (kept["verdict"] == "better").any()


def test_weighted_forecasts_equal_the_checked_ones_where_weights_do(
    record: Path, reference: Path, cache: Path
) -> None:
    known = pd.read_csv(reference / "bargaining" / "deu3_forecasts.csv").set_index("issue")
    decided, _ = read_deu(record, contest.populations(open_evidence()))
    early = [each for each in decided if each.when < date(2014, 11, 1)]
    told = forecasts(early, {"it": contest.contestants()[YARDSTICK]}).set_index("issue")
    off = (100 * told["it"] - known["capability x salience mean"].reindex(told.index)).abs()
    assert (off > 1e-5).sum() == 4
    assert len(told) > 300


def test_a_verdict_needs_an_interval_that_leaves_zero_out() -> None:
    rng = np.random.default_rng(0)
    outcome = rng.random(200)
    told = pd.DataFrame(
        {
            "issue": range(200), "proposal": np.arange(200) // 2, "outcome": outcome,
            YARDSTICK: outcome + 0.2, "closer": outcome + 0.1, "further": outcome + 0.3,
            "alike": outcome + 0.2 + rng.normal(0, 0.05, 200),
        }
    )  # fmt: skip
    verdict = scoreboard(told).set_index("model")["verdict"].to_dict()
    assert verdict == {
        YARDSTICK: "the yardstick", "closer": "better", "further": "worse", "alike": "cannot be told from it",
    }  # fmt: skip


def test_issues_of_one_proposal_are_drawn_together() -> None:
    told = pd.DataFrame(
        {"issue": range(100), "proposal": 0, "outcome": 0.0, YARDSTICK: np.linspace(0, 1, 100)}
    )
    row = scoreboard(told).iloc[0]
    assert row["mean_error_low"] == pytest.approx(row["mean_error"]) == pytest.approx(row["mean_error_high"])


def test_weights_follow_the_treaty_of_the_day() -> None:
    labels = ["com", "de", "pl", "mt"]
    people = {each.actor: 1.0 for each in members().values()} | {"DEU": 80.0, "POL": 40.0}
    assert capabilities(labels, date(2001, 1, 1), people).tolist() == [100.0, 100.0, 0.0, 0.0]
    assert capabilities(labels, date(2008, 1, 1), people)[2] == pytest.approx(100 * 27 / 29)
    assert capabilities(labels, date(2016, 1, 1), people).tolist() == [100.0, 100.0, 50.0, 1.25]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("26-01-00", date(2000, 1, 26)),
        ("07-02-96", date(1996, 2, 7)),
        ("1930-05-01", date(2001, 5, 30)),
        ("10-05-19", date(2019, 5, 10)),
        ("999", None),
        ("31-02-2010", None),
    ],
)
def test_days_are_read_as_the_table_means_them(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_a_file_of_another_kind_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "other.tsv").write_text("isnr\tprnr\toutt\n1\t2\t3\n")
    with pytest.raises(EvidenceError, match=r"has no column 'out'\n    did you mean 'outt'"):
        read_deu(tmp_path / "other.tsv", {})
    with pytest.raises(EvidenceError, match="cannot be read"):
        read_deu(tmp_path / "none.tsv", {})


def test_the_command_shows_what_ships_and_names_who_is_not_scored(capsys: pytest.CaptureFixture[str]) -> None:
    assert app(["score", "deu"], exit_on_error=False) == 0
    told = capsys.readouterr().out
    assert "the yardstick" in told and "not scored: exchange" in told
    assert app(["score", "deu", "--json"], exit_on_error=False) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(contest.contestants())
