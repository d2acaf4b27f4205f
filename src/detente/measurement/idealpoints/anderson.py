"""Acceleration of a fixed-point iteration."""

from __future__ import annotations

import numpy as np

from detente.measurement.idealpoints.ballots import Floats


class Anderson:
    """Anderson's acceleration of x -> g(x): the mixture of past steps whose residual is least.

    Restarts where the residual has grown, since then the past misleads.
    """

    def __init__(self, memory: int, *, below: float = 0.1) -> None:
        self.memory, self.below = memory, below
        self.residuals: list[Floats] = []
        self.images: list[Floats] = []

    def mix(self, x: Floats, image: Floats) -> Floats:
        """Return the next x, from this one and its image."""
        residual = image - x
        if self.memory == 0 or np.abs(residual).max() > self.below:
            return image
        if self.residuals and residual @ residual > 4.0 * (self.residuals[-1] @ self.residuals[-1]):
            self.residuals, self.images = [], []
        self.residuals = [*self.residuals, residual][-self.memory - 1 :]
        self.images = [*self.images, image][-self.memory - 1 :]
        if len(self.residuals) < 2:
            return image
        # einsum and not a matrix product: its bytes do not depend on how many threads the linear algebra has.
        steps = np.diff(np.array(self.residuals), axis=0)
        moves = np.diff(np.array(self.images), axis=0)
        gram = np.einsum("ik,jk->ij", steps, steps)
        gram[np.diag_indices_from(gram)] *= 1.0 + 1e-8
        weights = np.linalg.solve(gram, np.einsum("ik,k->i", steps, residual))
        return np.asarray(image - np.einsum("i,ik->k", weights, moves))
