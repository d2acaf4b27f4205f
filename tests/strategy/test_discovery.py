"""Boxes: EMA Workbench's trajectory on published data, a plain PRIM, known shapes, and faults by name."""

# Cells of frames carry no types.
# mypy: disable-error-code="arg-type, call-overload, dict-item, operator"

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detente.errors import StrategyError
from detente.strategy.discovery.bagging import random_boxes
from detente.strategy.discovery.leaves import tree
from detente.strategy.discovery.samples import Kind, sample
from detente.strategy.discovery.stability import stability
from detente.strategy.discovery.trajectory import OBJECTIVES, Peeling, Trajectory, prim, search

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
TENTH = Peeling(peel_alpha=0.1)
# box: coverage, density, mass, restricted inputs, of EMA Workbench 3.0.0
PUBLISHED = {
    0: (1.000000, 0.100907, 1.000000, 0),
    10: (1.000000, 0.300676, 0.335601, 3),
    15: (0.921348, 0.482353, 0.192744, 4),
    20: (0.797753, 0.731959, 0.109977, 4),
    21: (0.752809, 0.770115, 0.098639, 4),
    27: (0.505618, 1.000000, 0.051020, 6),
}


@pytest.fixture(scope="module")
def ethanol(reference: Path) -> pd.DataFrame:
    """The runs of Bryant and Lempert (2010): nine inputs, and whether the cost is in the top tenth."""
    table = pd.read_csv(reference / "strategy" / "bryant_lempert_2010.csv")
    return table.iloc[:, [*range(2, 11), 15]]


@pytest.fixture(scope="module")
def found(ethanol: pd.DataFrame) -> Trajectory:
    x, y = ethanol.iloc[:, :9].to_numpy(), ethanol.iloc[:, 9].to_numpy()
    return prim(x, y, inputs=tuple(ethanol.columns[:9]), peeling=TENTH)


def corner(n: int, *, seed: int, noise: float = 0.03) -> tuple[Floats, Flags]:
    """Ten inputs of which three make a corner of mass 0.14, with some runs of interest elsewhere."""
    rng = np.random.default_rng(seed)
    x = rng.random((n, 10))
    inside = (x[:, 0] > 0.6) & (x[:, 1] < 0.5) & (x[:, 2] > 0.3)
    return x, inside | (rng.random(n) < noise)


def test_the_published_trajectory_is_reproduced_to_six_digits(found: Trajectory) -> None:
    frame = found.frame()
    assert len(frame) == 28
    told = frame.loc[list(PUBLISHED), ["coverage", "density", "mass", "restricted"]]
    np.testing.assert_allclose(told, list(PUBLISHED.values()), atol=5e-7)


def test_box_21_has_the_published_limits_and_quasi_p_values(found: Trajectory) -> None:
    assert found.choose(coverage=0.75, density=0.75).box == 21
    assert (found.size[21], found.hits[21]) == (87, 67)
    box = found.box(21).set_index("input")
    limits = {
        "Total biomass": (450, 755.799988),
        "Demand elasticity": (-0.422, -0.202),
        "Biomass backstop price": (150.049995, 199.600006),
        "Cellulosic cost": (72.650002, 133.699997),
    }
    assert set(box.index) == set(limits)
    np.testing.assert_allclose(box.loc[list(limits), ["low", "high"]], list(limits.values()), atol=1e-6)
    chances = [[np.nan, 4.716969e-06], [1.184930e-16, np.nan], [3.515113e-11, np.nan], [0.1574133, np.nan]]
    np.testing.assert_allclose(box.loc[list(limits), ["p_low", "p_high"]], chances, rtol=1e-6)


def test_smaller_peels_give_the_published_number_of_boxes(ethanol: pd.DataFrame) -> None:
    told = prim(ethanol.iloc[:, :9], ethanol.iloc[:, 9])
    assert len(told.size) == 52
    assert told.coverage[-1] == pytest.approx(0.528090, abs=5e-7)
    assert told.density[-1] == pytest.approx(0.959184, abs=5e-7)


def test_inputs_come_up_in_resamples_as_often_as_published(found: Trajectory) -> None:
    told = stability(found, 21, seed=1)
    often = told.frame().set_index("input")
    sure = ["Total biomass", "Demand elasticity", "Biomass backstop price"]
    assert (often.loc[sure, ["at_coverage", "at_density"]] >= 0.97).all(axis=None)
    assert often.loc["Cellulosic cost", "at_coverage"] == pytest.approx(0.8, abs=0.2)
    assert often.loc["Cellulosic yield", "at_coverage"] == pytest.approx(0.25, abs=0.2)
    assert often.loc["Electricity coproduction", "at_coverage"] == pytest.approx(0.15, abs=0.2)
    assert often.loc[["Oil elasticity", "Feedstock distribution"], "at_density"].max() <= 0.1
    shares = told.shares().set_index("share")
    assert shares.loc["density", "mean"] < found.density[21]
    assert (shares["low"] < shares["mean"]).all() and (shares["mean"] < shares["high"]).all()


