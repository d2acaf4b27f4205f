"""A new case made from another: the same case, or what a patch makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from detente.cases import load_case
from detente.cases.reading import case_digest
from detente.cases.scenarios import baseline_digest
from detente.cases.writing import write_derived
from detente.commands import main
from detente.errors import CaseError

OWN = """\
detente: 1
title: Mine
question: Why?
as_of: 2020-01-01
rival: RUS
blocs: {TWO: {title: Two, members: [DEU, FRA], reason: Invented.}}
issues: {all: {title: All}}
windows: {w: {title: W, since: 2018-01-01, until: 2019-01-01}}
data: [{path: gas.csv, mapping: maps/gas.yaml}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(*words: str) -> object:
    """Return the exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return ended.value.code


def patch(baseline: str, **sections: object) -> str:
    held = {"title": "Otherwise", "baseline": baseline, "patch": sections, "reason": "To try."}
    Path("patch.yaml").write_text(yaml.safe_dump(held), encoding="utf-8")
    return "./patch.yaml"


def test_a_copy_is_the_same_case(here: Path) -> None:
    atlantic = load_case("atlantic")
    assert case_digest(load_case(write_derived("mine", atlantic, None, folder=here))) == case_digest(atlantic)


def test_a_patch_may_change_any_section(here: Path) -> None:
    digest = baseline_digest(load_case("atlantic"))
    given = patch(digest, question="And otherwise?", forum={"note": "Changed."})
    assert typed("new", "mine", "--from", "atlantic", "--patch", given) == 0
    made = load_case(here / "mine.yaml")
    assert made.question == "And otherwise?"
    assert made.forum is not None and made.forum.note == "Changed."
    assert "Otherwise" in (here / "mine.yaml").read_text(encoding="utf-8").splitlines()[0]


def test_scenarios_of_a_case_that_changed_are_said_to_name_the_earlier_one(here: Path) -> None:
    made = write_derived("thawed", load_case("atlantic"), "thaw", folder=here)
    said = made.read_text(encoding="utf-8")
    assert f'set `baseline: "{baseline_digest(load_case(made))}"`' in said


def test_tables_of_a_case_are_found_from_elsewhere(here: Path) -> None:
    (here / "one").mkdir()
    (here / "one" / "own.yaml").write_text(OWN, encoding="utf-8")
    case = load_case(here / "one" / "own.yaml")
    made = load_case(write_derived("mine", case, None, folder=here))
    assert [path.resolve() for path, _ in made.tables()] == [here / "one" / "gas.csv"]
    assert [Path(str(mapping)).resolve() for _, mapping in made.tables()] == [
        here / "one" / "maps" / "gas.yaml"
    ]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"baseline": "1" * 16}, "was written for the baseline"),
        ({"sections": {"forun": {}}}, "forun"),
        ({"sections": {"blocs": {"NATO": {"title": 3}}}}, "blocs.NATO"),
    ],
)
def test_a_patch_that_does_not_fit_writes_nothing(
    here: Path, given: dict[str, object], complaint: str
) -> None:
    atlantic = load_case("atlantic")
    sections = given.get("sections", {})
    assert isinstance(sections, dict)
    name = patch(str(given.get("baseline", baseline_digest(atlantic))), **sections)
    with pytest.raises(CaseError, match=complaint):
        write_derived("mine", atlantic, name, folder=here)
    assert not (here / "mine.yaml").exists()


def test_a_patch_alone_is_no_case(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("new", "mine", "--patch", "./patch.yaml") == 2
    assert "--from" in capsys.readouterr().err


def test_a_scenario_of_a_case_has_to_change_something(here: Path) -> None:
    empty = {"title": "Same", "baseline": "1" * 16, "patch": {}, "reason": "None."}
    path = here / "own.yaml"
    path.write_text(OWN + yaml.safe_dump({"scenarios": {"same": empty}}), encoding="utf-8")
    with pytest.raises(CaseError, match="changes nothing"):
        load_case(path)
