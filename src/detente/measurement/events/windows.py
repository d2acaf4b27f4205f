"""Windows before and after a date in a series: the change between them, and how much is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Own = Literal["out", "before", "after"]


@dataclass(frozen=True)
class Shape:
    """How long a window is on either side, in periods, and where the period of the date itself counts."""

    length: int = 8
    own: Own = "out"

    @property
    def before(self) -> Ints:
        """The places of the window before, counted from the date's own period."""
        return np.arange(-self.length, 0) + (self.own == "before")

    @property
    def after(self) -> Ints:
        """The places of the window after."""
        return np.arange(1, self.length + 1) - (self.own == "after")

    @property
    def footprint(self) -> int:
        """How many periods a date takes up, with both windows: two dates so far apart share none."""
        return 2 * self.length + 1


@dataclass(frozen=True)
class Changes:
    """The change at each of several dates: `after` less `before`, and its weight.

    The weight is half the harmonic mean of what is known on the two sides, so that the weighted mean of
    changes is the least-squares estimate with a level of its own for each date. It is zero, and the change
    not a number, where one side is empty. `known` counts the periods with a value: (dates, 2).
    """

    before: Floats
    after: Floats
    weight: Floats
    known: Ints

    @property
    def change(self) -> Floats:
        """After less before."""
        return self.after - self.before


def changes(values: ArrayLike, weights: ArrayLike, at: ArrayLike, shape: Shape) -> Changes:
    """Return the change of a series at the places `at`, each with both its windows inside the series.

    `values`: one for each period, not a number where nothing is known; `weights`: how much each counts.

    >>> found = changes([0, 0, np.nan, 1, 1], [1, 1, 0, 1, 1], [2], Shape(2))
    >>> found.change.tolist(), found.weight.tolist()
    ([1.0], [1.0])
    """
    values, centres = np.asarray(values, dtype=float), np.asarray(at, dtype=np.int64)
    counts = np.where(np.isnan(values), 0.0, np.asarray(weights, dtype=float))
    sums = np.where(counts > 0, np.nan_to_num(values) * counts, 0.0)
    means, mass, known = [], [], []
    for offsets in (shape.before, shape.after):
        inside = centres[:, None] + offsets
        held = counts[inside].sum(axis=1)
        mass.append(held)
        means.append(
            np.divide(sums[inside].sum(axis=1), held, out=np.full(len(held), np.nan), where=held > 0)
        )
        known.append((counts[inside] > 0).sum(axis=1))
    total = mass[0] + mass[1]
    weight = np.divide(mass[0] * mass[1], total, out=np.zeros(len(total)), where=total > 0)
    return Changes(means[0], means[1], weight, np.stack(known, axis=1).astype(np.int64))


def inside(at: ArrayLike, periods: int, shape: Shape) -> NDArray[np.bool_]:
    """Return which dates have both windows inside a series of so many periods.

    >>> inside([1, 2, 8], 10, Shape(2)).tolist()
    [False, True, False]
    """
    centres = np.asarray(at, dtype=np.int64)
    found: NDArray[np.bool_] = (centres >= shape.length) & (centres < periods - shape.length)
    return found


def apart(at: ArrayLike, shape: Shape) -> NDArray[np.bool_]:
    """Return which of the dates, in order of time, share no period with an earlier one that is kept.

    >>> apart([10, 12, 15], Shape(2)).tolist()
    [True, False, True]
    """
    kept: list[bool] = []
    last = None
    for place in np.asarray(at, dtype=np.int64):
        kept.append(last is None or place - last >= shape.footprint)
        last = place if kept[-1] else last
    return np.array(kept, dtype=bool)


def placebos(
    periods: int, occasions: ArrayLike, shape: Shape, *, season: int | None = None, year: float = 52.1775
) -> Ints:
    """Return places of dates on which nothing was on: as many as fit, none sharing a period with another.

    None shares a period with one of the `occasions`, wherever these lie, inside the series or beyond. With
    `season`, only places whose time of the year is at most so many periods from that of an occasion; `year`
    is the length of a year in periods.

    >>> placebos(20, [8], Shape(2)).tolist()
    [2, 13]
    """
    taken = np.asarray(occasions, dtype=np.int64)
    found: list[int] = []
    for place in range(shape.length, periods - shape.length):
        if found and place - found[-1] < shape.footprint:
            continue
        gaps = np.abs(taken - place)
        if len(taken) and gaps.min() < shape.footprint:
            continue
        if season is not None:
            part = gaps % year
            if not len(taken) or np.minimum(part, year - part).min() > season:
                continue
        found.append(place)
    return np.array(found, dtype=np.int64)
