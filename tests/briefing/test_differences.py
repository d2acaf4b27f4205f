"""Two briefs compared: what changed, how far, and from what; and what is no brief at all."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from detente.briefing import Found, write_brief
from detente.briefing.differences import Difference, Held, compare, open_briefs
from detente.briefing.differences.causes import kinds_of
from detente.briefing.differences.telling import as_data, change_in_words, lists, markdown
from detente.briefing.formats import Made
from detente.commands import main
from detente.errors import EvidenceError
from detente.evidence import Evidence
from tests.briefing import ruritania_measures as invented
from tests.briefing.ruritania import Shelf, case_of
from tests.briefing.ruritania_measures import measures_of
from tests.briefing.ruritania_points import points

BALLOTS = {"source": "ballots", "vintage": "2020", "sha256": "b" * 64}


def number(
    what: str, value: float, *, mark: str = "estimated", half: float = 0.02, **more: Any
) -> dict[str, Any]:
    """Return a number of a brief; only estimates have intervals."""
    low, high = (value - half, value + half) if mark == "estimated" else (None, None)
    row = {"what": what, "unit": "index", "shown": f"{value:.2f}", "value": value, "low": low, "high": high}
    return {**row, "mark": mark, "source": "ballots", "section": "answer", **more}


def held(*numbers: dict[str, Any], answer: tuple[str, ...] = (), **more: Any) -> Held:
    """Return a brief in memory; `more` changes what it was made from."""
    made = {
        "case": {"name": "ruritania", "as_of": "2021-06-01", "digest": "a" * 64},
        "evidence": {"digest": "e" * 64, "inputs": [BALLOTS]},
        "seed": 0, "draws": {"intervals": 1000}, "code": "c" * 64, "versions": {"detente": "1", "numpy": "2"},
    }  # fmt: skip
    told = {
        "answer": [{"text": text, "form": text} for text in answer],
        "sections": [
            {
                "key": "unity",
                "title": "Unity",
                "sentences": [],
                "exhibits": ["unity"],
                "verdicts": {"held": "mixed"},
            }
        ],
        "gaps": ["Nothing on fish."],
    }
    outline = {**told, **more.pop("outline", {})}
    files = more.pop("files", {"numbers/unity.csv": "1"})
    return Held("somewhere", {**made, **more}, tuple(numbers), outline, files)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two briefs as written: another draw of luck, and votes that are less alike."""
    base = tmp_path_factory.mktemp("two")
    for name, seed, cohesion in (("one", 0, 0.8), ("two", 1, 0.6)):
        measures = measures_of(**{**points(), "cohesion": invented.cohesion(cohesion)})
        how = Made(("json", "md"), 1000)
        write_brief(case_of(), cast(Evidence, Shelf()), Found(measures), base / name, seed=seed, how=how)
    return base / "one", base / "two"


@pytest.fixture(scope="module")
def written(folders: tuple[Path, Path]) -> Difference:
    return compare(*open_briefs(folders))


def test_a_brief_is_the_same_as_itself(folders: tuple[Path, Path]) -> None:
    one, again = open_briefs((folders[0], folders[0]))
    found = compare(one, again)
    assert not found.changed
    assert found.verdict == "The briefs are the same."
    assert found.same == len(one.numbers) > 20


def test_a_folder_and_its_twin_say_the_same(folders: tuple[Path, Path]) -> None:
    folder, twin, page = open_briefs((folders[0], folders[0] / "brief.json", folders[0] / "brief.md"))
    assert folder.outline == twin.outline == page.outline
    assert folder.numbers == twin.numbers
    assert folder.made == twin.made
    assert not compare(folder, twin).changed


def test_a_fall_beyond_the_intervals_flips_the_sentence_that_told_it(written: Difference) -> None:
    fallen = [
        each
        for each in written.moved
        if each.after["what"].startswith("agreement index, Pact, All votes, Era 3")
    ]
    assert [each.beyond for each in fallen] == ["beyond"]
    assert fallen[0].change == pytest.approx(-0.2)
    flips = [(each.before, each.after) for each in written.reworded if each.section == "answer"]
    assert any("often vote alike" in before and "often vote alike" not in after for before, after in flips)
    assert "luck" in kinds_of(written.causes)
    assert {each.what for each in written.causes if each.kind == "luck"} == {"seed"}


