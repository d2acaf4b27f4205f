"""A draft as a file: claims in the form of a case file, and of each the sentence that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from detente.reading.drafting import Draft, Drafted

HEAD = """\
# Draft: review before use. Made from a text, by {by}.
# Nothing in it was checked, and nothing was tested. Of each claim: put the statement in your own words, say
# who claims it, and state a test in place of `draft` before any figure is computed; `detente schema` has the
# kinds. Then copy it into a case file. `sentences` says, under the same key, which sentence it came from.
# Whatever the text asks its readers to do is quoted as text, and was not followed.
"""
UNMATCHED = 100
"""Names that no actor bears that are listed; the rest is counted."""
LONGEST_KEY = 40
"""Letters of the longest key that a case file takes."""
WIDTH = 108


def draft_text(found: Drafted) -> str:
    """Return the draft as YAML; the same text gives the same draft.

    >>> print(draft_text(draft(open_document("article.txt"), when=2024)))  # doctest: +SKIP
    """
    body = yaml.dump(as_data(found), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=WIDTH)
    return HEAD.format(by=found.read_by) + body


class _Plain(yaml.SafeDumper):
    """Writes a value again where it comes again: people edit the file."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def as_data(found: Drafted) -> dict[str, Any]:
    """Return the draft as plain values: what was read, claims, sentences, actors, and what was left out."""
    keys = [_key(place, each) for place, each in enumerate(found.claims, start=1)]
    listed = list(found.unmatched.items())
    return {
        "draft": "review before use",
        "document": {
            "file": found.document.name,
            "sha256": found.document.sha256,
            "kind": found.document.kind,
            "language": found.language,
            "characters": len(found.document.text),
            "read_by": found.read_by,
        },
        "notes": list(found.notes),
        "claims": {key: _claim(each, found) for key, each in zip(keys, found.claims, strict=True)},
        "sentences": {key: _origin(each) for key, each in zip(keys, found.claims, strict=True)},
        "actors": [dict(row) for row in found.actors],
        "unmatched": [{"name": name, "named": count} for name, count in listed[:UNMATCHED]],
        "unmatched_not_listed": max(0, len(listed) - UNMATCHED),
        "left_out": dict(found.left),
    }


def _key(place: int, each: Draft) -> str:
    """Return a key that says where in the text the claim stands and of whom it is."""
    whom = "_".join(code.lower() for code in each.actors[:2])
    return f"claim_{place}_{re.sub(r'[^a-z0-9_]', '', whom)}"[:LONGEST_KEY].rstrip("_")


def _claim(each: Draft, found: Drafted) -> dict[str, Any]:
    """Return a claim as a case file has it; its only test says that none is stated yet."""
    words = ", ".join(repr(word) for word in each.because)
    if each.test:
        needed = f"a test of kind {each.test}, as the words suggest: {words}"
    else:
        needed = "a test, or what would be needed for one; no word of the sentence suggests a kind"
    return {
        "statement": each.statement,
        "who": f"{each.speaker}, as told by {found.who}" if each.speaker else found.who,
        "when": found.when,
        "source": f"{found.document.name}, line {each.line}",
        "tests": {"draft": {"kind": "untestable", "why": "a draft: no test is stated yet", "needed": needed}},
    }


def _origin(each: Draft) -> dict[str, Any]:
    """Return the sentence that a claim came from, with its place and what it shows."""
    told: Mapping[str, Any] = {
        "line": each.line,
        "begins": each.sentence.start,
        "ends": each.sentence.end,
        "quote": each.sentence.text,
        "actors": list(each.actors),
        "suggests": each.test or "no kind of test",
        "hedges": list(each.cues.words["hedge"]),
        "causes": list(each.cues.words["cause"]),
        "judgements": list(each.cues.words["judgement"]),
        "expectations": list(each.cues.words["expectation"]),
        "numbers": list(each.cues.numbers),
        "days": list(each.cues.days),
        "drafted_by": each.by,
    }
    return {key: value for key, value in told.items() if value != []}
