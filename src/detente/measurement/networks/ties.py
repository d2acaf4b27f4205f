"""The labelled network: who is tied to whom, how strongly, in which sense, since when and by which source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean, raise_all
from detente.evidence.actors import Gazetteer
from detente.measurement.ballots import Evidence
from detente.measurement.networks.edges import Edges, read_edges
from detente.measurement.networks.event_ties import event_ties
from detente.measurement.networks.graph import Ints, SignedGraph, merged
from detente.measurement.networks.layers import (
    BEGINNING,
    END,
    SUMMARY,
    Asked,
    Day,
    Found,
    chosen,
    read_span,
    weigh,
)
from detente.measurement.networks.remarks import Remark, as_frame, pairs, remark
from detente.measurement.networks.table_ties import table_ties
from detente.measurement.networks.vote_ties import vote_ties
from detente.notebook import Shown
from detente.tabular import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from detente.cases.networks import AnyLayer
    from detente.cases.schema import Case

LARGEST = 2.0**52
"""Weights in units add up to less than this, so that every sum of them is exact."""


class Studied(Protocol):
    """A case and the evidence at hand, as in `detente.load`."""

    @property
    def case(self) -> Case:
        """The case."""

    @property
    def evidence(self) -> Evidence:
        """The evidence."""


@dataclass(frozen=True, eq=False)
class Ties(Shown):
    """A signed, weighted network of named actors; every tie with its value, date and source.

    `rows`: a, b (a before b), layer, kind, sign (1 or -1), weight, value (as observed), unit, date (of the
    last of what it rests on), source, locator, mark. Several rows on one pair add up. `unit` is what one
    whole unit of the solver's weights stands for. `set_aside`: what, count, examples. `layers`: layer, title,
    ties, weight (importance), scale (the value that counts as one), words. `actors` are sorted; some of those
    that were asked for may have no tie.
    """

    actors: tuple[str, ...]
    rows: pd.DataFrame
    unit: float
    set_aside: pd.DataFrame
    layers: pd.DataFrame
    since: date | None = None
    until: date | None = None
    whole: Ints = field(init=False, repr=False)
    """Each row's sign and weight in whole units."""

    def __post_init__(self) -> None:
        signed = self.rows["sign"].to_numpy() * self.rows["weight"].to_numpy(dtype=float)
        object.__setattr__(self, "whole", np.rint(signed / self.unit).astype(np.int64))

    @cached_property
    def _merged(self) -> tuple[SignedGraph, int]:
        place = pd.Index(self.actors)
        ends = (pd.Index(self.rows[end]) for end in ("a", "b"))
        first, second = (place.get_indexer(end).astype(np.int64) for end in ends)
        return merged(len(self.actors), first, second, self.whole)

    def graph(self) -> SignedGraph:
        """Return the graph of the actors, in their order: rows in whole units, those of one pair added up."""
        return self._merged[0]

    @property
    def lost(self) -> int:
        """What no camps can avoid, in whole units: on pairs with ties of both signs, the smaller side."""
        return self._merged[1]

    @property
    def total(self) -> float:
        """The weight of all ties, whatever their sign, as rounded to units."""
        return float(np.abs(self.whole).sum() * self.unit)

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return its size, and what was kept and set aside."""
        sure = "Each tie has its value, date and source in `rows`; here what was kept and what set aside."
        return f"{len(self.rows):,} ties among {len(self.actors):,} actors", sure, self.account()

    def account(self) -> pd.DataFrame:
        """Return what was kept and what was set aside: what, kept, count, examples."""
        told = zip(*(self.layers[name] for name in ("layer", "words", "ties")), strict=True)
        lines = (Remark(f"{layer}: {words}", int(number)) for layer, words, number in told)
        kept = as_frame([*lines, *self._kept()]).assign(kept=True)
        every = [kept, self.set_aside.assign(kept=False)]
        columns = ["what", "kept", "count", "examples"]
        return pd.concat([part for part in every if len(part)], ignore_index=True)[columns]

    def _kept(self) -> Iterable[Remark]:
        rows = self.rows
        signs = rows.groupby(["a", "b"], as_index=False)["sign"].agg(["min", "max"])
        torn = signs[signs["min"] < signs["max"]]
        weight = f"{self.lost * self.unit:.6g}"
        yield from remark(
            f"pairs with ties of both signs, kept as they are: {weight} is frustrated whatever the camps",
            pairs(torn),
        )
        yield from remark("ties lighter than half a unit, which no camps feel", pairs(rows[self.whole == 0]))
        without = sorted(set(self.actors) - set(rows["a"]) - set(rows["b"]))
        yield from remark("actors without a tie", without)

    def __repr__(self) -> str:
        rows = self.rows
        for_, against = int((rows["sign"] > 0).sum()), int((rows["sign"] < 0).sum())
        days = rows["date"].dropna()
        span = f", {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}" if len(days) else ""
        head = f"Ties among {len(self.actors)} actors: {for_:,} that bind, {against:,} that divide{span}"
        account = self.account()
        lines = [
            f"  {'' if kept else 'set aside: '}{what} ({count:,}{': ' if examples else ''}{examples})"
            for what, kept, count, examples in account.itertuples(index=False)
        ]
        return "\n".join([head, *lines, f"  one unit of weight is {self.unit:g}"])


def ties(
    source: Evidence | Studied | Edges | IntoDataFrame | str | Path,
    *,
    layers: Any = None,
    since: Day = None,
    until: Day = None,
    actors: Iterable[str] | None = None,
    unit: float | None = None,
) -> Ties:
    """Return the signed network of evidence, of a study, or of a table of your own.

    Of evidence, `layers` says which ties are read: a mapping from names to specs as in the `camps` section of
    a case file, `{"votes": {"by": "votes"}}` if left out; of a study, the layers of its case, or those named.
    A value counts as sign * weight * value / scale. From `since` to `until`, both included: a day, a month
    or a year; for a study that names none, the last period of its case. A table (of pandas, Polars or Arrow)
    has a row for each tie: a, b, weight or sign, and if at hand date, source, layer (see `Edges`, which also
    turns names into codes). `actors` are those among whom ties are read; everyone if left out. `unit` is the
    precision of weights; if left out, 1 where all are whole, else between a hundredth and a thousandth of the
    mean.

    Raises MeasurementError with all faults at once, and where no tie is left.

    >>> network = ties(pd.DataFrame({"a": [*"ABC"], "b": [*"BCA"], "weight": [2, 1, -1]}))
    >>> network.graph().weight.tolist(), network.rows["a"].tolist()
    ([2, -1, 1], ['A', 'B', 'A'])
    """
    first, last = read_span(since, until)
    among, source = _among(actors), as_pandas(source)
    if isinstance(source, (Edges, pd.DataFrame, str, Path)):
        if layers is not None:
            hint = "a table brings its own: keep its rows as you wish, and leave `layers` out"
            raise MeasurementError(Problem("layers", "are of evidence only", hint))
        edges = source if isinstance(source, Edges) else Edges(source)
        rows, remarks = read_edges(edges, since=first, until=last, actors=among)
        return _assembled(rows, remarks, _own(rows), (first, last), among, unit)
    asked = _asked(source, first, last, among)
    found = [(key, spec, _read(key, spec, asked)) for key, spec in chosen(layers, case=asked.case).items()]
    weighed = [weigh(key, spec, each) for key, spec, each in found]
    lines = pd.DataFrame([line for _, _, line in weighed], columns=SUMMARY)
    parts = [rows for rows, _, _ in weighed if len(rows)]
    if not parts:
        raise MeasurementError(*(Problem(f"layers.{key}", "no tie", each.hint) for key, _, each in found))
    rows = pd.concat(parts, ignore_index=True)
    remarks = tuple(each for _, told, _ in weighed for each in told)
    return _assembled(rows, remarks, lines, (asked.since, asked.until), among, unit)


def _among(actors: Iterable[str] | None) -> tuple[str, ...] | None:
    if isinstance(actors, str):
        raise MeasurementError(
            Problem("actors", f"{actors!r} is one word", f"give a list: [{actors!r}, ...]")
        )
    return None if actors is None else tuple(dict.fromkeys(actors))


def _asked(source: Any, since: date | None, until: date | None, actors: tuple[str, ...] | None) -> Asked:
    """Return what is asked of evidence or of a study."""
    case = getattr(source, "case", None)
    evidence = source if case is None else source.evidence
    if not hasattr(evidence, "query"):
        what = f"{type(source).__name__} is nothing that ties are read from"
        hint = "give evidence (open_evidence()), a study (detente.load(...)), a DataFrame, or a path"
        raise MeasurementError(Problem("source", what, hint))
    who = Gazetteer.load()
    raise_all(
        MeasurementError,
        [
            Problem("actors", f"{code!r} is no actor that detente knows", did_you_mean(code, who.codes))
            for code in actors or ()
            if code not in who.actors
        ],
    )
    if case is not None:
        since, until = _period(case, since, until)
    return Asked(evidence, since or BEGINNING, until or END, actors, case, who)


def _period(case: Case, since: date | None, until: date | None) -> tuple[date | None, date]:
    """Return the days asked for, or the case's last period; never beyond the day it looks from."""
    from detente.measurement.networks.periods import periods

    if since is None and until is None and case.camps is not None:
        last = periods(case)[-1]
        since, until = last.start, last.end
    return since, min(until or case.as_of, case.as_of)


