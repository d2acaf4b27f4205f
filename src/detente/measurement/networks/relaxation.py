"""A linear relaxation that grows by cuts: which edges a partition leaves frustrated, as values from 0 to 1.

Minimise cost @ y over 0 <= y <= 1 under rows with coefficients of 1 and -1. What it proves is computed again
in whole numbers from the duals of the rows: any duals that are not negative give a bound, so that it holds
whatever the tolerances of the solver, and if it is stopped early.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from detente.measurement.networks.graph import Floats, Ints

GRID = 720720
"""Duals are rounded to multiples of one by this; fractions with denominators to 16 stay as they are."""
DEAREST = 2.0**20
"""The highest cost that the solver sees, in median costs: higher ones would drown the others."""
LOOSE = 0.2
"""By how much the left side of a row that is forgotten exceeds the right."""
SOLVED, NONE = highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible
ROUGH = highspy.HighsModelStatus.kUnknown
"""Of an interior point that is a little short of the solver's tolerances."""


@dataclass(frozen=True)
class Rows:
    """Row r says: the sum of `sign * y[column]` over `bounds[r]` to `bounds[r + 1]` is at least
    `least[r]`."""

    bounds: Ints
    column: Ints
    sign: Ints
    least: Ints

    def __len__(self) -> int:
        return len(self.least)


class Relaxation:
    """The relaxation with its present rows; `low` and `high` (columns,) say which values are allowed.

    While `interior`, it is solved by an interior point, which is soon near the best values and lies in the
    midst of them, so that rows that it breaks cut deep; else by the simplex, exactly and from where it stood.

    >>> relaxation, one = Relaxation(np.array([5, 3])), np.array([1, 1])
    >>> relaxation.add(Rows(bounds=np.array([0, 2]), column=np.array([0, 1]), sign=one, least=one[:1]))
    >>> relaxation.solve(np.inf), relaxation.values().tolist(), relaxation.proven()[0]
    (True, [0.0, 1.0], 3)
    """

    def __init__(self, cost: Ints, *, interior: bool = False) -> None:
        self.cost, self.interior = cost, interior
        self.low, self.high = np.zeros(len(cost), dtype=np.int64), np.ones(len(cost), dtype=np.int64)
        self.matrix = sparse.csr_array((0, len(cost)), dtype=np.int64)
        self.least = np.zeros(0, dtype=np.int64)
        # A power of two, so that scaled costs are exact; what is far dearer than most is taken for less.
        self.scale = 2.0 ** np.rint(np.log2(np.median(cost[cost > 0]))) if cost.any() else 1.0
        self.grid = int(max(1, min(GRID, 2**59 // max(int(cost.sum()), 1))))
        self.solver = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("run_crossover", "off"),
        ):
            self.solver.setOptionValue(option, value)
        every = np.arange(len(cost), dtype=np.int32)
        self.solver.addVars(len(cost), np.zeros(len(cost)), np.ones(len(cost)))
        self.solver.changeColsCost(len(cost), every, np.minimum(cost / self.scale, DEAREST))

    def add(self, rows: Rows) -> None:
        """Add rows."""
        added = sparse.csr_array((rows.sign, rows.column, rows.bounds), shape=(len(rows), len(self.cost)))
        self.matrix = sparse.vstack([self.matrix, added], format="csr")
        self.least = np.concatenate([self.least, rows.least])
        self.solver.addRows(
            len(rows),
            rows.least.astype(float),
            np.full(len(rows), highspy.kHighsInf),
            len(rows.column),
            rows.bounds[:-1].astype(np.int32),
            rows.column.astype(np.int32),
            rows.sign.astype(float),
        )

    def allow(self, low: Ints, high: Ints) -> None:
        """Let values lie between these, each 0 or 1."""
        every = np.arange(len(low), dtype=np.int32)
        self.solver.changeColsBounds(len(low), every, low.astype(float), high.astype(float))
        self.low, self.high = low, high

    def solve(self, deadline: float) -> bool:
        """Solve; return whether that was done before `deadline`, a value of `time.monotonic`."""
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        # Without a basis, duals could not be carried back through a presolve.
        self.solver.setOptionValue("presolve", "off" if self.interior else "choose")
        self.solver.setOptionValue("solver", "ipm" if self.interior and len(self.least) else "simplex")
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + left)
        self.solver.run()
        return self.solver.getModelStatus() in ((SOLVED, NONE, ROUGH) if self.interior else (SOLVED, NONE))

    def values(self) -> Floats:
        """Return the values of the columns as last solved."""
        values: Floats = np.clip(np.array(self.solver.getSolution().col_value), 0.0, 1.0)
        return values

    def proven(self) -> tuple[int, Floats]:
        """Return the least cost that the duals prove, and by how much a unit of each value raises it.

        Costs are whole, so that the bound is rounded up. Where no values keep all rows, it is above any cost.
        """
        if self.solver.getModelStatus() == NONE:
            return int(self.cost.sum()) + 1, np.zeros(len(self.cost))
        duals = np.array(self.solver.getSolution().row_dual) * self.scale
        weights = np.rint(np.maximum(duals, 0.0) * self.grid).astype(np.int64)
        reduced = self.grid * self.cost - self.matrix.T @ weights
        total = int(weights @ self.least) + int(np.minimum(reduced * self.low, reduced * self.high).sum())
        return -(-total // self.grid), reduced / self.grid

    def prune(self) -> None:
        """Forget rows that are far from tight."""
        loose = np.array(self.solver.getSolution().row_value) - self.least > LOOSE
        if loose.any():
            self.solver.deleteRows(int(loose.sum()), np.flatnonzero(loose).astype(np.int32))
            self.matrix, self.least = self.matrix[np.flatnonzero(~loose)], self.least[~loose]
