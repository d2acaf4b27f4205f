"""The draws behind stance, with names: positions and the parameters that they were drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.measurement.factor import Floats, Positions
from detente.posterior import INDEPENDENT, LAPLACE, Posterior, chained, tree_of

if TYPE_CHECKING:
    import xarray as xr

SOURCE = "one-factor model of the measurements"


@dataclass(frozen=True, eq=False)
class StanceDraws(Posterior):
    """Draws of positions (draws, actors) and of parameters, and the standardised scores behind them.

    `scores` and `errors` (actors, measurements) are in standard deviations of a measurement, NaN and 0 where
    it is missing.
    """

    actors: tuple[str, ...]
    measurements: tuple[str, ...]
    scores: Floats
    errors: Floats
    position: Floats
    told: Positions

    def to_datatree(self) -> xr.DataTree:
        """Return groups posterior, observed_data (`score`) and constant_data (`error`).

        `position` (chain, draw, actor); `intercept`, `loading` and `residual`, a variance, (chain, draw,
        measurement).
        """
        import xarray as xr

        told, of = self.told, ("measurement",)
        coords = {"actor": list(self.actors), "measurement": list(self.measurements)}
        values = {
            "position": (("actor",), self.position),
            "intercept": (of, told.intercepts),
            "loading": (of, told.loadings),
            "residual": (of, told.residual),
        }
        cells = tuple(coords)
        groups = {
            "posterior": chained(values, coords),
            "observed_data": xr.Dataset({"score": (cells, self.scores)}, coords=coords),
            "constant_data": xr.Dataset({"error": (cells, self.errors)}, coords=coords),
        }
        return tree_of(groups, method=f"{SOURCE}; {LAPLACE}; {INDEPENDENT}")
