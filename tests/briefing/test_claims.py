"""The section on claims: sentences turn with the numbers, and a verdict is told by word and shape."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.briefing.answer import answer
from detente.briefing.exhibits import Docket, Section, Table
from detente.briefing.material import Material
from detente.briefing.page import verdict_mark
from detente.briefing.prose import Cited
from detente.briefing.sections.claims import claims
from detente.claims.audit import Audit
from detente.claims.frames import framed
from detente.claims.verdicts import VERDICTS
from tests.briefing.ruritania import case_of, material, write

TEST = {
    "claim": "union", "test": "level", "kind": "level", "title": "How alike they vote", "asks": "agreement",
    "verdict": "supported", "value": 0.9, "low": 0.88, "high": 0.92, "unit": "index", "mark": "estimated",
    "method": "bootstrap", "n": 80, "counted": "roll calls", "supported_word": "above", "supported_at": 0.8,
    "contradicted_word": "at_most", "contradicted_at": 0.8, "supports_from": 0.82, "denies_from": 0.78,
    "postdates": 0, "reason": "It is a reason.", "sources": "ballots", "floor": 0.0, "ceiling": 1.0,
}  # fmt: skip
NONE = {
    "claim": "union", "test": "none", "kind": "untestable", "title": "What they hope",
    "verdict": "untestable", "why": "Hopes leave no record", "needed": "Their diaries of 2020",
}  # fmt: skip
ROWS = [
    {"claim": "union", "test": "level", "what": "agreement", "value": 0.9, "unit": "index",
     "mark": "estimated", "source": "ballots", "locator": "", "actor": "AAA"},
]  # fmt: skip


def told(*tests: dict[str, Any], verdict: str = "supported", **more: Any) -> Material:
    """Return the invented world with one claim, whose tests came out like this."""
    n = {str(each): sum(test["verdict"] == each for test in tests) for each in VERDICTS}
    row: dict[str, Any] = {"claim": "union", "statement": "They are united.", "who": "Somebody",
           "when": "2020", "made": "2020-12-31", "source": "A paper", "verdict": verdict,
           "tests": len(tests), **n, "assumed": 0, "postdates": 0, **more}  # fmt: skip
    audit = Audit(
        framed("claims", [row]),
        framed("tests", tests),
        framed("rows", [row for row in ROWS if row["test"] in [test["test"] for test in tests]]),
    )
    return replace(material(), audit=audit)


def section(*tests: dict[str, Any], **more: Any) -> Section:
    found = claims(told(*tests, **more))
    assert found is not None
    return found


def said(test: dict[str, Any]) -> dict[str, str]:
    """Return what is said of one test, by heading."""
    (docket,) = [each for each in section(test).exhibits if isinstance(each, Docket)]
    return {head: sentence.text() for head, sentence in docket.hearings[0].trials[0].said}


def test_a_case_without_claims_has_no_section() -> None:
    assert claims(material()) is None


def test_the_opening_counts_verdicts() -> None:
    ((first, *rest),) = section(TEST).paragraphs
    assert first.text() == "Of 1 claim, 1 is supported." and not rest
    ((_, assumed, late),) = section(TEST, assumed=1, postdates=1).paragraphs
    assert "rest on assumptions" in assumed.text() and "after the claim is used" in late.text()


def test_the_figure_has_its_interval_and_how_many_are_behind_it() -> None:
    assert said(TEST)["Figure"] == "0.90 (0.88 to 0.92), over 80 roll calls."
    assert said(TEST)["Test"] == "Agreement; supported above 0.80, contradicted at 0.80 or less."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "be mixed if the figure were below 0.82, and contradicted if it were below 0.78."),
        ({"verdict": "contradicted", "value": 0.7, "low": 0.68, "high": 0.72},
         "be mixed if the figure were above 0.78, and supported if it were above 0.82."),
        ({"verdict": "mixed", "value": 0.8, "low": 0.78, "high": 0.82},
         "be supported if the figure were above 0.82, and contradicted if it were below 0.78."),
        ({"verdict": "mixed", "value": 0.9, "low": 0.4, "high": 1, "supports_from": 1.3, "denies_from": 0.7},
         "no figure on its scale would support it: it takes more roll calls; it would be contradicted below "
         "0.70."),
        ({"verdict": "mixed", "value": 0.6, "low": 0.1, "high": 1.0, "supports_from": 1.3,
          "denies_from": -0.1}, "no figure on its scale would settle it with an interval as wide: it takes "
         "more roll calls."),
    ],
)  # fmt: skip
def test_what_would_change_a_verdict_turns_with_the_figure(changes: dict[str, Any], sentence: str) -> None:
    found = said({**TEST, **changes})["What would change it"]
    assert found.casefold().endswith(sentence.casefold())


def test_lines_below_turn_the_sentence_round() -> None:
    down = {"supported_word": "below", "contradicted_word": "above", "supports_from": 0.78,
            "denies_from": 0.82, "value": 0.7, "low": 0.68, "high": 0.72}  # fmt: skip
    found = said({**TEST, **down})["What would change it"]
    assert "mixed if the figure were above 0.78, and contradicted if it were above 0.82" in found


def test_a_count_without_an_interval_turns_at_the_line() -> None:
    counted = {"mark": "sourced", "value": 4, "low": 4, "high": 4, "unit": "count",
               "supported_word": "at_least", "supported_at": 2,
               "contradicted_word": "below", "contradicted_at": 2, "supports_from": 2,
               "denies_from": 2, "n": 1, "counted": "members", "ceiling": 10}  # fmt: skip
    found = said({**TEST, **counted})
    assert found["Figure"] == "4, over 1 member; counted, not estimated."
    assert found["What would change it"] == "It would be contradicted if the figure were below 2."


def test_members_not_known_costs_and_lines_within_a_test_are_numbers_too() -> None:
    more = {"n": 9, "of": 10, "counted": "members", "cost": 0.5, "inner_word": "at_least", "inner_at": 0.3}
    found = said({**TEST, **more})
    assert found["Figure"] == "0.90 (0.88 to 0.92), over 9 of 10 members, at a cost of 0.50."
    assert "agreement; the line is at 0.300 or more, supported above 0.80" in found["Test"].casefold()


def test_a_mixed_figure_says_that_its_interval_spans_the_line_and_an_assumed_one_what_it_rests_on() -> None:
    spans = {"verdict": "mixed", "mark": "assumed", "value": 0.8, "low": 0.78, "high": 0.82}
    found = said({**TEST, **spans})["Figure"]
    assert "its interval spans the line; it rests on assumptions" in found


def test_what_cannot_be_tested_says_why_and_what_it_would_take() -> None:
    found = said(NONE)
    assert found["Why not"] == "Hopes leave no record."
    assert found["What it would take"] == "Their diaries of 2020."


def test_later_evidence_is_said_to_be_used() -> None:
    late = {"postdates": 1, "postdate_reason": "Nothing earlier is kept."}
    assert said({**TEST, **late})["Later evidence"] == "Nothing earlier is kept."
    assert "Later evidence" not in said(TEST)


@pytest.mark.parametrize(
    ("tests", "verdict", "finding"),
    [
        ([TEST], "supported", "Supported, by one test: supported."),
        ([TEST, NONE], "mixed", "Mixed: of two parts, one supported, one cannot be tested."),
        ([TEST, {**TEST, "test": "b"}], "supported", "Supported in both parts."),
        ([TEST, {**TEST, "test": "b", "verdict": "contradicted"}], "mixed",
         "Mixed: of two parts, one supported, one contradicted."),
    ],
)  # fmt: skip
def test_a_finding_says_how_parts_led_to_it(tests: list[dict[str, Any]], verdict: str, finding: str) -> None:
    (docket,) = [each for each in section(*tests, verdict=verdict).exhibits if isinstance(each, Docket)]
    assert docket.hearings[0].finding.text() == finding


def test_every_figure_in_the_docket_is_a_number_with_a_mark() -> None:
    (docket,) = [each for each in section(TEST, NONE, verdict="mixed").exhibits if isinstance(each, Docket)]
    trials = docket.hearings[0].trials
    cited = [each for trial in trials for _, sentence in trial.said for each in sentence.cited()]
    assert len(cited) == 6 and all(isinstance(each, Cited) for each in cited)
    assert {each.number.mark for each in cited} == {"estimated", "sourced", "assumed"}


def test_verdicts_differ_in_word_and_shape_and_not_in_colour_alone() -> None:
    drawn = {str(verdict_mark(verdict)) for verdict in VERDICTS}
    assert len(drawn) == len(VERDICTS) and not any("#1c5e3a" in each for each in drawn)
    (table,) = [each for each in section(TEST).exhibits if isinstance(each, Table) and each.key == "claims"]
    assert table.shown["verdict_shown"].tolist() == ["✓\u00a0supported"]


def test_the_page_has_every_claim_with_its_badge_and_numbers_that_lead_to_their_rows(tmp_path: Path) -> None:
    test = {"kind": "level", "read": {"measure": "agreement_index", "of": "PACT", "issue": "all",
            "span": "second"}, "supported": {"above": 0.5}, "reason": "So."}  # fmt: skip
    asked = case_of(claims={"union": {"statement": "They <b>are</b> united.", "who": "Somebody", "when": 2020,
                                      "source": "A paper", "tests": {"one": test}}})  # fmt: skip
    audit = told(TEST, NONE, verdict="mixed").audit
    page = write(tmp_path / "brief", case=asked, audit=audit).page.read_text(encoding="utf-8")
    held = page[page.index('<section id="claims"') :]
    held = held[: held.index("</section>")]
    assert re.search(r'<span class="verdict mixed"><svg[^>]*aria-hidden="true".*?</svg> mixed</span>', held)
    assert held.count('class="hearing"') == 1 and "What would change it" in held
    links = re.findall(r'href="#(n-[SEA]\d+)"', held)
    assert links and all(f'id="{link}"' in page for link in links)
    assert (tmp_path / "brief" / "numbers" / "claims_rows.csv").exists()


def test_a_statement_with_markup_is_shown_as_text(tmp_path: Path) -> None:
    audit = told(TEST).audit
    assert audit is not None
    hostile = replace(audit, claims=audit.claims.assign(statement="<script>alert(1)</script>"))
    page = write(tmp_path / "brief", audit=hostile).page.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_the_answer_counts_verdicts_and_turns_with_them() -> None:
    def answered(given: Material) -> str:
        return " ".join(each.text() for each in answer(given))

    assert "Of 1 claim, 1 is supported." in answered(told(TEST))
    assert "Of 1 claim, 1 is untestable." in answered(told(NONE, verdict="untestable"))
    assert "claim" not in answered(material())
