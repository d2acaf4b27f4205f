"""Parts of a run in a folder: one that was cut short counts as not there, and no file stays open."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import numpy as np
import pytest

from detente.simulation.ensemble.parts import Parts, Tally

TALLY = Tally.empty(3, 4, (1, 2))


def test_a_part_comes_back_as_it_was(tmp_path: Path) -> None:
    parts = Parts(tmp_path, "digest", 10)
    TALLY.counts[1, 2] = 7
    parts.save(0, TALLY)
    held = parts.load(0)
    assert held is not None
    np.testing.assert_array_equal(held.counts, TALLY.counts)


@pytest.mark.parametrize("left", [0, 1, 40, 200])
def test_a_part_that_was_cut_short_is_not_there_and_leaves_no_file_open(tmp_path: Path, left: int) -> None:
    parts = Parts(tmp_path, "digest", 10)
    parts.save(0, TALLY)
    (file,) = tmp_path.glob("part-*.npz")
    file.write_bytes(file.read_bytes()[:left])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert parts.load(0) is None
        gc.collect()
    assert [str(each.message) for each in told if each.category is ResourceWarning] == []
