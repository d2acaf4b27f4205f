"""What is uploaded: a case, tables for one, and what is wrong with either."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from detente.study import Study
from detente.webapp.app import build
from detente.webapp.security import MOST_BODY
from detente.webapp.sessions import MOST_SESSIONS
from tests.webapp.conftest import Ask, asking, csrf
from tests.webapp.test_app import soon
from tests.webapp.tolls import CASE


def uploaded(ask: Ask, text: str | bytes, name: str = "mine.yaml") -> tuple[int, dict[str, object]]:
    answer = ask("POST", "/api/case", files={"case": (name, text)}, headers=csrf(ask))
    return answer.status_code, answer.json()


def test_an_uploaded_case_has_a_session_of_its_own_and_leaves_nothing_on_disk(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    status, told = uploaded(ask, CASE.replace("title: Tolls", "title: Other tolls"))
    assert status == 201, told
    assert list(tmp_path.iterdir()) == []
    assert "Other tolls" in ask("GET", str(told["view"])).text
    assert "Other tolls" not in ask("GET", "/view/unity").text


def test_a_case_with_mistakes_is_answered_with_all_of_them_and_their_lines(ask: Ask) -> None:
    broken = CASE.replace("rival: RUS", "rivl: RUS").replace("value: 0.1, low: 0.05", "value: 0.1, low: 0.5")
    status, told = uploaded(ask, broken, "../../etc/mine.yaml")
    assert status == 422
    errors = told["errors"]
    assert isinstance(errors, list)
    assert len(errors) > 1
    assert all(str(each["where"]).startswith("mine.yaml:") for each in errors)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe\x00", b"[1, 2", b"- 1"])
def test_what_is_no_case_is_said_to_be_none(ask: Ask, text: bytes) -> None:
    status, told = uploaded(ask, text)
    assert status in (400, 422)
    assert told["errors"]


def test_an_uploaded_case_reads_no_file_of_this_machine(ask: Ask) -> None:
    status, told = uploaded(ask, CASE + "data:\n  - {path: /etc/passwd, mapping: mapping.yaml}\n")
    assert status == 422
    assert "did not come" in str(told["errors"])


HEAD = b'--x\r\nContent-Disposition: form-data; name="case"; filename="mine.yaml"\r\n\r\ndetente: 1\n'


def test_half_a_file_is_refused(ask: Ask) -> None:
    headers = {**csrf(ask), "content-type": "multipart/form-data; boundary=x"}
    answer = ask("POST", "/api/case", content=HEAD, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, "upload")


def test_no_file_at_all_is_refused(ask: Ask) -> None:
    for content, kind in ((b"{}", "application/json"), (b"--x--\r\n", "multipart/form-data; boundary=x")):
        headers = {**csrf(ask), "content-type": kind}
        assert ask("POST", "/api/case", content=content, headers=headers).status_code == 400


def test_a_body_that_goes_on_is_cut_off(ask: Ask) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield HEAD
        while sent < 50 * MOST_BODY:
            sent += 100_000
            yield b"#" * 100_000

    headers = {**csrf(ask), "content-type": "multipart/form-data; boundary=x"}
    assert ask("POST", "/api/case", content=endless(), headers=headers).status_code in (400, 413)
    assert sent <= 2 * MOST_BODY


GAS = """\
dependence:
  gas: {title: Gas, kinds: gas_share, target: RUS}