def test_a_known_corner_is_found_by_its_three_inputs_and_no_other() -> None:
    x, y = corner(4000, seed=0)
    for told in (prim(x, y), prim(x, y, peeling=TENTH)):
        best = told.choose()
        assert best.reached
        box = told.box(best.box)
        assert box["input"].tolist() == ["input 1", "input 2", "input 3"]
        ends = [box["low"][0], box["high"][1], box["low"][2]]
        np.testing.assert_allclose(ends, (0.6, 0.5, 0.3), atol=0.06)
        assert told.mass[best.box] == pytest.approx(0.14, abs=0.03)
        again = stability(told, best.box, resamples=20)
        assert again.at_density[:3].tolist() == [1, 1, 1]
        assert again.at_density[3:].max() <= 0.1


def keeping(values: Floats, kind: str, alpha: float) -> Iterator[Flags]:
    """Yield what each cut of one input keeps: the upper slice off, the lower one, or one category."""
    if kind == "categorical":
        yield from (values != each for each in np.unique(values))
        return
    ordered = np.sort(values)
    at = (len(values) - 1) * (1 - alpha)
    below, above = ordered[int(np.floor(at))], ordered[int(np.ceil(at))]
    if below == above:
        below = ordered[ordered < above].max(initial=-np.inf)
    yield values <= (below + above) / 2
    at = (len(values) - 1) * alpha
    below, above = ordered[int(np.floor(at))], ordered[int(np.ceil(at))]
    if below == above:
        above = ordered[ordered > below].min(initial=np.inf)
    yield values >= (below + above) / 2


def plain(x: Floats, y: Floats, kinds: tuple[str, ...], alpha: float) -> list[tuple[int, int]]:
    """Rows and hits of the boxes of a PRIM written out plainly, one candidate after another."""
    rows, counts, cut = np.arange(len(y)), [(len(y), int(y.sum()))], set[int]()
    while True:
        best, score, column = rows, (0.0, False), -1
        for j, kind in enumerate(kinds):
            for keep in keeping(x[rows, j], kind, alpha):
                kept = rows[keep]
                if not 0 < len(kept) < len(rows):
                    continue
                gain = y[kept].sum() / len(kept) - y[rows].sum() / len(rows)
                now = (gain / (len(rows) - len(kept)), j in cut)
                if now > score:
                    best, score, column = kept, now, j
        if score[0] <= 0 or len(best) < 0.05 * len(y):
            return counts
        cut.add(column)
        rows = best
        counts.append((len(rows), int(y[rows].sum())))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([0.05, 0.1, 0.3]), st.integers(20, 200), st.booleans())
def test_boxes_equal_those_of_a_plain_prim(seed: int, alpha: float, n: int, tied: bool) -> None:
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.random((n, 2)), rng.integers(0, 6, n), rng.integers(0, 4, n)]).astype(float)
    x[:, 0] = np.round(x[:, 0], 1) if tied else x[:, 0]
    y = (x[:, 0] + 0.3 * (x[:, 3] == 2) + 0.4 * rng.random(n) > 0.8).astype(float)
    y[:2] = 0, 1
    kinds = ("real", "real", "integer", "categorical")
    held = {"input 3": kinds[2], "input 4": kinds[3]}
    told = prim(x, y, kinds=held, peeling=Peeling(peel_alpha=alpha))
    assert list(zip(told.size.tolist(), told.hits.tolist(), strict=True)) == plain(x, y, kinds, alpha)
    for place in range(len(told.size)):
        inside = told.inside(place)
        assert (inside.sum(), y[inside].sum()) == (told.size[place], told.hits[place])


def test_whole_numbers_have_whole_limits_and_categories_are_left_out_one_by_one() -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.integers(0, 10, 2000), rng.integers(0, 5, 2000), rng.random(2000)])
    y = (x[:, 0] >= 7) & np.isin(x[:, 1], (1, 3))
    told = prim(x, y, inputs=("years", "forum", "price"), kinds={"years": "integer", "forum": "categorical"})
    best = told.choose(coverage=0.99, density=0.99)
    assert best.reached
    box = told.box(best.box).set_index("input")
    assert box.loc["years", ["low", "high"]].to_list() == [7, 9]
    assert box.loc["forum", "values"] == (1.0, 3.0)
    assert np.isnan(box.loc["forum", "low"])
    assert box.loc["forum", "p_low"] < 1e-6
    assert told.inside(best.box, [[7, 3, 5.0], [6, 3, 0.5], [8, 2, 0.5]]).tolist() == [True, False, False]


