"""Payoffs as they are given, checked: incomplete futures out, one layout, and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import Problem, StrategyError, did_you_mean, raise_all
from detente.strategy.naming import misnamed, named
from detente.strategy.paired import left_out, usable
from detente.strategy.robustness.metrics import Criteria, States

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Payoffs (futures, counters, portfolios) of complete futures."""

    payoffs: Floats
    portfolios: tuple[str, ...]
    futures: tuple[str, ...]
    quarantined: tuple[str, ...]
    kept: Ints
    """The places of `futures` among all that were given."""

    def notes(self) -> Iterator[str]:
        """Yield what a reader of any comparison of these payoffs must know."""
        if self.quarantined:
            yield left_out(self.quarantined)
        if len(self.portfolios) == 1:
            yield "one portfolio only: it has no regret, and nothing to be compared with"
        elif not np.ptp(self.payoffs, axis=2).any():
            yield "all portfolios have equal payoffs in every future: nothing tells them apart"


def prepared(payoffs: ArrayLike, *, portfolios: Sequence[str] = (), futures: Sequence[str] = ()) -> Prepared:
    """Return payoffs (portfolios, futures) or (portfolios, futures, counter-portfolios) as comparisons need
    them.

    Raises `StrategyError` where they have another shape, where names do not match, and where fewer than two
    futures are complete.

    >>> prepared([[1.0, 2.0, np.inf], [0.0, 3.0, 1.0]]).futures
    ('future 1', 'future 2')
    """
    given = np.array(payoffs, dtype=float)
    if given.ndim not in (2, 3) or not given.size:
        hint = "give payoffs as (portfolios, futures) or (portfolios, futures, counter-portfolios)"
        raise StrategyError(Problem("payoffs", f"are of shape {given.shape}", hint))
    raise_all(StrategyError, list(misnamed(portfolios, len(given), kind="portfolio")))
    kept = usable(given if given.ndim == 3 else given[:, :, None], axis=1, futures=futures)
    names = named(portfolios, len(given), kind="portfolio")
    table = np.ascontiguousarray(kept.payoffs.transpose(0, 2, 1))
    return Prepared(table, names, kept.futures, kept.quarantined, kept.kept)


def asked(table: Prepared, criteria: Criteria) -> States:
    """Return payoffs with what is asked of them.

    Raises `StrategyError` where optimism is not from 0 to 1, the threshold is not finite, the base is no
    complete future, or distances are not one number of 0 or more for each future that was given.
    """
    problems = []
    if not 0 <= criteria.optimism <= 1:
        problems.append(Problem("optimism", f"is {criteria.optimism}", "give a number from 0 to 1"))
    if criteria.threshold is not None and not np.isfinite(criteria.threshold):
        problems.append(Problem("threshold", f"is {criteria.threshold}", "give a payoff that is good enough"))
    if criteria.base in table.quarantined:
        what = f"{criteria.base!r} has payoffs that are not finite"
        problems.append(Problem("base", what, "expect a future that was run to its end"))
    elif criteria.base is not None and criteria.base not in table.futures:
        hint = did_you_mean(criteria.base, table.futures) or "name one of the futures"
        problems.append(Problem("base", f"there is no future {criteria.base!r}", hint))
    distances = np.array(criteria.distances, dtype=float)
    number = len(table.futures) + len(table.quarantined)
    if distances.size and (len(distances) != number or not (distances >= 0).all()):
        what = f"{len(distances)} numbers for {number} futures, or some below 0 or missing"
        problems.append(Problem("distances", what, "give one number of 0 or more for each future"))
    raise_all(StrategyError, problems)
    base = table.futures.index(criteria.base) if criteria.base is not None else None
    return States(table.payoffs, criteria, base, distances[table.kept] if distances.size else None)
