"""Many variants over the same luck: what is read off single futures is what they hold."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from detente.errors import SimulationError
from detente.executors import How, Progress
from detente.simulation.ensemble.ballots import Payment
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.many import draw_many
from detente.simulation.ensemble.measures import (
    BlocMean,
    BlocSpread,
    Covariate,
    Crosses,
    Outcome,
    Passes,
    Position,
)
from detente.simulation.ensemble.playing import play
from detente.simulation.ensemble.running import draw
from detente.simulation.ensemble.shocks import Shock
from tests.simulation.made_futures import ONE, SIX, busy, dynamics_of, still
from tests.simulation.plain_futures import Counted, World

MEASURE: tuple[Outcome, ...] = (
    BlocSpread("west", "aid"), BlocMean("east", "arms"), Position("CCC", "aid"), Passes("sanctions"),
    Crosses("half"), Crosses("half", "west"), Covariate("AAA", "fear"), Covariate("west", "oil"),
)  # fmt: skip
DRAWS = 150


def variants() -> list[Futures]:
    base = busy()
    paid = replace(base, payments=(*base.payments, Payment(ballot="sanctions", actor="BBB", size=-0.4)))
    blow = Shock(key="blow", step=9, shift={("CCC", "aid"): -0.25})
    return [base, paid, replace(base, shocks=(*base.shocks, blow)), replace(base, ballots=base.ballots[:1])]


def test_outcomes_are_those_of_trajectories() -> None:
    """Members of the west at the end are AAA to EEE, as EEE joins in step 5."""
    told = draw_many(variants(), measure=MEASURE, draws=DRAWS, seed=5, how=ONE)
    assert told.values.shape == (4, DRAWS, len(MEASURE)) and not told.lost.any()
    for place, futures in enumerate(variants()):
        kept = draw(futures, draws=DRAWS, seed=5, how=ONE, trajectories=DRAWS).trajectories
        assert kept is not None
        end, actor = kept.isel(time=-1), list(SIX)
        np.testing.assert_allclose(told.values[place, :, 2], end.sel(actor="CCC", issue="aid"), rtol=1e-6)
        west = end.sel(actor=actor[:5], issue="aid")
        np.testing.assert_allclose(told.values[place, :, 0], west.std("actor"), atol=1e-6)
        np.testing.assert_allclose(
            told.values[place, :, 1], end.sel(actor=[*actor[4:], "CCC"], issue="arms").mean("actor"),
            atol=1e-6,
        )  # fmt: skip
        above = (
            kept.sel(issue="aid").isel(time=0).values * 0 + futures.dynamics.start.mean(axis=0)[:, 0]
        ) >= 0.5
        beyond = (kept.sel(issue="aid").values >= 0.5) != above[:, None, :]
        crossed = beyond.any(axis=1)
        np.testing.assert_array_equal(told.values[place, :, 4], crossed.sum(axis=1))
        np.testing.assert_array_equal(told.values[place, :, 5], crossed[:, :5].sum(axis=1))


def test_ballots_and_covariates_are_those_of_the_model_in_plain_python() -> None:
    base = busy()
    told = draw_many([base], measure=MEASURE, draws=20, seed=5, how=ONE).values[0]
    for future in range(20):
        world = World(base, future, Counted(5, future)).run()
        order = sorted((step, place) for place, each in enumerate(base.ballots) for step in each.steps)
        passed = [out for out, (_, place) in zip(world.outcomes, order, strict=True) if place == 0]
        assert told[future, 3] == pytest.approx(np.mean(passed))
        assert told[future, 6] == pytest.approx(world.actors[0].z[1], abs=1e-4)
        assert told[future, 7] == pytest.approx(np.mean([a.z[0] for a in world.actors[:5]]), abs=1e-4)


def test_variants_share_their_luck() -> None:
    told = draw_many([*variants(), busy()], measure=MEASURE, draws=DRAWS, how=ONE).values
    np.testing.assert_array_equal(told[0], told[4])
    np.testing.assert_allclose(told[2, :, 2] - told[0, :, 2], -0.25, atol=1e-6)
    np.testing.assert_array_equal(told[2, :, 6:], told[0, :, 6:])
    fewer = told[0, :, 3] - told[1, :, 3]
    assert (fewer >= 0).all() and fewer.mean() > 0.05 and 0.1 < (fewer == 0).mean() < 0.9
    np.testing.assert_array_equal(told[1, fewer == 0], told[0, fewer == 0])


def test_the_same_bytes_whatever_is_drawn_beside_and_by_whom() -> None:
    all_of: list[Futures] = variants()
    many: dict[str, Any] = {"measure": MEASURE, "draws": DRAWS, "seed": 2}
    whole = draw_many(all_of, **many, how=ONE).values
    heard: list[Progress] = []
    there = pickle.loads(pickle.dumps((all_of[2:], many)))
    told = draw_many(there[0], **there[1], how=How(jobs=3, chunk=70, report=heard.append)).values
    assert told.tobytes() == whole[2:].tobytes()
    assert [each.done for each in heard] == [DRAWS, 2 * DRAWS] and heard[-1].seconds_left == 0


def test_futures_that_grow_beyond_bounds_are_set_aside_and_counted() -> None:
    """Half of the parameter's draws pull three times as far as the mean, and further with every step."""
    wild: dict[str, Any] = {"blocs": ("one", "two", "three"), "membership": np.ones((2, 3))}
    futures = Futures(
        dynamics=still([0, 1], **wild, alpha=np.array([0.1, 1.0])[:, None, None] * np.ones((1, 3, 1))),
        steps=200,
    )
    told = draw_many([futures], measure=[Position("A00", "aid")], draws=10, how=ONE)
    assert told.lost[0].tolist() == [False, True] * 5
    assert np.isnan(told.values[0, told.lost[0]]).all() and np.isfinite(told.values[0, ~told.lost[0]]).all()
    row = told.frame().iloc[0]
    assert (row["futures"], row["lost"]) == (5, 5) and row["mean"] == pytest.approx(0.5)


