"""Readings, covariates and rules to beat of the panel: where they come from, and what is left out."""

# Compiled functions carry no types, and cells of frames too many.
# mypy: disable-error-code="call-arg, call-overload, index, assignment"

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from detente.errors import SimulationError
from detente.measurement.idealpoints import DEFAULT, ideal_points
from detente.measurement.idealpoints import Spec as PointSpec
from detente.measurement.idealpoints.choosing import Selected
from detente.measurement.idealpoints.simulate import Design, simulate
from detente.simulation.panel.assembly import Surroundings, assemble
from detente.simulation.panel.baselines import (
    autoregression,
    bloc_mean,
    drifting_walk,
    last_reading,
    random_walk,
)
from detente.simulation.panel.covariates import Covariate, suppliers
from detente.simulation.panel.published import published_readings
from detente.simulation.panel.readings import session_readings
from detente.simulation.panel.vintages import Question, make_readings
from tests.measurement.small_evidence import SmallEvidence
from tests.simulation.made_panel import plain_panel

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def votes() -> pd.DataFrame:
    made = simulate(Design(actors=24, sessions=6, roll_calls=24), DEFAULT, np.random.default_rng(4)).votes
    session = made["session"] + 60
    return made.assign(session=session, date=pd.to_datetime((session + 1945).astype(str) + "-11-01"))


def chosen(votes: pd.DataFrame) -> Selected:
    none = pd.DataFrame({"earlier": [], "later": []})
    return Selected(votes, none, pd.DataFrame(), "made up")


def test_a_reading_is_where_votes_of_its_session_alone_point(votes: pd.DataFrame) -> None:
    """Slope and curvature of one actor-session's log likelihood, by differences, give the same reading."""
    result = ideal_points(votes, positive="a0000", draws=0)
    found = session_readings(result).set_index(["actor", "session"])
    items = result.items.to_dataframe()[["slope", "lower_cut", "upper_cut"]].groupby(level=0).first()
    cast = votes[(votes["actor"] == "a0003") & (votes["session"] == 62)].set_index("roll_call")["vote"]
    cast = cast[cast.index.isin(items.index)]
    slope, lower, upper = items.loc[cast.index].to_numpy().T

    def likelihood(x: float) -> float:
        below = 1 / (1 + np.exp(-(lower - slope * x)))
        within = 1 / (1 + np.exp(-(upper - slope * x)))
        binary = lower == upper
        abstain = np.where(binary, below, within - below)
        share = np.select([cast == "no", cast == "yes"], [below, 1 - within], abstain)
        return float(np.log(share).sum())

    x = float(result.points["mean"].sel(actor="a0003", session=62))
    up, here, down = (likelihood(x + step) for step in (1e-3, 0.0, -1e-3))
    slope_, bend = (up - down) / 2e-3, (up + down - 2 * here) / 1e-6
    row = found.loc[("a0003", 62)]
    if set(items.loc[cast.index, "lower_cut"]) == set(items.loc[cast.index, "upper_cut"]):
        pytest.skip("only binary items here")
    assert row["sd"] == pytest.approx((-bend) ** -0.5, rel=1e-3)
    assert row["reading"] == pytest.approx(x - slope_ / bend, abs=1e-3)


def test_readings_do_not_carry_the_smoothing_of_the_estimate(votes: pd.DataFrame) -> None:
    """Changes of readings hang together as noise alone would have it, changes of points as smoothing does."""
    result = ideal_points(votes, positive="a0000", draws=0)
    found = session_readings(result).merge(result.table()[["actor", "session", "mean"]])
    held = found[found["sd"] < 0.6].sort_values(["actor", "session"])
    change = held.groupby("actor")[["reading", "mean"]].diff()
    before = change.groupby(held["actor"]).shift()
    told = {name: change[name].corr(before[name]) for name in change}
    assert told["reading"] < -0.2 and told["mean"] > told["reading"] + 0.15


