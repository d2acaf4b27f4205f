"""KTAB's files are read with their options, and written so that they read the same; all faults are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.errors import SimulationError
from detente.simulation.bargaining.actor_files import read_actor_file
from detente.simulation.bargaining.actors import Actors
from detente.simulation.bargaining.ktab_files import read_scenario, write_csv
from tests.simulation.made_actors import made

XML = """<?xml version="1.0"?>
<Scenario>
  <name>Two and a half</name> <desc>a test</desc> <prngSeed>03507583219545544127</prngSeed>
  <ModelParameters>
    <VictoryProbModel>Square</VictoryProbModel> <StateTransitions>Stochastic</StateTransitions>
  </ModelParameters>
  <Dimensions><dName>budget</dName><dName>flag</dName></Dimensions>
  <Actors>
    <Actor><name>A</name><description>first</description><capability>117.7</capability>
      <Position><dCoord>{first}</dCoord><dCoord>40</dCoord></Position>
      <Salience><dSal>32.5</dSal><dSal>20</dSal></Salience></Actor>
    <Actor><name>B</name><description>second</description><capability>93.2</capability>
      <Position><dCoord>75</dCoord><dCoord>100</dCoord></Position>
      <Salience><dSal>50</dSal><dSal>50</dSal></Salience></Actor>
  </Actors>
  <IdealAdjustment>
    <iaPair><adjustingIdeal>A</adjustingIdeal><referencePos>{other}</referencePos><adjust>0.25</adjust></iaPair>
    <iaPair><adjustingIdeal>A</adjustingIdeal><referencePos>A</referencePos><adjust>0.5</adjust></iaPair>
  </IdealAdjustment>
</Scenario>
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_xml_is_read_with_its_options_and_seed(tmp_path: Path) -> None:
    scenario = read_scenario(written(tmp_path, "two.xml", XML.format(first="12.5", other="B")))
    actors = scenario.actors
    assert (scenario.name, scenario.seed) == ("Two and a half", 3507583219545544127)
    assert (scenario.options.victory, scenario.options.transition) == ("Square", "Stochastic")
    assert (actors.names, actors.issues, scenario.about) == (
        ("A", "B"),
        ("budget", "flag"),
        ("first", "second"),
    )
    assert actors.position.tolist() == [[0.125, 0.4], [0.75, 1.0]]
    assert actors.capability.tolist() == [117.7, 93.2]
    assert actors.accommodation is not None
    assert actors.accommodation.tolist() == [[0.5, 0.25], [0.0, 1.0]]


def test_an_empty_cell_of_xml_is_named_with_actor_and_issue(tmp_path: Path) -> None:
    path = written(tmp_path, "two.xml", XML.format(first="", other="B"))
    with pytest.raises(SimulationError, match=r"two\.xml, actor 'A', 'budget': position is missing"):
        read_scenario(path)


def test_an_unknown_actor_in_an_adjustment_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "two.xml", XML.format(first="1", other="Bb"))
    with pytest.raises(SimulationError, match=r"names 'Bb', who is no actor\n.*did you mean 'B'"):
        read_scenario(path)


def test_csv_is_read_with_blanks_quotes_and_a_last_comma(tmp_path: Path) -> None:
    text = (
        'Name ,"A description, quoted", 2, 1,,\n'
        "Actor,Description,Power,Budget Position,Budget Salience,\n"
        "A,  first,   100.0,30,24.0, \n"
        'B, "second, too", 60.2,45,44.7\n\n'
    )
    scenario = read_scenario(written(tmp_path, "two.csv", text))
    assert (scenario.name, scenario.description) == ("Name", "A description, quoted")
    assert (scenario.actors.issues, scenario.about) == (("Budget",), ("first", "second, too"))
    assert scenario.actors.salience.ravel().tolist() == [0.24, 0.447]
    assert scenario.actors.accommodation is None


def test_every_fault_of_a_csv_is_told_with_its_line(tmp_path: Path) -> None:
    text = "Name,,3,1\nActor,Description,Power,P,S\nA,,1,5\nB,,1,101,20,7\n"
    with pytest.raises(SimulationError) as told:
        read_scenario(written(tmp_path, "bad.csv", text))
    places = [problem.where for problem in told.value.problems]
    assert places == ["bad.csv, line 3", "bad.csv, line 4", "bad.csv, line 1"]
    cells = "Name,,2,1\nActor,Description,Power,P,S\nA,,one,5,\nB,,1,101,20\n"
    with pytest.raises(SimulationError) as told:
        read_scenario(written(tmp_path, "cells.csv", cells))
    assert [problem.what for problem in told.value.problems] == [
        "capability is missing",
        "position is 1.01",
        "salience is missing",
    ]