def test_each_objective_peels_by_its_own_gain() -> None:
    x, y = corner(1000, seed=1)
    ends = {name: prim(x, y, peeling=Peeling(objective=name)) for name in OBJECTIVES}
    for told in ends.values():
        assert (np.diff(told.size) < 0).all()
        assert told.mass[-1] >= 0.05
    for name in ("lenient1", "lenient2"):
        assert (np.diff(ends[name].density) > 0).all()
    assert ends["original"].size[-1] < 55


def test_a_gain_times_the_runs_kept_prefers_to_cut_less() -> None:
    x = np.column_stack([np.repeat([0, 1], 50), np.repeat([0, 1, 1, 1], 25)]).astype(float)
    y = np.zeros(100)
    y[50:80] = 1
    y[40] = 1
    kinds: dict[str, Kind] = {"input 1": "categorical", "input 2": "categorical"}
    cut = {name: prim(x, y, kinds=kinds, peeling=Peeling(objective=name)).size[1] for name in OBJECTIVES}
    assert cut == {"lenient1": 50, "lenient2": 75, "original": 50}


def test_pasting_widens_the_last_box_and_makes_it_no_less_dense() -> None:
    x, y = corner(2000, seed=2)
    peeled = prim(x, y, peeling=Peeling(peel_alpha=0.3, mass_min=0.02))
    pasted = prim(x, y, peeling=Peeling(peel_alpha=0.3, mass_min=0.02, paste_alpha=0.05))
    more = len(pasted.size) - len(peeled.size)
    assert more > 0
    assert (np.diff(pasted.size[-more - 1 :]) > 0).all()
    assert (np.diff(pasted.density[-more - 1 :]) >= 0).all()
    for place in range(len(peeled.size) - 1, len(pasted.size)):
        inside = pasted.inside(place)
        assert (inside.sum(), y[inside].sum()) == (pasted.size[place], pasted.hits[place])


def test_pasting_takes_a_category_back() -> None:
    rng = np.random.default_rng(3)
    x = np.column_stack([rng.integers(0, 3, 500), rng.random(500)])
    y = x[:, 1] > 0.7
    held = prim(x, y, kinds={"input 1": "categorical"}, peeling=Peeling(mass_min=0.02, paste_alpha=0.1))
    assert held.coverage[-1] > 0.9


def test_the_choice_restricts_few_inputs_and_says_when_nothing_reaches_the_shares(found: Trajectory) -> None:
    few = found.choose(coverage=0.5, density=0.5)
    assert found.limits.restricted()[few.box].sum() == 4
    far = found.choose(coverage=1.0, density=1.0)
    assert not far.reached
    short = np.maximum(1 - found.coverage, 1 - found.density)
    assert short[far.box] == short.min()


def test_a_second_corner_is_found_among_the_runs_outside_the_first() -> None:
    x = np.random.default_rng(7).random((3000, 4))
    y = ((x[:, 0] > 0.5) & (x[:, 1] > 0.5)) | ((x[:, 2] < 0.3) & (x[:, 3] < 0.3))
    first = prim(x, y)
    one = first.choose(coverage=0.6, density=0.9)
    second = search(first.without(one.box), Peeling())
    two = second.choose(coverage=0.7, density=0.9)
    assert one.reached and two.reached
    told = [set(first.box(one.box)["input"]), set(second.box(two.box)["input"])]
    assert sorted(told, key=min) == [{"input 1", "input 2"}, {"input 3", "input 4"}]
    with pytest.raises(StrategyError, match="nothing left"):
        first.without(0)


def test_runs_without_an_outcome_are_counted_and_left_out() -> None:
    x, y = corner(500, seed=4)
    outcome = y.astype(float)
    outcome[:7] = np.nan
    told = prim(x, outcome)
    assert told.sample.dropped == 7
    np.testing.assert_array_equal(told.size, prim(x[7:], y[7:]).size)


