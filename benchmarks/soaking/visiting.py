"""Visitors of the live page: who move sliders, open views, listen to streams, upload cases, and hang up."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

VIEWS = ("unity", "camps", "stance", "dependence", "whatif", "forum", "strategies", "claims", "sources")
PACE = 0.12
"""Seconds between two questions of one visitor."""
PATIENCE = 60.0
FILLING = 15
"""Uploads that come at once."""
EXPECTED = {200, 201, 202, 303, 304}


@dataclass
class Visit:
    """What all visitors share: where the page is, until when they stay, and what they saw."""

    home: str
    case: str
    until: Callable[[], bool]
    luck: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    async def ask(
        self, client: httpx.AsyncClient, address: str, *, may: tuple[int, ...] = ()
    ) -> httpx.Response:
        """Ask for an address; an answer that is not expected is noted."""
        answer = await client.get(self.home + address)
        self.counts["requests"] += 1
        if answer.status_code not in EXPECTED and answer.status_code not in may:
            self.wrong[f"{answer.status_code} for {address.split('?')[0]}"] += 1
        return answer

    async def rest(self) -> None:
        """Wait as a reader does."""
        await asyncio.sleep(PACE * self.luck.uniform(0.5, 1.5))


async def slide(visit: Visit, client: httpx.AsyncClient, name: str) -> None:
    """Move a slider, without waiting for one answer before the next question; each has its own answer."""
    latest = -1

    async def once(serial: int) -> None:
        nonlocal latest
        size = visit.luck.choice((0.25, 0.5, 1.0, 1.5))
        query = f"lever.pay={size}&seed={visit.luck.randrange(4)}&draws=400&client={name}&serial={serial}"
        told = (await visit.ask(client, f"/api/whatif?{query}")).json()
        if told.get("serial") != serial:
            visit.wrong["an answer to another question"] += 1
        elif told.get("dropped"):
            visit.counts["overtaken"] += 1
        else:
            visit.counts["what-ifs"] += 1
            # Two answers on two connections may change places on the way: the serial is there to tell.
            visit.counts["answers after a newer one"] += serial < latest
            latest = max(latest, serial)

    serial, waiting = 0, set[asyncio.Task[None]]()
    while visit.until():
        waiting.add(asyncio.create_task(once(serial)))
        serial += 1
        await visit.rest()
        if len(waiting) >= 3:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if waiting:
        await asyncio.wait(waiting)


async def read(visit: Visit, client: httpx.AsyncClient, name: str) -> None:
    """Open views, their twins and their tables."""
    while visit.until():
        view = visit.luck.choice(VIEWS)
        await visit.ask(client, f"/view/{view}")
        for _ in range(int(PATIENCE / PACE)):
            answer = await visit.ask(client, f"/api/{view}?client={name}")
            if answer.status_code != 202 or not visit.until():
                break
            await visit.rest()
        visit.counts["views"] += 1
        if answer.status_code == 200 and answer.json().get("available"):
            await visit.ask(client, f"/api/download?view={view}&what=csv&draws=200" if view == "whatif"
                            else f"/api/download?view={view}&what=csv")  # fmt: skip
        await visit.ask(client, "/api/controls")
        await visit.rest()


async def listen(visit: Visit, client: httpx.AsyncClient, name: str) -> None:
    """Listen to long runs to their end: progress rises, and one result comes last."""
    serial = 0
    while visit.until():
        query = f"draws=4000&seed={visit.luck.randrange(100)}&client={name}&serial={serial}"
        kinds, done = [], -1
        async with client.stream("GET", f"{visit.home}/api/whatif/stream?{query}") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    kinds.append(line.removeprefix("event:").strip())
                elif line.startswith("data:") and kinds and kinds[-1] == "progress":
                    now = json.loads(line.removeprefix("data:"))["done"]
                    visit.wrong["progress that falls"] += now < done
                    done = now
        visit.counts["streams"] += 1
        visit.wrong["a stream without its result"] += not kinds or kinds[-1] != "result"
        serial += 1
        await visit.rest()


async def upload(visit: Visit, client: httpx.AsyncClient, _name: str) -> None:
    """Upload cases, good and bad, and look at what comes of the good ones."""
    number = 0
    while visit.until():
        token = (await visit.ask(client, "/api/token")).json()["csrf"]
        good = number % 3 != 2
        text = (
            visit.case.replace("title: Tolls", f"title: Tolls {number}", 1)
            if good
            else "detente: 1\ntitle: [\n"
        )
        answer = await client.post(
            f"{visit.home}/api/case",
            files={"case": ("mine.yaml", text.encode())},
            headers={"x-detente-token": token},
        )
        visit.counts["uploads"] += 1
        if answer.status_code != (201 if good else 422):
            visit.wrong[f"{answer.status_code} for an upload"] += 1
        elif good:
            session = answer.json()["session"]
            # A session that eight later ones have displaced is gone, which is as it should be.
            await visit.ask(client, f"/view/unity?session={session}", may=(410,))
            await visit.ask(client, f"/api/whatif?session={session}&draws=200&client=up", may=(410,))
        number += 1
        # The first few fill the sessions that are kept, so that what comes after shows whether more is held.
        await asyncio.sleep(PACE if number < FILLING else 8 * PACE)


async def hang_up(visit: Visit, _client: httpx.AsyncClient, name: str) -> None:
    """Connect and go: at once, in the middle of a question, of an upload, of a long run."""
    parts = urlsplit(visit.home)
    host = f"host: {parts.netloc}\r\n".encode()
    begins = (
        b"",
        b"GET /api/unity HTTP/1.1\r\n" + host,
        b"GET /api/whatif/stream?draws=20000&client=%s HTTP/1.1\r\n%s\r\n" % (name.encode(), host),
        b"POST /api/case HTTP/1.1\r\n%scontent-length: 5000\r\n\r\nhalf of it" % host,
        b"\x16\x03\x01 not HTTP at all\r\n\r\n",
    )
    while visit.until():
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(visit.luck.choice(begins))
        await writer.drain()
        await asyncio.sleep(visit.luck.uniform(0, 3 * PACE))
        writer.transport.abort()
        visit.counts["connections dropped"] += 1
        del reader
        await visit.rest()


VISITORS: tuple[tuple[str, Callable[[Visit, httpx.AsyncClient, str], Awaitable[None]]], ...] = (
    ("slider-1", slide),
    ("slider-2", slide),
    ("slider-3", slide),
    ("reader-1", read),
    ("reader-2", read),
    ("listener", listen),
    ("uploader", upload),
    ("dropper", hang_up),
)


async def stay(visit: Visit) -> None:
    """Let all visitors in, until it is time to go; what one of them raises is noted."""

    async def one(name: str, what: Callable[[Visit, httpx.AsyncClient, str], Awaitable[None]]) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            while visit.until():
                try:
                    await what(visit, client, name)
                except (httpx.HTTPError, OSError, ValueError, KeyError) as error:
                    visit.wrong[f"{what.__name__}: {type(error).__name__}"] += 1
                    await visit.rest()

    await asyncio.gather(*(one(name, what) for name, what in VISITORS))
