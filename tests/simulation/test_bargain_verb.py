"""The verb: every model by name, ranges drawn, files read and written, and all that is wrong told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente import bargain
from detente.errors import SimulationError
from detente.simulation.bargaining.actors import Actors, Perceptions
from detente.simulation.bargaining.challenge import Challenge
from detente.simulation.bargaining.models import MODELS
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.uncertain import Range, Uncertain
from detente.simulation.drawing import triangle


def table(**more: Any) -> pd.DataFrame:
    rows = {
        "actor": ["AAA", "BBB", "CCC", "DDD"], "issue": "budget", "position": [0, 30, 60, 100],
        "salience": [80, 40, 60, 90], "capability": [3, 1, 1, 2],
    }  # fmt: skip
    return pd.DataFrame({**rows, **more})


def outcomes(found: Any) -> list[float]:
    return [float(each) for each in found.outcome["outcome"]]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_answers_on_the_scale_and_says_what_it_is(model: str) -> None:
    found = bargain(table(), model=model)
    assert 0 <= outcomes(found)[0] <= 1
    assert MODELS[model].title in repr(found)
    assert set(found.positions.columns) == {"turn", "actor", "issue", "position"}
    assert found.outcome[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("model", MODELS)
def test_the_order_of_actors_changes_nothing(model: str) -> None:
    one = bargain(table(), model=model)
    turned = bargain(table().iloc[::-1], model=model)
    assert outcomes(one) == pytest.approx(outcomes(turned), abs=1e-12)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "rows",
    [
        {"position": 50},
        {"position": [0, 0, 100, 100]},
        {"salience": 0},
        {"capability": 0},
    ],
    ids=["consensus", "two blocs", "no salience", "no capability"],
)
def test_every_model_answers_at_the_edges(model: str, rows: dict[str, Any]) -> None:
    found = bargain(table(**rows), model=model)
    assert np.isfinite(outcomes(found)).all()
    if rows == {"position": 50}:
        assert outcomes(found) == pytest.approx([0.5])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("number", [1, 2])
def test_one_or_two_actors_are_enough(model: str, number: int) -> None:
    assert np.isfinite(outcomes(bargain(table().head(number), model=model))).all()


def test_the_weighted_mean_is_what_it_says() -> None:
    weight = np.array([3, 1, 1, 2]) * np.array([0.8, 0.4, 0.6, 0.9])
    assert outcomes(bargain(table())) == pytest.approx([(weight @ [0, 0.3, 0.6, 1]) / weight.sum()])


def test_ranges_become_intervals_that_hang_on_the_seed_alone() -> None:
    unsure = table(position_low=[0, 10, 40, 90], position_high=[20, 50, 80, 100])
    one, same, other = (bargain(unsure, draws=400, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.drawn, same.drawn) and not np.array_equal(one.drawn, other.drawn)
    told = one.outcome.iloc[0]
    assert told["low"] < told["outcome"] < told["high"]
    turned = bargain(unsure.iloc[::-1], draws=400, seed=1)
    assert np.allclose(np.sort(turned.drawn, axis=0), np.sort(one.drawn, axis=0), atol=1e-12)


@pytest.mark.parametrize("model", ["median", "challenge", "spatial"])
def test_ranges_work_with_models_that_are_run_one_by_one_and_in_batches(model: str) -> None:
    unsure = table(
        position_low=[0, 10, 40, 90], position_high=[20, 50, 80, 100], capability_low=1, capability_high=3
    )
    found = bargain(unsure, model=model, draws=40)
    assert found.drawn.shape == (40, 1)
    assert found.outcome["low"].iloc[0] <= found.outcome["high"].iloc[0]


def test_another_uncertain_input_does_not_change_what_is_drawn_of_the_first() -> None:
    actors = Actors(["A", "B"], ["i"], capability=[1, 1], position=[[0.2], [0.8]], salience=[[0.5], [0.5]])
    place = Range(np.array([[0.1], [0.7]]), np.array([[0.3], [0.9]]))
    care = Range(np.array([[0.4], [0.4]]), np.array([[0.6], [0.6]]))
    alone = Uncertain(actors, {"position": place}).draws(50, seed=3)
    both = Uncertain(actors, {"position": place, "salience": care}).draws(50, seed=3)
    assert np.array_equal(np.asarray(alone.positions), np.asarray(both.positions))


def test_draws_from_a_triangle_have_its_mean_and_stay_inside() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = triangle(u, np.array(0.1), np.array(0.2), np.array(0.9))
    assert drawn.mean() == pytest.approx(0.4, abs=1e-4)
    assert drawn.min() >= 0.1 and drawn.max() <= 0.9


def test_perceptions_are_for_the_spatial_model_and_change_what_comes_out() -> None:
    believed = np.tile([3.0, 1.0, 1.0, 2.0], (4, 1))
    believed[[0, 1, 3]] = [[0.1, 9.0, 9.0, 9.0], [9.0, 1.0, 1.0, 0.1], [0.1, 0.1, 0.1, 9.0]]
    seen = Perceptions(capabilities=believed)
    plain, fooled = bargain(table(), model="spatial"), bargain(table(), model="spatial", perceptions=seen)
    assert outcomes(plain) != outcomes(fooled)
    with pytest.raises(SimulationError, match="has none"):
        bargain(table(), perceptions=seen)


def test_options_are_those_of_the_model_as_objects_or_as_names() -> None:
    loose = bargain(table(), model="challenge", options=Challenge(rounds=1))
    assert outcomes(loose) == outcomes(bargain(table(), model="challenge", options={"rounds": 1}))
    assert bargain(table(), model="spatial", options=SpatialOptions(compat="ktab")).corrections == ()
    assert bargain(table(), model="spatial").corrections


def test_files_are_read_and_every_table_is_written(tmp_path: Path) -> None:
    table().to_csv(tmp_path / "mine.csv", index=False)
    found = bargain(tmp_path / "mine.csv", model="spatial")
    assert outcomes(found) == outcomes(bargain(table(), model="spatial"))
    written = found.write(tmp_path / "out")
    assert {path.name for path in written} == {
        "outcome.csv", "positions.csv", "actors.csv", "turns.csv", "challenges.csv",
    }  # fmt: skip
    again = pd.read_csv(tmp_path / "out" / "outcome.csv")
    assert again["outcome"].tolist() == pytest.approx(outcomes(found))


def test_a_scenario_of_ktab_s_is_read(reference: Path) -> None:
    found = bargain(reference / "bargaining" / "ktab_dummyData_3Dim.csv")
    assert list(found.outcome["issue"]) == ["Pstn1", "Pstn2", "Pstn3"]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"model": "spatail"}, "did you mean 'spatial'"),
        ({"options": Challenge()}, "takes none"),
        ({"model": "challenge", "options": SpatialOptions()}, "give Challenge"),
        ({"model": "challenge", "options": {"turns": 3}}, "the model takes hold, denominator"),
        ({"draws": 0}, "0 is no number of draws"),
        ({"model": "median", "options": 3, "draws": -1}, "takes none(.|\n)*no number of draws"),
    ],
)
def test_what_is_asked_wrongly_is_told_with_what_to_type(asked: dict[str, Any], what: str) -> None:
    with pytest.raises(SimulationError, match=what):
        bargain(table(), **asked)


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ({"position": [0, 30, 60, 101]}, "'DDD', 'budget': position is 1.01"),
        ({"position": [0, np.nan, 60, 100]}, "'BBB', 'budget': position is missing"),
        (
            {"salience": [80, 40, -1, 90], "position": [0, 30, 60, 200]},
            "position is 2.0(.|\n)*salience is -0.01",
        ),
        ({"capability": [1e30, 1, 1, 1]}, "capability is 1e"),
        ({"actor": ["AAA", "AAA", "CCC", "DDD"]}, "given more than once"),
        ({"position_low": [0, 0, 0, 0]}, "has position_low and no position_high"),
        ({"position_low": [0, 40, 0, 0], "position_high": 100}, "0.3 does not lie from 0.4 to 1"),
    ],
)
def test_cells_that_are_wrong_are_named(rows: dict[str, Any], what: str) -> None:
    with pytest.raises(SimulationError, match=what):
        bargain(table(**rows))


def test_what_holds_no_actors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match="holds no actors"):
        bargain(3)  # type: ignore[arg-type]
    with pytest.raises(SimulationError, match="cannot be read"):
        bargain(tmp_path / "none.csv")
    (tmp_path / "half.csv").write_text("actor,issue,position\nA,b,1\n")
    with pytest.raises(SimulationError, match=r"half.csv, actor table: has no column salience, capability"):
        bargain(tmp_path / "half.csv")
