"""Two dimensions: recovered up to the stated identification, which named actors fix."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.ideal_points_data import published_set
from scipy.linalg import orthogonal_procrustes

from detente.errors import MeasurementError
from detente.measurement.idealpoints import Axes, Choice, IdealPoints, Prior, Spec, ideal_points, prepare
from detente.measurement.idealpoints.planefit import PlaneEngine, solve_plane
from detente.measurement.idealpoints.planefronts import PlaneFactor, joint_plane
from detente.measurement.idealpoints.simulate import Design, Simulated, simulate
from detente.measurement.idealpoints.simulate_plane import simulate_plane

PRIOR = Prior(walk=0.05, slope=4.0)
AXES = Axes(positive=("a0001", "a0002"), negative=("a0003", "a0004"), second="a0005")
SPEC = Spec(links="text", prior=PRIOR, dimensions=2, axes=AXES)


@pytest.fixture(scope="module")
def data() -> Simulated:
    return simulate_plane(Design(actors=30, sessions=6, roll_calls=40), PRIOR, np.random.default_rng(3))


@pytest.fixture(scope="module")
def result(data: Simulated) -> IdealPoints:
    return ideal_points(data.votes, draws=200, spec=SPEC)


def flat(result: IdealPoints, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimates and truths (N, 2), and the number of the actor of each."""
    b = result.ballots
    actor = np.array([int(name[1:]) for name in b.actors])[b.node_actor]
    found = result.points["mean"].to_numpy()[b.node_actor, b.node_session]
    return found, points[actor, b.sessions[b.node_session].astype(int)], actor


def on_axes(truth: np.ndarray, actor: np.ndarray) -> np.ndarray:
    """The truth on the axes that `AXES` states: uncorrelated, from the negative actors to the positive."""
    centred = truth - truth.mean(0)
    values, vectors = np.linalg.eigh(np.cov(centred.T, bias=True))
    standard = centred @ (vectors / np.sqrt(values))
    first = standard[np.isin(actor, (1, 2))].mean(0) - standard[np.isin(actor, (3, 4))].mean(0)
    first /= np.linalg.norm(first)
    second = np.array([-first[1], first[0]])
    second *= np.sign(standard[actor == 5].mean(0) @ second)
    return np.asarray(standard @ np.column_stack((first, second)))


def test_points_are_recovered_on_the_named_axes(data: Simulated, result: IdealPoints) -> None:
    found, truth, actor = flat(result, data.points)
    expected = on_axes(truth, actor)
    for k in range(2):
        assert np.corrcoef(found[:, k], expected[:, k])[0, 1] > 0.95
        assert abs(np.corrcoef(found[:, k], expected[:, 1 - k])[0, 1]) < 0.2


def test_nine_intervals_in_ten_hold_the_truth(data: Simulated, result: IdealPoints) -> None:
    found, truth, actor = flat(result, data.points)
    expected = on_axes(truth, actor)
    expected = expected @ orthogonal_procrustes(expected, found)[0]
    b = result.ballots
    bounds = result.points["quantile"].sel(q=[0.05, 0.95]).to_numpy()[b.node_actor, b.node_session]
    inside = (expected > bounds[..., 0]) & (expected < bounds[..., 1])
    assert 0.83 < inside[:, 0].mean() < 0.97
    assert 0.83 < inside[:, 1].mean() < 0.97


def test_named_actors_set_both_signs_and_the_words_say_so(data: Simulated, result: IdealPoints) -> None:
    turned = Axes(positive=AXES.negative, negative=AXES.positive, second="a0005")
    other = ideal_points(data.votes, draws=0, spec=Spec(links="text", prior=PRIOR, dimensions=2, axes=turned))
    same = ideal_points(data.votes, draws=0, spec=SPEC)
    first, second = (other.points["mean"].sel(dimension=k) for k in (1, 2))
    assert np.allclose(first, -same.points["mean"].sel(dimension=1), equal_nan=True)
    assert np.allclose(second, same.points["mean"].sel(dimension=2), equal_nan=True)
    assert float(second.sel(actor="a0005").mean()) > 0
    assert "from the mean of a0003, a0004 to that of a0001, a0002" in result.identification
    assert "a0005 positive; one rotation for all sessions" in result.identification


def test_the_axes_are_uncorrelated_of_unit_variance_and_the_principal_comes_first(data: Simulated) -> None:
    found = ideal_points(
        data.votes, positive="a0007", draws=0, spec=Spec(links="text", prior=PRIOR, dimensions=2)
    )
    points = flat(found, data.points)[0]
    assert np.allclose(np.cov(points.T, bias=True), np.eye(2), atol=1e-8)
    assert points[flat(found, data.points)[2] == 7, 0].mean() > 0
    first, second = found.diagnostics["shares"]
    assert first > second
    assert "where votes divide most, a0007 positive" in found.identification


