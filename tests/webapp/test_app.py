"""The page and its JSON: views, twins, downloads, uploads, sessions that are gone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import httpx
import numpy as np
import pytest

from detente.cases import Case
from detente.cases.yamltext import parse
from detente.study import Study
from detente.webapp.views import VIEWS
from detente.webapp.views.beliefs import beliefs
from tests.webapp.conftest import Ask
from tests.webapp.tolls import CASE, FORUM


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
