"""The forecast record: no line changes unseen, nothing is lost, and what came due is graded."""

from __future__ import annotations

import errno
import json
import math
import subprocess
import sys
from dataclasses import replace
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
from detente.simulation.record.chain import FIRST, digest_of
from detente.simulation.record.forecasts import Forecast, Naive
from detente.simulation.record.grading import grade
from detente.simulation.record.outcomes import Outcome, outcomes_of, read_outcomes
from detente.simulation.record.record import Record, record_file
from detente.simulation.record.scores import LEAST, brier, central, jeffreys, log_score, quantile_crps

ROOT = Path(__file__).resolve().parents[2]
DAY, DUE = date(2026, 1, 1), date(2027, 1, 31)
CASE: tuple[str, str] = ("atlantic", "ab12")
DIGESTS = {"votes": "cd34"}
SEALING = """
import sys
from datetime import date
from pathlib import Path
from detente.simulation.record.forecasts import Forecast
from detente.simulation.record.record import Record
for place in range(6):
    asked = Forecast(key=f"{sys.argv[2]}-{place}", question="?", due=date(2027, 1, 31), chance=0.5)
    Record(Path(sys.argv[1])).seal([asked], on=date(2026, 1, 1), case=("atlantic", "ab12"), digests={})
"""


def chance(key: str, of: float, *, due: date = DUE, **more: Any) -> Forecast:
    return Forecast(key=key, question=f"Does {key} come?", due=due, chance=of, **more)


def number(key: str, *values: float, due: date = DUE, **more: Any) -> Forecast:
    quantiles = tuple(zip((0.1, 0.5, 0.9), values, strict=True))
    return Forecast(key=key, question=f"How far is {key}?", due=due, quantiles=quantiles, **more)


def seal(record: Record, *forecasts: Forecast, on: date = DAY) -> str:
    return record.seal(forecasts, on=on, case=CASE, digests=DIGESTS).digest


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "kept" / "forecasts.jsonl")


def three_lines(folder: Path) -> Path:
    record = Record(folder / "forecasts.jsonl")
    for place in range(3):
        later = DAY + timedelta(days=place)
        seal(record, chance("lapse", 0.1), number("aid", -0.5, 0.25, 1.0 + place), on=later)
    return record.path


def test_each_line_follows_from_the_one_before(record: Record) -> None:
    assert record.verify() == FIRST and record.entries() == [] and record.due(DUE) == []
    first = seal(record, chance("lapse", 0.1))
    second = seal(record, chance("lapse", 0.2), on=DAY + timedelta(days=1))
    lines = record.path.read_text(encoding="utf-8").splitlines()
    assert [digest_of(line) for line in lines] == [first, second] and record.verify() == second
    held = [json.loads(line) for line in lines]
    assert [each["previous"] for each in held] == [FIRST, first]
    assert [each["seq"] for each in held] == [1, 2]
    body = {name: held[1][name] for name in ("sealed", "case", "data", "version", "forecasts")}
    assert held[1]["content"] == digest_of(json.dumps(body, sort_keys=True, separators=(",", ":")))
    entry = record.entries()[0]
    assert (entry.sealed, entry.case["name"], entry.data, entry.digest) == (DAY, "atlantic", DIGESTS, first)


def test_the_same_content_of_the_same_day_is_sealed_once(record: Record) -> None:
    one, other = chance("lapse", 0.1), number("aid", 0, 1, 2)
    first = seal(record, one, other)
    assert seal(record, other, one) == first and len(record.entries()) == 1
    assert seal(record, one) != first and seal(record, one, other) == first
    seal(record, one, other, on=DAY + timedelta(days=1))
    assert [entry.seq for entry in record.entries()] == [1, 2, 3]


def test_the_hour_at_which_an_outcome_is_due_is_dropped(record: Record) -> None:
    seal(record, chance("lapse", 0.1, due=pd.Timestamp("2027-01-31 12:00")))
    assert record.forecasts()[0].forecast == chance("lapse", 0.1)


