"""Compiled steps of the spatial model, one by one, beside what they say that they do, and on drawn inputs."""

# Compiled functions carry no types.
# mypy: disable-error-code="arg-type, attr-defined, call-arg, index, operator"

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detente.simulation.bargaining import contests, election, offers, ties
from detente.simulation.bargaining.counter_random import philox, uniform
from detente.simulation.bargaining.options import Rules, SpatialOptions
from detente.simulation.bargaining.spatial import run_spatial
from detente.simulation.bargaining.spatial_batch import run_many
from detente.simulation.bargaining.spatial_chances import _places
from detente.simulation.bargaining.spatial_inputs import Draws
from detente.simulation.bargaining.spatial_kernel import follow
from detente.simulation.bargaining.spatial_turn import displaced
from detente.simulation.bargaining.spatial_utility import OWN, distances, padded, risks, worths
from detente.simulation.bargaining.ties import least_move
from tests.simulation.made_actors import made, on_a_line

PLAIN = SpatialOptions(voting_rule="Prop").rules()
Floats = NDArray[np.float64]
few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**31)
weights = st.one_of(st.just(0.0), st.floats(1e-9, 2))


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


def rules(**changed: Any) -> Rules:
    """Return the options as numbers."""
    return SpatialOptions(**changed).rules()


votings = st.sampled_from(("Proportional", "Binary", "Cubic"))


def cast(weight: Any, gap: Any, told: Rules) -> Any:
    """The definition of a vote."""
    if told.plain:
        return weight * gap
    shape = told.linear * gap + told.cubic * gap**3 + told.binary * np.clip(gap * 1e8, -1, 1)
    return weight * np.where(gap > 0, told.gains * shape, shape)


@few
@given(
    seed=seeds,
    actors=st.integers(1, 9),
    places=st.integers(1, 9),
    issues=st.integers(1, 3),
    idle=st.booleans(),
)
def test_distances_and_worths_are_their_definitions(
    seed: int, actors: int, places: int, issues: int, idle: bool
) -> None:
    luck = np.random.default_rng(seed)
    ideal, there = luck.random((actors, issues)), luck.random((places, issues))
    care = luck.random((actors, issues))
    if idle:
        care[0] = 0.0
    out = np.zeros((actors, padded(places)))
    distances(ideal, there, care, np.zeros((issues, padded(places))), out)
    gaps = (care[:, None] * (ideal[:, None] - there[None])) ** 2
    norm = (care**2).sum(axis=1)
    expected = np.sqrt(
        np.divide(gaps.sum(axis=2), norm[:, None], where=norm[:, None] > 0, out=np.zeros((actors, places)))
    )
    assert out[:, :places] == pytest.approx(expected, abs=1e-12)
    taste = luck.uniform(-1, 1, actors)
    value = np.zeros_like(out)
    worths(out, taste, OWN, rules(), value)
    plain = (1 - expected) * (1 + np.minimum(expected, 1) * taste[:, None])
    assert value[:, :places] == pytest.approx(plain, abs=1e-12)


@few
@given(chance=st.lists(st.floats(1e-6, 1), min_size=1, max_size=8), ktab=st.booleans())
def test_risk_rises_with_the_chance_of_winning_and_stays_in_its_range(
    chance: list[float], ktab: bool
) -> None:
    told = rules(compat="ktab") if ktab else rules()
    k, h, m = told.risk_scale
    out = np.full(len(chance), np.nan)
    risks(np.array(chance), told, out)
    assert (np.diff(out[np.argsort(chance, kind="stable")]) >= -1e-9).all()
    assert out.min() >= -h / m - 1e-6
    assert out.max() <= (k - h) / m + 1e-6
    risks(np.full(len(chance), chance[0]), told, out)
    assert not out.any()


