"""KTAB's files: scenarios as CSV and XML are read, scenarios as CSV are written. Their scales run from 0
to 100.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from detente.errors import Problem, SimulationError, did_you_mean, raise_all
from detente.files import write_text
from detente.simulation.bargaining.actors import Actors, Floats
from detente.simulation.bargaining.options import SpatialOptions

SCALE = 100.0
LONGEST_SEED = 40
"""Digits of a seed: KTAB's have twenty."""
HEAD = ("Actor", "Description", "Power")


@dataclass(frozen=True, eq=False)
class Scenario:
    """What a file of KTAB's holds: actors with a line about each, options and seed (XML only), name,
    description.
    """

    name: str
    description: str
    actors: Actors
    about: tuple[str, ...]
    options: SpatialOptions
    seed: int


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario of KTAB's, as CSV or, where the name ends in `.xml`, as XML.

    Raises `SimulationError` with every problem of the file.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SimulationError(Problem(str(file), f"cannot be read ({error})", "check the path")) from error
    try:
        return _from_xml(text) if file.suffix.casefold() == ".xml" else _from_csv(text)
    except SimulationError as error:
        placed = [Problem(f"{file.name}, {each.where}", each.what, each.hint) for each in error.problems]
        raise SimulationError(*placed) from error


def write_csv(path: str | Path, actors: Actors, *, name: str = "scenario", description: str = "") -> None:
    """Write actors as a scenario in KTAB's CSV format, whole or not at all.

    Raises `SimulationError` for what that format cannot hold: accommodation, and commas, quotes or line
    breaks in names.
    """
    labels = [("scenario", name), ("description", description)]
    labels += [("actor", each) for each in actors.names] + [("issue", each) for each in actors.issues]
    problems = [
        Problem(
            f"{kind} {label!r}", "holds a comma, a quote or a line break", "KTAB's CSV has no way to write it"
        )
        for kind, label in labels
        if any(sign in label for sign in ',"\n\r')
    ]
    if actors.accommodation is not None:
        problems.append(Problem("accommodation", "KTAB's CSV has no place for it", "leave it out"))
    raise_all(SimulationError, problems)
    columns = [f"{issue} {what}" for issue in actors.issues for what in ("Position", "Salience")]
    rows: list[Iterable[object]] = [
        (name, description, actors.size, len(actors.issues)),
        (*HEAD, *columns),
        *((actor, "", *_row(actors, i)) for i, actor in enumerate(actors.names)),
    ]
    write_text(Path(path), "".join(",".join(map(str, row)) + ",\n" for row in rows))


def _row(actors: Actors, i: int) -> list[str]:
    cells = np.stack([actors.position[i], actors.salience[i]], axis=1).ravel() * SCALE
    return [f"{value:.15g}" for value in (actors.capability[i], *cells)]


def _number(text: str | None) -> float:
    """Return the number that is written, or NaN, of which `Actors` will say where it stands."""
    try:
        value = float((text or "").strip())
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _count(text: str, what: str) -> int:
    value = _number(text)
    if not (value >= 1 and value == int(value)):
        raise SimulationError(Problem("line 1", f"{what} is {text!r}", "name, description, actors, issues"))
    return int(value)


def _from_csv(text: str) -> Scenario:
    """Return the scenario: name, description, numbers of actors and issues; column names; a row for each
    actor.
    """
    try:
        cells = list(csv.reader(text.splitlines(), skipinitialspace=True))
    except csv.Error as error:
        raise SimulationError(
            Problem("line 1", f"is no CSV ({error})", "save the scenario as CSV")
        ) from error
    rows = [[cell.strip() for cell in row] for row in cells]
    numbered = [(line, row) for line, row in enumerate(rows, start=1) if any(row)]
    if len(numbered) < 2 or len(numbered[0][1]) < 4:
        hint = "line 1: name, description, actors, issues; line 2: columns; then a line for each actor"
        raise SimulationError(Problem("line 1", "is not the head of a scenario", hint))
    (_, top), (_, head), *body = numbered
    size, many = _count(top[2], "the number of actors"), _count(top[3], "the number of issues")
    wide = len(HEAD) + 2 * many
    problems = [
        Problem(
            f"line {line}", f"has {len(row)} cells, not {wide}", "name, description, capability, then pairs"
        )
        for line, row in numbered[1:]
        if len(row) < wide or any(row[wide:])
    ]
    if len(body) != size:
        problems.append(
            Problem("line 1", f"says {size} actors, and {len(body)} follow", "correct the number")
        )
    raise_all(SimulationError, problems)
    held = np.array([[_number(cell) for cell in row[2:wide]] for _, row in body])
    actors = _actors(
        [row[0] for _, row in body], _issues(head[3:wide:2]), held[:, 0], held[:, 1::2], held[:, 2::2]
    )
    return Scenario(top[0], top[1], actors, tuple(row[1] for _, row in body), SpatialOptions(), 0)


