"""Futures, campaigns and backtests on workers: the same bytes as serial, also where a worker is killed."""

from __future__ import annotations

import os
import pickle
import select
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
from joblib import register_parallel_backend
from joblib.externals.loky import reusable_executor
from joblib.parallel import BACKENDS, ThreadingBackend

from detente.digests import digest
from detente.errors import ExecutorError
from detente.executors import How, Progress, Result, pools, run
from detente.executors.calling import stamp
from detente.executors.objects import unpacked
from detente.measurement.networks.layers import Asked
from detente.measurement.networks.redrawn import redrawn
from detente.measurement.networks.ties import ties
from detente.simulation.backtest.boards import MODEL
from detente.simulation.backtest.foretelling import Design
from detente.simulation.backtest.in_case import Task, said
from detente.simulation.ensemble import gathering
from detente.simulation.ensemble.running import draw
from detente.simulation.panel.layout import Spec
from tests.executors.chunks import Draw, fails, large, moments
from tests.measurement.small_evidence import SmallEvidence, make_case
from tests.simulation.made_futures import busy, bytes_of
from tests.simulation.made_panel import Truth, made_panel
from tests.strategy.made_case import played
from tests.strategy.test_campaign import moving

DRAWS, CHUNK = 500, 25
ACTORS = ("CAN", "DEU", "FRA", "RUS", "SYR", "USA")
SERIAL = How("serial", chunk=CHUNK)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A Dask scheduler with two workers, each a process."""
    distributed: Any = pytest.importorskip("distributed", reason="Dask is an extra: detente[cluster]")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few futures be drawn in parts, as many are."""
    monkeypatch.setattr(gathering, "EXACT", 0)


def futures(how: How) -> list[bytes]:
    return bytes_of(draw(busy(), draws=DRAWS, how=replace(how, chunk=CHUNK)))


def campaign(how: How) -> list[bytes]:
    found = played(moving(), how=replace(how, chunk=3))
    return [found.payoffs.tobytes(), found.outcomes.tobytes()]


def backtest(how: How) -> list[bytes]:
    panel, design = made_panel(Truth(), actors=12, years=10), Design({MODEL: Spec.walk()}, years=2, draws=50)
    tasks = [Task(panel.until(year), design) for year in panel.years[-2:]]
    made = zip(tasks, run(said, tasks, how), strict=True)
    return [digest(unpacked(result, known=task.known)).encode() for task, result in made]


def bootstrap(how: How) -> list[bytes]:
    """A network's votes drawn again."""
    rng, held = np.random.default_rng(1), SmallEvidence()
    for number in range(60):
        held.roll_call(number, "2012-03-01", dict(zip(ACTORS, rng.choice(list("yna"), 6), strict=True)))
    years = {"since": 2012, "until": 2012}
    case = make_case(camps={"layers": {"votes": {"by": "votes"}}, "years": years}, history=years)
    assert case.camps is not None
    asked = Asked(cast(Any, held), date(2012, 1, 1), date(2012, 12, 31), None, case, held.gazetteer)
    network = ties(asked.evidence, layers=case.camps.layers, since=2012, until=2012)
    found = redrawn(network, case.camps.layers, asked, draws=40, seed=1, how=replace(how, chunk=7))
    assert found.drawn.std() > 0.01
    return [found.drawn.tobytes()]


@pytest.mark.parametrize("room", [futures, campaign, backtest, bootstrap])
def test_a_cluster_of_two_workers_gives_the_bytes_of_one_process(
    address: str, room: Callable[[How], list[bytes]]
) -> None:
    assert room(How(address)) == room(SERIAL)


def worker_of_loky(_address: str) -> int:
    return int(next(iter(reusable_executor._executor._processes)))


def worker_of_dask(address: str) -> int:
    distributed: Any = pytest.importorskip("distributed", reason="Dask is an extra: detente[cluster]")
    with distributed.Client(address, set_as_default=False) as client:
        pids: list[int] = list(client.run(os.getpid).values())
    return pids[0]