def test_everything_that_is_listed_differs(written: Difference) -> None:
    for each in written.moved:
        assert any(each.before[key] != each.after[key] for key in ("value", "low", "high", "mark"))
        assert each.before["what"] == each.after["what"]
    assert all(each.before != each.after for each in written.reworded)
    assert ("table", "numbers/unity_over_time.csv", "rows differ") in {
        (each.kind, each.what, each.how) for each in written.parts
    }


def test_the_markdown_of_a_comparison_names_every_change(written: Difference) -> None:
    text = markdown(written)
    assert text.startswith("# What changed between two briefs")
    assert written.verdict in text
    assert text.count("\n| ") > len(written.moved)
    assert json.loads(json.dumps(as_data(written)))["changed"] is True


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"seed": 1}, "luck", "Only luck (seed and draws) differs"),
        ({"draws": {"intervals": 100}}, "luck", "Only luck"),
        ({"code": "d" * 64}, "code", "Only code differs"),
        ({"versions": {"detente": "1", "numpy": "3"}}, "code", "Only code"),
        ({"case": {"name": "ruritania", "as_of": "2021-06-01", "digest": "f" * 64}}, "case", "Only case"),
        ({"evidence": {"digest": "f" * 64, "inputs": []}}, "data", "Only data differs"),
    ],
)
def test_one_thing_that_differs_is_what_changed_it(changes: dict[str, Any], kind: str, said: str) -> None:
    found = compare(held(number("x", 0.5)), held(number("x", 0.9), **changes))
    assert kinds_of(found.causes) == (kind,)
    assert found.verdict.startswith(said)
    assert found.moved[0].causes == (kind,)
    unchanged = compare(held(), held(**changes))
    assert "nothing that is said changed" in unchanged.verdict


def test_several_things_that_differ_are_not_told_apart() -> None:
    found = compare(held(number("x", 0.5)), held(number("x", 0.9), seed=1, code="d" * 64))
    assert found.verdict.startswith("Code and luck (seed and draws) differ in the making")
    assert "one of them alone" in found.verdict


def test_numbers_that_differ_though_nothing_else_does_were_changed_by_hand() -> None:
    assert (
        "was changed after it was written" in compare(held(number("x", 0.5)), held(number("x", 0.6))).verdict
    )


@pytest.mark.parametrize(
    ("mark", "causes"),
    [
        ("sourced", ("data", "case", "code")),
        ("assumed", ("case", "code")),
        ("estimated", ("data", "case", "code", "luck")),
    ],
)
def test_a_mark_says_what_can_have_changed_a_number(mark: str, causes: tuple[str, ...]) -> None:
    other = {"digest": "f" * 64, "inputs": [{"source": "ballots", "vintage": "2021", "sha256": "b" * 64}]}
    case = {"name": "ruritania", "as_of": "2021-06-01", "digest": "f" * 64}
    one, two = number("x", 0.5, mark=mark), number("x", 0.9, mark=mark)
    found = compare(held(one), held(two, seed=1, code="d" * 64, case=case, evidence=other))
    assert found.moved[0].causes == causes


def test_a_source_that_is_the_same_changed_no_sourced_number() -> None:
    inputs = [{"source": name, "vintage": "2020", "sha256": "b" * 64} for name in ("ballots", "customs")]
    later = [inputs[0], {**inputs[1], "vintage": "2021"}]
    one = held(number("x", 1, mark="sourced"), evidence={"digest": "e", "inputs": inputs})
    two = held(number("x", 2, mark="sourced"), evidence={"digest": "f", "inputs": later}, seed=1)
    found = compare(one, two)
    assert found.moved[0].causes == ()
    told = next(iter(found.causes))
    assert (told.what, told.before[:4], told.after[:4]) == ("source customs", "2020", "2021")


