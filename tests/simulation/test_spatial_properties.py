"""What must hold of the spatial model for any actors and options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.simulation.bargaining.actors import Actors, Perceptions
from detente.simulation.bargaining.options import CHOICES, SpatialOptions
from detente.simulation.bargaining.spatial import SpatialRun, run_spatial
from detente.simulation.bargaining.spatial_batch import run_many, stream
from detente.simulation.bargaining.spatial_inputs import Draws
from tests.simulation.made_actors import drawn, in_order, made

ROUNDING = 0.5e-4 + 1e-12
"""Offers are rounded to 1e-4, which may lead half a step out of the range of positions."""


@st.composite
def bargains(draw: st.DrawFn) -> tuple[Actors, SpatialOptions]:
    """Few actors on a coarse grid, so that ties, consensus, blocs and zeros are common; any options."""
    size, issues = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    step = draw(st.sampled_from([1, 2, 1000]))  # the last: nothing is alike, and much is tiny

    def grid(*shape: int) -> np.ndarray[Any, Any]:
        cells = int(np.prod(shape))
        values = draw(st.lists(st.integers(0, step), min_size=cells, max_size=cells))
        return np.array(values, dtype=float).reshape(shape) / step

    options: dict[str, Any] = {
        name: draw(st.sampled_from(list(each.values))) for name, each in CHOICES.items()
    }
    follow = grid(size, size) / size if draw(st.booleans()) else None
    actors = Actors(
        [f"a{place}" for place in range(size)],
        [f"i{place}" for place in range(issues)],
        capability=grid(size) * draw(st.sampled_from([1e-6, 1.0, 1e12])),
        position=grid(size, issues),
        salience=grid(size, issues) / issues,
        accommodation=follow,
    )
    return actors, SpatialOptions(**options, most_turns=20)


def everything(run: SpatialRun, order: list[int]) -> list[bytes]:
    """All that a run holds by actor, the actors in this order, and what does not hang on any."""
    by_actor = (run.chances, run.risks, run.odds, run.gains, run.positions, run.ideals)
    held = [np.ascontiguousarray(each[:, order]).tobytes() for each in by_actor]
    return [*held, run.mean().tobytes(), run.ended.encode()]


@settings(max_examples=80, deadline=None)
@given(bargains(), st.data())
def test_the_order_of_actors_changes_no_byte(
    bargain: tuple[Actors, SpatialOptions], data: st.DataObject
) -> None:
    actors, options = bargain
    order = data.draw(st.permutations(range(actors.size)))
    one, other = run_spatial(actors, options=options), run_spatial(in_order(actors, order), options=options)
    assert everything(one, order) == everything(other, list(range(actors.size)))
    names = np.array([*other.actors.names, ""], dtype=object)
    renamed = np.array([*actors.names, ""], dtype=object)
    assert (names[other.targets] == renamed[one.targets[:, order]]).all()
    assert (names[other.taken] == renamed[one.taken[:, order]]).all()


@settings(max_examples=80, deadline=None)
@given(bargains())
def test_positions_stay_between_the_first_ones_and_every_number_is_finite(
    bargain: tuple[Actors, SpatialOptions],
) -> None:
    actors, options = bargain
    run = run_spatial(actors, options=options)
    low, high = actors.position.min(axis=0), actors.position.max(axis=0)
    assert (run.positions >= low - ROUNDING).all() and (run.positions <= high + ROUNDING).all()
    assert all(np.isfinite(each).all() for each in (run.chances, run.risks, run.odds, run.gains, run.mean()))
    assert (run.odds >= 0).all() and (run.odds <= 1).all() and np.abs(run.risks).max() <= 1
    assert (run.chances > -1e-12).all() and run.chances.max() <= 1 + 1e-12


@settings(max_examples=20, deadline=None)
@given(bargains(), st.integers(0, 2**64))
def test_a_run_alone_and_among_many_is_the_same(bargain: tuple[Actors, SpatialOptions], seed: int) -> None:
    actors, options = bargain
    alone = run_spatial(actors, options=options, seed=seed)
    many = run_many(actors, Draws(positions=np.stack([actors.position] * 3)), options=options, seed=seed)
    assert alone.final.tobytes() == many.final[0].tobytes()
    assert (alone.turns, alone.circle) == (many.turns[0], many.circle[0])
    assert alone.mean().tobytes() == many.mean[0].tobytes()


def chosen(draws: Draws, which: Any) -> Draws:
    """Some of the runs, or the actors in another order."""
    return Draws(
        positions=np.asarray(draws.positions)[which],
        saliences=np.asarray(draws.saliences)[which],
        capabilities=np.asarray(draws.capabilities)[which],
    )


@pytest.mark.parametrize("transition", ["Deterministic", "Stochastic"])
def test_threads_chunks_and_the_order_of_actors_change_no_byte(transition: Any) -> None:
    actors, options = made(9), SpatialOptions(transition=transition)
    draws = drawn(actors, 150)
    once = run_many(actors, draws, options=options, seed=7, threads=1)
    twice = run_many(actors, draws, options=options, seed=7, threads=2)
    parts = [chosen(draws, np.s_[start : start + 40]) for start in range(0, 150, 40)]
    streamed = list(stream(actors, iter(parts), options=options, seed=7, threads=2))
    order = [3, 1, 4, 0, 5, 8, 2, 6, 7]
    turned = chosen(draws, np.s_[:, order])
    other = run_many(in_order(actors, order), turned, options=options, seed=7)
    assert once.final.tobytes() == twice.final.tobytes()
    assert once.final.tobytes() == np.concatenate([part.final for part in streamed]).tobytes()
    assert once.mean.tobytes() == np.concatenate([part.mean for part in streamed]).tobytes()
    assert once.final[:, order].tobytes() == other.final.tobytes()
    assert once.mean.tobytes() == other.mean.tobytes()


def test_random_choices_hang_on_the_seed_and_differ_between_runs() -> None:
    actors, options = made(6), SpatialOptions(transition="Stochastic")
    draws = Draws(positions=np.stack([actors.position] * 20))
    first, again, other = (run_many(actors, draws, options=options, seed=seed).final for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes() != other.tobytes()
    assert len(np.unique(first.reshape(20, -1), axis=0)) > 10


def test_inputs_are_not_changed() -> None:
    actors = made(5)
    draws = drawn(actors, 4)
    before = [
        np.array(each) for each in (draws.positions, draws.saliences, draws.capabilities, actors.position)
    ]
    run_many(actors, draws)
    run_spatial(actors)
    after = (draws.positions, draws.saliences, draws.capabilities, actors.position)
    assert all(np.array_equal(one, np.asarray(other)) for one, other in zip(before, after, strict=True))


@settings(max_examples=20, deadline=None)
@given(bargains())
def test_those_who_see_what_is_so_act_as_those_without_perceptions(
    bargain: tuple[Actors, SpatialOptions],
) -> None:
    actors, options = bargain
    size = actors.size
    truth = Perceptions(
        saliences=np.broadcast_to(actors.salience, (size, *actors.salience.shape)),
        capabilities=np.broadcast_to(actors.capability, (size, size)),
    )
    seen = run_spatial(actors, options=options, perceptions=truth)
    assert seen.positions.tobytes() == run_spatial(actors, options=options).positions.tobytes()
