"""The event study: between whom, around which occasions, and what counts as cooperation."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from detente.cases.terms import BlocKey, Day, Key, Part, Text, check_once, check_order, fault


class StudiedPair(Part):
    """Two sides whose dealings are studied: two actors, two blocs, or one of each."""

    sides: Annotated[tuple[BlocKey, BlocKey], Field(strict=False)] = Field(
        description="Two actors or blocs of the case. A bloc stands for its members, each while it belongs "
        "to it: what is studied is the mean over their dyads with the other side."
    )
    title: Text | None = Field(default=None, description="What the reader sees; both names if left out.")
    directed: bool = Field(
        default=False,
        description="Whether only what the first side does towards the second counts, and not the reverse.",
    )

    @model_validator(mode="after")
    def _two(self) -> Self:
        check_once(self.sides, "side")
        return self


class EventStudy(Part):
    """What changed between actors around occasions, from coded events, against other dates of the dyad."""

    title: Text | None = Field(
        default=None, description="Title of the section; 'Before and after' the forum if left out."
    )
    dyads: Annotated[dict[Key, StudiedPair], Field(min_length=1)] = Field(
        description="Between whom, by key, the main one first."
    )
    occasions: Key | None = Field(
        default=None, description="Topic of the facts that date the occasions; the forum's if left out."
    )
    dates: Annotated[tuple[Day, ...], Field(strict=False)] = Field(
        default=(), description="Further occasions, or instead of a topic; say in `reason` what they are."
    )
    source: Key = Field(
        default="events", description="Source of the events in the evidence, as detente data status lists it."
    )
    since: Day | None = Field(
        default=None,
        description="First day studied; of the data if left out. Choose it so that no occasion before it, "
        "unknown to the evidence, falls among the dates compared with.",
    )
    until: Day | None = Field(default=None, description="Last day studied; of the data if left out.")
    measure: Literal["net", "goldstein"] = Field(
        default="net",
        description="net: cooperative less hostile events, in all of both; or goldstein, their mean score.",
    )
    per: Literal["week", "month"] = Field(default="week", description="Periods of the series.")
    window: int = Field(
        default=8, ge=1, le=52, description="How many periods before and after an occasion are compared."
    )
    own: Literal["out", "before", "after"] = Field(
        default="out", description="Where the occasion's own period counts: nowhere, before it, or after it."
    )
    weigh: Literal["events", "periods"] = Field(
        default="events",
        description="What counts alike within a window: every event; or every period, and within it every "
        "dyad of a bloc, however many events it has.",
    )
    season: int | None = Field(
        default=None,
        ge=0,
        description="Compare only with dates at most so many periods from an occasion's time of the year; "
        "none are left where occasions fill that time every year.",
    )
    correction: Literal["holm", "bh"] = Field(
        default="holm",
        description="How p-values allow for many dyads: holm (no false finding at all), or bh (the share of "
        "false findings among those reported; Benjamini and Hochberg).",
    )
    matters: float | None = Field(
        default=None,
        gt=0,
        description="The smallest change that would matter, in the unit of the measure: that none is seen is "
        "said only where it would have been seen. An assumption, and needs a `reason`; without it, a change "
        "from one end of the scale to the other.",
    )
    reason: Text | None = Field(default=None, description="Why these dyads, occasions and what matters.")
    note: Text | None = Field(default=None, description="What the reader must know.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_order(self.since, self.until)
        if len(set(self.dates)) < len(self.dates):
            raise fault("a date is named twice", "name each once")
        if (self.matters is not None or self.dates) and self.reason is None:
            what = "what matters" if self.matters is not None else "an occasion of one's own"
            raise fault(f"{what} is an assumption", "add `reason:` with why")
        return self
