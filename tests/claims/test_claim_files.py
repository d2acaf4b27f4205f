"""Claims in a case file: what a test may say, and what is said of each mistake, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.test_case_camps import load
from tests.cases.test_case_mistakes import GOOD, complaints

CLAIMS = """\
claims:
  unity:
    statement: They are united.
    who: Somebody
    when: 2019
    source: A paper
    tests:
      level:
        kind: level
        read: {measure: pi, of: NATO, issue: all, span: late}
        supported: {above: 0.5}
        contradicted: {below: 0.4}
        reason: Because.
      record: {kind: record, topic: meetings, supports: [held], contradicts: [off], reason: So.}
      none: {kind: untestable, why: Nothing is known., needed: Something.}
"""
READ = "read: {measure: pi, of: NATO, issue: all, span: late}"


def test_the_claims_of_these_tests_are_good(tmp_path: Path) -> None:
    load(tmp_path, GOOD + CLAIMS)
    load(tmp_path, GOOD + CLAIMS.replace("when: 2019", "when: 2019-06-30"))


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "hint"),
    [
        ("measure: pi", "measure: spred", 21, "'spred' is not allowed", "did you mean 'spread'?"),
        ("of: NATO,", "of: NAT0,", 21, "'NAT0' is not declared", "did you mean 'NATO'?"),
        ("span: late", "span: lat", 21, "'lat' is not declared", "did you mean 'late'?"),
        ("issue: all,", "", 19, "pi is not said on which issue", "add `issue:`"),
        ("span: late}", "span: late, view: bad}", 19, "pi takes no `view`", "it takes issue, of, span"),
        (READ, "read: {measure: ideal_point, of: NATO, span: late}", 19, "is read in a year", "as in 2019"),
        ("{below: 0.4}", "{above: 0.4}", 19, "what supports it contradicts it", "face apart"),
        ("{below: 0.4}", "{below: 0.7}", 19, "a figure of 0.6 would do both", "move the lines apart"),
        ("{above: 0.5}", "{above: 0.5, below: 1}", 22, "2 lines are given", "exactly one of above"),
        ("{above: 0.5}", "{}", 22, "0 lines are given", "exactly one of above"),
        ("contradicts: [off]", "contradicts: [held]", 25, "held speaks for the claim and against it", ""),
        ("reason: Because.", "may_postdate: true\n        reason: So.", 19, "after the claim is used",
         "add `postdate_reason:`"),
        ("when: 2019", "when: 2021", 16, "made after the day the brief looks from", "a later `as_of`"),
        ("when: 2019", "when: spring", 16, "'spring' is neither a day nor a year", "2024-02-18, or 2024"),
        ("needed: Something.", "reason: None.", 26, "unknown key 'reason'", "allowed here: kind"),
        ("kind: untestable", "kind: untested", 26, "'untested' is not allowed", "did you mean 'untestable'"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_where_it_stands(
    tmp_path: Path, old: str, new: str, line: int, what: str, hint: str
) -> None:
    assert old in CLAIMS
    found = complaints(tmp_path, GOOD + CLAIMS.replace(old, new))
    assert any(at == line and what in told and hint in say for at, told, say in found), found


AHEAD = """\
      {name}:
        kind: projection
        quantity: {{cohesion: NATO, item: line}}
        stays: {{below: 0.2}}
        supported: {{above: {line}}}
        reason: Because.
"""


def test_tests_on_futures_need_futures_and_say_that_they_come_after_the_claim(tmp_path: Path) -> None:
    found = complaints(tmp_path, GOOD + CLAIMS + AHEAD.format(name="ahead", line=0.5))
    told = " ".join(f"{what} {hint}" for _, what, hint in found)
    assert "needs `projection:`" in told
    assert "futures begin on 2020-01-01, after the claim (2019-12-31)" in told
    assert "add `may_postdate: true` and `postdate_reason:`" in told


def test_a_probability_has_lines_from_0_to_1(tmp_path: Path) -> None:
    found = complaints(tmp_path, GOOD + CLAIMS + AHEAD.format(name="ahead", line=50))
    assert any("a probability lies from 0 to 1" in what for _, what, _ in found)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = CLAIMS.replace("measure: pi", "measure: spred").replace(
        "contradicts: [off]", "contradicts: [held]"
    )
    assert len(complaints(tmp_path, GOOD + text)) >= 2


def test_levers_and_objectives_are_those_of_the_player(tmp_path: Path) -> None:
    from detente.cases.references_claims import broken

    strategies = {
        "players": {"east": {"objectives": {"trade": {}}}, "west": {"objectives": {"unity": {}}}},
        "levers": {"sell": {"owner": "east"}, "buy": {"owner": "west"}},
    }
    test = {"kind": "strategy", "player": "east", "levers": ["sel", "buy"], "objective": "trad"}
    held = {"strategies": strategies, "claims": {"one": {"when": 2019, "tests": {"a": test}}}}
    hints = [each.hint for each in broken(held)]
    assert "did you mean 'sell'" in hints[0]
    assert "owned by east`: sell" in hints[1]
    assert "did you mean 'trade'" in hints[2]
