"""The forecast record: no line changes unseen, and nothing is lost."""

from __future__ import annotations

import errno
import json
import math
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import SimulationError
from detente.simulation.record.chain import FIRST, digest_of
from detente.simulation.record.forecasts import Forecast, Naive
from detente.simulation.record.record import Record, record_file
from tests.simulation.made_record import DAY, DIGESTS, DUE, chance, number, record, seal

__all__ = ["record"]

ROOT = Path(__file__).resolve().parents[2]
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