def test_votes_cast_later_change_nothing_in_readings_made_before(votes: pd.DataFrame) -> None:
    turned = votes.assign(
        vote=np.where(votes["session"] > 63, votes["vote"].map({"yes": "no", "no": "yes"}), votes["vote"])
    ).dropna(subset="vote")
    question = Question("a0000")
    one = make_readings(chosen(votes), question, until=2008)
    other = make_readings(chosen(turned), question, until=2008)
    pd.testing.assert_frame_equal(one, other)
    assert (
        one["year"].max() == 2008 and make_readings(chosen(votes), question, until=None)["year"].max() == 2010
    )


def test_points_in_a_plane_have_no_readings(votes: pd.DataFrame) -> None:
    result = ideal_points(votes, positive="a0000", draws=0, spec=PointSpec(link="probit"))
    with pytest.raises(Exception, match="logistic points on a line"):
        session_readings(result)


def covariate_evidence() -> SmallEvidence:
    evidence = SmallEvidence()
    held = {1998: 10, 2002: 30}
    for year, value in held.items():
        evidence.put(
            "indicators",
            {"actor": "AAA", "date": f"{year}-05-01", "name": "seats", "value": value, "unit": "percent"},
        )
    for year, kind, value in ((2000, "USA", 3.0), (2001, "USA", 1.0), (2001, "RUS", 4.0), (2003, "RUS", 8.0)):
        evidence.put(
            "ties",
            {"actor": "AAA", "target": kind, "date": f"{year}-01-01", "kind": "arms_tiv", "value": value,
             "unit": "TIV million"},
        )  # fmt: skip
    return evidence


def test_seats_hold_between_elections_and_levels_are_compared_over_short_gaps_alone() -> None:
    evidence: Any = covariate_evidence()
    years = range(1999, 2005)
    seats = Covariate("seats", ("seats",), 10.0, "held").changes(evidence, ["AAA", "BBB"], years)
    assert seats["AAA"].tolist() == [0.0, 0.0, 0.0, 2.0, 0.0, 0.0] and seats["BBB"].isna().all()
    level = Covariate("seats", ("seats",), 10.0).changes(evidence, ["AAA"], years)["AAA"]
    assert level.dropna().to_dict() == {2002: 2.0}


def test_shares_of_suppliers_know_nothing_of_later_deliveries() -> None:
    evidence: Any = covariate_evidence()
    share = Covariate("arms", ("arms_tiv",), 1.0, "share", "RUS").changes(
        evidence, ["AAA"], range(2001, 2003)
    )
    assert share["AAA"].tolist() == [0.5, 0.0]
    weights = suppliers(evidence, ["AAA", "RUS", "USA"], [2001, 2002])
    np.testing.assert_allclose(weights[:, 0], [[0, 0, 3], [0, 4, 4]])


def test_what_a_panel_leaves_out_is_counted_and_named() -> None:
    evidence: Any = covariate_evidence()
    rows = [("AAA", year, 0.1, 0.1) for year in range(2000, 2005)] + [("BBB", 2001, 3.0, 2.5)]
    readings = pd.DataFrame(rows, columns=["actor", "year", "reading", "sd"])
    seats = Covariate("seats", ("seats",), 10.0, "held")
    spells = pd.DataFrame({"actor": ["AAA"], "start": [pd.Timestamp(2002, 7, 1)], "end": [pd.NaT]})
    panel = assemble(readings, evidence, Surroundings({"North": spells}, (seats,)), source="made up")
    assert panel.actors == ("AAA",) and panel.tables[0][:, 0, 0].tolist() == [0, 0, 1, 1, 1]
    assert panel.set_aside["cells"].tolist() == [1, 0] and "BBB 2001" in panel.set_aside["examples"].iloc[0]
    with pytest.raises(SimulationError, match="there are none from 2010"):
        assemble(readings, evidence, Surroundings(since=2010), source="made up")
    twice = pd.concat([readings, readings.iloc[:1]])
    with pytest.raises(SimulationError, match="AAA, 2000: has more than one reading"):
        assemble(twice, evidence, Surroundings(), source="made up")


