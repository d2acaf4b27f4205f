"""Ideal points: which votes place the actors, whose side is positive, and what the reader is shown."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from detente.cases.terms import ActorCode, BlocKey, Key, Kinds, Part, Text, check_once, check_order, fault

LAST_SESSION = 999
"""Numbers up to this one are sessions of the body, larger ones are years."""

Time = Annotated[int, Field(ge=1, le=2100)]


class IdealPoints(Part):
    """Where every voter stands, session by session, from how it votes; by default, on all roll calls."""

    title: Text = Field(default="Ideal points", description="Title of the section, as the reader sees it.")
    positive: ActorCode = Field(description="Fixes the sign: this actor's side of the scale is positive.")
    issue: Key | None = Field(
        default=None, description="Issue of the case whose roll calls count; all roll calls if left out."
    )
    important: bool = Field(
        default=False, description="true: only roll calls that the evidence marks as important."
    )
    final_only: bool = Field(
        default=False, description="true: only votes on whole texts, none on amendments and paragraphs."
    )
    since: Time | None = Field(
        default=None, description="First year, or first session (999 at most); from the first if left out."
    )
    until: Time | None = Field(
        default=None, description="Last year, or last session, included; to the last if left out."
    )
    prior: Literal["default", "bsv"] = Field(
        default="default",
        description="default, which predicts held-out votes best; or bsv, which emulates the published "
        "series of Bailey, Strezhnev and Voeten, with less extreme extremes.",
    )
    absent: Literal["missing", "abstain"] = Field(
        default="missing", description="How absence counts: missing (says nothing), or abstain."
    )
    show: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(),
        description="Blocs and actors whose paths the brief shows; all blocs, ally and rival if left out.",
    )
    compare: Annotated[tuple[Key, ...], Field(strict=False)] = Field(
        default=(), description="Comparisons of the case whose distance is shown; all if left out."
    )
    published: Annotated[Kinds | None, Field(min_length=1)] = Field(
        default=None,
        description="Indicator, or list of indicators, to compare with, as in 'ideal_point_all'. It is on "
        "another scale: shown as a correlation and a line for each year, never on one axis.",
    )
    reason: Text | None = Field(default=None, description="Why these votes place actors for this question.")
    note: Text | None = Field(
        default=None, description="What the reader must know to read the figures rightly."
    )

    @property
    def by_session(self) -> bool:
        """Whether `since` and `until` are sessions."""
        return max(self.since or 0, self.until or 0) <= LAST_SESSION

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_once(self.show, "series")
        check_once(self.compare, "comparison")
        check_once(self.published or (), "indicator")
        if self.since and self.until and (self.since > LAST_SESSION) != (self.until > LAST_SESSION):
            raise fault("one of since and until is a session, the other a year", "give both as years")
        check_order(self.since, self.until)
        return self
