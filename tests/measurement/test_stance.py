"""Stance: the sign, what carries it, what pulls whom, and what cannot be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.measurement import measure
from detente.measurement.measures import Measures
from tests.measurement.small_evidence import SmallEvidence, at, make_case

WHY = {"title": "T", "reason": "R"}
MEMBERS = ("BEL", "BGR", "CZE", "DEU", "DNK", "EST", "FRA", "GRC", "HUN", "ITA", "LTU", "POL")
PLACES = dict(zip(MEMBERS, np.linspace(-1.5, 1.5, len(MEMBERS)), strict=True))


def tie(kind: str, **more: Any) -> dict[str, Any]:
    return {**WHY, "by": "ties", "kinds": kind, "target": "RUS", **more}


def stance(measurements: dict[str, Any], *, positive: str = "POL") -> dict[str, Any]:
    return {"title": "Stance", "blocs": ["NATO"], "positive": positive, "measurements": measurements}


THREE = {"first": tie("first"), "second": tie("second"), "third": tie("third", direction=-1)}


@pytest.fixture
def evidence() -> SmallEvidence:
    """Three measurements of the same order of members, the third upside down, each with some noise."""
    rng = np.random.default_rng(7)
    made = SmallEvidence().members("NATO", *MEMBERS)
    for kind, sign in (("first", 1), ("second", 1), ("third", -1)):
        noise = 0.4 * rng.standard_normal(len(MEMBERS))
        made.tie(
            kind, "RUS", {who: 10 + sign * x + e for (who, x), e in zip(PLACES.items(), noise, strict=True)}
        )
    return made


def measured(evidence: SmallEvidence, **measurements: Any) -> Measures:
    return measure(make_case(stance=stance(measurements or THREE)), evidence, draws=300)


def test_the_named_anchor_has_the_positive_side(evidence: SmallEvidence) -> None:
    up = measured(evidence).stance.set_index("actor")["value"]
    case = make_case(stance=stance(THREE, positive="BEL"))
    down = measure(case, evidence, draws=300).stance.set_index("actor")["value"]
    assert up["POL"] > 0 > up["BEL"]
    np.testing.assert_allclose(down, -up[down.index], atol=1e-9)


def test_positions_carry_intervals_and_how_many_measurements_they_rest_on(evidence: SmallEvidence) -> None:
    evidence.tie("first", "RUS", {"USA": 11.0})
    table = measured(evidence).stance.set_index("actor")
    assert (table["low"] < table["value"]).all() and (table["value"] < table["high"]).all()
    assert at(table, "USA", "measurements") == 1 and at(table, "USA", "group") == "ally"
    assert at(table, "USA", "sd") > at(table, "POL", "sd")
    assert set(table["mark"]) == {"estimated"}


def test_who_has_no_measurement_is_named_as_missing(evidence: SmallEvidence) -> None:
    missing = measured(evidence).missing
    assert "RUS, USA" in missing.loc[missing["part"] == "stance", "what"].tolist()


def test_a_loading_against_expectation_is_told_and_not_forced(evidence: SmallEvidence) -> None:
    wrong = {**THREE, "third": tie("third", direction=1)}
    loadings = measured(evidence, **wrong).loadings.set_index("measurement")
    assert at(loadings, "third", "loading") < 0
    assert loadings["as_expected"].tolist() == [True, True, False]
    assert measured(evidence).loadings["as_expected"].all()


def test_contributions_add_up_to_the_position(evidence: SmallEvidence) -> None:
    measures = measured(evidence)
    added = measures.contributions.groupby("actor")["pull"].sum()
    value = measures.stance.set_index("actor")["value"]
    np.testing.assert_allclose(added, value[added.index], atol=1e-9)


def test_a_measurement_out_of_line_pulls_its_way_and_is_not_what_the_others_lead_to_expect(
    evidence: SmallEvidence,
) -> None:
    evidence.tie("first", "RUS", {"POL": 9.3}, date="2011-01-01")
    rows = measured(evidence).contributions.set_index(["actor", "measurement"])
    assert at(rows, ("POL", "first"), "pull") < 0 < at(rows, ("POL", "second"), "pull")
    assert at(rows, ("POL", "first"), "expected") > at(rows, ("POL", "first"), "observed") == 9.3


def test_leaving_a_measurement_out_shows_how_far_each_actor_moves(evidence: SmallEvidence) -> None:
    measures = measured(evidence)
    left = measures.leave_one_out
    full = measures.stance.set_index("actor")["value"]
    assert set(left["left_out"]) == set(THREE)
    np.testing.assert_allclose(left["value"] - left["shift"], full[left["actor"]], atol=1e-9)
    assert left["correlation"].between(0.5, 1).all()


def test_information_says_which_measurement_carries_the_scale(evidence: SmallEvidence) -> None:
    rng = np.random.default_rng(3)
    for kind in ("noise", "more_noise"):
        evidence.tie(kind, "RUS", {who: float(rng.standard_normal()) for who in MEMBERS})
    loadings = measured(
        evidence, first=tie("first"), second=tie("second"), noise=tie("noise"), more=tie("more_noise")
    ).loadings.set_index("measurement")
    assert loadings["information"].sum() == pytest.approx(1)
    assert (
        loadings.loc[["noise", "more"], "information"].max()
        < loadings.loc[["first", "second"], "information"].min()
    )
    assert (loadings["explained_low"] <= loadings["explained"]).all()


def test_measurements_that_tell_nobody_apart_are_left_out_with_the_reason(evidence: SmallEvidence) -> None:
    evidence.tie("flat", "RUS", dict.fromkeys(MEMBERS, 1.0)).tie("rare", "RUS", {"POL": 1.0, "FRA": 2.0})
    measures = measured(evidence, **THREE, flat=tie("flat"), rare=tie("rare"))
    why = measures.missing.set_index("what")["why"]
    assert "same for all" in why["flat"] and "only 2" in why["rare"]
    assert set(measures.loadings["measurement"]) == set(THREE)


def test_one_position_needs_three_measurements(evidence: SmallEvidence) -> None:
    measures = measured(evidence, first=tie("first"), second=tie("second"), none=tie("none"))
    assert measures.stance.empty and measures.loadings.empty
    assert "only 2 measurements" in measures.missing.set_index("what")["why"]["Stance"]


def test_the_same_seed_gives_the_same_stance(evidence: SmallEvidence) -> None:
    assert measured(evidence).stance.equals(measured(evidence).stance)


def test_the_distance_between_two_sides_carries_an_interval(evidence: SmallEvidence) -> None:
    case = make_case(stance=stance(THREE), compare={"pair": {"title": "P", "sides": ["POL", "BEL"]}})
    measures = measure(case, evidence, draws=300)
    row = measures.comparison.set_index("measure").loc["stance_distance"]
    value = measures.stance.set_index("actor")["value"]
    assert row["value"] == pytest.approx(value["POL"] - value["BEL"])
    assert 0 < row["low"] < row["value"] < row["high"]


def test_cells_keep_their_date_source_and_locator(evidence: SmallEvidence) -> None:
    cells = measured(evidence).cells
    assert len(cells) == 3 * len(MEMBERS)
    assert set(cells["source"]) == {"test"} and cells["date"].notna().all()
