"""Runs of futures: the same bytes always, picked up, compared, and taken apart."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import get_num_threads

from detente.errors import ExecutorError, SimulationError
from detente.executors import How, Progress
from detente.simulation.ensemble import gathering
from detente.simulation.ensemble.ballots import Payment
from detente.simulation.ensemble.comparing import compare
from detente.simulation.ensemble.futures import Covariates, Futures
from detente.simulation.ensemble.luck import LANES
from detente.simulation.ensemble.running import draw, draw_share
from detente.simulation.ensemble.shocks import Shock
from detente.simulation.ensemble.summing import (
    GRAIN,
    SQUARES,
    order_statistics,
    put_in_bins,
    quantiles_in_bins,
)
from detente.simulation.ensemble.why import DRIVERS, active, explain, without
from tests.simulation.made_futures import ONE, at, busy, bytes_of, dynamics_of

SAME_BYTES = """
import hashlib
from detente.simulation.ensemble import gathering
from tests.simulation.made_futures import busy, bytes_of
from detente.simulation.ensemble.running import draw
gathering.EXACT = 0
print(hashlib.sha256(b"".join(bytes_of(draw(busy(), draws=300, seed=3)))).hexdigest())
"""

KILLED = """
import os
import signal
import sys
from pathlib import Path
from detente.simulation.ensemble import gathering
from detente.executors import How
from detente.simulation.ensemble.running import draw
from tests.simulation.made_futures import busy

def stop(progress):
    if progress.done == 200:
        os.kill(os.getpid(), signal.SIGKILL)

gathering.EXACT = 0
draw(busy(), draws=450, how=How(sys.argv[2], 2, Path(sys.argv[1]), stop, 100))
"""


def test_luck_hangs_on_names_and_not_on_what_else_there_is() -> None:
    """Another order of actors, one more of them, and one more shock leave the others' paths as they are."""
    walk = dynamics_of(actors=("AAA", "BBB"), issues=("aid",), start=0, sigma_own=0.1)
    more = dynamics_of(actors=("CCC", "BBB", "AAA"), issues=("arms", "aid"), start=0, sigma_own=0.1)
    shock = Shock(key="s", step=3, shift={("CCC", "aid"): 1.0}, chance=0.5)
    told = draw(Futures(dynamics=walk, steps=6), draws=70, how=ONE, trajectories=70).trajectories
    other = draw(
        Futures(dynamics=more, steps=6, shocks=(shock,)), draws=70, how=ONE, trajectories=70
    ).trajectories
    assert told is not None and other is not None
    for actor in ("AAA", "BBB"):
        np.testing.assert_array_equal(
            told.sel(actor=actor, issue="aid").values, other.sel(actor=actor, issue="aid").values
        )


def test_the_same_bytes_for_any_threads_and_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    futures = busy()
    for exact in (gathering.EXACT, 0):
        monkeypatch.setattr(gathering, "EXACT", exact)
        told = [
            bytes_of(draw(futures, draws=500, seed=1, how=How(jobs=threads, chunk=chunk)))
            for threads, chunk in ((1, None), (2, 64), (3, 100), (1, 7))
        ]
        assert told[1:] == told[:-1]
        assert told[0] != bytes_of(draw(futures, draws=500, seed=2, how=ONE))


def test_the_same_bytes_in_another_process_with_another_number_of_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "EXACT", 0)
    threads = "2" if get_num_threads() == 1 else "1"
    told = subprocess.run(
        [sys.executable, "-c", SAME_BYTES], cwd=Path(__file__).resolve().parents[2], check=True,
        capture_output=True, text=True, env={**os.environ, "NUMBA_NUM_THREADS": threads},
    ).stdout.strip()  # fmt: skip
    mine = b"".join(bytes_of(draw(busy(), draws=300, seed=3)))
    assert told == hashlib.sha256(mine).hexdigest()


