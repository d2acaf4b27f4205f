"""Results that last: saved whole, opened as they were, made again, and what differs named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import detente
from detente import folders
from detente.cases import case_digest
from detente.commands import main
from detente.errors import EvidenceError, ResultError
from detente.folders import Result
from detente.results.comparing import compared
from detente.simulation.bargaining.models import MODELS
from detente.study import Study
from tests.results.made_study import studied
from tests.test_commands_advising import STRATEGIES
from tests.test_commands_projection import CASE

RANGES = pd.DataFrame(
    {
        "actor": ["A", "B", "C"], "issue": "budget", "position": [0, 55, 100], "salience": 50,
        "capability": [1, 3, 2], "position_low": [0, 40, 90], "position_high": [10, 60, 100],
    }
)  # fmt: skip
Save = Callable[[str], Path]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A study of a small case, with evidence of its own that the tests of this file share."""
    with studied(f"{CASE}{STRATEGIES}", tmp_path_factory.mktemp("saved")) as study:
        yield study


@pytest.fixture(scope="module")
def results(study: Study) -> dict[str, Result]:
    """One result of each kind."""
    return {
        "measures": study.measure(),
        "outlook": study.project("turn", draws=60, until=2020, trajectories=2),
        "advice": study.advise("berlin", draws=100),
        "bargain": detente.bargain(RANGES, model="spatial", options={"victory": "Square"}, draws=20, seed=3),
    }