NAMES = st.text(min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SAID = st.one_of(
    st.fixed_dictionaries({"chance": st.floats(0, 1)}),
    st.lists(NUMBERS, min_size=3, max_size=3).map(
        lambda values: {"quantiles": tuple(zip((0.05, 0.5, 0.95), sorted(values), strict=True))}
    ),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda key, said, about: Forecast(key=key, question="?", due=DUE, about=about, **said),
            NAMES, SAID, st.dictionaries(NAMES, NAMES, max_size=2),
        ),
        min_size=1, max_size=4, unique_by=lambda forecast: forecast.key,
    )
)  # fmt: skip
def test_whatever_is_sealed_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, forecasts: list[Forecast]
) -> None:
    record = Record(tmp_path_factory.mktemp("kept") / "forecasts.jsonl")
    seal(record, *forecasts)
    held = [each.forecast for each in record.forecasts()]
    assert held == sorted(forecasts, key=lambda forecast: forecast.key)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return three_lines(tmp_path_factory.mktemp("sound"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_byte_changes_unseen(sound: Path, data: st.DataObject) -> None:
    held = bytearray(sound.read_bytes())
    place = data.draw(st.integers(0, len(held) - 1))
    was = held[place]
    held[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != was))
    other = sound.with_name("altered.jsonl")
    other.write_bytes(bytes(held))
    with pytest.raises(SimulationError, match=r"altered\.jsonl"):
        Record(other).verify()


@pytest.mark.parametrize(
    ("order", "named"), [([1, 2], 1), ([0, 2], 2), ([1, 0, 2], 1), ([0, 1, 1, 2], 3), ([0, 2, 1], 2)]
)
def test_lines_taken_out_moved_or_doubled_are_named(sound: Path, order: list[int], named: int) -> None:
    lines = sound.read_text(encoding="utf-8").splitlines(keepends=True)
    other = sound.with_name("moved.jsonl")
    other.write_text("".join(lines[place] for place in order), encoding="utf-8")
    with pytest.raises(SimulationError) as told:
        Record(other).verify()
    assert told.value.problems[0].where == f"{other}:{named}"
    assert "does not follow from the line before it" in str(told.value)


def test_an_altered_line_is_named_even_where_its_digest_was_made_anew(sound: Path) -> None:
    lines = sound.read_text(encoding="utf-8").splitlines()
    other = sound.with_name("forged.jsonl")
    other.write_text("\n".join([lines[0].replace("0.25", "0.35"), *lines[1:]]) + "\n", encoding="utf-8")
    with pytest.raises(SimulationError) as told:
        Record(other).verify()
    assert [(each.where, each.what) for each in told.value.problems] == [
        (f"{other}:1", "its content was altered"),
        (
            f"{other}:2",
            "does not follow from the line before it: one of them was altered, moved or taken out",
        ),
    ]
    held = json.loads(lines[0].replace("0.25", "0.35"))
    body = {name: held[name] for name in ("sealed", "case", "data", "version", "forecasts")}
    held["content"] = digest_of(json.dumps(body, sort_keys=True, separators=(",", ":")))
    forged = json.dumps(held, sort_keys=True, separators=(",", ":"))
    other.write_text("\n".join([forged, *lines[1:]]) + "\n", encoding="utf-8")
    with pytest.raises(SimulationError, match=r"forged\.jsonl:2: does not follow"):
        Record(other).verify()


def test_a_last_line_that_is_cut_off_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    path = three_lines(tmp_path)
    whole = path.read_bytes()
    for lost in (1, 40):
        path.write_bytes(whole[:-lost])
        for work in (
            Record(path).verify,
            lambda: seal(Record(path), chance("more", 0.5), on=DUE - timedelta(1)),
        ):
            with pytest.raises(SimulationError, match=r"forecasts\.jsonl:3: the last line is cut off"):
                work()
        assert path.read_bytes() == whole[:-lost]
    path.write_bytes(whole[: whole.rindex(b"\n", 0, -1) + 1])
    seal(Record(path), chance("lapse", 0.1), number("aid", -0.5, 0.25, 3.0), on=DAY + timedelta(days=2))
    assert path.read_bytes() == whole


def test_two_processes_that_seal_at_once_lose_nothing(record: Record) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", SEALING, str(record.path), name], cwd=ROOT) for name in "ab"
    ]
    assert [each.wait(timeout=60) for each in both] == [0, 0]
    record.verify()
    keys = sorted(each.forecast.key for each in record.forecasts())
    assert keys == sorted(f"{name}-{place}" for name in "ab" for place in range(6))


def test_a_full_disk_leaves_the_record_as_it_was(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(record, chance("lapse", 0.1))
    before = record.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SimulationError, match="no space left"):
        seal(record, chance("lapse", 0.2))
    assert record.path.read_bytes() == before
    assert not list(record.path.parent.glob(".*part"))


def test_everything_that_is_wrong_with_forecasts_is_named_at_once(record: Record) -> None:
    bad = [
        chance("high", 1.2),
        chance("missing", math.nan),
        chance(" ", 0.5),
        chance("late", 0.5, due=DAY),
        chance("twice", 0.5),
        chance("twice", 0.4),
        replace(chance("both", 0.5), quantiles=((0.5, 1.0),)),
        number("falls", 1, 0, 2),
        number("endless", 0, 1, math.inf),
        Forecast(key="levels", question="?", due=DUE, quantiles=((0.5, 0.0), (0.5, 1.0))),
        chance("naive", 0.5, naive=Naive(name="random walk", quantiles=((0.5, 0.0),))),
    ]
    with pytest.raises(SimulationError) as told:
        seal(record, *bad)
    words = str(told.value)
    for expected in (
        "'high': its chance is 1.2", "'missing': its chance is nan", "' ': has no key",
        "'late': is due on 2026-01-01, and would be sealed on 2026-01-01", "'twice': is given twice",
        "'both': gives both a chance and quantiles", "'falls': its quantiles are [1, 0, 2]",
        "'endless': its quantiles", "'levels': its levels are [0.5, 0.5]",
        "'naive': its naive forecast is of another kind",
    ):  # fmt: skip
        assert expected in words, expected
    with pytest.raises(SimulationError, match="none to seal"):
        seal(record)
    assert not record.path.exists()


def test_forecasts_are_not_sealed_before_those_that_are_there(record: Record) -> None:
    seal(record, chance("lapse", 0.1))
    with pytest.raises(SimulationError, match="forecasts of 2025-12-31 come after those of 2026-01-01"):
        seal(record, chance("lapse", 0.2), on=DAY - timedelta(days=1))


def test_the_place_of_the_record_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DETENTE_RECORD", str(tmp_path / "mine.jsonl"))
    assert record_file() == tmp_path / "mine.jsonl"
    monkeypatch.delenv("DETENTE_RECORD")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert record_file().name == "forecasts.jsonl"


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
