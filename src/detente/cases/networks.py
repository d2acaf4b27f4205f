"""Camps: what ties actors and what divides them, over which years, and whose detachment is asked for."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from detente.cases.terms import (
    ActorCode,
    BlocKey,
    History,
    Key,
    Kinds,
    Part,
    Text,
    check_once,
    fault,
)

Texts = Annotated[tuple[Text, ...], Field(strict=False)]
Quad = Literal["verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"]
QUADS: tuple[Quad, ...] = (
    "verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict",
)  # fmt: skip
USUAL_LEAST = 10
"""Fewer common roll calls than this tell little of a pair."""


class _Layer(Part):
    """What all layers of ties have in common."""

    title: Text | None = Field(default=None, description="What the reader sees; the key if left out.")
    sign: Literal[1, -1] = Field(
        default=1, description="1 where more of it binds two actors, -1 where more of it divides them."
    )
    weight: float = Field(
        default=1.0,
        gt=0,
        description="Importance: how much one whole tie of this layer counts beside one of weight 1. "
        "Another weight than 1 is an assumption and needs a `reason`.",
    )
    scale: float | None = Field(
        default=None,
        gt=0,
        description="The value that counts as one whole tie; if left out, 1 for agreement, else the mean "
        "size of the period's ties, which is stated. A scale is an assumption and needs a `reason`.",
    )
    threshold: float = Field(
        default=0.0,
        ge=0,
        description="Ties nearer to zero than this, in the layer's own unit, are set aside and counted.",
    )
    reason: Text | None = Field(default=None, description="Why these ties, and why so weighted.")


class VoteLayer(_Layer):
    """How much more alike two actors vote than chance would have it; less is a tie that divides."""

    by: Literal["votes"] = Field(description="Measured by agreement in roll calls.")
    issue: Key | None = Field(
        default=None, description="Issue of the case whose roll calls count; all roll calls if left out."
    )
    codes: Texts = Field(default=(), description="Instead of an issue: issue codes of the evidence.")
    resolutions: Texts = Field(default=(), description="Instead of an issue: symbols of resolutions.")
    measure: Literal["pi", "kappa", "s"] = Field(
        default="pi",
        description="Agreement beyond chance: pi (Scott) or kappa (Cohen); or s (Signorino and Ritter), less "
        "its mean over all pairs of the period, which is stated.",
    )
    margins: Literal["record", "common"] = Field(
        default="record",
        description="What chance follows: record, all votes of the two in the period, so that a pair that "
        "always agrees has a tie; or common, only the roll calls that both attended, as in agreement.",
    )
    distance: Literal["squared", "absolute"] = Field(
        default="squared", description="How far yes (0), abstain (1) and no (2) are apart."
    )
    absent: Literal["missing", "abstain"] = Field(
        default="missing", description="How absence counts: missing (set aside), or abstain."
    )
    least: int = Field(
        default=USUAL_LEAST, ge=1, description="Fewest common roll calls for a pair to have a tie."
    )

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        check_once(self.codes, "code")
        check_once(self.resolutions, "resolution")
        if self.issue and (self.codes or self.resolutions):
            raise fault("roll calls are chosen twice", "keep the issue, or codes and resolutions")
        return self


class TieLayer(_Layer):
    """Ties of the evidence between two actors: an alliance, a sanction, trade. Several kinds are added up."""

    by: Literal["ties"] = Field(description="Measured by ties.")
    kinds: Kinds = Field(description="Kind of tie, or a list of kinds to add up, as in 'sanction_cases'.")
    sign: Literal[1, -1] = Field(
        description="1 where more of it binds two actors, -1 where more of it divides them."
    )
    take: Literal["last", "mean", "sum", "max", "min"] = Field(
        default="last", description="How the values in the period become one for each direction."
    )
    both: Literal["max", "mean", "sum"] = Field(
        default="max",
        description="How the two directions become one tie: max (the one further from zero), mean or sum of "
        "those that the evidence states.",
    )
    transform: Literal["none", "log1p", "sqrt", "asinh"] = Field(
        default="none", description="Applied before scaling, to tame a long tail."
    )
    through: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(),
        description="Blocs that act for their members: what the bloc does, and what is done to it, counts on "
        "its date for each member of that day.",
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.through, "bloc")
        return self


class EventLayer(_Layer):
    """Coded events between two actors, whoever acted: cooperation binds, hostility divides."""

    by: Literal["events"] = Field(description="Measured by events.")
    take: Literal["mean", "sum", "net"] = Field(
        default="mean",
        description="mean or sum of the Goldstein scores; or net, cooperative less hostile events.",
    )
    classes: Annotated[tuple[Quad, ...], Field(min_length=1, strict=False)] = Field(
        default=QUADS,
        description="Classes of events that count, by the root of their CAMEO code: 01-05 are verbal "
        "cooperation, 06-08 material cooperation, 09-13 verbal conflict, 14-20 material conflict.",
    )
    least: int = Field(default=1, ge=1, description="Fewest events for a pair to have a tie.")

    @model_validator(mode="after")
    def _once(self) -> Self:
        check_once(self.classes, "class")
        return self


AnyLayer = Annotated[VoteLayer | TieLayer | EventLayer, Field(discriminator="by")]
Layers = Annotated[dict[Key, AnyLayer], Field(min_length=1)]


def _as_number(value: Any) -> Any:
    if value == "any" or (type(value) is int and value >= 1):
        return value
    raise fault(f"{value!r} is no number of camps", "write 2, 3, ... or any")


Number = Annotated[
    int | Literal["any"],
    BeforeValidator(_as_number, json_schema_input_type=Annotated[int, Field(ge=1)] | Literal["any"]),
]


class Camps(Part):
    """Camps as the ties themselves make them, period by period, and how firmly they hold members of blocs."""

    title: Text = Field(default="Camps", description="Title of the section, as the reader sees it.")
    layers: Layers = Field(description="What ties and divides actors, by key, the main layer first.")
    k: Number = Field(
        default=2, description="How many camps at most: 2, or more, or any for as many as the ties make."
    )
    years: History | None = Field(
        default=None, description="Calendar years, one network for each; those of `history` if left out."
    )
    windows: Annotated[tuple[Key, ...], Field(strict=False)] = Field(
        default=(), description="Windows of the case, one more network for each."
    )
    blocs: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(), description="Blocs whose members' detachment is measured; all if left out."
    )
    core: dict[BlocKey, Annotated[tuple[ActorCode, ...], Field(min_length=2, strict=False)]] = Field(
        default_factory=dict,
        description="Two actors or more that a bloc's camp is known by, against whom its members are held "
        "or detached; found from the ties for a bloc that is left out.",
    )
    show: Annotated[tuple[BlocKey, ...], Field(strict=False)] = Field(
        default=(),
        description="Blocs and actors whose ties with one another the brief shows; the main bloc, ally and "
        "rival if left out.",
    )
    time_limit: float = Field(
        default=20.0,
        gt=0,
        description="Seconds for the proof of one network. The camps are found first, whatever the limit: "
        "where the proof is not done by then, the gap is stated.",
    )
    reason: Text | None = Field(default=None, description="Why these ties tell camps for this question.")
    note: Text | None = Field(
        default=None, description="What the reader must know to read the figures rightly."
    )

    @property
    def most(self) -> int | None:
        """How many camps at most; None for any number."""
        return None if self.k == "any" else self.k

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_once(self.windows, "window")
        check_once(self.blocs, "bloc")
        check_once(self.show, "actor or bloc")
        for actors in self.core.values():
            check_once(actors, "actor of a core")
        bare = [
            key
            for key, layer in self.layers.items()
            if (layer.weight != 1 or layer.scale is not None) and layer.reason is None
        ]
        if bare:
            what = f"how much a tie counts is assumed in {', '.join(bare)}"
            raise fault(what, "add `reason:` with why the layer has this weight or scale")
        return self
