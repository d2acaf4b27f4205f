"""What was drawn in each future is what the engine used; what can be watched has a name of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.cases.agenda import Agenda
from detente.cases.blocs import Bloc
from detente.cases.decisions import Decision
from detente.simulation.ensemble.many import draw_many
from detente.simulation.ensemble.measures import Position
from detente.simulation.projection.preparing import Prepared, adding
from detente.strategy.campaign.failing import drawn, drivers
from detente.strategy.campaign.pulling import WHERE
from detente.strategy.campaign.states import Inputs, inputs, seen
from tests.simulation.small_world import agenda, alike, decision, item, strength
from tests.strategy.made_case import MEMBERS, MOVING, lever, levers, made, played, ready, sized

Floats = NDArray[np.float64]
PLACED = {actor: sized(0.5, 0.3, 0.7) for actor in (*MEMBERS, "RRR")}
UNSURE = agenda(
    blocs=["UNION"],
    items={"line": item({"by": "assumed", "values": PLACED, "reason": "Invented."}, alike(0.8))},
)
FUTURES = 1200
"""More than there are draws of parameters, so that some are used twice."""


def uncertain(**more: Any) -> Prepared:
    """Return a case in which starts, effects, sizes and chances are uncertain, and nothing else moves."""
    pulled = levers()
    pulled["squeeze"] |= {"low": 0.2, "high": 3.0, "chance": 0.6, "backlash": 0.3}
    pulled["oil"] = lever("east", title="Oil", change={"oil": {"CCC": 0.5}}, low=0.5, high=1.5)
    case = made(levers=pulled, **more)
    effect = {"line": sized(-0.2, -0.4, -0.1)}
    assert case.projection is not None
    driver = case.projection.drivers["oil"].model_dump(mode="json", exclude_none=True)
    case = made(levers=pulled, projection={"drivers": {"oil": {**driver, "effects": effect}}}, **more)
    return ready(case.model_copy(update={"agenda": Agenda.model_validate(UNSURE)}))


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """The uncertain case."""
    return uncertain()


def engine(prepared: Prepared, *keys: str, seed: int) -> Floats:
    """Return where members end with some levers pulled, as the engine has it, (futures, members)."""
    assert prepared.case.strategies is not None
    pulled = {key: prepared.case.strategies.levers[key] for key in keys}
    told = draw_many(
        [adding(prepared, pulled, where=WHERE)], measure=[Position(each, "line") for each in MEMBERS],
        draws=FUTURES, seed=seed,
    )  # fmt: skip
    return np.asarray(told.values[0])


def told(prepared: Prepared, *keys: str, seed: int) -> dict[str, Floats]:
    """Return what is said to have been drawn with some levers pulled."""
    assert prepared.case.strategies is not None
    pulled = {key: prepared.case.strategies.levers[key] for key in keys}
    held = inputs(prepared, adding(prepared, pulled, where=WHERE), draws=FUTURES, seed=seed)
    return dict(zip(held.names, held.values.T, strict=True))


@pytest.mark.parametrize("seed", [0, 5])
def test_starts_are_those_from_which_the_engine_begins(prepared: Prepared, seed: int) -> None:
    ends, held = engine(prepared, seed=seed), told(prepared, seed=seed)
    np.testing.assert_allclose(held["where The Union starts on Item"], ends.mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(held["where AAA starts on Item"], ends[:, 0], atol=1e-6)
    assert {f"where {each} starts on Item" for each in MEMBERS} < set(held)


@pytest.mark.parametrize("seed", [0, 5])
def test_sizes_are_those_by_which_the_engine_moves(prepared: Prepared, seed: int) -> None:
    still, moved = engine(prepared, seed=seed), engine(prepared, "squeeze", seed=seed)
    size = told(prepared, "squeeze", seed=seed)["size of: Squeeze"]
    np.testing.assert_allclose(moved[:, 2] - still[:, 2], -0.05 * size, atol=1e-6)
    assert (size == 0).mean() == pytest.approx(0.4, abs=0.05)
    assert (size < 0).sum() / (size != 0).sum() == pytest.approx(0.3, abs=0.05)


def test_effects_and_sizes_together_are_those_of_the_engine(prepared: Prepared) -> None:
    still, moved = engine(prepared, seed=1), engine(prepared, "oil", "squeeze", seed=1)
    held = told(prepared, "oil", "squeeze", seed=1)
    by_oil = held["effect of Oil on Item"] * 0.5 * held["size of: Oil"]
    np.testing.assert_allclose(moved[:, 2] - still[:, 2], by_oil - 0.05 * held["size of: Squeeze"], atol=1e-6)


def test_strengths_are_those_by_which_members_vote() -> None:
    """CCC votes for with chance Φ(0.1 / doubt), the others too: renewals pass less often the larger it is."""
    unsure = {"doubt": strength(0.2, 0.05, 0.5)}
    renewal = decision(title="Renewal", dates=["2016-01-15"], support=unsure)
    case = made().model_copy(update={"decisions": {"renewal": Decision.model_validate(renewal)}})
    found = played(ready(case), draws=2000)
    held = drawn(found, "squeeze", "nothing")
    strays = held.values[:, held.names.index("how far votes stray")]
    passes = found.outcomes[0, 0, :, 0] > 0
    low, high = np.quantile(strays, [0.25, 0.75])
    assert passes[strays < low].mean() > passes[strays > high].mean() + 0.15


def test_two_levers_of_one_title_keep_apart() -> None:
    same = levers()
    for key in ("squeeze", "bribe"):
        same[key] |= {"title": "Lever", "cost": {**sized(0.3, 0.1, 0.5), "unit": "points"}}
    names = drawn(played(ready(made(levers=same))), "all", "nothing").names
    assert {"cost of: Lever", "cost of: Lever (bribe, cost)"} <= set(names)
    assert len(set(names)) == len(names)


def test_what_does_not_vary_is_no_input() -> None:
    assert drawn(played(), "bribe", "nothing").names == ()
    assert Inputs(("a", "b"), np.array([[1.0, 2], [1, 3]])).of(np.array([0, 1])).names == ("b",)


def test_drivers_of_points_that_are_linear_in_one_input_are_that_input() -> None:
    wide = levers()
    wide["squeeze"] |= {"side": {"trade": sized(-1.0, -3.0, 0.0)}}
    rows = drivers(played(ready(made(levers=wide)), draws=1000), "squeeze").set_index("input")["value"]
    assert rows["what it does to “Trade”: Squeeze"] == pytest.approx(1.0, abs=0.02)
    assert rows["unexplained"] == pytest.approx(0.0, abs=0.02)


def test_drivers_are_of_points_as_they_are_and_not_of_differences() -> None:
    """Starts fall out of any difference from doing nothing, and are nearly all that drives points."""
    held = uncertain()
    rows = drivers(played(held, draws=400), "squeeze").set_index("input")["value"]
    starts = [name for name in rows.index if name.startswith("where")]
    assert rows[starts].sum() > 0.5


def test_signs_have_names_of_their_own_and_none_repeats_another() -> None:
    case = made(projection=MOVING)
    twin = {"title": "The same three", "members": list(MEMBERS), "reason": "Invented."}
    blocs = {**case.blocs, "TWIN": Bloc.model_validate(twin)}
    held = ready(case.model_copy(update={"blocs": blocs}))
    signs = seen(held, held.futures, draws=100, seed=0)
    assert signs.names == (
        "Item: mean of The Union", "Item: spread in The Union", "Oil: mean of The Union",
        "times that it failed: Renewal",
    )  # fmt: skip
    assert signs.values.shape == (100, 5, 4)
    failed = signs.values[..., 3]
    assert (np.diff(failed, axis=1) >= 0).all() and (failed[:, :2] == 0).all()
