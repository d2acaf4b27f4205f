"""A table as a file gives back what was in it: types, missing cells, odd text; and any frame comes in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import detente
from detente import tabular
from detente.errors import EvidenceError
from detente.tabular import as_pandas, read_table, write_table

ODD = ["", " ", "NA", "nan", "None", "a,b", 'q"uote', "two\nlines", "Ünïcödé", "007", "1e5", "True"]


def again(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return a table that was written and read."""
    path, told = write_table(frame, folder / "table")
    return read_table(path, columns=told["columns"], index=told["index"])


def of_all_kinds() -> pd.DataFrame:
    """Return a table with a column of every kind, each with what it may have missing."""
    return pd.DataFrame(
        {
            "number": [1, 2, 3],
            "decimal": [0.1, np.nan, -np.inf],
            "sure": [True, False, True],
            "text": ["a", "", "NA"],
            "some": ["a", None, "NA"],
            "gap": ["", None, "x"],
            "time": pd.DatetimeIndex(["2020-01-01", "NaT", "2021-06-30 12:00"]),
            "day": pd.Series([date(2020, 1, 1), None, date(2021, 6, 30)], dtype=object),
            "moment": pd.Series([pd.Timestamp("2020-01-01"), None, pd.Timestamp("2021-06-30")], dtype=object),
            "list": pd.Series([("a", "b"), (), None], dtype=object),
            "mixed": pd.Series([1, "a", None], dtype=object),
            "nothing": pd.Series([None, None, None], dtype=object),
        }
    )


@pytest.mark.parametrize("most", [tabular.MOST_CELLS, 0])
def test_every_kind_of_cell_comes_back_from_csv_and_parquet(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "MOST_CELLS", most)
    frame = of_all_kinds()
    found = again(frame, tmp_path)
    assert (tmp_path / ("table.csv" if most else "table.parquet")).is_file()
    assert_frame_equal(found, frame)
    assert_frame_equal(again(frame.head(0), tmp_path), frame.head(0), check_dtype=False)


def test_the_same_table_is_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MOST_CELLS", 10)
    frame = pd.DataFrame({"a": np.arange(3000) / 7, "b": [f"name {i % 13}" for i in range(3000)]})
    one, _ = write_table(frame, tmp_path / "one")
    other, _ = write_table(frame, tmp_path / "other")
    assert one.suffix == ".parquet" and one.read_bytes() == other.read_bytes()


def test_rows_that_have_names_keep_them(tmp_path: Path) -> None:
    frame = pd.DataFrame([[0.0, 1.0], [2.0, 0.0]], index=["A", "B"], columns=["A", "B"])
    found = again(frame, tmp_path)
    assert found.index.tolist() == ["A", "B"] and found.to_numpy().tolist() == frame.to_numpy().tolist()


def test_a_table_without_columns_comes_back(tmp_path: Path) -> None:
    assert again(pd.DataFrame(), tmp_path).empty


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.floats(width=64, allow_nan=True),
            st.integers(-(2**62), 2**62),
            st.sampled_from(ODD) | st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_number_and_text_comes_back_to_the_last_bit(
    rows: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    frame = pd.DataFrame(rows, columns=["decimal", "number", "text"])
    assert_frame_equal(again(frame, tmp_path_factory.mktemp("t")), frame, check_exact=True)


VOTES = {
    "actor": [*"abcd"] * 3,
    "roll_call": [1] * 4 + [2] * 4 + [3] * 4,
    "session": [1] * 12,
    "vote": ["yes", "yes", "no", "no", "yes", "no", "no", "no", "yes", "yes", "yes", "no"],
}
TIES = {"a": [*"ABC"], "b": [*"BCA"], "weight": [2, 1, -1]}
BARGAIN = {
    "actor": ["A", "B"],
    "issue": ["budget"] * 2,
    "position": [0, 100],
    "salience": [50, 50],
    "capability": [1, 3],
}
FRAMES = [pl.DataFrame, pa.table]


@pytest.mark.parametrize("frame", FRAMES)
def test_polars_and_arrow_give_what_pandas_gives(frame: Any) -> None:
    wanted = detente.ideal_points(pd.DataFrame(VOTES), positive="a", draws=0).points["mean"]
    found = detente.ideal_points(frame(VOTES), positive="a", draws=0).points["mean"]
    assert np.array_equal(found, wanted)
    assert_frame_equal(detente.ties(frame(TIES)).rows, detente.ties(pd.DataFrame(TIES)).rows)
    one, other = detente.bargain(frame(BARGAIN)), detente.bargain(pd.DataFrame(BARGAIN))
    assert_frame_equal(one.outcome, other.outcome)


def test_a_frame_that_is_not_computed_yet_is_refused_with_what_to_type() -> None:
    with pytest.raises(EvidenceError, match="not computed yet") as caught:
        as_pandas(pl.LazyFrame(TIES))
    assert "collect()" in caught.value.problems[0].hint


def test_what_is_no_frame_is_left_as_it_is() -> None:
    assert as_pandas(7) == 7 and as_pandas("votes.csv") == "votes.csv"
