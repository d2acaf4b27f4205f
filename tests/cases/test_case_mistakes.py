"""What a user sees who makes mistakes in a case: all of them at once, each at its line, with what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.cases import load_case
from detente.errors import CaseError

GOOD = """\
detente: 1
title: A title
question: A question?
as_of: 2020-01-01
rival: RUS
blocs:
  NATO: {title: NATO, members: evidence}
issues:
  all: {title: All}
windows:
  late: {title: Late, since: 2014-01-01, until: 2019-12-31}
"""

STANCE = """\
stance:
  title: Stance
  blocs: [NATO]
  positive: USA
  measurements:
    vote: {by: votes, title: Vote, reason: Because., resolution: A/RES/68/262}
    tie: {by: ties, title: Tie, reason: Because., kinds: view_unfavourable, target: RUS}
    agree: {by: agreement, title: A, reason: Because., partner: USA, issue: all, window: late}
"""


def complaints(tmp_path: Path, text: str | bytes) -> list[tuple[int, str, str]]:
    """Return (line, what, hint) of every problem that the reader finds in `text`."""
    path = tmp_path / "case.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CaseError) as caught:
        load_case(path)
    found = []
    for problem in caught.value.problems:
        file, _, line = problem.where.rpartition(":")
        assert file == str(path) or problem.where == str(path)
        found.append((int(line) if line.isdigit() else 0, problem.what, problem.hint))
    return found


def changed(old: str, new: str, *, text: str = GOOD + STANCE) -> str:
    """Return the good case with one change."""
    assert text.count(old) == 1
    return text.replace(old, new)


def test_the_good_case_of_these_tests_is_good(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(GOOD + STANCE, encoding="utf-8")
    assert load_case(path).name == "case"
    assert load_case(path).file == path


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "hint"),
    [
        ("rival: RUS", "rivall: RUS", 5, "unknown key 'rivall'", "did you mean 'rival'?"),
        ("rival: RUS", "", 1, "rival is missing", "add `rival:` (The actor against whom unity is asked for)"),
        ("rival: RUS", "rival: Russia", 5, "rival: 'Russia' is not a country code", "'FRA' (not 'FR'"),
        ("rival: RUS", "rival: 643", 5, "rival must be text, not 643", "put it in quotes"),
        ("rival: RUS", "rival: RUS\nally: RUS", 6, "ally: 'RUS' is the rival", "the other side"),
        ("title: A title", "title:", 2, "title is empty: it must be text", "after the colon"),
        ("as_of: 2020-01-01", "as_of: 2020", 4, "as_of must be a date, not 2020", "as in 2020-01-01"),
        ("as_of: 2020-01-01", "as_of: 2020-02-30", 4, "as_of: 2020-02-30 is no day", "correct the month"),
        (
            "since: 2014-01-01",
            "since: 1014-01-01",
            11,
            "windows.late.since: 1014-01-01 is out of",
            "1816 to 2100",
        ),
        (
            "as_of: 2020-01-01",
            "as_of: 2010-01-01",
            11,
            "windows.late.since: the window begins after",
            "`as_of`",
        ),
        ("members: evidence", "members: evidense", 7, "blocs.NATO.members: 'evidense' is not", "'evidence'?"),
        ("members: evidence", "members: [USA]", 7, "blocs.NATO: listed members are an", "add `reason:`"),
        ("members: evidence", "of: NATO", 7, "blocs.NATO.of: goes in a circle", "state its `members`"),
        (
            "members: evidence",
            "of: NATOO",
            7,
            "blocs.NATO.of: 'NATOO' is not declared",
            "did you mean 'NATO'?",
        ),
        (", members: evidence", "", 7, "blocs.NATO: members come from exactly one place", "of: BLOC"),
        (
            "NATO: {title: NATO, members: evidence}",
            "NATO: [USA]",
            7,
            "blocs.NATO must be a section",
            "indented",
        ),
        (
            "  all: {title: All}",
            "  all: {title: All}\n  Q 1: {title: Q}",
            10,
            "issues.Q 1: 'Q 1' is not a key",
            "small",
        ),
        (
            "since: 2014-01-01",
            "from: 2014-01-01",
            11,
            "windows.late: unknown key 'from'",
            "did you mean 'since'?",
        ),
        (
            "until: 2019-12-31",
            "until: 2009-12-31",
            11,
            "windows.late: until (2009-12-31) comes before",
            "swap",
        ),
        ("blocs: [NATO]", "blocs: [NATO, NAT0]", 14, "stance.blocs[1]: 'NAT0' is not declared", "'NATO'?"),
        ("blocs: [NATO]", "blocs: [NATO, NATO]", 12, "stance: bloc named twice: NATO", "name each once"),
        ("blocs: [NATO]", "blocs: NATO", 14, "stance.blocs must be a list, not 'NATO'", "in brackets"),
        (
            "by: votes",
            "by: vote",
            17,
            "stance.measurements.vote.by: 'vote' is not allowed",
            "did you mean 'votes'?",
        ),
        (
            "by: votes, ",
            "",
            17,
            "stance.measurements.vote.by is missing",
            "one of agreement, indicators, ties",
        ),
        (
            "kinds: view",
            "kind: view",
            18,
            "stance.measurements.tie: unknown key 'kind'",
            "did you mean 'kinds'?",
        ),
        ("target: RUS", "target: RUS, take: lst", 18, "stance.measurements.tie.take: 'lst'", "mean 'last'"),
        (
            "target: RUS",
            "target: RUS, fill: {value: 0}",
            18,
            "stance.measurements.tie.fill.reason",
            "add `reason:`",
        ),
        (
            "target: RUS",
            "target: RUS, direction: 2",
            18,
            "stance.measurements.tie.direction: 2",
            "allowed: 1, -1",
        ),
        ("target: RUS", "target: RUS, through: [EU]", 18, "stance.measurements.tie.through[0]: 'EU'", "NATO"),
        (
            "issue: all",
            "issue: al",
            19,
            "stance.measurements.agree.issue: 'al' is not",
            "did you mean 'all'?",
        ),
        ("window: late", "window: lat", 19, "stance.measurements.agree.window: 'lat' is not", "mean 'late'?"),
        ("positive: USA", "positive: RUS", 15, "stance.positive: 'RUS' is the rival", "the other side"),
        ("detente: 1", "detente: '1'", 1, "detente: '1' is not allowed", "write it without quotes"),
    ],
)
def test_a_mistake_is_named_alone_at_its_line_with_what_to_type(
    tmp_path: Path, old: str, new: str, line: int, what: str, hint: str
) -> None:
    found = complaints(tmp_path, changed(old, new))
    assert len(found) == 1, found
    assert found[0][0] == line
    assert found[0][1].startswith(what)
    assert hint in found[0][2]


def test_all_mistakes_are_named_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = changed("rival: RUS", "rival: Russia")
    text = changed("blocs: [NATO]", "blocs: [NATOO]", text=text)
    text = changed("  all: {title: All}", "  all: {title: All}\n  all: {title: Again}", text=text)
    text = changed("by: votes", "by: vote", text=text)
    lines = [line for line, _, _ in complaints(tmp_path, text)]
    assert lines == [5, 10, 15, 18]


def test_lines_of_nested_lists_are_right(tmp_path: Path) -> None:
    spell = "{actor: CAN,\n         since: 1990-01-01, until: 1980-01-01}"
    members = f"members:\n      - USA\n      - {spell}\n      - no\n"
    text = changed("{title: NATO, members: evidence}", f"\n    title: N\n    reason: r\n    {members}")
    found = complaints(tmp_path, text)
    assert [line for line, _, _ in found] == [12, 14]
    assert found[0][1].startswith("blocs.NATO.members[1]: until")
    assert found[1][1] == "blocs.NATO.members[2]: 'no' is not a country code"


def test_an_empty_section_is_named(tmp_path: Path) -> None:
    found = complaints(tmp_path, changed("  all: {title: All}", "  {}", text=GOOD))
    assert found == [(8, "issues needs at least 1, has 0", "add to it")]


def test_a_long_value_is_not_repeated_in_full(tmp_path: Path) -> None:
    found = complaints(tmp_path, changed("rival: RUS", f"rival: {'x' * 5000}"))
    assert len(found[0][1]) < 120


def test_a_duplicate_key_is_named_with_both_lines(tmp_path: Path) -> None:
    found = complaints(tmp_path, GOOD + "title: Another\n")
    assert found == [(12, "'title' stands here twice: first in line 2", "remove one of them, or rename it")]


def test_a_bomb_of_aliases_is_refused_without_being_expanded(tmp_path: Path) -> None:
    levels = "".join(f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]\n" for i in range(1, 40))
    found = complaints(tmp_path, GOOD + "x0: &x0 [a]\n" + levels)
    assert (12, "'&x0' names a part to repeat", "remove it: aliases are not read") in found
    assert any(what == "'*x0' repeats another part" for _, what, _ in found)


def test_a_tag_runs_nothing_and_is_named(tmp_path: Path) -> None:
    made = tmp_path / "made"
    found = complaints(tmp_path, f"{GOOD}notes: [!!python/object/apply:os.mkdir ['{made}']]\n")
    assert not made.exists()
    assert found[0][:2] == (12, "the tag '!!python/object/apply:os.mkdir' is not read")


def test_deep_nesting_is_refused_without_recursion(tmp_path: Path) -> None:
    found = complaints(tmp_path, GOOD + "notes: " + "[" * 5000)
    assert found[0][1] == "nested more than 20 deep"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 0, "is empty"),
        ("# nothing but a comment\n", 0, "is empty"),
        ("- a\n- b\n", 0, "is not a section of keys"),
        ("just words\n", 0, "is not a section of keys"),
        (GOOD.replace("  all:", "\tall:"), 9, "a tab stands at the start of the line"),
        (GOOD + "notes: [a\n", 13, "not YAML:"),
        (GOOD + "---\ndetente: 1\n", 12, "a second document starts here"),
        (GOOD + "? [a]\n: b\n", 12, "a list or section stands where a key should"),
        (GOOD + "notes: [\x07]\n", 12, "a character that no text may hold (U+0007)"),
        (GOOD.encode() + b"notes: [\xff]\n", 12, "is not UTF-8 text"),
        (GOOD.encode("utf-16"), 1, "is not UTF-8 text"),
        ("#" * 1_000_001, 0, "is larger than 1 MB"),
    ],
)
def test_text_that_is_no_case_is_refused_with_the_reason(
    tmp_path: Path, text: str | bytes, line: int, what: str
) -> None:
    found = complaints(tmp_path, text)
    assert len(found) == 1, found
    assert found[0][0] == line
    assert found[0][1].startswith(what)
    assert found[0][2]


@pytest.mark.parametrize(
    ("asked", "what", "hint"),
    [
        ("atlantik", "no case of this name", "did you mean 'atlantic'? cases that ship: asean, atlantic"),
        ("zzz", "no case of this name", "cases that ship: asean, atlantic"),
        ("no/such/atlantik.yaml", "no such file", "did you mean 'atlantic'?"),
        ("library", "is a folder, not a case file", "name the file in it: mine.yaml"),
        ("library/nime.yaml", "no such file", "did you mean 'mine.yaml'?"),
    ],
)
def test_a_case_that_is_not_there_is_met_with_what_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, what: str, hint: str
) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "mine.yaml").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaseError) as caught:
        load_case(asked)
    problem = caught.value.problems[0]
    assert (problem.where, problem.what) == (asked, what)
    assert hint in problem.hint


def test_a_list_whose_items_are_wrong_is_not_also_called_too_short(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(
        "detente: 1\ntitle: T\nquestion: Q?\nas_of: 2020-01-01\nrival: RUS\n"
        "blocs:\n  A: {title: A, reason: r, members: [FRANCE]}\nissues: {all: {title: All}}\n"
        "windows: {w: {title: W, since: 2018-01-01, until: 2019-01-01}}\n",
        encoding="utf-8",
    )
    with pytest.raises(CaseError) as caught:
        load_case(path)
    assert [problem.what for problem in caught.value.problems] == [
        "blocs.A.members[0]: 'FRANCE' is not a country code"
    ]


POINTS = """\
compare:
  sides: {title: Sides, sides: [NATO, RUS]}