@pytest.mark.parametrize(
    "text", ["", "one line\n", "name,about,few,1\nActor,,,,\n", "name,about,1.5,1\nActor,,,,\n"]
)
def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SimulationError, match="line 1"):
        read_scenario(written(tmp_path, "no.csv", text))
    with pytest.raises(SimulationError, match="is not XML"):
        read_scenario(written(tmp_path, "no.xml", text))
    with pytest.raises(SimulationError, match="cannot be read"):
        read_scenario(tmp_path / "none.csv")


def test_what_is_written_reads_the_same(tmp_path: Path) -> None:
    actors = made(7)
    write_csv(tmp_path / "made.csv", actors, name="made", description="made up")
    again = read_scenario(tmp_path / "made.csv")
    assert (again.name, again.description, again.actors.names) == ("made", "made up", actors.names)
    assert again.actors.issues == actors.issues
    for one, other in ((again.actors.position, actors.position), (again.actors.salience, actors.salience)):
        np.testing.assert_allclose(one, other, rtol=1e-14)
    np.testing.assert_allclose(again.actors.capability, actors.capability, rtol=1e-14)


def test_what_ktabs_csv_cannot_hold_is_told_before_writing(tmp_path: Path) -> None:
    actors = Actors(
        ["A, the first"],
        ["budget"],
        capability=[1],
        position=[[0.5]],
        salience=[[0.5]],
        accommodation=[[0.5]],
    )
    with pytest.raises(SimulationError) as told:
        write_csv(tmp_path / "made.csv", actors)
    assert len(told.value.problems) == 2 and not (tmp_path / "made.csv").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("two.xml", XML.format(first="12.5", other="B").replace("03507583219545544127", "1e5")),
        ("two.xml", XML.format(first="12.5", other="B").replace("03507583219545544127", "-1")),
        ("two.xml", XML.format(first="12.5", other="else")),
        ("two.xml", "<Scenario>"),
        ("two.csv", f"Two,a test,2,2,\n{'a' * 200_000},"),
        ("two.csv", "two,a test,1e400,2,\nActor,Description,Power,\n"),
    ],
    ids=["seed in powers", "seed below nought", "no actor", "cut short", "endless cell", "endless count"],
)
def test_what_no_scenario_holds_is_named_with_what_to_do(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(SimulationError) as caught:
        read_scenario(written(tmp_path, name, text))
    assert all(problem.where and problem.hint for problem in caught.value.problems)


@pytest.mark.parametrize("column", ["position", "salience", "capability", "position_low"])
def test_a_cell_of_a_plain_table_that_is_no_number_is_named(tmp_path: Path, column: str) -> None:
    head = "actor,issue,position,salience,capability,position_low,position_high"
    cells = dict(zip(head.split(","), ("A", "budget", "5", "50", "1", "0", "10"), strict=True))
    row = ",".join({**cells, column: "much"}.values())
    path = written(tmp_path, "actors.csv", f"{head}\n{row}\nB,budget,50,50,1,40,60\n")
    with pytest.raises(SimulationError, match=f"actor 'A', 'budget': {column} is 'much'") as caught:
        read_actor_file(path)
    assert caught.value.problems[0].hint == "give a number"


def test_a_plain_table_without_rows_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "actors.csv", "actor,issue,position,salience,capability\n")
    with pytest.raises(SimulationError, match="actor table: holds no rows"):
        read_actor_file(path)


@pytest.mark.parametrize(("row", "what"), [(",budget,0,50,1", "actor"), ("A,,0,50,1", "issue")])
def test_a_row_of_a_plain_table_without_a_name_is_named(tmp_path: Path, row: str, what: str) -> None:
    text = f"actor,issue,position,salience,capability\nB,budget,50,50,1\n{row}\n"
    with pytest.raises(SimulationError, match=f"row 2: names no {what}"):
        read_actor_file(written(tmp_path, "actors.csv", text))