def test_leaves_of_a_tree_hold_every_run_once_and_find_the_corner() -> None:
    x, y = corner(3000, seed=5)
    x[:, 9] = np.floor(3 * x[:, 9])
    leaves = tree(x, y, kinds={"input 10": "categorical"})
    held = np.array([leaves.inside(place) for place in range(len(leaves.size))])
    assert (held.sum(axis=0) == 1).all()
    for place in range(len(leaves.size)):
        inside = leaves.inside(place)
        assert (inside.sum(), y[inside].sum()) == (leaves.size[place], leaves.hits[place])
    assert (np.diff(leaves.density) <= 0).all()
    best = leaves.box(0).set_index("input")
    assert {"input 1", "input 2", "input 3"} <= set(best.index)
    np.testing.assert_allclose(best.loc["input 1", "low"], 0.6, atol=0.02)
    assert leaves.density[0] > 0.9


def test_a_tree_splits_off_categories() -> None:
    x = np.repeat(np.arange(4.0), 50)[:, None]
    leaves = tree(x, np.isin(x[:, 0], (1, 2)), kinds={"input 1": "categorical"})
    assert leaves.density.tolist() == [1, 1, 0] or leaves.density.tolist() == [1, 1, 0, 0]
    assert {leaves.box(0)["values"][0], leaves.box(1)["values"][0]} == {(1.0,), (2.0,)}


def test_no_random_box_beats_another_in_both_shares(found: Trajectory) -> None:
    bagged = random_boxes(found.sample, peeling=TENTH, repeats=30, seed=1)
    assert (np.diff(bagged.coverage) < 0).all()
    assert (np.diff(bagged.density) > 0).all()
    for place in (0, len(bagged.size) - 1):
        assert bagged.inside(place).sum() == bagged.size[place]
    again = random_boxes(found.sample, peeling=TENTH, repeats=30, seed=1)
    assert bagged.limits.low.tobytes() == again.limits.low.tobytes()


def test_random_boxes_keep_categories() -> None:
    rng = np.random.default_rng(6)
    x = np.column_stack([rng.random(400), rng.integers(0, 4, 400)])
    held = sample(x, (x[:, 0] > 0.5) & (x[:, 1] == 2), kinds={"input 2": "categorical"})
    bagged = random_boxes(held, repeats=10, some=2)
    best = bagged.box(bagged.choose().box).set_index("input")
    assert best.loc["input 2", "values"] == (2.0,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: prim(np.zeros((0, 2)), []), "shape"),
        (lambda: prim([[1.0], [2.0]], [1, 0, 1]), "one outcome per row"),
        (lambda: prim([[1.0], [2.0]], [1, 1]), "all of 2 runs"),
        (lambda: prim([[1.0], [2.0]], [0, np.nan]), "none of 1 runs"),
        (lambda: prim([[1.0], [2.0]], [np.nan, np.nan]), "NaN in every run"),
        (lambda: prim([[1.0], [2.0]], [0, 0.5]), "other than 0 and 1"),
        (lambda: prim([[1.0], [1.0]], [0, 1]), "input 1: is constant"),
        (lambda: prim([[1.0], [np.inf]], [0, 1]), "not finite in every run"),
        (lambda: prim([[1.0], [2.5]], [0, 1], kinds={"input 1": "integer"}), "not whole"),
        (lambda: prim([[1.0], [2.5]], [0, 1], inputs=("oil",), kinds={"olj": "integer"}), "no input 'olj'"),
        (lambda: prim([[1.0], [2.5]], [0, 1], inputs=("oil", "oil")), "2 names for 1 columns"),
        (lambda: Peeling(peel_alpha=0.0), "peel_alpha: 0 is out of range"),
        (lambda: Peeling(mass_min=0.9), "mass_min: 0.9 is out of range"),
        (lambda: tree([[1.0], [2.0]], [0, 1], mass_min=0), "mass_min"),
        (lambda: tree([[1.0], [2.0]], [0, 1], depth=0), "depth"),
        (lambda: prim([[1.0], [2.0]], [0, 1]).box(9), "boxes go from 0 to"),
        (lambda: prim([[1.0], [2.0]], [0, 1]).choose(coverage=75), "75 is no share"),
        (lambda: prim([[1.0], [2.0]], [0, 1]).inside(0, [[1.0, 2.0]]), "a column for each of input 1"),
        (lambda: stability(prim([[1.0], [2.0]], [0, 1]), 0), "ten of each"),
        (lambda: random_boxes(sample([[1.0], [2.0]], [0, 1]), some=3), "3 of 1 inputs"),
    ],
)
def test_faults_of_samples_and_settings_are_named(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(StrategyError, match=words):
        call()


def test_unknown_words_are_answered_with_the_nearest_known() -> None:
    with pytest.raises(StrategyError, match="did you mean 'categorical'"):
        prim([[1.0], [2.0]], [0, 1], kinds={"input 1": "categoric"})
    with pytest.raises(StrategyError, match="'lenient1'"):
        Peeling(objective="leniant1")