ideal_points:
  positive: USA
  issue: all
  show: [NATO, FRA]
  compare: [sides]
  since: 1990
  published: ideal_point_all
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "hint"),
    [
        ("issue: all", "issue: al", 16, "ideal_points.issue: 'al' is not declared", "did you mean 'all'?"),
        ("show: [NATO,", "show: [NAT0,", 17, "ideal_points.show[0]: 'NAT0' is not", "did you mean 'NATO'?"),
        ("compare: [sides]", "compare: [side]", 18, "ideal_points.compare[0]: 'side' is", "mean 'sides'?"),
        ("positive: USA", "positive: RUS", 15, "ideal_points.positive: 'RUS' is the rival", "other side"),
        ("since: 1990", "since: 1990\n  until: 80", 14, "one of since and until is a session", "as years"),
        ("since: 1990", "since: 1990\n  until: 1980", 14, "until (1980) comes before since (1990)", "swap"),
        ("show: [NATO, FRA]", "show: [FRA, FRA]", 14, "series named twice: FRA", "name each once"),
        ("issue: all", "prior: bvs", 16, "ideal_points.prior: 'bvs' is not allowed", "did you mean 'bsv'?"),
    ],
)
def test_a_mistake_in_ideal_points_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, what: str, hint: str
) -> None:
    found = complaints(tmp_path, changed(old, new, text=GOOD + POINTS))
    assert len(found) == 1
    assert found[0][0] == line and what in found[0][1] and hint in found[0][2]


def test_ideal_points_by_session_and_a_single_published_series_are_read(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(changed("since: 1990", "since: 44", text=GOOD + POINTS), encoding="utf-8")
    points = load_case(path).ideal_points
    assert points is not None and points.by_session and points.published == ("ideal_point_all",)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "is a folder"),
        (" ", "no case of this name"),
        ("~nobody of this name/mine.yaml", "no such file"),
        ("~\x00", "no case of this name"),
        ("a" * 300 + ".yaml", "cannot be read"),
    ],
)
def test_a_name_that_no_file_has_is_told_with_its_place(name: str, what: str) -> None:
    with pytest.raises(CaseError, match=what) as caught:
        load_case(name)
    assert all(problem.where.strip() and problem.hint for problem in caught.value.problems)
