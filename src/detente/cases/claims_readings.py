"""What a test of a claim reads off the evidence, and the lines that decide what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from detente.cases.terms import FIRST_YEAR, LAST_YEAR, BlocKey, Key, Part, PartyCode, Text, fault

WHOLE = "all"
"""The span of an issue that lists its resolutions: from the first to the last of them."""
Name = Literal[
    "agreement_index", "rice", "unanimous", "pi", "s", "kappa", "agrees_with_ally", "majorities_agree",
    "stance_distance", "distance", "stance", "ideal_point", "spread", "voted_yes", "view", "rank",
    "dependence", "indicator", "tie", "disappointment",
]  # fmt: skip

ALIKE = ("agreement_index", "rice", "unanimous", "pi", "s", "kappa", "agrees_with_ally")
NEEDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    **{name: (frozenset({"of", "issue", "span"}), frozenset()) for name in ALIKE},
    "majorities_agree": (frozenset({"compare", "issue", "span"}), frozenset()),
    "stance_distance": (frozenset({"compare"}), frozenset()),
    "distance": (frozenset({"compare", "span"}), frozenset()),
    "stance": (frozenset({"of"}), frozenset()),
    "ideal_point": (frozenset({"of", "span"}), frozenset()),
    "spread": (frozenset({"of", "span"}), frozenset()),
    "voted_yes": (frozenset({"of", "resolution"}), frozenset()),
    "view": (frozenset({"of", "view"}), frozenset({"span"})),
    "rank": (frozenset({"of", "rank"}), frozenset({"span"})),
    "dependence": (frozenset({"of", "dependence"}), frozenset({"span"})),
    "indicator": (frozenset({"of", "name"}), frozenset({"span"})),
    "tie": (frozenset({"of", "name", "target"}), frozenset({"span"})),
    "disappointment": (frozenset({"of", "meeting"}), frozenset({"item"})),
}
"""What each measure must be told, and what it may be told."""
BLOCS_ONLY = (*ALIKE, "spread", "voted_yes")
"""Measures of blocs, which no single actor has."""
YEARS_ONLY = ("distance", "ideal_point", "spread", "view", "rank", "dependence", "indicator", "tie")
"""Measures whose span is a year."""
OF_ACTORS = ("stance", "ideal_point", "view", "rank", "dependence", "indicator", "tie")
"""Measures that every actor has one of."""


def _as_span(value: Any) -> Any:
    year = type(value) is int and FIRST_YEAR <= value <= LAST_YEAR
    if not year and not isinstance(value, str):
        raise fault(f"{value!r} is no span", "name a window of the case, a year, or `all`")
    return value


Span = Annotated[int | str, BeforeValidator(_as_span, json_schema_input_type=int | str)]


class Line(Part):
    """Where a verdict begins; exactly one of these."""

    above: float | None = Field(default=None, description="Figures above this.")
    at_least: float | None = Field(default=None, description="Figures of this or more.")
    below: float | None = Field(default=None, description="Figures below this.")
    at_most: float | None = Field(default=None, description="Figures of this or less.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        words = ("above", "at_least", "below", "at_most")
        given = [word for word in words if getattr(self, word) is not None]
        if len(given) != 1:
            raise fault(f"{len(given)} lines are given", f"give exactly one of {', '.join(words)}")
        return self

    @property
    def word(self) -> str:
        """Which of the four it is."""
        return next(iter(self.model_dump(exclude_none=True)))

    @property
    def at(self) -> float:
        """Where it lies."""
        return float(getattr(self, self.word))

    @property
    def upward(self) -> bool:
        """Whether figures above it count."""
        return self.word in ("above", "at_least")

    @property
    def strict(self) -> bool:
        """Whether a figure on the line does not count."""
        return self.word in ("above", "below")

    def met(self, value: float) -> bool:
        """Return whether a figure lies beyond the line.

        >>> Line(above=0.5).met(0.5), Line(at_least=0.5).met(0.5)
        (False, True)
        """
        if value == self.at:
            return not self.strict
        return value > self.at if self.upward else value < self.at

    def other_side(self) -> Line:
        """Return the line that all other figures are beyond."""
        opposite = {"above": "at_most", "at_least": "below", "below": "at_least", "at_most": "above"}
        return Line(**{opposite[self.word]: self.at})


class Reading(Part):
    """One figure: what is measured, of whom, on what, and when."""

    measure: Name = Field(
        description="What is measured: how alike a bloc votes (agreement_index, rice, unanimous, pi, s, "
        "kappa, agrees_with_ally); majorities_agree, stance_distance or distance of two sides; stance, "
        "ideal_point, spread, voted_yes, view, rank, dependence, indicator, tie, disappointment."
    )
    of: BlocKey | None = Field(default=None, description="The bloc of the case, or the actor, that has it.")
    issue: Key | None = Field(default=None, description="The issue voted on.")
    span: Span | None = Field(
        default=None,
        description="A window of the case, a year, or `all` (of an issue that lists its resolutions). The "
        "last value up to the day of the claim, where a measure of single years has none.",
    )
    compare: Key | None = Field(default=None, description="The two sides, as named under `compare`.")
    resolution: Text | None = Field(default=None, description="The resolution that was voted on.")
    view: Key | None = Field(default=None, description="The view, as named under `threat.views`.")
    rank: Key | None = Field(default=None, description="The ranking, as named under `threat.ranks`.")
    dependence: Key | None = Field(default=None, description="The tie, as named under `dependence`.")
    name: Text | None = Field(default=None, description="Name of the indicator, or kind of tie.")
    target: PartyCode | None = Field(default=None, description="At the other end of the tie.")
    meeting: Key | None = Field(default=None, description="The meeting, as under `forum.meetings`.")
    item: Key | None = Field(default=None, description="Item of the agenda; all of the meeting if left out.")

    @property
    def told(self) -> frozenset[str]:
        """The keys that are given, beside the measure."""
        return frozenset(self.model_dump(exclude_none=True)) - {"measure"}

    def check(self, *, without: frozenset[str] = frozenset()) -> None:
        """Raise the fault of a reading told too little or too much; `without` comes from the test."""
        must, may = NEEDS[self.measure]
        lacking, surplus = sorted(must - without - self.told), sorted(self.told - must - may)
        if lacking:
            raise fault(f"{self.measure} is not said {_in_words(lacking)}", f"add `{lacking[0]}:`")
        if surplus:
            takes = ", ".join(sorted((must | may) - without)) or "nothing else"
            raise fault(f"{self.measure} takes no `{surplus[0]}`", f"take it out; it takes {takes}")
        doubled = sorted(self.told & without)
        if doubled:
            raise fault(f"`{doubled[0]}` comes from the test itself", "take it out of `read:`")
        if self.measure in YEARS_ONLY and isinstance(self.span, str):
            raise fault(f"{self.measure} is read in a year, not in {self.span!r}", "write a year, as in 2019")


WORDS = {
    "of": "of whom", "issue": "on which issue", "span": "when", "compare": "between which sides",
    "resolution": "on which resolution", "view": "which view", "rank": "which ranking",
    "dependence": "which tie", "name": "which one", "target": "at whom", "meeting": "at which meeting",
}  # fmt: skip


def _in_words(lacking: list[str]) -> str:
    return " and ".join(WORDS[word] for word in lacking)


def _as_when(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise fault(f"{value!r} is neither a day nor a year", "write 2024-02-18, or 2024") from error
    if type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR:
        return value
    if type(value) is int and FIRST_YEAR <= value <= LAST_YEAR:
        return value
    raise fault(f"{value!r} is neither a day nor a year", "write 2024-02-18, or 2024")


When = Annotated[int | date, BeforeValidator(_as_when, json_schema_input_type=int | date)]


def last_day(when: Any) -> date | None:
    """Return the last day of what may be a day or a year, however it is written; None for anything else.

    >>> last_day(2024)
    datetime.date(2024, 12, 31)
    """
    if isinstance(when, str):
        try:
            return date.fromisoformat(when)
        except ValueError:
            return None
    if type(when) is int and FIRST_YEAR <= when <= LAST_YEAR:
        return date(when, 12, 31)
    return when if type(when) is date else None