def test_items_on_the_reported_axes_predict_as_on_the_models_own(result: IdealPoints) -> None:
    """Slope times point less the cut is what votes see: no choice of axes may change it."""
    b = result.ballots
    joint = joint_plane(b, result.solution)  # type: ignore[arg-type]
    node, item = b.item_node, b.vote_item
    slope, cut = result.items["slope"].to_numpy()[item], result.items["upper_cut"].to_numpy()[item]
    points = flat(result, np.zeros((30, 6, 2)))[0][node]
    own = (joint.items[item, :2] * joint.theta[node]).sum(1) - joint.items[item, 3]
    assert np.allclose((slope * points).sum(1) - cut, own, atol=1e-8)


def test_a_truth_on_a_line_leaves_the_second_dimension_next_to_nothing() -> None:
    prior = Prior(walk=0.05, slope=4.0)
    data = simulate(Design(actors=30, sessions=6, roll_calls=40), prior, np.random.default_rng(4))
    spec = Spec(links="text", prior=prior, dimensions=2)
    result = ideal_points(data.votes, positive="a0001", draws=100, spec=spec)
    both = np.stack((data.points, data.points), axis=-1)
    found, truth, _ = flat(result, both)
    line = ideal_points(data.votes, draws=0, spec=Spec(links="text", prior=prior))
    alone = abs(np.corrcoef(flat(line, both)[0], truth[:, 0])[0, 1])
    assert abs(np.corrcoef(found[:, 0], truth[:, 0])[0, 1]) > alone - 0.01
    assert result.diagnostics["shares"][1] < 0.1
    assert np.isfinite(result.table()["sd"]).all()
    second = result.points["sd"].sel(dimension=2).mean()
    assert float(second) > 2 * float(result.points["sd"].sel(dimension=1).mean())


def test_gradients_are_those_of_the_log_likelihood(data: Simulated) -> None:
    ballots = prepare(data.votes, Choice(links="text")).ballots
    engine = PlaneEngine(ballots, Prior(slope=1e12, cut=1e12), "logit")
    rng = np.random.default_rng(0)
    engine.begin(rng.standard_normal((len(ballots.node_actor), 2)))
    engine.spread = 0.0
    item = int(np.flatnonzero(~ballots.binary)[0])
    for k in range(4):
        assert engine.terms()[item, k] == pytest.approx(slope_of(engine, engine.items, item, k), rel=1e-4)
    for k in range(2):
        assert engine.said()[5, k] == pytest.approx(slope_of(engine, engine.theta, 5, k), rel=1e-4)


def slope_of(engine: PlaneEngine, values: np.ndarray, row: int, k: int, step: float = 1e-5) -> float:
    """Derivative of the log likelihood by one number of the engine."""
    values[row, k] += step
    up = engine.log_likelihood()
    values[row, k] -= 2 * step
    down = engine.log_likelihood()
    values[row, k] += step
    return (up - down) / (2 * step)


def test_the_front_factor_solves_and_draws_as_the_dense_precision(data: Simulated) -> None:
    ballots = prepare(data.votes[data.votes["session"] < 4], Choice(links="text")).ballots
    factor = joint_plane(ballots, solve_plane(ballots, prior=PRIOR)).factor
    inverse = np.linalg.inv(dense(factor))
    size, rng = 2 * factor.plan.size, np.random.default_rng(0)
    theta, items = rng.standard_normal((factor.plan.size, 2)), rng.standard_normal((len(ballots.items), 4))
    items[ballots.binary, 3] = 0.0
    expected = inverse @ np.concatenate((theta.ravel(), items.ravel()))
    points, found = factor.solve(theta, items)
    assert np.allclose(points.ravel(), expected[:size], atol=1e-8)
    assert np.allclose(found.ravel(), expected[size:], atol=1e-8)
    draws = factor.draw(rng, 4000).reshape(size, -1)
    assert np.allclose(draws.std(1) / np.sqrt(np.diag(inverse)[:size]), 1.0, atol=0.06)


def dense(factor: PlaneFactor) -> np.ndarray:
    """The joint precision as one matrix: two coordinates of every point, four parameters of every item."""
    plan, ballots = factor.plan, factor.plan.ballots
    size = 2 * plan.size
    matrix = np.zeros((size + 4 * len(ballots.items),) * 2)
    for n in range(plan.size):
        a, c, b = factor.own[n]
        matrix[2 * n : 2 * n + 2, 2 * n : 2 * n + 2] = [[a, c], [c, b]]
        if factor.coupling[n]:
            for k in range(2):
                matrix[2 * n + k, 2 * n + 2 + k] = matrix[2 * n + 2 + k, 2 * n + k] = factor.coupling[n]
    for j, block in enumerate(factor.item_precision):
        at = size + 4 * j + np.arange(4)
        matrix[np.ix_(at, at)] = block
    for q, (n, j) in enumerate(zip(ballots.item_node, plan.vote_item, strict=True)):
        rows, at = 2 * n + np.arange(2), size + 4 * j + np.arange(4)
        matrix[np.ix_(rows, at)] += factor.cross[q].reshape(2, 4)
        matrix[np.ix_(at, rows)] += factor.cross[q].reshape(2, 4).T
    return matrix


