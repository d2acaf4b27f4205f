"""In which futures a portfolio fails, and what drives what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from detente.simulation.projection.preparing import adding
from detente.strategy.campaign.matrix import Campaign, Floats
from detente.strategy.campaign.payoffs import simulated
from detente.strategy.campaign.pulling import WHERE
from detente.strategy.campaign.sides import NOTHING
from detente.strategy.campaign.states import Inputs, gathered, inputs
from detente.strategy.discovery.leaves import tree
from detente.strategy.discovery.stability import Stability, stability
from detente.strategy.discovery.trajectory import Peeling, Trajectory, prim
from detente.strategy.sensitivity.neighbours import Neighbourhood, shapley_of_sample

MOST_INPUTS = 8
"""Inputs that are looked at closely: those that go most with the outcome, by rank."""
MOST_DRIVERS = 6
"""Inputs whose effects are told: with more of them, no two of a thousand futures are near in all, and more is
put down to chance than is its own."""
RAREST = 0.02
"""A portfolio that fails, or holds, in a smaller share of futures leaves nothing to find."""


@dataclass(frozen=True, eq=False)
class Failing:
    """When a portfolio does worse than doing nothing would have, against one answer.

    `share` of futures; `box` is the range of inputs in which failures gather (a row for each input that is
    restricted), with its coverage and density, `stable` how often resampling finds each input again, `leaves`
    what a tree says of the same; none where failures are too rare or too common to tell (`why`).
    """

    portfolio: str
    answer: str
    share: float
    box: pd.DataFrame
    coverage: float
    density: float
    stable: pd.DataFrame
    leaves: pd.DataFrame
    why: str = ""


NO_BOX = pd.DataFrame(columns=["input", "low", "high", "values", "p_low", "p_high"])


def drawn(found: Campaign, portfolio: str, answer: str) -> Inputs:
    """Return what was drawn in each kept future of a pair of portfolios, costs and side effects among it."""
    own, other = found.side.portfolios[portfolio], found.other.portfolios[answer]
    answers = {key: found.other.levers[key] for key in other}
    futures = adding(found.prepared, {**{key: found.side.levers[key] for key in own}, **answers}, where=WHERE)
    states = inputs(found.prepared, futures, draws=found.draws, seed=found.seed)
    told = [
        *((name, name, values) for name, values in zip(states.names, states.values.T, strict=True)),
        *found.ledgers[0].told(own, answers),
    ]
    return gathered(told, found.draws).of(found.kept)


def failing(found: Campaign, portfolio: str, answer: str = NOTHING) -> Failing:
    """Return in which futures a portfolio does worse than doing nothing, against an answer."""
    row, still, column = (
        found.rows.index(portfolio), found.rows.index(NOTHING), found.columns.index(answer)
    )  # fmt: skip
    points = found.payoffs[..., 0]
    worse = points[row, column] < points[still, column] - 1e-12
    share = float(worse.mean())
    if not RAREST <= share <= 1 - RAREST:
        why = f"it does worse in {share:.1%} of futures, too {'few' if share < 0.5 else 'many'} to tell which"
        return Failing(portfolio, answer, share, NO_BOX, np.nan, np.nan, NO_BOX, NO_BOX, why)
    held = screened(drawn(found, portfolio, answer), worse.astype(float))
    if not held.names:
        why = f"it does worse in {share:.0%} of futures, which differ in nothing that is drawn beforehand"
        return Failing(portfolio, answer, share, NO_BOX, np.nan, np.nan, NO_BOX, NO_BOX, why)
    boxes: Trajectory = prim(held.values, worse, inputs=held.names, peeling=Peeling(peel_alpha=0.1))
    choice = boxes.choose(coverage=0.5, density=max(0.6, min(1.5 * share, 0.95)))
    sure: Stability = stability(boxes, choice.box, resamples=20, seed=found.seed)
    leaves = tree(held.values, worse, inputs=held.names)
    return Failing(
        portfolio, answer, share, boxes.box(choice.box), choice.coverage, choice.density, sure.frame(),
        leaves.frame(),
    )  # fmt: skip


def screened(held: Inputs, outcome: Floats, most: int = MOST_INPUTS) -> Inputs:
    """Return the inputs that go most with an outcome, by rank correlation."""
    if not held.names:
        return held
    ranks = rankdata(held.values, axis=0)
    other = rankdata(outcome)
    with np.errstate(invalid="ignore"):
        together = np.abs(np.corrcoef(ranks.T, other)[-1, :-1])
    best = np.argsort(-np.nan_to_num(together), kind="stable")[:most]
    best = np.sort(best)
    return Inputs(tuple(held.names[place] for place in best), held.values[:, best])


def drivers(found: Campaign, portfolio: str, answer: str = NOTHING) -> pd.DataFrame:
    """Return what drives the points that a side makes with a portfolio, not less what it would have made
    without: Shapley effects of the inputs, correlated or not, with intervals.

    Rows of input, value, low, high, and `unexplained` as the last: chance in votes and single shocks, and the
    inputs that were set aside since they go less with the outcome.
    """
    row, column = found.rows.index(portfolio), found.columns.index(answer)
    still = simulated(
        found.side, found.prepared.case, found.measures, found.base, np.zeros_like(found.base)
    ).sum(axis=1)
    points = found.payoffs[row, column, :, 0] + still
    held = screened(drawn(found, portfolio, answer), points, MOST_DRIVERS)
    if np.ptp(points) == 0 or not held.names:
        return pd.DataFrame(columns=["input", "value", "low", "high"])
    told = shapley_of_sample(
        held.values, points, inputs=held.names, outputs=("points",), near=Neighbourhood(noise=True),
        seed=found.seed,
    )  # fmt: skip
    rows = told.frame()[["input", "value", "low", "high"]].sort_values("value", ascending=False)
    rest = told.unexplained
    last = pd.DataFrame({"input": ["unexplained"], "value": rest.value, "low": rest.low, "high": rest.high})
    return pd.concat([rows, last], ignore_index=True)
