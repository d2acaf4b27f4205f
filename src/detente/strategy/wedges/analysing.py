"""Which targets a divider would choose, how, and the binding move that answers each: the package's verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from detente.errors import Problem, StrategyError
from detente.strategy.wedges.inputs import Defender, Divider, Floats, Targets, drawn
from detente.strategy.wedges.pulls import answers, balance, price, weight, worth

ENDS = (0.05, 0.95)
"""Ends of intervals over draws."""
SURE = 0.95
"""Share of draws in which a binding move must close the gap, and a first target must beat all others."""
MODES = ("none", "accommodation", "coercion")
MOVES = ("none needed", "reward", "guarantee", "protection", "none can")


@dataclass(frozen=True, eq=False)
class Wedges:
    """Targets of a divider, (N,) each; where there are three numbers (N, 3), the mean over draws and the ends
    of the interval that holds 90 per cent of them.

    `weight` is what the bloc loses in the target; `held` what holds it, rewards of the defender included;
    `accommodation` and `coercion` the pulls away; `gives_way` (N, 2) the share of draws in which it gives way
    to one and to the other; `binds` the share in which pressure of any size drives it to the bloc. `price` is
    the least reward for which it gives way. `mode` is how the divider would go about it, an index of `MODES`,
    `worth` what that is worth, `rank` the place of that among all targets in each draw (1: the most, places
    shared where equal), `first` the share of draws in which it has the first place, `beats` (N, N) the share
    in which a target is worth more than another.

    `move` is the cheapest binding move, an index of `MOVES`, that closes the gap in 95 per cent of draws,
    `size` how much of it that takes and `cost` what it costs the defender; `pays` says whether that is less
    than the target is worth to it. `gap` is what must be closed. `lost` draws had a missing number.
    """

    weight: Floats
    held: Floats
    accommodation: Floats
    coercion: Floats
    gives_way: Floats
    binds: Floats
    price: Floats
    mode: NDArray[np.int64]
    worth: Floats
    rank: Floats
    first: Floats
    beats: Floats
    gap: Floats
    move: NDArray[np.int64]
    size: Floats
    cost: Floats
    pays: NDArray[np.bool_]
    draws: int
    lost: int

    @property
    def leader(self) -> int | None:
        """Return the target that beats every other in 95 per cent of draws, None where there is no such."""
        ahead = self.beats + np.eye(len(self.beats)) >= SURE
        found = np.flatnonzero(ahead.all(axis=1) & (self.worth[:, 0] > 0))
        return int(found[0]) if found.size else None

    def frame(self, names: Sequence[str] = ()) -> pd.DataFrame:
        """Return one row for each target, the most worth first; `_low` and `_high` are ends of intervals."""
        columns: dict[str, object] = {"target": list(names) or list(range(len(self.binds)))}
        for name in ("weight", "held", "accommodation", "coercion", "price", "worth", "rank", "gap"):
            for i, end in enumerate(("", "_low", "_high")):
                columns[f"{name}{end}"] = getattr(self, name)[:, i]
        columns["gives_way_to_reward"], columns["gives_way_to_pressure"] = self.gives_way.T
        columns |= {name: getattr(self, name) for name in ("binds", "first", "size", "cost", "pays")}
        columns["mode"] = [MODES[mode] for mode in self.mode]
        columns["move"] = [MOVES[move] for move in self.move]
        rows = pd.DataFrame(columns)
        return rows.sort_values("worth", ascending=False, kind="stable", ignore_index=True)


def analyse(
    targets: Targets,
    *,
    divider: Divider,
    defender: Defender,
    mix: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3),
) -> Wedges:
    """Return what a divider can do to each member of a bloc, and what would bind it.

    Concepts: Crawford (2011; 2021), strategic weight and selective accommodation; Izumikawa (2013), relative
    reward power, and coercion where it does not suffice; Izumikawa (2018), binding in answer.
    The equations are ours: see `pulls`. `mix` is how capability, pivotality and cohesion make up the weight.
    The same for any divider, bloc and defender. Raises `StrategyError` with all numbers that are out of
    range.

    >>> pair = Targets(share=np.array([0.2, 0.1]), pivot=0.1, loss=0.1, to_divider=0.6, to_bloc=0.2)
    >>> told = analyse(pair, divider=Divider(reward=np.array([0.5, 0.3])), defender=Defender(reward=0.0))
    >>> told.gives_way[:, 0].tolist(), told.price[:, 0].round(2).tolist()
    ([1.0, 0.0], [0.4, 0.4])
    """
    parts = np.array(mix, dtype=float)
    if parts.shape != (3,) or (parts < 0).any() or not parts.sum() > 0:
        raise StrategyError(Problem("mix", f"{mix} are no weights", "give three of 0 or more, not all 0"))
    (theirs, his, ours), lost = drawn(targets, divider, defender)
    pulls, weights = balance(theirs, his, ours), weight(theirs, parts / parts.sum())
    values = np.stack([np.zeros_like(weights), *worth(pulls, weights, his)])
    mode = values.mean(axis=1).argmax(axis=0)
    chosen = np.take_along_axis(values, mode[None, None], axis=0)[0]
    strongest = np.where(mode == 2, pulls.coercion, pulls.accommodation)
    gap = np.maximum(strongest, 0.0)
    move, size, cost = _bound(answers(gap, mode == 2, his, ours))
    rank = rankdata(-chosen, axis=1)
    beats = (chosen[:, :, None] > chosen[:, None, :]).mean(axis=0)
    return Wedges(
        _spread(weights), _spread(pulls.held), _spread(pulls.accommodation), _spread(pulls.coercion),
        np.stack([(pulls.accommodation > 0).mean(axis=0), (pulls.coercion > 0).mean(axis=0)], axis=1),
        (his["blowback"] > 1 - ours["protection"]).mean(axis=0), _spread(price(pulls, his)), mode,
        _spread(chosen), _spread(rank), (rank == 1).mean(axis=0), beats, _spread(gap), move, size, cost,
        cost < (ours["stake"] * weights).mean(axis=0), len(weights), lost,
    )  # fmt: skip


def _spread(values: Floats) -> Floats:
    """Return mean and ends of the interval over draws (N, 3) of numbers (M, N)."""
    ends = np.quantile(values, ENDS, axis=0, method="inverted_cdf")
    return np.stack([values.mean(axis=0), *ends], axis=1)


def _bound(moves: dict[str, tuple[Floats, Floats]]) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the cheapest move, how much of it closes the gap in most draws, and its cost, (N,) each."""
    most = [
        [np.quantile(values, SURE, axis=0, method="inverted_cdf") for values in moves[name]]
        for name in MOVES[1:-1]
    ]
    sizes, costs = np.array(most).transpose(1, 0, 2)
    best = costs.argmin(axis=0)
    each = np.arange(sizes.shape[1])
    size, cost = sizes[best, each], costs[best, each]
    move = np.where(np.isinf(cost), len(MOVES) - 1, np.where(size == 0, 0, best + 1))
    return move.astype(np.int64), size, cost
