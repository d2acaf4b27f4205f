"""Figures published or checked before, from the real roll calls; and the estimates that ship, anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.cases import load_case
from detente.evidence import Evidence, database, open_evidence
from detente.measurement import agreement, measure, snapshot
from detente.measurement.ballots import Ballots, read_ballots
from detente.measurement.blocs import memberships
from detente.measurement.changes import ADDED
from detente.measurement.recurrence import read_agenda
from detente.measurement.sample import QUORUM, windows_of
from detente.measurement.shipped import FOLDER, LIVE, SHIPPED
from detente.measurement.unity import Setting, measure_unity
from tests.measurement.small_evidence import make_case

pytestmark = pytest.mark.mirror
EVER = 'SELECT actor, start, "end" FROM memberships WHERE bloc = ?'
BLOCS = ("EU", "NATO")
COLUMNS = (("AI", "agreement_index"), ("rice", "rice"), ("unanimous", "unanimous"))
GREW = {1999, 2004, 2009, 2013, 2017}


@pytest.fixture(scope="module")
def voting(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Evidence with the shipped facts and all roll calls of the General Assembly."""
    with snapshot.pulled_votes(mirror, tmp_path_factory.mktemp("voting")) as evidence:
        yield evidence


def history(evidence: Evidence, *actors: str) -> Ballots:
    return read_ballots(evidence, actors=actors, start=date(1946, 1, 1), end=date(2020, 12, 31))


def test_similarity_of_two_states_is_the_published_figure(voting: Evidence) -> None:
    """Weighted κ of the United States and the Republic of Korea in 1991: `rok_unga` in stevedata."""
    ballots = history(voting, "USA", "KOR")
    year = ballots.at(ballots.within(date(1991, 1, 1), date(1991, 12, 31)))
    assert agreement.kappa(agreement.pair_tables(year.codes), power=2)[0, 1] == pytest.approx(
        0.059160, abs=5e-7
    )


def checked(evidence: Evidence, year: int) -> dict[str, float]:
    """Return the cohesion of a year by the convention of the checked table.

    Members are those of any day of the year; at least three are present; and, up to 1990, the Federal
    Republic of Germany is left out, whose votes the release files without a country code.
    """
    found: dict[str, float] = {}
    for bloc in BLOCS:
        spells = evidence.query(EVER, (bloc,))
        start, end = pd.to_datetime(spells["start"]), pd.to_datetime(spells["end"])
        of_year = (start.dt.year <= year) & (end.isna() | (end > pd.Timestamp(year, 1, 1)))
        who = sorted(set(spells.loc[of_year, "actor"]))
        ballots = history(evidence, *who, "USA")
        ballots = ballots.at(ballots.within(date(year, 1, 1), date(year, 12, 31)))
        counted = [actor for actor in who if not (actor == "DEU" and year <= 1990)]
        rows = [ballots.actors.index(actor) for actor in counted]
        counts = agreement.tally(ballots.codes[rows])
        most = agreement.majority(counts)
        counts = counts[counts.sum(axis=1) >= QUORUM]
        ally = ballots.row("USA")
        told = (most >= 0) & (ally >= 0)
        found |= {
            "rollcalls": float(ballots.codes.shape[1]),
            f"{bloc}_n": float(len(who)),
            f"{bloc}_AI": float(agreement.agreement_index(counts).mean()),
            f"{bloc}_rice": float(np.nanmean(agreement.rice(counts))),
            f"{bloc}_unanimous": float(agreement.unanimous(counts).mean()),
            f"{bloc}maj_US_agree": float((most == ally)[told].mean()),
        }
    return found


def test_cohesion_of_the_blocs_is_that_of_the_checked_table_in_every_year(
    voting: Evidence, reference: Path
) -> None:
    table = pd.read_csv(reference / "cohesion" / "own_eu_nato_cohesion_unga.csv").set_index("year")
    ours = pd.DataFrame({year: checked(voting, year) for year in table.index}).T[list(table.columns)]
    np.testing.assert_allclose(ours, table, atol=6e-5)