@pytest.mark.parametrize(
    ("before", "after", "beyond"),
    [
        (number("x", 0.5), number("x", 0.6), "beyond"),
        (number("x", 0.5), number("x", 0.53), "within"),
        (number("x", 0.5), number("x", 0.5, half=0.1), "interval only"),
        (number("x", 1, mark="sourced"), number("x", 2, mark="sourced"), "no interval"),
        (number("x", 0.5), number("x", 0.5, mark="assumed"), "no interval"),
    ],
)
def test_a_change_stands_beside_the_intervals(
    before: dict[str, Any], after: dict[str, Any], beyond: str
) -> None:
    assert compare(held(before), held(after)).moved[0].beyond == beyond


def test_numbers_are_matched_by_what_they_are_wherever_they_stand() -> None:
    one = held(number("a", 0.1), number("b", 0.2), number("same", 0.3), number("same", 0.4))
    two = held(number("c", 0.5), number("same", 0.4), number("a", 0.1, section="unity"), number("same", 0.35))
    found = compare(one, two)
    assert [each["what"] for each in found.came] == ["c"]
    assert [each["what"] for each in found.went] == ["b"]
    assert [(each.before["value"], each.after["value"]) for each in found.moved] == [(0.3, 0.35)]
    assert found.same == 2
    unit = compare(held(number("a", 1)), held(number("a", 1, unit="count")))
    assert (len(unit.came), len(unit.went)) == (1, 1)


def test_sentences_that_only_moved_their_figures_are_counted() -> None:
    one, two = held(), held()
    two.outline["answer"].append({"text": "It is 5.", "form": "It is #."})
    one.outline["answer"].append({"text": "It is 4.", "form": "It is #."})
    found = compare(one, two)
    assert (found.refigured, found.reworded) == (1, ())
    assert found.changed


def test_sentences_are_paired_when_alike_and_else_come_and_go() -> None:
    before = ("They vote as one.", "Lowest stand Alpha and Beta.", "Old news.")
    after = ("They vote as one.", "Lowest stand Gamma and Beta.", "Something else entirely here.")
    found = compare(held(answer=before), held(answer=after)).reworded
    assert [(each.before, each.after) for each in found] == [
        ("Lowest stand Alpha and Beta.", "Lowest stand Gamma and Beta."),
        ("Old news.", ""),
        ("", "Something else entirely here."),
    ]


def test_verdicts_sections_gaps_and_tables_that_changed_are_named() -> None:
    section = {
        "key": "camps",
        "title": "Camps",
        "sentences": [],
        "exhibits": ["map"],
        "verdicts": {"held": "supported"},
    }
    later = held(
        outline={"sections": [section], "gaps": []}, files={"numbers/unity.csv": "2", "brief.html": "3"}
    )
    assert [(each.kind, each.what, each.how) for each in compare(held(), later).parts] == [
        ("verdict", "held", "mixed before, supported now"),
        ("section", "unity", "went"), ("section", "camps", "came"),
        ("exhibit", "unity", "went"), ("exhibit", "map", "came"),
        ("gap", "Nothing on fish.", "went"),
        ("table", "numbers/unity.csv", "rows differ"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "before", "after", "said"),
    [("share", 0.61, 0.55, "−6.0 points"), ("index", 0.5, 0.75, "+0.25"), ("count", 4, 3, "−1")],
)
def test_a_change_is_said_in_its_unit(unit: str, before: float, after: float, said: str) -> None:
    one, two = number("x", before, unit=unit), number("x", after, unit=unit)
    moved = compare(held(one), held(two)).moved[0]
    assert change_in_words(moved) == said


def test_what_lies_beyond_the_intervals_is_listed_first() -> None:
    one = held(number("a", 0.5), number("b", 0.5))
    two = held(number("a", 0.51), number("b", 0.9))
    assert [row["what"] for row in lists(compare(one, two))["numbers"]] == ["b", "a"]


