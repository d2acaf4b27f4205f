"""How the columns of a user's own table become the columns of a typed one."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence.sources import Source, Web
from detente.evidence.tables import SCHEMA
from detente.evidence.yamlfile import read_yaml

Vote = Literal["yes", "abstain", "no", "absent"]
Word = str | bool | int | float | date

WITH_VOTES = ("date", "resolution", "title", "session", "body", "kind")
"""Columns of roll calls that a table of votes may carry along; `date` and `body` it must."""


def _yes_and_no(words: object) -> object:
    """Return words for votes as text: YAML reads a bare yes or no as true or false."""
    if not isinstance(words, dict):
        return words
    return {_word(word): _word(vote) for word, vote in words.items()}


def _word(given: object) -> object:
    return {True: "yes", False: "no"}[given] if isinstance(given, bool) else given


class About(BaseModel):
    """Whence a user's table comes: what the brief will cite."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    citation: str
    licence: str
    provider: str = ""
    url: Web | None = None
    vintage: str = ""


class Mapping(BaseModel):
    """A mapping: the table to fill, and for each of its columns a column of the file or a constant.

    >>> mapping = Mapping.read({
    ...     "table": "ties",
    ...     "columns": {"actor": "country", "target": "partner", "date": "year", "value": "share"},
    ...     "constants": {"kind": "lng_share", "unit": "percent"},
    ...     "source": {"id": "lng", "title": "LNG imports", "citation": "Own count", "licence": "CC BY 4.0"},
    ... })
    >>> mapping.source.id
    'lng'
    """

    # What is no finite number would be saved as nothing, and the import could not be read again.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    table: str
    columns: dict[str, str]
    constants: dict[str, Word] = {}
    date_format: str | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    missing: tuple[str, ...] = ()
    votes: Annotated[dict[str, Vote], BeforeValidator(_yes_and_no)] = {}
    actors: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
    source: About

    @classmethod
    def read(cls, given: AnyMapping[str, Any] | Path, *, stem: str = "") -> Mapping:
        """Return the mapping of a YAML file or a dict; `stem` names the source where the mapping does not.

        Raises `EvidenceError` with every fault.
        """
        where, data = _data(given)
        try:
            mapping = cls.model_validate(data)
        except ValidationError as error:
            raise EvidenceError(*(_problem(where, dict(fault)) for fault in error.errors())) from error
        raise_all(EvidenceError, list(mapping._faults(where)))
        named = mapping.source.id or re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
        if not re.match(r"[a-z]", named):
            named = f"table_{named}".rstrip("_")
        return mapping.model_copy(update={"source": mapping.source.model_copy(update={"id": named})})

    @classmethod
    def load(cls, path: Path) -> Mapping:
        """Return a mapping that `save` wrote."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))

    def save(self, path: Path) -> None:
        """Write the mapping as JSON."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @property
    def id(self) -> str:
        """Id of the source."""
        return self.source.id or ""

    def constant(self, target: str) -> str | None:
        """Return the constant given for a column, as text."""
        given = self.constants.get(target)
        if isinstance(given, bool):
            return "yes" if given else "no"
        return None if given is None else str(given)

    @property
    def targets(self) -> tuple[str, ...]:
        """Columns that may be given."""
        own = tuple(column.name for column in SCHEMA[self.table] if column.name != "source")
        return (*own, *WITH_VOTES) if self.table == "votes" else own

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that must be given."""
        if self.table == "votes":
            known = "resolution" if "resolution" in {*self.columns, *self.constants} else "roll_call"
            return ("actor", "vote", "date", "body", known)
        return tuple(
            column.name for column in SCHEMA[self.table] if not column.optional and column.name != "source"
        )

    def as_source(self) -> Source:
        """Return the entry of this table in the list of sources."""
        about = self.source
        return Source(
            id=self.id,
            title=about.title,
            provider=about.provider or "imported by the user",
            citation=about.citation,
            licence=about.licence,
            licence_basis="stated",
            redistributable=False,
            url=about.url,
            vintage=about.vintage,
        )

    def _faults(self, where: str) -> list[Problem]:
        if self.table not in SCHEMA:
            hint = did_you_mean(self.table, SCHEMA) or f"one of: {', '.join(SCHEMA)}"
            return [Problem(f"{where}: table", f"no table is called {self.table!r}", hint)]
        given = [*self.columns, *self.constants]
        unknown = [
            Problem(
                f"{where}: columns",
                f"table {self.table!r} has no column {name!r}",
                did_you_mean(name, self.targets) or f"one of: {', '.join(self.targets)}",
            )
            for name in given
            if name not in self.targets
        ]
        lacking = [
            Problem(
                f"{where}: columns",
                f"nothing is said of {name!r}, which table {self.table!r} needs",
                f"name the column that holds it, `{name}: COLUMN`, or give it under constants",
            )
            for name in self.needed
            if name not in given
        ]
        both = [
            Problem(f"{where}: constants", f"{name!r} is given as a column too", "keep one of the two")
            for name in self.constants
            if name in self.columns
        ]
        return [*unknown, *lacking, *both]


def _data(given: AnyMapping[str, Any] | Path) -> tuple[str, Any]:
    if not isinstance(given, Path):
        return "mapping", dict(given)
    return given.name, read_yaml(given)


def _problem(where: str, fault: dict[str, Any]) -> Problem:
    place = ".".join(str(part) for part in fault["loc"])
    options = Mapping.model_fields if len(fault["loc"]) == 1 else About.model_fields
    word = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        return Problem(
            f"{where}: {place}",
            f"unknown key {word!r}",
            did_you_mean(word, options) or f"one of: {', '.join(options)}",
        )
    if fault["type"] == "missing":
        return Problem(f"{where}: {place}", f"{word!r} is missing", "add it to the mapping")
    what = str(fault["msg"])
    hint = "write it as the how-to on data of your own does: table, columns, constants, source"
    return Problem(f"{where}: {place}" if place else where, f"{what[:1].lower()}{what[1:]}", hint)
