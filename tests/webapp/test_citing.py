"""Views as patches: cited with the command that gives the same numbers, or with what was moved."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from detente.cases import load_case
from detente.cases.scenarios import baseline_digest, scenario_named
from detente.cases.writing import dumped, write_derived
from detente.cases.yamltext import parse
from detente.commands import app
from detente.study import Study
from detente.webapp.asked import QueryError
from detente.webapp.citing import command
from detente.webapp.sessions import Session
from detente.webapp.views import VIEWS, View
from detente.webapp.views.beliefs import beliefs
from detente.webapp.views.seats import asked as asked_of_table
from detente.webapp.views.seats import patch as patch_of_table
from tests.webapp.conftest import Ask
from tests.webapp.test_app import soon
from tests.webapp.tolls import CASE, FORUM


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in ("whatif", "forum", "strategies")])
def test_a_view_is_cited_by_an_empty_patch_with_the_command_in_its_head(
    ask: Ask, session: Session, name: str, tmp_path: Path
) -> None:
    answer = soon(ask, f"/api/patch?view={name}&bloc=THREE")
    assert answer.status_code == 200, answer.text
    assert f"/view/{name}?bloc=THREE" in answer.text
    assert "# detente " in answer.text
    told = parse(answer.text).data
    assert (told["patch"], told["baseline"]) == ({}, baseline_digest(session.case))
    path = tmp_path / "patch.yaml"
    path.write_text(answer.text, encoding="utf-8")
    assert scenario_named(session.case, str(path)).title


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_command_that_is_cited_is_one(session: Session, view: View) -> None:
    """With the seed and the draws of the page, and a path as the shell takes it."""
    words = shlex.split(command(session, view, "./my case.yaml"))[1:]
    _, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    run = bound.arguments.get("run")
    given = {**bound.arguments, **(vars(run) if run is not None else {})}
    assert str(given["case"]) == "./my case.yaml"
    assert (given["seed"], given["draws"]) == (session.study.seed, session.study.draws)


def seats() -> dict[str, Any]:
    """Return a meeting of three as the page has it: of equal weight, the first sees the others nearer."""
    return {
        "beliefs": [
            {
                "meeting": "spring", "item": "tolls", "actors": ["DEU", "FRA", "POL"],
                "present": ["DEU", "FRA", "POL"],
                "belief": [[0.3, 0.4, 0.55]] * 3, "weight": [[1.0, 1.0, 1.0]] * 3,
                "expectation": [0.4166, 0.5, 0.6], "outcome": 0.5,
            }
        ]
    }  # fmt: skip


def test_the_data_of_the_forum_follow_what_is_moved() -> None:
    told = asked_of_table(seats(), {"meeting": "spring", "observer": "DEU", "seen.POL": "0.85"})["asked"]
    assert told["expectation"] == pytest.approx((0.3 + 0.4 + 0.85) / 3, rel=1e-5)
    assert (told["item"], told["seen"], told["outcome"]) == ("tolls", {"POL": 0.85}, 0.5)
    assert asked_of_table(seats(), {"observer": "POL"})["asked"]["expectation"] == pytest.approx(
        1.25 / 3, rel=1e-5
    )
    assert asked_of_table(seats(), {"meeting": "spring"})["asked"]["observer"] == "POL"
    assert asked_of_table(seats(), {"theme": "dark"}) == {}


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"meeting": "sprnig"}, "meeting"),
        ({"observer": "ITA"}, "observer"),
        ({"observer": "DEU", "seen.DEU": "0.5"}, "seen"),
        ({"observer": "DEU", "seen.POL": "1.5"}, "seen.POL"),
        ({"observer": "DEU", "seen.POL": "nan"}, "seen.POL"),
        ({"observer": "DEU", "seen.POL": "high"}, "seen.POL"),
    ],
)
def test_a_seat_that_cannot_be_is_refused(query: dict[str, str], where: str) -> None:
    with pytest.raises(QueryError) as caught:
        asked_of_table(seats(), query)
    assert [each.where for each in caught.value.problems] == [where]


def test_what_is_moved_at_the_table_runs_as_a_case_of_its_own(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tolls.yaml").write_text(CASE + FORUM, encoding="utf-8")
    case = load_case(Path("tolls.yaml"))
    before = beliefs(Study(case, draws=200))[0]
    query = {"meeting": "spring", "item": "tolls", "observer": "DEU", "seen.POL": "0.9"}
    told = asked_of_table({"beliefs": [before]}, query)
    held = {"title": "Moved", "baseline": baseline_digest(case), "patch": patch_of_table(case, told),
            "reason": "Moved."}  # fmt: skip
    Path("patch.yaml").write_text(dumped(held), encoding="utf-8")
    write_derived("mine", case, "./patch.yaml", folder=Path())
    after = beliefs(Study(load_case(Path("mine.yaml")), draws=200))[0]
    place = after["actors"].index("DEU")
    assert after["expectation"][place] == pytest.approx(told["asked"]["expectation"], rel=1e-5)
    assert after["expectation"][place] != before["expectation"][place]
