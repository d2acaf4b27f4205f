"""Scores against closed forms, calibration on the past alone, no leak, and verdicts that go against us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import norm

from detente.errors import SimulationError
from detente.simulation.backtest.blocs import Series, summed
from detente.simulation.backtest.boards import MODEL, Plan
from detente.simulation.backtest.covariates import FORESEEN, KNOWN, UNTOUCHED, covariate_board
from detente.simulation.backtest.crossing import crossed, sides_now
from detente.simulation.backtest.foretelling import CROSS, FALL, Design, Foretold, Told, foretell
from detente.simulation.backtest.kernels import noisy_density, sample_crps
from detente.simulation.backtest.outcomes import line_to, outcome
from detente.simulation.backtest.predictive import Normal, Sampled, crps_normal, score_stretched
from detente.simulation.backtest.resampling import mean_interval
from detente.simulation.backtest.rolling import Backtest, calibrated, scored
from detente.simulation.backtest.scoreboard import (
    BOARD,
    UNTOLD,
    choose_default,
    compared,
    covered,
    event_board,
    scoreboard,
)
from detente.simulation.panel.data import Panel
from detente.simulation.panel.layout import Spec
from tests.simulation.made_panel import Truth, made_panel

Floats = NDArray[np.float64]


@given(st.floats(-3, 3), st.floats(0.1, 3), st.floats(-4, 4))
@settings(max_examples=12, deadline=None)
def test_the_score_of_a_normal_is_the_integral_that_defines_it(mean: float, sd: float, y: float) -> None:
    left = quad(lambda x: norm.cdf(x, mean, sd) ** 2, -40, y, limit=200)[0]
    right = quad(lambda x: (1 - norm.cdf(x, mean, sd)) ** 2, y, 40, limit=200)[0]
    found = crps_normal(np.array([mean]), np.array([sd]), np.array([y]))[0]
    assert found == pytest.approx(left + right, rel=1e-4, abs=1e-5)


def test_the_score_of_a_sample_is_that_of_what_it_is_drawn_from_however_small() -> None:
    rng = np.random.default_rng(0)
    truth = crps_normal(np.array([1.0]), np.array([2.0]), np.array([0.0]))[0]
    for size, many in ((2, 40_000), (20, 4_000)):
        sample = 1.0 + 2.0 * rng.standard_normal((size, many))
        out = np.empty(many)
        sample_crps(sample, np.zeros(many), out)
        assert out.mean() == pytest.approx(truth, abs=5 * out.std() / many**0.5)


def test_a_reading_of_a_sample_has_the_density_of_the_mixture() -> None:
    sample = np.array([[0.0], [1.0]])
    density, below = np.empty(1), np.empty(1)
    noisy_density(sample, np.array([0.04]), 0.25, 0.5, np.array([0.3]), density, below)
    sds = (0.2, np.sqrt(0.54))
    weights = (0.375, 0.125)
    exact = sum(w * norm.pdf(0.3, m, s) for m in (0, 1) for w, s in zip(weights, sds, strict=True))
    under = sum(w * norm.cdf(0.3, m, s) for m in (0, 1) for w, s in zip(weights, sds, strict=True))
    assert density[0] == pytest.approx(exact) and below[0] == pytest.approx(under)


def test_stretching_a_forecast_is_scoring_the_wider_one() -> None:
    rng = np.random.default_rng(1)
    y, mean = np.array([0.7, -0.8]), np.array([0.5, 0.0])
    one, wide = Normal(mean, np.array([1.0, 0.4])), Normal(mean, np.array([1.5, 0.6]))
    for name in ("crps", "log", "below"):
        np.testing.assert_allclose(getattr(score_stretched(one, y, 1.5), name), getattr(wide.score(y), name))
    draws = one.sample(40_000, rng)
    told = score_stretched(Sampled.of(draws), y, 1.5)
    np.testing.assert_allclose(told.crps, wide.score(y).crps, rtol=0.03)
    np.testing.assert_allclose(told.log, wide.score(y).log, atol=0.1)


def test_outcomes_are_put_on_the_scale_on_which_the_forecast_was_made() -> None:
    later = made_panel(Truth())
    earlier = replace(later.until(2010), reading=0.9 * later.until(2010).reading - 0.2)
    line = line_to(earlier, later)
    assert line.slope == pytest.approx(0.9) and line.shift == pytest.approx(-0.2)
    told, noise = outcome(earlier, later, year=2012, line=line)
    np.testing.assert_allclose(told, 0.9 * later.reading[12] - 0.2)
    there = ~np.isnan(told)
    np.testing.assert_allclose(noise[there], (0.9 * later.sd[12, there]) ** 2)
    assert np.isnan(outcome(earlier, later, year=2050, line=line)[0]).all()
    with pytest.raises(SimulationError, match="only 0 readings are in both"):
        line_to(replace(earlier, actors=tuple(f"b{n}" for n in range(len(earlier.actors)))), later)


def test_the_interval_of_a_mean_is_wider_where_neighbouring_origins_agree() -> None:
    rng = np.random.default_rng(2)
    years = np.repeat(rng.standard_normal(6), 4)
    rows = [(year, who, value) for year, value in enumerate(years) for who in range(30)]
    table = pd.DataFrame(rows, columns=["origin", "who", "value"])
    mean, low, high = mean_interval(table, block=4)
    _, close, far = mean_interval(table, block=1)
    assert mean == pytest.approx(years.mean()) and low < mean < high
    assert high - low > 1.4 * (far - close)
    assert mean_interval(table, block=4) == (mean, low, high)


def test_nothing_can_be_told_from_too_few_origins_however_clear_it_looks() -> None:
    rows = [(year, who, -1.0) for year in range(2000, 2006) for who in range(5)]
    table = pd.DataFrame(rows, columns=["origin", "who", "value"])
    assert compared(table, horizon=3, seed=0)[3] == "better"
    assert compared(table, horizon=4, seed=0) == (-1.0, -1.0, -1.0, UNTOLD)


def test_a_member_crosses_when_it_is_nearer_to_the_others() -> None:
    reading = np.array([[1.0, 1.2, 0.8, -1.0, -1.2]])
    member = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]], dtype=float)[None]
    panel = Panel(
        actors=tuple("abcde"), years=(2000,), reading=reading, sd=np.full((1, 5), 0.1), source="made up",
        blocs=("North", "South"), member=member,
    )  # fmt: skip
    side = next(iter(sides_now(panel, [("North", "South")])))
    assert side.who == ("a (North, South)", "b (North, South)", "c (North, South)")
    later = np.array([[1.0, 1.2, -0.5, -1.0, -1.2], [1.0, 1.2, 0.8, -1.0, -1.2]])
    assert crossed(side, later).tolist() == [[False, False, True], [False, False, False]]
    alone = next(iter(sides_now(panel, [("North", "e")])))
    assert alone.who[0] == "a (North, e)"
    with pytest.raises(SimulationError, match="'Nort': is no bloc and no actor"):
        list(sides_now(panel, [("Nort", "South")]))


def test_rules_for_a_bloc_go_by_its_own_series() -> None:
    told = Series(np.array([1.0, 1.1, 1.2, 1.3, 1.4])).forecasts(2)
    assert told["random walk"].mean[0] == 1.4 and told["random walk"].sd[0] == pytest.approx(0.2)
    assert told["random walk with drift"].mean[0] == pytest.approx(1.6)
    assert told["mean so far"].mean[0] == pytest.approx(1.2)
    assert Series(np.array([1.0, np.nan])).forecasts(1) == {}
    inside = np.array([True] * 4 + [False])
    assert np.isnan(summed(np.array([0.0, 1.0, np.nan, np.nan, 5.0]), inside)["bloc mean"])
    assert summed(np.array([0.0, 1.0, 2.0, 3.0, 50.0]), inside)["bloc mean"] == 1.5


@pytest.fixture(scope="module")
def whole() -> Panel:
    """A panel whose covariate moves positions the year after, so that it can be known in time."""
    panel = made_panel(Truth(own=0.1, noise=0.08, beta=0.15), actors=36, years=14, seed=3)
    change = panel.tables[2]
    early = np.concatenate((change[1:], np.zeros_like(change[:1])))
    return replace(panel, covariates=("seats", "rain"), change=np.concatenate((early, -early[::-1]), axis=2))


DESIGN = Design(models={MODEL: Spec.walk()}, years=3, draws=200, sides=(("North", "South"),), uncertain=False)


def backtest(panels: dict[int, Panel], latest: Panel, design: Design, *, first: int) -> Backtest:
    """Forecast from every origin in turn, and score."""
    told = {origin: foretell(panel, design) for origin, panel in panels.items()}
    return scored(panels, latest, told, first=first)


@pytest.fixture(scope="module")
def found(whole: Panel) -> tuple[dict[int, Panel], Backtest]:
    panels = {year: whole.until(year) for year in range(2007, 2013)}
    return panels, backtest(panels, whole, DESIGN, first=2009)


def said(told: Told) -> Floats:
    """Everything that was said at an origin, as numbers."""
    parts = [each.forecasts[h].centre for each in told.forecasts for h in range(3)]
    parts += [each.forecasts[h].half for each in told.forecasts for h in range(3)]
    return np.concatenate([*parts, *(each.chance.ravel() for each in told.events)])


def test_changing_data_after_an_origin_changes_nothing_that_is_said_there(
    whole: Panel, found: tuple[dict[int, Panel], Backtest]
) -> None:
    panels, before = found
    late = np.array(whole.years)[:, None] > 2010
    changed = replace(whole, reading=np.where(late, whole.reading[::-1] * 3 - 1, whole.reading))
    others = {year: changed.until(year) for year in panels}
    after = backtest(others, changed, DESIGN, first=2009)
    for origin in (2007, 2008, 2009, 2010):
        np.testing.assert_array_equal(said(before.told[origin]), said(after.told[origin]))
    assert not np.array_equal(said(before.told[2012]), said(after.told[2012]))
    keys = ["model", "quantity", "horizon"]
    one, other = (
        run.scores[run.scores["origin"] == 2010].drop_duplicates(keys)["factor"].to_numpy()
        for run in (before, after)
    )
    np.testing.assert_array_equal(one, other)


def test_no_table_of_later_years_enters_what_is_said(whole: Panel) -> None:
    """Members, partners and covariates, in a model that uses them all."""
    design = replace(DESIGN, models={MODEL: Spec(tails=False, unlike=False, wild=False, influence=True)})
    late = np.array(whole.years)[:, None, None] > 2009
    member, influence, change = whole.tables
    changed = replace(
        whole,
        member=np.where(late, member[:, :, ::-1], member),
        influence=np.where(late, influence[:, ::-1], influence),
        change=np.where(late, 5.0, change),
    )
    one = foretell(whole.until(2009), design)
    assert said(one).tobytes() == said(foretell(changed.until(2009), design)).tobytes()
    assert said(one).tobytes() != said(foretell(changed.until(2010), design)).tobytes()


def test_intervals_cover_what_they_say_on_data_that_obey_the_law() -> None:
    panel = made_panel(Truth(dof=4.0, drift=0.02), actors=160, years=14, seed=8)
    spec = Spec(unlike=False, wild=False, pull=False, common=False, covariates=())
    design = Design(models={MODEL: spec}, years=3, draws=400, uncertain=False)
    rows = backtest({2009: panel.until(2009), 2010: panel.until(2010)}, panel, design, first=2009).scores
    own = rows.query("model == @MODEL and quantity == 'position'")
    assert len(own) > 800
    for level, slack in ((0.5, 0.06), (0.8, 0.05), (0.95, 0.025)):
        assert covered(own["below_raw"], level) == pytest.approx(level, abs=slack)


@pytest.mark.parametrize("years", [0, 1000])
def test_no_year_ahead_and_a_thousand_are_refused(whole: Panel, years: int) -> None:
    with pytest.raises(SimulationError, match=f"{years} years ahead"):
        foretell(whole.until(2009), replace(DESIGN, years=years))
    assert [each.where for each in Plan(horizon=years).problems()] == ["horizon"]


def test_a_plan_names_everything_that_is_wrong_with_it() -> None:
    told = [str(each) for each in Plan(first=1985, calibrate=1990, horizon=16).problems()]
    assert [each.split(":")[0] for each in told] == ["calibrate", "first", "horizon"]
    assert "the panel begins in 1991" in told[0] and "give 1 to 15" in told[2]
    late = list(Plan(first=2019).problems(2019))
    assert len(late) == 1 and "readings end in 2019" in str(late[0]) and not list(Plan().problems(2019))


def test_the_same_seed_gives_the_same_bytes(whole: Panel) -> None:
    one, other = (foretell(whole.until(2009), DESIGN) for _ in range(2))
    assert said(one).tobytes() == said(other).tobytes()
    third = foretell(whole.until(2009), replace(DESIGN, seed=1))
    assert said(one).tobytes() != said(third).tobytes()


def narrowed(told: Told, by: float) -> Told:
    """The same forecasts with intervals that are too narrow."""
    forecasts = []
    for each in told.forecasts:
        normals = [forecast for forecast in each.forecasts if isinstance(forecast, Normal)]
        if normals:
            thin = tuple(Normal(forecast.mean, forecast.sd / by) for forecast in normals)
            forecasts.append(replace(each, forecasts=thin))
    return replace(told, forecasts=tuple(forecasts))


def test_intervals_are_stretched_by_what_earlier_ones_lacked(
    found: tuple[dict[int, Panel], Backtest],
) -> None:
    panels, run = found
    right = calibrated(panels, {year: narrowed(told, 1.0) for year, told in run.told.items()}, panels[2012])
    wrong = calibrated(panels, {year: narrowed(told, 1.5) for year, told in run.told.items()}, panels[2012])
    key = ("random walk", "position", 1)
    assert wrong[key] == pytest.approx(1.5 * right[key]) and right[key] == pytest.approx(1.0, abs=0.25)


def test_a_horizon_that_no_origin_has_reached_takes_the_factor_of_the_one_before(
    found: tuple[dict[int, Panel], Backtest],
) -> None:
    panels, run = found
    early = {year: told for year, told in run.told.items() if year <= 2009}
    factors = calibrated(panels, early, panels[2009])
    assert factors[MODEL, "position", 3] == factors[MODEL, "position", 1] != 1.0


def test_the_board_compares_on_the_same_forecasts_and_knows_its_yardstick(
    found: tuple[dict[int, Panel], Backtest],
) -> None:
    board = scoreboard(found[1].scores)
    assert list(board) == BOARD and set(board["quantity"]) == {"position", "bloc mean", "bloc spread"}
    own = board.query("quantity == 'position' and horizon == 1").set_index("model")
    assert own.loc["random walk", "verdict"] == "yardstick" and own.loc["bloc mean", "verdict"] == "worse"
    assert own.loc[MODEL, "crps"] == pytest.approx(own.loc["random walk", "crps"], rel=0.1)
    assert (own["less_low"] <= own["crps_less"]).all() and (own["crps_less"] <= own["less_high"]).all()
    with pytest.raises(SimulationError, match="'random wolk': was not run"):
        scoreboard(found[1].scores, yardstick="random wolk")


def test_events_are_scored_by_chance_and_outcome(found: tuple[dict[int, Panel], Backtest]) -> None:
    events = found[1].events
    assert set(events["event"]) == {FALL, CROSS} and events["chance"].between(0, 1).all()
    board = event_board(events)
    row = board.query("event == @FALL and horizon == 1 and model == @MODEL").iloc[0]
    held = events.query("event == @FALL and horizon == 1 and model == @MODEL")
    assert row["brier"] == pytest.approx(((held["chance"] - held["happened"]) ** 2).mean())


def test_where_the_model_is_not_better_the_default_is_whichever_is_calibrated() -> None:
    columns = ["quantity", "horizon", "model", "cover50", "cover80", "cover95", "verdict"]
    walk = ("random walk", 0.5, 0.8, 0.95, "yardstick")
    rows = []
    for horizon, cover, verdict in ((1, 0.6, "better"), (2, 0.6, "worse"), (3, 0.8, "cannot be told")):
        rows += [("position", horizon, MODEL, 0.5, cover, 0.95, verdict), ("position", horizon, *walk)]
    rows += [
        ("position", 4, MODEL, 0.5, 0.81, 0.95, "worse"),
        ("position", 4, "random walk", 0.4, 0.8, 0.9, ""),
    ]
    chosen: Any = choose_default(pd.DataFrame(rows, columns=columns)).set_index("horizon")
    assert chosen["default"].to_dict() == {1: MODEL, 2: "random walk", 3: "random walk", 4: MODEL}
    assert "is worse" in chosen.loc[2, "because"] and "off by 6.7% (panel)" in chosen.loc[2, "because"]


def test_a_covariate_that_moves_positions_helps_and_one_that_does_not_is_said_not_to(
    whole: Panel, found: tuple[dict[int, Panel], Backtest]
) -> None:
    panels, run = found
    told = covariate_board(panels, whole, run.told, first=2009)
    board: Any = told.set_index(["covariate", "change", "horizon"])
    assert board.loc[("seats", KNOWN, 1), "verdict"] == "better"
    assert board.loc[("seats", KNOWN, 1), "effect"] == pytest.approx(0.15, abs=0.05)
    assert "better" not in set(board.loc["rain"]["verdict"])
    assert board.loc[("seats", FORESEEN, 1), "crps_less"] > board.loc[("seats", KNOWN, 1), "crps_less"]


def test_a_covariate_that_never_changes_is_counted_and_said_to_touch_nothing(
    whole: Panel, found: tuple[dict[int, Panel], Backtest]
) -> None:
    panels, run = found
    still = np.zeros_like(whole.tables[2])
    none = {year: replace(panel, change=still[: len(panel.years)]) for year, panel in panels.items()}
    told = covariate_board(none, replace(whole, change=still), run.told, first=2009)
    assert len(told) == 2 * 2 * 3 and set(told["verdict"]) == {UNTOUCHED} and not told["forecasts"].any()
    assert told["effect"].abs().max() < 1e-6


def test_nothing_is_said_of_a_bloc_too_small_to_have_a_spread(whole: Panel) -> None:
    member = whole.tables[0].copy()
    member[:, 3:, 0] = 0
    told = foretell(replace(whole, member=member).until(2010), replace(DESIGN, sides=()))
    held: list[Foretold] = [each for each in told.forecasts if each.quantity == "bloc spread"]
    assert {each.who for each in held} == {("South",)} and set(told.falls) == {"South"}
    none = foretell(replace(whole, member=0 * member).until(2010), replace(DESIGN, sides=()))
    assert {each.quantity for each in none.forecasts} == {"position"} and not none.falls
