"""Futures drawn: the verb of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.errors import Problem, SimulationError
from detente.executors import How
from detente.simulation.ensemble.drawing import Drawn
from detente.simulation.ensemble.futures import Futures
from detente.simulation.ensemble.gathering import EXACT, chunk_of, fill_share, gather
from detente.simulation.ensemble.packing import packed
from detente.simulation.ensemble.results import KINDS, Ensemble, Shape

if TYPE_CHECKING:
    import xarray as xr


def draw(
    futures: Futures, *, draws: int = 1000, seed: int = 0, how: How | None = None, trajectories: int = 0
) -> Ensemble:
    """Draw futures and return what came of them; the same bytes however it is run.

    Quantiles are exact while all numbers fit into 134 MB (for 45 actors, 3 issues, 3 covariates and 21 points
    in time, up to 5,600 futures), else counted in 1,024 bins and off by one at most (`_resolution`).
    `trajectories` keeps the positions of so many futures. Exact runs are short: they are drawn in this
    process wherever others go, and nothing of them is kept in a folder. Raises `SimulationError` where
    numbers of futures make no sense, and `ExecutorError` where `how` does not, or its folder holds another
    run.

    >>> import numpy as np
    >>> from detente.simulation.dynamics import Dynamics
    >>> walk = Dynamics(actors=("A",), issues=("budget",), start=0, sigma_own=0.1)
    >>> told = draw(Futures(dynamics=walk, steps=4), draws=2000)
    >>> told.frame("positions")["sd"].round(2).tolist()
    [0.0, 0.1, 0.14, 0.18, 0.2]
    """
    source = Drawn(packed(futures), seed)
    shape = Shape.of(futures)
    kept = None
    if trajectories:
        kept = _trajectories(source, shape, min(trajectories, draws), how)
    return Ensemble(shape, gather(source, draws, how=how), seed, source.digest(), kept)


def draw_share(futures: Futures, share: tuple[int, int], *, draws: int, seed: int = 0, how: How) -> None:
    """Draw one worker's share (k, n), the k-th of n from 0, of a run into the folder of `how`.

    `draw` then takes what is there. Raises as `draw` does, and `ExecutorError` without a folder.

    >>> draw_share(futures, (0, 4), draws=1_000_000, how=How(folder=Path("shared")))  # doctest: +SKIP
    """
    fill_share(Drawn(packed(futures), seed), draws, how=how, share=share)


def _trajectories(source: Drawn, shape: Shape, number: int, how: How | None) -> xr.DataArray:
    import xarray as xr

    if number < 0 or number * source.rows[0] * 4 > EXACT:
        most = EXACT // (4 * source.rows[0])
        raise SimulationError(Problem("trajectories", f"{number} futures", f"keep 1 to {most}"))
    chunk = chunk_of(source, number, how)
    positions = dict(shape.tables(chunk.futures(number).astype(float)))["positions"]
    axes = ("future", "time", *KINDS["positions"])
    names = {"future": np.arange(number), "time": shape.times, **shape.coordinates(*KINDS["positions"])}
    return xr.DataArray(positions, dims=axes, coords=names, name="positions")
