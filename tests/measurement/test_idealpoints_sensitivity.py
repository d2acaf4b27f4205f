"""Reports say what estimates hang on: absence, and the prior."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from detente.errors import MeasurementError
from detente.measurement.idealpoints import Prior, Spec
from detente.measurement.idealpoints.sensitivity import absence_report, prior_report
from detente.measurement.idealpoints.simulate import Design, Simulated, simulate

PRIOR = Prior(walk=0.1, slope=4.0)
SPEC = Spec(links="text", prior=PRIOR)


@pytest.fixture(scope="module")
def data() -> Simulated:
    design = Design(actors=24, sessions=4, roll_calls=40, missing=0.0)
    return simulate(design, PRIOR, np.random.default_rng(3))


@pytest.fixture(scope="module")
def votes(data: Simulated) -> pd.DataFrame:
    return data.votes


def with_absence(votes: pd.DataFrame, actor: str, share: float) -> pd.DataFrame:
    gone = (votes["actor"] == actor) & (np.random.default_rng(4).random(len(votes)) < share)
    return votes.assign(vote=votes["vote"].mask(gone, "absent"))


@pytest.fixture(scope="module")
def report(votes: pd.DataFrame) -> pd.DataFrame:
    return absence_report(with_absence(votes, "a0003", 0.6), spec=SPEC, draws=50)


def test_the_one_that_is_often_absent_moves_most(report: pd.DataFrame) -> None:
    first = report.iloc[0]
    assert first["actor"] == "a0003"
    assert first["absent_share"] == pytest.approx(0.6, abs=0.1)
    shifts = report[["abstain_shift", "signal_shift"]].abs().max(axis=1)
    assert shifts.iloc[0] > 3 * shifts.median()
    assert shifts.is_monotonic_decreasing


def test_readings_share_one_scale_and_the_words_say_what_they_share(report: pd.DataFrame) -> None:
    assert (report["abstain"] - report["missing"] - report["abstain_shift"]).abs().max() < 1e-9
    assert 0.9 < report.attrs["correlation"]["abstain"] < 1.0
    assert f"{report.attrs['correlation']['abstain']:.3f}" in report.attrs["words"]
    assert set(report["mark"]) == {"estimated"}
    assert report["sd"].gt(0).all()


def test_absence_on_one_side_is_told_from_absence_anywhere(data: Simulated, report: pd.DataFrame) -> None:
    """Actors to one side stay away from a third of the roll calls."""
    votes = data.votes
    place = data.points[votes["actor"].str[1:].astype(int), votes["session"]]
    gone = (place > 0.5) & (votes["roll_call"] % 3 == 0)
    together = absence_report(votes.assign(vote=votes["vote"].mask(gone, "absent")), spec=SPEC, draws=0)
    assert abs(together.attrs["goes_with"]) > 0.6
    assert abs(report.attrs["goes_with"]) < 0.4


def test_votes_without_absences_say_so(votes: pd.DataFrame) -> None:
    with pytest.raises(MeasurementError, match="no absences in these votes"):
        absence_report(votes, spec=SPEC, draws=0)


def test_absence_is_found_under_own_names_and_words(votes: pd.DataFrame) -> None:
    own = with_absence(votes, "a0003", 0.6).rename(columns={"actor": "member", "vote": "choice"})
    own["choice"] = own["choice"].replace({"absent": "away"})
    spec = Spec(links="text", prior=PRIOR, words={"away": "absent"})
    assert absence_report(own, spec=spec, draws=0).iloc[0]["actor"] == "a0003"


def test_the_prior_report_names_extremes_and_their_range(votes: pd.DataFrame) -> None:
    report = prior_report(votes, spec=Spec(links="text"))
    assert report.groupby("session").size().eq(2).all()
    assert report["r"].between(0.9, 1.0).all()
    assert report.attrs["r_min"] == pytest.approx(report["r"].min())
    assert report.attrs["range"]["first"][0] == pytest.approx(report["first"].min())
    assert (report["second"] - report["first"] - report["difference"]).abs().max() < 1e-12


def test_the_prior_report_shows_the_actors_that_are_named(votes: pd.DataFrame) -> None:
    report = prior_report(votes, actors=("a0001", "a0002"), spec=Spec(links="text"))
    assert set(report["actor"]) == {"a0001", "a0002"}
    assert len(report) == 8
    with pytest.raises(MeasurementError, match=r"'a001'.*\n.*did you mean"):
        prior_report(votes, actors=("a001",), spec=Spec(links="text"))


def test_absence_is_reported_by_date_and_without_sessions(votes: pd.DataFrame) -> None:
    gone = with_absence(votes, "a0003", 0.6)
    day = pd.to_datetime(gone["session"].add(2000).astype(str) + "-06-01")
    dated = gone.drop(columns="session").assign(date=day)
    by_date, by_session = (absence_report(frame, spec=SPEC, draws=0) for frame in (dated, gone))
    assert np.allclose(by_date["abstain_shift"], by_session["abstain_shift"])
    assert by_date.attrs["goes_with"] == pytest.approx(by_session.attrs["goes_with"])
    static = Spec(links="text", prior=PRIOR, static=True)
    assert absence_report(dated, spec=static, draws=0)["sessions"].eq(1).all()
