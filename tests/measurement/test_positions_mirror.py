"""Ideal points of the shipped cases from the real roll calls, and the estimates that ship, anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.cases import load_case
from detente.evidence import Evidence, open_evidence, pull
from detente.measurement import casting, points_snapshot, positions
from detente.measurement.blocs import groups, memberships
from detente.measurement.idealpoints import IdealPoints
from detente.measurement.located import Place
from detente.measurement.positions import Positions, locate
from detente.measurement.shipped import FOLDER, LIVE
from detente.measurement.shipped_points import ABOUT, POINTS, usual

pytestmark = pytest.mark.mirror

REGENERATE = "the engine gives other figures: make snapshots"


@pytest.fixture(scope="module")
def evidence(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Evidence with all roll calls and the published series, in the user's cache of this module."""
    folder = tmp_path_factory.mktemp("voting")
    pull(["unga_votes", "unga_ideal_points"], mirror=mirror, folder=folder)
    with open_evidence(folder / "evidence.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module", autouse=True)
def fitted_once() -> Iterator[None]:
    """Let all tests share one estimate: the shipped cases ask for the same points."""
    found: list[IdealPoints] = []
    estimate = positions.fit

    def fit(place: Place, chosen: casting.Chosen) -> IdealPoints:
        found.extend([] if found else [estimate(place, chosen)])
        return found[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(positions, "fit", fit)
        yield


@pytest.fixture(scope="module")
def snapshot(evidence: Evidence) -> points_snapshot.Snapshot:
    return points_snapshot.computed(evidence)


@pytest.fixture(scope="module")
def atlantic(evidence: Evidence) -> Positions:
    case = load_case("atlantic")
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    joined = casting.heirs(evidence.gazetteer)
    return locate(Place(case, spells, groups(case, spells), joined, positions.MOST_DRAWS, 0), evidence)


def test_the_points_that_ship_are_those_estimated_now(snapshot: points_snapshot.Snapshot) -> None:
    now, then = snapshot.tables[POINTS], pd.read_csv(FOLDER / POINTS)
    key = ["actor", "session"]
    pd.testing.assert_frame_equal(now[[*key, "votes"]], then[[*key, "votes"]], check_dtype=False)
    assert np.abs(now["mean"] - then["mean"]).max() < 0.05, REGENERATE
    assert np.abs(now["sd"] / then["sd"] - 1).max() < 0.2, REGENERATE
    about = json.loads((FOLDER / ABOUT).read_text(encoding="utf-8"))
    words = ("notes",)
    assert {k: v for k, v in about.items() if k not in words} == {
        k: v for k, v in snapshot.about.items() if k not in words
    }


@pytest.mark.parametrize("table", ["bloc_paths", "distances"])
def test_what_ships_of_the_cases_is_what_is_found_now(snapshot: points_snapshot.Snapshot, table: str) -> None:
    now, then = snapshot.tables[f"{table}.csv"], pd.read_csv(FOLDER / f"{table}.csv")
    assert now["key"].tolist() == then["key"].tolist(), REGENERATE
    pd.testing.assert_frame_equal(now, then, check_dtype=False, atol=0.05, rtol=0.02)


def test_the_clear_shifts_that_ship_are_found_now(snapshot: points_snapshot.Snapshot) -> None:
    now, then = snapshot.tables["change_points.csv"], pd.read_csv(FOLDER / "change_points.csv")
    for one, other in ((now, then), (then, now)):
        clear = one[one["probability"] > 0.75]
        near = clear.merge(other, on="key", suffixes=("", "_other"))
        found = near[(near["session"] - near["session_other"]).abs() <= 1]
        assert len(clear) and set(clear["key"]) == set(found["key"]), REGENERATE


def test_every_shipped_case_asks_for_the_points_that_ship() -> None:
    assert all(usual(load_case(name)) for name in ("atlantic", "asean"))


def test_the_camps_of_the_cold_war_stand_apart_and_the_rival_moves_with_its_end(atlantic: Positions) -> None:
    paths = atlantic.tables["bloc_paths"].pivot(index="year", columns="series", values="mean")
    assert (paths.loc[1980:1986, "NATO"] - paths.loc[1980:1986, "RUS"]).min() > 2
    moved = atlantic.tables["change_points"].query("series == 'RUS'")
    assert moved["year"].between(1986, 1992).any() and set(moved["basis"]) == {LIVE}
    assert atlantic.tables["bloc_paths"].query("series == 'RUS'")["year"].min() == 1946


def test_the_points_go_with_the_published_series_in_every_year(atlantic: Positions) -> None:
    published = atlantic.tables["published"].query("column == 'ideal_point_legacy'")
    yearly = published.dropna(subset="year").set_index("year")["r"]
    assert yearly.min() > 0.8 and yearly.median() > 0.97 and yearly.index.max() == 2019
    assert published.loc[published["year"].isna(), "n"].item() > 10_000
