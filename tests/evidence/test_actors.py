"""Who a label means, and when."""

from __future__ import annotations

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import EvidenceError
from detente.evidence.actors import Gazetteer, normalise
from detente.evidence.gazetteer import compiling
from tests.evidence.asking import ask

HERE = Path(compiling.__file__).parent


@pytest.fixture(scope="module")
def who() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture(scope="module")
def seats() -> Gazetteer:
    return Gazetteer.load(seats=True)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Côte d’Ivoire", "CIV"),
        ("Cote d'Ivoire", "CIV"),
        ("St. Vincent & Grenadines", "VCT"),
        ("Gambia, The", "GMB"),
        ("Korea, Dem. People's Rep.", "PRK"),
        ("KOREA (REPUBLIC OF)", "KOR"),
        ("MICRONESIA (FEDERATED STATES OF)", "FSM"),
        ("BOLIVIA (PLURINATIONAL STATE OF)", "BOL"),
        ("NETHERLANDS (KINGDOM OF THE)", "NLD"),
        ("East Germany (GDR)", "DDR"),
        ("Germany (incl. German Democratic Republic 'DD' from 1991)", "DEU"),
        ("Russian Federation (Russia)", "RUS"),
        ("Belarus (Belorussia)", "BLR"),
        ("Ireland (Eire)", "IRL"),
        ("Congo (Leopoldville)", "COD"),
        ("CONGO", "COG"),
        ("Turkiye", "TUR"),
        ("TÜRKİYE", "TUR"),
        ("BYELORUSSIAN SSR", "BLR"),
        ("UNITED ARAB REPUBLIC", "EGY"),
        ("European Union**", "EU"),
        ("NATO", "NATO"),
        ("US", "USA"),
        ("NA", "NAM"),
        ("AU", "AUS"),
        ("PLS", "PSE"),
        ("ZZB", "EAZ"),
        ("XK", "XKX"),
    ],
)
def test_a_label_means_its_actor(who: Gazetteer, label: str, code: str) -> None:
    assert who.resolve(label) == code


@pytest.mark.parametrize(
    ("label", "day", "code"),
    [
        ("Russia", date(1980, 1, 1), "SUN"),
        ("Russia", date(1991, 12, 25), "SUN"),
        ("Russia", date(1991, 12, 26), "RUS"),
        ("Yugoslavia", date(2003, 2, 3), "YUG"),
        ("Yugoslavia", date(2003, 2, 4), "SCG"),
        ("Yugoslavia", date(2006, 6, 3), "SRB"),
        ("Yemen", date(1970, 1, 1), "YAR"),
        ("Yemen Arab Republic", date(1990, 12, 1), "YEM"),
        ("RUS", date(1980, 1, 1), "RUS"),
        ("Federal Republic of Germany", date(1980, 1, 1), "DEU"),
    ],
)
def test_a_label_means_who_bore_it_on_the_day(who: Gazetteer, label: str, day: date, code: str) -> None:
    assert who.resolve(label, day) == code
    found = who.resolve_many(pd.Series([label, "France"]), pd.Series(pd.to_datetime([day, day])))
    assert found.tolist() == [code, "FRA"]


def test_without_a_day_a_label_means_the_actor_of_that_name(who: Gazetteer) -> None:
    assert [who.resolve(label) for label in ("Russia", "Yugoslavia", "Yemen")] == ["RUS", "YUG", "YEM"]


def test_the_seat_of_china_changes_hands_in_october_1971(who: Gazetteer, seats: Gazetteer) -> None:
    before, after = date(1960, 1, 1), date(1971, 10, 26)
    assert (seats.resolve("CHINA", before), seats.resolve("CHINA", after)) == ("TWN", "CHN")
    assert who.resolve("China", before) == "CHN"


def test_a_code_in_the_wrong_case_is_no_code(who: Gazetteer) -> None:
    assert [who.resolve(label) for label in ("us", "Rom", "per")] == [None, None, None]


def test_the_name_before_a_note_is_never_read_as_a_code(who: Gazetteer) -> None:
    assert who.resolve("PRC (Israel/Palestine)*") is None
    assert who.resolve("USA (someone)") is None


def test_what_is_no_actor_is_listed_with_the_reason(who: Gazetteer) -> None:
    assert who.resolve("Euro area") is None
    assert who.reason("Euro area") == "aggregate"
    assert who.reason("FMLN (El Salvador)*") == "armed group"
    assert who.resolve("Cyprus (Northern)") is None
    assert who.reason("Atlantis") == "no actor of this name"


def test_missing_labels_resolve_to_none_and_keep_their_index(who: Gazetteer) -> None:
    found = who.resolve_many(pd.Series(["France", None, "Atlantis"], index=[7, 8, 9]))
    assert found.index.tolist() == [7, 8, 9]
    assert found.tolist() == ["FRA", None, None]


@pytest.mark.parametrize(
    ("number", "year", "code"),
    [
        (365, 1900, "RUS"),
        (365, 1985, "SUN"),
        (365, 1992, "RUS"),
        (345, 1999, "YUG"),
        (345, 2005, "SCG"),
        (345, 2010, "SRB"),
        (255, 1900, "DEU"),
        (260, 1980, "DEU"),
        (678, 1985, "YAR"),
        (817, 1970, "VDR"),
        (300, 1900, None),
    ],
)
def test_a_number_of_the_state_system_means_who_bore_it(
    who: Gazetteer, number: int, year: int, code: str | None
) -> None:
    assert who.resolve(f"COW {number}", date(year, 1, 1)) == code


