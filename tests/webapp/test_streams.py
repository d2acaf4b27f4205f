"""Turns and streams: the newest question wins, nothing piles up, and who goes away ends the run."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import threading
import time
from typing import Any

import pytest
from starlette.applications import Starlette

from detente.study import Study
from detente.webapp.keeping import Kept
from detente.webapp.streams import BusyError, DroppedError, Tell, Turns, told
from detente.webapp.workshop import Apart, Here, WorkError
from tests.webapp import conftest
from tests.webapp.conftest import Ask, wait


class Work:
    """Work that goes on until it is let go, and notes what was begun."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.free = threading.Event()
        self.stopped = threading.Event()

    def task(self, number: int) -> Any:
        def work(tell: Tell) -> int:
            self.begun.append(number)
            try:
                while not self.free.wait(0.002):
                    tell(1, 2)
            except DroppedError:
                self.stopped.set()
                raise
            return number

        return work


async def until(true: Any) -> None:
    for _ in range(2_000):
        if true():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it did not happen")


def test_of_many_positions_the_first_and_the_last_are_worked_on_at_most() -> None:
    async def slide() -> None:
        turns, work = Turns(2), Work()
        asked = [asyncio.ensure_future(turns.take("tab", 0, work.task(0)))]
        await until(lambda: work.begun == [0])
        for number in range(1, 50):
            asked.append(asyncio.ensure_future(turns.take("tab", number, work.task(number))))
            await asyncio.sleep(0)
        await until(lambda: len(work.begun) == 2)
        work.free.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert work.begun == [0, 49]
        assert answers[-1] == 49
        assert all(isinstance(each, DroppedError) for each in answers[:-1])
        turns.close()

    wait(slide())


def test_a_question_that_comes_late_is_never_worked_on() -> None:
    async def late() -> None:
        turns, work = Turns(1), Work()
        work.free.set()
        assert await turns.take("tab", 9, work.task(9)) == 9
        with pytest.raises(DroppedError):
            await turns.take("tab", 8, work.task(8))
        assert await turns.take("tab", 9, work.task(9)) == 9
        assert work.begun == [9, 9]
        turns.close()

    wait(late())


def test_two_tabs_do_not_overtake_one_another() -> None:
    async def both() -> None:
        turns, work = Turns(2), Work()
        tabs = [asyncio.ensure_future(turns.take(tab, 1, work.task(place))) for place, tab in enumerate("ab")]
        await until(lambda: len(work.begun) == 2)
        work.free.set()
        assert await asyncio.gather(*tabs) == [0, 1]
        turns.close()

    wait(both())


def test_no_more_are_worked_on_than_there_are_slots_and_the_rest_is_turned_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def crowd() -> None:
        turns, work = Turns(2), Work()
        monkeypatch.setattr("detente.webapp.streams.MOST_WAITING", 3)
        asked = [asyncio.ensure_future(turns.take(f"tab {n}", 1, work.task(n))) for n in range(8)]
        await until(lambda: sum(each.done() for each in asked) == 3)
        assert len(work.begun) == 2
        work.free.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sorted(each for each in answers if isinstance(each, int)) == [0, 1, 2, 3, 4]
        assert sum(isinstance(each, BusyError) for each in answers) == 3
        turns.close()

    wait(crowd())


def test_what_fails_does_not_block_the_next() -> None:
    async def fail() -> None:
        turns = Turns(1)

        def broken(_tell: Tell) -> int:
            raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            await turns.take("tab", 1, broken)
        assert await turns.take("tab", 2, lambda _tell: 2) == 2
        turns.close()

    wait(fail())


def lines(answer: str) -> list[tuple[str, Any]]:
    """Return the events of a stream."""
    held = [each.split("\n") for each in answer.strip().split("\n\n") if each.startswith("event")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in held]


def test_a_stream_tells_how_far_it_is_and_ends_with_the_answer_of_the_what_if(ask: Ask) -> None:
    query = "lever.pay=1&draws=2000"
    answer = ask("GET", f"/api/whatif/stream?{query}&client=s&serial=3")
    assert answer.headers["content-type"].startswith("text/event-stream")
    *before, (name, result) = lines(answer.text)
    assert name == "result"
    assert {each for each, _ in before} <= {"progress"}
    plain = ask("GET", f"/api/whatif?{query}&client=s&serial=4").json()
    assert result["serial"] == 3
    assert result["decisions"] == plain["decisions"]


def test_a_stream_with_wrong_input_is_refused_before_it_begins(ask: Ask) -> None:
    assert ask("GET", "/api/whatif/stream?draws=30000").status_code == 400


def test_who_stops_listening_ends_the_run() -> None:
    async def leave() -> None:
        turns, work = Turns(1), Work()
        stream = told(turns, "tab", 1, work.task(1))
        reading = asyncio.ensure_future(anext(stream))
        await until(lambda: work.begun == [1])
        await reading
        await stream.aclose()
        await until(work.stopped.is_set)
        work.free.set()
        assert await turns.take("tab", 2, work.task(2)) == 2
        turns.close()

    wait(leave())


def test_a_run_that_is_overtaken_says_so() -> None:
    async def overtake() -> None:
        turns, work = Turns(1), Work()
        stream = told(turns, "tab", 1, work.task(1))
        first = asyncio.ensure_future(anext(stream))
        await until(lambda: work.begun == [1])
        newer = asyncio.ensure_future(turns.take("tab", 2, lambda _tell: 2))
        seen = [await first, *[each async for each in stream]]
        assert seen[-1] == b'event: dropped\ndata: {"serial":1,"dropped":true}\n\n'
        assert await newer == 2
        turns.close()

    wait(overtake())


def test_twenty_sliders_at_once_get_every_answer_in_order(app: Starlette) -> None:
    async def slide(name: str) -> list[int]:
        seen = []
        async with conftest.client(app, conftest.HOME) as asker:
            for serial in range(4):
                size = 0.1 * serial + 0.01 * int(name)
                address = f"/api/whatif?lever.pay={size:.2f}&draws=100&client=slider{name}&serial={serial}"
                answer = await asker.get(address)
                assert answer.status_code == 200, answer.text
                seen.append(answer.json()["serial"])
        return seen

    async def all_of_them() -> list[list[int]]:
        return await asyncio.gather(*(slide(str(place)) for place in range(20)))

    assert wait(all_of_them()) == [[0, 1, 2, 3]] * 20


def test_what_is_made_once_is_made_once_for_all_who_wait() -> None:
    made: list[int] = []

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return 7

    kept: Kept[int] = Kept(2)
    threads = [threading.Thread(target=kept.get, args=("key", make)) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert made == [1]
    assert kept.peek("key") == 7


def test_work_in_a_process_of_its_own_is_the_same_work_and_ends_with_the_server(study: Study) -> None:
    apart, steps = Apart(), list[str]()
    try:
        assert apart.ask(study, "sources", steps.append) == Here().ask(study, "sources", steps.append)
        assert any(step.startswith("measuring") for step in steps)
    finally:
        apart.close()
    assert not [each for each in multiprocessing.active_children() if each.name == "detente-work"]
    with pytest.raises(WorkError, match="is closing"):
        apart.ask(study, "sources", steps.append)
