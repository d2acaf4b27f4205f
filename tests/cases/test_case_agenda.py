"""The agenda, the forum and the decisions of a case: what may be asked, and what is said of each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.cases import load_case
from detente.cases.decisions import support_of
from tests.cases.test_case_mistakes import GOOD, STANCE, changed, complaints

ASKED = """\
dependence:
  oil: {title: Oil, kinds: crude_import_share, target: RUS}
agenda:
  blocs: [NATO]
  beside: [RUS]
  capability: {by: series, measure: {by: indicators, title: GDP, reason: Size., name: gdp_usd}}
  items:
    talks:
      title: Talks
      low: none
      high: now
      position:
        {by: assumed, blocs: {NATO: 0.3}, values: {RUS: {value: 0.9, low: 0.8, high: 1.0}}, reason: Said.}
      salience: {by: assumed, otherwise: 0.5, reason: Unknown.}
    pressure:
      title: Pressure
      low: none
      high: much
      position: {by: stance, but: {USA: {value: 0.5, reason: Changed.}}}
      salience:
        {by: series, floor: 0.2, measure: {by: ties, title: Aid, reason: Paid., kinds: aid, target: UKR}}
forum:
  name: Club
  meetings:
    first:
      title: First
      date: 2019-02-01
      items: [talks, pressure]
      present: [NATO]
      absent: [RUS]
      but: {talks: {USA: {value: 0.6, reason: Then.}}}
      perception: {hope: {value: 0.3, low: 0.1, high: 0.5}, noise: 0.1, reason: People hope.}
decisions:
  renewal:
    title: Renewal
    item: pressure
    bloc: NATO
    rule: unanimity
    proposal: 0.6
    otherwise: 0.2
    dates: [2020-07-31]
    every: half-year
    support:
      doubt: {value: 0.1, low: 0.05, high: 0.2, reason: Votes stray.}
      dependence: {value: 0.1, low: 0.0, high: 0.2, reason: Buyers hold back.}
      on: oil
  majority:
    title: Majority
    item: talks
    bloc: NATO
    rule:
      title: Weighted
      passes: {all: [{for: {at_least: 55%}}, {for: {at_least: 65%, of: population}}, {veto: [USA]}]}
    weights: {population: population}
    proposal: 0.6
    otherwise: 0.2
    support: renewal