def test_existence_is_bounded_by_both_days(who: Gazetteer) -> None:
    assert who.existed("SUN", date(1991, 12, 25))
    assert not who.existed("SUN", date(1991, 12, 26))
    assert not who.existed("EST", date(1960, 1, 1)), "annexed states do not count as existing"
    assert who.existed("EST", date(1991, 9, 17))
    days = pd.Series(pd.to_datetime(["1991-12-26", "1970-01-01", "NaT"]))
    assert who.existed_many(pd.Series(["SUN", "FRA", "SUN"]), days).tolist() == [False, True, True]


def test_an_unknown_code_is_named_with_the_nearest(who: Gazetteer) -> None:
    with pytest.raises(EvidenceError, match=r"unknown actor 'DUE'\n.*did you mean 'DEU'"):
        who.name("DUE")


def test_lineage_ends_and_every_forebear_is_an_actor(who: Gazetteer) -> None:
    assert who.lineage("RUS") == ("RUS", "SUN")
    for code in who.codes:
        assert set(who.lineage(code)) <= set(who.codes)


def test_names_and_codes_resolve_to_themselves(who: Gazetteer) -> None:
    assert {code: who.resolve(code) for code in who.codes} == {code: code for code in who.codes}
    assert {actor.name: who.resolve(actor.name) for actor in who.actors.values()} == {
        actor.name: actor.code for actor in who.actors.values()
    }


@pytest.mark.parametrize("name", ["aliases.csv", "aliases_un.csv"])
def test_aliases_point_to_actors_and_their_periods_do_not_overlap(who: Gazetteer, name: str) -> None:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["actor"] for row in rows} <= set(who.codes)
    periods: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        periods.setdefault(row["alias"], []).append((row["start"] or "0000", row["end"] or "9999"))
    for label, spans in periods.items():
        ordered = sorted(spans)
        assert all(first[1] <= second[0] for first, second in pairwise(ordered)), label
        assert all(start < end for start, end in spans), label


def test_no_actor_ends_before_it_begins(who: Gazetteer) -> None:
    wrong = [one.code for one in who.actors.values() if one.start and one.end and one.end <= one.start]
    assert wrong == []


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.lists(st.sampled_from(["Russia", "Yemen", "France", "Atlantis", "World", None]), max_size=12))
def test_one_by_one_and_all_at_once_agree(who: Gazetteer, labels: list[str | None]) -> None:
    days = pd.Series(pd.to_datetime(["1980-05-05"] * len(labels)), dtype="datetime64[s]")
    found = who.resolve_many(pd.Series(labels, dtype=object), days).tolist()
    assert found == [who.resolve(label, date(1980, 5, 5)) if label else None for label in labels]


@pytest.mark.mirror
def test_the_table_of_actors_compiles_again_to_the_same_bytes(mirror: Path) -> None:
    compiled = compiling.compile_actors(mirror).to_csv(index=False, lineterminator="\n")
    assert compiled == (HERE / "actors.csv").read_text(encoding="utf-8")


LABELS = {
    "energy/comtrade_eurostat.parquet": ["country", "partner"],
    "energy/eurostat.parquet": ["country", "partner"],
    "trade_russia/eu_trade_russia_neighbours.csv": ["reporter", "partner"],
    "ukraine_support/kiel_panel.csv": ["donor"],
    "opinion/pew_favourability.csv": ["iso3", "target"],
    "military/sipri_milex.csv": ["Country"],
    "populism/view_election.csv": ["country_name", "country_name_short"],
    "populism/ppeg_parl_2025v1.parquet": ["cname_en", "iso3c"],
    "unga_votes/votes.parquet": ["country"],
    "ukraine_votes/unga_ukraine_68-262_ES-11-1_tidy.csv": ["name_source", "iso3"],
}


@pytest.mark.mirror
@pytest.mark.parametrize("file", LABELS)
def test_every_label_of_a_provider_resolves(who: Gazetteer, mirror: Path, file: str) -> None:
    for column in LABELS[file]:
        rows = ask(f'SELECT DISTINCT "{column}" FROM \'{mirror / file}\' WHERE "{column}" IS NOT NULL')
        assert [label for (label,) in rows if who.resolve(str(label)) is None] == []


@pytest.mark.mirror
def test_labels_of_suppliers_that_are_no_actors_have_a_reason(who: Gazetteer, mirror: Path) -> None:
    rows = ask(
        f"SELECT supplier FROM '{mirror}/arms/sipri_tiv.parquet' "
        f"UNION SELECT recipient FROM '{mirror}/arms/sipri_tiv.parquet'"
    )
    lost = [label for (label,) in rows if who.resolve(label) is None]
    assert {who.reason(label) for label in lost} == {
        "armed group",
        "unknown party",
        "not recognised as a state, no code of its own",
    }


@pytest.mark.mirror
def test_the_names_and_codes_of_a_provider_mean_the_same(who: Gazetteer, mirror: Path) -> None:
    rows = ask(f"SELECT DISTINCT name_source, iso3 FROM '{mirror}/ukraine_votes/*.csv'")
    assert [(name, code) for name, code in rows if who.resolve(name) != code] == []
