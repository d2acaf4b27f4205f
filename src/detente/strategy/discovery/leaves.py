"""CART as a second opinion: the leaves of a classification tree, as boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.tree import DecisionTreeClassifier

from detente.errors import Problem, StrategyError, raise_all
from detente.strategy.discovery.boxes import Boxes, Limits
from detente.strategy.discovery.samples import Kind, Sample, sample

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
NONE = -1
"""A leaf has no child of this number."""


def tree(
    x: ArrayLike,
    y: ArrayLike,
    *,
    inputs: Sequence[str] = (),
    kinds: Mapping[str, Kind] | None = None,
    mass_min: float = 0.05,
    depth: int | None = None,
) -> Boxes:
    """Return the leaves of a classification tree as boxes, the densest first; together they hold all runs.

    Breiman and others (1984), by scikit-learn: splits by the Gini index, leaves of at least `mass_min` of the
    runs, at most `depth` splits deep. The tree sees ranks, so that limits are exact, midway between values;
    each category is an input of its own, in or out. Lempert, Bryant and Bankes (2008) compare both methods:
    the tree tells all runs apart, PRIM looks for those of interest alone.

    Raises StrategyError for what `sample` does not take, and shares that are none.

    >>> x = np.random.default_rng(0).random((400, 2))
    >>> leaves = tree(x, x[:, 0] > 0.6)
    >>> leaves.density.tolist(), leaves.box(0)["low"].round(1).tolist()
    ([1.0, 0.0], [0.6])
    """
    raise_all(StrategyError, list(_problems(mass_min, depth)))
    held = sample(x, y, inputs=inputs, kinds=kinds)
    columns = [_ranked(held, place) for place in range(len(held.inputs))]
    owner = np.repeat(np.arange(len(columns)), [each.shape[1] for each in columns])
    least = max(1, int(np.ceil(mass_min * len(held.y))))
    fitted = DecisionTreeClassifier(min_samples_leaf=least, max_depth=depth, random_state=0)
    table = np.hstack(columns)
    fitted.fit(table, held.y)
    leaf = fitted.apply(table)
    limits = _limits(held, fitted.tree_, owner)
    leaves = np.flatnonzero(fitted.tree_.children_left == NONE)
    size = np.bincount(leaf, minlength=len(limits.low))[leaves]
    hits = np.bincount(leaf, weights=held.y, minlength=len(limits.low))[leaves].astype(np.int64)
    first = np.lexsort((-hits, -hits / size))
    return Boxes(held, limits.at(leaves[first]), size[first], hits[first])


def _ranked(held: Sample, column: int) -> Floats:
    """Return an input as ranks (n, 1), or as one column per category (n, categories)."""
    values = held.x[:, column]
    if held.kinds[column] == "categorical":
        return np.equal(values[:, None], held.categories[column]).astype(np.float64)
    ranks = np.unique(values, return_inverse=True)[1]
    return ranks.astype(np.float64)[:, None]


def _limits(held: Sample, grown: object, owner: Ints) -> Limits:
    """Return the limits of every node of a tree that scikit-learn has grown."""
    left, right, feature, threshold = (
        np.asarray(getattr(grown, name))
        for name in ("children_left", "children_right", "feature", "threshold")
    )
    count, d = len(left), len(held.inputs)
    low, high = np.full((count, d), -np.inf), np.full((count, d), np.inf)
    sorts = [place for place, kind in enumerate(held.kinds) if kind == "categorical"]
    allowed = {place: np.ones((count, len(held.categories[place])), dtype=bool) for place in sorts}
    for node in np.flatnonzero(left != NONE).tolist():
        column = int(owner[feature[node]])
        for child in (left[node], right[node]):
            low[child], high[child] = low[node], high[node]
            for flags in allowed.values():
                flags[child] = flags[node]
        if column in allowed:
            one = np.arange(len(owner))[owner == column] == feature[node]
            allowed[column][left[node]] &= ~one
            allowed[column][right[node]] &= one
        else:
            values = np.unique(held.x[:, column])
            below = int(np.floor(threshold[node]))
            end = (values[below] + values[below + 1]) / 2
            high[left[node], column] = low[right[node], column] = end
    return Limits(low, high, allowed)


def _problems(mass_min: float, depth: int | None) -> Iterator[Problem]:
    if not 0 < mass_min <= 0.5:
        yield Problem("mass_min", f"{mass_min:g} is out of range", "give a share above 0, and up to 0.5")
    if depth is not None and depth < 1:
        yield Problem("depth", f"{depth} splits are none", "give 1 or more, or None")
