"""Bad input is estimated where it can be, refused with what to type where it cannot, and always counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from detente.errors import MeasurementError
from detente.measurement.idealpoints import IdealPoints, Prior, Spec, ideal_points
from detente.measurement.idealpoints.simulate import Design, simulate

PRIOR = Prior(walk=0.1, slope=4.0)
SPEC = Spec(links="text", prior=PRIOR)


@pytest.fixture(scope="module")
def votes() -> pd.DataFrame:
    return simulate(Design(actors=20, sessions=3, roll_calls=30), PRIOR, np.random.default_rng(2)).votes


def estimated(votes: pd.DataFrame, draws: int = 100) -> IdealPoints:
    result = ideal_points(votes, positive="a0001", draws=draws, spec=SPEC)
    there = result.points["votes"].notnull()
    for name in ("mean", "sd"):
        assert bool(np.isfinite(result.points[name].where(there, 0.0)).all()), name
    return result


def extra(actor: str, votes: pd.DataFrame, session: int, words: list[str]) -> pd.DataFrame:
    """Rows of one more actor: it votes on as many roll calls of the session as there are words."""
    calls = votes.loc[votes["session"] == session, ["roll_call", "text"]].drop_duplicates()
    return calls.head(len(words)).assign(actor=actor, session=session, vote=words[: len(calls)])


def test_a_state_that_voted_three_times_is_placed_with_a_wide_interval(votes: pd.DataFrame) -> None:
    result = estimated(pd.concat([votes, extra("brief", votes, 1, ["yes", "no", "yes"])]))
    sd = result.points["sd"].sel(session=1)
    assert float(result.points["votes"].sel(actor="brief", session=1)) <= 3
    assert float(sd.sel(actor="brief")) > 1.5 * float(sd.median())
    assert np.isnan(float(result.points["mean"].sel(actor="brief", session=0)))


def test_a_state_that_never_varies_is_placed_and_named(votes: pd.DataFrame) -> None:
    result = estimated(pd.concat([votes, *(extra("always", votes, s, ["yes"] * 30) for s in range(3))]))
    never = result.account[result.account["reason"].str.contains("never varies")]
    assert never["examples"].tolist() == ["always"]
    assert never["kept"].tolist() == [True]
    assert abs(float(result.points["mean"].sel(actor="always", session=1))) < 4


def test_unanimous_roll_calls_change_no_point_and_are_counted(votes: pd.DataFrame) -> None:
    alike = votes[votes["session"] == 0].drop_duplicates("actor").assign(roll_call=999, text=999, vote="yes")
    before, after = estimated(votes), estimated(pd.concat([votes, alike]))
    assert np.array_equal(before.points["mean"], after.points["mean"], equal_nan=True)
    gone = after.account["votes"].sum() - before.account["votes"].sum()
    assert gone == len(alike) == alike["actor"].nunique()


def test_votes_that_are_all_unanimous_are_refused_with_their_number(votes: pd.DataFrame) -> None:
    with pytest.raises(MeasurementError, match=f"nothing is left[^$]*{len(votes)} votes: all who voted"):
        ideal_points(votes.assign(vote="yes"), spec=SPEC)


def test_votes_that_are_all_missing_are_refused_with_their_number(votes: pd.DataFrame) -> None:
    with pytest.raises(MeasurementError, match=f"{len(votes)} votes: absent"):
        ideal_points(votes.assign(vote=None), spec=SPEC)


def test_a_frame_without_rows_is_refused(votes: pd.DataFrame) -> None:
    with pytest.raises(MeasurementError, match="the frame has no rows"):
        ideal_points(votes.iloc[:0], spec=SPEC)


def test_one_session_only_needs_no_other_call(votes: pd.DataFrame) -> None:
    result = estimated(votes[votes["session"] == 2])
    assert result.points.sizes["session"] == 1
    assert result.identification.endswith("of 2")


def test_unknown_words_are_refused_before_anything_is_estimated(votes: pd.DataFrame) -> None:
    strange = votes.assign(vote=votes["vote"].replace({"abstain": "hmm"}))
    with pytest.raises(MeasurementError, match=r"'hmm'.*\n.*words=") as caught:
        ideal_points(strange, spec=SPEC)
    assert len(caught.value.problems) == 1


def test_duplicate_votes_change_no_point_and_contradictions_do_not_count(votes: pd.DataFrame) -> None:
    one = votes.iloc[[5]]
    other = one.assign(vote="no" if one["vote"].iloc[0] != "no" else "yes")
    plain = estimated(votes)
    twice = estimated(pd.concat([votes, votes.iloc[:40]]))
    assert np.array_equal(plain.points["mean"], twice.points["mean"], equal_nan=True)
    torn = estimated(pd.concat([votes, other]))
    assert torn.account.set_index("reason").filter(like="contradict", axis=0)["votes"].tolist() == [2]
    assert torn.diagnostics["votes"] == plain.diagnostics["votes"] - 1


def test_disconnected_blocks_are_told_and_each_is_estimated(votes: pd.DataFrame) -> None:
    apart = votes.assign(
        actor="b" + votes["actor"].str[1:], roll_call=votes["roll_call"] + 5000, text=votes["text"] + 5000
    )
    fewer = apart[apart["actor"] < "b0012"]
    result = estimated(pd.concat([votes, fewer]))
    assert result.diagnostics["blocks"] == 2
    assert result.identification.startswith("block 1: a0001 positive")
    assert "block 2: b" in result.identification
    alone, together = estimated(votes), result.points["mean"].sel(actor=sorted(set(votes["actor"])))
    r = np.corrcoef(alone.points["mean"].to_numpy().ravel(), together.to_numpy().ravel())[0, 1]
    assert r > 0.99


def test_a_state_without_a_single_usable_vote_is_not_in_the_result_but_in_the_account(
    votes: pd.DataFrame,
) -> None:
    result = estimated(pd.concat([votes, extra("silent", votes, 1, ["absent"] * 5)]))
    assert "silent" not in result.points["actor"]
    absent = result.account.set_index("reason").loc["absent"]
    assert (absent["votes"], absent["actors"], absent["kept"]) == (5, 1, False)


def test_rows_without_an_actor_or_a_roll_call_are_counted(votes: pd.DataFrame) -> None:
    holes = votes.astype({"roll_call": object}).reset_index(drop=True)
    holes.loc[[3, 4], "actor"] = None
    holes.loc[7, "roll_call"] = None
    result = estimated(holes)
    assert result.account.set_index("reason").loc["no label", "votes"] == 3
