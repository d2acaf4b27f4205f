"""Draws of a posterior with their names, in the groups that ArviZ reads: posterior, sample_stats, and so on.

Only what is drawn from a posterior belongs here, be it exact or approximate. Bootstrap draws and futures do
not: neither is one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import detente
from detente.errors import EvidenceError, Problem

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LAPLACE = "parameters normal about the maximum of the posterior (Laplace), an approximation"
INDEPENDENT = "drawn independently of each other: one chain, which R-hat has nothing to compare with"


class Posterior(ABC):
    """What holds draws of a posterior, as xarray and as ArviZ takes them."""

    @abstractmethod
    def to_datatree(self) -> xr.DataTree:
        """Return the draws by group; dims begin with chain and draw, coordinates have names."""

    def to_arviz(self) -> Any:
        """Return the draws as the ArviZ that is installed takes them.

        ArviZ from 1.0 on reads `xarray.DataTree`, and gets what `to_datatree` returns; earlier ones get their
        own `InferenceData`. Raises `EvidenceError` where ArviZ is not installed, and as `to_datatree` does.
        """
        return as_arviz(self.to_datatree())


def as_arviz(tree: xr.DataTree) -> Any:
    """Return groups of draws as the ArviZ that is installed takes them; raises as `Posterior.to_arviz`.

    >>> as_arviz(points.to_datatree())  # of `detente.ideal_points`; needs detente[arviz]  # doctest: +SKIP
    """
    try:
        import arviz
    except ImportError as error:
        hint = "type: pip install 'detente[arviz]'; without it, to_datatree() gives the same draws as xarray"
        raise EvidenceError(Problem("to_arviz", f"needs ArviZ ({error})", hint)) from error
    before = getattr(arviz, "InferenceData", None) if arviz.__version__.startswith("0.") else None
    return tree if before is None else before.from_datatree(tree)


def tree_of(groups: Mapping[str, xr.Dataset], *, method: str) -> xr.DataTree:
    """Return datasets as groups; each says what made it, and the root how it was drawn."""
    import xarray as xr

    made = {"inference_library": "detente", "inference_library_version": detente.__version__}
    tree = xr.DataTree.from_dict({name: group.assign_attrs(made) for name, group in groups.items()})
    tree.attrs.update({**made, "method": method, "mark": "estimated"})
    return tree


def chained(
    values: Mapping[str, tuple[tuple[str, ...], Floats]], coords: Mapping[str, Any], *, chains: int = 1
) -> xr.Dataset:
    """Return draws as a dataset whose first dims are chain and draw.

    `values` gives the names of all dims but the draws', and an array whose first axis runs over the draws,
    one chain after another; `coords` the labels of those dims.

    >>> import numpy as np
    >>> held = chained({"x": (("actor",), np.zeros((6, 2)))}, {"actor": ["A", "B"]}, chains=2)
    >>> dict(held["x"].sizes)
    {'chain': 2, 'draw': 3, 'actor': 2}
    """
    import numpy as np
    import xarray as xr

    data = {
        name: (("chain", "draw", *dims), array.reshape(chains, -1, *array.shape[1:]))
        for name, (dims, array) in values.items()
    }
    many = next(iter(data.values()))[1].shape[1]
    return xr.Dataset(data, coords={"chain": np.arange(chains), "draw": np.arange(many), **coords})
