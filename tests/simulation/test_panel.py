"""The panel of positions: filter and smoother against textbooks, recovery, no leak, and faults by name."""

# Compiled functions carry no types, and cells of frames too many.
# mypy: disable-error-code="call-arg, call-overload, index, assignment"

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t as student

from detente.errors import SimulationError
from detente.simulation.bargaining.influence import friedkin_johnsen
from detente.simulation.panel.data import Panel
from detente.simulation.panel.fit import PanelFit, covariate_effect, filter_data, fit_panel
from detente.simulation.panel.forecast import forecast
from detente.simulation.panel.kernels import FIRST, centres, filter_panel, pull
from detente.simulation.panel.law import Law
from detente.simulation.panel.layout import Spec, tails
from detente.simulation.panel.shocks import common_shock
from detente.simulation.panel.smoothing import smooth_panel
from tests.simulation.made_panel import Truth, made_panel, plain_panel

Floats = NDArray[np.float64]


def plain_law(shock: float, *, blocs: int = 0, **more: Any) -> Law:
    """Return the law of a walk with normal shocks of one variance."""
    one, none = np.ones(1), np.zeros(1)
    law = Law(
        scale=np.array([shock]), scale_share=one, tail=one, tail_share=one, wild=none, wild_share=one,
        alpha=np.zeros(blocs), omega=0.0, common=np.zeros(blocs + 1), trust=0.0,
    )  # fmt: skip
    return law._replace(**more)


def textbook(reading: Floats, noise: Floats, shock: float) -> tuple[Floats, Floats, float]:
    """Kalman's filter of one series, as in Durbin & Koopman 2012, section 2.2; the first reading is given."""
    mean, variance, told = 0.0, FIRST, 0.0
    means, variances = [], []
    seen = False
    for y, r in zip(reading, noise, strict=True):
        variance += shock if seen else 0.0
        if not np.isnan(y):
            f = variance + r
            told += -0.5 * (np.log(2 * np.pi * f) + (y - mean) ** 2 / f) if seen else 0.0
            mean, variance = mean + variance / f * (y - mean), variance * (1 - variance / f)
            seen = True
        means.append(mean)
        variances.append(variance)
    return np.array(means), np.array(variances), told


def test_without_pulls_and_tails_the_filter_is_kalmans() -> None:
    rng = np.random.default_rng(0)
    reading = np.cumsum(0.2 * rng.standard_normal((12, 5)), axis=0)
    reading[rng.random(reading.shape) < 0.2] = np.nan
    sd = rng.uniform(0.05, 0.4, reading.shape)
    found = filter_panel(filter_data(plain_panel(reading, sd), np.zeros(0), 0.0), plain_law(0.04), True)
    told = [textbook(reading[:, i], sd[:, i] ** 2, 0.04) for i in range(5)]
    for i, (mean, variance, _) in enumerate(told):
        begun = np.cumsum(~np.isnan(reading[:, i])) > 0
        np.testing.assert_allclose(found.mean[begun, 0, i], mean[begun], atol=1e-12)
        np.testing.assert_allclose(found.variance[begun, 0, i], variance[begun], atol=1e-12)
    assert found.likelihood == pytest.approx(sum(likelihood for *_, likelihood in told), abs=1e-9)


def test_scales_of_which_one_is_beyond_doubt_have_its_centre() -> None:
    """Shares in logs so far apart that the ratio of two has no number."""
    for order in ([0, 1], [1, 0]):
        log_share, mean = np.array([[0.0], [-1000.0]])[order], np.array([[0.3], [5.0]])[order]
        assert centres(mean, log_share).tolist() == [0.3]


