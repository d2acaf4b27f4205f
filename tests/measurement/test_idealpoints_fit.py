"""The engines recover what was simulated, and say how sure they are."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from detente.errors import MeasurementError
from detente.measurement.idealpoints import IdealPoints, Spec, ideal_points
from detente.measurement.idealpoints.checks import effective_size, r_hat
from detente.measurement.idealpoints.fit import solve
from detente.measurement.idealpoints.frames import Choice, prepare
from detente.measurement.idealpoints.fronts import Factor
from detente.measurement.idealpoints.joint import Refiner, joint_posterior
from detente.measurement.idealpoints.sampler import Length, sample
from detente.measurement.idealpoints.settings import BSV, DEFAULT, Prior
from detente.measurement.idealpoints.simulate import Design, Simulated, simulate

PRIOR = Prior(walk=0.1, slope=4.0)
DESIGN = Design(actors=25, sessions=6, roll_calls=25)


@pytest.fixture(scope="module")
def data() -> Simulated:
    return simulate(DESIGN, PRIOR, np.random.default_rng(5))


@pytest.fixture(scope="module")
def result(data: Simulated) -> IdealPoints:
    return ideal_points(data.votes, positive="a0001", draws=300, spec=Spec(links="text", prior=PRIOR))


def truth(data: Simulated) -> np.ndarray:
    return np.asarray((data.points - data.points.mean()) / data.points.std())


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_points_are_recovered_up_to_sign_and_scale(data: Simulated, link: str) -> None:
    found = ideal_points(data.votes, draws=0, spec=Spec(links="text", link=link, prior=PRIOR)).points["mean"]  # type: ignore[arg-type]
    assert abs(np.corrcoef(found.to_numpy().ravel(), truth(data).ravel())[0, 1]) > 0.93


def test_the_named_actor_is_positive_and_the_scale_is_unit(result: IdealPoints) -> None:
    mean = result.points["mean"]
    assert float(mean.sel(actor="a0001").mean()) > float(mean.mean())
    assert result.draws is not None
    assert np.allclose(result.draws.std(("actor", "session")), 1.0, atol=0.03)
    assert result.identification.startswith("a0001 positive")


def test_nine_intervals_in_ten_hold_the_truth(data: Simulated, result: IdealPoints) -> None:
    points = truth(data)
    table = result.table().set_index(["actor", "session"])
    value = np.array([points[int(actor[1:]), session] for actor, session in table.index])
    if np.corrcoef(value, table["mean"])[0, 1] < 0:
        value = -value
    assert 0.82 < ((value > table["low"]) & (value < table["high"])).mean() < 0.97


def test_change_and_distance_come_from_joint_draws(result: IdealPoints) -> None:
    change = result.change("a0002", 0, 5)
    mean = result.points["mean"].sel(actor="a0002")
    assert change["mean"] == pytest.approx(float(mean.sel(session=5) - mean.sel(session=0)), abs=0.1)
    assert change["low"] < change["mean"] < change["high"]
    assert (result.distance("a0002", "a0003")["low"] >= 0).all()


def test_the_front_factor_solves_and_draws_as_the_dense_precision(data: Simulated) -> None:
    ballots = prepare(data.votes, Choice(links="text")).ballots
    refiner = Refiner(ballots, solve(ballots, prior=PRIOR))
    factor = refiner.factor()
    dense = _dense(factor)
    size, rng = factor.plan.size, np.random.default_rng(0)
    right = rng.standard_normal(size)
    items = np.zeros((len(ballots.items), 3))
    theta, _ = factor.solve(right, items)
    inverse = np.linalg.inv(dense)
    assert np.allclose(theta, inverse[:size, :size] @ right, atol=1e-8)
    variance, onward, covariance, cross = factor.covariances()
    assert np.allclose(variance, np.diag(inverse)[:size], atol=1e-8)
    on = np.flatnonzero(factor.plan.next >= 0)
    assert np.allclose(onward[on], inverse[on, factor.plan.next[on]], atol=1e-8)
    for j in range(len(ballots.items)):
        at = size + 3 * j + np.arange(3)
        assert np.allclose(covariance[j], inverse[np.ix_(at, at)], atol=1e-8)
    item = ballots.vote_item
    rows = inverse[ballots.item_node[:, None], size + 3 * item[:, None] + np.arange(factor.plan.width.max())]
    free = np.arange(3) < factor.plan.width[item][:, None]
    assert np.allclose(cross[free], rows[free], atol=1e-8)
    draws = factor.draw(rng, 4000)
    assert np.allclose(draws.std(1) / np.sqrt(variance), 1.0, atol=0.06)


def _dense(factor: Factor) -> np.ndarray:
    """The joint precision as one matrix: points, then three parameters of every item."""
    plan, numbers = factor.plan, factor.numbers
    size, items = plan.size, len(plan.ballots.items)
    dense = np.zeros((size + 3 * items, size + 3 * items))
    dense[np.arange(size), np.arange(size)] = numbers.node_prior
    on = np.flatnonzero(numbers.coupling)
    dense[on, on + 1] = dense[on + 1, on] = numbers.coupling[on]
    for j in range(items):
        at = size + 3 * j + np.arange(3)
        dense[np.ix_(at, at)] = factor.item_precision[j]
    for q, (node, item) in enumerate(zip(plan.ballots.item_node, plan.vote_item, strict=True)):
        dense[node, node] += numbers.per_vote[q, 0]
        at = size + 3 * item + np.arange(3)
        dense[node, at] += numbers.per_vote[q, 1:4]
        dense[at, node] += numbers.per_vote[q, 1:4]
    return dense


def test_the_sampler_agrees_with_the_joint_normal(data: Simulated) -> None:
    ballots = prepare(data.votes, Choice(links="text")).ballots
    joint = joint_posterior(ballots, solve(ballots, prior=PRIOR))
    found = sample(
        ballots,
        joint,
        prior=PRIOR,
        link="logit",
        rng=np.random.default_rng(1),
        length=Length(chains=2, sweeps=500),
    ).theta
    found = (found - found.mean(0)) / found.std(0)
    assert r_hat(found).max() < 1.15
    assert np.median(effective_size(found)) > 200
    draws = joint.draw(np.random.default_rng(2), 1000)
    draws = (draws - draws.mean(0)) / draws.std(0)
    ratio = draws.std(1) / found.std((1, 2))
    assert 0.9 < np.median(ratio) < 1.1
    off = (draws.mean(1) - found.mean((1, 2))) / found.std((1, 2))
    assert np.quantile(np.abs(off), 0.9) < 0.6


def test_a_new_session_starts_from_the_previous_solution(data: Simulated) -> None:
    early = data.votes[data.votes["session"] < 5]
    spec = Spec(links="text", prior=PRIOR)
    before = ideal_points(early, positive="a0001", draws=0, spec=spec)
    after = ideal_points(data.votes, positive="a0001", draws=0, spec=spec, previous=before)
    afresh = ideal_points(data.votes, positive="a0001", draws=0, spec=spec)
    assert after.diagnostics["start"] == "previous solution"
    assert after.diagnostics["iterations"] <= afresh.diagnostics["iterations"]
    assert np.abs(after.points["mean"] - afresh.points["mean"]).max() < 0.1


def test_one_session_and_two_categories_are_special_cases() -> None:
    rng = np.random.default_rng(8)
    place = np.linspace(-2, 2, 40)
    yes = place[:, None] * rng.normal(0, 2, 60) + rng.normal(0, 1, 60) + rng.logistic(size=(40, 60)) > 0
    actor, call = np.indices(yes.shape).reshape(2, -1)
    votes = pd.DataFrame(
        {"actor": [f"m{i:02}" for i in actor], "roll_call": call, "vote": yes.ravel().astype(int)}
    )
    result = ideal_points(votes, positive="m39", spec=Spec(static=True), draws=100)
    assert np.corrcoef(result.points["mean"].to_numpy().ravel(), place)[0, 1] > 0.95
    assert set(result.items["categories"].to_numpy()) == {"no/yes"}


def test_an_unknown_anchor_is_named_with_a_guess(data: Simulated) -> None:
    with pytest.raises(MeasurementError, match="did you mean"):
        ideal_points(data.votes, positive="a001", draws=0)


def test_the_named_priors_differ_and_an_unknown_one_is_refused(data: Simulated) -> None:
    assert BSV.shrink > DEFAULT.shrink
    with pytest.raises(MeasurementError, match="bsv"):
        ideal_points(data.votes, spec=Spec(prior="bvs"), draws=0)


SCRIPT = """
import hashlib, numpy as np
from detente.measurement.idealpoints import Choice, Spec, ideal_points, prepare
from detente.measurement.idealpoints.sampler import Length
from detente.measurement.idealpoints.simulate import Design, simulate
from detente.measurement.idealpoints.settings import Prior
from detente.measurement.idealpoints.threads import SMALL
prior = Prior(walk=.1, slope=4.)
votes = simulate(Design(actors=120, sessions=6, roll_calls=160), prior, np.random.default_rng(5)).votes
assert len(prepare(votes, Choice(links="text")).ballots.item_vote) > SMALL
written = b""
for engine, length in (("fast", Length()), ("sampler", Length(chains=2, sweeps=6, warm_up=2))):
    spec = Spec(links="text", prior=prior, engine=engine, length=length)
    result = ideal_points(votes, draws=20, spec=spec)
    written += result.draws.to_numpy().tobytes() + result.points["mean"].to_numpy().tobytes()
print(hashlib.sha256(written).hexdigest())
"""


def test_the_bytes_are_the_same_on_one_thread_and_on_two() -> None:
    """Enough votes that loops do run on several threads, and both engines."""
    digests = set()
    for threads in ("1", "2"):
        environment = {**os.environ, "NUMBA_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(ran.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == hashlib.sha256().digest_size * 2


def test_both_engines_answer_the_same_call(data: Simulated, result: IdealPoints) -> None:
    spec = Spec(links="text", prior=PRIOR, engine="sampler", length=Length(chains=2, sweeps=150, warm_up=50))
    sampled = ideal_points(data.votes, positive="a0001", spec=spec)
    assert sampled.diagnostics["r_hat_max"] < 1.6
    assert sampled.diagnostics["intervals"] == "draws of the exact posterior"
    assert (
        np.corrcoef(sampled.points["mean"].values.ravel(), result.points["mean"].values.ravel())[0, 1] > 0.99
    )


def test_the_sampler_refuses_the_prior_that_only_emulates(data: Simulated) -> None:
    with pytest.raises(MeasurementError, match="emulates"):
        ideal_points(data.votes, spec=Spec(links="text", prior="bsv", engine="sampler"))
