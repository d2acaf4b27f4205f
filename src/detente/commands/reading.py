"""The command that drafts claims and actors from a document, for a person to review."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from detente.commands.showing import DONE, Output, progress, say, say_json, table
from detente.errors import Problem, ReadingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.evidence import Event
    from detente.reading import Drafted
    from detente.reading.endpoint import Endpoint

SHOWN = 15
"""Rows of each table that the terminal shows; the file and --json have all of them."""


@Parameter(name="*")
@dataclass(frozen=True)
class Model:
    """A model that helps to read; without an endpoint, rules alone."""

    endpoint: Annotated[
        str | None, Parameter(help="Base address of an OpenAI-compatible service, as in https://host/v1.")
    ] = None
    model: Annotated[str | None, Parameter(help="The model to ask there.")] = None
    key_env: Annotated[
        str | None, Parameter(help="The environment variable that holds the key; never the key itself.")
    ] = None
    timeout: Annotated[
        float, Parameter(validator=validators.Number(gt=0, lte=600), help="Seconds to wait for an answer.")
    ] = 60.0

    def opened(self) -> Endpoint | None:
        """Return the endpoint; None where none is asked for. Raises `ReadingError` for half of one."""
        if self.endpoint is None:
            if self.model or self.key_env:
                raise ReadingError(
                    Problem("--endpoint", "is missing", "add it, or leave out --model, --key-env")
                )
            return None
        if not self.model:
            raise ReadingError(Problem("--model", "is missing", "name the model to ask at the endpoint"))
        key = os.environ.get(self.key_env, "").strip() if self.key_env else ""
        if self.key_env and not key:
            what = "names an environment variable that is empty or not set"
            raise ReadingError(Problem("--key-env", what, "set it first; give its name here, not the key"))
        from detente.reading.endpoint import Endpoint

        return Endpoint(self.endpoint, self.model, key, timeout=self.timeout)


@Parameter(name="*")
@dataclass(frozen=True)
class Publication:
    """What is known of the document."""

    who: Annotated[str | None, Parameter(help="Who published it.")] = None
    when: Annotated[
        str | None, Parameter(help="The day or year of publication; else the latest that it names.")
    ] = None

    def day(self) -> date | int | None:
        """Return the day or the year. Raises `ReadingError` for anything else."""
        if self.when is None:
            return None
        if self.when.isdecimal() and len(self.when) == 4:
            return int(self.when)
        try:
            return date.fromisoformat(self.when)
        except ValueError:
            hint = "type a day as 2024-02-20, or a year as 2024"
            raise ReadingError(Problem("--when", "is neither a day nor a year", hint)) from None


def read(
    file: Annotated[Path, Parameter(help="Text, Markdown or HTML, 10 MB at most.")],
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="The YAML file to write.")] = None,
    most: Annotated[
        int, Parameter(validator=validators.Number(gte=1), help="Most claims to draft; the rest is counted.")
    ] = 200,
    published: Publication = Publication(),
    model: Model = Model(),
    show: Output = Output(),
) -> int:
    """Draft claims and actors from a document, for a person to review; nothing is tested or decided.

    By rules, without a network. With --endpoint a model points at sentences and restates them; whatever it
    returns that is not in the document is dropped and counted.
    """
    from detente.reading import draft, open_document

    if output is not None and output.exists():
        raise ReadingError(
            Problem(str(output), "is there already", "choose another name: it may be reviewed")
        )
    endpoint, when = model.opened(), published.day()
    found = draft(open_document(file), who=published.who, when=when, most=most)
    if endpoint is not None:
        from detente.reading.structuring import structured

        with progress(show) as report:
            found = structured(found, endpoint, most=most, report=_step(report))
    _answer(found, output, show)
    return DONE


def _step(report: Callable[[Event], None]) -> Callable[[str], None]:
    from detente.evidence import Event

    return lambda text: report(Event("step", text))


def _answer(found: Drafted, output: Path | None, show: Output) -> None:
    from detente.reading.draft_file import as_data, draft_text

    if output is not None:
        from detente.files import write_text

        write_text(output, draft_text(found))
    if show.json:
        say_json(as_data(found) | ({"written": str(output)} if output else {}))
        return
    _show(as_data(found))
    say(
        f"{output} is written: review it before use"
        if output
        else "a draft to review: -o draft.yaml writes it"
    )


def _show(data: dict[str, Any]) -> None:
    """Show what was found, and all that was left out."""
    origins = data["sentences"]
    claims = [
        {"line": origins[key]["line"], "statement": each["statement"], "test": origins[key]["suggests"],
         "hedged": ", ".join(origins[key].get("hedges", []))}
        for key, each in data["claims"].items()
    ]  # fmt: skip
    heads = {"line": "line", "statement": "statement", "test": "suggests", "hedged": "hedged by"}
    table(claims[:SHOWN], heads, title=f"Claims drafted: {len(claims):,}, by {data['document']['read_by']}")
    actors = [{**row, "as": ", ".join(row["as"][:4])} for row in data["actors"]]
    heads = {"code": "actor", "name": "name", "named": "named", "as": "as"}
    table(actors[:SHOWN], heads, title=f"Actors named: {len(actors):,}")
    others = ", ".join(f"{each['name']} ({each['named']})" for each in data["unmatched"][:SHOWN])
    if others:
        more = len(data["unmatched"]) - SHOWN + data["unmatched_not_listed"]
        say(f"names of no known actor: {others}{f' and {more:,} more' if more > 0 else ''}")
    for reason, count in data["left_out"].items():
        say(f"left out: {reason} ({count:,})")
    for note in data["notes"]:
        say(f"note: {note}")
    for row in data["actors"]:
        for doubt in row.get("check", []):
            say(f"check: {doubt}")