def test_one_step_of_the_smoother_mixes_the_gains_of_all_tails() -> None:
    """Kim's step: the mean moves by the mean gain; what gains differ by adds to the variance."""
    law = plain_law(0.5, tail=np.array([0.4, 3.0]), tail_share=np.array([0.7, 0.3]))
    found = filter_panel(
        filter_data(plain_panel(np.zeros((2, 1)), np.ones((2, 1))), np.zeros(0), 0.0), law, True
    )
    found.mean[:, 0, 0], found.variance[:, 0, 0] = [0.3, 1.4], [0.8, 0.6]
    found.kept[1, 0], found.moved[1, 0], found.blur[1, 0], found.tails[1, 0, 0] = 0.9, 0.2, 0.1, [0.6, 0.4]
    mean, variance = np.empty_like(found.mean), np.empty_like(found.variance)
    smooth_panel(found, law, np.zeros(1, dtype=np.int64), mean, variance)
    ahead = 0.9**2 * 0.8 + 0.5 * np.array([0.4, 3.0]) + 0.1
    gains, gap = 0.8 * 0.9 / ahead, 1.4 - 0.9 * 0.3 - 0.2
    share = np.array([0.6, 0.4])
    within = 0.8 + gains**2 * (0.6 - ahead)
    middle = share @ (0.3 + gains * gap)
    assert mean[:, 0, 0] == pytest.approx([middle, 1.4])
    spread = share @ (within + (0.3 + gains * gap) ** 2) - middle**2
    assert variance[:, 0, 0] == pytest.approx([spread, 0.6])


def test_the_smoother_gives_the_posterior_of_all_years_at_once() -> None:
    rng = np.random.default_rng(1)
    reading, sd = rng.standard_normal((6, 1)), np.full((6, 1), 0.3)
    reading[3] = np.nan
    panel = plain_panel(reading, sd)
    found = filter_panel(filter_data(panel, np.zeros(0), 0.05), plain_law(0.1), True)
    mean, variance = np.empty_like(found.mean), np.empty_like(found.variance)
    smooth_panel(found, plain_law(0.1), panel.first, mean, variance)
    ahead = np.arange(6)
    prior = FIRST + 0.1 * np.minimum.outer(ahead, ahead)
    here = ~np.isnan(reading[:, 0])
    gain = prior[:, here] @ np.linalg.inv(prior[np.ix_(here, here)] + 0.09 * np.eye(here.sum()))
    exact = 0.05 * ahead + gain @ (reading[here, 0] - 0.05 * ahead[here])
    np.testing.assert_allclose(mean[:, 0, 0], exact, atol=1e-10)
    np.testing.assert_allclose(variance[:, 0, 0], np.diag(prior - gain @ prior[here]), atol=1e-10)


def test_a_common_shock_enters_as_in_the_joint_normal() -> None:
    rng = np.random.default_rng(2)
    reading, sd = rng.standard_normal((2, 6)), rng.uniform(0.1, 0.3, (2, 6))
    member = np.tile(np.array([[1, 1, 1, 1, 0, 0]]).T.astype(float), (2, 1, 1))
    panel = plain_panel(reading, sd, blocs=("North",), member=member)
    law = plain_law(0.02, blocs=1, common=np.array([0.3, 0.2]))
    found = filter_panel(filter_data(panel, np.zeros(0), 0.0), law, True)
    before = FIRST * sd[0] ** 2 / (FIRST + sd[0] ** 2)
    start = FIRST / (FIRST + sd[0] ** 2) * reading[0]
    load = np.column_stack((member[0, :, 0] * 0.3, np.full(6, 0.2)))
    prior = np.diag(before + 0.02) + load @ load.T
    total = prior + np.diag(sd[1] ** 2)
    gap = reading[1] - start
    exact = -0.5 * (6 * np.log(2 * np.pi) + np.linalg.slogdet(total)[1] + gap @ np.linalg.solve(total, gap))
    gain = prior @ np.linalg.inv(total)
    assert found.likelihood == pytest.approx(exact, abs=1e-9)
    np.testing.assert_allclose(found.mean[1, 0], start + gain @ gap, atol=1e-10)
    np.testing.assert_allclose(found.variance[1, 0], np.diag(prior - gain @ prior), atol=1e-10)


