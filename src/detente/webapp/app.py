"""The page and its JSON: one Starlette application for one case, and for what is uploaded to it.

What is answered (`X` is the name of a view: unity, camps, stance, dependence, whatif, forum, strategies,
claims, sources). Every GET takes `session=ID`, which an upload gives; without it the case of the command.

- `GET /` goes to `/view/unity`. `GET /view/X?…` is the page, rendered from `templates/page.html.j2` with
  `view` and `views` (name, title, question), `case` (name, title, question, as_of), `csrf`, `session` (empty,
  or an id) and `version`. `/static/…` are the page's own files, and
  `/vendor/{vega,vega-lite,vega-embed}.min.js` those that draw charts.
- `GET /api/X?…` has `request`, `view`, `title`, `question`, `case`, `available`; where that is false, `why`
  and `hint`; else `sections` (key, title, `paragraphs` of sentences as {text, parts}, `exhibits`, notes),
  `numbers` (the rows behind ids in sentences: id, what, value, low, high, unit, mark, source, locator,
  method), `missing` (part, what, why, hint), and what the view has of its own. A part of a sentence is a
  string, or {id, text, mark, what}. An exhibit is a figure (kind, key, title, shows, reading, note, stacked,
  legend, panels of {title, spec}, table) or a table (kind, key, title, note, folded, citations, columns,
  `rows` as shown, `values`). With an `ETag`. Where it takes long: 202 with {"pending": true, "step": words},
  to be asked again after `Retry-After` seconds.
- `/api/forum` has `beliefs` besides (`views.beliefs`: who believes what of whom, to be moved in the
  page), and `/api/strategies` has `tables` (`strategy.campaign.columns`).
- `GET /api/controls` has every control of the what-if with its limits (`controls.controls`);
  `GET /api/projection` is the view `whatif` of the form above: what the brief says of the future.
- `GET /api/whatif?…&client=ID&serial=N` has request (with `query`, which restores it), serial, draws, seed,
  ms, times, cohesion, decisions, crossings, notes, as `whatif.answer` says; {"dropped": true, "serial": N}
  where a newer serial of the same client came meanwhile. At most 2,000 futures.
- `GET /api/whatif/stream?…` sends events `progress` {serial, done, total, seconds_left}, then one of
  `result` (as above), `dropped` {serial, dropped}, `problems` {errors}, and ends. Up to 20,000 futures.
- `GET /api/patch?…` is the same state of controls as a scenario in YAML.
- `GET /api/download?view=X&what=json|csv&table=KEY…`: the JSON, one table as CSV, or all of them zipped.
- `GET /api/token` has {"csrf": …}, which a POST sends as the header `x-detente-token`.
- `POST /api/case` (a form with the file in the field `case`) answers {"session": ID, "view": address, "case":
  …}, or 422 with {"errors": [{where, what, hint}]}, where `where` has file and line.

Every refusal has {"errors": [{where, what, hint}]}: 400 wrong input, 403 another site or an old token, 404,
410 a session that is gone, 413 and 414 too large, 422 a case with problems, 429 too many requests and 503 too
many questions at once (both with `Retry-After`).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import os
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import detente
from detente.errors import CaseError, DetenteError, Problem, did_you_mean
from detente.webapp import answering, uploads
from detente.webapp.asked import AT_ONCE, Asked, QueryError, asked
from detente.webapp.security import Door, Guard, TooLargeError, too_large
from detente.webapp.sessions import GoneError, Session, Sessions
from detente.webapp.streams import BusyError, DroppedError, Tell, Turns, busy, told
from detente.webapp.views import VIEWS, View
from detente.webapp.workshop import Apart, Here

if TYPE_CHECKING:
    from starlette.requests import Request

    from detente.webapp.studying import Study

Row = dict[str, Any]
SLOTS = max(2, min(4, os.cpu_count() or 2))
"""Questions that are worked on at once."""
PATIENCE = 1.5
"""Seconds after which a view that is not there yet is answered with what is being done."""
OTHERWISE = {"projection": "whatif"}
"""Views whose own name answers something else."""
STATUS = {QueryError: 400, GoneError: 410, CaseError: 422}
JSON = "application/json"


def build(study: Study, *, door: Door | None = None, name: str = "", apart: bool = True) -> Starlette:
    """Return the application for a study.

    `door` says who is let in, `name` what the command calls the case; with `apart`, long work is done in
    processes of its own, and the what-if is made ready when the server starts.
    """
    door = door or Door()
    first = Session(study, name or study.case.name, bench=Apart() if apart else Here())
    page = Page(Sessions(first), door, warm=apart)
    routes = [
        Route("/", page.first),
        Route("/view/{name}", page.view),
        Route("/api/controls", page.controls),
        Route("/api/whatif", page.whatif),
        Route("/api/whatif/stream", page.stream),
        Route("/api/patch", page.patch),
        Route("/api/download", page.download),
        Route("/api/token", page.token),
        Route("/api/case", page.upload, methods=["POST"]),
        Route("/api/{name}", page.data),
        Mount("/vendor", _folder("briefing/vendor")),
        Mount("/static", _folder("webapp/static")),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, door=door), Middleware(GZipMiddleware, minimum_size=2_000)],
        exception_handlers=HANDLERS,
        lifespan=page.lifespan,
    )


def _folder(name: str) -> StaticFiles:
    # By its path: asking the package for it would import all that draws charts.
    return StaticFiles(directory=Path(detente.__file__).parent / name, check_dir=False)


def told_as_json(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON."""
    return Response(answering.as_bytes(content), status, headers, JSON)


