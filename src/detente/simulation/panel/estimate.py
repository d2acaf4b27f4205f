"""What is known after a fit: the law of motion, and where actors stand in the last year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from detente.posterior import INDEPENDENT, LAPLACE, Posterior, chained, tree_of
from detente.simulation.panel.layout import TO_NATURAL, Layout, scale_nodes

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]

LEVEL = 0.90
DIMS = {"alpha": "bloc", "common": "shock", "beta": "covariate"}
"""Parts of the model that have a parameter each for several, and what for; others have one."""


@dataclass(frozen=True, eq=False)
class Estimate(Posterior):
    """Parameters and positions, apart from the data they were made from.

    `z` (slots,) and `covariance` (slots, slots) are on the working scale of `layout`. Under each of G scales
    of its own shock, an actor's position in `year` is normal, with `mean` and `sd` (G, N); `share` (G, N) is
    how likely each scale is. `source` says what the readings were.
    """

    layout: Layout
    z: Floats
    covariance: Floats
    actors: tuple[str, ...]
    blocs: tuple[str, ...]
    covariates: tuple[str, ...]
    year: int
    mean: Floats
    sd: Floats
    share: Floats
    source: str

    def parameters(self) -> pd.DataFrame:
        """Return parameters with their intervals of 90 per cent: part, name, estimate, low, high, mark."""
        reach = ndtri((1 + LEVEL) / 2) * np.sqrt(np.diag(self.covariance))
        rows = []
        for place, slot in enumerate(self.layout.slots):
            ends = slot.prior.centre + slot.prior.sd * (self.z[place] + reach[place] * np.array([0.0, -1, 1]))
            told = TO_NATURAL[slot.kind](ends)
            rows.append((slot.part, slot.name, *map(float, told), "estimated"))
        return pd.DataFrame(rows, columns=["part", "name", "estimate", "low", "high", "mark"])

    def draw(self, rng: np.random.Generator, draws: int) -> dict[str, Floats]:
        """Return draws of the parameters by part, each (draws, members of the part)."""
        root = np.linalg.cholesky(self.covariance)
        return self.layout.natural(self.z + rng.standard_normal((draws, len(self.z))) @ root.T)

    def draw_actors(self, drawn: Mapping[str, Floats], rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return draws of positions in `year` and of scales of own shocks, each (draws, N).

        The two are drawn together: who moves much is known less well.
        """
        below = np.cumsum(self.share, axis=0)
        draws, size = len(drawn["own"]), len(self.actors)
        node = (rng.random((draws, 1, size)) > below[:-1]).sum(axis=1)
        column = np.arange(size)
        start = self.mean[node, column] + self.sd[node, column] * rng.standard_normal((draws, size))
        places, _ = scale_nodes("unlike" in drawn)
        unlike = drawn.get("unlike", np.zeros((draws, 1)))
        return start, drawn["own"] * np.exp(unlike * places[node])

    def to_datatree(self, *, draws: int = 1000, rng: np.random.Generator | None = None) -> xr.DataTree:
        """Return draws with names: groups posterior and prior.

        Parameters by part, in their own units: those of blocs (chain, draw, bloc), of shocks common to blocs
        and to all (chain, draw, shock), of covariates (chain, draw, covariate), others (chain, draw). With
        them `position` in `year` and `own_scale`, the sd of an actor's own shock (chain, draw, actor). The
        prior is that of the parameters. The same `rng`, seeded 0 if left out, gives the same draws.
        """
        rng = rng or np.random.default_rng(0)
        drawn = self.draw(rng, draws)
        position, scale = self.draw_actors(drawn, rng)
        before = self.layout.natural(rng.standard_normal((draws, len(self.z))))
        held = {"position": (("actor",), position), "own_scale": (("actor",), scale)}
        coords = self._labels()
        groups = {
            "posterior": chained({**held, **_by_part(drawn)}, {**coords, "actor": list(self.actors)}),
            "prior": chained(_by_part(before), coords),
        }
        told = f"panel of {self.source}, as of {self.year}; {LAPLACE}; {INDEPENDENT}"
        return tree_of(groups, method=told)

    def _labels(self) -> dict[str, list[str]]:
        """Return the labels of each dim that parameters have."""
        named = {"bloc": self.blocs, "shock": (*self.blocs, "all"), "covariate": self.covariates}
        parts = {slot.part for slot in self.layout.slots}
        return {DIMS[part]: list(named[DIMS[part]]) for part in DIMS if part in parts}


def _by_part(drawn: Mapping[str, Floats]) -> dict[str, tuple[tuple[str, ...], Floats]]:
    """Return draws of parameters (draws, members of the part) with the names of their dims."""
    return {
        part: ((DIMS[part],), values) if part in DIMS else ((), values[:, 0])
        for part, values in drawn.items()
    }