@pytest.fixture(scope="module")
def kept(results: dict[str, Result], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each result, which no test changes."""
    home = tmp_path_factory.mktemp("kept")
    return {kind: result.save(home / kind) for kind, result in results.items()}


KINDS = ("measures", "outlook", "advice", "bargain")


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_opened_as_it_was_and_comes_out_the_same_again(
    kind: str, results: dict[str, Result], kept: dict[str, Path]
) -> None:
    result = results[kind]
    saved = detente.open(kept[kind])
    frames = result.content().tables
    assert saved.kind == kind and list(saved.frames()) == list(frames)
    for name, frame in frames.items():
        assert_frame_equal(saved.frame(name), frame, check_dtype=False)
    again = saved.replay()
    assert again.same and not again.changed and repr(again) == "the same bytes"


def test_arrays_case_and_options_are_kept(results: dict[str, Result], kept: dict[str, Path]) -> None:
    outlook: Any = results["outlook"]
    saved = detente.open(kept["outlook"])
    for name, wanted in outlook.data.items():
        assert saved.data[name].dims == wanted.dims and saved.data[name].to_numpy().tobytes() == (
            wanted.to_numpy().tobytes()
        )
    assert saved.data["time"].equals(outlook.data["time"])
    assert saved.trajectories is not None and saved.trajectories.sizes["future"] == 2
    assert saved.case is not None and case_digest(saved.case) == case_digest(outlook.case)
    assert saved.made["options"] == {"scenario": "turn", "until": "2021-01-01", "trajectories": 2}
    with pytest.raises(ResultError, match="there are no 'data'"):
        _ = detente.open(kept["advice"]).data
    with pytest.raises(ResultError, match="did you mean 'cohesion'"):
        saved.frame("cohesoin")


def test_saving_twice_gives_the_same_files_and_replaces(results: dict[str, Result], tmp_path: Path) -> None:
    first = results["bargain"].save(tmp_path / "one")
    before = {path.name: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    results["bargain"].save(first)
    assert before == {path.name: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_nothing_is_left_where_saving_fails(
    results: dict[str, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = results["bargain"].save(tmp_path / "one")
    before = (folder / "manifest.json").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "write_table", full)
    with pytest.raises(EvidenceError, match="disk is full"):
        results["bargain"].save(folder)
    assert (folder / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_other_files_are_not_overwritten(results: dict[str, Result], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for target in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(ResultError, match="name a folder"):
            results["bargain"].save(target)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_every_file_that_was_altered_or_is_missing_is_named(
    results: dict[str, Result], tmp_path: Path
) -> None:
    folder = results["bargain"].save(tmp_path / "one")
    (folder / "tables" / "outcome.csv").write_text("issue\nbudget\n", encoding="utf-8")
    (folder / "inputs.json").unlink()
    with pytest.raises(ResultError) as caught:
        detente.open(folder)
    told = [(Path(each.where).name, each.what) for each in caught.value.problems]
    assert told == [("inputs.json", "is missing"), ("outcome.csv", "was altered after it was written")]


def _edit(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    held = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    path.write_text(json.dumps(held), encoding="utf-8")


def test_a_manifest_that_was_altered_or_is_newer_is_refused(
    results: dict[str, Result], tmp_path: Path
) -> None:
    folder = results["bargain"].save(tmp_path / "one")
    _edit(folder, summary="something else")
    with pytest.raises(ResultError, match=r"manifest\.json: was altered"):
        detente.open(folder)
    _edit(folder, format=99, made={"versions": {"detente": "9.1"}})
    with pytest.raises(ResultError, match=r"was written by detente 9\.1, in form 99"):
        detente.open(folder)
    _edit(folder, format="x")
    with pytest.raises(ResultError, match="is not the manifest of a saved result"):
        detente.open(folder)
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ResultError, match="cannot be read"):
        detente.open(folder)
    for nothing in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ResultError, match="saved by"):
            detente.open(nothing)


def test_a_file_outside_the_folder_is_refused(results: dict[str, Result], tmp_path: Path) -> None:
    folder = results["bargain"].save(tmp_path / "one")
    held = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    held["files"]["../secret"] = "0" * 64
    _edit(folder, files=held["files"], seal=folders.seal(held))
    with pytest.raises(ResultError, match="lies outside the folder"):
        detente.open(folder)


def test_what_differs_on_another_version_is_named(
    results: dict[str, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = folders.versions()
    with monkeypatch.context() as earlier:
        earlier.setattr(folders, "versions", lambda: {**now, "detente": "0.0.9"})
        outlook: Any = results["outlook"]
        frame = outlook.frame("cohesion")

        def frames() -> dict[str, pd.DataFrame]:
            return {"cohesion": frame.assign(mean=frame["mean"] + 0.25 * (frame.index == 1)).iloc[:-1]}

        content = outlook.content()
        held = {**content.tables, **frames()}
        folder = folders.write_folder(
            folders.Content("outlook", "", held, content.made, content.arrays, content.texts), tmp_path / "o"
        )
    again = detente.open(folder).replay()
    assert not again.same and again.changed == ("versions: detente: 0.0.9, now 0.1.0",)
    assert again.files == ("tables/cohesion.csv",)
    (table,) = again.tables
    assert (table.table, table.gone, table.new) == ("cohesion", 0, 1)
    assert table.largest == pytest.approx(0.25) and table.where.startswith("mean of ")
    assert "largest difference 0.25" in repr(again) and "0.0.9, now 0.1.0" in repr(again)


def test_tables_are_compared_by_what_rows_are_called() -> None:
    old = pd.DataFrame({"actor": ["A", "B", "C"], "mean": [0.1, 0.2, float("nan")], "note": ["x", "y", "z"]})
    new = old.iloc[[2, 1, 0]].drop(columns="note").assign(extra=1.0)
    assert str(compared("t", old, new)) == "t: columns gone or new: extra, note"
    renamed = compared("t", old, old.assign(note=["x", "Y", "z"]))
    assert (renamed.gone, renamed.new) == (1, 1)
    twice = pd.DataFrame({"word": ["a", "a"], "mean": [0.1, 0.2]})
    by_place = compared("t", twice, twice.assign(word=["a", "b"], mean=[0.1, float("nan")]))
    assert by_place.words == 1 and by_place.largest == float("inf")


def test_the_command_opens_and_replays(
    results: dict[str, Result], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(results["bargain"].save(tmp_path / "one"))

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["open", *words])
        return int(left.value.code or 0), *capsys.readouterr()

    code, told, _ = run(folder, "--replay")
    assert code == 0 and "spatial model of politics" in told and told.endswith("the same bytes\n")
    code, told, _ = run(folder, "--replay", "--json")
    answer = json.loads(told)
    assert code == 0 and answer["replay"]["same"] and answer["tables"]["outcome"][0]["issue"] == "budget"
    (Path(folder) / "inputs.json").unlink()
    code, _, complaint = run(folder)
    assert code == 2 and "inputs.json: is missing" in complaint


@pytest.mark.parametrize("model", MODELS)
def test_a_bargain_by_any_model_comes_out_the_same_again(model: str, tmp_path: Path) -> None:
    rows = np.array([[0.5, 0.5, 0.0], [0.2, 0.6, 0.2], [0.0, 0.0, 1.0]])
    sure = RANGES.drop(columns=["position_low", "position_high"])
    result = detente.bargain(sure, model=model, options={"weights": rows} if model == "influence" else None)
    saved = detente.open(result.save(tmp_path / model))
    assert saved.replay().same and saved.frames().keys() == result.frames().keys()


@pytest.mark.parametrize("kind", KINDS)
def test_results_show_themselves_without_script(
    kind: str, results: dict[str, Result], kept: dict[str, Path]
) -> None:
    for shown in (results[kind], detente.open(kept[kind])):
        html = shown._repr_html_()
        assert html.startswith("<div><p><b>") and "<table" in html and "<script" not in html