def test_what_is_no_brief_is_refused_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.json").write_text("{}", encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(EvidenceError) as error:
        open_briefs((tmp_path / "empty", tmp_path / "gone", tmp_path / "note.json", tmp_path / "broken.json"))
    told = [each.what for each in error.value.problems]
    assert told == [
        "is no folder of a brief: it has no manifest.json", "is not there", "is not the JSON twin of a brief",
        "cannot be read (not JSON)",
    ]  # fmt: skip
    assert all("detente brief CASE" in each.hint for each in error.value.problems)


def spoilt(folder: Path, source: Path, **changes: Any) -> Path:
    """Return a copy of a brief's folder whose manifest says something else; None takes a key away."""
    manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    for key, value in changes.items():
        if value is None:
            del manifest[key]
        else:
            manifest[key] = value
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "numbers.json").write_bytes((source / "numbers.json").read_bytes())
    return folder


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"manifest": None}, "earlier version"),
        ({"manifest": 1}, "earlier version"),
        ({"manifest": 99}, "later version"),
        ({"outline": None}, "no whole brief"),
        ({"outline": {"answer": [], "sections": [{"key": "x"}], "gaps": []}}, "no whole brief"),
        ({"case": {"name": "x"}}, "no whole brief"),
        ({"evidence": "none"}, "no whole brief"),
        ({"files": {}}, "no whole brief"),
        ({"outline": {"answer": [{"text": 1, "form": []}], "sections": [], "gaps": []}}, "no whole brief"),
        ({"versions": [1]}, "no whole brief"),
        ({"seed": "x"}, "no whole brief"),
    ],
)
def test_a_manifest_of_another_version_or_cut_short_is_refused(
    tmp_path: Path, folders: tuple[Path, Path], changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(EvidenceError, match=told):
        open_briefs((folders[0], spoilt(tmp_path / "spoilt", folders[0], **changes)))


def test_briefs_of_different_cases_are_refused_unless_asked_for(
    tmp_path: Path, folders: tuple[Path, Path]
) -> None:
    case = {"name": "other", "as_of": f"{date(2021, 6, 1)}", "digest": "f" * 64}
    other = spoilt(tmp_path / "other", folders[0], case=case)
    with pytest.raises(EvidenceError, match=r"different cases: .*other(.|\n)*--across"):
        open_briefs((folders[0], other))
    found = compare(*open_briefs((folders[0], other), across=True))
    assert {each.kind for each in found.causes} == {"case"}


def test_numbers_changed_by_hand_are_told(tmp_path: Path, folders: tuple[Path, Path]) -> None:
    other = spoilt(tmp_path / "altered", folders[0])
    text = (other / "numbers.json").read_text(encoding="utf-8")
    (other / "numbers.json").write_text(text.replace('"value": ', '"value":  '), encoding="utf-8")
    assert "changed after it was written" in open_briefs((other,))[0].notes[0]


def test_a_comparison_changes_neither_brief(folders: tuple[Path, Path]) -> None:
    one, two = open_briefs(folders)
    before = copy.deepcopy((one, two))
    compare(one, two)
    assert (one, two) == before


def test_the_command_tells_writes_and_answers_in_json(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (str(each) for each in folders)
    for options, code in (((), 0), (("--json",), 0), ((str(tmp_path),), 2)):
        with pytest.raises(SystemExit) as left:
            main(["diff", one, *((two, "-o", str(tmp_path / "c.md")) if code == 0 else ()), *options])
        assert left.value.code == code
        told = capsys.readouterr()
        if code:
            assert "is no folder of a brief" in told.err
        elif options:
            assert json.loads(told.out)["changed"] is True
        else:
            assert "Numbers that changed" in told.out and "beyond" in told.out
    assert (tmp_path / "c.md").read_text(encoding="utf-8").startswith("# What changed")


def test_a_form_that_nobody_knows_is_refused_before_any_work(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["brief", "atlantic", "--format", "htlm,dvi"])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert "did you mean 'html'?" in told and "'dvi'" in told
