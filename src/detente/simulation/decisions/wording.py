"""A decision rule in words."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from detente.cases.rules import AllOf, AnyOf, AnyRule, Condition, Veto

BOUNDS = {
    "at_least": "at least",
    "more_than": "more than",
    "at_most": "at most",
    "fewer_than": "fewer than",
}
SIDES = {
    "for": "in favour",
    "against": "against",
    "abstain": "abstaining",
    "not_for": "against or abstaining",
}
NOBODY = {"against": "nobody against", "abstain": "nobody abstaining", "not_for": "everyone in favour"}


def needed(rule: AnyRule, members: int) -> str:
    """Return what a rule asks of so many members, in words.

    >>> from detente.cases.rules import Rule
    >>> needed(Rule.model_validate({"title": "Q", "passes": {"for": {"at_least": "55%"}}}).passes, 27)
    'at least 55% of members (15 of 27) in favour'
    """
    match rule:
        case AllOf():
            return ", and ".join(_inside(part, members) for part in rule.all)
        case AnyOf():
            return "either " + ", or ".join(_inside(part, members) for part in rule.any)
        case Veto():
            return f"none of {', '.join(rule.veto)} against"
        case Condition():
            return _condition(rule, members)


def _inside(rule: AnyRule, members: int) -> str:
    words = needed(rule, members)
    return f"({words})" if isinstance(rule, (AllOf, AnyOf)) else words


def _condition(rule: Condition, members: int) -> str:
    held = rule.threshold
    name, amount = held.bound
    if name == "at_most" and amount == 0:
        return NOBODY[rule.side]
    written = getattr(held, name)
    whole = held.among == "all" and held.of == "members"
    if isinstance(amount, int):
        of = "" if held.of == "members" else f" of {held.of}"
        return f"{BOUNDS[name]} {written}{of} {SIDES[rule.side]}"
    base = held.of if held.among == "all" else "those voting"
    count = f" ({_whole(name, amount, members)} of {members})" if whole else ""
    return f"{BOUNDS[name]} {written} of {base}{count} {SIDES[rule.side]}"


def _whole(name: str, share: Fraction, members: int) -> int:
    """Return the number of members that just meets a bound."""
    exact = share * members
    return {
        "at_least": ceil(exact),
        "more_than": floor(exact) + 1,
        "at_most": floor(exact),
        "fewer_than": ceil(exact) - 1,
    }[name]
