"""The handlers of the page and of its data, and what they share."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import jinja2
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

import detente
from detente.errors import Problem, did_you_mean
from detente.webapp import answering, asked, uploads
from detente.webapp.asked import AT_ONCE, OF_CLIENT, Asked, QueryError
from detente.webapp.door import Door
from detente.webapp.responses import JSON, tagged, told_as_json
from detente.webapp.sessions import Session, Sessions
from detente.webapp.streams import DroppedError, Tell, Turns, told
from detente.webapp.views import VIEWS, View

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request

Row = dict[str, Any]
SLOTS = max(2, min(4, os.cpu_count() or 2))
"""Questions that are worked on at once."""
PATIENCE = 1.5
"""Seconds after which a view that is not there yet is answered with what is being done."""
REST = 1.0
"""Seconds from the start until the what-if is made ready."""
OTHERWISE = {"projection": "whatif"}
"""Views whose own name answers something else."""


class Page:
    """The handlers, and what they share."""

    def __init__(self, sessions: Sessions, door: Door, *, warm: bool) -> None:
        self.sessions = sessions
        self.door = door
        self.warm = warm
        self.turns = Turns(SLOTS)
        self._slow = ThreadPoolExecutor(2, "views")
        self._uploading = asyncio.Semaphore(1)
        self._making: dict[tuple[str, str], Future[bytes]] = {}

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Make the what-if ready while the reader looks at the first view; let go of all at the end."""
        if self.warm:
            # In a moment: the first view is not to wait for it.
            asyncio.get_running_loop().call_later(REST, self._slow.submit, self.sessions.first.warm)
        yield
        self.turns.close()
        self._slow.shutdown(wait=False, cancel_futures=True)
        self.sessions.close()

    def session(self, request: Request) -> Session:
        """Return the session that a request names."""
        return self.sessions.get(request.query_params.get("session", ""))

    async def first(self, request: Request) -> Response:
        """Go to the first view."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/view/{next(iter(VIEWS))}{query}", 303)

    async def view(self, request: Request) -> Response:
        """Return the page of a view: a shell, so that it is there before anything is computed."""
        view, session = self.named(request), self.session(request)
        case = session.case
        context = {
            "view": view,
            "views": list(VIEWS.values()),
            "case": {
                "name": case.name,
                "title": case.title,
                "question": " ".join(case.question.split()),
                "as_of": f"{case.as_of:%Y-%m-%d}",
            },
            "csrf": self.door.csrf,
            "session": session.id,
            "version": detente.__version__,
        }
        return HTMLResponse(_templates().get_template("page.html.j2").render(context))

    def named(self, request: Request) -> View:
        name = request.path_params.get("name") or request.query_params.get("view", "")
        if name not in VIEWS:
            hint = did_you_mean(name, VIEWS) or f"views are {', '.join(VIEWS)}"
            raise QueryError(Problem("view", f"there is no {name!r}", hint))
        return VIEWS[name]

    async def data(self, request: Request) -> Response:
        """Return the JSON twin of a view."""
        name = OTHERWISE.get(request.path_params["name"], request.path_params["name"])
        if name not in VIEWS:
            raise HTTPException(404)
        view, session = VIEWS[name], self.session(request)
        query = answering.query_of(view, request.query_params.multi_items())
        if not await self.ready(session, view):
            pending = {"pending": True, "view": view.name, "step": session.step}
            return told_as_json(pending, 202, {"retry-after": "1"})
        body = await asyncio.to_thread(answering.body, session, view, query)
        return tagged(request, body, JSON)

    async def ready(self, session: Session, view: View) -> bool:
        """Wait a moment for a view; return whether it is there. Raises what making it raised."""
        key = session.id, view.name
        if session.wholes.peek(view.name) is not None:
            return True
        if key not in self._making:
            self._making[key] = self._slow.submit(answering.whole, session, view)
        making = asyncio.wrap_future(self._making[key])
        done, _ = await asyncio.wait({making}, timeout=PATIENCE)
        if not done:
            return False
        self._making.pop(key, None)
        making.result()
        return True

    async def controls(self, request: Request) -> Response:
        """Return the controls of the what-if."""
        session = self.session(request)

        def make() -> Row:
            from detente.webapp.controls import controls

            return controls(session)

        found = await asyncio.to_thread(
            session.made,
            answering.CONTROLS,
            lambda: answering.recalled(session, answering.CONTROLS, make),
        )
        return tagged(request, answering.as_bytes(found), JSON)

    async def asked(
        self, request: Request, pairs: answering.Pairs | None = None, *, most: int | None = None
    ) -> tuple[Session, Asked, Row]:
        """Return who asks, what for, and under which number."""
        session = self.session(request)
        pairs = request.query_params.multi_items() if pairs is None else pairs
        found = session.unmoved
        if any(name not in OF_CLIENT for name, _ in pairs):
            known = await asyncio.to_thread(lambda: session.known)
            found = asked.asked(pairs, known, draws=session.draws, seed=session.study.seed)
        if most is not None and found.draws > most:
            what = f"{found.draws:,} futures take too long for one answer"
            raise QueryError(Problem("draws", what, f"{most:,} at most, or ask /api/whatif/stream"))
        return session, found, _numbered(request)

    async def whatif(self, request: Request) -> Response:
        """Return what follows from the state of the controls; of each client, the newest alone."""
        begun = time.perf_counter()
        session, found, who = await self.asked(request, most=AT_ONCE)

        def work(tell: Tell) -> Row:
            return session.answered(found, tell)

        try:
            answer = await self.turns.take(who["client"], who["serial"], work)
        except DroppedError:
            return told_as_json({"serial": who["serial"], "dropped": True})
        spent = round(1000 * (time.perf_counter() - begun), 1)
        return told_as_json({**answer, "serial": who["serial"], "ms": spent})

    async def stream(self, request: Request) -> Response:
        """Return the same as a stream that tells how far it is; it ends when nobody listens."""
        begun = time.perf_counter()
        session, found, who = await self.asked(request)

        def work(tell: Tell) -> Row:
            answer = session.answered(found, tell)
            return {**answer, "serial": who["serial"], "ms": round(1000 * (time.perf_counter() - begun), 1)}

        lines = told(self.turns, who["client"], who["serial"], work)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def token(self, _request: Request) -> Response:
        """Return the token that a write has to send."""
        return told_as_json({"csrf": self.door.csrf})

    async def upload(self, request: Request) -> Response:
        """Make a session of an uploaded case, or of the case at hand with uploaded tables."""
        async with self._uploading:
            made = await uploads.received(request, self.session(request))
        session = self.sessions.add(made.study, made.name, made.folder)
        case = {"name": made.study.case.name, "title": made.study.case.title}
        address = f"/view/{next(iter(VIEWS))}?session={session.id}"
        told = {"session": session.id, "view": address, "case": case, "tables": list(made.tables)}
        return told_as_json(told, 201)


def _numbered(request: Request) -> Row:
    """Return the client and the serial of a request; raises `QueryError` for a serial that is no number."""
    client, serial = request.query_params.get("client", ""), request.query_params.get("serial")
    if serial is not None and not (serial.isascii() and serial.isdecimal() and len(serial) < 16):
        raise QueryError(Problem("serial", f"{serial[:40]!r} is not a whole number", "count from 0"))
    if len(client) > 64:
        raise QueryError(Problem("client", "is too long", "64 characters at most"))
    return {"client": client, "serial": int(serial) if serial is not None else None}


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("detente.webapp", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
