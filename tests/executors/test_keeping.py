"""Results in a folder: one that was cut short counts as not there, and who began a run is told apart."""

from __future__ import annotations

import gc
import json
import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.digests import digest
from detente.errors import ExecutorError
from detente.executors import How, run
from detente.executors.keeping import MANIFEST, Kept
from detente.executors.objects import NAME, packed, unpacked
from detente.simulation.backtest.predictive import Normal
from tests.executors.chunks import Draw, moments

RESULT = {"counts": np.arange(12, dtype=np.uint16).reshape(3, 4), "names": np.array(["a", "bc"])}


def test_a_result_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = Kept.of(tmp_path, moments, [Draw(0)])
    kept.save(0, RESULT)
    held = kept.load(0)
    assert held is not None and held.keys() == RESULT.keys()
    for name, values in RESULT.items():
        assert held[name].dtype == values.dtype
        np.testing.assert_array_equal(held[name], values)


@pytest.mark.parametrize("left", [0, 1, 40, 200])
def test_a_result_that_was_cut_short_is_not_there_and_leaves_no_file_open(tmp_path: Path, left: int) -> None:
    kept = Kept.of(tmp_path, moments, [Draw(0)])
    kept.save(0, RESULT)
    (file,) = tmp_path.glob("chunk-*.npz")
    file.write_bytes(file.read_bytes()[:left])
    gc.collect()  # what others left open
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert kept.load(0) is None
        gc.collect()
    assert [str(each.message) for each in told if each.category is ResourceWarning] == []


def test_a_run_that_was_begun_with_other_libraries_says_which(tmp_path: Path) -> None:
    list(run(moments, [Draw(0)], How("serial", folder=tmp_path)))
    held = json.loads((tmp_path / MANIFEST).read_text())
    held["made with"]["numpy"] = "1.0"
    (tmp_path / MANIFEST).write_text(json.dumps(held))
    with pytest.raises(ExecutorError, match=f"begun with numpy 1.0, here {np.__version__}"):
        run(moments, [Draw(0)], How("serial", folder=tmp_path))


def test_tables_count_with_their_cells_and_labels() -> None:
    one = pd.DataFrame({"who": ["a", "b"], "value": [1.0, 2.0]})
    others = [one.rename(columns={"who": "whom"}), one.assign(value=[1.0, 3.0]), one.iloc[:1], one["value"]]
    assert digest(one) == digest(pickle.loads(pickle.dumps(one)))
    assert len({digest(each) for each in (one, *others)}) == 5


def test_objects_are_sent_as_bytes_and_nothing_foreign_is_made_of_a_file() -> None:
    known = {"who": ("A", "B")}
    told = unpacked(packed((Normal(np.arange(2.0), np.ones(2)), known["who"]), known=known), known=known)
    assert told[0].mean.tolist() == [0.0, 1.0] and told[1] is known["who"]
    assert "A" not in bytes(packed(known["who"], known=known)[NAME]).decode("latin-1")
    for foreign in (Path("a"), print, pd.DataFrame({"a": [1]})):
        with pytest.raises(pickle.UnpicklingError, match="is not what results are made of"):
            unpacked(packed(foreign, known={}), known={})
