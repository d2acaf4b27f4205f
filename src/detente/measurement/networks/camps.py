"""The verb: ties in, camps out, with what they leave frustrated and how much less any others could leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from detente.errors import MeasurementError, Problem, did_you_mean, raise_all
from detente.measurement.networks.graph import Effort, Ints, SignedGraph, Solution, canonical
from detente.measurement.networks.remarks import named
from detente.measurement.networks.ties import Ties
from detente.notebook import Shown

ALONE = -1
"""Label of an actor that no tie holds."""


@dataclass(frozen=True, eq=False)
class Camps(Shown):
    """A division of actors into camps, what it leaves frustrated, and below what no division can go.

    `members`: actor, camp (1 is the largest; missing where no tie holds the actor), pull (weight of its ties
    to its own camp, less that to the camp that would suit it next best), share (pull over the weight of all
    its ties), ties, weight, component. `frustration`, `bound`, `unavoidable` and `total` are in the weight of
    ties: `unavoidable` is the part that pairs with ties of both signs leave in any camps.
    """

    ties: Ties
    k: int | None
    members: pd.DataFrame
    frustration: float
    bound: float
    unavoidable: float
    total: float
    proven: bool
    method: str
    components: tuple[tuple[str, ...], ...]
    """Actors whom ties connect, the most numerous first; between components there is no tie."""
    labels: Ints
    """(actors,) camps less one, in the order of `ties.actors`; -1 where no tie holds the actor."""
    notes: tuple[str, ...]

    @property
    def gap(self) -> float:
        """The part of the frustration that other camps could at most save; 0 where these are proven best."""
        return 0.0 if self.proven else (self.frustration - self.bound) / self.frustration

    @property
    def share(self) -> float:
        """The part of the weight of all ties that is frustrated."""
        return self.frustration / self.total if self.total else 0.0

    @property
    def isolated(self) -> tuple[str, ...]:
        """Actors that no tie holds: they are in no camp."""
        return tuple(self.members.loc[self.members["camp"].isna(), "actor"])

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return how far from balance the camps are, what is proven of it, and who is in which."""
        number = self.members["camp"].nunique()
        saved = f"other camps may save {self.gap:.1%} of it"
        sure = "proven: no division leaves less" if self.proven else saved
        title = f"{number} camps leave {self.share:.1%} of the weight of ties frustrated"
        return title, f"{sure}. share: how strongly its ties pull an actor to its camp.", self.members

    def camp(self, actor: str) -> int | None:
        """Return the camp of an actor; None where no tie holds it.

        Raises MeasurementError for an actor that is not in the network.
        """
        if actor not in self.ties.actors:
            hint = did_you_mean(actor, self.ties.actors) or f"it has {named(self.ties.actors)}"
            raise MeasurementError(Problem("actor", f"{actor!r} is not in the network", hint))
        label = int(self.labels[self.ties.actors.index(actor)])
        return None if label == ALONE else label + 1

    def frustrated(self) -> pd.DataFrame:
        """Return the ties that these camps leave frustrated, the heaviest first, with camp_a and camp_b."""
        rows, place = self.ties.rows, pd.Index(self.ties.actors)
        first, second = (self.labels[place.get_indexer(pd.Index(rows[end]))] for end in ("a", "b"))
        found: pd.DataFrame = rows.assign(camp_a=_numbered(first), camp_b=_numbered(second))
        lost = (self.ties.whole != 0) & ((first != second) == (rows["sign"] > 0))
        found = found[lost]
        return found.sort_values("weight", ascending=False, kind="stable", ignore_index=True)

    def __repr__(self) -> str:
        asked = "any number of camps" if self.k is None else f"at most {self.k}"
        grouped = self.members.dropna(subset="camp").groupby("camp")["actor"]
        lines = [
            f"Camps of {len(self.ties.actors)} actors ({asked}): {self.frustration:.6g} of {self.total:.6g} "
            f"is frustrated ({100 * self.share:.1f} %)",
            *(f"  camp {camp} ({len(who)}): {named(list(who), most=12)}" for camp, who in grouped),
            *(f"  {note}" for note in self.notes),
        ]
        return "\n".join(lines)


