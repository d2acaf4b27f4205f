"""Camps in a case: period by period, with intervals, from votes at hand; and those that ship."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.cases import Case, load_case, shipped_cases
from detente.evidence import Evidence, database, open_evidence
from detente.measurement import camp_frames, measure, preflight, snapshot
from detente.measurement.blocs import groups, memberships
from detente.measurement.measures import Measures
from detente.measurement.networks import in_case, shipped_camps
from detente.measurement.networks.in_case import CampTables, computed
from detente.measurement.networks.layers import Asked
from detente.measurement.networks.redrawn import redrawn
from detente.measurement.networks.ties import ties
from detente.measurement.shipped import LIVE, SHIPPED, same_votes
from detente.measurement.unity import Setting
from tests.measurement.small_evidence import SmallEvidence, make_case

EAST, WEST = ("BLR", "CUB", "RUS", "SYR"), ("CAN", "DEU", "FRA", "USA")
LAYER = {"votes": {"by": "votes"}}
YEARS = {"since": 2010, "until": 2012}


@pytest.fixture(scope="module")
def evidence() -> SmallEvidence:
    """Two sides who vote apart; one of the west votes with the east more and more often."""
    rng = np.random.default_rng(1)
    held = SmallEvidence().members("NATO", *WEST).members("NATO", "CUB", start="2012-01-01")
    number = 0
    for year in (2010, 2011, 2012):
        for _ in range(40):
            number += 1
            sides = dict.fromkeys(EAST, "y") | dict.fromkeys(WEST, "n")
            if rng.random() < 0.25 * (year - 2009):
                sides["DEU"] = "y"
            noisy = {who: "a" if rng.random() < 0.15 else how for who, how in sides.items()}
            flipped = {"y": "n", "n": "y", "a": "a"}
            turn = rng.random() < 0.5
            told = {who: flipped[how] if turn else how for who, how in noisy.items()}
            held.roll_call(number, f"{year}-03-01", told)
    return held


def asking(**camps: Any) -> Case:
    return make_case(camps={"layers": LAYER, "years": YEARS, **camps}, history={"since": 2010, "until": 2014})


def quiet(_step: str) -> None:
    """Tell nobody."""


def setting(case: Case, evidence: Any) -> Setting:
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    return Setting(case, spells, tuple(sorted(groups(case, spells))), 200, 0)


@pytest.fixture(scope="module")
def measured(evidence: SmallEvidence) -> Measures:
    return measure(asking(), evidence, draws=200)


def row(frame: pd.DataFrame, **at: Any) -> pd.Series[Any]:
    for column, value in at.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_camps_follow_the_votes_and_keep_their_numbers(measured: Measures) -> None:
    members = measured.camp_members
    for year in (2010, 2011):
        camps = members[members["period"] == year].set_index("actor")["camp"]
        assert camps[list(EAST)].nunique() == camps[list(WEST)].nunique() == 1
        assert camps["USA"] != camps["RUS"]
    united = members[members["actor"] == "USA"].set_index("period")["camp"]
    assert united.nunique() == 1
    assert set(measured.camp_periods["roll_calls"]) == {40}
    assert set(members["basis"]) == {LIVE}
    assert set(measured.camp_flows["period"]) == {2010, 2011}


def test_the_member_that_drifts_is_held_less_and_less_and_is_told_with_an_interval(
    measured: Measures,
) -> None:
    margins = measured.detachment
    drift = margins[margins["actor"] == "DEU"].set_index("period")["margin"]
    assert drift[2010] > drift[2011] > drift[2012]
    last = row(margins, actor="FRA", period=2012)
    assert last["low"] < last["margin"] < last["high"]
    assert margins.loc[margins["period"] == 2010, "low"].isna().all()
    assert bool(last["proven"])
    held = measured.holds[measured.holds["actor"] == "USA"]
    assert held["contribution"].sum() == pytest.approx(row(margins, actor="USA", period=2012)["margin"])


def test_members_are_those_of_each_period_s_last_day(measured: Measures) -> None:
    who = measured.detachment.groupby("period")["actor"].agg(set)
    assert who[2011] == set(WEST)
    assert who[2012] == {*WEST, "CUB"}


def test_pairs_shown_are_the_main_bloc_ally_and_rival(measured: Measures) -> None:
    pairs = measured.pair_agreement
    assert {*pairs["a"], *pairs["b"]} == {*WEST, "CUB", "RUS"}
    friends = pairs[pairs["a"].isin(["FRA", "CAN"]) & pairs["b"].isin(["FRA", "CAN"])].iloc[0]
    assert 0 < friends["low"] < friends["value"] < friends["high"] <= 1
    shown = measure(asking(show=["RUS", "USA"]), SmallEvidence(), draws=100)
    assert shown.pair_agreement.empty


def test_drawing_votes_again_leaves_other_ties_alone_and_hangs_on_the_seed(evidence: SmallEvidence) -> None:
    held = SmallEvidence()
    held.tie("pact", "RUS", {"CUB": 1.0, "BLR": 2.0}, date="2012-05-01")
    case = asking(layers={"pact": {"by": "ties", "kinds": "pact", "sign": 1}})
    network = ties(in_case._Study(case, held), since=date(2012, 1, 1), until=date(2012, 12, 31))
    asked = Asked(held, date(2012, 1, 1), date(2012, 12, 31), None, case, held.gazetteer)
    assert case.camps is not None
    still = redrawn(network, case.camps.layers, asked, draws=5, seed=0)
    assert not still.telling
    assert np.allclose(still.drawn, still.weight[None], atol=1e-6)
    votes = asking()
    assert votes.camps is not None
    by_votes = ties(in_case._Study(votes, evidence), since=2012, until=2012)
    question = Asked(evidence, date(2012, 1, 1), date(2012, 12, 31), None, votes, held.gazetteer)
    one, same, other = (
        redrawn(by_votes, votes.camps.layers, question, draws=30, seed=seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.drawn, same.drawn)
    assert not np.array_equal(one.drawn, other.drawn)
    assert np.allclose(one.weight, one.weight.T)
    assert np.abs(one.drawn.mean(axis=0) - one.weight).max() < 0.2


def test_windows_share_the_numbers_of_camps_with_years_and_tell_no_realignment(
    evidence: SmallEvidence,
) -> None:
    case = asking(windows=["tens"])
    told = computed(setting(case, evidence), evidence, report=quiet).tables
    camps = told["camp_members"].set_index(["period", "actor"])["camp"]
    assert camps["tens", "USA"] == camps[2012, "USA"]
    assert set(told["realignments"]["period"]) == {2010, 2011}
    assert not ((told["camp_flows"]["period"] == "tens") | (told["camp_flows"]["next"] == "tens")).any()


def test_periods_without_votes_are_named_with_what_to_pull(evidence: SmallEvidence) -> None:
    found = computed(setting(asking(years={"since": 2012, "until": 2013}), evidence), evidence, report=quiet)
    assert [each.what for each in found.missing] == ["2013"]
    assert "detente data pull" in found.missing[0].hint
    nothing = computed(setting(asking(), SmallEvidence()), SmallEvidence(), report=quiet)
    assert nothing.tables == {}
    assert len(nothing.missing) == 3


def test_a_bloc_that_the_ties_do_not_know_is_named_and_the_rest_is_told(evidence: SmallEvidence) -> None:
    listed = {"title": "Islands", "members": ["FJI", "TON"], "reason": "test"}
    blocs = {"NATO": {"title": "NATO", "members": "evidence"}, "Islands": listed}
    case = make_case(camps={"layers": LAYER, "years": YEARS}, blocs=blocs)
    found = computed(setting(case, evidence), evidence, report=quiet)
    assert any("Islands" in each.what for each in found.missing)
    assert set(found.tables["detachment"]["bloc"]) == {"NATO"}


def test_a_case_that_asks_for_no_camps_gets_none(evidence: SmallEvidence) -> None:
    found = in_case.measure_camps(setting(make_case(), evidence), evidence, quiet)
    assert found == CampTables()


@pytest.mark.parametrize("name", shipped_cases())
def test_without_votes_the_camps_that_ship_stand_in(name: str, cache: Path) -> None:
    evidence = open_evidence()
    case = load_case(name)
    found = in_case.measure_camps(setting(case, evidence), evidence, quiet)
    assert found.missing == ()
    assert not [each for each in preflight(case, evidence) if each.where.startswith("camps")]
    for table, columns in camp_frames.FRAMES.items():
        assert list(found.tables[table]) == columns
    periods = found.tables["camp_periods"]
    assert set(periods["basis"]) == {SHIPPED}
    assert periods["proven"].all()
    assert periods["start"].notna().all() and found.tables["camp_members"]["start"].notna().all()
    margins = found.tables["detachment"]
    assert margins["core"].notna().all()
    assert margins["bloc"].isin(list(case.blocs)).all()


def test_another_question_finds_no_shipped_camps(cache: Path) -> None:
    evidence = open_evidence()
    case = load_case("atlantic")
    assert case.camps is not None
    other = case.model_copy(update={"camps": case.camps.model_copy(update={"k": 3})})
    assert shipped_camps.key(setting(case, evidence)) in shipped_camps.about()["keys"]
    assert shipped_camps.read(setting(other, evidence), evidence) is None


@pytest.mark.mirror
def test_the_camps_that_ship_are_those_found_now(mirror: Path, tmp_path: Path) -> None:
    """Of the last year of one case, from all roll calls; `make snapshots` makes them anew."""
    with snapshot.pulled_votes(mirror, tmp_path) as evidence:
        whole = setting(load_case("atlantic"), evidence)
        shipped = shipped_camps.read(whole, evidence)
        assert shipped is not None
        assert shipped_camps.about()["sha256"] in set(evidence.sources()["sha256"])
        now = _of_last_year(whole, evidence)
    then = {name: frame[frame["period"] == 2019] for name, frame in shipped.items() if "period" in frame}
    sides = [frame["camp_members"].groupby("camp")["actor"].agg(frozenset) for frame in (then, now)]
    assert set(sides[0]) == set(sides[1])
    for table, at in (("detachment", ["bloc", "actor"]), ("pair_agreement", ["a", "b"])):
        one, other = (frame[table].sort_values(at).reset_index(drop=True) for frame in (then, now))
        figures = (
            ["margin", "share", "low", "high", "null_low"]
            if table == "detachment"
            else ["value", "low", "high"]
        )
        np.testing.assert_allclose(one[figures], other[figures], atol=2e-4)


def _of_last_year(whole: Setting, evidence: Evidence) -> dict[str, pd.DataFrame]:
    case = whole.case
    assert case.camps is not None and case.camps.years is not None
    years = case.camps.years.model_copy(update={"since": 2019})
    asked = case.model_copy(update={"camps": case.camps.model_copy(update={"years": years})})
    one = Setting(asked, whole.spells, whole.actors, snapshot.DRAWS, snapshot.SEED)
    return dict(computed(one, evidence, report=quiet).tables)


def test_evidence_with_other_votes_is_measured_anew(tmp_path: Path) -> None:
    database.refresh(tmp_path)
    with open_evidence(tmp_path / "evidence.duckdb") as alone:
        assert same_votes(alone, shipped_camps.about())
    mixed = SmallEvidence().roll_call(1, "2019-01-01", {"USA": "y"})
    assert not same_votes(_WithSources(mixed), shipped_camps.about())


class _WithSources:
    """A small evidence with an empty registry of sources."""

    digest = "small"

    def __init__(self, inner: SmallEvidence) -> None:
        self._inner = inner

    def query(self, sql: str, params: Any = ()) -> pd.DataFrame:
        if "FROM sources" in sql:
            return pd.DataFrame({"id": [], "sha256": []})
        return self._inner.query(sql, params)