def test_a_table_has_a_row_for_each_dimension_and_one_dimension_is_as_before(
    data: Simulated, result: IdealPoints
) -> None:
    table = result.table()
    assert list(table.columns[:4]) == ["actor", "session", "dimension", "mean"]
    assert table.groupby(["actor", "session"]).size().eq(2).all()
    line = ideal_points(data.votes, draws=0, spec=Spec(links="text", prior=PRIOR))
    assert list(line.table().columns[:3]) == ["actor", "session", "mean"]
    assert "dimension" not in line.points.dims


def test_distances_are_in_the_plane_and_changes_along_a_dimension(result: IdealPoints) -> None:
    mean = result.points["mean"]
    gap = mean.sel(actor="a0001", session=3) - mean.sel(actor="a0003", session=3)
    distance = result.distance("a0001", "a0003").set_index("session").loc[3]
    assert distance["low"] < float((gap**2).sum() ** 0.5) < distance["high"]
    moved = result.change("a0002", 0, 5, dimension=2)
    path = mean.sel(actor="a0002", dimension=2)
    assert moved["mean"] == pytest.approx(float(path.sel(session=5) - path.sel(session=0)), abs=0.1)
    with pytest.raises(MeasurementError, match="dimension 3"):
        result.change("a0002", 0, 5, dimension=3)


def test_a_parliament_of_one_session_and_two_categories() -> None:
    rng = np.random.default_rng(8)
    place = rng.standard_normal((60, 2))
    yes = place @ rng.normal(0, 2, (2, 120)) + rng.normal(0, 1, 120) + rng.logistic(size=(60, 120)) > 0
    actor, call = np.indices(yes.shape).reshape(2, -1)
    votes = pd.DataFrame(
        {"actor": [f"m{i:02}" for i in actor], "roll_call": call, "vote": yes.ravel().astype(int)}
    )
    result = ideal_points(votes, positive="m39", spec=Spec(static=True, dimensions=2), draws=50)
    found = result.points["mean"].to_numpy()[:, 0]
    design = np.column_stack((found, np.ones(60)))
    for k in range(2):
        fitted = design @ np.linalg.lstsq(design, place[:, k], rcond=None)[0]
        assert np.corrcoef(fitted, place[:, k])[0, 1] > 0.95


def test_a_new_session_starts_from_the_previous_plane(data: Simulated) -> None:
    before = ideal_points(data.votes[data.votes["session"] < 5], draws=0, spec=SPEC)
    after = ideal_points(data.votes, draws=0, spec=SPEC, previous=before)
    afresh = ideal_points(data.votes, draws=0, spec=SPEC)
    assert after.diagnostics["start"] == "previous solution"
    assert after.diagnostics["iterations"] <= afresh.diagnostics["iterations"]
    assert np.abs(after.points["mean"] - afresh.points["mean"]).max() < 0.1


def test_what_a_plane_cannot_do_is_refused_all_at_once(data: Simulated, result: IdealPoints) -> None:
    with pytest.raises(MeasurementError) as refused:
        ideal_points(data.votes, spec=Spec(dimensions=2, engine="sampler", prior="bsv"))
    assert "one dimension only" in str(refused.value) and "emulates" in str(refused.value)
    with pytest.raises(MeasurementError, match="dimensions=2"):
        ideal_points(data.votes, spec=Spec(axes=Axes(second="a0001")))
    with pytest.raises(MeasurementError, match="say 1 or 2"):
        ideal_points(data.votes, spec=Spec(dimensions=3))  # type: ignore[arg-type]
    with pytest.raises(MeasurementError, match="dimensions=2, or leave it out"):
        ideal_points(data.votes, previous=result)


def test_every_unknown_name_of_an_axis_is_told(data: Simulated) -> None:
    axes = Axes(positive=("a001",), negative=("a0002", "nobody"), second="a0099")
    with pytest.raises(MeasurementError) as refused:
        ideal_points(data.votes, positive="a0002", spec=Spec(links="text", dimensions=2, axes=axes))
    told = str(refused.value)
    assert all(name in told for name in ("'a001'", "'nobody'", "'a0099'", "positive and negative"))


def test_too_few_actors_for_a_plane_are_refused(data: Simulated) -> None:
    few = data.votes[(data.votes["session"] == 0) & data.votes["actor"].isin(["a0001", "a0002", "a0003"])]
    with pytest.raises(MeasurementError, match="dimensions=1"):
        ideal_points(few, spec=Spec(dimensions=2))