def test_counts_in_bins_come_to_what_all_numbers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    futures = busy()
    exact = draw(futures, draws=3000, how=ONE).gathered
    monkeypatch.setattr(gathering, "EXACT", 0)
    counted = draw(futures, draws=3000, how=ONE).gathered
    off = np.abs(counted.quantiles - exact.quantiles)
    between_ranks = 0.005 * exact.sd[:, None] + 1e-6
    assert (off <= counted.resolution[:, None] + between_ranks).all()
    assert (counted.resolution <= 0.03 * exact.sd + 1e-6).mean() > 0.9
    np.testing.assert_allclose(counted.mean, exact.mean, atol=1e-5)
    np.testing.assert_allclose(counted.sd, exact.sd, atol=2e-4)
    np.testing.assert_array_equal(counted.flags[0], exact.flags[0])
    assert not exact.resolution.any() and (counted.resolution > 0).all()


def test_a_run_that_was_stopped_is_picked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "EXACT", 0)
    whole = bytes_of(draw(busy(), draws=450, how=ONE))
    heard: list[Progress] = []

    def stop(progress: Progress) -> None:
        heard.append(progress)
        if progress.done == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(busy(), draws=450, how=How(folder=tmp_path, chunk=100, report=stop))
    assert [each.done for each in heard] == [100, 200]
    assert all(each.total == 450 and each.seconds_left > 0 for each in heard)
    kept = sorted(path.name for path in tmp_path.glob("chunk-*"))
    assert kept == ["chunk-00000000.npz", "chunk-00000001.npz"]
    (tmp_path / kept[0]).write_bytes(b"half a fi")
    heard.clear()
    told = draw(busy(), draws=450, how=How("serial", folder=tmp_path, chunk=100, report=heard.append))
    assert bytes_of(told) == whole
    assert [each.done for each in heard] == [100, 200, 300, 400, 450] and heard[-1].kept == 100
    for other in (How(folder=tmp_path), How(folder=tmp_path, chunk=100)):
        with pytest.raises(ExecutorError, match="holds a run of something else"):
            draw(busy(), draws=450, seed=other.chunk or 0, how=other)


@pytest.mark.parametrize("executor", ["threads", "loky"])
def test_a_run_whose_process_is_killed_is_picked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: str
) -> None:
    monkeypatch.setattr(gathering, "EXACT", 0)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), executor], cwd=Path(__file__).resolve().parents[2],
        check=False, capture_output=True, text=True, timeout=120,  # workers end too, and let go of the pipes
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(list(tmp_path.glob("chunk-*"))) == 2
    heard: list[Progress] = []
    told = draw(busy(), draws=450, how=How(folder=tmp_path, chunk=100, report=heard.append))
    assert bytes_of(told) == bytes_of(draw(busy(), draws=450, how=ONE))
    assert len(list(tmp_path.glob("chunk-*"))) == 5
    assert heard[-1] == Progress(450, 450, heard[-1].kept, 0.0, 0)
    assert heard[-1].kept in (150, 200)


def test_workers_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "EXACT", 0)
    how = How(folder=tmp_path, jobs=1, chunk=64)
    for worker in range(2):
        draw_share(busy(), (worker, 2), draws=300, how=how)
    assert len(list(tmp_path.glob("chunk-*"))) == 5
    told = draw(busy(), draws=300, how=how)
    assert bytes_of(told) == bytes_of(draw(busy(), draws=300, how=ONE))


