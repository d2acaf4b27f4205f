"""What commands show: progress and problems on standard error, answers on standard output."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from detente.errors import DetenteError

if TYPE_CHECKING:
    import pandas as pd

    from detente.evidence import Event

BREAK, DONE, MENDABLE, UNUSABLE = 130, 0, 1, 2
"""Exit codes: interrupted; done; done, and there is something to mend; input that cannot be used."""


@Parameter(name="*")
@dataclass(frozen=True)
class Output:
    """How a command answers."""

    json: Annotated[bool, Parameter(negative="", help="Answer in JSON, for a machine to read.")] = False
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative="", help="Show no progress.")] = False


def say(text: str = "") -> None:
    """Print an answer."""
    sys.stdout.write(f"{text}\n")


def say_json(answer: Any) -> None:
    """Print an answer as JSON."""
    say(json.dumps(answer, indent=2, ensure_ascii=False, default=str))


def complain(error: DetenteError) -> None:
    """Print every problem on standard error, and how many there were."""
    count = len(error.problems)
    lines = [f"error: {problem}" for problem in error.problems]
    if count > 1:
        lines.append(f"{count} problems; nothing was changed")
    sys.stderr.write("\n".join(lines) + "\n")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain JSON values: missing as null, dates in ISO 8601."""
    found: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return found


def table(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], *, title: str = "") -> None:
    """Print rows as a table; `columns` names the keys to show and their headings."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(
        title=title or None, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False
    )
    kept = [dict(row) for row in rows]
    for key, heading in columns.items():
        number = all(isinstance(row.get(key), (int, float)) for row in kept) and bool(kept)
        shown.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in kept:
        shown.add_row(*(_cell(row.get(key)) for key in columns))
    width = None if sys.stdout.isatty() else 160
    Console(markup=False, highlight=False, width=width).print(shown)


def _cell(value: Any) -> str:
    if value is None or value != value:  # NaN is the one value that differs from itself
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def weight(size: float | None) -> str:
    """Return a number of bytes as people say it.

    >>> weight(1_331_515), weight(None)
    ('1.3 MB', 'size not known')
    """
    if size is None or size != size:
        return "size not known"
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


@contextlib.contextmanager
def progress(output: Output) -> Iterator[Callable[[Event], None]]:
    """Yield a callback that shows steps and bytes on standard error; warnings are shown even when quiet."""
    if output.quiet or not sys.stderr.isatty():
        yield _plain(quiet=output.quiet)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TransferSpeedColumn,
    )

    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(),
        TransferSpeedColumn(), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        yield _live(bar)


def _plain(*, quiet: bool) -> Callable[[Event], None]:
    def show(event: Event) -> None:
        if event.kind == "warning" or (event.kind == "step" and not quiet):
            mark = "warning: " if event.kind == "warning" else ""
            sys.stderr.write(f"{mark}{event.text}\n")

    return show


def _live(bar: Any) -> Callable[[Event], None]:
    tasks: dict[str, Any] = {}

    def show(event: Event) -> None:
        if event.kind == "bytes":
            task = tasks.setdefault(event.text, None) or bar.add_task(event.text, total=event.total)
            tasks[event.text] = task
            bar.update(task, completed=event.done or 0, total=event.total)
        else:
            bar.console.print(f"{'warning: ' if event.kind == 'warning' else ''}{event.text}", markup=False)

    return show
