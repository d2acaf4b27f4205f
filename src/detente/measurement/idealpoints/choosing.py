"""The choice of votes from evidence: which roll calls count, which of them recur, and who continues whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean, raise_all
from detente.evidence.actors import Gazetteer
from detente.evidence.readers.ballots import normal_resolution
from detente.measurement.casting import heirs
from detente.measurement.recurrence import Votes, pulled_matches

CALL_COLUMNS = ("roll_call", "source", "body", "session", "date", "resolution", "title", "kind", "important")
VOTE_COLUMNS = ["actor", "roll_call", "session", "date", "resolution", "vote"]


@dataclass(frozen=True)
class Selection:
    """Which votes are chosen; every condition narrows, and without any all roll calls count.

    `issues`, `resolutions`: roll calls under one of these (either suffices). `important`: marked as such.
    `final_only`: neither amendments nor paragraphs. `start`, `end`: both included. `recurring`: "matched"
    bridges sessions by the pairs that Bailey, Strezhnev & Voeten matched by text; "titles" by equal titles,
    which puts texts that changed under an old title together; "none" leaves every roll call on its own.
    `joined`: an actor's votes continue those of the state that it continues, as one path.
    """

    issues: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    important: bool = False
    final_only: bool = False
    start: date | str | None = None
    end: date | str | None = None
    recurring: Literal["matched", "titles", "none"] = "matched"
    joined: bool = True


@dataclass(frozen=True)
class Selected:
    """The chosen votes as `ideal_points` takes them, the pairs that recur (earlier, later), and the account.

    `votes`: actor, roll_call, session, date, resolution, vote. `account`: reason, roll_calls. `words` say
    what was chosen.
    """

    votes: pd.DataFrame
    links: pd.DataFrame
    account: pd.DataFrame
    words: str


def select_votes(
    votes: pd.DataFrame | Votes, selection: Selection | None = None, *, matches: pd.DataFrame | None = None
) -> Selected:
    """Return the votes that are asked for, from evidence or from a tidy frame with columns of that kind.

    Evidence may hold the same roll calls from several providers; the one with most of those chosen counts,
    and the others are counted in the account. `matches` are pairs of roll calls that recur (earlier, later);
    without them, those among the pulled files are used.

    Raises MeasurementError for issues, resolutions and columns that are not there, and where nothing is left.

    >>> votes = pd.DataFrame({"actor": ["a", "b"] * 2, "roll_call": [1, 1, 2, 2], "session": 1,
    ...     "kind": ["resolution", "resolution", "paragraph", "paragraph"], "vote": ["yes", "no"] * 2})
    >>> chosen = select_votes(votes, Selection(final_only=True))
    >>> chosen.votes["roll_call"].tolist(), chosen.words
    ([1, 1], '1 of 2 roll calls: final passage only; which of them recur is not known')
    """
    chosen = selection or Selection()
    calls, tags = _from_frame(votes) if isinstance(votes, pd.DataFrame) else _from_evidence(votes)
    _check(chosen, calls, tags)
    calls, account = _narrowed(chosen, calls, tags)
    cast = _cast(votes, calls)
    if matches is None and not isinstance(votes, pd.DataFrame) and chosen.recurring == "matched":
        matches = pulled_matches(votes)
    links = _links(chosen, calls, matches)
    if chosen.joined:
        latest = heirs(Gazetteer.load())
        cast["actor"] = cast["actor"].map(lambda code: latest.get(code, code))
    unknown = chosen.recurring == "matched" and matches is None
    bridges = "which of them recur is not known" if unknown else f"{len(links)} pairs recur"
    words = f"{len(calls)} of {len(calls) + sum(account.values())} roll calls: {_describe(chosen)}; {bridges}"
    counted = pd.DataFrame(account.items(), columns=["reason", "roll_calls"])
    return Selected(cast.reindex(columns=VOTE_COLUMNS), links, counted, words)


def _from_evidence(evidence: Votes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the roll calls that were pulled or imported, and their issues."""
    columns = ", ".join(CALL_COLUMNS)
    calls = evidence.query(
        f"SELECT {columns} FROM roll_calls WHERE origin <> 'shipped' ORDER BY date, roll_call"
    )
    if calls.empty:
        raise MeasurementError(
            Problem("evidence", "holds no roll calls but single shipped ones", "detente data pull unga_votes")
        )
    return calls, evidence.query("SELECT roll_call, issue FROM roll_call_issues")


