"""Results kept between runs: the same to the last bit, and never an error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.measurement import kept

FRAMES = {
    "told": pd.DataFrame(
        {
            "name": ["a", None, "c"],
            "value": [0.1 + 0.2, np.nan, -0.0],
            "number": np.array([3, 2, 1], dtype=np.int64),
            "day": pd.to_datetime(["1999-12-31", "NaT", "2000-01-01"]).astype("datetime64[s]"),
            "flag": [True, False, True],
        }
    ),
    "nothing": pd.DataFrame(columns=["a", "b"]),
}


def refuse() -> dict[str, pd.DataFrame]:
    raise AssertionError("made again")


def same(found: kept.Frames, other: kept.Frames) -> None:
    assert list(found) == list(other)
    for name in found:
        pd.testing.assert_frame_equal(found[name], other[name], check_exact=True)


def test_a_later_run_finds_the_same_tables_without_making_them(tmp_path: Path) -> None:
    cold = kept.remembered(tmp_path, "one", lambda: FRAMES)
    same(kept.remembered(tmp_path, "one", refuse), cold)
    same(kept.remembered(None, "one", lambda: FRAMES), cold)
    assert cold["told"]["value"].to_list()[0] == 0.1 + 0.2
    assert cold["told"].dtypes.equals(FRAMES["told"].dtypes)
    assert list(cold["nothing"].columns) == ["a", "b"] and cold["nothing"].empty


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_damaged_file_costs_time_alone(tmp_path: Path, damage: bytes | None) -> None:
    first = kept.remembered(tmp_path, "one", lambda: FRAMES)
    path = tmp_path / "one.duckdb"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    same(kept.remembered(tmp_path, "one", lambda: FRAMES), first)
    same(kept.remembered(tmp_path, "one", refuse), first)


def test_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    same(kept.remembered(blocked, "one", lambda: FRAMES), kept.remembered(tmp_path, "one", lambda: FRAMES))
    assert blocked.read_text(encoding="utf-8") == "in the way"


def test_the_results_not_asked_for_longest_go_first(tmp_path: Path) -> None:
    for name in ("one", "two"):
        kept.remembered(tmp_path, name, lambda: FRAMES, most=2)
    kept.remembered(tmp_path, "one", refuse, most=2)
    kept.remembered(tmp_path, "three", lambda: FRAMES, most=2)
    assert sorted(path.stem for path in tmp_path.glob("*.duckdb")) == ["one", "three"]


def test_what_is_kept_can_be_looked_up_without_being_made(tmp_path: Path) -> None:
    assert kept.recalled(tmp_path, "one") is None and kept.recalled(None, "one") is None
    made = kept.remembered(tmp_path, "one", lambda: FRAMES)
    found = kept.recalled(tmp_path, "one")
    assert found is not None and list(found) == list(made)


def test_the_key_changes_with_any_of_its_parts() -> None:
    keys = {kept.key(*parts) for parts in (("a", 1), ("a", 2), ("b", 1), ("a", 1, None))}
    assert len(keys) == 4 and kept.key("a", 1) in keys
