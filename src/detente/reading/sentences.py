"""Sentences of a text, each with its place: blocks first, then sentences within them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detente.reading.words import word_set

BLOCK = re.compile(r"\n[ \t]*\n\s*|\u2029\s*|\n(?=[ \t]*(?:[-*•–]|\d{1,3}[.)])[ \t])")
END = re.compile(r"""(?<![.!?…])[.!?…]++["'”’»)\]]*+(?=\s)|(?<![。！？])[。！？]++[」』”]*""")
WHOLE = re.compile(r"""[.!?…。！？]["'”’»)\]」』]*$""")
LEAD = re.compile(r"(?:[-*•–]|\d{1,3}[.)])\s+")
LONGEST = 1_500
"""Characters of the longest sentence that is taken for one."""
SHORT = word_set(
    "mr mrs ms dr prof st sen rep gen col maj lt gov hon rev jr sr vs etc cf al no nos fig figs vol ed eds "
    "pp p ch art para approx est inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e "
    "u.s u.k u.n d.c u.s.a a.m p.m ph.d"
)
"""Shortenings after whose point a sentence may go on."""
STARTERS = word_set(
    "the a an in on at but and it its this that these those he she they we there if when while after before "
    "as for yet so however by with from to our their his her not no"
)
"""Words that begin a sentence even after a shortening such as U.S."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, its spaces made single; `start` and `end` are its place in the text."""

    text: str
    start: int
    end: int

    @property
    def whole(self) -> bool:
        """Whether it ends as sentences do: heads and items of lists often do not."""
        return WHOLE.search(self.text) is not None

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.text.rstrip("\"'”’»)]").endswith(("?", "？"))


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in order.

    >>> [each.text for each in sentences("The U.S. Senate voted 54.5 to 40. Dr. Strange did not.")]
    ['The U.S. Senate voted 54.5 to 40.', 'Dr. Strange did not.']
    """
    at = 0
    for gap in BLOCK.finditer(text):
        yield from _within(text, at, gap.start())
        at = gap.end()
    yield from _within(text, at, len(text))


def _within(text: str, start: int, end: int) -> Iterator[Sentence]:
    """Yield the sentences of one block."""
    at = start
    for mark in END.finditer(text, start, end):
        if not _goes_on(text, at, mark, end):
            yield from _made(text, at, mark.end())
            at = mark.end()
    yield from _made(text, at, end)


def _goes_on(text: str, start: int, mark: re.Match[str], end: int) -> bool:
    """Return whether the sentence goes on after this mark: a shortening, an initial, a small letter."""
    if mark[0][0] in "。！？":
        return False
    following = re.compile(r"""\s*["'“‘«(\[]*(\w[\w'’]*)?""").match(text, mark.end(), end)
    word = (following[1] if following else None) or ""
    if word[:1].islower():
        return True
    if mark[0] != ".":
        return False
    before = text[max(start, mark.start() - 12) : mark.start()].split()
    last = before[-1].lstrip("(\"'“‘[") if before else ""
    initial = len(last) == 1 and last.isupper() and last != "I"
    short = last.casefold() in SHORT or re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", last) is not None
    return (initial or short) and word.casefold() not in STARTERS and bool(word)


def _made(text: str, start: int, end: int) -> Iterator[Sentence]:
    """Yield the sentence between two places, without a list's mark before it; nothing where it is empty."""
    held = text[start:end]
    lead = LEAD.match(held.lstrip())
    start += len(held) - len(held.lstrip()) + (lead.end() if lead else 0)
    said = text[start:end].rstrip()
    if any(letter.isalnum() for letter in said[:LONGEST]):
        yield Sentence(re.sub(r"\s+", " ", said), start, start + len(said))
