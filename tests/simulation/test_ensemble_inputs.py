"""What futures cannot be drawn from is refused, with every mistake by name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.errors import ExecutorError, SimulationError
from detente.executors import How
from detente.simulation.ensemble import gathering
from detente.simulation.ensemble.ballots import Ballot, Payment, Size
from detente.simulation.ensemble.futures import Futures, Line
from detente.simulation.ensemble.running import draw, draw_share
from detente.simulation.ensemble.shocks import Shock
from tests.simulation.made_futures import NESTED, ONE, SIX, busy, dynamics_of, rule, still


def test_a_day_is_found_in_its_step_and_refused_outside() -> None:
    futures = replace(busy(), begins=date(2026, 1, 1))
    assert [futures.step_on(day) for day in (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))] == [
        1,
        1,
        2,
    ]
    for day in (date(2025, 12, 31), date(2030, 7, 1)):
        with pytest.raises(SimulationError, match="outside the window from 2026-01-01 to 2030-07-01"):
            futures.step_on(day)


def test_every_mistake_is_named_at_once() -> None:
    base = busy()
    ballot = replace(base.ballots[0], issue="ade", on=None, steps=(3, 3, 12), rule=rule(NESTED, ("AAA",)))
    with pytest.raises(SimulationError) as told:
        replace(
            base, ballots=(ballot, ballot), every=2,
            shocks=(
                Shock(
                    key="s", step=99, shift={("AAB", "aid"): np.nan}, chance=2, members={("AAA", "west"): 0.5}
                ),
            ),
            payments=(
                Payment(ballot="sanction", actor="AAA", size=1),
                Payment(ballot="sanctions", actor="FFF", size=1),
            ),
            lines=(Line("l", "aid", np.nan),),
        )  # fmt: skip
    words = str(told.value)
    for expected in (
        "9 steps cannot be recorded every 2", "sanctions: is named 2 times", "there is no issue 'ade'",
        "did you mean 'aid'?", "hold is of no covariate", "comes up 2 times at step 3",
        "step 12 lies outside", "step 99 lies outside", "there is no actor 'AAB'", "AAB, aid is nan",
        "chance 2 is not from 0 to 1",
        "membership is neither 0 nor 1", "there is no ballot 'sanction'", "no voter in sanctions 'FFF'",
        "line l: at is nan",
    ):  # fmt: skip
        assert expected in words, expected


def test_voters_who_are_no_actors_are_refused() -> None:
    dynamics = dynamics_of(actors=SIX[:3], issues=("aid",), start=0)
    ballot = Ballot(key="aid", rule=rule(NESTED, SIX[:4]), steps=(1,), issue="aid", cut=0.0, doubt=Size(0.1))
    with pytest.raises(SimulationError, match="there is no voter 'DDD'"):
        Futures(dynamics=dynamics, ballots=(ballot,), steps=1)


@pytest.mark.parametrize("steps", [0, -3, 2000])
def test_a_horizon_that_makes_no_sense_is_refused(steps: int) -> None:
    with pytest.raises(SimulationError, match="give 1 to 200"):
        Futures(dynamics=still([0]), steps=steps)


@pytest.mark.parametrize(
    ("years", "begins"), [(5.0, date(2026, 1, 1)), (0.5, date(2200, 1, 1)), (1.0, date(1600, 1, 1))]
)
def test_years_beyond_all_calendars_are_refused(years: float, begins: date) -> None:
    """200 steps of five years are a thousand."""
    with pytest.raises(SimulationError, match="begin and end between 1700 and 2250"):
        Futures(dynamics=still([0], years=years), steps=200, begins=begins)


def test_numbers_that_are_missing_are_named() -> None:
    with pytest.raises(SimulationError) as told:
        still([0, np.nan, 1], omega=np.array([0.1, np.nan]), influence=np.full((3, 3), 0.2), sigma_own=-1.0)
    words = str(told.value)
    for expected in (
        "start of draw 0, A01, aid: nan", "omega of draw 1, aid", "sigma_own of draw 0, A00, aid: -1",
        "influence on A00: adds up to 0.6",
    ):  # fmt: skip
        assert expected in words, expected
    base = busy()
    assert base.covariates is not None
    path = base.covariates.path.copy()
    path[4, 2, 1] = np.nan
    with pytest.raises(SimulationError, match="path of step 5, CCC, fear: nan"):
        replace(base, covariates=replace(base.covariates, path=path))
    with pytest.raises(SimulationError, match="oil, fear end after 5 of 9 steps"):
        replace(base, covariates=replace(base.covariates, path=path[:5]))
    with pytest.raises(SimulationError, match="oil of BBB: starts at 2, outside 0 to 1"):
        start = base.covariates.start.copy()
        start[1, 0] = 2
        replace(base, covariates=replace(base.covariates, start=start))
    with pytest.raises(SimulationError, match="oil, fear move positions, and nothing is said of them"):
        replace(base, covariates=None, shocks=(), ballots=(), payments=())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"draws": 0}, "0 futures"),
        ({"draws": 10, "how": How(jobs=0)}, "0 is fewer than one"),
        ({"draws": 10, "trajectories": -1}, "keep 1 to"),
    ],
)
def test_numbers_of_futures_that_make_no_sense_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises((SimulationError, ExecutorError), match=words):
        draw(Futures(dynamics=still([0]), steps=1), **given)


def test_a_share_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    futures = Futures(dynamics=still([0]), steps=1)
    with pytest.raises(ExecutorError, match="part 2 of 2"):
        draw_share(futures, (2, 2), draws=10, how=How(folder=tmp_path))
    with pytest.raises(ExecutorError, match="no folder to share"):
        draw_share(futures, (0, 2), draws=10, how=ONE)


@pytest.mark.parametrize(
    ("exact", "pilot", "words"),
    [
        (2**27, 9, "in 5 of 10 futures (the first: 1)"),
        (0, 9, "4 of 9"),
        (0, 1, "in at least 5 of 10 futures"),
    ],
)
def test_numbers_that_grow_beyond_bounds_are_an_error(
    monkeypatch: pytest.MonkeyPatch, exact: int, pilot: int, words: str
) -> None:
    """Every other draw pulls by three blocs beyond their means, and further with every step."""
    alpha = np.array([0.1, 1.0])[:, None, None] * np.ones((1, 3, 1))
    three: dict[str, Any] = {"blocs": ("one", "two", "three"), "membership": np.ones((2, 3)), "alpha": alpha}
    monkeypatch.setattr(gathering, "EXACT", exact)
    monkeypatch.setattr(gathering, "PILOT", pilot)
    with pytest.raises(SimulationError, match=re.escape(words)):
        draw(Futures(dynamics=still([0, 1], **three), steps=200, every=200), draws=10, how=ONE)