@few
@given(seed=seeds, actors=st.integers(1, 6), options=st.integers(1, 6))
def test_an_election_is_its_definition_whatever_the_order_of_the_options(
    seed: int, actors: int, options: int
) -> None:
    luck, told = np.random.default_rng(seed), rules()
    weight, worth = luck.random(actors), luck.random((actors, padded(options)))
    wide = padded(options)
    coalition, victory = np.zeros((options, wide)), np.zeros((options, wide))
    election.coalitions(weight, worth, options, told, np.zeros(wide), coalition)
    gap = worth[:, :options, None] - worth[:, None, :options]
    votes = np.maximum(cast(weight[:, None, None], gap, told), 0).sum(axis=0) + election.SUPPORT
    assert coalition[:, :options] == pytest.approx(votes, rel=1e-9)
    for power in (1, 2, 4, 8):
        election.victories(coalition, options, power, victory)
        raised = votes**power
        assert victory[:, :options] == pytest.approx(raised / (raised + raised.T), rel=1e-9)
    election.victories(coalition, options, 0, victory)
    assert victory[:, :options] + victory[:, :options].T == pytest.approx(1.0)
    chance = np.zeros((2, wide))
    election.conditional(victory, options, chance[1], chance[0])
    product = victory[:, :options].prod(axis=1)
    assert chance[0, :options] == pytest.approx(product / product.sum(), rel=1e-7)
    order = luck.permutation(options)
    swapped, turned = worth.copy(), np.zeros((2, wide))
    swapped[:, :options] = worth[:, order]
    room = np.zeros((3, wide, wide))
    election.elect(weight, worth, options, told, room, chance)
    election.elect(weight, swapped, options, told, room, turned)
    assert turned[0, :options] == pytest.approx(chance[0, order], rel=1e-7)
    assert chance[0, :options].sum() == pytest.approx(1.0)


@few
@given(seed=seeds, actors=st.integers(2, 6), committed=st.booleans())
def test_a_challenge_is_its_definition(seed: int, actors: int, committed: bool) -> None:
    luck, told = np.random.default_rng(seed), rules()._replace(committed=committed)
    utility = luck.random((actors, padded(actors)))
    weight, care = luck.random(actors), luck.random(actors)
    for i in range(actors):
        ring = np.zeros((6, padded(actors)))
        contests.challenge(i, utility, weight, care, told, ring)
        for j in range(actors):
            pro, con = plain_contest(i, j, utility, weight, told)
            chance = pro / (pro + con)
            own, other = utility[i, i], utility[i, j]
            gain = (
                (1 - care[j]) * 2 * own
                + care[j] * (chance * 2 * own + (1 - chance) * 2 * other)
                - (own + other)
            )
            assert ring[contests.CHANCE, j] == pytest.approx(chance, rel=1e-9)
            assert ring[contests.GAIN, j] == pytest.approx(gain, abs=1e-9)


def plain_contest(i: int, j: int, u: Floats, weight: Floats, told: Rules) -> tuple[float, float]:
    """Support for a challenger and against it, with third parties where actors commit themselves."""
    both = [float(cast(weight[i], u[i, i] - u[i, j], told)), float(cast(weight[j], u[j, i] - u[j, j], told))]
    alone = [contests.PRINCIPALS + sum(max(sign * each, 0.0) for each in both) for sign in (1, -1)]
    pro, con = alone
    for n in set(range(len(weight))) - {i, j} if told.committed else ():
        first = float(cast(weight[n], u[n, i] - u[n, j], told))
        one, other = alone[0] + max(first, 0.0), alone[1] + max(-first, 0.0)
        chance = one / (one + other)
        win = chance * (2 * u[n, i] + u[n, n]) + (1 - chance) * 3 * u[n, j]
        lose = chance * 3 * u[n, i] + (1 - chance) * (2 * u[n, j] + u[n, n])
        vote = float(cast(weight[n], win - lose, told))
        pro, con = pro + max(vote, 0.0), con + max(-vote, 0.0)
    return pro, con


