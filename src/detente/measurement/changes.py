"""Why a bloc's cohesion changed between windows: who joined and left, the agenda, and members' own votes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from detente.measurement import agreement, bootstrap
from detente.measurement.decomposition import Floats, Held, Ints, Mask, Parts, at_the_pace, decompose
from detente.measurement.missing import Missing
from detente.measurement.recurrence import Agenda, Strata, stratify, votes_in_turn
from detente.measurement.sample import SHARE, Bounds, Draws, Span, bloc_sample, settle

BLOC_CHANGES = [
    "bloc", "issue", "measure", "window", "next_window", "part", "value", "low", "high", "interval",
    "roll_calls_before", "roll_calls_after", "recurring", "members_both", "actors", "mark",
    "source",
]  # fmt: skip
_ABOUT = ["bloc", "issue", "window", "next_window"]
MEASURE = "agreement_index"
PART = "changes of cohesion"
"""What this part of the results is called in `missing`."""
BEFORE, AFTER, TOTAL = "before", "after", "total"
JOINING, LEAVING, AGENDA, OWN, UNDIVIDED = "joining", "leaving", "agenda", "own votes", "agenda or own votes"
ADDED = (JOINING, LEAVING, AGENDA, OWN, UNDIVIDED)
"""The parts that add up to the total."""
SAME_TEXT, SAME_QUESTION, PACE = "same text", "same question", "at the pace of same texts"
"""No parts of the total: mean changes over what was voted on in both windows, and what the change would be if
all votes moved as those on one text do from one time to the next. `recurring` says on how many texts,
questions or pairs of votes they rest; elsewhere, how many texts were voted on in both windows."""
IN_ORDER = (BEFORE, *ADDED, AFTER, TOTAL, SAME_TEXT, SAME_QUESTION, PACE)
"""Everything that a change is told by, in the order of the account."""

BELONGS = 0.5
"""Share of a window's roll calls from which a member counts as one of the window."""
CHANGE = (-1.0, 1.0)
"""Between what a change of the agreement index can lie."""
YEAR = 365.25
DIGITS = 9
"""Beyond which a difference between draws is rounding."""
FIRM = ("sessions", "roll calls", "posterior")
"""Readings of an interval, from the one that asks most of the roll calls to the one that asks least."""


def empty() -> pd.DataFrame:
    """Return the table of changes without rows."""
    return pd.DataFrame(columns=[*BLOC_CHANGES, "basis"])


def stretches(windows: Sequence[Span]) -> list[tuple[Span, ...]]:
    """Return over which windows a change is told: from each to the next, and from the first to the last.

    Windows that overlap, or stand in another order than that of time, are not compared.

    >>> from datetime import date
    >>> years = [Span(str(year), date(year, 1, 1), date(year, 12, 31)) for year in (1990, 1991, 1992)]
    >>> [[each.key for each in stretch] for stretch in stretches(years)]
    [['1990', '1991'], ['1991', '1992'], ['1990', '1991', '1992']]
    """
    steps = [(one, two) for one, two in pairwise(windows) if one.end < two.start]
    return [*steps, tuple(windows)] if 1 < len(steps) == len(windows) - 1 else list(steps)


@dataclass(frozen=True)
class Sitting:
    """The roll calls of one issue in one window, and who was a member of each bloc on their days."""

    base: Draws
    belongs: Mapping[str, Mask]

    @cached_property
    def weights(self) -> Floats:
        """Occurrences, (1 + draws, roll calls): once each as they were held, then in each resample."""
        held = np.ones((1, len(self.base.sessions)))
        return np.concatenate([held, self.base.weights.astype(float)])

    @property
    def years(self) -> Floats:
        """When the roll calls were held, in years."""
        days = self.base.ballots.roll_calls["date"].to_numpy(dtype="datetime64[D]")
        return days.astype(float) / YEAR


class Estimate(NamedTuple):
    """A figure with its interval, and which reading of the interval it carries."""

    value: float
    low: float
    high: float
    reading: bootstrap.Reading


@dataclass(frozen=True)
class Change:
    """The change over one step from window to window, or over several in a row."""

    parts: Parts
    pace: Floats
    """What the change would be at the pace of same texts, (draws)."""
    constant: frozenset[str]
    """The members of all windows."""
    joined: frozenset[str]
    left: frozenset[str]
    texts: int
    """How many texts were voted on in both windows; over several steps, the fewest of any."""
    questions: int
    """How many texts or titles were, likewise."""
    pairs: int
    """How many times a text was voted on again; over several steps, the fewest of any."""
    roll_calls: tuple[int, int]


