"""Ideal points, democracy, economy, alliances and capabilities, against the providers' own figures."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from detente.errors import EvidenceError
from detente.evidence.readers import cow_atop, macro, unga_ideal_points, vdem
from detente.evidence.tables import KEYS, SCHEMA, Tables
from tests.evidence.asking import ask


def parquet(path: Path, frame: pd.DataFrame) -> None:
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"COPY (FROM frame) TO '{path}' (FORMAT parquet)")


def well_formed(tables: Tables) -> None:
    for name, frame in tables.filled().items():
        assert set(frame.columns) == {column.name for column in SCHEMA[name]}, name
        assert not frame.duplicated(list(KEYS[name])).any(), name
        assert frame["value"].notna().all(), name
        assert frame["actor"].notna().all(), name


def values(tables: Tables, name: str, year: int, *actors: str) -> dict[str, float]:
    assert tables.indicators is not None
    rows = tables.indicators
    found = rows[(rows["name"] == name) & (rows["date"] == f"{year}-01-01") & rows["actor"].isin(actors)]
    return dict(zip(found["actor"], found["value"].round(3), strict=True))


def points(folder: Path, **other: object) -> Path:
    row: dict[str, object] = {"ccode": 365, "iso3c": "RUS", "countryname": "Russia", "year": 1985.0}
    row |= dict.fromkeys(unga_ideal_points.MEASURES, 0.5) | other
    pd.DataFrame([row]).to_stata(folder / "points.dta", write_index=False, version=118)
    return folder


@pytest.mark.parametrize(
    ("number", "year", "code"),
    [(365, 1985, "SUN"), (365, 1991, "SUN"), (680, 1980, "YMD"), (345, 2024, "SRB"), (345, 2003, "SCG")],
)
def test_points_are_of_whoever_bore_the_number_that_autumn(
    tmp_path: Path, number: int, year: int, code: str
) -> None:
    tables = unga_ideal_points.read(points(tmp_path, ccode=number, year=float(year)))
    assert tables.indicators is not None
    assert set(tables.indicators["actor"]) == {code}
    assert set(tables.indicators["date"].dt.strftime("%Y-%m-%d")) == {f"{year}-01-01"}


def test_points_that_are_no_stata_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "points.dta").write_text("<html>not found</html>")
    with pytest.raises(EvidenceError, match=r"points\.dta: cannot be read"):
        unga_ideal_points.read(tmp_path)


def test_names_that_are_not_in_the_encoding_of_the_file_are_no_names(tmp_path: Path) -> None:
    path = points(tmp_path, countryname="Rossiya of a long name") / "points.dta"
    path.write_bytes(path.read_bytes().replace(b"Rossiya", b"R\xf3ssiya"[:7]))
    with pytest.raises(EvidenceError, match=r"points\.dta: cannot be read"):
        unga_ideal_points.read(tmp_path)


def test_two_releases_of_points_are_refused(tmp_path: Path) -> None:
    points(tmp_path)
    (tmp_path / "older.dta").write_bytes((tmp_path / "points.dta").read_bytes())
    with pytest.raises(EvidenceError, match=r"holds several releases: older\.dta, points\.dta"):
        unga_ideal_points.read(tmp_path)


def test_a_scale_that_is_missing_is_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"ccode": [2], "iso3c": ["USA"], "countryname": ["x"], "year": [2024.0]})
    frame.to_stata(tmp_path / "points.dta", write_index=False)
    with pytest.raises(EvidenceError) as caught:
        unga_ideal_points.read(tmp_path)
    assert len(caught.value.problems) == len(unga_ideal_points.MEASURES)


@pytest.mark.mirror
def test_points_of_2024_are_those_published(mirror: Path) -> None:
    tables = unga_ideal_points.read(mirror / "unga_ideal_points")
    well_formed(tables)
    published = {"USA": 2.21, "GBR": 1.74, "HUN": 1.42, "DEU": 1.24, "CHN": -0.85, "RUS": -0.60}
    assert values(tables, "ideal_point_fp", 2024, *published) == pytest.approx(published, abs=0.0051)


@pytest.mark.mirror
def test_points_without_a_code_are_resolved_by_number(mirror: Path) -> None:
    tables = unga_ideal_points.read(mirror / "unga_ideal_points")
    assert tables.unresolved.empty
    assert values(tables, "ideal_point_legacy", 1990, "DEU", "YEM") == {"DEU": 1.895, "YEM": -0.806}
    assert values(tables, "ideal_point_legacy", 1956, "GHA", "JPN") == {"GHA": -0.871, "JPN": 0.611}


@pytest.mark.mirror
def test_democracy_of_2024_is_as_published(mirror: Path) -> None:
    tables = vdem.read(mirror / "vdem")
    well_formed(tables)
    published = {"HUN": 0.436, "POL": 0.729, "RUS": 0.172}
    assert values(tables, "polyarchy", 2024, *published) == published
    assert tables.unresolved.to_dict("records") == [
        {"label": "PSB", "rows": 4, "reason": "a mandate, before any actor of this table"}
    ]


@pytest.mark.mirror
def test_democracy_of_former_states_is_under_their_own_codes(mirror: Path) -> None:
    tables = vdem.read(mirror / "vdem")
    old = ("SUN", "RUS", "CSK", "CZE", "YUG", "SRB", "DDR", "DEU", "YAR", "YEM", "YMD", "VDR", "VNM")
    assert set(values(tables, "polyarchy", 1970, *old)) == {
        "SUN", "CSK", "YUG", "DDR", "DEU", "YAR", "YMD", "VDR", "VNM",
    }  # fmt: skip


def test_a_value_that_is_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    head = "Country Name,Country Code,Year,Value\n"
    (tmp_path / "gdp.csv").write_text(head + "France,FRA,2020,1e12\nFrance,FRA,2021,n/a\n", "utf-8")
    (tmp_path / "population.csv").write_text(head + "France,FRA,2020,68000000\n", "utf-8")
    with pytest.raises(EvidenceError, match=r"gdp\.csv:3: 'n/a' in column 'Value' is no number"):
        macro.read(tmp_path)


@pytest.mark.mirror
def test_aggregates_are_listed_and_not_read_as_states(mirror: Path) -> None:
    tables = macro.read(mirror / "macro")
    well_formed(tables)
    assert set(tables.unresolved["reason"]) == {"aggregate"}
    assert {"World (WLD)", "Euro area (EMU)", "High income (HIC)"} <= set(tables.unresolved["label"])
    assert tables.indicators is not None
    lines = sum(len((mirror / "macro" / name).read_text("utf-8").splitlines()) - 1 for name in macro.FILES)
    assert len(tables.indicators) + tables.unresolved["rows"].sum() == lines
    assert values(tables, "population", 2024, "EU")["EU"] == pytest.approx(450.2e6, rel=1e-3)


@pytest.fixture(scope="module")
def correlates(mirror: Path) -> Tables:
    return cow_atop.read(mirror / "cow_atop")


@pytest.mark.mirror
def test_capabilities_of_2022_are_as_published(correlates: Tables) -> None:
    tables = correlates
    well_formed(tables)
    published = {"CHN": 0.234, "USA": 0.124, "RUS": 0.038}
    assert values(tables, "cinc", 2022, *published) == published
    assert set(values(tables, "cinc", 1985, "SUN", "RUS")) == {"SUN"}
    assert tables.unresolved["reason"].str.startswith("state that ended before 1919").all()


@pytest.mark.mirror
def test_alliances_are_mutual_and_written_where_held(correlates: Tables) -> None:
    tables = correlates
    assert tables.ties is not None
    ties = tables.ties[(tables.ties["kind"] == "alliance_defence") & (tables.ties["date"] == "2018-01-01")]
    held = set(zip(ties["actor"], ties["target"], strict=True))
    assert ("USA", "CAN") in held and ("CAN", "USA") in held
    assert ("USA", "CHN") not in held
    assert set(ties["value"]) == {1.0}


@pytest.mark.mirror
def test_distances_hold_in_both_directions_and_are_written_when_new(correlates: Tables, mirror: Path) -> None:
    tables = correlates
    assert tables.ties is not None
    km = tables.ties[tables.ties["kind"] == "distance_km"]
    between = km.groupby(["actor", "target"])["value"].agg(list)
    assert between[("USA", "CUB")] == between[("CUB", "USA")]
    assert between[("USA", "CAN")] == [0.0]
    kept = tables.set_aside.loc[tables.set_aside["reason"] == "written once, when new", "rows"].sum()
    lost = tables.unresolved["rows"].sum()
    [(stated,)] = ask(f"SELECT count(*) FROM '{mirror}/cow_atop/cow_mindist.parquet'")
    assert 0 <= stated - kept - len(km) / 2 <= lost


def write_cow(folder: Path, years: list[float]) -> Path:
    for name, measures in cow_atop.MONADS.items():
        frame = pd.DataFrame({"ccode": 2.0, "year": years, **dict.fromkeys(measures, 0.5)})
        parquet(folder / name, frame)
    pairs = pd.DataFrame({"ccode1": 2.0, "ccode2": 365.0, "year": years})
    parquet(folder / cow_atop.ALLIANCES, pairs.assign(**dict.fromkeys(cow_atop.OBLIGATIONS, 0.0)))
    parquet(folder / cow_atop.DISTANCES, pairs.assign(mindist=[3.0, 3.0, 3.0, 5.0][: len(years)]))
    return folder


def test_a_distance_is_written_anew_for_a_new_actor_or_a_new_value(tmp_path: Path) -> None:
    tables = cow_atop.read(write_cow(tmp_path, [1990.0, 1991.0, 1992.0, 1993.0]))
    assert tables.ties is not None
    there = tables.ties[tables.ties["actor"] == "USA"]
    written = list(zip(there["target"], there["date"].dt.year, there["value"], strict=True))
    assert written == [("RUS", 1992, 3.0), ("RUS", 1993, 5.0), ("SUN", 1990, 3.0)]
    assert set(tables.ties["kind"]) == {"distance_km"}


def test_every_missing_file_of_the_folder_is_named(tmp_path: Path) -> None:
    write_cow(tmp_path, [1990.0])
    (tmp_path / cow_atop.ALLIANCES).unlink()
    (tmp_path / cow_atop.DISTANCES).unlink()
    with pytest.raises(EvidenceError) as caught:
        cow_atop.read(tmp_path)
    assert len(caught.value.problems) == 2
