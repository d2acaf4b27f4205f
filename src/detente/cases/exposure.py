"""Exposure to others: what is drawn from them, how publics see them, and what risk they are taken for."""

from __future__ import annotations

from pydantic import Field

from detente.cases.terms import Day, Key, Kinds, Part, PartyCode, Text


class Dependence(Part):
    """What the blocs' members draw from a target: a yearly or monthly tie. Several kinds are added up."""

    title: Text = Field(description="What the reader sees.")
    kinds: Kinds = Field(description="Kind of tie, or a list of kinds to add up, as in 'crude_import_share'.")
    target: PartyCode = Field(description="On whom they depend.")
    since: Day | None = Field(default=None, description="First day shown; from the first value if left out.")
    note: Text | None = Field(
        default=None, description="What the reader must know to read the figure rightly."
    )


class View(Part):
    """How publics see a target."""

    title: Text = Field(description="What the reader sees.")
    kind: Key = Field(
        default="view_unfavourable", description="Kind of tie: the share of the public with this view."
    )
    target: PartyCode = Field(description="Who is judged.")
    since: Day | None = Field(default=None, description="First day shown; from the first value if left out.")
    note: Text | None = Field(
        default=None, description="What the reader must know to read the figure rightly."
    )


class Ranks(Part):
    """How publics rank or score a target among the risks they name: a tie, and the facts that go with it."""

    title: Text = Field(description="What the reader sees.")
    target: PartyCode = Field(description="Whose rank or score it is.")
    kind: Key = Field(
        default="risk_rank", description="Kind of tie: risk_rank (1 is the gravest), or risk_score."
    )
    topic: Key = Field(description="Topic of the facts for groups of states, as in 'munich_security_index'.")
    note: Text | None = Field(
        default=None, description="What the reader must know to read the figure rightly."
    )


class Threat(Part):
    """Whom the blocs' members fear."""

    views: dict[Key, View] = Field(default_factory=dict, description="Views of others by key.")
    ranks: dict[Key, Ranks] = Field(default_factory=dict, description="Rankings of risks by key.")
