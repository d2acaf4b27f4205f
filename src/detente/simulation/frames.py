"""The tables of `Outcomes`, and their columns.

Columns that end in `_low` and `_high`, and `low` and `high`, are the ends of 90 per cent intervals over draws
of everything uncertain; of a single assumed number, of the range that the case gives it. `mark` says what a
number rests on: `sourced` (a row of evidence), `estimated` (a fitted model, or computed from such estimates),
`assumed` (a line of the case, or computed from such lines alone or by assumed strengths). `source` names the
evidence or the model; of an assumed number, it is the reason. Every position and every outcome runs from 0 to
1 on its item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

CELL = ("", "_low", "_high", "_mark", "_source")
"""What follows `position`, `salience` and `capability` in the columns of `positions`."""

FRAMES: Mapping[str, list[str]] = {
    "positions": [
        "item", "title", "actor", "group",
        *(f"{kind}{part}" for kind in ("position", "salience", "capability") for part in CELL),
        "weight",
    ],
    "bargains": [
        "item", "title", "model", "model_title", "main", "outcome", "low", "high", "actors", "assumed",
        "mark", "source", "note",
    ],
    "forum": [
        "meeting", "meeting_title", "date", "item", "title", "actor", "group", "present", "position",
        "expectation", "expectation_low", "expectation_high", "outcome", "outcome_low", "outcome_high",
        "disappointment", "disappointment_low", "disappointment_high", "explained_by", "share",
        "mark", "source",
    ],
    "meetings": [
        "meeting", "meeting_title", "date", "actor", "group", "present", "attendance", "attendance_mark",
        "attendance_source", "disappointment", "disappointment_low", "disappointment_high", "worst_item",
        "mark", "source",
    ],
    "misperceptions": [
        "meeting", "item", "actor", "quantity", "explained", "low", "high", "share", "mark", "source",
    ],
    "decisions": [
        "decision", "title", "item", "bloc", "rule", "rule_title", "needed", "voters", "next", "every",
        "proposal", "otherwise", "cut", "passes", "low", "high", "other_passes", "at_likeliest", "how",
        "mark", "source", "note",
    ],
    "members": [
        "decision", "actor", "group", "position", "dependence", "pressure", "yes", "low", "high", "against",
        "at_likeliest", "critical", "stops", "pivotal", "power", "banzhaf", "mark", "source",
    ],
    "flips": ["decision", "rank", "actors", "number", "cost", "passes", "mark", "source"],
    "assumed": ["part", "what", "value", "low", "high", "reason"],
    "missing": ["part", "what", "why", "hint"],
}  # fmt: skip
"""The tables and their columns.

`positions`: who wants what on each item of the agenda, how much it cares and what weight it carries, each
with interval, mark and source; `weight` is the actor's share in the item's weights (capability times
salience).

`bargains`: what comes out on each item by each model; `main` marks the case's own, which comes first, the
others show how far the outcome hangs on the model (`low` and `high` are missing where they were computed at
the likeliest inputs only). `assumed` is the share of the item's weight whose position is assumed.

`forum`: for each meeting, item and actor, what it expects, what comes out, and its disappointment: utility at
the expectation less utility at the outcome, where utility is salience times distance from its position,
below zero (1: the whole line, for an actor that cares fully). Below zero, it is pleased. `explained_by` is
the quantity whose misperception explains most of it, `share` how much of it; both are missing where the
interval spans 0, for then there is nothing sure to explain.

`meetings`: who attends (`attendance` in words, with its mark and source), and each actor's disappointment
over all items of the meeting; `worst_item` is where most of it comes from.

`misperceptions`: what the disappointment would lose (`explained`) if the actor saw one `quantity` as it is:
`position_ally`, `position_rival_side`, `position_others`, `salience`, `capability`. They need not add up to
the whole, for errors work together. Rows only for what `forum` explains.

`decisions`: the chance that each decision passes, with its interval over assumed strengths and uncertain
positions. `needed` is what the rule asks, in words; `other_passes` is the chance if members expect all others
to agree (missing where it is the same); `at_likeliest` whether it passes if all vote as is likeliest; `next`
the next day on which it comes up (missing if none is known), `every` how often after that.

`members`: how likely each member is to vote for (`yes`) and against, how often its vote alone turns the
outcome (`critical`), how often it alone stops the decision (`stops`), how often it is the one whom any
proposal has to win over (`pivotal`), and the power that the rule gives it (`power` is Shapley-Shubik's
index). `at_likeliest` is for, abstain or against.

`flips`: the cheapest sets of members whose change of vote turns the outcome at the likeliest state. `cost` is
how far they would have to move, added up, on the item's scale; rank 2 does without anyone of rank 1, and so
on. `actors` are joined by commas, `passes` is the outcome before the change.

`assumed`: every number that the case assumes beside the cells of `positions`. `missing`: what could not be
said, with the reason and what to do about it.
"""


def framed(table: str, rows: Iterable[Mapping[str, object]] = ()) -> pd.DataFrame:
    """Return rows as one of the tables of `FRAMES`.

    >>> framed("flips").columns.tolist()[:3]
    ['decision', 'rank', 'actors']
    """
    return pd.DataFrame(list(rows), columns=FRAMES[table])