def test_a_common_shock_takes_no_notice_of_one_that_is_far_off() -> None:
    shift, blur = np.empty(21), np.empty(21)
    residual = np.full(21, 0.2)
    residual[0] = 25.0
    held = [np.full(21, 0.01), np.zeros((21, 0)), np.array([0.3])]
    common_shock(residual, *held, 0.0, shift, blur)
    assert shift[0] > 1.0
    common_shock(residual, *held, 4.0, shift, blur)
    assert shift[0] == pytest.approx(0.2, abs=0.03)


def step(panel: Panel, x: Floats, *, alpha: Floats, omega: float) -> Floats:
    kept, moved = np.empty_like(x), np.empty_like(x)
    data = filter_data(panel, np.zeros(0), 0.0)
    pull(data, 0, alpha, omega, x, np.ones(len(x), dtype=bool), kept, moved)
    return np.asarray(kept * x + moved)


def test_influence_alone_settles_where_friedkin_and_johnsen_say() -> None:
    """Who listens to nobody never moves; all others end up between those, whatever the strength."""
    rng = np.random.default_rng(3)
    weights = rng.dirichlet(np.ones(7), 7)
    weights[[0, 1]] = 0.0
    x = start = rng.standard_normal(7)
    panel = plain_panel(np.zeros((1, 7)), np.ones((1, 7)), influence=weights[None])
    for _ in range(400):
        x = step(panel, x, alpha=np.zeros(0), omega=0.3)
    closed = np.where(np.arange(7)[:, None] < 2, np.eye(7), weights)
    openness = np.where(np.arange(7) < 2, 0.0, 1.0)
    limit = friedkin_johnsen(start[:, None], closed, openness).position[:, 0]
    np.testing.assert_allclose(x, limit, atol=1e-9)


def test_a_bloc_closes_ranks_at_its_rate_about_a_mean_that_stays() -> None:
    x = np.array([0.0, 1.0, 2.0, 9.0])
    member = np.array([1.0, 1.0, 1.0, 0.0])[None, :, None]
    panel = plain_panel(np.zeros((1, 4)), np.ones((1, 4)), blocs=("North",), member=member)
    moved = step(panel, x, alpha=np.array([0.1]), omega=0.0)
    np.testing.assert_allclose(moved, [0.1, 1.0, 1.9, 9.0])


def test_normals_of_a_students_shock_have_its_quantiles() -> None:
    factor, share = tails(3.0)
    drawn = np.random.default_rng(0).standard_normal((len(share), 20_000)) * np.sqrt(factor)[:, None]
    weight = np.repeat(share / 20_000, 20_000)
    order = np.argsort(drawn.ravel())
    below = np.cumsum(weight[order])
    for level in (0.6, 0.75, 0.9, 0.975):
        found = drawn.ravel()[order][np.searchsorted(below, level)]
        assert found == pytest.approx(student.ppf(level, 3.0), rel=0.06)


@pytest.fixture(scope="module")
def rich() -> tuple[Truth, Panel]:
    truth = Truth(
        own=0.06, unlike=0.5, dof=4.0, wild=0.01, drift=0.03, alpha=(0.06, 0.0), omega=0.03, beta=0.03,
        common=(0.08, 0.02, 0.02),
    )  # fmt: skip
    return truth, made_panel(truth, actors=90, years=24, seed=5)


@pytest.fixture(scope="module")
def fitted(rich: tuple[Truth, Panel]) -> PanelFit:
    return fit_panel(rich[1], Spec(influence=True))


def test_parameters_that_made_a_panel_are_found_again(rich: tuple[Truth, Panel], fitted: PanelFit) -> None:
    truth = rich[0]
    found = fitted.parameters()
    true = [
        truth.own, truth.unlike, 4.0, truth.wild, 1.0, truth.drift, *truth.alpha, truth.omega, truth.beta,
        *truth.common,
    ]  # fmt: skip
    inside = (found["low"] <= true) & (found["high"] >= true)
    assert fitted.converged and inside.sum() >= 11
    told = found.set_index("name")["estimate"]
    assert told["pull of North"] > 0.02 and told["change of seats"] == pytest.approx(0.03, abs=0.01)


