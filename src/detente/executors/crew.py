"""Chunks handed to workers a few at a time, and what to do where workers die."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from detente.errors import ExecutorError, Problem
from detente.executors.calling import Result
from detente.executors.pools import Pool
from detente.executors.work import Work

TRIES = 3
"""How often a chunk is tried whose worker dies: once beside others, then alone."""
BUFFER = 8
"""Results that may wait for an earlier one, in multiples of the chunks under way."""


@dataclass
class Crew:
    """Workers, what they have under way, what waits to be yielded, and which chunks must be tried alone.

    Where a worker dies, nobody knows whose chunk it was: all that were under way are tried one at a time.
    """

    work: Work
    pool: Pool
    executor: Executor
    todo: deque[int] = field(default_factory=deque)
    alone: deque[int] = field(default_factory=deque)
    under_way: dict[Future[Any], int] = field(default_factory=dict)
    ready: dict[int, Result] = field(default_factory=dict)
    tries: dict[int, int] = field(default_factory=dict)

    def results(self) -> Iterator[Result]:
        """Yield results, in order if that is wanted; where nobody asks for more, the rest is called off."""
        self.todo.extend(self.work.wanted)
        try:
            for index in self.work.wanted:
                while not (index in self.ready if self.work.ordered else self.ready):
                    self._step()
                yield self.ready.pop(index if self.work.ordered else next(iter(self.ready)))
        finally:
            for future in self.under_way:
                future.cancel()

    def _step(self) -> None:
        """Hand out work and wait for the first chunk to be done."""
        died: BaseException | None = None
        try:
            self._hand_out()
        except self.pool.died as error:
            died = error
        finished, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
        died = self._collect(finished) or died
        if died is not None:
            self._recover(died)

    def _hand_out(self) -> None:
        """Keep workers busy, or one of them with a chunk that must be tried alone."""
        if self.alone:
            if not self.under_way:
                self._submit(self.alone)
            return
        most = self.pool.ahead()
        while self.todo and len(self.under_way) < most and len(self.ready) < BUFFER * most:
            held = self.work.load(self.todo[0])
            if held is None:
                self._submit(self.todo)
            else:
                self.ready[self.todo.popleft()] = held

    def _submit(self, queue: deque[int]) -> None:
        future = self.pool.submit(self.executor, self.work.function, self.work.chunks[queue[0]])
        self.under_way[future] = queue.popleft()

    def _collect(self, finished: set[Future[Any]]) -> BaseException | None:
        """Take what is done; put chunks whose worker died aside and return what was said of it."""
        died: BaseException | None = None
        for future in sorted(finished, key=self.under_way.__getitem__):
            index = self.under_way.pop(future)
            try:
                self.ready[index] = self.work.take(index, self.pool.fetch(future))
            except self.pool.died as error:
                died = error
                self.tries[index] = self.tries.get(index, 0) + 1
                self.alone.append(index)
            except Exception as error:
                self.work.blame(error, index)
                raise
        return died

    def _recover(self, died: BaseException) -> None:
        """Start workers anew where they can be and no chunk was tried too often; raise otherwise."""
        self._collect(wait(self.under_way).done)
        lost = [index for index in self.alone if self.tries[index] == TRIES]
        if lost or self.pool.renew is None:
            raise self._lost(lost or list(self.alone), died) from died
        self.executor = self.pool.renew()
        self.work.clock.tick(restarts=1)

    def _lost(self, chunks: list[int], died: BaseException) -> ExecutorError:
        """Return the error that names the chunks, or the workers where none was under way."""
        hint = "it may want more memory than there is: make chunks smaller, or run fewer jobs"
        said = str(died).split("\n")[0]
        problems = [
            Problem(
                f"chunk {index} of {len(self.work.chunks)}",
                f"its worker died (tries: {self.tries[index]}), {self.work.describe(index)}: {said}",
                hint,
            )
            for index in chunks
        ]
        return ExecutorError(*problems or [Problem("executor", "takes no more work", "give a new one")])
