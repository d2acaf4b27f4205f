"""Layers of ties: what is asked of the evidence, over which days, and how values become weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean, raise_all
from detente.evidence.actors import Gazetteer
from detente.evidence.cells import read_day
from detente.measurement.ballots import Evidence
from detente.measurement.networks.remarks import Remark, pairs, remark
from detente.measurement.transforms import transformed

if TYPE_CHECKING:
    from detente.cases.networks import AnyLayer
    from detente.cases.schema import Case

ROWS = [
    "a", "b", "layer", "kind", "sign", "weight", "value", "unit", "date", "source", "locator", "mark",
]  # fmt: skip
"""One tie: `sign` times `weight` is what it counts, `value` in `unit` what was observed."""

SUMMARY = ["layer", "title", "ties", "weight", "scale", "words"]
"""One layer: how many ties, its importance, the value that counts as one, and what it is in words."""

BEGINNING, END = date(1800, 1, 1), date(2100, 12, 31)
USUAL = {"votes": {"by": "votes"}}
"""The layer that is read where none is named."""

Day = date | str | int | None


@dataclass(frozen=True)
class Asked:
    """Of which evidence, from which day to which, among whom (None: everyone), and for which case."""

    evidence: Evidence
    since: date
    until: date
    actors: tuple[str, ...] | None
    case: Case | None
    gazetteer: Gazetteer

    @property
    def span(self) -> str:
        """The days in words."""
        return f"{self.since} to {self.until}"

    def between(
        self, rows: pd.DataFrame, ends: tuple[str, str], *, layer: str
    ) -> tuple[pd.DataFrame, tuple[Remark, ...]]:
        """Return the rows between two of the actors asked for, and what was set aside.

        An actor's rows with itself are no ties. Organisations are no actors unless asked for by name. The
        column `n` says how many records a row stands for.
        """
        one, other = rows[ends[0]], rows[ends[1]]
        itself = one == other
        known = self.gazetteer.actors
        bodies = {code for code, actor in known.items() if actor.kind == "organisation"}
        bodies -= set(self.actors or ())
        outside = (one.isin(bodies) | other.isin(bodies)) & ~itself
        which = sorted(bodies & {*one[outside], *other[outside]})
        remarks = (
            *remark(
                f"{layer}: records of an actor with itself", one[itself], count=int(rows["n"][itself].sum())
            ),
            *remark(f"{layer}: records of organisations", which, count=int(rows["n"][outside].sum())),
        )
        kept = ~itself & ~outside
        if self.actors is not None:
            kept &= one.isin(self.actors) & other.isin(self.actors)
        return rows[kept], remarks


@dataclass(frozen=True)
class Found:
    """The pairs of one layer: a, b, kind, value, unit, date, source, locator, mark; and what they are.

    `centre` is taken off every value before it counts; `hint` says what to do where nothing was found.
    """

    pairs: pd.DataFrame
    words: str
    remarks: tuple[Remark, ...] = ()
    centre: float = 0.0
    hint: str = ""


def read_span(since: Day, until: Day) -> tuple[date | None, date | None]:
    """Return the first and last day that are meant: a year or a month stands for all of its days.

    >>> read_span(2019, "2019-06")
    (datetime.date(2019, 1, 1), datetime.date(2019, 6, 30))
    """
    days: list[date | None] = []
    problems = []
    for name, value in (("since", since), ("until", until)):
        try:
            days.append(_read(value, last=name == "until"))
        except ValueError:
            problems.append(Problem(name, f"{value!r} is no date", "write 2021, 2021-03 or 2021-03-31"))
    if not problems and days[0] and days[1] and days[1] < days[0]:
        problems.append(Problem("until", f"{days[1]} comes before since ({days[0]})", "swap the two"))
    raise_all(MeasurementError, problems)
    return days[0], days[1]


def _read(value: Day, *, last: bool) -> date | None:
    if value is None or isinstance(value, date):
        return value.date() if isinstance(value, pd.Timestamp) else value
    word = str(value).strip()
    first = read_day(word)
    return pd.Period(word[:10]).end_time.date() if last else first


def chosen(layers: Any, *, case: Case | None) -> dict[str, AnyLayer]:
    """Return the layers asked for: specs, mappings as in a case file, names of the case's, or the usual one.

    Raises MeasurementError for what is neither, and for issues that the case does not have.
    """
    own = dict(case.camps.layers) if case is not None and case.camps is not None else {}
    if layers is None:
        found = own or _checked(USUAL)
    elif isinstance(layers, Mapping):
        found = _checked(layers)
    elif isinstance(layers, (list, tuple)) and all(isinstance(name, str) for name in layers):
        found = _by_name(layers, own)
    else:
        hint = "as in layers={'votes': {'by': 'votes'}}"
        raise MeasurementError(Problem("layers", f"{layers!r} is no mapping from names to layers", hint))
    raise_all(MeasurementError, [*_issues(found, case)])
    return found


def _by_name(names: Sequence[str], own: Mapping[str, AnyLayer]) -> dict[str, AnyLayer]:
    hint = "names are those of a case's camps; say what is meant: {'votes': {'by': 'votes'}}"
    problems = [
        Problem("layers", f"no layer is called {name!r}", did_you_mean(name, own) or hint)
        for name in names
        if name not in own
    ]
    if not names:
        problems.append(Problem("layers", "no layer is named", "leave it out for the usual one"))
    raise_all(MeasurementError, problems)
    return {name: own[name] for name in names}


def _checked(layers: Mapping[str, Any]) -> dict[str, AnyLayer]:
    from pydantic import TypeAdapter, ValidationError

    from detente.cases.complaints import complaints
    from detente.cases.networks import Layers

    try:
        return TypeAdapter(Layers).validate_python(dict(layers))
    except ValidationError as error:
        inside = [{**each, "loc": ("camps", "layers", *each["loc"])} for each in error.errors()]
        told = complaints(inside, {"camps": {"layers": dict(layers)}})
        raise MeasurementError(
            *(Problem("", what.removeprefix("camps."), hint) for _, what, hint in told)
        ) from error


def _issues(layers: Mapping[str, AnyLayer], case: Case | None) -> Iterator[Problem]:
    known = case.issues if case is not None else {}
    for key, spec in layers.items():
        if spec.by == "votes" and spec.issue is not None and spec.issue not in known:
            hint = did_you_mean(spec.issue, known) or "say which codes or resolutions are meant"
            yield Problem(f"layers.{key}.issue", f"{spec.issue!r} is no issue of a case", hint)


def weigh(key: str, spec: AnyLayer, found: Found) -> tuple[pd.DataFrame, tuple[Remark, ...], dict[str, Any]]:
    """Return the ties of one layer as `ROWS`, what was set aside, and its line of `SUMMARY`.

    A value counts as sign * weight * transform(value - centre) / scale. The scale is 1 for agreement, which
    is full at 1, and else the mean size of the layer's ties, so that layers in any unit weigh alike.
    """
    rows = found.pairs
    base = rows["value"].to_numpy(dtype=float) - found.centre
    strength = spec.sign * transformed(base, spec.transform if spec.by == "ties" else "none", unit="")
    lost, near, zero = np.isnan(strength), np.abs(base) < spec.threshold, base == 0
    remarks = [
        *found.remarks,
        *remark(f"{key}: beyond the reach of {getattr(spec, 'transform', '')}", pairs(rows[lost])),
        *remark(f"{key}: nearer to zero than {spec.threshold:g}", pairs(rows[near & ~lost])),
        *remark(f"{key}: exactly zero", pairs(rows[zero & ~near & ~lost])),
    ]
    kept = ~(lost | near | zero)
    rows, strength = rows[kept], strength[kept]
    usual = 1.0 if spec.by == "votes" else float(np.abs(strength).mean()) if len(strength) else 1.0
    scale = spec.scale or usual
    told = rows.assign(
        layer=key, sign=np.sign(strength).astype(np.int64), weight=np.abs(strength) / scale * spec.weight
    )
    words = found.words if len(rows) else f"none: {found.hint}"
    line = dict(zip(SUMMARY, (key, spec.title or key, len(rows), spec.weight, scale, words), strict=True))
    return told[ROWS], tuple(remarks), line
