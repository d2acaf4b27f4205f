"""Data that comes back from a file, held against the form in which it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import Problem

if TYPE_CHECKING:
    from pydantic import BaseModel

MOST = 5
"""Misfits that are named; a file of another kind has hundreds."""


def misfits(mould: type[BaseModel], data: Any, *, where: str, hint: str) -> list[Problem]:
    """Return what in `data` is not of the form that a model says: the part, and what it should be.

    >>> from pydantic import BaseModel
    >>> class Tie(BaseModel):
    ...     value: float
    >>> misfits(Tie, {"value": "much"}, where="ties.json", hint="write it again")[0].what
    'value: input should be a valid number'
    """
    from pydantic import ValidationError

    try:
        mould.model_validate(data, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    else:
        return []
    told = [(".".join(str(step)[:40] for step in each["loc"]), str(each["msg"])) for each in found[:MOST]]
    told = [(part, f"{msg[:1].lower()}{msg[1:]}") for part, msg in told]
    return [Problem(where, f"{part}: {msg}" if part else msg, hint) for part, msg in told]
