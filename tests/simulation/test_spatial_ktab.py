"""With compat="ktab" the spatial model does what KTAB's program does, turn by turn, faults included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.simulation.bargaining.actors import Actors
from detente.simulation.bargaining.corrections import corrections
from detente.simulation.bargaining.ktab_files import read_scenario
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.spatial import SpatialRun, run_spatial

EXAMPLES = ("SOE-Pol-Comp", "dummyData_3Dim")
CORRECTED = {"InitRcvrInterp", "PWCompInterp"}
"""Values of options under which KTAB's faults change the run of its example."""


def played(
    reference: Path, name: str, options: SpatialOptions
) -> tuple[SpatialRun, pd.DataFrame, pd.DataFrame]:
    """Our run of one of KTAB's examples, its positions, and its chances of each actor's position."""
    folder = reference / "bargaining"
    positions, chances = (
        pd.read_csv(folder / f"ktab_{name}_{kind}.csv", comment="#") for kind in ("positions", "pce")
    )
    actors = read_scenario(folder / f"ktab_{name}.csv").actors
    return run_spatial(actors, options=options), positions, chances


@pytest.mark.parametrize("compat", ["ktab", None])
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_turn_of_an_example_is_as_ktab_plays_it(reference: Path, name: str, compat: Any) -> None:
    run, positions, _ = played(reference, name, SpatialOptions(compat=compat))
    expected = positions["position"].to_numpy().reshape(-1, *run.final.shape)
    assert len(run.positions) == len(expected)
    np.testing.assert_allclose(100 * run.positions, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(100 * run.ideals.ravel(), positions["ideal"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_chance_of_each_position_is_as_ktab_reports_it(reference: Path, name: str) -> None:
    run, _, chances = played(reference, name, SpatialOptions(compat="ktab"))
    ours = run.chances.T.ravel()
    np.testing.assert_allclose(ours, chances["own_full"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours, chances["ktab_4dp"], rtol=0, atol=0.5e-4 + 1e-9)


def cases(reference: Path) -> Iterator[tuple[dict[str, Any], Actors]]:
    """Every recorded value of every option, with the actors it was played with."""
    held = json.loads((reference / "bargaining" / "ktab_smp_options.json").read_text())
    for case in held["cases"]:
        follow = None if case["identity_adjustment"] else held["ideal_adjustment"]
        yield (
            case,
            Actors(
                held["actors"],
                ["first", "second", "third"],
                capability=held["capability"],
                position=held["position"],
                salience=held["salience"],
                accommodation=follow,
            ),
        )


def test_every_value_of_every_option_is_as_ktab_plays_it(reference: Path) -> None:
    off = []
    for case, actors in cases(reference):
        if case["error"] or case["value"] == "ASymProsp":  # differs between runs of KTAB itself
            continue
        options = SpatialOptions.from_ktab({case["option"]: case["value"]}, compat="ktab")
        run = run_spatial(actors, options=options)
        gaps = [
            np.abs(run.positions[1] - case["positions_turn1"]).max(),
            np.abs(run.final - case["final_positions"]).max(),
        ]
        if len(run.positions) != case["states"] or max(gaps) > 1e-9:
            off.append((case["option"], case["value"], case["states"], len(run.positions), gaps))
    assert off == []


def test_corrections_change_only_the_runs_in_which_ktab_errs(reference: Path) -> None:
    changed = set()
    for case, actors in cases(reference):
        ours, theirs = (
            run_spatial(
                actors, options=SpatialOptions.from_ktab({case["option"]: case["value"]}, compat=compat)
            )
            for compat in (None, "ktab")
        )
        if ours.turns != theirs.turns or np.abs(ours.positions - theirs.positions).max() > 1e-9:
            changed.add(case["value"])
        assert theirs.corrections == () and len(ours.corrections) > 0
    assert changed == CORRECTED


def test_a_run_that_ktab_gives_up_goes_on_and_says_so(reference: Path) -> None:
    (case, actors), *more = [(case, actors) for case, actors in cases(reference) if case["error"]]
    assert (case["option"], case["value"], more) == ("BigRAdjust", "Full", [])
    options = SpatialOptions(risk_adjustment="Full")
    assert run_spatial(actors, options=options).ended == "settled"
    assert any("attitudes to risk as they are" in each for each in corrections(options))


def test_slow_jitter_is_reported_as_time_run_out(reference: Path) -> None:
    actors = next(actors for case, actors in cases(reference) if case["value"] == "Half")
    run = run_spatial(actors, options=SpatialOptions(risk_adjustment="Half"))
    assert (run.ended, run.turns) == ("out of time", 100)
    assert any("still move after 100 turns" in note for note in run.notes)
