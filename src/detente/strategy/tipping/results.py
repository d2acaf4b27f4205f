"""What a search for a break has found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.strategy.tipping.space import Floats, Space


@dataclass(frozen=True, eq=False)
class Route:
    """One way to a break: the nearest point of it, within the bounds, and how far off that is.

    `point` (D,) in the units of the inputs, `change` (D,) scaled, `cosines` (D,) the direction: their squares
    are the share of each input in the squared distance. `low` and `high` are the distances along the way at
    which the outcome comes to the threshold and 1.96 standard errors more or less; `high` is infinite where
    that is out of bounds. `outcome` is the one at `point`, at the threshold or just past it.
    """

    distance: float
    low: float
    high: float
    point: Floats
    change: Floats
    cosines: Floats
    outcome: float


@dataclass(frozen=True, eq=False)
class Tipping:
    """Every route that was found, nearest first; none, where nothing breaks within the bounds.

    `base` is the outcome without any change, `worst` the one nearest to a break (or furthest past it) of all
    that were seen, at `worst_at` (D,). `runs` of the model were used, `lost` of them gave no number. `plain`
    is the distance of the nearest break among the first sample alone.

    `free` is a distance within which there is proven to be no break, 0 where nothing is proven: only with
    inputs known to work one way can it be more. `proven` says that it comes within 1 per cent of the nearest
    route. Otherwise the nearest is only the nearest found: of `checked` random points that lie nearer, none
    broke, so that with 95 per cent confidence less than the share `missed` of them do.
    """

    space: Space
    routes: tuple[Route, ...]
    base: float
    worst: float
    worst_at: Floats
    runs: int
    lost: int
    plain: float
    free: float
    proven: bool
    checked: int
    missed: float

    @property
    def distance(self) -> float:
        """Return the distance of the nearest break, infinite where none was found."""
        return self.routes[0].distance if self.routes else np.inf

    def frame(self) -> pd.DataFrame:
        """Return one row for each route and input: `route`, `distance`, `low`, `high`, `input`, `base`,
        `point`, `change`, `cosine` and `share` of the squared distance, the largest first.
        """
        columns = "route", "distance", "low", "high", "input", "base", "point", "change", "cosine", "share"
        rows = [
            (number, route.distance, route.low, route.high, self.space.names[i], self.space.base[i],
             route.point[i], route.change[i], route.cosines[i], route.cosines[i] ** 2)
            for number, route in enumerate(self.routes, start=1)
            for i in np.argsort(-(route.cosines**2), kind="stable")
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(columns))

    def say(self) -> str:
        """Return what was found in a sentence or two."""
        if not self.routes:
            sure = "proven" if self.proven else f"not proven: less than {self.missed:.2%} of all changes do"
            return f"nothing breaks within the bounds, {sure}; the worst outcome seen is {self.worst:.4g}"
        if self.distance == 0:
            return f"it is broken as it stands: the outcome is {self.base:.4g}"
        many = f"{len(self.routes)} separate routes" if len(self.routes) > 1 else "one route"
        if self.proven:
            sure = "proven to be the nearest within 1 per cent"
        else:
            sure = f"found, not proven: less than {self.missed:.2%} of what is nearer breaks"
        return f"the nearest break is {self.distance:.4g} away, {sure}; {many}, {self.runs:,} runs"
