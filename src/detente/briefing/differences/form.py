"""The form of what two briefs are compared by: numbers, sentences, and what they were made from."""

from __future__ import annotations

from pydantic import BaseModel


class Input(BaseModel):
    """A source that a brief rests on."""

    source: str
    vintage: str | None
    sha256: str | None


class Evidence(BaseModel):
    """The evidence of a brief."""

    digest: str
    inputs: list[Input]


class Asked(BaseModel):
    """The case of a brief."""

    name: str
    as_of: str
    digest: str


class Made(BaseModel):
    """What a brief was made from."""

    case: Asked
    evidence: Evidence
    seed: int
    draws: dict[str, int | None]
    code: str
    versions: dict[str, str]


class Number(BaseModel):
    """A number of a brief."""

    what: str
    unit: str
    shown: str
    value: float
    low: float | None
    high: float | None
    mark: str
    source: str
    section: str


class Said(BaseModel):
    """A sentence, and its form: each number as #."""

    text: str
    form: str


class Section(BaseModel):
    """A section: its sentences, exhibits by key, and verdicts by claim."""

    key: str
    title: str
    sentences: list[Said]
    exhibits: list[str]
    verdicts: dict[str, str]


class Outline(BaseModel):
    """What a brief says, in order."""

    answer: list[Said]
    sections: list[Section]
    gaps: list[str]


class Brief(BaseModel):
    """All that is compared."""

    made: Made
    numbers: list[Number]
    outline: Outline
    files: dict[str, str]
