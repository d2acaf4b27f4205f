"""What a reader takes along: a view's data as a file, and what was explored as a patch."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

from detente.errors import Problem, did_you_mean
from detente.webapp import answering
from detente.webapp.asked import QueryError, asked
from detente.webapp.responses import JSON, YAML, tagged, told_as_json, zipped

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from detente.webapp.page import Page
    from detente.webapp.sessions import Session
    from detente.webapp.views import View


class Saving:
    """The handlers of downloads and patches."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def patch(self, request: Request) -> Response:
        """Return what was explored as a scenario, or any other view as a patch."""
        if request.query_params.get("view", "whatif") != "whatif":
            return await self._cited(request)
        from detente.webapp.patches import as_yaml
        from detente.webapp.whatif import case_of

        pairs = [pair for pair in request.query_params.multi_items() if pair != ("view", "whatif")]
        session, found, _ = await self.page.asked(request, pairs)
        if not found.changes:
            hint = "move a control first"
            raise QueryError(Problem("scenario", "nothing is otherwise than in the baseline", hint))
        await asyncio.to_thread(case_of, session.case, found)
        text = as_yaml(session.case, found, name=session.name)
        return tagged(request, text.encode(), YAML, "what-if.yaml")

    async def _cited(self, request: Request) -> Response:
        from detente.webapp.citing import as_patch

        view, session = self.page.named(request), self.page.session(request)
        pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "view"]
        query = answering.query_of(view, pairs)
        if not await self.page.ready(session, view):
            return told_as_json({"pending": True, "step": session.step}, 202, {"retry-after": "1"})
        text = await asyncio.to_thread(as_patch, session, view, query)
        return tagged(request, text.encode(), YAML, "patch.yaml")

    async def download(self, request: Request) -> Response:
        """Return the data of a view as a file: JSON, one table as CSV, or all tables zipped."""
        view, session = self.page.named(request), self.page.session(request)
        params = request.query_params
        what, key = params.get("what", "json"), params.get("table", "")
        if what not in ("json", "csv"):
            raise QueryError(Problem("what", f"there is no {what!r}", "json or csv"))
        held = await self._files(request, session, view)
        if held is None:
            return told_as_json({"pending": True, "step": session.step}, 202, {"retry-after": "1"})
        body, tables = held
        if what == "json":
            return tagged(request, body, JSON, f"{view.name}.json")
        if key and key not in tables:
            hint = did_you_mean(key, tables) or f"tables are {', '.join(tables)}"
            raise QueryError(Problem("table", f"there is no {key!r}", hint))
        if key:
            return tagged(request, tables[key].encode(), "text/csv; charset=utf-8", f"{key}.csv")
        return tagged(request, zipped(tables), "application/zip", f"{view.name}.zip")

    async def _files(
        self, request: Request, session: Session, view: View
    ) -> tuple[bytes, dict[str, str]] | None:
        """Return a view's JSON and its tables as CSV; of the what-if, those of the state asked for."""
        own = ("view", "what", "table")
        pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in own]
        if view.name == "whatif":
            known = await asyncio.to_thread(lambda: session.known)
            found = asked(pairs, known, draws=session.draws, seed=session.study.seed)
            answer = await self.page.turns.take("", None, functools.partial(session.answered, found))
            return answering.as_bytes(answer), answering.csv_of(answer)
        query = answering.query_of(view, pairs)
        if not await self.page.ready(session, view):
            return None
        body = await asyncio.to_thread(answering.body, session, view, query)
        return body, await asyncio.to_thread(answering.files_of, session, view)
