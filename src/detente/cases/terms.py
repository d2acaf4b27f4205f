"""The words that a case file is made of: keys, codes, dates, texts, each with the rule that it must keep."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

FIRST_YEAR = 1816
LAST_YEAR = 2100

KEY = r"^[a-z][a-z0-9_]{0,39}$"
BLOC = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
ACTOR = r"^[A-Z]{3}$"
PARTY = r"^[A-Z]{2,12}$"
SPOKEN = r"\S"

RULES: dict[str, tuple[str, str]] = {
    KEY: (
        "is not a key",
        "use small letters, digits and underscores, starting with a letter, at most 40, as in 'late_1990s'",
    ),
    BLOC: (
        "is not a name for a bloc",
        "use letters, digits and underscores, starting with a letter, at most 40, as in 'NATO'",
    ),
    ACTOR: (
        "is not a country code",
        "use the three capital letters of ISO 3166, as in 'FRA' (not 'FR', not 'France')",
    ),
    PARTY: (
        "is not a code",
        "use the three capital letters of ISO 3166, as in 'FRA', or an organisation's, as in 'EU'",
    ),
    SPOKEN: ("is empty", "write a few words"),
}
"""What to say, and what to type instead, where a text does not match a pattern."""


def fault(what: str, hint: str = "") -> PydanticCustomError:
    """Return the error to raise in a validator: what is wrong, and what to type instead."""
    return PydanticCustomError("case", "{what}", {"what": what, "hint": hint})


def _within_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise fault(f"{day} is out of range", f"dates run from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def as_day(value: Any) -> Any:
    """Return the day that a text names, and anything else as it is."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    return value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Key = Annotated[str, Field(pattern=KEY)]
BlocKey = Annotated[str, Field(pattern=BLOC)]
ActorCode = Annotated[str, Field(pattern=ACTOR)]
PartyCode = Annotated[str, Field(pattern=PARTY)]
Text = Annotated[str, Field(pattern=SPOKEN)]
Day = Annotated[date, BeforeValidator(as_day), AfterValidator(_within_years)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Kinds = Annotated[
    tuple[Key, ...],
    Field(min_length=1, strict=False),
    BeforeValidator(_as_list, json_schema_input_type=Key | list[Key]),
]


class Part(BaseModel):
    """A part of a case: cannot be changed, takes no unknown key, converts no type in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


class Span(Part):
    """A span of days, first and last included."""

    since: Day = Field(description="First day, included, as in 1985-01-01.")
    until: Day = Field(description="Last day, included, as in 1989-12-31.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_order(self.since, self.until)
        return self


class History(Part):
    """The calendar years of the yearly series."""

    since: Year = Field(description="First year.")
    until: Year = Field(description="Last year, included.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_order(self.since, self.until)
        return self


def check_order(since: date | int | None, until: date | int | None) -> None:
    """Raise the fault of a span that ends before it begins.

    >>> check_order(1990, 1999)
    """
    if since is not None and until is not None and until < since:  # type: ignore[operator]  # both of one type
        raise fault(f"until ({until}) comes before since ({since})", "swap the two, or correct one of them")


def check_once(words: tuple[str, ...], what: str) -> None:
    """Raise the fault of a list that names something twice.

    >>> check_once(("FRA", "DEU"), "actor")
    """
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise fault(f"{what} named twice: {', '.join(twice)}", "name each once")


def check_range(low: float, value: float, high: float) -> None:
    """Raise the fault of a number that does not lie in its own range.

    >>> check_range(0.0, 0.5, 1.0)
    """
    if not low <= value <= high:
        raise fault(f"{value} does not lie from {low} to {high}", "order low, value and high")
