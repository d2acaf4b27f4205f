"""What was put to the vote: which roll calls ask again what others asked, and which are of one kind.

Roll calls of one text are those that Bailey, Strezhnev and Voeten (2017) matched by text, session by session,
where their file is at hand. Roll calls of one question are these and those of one title, capitals and
punctuation apart, as a resolution comes back year after year under its name; its text may have changed. A
title that several resolutions of one session bear is a heading and links nothing, and so do the titles of
amendments and of separate votes on paragraphs. A matched pair whose titles came to a vote side by side in one
session is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import EvidenceError
from detente.evidence.evidence import Evidence
from detente.evidence.ledger import Ledger
from detente.evidence.readers.unga_votes import linked_resolutions

Places = NDArray[np.int64]

CALLS = """
    SELECT roll_call, source, body, coalesce(session, year(date))::INTEGER AS session,
           coalesce(kind, 'resolution') AS kind, title
    FROM roll_calls ORDER BY date, roll_call
"""
TAGS = "SELECT DISTINCT roll_call, issue FROM roll_call_issues ORDER BY roll_call, issue"
WHOLE = "resolution"
"""The kind of a roll call on a resolution as a whole."""
KIND, QUESTION, TEXT = range(3)
"""How much the roll calls of a stratum have in common."""

_TAIL = re.compile(r"\s*:?\s*resolution\s*/.*$")
_BETWEEN = re.compile(r"[\W_]+")


class Votes(Protocol):
    """Evidence that answers in SQL."""

    def query(self, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
        """Return the answer to a query."""


@dataclass(frozen=True)
class Agenda:
    """The text, question and kind of roll calls, by their name.

    Roll calls have the same `text`, or the same `question`, where they ask the same again; those that nobody
    asks again have none. Those of one `kind` carry the same issue codes, and are alike on resolutions, on
    paragraphs or on amendments.
    """

    text: Mapping[str, str]
    question: Mapping[str, str]
    kind: Mapping[str, str]


def read_agenda(evidence: Votes) -> Agenda:
    """Return what the roll calls in `evidence` were about."""
    calls, matches = evidence.query(CALLS), pulled_matches(evidence)
    codes: dict[str, list[str]] = {}
    for roll_call, issue in evidence.query(TAGS).itertuples(index=False, name=None):
        codes.setdefault(roll_call, []).append(issue)
    named = list(calls["roll_call"])
    kind = {
        name: f"{'+'.join(codes.get(name, ())) or 'no code'}, {part}"
        for name, part in zip(named, calls["kind"], strict=True)
    }
    texts, questions = (
        {name: first for name, first in zip(named, asked, strict=True) if first}
        for asked in asked_again(calls, matches)
    )
    return Agenda(texts, questions, kind)


@dataclass(frozen=True)
class Strata:
    """The stratum of each roll call by window, and which strata are one text, or one question at all."""

    numbers: tuple[Places, Places]
    text: NDArray[np.bool_]
    question: NDArray[np.bool_]


Names = Sequence[str]


def stratify(agenda: Agenda, before: Names, after: Names) -> Strata:
    """Return strata for the roll calls of two windows: by text, else by question, else by kind.

    A roll call falls under its text, or its question, where the other window has one that does.

    >>> agenda = Agenda({"a": "t", "c": "t"}, {}, {"b": "me", "d": "me"})
    >>> [numbers.tolist() for numbers in stratify(agenda, ["a", "b"], ["c", "d"]).numbers]
    [[0, 1], [0, 1]]
    """
    under: dict[str, tuple[int, str]] = {}
    for level, asked in ((TEXT, agenda.text), (QUESTION, agenda.question)):
        left = [{asked.get(name) for name in names if name not in under} for names in (before, after)]
        both = set.intersection(*left) - {None}
        for name in (*before, *after):
            if asked.get(name) in both:
                under.setdefault(name, (level, asked[name]))
    strata: dict[tuple[int, str], int] = {}
    first, second = (
        np.array(
            [
                strata.setdefault(under.get(name, (KIND, agenda.kind.get(name, ""))), len(strata))
                for name in names
            ],
            dtype=np.int64,
        )
        for names in (before, after)
    )
    levels = np.array([level for level, _ in strata])
    return Strata((first, second), levels == TEXT, levels >= QUESTION)


def votes_in_turn(asked: Mapping[str, str], names: Names) -> Places:
    """Return the places of every two roll calls that ask the same one after the other: (pairs, 2).

    `names` are in order of time.

    >>> votes_in_turn({"a": "t", "c": "t", "d": "t"}, ["a", "b", "c", "d"]).tolist()
    [[0, 2], [2, 3]]
    """
    latest: dict[str, int] = {}
    found = []
    for place, name in enumerate(names):
        if name in asked:
            if asked[name] in latest:
                found.append((latest[asked[name]], place))
            latest[asked[name]] = place
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def pulled_matches(evidence: Votes) -> pd.DataFrame | None:
    """Return the pairs of roll calls that recur from the pulled file, or None where it is not at hand."""
    if not isinstance(evidence, Evidence):
        return None
    cache = evidence.path.parent
    taken = Ledger.load(cache).find("unga_votes")
    try:
        return linked_resolutions(taken.folder(cache)) if taken else None
    except EvidenceError:
        return None


def asked_again(calls: pd.DataFrame, matches: pd.DataFrame | None = None) -> tuple[pd.Series, pd.Series]:
    """Return the first roll call of the same text, and of the same question; empty where no other is.

    `calls`: roll_call, source, body, session, kind, title, in order of time; `matches`: pairs (earlier,
    later).

    >>> calls = pd.DataFrame({"roll_call": ["a", "b", "c"], "source": "s", "body": "UNGA",
    ...     "session": [1, 2, 2], "kind": "resolution", "title": ["Space", "SPACE.", "Law of the sea"]})
    >>> [asked.tolist() for asked in asked_again(calls)]
    [['', '', ''], ['a', 'a', '']]
    """
    titled, places = _by_title(calls), np.arange(len(calls))
    earlier, later = places[:0], places[:0]
    if matches is not None:
        earlier, later = _matched(calls, matches, titled)
    either = np.concatenate([titled, earlier]), np.concatenate([places, later])
    return _first(calls["roll_call"], earlier, later), _first(calls["roll_call"], *either)


def _first(named: pd.Series, one: Places, other: Places) -> pd.Series:
    """Return the first of all that are linked, by any number of steps; empty where nothing is."""
    from scipy.sparse import coo_array  # takes long to load, and much memory
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(one), dtype=bool), (one, other)), shape=(len(named), len(named)))
    _, group = connected_components(edges, directed=False)
    grouped = named.groupby(group)
    return grouped.transform("first").where(grouped.transform("size") > 1, "")


def _matched(calls: pd.DataFrame, matches: pd.DataFrame, titled: Places) -> tuple[Places, Places]:
    """Return the places of the matched pairs, without those whose titles stood side by side in a session."""
    place = pd.Series(np.arange(len(calls)), index=calls["roll_call"].to_numpy())
    pairs = matches[matches["earlier"].isin(place.index) & matches["later"].isin(place.index)]
    earlier, later = (place[pairs[column]].to_numpy() for column in ("earlier", "later"))
    sittings = calls["body"] + calls["session"].astype(str)
    held = sittings.groupby(titled).agg(set).to_dict()
    apart = [
        one == two or held[one].isdisjoint(held[two])
        for one, two in zip(titled[earlier], titled[later], strict=True)
    ]
    return earlier[apart], later[apart]


def _by_title(calls: pd.DataFrame) -> Places:
    """Return the place of the first roll call with the same title; its own where the title links nothing."""
    title = calls["title"].map(plain_title)
    whole = (calls["kind"] == WHOLE) & (title != "")
    held = calls.assign(title=title)[whole]
    at_once = held.groupby(["source", "body", "session", "title"])["roll_call"].transform("size")
    heading = held["title"].isin(held.loc[at_once > 1, "title"])
    found = pd.Series(np.arange(len(calls)), index=calls.index)
    linked = held[~heading]
    found[linked.index] = found[linked.index].groupby([linked["body"], linked["title"]]).transform("min")
    return found.to_numpy(dtype=np.int64)


def plain_title(title: object) -> str:
    """Return a title in the form in which titles are compared, empty where there is none.

    >>> plain_title("The Syrian Golan : resolution / adopted by the General Assembly")
    'the syrian golan'
    """
    if not isinstance(title, str):
        return ""
    return _BETWEEN.sub(" ", _TAIL.sub("", title.casefold())).strip()
