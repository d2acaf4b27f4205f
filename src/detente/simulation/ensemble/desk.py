"""Where compiled code works out one block of `LANES` futures: arrays that are made once for a thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.simulation.ensemble.luck import LANES, WORDS
from detente.simulation.ensemble.plan import Plan

Floats = NDArray[np.float64]


class Desk(NamedTuple):
    """State, parameters and scratch of a block; every array ends in an axis of `LANES` futures.

    State: x (N, K), before it a step ago, z (N, C), moved (N, C) what z did last, wait_x (N, K) and wait_z
    (N, C) what takes effect at the next step, drift (N, K), mean (B, K), ever (lines, N) who has crossed,
    holds (D,): -1 while a ballot has not come up, then 0 failed or 1 passed. Parameters of each future: alpha
    (B, K), omega (1, K), beta (C, K), common (B + 1, K), own (N, K), which (). Scratch: heard (N and to
    spare, K), shock (B + 1, K), noise and place (), and the random words (4, streams).
    """

    x: Floats
    before: Floats
    z: Floats
    moved: Floats
    wait_x: Floats
    wait_z: Floats
    drift: Floats
    mean: Floats
    ever: NDArray[np.bool_]
    holds: NDArray[np.int64]
    alpha: Floats
    omega: Floats
    beta: Floats
    common: Floats
    own: Floats
    which: NDArray[np.int64]
    heard: Floats
    shock: Floats
    noise: Floats
    place: NDArray[np.int64]
    words: NDArray[np.uint32]


class Urn(NamedTuple):
    """Scratch for one ballot; every array ends in an axis of `LANES` futures.

    margin and yes (N,), what each leans to and is expected to do; total, change, live and push (), of a round
    of expectations; sums (leaves,) of a rule's conditions; stack (codes,) of truths.
    """

    margin: Floats
    yes: Floats
    total: Floats
    change: Floats
    live: Floats
    push: Floats
    sums: NDArray[np.int64]
    stack: NDArray[np.bool_]


def desk(plan: Plan) -> Desk:
    """Return an empty desk."""
    actors, issues, blocs, covariates = plan.sizes
    position, driver = (actors, issues, LANES), (actors, covariates, LANES)
    return Desk(
        x=np.empty(position),
        before=np.empty(position),
        z=np.empty(driver),
        moved=np.empty(driver),
        wait_x=np.empty(position),
        wait_z=np.empty(driver),
        drift=np.empty(position),
        mean=np.empty((blocs, issues, LANES)),
        ever=np.empty((len(plan.lines.at), actors, LANES), dtype=np.bool_),
        holds=np.empty((len(plan.votes.cut), LANES), dtype=np.int64),
        alpha=np.empty((blocs, issues, LANES)),
        omega=np.empty((1, issues, LANES)),
        beta=np.empty((covariates, issues, LANES)),
        common=np.empty((blocs + 1, issues, LANES)),
        own=np.empty(position),
        which=np.empty(LANES, dtype=np.int64),
        heard=np.empty((len(plan.law.influence), issues, LANES)),
        shock=np.empty((blocs + 1, issues, LANES)),
        noise=np.empty(LANES),
        place=np.empty(LANES, dtype=np.int64),
        words=np.empty((WORDS, len(plan.luck.names), LANES), dtype=np.uint32),
    )


def urn(plan: Plan) -> Urn:
    """Return empty scratch for ballots."""
    return Urn(
        margin=np.empty((plan.sizes[0], LANES)),
        yes=np.empty((plan.sizes[0], LANES)),
        total=np.empty(LANES),
        change=np.empty(LANES),
        live=np.empty(LANES),
        push=np.empty(LANES),
        sums=np.empty((len(plan.rules.need), LANES), dtype=np.int64),
        stack=np.empty((len(plan.rules.code) + 1, LANES), dtype=np.bool_),
    )
