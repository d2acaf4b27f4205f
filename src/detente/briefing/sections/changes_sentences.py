"""What moved a bloc's unity between two windows, in sentences that follow the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from detente.briefing.names import Names
from detente.briefing.prose import Cited, Form, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, counted, number, said
from detente.measurement.changes import (
    ADDED,
    AGENDA,
    JOINING,
    LEAVING,
    OWN,
    PACE,
    SAME_TEXT,
    TOTAL,
    UNDIVIDED,
)
from detente.numbers import Number

INDEX = "index"
PARTS = {
    JOINING: "members that joined",
    LEAVING: "members that left",
    AGENDA: "a different mix of what came to a vote",
    OWN: "members’ own votes on texts that came back unchanged",
    UNDIVIDED: "other texts",
}
"""What each part of a change is called in a sentence."""
EXPLAINED = ", where the agenda and members’ own votes cannot be told apart"
MOST = 3
LEAST = 0.005
"""Smallest part of a change that is worth a clause."""


@dataclass(frozen=True)
class Account:
    """One change with its parts: the rows of `Measures.bloc_changes` for a bloc, an issue and two windows."""

    bloc: str
    issue: str
    window: str
    next_window: str
    parts: Mapping[str, Row]
    general: bool = False
    """Whether the issue stands for votes in general."""
    in_steps: bool = False
    """Whether there are windows between the two, so that the change is the sum of several."""

    def number(self, part: str) -> Number | None:
        """Return the figure of one part, or None where it is not told."""
        row = self.parts.get(part)
        return number(row, unit=INDEX) if row is not None else None

    @property
    def is_clear(self) -> bool:
        """Whether the change as a whole is more than its interval."""
        total = self.number(TOTAL)
        return total is not None and is_clear(total)

    @property
    def clear_parts(self) -> dict[str, Number]:
        """The parts whose intervals leave out zero, the largest first, what cannot be told apart last."""
        told = {part: found for part in ADDED if (found := self.number(part)) is not None}
        clear = {part: found for part, found in told.items() if is_clear(found) and abs(found.value) >= LEAST}
        return dict(sorted(clear.items(), key=lambda each: (each[0] == UNDIVIDED, -abs(each[1].value))))


def is_clear(found: Number) -> bool:
    """Return whether an interval leaves out zero.

    >>> is_clear(Number(0.1, "index", "estimated", 0.0, 0.2, method="bootstrap"))
    False
    """
    low, high = (found.value if end is None else end for end in (found.low, found.high))
    return low > 0 or high < 0


def change_sentence(account: Account, names: Names, *, first: bool = True) -> Sentence | None:
    """Say whether a bloc's unity has changed, which parts make up the change, and which work against it.

    Only the `first` of several on the same windows names them, and explains what cannot be told apart.
    """
    total = account.number(TOTAL)
    if total is None:
        return None
    since: tuple[Part, ...] = (
        "from ", _window(account.window, names), " to ", _window(account.next_window, names),
    )  # fmt: skip
    teller = _Teller(account, names, first)
    if not account.is_clear:
        return sentence(
            "Whether ", teller.members, " came to vote more or less alike ", *teller.on,
            *((" ", *since) if first else ()), " is open: the interval includes zero (", teller.cited(TOTAL),
            ")", *teller.open_parts(), ".",
        )  # fmt: skip
    return sentence(
        *((*since, ", ") if first else ()), teller.members, f" came to vote {_how(total)} ", *teller.on,
        ", by ", teller.size(TOTAL), *teller.clear_parts(upwards=total.value > 0), ".",
    )  # fmt: skip


@dataclass(frozen=True)
class _Teller:
    """Writes the clauses on one account."""

    account: Account
    names: Names
    first: bool = True

    def clear_parts(self, *, upwards: bool) -> tuple[Part, ...]:
        """Return the clauses on the parts of a clear change: those that make it up, and those against it."""
        clear = self.account.clear_parts
        along = [part for part, found in clear.items() if (found.value > 0) == upwards]
        contrary = [part for part in clear if part not in along]
        told: list[Part] = [", though no part of it is clear by itself"]
        if along:
            told = [": ", *self.shares(along, " lies", " in ")]
        if contrary:
            told += [
                "; ",
                *self.shares(contrary, "", " from "),
                f" work{'s' * (len(contrary) == 1)} against it",
            ]
        return tuple(told)

    def open_parts(self) -> tuple[Part, ...]:
        """Return the clauses on the parts of a change that may be none: whether they offset one another."""
        clear = self.account.clear_parts
        gains = [part for part, found in clear.items() if found.value > 0]
        losses = [part for part in clear if part not in gains]
        if gains and losses:
            told = *self.shares(gains, " gained", " from "), " and ", *self.shares(losses, " lost", " to ")
            return "; its parts offset one another, with ", *told
        if gains or losses:
            verbs = (" gained", " from ") if gains else (" lost", " to ")
            return "; clear by itself is only ", *self.shares(gains or losses, *verbs)
        return (", and no part of it is clear by itself",)

    def shares(self, parts: Sequence[str], verb: str, word: str) -> tuple[Part, ...]:
        """Return the parts as a list: `0.10 (0.08 to 0.12) lies in members that joined and 0.02 (…) in …`."""
        clauses: list[Part | tuple[Part, ...]] = [
            (self.size(part), f"{'' if place else verb}{word}", PARTS[part], self._explained(part))
            for place, part in enumerate(parts)
        ]
        return listed(clauses)

    @property
    def members(self) -> Label:
        """Whose change it is."""
        return self.names.members(self.account.bloc)

    @property
    def on(self) -> tuple[Part, ...]:
        """On what: `on Fish`, or `in general`."""
        if self.account.general:
            return ("in general",)
        return "on ", self.names.label("issues", self.account.issue)

    @property
    def pairs(self) -> Cited:
        """How many times a text was voted on again; over several steps, in each of them at the least."""
        row = self.account.parts[PACE]
        found = counted(int(row["recurring"]), said(row, "source"))
        return Cited(found, _what("votes on a text that was voted on before", self.account, self.names))

    def _explained(self, part: str) -> str:
        return EXPLAINED if part == UNDIVIDED and self.first else ""

    def cited(self, part: str, form: Form = "inside") -> Cited:
        """Return a change with its interval, as it stands within brackets unless `form` says otherwise."""
        found = self.account.number(part)
        assert found is not None
        what = _what(f"change of the agreement index ({part})", self.account, self.names)
        return Cited(found, what, form)

    def size(self, part: str) -> Cited:
        """Return a change by its size: a fall of 0.02 is 0.02, and its interval turned round."""
        told = self.cited(part)
        found = told.number
        if found.value < 0:
            assert found.low is not None
            assert found.high is not None
            found = replace(found, value=-found.value, low=-found.high, high=-found.low)
        return Cited(found, f"size of the {told.what}", "interval")


def pace_sentence(accounts: Sequence[Account], names: Names) -> Sentence | None:
    """Say what members' own change of vote would make for, at the pace of votes on unchanged texts.

    Of more than `MOST` changes only those are told that would be clear.
    """
    held = [(each, pace) for each in accounts if (pace := each.number(PACE)) is not None]
    if not held:
        return None
    pairs = min((_Teller(account, names).pairs for account, _ in held), key=lambda each: each.number.value)
    told = held if len(held) <= MOST else [(account, pace) for account, pace in held if is_clear(pace)]
    least = "at least " if len(held) > 1 or held[0][0].in_steps else ""
    opening: tuple[Part, ...] = (
        "Had all votes moved at the pace of those on texts that came back unchanged from one session to the "
        f"next ({least}", pairs, " pairs of votes), ",
    )  # fmt: skip
    if not told:
        return sentence(*opening, "none of these changes would be clear.")
    clauses: list[Part | tuple[Part, ...]] = []
    for account, _ in told:
        teller = _Teller(account, names)
        clauses.append((teller.cited(PACE, form="interval"), " among ", teller.members, " ", *teller.on))
    rest = "; of the other changes, none would be clear" if len(told) < len(held) else ""
    return sentence(*opening, "members’ own votes would make for ", *listed(clauses), f"{rest}.")


def untold_sentence(accounts: Sequence[Account], names: Names) -> Sentence | None:
    """Name the changes without a text that is known to have come back unchanged; None where all have one."""
    without = [each for each in accounts if AGENDA in each.parts and SAME_TEXT not in each.parts]
    told = [(each.members, " ", *each.on) for each in (_Teller(account, names) for account in without)]
    if not told:
        return None
    return sentence(
        "No text is known to have come back unchanged for ", *listed(told), ", so that the agenda and "
        "members’ own votes cannot be told apart there.",
    )  # fmt: skip


def _how(found: Number) -> str:
    return "more alike" if found.value > 0 else "less alike"


def _window(key: str, names: Names) -> Label:
    return Label(f"‘{names.title('windows', key)}’")


def _what(figure: str, account: Account, names: Names) -> str:
    return (
        f"{figure}, {names.title('blocs', account.bloc)}, {names.title('issues', account.issue)}, "
        f"{names.title('windows', account.window)} to {names.title('windows', account.next_window)}"
    )
