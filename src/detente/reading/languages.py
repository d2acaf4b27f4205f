"""Which language a text is in, by its script and its commonest words; `languages.csv` lists the words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from detente.reading.words import table

SCRIPTS = {
    "CYRILLIC": "a language in Cyrillic script", "ARABIC": "a language in Arabic script", "HEBREW": "Hebrew",
    "GREEK": "Greek", "CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese",
    "HANGUL": "Korean", "THAI": "Thai", "DEVANAGARI": "a language in Devanagari script",
    "GEORGIAN": "Georgian", "ARMENIAN": "Armenian",
}  # fmt: skip
SAMPLE = 20_000
"""Characters of the parts that are looked at: the beginning, the middle and the end."""
FEWEST = 20
"""Words below which no language is told."""
DIFFERENT = 4
"""Different common words of a language below which it is not told."""


def language(text: str) -> str:
    """Return the language of a text in English words; '' where it cannot be told.

    >>> language("Die Einheit des Bündnisses ist nicht selbstverständlich, und das wissen sie. " * 3)
    'German'
    """
    middle = len(text) // 2
    sample = " ".join((text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]))
    script = _script(sample)
    if script:
        return script
    words = Counter(re.findall(r"[^\W\d_]+", sample.casefold()))
    if words.total() < FEWEST:
        return ""
    shares = {
        row["language"]: sum(words[word] for word in row["words"].split()) / words.total()
        for row in table("languages.csv")
    }
    best = max(shares, key=lambda name: shares[name])
    listed = next(row["words"].split() for row in table("languages.csv") if row["language"] == best)
    told = sum(word in words for word in listed)
    return best if shares[best] > 0.08 and told >= DIFFERENT else ""


def _script(sample: str) -> str:
    """Return the language that a script tells, where most letters are of one that is not Latin."""
    letters = [letter for letter in sample[::7] if letter.isalpha()]
    counts = Counter(unicodedata.name(letter, "?").split()[0].split("-")[0] for letter in letters)
    if not letters or counts["LATIN"] * 2 >= len(letters):
        return ""
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    return "Japanese" if kana * 10 > len(letters) else SCRIPTS.get(counts.most_common(1)[0][0], "")