def test_a_covariate_that_ends_early_is_said_to_and_counts_as_no_change_after() -> None:
    evidence: Any = SmallEvidence()
    for year in (2000, 2001, 2002):
        row = {"actor": "AAA", "date": f"{year}-05-01", "name": "polity", "value": year, "unit": "index"}
        evidence.put("indicators", row)
    rows = [(actor, year, 0.1, 0.1) for actor in ("AAA", "BBB") for year in range(2000, 2006)]
    readings = pd.DataFrame(rows, columns=["actor", "year", "reading", "sd"])
    around = Surroundings(
        covariates=(Covariate("polity", ("polity",), 1.0), Covariate("none", ("none",), 1.0))
    )
    panel = assemble(readings, evidence, around, source="made up")
    assert panel.tables[2][:, 0, 0].tolist() == [0, 1, 1, 0, 0, 0] and not panel.tables[2][:, :, 1].any()
    told = panel.set_aside
    assert told["cells"].tolist() == [10, 12] and told["examples"].tolist() == ["BBB", "AAA, BBB"]
    assert "changes of polity" in told["reason"][0] and "known until 2002, for 1 actors" in told["reason"][0]
    assert "known for nobody" in told["reason"][1]


def test_a_reading_without_a_standard_error_is_set_aside_and_an_infinite_one_is_refused() -> None:
    evidence: Any = SmallEvidence()
    rows = [("AAA", year, 0.1, 0.1) for year in range(2000, 2004)] + [("BBB", 2001, 0.2, np.nan)]
    readings = pd.DataFrame(rows, columns=["actor", "year", "reading", "sd"])
    panel = assemble(readings, evidence, Surroundings(), source="made up")
    assert panel.actors == ("AAA",) and panel.set_aside["examples"].tolist() == ["BBB 2001"]
    wrong = pd.concat([readings, pd.DataFrame([("CCC", 2002, np.inf, 0.1)], columns=readings.columns)])
    with pytest.raises(SimulationError, match="reading of 2002, CCC: is inf"):
        assemble(wrong, evidence, Surroundings(), source="made up")


def test_published_points_come_with_their_own_intervals_or_not_at_all() -> None:
    evidence: Any = SmallEvidence()
    for name, value in (("points", 1.0), ("points_q5", 0.5), ("points_q95", 1.5)):
        evidence.put(
            "indicators",
            {"actor": "AAA", "date": "2020-01-01", "name": name, "value": value, "unit": "ideal point"},
        )
    found = published_readings(evidence, "points")
    assert found["year"].tolist() == [2020] and found["sd"].iloc[0] == pytest.approx(1 / 3.29, abs=1e-3)
    with pytest.raises(SimulationError, match="is not there with its quantiles"):
        published_readings(evidence, "others")


def test_rules_to_beat_say_what_their_names_say() -> None:
    reading = np.array([[0.0, 2.0, 5.0], [0.1, 2.2, 5.0], [0.2, 2.4, 5.0], [0.3, 2.6, 5.0]])
    member = np.tile(np.array([[1.0], [1.0], [0.0]]), (4, 1, 1))
    panel = plain_panel(reading, np.full((4, 3), 0.01), blocs=("North",), member=member)
    stay = last_reading(panel, 2)
    np.testing.assert_allclose(stay.mean, np.tile(reading[-1], (2, 1)))
    assert stay.variance[1, 0] == pytest.approx((0.2**2 + 0.4**2) / 3)
    np.testing.assert_allclose(random_walk(panel, 1).mean[0], reading[-1], atol=0.02)
    np.testing.assert_allclose(drifting_walk(panel, 2).mean[1], [0.5, 3.0, 5.0], atol=0.04)
    np.testing.assert_allclose(bloc_mean(panel, 1).mean[0], [1.45, 1.45, reading[-1].mean()])
    away = autoregression(panel, 50).mean[-1] - reading.mean(axis=0)
    assert np.abs(away).max() < np.abs(reading[-1] - reading.mean(axis=0)).max()