def camps(ties: Ties, *, k: int | None = 2, time_limit: float | None = 60, seed: int = 0) -> Camps:
    """Return the camps that leave least frustration: ties that bind across them, ties that divide within.

    At most `k` camps; None for as many as the ties make. For two, the frustration is the line index of
    balance (Harary 1959), for more that of weak balance (Davis 1967). A heuristic of fixed work finds the
    camps, the same for a `seed`; then a lower bound is sought for `time_limit` seconds (None: to the end), so
    that `proven` or `gap` says how good they are. Raises MeasurementError for a k that is no number of camps.

    >>> from detente import ties
    >>> network = ties(pd.DataFrame({"a": [*"ABC"], "b": [*"BCA"], "weight": [2, -1, -1]}))
    >>> found = camps(network)
    >>> found.camp("A") == found.camp("B"), found.camp("C"), found.frustration, found.proven
    (True, 2, 0.0, True)
    """
    _check(ties, k, time_limit, seed)
    graph = ties.graph()
    component = graph.components()
    held = component != ALONE
    inner = _inner(graph, held)
    solution = _solve(inner, k, Effort(time_limit, seed))
    labels = np.full(graph.size, ALONE, dtype=np.int64)
    labels[held] = _settled(inner, solution.labels, component[held], free=k is None)
    names = np.array(ties.actors, dtype=object)
    found = Camps(
        ties=ties,
        k=k,
        members=_members(ties, graph, labels, component, k),
        frustration=(solution.frustration + ties.lost) * ties.unit,
        bound=(solution.bound + ties.lost) * ties.unit,
        unavoidable=ties.lost * ties.unit,
        total=ties.total,
        proven=solution.proven,
        method=solution.method,
        components=tuple(tuple(names[component == part]) for part in range(component.max() + 1)),
        labels=labels,
        notes=(),
    )
    return replace(found, notes=tuple(_notes(found)))


def _check(ties: Any, k: Any, time_limit: Any, seed: Any) -> None:
    problems = []
    if not isinstance(ties, Ties):
        hint = "make them first: detente.ties(...)"
        problems.append(Problem("ties", f"a {type(ties).__name__} is no network of ties", hint))
    if k is not None and (isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1):
        hint = "give 2, 3, ..., or None for as many as the ties make"
        problems.append(Problem("k", f"{k!r} is no number of camps", hint))
    if time_limit is not None and not _number(time_limit):
        hint = "give 0 or more, or None for no limit"
        problems.append(Problem("time_limit", f"{time_limit!r} is no number of seconds", hint))
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        problems.append(Problem("seed", f"{seed!r} is no seed", "give a whole number, 0 or more"))
    raise_all(MeasurementError, problems)


def _number(value: Any) -> bool:
    whole = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    return whole and bool(np.isfinite(value)) and value >= 0


def _inner(graph: SignedGraph, held: NDArray[np.bool_]) -> SignedGraph:
    """Return the graph of those nodes alone that have an edge."""
    place = np.cumsum(held) - 1
    return SignedGraph(int(held.sum()), place[graph.first], place[graph.second], graph.weight)


def _solve(graph: SignedGraph, k: int | None, effort: Effort) -> Solution:
    if not graph.size:
        return Solution(np.zeros(0, dtype=np.int64), 0, 0.0, "no ties")
    from detente.measurement.networks.solving import solve

    return solve(graph, k=k, effort=effort)


def _settled(graph: SignedGraph, labels: Ints, component: Ints, *, free: bool) -> Ints:
    """Return labels that hang on ties alone.

    Where any number of camps may be, actors that no tie within their camp connects are camps apart. Else,
    between components no tie says which camp goes with which: the largest of each are one camp, and so on.
    """
    if free:
        inside = labels[graph.first] == labels[graph.second]
        shape = (graph.size, graph.size)
        edges = sparse.coo_array(
            (np.ones(inside.sum()), (graph.first[inside], graph.second[inside])), shape=shape
        )
        return canonical(connected_components(edges, directed=False)[1].astype(np.int64))
    found = np.empty(graph.size, dtype=np.int64)
    for part in np.unique(component):
        found[component == part] = canonical(labels[component == part])
    return canonical(found)


