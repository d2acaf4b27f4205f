"""Compiled steps of the spatial model, one by one, beside what they say that they do."""

# Compiled functions carry no types.
# mypy: disable-error-code="arg-type, attr-defined, call-arg, index, operator"

from __future__ import annotations

import numpy as np
import pytest

from detente.simulation.bargaining import contests, election, offers
from detente.simulation.bargaining.counter_random import philox, uniform
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.spatial import run_spatial
from detente.simulation.bargaining.spatial_batch import run_many
from detente.simulation.bargaining.spatial_chances import _places
from detente.simulation.bargaining.spatial_inputs import Draws
from detente.simulation.bargaining.spatial_kernel import follow
from detente.simulation.bargaining.spatial_turn import displaced
from detente.simulation.bargaining.spatial_utility import risks
from detente.simulation.bargaining.ties import least_move
from tests.simulation.made_actors import made, on_a_line

PLAIN = SpatialOptions(voting_rule="Prop").rules()


@pytest.mark.parametrize("counter", [(3, 2**40 + 5, 7, 11), (2**63 + 1, 1, 0, 0)])
def test_a_number_is_two_words_as_fifty_three_bits(counter: tuple[int, int, int, int]) -> None:
    seed, run, turn, actor = counter
    low, half = 2**32 - 1, 2**32
    words = philox(
        tuple(map(np.uint64, (run & low, run // half, turn, actor))),
        (np.uint64(seed & low), np.uint64(seed // half)),
    )
    expected = ((int(words[0]) >> 5) * 2**26 + (int(words[1]) >> 6)) / 2**53
    assert uniform(np.uint64(seed), np.uint64(run), np.int64(turn), np.int64(actor)) == expected


def test_principals_cast_their_weight_for_what_they_prefer() -> None:
    """Actor 0 challenges; the votes of each of the two fall on one side, whatever their sign."""
    utility = np.array([[0.9, 0.4, 0.95], [0.3, 0.8, 0.5], [0.7, 0.1, 0.2]])
    weight, ring = np.array([2.0, 3.0, 5.0]), np.zeros((6, 3))
    contests.principals(0, utility, weight, PLAIN, ring)
    for j in range(3):
        cast = [2.0 * (0.9 - utility[0, j]), weight[j] * (utility[j, 0] - utility[j, j])]
        assert ring[contests.ALONE, j] == pytest.approx(sum(max(each, 0) for each in cast), abs=1e-9)
        assert ring[contests.ALONE_AGAINST, j] == pytest.approx(sum(max(-each, 0) for each in cast), abs=1e-9)


def test_chances_that_need_lifting_keep_their_ratios() -> None:
    tiny = 2.0**-150
    victory = np.array([[0.5, tiny, tiny], [0.25, 0.5, tiny], [0.5, 0.5, tiny]])
    lifts, chance = np.zeros(3), np.zeros(3)
    election.conditional(victory, np.int64(3), lifts, chance)
    products = np.array([0.5 * tiny**2, 0.125 * tiny, 0.25 * tiny])
    assert chance == pytest.approx(products / products.sum())


def test_long_run_chances_stay_as_they_are_and_add_up() -> None:
    victory = np.array([[0.5, 0.7, 0.2], [0.3, 0.5, 0.6], [0.8, 0.4, 0.5]])
    drawn = np.array([[0.2, 0.5, 0.3], [0.3, 0.2, 0.3], [0.5, 0.3, 0.4]])
    chance = np.zeros(3)
    assert election.markov(drawn, victory, np.int64(3), 1e-12, np.zeros(3), chance)
    again = [sum(victory[a] * (chance[a] * drawn[:, a] + chance * drawn[a])) for a in range(3)]
    assert chance == pytest.approx(again) and chance.sum() == pytest.approx(1)


@pytest.mark.parametrize(("one", "other", "share"), [(0.0, 0.0, 0.5), (3.0, 1.0, 0.75), (0.5, 0.0, 1.0)])
def test_two_offers_are_blended_by_weight_and_evenly_without_any(
    one: float, other: float, share: float
) -> None:
    first, second = np.array([[0.0, 0.2], [0.4, 0.6]]), np.array([[1.0, 0.4], [0.6, 0.0]])
    expected = share * first + (1 - share) * second
    offers.blend(first, second, one, other)
    assert first == pytest.approx(expected)


def test_a_queue_begins_with_the_status_quo_and_holds_what_involves_the_actor() -> None:
    who = np.array([[0, 1, 2], [1, 2, 0]])
    value = np.arange(8.0).reshape(4, 2)
    queue, ballots = np.full(4, 3), np.zeros((2, 4))
    assert offers.line_up(0, who, 3, value, queue, ballots) == 3
    assert queue[:3].tolist() == [0, 1, 3]
    assert ballots[:, :3].tolist() == value[[0, 1, 3]].T.tolist()


def test_ideals_follow_positions_and_lag_by_what_is_left() -> None:
    x, before = np.array([[0.2], [0.6]]), np.array([[1.0], [0.5]])
    for share, lag in ((0.25, 0.5), (0.75, 0.0)):
        after = np.zeros((2, 1))
        follow(x, before, np.full((2, 2), share), after)
        assert after == pytest.approx(share * x.sum() + lag * before)


def test_risks_are_kept_in_their_range() -> None:
    """Rounding alone leads out of it; `KTAB` lets it."""
    for span, low in (("Max", -1.0), ("Mid", -0.5), ("Min", 0.0)):
        found = np.zeros(4)
        risks(np.array([0.1, 0.3, 0.2, 0.4]), SpatialOptions(risk_range=span).rules(), found)
        assert found == pytest.approx(low + (1 - low) * np.array([0, 2, 1, 3]) / 3)
    drawn = np.random.default_rng(1).dirichlet(np.ones(4), 100)
    ours, ktabs = np.zeros(drawn.shape), np.zeros(drawn.shape)
    for compat, every in ((None, ours), ("ktab", ktabs)):
        rules = SpatialOptions(risk_range="Mid", compat=compat).rules()
        for chance, found in zip(drawn, every, strict=True):
            risks(chance, rules, found)
    assert (ours.min(), ours.max()) == (-0.5, 1.0)
    assert ktabs.min() < -0.5 and ktabs.max() > 1.0


def test_of_equal_gains_within_rounding_the_smaller_move_is_made() -> None:
    scale = 1e3
    value = np.array([5.0, 5.0 - 1e-10, 5.0 - 1e-8])
    assert least_move(value, np.array([0.3, 0.2, 0.1]), 3, scale) == 1
    assert least_move(value, np.array([0.3, 0.3, 0.1]), 3, scale) == 0
    assert least_move(value, np.array([0.3, 0.2, 0.1]), 3, 1.0) == 0


def test_an_actor_near_two_places_holds_the_first_or_with_ktab_the_last() -> None:
    x = np.array([[0.0], [0.0012], [0.0006]])
    assert _places(x, last=False) == ([0, 1], [0, 1, 0])
    assert _places(x, last=True) == ([0, 1], [0, 1, 1])


def test_challenges_say_who_challenged_whom_and_who_moved() -> None:
    run = run_spatial(on_a_line([0.0, 0.5, 1.0], salience=[0.2, 0.5, 0.6], capability=[0.3, 0.8, 1.5]))
    told = run.challenges()
    assert len(told) == (run.targets >= 0).sum() > 0
    index = {name: place for place, name in enumerate(run.actors.names)}
    assert (run.targets == 0).any()
    for row in told.itertuples():
        turn, maker, receiver = row.turn - 1, index[str(row.challenger)], index[str(row.target)]
        assert run.targets[turn, maker] == receiver
        assert row.challenger_moves == (run.taken[turn, maker] == maker)
        assert row.target_moves == (run.taken[turn, receiver] == maker)


def test_runs_tell_whether_they_settled_and_begin_from_seed_0() -> None:
    actors, options = made(5), SpatialOptions(transition="Stochastic", most_turns=4)
    draws = Draws(positions=np.stack([actors.position] * 3))
    many, same = run_many(actors, draws, options=options), run_many(actors, draws, options=options, seed=0)
    assert many.final.tobytes() == same.final.tobytes()
    assert run_many(actors, draws, options=options, seed=1).final.tobytes() != many.final.tobytes()
    assert many.settled.tolist() == [turns < 4 for turns in many.turns]
    alone = run_spatial(actors)
    told = run_many(actors, Draws(positions=actors.position[None]))
    assert (told.settled[0], told.turns[0]) == (alone.ended == "settled", alone.turns)


def test_what_an_observer_sees_stays_on_the_scale_and_of_itself_it_sees_the_truth() -> None:
    """Its misperception at the start moves along with the position that it is about."""
    start, now = np.array([[0.2], [0.5], [0.9]]), np.array([[0.1], [0.6], [0.95]])
    seen = np.stack([np.array([[0.7], [0.3], [1.0]])] * 3)
    out = np.zeros((3, 1))
    displaced(1, now, seen, start, out)
    assert out == pytest.approx(np.array([[0.6], [0.6], [1.0]]))
    displaced(1, np.zeros((3, 1)), 0.1 * seen, start, out)
    assert out.ravel().tolist() == [0.0, 0.0, 0.0]
