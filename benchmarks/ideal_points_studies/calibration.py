"""Simulation-based calibration of both engines (Talts et al. 2018, arXiv:1804.06788).

Points, items and votes come from the prior; where draws are from the posterior, the rank of each true value
among them is uniform. Quantities of one replication hang together, so the chi-square test of the pooled ranks
is divided by the mean design effect (Rao & Scott 1981, J. Am. Stat. Assoc. 76:221).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.stats import chi2

from benchmarks.ideal_points_data import say
from benchmarks.ideal_points_studies.replicate import Floats, Setting, Tally, draw_votes, estimate, judge
from detente.measurement.idealpoints import Length, Prior, Spec
from detente.measurement.idealpoints.simulate import Design

BINS, DRAWS = 10, 99
"""Ranks among 99 draws fall evenly into 10 bins."""
PRIOR = Prior(cut=4.0)
"""Cuts that votes are drawn from and that are assumed alike; wider ones would leave most votes unanimous."""
SETTING = Setting(
    "25 actors, 6 sessions, 20 roll calls, logit",
    Spec(links="text", prior=PRIOR),
    PRIOR,
    Design(actors=25, sessions=6, roll_calls=20, cut=PRIOR.cut),
)
LENGTH = Length(chains=2, sweeps=800, warm_up=150, thin=4)


def calibrate(mirror: Path, runs: int) -> None:
    """Print rank histograms with tests, and coverage, for both engines on the same votes."""
    engines = {"fast": None, "sampler": LENGTH}
    ranks: dict[tuple[str, str], list[Floats]] = {}
    tallies = {engine: Tally() for engine in engines}
    for run in range(runs):
        votes, points = draw_votes(SETTING, run)
        for engine, length in engines.items():
            found = judge(estimate(SETTING, votes, run, length), points, run)
            tallies[engine].add(found.inside())
            for kind, values in found.ranks(DRAWS).items():
                ranks.setdefault((engine, kind), []).append(values)
    say(f"simulation-based calibration, {SETTING.name}, {runs} replications, {DRAWS} draws")
    for (engine, kind), by_run in ranks.items():
        say(f"  {engine}, {kind}: {uniformity(by_run)}")
    for engine, tally in tallies.items():
        say(f"  {engine}, coverage of 90 %: {tally.words()}")


def uniformity(ranks: list[Floats]) -> str:
    """Return the histogram in per cent of what is due, the greatest gap of the ECDF, and the corrected test.

    Bins with a star lie more than two standard errors (between replications) from what is due.
    """
    counts = np.array([np.histogram(values, BINS, (0.0, 1.0))[0] for values in ranks], float)
    sizes = counts.sum(1)
    total, runs = float(sizes.sum()), len(ranks)
    share = counts.sum(0) / total
    error = np.sqrt(((counts - sizes[:, None] * share) ** 2).sum(0) * runs / (runs - 1)) / total
    due = 1.0 / BINS
    effect = max(float(np.mean(error**2 * total / (due * (1.0 - due)))), 1.0)
    plain = total * float(((share - due) ** 2 / due).sum())
    chance = float(chi2.sf(plain / effect, BINS - 1))
    bars = " ".join(
        f"{100 * s / due:.0f}{'*' if abs(s - due) > 2 * e else ''}" for s, e in zip(share, error, strict=True)
    )
    gap, band = _ecdf_gap(counts)
    return f"[{bars}] ECDF gap {gap:.3f} (95 % band {band:.3f}), p = {chance:.3f}, design effect {effect:.1f}"


def _ecdf_gap(counts: Floats) -> tuple[float, float]:
    """Greatest gap of the ECDF from the diagonal, and the 95 % point of that gap over resampled runs."""
    runs = len(counts)
    even = np.arange(1, BINS) / BINS
    steps = counts.cumsum(1)[:, :-1]
    sizes = counts.sum(1)
    here = steps.sum(0) / sizes.sum()
    chosen = np.random.default_rng(0).integers(runs, size=(2000, runs))
    again = steps[chosen].sum(1) / sizes[chosen].sum(1)[:, None]
    return float(np.abs(here - even).max()), float(np.quantile(np.abs(again - here).max(1), 0.95))
