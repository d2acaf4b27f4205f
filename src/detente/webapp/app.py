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
- `/api/forum` has `beliefs` besides (`views.beliefs`: who believes what of whom, to be moved in the page);
  with `meeting`, `item`, `observer` and `seen.ACTOR=PLACE` also `asked` (`views.seats`).
- `/api/strategies` has `tables` (`strategy.campaign.columns`).
- `GET /api/controls` has every control of the what-if with its limits (`controls.controls`);
  `GET /api/projection` is the view `whatif` of the form above: what the brief says of the future.
- `GET /api/whatif?…&client=ID&serial=N` has request (with `query`, which restores it), serial, draws, seed,
  ms, times, cohesion, decisions, crossings, notes, as `whatif.answer` says; {"dropped": true, "serial": N}
  where a newer serial of the same client came meanwhile. At most 2,000 futures.
- `GET /api/whatif/stream?…` sends events `progress` {serial, done, total, seconds_left}, then one of
  `result` (as above), `dropped` {serial, dropped}, `problems` {errors}, and ends. Up to 20,000 futures.
- `GET /api/patch?…` is the same state of controls as a scenario in YAML; `/api/patch?view=X&…` any other view
  as a patch on the case, empty where nothing was moved, with the command that gives its numbers in its head.
- `GET /api/download?view=X&what=json|csv&table=KEY…`: the JSON, one table as CSV, or all of them zipped.
- `GET /api/token` has {"csrf": …}, which a POST sends as the header `x-detente-token`.
- `POST /api/case` (a form with a file in the field `case`, tables with their mappings in `table`, or both)
  answers {"session": ID, "view": address, "case": …, "tables": [{source, title, used, unresolved,
  set_aside}]}, or 422 with {"errors": [{where, what, hint}]}, where `where` has file and line. Tables without
  a case join the case of the `session` in the address.

Every refusal has {"errors": [{where, what, hint}]}: 400 wrong input, 403 another site or an old token, 404,
410 a session that is gone, 413 and 414 too large, 422 a case with problems, 429 too many requests and 503 too
many questions at once (both with `Retry-After`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import detente
from detente.webapp.door import Door
from detente.webapp.page import Page
from detente.webapp.responses import HANDLERS
from detente.webapp.saving import Saving
from detente.webapp.security import Guard
from detente.webapp.sessions import Session, Sessions
from detente.webapp.workshop import Apart, Here

if TYPE_CHECKING:
    from detente.webapp.studying import Study


def build(study: Study, *, door: Door | None = None, name: str = "", apart: bool = True) -> Starlette:
    """Return the application for a study.

    `door` says who is let in, `name` what the command calls the case; with `apart`, long work is done in
    processes of its own, and the what-if is made ready when the server starts.
    """
    door = door or Door()
    first = Session(study, name or study.case.name, bench=Apart() if apart else Here())
    page = Page(Sessions(first), door, warm=apart)
    saving = Saving(page)
    routes = [
        Route("/", page.first),
        Route("/view/{name}", page.view),
        Route("/api/controls", page.controls),
        Route("/api/whatif", page.whatif),
        Route("/api/whatif/stream", page.stream),
        Route("/api/patch", saving.patch),
        Route("/api/download", saving.download),
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
