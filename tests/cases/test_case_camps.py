"""The camps of a case: what it may ask for, and what is said of each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.cases import load_case, shipped_cases
from tests.cases.test_case_mistakes import GOOD, complaints

CAMPS = """\
camps:
  layers:
    votes: {by: votes, issue: all}
    pacts: {by: ties, kinds: alliance_defence, sign: 1, weight: 2, reason: Treaties bind., through: [NATO]}
    news: {by: events, take: net, classes: [material_conflict]}
  k: any
  years: {since: 2010, until: 2012}
  windows: [late]
  blocs: [NATO]
  core: {NATO: [USA, GBR]}
  show: [NATO, RUS]
"""


def load(tmp_path: Path, text: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    load_case(path)


def test_the_camps_of_these_tests_are_good(tmp_path: Path) -> None:
    load(tmp_path, GOOD + CAMPS)
    load(tmp_path, GOOD + CAMPS.replace("k: any", "k: 3"))


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "hint"),
    [
        ("issue: all", "issue: al", 14, "'al' is not declared", "did you mean 'all'?"),
        ("issue: all", "issue: all, codes: [me]", 14, "chosen twice", "keep the issue, or codes"),
        ("by: votes", "by: vote", 14, "'vote' is not allowed", "did you mean 'votes'?"),
        ("sign: 1, ", "", 15, "camps.layers.pacts.sign is missing", "binds two actors, -1 where"),
        ("sign: 1", "sign: 2", 15, "2 is not allowed", "allowed: 1, -1"),
        ("reason: Treaties bind., ", "", 12, "is assumed in pacts", "add `reason:`"),
        ("through: [NATO]", "through: [EU]", 15, "'EU' is not declared", "declared under `blocs`: NATO"),
        ("weight: 2", "weight: 0", 15, "greater than 0", ""),
        ("take: net", "take: median", 16, "'median' is not allowed", "allowed: mean, sum, net"),
        (
            "[material_conflict]",
            "[material_conflicts]",
            16,
            "not allowed",
            "did you mean 'material_conflict'",
        ),
        ("k: any", "k: 0", 17, "0 is no number of camps", "write 2, 3, ... or any"),
        ("k: any", "k: 2.5", 17, "2.5 is no number of camps", "or any"),
        ("k: any", "k: two", 17, "'two' is no number of camps", "or any"),
        ("until: 2012", "until: 2009", 18, "until (2009) comes before since (2010)", "swap"),
        ("until: 2012", "until: 2021", 18, "2021 comes after the day the brief looks from", "earlier year"),
        ("windows: [late]", "windows: [lat]", 19, "'lat' is not declared", "did you mean 'late'?"),
        ("blocs: [NATO]", "blocs: [NATO, NATO]", 12, "bloc named twice: NATO", "name each once"),
        ("blocs: [NATO]", "blocs: [USA]", 20, "'USA' is not declared", "declared under `blocs`"),
        ("NATO: [USA, GBR]", "NAT0: [USA, GBR]", 21, "'NAT0' is not declared", "did you mean 'NATO'?"),
        ("[USA, GBR]", "[UK]", 21, "'UK' is not a country code", "ISO 3166"),
        ("[NATO, RUS]", "[NAT0, RUS]", 22, "'NAT0' is not declared", "did you mean 'NATO'?"),
        ("k: any", "kk: any", 17, "unknown key 'kk'", "allowed here: title, layers, k"),
    ],
)
def test_each_mistake_is_named_at_its_line_with_what_to_type(
    tmp_path: Path, old: str, new: str, line: int, what: str, hint: str
) -> None:
    assert CAMPS.count(old) == 1
    found = complaints(tmp_path, GOOD + CAMPS.replace(old, new))
    assert len(found) == 1
    assert found[0][0] == line and what in found[0][1] and hint in found[0][2]


def test_a_core_belongs_to_a_bloc_that_is_asked_for(tmp_path: Path) -> None:
    two = GOOD.replace("blocs:\n", "blocs:\n  EU: {title: EU, members: evidence}\n")
    found = complaints(tmp_path, two + CAMPS.replace("core: {NATO:", "core: {EU:"))
    assert [(what, hint) for _, what, hint in found] == [
        ("camps.core.EU: 'EU' is not among `camps.blocs`", "add it there, or take its core out")
    ]


def test_camps_need_a_period(tmp_path: Path) -> None:
    text = CAMPS.replace("  years: {since: 2010, until: 2012}\n  windows: [late]\n", "")
    found = complaints(tmp_path, GOOD + text)
    assert "no period is named" in found[0][1] and "add `years:`" in found[0][2]
    load(tmp_path, GOOD + "history: {since: 2010, until: 2012}\n" + text)


@pytest.mark.parametrize("name", shipped_cases())
def test_shipped_cases_ask_for_camps_by_votes_and_say_why(name: str) -> None:
    spec = load_case(name).camps
    assert spec is not None and spec.most == 2 and spec.reason and spec.note
    layer = next(iter(spec.layers.values()))
    assert layer.by == "votes" and layer.measure == "pi" and layer.reason
