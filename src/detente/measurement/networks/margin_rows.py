"""Margins as tables: members, the least firmly held first, and pairs; and what there is to say of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.measurement.bootstrap import LEVEL
from detente.measurement.networks.graph import Ints
from detente.measurement.networks.leaving import Pair, followers
from detente.measurement.networks.margins import Margin, Stand
from detente.measurement.networks.null_margins import p_value
from detente.measurement.networks.ties import Ties

PAIRS = ["a", "b", "joint", "alone_a", "alone_b", "saving", "proven"]
ENDS = {"null_low": (1 - LEVEL) / 2, "null_mid": 0.5, "null_high": (1 + LEVEL) / 2}


@dataclass(frozen=True)
class Held:
    """A node, its margin, and the margins that it has with its signs shuffled (draws,)."""

    node: int
    margin: Margin
    null: Ints

    def inside(self, base: Stand) -> bool:
        """Whether it sits with the core; where both cost the same, as the camps found have it."""
        value = self.margin.value
        return value > 0 or (value == 0 and not base.best.labels[self.node])

    def ties(self, base: Stand) -> Ints:
        """Return the signed weights of its ties."""
        starts, _, weight = base.rows
        return weight[starts[self.node] : starts[self.node + 1]]

    def one_sided(self, base: Stand) -> bool:
        """Whether its ties are all of one sign, so that shuffling changes nothing."""
        return len(np.unique(np.sign(self.ties(base)))) < 2


def member_rows(ties: Ties, base: Stand, held: Sequence[Held]) -> pd.DataFrame:
    """Return a row for each member, as `Detachment.members` says."""
    among = np.array([each.node for each in held], dtype=np.int64)
    rows = [_row(ties, base, each, among) for each in held]
    rows.sort(key=lambda row: (row["margin"], row["actor"]))
    inside = [row for row in rows if row["in_camp"]]
    for rank, row in enumerate(inside, start=1):
        row["rank"] = rank
    core = " ".join(sorted(ties.actors[node] for node in base.core))
    source = ", ".join(sorted(ties.rows["source"].dropna().unique()))
    found = pd.DataFrame(rows).assign(of=len(inside), core=core, mark="estimated", source=source)
    return found.astype({"rank": "Int64"})


def _row(ties: Ties, base: Stand, held: Held, among: Ints) -> dict[str, object]:
    margin, unit, actors = held.margin, ties.unit, ties.actors
    known = math.isfinite(margin.bound)
    chance = len(held.null) and not held.one_sided(base)
    ends = np.quantile(held.null, list(ENDS.values())) * unit if chance else [math.nan] * len(ENDS)
    gone = followers(base, held.node, margin, among)
    return {
        "actor": actors[held.node],
        "in_camp": held.inside(base),
        "margin": margin.value * unit,
        "margin_bound": margin.bound * unit if known else math.nan,
        "share": margin.value / int(np.abs(held.ties(base)).sum()),
        **dict(zip(ENDS, ends, strict=True)),
        "p_value": p_value(held.null, margin.value) if chance else math.nan,
        "proven": margin.proven,
        "rank": None,
        "followers": " ".join(actors[node] for node in gone),
    }


def pair_rows(ties: Ties, found: Sequence[Pair], held: Sequence[Held]) -> pd.DataFrame:
    """Return a row for each pair, those that save most first."""
    alone = {each.node: each.margin for each in held}
    rows = []
    for pair in found:
        first, second = alone[pair.first], alone[pair.second]
        values = [each * ties.unit for each in (pair.margin.value, first.value, second.value, pair.saving)]
        proven = pair.margin.proven and first.proven and second.proven
        rows.append([ties.actors[pair.first], ties.actors[pair.second], *values, proven])
    return pd.DataFrame(rows, columns=PAIRS)


def remarks(ties: Ties, base: Stand, held: Sequence[Held]) -> Iterator[str]:
    """Yield what the reader of the margins must know, in words."""
    best = base.best
    if best.proven:
        yield "the camps that margins are measured from are proven best"
    elif math.isfinite(best.bound) and best.bound > 0:
        more = 100 * (best.frustration - best.bound) / best.frustration
        yield f"the camps that margins are measured from are not proven: others may leave {more:.3g} % less"
    sought = any(math.isfinite(each.margin.bound) for each in held if each.inside(base))
    unsure = [ties.actors[each.node] for each in held if not each.margin.proven]
    if unsure:
        hint = "" if sought else "; prove=True looks for bounds"
        who = ", ".join(unsure) if len(unsure) < len(held) else "all"
        yield f"margins that are the best found and not proven: {who}{hint}"
    same = [ties.actors[each.node] for each in held if each.one_sided(base)]
    if same and any(len(each.null) for each in held):
        why = "their ties are of one sign, and shuffling them changes nothing"
        yield f"chance says nothing of {', '.join(same)}: {why}"