def test_pairs_that_share_their_luck_differ_by_the_scenario_alone() -> None:
    base = busy()
    nothing = compare(base, base, draws=200, how=ONE)
    assert not nothing.gathered.quantiles.any() and not nothing.frame("decisions")["difference"].any()
    paid = replace(base, payments=(*base.payments, Payment(ballot="arms", actor="AAA", size=0.05)))
    told = compare(base, paid, draws=2000, how=ONE)
    one, other = draw(base, draws=2000, how=ONE), draw(paid, draws=2000, how=ONE)
    rows = told.frame("decisions")
    np.testing.assert_allclose(rows["before"], one.frame("decisions")["passes"])
    np.testing.assert_allclose(rows["after"], other.frame("decisions")["passes"])
    np.testing.assert_allclose(rows["difference"], rows["after"] - rows["before"], atol=1e-12)
    arms = rows.query("decision == 'arms'")
    assert (arms["low"] > 0).all() and (arms["difference"] <= arms["high"]).all()
    alone = np.sqrt(arms["before"] * (1 - arms["before"]) / 2000 + arms["after"] * (1 - arms["after"]) / 2000)
    assert (arms["high"] - arms["low"] < 0.8 * 2 * 1.96 * alone).all()
    moved = told.frame("positions")
    np.testing.assert_allclose(
        moved["mean"], one.frame("positions")["mean"] * -1 + other.frame("positions")["mean"], atol=1e-6
    )
    assert ((moved["low"] <= moved["mean"]) & (moved["mean"] <= moved["high"])).all()


def test_a_scenario_on_another_baseline_is_refused() -> None:
    base = busy()
    with pytest.raises(SimulationError) as told:
        compare(base, replace(base, every=3, ballots=base.ballots[:1]), draws=10)
    assert {problem.where for problem in told.value.problems} == {"scenario: times", "scenario: ballots"}


def test_parts_of_a_change_add_up_to_it() -> None:
    base = busy()
    assert active(base) == ("bloc pull", "influence", "dependence", "threat", "shock")
    told = explain(base, draws=256, threads=1)
    sums = told.groupby(["kind", "name", "issue"], sort=False)[["part"]].sum()["part"].to_numpy()
    whole = told.drop_duplicates(["kind", "name", "issue"])["change"].to_numpy()
    np.testing.assert_allclose(sums, whole, atol=1e-9)
    drawn = at(draw(base, draws=256, how=ONE))
    np.testing.assert_allclose(whole[:12], drawn[-1] - drawn[0], atol=1e-5)
    assert not told.query("driver == 'domestic'")["part"].any()
    assert told.query("driver == 'shock'")["part"].abs().max() > 0.01


def test_parts_are_known_where_drivers_do_not_work_together() -> None:
    """Without pull and influence, each driver's part is its effect alone."""
    dynamics = dynamics_of(
        actors=("AAA", "BBB"), issues=("aid",), covariates=("oil", "threat"), start=0.0, sigma_own=0.1,
        beta=np.array([[-0.5, 0.25]]),
    )  # fmt: skip
    path = np.zeros((4, 2, 2))
    path[:, 0, 0], path[:, 1, 1] = 0.1, 0.2
    held = Covariates(start=np.zeros((2, 2)), path=path, drivers=("dependence", "threat"))
    shock = Shock(key="s", step=2, shift={("BBB", "aid"): -0.3})
    futures = Futures(dynamics=dynamics, covariates=held, steps=4, shocks=(shock,))
    told = explain(futures, draws=4000, threads=1).set_index(["name", "driver"])["part"]
    assert told["AAA", "dependence"] == pytest.approx(-0.2, abs=1e-6)
    assert told["BBB", "threat"] == pytest.approx(0.2, abs=1e-6)
    assert told["BBB", "shock"] == pytest.approx(-0.3, abs=4 * 0.2 / np.sqrt(4000))
    for driver in ("threat", "other", "influence"):
        assert told["AAA", driver] == pytest.approx(0, abs=1e-12)
    calm = replace(futures, shocks=())
    between = explain(futures, base=calm, draws=16, threads=1).set_index(["name", "driver"])["part"]
    assert between["BBB", "shock"] == pytest.approx(-0.3, abs=1e-6)
    assert abs(between.drop([("BBB", "shock")])).max() == pytest.approx(0, abs=1e-6)


