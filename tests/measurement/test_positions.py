"""Ideal points in a case: paths, distances and notes from votes, and the estimates that ship instead."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.cases import Case, load_case
from detente.evidence.actors import Gazetteer
from detente.measurement import casting, comparing, paths, shipped_points
from detente.measurement.blocs import groups, memberships
from detente.measurement.located import Place
from detente.measurement.positions import FRAMES, Positions, locate
from detente.measurement.shipped import LIVE, SHIPPED
from tests.measurement.small_evidence import SmallEvidence, make_case

WEST = ("USA", "FRA", "BEL", "ITA", "DEU", "GBR")
EAST = ("POL", "HUN", "BGR", "CUB", "VNM")
YEARS = range(1985, 1997)
CALLS = 12
SIDES = {"west": {"title": "West and rival", "sides": ["NATO", "RUS"]}}


def position(actor: str, year: int) -> float:
    """Return the true point: the west above, the east below, Poland on the move in 1990."""
    if actor in WEST:
        return 1.5
    return 1.0 if actor == "POL" and year >= 1990 else -1.0


def hold(evidence: SmallEvidence) -> None:
    """Hold roll calls on a single dimension, in October of every year."""
    rng = np.random.default_rng(3)
    for year in YEARS:
        rival = "SUN" if year < 1992 else "RUS"
        for number in range(CALLS):
            cut, slope = rng.normal(0, 0.7), rng.choice([-2.0, 2.0])
            votes = {}
            for actor in (*WEST, *EAST, rival):
                lean = slope * (position(actor, year) - cut) + rng.logistic(0, 0.5)
                votes[actor] = "y" if lean > 0.5 else "n" if lean < -0.5 else "a"
            evidence.roll_call(year * 100 + number, f"{year}-10-{number + 1:02d}", votes)


@pytest.fixture(scope="module")
def evidence() -> SmallEvidence:
    """Twelve years of roll calls; Poland joins the alliance in 1992, the Soviet Union ends in that year."""
    made = SmallEvidence().members("NATO", *WEST).members("NATO", "POL", start="1992-01-01")
    hold(made)
    series = pd.DataFrame([(actor, year) for actor in (*WEST, *EAST) for year in YEARS])
    values = [position(str(actor), int(year)) + 0.01 * k for k, (actor, year) in enumerate(series.to_numpy())]
    rows = [
        {"actor": actor, "date": f"{year}-01-01", "name": "published", "value": value, "unit": "scale"}
        for (actor, year), value in zip(series.to_numpy(), values, strict=True)
    ]
    return made.put("indicators", *rows)


def asking(**parts: Any) -> Case:
    spec = {"positive": "USA", "published": "published", **parts}
    return make_case(compare=SIDES, ideal_points=spec)


def place(case: Case, evidence: Any, *, draws: int = 200) -> Place:
    spells = {bloc: memberships(case, bloc, evidence=evidence) for bloc in case.blocs}
    return Place(case, spells, groups(case, spells), casting.heirs(Gazetteer.load()), draws, 0)


@pytest.fixture(scope="module")
def found(evidence: SmallEvidence) -> Mapping[str, pd.DataFrame]:
    positions = locate(place(asking(), evidence), evidence)
    assert positions.missing == ()
    return positions.tables


def test_every_table_has_its_columns_a_mark_and_a_basis(found: Mapping[str, pd.DataFrame]) -> None:
    assert {name: list(frame.columns) for name, frame in found.items()} == dict(FRAMES)
    for name in ("ideal_points", "bloc_paths", "distances"):
        assert set(found[name]["basis"]) == {LIVE} and set(found[name]["mark"]) == {"estimated"}
        assert (found[name]["low"] <= found[name]["high"]).all()


def test_the_path_of_a_bloc_is_the_mean_of_the_members_of_each_year(
    found: Mapping[str, pd.DataFrame],
) -> None:
    path = found["bloc_paths"].query("series == 'NATO'").set_index("year")
    points = found["ideal_points"].pivot(index="year", columns="actor", values="mean")
    before, after = points[list(WEST)].mean(axis=1), points[[*WEST, "POL"]].mean(axis=1)
    assert path["members"].to_dict()[1991] == 6 and path["members"].to_dict()[1992] == 7
    assert path.loc[1985, "mean"] == pytest.approx(before[1985], abs=0.05)
    assert path.loc[1993, "mean"] == pytest.approx(after[1993], abs=0.05)
    assert (path["spread_low"] < path["spread"]).all() and (path["spread"] < path["spread_high"]).all()
    assert path["mean"].to_dict()[1993] > 0.5
    assert found["bloc_paths"].query("series == 'RUS'")["mean"].max() < 0


def test_a_state_continues_the_one_before_it(found: Mapping[str, pd.DataFrame]) -> None:
    rival = found["bloc_paths"].query("series == 'RUS'")
    assert rival["kind"].unique().tolist() == ["rival"] and rival["year"].tolist() == list(YEARS)
    assert rival["spread"].isna().all() and "SUN" not in set(found["ideal_points"]["actor"])
    notes = found["ideal_point_notes"].set_index("what")["text"]
    assert "RUS continues SUN" in notes["former states"]


def test_a_distance_is_the_first_side_less_the_second(found: Mapping[str, pd.DataFrame]) -> None:
    series = found["bloc_paths"].pivot(index="year", columns="series", values="mean")
    told = found["distances"].set_index("year")["value"]
    np.testing.assert_allclose(told, series["NATO"] - series["RUS"], atol=0.1)
    assert (found["distances"]["low"] > 0).all()


def test_a_move_is_dated(evidence: SmallEvidence) -> None:
    tables = locate(place(asking(show=["POL", "USA"]), evidence), evidence).tables
    moved = tables["change_points"].query("series == 'POL'")
    assert moved["year"].tolist() == [1990] and moved["shift"].gt(0).all()
    assert tables["bloc_paths"]["kind"].unique().tolist() == ["actor", "ally"]


def test_the_published_series_is_compared_and_never_mixed_in(found: Mapping[str, pd.DataFrame]) -> None:
    rows = found["published"]
    assert rows["year"].isna().sum() == 1 and rows["n"].max() == len(YEARS) * 11
    assert rows["r"].min() > 0.8 and set(rows["source"]) == {"test"}
    assert "another scale" in found["ideal_point_notes"].set_index("what")["text"]["published"]


def test_years_and_sessions_narrow_the_votes(evidence: SmallEvidence) -> None:
    tables = locate(place(asking(since=1990, until=1993), evidence), evidence).tables
    assert sorted(set(tables["ideal_points"]["year"])) == [1990, 1991, 1992, 1993]


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"since": 2000}, "no roll call was held from 2000"),
        ({"positive": "CHN"}, "is not among the actors"),
        ({"important": True}, "no roll call"),
    ],
)
def test_votes_that_cannot_be_used_are_named_and_not_an_error(
    evidence: SmallEvidence, parts: dict[str, Any], why: str
) -> None:
    positions = locate(place(asking(**parts), evidence), evidence)
    assert len(positions.missing) == 1 and why in positions.missing[0].why
    assert positions.missing[0].hint
    assert all(frame.empty for frame in positions.tables.values())


def test_a_case_that_does_not_ask_gets_empty_tables(evidence: SmallEvidence) -> None:
    positions = locate(place(make_case(), evidence), evidence)
    assert positions.missing == () and all(frame.empty for frame in positions.tables.values())


def test_a_year_with_few_actors_is_not_correlated() -> None:
    points = pd.DataFrame({"actor": [*"abcdefghi"], "year": 2000, "mean": range(9)})
    series = points.rename(columns={"mean": "value"}).assign(column="p", source="s")
    assert comparing.compare(points, series).empty


# Without votes ------------------------------------------------------------------------------------------


def shipped(case: Case) -> Positions:
    """Return what is told of a shipped case without any roll call."""
    nothing = SmallEvidence()
    for bloc, spec in case.blocs.items():
        if spec.members == "evidence":
            nothing.members(bloc, *sorted(shipped_points.read(shipped_points.POINTS)["actor"].unique())[:9])
    return locate(place(case, nothing), nothing)


def test_without_votes_the_shipped_points_stand_in_and_what_needs_draws_is_named() -> None:
    found = shipped(load_case("atlantic"))
    assert set(found.tables["ideal_points"]["basis"]) == {SHIPPED}
    assert found.tables["bloc_paths"]["series"].unique().tolist() == ["USA", "RUS"]
    assert {"path of NATO", "distance of atlantic"} <= {row.what for row in found.missing}
    assert {row.hint for row in found.missing} == {"type: detente data pull unga_votes"}


def test_the_sign_of_the_shipped_points_follows_the_case() -> None:
    atlantic = load_case("atlantic")
    assert atlantic.ideal_points is not None
    turned = atlantic.model_copy(
        update={"ideal_points": atlantic.ideal_points.model_copy(update={"positive": "CUB"})}
    )
    one, other = (shipped(case).tables["ideal_points"] for case in (atlantic, turned))
    np.testing.assert_allclose(other["mean"], -one["mean"])
    np.testing.assert_allclose(other["low"], -one["high"])
    shift, back = (shipped(case).tables["change_points"] for case in (atlantic, turned))
    np.testing.assert_allclose(back["shift"], -shift["shift"])
    assert (back["low"] <= back["high"]).all() and len(back)


def test_another_question_than_the_shipped_one_is_not_answered_by_it() -> None:
    case = asking(final_only=True)
    found = locate(place(case, SmallEvidence()), SmallEvidence())
    assert found.tables["ideal_points"].empty and "all of them" in found.missing[0].why


def test_the_key_of_a_path_is_who_is_behind_it_and_when() -> None:
    points = pd.DataFrame({"actor": ["FRA", "FRA", "ITA"], "session": [1, 2, 2]})
    calendar = pd.DataFrame({"session": [1, 2], "middle": pd.to_datetime(["1999-11-01", "2000-11-01"])})
    spells = pd.DataFrame({"actor": ["FRA"], "start": [pd.Timestamp(1950, 1, 1)], "end": [pd.NaT]})
    left = spells.assign(end=pd.Timestamp(2000, 6, 1))
    late = spells.assign(end=pd.Timestamp(2001, 1, 1))
    keys = [
        paths.call_roll(points, calendar, spells={"B": held}, joined={}, names=("B",)).key("path", "B")
        for held in (spells, left, late)
    ]
    assert keys[0] == keys[2] != keys[1]


MEASURED = """
import sys
import detente
measures = detente.load("asean").measure()
assert len(measures.ideal_points) > 10_000 and len(measures.bloc_paths)
assert "numba" not in sys.modules, "the engine was imported"
"""


def test_shipped_estimates_do_not_import_the_engine(cache: Path) -> None:
    subprocess.run([sys.executable, "-c", MEASURED], check=True)
