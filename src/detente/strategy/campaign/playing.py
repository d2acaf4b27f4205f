"""The game between two sides, as far as simulated payoffs tell it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from detente.strategy.campaign.matrix import Campaign
from detente.strategy.games.bimatrix import bimatrix
from detente.strategy.games.commitment import Commitment, commitment
from detente.strategy.games.correlated import Correlated, correlated
from detente.strategy.games.dominance import Dominance, reduced
from detente.strategy.games.empirical import Empirical, empirical


@dataclass(frozen=True, eq=False)
class Played:
    """Equilibria of the simulated game with their bounds, what survives dominance, what commitment by either
    side is worth, and the correlated equilibrium of the largest sum.
    """

    empirical: Empirical
    dominance: Dominance
    commitment: tuple[Commitment, Commitment]
    correlated: Correlated

    def commitment_frame(self) -> pd.DataFrame:
        """Return ways to commit of both sides."""
        return pd.concat([each.frame() for each in self.commitment], ignore_index=True)


def play(found: Campaign, *, resamples: int = 1000) -> Played:
    """Return the game of a campaign."""
    payoffs = found.payoffs
    mean = payoffs.mean(axis=2)
    game = bimatrix(mean[..., 0], mean[..., 1], rows=found.rows, columns=found.columns)
    return Played(
        empirical=empirical(
            payoffs, rows=found.rows, columns=found.columns, resamples=resamples, seed=found.seed
        ),
        dominance=reduced(game),
        commitment=(
            commitment(mean[..., 0], mean[..., 1], leader="row", rows=found.rows, columns=found.columns),
            commitment(mean[..., 0], mean[..., 1], leader="column", rows=found.rows, columns=found.columns),
        ),
        correlated=correlated(mean[..., 0], mean[..., 1], rows=found.rows, columns=found.columns),
    )
