"""Votes become arrays, and every vote that is not used is counted with its reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from detente.errors import MeasurementError
from detente.measurement.idealpoints import Choice, Spec, ideal_points, prepare


def frame(*rows: tuple[str, int, int, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["actor", "roll_call", "session", "vote"])


TABLE = frame(
    ("a", 1, 1, "yes"), ("b", 1, 1, "no"), ("c", 1, 1, "abstain"),
    ("a", 2, 1, "Y"), ("b", 2, 1, "N"), ("c", 2, 1, "yes"),
    ("a", 3, 2, "yes"), ("b", 3, 2, "absent"), ("c", 3, 2, "abstain"),
)  # fmt: skip


def test_each_category_pattern_is_kept_apart() -> None:
    ballots = prepare(TABLE).ballots
    assert ballots.patterns == ["no/abstain/yes", "no/yes", "abstain/yes"]
    assert ballots.binary.tolist() == [False, True, True]
    assert set(ballots.item_vote[ballots.item_start[2] :]) == {0, 2}


def test_arrays_sorted_by_item_and_by_node_hold_the_same_votes() -> None:
    ballots = prepare(TABLE).ballots
    by_item = sorted(zip(ballots.vote_item, ballots.item_node, ballots.item_vote, strict=True))
    nodes = np.repeat(np.arange(len(ballots.node_actor)), np.diff(ballots.node_start))
    assert by_item == sorted(zip(ballots.node_item, nodes, ballots.node_vote, strict=True))


def test_absent_votes_are_missing_by_default_and_abstentions_on_request() -> None:
    assert len(prepare(TABLE).ballots.item_vote) == 8
    assert len(prepare(TABLE, Choice(absent="abstain")).ballots.item_vote) == 9
    account = prepare(TABLE).account
    assert account.loc[account.reason == "absent", "votes"].tolist() == [1]


def test_unanimous_roll_calls_are_set_aside_and_named() -> None:
    votes = pd.concat([TABLE, frame(("a", 9, 2, "no"), ("b", 9, 2, "no"))])
    account = prepare(votes).account.set_index("examples")
    assert account.loc["9", "votes"] == 2
    assert not account.loc["9", "kept"]


def test_a_repeated_text_is_one_item_and_is_unanimous_only_as_a_whole() -> None:
    votes = pd.concat([TABLE, frame(("a", 9, 2, "no"), ("b", 9, 2, "no"))])
    links = pd.DataFrame({"first": [2], "again": [9]})
    prepared = prepare(votes, Choice(links=links))
    assert prepared.ballots.items.tolist() == [1, 2, 3]
    assert prepared.ballots.counts[1].tolist() == [3, 0, 2]


def test_a_chain_of_links_makes_one_item() -> None:
    votes = frame(
        *((actor, call, call, vote) for call in (1, 2, 3) for actor, vote in (("a", "yes"), ("b", "no")))
    )
    links = pd.DataFrame({"first": [2, 1], "again": [3, 2]})
    assert prepare(votes, Choice(links=links)).ballots.items.tolist() == [1]


def test_duplicates_count_once_and_contradictions_not_at_all() -> None:
    votes = pd.concat([TABLE, frame(("a", 1, 1, "yes"), ("c", 2, 1, "no"), ("c", 2, 1, "abstain"))])
    prepared = prepare(votes)
    reasons = prepared.account.set_index("reason")["votes"]
    assert reasons["the same vote a second time"] == 1
    assert reasons["the actor's votes on the roll call contradict one another"] == 3
    assert len(prepared.ballots.item_vote) == 7


def test_an_actor_that_never_varies_is_kept_and_named() -> None:
    account = prepare(TABLE).account
    row = account[account.reason.str.contains("never varies")].iloc[0]
    assert row.kept
    assert "a" in row.examples


def test_unknown_words_are_all_named_with_what_to_type() -> None:
    votes = frame(("a", 1, 1, "yess"), ("b", 1, 1, "Q"), ("c", 1, 1, "no"))
    with pytest.raises(MeasurementError) as caught:
        prepare(votes)
    assert len(caught.value.problems) == 2
    assert "words={'q': 'yes'}" in str(caught.value)
    assert "did you mean 'yes'" in str(caught.value)


def test_own_words_are_understood() -> None:
    votes = frame(("a", 1, 1, "placet"), ("b", 1, 1, "no"))
    assert prepare(votes, Choice(words={"placet": "yes"})).ballots.item_vote.tolist() == [2, 0]


def test_missing_columns_are_named_together() -> None:
    with pytest.raises(MeasurementError) as caught:
        prepare(pd.DataFrame({"actr": ["a"], "vote": ["yes"]}))
    assert len(caught.value.problems) == 3


def test_the_year_of_the_date_stands_in_for_a_session() -> None:
    votes = TABLE.rename(columns={"session": "date"}).assign(date=lambda t: pd.to_datetime("2001-05-05"))
    assert prepare(votes).ballots.sessions.tolist() == [2001]


def test_nothing_left_says_why() -> None:
    with pytest.raises(MeasurementError, match="absent"):
        prepare(TABLE.assign(vote=None))


def test_actors_without_a_common_roll_call_are_blocks_with_scales_of_their_own() -> None:
    rng = np.random.default_rng(3)
    parts = []
    for block, names in enumerate(("abcdefghijkl", "mnopqrst")):
        place = np.linspace(-2, 2, len(names))
        for call in range(25):
            yes = place * rng.normal(0, 2) + rng.logistic(size=len(names)) > 0
            parts.append(
                pd.DataFrame(
                    {"actor": [*names], "roll_call": f"{block}.{call}", "session": 1, "vote": yes.astype(int)}
                )
            )
    result = ideal_points(pd.concat(parts), positive="l", spec=Spec(static=True))
    assert result.points["block"].to_numpy().tolist() == [0] * 12 + [1] * 8
    assert result.identification.count("positive") == 2
    for block in (0, 1):
        values = result.points["mean"].where(result.points["block"] == block)
        assert float(values.std()) == pytest.approx(1.0, abs=0.1)
    assert result.account["reason"].str.contains("not connected").any()
