"""Where long work is done: in a process of its own, which ends when it has had nothing to do for a while.

So sliders stay quick while something long is worked out, and its memory goes back. There are two benches: one
for what takes seconds, one for what takes longer, so that neither waits for the other. `Here` does the same
work in this process.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol

from detente.errors import DetenteError, Problem
from detente.webapp.studying import silent, telling

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from detente.evidence import Event
    from detente.webapp.studying import Study

IDLE = 20.0
"""Seconds after which a bench without work is cleared."""
HELD = 2
"""Studies that a bench keeps at hand."""
LONG = ("strategies", "claims")
"""Views that take longer than others."""
GROUNDS, TABLES = "grounds", "tables"
Hear = Callable[[str], None]


class WorkError(DetenteError):
    """Work that ended without an answer."""


class Bench(Protocol):
    """Somebody who does a task on a study: a view by name, `GROUNDS`, from which futures start, or
    `TABLES`, the account of the tables that its case brings."""

    def ask(self, study: Study, task: str, hear: Hear) -> Any:
        """Return what comes of a task; `hear` is told the steps. Raises what the work raises."""

    def close(self) -> None:
        """End what is under way."""


class Here:
    """Does the work in this process."""

    def ask(self, study: Study, task: str, hear: Hear) -> Any:
        """Return what comes of a task."""
        return done(telling(study, _steps(hear)), task)

    def close(self) -> None:
        """Nothing is under way."""


class Apart:
    """Does the work in two processes, one for long tasks and one for all others."""

    def __init__(self) -> None:
        self._benches = {False: _Process(), True: _Process()}

    def ask(self, study: Study, task: str, hear: Hear) -> Any:
        """Return what comes of a task; waits for the one before it on the same bench."""
        return self._benches[task in LONG].ask(study, task, hear)

    def close(self) -> None:
        """End both."""
        for each in self._benches.values():
            each.close()


def done(study: Study, task: str) -> Any:
    """Return what comes of a task on a study."""
    from detente.webapp.views import VIEWS

    if task == GROUNDS:
        from detente.measurement.grounds import grounds

        return grounds(study.case, study.evidence, study.measure, seed=study.seed, draws=study.draws)
    if task == TABLES:
        return account(study)
    # Plain JSON values: charts hold objects of the library that made them, which nobody else needs to load.
    return json.loads(json.dumps(VIEWS[task].data(study), ensure_ascii=False, allow_nan=False))


def account(study: Study) -> list[dict[str, Any]]:
    """Return of each table that a case brings how many rows were used, and why others were not."""
    from detente.evidence.mapping import Mapping

    brought = {Mapping.read(mapping, stem=path.stem).id for path, mapping in study.case.tables()}
    sources = study.evidence.sources()
    mine = sources[sources["id"].isin(brought) & (sources["origin"] == "imported")]
    untold = [("unresolved", study.evidence.unresolved()), ("set_aside", study.evidence.set_aside())]
    return [
        {
            "source": str(row["id"]),
            "title": str(row["title"]),
            "used": int(row["rows"]),
            **{
                name: frame.loc[frame["source"] == row["id"], ["label", "rows", "reason"]].to_dict("records")
                for name, frame in untold
            },
        }
        for row in mine.to_dict("records")
    ]


def _steps(hear: Hear) -> Callable[[Event], None]:
    def report(event: Event) -> None:
        if event.kind == "step":
            hear(event.text)

    return report


@dataclass(eq=False)
class _Process:
    """One process, started when it is first asked, and again when it has gone."""

    _busy: threading.Lock = field(default_factory=threading.Lock)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _process: BaseProcess | None = None
    _pipe: Connection | None = None
    _timer: threading.Timer | None = None
    _closed: bool = False

    def ask(self, study: Study, task: str, hear: Hear) -> Any:
        with self._busy:
            pipe = self._open()
            try:
                pipe.send_bytes(pickle.dumps((telling(study, silent), task)))
                return self._listen(pipe, hear)
            except (EOFError, OSError) as error:
                self._end()
                hint = "ask again; where it happens again, memory may be short"
                raise WorkError(Problem(task, "ended before it was done", hint)) from error
            finally:
                self._rest()

    def _listen(self, pipe: Connection, hear: Hear) -> Any:
        while True:
            kind, content = pickle.loads(pipe.recv_bytes())  # of our own process
            if kind == "step":
                hear(content)
            elif kind == "error":
                raise content
            else:
                return content

    def _open(self) -> Connection:
        with self._guard:
            if self._closed:
                raise WorkError(Problem("server", "is closing", "start it again"))
            if self._timer is not None:
                self._timer.cancel()
            if self._process is None or not self._process.is_alive() or self._pipe is None:
                context = multiprocessing.get_context("spawn")
                self._pipe, theirs = context.Pipe()
                self._process = context.Process(
                    target=_work, args=(theirs,), daemon=True, name="detente-work"
                )
                self._process.start()
                theirs.close()
            return self._pipe

    def _rest(self) -> None:
        """Clear the bench in a while."""
        with self._guard:
            if not self._closed:
                self._timer = threading.Timer(IDLE, self._end_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _end_if_idle(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._busy.release()

    def _end(self) -> None:
        with self._guard:
            if self._pipe is not None:
                self._pipe.close()
            if self._process is not None:
                self._process.terminate()
                self._process.join(timeout=2)
            self._process = self._pipe = None

    def close(self) -> None:
        with self._guard:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
        self._end()


def _work(pipe: Connection) -> None:
    """Do tasks until there is nobody to ask for more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def send(kind: str, content: Any) -> None:
        pipe.send_bytes(pickle.dumps((kind, content)))

    held: dict[bytes, Study] = {}
    with contextlib.suppress(EOFError, OSError):
        while True:
            sent = pipe.recv_bytes()
            study, task = pickle.loads(sent)  # of our own process
            key = pickle.dumps(study)
            if key not in held:
                held = dict(list(held.items())[1 - HELD :])
                held[key] = telling(study, _steps(lambda step: send("step", step)))
            try:
                send("done", done(held[key], task))
            except DetenteError as error:
                send("error", _plain(error))


def _plain(error: DetenteError) -> DetenteError:
    """Return an error as it can travel, of its own kind where that kind can be made of problems alone."""
    return type(error)(*error.problems)
