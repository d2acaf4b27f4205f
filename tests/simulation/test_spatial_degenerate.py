"""Inputs at the edge: each gives a result that says what is special about it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from detente.errors import SimulationError
from detente.simulation.bargaining import spatial_kernel
from detente.simulation.bargaining.actors import Actors, Perceptions
from detente.simulation.bargaining.election import markov
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.spatial import run_spatial
from detente.simulation.bargaining.spatial_batch import run_many
from detente.simulation.bargaining.spatial_inputs import Draws
from tests.simulation.made_actors import in_order, made, on_a_line


def test_consensus_stays_and_nobody_challenges() -> None:
    run = run_spatial(on_a_line([0.3, 0.3, 0.3], salience=[0.5, 0.2, 0.9], capability=[1, 2, 3]))
    assert (run.ended, run.turns, run.notes) == (
        "settled",
        2,
        ("all actors hold the same position from the start",),
    )
    assert (run.positions == 0.3).all() and (run.risks == 0).all() and (run.targets == -1).all()
    np.testing.assert_allclose(run.chances, 1)
    assert len(run.challenges()) == 0


def test_two_opposed_blocs_of_equal_strength_take_no_risk_and_meet_or_stay() -> None:
    run = run_spatial(on_a_line([0, 0, 1, 1], salience=[0.5] * 4, capability=[1] * 4))
    assert run.notes[0] == "the actors hold only two positions: two blocs"
    assert (run.risks[0] == 0).all() and run.ended == "settled"
    np.testing.assert_allclose(run.chances[0], 0.5)


def test_who_cares_about_nothing_gives_way_to_a_challenger() -> None:
    run = run_spatial(on_a_line([0.2, 0.8], salience=[0.5, 0.0], capability=[1, 100]))
    assert any("no salience on any issue" in note and note.endswith("B") for note in run.notes)
    assert run.targets[0].tolist() == [1, -1]
    np.testing.assert_allclose(run.final.ravel(), [0.2, 0.2], atol=1e-4)


def test_an_issue_that_nobody_cares_about_is_named_and_keeps_its_mean() -> None:
    actors = Actors(
        ["A", "B"],
        ["budget", "flag"],
        capability=[1, 1],
        position=[[0.1, 0.0], [0.9, 1.0]],
        salience=[[0.5, 0.0], [0.5, 0.0]],
    )
    run = run_spatial(actors)
    assert "nobody cares about: flag" in run.notes
    assert run.mean(0)[1] == 0.5


@pytest.mark.parametrize("capability", [[0, 1, 2], [0, 0, 0]])
def test_actors_without_capability_are_named_and_the_run_ends(capability: list[float]) -> None:
    run = run_spatial(on_a_line([0.1, 0.5, 0.9], salience=[0.5] * 3, capability=capability))
    weak = ", ".join(name for name, weight in zip("ABC", capability, strict=True) if weight == 0)
    assert any(note.endswith(f"do not count: {weak}") for note in run.notes)
    assert np.isfinite(run.mean()).all()


def test_one_actor_and_two_actors() -> None:
    alone = run_spatial(on_a_line([0.4], salience=[0.5], capability=[1]))
    assert (alone.final.item(), alone.notes) == (0.4, ("there is one actor: nobody to bargain with",))
    pair = run_spatial(on_a_line([0.2, 0.8], salience=[0.5, 0.5], capability=[1, 3]))
    assert pair.final.ravel().tolist() == [0.701, 0.701]


def test_a_tie_between_targets_goes_by_name_and_with_ktab_by_place_in_the_file() -> None:
    actors = on_a_line([0.25, 0.5, 0.75], salience=[0.5] * 3, capability=[1] * 3)
    other = in_order(actors, [2, 1, 0])
    ktab = SpatialOptions(compat="ktab")
    targets = [
        (run := run_spatial(each, options=options)).actors.names[run.targets[0, 1]]
        for each in (actors, other)
        for options in (SpatialOptions(), ktab)
    ]
    assert targets == ["A", "A", "A", "C"]


def test_a_run_that_comes_back_ends_and_says_after_how_many_turns() -> None:
    actors = on_a_line([0.25, 0.75, 0.75], salience=[1, 0.5, 0.25], capability=[2, 2, 4])
    options = SpatialOptions(victory="Binary", voting_rule="Cubic", offers="InitRcvrInterp")
    run = run_spatial(actors, options=options)
    assert (run.ended, run.circle) == ("goes round", 2)
    assert np.array_equal(run.positions[-1], run.positions[-3])
    assert not np.array_equal(run.positions[-1], run.positions[-2])
    assert any("again as 2 turns before" in note for note in run.notes)
    many = run_many(actors, Draws(), options=options)
    assert (many.circle.tolist(), many.settled.tolist()) == ([2], [False])


def test_an_election_that_does_not_settle_stops_and_is_told() -> None:
    victory = np.array([[0.5, 0.0], [1.0, 0.5]])
    drawn = np.array([[2.0, 1.0], [1.0, 2.0]])  # columns do not sum to 1: chances grow without end
    assert not markov(drawn, victory, np.int64(2), 1e-6, np.zeros(2), np.zeros(2))


def test_turns_whose_election_does_not_settle_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([False, True, False, True])
    monkeypatch.setattr(spatial_kernel, "play", lambda *_: next(told))
    world = SimpleNamespace(accommodation=np.zeros((0, 0)))
    rules = SimpleNamespace(most_turns=4, quiet=0.0, stochastic=True, ktab=False)
    story = SimpleNamespace(position=np.arange(10.0).reshape(5, 2, 1))
    run = getattr(spatial_kernel.play_out, "py_func", spatial_kernel.play_out)
    assert run(world, rules, None, story, 0, 0) == (4, spatial_kernel.OUT_OF_TIME, 0, 2)


def test_the_weakest_chances_of_many_options_do_not_vanish_together() -> None:
    """With eighth powers each product of chances is far below the smallest number of the machine."""
    run = run_spatial(made(60), options=SpatialOptions(victory="Octic", most_turns=3))
    assert run.chances.max() <= 1 and np.isfinite(run.chances).all()


def test_small_capabilities_are_pointed_out() -> None:
    run = run_spatial(on_a_line([0, 0.5, 1], salience=[0.5] * 3, capability=[1e-6] * 3))
    assert any("smaller unit" in note for note in run.notes)


def test_everything_wrong_with_actors_is_told_at_once() -> None:
    with pytest.raises(SimulationError) as told:
        Actors(
            ["A", "A", ""],
            ["budget"],
            capability=[-1, np.inf, 1],
            position=np.array([[1.2], [np.nan], [0.0]]),
            salience=[[0.5], [0.7], [-0.1]],
        )
    text = str(told.value)
    for part in ("named 2 times", "no name", "capability is -1.0", "capability is inf", "position is 1.2"):
        assert part in text
    assert "position is missing" in text and "salience is -0.1" in text
    assert len(told.value.problems) == 7


def test_saliences_that_add_up_to_more_than_one_are_refused_with_the_fix() -> None:
    with pytest.raises(SimulationError, match=r"saliences add up to 1\.4, more than 1\n.*divide them"):
        Actors(["A"], ["x", "y"], capability=[1], position=[[0, 1]], salience=[[0.7, 0.7]])


def test_draws_that_do_not_fit_are_refused_with_every_reason() -> None:
    actors = on_a_line([0.2, 0.8], salience=[0.5, 0.5], capability=[1, 3])
    with pytest.raises(SimulationError) as told:
        run_many(actors, Draws(positions=[[[0.2], [1.5]], [[0.1], [1.5]]], capabilities=[[1, 2, 3]] * 2))
    text = str(told.value)
    assert "actor 'B', 'budget': position is 1.5 in 2 runs" in text
    assert "drawn capability: is of shape (2, 3), not (2, 2)" in text
    three = Perceptions(capabilities=np.ones((3, 2, 2)))
    with pytest.raises(SimulationError, match=r"drawn position: is of shape \(2, 2, 1\), not \(3, 2, 1\)"):
        run_many(actors, Draws(positions=np.zeros((2, 2, 1)), perceptions=three))
    with pytest.raises(SimulationError, match="perceived capabilities: are of 3 runs"):
        run_many(actors, Draws(positions=np.zeros((4, 2, 1)), perceptions=three))
    with pytest.raises(SimulationError, match="drawn position: is not a table of numbers"):
        run_many(actors, Draws(positions=[["one", "two"]]))
    with pytest.raises(SimulationError, match="there are none"):
        run_many(actors, iter(()))


def test_unknown_options_are_refused_with_what_was_meant() -> None:
    with pytest.raises(SimulationError) as told:
        SpatialOptions(victory="Linaer", meeting="S3P3", quiet=0)  # type: ignore[arg-type]  # the point of the test
    text = str(told.value)
    assert "did you mean 'Linear'" in text and "meeting: unknown value 'S3P3'" in text and "quiet" in text
    with pytest.raises(SimulationError, match="did you mean 'VotingRule'"):
        SpatialOptions.from_ktab({"VotingRul": "Prop"})


def test_perceptions_of_another_number_of_actors_are_refused() -> None:
    with pytest.raises(
        SimulationError, match=r"perceived positions: are of shape \(2, 2, 1\), not \(3, 3, 1\)"
    ):
        run_spatial(made(3, 1), perceptions=Perceptions(positions=np.zeros((2, 2, 1))))


def test_each_run_may_have_perceptions_of_its_own() -> None:
    actors = made(4)
    believed = np.random.default_rng(0).uniform(0, 1, (2, 4, 4, 3))
    many = run_many(actors, Draws(perceptions=Perceptions(positions=believed)))
    alone = [run_spatial(actors, perceptions=Perceptions(positions=each)).final for each in believed]
    assert many.final.tobytes() == np.stack(alone).tobytes()
    assert alone[0].tobytes() != alone[1].tobytes()
    with pytest.raises(SimulationError, match=r"are of 2 runs\n.*use run_many"):
        run_spatial(actors, perceptions=Perceptions(positions=believed))


def test_overrating_oneself_leads_to_challenges_that_would_not_be_made() -> None:
    actors = on_a_line([0.1, 0.9, 0.9], salience=[0.9] * 3, capability=[1, 5, 5])
    believed = np.broadcast_to(actors.capability, (3, 3)).copy()
    believed[0, 0] = 100
    calm, bold = run_spatial(actors), run_spatial(actors, perceptions=Perceptions(capabilities=believed))
    assert bold.odds[0, 0] > 0.8 > 0.3 > calm.odds[0, 0]
    assert bold.gains[0, 0] > calm.gains[0, 0]


def test_a_misperceived_position_shapes_the_offer_and_moves_along() -> None:
    actors = on_a_line([0.2, 0.4, 0.9], salience=[0.5] * 3, capability=[3, 1, 2])
    believed = np.broadcast_to(actors.position, (3, 3, 1)).copy()
    believed[0, 2] = 0.3
    run = run_spatial(actors, perceptions=Perceptions(positions=believed))
    assert run.positions.tobytes() != run_spatial(actors).positions.tobytes()
    own = believed.copy()
    own[[0, 1, 2], [0, 1, 2]] = 1.0  # what one believes of oneself is not read
    again = run_spatial(actors, perceptions=Perceptions(positions=own))
    assert again.positions.tobytes() == run.positions.tobytes()


def test_ideals_that_stay_where_they_are_pull_positions_back() -> None:
    still = Actors(
        ["A", "B"],
        ["budget"],
        capability=[1, 3],
        position=[[0.2], [0.8]],
        salience=[[0.5], [0.5]],
        accommodation=np.zeros((2, 2)),
        ideal=[[0.1], [0.9]],
    )
    run = run_spatial(still)
    assert (run.ideals == np.array([[0.1], [0.9]])).all()
    assert (
        run.final.tobytes()
        != run_spatial(on_a_line([0.2, 0.8], salience=[0.5] * 2, capability=[1, 3])).final.tobytes()
    )