def plain(how: How) -> list[bytes]:
    """Large results as they come, in the order of what they hold."""
    told = run(large, range(DRAWS // CHUNK), how, ordered=False)
    return sorted(result["value"].tobytes() for result in told)


@pytest.mark.parametrize(
    ("worker", "room", "total"), [(worker_of_loky, plain, DRAWS // CHUNK), (worker_of_dask, futures, DRAWS)]
)
def test_where_a_worker_is_killed_a_run_comes_to_the_same_and_counts_nothing_twice(
    address: str, worker: Callable[[str], int], room: Callable[[How], list[bytes]], total: int
) -> None:
    heard: list[Progress] = []

    def kill(far: Progress) -> None:
        heard.append(far)
        if len(heard) == 1:
            os.kill(worker(address), signal.SIGKILL)

    where = "loky" if worker is worker_of_loky else address
    assert room(How(where, 2, report=kill)) == room(SERIAL)
    assert sum(now.done > before.done for before, now in pairwise(heard)) == DRAWS // CHUNK - 1
    assert (heard[-1].done, heard[-1].total) == (total, total)
    assert heard[-1].restarts == (where == "loky")


def test_a_worker_says_nothing_longer_than_a_pipe_takes_at_once() -> None:
    """Else one that is killed in the middle leaves half a message, and who reads it waits for ever."""
    with pools.pool("loky", 2) as workers:
        future = workers.submit(workers.executor, large, 7)
        assert len(pickle.dumps(future.result())) < select.PIPE_BUF
        told = workers.fetch(future)["value"]
    assert (len(told), told[0]) == (1_000_000, 7)


class Ours(ThreadingBackend):  # type: ignore[misc]
    """A backend of somebody else's."""

    def effective_n_jobs(self, n_jobs: int) -> int:
        return 2


@pytest.fixture
def registered() -> Iterator[str]:
    register_parallel_backend("ours", Ours)
    yield "ours"
    del BACKENDS["ours"]


def test_a_backend_that_is_registered_with_joblib_takes_chunks(registered: str, tmp_path: Any) -> None:
    chunks = [Draw(number) for number in range(19)]
    told: list[Progress] = []
    how = How(registered, folder=tmp_path, report=told.append)

    def of(how: How) -> list[bytes]:
        return [result["product"].tobytes() for result in run(moments, chunks, how)]

    assert futures(How(registered)) == futures(SERIAL)
    assert of(how) == of(SERIAL)
    (tmp_path / "chunk-00000003.npz").unlink()
    told.clear()
    assert of(how) == of(SERIAL)
    assert (told[-1].done, told[-1].kept) == (19, 18)
    with pytest.raises(ZeroDivisionError) as caught:
        list(run(fails, chunks, How(registered)))
    assert "chunk 3 of 19" in caught.value.__notes__[0]


def test_a_backend_that_is_not_registered_is_not_there() -> None:
    with pytest.raises(ExecutorError, match="there is no 'ours'"):
        futures(How("ours"))


def unlike(_chunk: object) -> Result:
    return {"value": np.zeros(1)}


def test_a_worker_with_other_code_or_libraries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = tuple((name, "9.9" if name == "numpy" else held) for name, held in stamp())
    monkeypatch.setattr(pools, "stamp", lambda: other)
    with (
        ThreadPoolExecutor(1) as one,
        pytest.raises(ExecutorError, match=f"has numpy {np.__version__}, and the run has 9.9"),
    ):
        list(run(unlike, [0], How(one)))


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    dask: Any = pytest.importorskip("dask", reason="Dask is an extra: detente[cluster]")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "200ms"}),
        pytest.raises(ExecutorError, match=r"tcp://127\.0\.0\.1:1: no Dask scheduler answers there"),
    ):
        list(run(moments, [Draw(0)], How("tcp://127.0.0.1:1")))
