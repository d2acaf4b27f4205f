"""Kernels of one latent position behind several thin measurements, some of them missing.

    y_im = a_m + b_m x_i + e_im,   x_i ~ N(0, 1),   e_im ~ N(0, s_m + se_im²)

y is standardised by measurement (mean 0, standard deviation 1 over what is observed), so that the priors are
weak on a known scale: a_m ~ N(0, 1); b_m ~ N(0, 1); s_m ~ inverse gamma(PRIOR_SHAPE, PRIOR_SCALE), worth
three further observations with residual variance of about a third. The last keeps s_m off zero, where a
Heywood case would let one measurement pass for the position itself (Martin and McDonald 1975).

The positions are integrated out; the parameters (a, b, log s) are at the maximum of their posterior, and
uncertain by its curvature there (Laplace). Every measurement is treated as continuous, votes and ranks
included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from detente.measurement.linear import multiply

Floats = NDArray[np.float64]

PRIOR_SHAPE = 1.5
PRIOR_SCALE = 0.5
PRIOR_SD = 1.0
LEAST_ACTORS = 3
"""Fewest actors with a value for a measurement to enter."""


@dataclass(frozen=True)
class Positions:
    """Posterior of the positions, and what it rests on. First axis: draws of the parameters.

    `mean` and `variance` (draws, actors) hold given the parameters; `pull` (draws, actors, measurements) adds
    up to `mean`. `intercepts`, `loadings`, `residual` (draws, measurements) are the parameters, in
    standardised units.
    """

    mean: Floats
    variance: Floats
    pull: Floats
    intercepts: Floats
    loadings: Floats
    residual: Floats


def standardise(observed: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (observed - centre) / scale by column over what is not NaN, and centre and scale.

    Raises `ValueError` where a column does not vary.

    >>> standardise(np.array([[1.0], [3.0], [np.nan]]))[0].ravel().tolist()
    [-1.0, 1.0, nan]
    """
    centre, scale = np.nanmean(observed, axis=0), np.nanstd(observed, axis=0)
    if not (scale > 0).all():
        raise ValueError("a measurement that is the same for all tells nobody apart")
    return (observed - centre) / scale, centre, scale


def log_posterior(theta: Floats, y: Floats, noise: Floats) -> tuple[float, Floats]:
    """Return the log posterior density of the parameters, up to a constant, and its gradient.

    `theta` is (3M): a, b, log s. `y` is (N, M) standardised, NaN where missing; `noise` (N, M) is se².
    """
    a, b, log_s = theta.reshape(3, -1)
    s = np.exp(log_s)
    seen = ~np.isnan(y)
    weight = np.where(seen, 1 / (s + noise), 0)
    gap = np.where(seen, y, 0) - np.where(seen, a, 0)
    precision = 1 + (weight * b**2).sum(axis=1)
    mean = (weight * gap * b).sum(axis=1) / precision
    rest = (gap - np.outer(mean, b)) * seen
    spread = np.outer(1 / precision, b**2)
    value = 0.5 * (np.log(weight, where=seen, out=np.zeros_like(weight)).sum() - np.log(precision).sum())
    value += 0.5 * ((precision * mean**2).sum() - (weight * gap**2).sum())
    value -= 0.5 * ((a**2).sum() + (b**2).sum()) / PRIOR_SD**2
    value -= (PRIOR_SHAPE * log_s + PRIOR_SCALE / s).sum()
    by_a = (weight * rest).sum(axis=0) - a / PRIOR_SD**2
    by_b = (weight * (rest * mean[:, None] - np.outer(1 / precision, b))).sum(axis=0) - b / PRIOR_SD**2
    by_s = 0.5 * s * (weight**2 * (rest**2 + spread) - weight).sum(axis=0) - PRIOR_SHAPE + PRIOR_SCALE / s
    return float(value), np.concatenate([by_a, by_b, by_s])


