"""The page and its JSON: views, twins, downloads, uploads, sessions that are gone."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from detente.cases import Case
from detente.cases.yamltext import parse
from detente.study import Study
from detente.webapp.security import MOST_BODY
from detente.webapp.views import VIEWS
from detente.webapp.views.beliefs import beliefs
from tests.webapp.conftest import Ask, csrf
from tests.webapp.tolls import CASE


def soon(ask: Ask, address: str) -> httpx.Response:
    """Return a view when it is there."""
    while (answer := ask("GET", address)).status_code == 202:
        assert answer.json()["pending"]
        assert int(answer.headers["retry-after"]) > 0
    return answer


def test_the_first_address_leads_to_a_view(ask: Ask) -> None:
    answer = ask("GET", "/?bloc=THREE")
    assert (answer.status_code, answer.headers["location"]) == (303, "/view/unity?bloc=THREE")


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_a_page(ask: Ask, name: str) -> None:
    answer = ask("GET", f"/view/{name}")
    assert answer.status_code == 200
    assert "Do the three hold together?" in answer.text


def test_a_view_that_there_is_not_names_the_nearest(ask: Ask) -> None:
    answer = ask("GET", "/view/untiy")
    assert answer.status_code == 400
    assert "unity" in answer.json()["errors"][0]["hint"]


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in ("whatif", "strategies")])
def test_every_view_has_a_twin_that_says_what_it_has_or_what_it_lacks(ask: Ask, name: str) -> None:
    answer = soon(ask, f"/api/{name}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["view"] == name
    assert told["available"] or (told["why"] and told["hint"])


def test_a_view_has_its_sentences_figures_and_numbers(ask: Ask) -> None:
    told = soon(ask, "/api/projection").json()
    assert told["sections"][0]["key"] == "projection"
    parts = [part for each in told["sections"][0]["paragraphs"] for one in each for part in one["parts"]]
    cited = {part["id"] for part in parts if isinstance(part, dict)}
    assert cited
    assert cited <= {row["id"] for row in told["numbers"]}
    figures = [each for each in told["sections"][0]["exhibits"] if each["kind"] == "figure"]
    assert figures[0]["panels"][0]["spec"]
    assert figures[0]["reading"]
    table = figures[0]["table"]
    assert all(len(row) == len(table["columns"]) for row in table["rows"] + table["values"])


def test_the_twin_is_not_sent_again_to_who_has_it(ask: Ask) -> None:
    first = soon(ask, "/api/sources")
    again = ask("GET", "/api/sources", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask("GET", "/api/sources").content == first.content


def test_what_is_picked_out_stands_alone(ask: Ask) -> None:
    whole = soon(ask, "/api/projection").json()
    key = whole["sections"][0]["exhibits"][0]["key"]
    told = ask("GET", f"/api/projection?show={key}").json()
    assert [each["key"] for each in told["sections"][0]["exhibits"]] == [key]
    assert ask("GET", "/api/projection?show=nothing").status_code == 400


def test_a_parameter_that_there_is_not_is_named(ask: Ask) -> None:
    answer = ask("GET", "/api/unity?isue=all")
    assert answer.status_code == 400
    assert "issue" in answer.json()["errors"][0]["hint"]


@pytest.mark.parametrize("address", ["/api/unity?=x", "/api/whatif?=x"])
def test_a_parameter_without_a_name_has_a_place_all_the_same(ask: Ask, address: str) -> None:
    answer = ask("GET", address)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, "address")


def test_a_view_can_be_taken_home(ask: Ask) -> None:
    told = ask("GET", "/api/download?view=projection&what=csv")
    assert told.status_code == 400
    soon(ask, "/api/sources")
    packed = ask("GET", "/api/download?view=sources&what=csv")
    names = zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    assert names == ["sources.csv"]
    assert ask("GET", "/api/download?view=sources&what=csv").content == packed.content
    alone = ask("GET", "/api/download?view=sources&what=csv&table=sources")
    assert alone.text.startswith("id,")
    assert ask("GET", "/api/download?view=sources&what=csv&table=nothing").status_code == 400
    assert ask("GET", "/api/download?view=sources&what=pdf").status_code == 400


def test_the_what_if_can_be_taken_home_as_it_is(ask: Ask) -> None:
    told = ask("GET", "/api/download?view=whatif&what=csv&table=decisions&lever.pay=1&draws=200")
    assert told.text.splitlines()[0].startswith("decision,title,time")
    assert ask("GET", "/api/download?view=whatif&what=json&draws=200").json()["draws"] == 200


def test_a_session_of_another_server_is_gone(ask: Ask) -> None:
    for address in ("/api/unity", "/api/whatif", "/view/unity"):
        answer = ask("GET", f"{address}?session=unknown")
        assert answer.status_code == 410
        assert "anew" in answer.json()["errors"][0]["hint"]


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
    assert "cannot read files" in str(told["errors"])


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


FORUM = """\
forum:
  name: The meeting
  place: Here
  perception:
    hope: {value: 0.5, low: 0.2, high: 0.8}
    esteem: {value: 0.2, low: 0.0, high: 0.4}
    noise: 0.0
    reason: Invented.
  meetings:
    spring: {title: Spring, date: 2019-12-01, items: [tolls], present: [THREE], source: Invented.}
"""


def test_a_belief_that_is_moved_moves_the_expectation_as_the_page_computes_it(cache: Path) -> None:
    document = parse(CASE + FORUM)
    held = Study(Case.model_validate(document.data), draws=200)
    told = beliefs(held)[0]
    assert told["present"] == ["DEU", "FRA", "POL"]
    row = told["actors"].index("DEU")
    belief, weight = np.array(told["belief"][row]), np.array(told["weight"][row])
    assert told["belief"][row] == pytest.approx([0.3, 0.4, 0.55])
    assert (weight * belief).sum() / weight.sum() == pytest.approx(told["expectation"][row], rel=1e-5)
    assert told["expectation"][row] < told["outcome"]