def test_cohesion_of_a_case_is_that_of_the_checked_table(voting: Evidence, reference: Path) -> None:
    """From 1991, and but for years in which a bloc grew: a case dates membership by the day."""
    table = pd.read_csv(reference / "cohesion" / "own_eu_nato_cohesion_unga.csv").set_index("year")
    cohesion = measure(load_case("atlantic"), voting, draws=100).cohesion
    rows = cohesion[(cohesion["issue"] == "all") & (cohesion["basis"] == LIVE)]
    value = rows.set_index(["bloc", "window", "measure"])["value"].to_dict()
    for year in sorted(set(range(1991, 2020)) - GREW):
        told = table.loc[year].to_dict()
        for bloc in BLOCS:
            for column, name in COLUMNS:
                assert value[bloc, str(year), name] == pytest.approx(told[f"{bloc}_{column}"], abs=6e-5)
        assert value["EU", str(year), "agrees_with_ally"] == pytest.approx(told["EUmaj_US_agree"], abs=6e-5)


def test_all_members_of_the_alliance_voted_alike_on_both_votes_on_ukraine(voting: Evidence) -> None:
    issues = {"ukraine": {"title": "Ukraine", "resolutions": ["A/RES/68/262", "A/RES/ES-11/1"]}}
    rows = measure(make_case(as_of="2026-01-01", issues=issues), voting, draws=100).roll_calls
    assert rows["yes"].tolist() == [28, 30]
    assert rows[["abstain", "no", "absent"]].to_numpy().sum() == 0


def test_after_the_cold_war_both_blocs_grew_more_united_and_the_parts_add_up(
    voting: Evidence,
) -> None:
    """From 1985–89 to 1990–99, though not on the 27 texts that came back unchanged from one to the other."""
    whole = load_case("atlantic")
    windows = {key: whole.windows[key] for key in ("late_cold_war", "nineties")}
    case = whole.model_copy(
        update={"issues": {"all": whole.issues["all"]}, "windows": windows, "history": None}
    )
    spells = {bloc: memberships(case, bloc, evidence=voting) for bloc in BLOCS}
    setting = Setting(case, spells, (), 200, 0)
    tables = measure_unity(setting, evidence=voting, issues={"all": windows_of(case)}).tables
    rows = tables["bloc_changes"].set_index(["bloc", "part"]).to_dict("index")
    for bloc, total in (("NATO", 0.123), ("EU", 0.118)):
        assert rows[bloc, "total"]["value"] == pytest.approx(total, abs=6e-4)
        assert rows[bloc, "total"]["low"] > 0.08 > 0.04 > rows[bloc, "same text"]["high"]
        assert rows[bloc, "total"]["recurring"] == 27
        added = sum(rows[bloc, part]["value"] for part in ADDED)
        assert added == pytest.approx(rows[bloc, "total"]["value"], abs=1e-9)


def test_no_text_or_question_comes_to_a_vote_twice_in_a_session(voting: Evidence) -> None:
    agenda = read_agenda(voting)
    calls = voting.query("SELECT roll_call, session FROM roll_calls WHERE source = 'unga_votes'")
    for asked in (agenda.text, agenda.question):
        named = calls.assign(asked=calls["roll_call"].map(asked)).dropna(subset="asked")
        assert not named.duplicated(["asked", "session"]).any()
    assert len(set(agenda.text.values())) > 350 and len(set(agenda.question.values())) > 400


def test_the_estimates_that_ship_are_those_computed_now(voting: Evidence) -> None:
    assert json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8")) == snapshot.manifest(voting)
    for table, frame in snapshot.computed(voting).items():
        shipped = pd.read_csv(FOLDER / f"{table}.csv", dtype={"key": object})
        pd.testing.assert_frame_equal(frame, shipped, check_dtype=False, atol=1.5e-4, rtol=0)


def test_without_roll_calls_the_shipped_estimates_stand_in(voting: Evidence, tmp_path: Path) -> None:
    database.refresh(tmp_path)
    case = load_case("asean")
    with open_evidence(tmp_path / "evidence.duckdb") as alone:
        kept, live = measure(case, alone), measure(case, voting)
        atlantic = measure(load_case("atlantic"), alone)
    assert set(kept.cohesion["basis"]) == {SHIPPED} and set(live.cohesion["basis"]) == {LIVE}
    for table in ("cohesion", "weakest", "agreement", "bloc_changes"):
        assert len(getattr(kept, table)) == len(getattr(live, table)) > 0
    np.testing.assert_allclose(kept.stance["value"], live.stance["value"], atol=2e-3)
    general = atlantic.cohesion[atlantic.cohesion["issue"] == "all"]
    assert set(general["basis"]) == {SHIPPED} and general["window"].nunique() > 40
