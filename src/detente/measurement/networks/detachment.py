"""The verb: how firmly each member of a bloc is held, beside what chance would hold, and who goes with it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean, raise_all
from detente.measurement.networks import leaving
from detente.measurement.networks.bloc import Bloc, Network, choose, network
from detente.measurement.networks.camps import Camps
from detente.measurement.networks.graph import Effort, Ints
from detente.measurement.networks.holding import holds, with_rest
from detente.measurement.networks.margin_rows import Held, member_rows, pair_rows, remarks
from detente.measurement.networks.margins import Margin, Stand, margins, proven, stand
from detente.measurement.networks.null_margins import null_margins
from detente.measurement.networks.remarks import as_frame, named
from detente.measurement.networks.ties import Ties
from detente.notebook import Shown

CAMPS_SHARE, PAIRS_SHARE = 0.5, 0.3
"""The most of the time for proofs that the camps themselves may take, from which all margins are measured,
and what is kept of the rest for pairs."""


@dataclass(frozen=True, eq=False)
class Detachment(Shown):
    """How firmly each member of a bloc is held to its core, all in the weight of ties.

    `members`: actor, in_camp (whether it is in the core's camp), margin (what parting it costs beyond keeping
    it; below zero for who stands outside, what bringing it in would), margin_bound (proven least), share (of
    the weight of its ties), null_low, null_mid, null_high and p_value (margins with the signs of its ties
    shuffled: their central 90 % and median, and how likely one is as large), proven, rank (1 is the easiest
    to part; of those in the camp, `of`), followers (who else of the bloc would go along). `pairs`: a, b,
    joint, alone_a, alone_b, saving, proven, where asked for. Each margin is an estimate.
    """

    ties: Ties
    core: tuple[str, ...]
    members: pd.DataFrame
    pairs: pd.DataFrame
    set_aside: pd.DataFrame
    notes: tuple[str, ...]
    base: Stand = field(repr=False)
    """The camps that margins are measured from; that of the core is 0."""

    def holds(self, actor: str, *, rest: bool = True) -> pd.DataFrame:
        """Return what holds a member in: other, layer, contribution, mark, source, a row for each tie.

        They add up to what parting it would cost if nobody else moved; with `rest`, one more row holds what
        others spare by moving too, and all add up to the margin. Raises MeasurementError for who is no
        member.
        """
        told = self.members.set_index("actor")["margin"]
        if actor not in told.index:
            hint = did_you_mean(actor, told.index) or f"those measured are {named(list(told.index))}"
            raise MeasurementError(Problem("actor", f"{actor!r} was not measured", hint))
        found = holds(self.base, self.ties.actors.index(actor), self.ties)
        return with_rest(found, actor, float(told[actor])) if rest else found

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return how firmly each member is held, beside what chance would hold."""
        sure = "Estimates; null_low and null_high: 90 % of margins where the signs of ties are shuffled."
        return f"What holds {len(self.members)} members to their core", sure, self.members

    def __repr__(self) -> str:
        inside = self.members[self.members["in_camp"]]
        lines = [
            f"{len(inside)} of {len(self.members)} members are in one camp with {named(self.core, most=40)}"
        ]
        told = self.members[["actor", "margin", "share"]].itertuples(index=False)
        lines += [
            f"  {actor}: {margin:.6g}, {100 * share:.1f} % of its ties" for actor, margin, share in told
        ]
        lines += [f"  {what} ({count}): {who}" for what, count, who in self.set_aside.itertuples(index=False)]
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])


def detachment(
    ties: Ties | Camps,
    camp: Iterable[str],
    *,
    core: Iterable[str] | None = None,
    draws: int = 200,
    seed: int = 0,
    pairs: bool = False,
    time_limit: float | None = None,
    prove: bool = False,
) -> Detachment:
    """Return how firmly the members of `camp`, a declared bloc, are held to its core by their ties.

    The margin of a member is the least frustration with it parted from the core, less the least with it
    kept. Of `ties`, two camps; of camps, as many as these were found with. `core` is those by whom the camp
    is known, kept together; if left out, the firmest half of the members in the camp that holds most of
    them. `draws` margins with shuffled signs say what chance would hold (0: none); `pairs` asks for what two
    members save by leaving at once. `prove` looks for bounds, for at most `time_limit` seconds; without it
    margins are the best found, of a fixed amount of work. The same `seed` gives the same result.

    Raises MeasurementError for a bloc or a core that the ties do not tell of.

    >>> from detente import ties
    >>> table = pd.DataFrame({"a": [*"AABCD"], "b": [*"BCCDE"], "weight": [3, 2, 2, 1, -4]})
    >>> found = detachment(ties(table), ["A", "B", "C", "D"], core=["A", "B"])
    >>> found.members[["actor", "margin", "followers"]].values.tolist()
    [['D', 1.0, ''], ['C', 4.0, 'D'], ['A', 5.0, ''], ['B', 5.0, '']]
    """
    effort = _checked(draws, seed, time_limit, prove)
    found = network(ties, seed=seed)
    bloc = choose(found, camp, core)
    return _measured(found, bloc, draws=draws, effort=effort, with_pairs=pairs)