@few
@given(seed=seeds, chance=st.floats(0, 1), meeting=st.integers(0, 2))
def test_two_meet_between_where_they_stand(seed: int, chance: float, meeting: int) -> None:
    luck = np.random.default_rng(seed)
    x, care = luck.random((2, 3)), luck.random((2, 3))
    out, turned = np.zeros((2, 3)), np.zeros((2, 3))
    offers.meet(0, 1, chance, x, care, meeting, out)
    assert (out >= x.min(axis=0) - 1e-4).all()
    assert (out <= x.max(axis=0) + 1e-4).all()
    offers.meet(1, 0, 1 - chance, x, care, meeting, turned)
    assert turned[::-1] == pytest.approx(out, abs=1.01e-4)


@few
@given(chances=st.lists(st.floats(0, 1), min_size=1, max_size=6), number=st.floats(0, 1, exclude_max=True))
def test_an_option_is_drawn_where_the_chances_pass_the_number(chances: list[float], number: float) -> None:
    total = sum(chances) or 1.0
    shares = np.array(chances) / total
    past = np.flatnonzero(number < np.cumsum(shares))
    assert offers.drawn(shares, len(shares), number) == (past[0] if len(past) else len(shares) - 1)


@few
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8), st.floats(0.1, 10))
def test_ties_are_broken_by_the_least_move_and_then_by_place(
    pairs: list[tuple[int, int]], scale: float
) -> None:
    value, move = np.array(pairs, dtype=float).T
    assert ties.first_best(value, len(value)) == int(np.argmax(value))
    best = min(
        (place for place in range(len(value)) if value[place] == value.max()), key=lambda p: (move[p], p)
    )
    assert ties.least_move(value, move, len(value), scale) == best
    nudged = value + 1e-14 * np.arange(len(value)) * scale
    assert ties.least_move(nudged, move, len(value), scale) == best


@few
@given(seed=seeds, count=st.integers(0, 3), actors=st.integers(2, 5))
def test_offers_are_worth_the_mean_over_all_positions(seed: int, count: int, actors: int) -> None:
    luck, wide = np.random.default_rng(seed), padded(actors)
    who = (
        np.array([luck.permutation(actors)[:2] for _ in range(count)], dtype=np.int64)
        .reshape(count, 2)
        .T.copy()
    )
    far, taste = luck.random((actors, max(2 * count, 1))), luck.uniform(-1, 1, actors)
    turned = luck.random((actors, wide))
    out = np.zeros((count + 1, wide))
    offers.value_offers(who, count, far, taste, turned, out)
    worth: Callable[[Any], Any] = lambda d: (1 - d) * (1 + np.minimum(d, 1) * taste)  # noqa: E731
    assert out[0] == pytest.approx(turned.mean(axis=0))
    for m in range(count):
        others = [b for b in range(actors) if b not in who[:, m]]
        mean = (
            worth(far[:, 2 * m]) + worth(far[:, 2 * m + 1]) + turned[others, :actors].sum(axis=0)
        ) / actors
        assert out[m + 1, :actors] == pytest.approx(mean)
    queue, ballots = np.zeros(count + 1, dtype=np.int64), np.zeros((actors, padded(count + 1)))
    for actor in range(actors):
        waiting = offers.line_up(actor, who, count, out, queue, ballots)
        assert queue[:waiting].tolist() == [0, *(m + 1 for m in range(count) if actor in who[:, m])]
        assert ballots[:, :waiting] == pytest.approx(out[queue[:waiting], :actors].T)


@few
@given(seed=seeds, one=weights, other=weights)
def test_two_offers_blend_by_their_weights(seed: int, one: float, other: float) -> None:
    first, second = np.random.default_rng(seed).random((2, 2, 3))
    share = one / (one + other) if one + other > 0 else 0.5
    expected = share * first + (1 - share) * second
    length = offers.length_of_move(first[0], second[0])
    assert length == pytest.approx(math.dist(first[0], second[0]))
    offers.blend(first, second, one, other)
    assert first == pytest.approx(expected, abs=1e-9)
