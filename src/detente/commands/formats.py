"""The option that says in which forms a brief is written."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

Forms = Annotated[
    str,
    Parameter(
        name=["--format", "-f"],
        help="Forms of the brief, with commas: html, md, json, pdf; of its charts: vega, svg, png.",
    ),
]


def asked(forms: str) -> tuple[str, ...]:
    """Return the forms that are asked for, once it is known that they can be made.

    Raises `EvidenceError` where one is unknown, or needs what is not installed.
    """
    from detente.briefing.formats.making import check_formats, check_tools

    formats = check_formats(forms.split(","))
    check_tools(formats)
    return formats