def _read(key: str, spec: AnyLayer, asked: Asked) -> Found:
    if spec.by == "votes":
        return vote_ties(key, spec, asked)
    return table_ties(key, spec, asked) if spec.by == "ties" else event_ties(key, spec, asked)


def _own(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the summary of the layers of a table."""
    lines = [
        (layer, layer, len(held), 1.0, 1.0, f"from {', '.join(sorted(held['source'].unique())[:3])}")
        for layer, held in rows.groupby("layer", sort=False)
    ]
    return pd.DataFrame(lines, columns=SUMMARY)


def _assembled(
    rows: pd.DataFrame,
    remarks: Sequence[Remark],
    lines: pd.DataFrame,
    span: tuple[date | None, date | None],
    actors: tuple[str, ...] | None,
    unit: float | None,
) -> Ties:
    everyone = tuple(sorted({*rows["a"], *rows["b"], *(actors or ())}))
    if rows.empty:
        why = "; ".join(f"{each.what} ({each.count})" for each in remarks) or "none is of this period"
        raise MeasurementError(Problem("ties", "no tie between two actors is left", why))
    found = _unit(rows["weight"].to_numpy(dtype=float), unit)
    return Ties(everyone, rows, found, as_frame(remarks), lines, *span)


def _unit(weights: np.ndarray, given: float | None) -> float:
    """Return the unit of whole weights."""
    with np.errstate(over="ignore"):
        total = float(weights.sum())
    if not np.isfinite(total):
        raise MeasurementError(Problem("weights", "add up beyond all numbers", "divide them by a large one"))
    if given is not None:
        finite = isinstance(given, (int, float, np.number)) and np.isfinite(given) and given > 0
        if not finite or total / given > LARGEST:
            what = f"{given!r} is no precision for weights that add up to {total:g}"
            raise MeasurementError(Problem("unit", what, "give a number above zero, as in 0.001"))
        return float(given)
    if (weights == np.rint(weights)).all() and total <= LARGEST:
        return 1.0
    return float(10.0 ** (np.floor(np.log10(weights.mean())) - 2))
