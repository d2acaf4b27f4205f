"""Turns: the newest question of each client wins, nothing piles up, and long runs tell how far they are.

Each client (a tab of a browser, by the id that it gives itself) has one question that is worked on and at
most one that waits. A newer one takes the place of the one that waits, and ends a long run that is under
way. Over all clients, no more questions are worked on at once than there are slots.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from detente.errors import DetenteError

Value = TypeVar("Value")
Tell = Callable[[int, int], None]
Row = dict[str, Any]
MOST_CLIENTS = 512
MOST_WAITING = 64
"""Questions of all clients that wait for a slot; one more is turned away."""
PAUSE = 0.1
"""Seconds between two lines on progress."""
QUIET = 15.0
"""Seconds after which a stream says that it is still there."""


class DroppedError(Exception):
    """A question that a newer one of the same client has overtaken, or whose client has gone."""


class BusyError(Exception):
    """More questions wait than can be answered soon."""


@dataclass(eq=False)
class Lane:
    """One client: the newest serial that was seen, whether one is worked on, and the one that waits."""

    newest: int = -1
    running: bool = False
    waiting: asyncio.Future[bool] | None = None
    used: float = 0.0


class Turns:
    """Gives turns to questions, as the module says.

    `slots` is the number that are worked on at once. Raises `DroppedError` for a question that was
    overtaken, `BusyError` where too many wait.
    """

    def __init__(self, slots: int) -> None:
        self._pool = ThreadPoolExecutor(slots, "what-if")
        self._slots = asyncio.Semaphore(slots)
        self._lanes: OrderedDict[str, Lane] = OrderedDict()
        self._waiting = 0

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def take(self, client: str, serial: int | None, work: Callable[[Tell], Value]) -> Value:
        """Return what `work` returns, in its turn.

        `work` is given a function to call every now and then, which ends it where a newer question has come
        or the client has gone. Without a serial or client, a question is overtaken by none.
        """
        lane = self._lane(client) if client and serial is not None else Lane()
        number = serial if serial is not None else 0
        if number < lane.newest:
            raise DroppedError
        lane.newest = number
        if lane.running:
            await self._wait(lane)
        lane.running = True
        gone = threading.Event()

        def tell(_done: int, _total: int) -> None:
            if gone.is_set() or number < lane.newest:
                raise DroppedError

        try:
            return await self._worked(lane, number, lambda: work(tell))
        finally:
            gone.set()
            self._pass_on(lane)

    async def _wait(self, lane: Lane) -> None:
        """Wait for the one before; raises `DroppedError` where a newer question comes meanwhile."""
        if lane.waiting is not None and not lane.waiting.done():
            lane.waiting.set_result(False)
        mine = lane.waiting = asyncio.get_running_loop().create_future()
        try:
            go = await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled() and mine.result():
                self._pass_on(lane)
            elif lane.waiting is mine:
                lane.waiting = None
            raise
        if not go:
            raise DroppedError

    def _pass_on(self, lane: Lane) -> None:
        """Let the one that waits begin."""
        lane.used = time.monotonic()
        following, lane.waiting = lane.waiting, None
        if following is not None and not following.done():
            following.set_result(True)
        else:
            lane.running = False

    async def _worked(self, lane: Lane, number: int, work: Callable[[], Value]) -> Value:
        if self._waiting >= MOST_WAITING:
            raise BusyError
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            if number < lane.newest:
                raise DroppedError
            running = asyncio.get_running_loop().run_in_executor(self._pool, work)
        except BaseException:
            self._slots.release()
            raise
        # A slot is free when the thread is done, even where nobody waits for the answer any more.
        running.add_done_callback(self._freed)
        return await asyncio.shield(running)

    def _freed(self, done: asyncio.Future[Any]) -> None:
        self._slots.release()
        if not done.cancelled():
            done.exception()  # looked at, so that one nobody waits for is not reported as lost

    def _lane(self, client: str) -> Lane:
        lane = self._lanes.setdefault(client, Lane())
        self._lanes.move_to_end(client)
        while len(self._lanes) > MOST_CLIENTS:
            idle = next((key for key, each in self._lanes.items() if not each.running), None)
            if idle is None or idle == client:
                break
            del self._lanes[idle]
        return lane


def event(name: str, content: Row) -> bytes:
    """Return one event of a stream.

    >>> event("progress", {"done": 1})
    b'event: progress\\ndata: {"done":1}\\n\\n'
    """
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"event: {name}\ndata: {data}\n\n".encode()


async def told(
    turns: Turns, client: str, serial: int | None, work: Callable[[Tell], Row]
) -> AsyncGenerator[bytes, None]:
    """Yield a run as events: `progress` (done, total, seconds_left), then `result`, `dropped` or `problems`.

    Whoever stops listening ends the run, between two pieces of it.
    """
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[bytes](maxsize=100)
    begun, last = time.monotonic(), [0.0]

    def put(line: bytes) -> None:
        if not lines.full():
            lines.put_nowait(line)

    def follow(tell: Tell) -> Row:
        def both(done: int, total: int) -> None:
            tell(done, total)
            now = time.monotonic()
            if now - last[0] >= PAUSE and done < total:
                last[0] = now
                left = (now - begun) * (total - done) / done if done else None
                row = {"serial": serial, "done": done, "total": total,
                       "seconds_left": round(left, 1) if left is not None else None}  # fmt: skip
                loop.call_soon_threadsafe(put, event("progress", row))

        return work(both)

    task = asyncio.ensure_future(turns.take(client, serial, follow))
    try:
        while not (task.done() and lines.empty()):
            getting = asyncio.ensure_future(lines.get())
            await asyncio.wait({task, getting}, timeout=QUIET, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                yield getting.result()
            else:
                getting.cancel()
                if not task.done():
                    yield b": still here\n\n"
        yield _last(task, serial)
    finally:
        task.cancel()


def _last(task: asyncio.Task[Row], serial: int | None) -> bytes:
    try:
        return event("result", task.result())
    except DroppedError:
        return event("dropped", {"serial": serial, "dropped": True})
    except BusyError:
        return event("problems", {"errors": [busy()]})
    except DetenteError as error:
        return event("problems", {"serial": serial, "errors": [vars(each) for each in error.problems]})


def busy() -> Row:
    """Return what is said where too many questions wait."""
    return {"where": "server", "what": "too many questions wait", "hint": "try again in a moment"}
