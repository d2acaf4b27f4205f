"""What came due of the forecast record is graded, and the rest is named."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from detente.commands import main
from detente.errors import SimulationError
from detente.simulation.backtest.predictive import crps_normal
from detente.simulation.record.forecasts import Naive
from detente.simulation.record.grading import grade
from detente.simulation.record.outcomes import Outcome, outcomes_of, read_outcomes
from detente.simulation.record.record import Record
from detente.simulation.record.scores import LEAST, brier, central, jeffreys, log_score, quantile_crps
from tests.simulation.made_record import DAY, DUE, chance, number, record, seal

__all__ = ["record"]


@settings(max_examples=40, deadline=None)
@given(st.floats(-3, 3), st.floats(0.1, 3), st.floats(-5, 5))
def test_dense_quantiles_score_as_the_distribution_does(mean: float, sd: float, value: float) -> None:
    levels = (np.arange(4000) + 0.5) / 4000
    told = quantile_crps(tuple(zip(levels.tolist(), norm.ppf(levels, mean, sd).tolist(), strict=True)), value)
    known = crps_normal(np.array([mean]), np.array([sd]), np.array([value]))[0]
    assert told == pytest.approx(known, rel=2e-3, abs=2e-3)


def test_true_quantiles_score_best() -> None:
    rng, levels = np.random.default_rng(0), (0.05, 0.25, 0.5, 0.75, 0.95)
    drawn = rng.gamma(2, size=4000)
    true = np.quantile(drawn, levels)

    def mean_score(quantiles: Any) -> float:
        pairs = tuple(zip(levels, np.asarray(quantiles).tolist(), strict=True))
        return float(np.mean([quantile_crps(pairs, value) for value in drawn]))

    best = mean_score(true)
    for place in range(5):
        for off in (-0.15, 0.15):
            moved = true.copy()
            moved[place] += off
            assert mean_score(moved) > best


def test_scores_of_chances() -> None:
    assert brier(0.3, happened=True) == pytest.approx(0.49)
    assert log_score(0.3, happened=False) == pytest.approx(-math.log(0.7))
    assert log_score(1.0, happened=False) == pytest.approx(-math.log(LEAST))
    assert central(((0.05, 0.0), (0.25, 1.0), (0.75, 2.0), (0.9, 3.0))) == {0.5: (1.0, 2.0)}
    assert jeffreys(10, 10) == pytest.approx((0.783, 1.0), abs=5e-4)


def told_outcomes() -> dict[tuple[str, date], Outcome]:
    table = pd.DataFrame(
        [
            ("lapse", "2027-01-31", "no", "", "journal"),
            ("aid", "2027-01-31", "", "0.75", "tracker"),
            ("strange", "2027-01-31", "yes", "", "nowhere"),
        ],
        columns=["key", "due", "happened", "value", "source"],
    )
    return outcomes_of(table)


def test_what_came_due_is_graded_and_the_rest_is_named(record: Record) -> None:
    base = Naive(name="base rate", chance=0.5)
    walk = Naive(name="random walk", quantiles=((0.5, 0.0),))
    later = date(2028, 1, 31)
    seal(
        record, chance("lapse", 0.1, naive=base), number("aid", 0.0, 0.5, 1.0, naive=walk),
        chance("joins", 0.4), chance("lapse", 0.2, due=later),
    )  # fmt: skip
    seal(record, number("aid", 0.0, 0.25, 0.5), on=DAY + timedelta(days=30))
    told = grade(record, outcomes=told_outcomes(), on=date(2027, 2, 1))
    aid, again, lapse = told.frame().sort_values(["key", "seq"]).to_dict("records")
    assert (lapse["brier"], lapse["naive_brier"]) == pytest.approx((0.01, 0.25))
    # Losses 0.075, 0.125 and 0.025 at levels that stand for 0.3, 0.4 and 0.3; the walk is off by 0.75.
    assert (aid["crps"], aid["naive_crps"]) == pytest.approx((0.16, 0.75))
    assert (again["days"], aid["days"], aid["source"]) == (365, 395, "tracker")
    assert told.pending[["key", "due"]].to_numpy().tolist() == [["lapse", later]]
    assert told.unknown["key"].tolist() == ["joins"] and told.unasked["key"].tolist() == ["strange"]
    assert told.inside[["seq", "level", "inside"]].to_numpy().tolist() == [[1, 0.8, 1.0], [2, 0.8, 0.0]]
    row = told.coverage().iloc[0]
    assert (row["questions"], row["share"]) == (1, 0.5) and row["low"] < 0.5 < row["high"]
    of_brier, _, of_crps = told.summary().to_dict("records")
    assert (of_crps["score"], of_crps["questions"], of_crps["forecasts"]) == ("crps", 1, 2)
    assert of_brier["difference"] == pytest.approx(-0.24) and math.isnan(of_brier["low"])
    assert of_brier["verdict"] == "cannot be told"


def test_good_forecasts_are_told_from_naive_ones(record: Record) -> None:
    """Sixty questions that come with the chance that was forecast; the naive forecast is a half."""
    rng = np.random.default_rng(4)
    chances = rng.choice([0.05, 0.5, 0.95, 1.0], 60)
    came = rng.random(60) < chances
    base = Naive(name="a half", chance=0.5)
    about = {"what": "decision"}
    days = [DUE + timedelta(days=int(place) % 6) for place in range(60)]
    seal(
        record,
        *(chance(f"q{n}", float(of), due=days[n], about=about, naive=base) for n, of in enumerate(chances)),
    )
    outcomes = {(f"q{n}", days[n]): Outcome("test", happened=bool(each)) for n, each in enumerate(came)}
    told = grade(record, outcomes=outcomes, on=date(2028, 1, 1))
    row = told.summary().set_index("score").loc["brier"]
    assert (row["what"], row["verdict"]) == ("decision", "better")
    assert row["low"] < row["mean"] < row["high"] and row["mean"] == pytest.approx(
        np.mean((chances - came) ** 2)
    )
    table = told.calibration()
    assert table["from"].tolist() == [0.0, 0.5, 0.9] and table["questions"].sum() == 60
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
    last = table.iloc[-1]
    assert last["happened"] == came[chances > 0.9].sum() and last["forecast"] == pytest.approx(
        chances[chances > 0.9].mean()
    )


def test_an_outcome_of_another_kind_is_refused(record: Record) -> None:
    seal(record, chance("aid", 0.1), number("lapse", 0, 1, 2))
    with pytest.raises(SimulationError) as told:
        grade(record, outcomes=told_outcomes(), on=DUE)
    hints = {(each.where.split("'")[1], each.hint) for each in told.value.problems}
    assert hints == {
        ("aid", "give happened in the table of outcomes"),
        ("lapse", "give value in the table of outcomes"),
    }


def test_every_row_of_outcomes_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    path.write_text(
        "key,due,happened,value,source\n"
        "a,2027-01-31,yes,,x\n"
        "a,2027-01-31,no,,x\n"
        "b,31.1.2027,no,,x\n"
        "c,2027-01-31,maybe,,x\n"
        "d,2027-01-31,,much,x\n"
        "e,2027-01-31,yes,1,x\n"
        "f,2027-01-31,yes,,\n"
        "g,2027-01-31,,inf,x\n",
        encoding="utf-8",
    )
    with pytest.raises(SimulationError) as told:
        read_outcomes(path)
    assert [each.where.rsplit(":", 1)[-1] for each in told.value.problems] == list("3456789")
    with pytest.raises(SimulationError, match="has no column 'source'"):
        outcomes_of(pd.DataFrame({"key": ["a"], "due": ["2027-01-31"]}))
    with pytest.raises(SimulationError, match="cannot be read"):
        read_outcomes(tmp_path / "none.csv")


def test_the_command_grades_and_answers_in_json(
    record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = seal(record, chance("lapse", 0.1, naive=Naive(name="half", chance=0.5)), chance("joins", 0.4))
    table = tmp_path / "outcomes.csv"
    table.write_text("key,due,happened,source\nlapse,2027-01-31,no,journal\n", encoding="utf-8")
    given_ = [
        "score",
        "forecasts",
        "--record",
        str(record.path),
        "--outcomes",
        str(table),
        "--on",
        "2027-02-01",
    ]
    for more in ([], ["--json"]):
        with pytest.raises(SystemExit, match="0"):
            main([*given_, *more])
    told = capsys.readouterr().out
    assert "joins (2027-01-31)" in told and "not due yet: 0" in told
    answer = json.loads(told[told.index("{\n") :])
    assert (answer["digest"], answer["scores"][0]["due"], answer["scores"][0]["brier"]) == (
        digest,
        "2027-01-31",
        0.01,
    )
    assert [row["key"] for row in answer["unknown"]] == ["joins"]


def test_the_command_writes_tables_and_a_calibration_plot(record: Record, tmp_path: Path) -> None:
    seal(record, chance("lapse", 0.1), chance("joins", 0.4))
    table = tmp_path / "outcomes.csv"
    table.write_text(
        "key,due,happened,source\nlapse,2027-01-31,no,journal\njoins,2027-01-31,yes,journal\n",
        encoding="utf-8",
    )
    given_ = ["score", "forecasts", "--record", str(record.path), "--outcomes", str(table)]
    with pytest.raises(SystemExit, match="0"):
        main([*given_, "--on", "2027-02-01", "-o", str(tmp_path / "out")])
    spec = json.loads((tmp_path / "out" / "calibration.vl.json").read_text(encoding="utf-8"))
    drawn = [row for rows in spec["datasets"].values() for row in rows if "questions" in row]
    assert [(row["forecast"], row["share"]) for row in drawn] == [(0.1, 0.0), (0.4, 1.0)]
    assert (tmp_path / "out" / "summary.csv").read_text(encoding="utf-8").count("\n") >= 2


def test_the_command_names_what_is_missing_or_broken(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["score", "forecasts", "--record", str(record.path)])
    assert "no forecast record yet" in capsys.readouterr().err
    seal(record, chance("lapse", 0.1))
    record.path.write_bytes(record.path.read_bytes().replace(b"0.1", b"0.2"))
    with pytest.raises(SystemExit, match="2"):
        main(["score", "forecasts", "--record", str(record.path)])
    assert "forecasts.jsonl:1: its content was altered" in capsys.readouterr().err
