"""How well chains mixed: effective sample size and R-hat of many quantities at once."""

from __future__ import annotations

import numpy as np

from detente.measurement.idealpoints.ballots import Floats


def effective_size(draws: Floats) -> Floats:
    """Effective number of independent draws (N,) from draws (N, chains, S).

    Autocorrelations combined over chains, summed by Geyer's initial monotone sequence (Vehtari et al. 2021,
    Bayesian Anal. 16:667, without ranks).

    >>> int(effective_size(np.random.default_rng(1).standard_normal((1, 4, 500)))[0]) > 1500
    True
    """
    _, chains, size = draws.shape
    within, total = _variances(draws)
    width = 1 << (2 * size - 1).bit_length()
    covariance = np.zeros((len(draws), size))
    for c in range(chains):
        centred = draws[:, c] - draws[:, c].mean(1, keepdims=True)
        power = np.abs(np.fft.rfft(centred, width, axis=1)) ** 2
        covariance += np.fft.irfft(power, width, axis=1)[:, :size] / size
    safe = np.where(total > 0, total, 1.0)[:, None]
    correlation = 1.0 - (within[:, None] - covariance / chains * size / (size - 1)) / safe
    correlation[:, 0] = 1.0
    even = correlation[:, : size - size % 2].reshape(len(draws), -1, 2).sum(2)
    positive = np.minimum.accumulate(even > 0, axis=1)
    falling = np.minimum.accumulate(np.where(positive, even, 0.0), axis=1)
    length = np.maximum(2.0 * falling.sum(1) - 1.0, 1.0 / np.log10(max(chains * size, 10)))
    return np.asarray(chains * size / length)


def r_hat(draws: Floats) -> Floats:
    """Split R-hat (N,) of draws (N, chains, S): 1 where every half of every chain tells the same (Gelman &
    Rubin).
    """
    half = draws.shape[2] // 2
    split = np.concatenate((draws[:, :, :half], draws[:, :, half : 2 * half]), axis=1)
    within, total = _variances(split)
    return np.asarray(np.sqrt(total / np.where(within > 0, within, 1.0)))


def _variances(draws: Floats) -> tuple[Floats, Floats]:
    """Mean variance within chains, and the variance estimate that adds the variance between them."""
    size = draws.shape[2]
    within = draws.var(2, ddof=1).mean(1)
    between = draws.mean(2).var(1, ddof=1) if draws.shape[1] > 1 else np.zeros(len(draws))
    return within, within * (size - 1) / size + between
