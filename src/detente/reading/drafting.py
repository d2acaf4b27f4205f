"""Drafts of claims from a document, by rules: which sentences state something of an actor, and how.

Nothing here judges whether a sentence is true, or decides what is tested: a person reviews every draft.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from detente.errors import Problem, ReadingError
from detente.reading.cues import DAYS, MONTHS, Cues, cues, suggested
from detente.reading.document import Document
from detente.reading.languages import language
from detente.reading.naming import Mention, Namer, Roll
from detente.reading.sentences import LONGEST, Sentence, sentences

MOST = 200
"""Claims that are drafted if no other number is asked for; the rest is counted."""
BEYOND = "names an actor, beyond the most claims that were asked for"
BY_RULES = "rules"
ENGLISH = "English"
ACCORDING = re.compile(r"\b[Aa]ccording to (?:the )?((?:[A-Z][\w’'-]*\s?){1,5})")
SPEAKS = re.compile(
    r"\b((?:[A-Z][\w’'-]*\s){1,4})(?:said|says|argued?s?|claim(?:s|ed)|warn(?:s|ed)|wrote|writes|told|insist(?:s|ed)"
    r"|maintain(?:s|ed)|declared?s?)\b"
)


@dataclass(frozen=True)
class Draft:
    """One claim as drafted: the sentence it came from, what that sentence shows, and a test to think of."""

    statement: str
    sentence: Sentence
    line: int
    actors: tuple[str, ...]
    cues: Cues
    test: str
    because: tuple[str, ...]
    speaker: str = ""
    by: str = BY_RULES


@dataclass(frozen=True)
class Drafted:
    """All that was drafted from a document, and the count of everything that was not."""

    document: Document
    language: str
    who: str
    when: date | int
    claims: tuple[Draft, ...]
    actors: tuple[Mapping[str, object], ...]
    unmatched: Mapping[str, int]
    left: Mapping[str, int]
    notes: tuple[str, ...] = ()
    read_by: str = BY_RULES


@dataclass
class _Sorted:
    """Sentences sorted into drafts and what is left out, and why."""

    roll: Roll
    most: int
    drafts: list[Draft] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def draft(
    document: Document, *, who: str | None = None, when: date | int | None = None, most: int = MOST
) -> Drafted:
    """Return drafts of what a document claims, and whom it names, by rules alone.

    `who` and `when` say who published it, and on which day or in which year; without `when`, the last day
    or year that the document names is taken. Raises `ReadingError` where it names none.

    >>> found = draft(open_document("article.txt"), who="A. Author", when=2024)  # doctest: +SKIP
    """
    spoken = language(document.text)
    read = spoken in ("", ENGLISH)
    found = _Sorted(Roll(Namer.load()), most)
    for sentence in sentences(document.text):
        _sort(found, sentence, document, drafts=read)
    published = when if when is not None else last_day(document)
    notes = list(document.notes)
    if when is None:
        notes.append(f"when: {published} is the latest that the document names, not its date as known")
    if not read:
        hint = "the rules read English: translate it, or name an endpoint"
        notes.append(f"the document seems to be in {spoken}; no claim was drafted ({hint})")
    return Drafted(
        document,
        spoken or "not told",
        who or "the author of the document",
        published,
        tuple(found.drafts),
        tuple(found.roll.listed()),
        dict(sorted(found.roll.others.items(), key=lambda each: (-each[1], each[0]))),
        dict(found.left),
        tuple(notes),
    )


def _sort(found: _Sorted, sentence: Sentence, document: Document, *, drafts: bool) -> None:
    """Draft a claim from a sentence, or count why not."""
    mentions = found.roll.add(sentence.text)
    if not drafts:
        found.left["not in English"] += 1
        return
    reason = unfit(sentence)
    if not reason and not mentions:
        reason = "names no known actor"
    if not reason and len(found.drafts) == found.most:
        reason = BEYOND
    shown = None if reason else cues(sentence.text)
    if shown is None:
        found.left[reason] += 1
    elif not shown.any:
        found.left["holds nothing to test: no cue, number or day"] += 1
    else:
        found.drafts.append(drafted(sentence, document, mentions, shown))


def unfit(sentence: Sentence) -> str:
    """Return why a sentence cannot be a claim whatever it says; '' where it can."""
    if len(sentence.text) > LONGEST:
        return f"longer than {LONGEST:,} characters"
    if sentence.asks:
        return "a question"
    if not sentence.whole or " " not in sentence.text:
        return "a heading or a fragment"
    return ""


def drafted(
    sentence: Sentence, document: Document, mentions: Iterable[Mention], shown: Cues | None = None
) -> Draft:
    """Return the draft of one sentence."""
    shown = shown or cues(sentence.text)
    test, because = suggested(shown)
    speaks = ACCORDING.search(sentence.text) or SPEAKS.search(sentence.text)
    return Draft(
        statement=sentence.text,
        sentence=sentence,
        line=document.line(sentence.start),
        actors=tuple(dict.fromkeys(each.code for each in mentions)),
        cues=shown,
        test=test,
        because=because,
        speaker=speaks[1].strip() if speaks else "",
    )


def last_day(document: Document) -> date | int:
    """Return the latest day that a document names with its year, or else its latest year.

    Raises `ReadingError` where it names neither.
    """
    said = [each[0] for each in DAYS.finditer(document.text)]
    years = [int(year) for each in said for year in re.findall(r"\b(?:19|20)\d{2}\b", each)]
    if not years:
        hint = "say when it was published: --when 2024-02-20, or a year"
        raise ReadingError(Problem(document.name, "names no day or year", hint))
    days = [day for each in said if (day := _day(each)) is not None]
    last = max(years)
    return max((day for day in days if day.year == last), default=last)


def _day(said: str) -> date | None:
    """Return a day as it is written in a text; the last of several."""
    months = MONTHS.split("|")
    plain = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", said)
    first = re.fullmatch(r"(?:\d{1,2}\s?[–-]\s?)?(\d{1,2})\s([A-Z][a-z]+)\s(\d{4})", said)
    other = re.fullmatch(r"([A-Z][a-z]+)\s(\d{1,2}),\s(\d{4})", said)
    try:
        if plain:
            return date(int(plain[1]), int(plain[2]), int(plain[3]))
        if first:
            return date(int(first[3]), months.index(first[2]) + 1, int(first[1]))
        if other:
            return date(int(other[3]), months.index(other[1]) + 1, int(other[2]))
    except ValueError:
        return None
    return None