def change_rows(
    sittings: Mapping[str, Sitting], windows: Sequence[Span], bloc: str, *, agenda: Agenda, absent: str
) -> Iterator[dict[str, object]]:
    """Yield the change of a bloc's cohesion and its parts, over each of the `stretches` of `windows`.

    Sittings are by the key of their window. Over several steps, the parts are the sums of those of each step.
    A step with too few roll calls to draw again, or too few members of both windows, yields nothing.
    """
    found: dict[tuple[str, str], Change] = {}
    for stretch in stretches(windows):
        keys = [span.key for span in stretch]
        if len(keys) == 2 and all(key in sittings for key in keys):
            change = _step(sittings[keys[0]], sittings[keys[1]], bloc, agenda=agenda, absent=absent)
            if change is not None:
                found[keys[0], keys[1]] = change
        if all(step in found for step in pairwise(keys)):
            whole = _joined([found[step] for step in pairwise(keys)])
            yield from _rows(whole, [sittings[key] for key in keys], bloc)


def untold(windows: Sequence[Span], cohesion: pd.DataFrame, told: pd.DataFrame) -> Iterator[Missing]:
    """Yield the changes between windows that are missing though both windows have a figure."""
    keys = [span.key for span in windows]
    compared = [[span.key for span in stretch] for stretch in stretches(windows)]
    for pair in pairwise(keys):
        if list(pair) not in compared:
            yield Missing(PART, " to ".join(pair), "the windows overlap, or do not follow one another")
    held = set(cohesion.loc[cohesion["measure"] == MEASURE, _ABOUT[:3]].itertuples(index=False, name=None))
    found = set(told[_ABOUT].itertuples(index=False, name=None))
    for bloc, issue in dict.fromkeys(cohesion[_ABOUT[:2]].itertuples(index=False, name=None)):
        few = [
            f"{one} to {two}"
            for one, two in ((pair[0], pair[-1]) for pair in compared)
            if {(bloc, issue, one), (bloc, issue, two)} <= held and (bloc, issue, one, two) not in found
        ]
        if few:
            why = "too few roll calls in a window, or too few members that belong to both"
            yield Missing(PART, f"{bloc} on {issue}: {', '.join(few)}", why)


def _step(before: Sitting, after: Sitting, bloc: str, *, agenda: Agenda, absent: str) -> Change | None:
    sittings = before, after
    dated = [each.belongs[bloc] & each.base.ballots.seated for each in sittings]
    share = [mask.mean(axis=1) for mask in dated]
    constant = (share[0] >= BELONGS) & (share[1] >= BELONGS)
    arriving = share[1] >= share[0]
    scores = [
        _scores(sitting, mask, constant=constant, arriving=arriving, absent=absent)
        for sitting, mask in zip(sittings, dated, strict=True)
    ]
    told = [(~np.isnan(each)).sum(axis=1) for each in scores]
    if min(each.min() for each in told) < bootstrap.LEAST_ROLL_CALLS:
        return None
    held, strata = _held(sittings, scores, agenda)
    named = [name for each in sittings for name in each.base.ballots.roll_calls["roll_call"]]
    scored = np.concatenate([~np.isnan(each[0]) for each in scores])
    pairs = votes_in_turn(
        agenda.text, [name if told else "" for name, told in zip(named, scored, strict=True)]
    )
    actors = np.array(before.base.ballots.actors)
    return Change(
        decompose(*held, text=strata.text, question=strata.question),
        at_the_pace(*held, pairs=pairs, years=(before.years, after.years)),
        constant=frozenset(actors[constant]),
        joined=frozenset(actors[~constant & arriving & dated[1].any(axis=1)]),
        left=frozenset(actors[~constant & ~arriving & dated[0].any(axis=1)]),
        texts=int(strata.text.sum()),
        questions=int(strata.question.sum()),
        pairs=len(pairs),
        roll_calls=(int(told[0][3]), int(told[1][3])),
    )


def _held(
    sittings: tuple[Sitting, Sitting], scores: Sequence[Floats], agenda: Agenda
) -> tuple[tuple[Held, Held], Strata]:
    """Return the roll calls in their strata; those without a score of the constant members lie in none."""
    scored = [~np.isnan(each[0]) for each in scores]
    names = [
        list(each.base.ballots.roll_calls.loc[held, "roll_call"])
        for each, held in zip(sittings, scored, strict=True)
    ]
    strata = stratify(agenda, *names)
    windows = []
    for sitting, score, held, numbers in zip(sittings, scores, scored, strata.numbers, strict=True):
        placed = np.full(len(held), -1)
        placed[held] = numbers
        windows.append(Held(sitting.weights, score, placed))
    return (windows[0], windows[1]), strata