def _from_frame(votes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    missing = [name for name in ("actor", "roll_call", "vote") if name not in votes]
    raise_all(
        MeasurementError,
        [Problem("votes", f"no column {name!r}", did_you_mean(name, map(str, votes))) for name in missing],
    )
    here = [name for name in CALL_COLUMNS if name in votes]
    calls = votes[here].drop_duplicates("roll_call", ignore_index=True)
    tags = votes[["roll_call", "issue"]] if "issue" in votes else pd.DataFrame({"roll_call": [], "issue": []})
    return calls, tags.dropna().drop_duplicates()


def _check(chosen: Selection, calls: pd.DataFrame, tags: pd.DataFrame) -> None:
    """Raise MeasurementError with all that the choice names and the votes do not have."""
    asked = {
        "resolution": bool(chosen.resolutions),
        "important": chosen.important,
        "kind": chosen.final_only,
        "date": chosen.start is not None or chosen.end is not None,
        "title": chosen.recurring == "titles",
    }
    problems = [
        Problem("votes", f"no roll call has {name!r}", "leave out what asks for it, or take other votes")
        for name, wanted in asked.items()
        if wanted and (name not in calls or calls[name].isna().all())
    ]
    known = sorted(map(str, set(tags["issue"])))
    problems += [
        Problem(f"issue {issue!r}", "is in no roll call", did_you_mean(issue, known) or _some(known))
        for issue in chosen.issues
        if issue not in known
    ]
    if "resolution" in calls:
        symbols = sorted(map(str, set(calls["resolution"].dropna())))
        problems += [
            Problem(f"resolution {symbol!r}", "is in no roll call", did_you_mean(symbol, symbols))
            for symbol in chosen.resolutions
            if (normal_resolution(symbol) or symbol) not in symbols
        ]
    raise_all(MeasurementError, problems)


def _some(known: list[str]) -> str:
    return f"there are {', '.join(known[:8])}{' and others' if len(known) > 8 else ''}" if known else ""


def _narrowed(
    chosen: Selection, calls: pd.DataFrame, tags: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the roll calls that are left, and how many went for each reason."""
    account: dict[str, int] = {}
    for reason, kept in _conditions(chosen, calls, tags):
        here = kept.reindex(calls.index).fillna(False).astype(bool)
        if not here.all():
            account[reason] = int((~here).sum())
        calls = calls[here]
    for column in ("body", "source"):
        if column in calls and calls[column].nunique() > 1:
            most = calls[column].value_counts().idxmax()
            account[f"of another {column} than {most}"] = int((calls[column] != most).sum())
            calls = calls[calls[column] == most]
    if calls.empty:
        gone = "; ".join(f"{number} {reason}" for reason, number in account.items())
        raise MeasurementError(Problem("votes", "no roll call is left", gone))
    return calls, account


def _conditions(chosen: Selection, calls: pd.DataFrame, tags: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    found = []
    if chosen.issues or chosen.resolutions:
        under = calls["roll_call"].isin(tags.loc[tags["issue"].isin(chosen.issues), "roll_call"])
        if chosen.resolutions:
            under |= calls["resolution"].isin(
                [normal_resolution(text) or text for text in chosen.resolutions]
            )
        found.append(("not under the issues or resolutions", under))
    if chosen.important:
        found.append(("not marked as important", calls["important"].eq(True)))
    if chosen.final_only:
        found.append(("amendments and paragraphs", calls["kind"].eq("resolution")))
    if chosen.start is not None:
        found.append(("before the start", pd.to_datetime(calls["date"]) >= pd.Timestamp(chosen.start)))
    if chosen.end is not None:
        found.append(("after the end", pd.to_datetime(calls["date"]) <= pd.Timestamp(chosen.end)))
    return found


def _cast(votes: pd.DataFrame | Votes, calls: pd.DataFrame) -> pd.DataFrame:
    """Votes in these roll calls, with the session, date and resolution of each."""
    if isinstance(votes, pd.DataFrame):
        cast = votes[["actor", "roll_call", "vote"]][votes["roll_call"].isin(calls["roll_call"])]
        cast = cast.drop_duplicates() if "issue" in votes else cast
    else:
        cast = votes.query(
            "SELECT actor, roll_call, vote FROM votes "
            "WHERE roll_call IN (SELECT unnest(?::VARCHAR[])) ORDER BY roll_call, actor",
            [calls["roll_call"].tolist()],
        )
    about = [name for name in ("session", "date", "resolution") if name in calls]
    return cast.merge(calls[["roll_call", *about]], on="roll_call", how="left")


def _links(chosen: Selection, calls: pd.DataFrame, matches: pd.DataFrame | None) -> pd.DataFrame:
    """Pairs of chosen roll calls that recur: earlier, later."""
    if chosen.recurring == "titles":
        named = calls.dropna(subset="title").assign(key=lambda t: t["title"].str.casefold().str.strip())
        pairs = named.assign(earlier=named.groupby("key")["roll_call"].shift()).dropna(subset="earlier")
        pairs = pairs.rename(columns={"roll_call": "later"})
    elif chosen.recurring == "matched" and matches is not None:
        pairs = matches.iloc[:, -2:].set_axis(["earlier", "later"], axis=1)
        here = calls["roll_call"]
        pairs = pairs[pairs["earlier"].isin(here) & pairs["later"].isin(here)]
    else:
        pairs = pd.DataFrame({"earlier": [], "later": []}, dtype=object)
    return pairs[["earlier", "later"]].reset_index(drop=True)


def _describe(chosen: Selection) -> str:
    parts = [
        f"issues {', '.join(chosen.issues)}" if chosen.issues else "",
        f"resolutions {', '.join(chosen.resolutions)}" if chosen.resolutions else "",
        "important" if chosen.important else "",
        "final passage only" if chosen.final_only else "",
        f"from {chosen.start}" if chosen.start is not None else "",
        f"until {chosen.end}" if chosen.end is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "all"