def test_blocks_that_share_no_roll_call_have_axes_of_their_own(data: Simulated) -> None:
    apart = data.votes[data.votes["actor"] < "a0012"].assign(
        actor=lambda t: "b" + t["actor"], roll_call=lambda t: t["roll_call"] + 10_000
    )
    axes = Axes(positive=("a0001",), negative=("a0003",), second="ba0005")
    votes = pd.concat([data.votes, apart])
    result = ideal_points(votes, draws=0, spec=Spec(prior=PRIOR, dimensions=2, axes=axes))
    first, second = result.identification.split("; block 2: ")
    assert "from the mean of a0003 to that of a0001" in first
    assert "where votes divide most" in second and "ba0005 positive" in second
    for block in (0, 1):
        inside = result.points["mean"].to_numpy()[result.ballots.block == block].reshape(-1, 2)
        inside = inside[~np.isnan(inside[:, 0])]
        assert np.allclose(np.cov(inside.T, bias=True), np.eye(2), atol=1e-8)


SCRIPT = """
import hashlib, sys, numba, numpy as np
numba.set_num_threads(int(sys.argv[1]))
from detente.measurement.idealpoints import Prior, Spec, ideal_points, threads
threads.SMALL = 0
from detente.measurement.idealpoints.simulate import Design
from detente.measurement.idealpoints.simulate_plane import simulate_plane
design = Design(actors=25, sessions=6, roll_calls=25)
votes = simulate_plane(design, Prior(walk=.1, slope=4.), np.random.default_rng(5)).votes
result = ideal_points(votes, draws=20, spec=Spec(links="text", dimensions=2))
written = result.draws.to_numpy().tobytes() + result.points["mean"].to_numpy().tobytes()
print(hashlib.sha256(written).hexdigest())
"""


def test_the_bytes_are_the_same_on_one_thread_and_on_two() -> None:
    digests = set()
    for threads in ("1", "2"):
        environment = {**os.environ, "NUMBA_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": threads}
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, threads],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        digests.add(ran.stdout.strip())
    assert len(digests) == 1 and len(digests.pop()) == 64


EAST = ("Russia", "Belarus", "Ukraine", "Bulgaria", "Czechoslovakia", "Hungary", "Poland", "Mongolia")
WEST = (
    "Sweden", "Norway", "Denmark", "Finland", "Iceland", "Austria", "United Kingdom", "France", "Belgium",
    "Netherlands", "Luxembourg", "Italy", "Ireland", "Canada", "Japan", "Australia", "New Zealand",
)  # fmt: skip
SOUTH = (
    "Nigeria", "Kenya", "Ghana", "Senegal", "Cameroon", "Ethiopia", "Zambia", "Uganda", "Mali", "Niger",
    "Togo", "Benin", "Brazil", "Mexico", "Argentina", "Peru", "Colombia", "Ecuador", "Venezuela", "Chile",
    "Costa Rica", "Uruguay", "Panama", "Jamaica", "India", "Indonesia", "Pakistan", "Malaysia",
    "Philippines", "Sri Lanka", "Nepal", "Egypt", "Morocco", "Tunisia", "Sudan", "Jordan", "Lebanon", "Iran",
    "Saudi Arabia",
)  # fmt: skip


@pytest.mark.mirror
def test_the_second_dimension_of_the_seventies_is_north_against_south(mirror: Path) -> None:
    """Bailey & Voeten (2018): with East and West on the first, both are on one side of the second, the South
    on the other. The actors that fix the axes are left out of the groups that are compared.
    """
    votes, links = published_set(mirror)
    votes = votes[votes["session"].between(22, 38)]
    axes = Axes(positive=("United States",), negative=("Russia",), second="Canada")
    points = ideal_points(votes, draws=0, spec=Spec(links=links, dimensions=2, axes=axes)).points["mean"]
    for session in range(25, 35):
        first, second = (
            {actor: float(points.sel(actor=actor, session=session, dimension=k)) for actor in names()}
            for k in (1, 2)
        )
        assert above(second, EAST[1:], SOUTH) > 0.95
        assert above(second, [name for name in WEST if name != "Canada"], SOUTH) > 0.95
        assert above(first, WEST, SOUTH) > 0.9
        assert above(first, SOUTH, EAST) > 0.9


def names() -> tuple[str, ...]:
    return (*EAST, *WEST, *SOUTH)


def above(place: dict[str, float], high: tuple[str, ...] | list[str], low: tuple[str, ...]) -> float:
    """Share of pairs in which the one of `high` lies above the one of `low`: 1/2 by luck, 1 at most."""
    one, other = (np.array([place[name] for name in group]) for group in (high, low))
    one, other = one[~np.isnan(one)], other[~np.isnan(other)]
    return float((one[:, None] > other).mean())