def fit(y: Floats, noise: Floats) -> Floats:
    """Return the parameters (3M) at the maximum of the posterior, from two starts: all alike, the main axis.

    BFGS rather than L-BFGS: scipy's L-BFGS calls linear algebra on several threads at every step, at many
    times the cost of a problem of this size. Of the two mirror images that fit equally well, the one in which
    the loadings add up to more than 0 is returned, so that draws do not hang on which start came first.
    """

    def fall(theta: Floats) -> tuple[float, Floats]:
        value, gradient = log_posterior(theta, y, noise)
        return -value, -gradient

    found = [
        minimize(fall, start, jac=True, method="BFGS", options={"maxiter": 500, "gtol": 1e-5})
        for start in _starts(y)
    ]
    best = np.array(min(found, key=lambda result: result.fun).x)
    loadings = slice(y.shape[1], 2 * y.shape[1])
    best[loadings] *= 1.0 if best[loadings].sum() >= 0 else -1.0
    return best


def _starts(y: Floats) -> list[Floats]:
    m = y.shape[1]
    filled = np.nan_to_num(y)
    seen = (~np.isnan(y)).astype(float)
    together = np.maximum(seen.T @ seen, 1)
    axis = np.linalg.eigh(filled.T @ filled / together)[1][:, -1]
    rest = [np.full(m, np.log(0.5))]
    return [np.concatenate([np.zeros(m), b, *rest]) for b in (np.full(m, 0.7), 0.7 * np.sqrt(m) * axis)]


def curvature(theta: Floats, y: Floats, noise: Floats, *, step: float = 1e-4) -> Floats:
    """Return minus the second derivatives of the log posterior, by central differences of its gradient."""
    columns = []
    for k in range(len(theta)):
        shift = np.zeros_like(theta)
        shift[k] = step
        ahead, behind = log_posterior(theta + shift, y, noise)[1], log_posterior(theta - shift, y, noise)[1]
        columns.append((behind - ahead) / (2 * step))
    bent = np.array(columns)
    return np.asarray((bent + bent.T) / 2)


def draw_parameters(theta: Floats, bent: Floats, *, draws: int, rng: np.random.Generator) -> Floats:
    """Return draws (draws, 3M) from the normal with mean `theta` and the inverse of `bent` as covariance.

    Directions that the data and priors leave flat are held to a variance of 1 at most. The root of the
    covariance is the symmetric one: unlike others it moves little when the data do, and so do the draws.
    """
    values, vectors = np.linalg.eigh(bent)
    root = multiply(vectors / np.sqrt(np.maximum(values, 1.0)), vectors.T)
    return np.asarray(theta + multiply(rng.standard_normal((draws, len(theta))), root))


def positions(thetas: Floats, y: Floats, noise: Floats) -> Positions:
    """Return the posterior of the positions at each of the parameters `thetas` (draws, 3M).

    Given the parameters the posterior mean is linear in what was observed, so it splits exactly into what
    each measurement contributes: pull_im = b_m (y_im - a_m) / (s_m + se_im²) / (1 + sum_m b_m² / (s_m +
    se_im²)).

    >>> told = positions(np.array([[0.0, 1.0, 0.0]]), np.array([[2.0]]), np.zeros((1, 1)))
    >>> told.mean.tolist(), told.variance.tolist()
    ([[1.0]], [[0.5]])
    """
    a, b, log_s = np.moveaxis(thetas.reshape(len(thetas), 3, -1), 1, 0)
    s = np.exp(log_s)
    seen = ~np.isnan(y)
    weight = seen / (s[:, None, :] + noise)
    precision = 1 + (weight * b[:, None, :] ** 2).sum(axis=-1)
    pull = weight * b[:, None, :] * (np.nan_to_num(y) - a[:, None, :]) / precision[..., None]
    return Positions(pull.sum(axis=-1), 1 / precision, pull, a, b, s)


def estimate(observed: Floats, errors: Floats, *, draws: int, rng: np.random.Generator) -> Positions:
    """Fit the model to standardised `observed` (N, M) with known standard errors; return the positions.

    `observed` is NaN where missing; `errors` is in the same units, 0 where none is known. The sign is that of
    the fit: which way is up is for the caller to say.
    """
    noise = errors**2
    theta = fit(observed, noise)
    thetas = draw_parameters(theta, curvature(theta, observed, noise), draws=draws, rng=rng)
    return positions(thetas, observed, noise)


def draw_positions(told: Positions, *, rng: np.random.Generator) -> Floats:
    """Return draws (draws, actors) of the positions: uncertainty of the parameters and noise together."""
    return np.asarray(told.mean + np.sqrt(told.variance) * rng.standard_normal(told.mean.shape))
