"""One position behind several measurements: recovered, honestly uncertain, and taken apart exactly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from detente.measurement import factor

Floats = NDArray[np.float64]


def simulated(seed: int, *, n: int = 45, m: int = 8, missing: float = 0.5) -> tuple[Floats, Floats, Floats]:
    """Return positions, measurements of them (some missing) and the known errors, drawn from the model."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    errors = rng.uniform(0, 0.3, (n, m))
    noise = np.sqrt(rng.uniform(0.3, 0.9, m) ** 2 + errors**2)
    y = rng.normal(size=m) + np.outer(x, rng.uniform(0.4, 1.0, m)) + noise * rng.standard_normal((n, m))
    y[rng.random((n, m)) < missing] = np.nan
    return x, y, errors


def fitted(seed: int) -> tuple[Floats, factor.Positions]:
    x, y, errors = simulated(seed)
    scores, _, scale = factor.standardise(y)
    return x, factor.estimate(scores, errors / scale, draws=400, rng=np.random.default_rng(seed))


def test_the_gradient_is_that_of_the_log_posterior() -> None:
    _, y, errors = simulated(0, n=12, m=4)
    theta = np.random.default_rng(1).normal(size=12) * 0.3
    told = factor.log_posterior(theta, y, errors**2)[1]
    measured = approx_fprime(theta, lambda at: factor.log_posterior(at, y, errors**2)[0], 1e-6)
    np.testing.assert_allclose(told, measured, atol=1e-4)


def test_the_likelihood_is_that_of_the_normal_distribution_with_positions_integrated_out() -> None:
    _, y, errors = simulated(3, n=6, m=4)
    a, b, s = np.array([0.1, -0.2, 0.3, 0.0]), np.array([0.5, 0.9, -0.4, 0.7]), np.array([0.4, 0.3, 0.8, 0.5])

    def by_the_book(b: Floats) -> float:
        total = 0.0
        for row, error in zip(y, errors, strict=True):
            seen = ~np.isnan(row)
            if seen.any():
                spread = np.diag((s + error**2)[seen]) + np.outer(b[seen], b[seen])
                total += multivariate_normal(a[seen], spread).logpdf(row[seen])
        return total

    def kernel(b: Floats) -> float:
        prior = -0.5 * float((a**2).sum() + (b**2).sum())
        return factor.log_posterior(np.concatenate([a, b, np.log(s)]), y, errors**2)[0] - prior

    assert kernel(b) - kernel(b / 2) == pytest.approx(by_the_book(b) - by_the_book(b / 2))


def test_intervals_cover_the_true_positions_about_as_often_as_they_say() -> None:
    covered = []
    for seed in range(25):
        x, told = fitted(seed)
        drawn = factor.draw_positions(told, rng=np.random.default_rng(seed))
        drawn = drawn * np.sign(np.corrcoef(told.mean.mean(axis=0), x)[0, 1])
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        covered.append(np.mean((low <= x) & (x <= high)))
    assert 0.86 <= np.mean(covered) <= 0.94


def test_the_positions_recovered_follow_the_true_ones() -> None:
    x, told = fitted(5)
    assert abs(np.corrcoef(told.mean.mean(axis=0), x)[0, 1]) > 0.85


def test_pulls_add_up_to_the_position_exactly() -> None:
    _, told = fitted(2)
    np.testing.assert_allclose(told.pull.mean(axis=0).sum(axis=-1), told.mean.mean(axis=0), atol=1e-12)


def test_fewer_measurements_leave_more_doubt() -> None:
    _, y, errors = simulated(4, missing=0.0)
    scores, _, scale = factor.standardise(y)
    scores[0, 1:] = np.nan
    told = factor.estimate(scores, errors / scale, draws=200, rng=np.random.default_rng(0))
    spread = told.variance.mean(axis=0)
    assert spread[0] > 2 * np.median(spread[1:])


def test_a_copied_measurement_does_not_drive_its_noise_to_zero() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(30)
    y = np.stack([x, x, x + rng.standard_normal(30)], axis=1)
    theta = factor.fit(factor.standardise(y)[0], np.zeros_like(y))
    assert np.exp(theta[6:]).min() > 0.005


def test_the_same_seed_gives_the_same_positions() -> None:
    assert (fitted(1)[1].mean == fitted(1)[1].mean).all()


def test_a_measurement_that_does_not_vary_is_refused() -> None:
    with pytest.raises(ValueError, match="the same for all"):
        factor.standardise(np.array([[1.0], [1.0]]))
