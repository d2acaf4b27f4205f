"""From a tidy frame of votes to flat arrays, with an account of every vote that was set aside, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean
from detente.measurement.idealpoints.ballots import Ballots, pack
from detente.measurement.idealpoints.words import ABSENT, ABSTAIN, read_votes

COLUMNS = {
    "actor": ("actor", "country", "state", "member", "legislator", "voter"),
    "roll_call": ("roll_call", "rollcall", "rcid", "vote_id", "bill"),
    "session": ("session", "period", "term", "year"),
    "date": ("date", "day"),
    "vote": ("vote", "choice", "position"),
}
"""The columns that are read, each with the names under which it is found."""


@dataclass(frozen=True)
class Choice:
    """How votes are read: what absence means, which roll calls recur, and over what the points may move.

    `absent`: "missing" leaves absences out; "abstain" reads them as abstentions. `links`: pairs of roll calls
    (a frame whose last two columns are ids) that put the same text to the vote again, or the name of a column
    that is the same for them, as `resolution`. `static`: one point per actor. `words`: words for votes beside
    the common ones.
    """

    absent: Literal["missing", "abstain"] = "missing"
    links: pd.DataFrame | str | None = None
    static: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """Votes ready for the engines, and the account: reason, roll_calls, votes, actors, examples, kept."""

    ballots: Ballots
    account: pd.DataFrame


class _Account:
    """Collects what was set aside (or kept with a remark), one row for each reason."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def note(self, reason: str, rows: pd.DataFrame, *, of: str = "roll_call", kept: bool = False) -> None:
        if len(rows):
            examples = ", ".join(str(label) for label in rows[of].drop_duplicates().head(5))
            self.rows.append(
                {
                    "reason": reason,
                    "kept": kept,
                    "votes": len(rows),
                    "roll_calls": rows["roll_call"].nunique(),
                    "actors": rows["actor"].nunique(),
                    "examples": examples,
                }
            )

    def frame(self) -> pd.DataFrame:
        columns = ["reason", "kept", "votes", "roll_calls", "actors", "examples"]
        return pd.DataFrame(self.rows, columns=columns)


def prepare(votes: pd.DataFrame, choice: Choice | None = None) -> Prepared:
    """Return the flat arrays of a tidy frame and the account of what was set aside.

    One row is one vote: actor, roll_call, session or date, vote (see `COLUMNS` for the names that are
    understood). Raises MeasurementError for missing columns, unknown words, and votes of which nothing is
    left.

    >>> rows = [("A", 1, 1, "yes"), ("B", 1, 1, "no"), ("A", 2, 1, "no"), ("B", 2, 1, "yes")]
    >>> prepare(pd.DataFrame(rows, columns=["actor", "roll_call", "session", "vote"])).ballots.actors.tolist()
    ['A', 'B']
    """
    choice = choice or Choice()
    account = _Account()
    table = _columns(votes, choice)
    table = _drop(account, table, table[["actor", "roll_call", "session"]].isna().any(axis=1), "no label")
    if choice.absent == "abstain":
        table.loc[table["vote"] == ABSENT, "vote"] = ABSTAIN
    table = _drop(account, table, table["vote"] == ABSENT, "absent")
    table = _once(account, table)
    table = _drop(
        account,
        table,
        _alike(table, "item"),
        "all who voted voted alike, so it says nothing of who stands where",
    )
    if table.empty:
        raise MeasurementError(
            Problem("votes", "nothing is left to estimate from", _why_empty(account.frame()))
        )
    account.note(
        "the actor never varies: placed by the prior as much as by votes",
        table[_alike(table, "actor")],
        of="actor",
        kept=True,
    )
    ballots = pack(table)
    account.note(
        "not connected with the largest block by any roll call: estimated apart, on a scale of its own",
        table[table["actor"].isin(ballots.actors[ballots.block > 0])] if ballots.block.any() else table[:0],
        of="actor",
        kept=True,
    )
    return Prepared(ballots, account.frame())


