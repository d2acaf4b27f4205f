"""The command on saved results: what one is, and whether it comes out the same again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from detente.commands.showing import DONE, MENDABLE, Output, records, say, say_json


def open_saved(
    folder: Path,
    *,
    replay: Annotated[
        bool, Parameter(negative="", help="Make it again, and say what differs: 0 if nothing, else 1.")
    ] = False,
    show: Output = Output(),
) -> int:
    """Open a saved result: check every file, show what it is, and with --replay make it again."""
    from detente.results import open_result

    saved = open_result(folder)
    again = saved.replay() if replay else None
    if show.json:
        answer: dict[str, Any] = {
            "kind": saved.kind,
            "summary": saved.manifest["summary"],
            "made": saved.made,
            "about": saved.about,
            "tables": {name: records(frame) for name, frame in saved.frames().items()},
        }
        if again is not None:
            tables = [vars(each) for each in again.tables]
            told = {"same": again.same, "files": again.files, "changed": again.changed, "tables": tables}
            answer["replay"] = told
        say_json(answer)
    else:
        say(repr(saved))
        if again is not None:
            say(repr(again))
    return DONE if again is None or again.same else MENDABLE