def _members(ties: Ties, graph: SignedGraph, labels: Ints, component: Ints, k: int | None) -> pd.DataFrame:
    pull = _pulls(graph, labels, component, k) * ties.unit
    ends = np.concatenate([graph.first, graph.second])
    weight = np.bincount(ends, np.tile(np.abs(graph.weight), 2), graph.size) * ties.unit
    share = np.divide(pull, weight, out=np.full(graph.size, np.nan), where=weight > 0)
    found = pd.DataFrame(
        {
            "actor": ties.actors,
            "camp": _numbered(labels),
            "pull": np.where(labels == ALONE, np.nan, pull),
            "share": share,
            "ties": np.bincount(ends, minlength=graph.size),
            "weight": weight,
            "component": _numbered(component),
        }
    )
    return found.sort_values(["camp", "actor"], ignore_index=True)


def _numbered(labels: Ints) -> pd.Series:
    """Return labels as camps from 1, missing where there is none."""
    return pd.Series(labels + 1, dtype="Int64").mask(labels == ALONE)


def _pulls(graph: SignedGraph, labels: Ints, component: Ints, k: int | None) -> NDArray[np.float64]:
    """Return each node's weight to its own camp, less that to the best other of its component.

    A camp of its own is another where there may be one more, unless the node is alone already.
    """
    most = graph.size + 2
    ends = np.concatenate([graph.first, graph.second])
    others = labels[np.concatenate([graph.second, graph.first])]
    toward, place = np.unique(ends * most + others, return_inverse=True)
    weight = np.bincount(place, np.tile(graph.weight, 2))
    node, camp = toward // most, toward % most
    home = camp == labels[node]
    own = np.zeros(graph.size)
    own[node[home]] = weight[home]
    best = np.full(graph.size, -np.inf)
    np.maximum.at(best, node[~home], weight[~home])
    part = component + 1
    pairs, group, size = np.unique(part * most + labels + 1, return_inverse=True, return_counts=True)
    used = np.bincount(pairs // most, minlength=graph.size + 1)[part]
    met = np.bincount(node[~home], minlength=graph.size)
    another = (size[group] > 1) & (True if k is None else used < k)
    nothing = another | (met < used - 1) | (used == 1)
    return own - np.where(nothing, np.maximum(best, 0), best)


def _notes(found: Camps) -> Iterator[str]:
    """Yield what the reader of these camps must know, in words."""
    camp = found.members["camp"]
    used = int(camp.max()) if camp.notna().any() else 0
    yield _verdict(found)
    if found.unavoidable:
        yield f"{found.unavoidable:.6g} of it no camps can avoid: on some pairs, ties contradict one another"
    if found.k is not None and found.k > len(found.ties.actors):
        yield f"asked for at most {found.k} camps, there are only {len(found.ties.actors)} actors"
    if found.k is not None and found.k > used:
        more = "more would leave no less" if found.proven else "none better with more of them was found"
        yield f"these are {used} camp{'s' if used != 1 else ''}: {more}"
    if len(found.components) > 1 and found.k != 1:
        rest = sum(map(len, found.components[1:]))
        placed = (
            "each part has camps of its own"
            if found.k is None
            else "which camps of different parts go together is not told by ties: the largest of each are one"
        )
        yield f"ties fall into {len(found.components)} parts, {rest} actors outside the largest; {placed}"
    if found.isolated:
        yield f"in no camp, without a tie or with ties that cancel out: {named(found.isolated)}"
    torn = found.members.loc[found.members["pull"] == 0, "actor"]
    if len(torn) and found.k != 1:
        yield f"could as well be in another camp: {named(list(torn))}"


def _verdict(found: Camps) -> str:
    if found.frustration == 0:
        return "nothing is frustrated: the network is balanced"
    if found.proven:
        return f"proven: no camps leave less ({found.method})"
    least = f"at least {found.bound:.6g} is frustrated in any camps"
    return f"not proven: {least}, a gap of {100 * found.gap:.3g} % ({found.method})"
