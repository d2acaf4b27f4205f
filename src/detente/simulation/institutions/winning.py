"""What could replace the status quo: alternatives that enough voters, under the rule, would rather have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.simulation.institutions.compiled import Bools, Compiled

Floats = NDArray[np.float64]
CLOSE = 1e-12


def prefers(
    positions: Floats, salience: Floats, *, status_quo: Floats, alternatives: Floats
) -> NDArray[np.int64]:
    """Return how each voter votes on each alternative against the status quo: (alternatives, voters) of 1, 0,
    -1.

    Voters want what is near: distances are weighted by `salience` (voters, issues), as are `positions`;
    `alternatives` are (alternatives, issues). Equally near is an abstention.

    >>> where = np.array([[0.0], [1.0]])
    >>> prefers(where, np.ones((2, 1)), status_quo=np.array([0.0]), alternatives=np.array([[0.4]])).tolist()
    [[-1, 1]]
    """
    now = _distance(positions, salience, np.asarray(status_quo)[None, :])
    then = _distance(positions, salience, np.asarray(alternatives))
    closer = now - then
    return np.where(closer > CLOSE, 1, np.where(closer < -CLOSE, -1, 0)).astype(np.int64)


def _distance(positions: Floats, salience: Floats, points: Floats) -> Floats:
    gap = salience[None] * (points[:, None, :] - positions[None])
    return np.asarray(np.sqrt((gap**2).sum(axis=-1)))


def win_set(
    rule: Compiled, positions: Floats, salience: Floats, *, status_quo: Floats, alternatives: Floats
) -> Bools:
    """Return which alternatives beat the status quo under the rule: (alternatives,).

    Plott (1967), Tsebelis (2002): the smaller this set, the more stable the status quo.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> majority = Rule.model_validate({"title": "Most", "passes": {"for": {"more_than": "1/2"}}})
    >>> rule = compiled(majority, voters(["A", "B", "C"]))
    >>> where, now, ideas = np.array([[0.2], [0.6], [0.9]]), np.array([0.5]), np.array([[0.4], [0.65]])
    >>> win_set(rule, where, np.ones((3, 1)), status_quo=now, alternatives=ideas).tolist()
    [False, True]
    """
    return rule.passes(prefers(positions, salience, status_quo=status_quo, alternatives=alternatives))


def win_interval(rule: Compiled, positions: Floats, status_quo: float) -> tuple[float, float]:
    """Return the ends of what beats the status quo on one issue; both ends are the status quo where nothing
    does.

    `positions` is (voters,). On a line, a voter at x votes for every alternative nearer to x, so that what
    wins reaches from the status quo to its mirror image in the position of the voter whom the rule needs.
    The ends themselves do not win: the pivotal voter is indifferent there.

    >>> from detente.cases.rules import Rule
    >>> from detente.simulation.institutions.compiled import compiled
    >>> from detente.simulation.institutions.voters import voters
    >>> majority = Rule.model_validate({"title": "Most", "passes": {"for": {"more_than": "1/2"}}})
    >>> rule = compiled(majority, voters(["A", "B", "C"]))
    >>> win_interval(rule, np.array([0.2, 0.6, 0.9]), 0.5)
    (0.5, 0.7)
    """
    ends = [status_quo, status_quo]
    for side, pick in ((-1.0, 0), (1.0, 1)):
        offset = side * (np.asarray(positions, dtype=float) - status_quo)
        for reach in sorted({float(each) for each in offset if each > CLOSE}, reverse=True):
            if bool(rule.passes(np.where(offset >= reach, 1, -1))):
                ends[pick] = status_quo + side * 2 * reach
                break
    return round(ends[0], 12), round(ends[1], 12)
