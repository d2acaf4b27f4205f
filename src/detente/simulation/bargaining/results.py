"""What a model of bargaining found: how positions moved turn by turn, how it ended, and what to know
about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from detente.simulation.bargaining.actors import Actors, Floats
from detente.simulation.bargaining.averages import compromise

Ended = Literal["settled", "goes round", "out of time"]


@dataclass(frozen=True, eq=False)
class Run:
    """One run of a model: positions (T + 1, N, D) from the start to the last turn, on a scale of 0 to 1.

    `ended`: it settled, it came back to a state it had been in (after `circle` turns), or it ran out of time.
    `notes`: what to know of this run, in words. `corrections`: where the model departs from its published
    program, in words.
    """

    model: str
    actors: Actors
    positions: Floats
    ended: Ended
    circle: int
    notes: tuple[str, ...]
    corrections: tuple[str, ...]

    @property
    def turns(self) -> int:
        """How many turns were played."""
        return len(self.positions) - 1

    @property
    def final(self) -> Floats:
        """The last positions (N, D)."""
        last: Floats = self.positions[-1]
        return last

    def mean(self, turn: int = -1) -> Floats:
        """Return the positions' mean (D,) on a turn, weighted by capability times salience."""
        order = self.actors.order
        weight = self.actors.capability[:, None] * self.actors.salience
        return compromise(self.positions[turn][order], weight[order])

    def table(self) -> pd.DataFrame:
        """Return one row for each turn, actor and issue: turn, actor, issue, position."""
        turns, size, many = self.positions.shape
        return pd.DataFrame(
            {
                "turn": np.repeat(np.arange(turns), size * many),
                "actor": np.tile(np.repeat(self.actors.names, many), turns),
                "issue": np.tile(self.actors.issues, turns * size),
                "position": self.positions.ravel(),
            }
        )