def refusal(problems: tuple[Problem, ...], status: int) -> Response:
    """Return what is wrong, as JSON."""
    return told_as_json({"errors": [vars(each) for each in problems]}, status)


def _handle(_request: Request, error: Exception) -> Response:
    """Return the answer to what a handler raised."""
    if isinstance(error, DetenteError):
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        return refusal(error.problems, status)
    if isinstance(error, BusyError):
        return told_as_json({"errors": [busy()]}, 503, {"retry-after": "1"})
    if isinstance(error, TooLargeError):
        return refusal((too_large(),), 413)
    if isinstance(error, ClientDisconnect):
        return refusal((Problem("upload", "came in part", "send the file again"),), 400)
    if isinstance(error, HTTPException):
        hint = "views are " + ", ".join(f"/view/{name}" for name in VIEWS)
        return refusal((Problem("address", error.detail.lower(), hint),), error.status_code)
    hint = "the server goes on; its terminal says more"
    return refusal((Problem("server", "a fault of detente's own", hint),), 500)


HANDLERS: dict[Any, Callable[[Request, Exception], Response]] = dict.fromkeys(
    (DetenteError, BusyError, TooLargeError, ClientDisconnect, HTTPException, Exception), _handle
)


class Page:
    """The handlers, and what they share."""

    def __init__(self, sessions: Sessions, door: Door, *, warm: bool) -> None:
        self.sessions = sessions
        self.door = door
        self.warm = warm
        self.turns = Turns(SLOTS)
        self._slow = ThreadPoolExecutor(2, "views")
        self._making: dict[tuple[str, str], Future[bytes]] = {}

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Make the what-if ready while the reader looks at the first view; let go of all at the end."""
        if self.warm:
            self._slow.submit(self.sessions.first.warm)
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
        view, session = self._view(request), self.session(request)
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

    def _view(self, request: Request) -> View:
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
        if not await self._ready(session, view):
            pending = {"pending": True, "view": view.name, "step": session.step}
            return told_as_json(pending, 202, {"retry-after": "1"})
        body = await asyncio.to_thread(answering.body, session, view, query)
        return _tagged(request, body, JSON)

    async def _ready(self, session: Session, view: View) -> bool:
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
        from detente.webapp.controls import controls

        session = self.session(request)
        found = await asyncio.to_thread(session.made, "controls", lambda: controls(session))
        return _tagged(request, answering.as_bytes(found), JSON)

    async def _asked(self, request: Request, *, most: int | None = None) -> tuple[Session, Asked, Row]:
        """Return who asks, what for, and under which number."""
        session, pairs = self.session(request), request.query_params.multi_items()
        known = await asyncio.to_thread(lambda: session.known)
        found = asked(pairs, known, draws=session.draws, seed=session.study.seed)
        if most is not None and found.draws > most:
            what = f"{found.draws:,} futures take too long for one answer"
            raise QueryError(Problem("draws", what, f"{most:,} at most, or ask /api/whatif/stream"))
        return session, found, _numbered(request)

    async def whatif(self, request: Request) -> Response:
        """Return what follows from the state of the controls; of each client, the newest alone."""
        begun = time.perf_counter()
        session, found, who = await self._asked(request, most=AT_ONCE)

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
        session, found, who = await self._asked(request)

        def work(tell: Tell) -> Row:
            answer = session.answered(found, tell)
            return {**answer, "serial": who["serial"], "ms": round(1000 * (time.perf_counter() - begun), 1)}

        lines = told(self.turns, who["client"], who["serial"], work)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def patch(self, request: Request) -> Response:
        """Return what was explored as a scenario."""
        from detente.webapp.patches import as_yaml
        from detente.webapp.whatif import case_of

        session, found, _ = await self._asked(request)
        if not found.changes:
            hint = "move a control first"
            raise QueryError(Problem("scenario", "nothing is otherwise than in the baseline", hint))
        await asyncio.to_thread(case_of, session.case, found)
        text = as_yaml(session.case, found, name=session.name)
        return _tagged(request, text.encode(), "application/yaml; charset=utf-8", "what-if.yaml")

    async def download(self, request: Request) -> Response:
        """Return the data of a view as a file: JSON, one table as CSV, or all tables zipped."""
        view, session = self._view(request), self.session(request)
        params = request.query_params
        what, key = params.get("what", "json"), params.get("table", "")
        if what not in ("json", "csv"):
            raise QueryError(Problem("what", f"there is no {what!r}", "json or csv"))
        held = await self._files(request, session, view)
        if held is None:
            return told_as_json({"pending": True, "step": session.step}, 202, {"retry-after": "1"})
        body, tables = held
        if what == "json":
            return _tagged(request, body, JSON, f"{view.name}.json")
        if key and key not in tables:
            hint = did_you_mean(key, tables) or f"tables are {', '.join(tables)}"
            raise QueryError(Problem("table", f"there is no {key!r}", hint))
        if key:
            return _tagged(request, tables[key].encode(), "text/csv; charset=utf-8", f"{key}.csv")
        return _tagged(request, _zipped(tables), "application/zip", f"{view.name}.zip")

    async def _files(
        self, request: Request, session: Session, view: View
    ) -> tuple[bytes, dict[str, str]] | None:
        """Return a view's JSON and its tables as CSV; of the what-if, those of the state asked for."""
        own = ("view", "what", "table")
        pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in own]
        if view.name == "whatif":
            known = await asyncio.to_thread(lambda: session.known)
            found = asked(pairs, known, draws=session.draws, seed=session.study.seed)
            answer = await self.turns.take("", None, functools.partial(session.answered, found))
            return answering.as_bytes(answer), answering.csv_of(answer)
        query = answering.query_of(view, pairs)
        if not await self._ready(session, view):
            return None
        body = await asyncio.to_thread(answering.body, session, view, query)
        return body, await asyncio.to_thread(answering.files_of, session, view)

    async def token(self, _request: Request) -> Response:
        """Return the token that a write has to send."""
        return told_as_json({"csrf": self.door.csrf})

    async def upload(self, request: Request) -> Response:
        """Make a session of an uploaded case; nothing of it is left on disk."""
        study, name = await uploads.received(request, self.sessions.first.study)
        session = self.sessions.add(study, name)
        case = {"name": study.case.name, "title": study.case.title}
        address = f"/view/{next(iter(VIEWS))}?session={session.id}"
        return told_as_json({"session": session.id, "view": address, "case": case}, 201)


def _numbered(request: Request) -> Row:
    """Return the client and the serial of a request; raises `QueryError` for a serial that is no number."""
    client, serial = request.query_params.get("client", ""), request.query_params.get("serial")
    if serial is not None and not (serial.isascii() and serial.isdecimal() and len(serial) < 16):
        raise QueryError(Problem("serial", f"{serial[:40]!r} is not a whole number", "count from 0"))
    if len(client) > 64:
        raise QueryError(Problem("client", "is too long", "64 characters at most"))
    return {"client": client, "serial": int(serial) if serial is not None else None}


def _tagged(request: Request, body: bytes, kind: str, name: str = "") -> Response:
    """Return a body with its ETag, or 304 where the client has it already; with a name, as a file."""
    headers = {"etag": answering.etag(body), "cache-control": "private, no-cache"}
    if name:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, kind)


def _zipped(tables: dict[str, str]) -> bytes:
    """Return files zipped, the same bytes for the same files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for key, text in sorted(tables.items()):
            packed.writestr(zipfile.ZipInfo(f"{key}.csv"), text)
    return held.getvalue()


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("detente.webapp", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
