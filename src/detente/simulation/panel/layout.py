"""Parameters of the panel: their names, their priors, and the working scale on which they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from detente.simulation.panel.law import Law

Floats = NDArray[np.float64]
Kind = Literal["plain", "log", "logit", "above two"]

TO_NATURAL: dict[Kind, Callable[[Floats], Floats]] = {
    "plain": np.asarray,
    "log": np.exp,
    "logit": expit,
    "above two": lambda x: 2.0 + np.exp(x),
}
EDGES = np.array([0.0, 0.01, 0.06, 0.25, 0.6, 1.0])
"""Quantiles of the chi-squared at which a Student shock is cut into normals."""
SCALES = 5
"""Nodes of the Gauss-Hermite rule over actors' scales."""
TRUST = 4.0


@dataclass(frozen=True)
class Prior:
    """Centre and sd of a normal prior on the working scale."""

    centre: float
    sd: float


@dataclass(frozen=True)
class Priors:
    """Weak priors, per year. Pulls, influence and covariates are centred at nothing.

    `own`: log sd of a typical actor's own shock; `unlike`: log of the sd of log sds among actors; `dof`: log
    of degrees of freedom above two; `wild`, `wild_sd`: logit share and log sd of readings that are off;
    `drift`: of all; `alpha`, `omega`: shares of a distance; `beta`: per unit of a covariate's change;
    `common`: log sd.
    """

    own: Prior = field(default=Prior(float(np.log(0.08)), 1.0))
    unlike: Prior = field(default=Prior(float(np.log(0.5)), 0.5))
    dof: Prior = field(default=Prior(float(np.log(2.0)), 0.7))
    wild: Prior = field(default=Prior(float(logit(0.01)), 1.0))
    wild_sd: Prior = field(default=Prior(0.0, 0.5))
    drift: Prior = field(default=Prior(0.0, 0.02))
    alpha: Prior = field(default=Prior(0.0, 0.02))
    omega: Prior = field(default=Prior(0.0, 0.02))
    beta: Prior = field(default=Prior(0.0, 0.03))
    common: Prior = field(default=Prior(float(np.log(0.03)), 0.7))


@dataclass(frozen=True)
class Spec:
    """What the model holds. Without any of it, it is a random walk with normal shocks, alike for all.

    `unlike`: actors have scales of their own; `tails`: own shocks are Student's; `wild`: some readings are
    far off; `drift`: all move together; `pull`: towards means of blocs; `influence`: of those whom an actor
    listens to, left out because it made forecasts no better; `common`: shocks common to blocs and to all;
    `covariates`: which of the panel's are used, None for all.
    """

    unlike: bool = True
    tails: bool = True
    wild: bool = True
    drift: bool = True
    pull: bool = True
    influence: bool = False
    common: bool = True
    covariates: tuple[str, ...] | None = None
    priors: Priors = field(default_factory=Priors)

    @classmethod
    def walk(cls) -> Spec:
        """A random walk with normal shocks, alike for all."""
        return cls(
            unlike=False, tails=False, wild=False, drift=False, pull=False, common=False, covariates=()
        )


@dataclass(frozen=True)
class Slot:
    """One parameter: which part of the model it belongs to, its name within it, its scale and prior."""

    part: str
    name: str
    kind: Kind
    prior: Prior