def test_smoothed_positions_know_at_least_as_much_as_filtered_ones(fitted: PanelFit) -> None:
    known, smoothed = fitted.known(), fitted.smoothed()
    last = known["year"] == known["year"].max()
    np.testing.assert_allclose(smoothed.loc[last, "mean"], known.loc[last, "mean"])
    assert (smoothed["sd"] <= known["sd"] * 1.05).mean() > 0.9
    assert smoothed["sd"].mean() < 0.95 * known["sd"].mean()


def test_a_covariate_by_itself_has_the_effect_that_it_has_in_the_fit(
    rich: tuple[Truth, Panel], fitted: PanelFit
) -> None:
    panel = rich[1]
    bare = replace(fitted, panel=replace(panel, covariates=(), change=None))
    found = covariate_effect(bare, "seats", change=panel.tables[2][:, :, 0])
    row = fitted.parameters().set_index("name").loc["change of seats"]
    assert found.beta == pytest.approx(row["estimate"], abs=0.002) and found.gain > 10
    assert found.sd == pytest.approx((row["high"] - row["low"]) / 3.29, rel=0.25)


def test_forecasts_of_a_walk_have_the_variance_that_it_adds_up_to() -> None:
    fit = fit_panel(made_panel(Truth()), Spec.walk(), uncertain=False)
    told = forecast(fit, years=4, draws=4000, rng=np.random.default_rng(0)).positions
    again = forecast(fit, years=4, draws=4000, rng=np.random.default_rng(0)).positions
    shock = fit.layout.law(fit.z)[0].scale[0]
    exact = fit.filtered.variance[-1, 0] + shock * np.arange(1, 5)[:, None]
    assert told.tobytes() == again.tobytes()
    np.testing.assert_allclose(told.mean(axis=1), np.tile(fit.filtered.mean[-1, 0], (4, 1)), atol=0.03)
    np.testing.assert_allclose(told.var(axis=1) / exact, 1.0, atol=0.12)


@pytest.mark.parametrize("years", [0, 1000])
def test_forecasts_of_no_year_or_a_thousand_are_refused(fitted: PanelFit, years: int) -> None:
    with pytest.raises(SimulationError, match=f"{years} years ahead"):
        forecast(fitted, years=years, draws=10, rng=np.random.default_rng(0))


def test_faults_of_a_panel_are_named_all_at_once() -> None:
    reading = np.array([[0.0, np.inf, np.nan], [1.0, 0.0, np.nan]])
    sd = np.array([[0.1, 0.1, 0.1], [np.nan, 0.1, 0.1]])
    with pytest.raises(SimulationError) as raised:
        plain_panel(reading, sd, covariates=("seats",), change=np.full((2, 3, 1), np.nan))
    told = str(raised.value)
    assert "reading of 2000, a1" in told and "sd of 2001, a0" in told and "a2: has no reading" in told
    assert "change of 2000, a0, seats" in told
    with pytest.raises(SimulationError, match="2003 follows 2000"):
        Panel(actors=("a",), years=(2000, 2003), reading=np.zeros((2, 1)), sd=np.ones((2, 1)), source="made")
    with pytest.raises(SimulationError, match="covariate 'seat': is not in the panel"):
        fit_panel(made_panel(Truth()), Spec(covariates=("seat",)))


def test_a_panel_until_a_year_holds_nothing_of_later_ones() -> None:
    panel = made_panel(Truth())
    later = replace(panel, reading=np.where(np.array(panel.years)[:, None] > 2009, 99.0, panel.reading))
    one, other = panel.until(2009), later.until(2009)
    assert one.years[-1] == 2009
    np.testing.assert_array_equal(one.reading, other.reading)
    assert fit_panel(one, Spec.walk()).likelihood == fit_panel(other, Spec.walk()).likelihood
