"""The table of the forum: what an observer would expect if some were seen elsewhere, and that as a patch.

The page computes the same while a slider moves; this is its twin for programs. See `beliefs` for the formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detente.errors import Problem, did_you_mean, raise_all
from detente.webapp.asked import QueryError

if TYPE_CHECKING:
    from detente.cases.schema import Case

Row = dict[str, Any]
SEEN = "seen."
SAID = "Moved on the live page, to see what follows; nobody claims that it is so."


def asked(found: Row, query: Mapping[str, str]) -> Row:
    """Return what an address asks of the table: the observer, what it would expect, and what it does.

    Empty where the address asks nothing of it, or the view has no meetings. Raises `QueryError` with every
    name that there is not, and every number that is none.
    """
    seats = [name for name in query if name in ("meeting", "item", "observer") or name.startswith(SEEN)]
    if not seats or not found.get("beliefs"):
        return {}
    row = _row(found["beliefs"], query)
    observer = query.get("observer", _furthest(row))
    raise_all(QueryError, [*_strangers("observer", [observer], row["actors"])])
    own = row["actors"].index(observer)
    moved = _moved(row, observer, query)
    weight, belief = row["weight"][own], row["belief"][own]
    seen = [moved.get(code, held) for code, held in zip(row["present"], belief, strict=True)]
    expects = sum(w * b for w, b in zip(weight, seen, strict=True)) / sum(weight)
    return {
        "asked": {
            "meeting": row["meeting"], "item": row["item"], "observer": observer, "seen": moved,
            "expectation": float(f"{expects:.6g}"), "as_the_case_has_it": row["expectation"][own],
            "outcome": row["outcome"], "off_by": float(f"{abs(expects - row['outcome']):.6g}"),
            "mark": "assumed",
        }
    }  # fmt: skip


def patch(case: Case, found: Row) -> Row:
    """Return the patch that makes the case say what `asked` returned: the observer's perception at that
    meeting, with where it sees the others outright; empty where nothing was moved.
    """
    told = found.get("asked")
    if not told or not told["seen"] or case.forum is None:
        return {}
    usual, own = case.forum.perceptions(told["meeting"])
    held = own.get(told["observer"], usual).model_dump(mode="json", exclude_unset=True)
    seen = {**held.get("seen", {})}
    seen[told["item"]] = {**seen.get(told["item"], {}), **told["seen"]}
    perception = {**held, "seen": seen, "reason": f"{held['reason']} {SAID}"}
    return {"forum": {"meetings": {told["meeting"]: {"own": {told["observer"]: perception}}}}}


def _row(beliefs: Sequence[Row], query: Mapping[str, str]) -> Row:
    """Return the meeting and item that are asked for, the last of those that fit."""
    fit = list(beliefs)
    for name in ("meeting", "item"):
        if name in query:
            raise_all(QueryError, list(_strangers(name, [query[name]], [row[name] for row in fit])))
            fit = [row for row in fit if row[name] == query[name]]
    return fit[-1]


def _furthest(row: Row) -> str:
    """Return who expects what is furthest from the outcome."""
    off = [abs(each - row["outcome"]) for each in row["expectation"]]
    return str(row["actors"][off.index(max(off))])


def _moved(row: Row, observer: str, query: Mapping[str, str]) -> dict[str, float]:
    given = {name.removeprefix(SEEN): text for name, text in query.items() if name.startswith(SEEN)}
    others = [code for code in row["present"] if code != observer]
    problems = list(_strangers("seen", given, others))
    found = {}
    for code, text in given.items():
        try:
            found[code] = float(text)
        except ValueError:
            found[code] = -1.0
        if not 0 <= found[code] <= 1:
            problems.append(
                Problem(f"{SEEN}{code}", f"{text[:40]!r} is no place", "give a number from 0 to 1")
            )
    raise_all(QueryError, problems)
    return found


def _strangers(
    name: str, words: Sequence[str] | Mapping[str, str], known: Sequence[str]
) -> Iterator[Problem]:
    names = sorted(set(known))
    for word in words:
        if word not in names:
            yield Problem(
                name,
                f"there is no {word[:40]!r}",
                did_you_mean(word, names) or f"there are {', '.join(names)}",
            )
