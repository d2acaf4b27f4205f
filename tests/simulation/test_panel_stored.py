"""A stored fit says what the fit said, from tables alone, and without loading a compiler."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from detente.errors import SimulationError
from detente.simulation.panel.fit import PanelFit, fit_panel
from detente.simulation.panel.forecast import forecast
from detente.simulation.panel.layout import Spec
from detente.simulation.panel.stored import TABLES, Drawn, StoredFit
from tests.simulation.made_panel import Truth, made_panel


@pytest.fixture(scope="module")
def fit() -> PanelFit:
    panel = made_panel(Truth(unlike=0.4, dof=5.0, alpha=(0.05, 0.0)), actors=24, years=10)
    return fit_panel(panel, Spec(covariates=(), common=False))


@pytest.fixture(scope="module")
def stored(fit: PanelFit) -> StoredFit:
    return StoredFit(fit.estimate, fit.panel.tables[0][-1])


def drawn(stored: StoredFit, draws: int = 400) -> Drawn:
    return stored.draw(np.random.default_rng(1), draws)


def test_a_stored_fit_draws_what_the_fits_own_futures_start_from(fit: PanelFit, stored: StoredFit) -> None:
    """With the same random numbers, the first year of a forecast follows from the draws."""
    one = drawn(stored)
    rng = np.random.default_rng(1)
    told = fit.estimate.draw(rng, 400)
    start, scale = fit.estimate.draw_actors(told, rng)
    np.testing.assert_array_equal(one.start, start)
    np.testing.assert_array_equal(one.scale, scale)
    state = rng.bit_generator.state
    future = forecast(fit, years=1, draws=400, rng=np.random.default_rng(1)).positions[0]
    rng.bit_generator.state = state
    rng.standard_normal((400, 3))
    shock = rng.standard_t(one.dof[:, None], start.shape)
    inside = stored.member
    mean = one.start @ (inside / inside.sum(axis=0))
    pull = (one.alpha * mean) @ inside.T - one.start * (one.alpha @ inside.T)
    np.testing.assert_allclose(future, one.start + pull + one.drift + one.scale * shock, atol=1e-12)


def test_a_fit_comes_back_from_its_tables_up_to_their_rounding(stored: StoredFit) -> None:
    tables = stored.tables()
    assert {name: list(table) for name, table in tables.items()} == TABLES
    again = StoredFit.of_tables(tables)
    assert (again.actors, again.blocs, again.year, again.source) == (
        stored.actors, stored.blocs, stored.year, stored.source,
    )  # fmt: skip
    np.testing.assert_array_equal(again.member, stored.member)
    one, other = drawn(stored), drawn(again)
    for name in ("start", "scale", "alpha", "omega", "drift", "common", "dof"):
        here, there = getattr(one, name), getattr(other, name)
        assert here.shape == there.shape
        assert np.median(np.abs(here - there)) < 1e-3, name
    for name, table in again.tables().items():
        pd.testing.assert_frame_equal(table, tables[name], atol=2e-5)


def test_a_stored_law_without_tails_draws_normal_shocks() -> None:
    walk = fit_panel(made_panel(Truth(), actors=12, years=6), Spec.walk())
    one = drawn(StoredFit(walk.estimate, walk.panel.tables[0][-1]), 5)
    assert np.isinf(one.dof).all() and one.dof.shape == (5,)
    assert one.alpha.shape == (5, 2) and one.common.shape == (5, 3) and not one.common.any()
    assert one.omega.shape == one.drift.shape == (5, 1)


def test_what_the_backtest_said_goes_by_horizon_and_lasts_beyond_the_furthest(stored: StoredFit) -> None:
    assert not stored.default_is_walk(1) and stored.stretch(3) == 1.0
    scored = replace(stored, walks={1: True, 2: False}, stretches={1: 1.2, 2: 0.9})
    assert [scored.default_is_walk(horizon) for horizon in (1, 2, 30)] == [True, False, False]
    assert [scored.stretch(horizon) for horizon in (1, 2, 30)] == [1.2, 0.9, 0.9]
    with pytest.raises(SimulationError, match="0 years ahead"):
        scored.stretch(0)


def test_tables_that_are_no_fit_are_refused(stored: StoredFit) -> None:
    tables = stored.tables()
    with pytest.raises(SimulationError, match="stored fit: cannot be read"):
        StoredFit.of_tables({**tables, "positions": tables["positions"].drop(columns="sd")})
    with pytest.raises(SimulationError, match="fit the panel again"):
        StoredFit.of_tables({"fit": tables["fit"]})


def test_a_stored_fit_needs_no_compiler() -> None:
    script = "import sys, detente.simulation.panel.stored; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
