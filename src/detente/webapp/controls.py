"""Every control of the what-if, with its limits, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from detente.cases.events import Event
from detente.cases.scenarios import baseline_digest
from detente.errors import DetenteError
from detente.simulation.institutions.catalogue import rules
from detente.simulation.projection.preparing import adding
from detente.webapp.asked import AT_ONCE, FEWEST, MOST, STRONGEST, Asked
from detente.webapp.patches import whole_only

if TYPE_CHECKING:
    from detente.webapp.sessions import Session

Row = dict[str, Any]


def controls(session: Session) -> Row:
    """Return every control of the what-if: its key, what it is called, and its limits."""
    case, known = session.case, session.known
    actor = session.actor
    draws = {"min": FEWEST, "max": MOST, "at_once": AT_ONCE, "default": session.draws}
    years = case.projection.years if case.projection else 0
    return {
        "baseline": baseline_digest(case),
        "as_of": f"{case.as_of:%Y-%m-%d}",
        "scenarios": [
            {"key": key, "title": each.title, "reason": each.reason} for key, each in case.scenarios.items()
        ],
        "events": list(_events(session)),
        "players": [
            {"key": key, "title": each.title, "actors": list(each.actors)}
            for key, each in (case.strategies.players if case.strategies else {}).items()
        ],
        "levers": list(_levers(session)),
        "items": [_moved(key, session.titles["item"][key], known.reach[key]) for key in known.items],
        "drivers": [
            {**_moved(key, each.title, known.reach[key]), "kind": each.kind}
            for key, each in (case.projection.drivers if case.projection else {}).items()
        ],
        "parties": [
            {"key": key, "name": session.titles["bloc"].get(key) or actor(key),
             "kind": "bloc" if key in case.blocs else "actor"}
            for key in known.parties
        ],
        "decisions": list(_decisions(session)),
        "until": {"min": known.span[0], "max": known.span[1], "default": None, "years": years},
        "draws": draws,
        "seed": {"default": session.study.seed},
        "show": list(_shown(session)),
    }  # fmt: skip


def _moved(key: str, title: str, reach: float) -> Row:
    return {"key": key, "title": title, "min": -reach, "max": reach, "step": reach / 100}


def _events(session: Session) -> Iterator[Row]:
    case = session.case
    assert case.projection is not None
    for key, under in session.known.events.items():
        event = case.projection.events.get(key)
        held = case.scenarios[under[0]].patch["projection"]["events"][key] if under else {}
        yield {
            "key": key,
            "title": event.title if event else str(held.get("title", key)),
            "date": f"{event.date:%Y-%m-%d}" if event else str(held.get("date", "")),
            "kind": event.kind if event else str(held.get("kind", "other")),
            "chance": event.chance if event else float(held.get("chance", 1.0)),
            "backlash": event.backlash if event else float(held.get("backlash", 0.0)),
            "reason": event.reason if event else str(held.get("reason", "")),
            "source": (event.source if event else held.get("source")) or "",
            "scenarios": list(under),
            "mark": "assumed",
        }


def _levers(session: Session) -> Iterator[Row]:
    held = session.case.strategies
    for key, lever in (held.levers if held else {}).items():
        yield {
            "key": key,
            "title": lever.title,
            "owner": lever.owner,
            "kind": lever.kind,
            "means": lever.means,
            "date": f"{lever.date:%Y-%m-%d}",
            "target": list(lever.target),
            "scaled": not whole_only(lever),
            "min": 0.0,
            "max": STRONGEST,
            "step": 0.1,
            "backlash": lever.backlash,
            "cost": lever.cost.model_dump(mode="json"),
            "reason": lever.reason,
            "mark": "assumed",
        }


def _decisions(session: Session) -> Iterator[Row]:
    for key, each in session.case.decisions.items():
        rule = each.rule if isinstance(each.rule, str) else None
        fit = [{"key": name, "title": rules()[name].title} for name in _fitting(session, key)]
        yield {"key": key, "title": each.title, "bloc": each.bloc, "rule": rule, "rules": fit}


def _fitting(session: Session, decision: str) -> Iterator[str]:
    """Yield the rules that a decision can come under: those whose weights it has."""
    prepared = session.prepared(session.case, Asked(FEWEST, session.study.seed))
    for name in session.known.rules:
        try:
            adding(prepared, {"what_if": _ruled(session, decision, name)}, where="decisions")
        except DetenteError:
            continue
        yield name


def _ruled(session: Session, decision: str, rule: str) -> Event:
    return Event(title="Another rule", date=session.case.as_of, rules={decision: rule}, reason="To try it.")


def _shown(session: Session) -> Iterator[Row]:
    titles = session.titles
    for pair in session.known.shown:
        bloc, item = pair.split("/")
        title = f"{titles['bloc'].get(bloc, bloc)}: {titles['item'].get(item, item)}"
        yield {"key": pair, "bloc": bloc, "item": item, "title": title}
