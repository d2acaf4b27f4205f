"""Who is named in a text: actors of the gazetteer by name, people, seat of government; and who is not known.

`names.csv` says which words stand for which actor beside its names; `careful.csv` which of them may mean
something else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from detente.evidence.actors import Gazetteer, normalise
from detente.reading.words import table, word_set

WORD = re.compile(r"\w+(?:[.’'&-]\w+)*")
OWN = re.compile(r"[’']s$|(?<=s)[’']$")
NAME = re.compile(
    r"[A-ZÀ-ÖØ-Þ][\w’'-]*(?:\s+(?:(?:of|the|for|and|de|du|von|van|al|on)\s+){0,2}[A-ZÀ-ÖØ-Þ][\w’'-]*){0,6}"
)
CODE = re.compile(r"[A-Z]{2,3}|COW \d+")
CALENDAR = word_set(
    "january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday i"
)
MOST = 6
"""Words of the longest name."""


@dataclass(frozen=True)
class Mention:
    """An actor named in a sentence: its code, the words that name it, and where they stand."""

    code: str
    said: str
    start: int
    end: int


@dataclass(frozen=True)
class Namer:
    """Finds actors by what they are called.

    >>> who = Namer.load()
    >>> [(each.code, each.said) for each in who.mentions("Hungary's veto angered Moscow and the U.S. us")]
    [('HUN', "Hungary's"), ('RUS', 'Moscow'), ('USA', 'U.S')]
    """

    names: Mapping[tuple[str, ...], str]
    exact: Mapping[str, str]
    careful: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Namer:
        """Return one that knows the gazetteer and the shipped table of words."""
        gazetteer = Gazetteer.load()
        names, exact = {}, {}
        for label, code in gazetteer.labels.items():
            if label.upper() == code and gazetteer.actor(code).kind == "organisation":
                exact[code] = code
            if not CODE.fullmatch(label) and len(label) > 3:
                names[tuple(label.split())] = code
        for row in table("names.csv"):
            if row["how"] == "abbreviation":
                exact[row["text"]] = row["actor"]
            else:
                names[tuple(normalise(row["text"]).split())] = row["actor"]
        return cls(names, exact, {row["text"]: row["also"] for row in table("careful.csv")})

    def mentions(self, text: str) -> Iterator[Mention]:
        """Yield the actors that a sentence names, in order; of names within names, the longest."""
        words = list(WORD.finditer(text))
        at = 0
        while at < len(words):
            found = self._at(words, at)
            if found is None:
                at += 1
                continue
            code, through = found
            start, end = words[at].start(), words[through - 1].end()
            yield Mention(code, text[start:end], start, end)
            at = through

    def _at(self, words: list[re.Match[str]], at: int) -> tuple[str, int] | None:
        first = words[at][0]
        if not first[0].isupper():
            return None
        short = OWN.sub("", first).replace(".", "")
        if short in self.exact:
            return self.exact[short], at + 1
        if first.isupper() and len(first) <= 3:
            return None
        told: list[str] = []
        best = None
        for through in range(at, min(at + MOST, len(words))):
            told.extend(_plain(words[through][0]))
            code = self.names.get(tuple(told))
            if code is not None:
                best = code, through + 1
        return best


@cache
def _plain(word: str) -> tuple[str, ...]:
    return tuple(normalise(OWN.sub("", word)).split())


@dataclass
class Roll:
    """Who is named in a document, how often and as what; and names that no actor bears."""

    namer: Namer
    actors: Counter[str] = field(default_factory=Counter)
    words: dict[str, Counter[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)

    def add(self, text: str) -> tuple[Mention, ...]:
        """Return the actors that a sentence names, having counted them and the names that nobody bears."""
        found = tuple(self.namer.mentions(text))
        for each in found:
            self.actors[each.code] += 1
            self.words.setdefault(each.code, Counter())[OWN.sub("", each.said)] += 1
        self.others.update(_others(text, found))
        return found

    def listed(self) -> list[dict[str, object]]:
        """Return the actors as rows, most often named first: code, name, count, what they were called."""
        known = Gazetteer.load()
        ranked = sorted(self.actors, key=lambda code: (-self.actors[code], code))
        return [self._row(code, known.name(code)) for code in ranked]

    def _row(self, code: str, name: str) -> dict[str, object]:
        said = sorted(self.words[code], key=lambda word: (-self.words[code][word], word))
        row: dict[str, object] = {"code": code, "name": name, "named": self.actors[code], "as": said}
        doubts = [f"{word}: or {self.namer.careful[word]}" for word in said if word in self.namer.careful]
        return {**row, "check": doubts} if doubts else row


def _others(text: str, found: Iterable[Mention]) -> Iterator[str]:
    """Yield names within a sentence that are no actor's; one word alone at its start is none."""
    taken = [(each.start, each.end) for each in found]
    for name in NAME.finditer(text):
        start, end = name.span()
        if any(start < till and since < end for since, till in taken):
            continue
        said = OWN.sub("", name[0])
        if (start < 3 and " " not in said) or said.casefold() in CALENDAR:
            continue
        yield said
