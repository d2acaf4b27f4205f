"""Who of a bloc the ties tell of, and the core by which its camp is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import MeasurementError, Problem, did_you_mean, raise_all
from detente.measurement.networks.annealing import anneal
from detente.measurement.networks.camps import Camps
from detente.measurement.networks.graph import Ints, SignedGraph
from detente.measurement.networks.margins import firmest
from detente.measurement.networks.remarks import Remark, named
from detente.measurement.networks.ties import Ties


@dataclass(frozen=True)
class Network:
    """Ties as a graph, and camps of it to start from."""

    ties: Ties
    graph: SignedGraph
    k: int | None
    labels: Ints
    """(actors,) camps; any, for actors without ties."""
    bound: float
    """No camps leave less than this, in whole units of the graph."""
    part: Ints
    """(actors,) which of them ties connect, however far; -1 without a tie."""

    def nodes(self, actors: Iterable[str]) -> Ints:
        """Return the places of actors, all of them in the network."""
        place = {actor: node for node, actor in enumerate(self.ties.actors)}
        return np.array([place[actor] for actor in actors], dtype=np.int64)

    def names(self, nodes: Iterable[int]) -> tuple[str, ...]:
        """Return the actors at these places."""
        return tuple(self.ties.actors[node] for node in nodes)


@dataclass(frozen=True)
class Bloc:
    """The members of a bloc that are measured, its core, and what there is to say of others."""

    declared: tuple[str, ...]
    members: Ints
    core: Ints
    set_aside: tuple[Remark, ...]
    notes: tuple[str, ...]


def network(source: Any, *, seed: int) -> Network:
    """Return the graph of ties, with two camps as annealing finds them; or of camps, with these.

    Raises MeasurementError for anything else, and for a single camp, which nobody can leave.
    """
    if isinstance(source, Ties):
        graph = source.graph()
        return Network(source, graph, 2, anneal(graph, seed=seed), 0.0, graph.components())
    if not isinstance(source, Camps):
        hint = "give ties, made by detente.ties(...), or camps, made by detente.camps(...)"
        what = f"a {type(source).__name__} is no network of ties"
        raise MeasurementError(Problem("ties", what, hint))
    if source.k == 1:
        hint = "find camps with k=2 or more, or k=None"
        raise MeasurementError(
            Problem("ties", "these are camps with k=1: nobody can leave the only one", hint)
        )
    ties, graph = source.ties, source.ties.graph()
    bound = round(source.bound / ties.unit, 6) - ties.lost
    return Network(ties, graph, source.k, np.maximum(source.labels, 0), bound, graph.components())


def choose(found: Network, camp: Iterable[str], core: Iterable[str] | None) -> Bloc:
    """Return who of `camp` can be measured, against `core` or else the firmest half of its main camp.

    Members that are not in the network, have no tie, or none that leads to the core, however far, are set
    aside. Raises MeasurementError with all that is wrong.
    """
    declared, given = _listed("camp", camp), _listed("core", core) if core is not None else None
    there = [actor for actor in declared if actor in found.ties.actors]
    _refuse_absent(found, declared, there)
    nodes = found.nodes(there)
    tied = nodes[found.part[nodes] >= 0]
    chosen = _core(found, tied) if given is None else _given(found, given)
    reached = np.array([_reached(found, node, chosen) for node in tied], dtype=bool)
    if not reached.any():
        what = f"no member is tied to the core ({named(found.names(chosen))}), not even by way of others"
        raise MeasurementError(Problem("camp", what, "name a core that members have ties with"))
    absent = [actor for actor in declared if actor not in there]
    aside = (
        ("not in the network", absent),
        ("without a tie, or with ties that cancel out", found.names(np.setdiff1d(nodes, tied))),
        ("connected with the core by no chain of ties", found.names(tied[~reached])),
    )
    remarks = tuple(Remark(what, len(who), ", ".join(sorted(who))) for what, who in aside if who)
    beside = sorted(set(given or ()) - set(declared))
    notes = (f"of the core, not members: {', '.join(beside)}; members are held against them all the same",)
    return Bloc(declared, tied[reached], chosen, remarks, notes if beside else ())


def _listed(what: str, actors: Iterable[str]) -> tuple[str, ...]:
    if isinstance(actors, str) or not isinstance(actors, Iterable):
        hint = f"give a list of actors, as in [{str(actors)!r}, ...]"
        raise MeasurementError(Problem(what, f"{actors!r} is no list of actors", hint))
    return tuple(sorted({str(actor) for actor in actors}))


def _refuse_absent(found: Network, declared: Sequence[str], there: Sequence[str]) -> None:
    actors = found.ties.actors
    if not declared:
        raise MeasurementError(Problem("camp", "no members", "give a list of actors"))
    if not there:
        close = [hint for actor in declared if (hint := did_you_mean(actor, actors))]
        hint = close[0] if close else f"it has {named(actors)}"
        what = f"none of its {len(declared)} members is in the network: {named(declared)}"
        raise MeasurementError(Problem("camp", what, hint))


def _given(found: Network, core: Sequence[str]) -> Ints:
    """Return the places of a core that a user named."""
    raise_all(MeasurementError, list(_wrong(found, core)))
    return found.nodes(core)


def _wrong(found: Network, core: Sequence[str]) -> Iterator[Problem]:
    for actor in core:
        if actor not in found.ties.actors:
            hint = did_you_mean(actor, found.ties.actors) or f"it has {named(found.ties.actors)}"
            yield Problem("core", f"{actor!r} is not in the network", hint)
        elif found.part[found.ties.actors.index(actor)] < 0:
            hint = "leave it out: a core is known by its ties"
            yield Problem("core", f"{actor!r} has no tie, or ties that cancel out", hint)
    if len(core) < 2:
        hint = "name two actors or more, or leave `core` out for the firmest half of the members"
        yield Problem("core", f"{', '.join(core) or 'nobody'} alone is no core to be parted from", hint)


def _core(found: Network, tied: Ints) -> Ints:
    """Return the firmest half of the members in the camp that holds most of them.

    Of camps with equally many, the one with more weight between its members, then the first.
    """
    weights, camps = _among(found.graph, tied), found.labels[tied]
    inside: Ints = tied[:0]
    most = (0, 0)
    for camp in np.unique(camps):
        here = np.flatnonzero(camps == camp)
        held = len(here), int(weights[np.ix_(here, here)].sum())
        if held > most:
            inside, most = here, held
    if len(inside) < 2:
        what = f"no two of its {len(tied)} members with ties share a camp"
        raise MeasurementError(Problem("camp", what, "name its core: core=[...], two actors or more"))
    return tied[inside[firmest(weights[np.ix_(inside, inside)])]]


def _among(graph: SignedGraph, nodes: Ints) -> Ints:
    """Return the matrix of weights between these nodes: (nodes, nodes)."""
    place = np.full(graph.size, -1)
    place[nodes] = np.arange(len(nodes))
    first, second = place[graph.first], place[graph.second]
    both = (first >= 0) & (second >= 0)
    weights = np.zeros((len(nodes), len(nodes)), dtype=np.int64)
    weights[first[both], second[both]] = graph.weight[both]
    return weights + weights.T


def _reached(found: Network, node: int, core: Ints) -> bool:
    return bool((found.part[core[core != node]] == found.part[node]).any())
