"""Cases that can be read: the shipped ones, the starter, and what their text means."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.cases import case_digest, load_case, shipped_cases
from detente.cases.schema import Case
from detente.cases.schema_json import field_rows, json_schema
from detente.cases.starter import write_starter
from detente.cases.yamltext import parse
from detente.errors import CaseError


@pytest.mark.parametrize("name", shipped_cases())
def test_a_shipped_case_loads_and_survives_a_round_trip(name: str) -> None:
    case = load_case(name)
    again = Case.model_validate_json(case.model_dump_json())
    assert case.name == name
    assert again.model_dump() == case.model_dump()
    assert case_digest(again) == case_digest(case)


def test_a_case_of_another_region_ships_beside_the_flagship() -> None:
    assert {load_case(name).rival for name in shipped_cases()} == {"CHN", "RUS"}


def test_the_digest_ignores_layout_and_feels_every_change() -> None:
    case = load_case("atlantic")
    plain = case.model_dump(mode="json")
    reordered = Case.model_validate_json(json.dumps(dict(reversed(plain.items()))))
    assert case_digest(reordered) == case_digest(case)
    plain["stance"]["measurements"]["aid"]["transform"] = "none"
    assert case_digest(Case.model_validate_json(json.dumps(plain))) != case_digest(case)


def test_a_case_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_case("atlantic").rival = "CHN"


def test_a_json_file_is_a_case_too(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(load_case("asean").model_dump_json(indent=1, exclude_none=True), encoding="utf-8")
    assert case_digest(load_case(path)) == case_digest(load_case("asean"))


def test_the_starter_loads_as_it_stands(tmp_path: Path) -> None:
    path = write_starter("gulf", folder=tmp_path)
    assert path == tmp_path / "gulf.yaml"
    assert "detente check gulf.yaml" in path.read_text(encoding="utf-8")
    case = load_case(path)
    assert case.name == "gulf"
    assert case.stance is not None


def test_the_starter_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "gulf.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseError, match="is there already"):
        write_starter("gulf", folder=tmp_path)
    assert (tmp_path / "gulf.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["", "../gulf", "gulf.yaml", "a b", "-x", "x" * 41, "atlantic"])
def test_the_starter_refuses_names_that_lead_astray(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaseError):
        write_starter(name, folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_key_of_the_schema_says_what_it_is() -> None:
    silent = [(section, key) for section, key, _, description in field_rows() if not description]
    assert silent == []


@pytest.mark.parametrize("name", shipped_cases())
def test_the_json_schema_accepts_the_shipped_cases_and_refuses_others(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft202012Validator(json_schema())
    case = json.loads(load_case(name).model_dump_json(exclude_none=True))
    assert list(checker.iter_errors(case)) == []
    assert list(checker.iter_errors({**case, "rivall": "RUS"}))
    assert list(checker.iter_errors({**case, "rival": "Russia"}))
    shorthand = {"Duo": {"title": "Duo", "members": ["USA", {"actor": "CAN"}], "reason": "r"}}
    assert list(checker.iter_errors({**case, "blocs": {**case["blocs"], **shorthand}})) == []


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("010", 10),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        ("-1", -1),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'1'", "1"),
        ("2020-02-29", date(2020, 2, 29)),
        ("2020-2-9", "2020-2-9"),
        ('"2020-02-29"', "2020-02-29"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_words_mean_what_yaml_1_2_says_and_dates_are_dates(text: str, means: object) -> None:
    found = parse(f"a: {text}").data["a"]
    assert (found, type(found)) == (means, type(means))


def test_keys_stay_text() -> None:
    assert parse("2004: a\nNO: b\ntrue: c").data == {"2004": "a", "NO": "b", "true": "c"}


_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=8)
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(_PLAIN)
def test_any_json_reads_as_itself(data: object) -> None:
    document = parse(json.dumps({"a": data}, ensure_ascii=False))
    assert document.flaws == []
    assert document.data == {"a": data}


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    document = parse(text)
    assert document.whole or document.flaws


def test_asking_what_ships_loads_neither_pydantic_nor_yaml() -> None:
    code = (
        "import sys, detente.cases; detente.cases.shipped_cases(); "
        "print([name for name in ('pydantic', 'yaml', 'pandas', 'duckdb') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_day_in_quotes_is_checked_as_one_without(tmp_path: Path) -> None:
    path = write_starter("mine", folder=tmp_path)
    text = path.read_text(encoding="utf-8")
    told = text.replace(
        "since: 2022-01-01, until: 2022-12-31}", 'since: "2099-01-01", until: "2099-12-31"}', 1
    )
    assert told != text
    path.write_text(told, encoding="utf-8")
    with pytest.raises(CaseError, match="begins after the day the brief looks from"):
        load_case(path)