@dataclass(frozen=True)
class Layout:
    """The parameters in their order. The working vector z holds each in prior sds from its prior centre."""

    slots: tuple[Slot, ...]
    blocs: int
    covariates: int

    def natural(self, z: Floats) -> dict[str, Floats]:
        """Return parameters by part from z (..., slots), each (..., members of the part)."""
        found: dict[str, list[Floats]] = {}
        for place, slot in enumerate(self.slots):
            x = slot.prior.centre + slot.prior.sd * z[..., place]
            found.setdefault(slot.part, []).append(TO_NATURAL[slot.kind](x))
        return {part: np.stack(values, axis=-1) for part, values in found.items()}

    def law(self, z: Floats) -> tuple[Law, Floats, float]:
        """Return what the filter wants, beta (C,) and drift, at one z."""
        part = self.natural(z)
        own, unlike = part["own"][0], part.get("unlike", np.zeros(1))[0]
        nodes, share = scale_nodes(unlike > 0)
        tail, tail_share = tails(part["dof"][0]) if "dof" in part else (np.ones(1), np.ones(1))
        off = part["wild"][0] if "wild" in part else 0.0
        law = Law(
            scale=(own * np.exp(unlike * nodes)) ** 2,
            scale_share=share,
            tail=tail,
            tail_share=tail_share,
            wild=np.array([0.0, part["wild_sd"][0] ** 2]) if off else np.zeros(1),
            wild_share=np.array([1.0 - off, off]) if off else np.ones(1),
            alpha=part.get("alpha", np.zeros(self.blocs)),
            omega=float(part["omega"][0]) if "omega" in part else 0.0,
            common=part.get("common", np.zeros(self.blocs + 1)),
            trust=TRUST if "dof" in part or "wild" in part else 0.0,
        )
        drift = float(part["drift"][0]) if "drift" in part else 0.0
        return law, part.get("beta", np.zeros(self.covariates)), drift


def lay_out(spec: Spec, blocs: tuple[str, ...], covariates: tuple[str, ...], *, influence: bool) -> Layout:
    """Return the parameters that a model has; `influence` says whether anybody listens to anybody."""
    return Layout(tuple(_slots(spec, blocs, covariates, influence)), len(blocs), len(covariates))


def _slots(
    spec: Spec, blocs: tuple[str, ...], covariates: tuple[str, ...], influence: bool
) -> Iterator[Slot]:
    p = spec.priors
    yield Slot("own", "sd of own shock", "log", p.own)
    if spec.unlike:
        yield Slot("unlike", "sd of log sds among actors", "log", p.unlike)
    if spec.tails:
        yield Slot("dof", "degrees of freedom", "above two", p.dof)
    if spec.wild:
        yield Slot("wild", "share of wild readings", "logit", p.wild)
        yield Slot("wild_sd", "sd of wild readings", "log", p.wild_sd)
    if spec.drift:
        yield Slot("drift", "drift of all, per year", "plain", p.drift)
    if spec.pull:
        yield from (Slot("alpha", f"pull of {bloc}", "plain", p.alpha) for bloc in blocs)
    if spec.influence and influence:
        yield Slot("omega", "influence", "plain", p.omega)
    chosen = covariates if spec.covariates is None else spec.covariates
    for name in covariates:
        fixed = p.beta if name in chosen else Prior(0.0, 0.0)
        yield Slot("beta", f"change of {name}", "plain", fixed)
    if spec.common:
        yield from (Slot("common", f"sd of shock common to {bloc}", "log", p.common) for bloc in blocs)
        yield Slot("common", "sd of shock common to all", "log", p.common)


def scale_nodes(unlike: bool) -> tuple[Floats, Floats]:
    """Return nodes of a standard normal and their shares; one node where all actors are alike."""
    if not unlike:
        return np.zeros(1), np.ones(1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(SCALES)
    return nodes, weights / weights.sum()


def tails(dof: float) -> tuple[Floats, Floats]:
    """Return a Student shock as normals: factors of its scale squared, and their shares.

    A Student shock with n degrees of freedom is a normal whose variance is n / chi2(n). The chi-squared is
    cut at its quantiles EDGES, and each piece takes its mean of n / chi2, so that the variance n / (n - 2) is
    kept.

    >>> factor, share = tails(5.0)
    >>> round(float(factor @ share), 6)
    1.666667
    """
    from scipy.stats import chi2  # takes long to load, and much memory

    cuts = chi2.ppf(EDGES, dof)
    share = np.diff(EDGES)
    return dof / (dof - 2.0) * np.diff(chi2.cdf(cuts, dof - 2.0)) / share, share
