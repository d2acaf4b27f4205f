"""What was explored, as a scenario: a patch on the case that knows its baseline, to be run and cited."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from detente.cases.events import Happening
from detente.cases.scenarios import baseline_digest
from detente.cases.writing import dumped

if TYPE_CHECKING:
    from detente.cases.projection import Scenario
    from detente.cases.schema import Case
    from detente.cases.strategies import Lever
    from detente.webapp.asked import Asked

SCALED = ("shift", "change", "pays")
"""Sizes of a lever by item, driver or decision and actor, which its strength multiplies."""
MOVED = "what_if"
SAID = "Chosen on the live page, to see what follows; nobody claims that it will be so."


def scenario_of(case: Case, asked: Asked) -> Scenario:
    """Return what an address asks for as one scenario on the case; its patch is empty for the baseline."""
    from detente.cases.projection import Scenario

    patch = patch_of(case, asked)
    return Scenario.model_construct(
        title=_title(case, asked), baseline=baseline_digest(case), patch=patch, reason=SAID
    )


def patch_of(case: Case, asked: Asked) -> dict[str, Any]:
    """Return what is changed in the case: the scenarios, one after another, then events in and out, levers as
    events (with names of their own, so that each has its own luck), and all that is moved by hand as one
    event of the first day.
    """
    patch: dict[str, Any] = {}
    for key in asked.scenarios:
        patch = laid(patch, case.scenarios[key].patch)
    events = dict(_events(case, asked, patch))
    return laid(patch, {"projection": {"events": events}}) if events else patch


def laid(below: Any, above: Any) -> Any:
    """Return one patch that does what two do, one after the other; null goes on taking out (RFC 7396).

    >>> laid({"a": {"b": 1, "c": 2}}, {"a": {"b": None}})
    {'a': {'b': None, 'c': 2}}
    """
    if not isinstance(above, Mapping) or not isinstance(below, Mapping):
        return above
    found = dict(below)
    for key, value in above.items():
        found[key] = laid(found[key], value) if key in found else value
    return found


def _events(case: Case, asked: Asked, patch: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    assert case.projection is not None
    held = set(case.projection.events) | set(patch.get("projection", {}).get("events", {}))
    yield from ((key, {"chance": 1.0} if on else None) for key, on in asked.events)
    levers = case.strategies.levers if case.strategies else {}
    for key, strength in asked.levers:
        yield free(f"{key}_pulled", held), pulled(levers[key], strength)
    moved: dict[str, Any] = {
        name: _nested(cells) for name, cells in (("shift", asked.shifts), ("change", asked.drivers)) if cells
    }
    if asked.rules:
        moved["rules"] = dict(asked.rules)
    if moved:
        said = {"title": "Moved by hand", "date": case.as_of.isoformat(), "reason": SAID}
        yield free(MOVED, held), {**said, **moved}


def free(key: str, held: set[str]) -> str:
    """Return a key that no event has.

    >>> free("pay_pulled", {"pay_pulled"})
    'pay_pulled_again'
    """
    return key if key not in held else free(f"{key}_again", held)


def pulled(lever: Lever, strength: float) -> dict[str, Any]:
    """Return a lever as an event, its sizes times its strength; levels, members and rules are as they are."""
    said = lever.model_dump(mode="json", exclude_unset=True, include=set(Happening.model_fields))
    for name in SCALED:
        if name in said:
            said[name] = {
                key: {who: float(f"{size * strength:.10g}") for who, size in sizes.items()}
                for key, sizes in said[name].items()
            }
    if "news" in said:
        said["news"] = {key: min(float(f"{sd * strength:.10g}"), 1.0) for key, sd in said["news"].items()}
    return {**said, "kind": "lever"}


def whole_only(lever: Lever) -> bool:
    """Return whether a lever has nothing that a strength could multiply."""
    return not (lever.shift or lever.change or lever.pays or lever.news)


def _nested(cells: tuple[tuple[str, str, float], ...]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for key, who, size in cells:
        found.setdefault(key, {})[who] = size
    return found


def _title(case: Case, asked: Asked) -> str:
    levers = case.strategies.levers if case.strategies else {}
    told = [case.scenarios[key].title for key in asked.scenarios]
    told += [f"{levers[key].title} (times {size:g})" for key, size in asked.levers]
    if asked.events:
        told.append("events in or out")
    if asked.shifts or asked.drivers or asked.rules:
        told.append("moved by hand")
    return "; ".join(told) or "The baseline"


def as_yaml(case: Case, asked: Asked, *, name: str) -> str:
    """Return the scenario as a file, with the command that runs it in its head.

    `name` is what the case is called on the command line. What is read back is the same scenario.
    """
    scenario = scenario_of(case, asked)
    held = {"title": scenario.title, "baseline": scenario.baseline, "patch": scenario.patch,
            "reason": scenario.reason}  # fmt: skip
    until = f" --until {asked.until}" if asked.until is not None else ""
    run = f" --draws {asked.draws} --seed {asked.seed}{until}"
    head = (
        f"# Explored on the live page of {case.name}. Save it as what-if.yaml; the same numbers come from\n"
        f"# detente project {shlex.quote(name)} --scenario ./what-if.yaml{run}\n"
    )
    return head + dumped(held)