def _issues(columns: Sequence[str]) -> list[str]:
    """Return the issues' names from those of the columns of positions."""
    return [name.removesuffix("Position").strip() or name for name in columns]


def _actors(
    names: Sequence[str], issues: Sequence[str], capability: Floats, position: Floats, salience: Floats
) -> Actors:
    return Actors(names, issues, capability=capability, position=position / SCALE, salience=salience / SCALE)


def _from_xml(text: str) -> Scenario:
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise SimulationError(
            Problem(f"line {error.position[0]}", f"is not XML ({error})", "save the scenario as XML again")
        ) from error
    issues = [_text(each) for each in root.iterfind("Dimensions/dName")]
    found = list(root.iterfind("Actors/Actor"))
    names = [_text(each.find("name")) for each in found]
    problems: list[Problem] = []
    tables = [
        [_cells(actor, path, issues, name, problems) for actor, name in zip(found, names, strict=True)]
        for path in ("Position/dCoord", "Salience/dSal")
    ]
    follow = _accommodation(root, names, problems)
    raise_all(SimulationError, problems)
    position, salience = (np.array(table, dtype=float).reshape(len(names), len(issues)) for table in tables)
    actors = Actors(
        names,
        issues,
        capability=[_number(each.findtext("capability")) for each in found],
        position=position / SCALE,
        salience=salience / SCALE,
        accommodation=None if np.array_equal(follow, np.eye(len(names))) else follow,
    )
    values = {each.tag: _text(each) for each in root.iterfind("ModelParameters/*")}
    seed = (root.findtext("prngSeed") or "0").strip()
    if not (seed.isascii() and seed.isdecimal() and len(seed) <= LONGEST_SEED):
        raise SimulationError(Problem("prngSeed", f"is {seed[:40]!r}", "give a whole number, 0 or more"))
    return Scenario(
        name=(root.findtext("name") or "").strip(),
        description=(root.findtext("desc") or "").strip(),
        actors=actors,
        about=tuple(_text(each.find("description")) for each in found),
        options=SpatialOptions.from_ktab(values),
        seed=int(seed),
    )


def _text(element: ElementTree.Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _cells(
    actor: ElementTree.Element, path: str, issues: Sequence[str], name: str, problems: list[Problem]
) -> list[float]:
    """Return an actor's numbers on all issues; NaN where one is empty, for `Actors` to name."""
    cells = [_number(each.text) for each in actor.iterfind(path)]
    if len(cells) != len(issues):
        what = f"has {len(cells)} of {path.split('/')[1]} and there are {len(issues)} issues"
        problems.append(Problem(f"actor {name!r}", what, "one for each dName, in their order"))
    return cells


def _accommodation(root: ElementTree.Element, names: Sequence[str], problems: list[Problem]) -> Floats:
    """Return how ideals follow positions: each its own in full, but for the pairs that are given."""
    found = np.eye(len(names))
    for pair in root.iterfind("IdealAdjustment/iaPair"):
        one, other = _text(pair.find("adjustingIdeal")), _text(pair.find("referencePos"))
        for name in (one, other):
            if name not in names:
                hint = did_you_mean(name, names) or f"actors are {', '.join(names[:12]) or 'none'}"
                problems.append(Problem("IdealAdjustment", f"names {name!r}, who is no actor", hint))
        if one in names and other in names:
            found[names.index(one), names.index(other)] = _number(pair.findtext("adjust"))
    return found
