"""Case files of an earlier version are read with a note, and of a later one refused with what is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detente.cases import case_digest, load_case, migrating
from detente.errors import CaseError
from detente.measurement.checks import preflight
from tests.measurement.small_evidence import SmallEvidence

CASE = """\
detente: {version}
title: Tolls
question: Do the three hold together?
as_of: 2020-01-01
{against}: RUS
blocs:
  THREE: {{title: The three, members: [DEU, FRA, POL], reason: Invented.}}
issues:
  all: {{title: All}}
windows:
  w: {{title: W, since: 2018-01-01, until: 2019-01-01}}
"""


def to_one(data: dict[str, Any]) -> dict[str, Any]:
    """Return a case of a made-up version 0, in which the rival was called the enemy, as one of version 1."""
    return {("rival" if key == "enemy" else key): value for key, value in data.items()}


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case of a made-up earlier version, with the migration from it."""
    monkeypatch.setitem(migrating.MIGRATIONS, 0, to_one)
    path = tmp_path / "tolls.yaml"
    path.write_text(CASE.format(version=0, against="enemy"), encoding="utf-8")
    return path


def test_a_case_of_an_earlier_version_is_read_as_one_of_this_with_a_note(
    earlier: Path, tmp_path: Path
) -> None:
    now = tmp_path / "now.yaml"
    now.write_text(CASE.format(version=1, against="rival"), encoding="utf-8")
    old, new = load_case(earlier), load_case(now)
    assert case_digest(old) == case_digest(new)
    assert (old.written_for, new.written_for) == (0, None)
    notes = {
        name: [each for each in preflight(case, SmallEvidence()) if each.where == "detente"]
        for name, case in (("old", old), ("new", new))
    }
    assert notes["new"] == [] and [each.level for each in notes["old"]] == ["note"]
    assert "was written for version 0" in notes["old"][0].what


def test_mistakes_in_an_earlier_case_keep_their_lines(earlier: Path) -> None:
    earlier.write_text(earlier.read_text(encoding="utf-8") + "colour: blue\n", encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        load_case(earlier)
    (problem,) = caught.value.problems
    assert problem.where.endswith("tolls.yaml:12") and "colour" in problem.what


def test_an_earlier_version_without_a_migration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tolls.yaml"
    path.write_text(CASE.format(version=0, against="rival"), encoding="utf-8")
    with pytest.raises(CaseError, match="detente: 0 is not allowed"):
        load_case(path)


def test_a_later_version_names_the_detente_that_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "tolls.yaml"
    path.write_text(CASE.format(version=7, against="foe"), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        load_case(path)
    (problem,) = caught.value.problems
    assert problem.where.endswith("tolls.yaml:1")
    assert "later than detente" in problem.what and "that reads version 7" in problem.hint
