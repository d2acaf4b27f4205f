"""Drafts by rules: who is named, what is claimed, which test it suggests, and what was left out."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cases.claims import Claim
from detente.errors import ReadingError
from detente.reading import draft
from detente.reading.cues import cues, suggested
from detente.reading.draft_file import as_data, draft_text
from detente.reading.naming import Namer
from detente.reading.sentences import sentences
from tests.reading.documents import ARTICLE, document


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        ("Russia's officials took part in the 2024 conference.", "record"),
        ("Western unity on Ukraine is high.", "level"),
        ("Unity held.", "change"),
        ("Threat perceptions diverge across the Atlantic.", "difference"),
        ("Populist shifts move foreign policy.", "association"),
        ("Some members still rely heavily on Russian energy.", "dependence"),
        ("For now commitment will outlast all that divides.", "projection"),
        ("Turning to Asia lowers exposure to Europe.", "strategy"),
    ],
)
def test_each_kind_of_test_is_suggested_by_its_example(claim: str, kind: str) -> None:
    assert suggested(cues(claim))[0] == kind


def test_a_sentence_without_cues_suggests_nothing() -> None:
    assert suggested(cues("Bread is bread.")) == ("", ())


def test_every_claim_came_from_the_place_that_it_names(tmp_path: Path) -> None:
    found = draft(document(tmp_path))
    assert len(found.claims) >= 8
    for each in found.claims:
        held = found.document.text[each.sentence.start : each.sentence.end]
        assert " ".join(held.split()) == each.sentence.text == each.statement
        assert each.statement.split()[0] in ARTICLE.splitlines()[each.line - 1]


def test_what_a_sentence_shows_of_itself_is_told(tmp_path: Path) -> None:
    data = as_data(draft(document(tmp_path)))
    told = {each["quote"].split()[0]: each for each in data["sentences"].values()}
    assert told["For"]["hedges"] == ["For now"]
    assert told["According"] == told["According"] | {"numbers": ["12.5 per cent"], "causes": ["because of"]}
    assert told["Moscow"]["suggests"] in ("difference", "strategy")
    assert "12.5 per cent" in told["According"]["quote"]


def test_who_speaks_and_when_is_taken_from_the_text_and_from_the_user(tmp_path: Path) -> None:
    found = draft(document(tmp_path))
    assert found.when == date(2024, 2, 18)
    assert any("2024-02-18 is the latest" in note for note in found.notes)
    speakers = {each.speaker for each in found.claims}
    assert speakers == {"", "Jane Example"}
    asked = draft(found.document, who="A. Author", when=2023)
    assert as_data(asked)["claims"]["claim_1_rus"] | {"tests": {}} == {
        "statement": asked.claims[0].statement, "who": "A. Author", "when": 2023,
        "source": "article.txt, line 3", "tests": {},
    }  # fmt: skip


def test_a_document_that_names_no_day_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="--when"):
        draft(document(tmp_path, "Russia and Hungary differ."))


def test_actors_are_counted_and_names_of_nobody_listed(tmp_path: Path) -> None:
    data = as_data(draft(document(tmp_path)))
    actors = {row["code"]: row for row in data["actors"]}
    assert actors["RUS"]["named"] == 5
    assert actors["RUS"]["as"] == ["Moscow", "Russia", "Russian"]
    assert actors["NATO"]["named"] == 1
    unmatched = {each["name"] for each in data["unmatched"]}
    assert {"Ruritania", "Jane Example", "Atlantic", "Asia"} & unmatched >= {"Jane Example", "Asia"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("It may turn out that us and them can do it in no time, as oman said.", []),
        ("The US, U.K., EU and G7 met.", ["USA", "GBR", "EU", "G7"]),
        ("South Korea’s and North Korean envoys met in Washington.", ["KOR", "PRK", "USA"]),
        ("Democratic Republic of the Congo and Guinea-Bissau", ["COD", "GNB"]),
        ("Turkey, Türkiye and the Turks", ["TUR", "TUR", "TUR"]),
        ("CAN YOU COME TO THE PER AND ARE AND", []),
    ],
)
def test_actors_are_found_by_name_people_and_seat_and_not_by_chance(text: str, codes: list[str]) -> None:
    assert [each.code for each in Namer.load().mentions(text)] == codes


def test_a_name_with_two_meanings_asks_to_be_checked(tmp_path: Path) -> None:
    data = as_data(draft(document(tmp_path, "Georgia voted in 2020 and Poland abstained in 2021.")))
    actors = {row["code"]: row for row in data["actors"]}
    assert actors["GEO"]["check"] == ["Georgia: or a state of the United States"]
    assert "check" not in actors["POL"]


def test_sentences_left_out_are_counted_by_reason(tmp_path: Path) -> None:
    text = ARTICLE + "\n\nRussia " + "and Hungary " * 200 + "met.\n\nRussia is Russia.\n"
    left = draft(document(tmp_path, text)).left
    assert left == {
        "a heading or a fragment": 1, "a question": 1, "names no known actor": 2,
        "longer than 1,500 characters": 1, "holds nothing to test: no cue, number or day": 1,
    }  # fmt: skip


def test_the_most_claims_hold_and_the_rest_is_counted(tmp_path: Path) -> None:
    found = draft(document(tmp_path), most=2)
    assert len(found.claims) == 2
    assert sum(count for why, count in found.left.items() if "beyond the most" in why) >= 5


def test_drafted_claims_fit_the_schema_of_a_case(tmp_path: Path) -> None:
    text = draft_text(draft(document(tmp_path)))
    assert text.startswith("# Draft: review before use.")
    data = yaml.safe_load(text)
    assert data["draft"] == "review before use"
    assert list(data["claims"]) == list(data["sentences"])
    for claim in data["claims"].values():
        assert Claim.model_validate(claim).tests["draft"].kind == "untestable"


def test_the_same_document_gives_the_same_draft(tmp_path: Path) -> None:
    assert draft_text(draft(document(tmp_path))) == draft_text(draft(document(tmp_path)))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Die Einheit der Nato ist nicht selbstverständlich, und das wissen die Mitglieder in Ungarn sehr "
         "gut; auch 2024 war sie es nicht für alle.", "German"),
        ("Единство НАТО не гарантировано, и в 2024 году это знают все.", "a language in Cyrillic script"),
    ],
)  # fmt: skip
def test_another_language_is_told_and_drafts_actors_only(tmp_path: Path, text: str, spoken: str) -> None:
    found = draft(document(tmp_path, text))
    assert found.language == spoken
    assert found.claims == ()
    assert any(spoken in note and "translate" in note for note in found.notes)
    assert found.left == {"not in English": 1}
    assert [row["code"] for row in found.actors] == (["NATO"] if spoken == "German" else [])


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="Ab .!?\n\"'-1\u2029…。", max_size=120))
def test_sentences_lie_in_order_apart_and_lose_no_letter(text: str) -> None:
    found = list(sentences(text))
    assert all(one.end <= two.start for one, two in pairwise(found))
    letters = sum(letter.isalpha() for letter in text)
    assert sum(letter.isalpha() for each in found for letter in text[each.start : each.end]) == letters


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He met Mr. Smith of the U.S. Senate on 3 Jan. 2024. They spoke.", 2),
        ("It grew by 3.5 per cent. It fell.", 2),
        ("“We hold.” They did. (So they said.) And on.", 4),
        ("Wait... what happened? Nothing!", 2),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, count: int) -> None:
    assert len(list(sentences(text))) == count
