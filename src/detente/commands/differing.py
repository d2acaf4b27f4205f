"""The command that compares two briefs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from detente.commands.showing import DONE, Output, say, say_json, table

SHOWN = 25
"""Rows of each list that the terminal shows; --json and --output have more."""


def diff(
    before: Annotated[Path, Parameter(help="The folder of a brief, or its JSON twin.")],
    after: Annotated[Path, Parameter(help="The brief to compare it with.")],
    *,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="A Markdown file to write.")
    ] = None,
    across: Annotated[
        bool, Parameter(negative="", help="Compare briefs of cases of different names all the same.")
    ] = False,
    show: Output = Output(),
) -> int:
    """Say what changed between two briefs, and whether data, case, code or luck changed it."""
    from detente.briefing.differences import compare, open_briefs
    from detente.briefing.differences.telling import HEADS, as_data, counts, lists, markdown

    one, two = open_briefs((before, after), across=across)
    found = compare(one, two)
    if output is not None:
        from detente.files import write_text

        write_text(output, markdown(found))
    if show.json:
        say_json(as_data(found))
        return DONE
    say(found.verdict)
    say(counts(found))
    for note in (*one.notes, *two.notes):
        say(f"note: {note}")
    for key, rows in lists(found).items():
        title, heads = HEADS[key]
        if rows:
            say()
            more = f", the first {SHOWN} of {len(rows):,}" if len(rows) > SHOWN else ""
            table(rows[:SHOWN], heads, title=f"{title}{more}")
    if output is not None:
        say(str(output))
    return DONE
