"""The form of the manifest of a saved result: what must be there for it to be opened."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class Column(BaseModel):
    """A column of a table: how its cells are written, and its type."""

    name: str
    kind: Literal["bool", "int", "float", "time", "text", "words", "date", "moment", "json"]
    dtype: str


class Table(BaseModel):
    """A table: its file, its columns, and those that are its index."""

    file: str
    rows: int
    columns: list[Column]
    index: list[str]


class Empty(BaseModel):
    """An array of no size."""

    dims: list[str]
    shape: list[int]
    dtype: str


class Arrays(BaseModel):
    """A set of arrays: its file, and those that have no size."""

    file: str
    empty: dict[str, Empty]


class Versions(BaseModel, extra="allow"):
    """The versions that it was made with."""

    detente: str


class Made(BaseModel, extra="allow"):
    """What it was made from."""

    versions: Versions


class Manifest(BaseModel, extra="allow"):
    """A manifest."""

    kind: str
    summary: str
    shown: str
    made: Made
    about: dict[str, Any]
    tables: dict[str, Table]
    arrays: dict[str, Arrays]
    files: dict[str, str]
