"""How likely a rule is to be met, by going through every way in which its voters may vote."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from detente.simulation.institutions.compiled import Compiled

Floats = NDArray[np.float64]


def counted(rule: Compiled, ways: Floats) -> Floats:
    """Return the chances, (draws,): voters on their own, `ways` (draws, voters, 3) for, abstain, against."""
    chance = np.zeros(len(ways))
    for votes in itertools.product((1, 0, -1), repeat=ways.shape[1]):
        if rule.passes(np.array(votes)):
            chance += np.prod([ways[:, place, 1 - vote] for place, vote in enumerate(votes)], axis=0)
    return chance