def _columns(votes: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    found = {
        column: next((name for name in names if name in votes.columns), None)
        for column, names in COLUMNS.items()
    }
    needed = ["actor", "roll_call", "vote"]
    problems = [
        Problem(
            "votes",
            f"no column for {column!r}",
            did_you_mean(column, map(str, votes.columns)) or _names(column),
        )
        for column in needed
        if found[column] is None
    ]
    if found["session"] is None and found["date"] is None and not choice.static:
        problems.append(Problem("votes", "no column for 'session' or 'date'", "add one, or say static=True"))
    if isinstance(choice.links, str) and choice.links not in votes.columns:
        hint = did_you_mean(choice.links, map(str, votes.columns))
        problems.append(Problem("links", f"no column {choice.links!r} among the votes", hint))
    if problems:
        raise MeasurementError(*problems)
    table = pd.DataFrame(
        {
            "actor": _coded(votes[found["actor"]]),
            "roll_call": _coded(votes[found["roll_call"]]),
            "session": _coded(_sessions(votes, found, static=choice.static)),
            "vote": read_votes(votes[found["vote"]], choice.words),
        }
    )
    item = item_labels(votes[found["roll_call"]], votes, choice.links)
    table["item"] = table["roll_call"] if choice.links is None else _coded(item)
    return table


def _coded(labels: pd.Series) -> pd.Series:
    """Words as categories: told apart once, and then compared as numbers."""
    return labels.astype("category") if isinstance(labels.dtype, pd.StringDtype) else labels


def _alike(table: pd.DataFrame, column: str) -> npt.NDArray[np.bool_]:
    """Rows (n,) whose label in `column` has votes of one kind only."""
    label, labels = pd.factorize(table[column])
    kinds = np.bincount(3 * label + table["vote"].to_numpy(np.int64), minlength=3 * len(labels))
    return np.asarray(((kinds.reshape(-1, 3) > 0).sum(1) < 2)[label])


def _names(column: str) -> str:
    return f"name it {' or '.join(repr(name) for name in COLUMNS[column])}"


def _sessions(votes: pd.DataFrame, found: Mapping[str, str | None], *, static: bool) -> pd.Series:
    if static:
        return pd.Series(0, index=votes.index)
    if found["session"] is not None:
        session: pd.Series = votes[found["session"]]
        whole = pd.api.types.is_float_dtype(session) and bool((session.dropna() % 1 == 0).all())
        return (
            session.astype("Int64")
            if whole and session.isna().any()
            else session.astype(int)
            if whole
            else session
        )
    return pd.to_datetime(votes[found["date"]]).dt.year


def item_labels(roll_call: pd.Series, votes: pd.DataFrame, links: pd.DataFrame | str | None) -> pd.Series:
    """The item of each roll call: itself, or the first of those that it repeats."""
    if links is None:
        return roll_call
    if isinstance(links, str):
        return votes[links].where(votes[links].notna() & (votes[links] != ""), roll_call)
    first: dict[Any, Any] = {}

    def root(label: Any) -> Any:
        while first.setdefault(label, label) != label:
            label = first[label]
        return label

    for one, again in links.iloc[:, -2:].itertuples(index=False):
        a, b = sorted((root(one), root(again)))
        first[b] = a
    index, labels = pd.factorize(roll_call)
    return pd.Series(
        np.array([root(label) if label in first else label for label in labels])[index], roll_call.index
    )


def _drop(
    account: _Account, table: pd.DataFrame, where: pd.Series | npt.NDArray[np.bool_], reason: str
) -> pd.DataFrame:
    if not where.any():
        return table
    account.note(reason, table[where])
    return table[~where].copy()


def _once(account: _Account, table: pd.DataFrame) -> pd.DataFrame:
    """One vote per actor and roll call: repeats go, contradictions go altogether."""
    actor, roll_call = (pd.factorize(table[column])[0] for column in ("actor", "roll_call"))
    pair = actor.astype(np.int64) * len(table) + roll_call
    if not pd.Series(pair).duplicated().any():
        return table
    table = _drop(
        account, table, table.duplicated(["actor", "roll_call", "vote"]), "the same vote a second time"
    )
    torn = table.duplicated(["actor", "roll_call"], keep=False)
    return _drop(account, table, torn, "the actor's votes on the roll call contradict one another")


def _why_empty(account: pd.DataFrame) -> str:
    if account.empty:
        return "the frame has no rows"
    return "; ".join(f"{row.votes} votes: {row.reason}" for row in account.itertuples())