"""
PERCEPTION = "perception: {hope: {value: 0.3, low: 0.1, high: 0.5}, noise: 0.1, reason: People hope.}"
WHOLE = GOOD + STANCE + ASKED


def test_the_case_of_these_tests_is_good(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    case = load_case(path)
    assert case.agenda is not None and list(case.agenda.items) == ["talks", "pressure"]
    assert case.forum is not None and case.forum.meetings["first"].absent == ("RUS",)
    assert case.decisions["renewal"].cut == pytest.approx(0.4)
    assert support_of(case.decisions["majority"], case.decisions) == case.decisions["renewal"].support


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        ("rule: unanimity", "rule: 3", "decisions.renewal.rule must be text, not 3", "in quotes"),
        ("at_least: 55%", "at_least: 155%", "'155%' is no threshold", "as in 2/3 or 65%"),
        ("{for: {at_least: 55%}}", "{fro: {at_least: 55%}}", "unknown key 'fro'", "did you mean 'for'?"),
        ("at_least: 55%", "at_leest: 55%", "unknown key 'at_leest'", "did you mean 'at_least'?"),
        ("at_least: 55%", "at_most: 55%", "would let more support hurt", "use at_least or more_than"),
        ("veto: [USA]", "veto: [US]", "'US' is not a country code", "ISO 3166"),
        ("passes: {all: [", "passes: {al: [", "unknown key 'al'", "did you mean 'all'?"),
        ("NATO: 0.3", "NAT0: 0.3", "'NAT0' is not declared", "did you mean 'NATO'?"),
        ("NATO: 0.3", "NATO: 1.3", "less than or equal to 1", ""),
        ("value: 0.9, low: 0.8", "value: 0.9, low: 0.95", "0.9 does not lie from 0.95 to 1.0", "order low"),
        ("otherwise: 0.5, reason: Unknown.", "reason: Unknown.", "nothing is assumed", "give `values:`"),
        ("by: stance, but", "by: ideal_points, but", "the case has no `ideal_points`", "add `ideal_points:`"),
        ("{value: 0.5, reason: Changed.}", "0.5", "no reason is given for USA", "add `reason:`"),
        ("by: series, floor", "by: serie, floor", "'serie' is not allowed", "did you mean 'series'?"),
        ("present: [NATO]", "present: [RUS]", "both present and absent: RUS", "keep each in one list"),
        ("present: [NATO]", "present: [NAT0]", "'NAT0' is not declared", "did you mean 'NATO'?"),
        ("{value: 0.6, reason: Then.}", "0.6", "no reason is given for USA on talks", "add `reason:`"),
        ("{talks: {", "{tolks: {", "tolks is not discussed", "add it to `items`"),
        (f"      {PERCEPTION}\n", "",
         "nothing says how beliefs are off at first", "add `perception:`"),
        ("otherwise: 0.5, reason: Unknown.}\n", "otherwise: 0.5, reason: Unknown.}\n    other:\n"
         "      {title: T, low: a, high: b, position: {by: assumed, otherwise: 0.5, reason: R.}}\n",
         "nothing says how much actors care about other", "add `salience:`"),
        ("doubt: {value: 0.1, low: 0.05", "doubt: {value: 0.1, low: 0", "without any doubt", "more than 0"),
        ("support: renewal", "support: renewl", "'renewl' is not declared", "did you mean 'renewal'?"),
        ("support: renewal", "support: majority", "'majority' is not declared", "declared under `decisions`"),
        ("on: oil", "on: gas", "'gas' is not declared", "declared under `dependence`: oil"),
        ("      on: oil\n", "", "dependence and `on` belong together", "give both"),
        ("on: oil\n", "on: oil\n      pressed_by: seats\n", "pressure and `pressed_by`", "give both"),
        ("item: pressure", "item: presure", "'presure' is not declared", "did you mean 'pressure'?"),
        ("bloc: NATO\n    rule: una", "bloc: EU\n    rule: una", "'EU' is not declared", "`blocs`: NATO"),
        ("every: half-year", "every: halfyear", "'halfyear' is not allowed", "did you mean 'half-year'"),
        ("proposal: 0.6\n    otherwise: 0.2\n    dates", "proposal: 0.2\n    otherwise: 0.2\n    dates",
         "the proposal is what holds anyway", "let `proposal` and `otherwise` differ"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_what_to_type(
    tmp_path: Path, old: str, new: str, what: str, hint: str
) -> None:
    found = complaints(tmp_path, changed(old, new, text=WHOLE))
    assert len(found) == 1
    assert found[0][0] > 0 and what in found[0][1] and hint in found[0][2]


def test_the_forum_and_the_agenda_speak_for_meetings_and_items_that_do_not(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    salience = "      salience: {by: assumed, otherwise: 0.5, reason: Unknown.}\n"
    text = changed(f"      {PERCEPTION}\n", "", text=WHOLE).replace(
        "name: Club", f"name: Club\n  {PERCEPTION}"
    )
    text = changed(salience, "", text=text).replace("  beside: [RUS]\n", "  beside: [RUS]\n" + salience[4:])
    path.write_text(text, encoding="utf-8")
    case = load_case(path)
    assert case.forum is not None and case.forum.perceptions("first")[0] == case.forum.perception
    assert case.agenda is not None and case.agenda.cares("talks") == case.agenda.salience


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace("[talks, pressure]", "[talk, pressure]").replace("on: oil", "on: ol")
    found = [what for _, what, _ in complaints(tmp_path, text)]
    assert len(found) == 3  # an undeclared item, a position on an item not discussed, a dependence
