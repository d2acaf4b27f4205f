"""How positions move from one step to the next: the equation, its parameters, and what is not known of them.

x_t = x_{t-1} + sum_b M_ib A_b (m_b - x_{t-1}) + w sum_j W_ij (x_j - x_i) + B' dz_t
      + u_0t + sum_b M_ib u_bt + e_it

with m_b the plain mean of the bloc's members of the day at t - 1 (M_ib = 1), W influence, dz changes of
covariates, u Gaussian shocks common to all or to a bloc, and e the actor's own, Gaussian or Student.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, SimulationError, raise_all

Floats = NDArray[np.float64]
ROUNDING = 1e-8
MOST_NAMED = 8
"""Wrong cells of one table that are named one by one; the rest is counted."""

RANGES = {
    "alpha": (0.0, 1.0), "omega": (0.0, 1.0), "influence": (0.0, np.inf), "membership": (0.0, 1.0),
    "sigma_common": (0.0, np.inf), "sigma_own": (0.0, np.inf), "start_sd": (0.0, np.inf),
}  # fmt: skip
PARAMETERS = ("alpha", "omega", "beta", "sigma_common", "sigma_own", "dof", "start")
AXES: dict[str, tuple[str, ...]] = {
    "start": ("draw", "actor", "issue"),
    "start_sd": ("actor", "issue"),
    "start_cov": ("issue", "actor", "actor"),
    "membership": ("actor", "bloc"),
    "influence": ("actor", "actor"),
    "alpha": ("draw", "bloc", "issue"),
    "omega": ("draw", "issue"),
    "beta": ("draw", "covariate", "issue"),
    "sigma_common": ("draw", "bloc + all", "issue"),
    "sigma_own": ("draw", "actor", "issue"),
    "dof": ("draw",),
}
"""The axes of each table; `+ all` stands for one place more, after the last."""

NOTHING: Any = 0.0
GAUSSIAN: Any = np.inf


@dataclass(frozen=True, eq=False, kw_only=True)
class Dynamics:
    """N actors, K issues, B blocs, C covariates, and P draws of every parameter.

    Parameters have an axis of draws first, of length 1 where nothing is uncertain; a last axis of issues that
    is left out means the same on every issue, and a single number the same everywhere. What is given is
    checked and spread out to the full shape:

    alpha (P, B, K), 0 to 1: share of its distance to the bloc's mean that a member makes up in a step;
    omega (P, K), 0 to 1: strength of influence; beta (P, C, K): move for a change of 1 in a covariate;
    sigma_common (P, B + 1, K): sd of the shocks common to each bloc and, last, to all;
    sigma_own (P, N, K): scale of the actor's own shock, its sd where dof is infinite;
    dof (P,) more than 0: degrees of freedom of the own shock, infinite for a Gaussian;
    start (P, N, K), or (N, K): mean of positions at the start, around which they have `start_sd` (N, K), or
    `start_cov` (K, N, N) among the actors on each issue;
    influence (N, N): rows of shares that add up to 1, or to 0 for one who listens to nobody;
    membership (N, B): 1 for members at the start. A step lasts `years`.

    P is the largest number of draws given; what comes as one draw is the same in all. Raises
    `SimulationError` with every shape that does not fit, and by name every cell that is no number or out of
    range.

    >>> two = Dynamics(actors=("A", "B"), issues=("budget",), start=np.array([[0.0], [1.0]]), omega=0.5,
    ...                influence=np.array([[0, 1], [1, 0]]))
    >>> two.draws, two.omega.shape, two.sigma_own.shape
    (1, (1, 1), (1, 2, 1))
    """

    actors: tuple[str, ...]
    issues: tuple[str, ...]
    start: Floats
    blocs: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    start_sd: Floats = NOTHING
    start_cov: Floats | None = None
    membership: Floats = NOTHING
    influence: Floats = NOTHING
    alpha: Floats = NOTHING
    omega: Floats = NOTHING
    beta: Floats = NOTHING
    sigma_common: Floats = NOTHING
    sigma_own: Floats = NOTHING
    dof: Floats = GAUSSIAN
    years: float = 0.5

    def __post_init__(self) -> None:
        for kind in ("actors", "issues", "blocs", "covariates"):
            object.__setattr__(self, kind, tuple(getattr(self, kind)))
        problems = list(self._label_problems())
        raise_all(SimulationError, problems)
        for name, axes in AXES.items():
            given = getattr(self, name)
            if given is not None:
                try:
                    object.__setattr__(self, name, self._spread(name, axes, given))
                except SimulationError as error:
                    problems += error.problems
        raise_all(SimulationError, problems)
        raise_all(SimulationError, list(self._cell_problems()))

    @property
    def draws(self) -> int:
        """How many draws of the parameters there are."""
        return max(len(getattr(self, name)) for name in PARAMETERS)

    def labels(self, axis: str) -> tuple[str, ...]:
        """Return the names along an axis of a parameter other than that of draws."""
        named: tuple[str, ...] = getattr(self, axis.split(" ")[0] + "s")
        return (*named, "all") if axis.endswith("all") else named

    def halved(self) -> Dynamics:
        """Return the same dynamics in steps of half the length.

        Exact for each rate by itself: a pull a becomes 1 - sqrt(1 - a), so that two steps make up what one
        did, and a shock shrinks so that two add up to the variance of one, the actor's own after half of it
        was pulled away. Pulls that work together, common shocks and the shape of Student shocks follow up to
        the product of two pulls.

        >>> year = Dynamics(actors=("A",), issues=("budget",), start=0, sigma_own=0.2, years=1)
        >>> float(year.halved().sigma_own[0, 0, 0].round(4)), year.halved().years
        (0.1414, 0.5)
        """
        alpha, omega = 1 - np.sqrt(1 - self.alpha), 1 - np.sqrt(1 - self.omega)
        away = 1 - self.membership / np.maximum(self.membership.sum(axis=0), 1)
        heard = self.influence.sum(axis=1)
        pulled = np.einsum("ib,pbk->pik", self.membership * away, alpha) + heard[:, None] * omega[:, None]
        return replace(
            self,
            alpha=alpha,
            omega=omega,
            sigma_common=self.sigma_common / np.sqrt(2),
            sigma_own=self.sigma_own / np.sqrt(1 + np.maximum(1 - pulled, 0) ** 2),
            years=self.years / 2,
        )

    def _spread(self, name: str, axes: tuple[str, ...], given: Any) -> Floats:
        """Return what is given in its full shape, read-only."""
        try:
            values = np.array(given, dtype=float)
        except (TypeError, ValueError) as error:
            raise SimulationError(Problem(name, "is no table of numbers", "give numbers")) from error
        full = tuple(len(self.labels(axis)) for axis in axes if axis != "draw")
        if name == "start" and values.ndim == 2:
            values = values[None]
        if axes[0] == "draw":
            full = (len(values) if values.ndim else 1, *full)
        if axes[-1] == "issue" and len(axes) > 1 and 0 < values.ndim == len(full) - 1:
            values = values[..., None] * np.ones(full[-1])
        if values.ndim and values.shape != full:
            what = f"has shape {np.shape(given)}, and ({', '.join(axes)}) is {full}"
            raise SimulationError(Problem(name, what, "give that shape, or one number for all"))
        spread = np.array(np.broadcast_to(values, full))
        spread.setflags(write=False)
        return spread

    def _label_problems(self) -> Iterator[Problem]:
        for kind in ("actors", "issues", "blocs", "covariates"):
            named = getattr(self, kind)
            if not named and kind in ("actors", "issues"):
                yield Problem(kind, "there are none", "name at least one")
            for label, times in Counter(named).items():
                if not isinstance(label, str) or not label.strip():
                    yield Problem(f"{kind}: {label!r}", "is no name", "give a text")
                elif times > 1:
                    yield Problem(f"{kind}: {label!r}", f"is named {times} times", "name each once")
        if not (np.isfinite(self.years) and self.years > 0):
            yield Problem("years", f"a step of {self.years} years", "give a length of more than 0")

    def _cell_problems(self) -> Iterator[Problem]:
        for name, axes in AXES.items():
            values = getattr(self, name)
            if values is not None:
                draws = tuple(f"draw {place}" for place in range(len(values)))
                labels = [draws if axis == "draw" else self.labels(axis) for axis in axes]
                yield from wrong_cells(name, values, labels, RANGES.get(name, (-np.inf, np.inf)))
        many = self.draws
        for name in PARAMETERS:
            if len(getattr(self, name)) not in (1, many):
                what = f"has {len(getattr(self, name))} draws, and there are {many} elsewhere"
                yield Problem(name, what, f"give {many}, or one for all")
        yield from self._relation_problems()

    def _relation_problems(self) -> Iterator[Problem]:
        for row, place in np.argwhere((self.membership > 0) & (self.membership < 1)):
            where = f"membership of {self.actors[row]}, {self.blocs[place]}"
            yield Problem(where, f"{self.membership[row, place]:g} is neither 0 nor 1", "give 0 or 1")
        sums = self.influence.sum(axis=1)
        for actor, total in zip(self.actors, sums, strict=True):
            if np.isfinite(total) and min(abs(total), abs(total - 1)) > ROUNDING:
                hint = "divide the row by its sum; all zeros for one who listens to nobody"
                yield Problem(f"influence on {actor}", f"adds up to {total:g}", hint)
        if self.start_cov is None:
            return
        if np.any(self.start_sd):
            yield Problem("start", "start_sd and start_cov are both given", "give one of them")
        for issue, table in zip(self.issues, self.start_cov, strict=True):
            if np.isfinite(table).all() and not _covariance(table):
                hint = "it must be symmetric, and no variance of any sum negative"
                yield Problem(f"start_cov of {issue}", "is no table of covariances", hint)


def _covariance(table: Floats) -> bool:
    scale = max(float(np.abs(table).max(initial=0.0)), 1e-300)
    symmetric = bool((np.abs(table - table.T) <= ROUNDING * scale).all())
    return symmetric and float(np.linalg.eigvalsh(table).min(initial=0.0)) >= -ROUNDING * scale


def wrong_cells(
    name: str, values: Floats, labels: list[tuple[str, ...]], allowed: tuple[float, float]
) -> Iterator[Problem]:
    """Yield a problem for each cell that is no number or out of range, the first eight by name.

    >>> [str(each) for each in wrong_cells("pull", np.array([0.1, np.nan]), [("NATO", "EU")], (0, 1))]
    ['pull of EU: nan is not from 0 to 1\\n    give a number in that range']
    """
    low, high = allowed
    infinite = name == "dof"
    sound = (values >= low) & (values <= high) & (np.isfinite(values) | infinite)
    if infinite:
        sound &= values > 0
    cells = np.argwhere(~sound)
    within = f"from {low:g} to {high:g}" if np.isfinite(low) and np.isfinite(high) else "a number"
    if np.isfinite(low) and not np.isfinite(high):
        within = f"a number of {low:g} or more"
    for cell in islice(cells, MOST_NAMED):
        spot = ", ".join(names[place] for names, place in zip(labels, cell, strict=True))
        yield Problem(f"{name} of {spot}", f"{values[tuple(cell)]:g} is not {within}", _hint(within))
    if len(cells) > MOST_NAMED:
        yield Problem(name, f"{len(cells) - MOST_NAMED} more cells are wrong", "look for what is missing")


def _hint(within: str) -> str:
    return "give a number in that range" if within.startswith("from") else f"give {within}"