def test_variants_and_outcomes_that_do_not_fit_are_named_at_once() -> None:
    base = busy()
    other = replace(base, steps=9, begins=date(2001, 1, 1), lines=(), ballots=base.ballots[:1])
    with pytest.raises(SimulationError) as told:
        draw_many([base, other], measure=MEASURE, draws=10)
    assert {each.where for each in told.value.problems} == {"variant 1: lines", "variant 1: days"}
    with pytest.raises(SimulationError) as told:
        draw_many(
            [base, replace(base, ballots=base.ballots[:1])],
            measure=[
                Passes("arms"), Position("AAB", "aid"), BlocMean("west", "ade"), Covariate("wets", "oil"),
                Crosses("hafl", "easy"),
            ],
        )  # fmt: skip
    words = str(told.value)
    for expected in (
        "variant 1: Passes(arms): there is no ballot that comes up 'arms'", "there is no actor 'AAB'",
        "did you mean 'aid'?", "did you mean 'west'?", "did you mean 'half'?", "did you mean 'east'?",
    ):  # fmt: skip
        assert expected in words, expected
    assert "variant 0: Passes" not in words


def test_what_cannot_be_averaged_or_held_is_refused() -> None:
    empty = Futures(dynamics=dynamics_of(actors=("AAA",), issues=("aid",), start=0, blocs=("west",)), steps=1)
    for outcome in (BlocMean("west", "aid"), BlocSpread("west", "aid")):
        with pytest.raises(SimulationError, match="west has no members at the end"):
            draw_many([empty], measure=[outcome])
    for variants_, measure in (([], [Position("AAA", "aid")]), ([empty], [])):
        with pytest.raises(SimulationError, match="no variant, or nothing to measure"):
            draw_many(variants_, measure=measure)
    with pytest.raises(SimulationError, match="do not fit into 1 GiB"):
        draw_many([empty] * 2, measure=[Position("AAA", "aid")], draws=100_000_000)
    with pytest.raises(SimulationError, match="0 futures"):
        draw_many([empty], measure=[Position("AAA", "aid")], draws=0)


def test_code_is_compiled_once_for_every_kind_of_array() -> None:
    """Tables that came from another process can be written to, and others are in Fortran's order."""
    base = busy()
    draw(base, draws=1, how=ONE)
    compiled = len(play.signatures)
    dynamics = replace(
        base.dynamics,
        start=np.asfortranarray(base.dynamics.start),
        beta=np.asfortranarray(base.dynamics.beta),
    )
    assert base.covariates is not None
    held = replace(base.covariates, path=np.asfortranarray(base.covariates.path))
    for other in (pickle.loads(pickle.dumps(base)), replace(base, dynamics=dynamics, covariates=held)):
        draw(other, draws=1, how=ONE)
    assert len(play.signatures) == compiled
