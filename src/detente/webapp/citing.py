"""What a view shows, as a case patch: which command gives the same numbers again, and what was moved by hand.

The what-if has patches of its own (`patches`), which the command for projections takes.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import detente
from detente.cases.scenarios import baseline_digest
from detente.cases.writing import dumped
from detente.webapp import answering

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.webapp.sessions import Session
    from detente.webapp.views import View

VERBS = {"forum": "brief", "strategies": "brief", "claims": "audit", "sources": "brief"}
"""Which command gives the numbers of a view, where it is not the one that measures."""
UNCHANGED = "Looked at on the live page; nothing was changed."
SAVED = "patch.yaml"


def as_patch(session: Session, view: View, query: Mapping[str, str]) -> str:
    """Return a view as a patch on the case, empty where nothing was moved, with how to run it in its head.

    Raises `QueryError` where the address asks for what there is not.
    """
    told = json.loads(answering.body(session, view, query))
    patch = view.patch(session.case, told)
    given = f"?{urlencode(query, quote_via=quote, safe='/')}" if query else ""
    head = [
        f"The view “{view.title}” of {session.case.name} on the live page: /view/{view.name}{given}",
        f"As of {session.case.as_of}, evidence {session.study.evidence.digest[:16]}, "
        f"detente {detente.__version__}.",
    ]
    if patch:
        head += [
            f"Save it as {SAVED}. The case with it laid over, and what comes of it:",
            f"detente new mine --from {shlex.quote(session.name)} --patch ./{SAVED}",
            command(session, view, "./mine.yaml"),
        ]
    else:
        head += ["The same numbers come from", command(session, view, session.name)]
    held: dict[str, Any] = {
        "title": f"{view.title}: {'moved by hand' if patch else 'as it is'}",
        "baseline": baseline_digest(session.case),
        "patch": patch,
        "reason": "Moved by hand on the live page." if patch else UNCHANGED,
    }
    return "".join(f"# {line}\n" for line in head) + dumped(held)


def command(session: Session, view: View, name: str) -> str:
    """Return what to type for the numbers of a view, of a case by its name or path."""
    run = f"--seed {session.study.seed} --draws {session.study.draws}"
    return f"detente {VERBS.get(view.name, 'measure')} {shlex.quote(name)} {run}"
