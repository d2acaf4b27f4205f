"""Futures: against the same model in plain Python, closed forms, and exact chances."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np
import pytest
from scipy import stats

from detente.cases.decisions import Decision, Effect, Support
from detente.errors import SimulationError
from detente.simulation.bargaining.counter_random import philox
from detente.simulation.bargaining.influence import friedkin_johnsen
from detente.simulation.decisions.support import likeliest, stands
from detente.simulation.dynamics import Dynamics
from detente.simulation.ensemble import gathering
from detente.simulation.ensemble.ballots import Ballot, Consequence, Size
from detente.simulation.ensemble.drawing import Drawn
from detente.simulation.ensemble.futures import Covariates, Futures, Line
from detente.simulation.ensemble.luck import LANES, PLACES, draw_words
from detente.simulation.ensemble.packing import packed
from detente.simulation.ensemble.running import draw
from detente.simulation.ensemble.scheduled import steps_of
from detente.simulation.ensemble.shocks import Shock
from detente.simulation.ensemble.streams import quantile_table, quantile_tables, streams
from tests.simulation.made_futures import NESTED, ONE, SIX, at, busy, dynamics_of, rule, still
from tests.simulation.plain_futures import Counted, World
from tests.simulation.plain_votes import counted


def test_every_future_is_the_one_that_plain_python_plays() -> None:
    """Positions, covariates and outcomes, future by future, of a model in which everything happens."""
    futures, many = busy(), 12
    with ThreadPoolExecutor(1) as pool:
        chunk = Drawn(packed(futures), 7).chunk(pool, 1, first=LANES - 4, count=many)
    values = chunk.futures(many).reshape(many, futures.steps + 1, -1)
    flags = chunk.flags[0].swapaxes(1, 2).reshape(-1, chunk.flags[0].shape[1])
    outcomes = []
    for place in range(many):
        plain = World(futures, LANES - 4 + place, Counted(7, LANES - 4 + place)).run()
        np.testing.assert_allclose(
            values[place, :, :12], np.array(plain.track).reshape(futures.steps + 1, 12), atol=2e-5
        )
        levels = [level for actor in plain.actors for level in actor.z]
        np.testing.assert_allclose(values[place, -1, -12:], levels, atol=2e-5)
        assert flags[place, : len(plain.outcomes)].tolist() == plain.outcomes
        outcomes += plain.outcomes
    assert 0.1 < np.mean(outcomes) < 0.9


def test_words_are_those_of_the_published_generator() -> None:
    names = streams([("own", "AAA", "aid"), ("vote", "x", "AAA")])
    words = np.empty((4, 2, LANES), dtype=np.uint32)
    first = 2**32 - 1
    draw_words(np.uint64(5), np.uint64(first), np.uint64(9), names, np.ones(2, dtype=np.bool_), words)
    for lane in (0, 1, LANES - 1):
        future, stream = first + lane, int(names[1])
        counter = future % 2**32, (future >> 32) << 16 | 9, stream % 2**32, stream >> 32
        told = philox(tuple(map(np.uint64, counter)), (np.uint64(5), np.uint64(0)))
        assert [int(word) for word in told] == words[:, 1, lane].tolist()


@pytest.mark.parametrize("dof", [float("inf"), 2.5, 7.0])
def test_tables_hold_the_quantiles_of_the_distribution(dof: float) -> None:
    table = quantile_table(dof)
    known = stats.norm if np.isinf(dof) else stats.t(dof)
    places = np.array([0, 128, 1500, PLACES - 200, PLACES])
    octave, within = places // 128, places % 128
    chances = 2.0 ** (octave - 33) * (1 + within / 128)
    np.testing.assert_allclose(table[places], known.ppf(chances), rtol=1e-9, atol=1e-12)
    assert (np.diff(table) > 0).all()


def test_degrees_of_freedom_that_differ_share_tables_where_they_are_alike() -> None:
    tables, which = quantile_tables(np.array([4.0, np.inf, 4.001, 8.0]))
    assert which.tolist() == [1, 0, 1, 2]
    assert len(tables) == 3
    tables, which = quantile_tables(np.array([4.001]))
    np.testing.assert_array_equal(tables[which[0]], quantile_table(4.001))


def test_pull_and_influence_follow_the_linear_recursion() -> None:
    rng = np.random.default_rng(1)
    shares = rng.random((7, 7))
    shares /= shares.sum(axis=1, keepdims=True)
    member = np.array([[1.0], [1], [1], [1], [0], [0], [0]])
    dynamics = still(
        rng.random(7), blocs=("west",), membership=member, alpha=0.2, omega=0.3, influence=shares
    )
    told = at(draw(Futures(dynamics=dynamics, steps=8), draws=1, how=ONE))
    mean = member @ member.T / member.sum()
    step = np.eye(7) + 0.2 * (mean - np.diag(member[:, 0])) + 0.3 * (shares - np.eye(7))
    expected = dynamics.start[0, :, 0]
    for now in told:
        np.testing.assert_allclose(now, expected, atol=1e-6)
        expected = step @ expected


def test_in_the_end_positions_are_those_of_friedkin_and_johnsen() -> None:
    """The stubborn listen to nobody; everyone else ends where the closed form says."""
    rng = np.random.default_rng(2)
    shares = rng.random((6, 6))
    shares[:2] = 0
    shares[2:] /= shares[2:].sum(axis=1, keepdims=True)
    start = rng.random(6)
    dynamics = still(start, omega=0.5, influence=shares)
    told = at(draw(Futures(dynamics=dynamics, steps=200, every=200), draws=1, how=ONE))[-1]
    shares[:2, :2] = np.eye(2)
    settled = friedkin_johnsen(start[:, None], shares, np.array([0, 0, 1, 1, 1, 1.0]))
    np.testing.assert_allclose(told, settled.position[:, 0], atol=1e-6)


def test_the_variance_of_a_random_walk_grows_with_time() -> None:
    many = 20_000
    dynamics = still([0, 0, 0], sigma_own=0.3, start_sd=np.full((3, 1), 0.5))
    spread = at(draw(Futures(dynamics=dynamics, steps=6), draws=many, how=ONE), "sd")
    expected = np.sqrt(0.25 + 0.09 * np.arange(7))[:, None]
    assert (np.abs(spread / expected - 1) < 4 / np.sqrt(2 * many)).all()


def test_common_shocks_move_a_bloc_together_and_student_shocks_have_their_tails() -> None:
    member = np.array([[1.0], [1], [0]])
    dynamics = still([0, 0, 0], blocs=("west",), membership=member, sigma_common=np.array([[0.3, 0.4]]))
    kept = draw(Futures(dynamics=dynamics, steps=1), draws=4000, how=ONE, trajectories=4000).trajectories
    assert kept is not None
    last = kept.values[:, -1, :, 0]
    np.testing.assert_array_equal(last[:, 0], last[:, 1])
    np.testing.assert_allclose(np.cov(last[:, 1:].T), [[0.25, 0.16], [0.16, 0.16]], atol=0.02)
    tails = still([0], sigma_own=1.0, dof=3.0)
    told = draw(Futures(dynamics=tails, steps=1), draws=20_000, how=ONE).frame("positions").iloc[-1]
    np.testing.assert_allclose([told["p5"], told["p75"]], stats.t(3).ppf([0.05, 0.75]), atol=0.06)


def test_the_start_has_the_covariance_it_is_given() -> None:
    """Two who move as one, and a third; a covariance that is not of full rank."""
    given = np.array([[[0.04, 0.04, 0.01], [0.04, 0.04, 0.01], [0.01, 0.01, 0.09]]])
    kept = draw(
        Futures(dynamics=still([1, 2, 3], start_cov=given), steps=1),
        draws=20_000,
        how=ONE,
        trajectories=20_000,
    ).trajectories
    assert kept is not None
    start = kept.values[:, 0, :, 0]
    np.testing.assert_allclose(start.mean(axis=0), [1, 2, 3], atol=0.01)
    np.testing.assert_allclose(np.cov(start.T), given[0], atol=0.003)
    np.testing.assert_allclose(start[:, 1] - start[:, 0], 1, atol=1e-6)


def test_draws_of_parameters_are_taken_in_turn() -> None:
    dynamics = still(
        [0, 1], blocs=("both",), membership=np.ones((2, 1)), alpha=np.array([[0.0], [0.5], [1.0]])
    )
    kept = draw(Futures(dynamics=dynamics, steps=1), draws=7, how=ONE, trajectories=7).trajectories
    assert kept is not None
    np.testing.assert_allclose(kept.values[:, -1, 0, 0], [0, 0.25, 0.5, 0, 0.25, 0.5, 0], atol=1e-7)


def test_half_the_step_comes_to_the_same_after_twice_as_many() -> None:
    year = still([0, 1], blocs=("both",), membership=np.ones((2, 1)), alpha=0.3, sigma_own=0.2, years=1)
    ends = []
    for dynamics, steps in ((year, 3), (year.halved(), 6)):
        told = draw(Futures(dynamics=dynamics, steps=steps, every=steps), draws=20_000, how=ONE)
        ends.append((told.frame("positions").iloc[-1], told.data["time"].values[-1]))
    assert ends[0][1] == ends[1][1]
    assert ends[0][0]["mean"] == pytest.approx(ends[1][0]["mean"], abs=0.01)
    assert ends[0][0]["sd"] == pytest.approx(ends[1][0]["sd"], rel=0.03)


@pytest.mark.parametrize("isolation", [0.0, 0.2])
def test_a_decision_passes_as_often_as_its_exact_chance_says(isolation: float) -> None:
    """Positions stand still; dependence and pressure hold members back; some abstain."""
    rng, many = np.random.default_rng(3), 20_000
    x, oil = rng.normal(0.45, 0.15, 6), rng.random((6, 1))

    def effect(value: float) -> Effect:
        return Effect(value=value, low=value, high=value, reason="test")

    support = Support(
        doubt=effect(0.15),
        abstention=effect(0.1),
        dependence=effect(0.2),
        on="oil",
        isolation=effect(isolation),
    )
    ready = rule(NESTED, SIX)
    held = likeliest(support)
    stand = stands((x - 0.4 - 0.2 * oil[:, 0])[None], held)
    ways = np.stack((stand.yes[0], 1 - stand.yes[0] - stand.against[0], stand.against[0]), axis=-1)
    expected = counted(ready, ways[None])[0]
    dynamics = Dynamics(actors=SIX, issues=("aid",), covariates=("oil",), start=x[:, None])
    ballot = Ballot(
        key="aid", rule=ready, steps=(1, 2), issue="aid", cut=0.4, doubt=Size(0.15), abstention=Size(0.1),
        hold=Size(0.2), on="oil", isolation=Size(isolation),
    )  # fmt: skip
    futures = Futures(dynamics=dynamics, covariates=Covariates(start=oil), ballots=(ballot,), steps=2)
    told = draw(futures, draws=many, how=ONE)
    error = np.sqrt(expected * (1 - expected) / many)
    assert 0.1 < expected < 0.9
    assert (np.abs(told.frame("decisions")["passes"] - expected) < 4 * error).all()
    votes = told.frame("votes").query("step == 1")["yes"].to_numpy()
    assert (np.abs(votes - stand.yes[0]) < 4 * np.sqrt(0.25 / many)).all()


def test_what_follows_an_outcome_begins_a_step_later_and_a_drift_ends_with_the_other_outcome() -> None:
    ready = rule({"for": {"at_least": 1}}, SIX[:1])
    dynamics = dynamics_of(actors=SIX, issues=("aid",), covariates=("oil",), start=0, beta=0.5)
    sure = {"key": "aid", "rule": ready, "issue": "aid", "cut": 0.0, "doubt": Size(1e-6)}
    failed = Consequence(
        shift={("BBB", "aid"): 1.0}, drift={("CCC", "aid"): 0.1}, change={("DDD", "oil"): 0.2}
    )
    ballot = Ballot(**sure, steps=(2, 4), failed=failed)  # type: ignore[arg-type]  # mixed
    futures = Futures(
        dynamics=dynamics, covariates=Covariates(start=np.zeros((6, 1))), ballots=(ballot,), steps=6,
        shocks=(Shock(key="down", step=1, shift={("AAA", "aid"): -1.0}),
                Shock(key="up", step=4, shift={("AAA", "aid"): 2.0})),
    )  # fmt: skip
    told = draw(futures, draws=8, how=ONE)
    assert told.frame("decisions")["passes"].tolist() == [0.0, 1.0]
    np.testing.assert_allclose(at(told)[:, 1], [0, 0, 0, 1, 1, 1, 1], atol=1e-6)
    np.testing.assert_allclose(at(told)[:, 2], [0, 0, 0, 0.1, 0.2, 0.2, 0.2], atol=1e-6)
    np.testing.assert_allclose(at(told)[:, 3], [0, 0, 0, 0.1, 0.1, 0.1, 0.1], atol=1e-6)
    assert not at(told)[:, 4:].any()


def test_shocks_come_at_their_date_to_those_they_name() -> None:
    dynamics = dynamics_of(
        actors=SIX, issues=("aid",), blocs=("west",), covariates=("oil", "populists", "threat"), start=0.5,
        beta=np.array([[-0.1, -0.2, 0.3]]), membership=np.array([[1.0], [1], [1], [0], [0], [0]]),
    )  # fmt: skip
    quiet = Futures(dynamics=dynamics, covariates=Covariates(start=np.full((6, 3), 0.4)), steps=4)
    shocks = {
        "election": (Shock(key="e", step=2, change={("AAA", "populists"): 0.3}), {0: -0.06}),
        "cut-off": (Shock(key="c", step=2, target={("BBB", "oil"): 0.1}), {1: 0.03}),
        "withdrawal": (
            Shock(key="w", step=2, change={("CCC", "threat"): 0.2}, shift={("CCC", "aid"): 0.1}),
            {2: 0.16},
        ),
    }
    for shock, moves in shocks.values():
        told = at(draw(replace(quiet, shocks=(shock,)), draws=4, how=ONE))
        expected = np.full((5, 6), 0.5)
        for actor, size in moves.items():
            expected[2:, actor] += size
        np.testing.assert_allclose(told, expected, atol=1e-6)
    told_all = draw(
        replace(quiet, shocks=(Shock(key="f", step=3, hears=("AAA", "EEE"), news={"aid": 0.2}),)),
        draws=4000, how=ONE, trajectories=50,
    )  # fmt: skip
    spread = at(told_all, "sd")
    np.testing.assert_allclose(spread[3:, [0, 4]], 0.2, rtol=0.06)
    assert not spread[:3].any() and not spread[:, [1, 2, 3, 5]].any()
    assert told_all.trajectories is not None
    last = told_all.trajectories.values[:, -1, :, 0]
    np.testing.assert_array_equal(last[:, 0], last[:, 4])


def test_a_new_member_is_pulled_and_counted_from_its_date() -> None:
    dynamics = still([0, 0, 1], blocs=("west",), membership=np.array([[1.0], [1], [0]]), alpha=0.5)
    joins = Shock(key="j", step=2, members={("A02", "west"): 1.0})
    futures = Futures(dynamics=dynamics, steps=3, shocks=(joins,))
    told = draw(futures, draws=2, how=ONE)
    np.testing.assert_allclose(at(told)[:, 2], [1, 1, 2 / 3, 0.5], atol=1e-6)
    np.testing.assert_allclose(at(told, kind="blocs")[:, 0], [0, 0, 1 / 3, 1 / 3], atol=1e-6)
    expected = np.array([[0.0, 0, 0], [0, 0, 0], [1 / 6, 1 / 6, 2 / 3], [0.25, 0.25, 0.5]]).std(axis=1)
    np.testing.assert_allclose(at(told, kind="spreads")[:, 0], expected, atol=1e-6)


def test_chance_backlash_and_size_of_a_shock_are_as_often_as_stated() -> None:
    shock = Shock(key="s", step=1, shift={("A00", "aid"): 1.0}, chance=0.4, backlash=0.25, low=0.5, high=2.0)
    kept = draw(
        Futures(dynamics=still([0]), steps=1, shocks=(shock,)), draws=20_000, how=ONE, trajectories=20_000
    ).trajectories
    assert kept is not None
    moved = kept.values[:, -1, 0, 0]
    assert np.mean(moved != 0) == pytest.approx(0.4, abs=0.014)
    assert np.mean(moved[moved != 0] < 0) == pytest.approx(0.25, abs=0.02)
    sizes = np.abs(moved[moved != 0])
    assert sizes.min() >= 0.5 and sizes.max() <= 2.0
    assert sizes.mean() == pytest.approx(3.5 / 3, abs=0.015)


def test_a_line_is_crossed_from_the_side_of_the_start() -> None:
    shocks = (
        Shock(key="up", step=1, shift={("A00", "aid"): 1.0, ("A01", "aid"): 1.0}),
        Shock(key="down", step=2, shift={("A00", "aid"): -1.0}),
    )
    futures = Futures(dynamics=still([0, 0, 1]), steps=2, shocks=shocks, lines=(Line("half", "aid", 0.5),))
    told = draw(futures, draws=3, how=ONE).frame("lines")
    beyond, crossed = (told[name].to_numpy().reshape(3, 3) for name in ("beyond", "crossed"))
    assert beyond.tolist() == [[0, 0, 0], [1, 1, 0], [0, 1, 0]]
    assert crossed.tolist() == [[0, 0, 0], [1, 1, 0], [1, 1, 0]]


def test_a_line_crossed_between_records_counts_as_crossed() -> None:
    shocks = (Shock(key="up", step=1, shift={("A00", "aid"): 1.0}),
              Shock(key="down", step=2, shift={("A00", "aid"): -1.0}))  # fmt: skip
    lines = (Line("half", "aid", 0.5),)
    futures = Futures(dynamics=still([0]), steps=2, every=2, shocks=shocks, lines=lines)
    told = draw(futures, draws=3, how=ONE).frame("lines")
    assert told["beyond"].tolist() == [0, 0] and told["crossed"].tolist() == [0, 1]


def test_results_carry_names_times_and_quantiles() -> None:
    futures = replace(busy(), begins=date(2026, 1, 1), every=3)
    told = draw(futures, draws=101, how=ONE, trajectories=101)
    assert told.data["positions"].dims == ("quantile", "time", "actor", "issue")
    assert [str(each)[:7] for each in told.data["time"].values] == [
        "2026-01",
        "2027-07",
        "2029-01",
        "2030-07",
    ]
    assert told.trajectories is not None
    np.testing.assert_allclose(
        told.data["positions"].values,
        np.quantile(told.trajectories.values, gathering.QUANTILES, axis=0),
        atol=1e-6,
    )
    west = told.trajectories.isel(time=0, actor=slice(0, 4), issue=0).values
    first = told.frame("blocs").iloc[0]
    assert (first["bloc"], first["issue"]) == ("west", "aid")
    assert first["p50"] == pytest.approx(float(np.median(west.mean(axis=1))), abs=1e-6)
    assert told.frame("spreads")["p90"].iloc[0] == pytest.approx(
        float(np.quantile(west.std(axis=1), 0.9)), abs=1e-6
    )
    votes = told.frame("votes").query("decision == 'sanctions'")
    assert votes.groupby("step").size().tolist() == [4, 4, 4, 5, 5, 5]
    with pytest.raises(SimulationError, match="did you mean 'positions'"):
        told.frame("position")


@pytest.mark.parametrize(
    ("dates", "every", "expected"),
    [
        ((date(2026, 3, 1),), None, (1,)),
        ((date(2020, 1, 31),), "half-year", (1, 2, 3, 4, 5, 6)),
        ((date(2025, 7, 15), date(2026, 7, 15)), "year", (2, 4, 6)),
        ((date(2026, 8, 1), date(2026, 9, 1)), None, (2,)),
        ((date(2025, 1, 1), date(2029, 1, 1)), None, ()),
        ((), None, ()),
    ],
)
def test_a_decision_comes_up_in_the_steps_of_its_days(
    dates: tuple[date, ...], every: Literal["year", "half-year"] | None, expected: tuple[int, ...]
) -> None:
    effect = Effect(value=0.1, low=0.1, high=0.1, reason="test")
    decision = Decision(
        title="Test", item="aid", bloc="EU", rule="unanimity", proposal=1.0, otherwise=0.0, dates=dates,
        every=every, support=Support(doubt=effect),
    )  # fmt: skip
    assert steps_of(decision, begins=date(2026, 1, 1), years=0.5, steps=6) == expected