def _scores(sitting: Sitting, dated: Mask, *, constant: Mask, arriving: Mask, absent: str) -> Floats:
    """Return the agreement index of each roll call (4, roll calls), as `decomposition.Held` has it.

    Constant members count in every roll call of the window, also before they joined and after they left.
    """
    base = sitting.base
    fixed = constant[:, None] & base.ballots.seated
    scores = np.full((4, dated.shape[1]), np.nan)
    switched = (np.zeros_like(arriving), arriving, ~arriving, np.ones_like(arriving))
    for row, by_date in enumerate(switched):
        mask = np.where(by_date[:, None], dated, fixed)
        sample = bloc_sample(base, "", belongs=mask, absent=absent)
        if sample is not None:
            scores[row, sample.columns] = agreement.agreement_index(sample.counts)
    return scores


def _joined(steps: Sequence[Change]) -> Change:
    """Return the change over all of these steps."""
    first, last = steps[0], steps[-1]
    summed = {
        each.name: np.sum([getattr(step.parts, each.name) for step in steps], axis=0)
        for each in fields(Parts)
    }
    return Change(
        Parts(**{**summed, "before": first.parts.before, "after": last.parts.after}),
        pace=np.sum([step.pace for step in steps], axis=0),
        constant=frozenset.intersection(*(step.constant for step in steps)),
        joined=frozenset.union(*(step.joined for step in steps)),
        left=frozenset.union(*(step.left for step in steps)),
        texts=min(step.texts for step in steps),
        questions=min(step.questions for step in steps),
        pairs=min(step.pairs for step in steps),
        roll_calls=(first.roll_calls[0], last.roll_calls[1]),
    )


def _rows(change: Change, sittings: Sequence[Sitting], bloc: str) -> Iterator[dict[str, object]]:
    first, last = sittings[0].base, sittings[-1].base
    about = {
        "bloc": bloc, "issue": first.issue, "measure": MEASURE, "window": first.span.key,
        "next_window": last.span.key, "roll_calls_before": change.roll_calls[0],
        "roll_calls_after": change.roll_calls[1], "members_both": len(change.constant), "mark": "estimated",
        "source": ", ".join(sorted({name for each in sittings for name in each.base.source.split(", ")})),
    }  # fmt: skip
    who = {JOINING: change.joined, LEAVING: change.left}
    rests_on = {SAME_QUESTION: change.questions, PACE: change.pairs}
    for part, told in _estimates(change, sittings).items():
        named = " ".join(sorted(who.get(part, ()))) or np.nan
        yield {
            **about, "part": part, "value": told.value, "low": told.low, "high": told.high,
            "interval": told.reading, "recurring": rests_on.get(part, change.texts), "actors": named,
        }  # fmt: skip


def _estimates(change: Change, sittings: Sequence[Sitting]) -> dict[str, Estimate]:
    """Return the estimate of each part; of the levels and the total alone where nothing ever varies."""
    sessions = [each.base.sessions for each in sittings]
    weakest = max(sessions, key=lambda each: FIRM.index(bootstrap.reading(each)))
    parts, fewest = change.parts, min(change.roll_calls)
    found = {
        BEFORE: _settled(parts.before, sessions[0], change.roll_calls[0], SHARE),
        AFTER: _settled(parts.after, sessions[-1], change.roll_calls[1], SHARE),
        TOTAL: _settled(parts.after - parts.before, weakest, fewest, CHANGE),
    }
    if found[TOTAL].reading == "posterior" and found[TOTAL].value == 0:
        return found
    for name, drawn in _added(change).items():
        found[name] = _settled(drawn, weakest, fewest, CHANGE)
        if not np.round(drawn, DIGITS).any():  # as where nobody joined: zero in whatever is drawn
            found[name] = Estimate(0.0, 0.0, 0.0, bootstrap.reading(weakest))
    return found


def _settled(drawn: Floats, sessions: Ints, n: int, bounds: Bounds) -> Estimate:
    """Return the first of the draws, with the interval that the others give."""
    replicas = np.round(drawn[1:, None], DIGITS)
    told = settle(drawn[:1], replicas, sessions=sessions, n=np.array([n]), bounds=bounds)
    return Estimate(float(told.value[0]), float(told.low[0]), float(told.high[0]), told.reading[0])


def _added(change: Change) -> dict[str, Floats]:
    """Return the parts by name; where no text recurs, none of the change is known to be own votes."""
    parts = change.parts
    found = {JOINING: parts.joining, LEAVING: parts.leaving, AGENDA: parts.agenda}
    if change.texts:
        found |= {OWN: parts.own, UNDIVIDED: parts.undivided, SAME_TEXT: parts.same_text}
    else:
        found |= {UNDIVIDED: parts.undivided + parts.own}
    if change.questions:
        found |= {SAME_QUESTION: parts.same_question}
    return {**found, PACE: change.pace} if change.pairs >= bootstrap.LEAST_ROLL_CALLS else found
