"""What a sentence shows of itself: hedges, causes, judgements, numbers, days, and the test it suggests.

`cues.csv` lists the words; a `*` stands for any ending.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from detente.reading.words import table

KINDS = ("strategy", "dependence", "association", "projection", "difference", "change", "record", "level")
"""Kinds of test; of those that a sentence suggests equally, the first."""
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAYS = re.compile(
    rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:\s?[–-]\s?\d{{1,2}})?\s(?:{MONTHS})(?:\s\d{{4}})?"
    rf"|(?:{MONTHS})(?:\s\d{{1,2}},)?\s\d{{4}}|(?:19|20)\d{{2}}(?:\s?[–-]\s?(?:19|20)?\d{{2}})?)\b"
)
NUMBERS = re.compile(
    r"(?<![\w.])[€$£]?\d+(?:[.,\u202f\u00a0]\d+)*(?:\s?%|\s(?:per\s?cent|percent|percentage points|"
    r"billion|million|trillion|thousand|bn|m)\b)?(?![\w-])"
)


@dataclass(frozen=True)
class Cues:
    """The cues of one sentence, as its own words."""

    words: Mapping[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    days: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether there is anything in it that could be tested."""
        return bool(any(self.words.values()) or self.numbers or self.days)


@cache
def patterns() -> Mapping[str, re.Pattern[str]]:
    """Return for each kind of cue the pattern of its words, longest first."""
    held: dict[str, list[str]] = {}
    for row in table("cues.csv"):
        held.setdefault(row["kind"], []).append(re.escape(row["phrase"]).replace(r"\*", r"\w*"))
    return {
        kind: re.compile(rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b", re.IGNORECASE)
        for kind, words in held.items()
    }


def cues(text: str) -> Cues:
    """Return the cues of a sentence.

    >>> found = cues("Perhaps 12 % of imports fell because of sanctions in 2022.")
    >>> found.words["hedge"], found.words["cause"], found.numbers, found.days
    (('Perhaps',), ('because of',), ('12 %',), ('2022',))
    """
    days = tuple(each[0] for each in DAYS.finditer(text))
    spans = [each.span() for each in DAYS.finditer(text)]
    numbers = tuple(
        each[0].strip()
        for each in NUMBERS.finditer(text)
        if not any(start < each.end() and each.start() < end for start, end in spans)
    )
    words = {
        kind: tuple(dict.fromkeys(each[0] for each in pattern.finditer(text)))
        for kind, pattern in patterns().items()
    }
    return Cues(words, numbers, days)


def suggested(found: Cues) -> tuple[str, tuple[str, ...]]:
    """Return the kind of test that fits most of the cues, and the words that suggest it; '' where none does.

    >>> suggested(cues("Some members still rely heavily on Russian energy."))
    ('dependence', ('rely heavily on',))
    """
    said = {kind: found.words["cause" if kind == "association" else kind] for kind in KINDS}
    weight = {kind: _weight(kind, words, found) for kind, words in said.items()}
    best = max(KINDS, key=lambda kind: (weight[kind], -KINDS.index(kind)))
    return (best, said[best]) if weight[best] else ("", ())


def _weight(kind: str, words: tuple[str, ...], found: Cues) -> float:
    """Return how much speaks for a kind: common words speak less, and a day speaks for a record."""
    common = {"level": 0.6, "record": 0.8, "strategy": 1.6, "dependence": 1.6, "projection": 1.4}
    return common.get(kind, 1.0) * len(words) + (0.5 if kind == "record" and words and found.days else 0.0)