"""
MAPPING = """\
table: ties
columns: {actor: who, target: whom, date: year, value: share}
constants: {kind: gas_share, unit: percent}
ignore: [XQX]
source: {title: Gas bought, citation: Invented, licence: CC0}
"""
TABLE = "who,whom,year,share\nDEU,RUS,2018,55\nFRA,RUS,2018,20\nXQX,RUS,2018,1\n"


def sent(
    ask: Ask, case: str | None, address: str = "/api/case", **tables: str
) -> tuple[int, dict[str, object]]:
    """Upload a case with tables; in their names, _ stands for the dot."""
    files = [("table", (name.replace("_", "."), text)) for name, text in tables.items()]
    given = [*files, *([("case", ("mine.yaml", case))] if case is not None else [])]
    answer = ask("POST", address, files=given, headers=csrf(ask))
    return answer.status_code, answer.json()


def gas(ask: Ask, session: object) -> dict[str, float]:
    """Return who buys how much gas, as the page has it."""
    [figure] = soon(ask, f"/api/dependence?session={session}").json()["sections"][0]["exhibits"]
    return {name: value for _, name, _, value, *_ in figure["table"]["values"]}


@pytest.fixture
def upload_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads lie while they are held."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("named", [True, False])
def test_tables_come_with_a_case_and_are_accounted_for(
    ask: Ask, study: Study, upload_folder: Path, named: bool
) -> None:
    data = "data:\n  - {path: gas.csv, mapping: gas.yaml}\n" if named else ""
    status, told = sent(ask, CASE + GAS + data, gas_csv=TABLE, gas_yaml=MAPPING)
    assert status == 201, told
    [table] = cast(list[dict[str, Any]], told["tables"])
    assert (table["title"], table["used"]) == ("Gas bought", 2)
    assert [row["label"] for row in (*table["unresolved"], *table["set_aside"])] == ["XQX"]
    assert gas(ask, told["session"]) == {"Germany": 55.0, "France": 20.0}
    assert "gas" not in set(study.evidence.sources()["id"])


def test_tables_alone_join_the_case_at_hand(study: Study, upload_folder: Path) -> None:
    case = study.case
    ask = asking(build(study, apart=False))
    status, told = sent(ask, None, gas_csv=TABLE, gas_yaml=MAPPING)
    assert status == 201, told
    assert told["case"] == {"name": case.name, "title": case.title}
    status, told = sent(ask, None, f"/api/case?session={told['session']}", gas_csv=TABLE, gas_yaml=MAPPING)
    assert status == 422
    assert "at once" in str(told["errors"])


def test_what_was_uploaded_goes_with_its_session(study: Study, upload_folder: Path) -> None:
    ask = asking(build(study, apart=False))
    assert sent(ask, CASE + GAS, gas_csv=TABLE, gas_yaml=MAPPING)[0] == 201
    assert len(list(upload_folder.iterdir())) == 1
    for _ in range(MOST_SESSIONS):
        assert uploaded(ask, CASE)[0] == 201
    assert list(upload_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("tables", "where", "what"),
    [
        ({"gas_csv": TABLE}, "gas.csv", "without a mapping"),
        ({"gas_csv": TABLE, "gas_yaml": MAPPING, "notes_docx": "x"}, "notes.docx", "no table"),
        ({"gas_csv": TABLE.replace("55", "much"), "gas_yaml": MAPPING}, "gas.csv", "much"),
        ({"gas_csv": TABLE, "gas_yaml": MAPPING.replace("share}", "shar}")}, "gas.csv", "shar"),
        ({"gas_csv": TABLE, "gas_yaml": "table: ties"}, "gas.yaml", "is missing"),
        ({"gas_parquet": "no parquet", "gas_yaml": MAPPING}, "gas.parquet", ""),
    ],
)
def test_a_table_that_cannot_be_used_is_said_to_be_so_and_nothing_is_left(
    ask: Ask, upload_folder: Path, tables: dict[str, str], where: str, what: str
) -> None:
    status, told = sent(ask, CASE, **tables)
    assert status == 422, told
    assert where in str(told["errors"])
    assert what in str(told["errors"])
    assert str(upload_folder) not in str(told["errors"])
    assert list(upload_folder.iterdir()) == []


def test_two_files_of_one_name_are_refused(ask: Ask) -> None:
    files = [("table", ("a/gas.csv", TABLE)), ("table", ("b/gas.csv", TABLE))]
    answer = ask("POST", "/api/case", files=files, headers=csrf(ask))
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, "gas.csv")