def joining(
    ties: Ties | Camps,
    camp: Iterable[str],
    *,
    outsiders: Iterable[str] | None = None,
    core: Iterable[str] | None = None,
    draws: int = 200,
    seed: int = 0,
) -> Detachment:
    """Return how far `outsiders`, everyone else if left out, are from the camp of a bloc's core.

    The same margins as in `detachment`, of actors who are not in the bloc: below zero, what drawing one in
    would cost; above, it stands with the core already. Raises MeasurementError as that does.

    >>> from detente import ties
    >>> table = pd.DataFrame({"a": [*"AABCD"], "b": [*"BCCDE"], "weight": [3, 2, 2, 1, -4]})
    >>> joining(ties(table), ["A", "B", "C"], core=["A", "B"]).members[["actor", "margin"]].values.tolist()
    [['E', -1.0], ['D', 1.0]]
    """
    effort = _checked(draws, seed, None, False)
    found = network(ties, seed=seed)
    bloc = choose(found, camp, core)
    others = set(found.ties.actors) - set(bloc.declared) if outsiders is None else outsiders
    asked = choose(found, others, found.names(bloc.core))
    both = replace(asked, set_aside=(*bloc.set_aside, *asked.set_aside), notes=bloc.notes)
    return _measured(found, both, draws=draws, effort=effort, with_pairs=False)


def _checked(draws: int, seed: int, time_limit: float | None, prove: bool) -> Effort:
    """Return the effort asked for, or raise MeasurementError with all that is wrong."""
    problems = []
    for what, number in (("draws", draws), ("seed", seed)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
            problems.append(Problem(what, f"{number!r} is none", "give a whole number, 0 or more"))
    if time_limit is not None and not (isinstance(time_limit, (int, float)) and time_limit >= 0):
        hint = "give 0 or more, or None for no limit"
        problems.append(Problem("time_limit", f"{time_limit!r} is no number of seconds", hint))
    raise_all(MeasurementError, problems)
    return Effort(time_limit, int(seed), prove)


def _measured(found: Network, bloc: Bloc, *, draws: int, effort: Effort, with_pairs: bool) -> Detachment:
    """Return the margins of a bloc, with bounds, what chance gives, and what two save together."""
    started, nodes = time.monotonic(), bloc.members.tolist()
    base = stand(
        found.graph,
        bloc.core,
        labels=found.labels,
        k=found.k,
        effort=_left(effort, started, CAMPS_SHARE),
        bound=found.bound,
    )
    base, quick = margins(base, nodes, seed=effort.seed)
    part = 1 - PAIRS_SHARE if with_pairs else 1.0
    told = proven(base, [[node] for node in nodes], quick, _left(effort, started, part))
    held = [
        Held(node, each, _null(base, node, each, draws, effort.seed))
        for node, each in zip(nodes, told, strict=True)
    ]
    inside = [each for each in held if each.inside(base)] if with_pairs else []
    two = leaving.pairs(
        base, [each.node for each in inside], [each.margin for each in inside], _left(effort, started, 1.0)
    )
    return Detachment(
        ties=found.ties,
        core=found.names(bloc.core),
        members=member_rows(found.ties, base, held),
        pairs=pair_rows(found.ties, two, inside),
        set_aside=as_frame(bloc.set_aside),
        notes=(*bloc.notes, *remarks(found.ties, base, held)),
        base=base,
    )


def _null(base: Stand, node: int, margin: Margin, draws: int, seed: int) -> Ints:
    stream = np.random.SeedSequence(seed, spawn_key=(node,))
    rng = np.random.Generator(np.random.PCG64(stream))
    return null_margins(base, node, margin, draws=draws, rng=rng)


def _left(effort: Effort, started: float, part: float) -> Effort:
    """Return the effort with a part of the time that is left."""
    if effort.time_limit is None:
        return effort
    return replace(effort, time_limit=part * max(0.0, started + effort.time_limit - time.monotonic()))
