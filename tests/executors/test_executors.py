"""The same bytes on every executor; runs that are killed are picked up; workers that die are named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from detente.digests import digest
from detente.errors import ExecutorError
from detente.executors import How, Progress, Result, run
from tests.executors.chunks import Draw, fails, moments

ROOT = Path(__file__).resolve().parents[2]
CHUNKS = [Draw(number) for number in range(8)]


def bytes_of(results: list[Result]) -> list[dict[str, bytes]]:
    """Return results as bytes."""
    return [{name: values.tobytes() for name, values in result.items()} for result in results]


@pytest.fixture(scope="module")
def expected() -> list[dict[str, bytes]]:
    """What comes of the chunks in a plain loop."""
    return bytes_of([moments(chunk) for chunk in CHUNKS])


@pytest.mark.parametrize(("executor", "jobs"), [("serial", 1), ("threads", 2), ("loky", 2), ("loky", 1)])
def test_every_executor_gives_the_same_bytes_in_order(
    executor: str, jobs: int, expected: list[dict[str, bytes]]
) -> None:
    slow_first = [replace(CHUNKS[0], slow=0.2), *CHUNKS[1:]]
    assert bytes_of(list(run(moments, slow_first, How(executor, jobs=jobs)))) == expected


def test_an_executor_of_ones_own_gives_the_same_bytes(expected: list[dict[str, bytes]]) -> None:
    with ThreadPoolExecutor(3) as threads:
        assert bytes_of(list(run(moments, CHUNKS, How(threads)))) == expected


def threshold(chunk: Draw) -> Result:
    """Return what a worker was told of the threshold of malloc."""
    return {"malloc": np.array(os.environ.get("MALLOC_MMAP_THRESHOLD_", "unset"))}


def test_workers_that_dask_starts_here_are_told_of_malloc() -> None:
    pytest.importorskip("distributed", reason="Dask is an extra: detente[cluster]")
    (told,) = run(threshold, CHUNKS[:1], How("dask", jobs=1))
    assert str(told["malloc"]) == str(2**28)


def test_dask_that_is_not_installed_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExecutorError, match=r"detente\[cluster\]"):
        run(moments, CHUNKS, How("dask"))


def test_what_makes_no_sense_is_said_at_once() -> None:
    with pytest.raises(ExecutorError, match="did you mean 'serial'"):
        run(moments, CHUNKS, How("serail"))
    with pytest.raises(ExecutorError, match="jobs: 0 is fewer than one"):
        run(moments, CHUNKS, How(jobs=0))


def test_a_kept_run_computes_nothing_twice_and_tells_how_far_it_is(
    tmp_path: Path, expected: list[dict[str, bytes]]
) -> None:
    kept, trace = tmp_path / "kept", tmp_path / "trace"
    trace.mkdir()
    chunks = [replace(chunk, trace=str(trace)) for chunk in CHUNKS]
    first = list(islice(run(moments, chunks, How("serial", folder=kept)), 3))
    told: list[Progress] = []
    again = list(run(moments, chunks, How("serial", folder=kept, report=told.append)))
    assert bytes_of(again) == expected
    assert bytes_of(first) == expected[:3]
    assert Counter(each.name for each in trace.iterdir()) == Counter(f"{k}-0" for k in range(8))
    assert [(each.done, each.kept) for each in told] == [(k, min(k, 3)) for k in range(1, 9)]
    assert told[-1].seconds_left == 0
    assert told[4].seconds_left > 0


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    list(run(moments, CHUNKS, How("serial", folder=tmp_path)))
    with pytest.raises(ExecutorError, match="something else"):
        run(moments, CHUNKS[:-1], How("serial", folder=tmp_path))
    with pytest.raises(ExecutorError, match="something else"):
        run(fails, CHUNKS, How("serial", folder=tmp_path))
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(ExecutorError, match="something else"):
        run(moments, CHUNKS, How("serial", folder=tmp_path))


def test_a_file_cut_short_or_of_another_chunk_is_computed_anew(
    tmp_path: Path, expected: list[dict[str, bytes]]
) -> None:
    list(run(moments, CHUNKS, How("serial", folder=tmp_path)))
    files = sorted(tmp_path.glob("*.npz"))
    files[1].write_bytes(files[1].read_bytes()[:-40])
    files[2].write_bytes(files[3].read_bytes())
    told: list[Progress] = []
    again = list(run(moments, CHUNKS, How("serial", folder=tmp_path, report=told.append)))
    assert bytes_of(again) == expected
    assert told[-1].kept == 6


def test_a_function_without_a_name_cannot_be_kept(tmp_path: Path) -> None:
    for nameless in (lambda chunk: moments(chunk), partial(lambda chunk, scale: moments(chunk), scale=2)):
        with pytest.raises(ExecutorError, match="no name"):
            run(nameless, CHUNKS, How("serial", folder=tmp_path))


KILLED = """
import sys
from pathlib import Path
from detente.executors import How, run
from tests.executors.chunks import Draw, moments
chunks = [Draw(number, trace=sys.argv[2], waits=number > 3) for number in range(8)]
list(run(moments, chunks, How(sys.argv[3], jobs=2, folder=Path(sys.argv[1]))))
"""


@pytest.mark.parametrize("executor", ["serial", "loky"])
def test_a_run_that_was_killed_is_picked_up(
    tmp_path: Path, executor: str, expected: list[dict[str, bytes]]
) -> None:
    kept, trace = tmp_path / "kept", tmp_path / "trace"
    trace.mkdir()
    paths = [str(kept), str(trace), executor]
    with subprocess.Popen([sys.executable, "-c", KILLED, *paths], cwd=ROOT) as running:
        until = time.monotonic() + 60
        while len(list(kept.glob("chunk-*.npz"))) < 4 and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
    done = {int(file.stem.removeprefix("chunk-")) for file in kept.glob("chunk-*.npz")}
    assert done == {0, 1, 2, 3}
    (trace / "go").touch()
    chunks = [Draw(number, trace=str(trace), waits=number > 3) for number in range(8)]
    told: list[Progress] = []
    again = list(run(moments, chunks, How("serial", folder=kept, report=told.append)))
    assert bytes_of(again) == expected
    assert told[-1].kept == 4
    tries = Counter(int(file.name.split("-")[0]) for file in trace.glob("*-*"))
    assert all(tries[chunk] == 1 for chunk in done)


def test_a_worker_that_dies_once_is_tried_again(tmp_path: Path, expected: list[dict[str, bytes]]) -> None:
    chunks = [Draw(number, trace=str(tmp_path), dies=number == 5) for number in range(8)]
    told: list[Progress] = []
    assert bytes_of(list(run(moments, chunks, How("loky", jobs=2, report=told.append)))) == expected
    assert told[-1].restarts == 1
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert (told[-1].done, told[-1].total) == (8, 8)


def test_a_chunk_whose_worker_always_dies_is_named_and_no_other(tmp_path: Path) -> None:
    chunks = [Draw(number, trace=str(tmp_path), dies=99 * (number == 5)) for number in range(8)]
    with pytest.raises(ExecutorError) as caught:
        list(run(moments, chunks, How("loky", jobs=2)))
    assert [problem.where for problem in caught.value.problems] == ["chunk 5 of 8"]
    assert "number=5" in caught.value.problems[0].what
    assert len(list(tmp_path.glob("5-*"))) == 3


@pytest.mark.parametrize("executor", ["serial", "loky"])
def test_what_a_chunk_raises_comes_through_with_its_chunk(executor: str) -> None:
    with pytest.raises(ZeroDivisionError, match="no capability") as caught:
        list(run(fails, CHUNKS, How(executor, jobs=2)))
    assert "chunk 3 of 8" in caught.value.__notes__[0]


def test_what_is_no_array_is_refused() -> None:
    with pytest.raises(TypeError, match="dict of arrays"):
        list(run(lambda chunk: [chunk], [1], How("serial")))  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="objects cannot be kept: who"):
        list(run(lambda chunk: {"who": np.array([None])}, [1], How("serial")))


def test_digests_tell_values_apart_that_look_alike() -> None:
    values = [
        1, 1.0, True, "1", b"1", None, (), (1,), ((1,),), ("1",), [1], {"a": 1}, {1}, Path("a"), ("a", "bc"),
        ("ab", "c"), np.array(1), np.array([1]), np.array([1.0]), Draw(1), Draw(2), moments, fails,
        partial(moments, Draw(1)),
    ]  # fmt: skip
    assert len({digest(value) for value in values}) == len(values)
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(np.arange(6).reshape(2, 3)) == digest(np.asfortranarray(np.arange(6).reshape(2, 3)))


def test_digests_are_the_same_in_another_process() -> None:
    said = "from tests.executors.test_executors import SAME, digest; print(digest(SAME))"
    ran = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == digest(SAME)


SAME = (Draw(1), {"b", "a", "c"}, {"x": np.arange(3.0)}, moments, frozenset({2, 1}))