def test_whatever_is_off_does_nothing() -> None:
    told = at(draw(without(busy(), DRIVERS), draws=50, how=ONE))
    np.testing.assert_allclose(told, np.broadcast_to(told[0], told.shape), atol=1e-6)
    with pytest.raises(SimulationError, match="did you mean 'threat'"):
        without(busy(), ["thraet"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=300),
    st.sets(st.integers(0, 299), min_size=1, max_size=6),
)
def test_order_statistics_are_those_of_sorted_numbers(numbers: list[float], places: set[int]) -> None:
    line = np.array(numbers, dtype=np.float32)
    ranks = np.array(sorted({place % len(line) for place in places}), dtype=np.int64)
    blocks = -(-len(line) // LANES)
    values = np.full((blocks, 1, LANES), np.float32(np.nan))
    values.swapaxes(1, 2).reshape(-1)[: len(line)] = line
    found, about = np.empty((1, len(ranks)), dtype=np.float32), np.empty((1, 2))
    order_statistics(values, len(line), ranks, (0, 1), found, about)
    np.testing.assert_array_equal(found[0], np.sort(line)[ranks])
    scale = max(float(np.abs(line).max()), 1.0)
    np.testing.assert_allclose(about[0, 0], line.mean(dtype=float), atol=1e-6 * scale)
    np.testing.assert_allclose(about[0, 1], line.std(dtype=float), atol=1e-4 * scale)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=200), st.integers(1, 199))
def test_counts_in_bins_add_up_over_any_parts(numbers: list[float], cut: int) -> None:
    line = np.array(numbers, dtype=np.float32)
    edges, wanted = np.array([[-2.5, 12.8]]), np.array([0.05, 0.5, 0.95])
    tallies = []
    for parts in ([line], [line[: cut % len(line)], line[cut % len(line) :]]):
        counts, sums = np.zeros((1, 64), dtype=np.uint32), np.zeros((1, 3), dtype=np.int64)
        for part in parts:
            values = np.zeros((-(-len(part) // LANES), 1, LANES), dtype=np.float32)
            values.swapaxes(1, 2).reshape(-1)[: len(part)] = part
            put_in_bins(values, len(part), edges, (0, 1), counts, sums)
        tallies.append((counts.tolist(), sums.tolist()))
    assert tallies[0] == tallies[1]
    found = np.empty((1, 3))
    quantiles_in_bins(np.array(tallies[0][0], dtype=np.uint32), edges, wanted, found)
    known = np.quantile(line, wanted, method="inverted_cdf")
    assert (np.abs(found[0] - known) <= 1 / 12.8 + 1e-6).all()


def test_bins_tell_sums_squares_and_how_many_are_no_numbers() -> None:
    line = np.array([-3.0, -1.2, 0.1, 0.15, 2.4, 9.0, np.nan, np.inf], dtype=np.float32)
    values = np.zeros((1, 1, LANES), dtype=np.float32)
    values[0, 0, : len(line)] = line
    counts, sums = np.zeros((1, 8), dtype=np.uint32), np.zeros((1, 3), dtype=np.int64)
    put_in_bins(values, len(line), np.array([[-2.0, 2.0]]), (0, 1), counts, sums)
    assert counts[0].tolist() == [2, 1, 0, 0, 2, 0, 0, 3]
    assert sums[0, 2] == 2
    values[0, 0, 6:] = 0.0
    sums[:] = 0
    put_in_bins(values, 6, np.array([[-2.0, 2.0]]), (0, 1), counts, sums)
    far = (line[:6].astype(float) + 2.0) * 2.0 - 4.0
    assert sums[0, :2] == pytest.approx([far.sum() * GRAIN, (far**2).sum() * SQUARES], rel=1e-5)


def test_quantiles_in_bins_lie_straight_between_the_ends() -> None:
    counts, found = np.array([[0, 1, 0, 4, 1]], dtype=np.uint32), np.empty((1, 4))
    quantiles_in_bins(counts, np.array([[10.0, 2.0]]), np.array([1 / 12, 2 / 6, 4 / 6, 1.0]), found)
    assert found[0] == pytest.approx([10.75, 11.625, 11.875, 12.5])
