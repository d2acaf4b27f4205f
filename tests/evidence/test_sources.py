"""The source registry: complete, true to the mirror, and strict."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from detente import files
from detente.errors import EvidenceError
from detente.evidence import Registry
from detente.evidence.filling import shipped_files
from detente.evidence.readers import reader

GOOD = """
sources:
  - id: toy
    title: Toy
    provider: Us
    citation: Us (2026)
    licence: CC0 1.0
    licence_basis: stated
    redistributable: true
    url: https://example.org
    reader: toy
    files:
      - name: toy.csv
"""


def registry_of(folder: Path, text: str) -> Registry:
    path = folder / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return Registry.load(path)


def test_every_source_says_who_under_which_terms_and_how_that_is_known() -> None:
    for source in Registry.load().sources:
        assert source.title and source.provider and source.citation and source.licence, source.id
        assert source.url and source.url.startswith("https://"), source.id


def test_what_may_not_be_passed_on_is_marked_so() -> None:
    registry = Registry.load()
    closed = {source.id for source in registry.sources if not source.redistributable}
    assert {"military", "arms", "events", "sanctions"} <= closed


def test_no_shipped_row_comes_from_a_source_that_may_not_be_passed_on() -> None:
    registry = Registry.load()
    shipped = {
        str(source)
        for _, path in shipped_files()
        for source in pd.read_csv(path, dtype=str)["source"].unique()
    }
    assert shipped
    assert [source for source in sorted(shipped) if not registry[source].redistributable] == []


def test_every_reader_is_registered_and_every_registered_reader_exists() -> None:
    assert all(callable(reader(str(source.reader))) for source in Registry.load().pullable)


@pytest.mark.mirror
def test_sizes_and_hashes_are_those_of_the_mirror(mirror: Path) -> None:
    wrong = [
        f"{source.id}/{file.name}"
        for source in Registry.load().pullable
        for file in source.files
        if file.sha256 is not None
        and (
            files.sha256(mirror / source.id / file.name) != file.sha256
            or (mirror / source.id / file.name).stat().st_size != file.bytes
        )
    ]
    assert wrong == []


@pytest.mark.mirror
def test_every_file_of_the_mirror_is_registered(mirror: Path) -> None:
    known = {f"{source.id}/{file.name}" for source in Registry.load().pullable for file in source.files}
    held = {str(path.relative_to(mirror)) for path in mirror.rglob("*") if path.is_file()} - {"README.md"}
    assert sorted(held - known) == []


def test_an_unknown_id_is_refused_with_a_suggestion_and_all_at_once() -> None:
    with pytest.raises(EvidenceError) as caught:
        Registry.load().choose(["opinoin", "vdme"])
    assert [problem.hint for problem in caught.value.problems] == [
        "did you mean 'opinion'?",
        "did you mean 'vdem'?",
    ]


def test_a_sound_registry_is_read(tmp_path: Path) -> None:
    assert registry_of(tmp_path, GOOD)["toy"].files[0].name == "toy.csv"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: toy.csv", "name: ../toy.csv", "leads out"),
        ("name: toy.csv", "name: /etc/passwd", "leads out"),
        ("name: toy.csv", "name: C:/toy.csv", "leads out"),
        ("url: https://example.org", "url: http://example.org", "not an https address"),
        ("licence_basis: stated", "licence_basis: hearsay", "general knowledge"),
        ("    reader: toy\n", "", "both files and a reader"),
        ("title: Toy", "titel: Toy", "titel"),
        ("- name: toy.csv", "- name: toy.csv\n      - name: toy.csv", "same name"),
        ("sources:", "sources: [", "not YAML"),
    ],
)
def test_a_faulty_registry_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(EvidenceError, match=said):
        registry_of(tmp_path, GOOD.replace(old, new))


def test_two_sources_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="same id: toy"):
        registry_of(tmp_path, GOOD + GOOD.split("sources:\n")[1])


def test_a_source_out_of_reach_says_where_to_get_it_and_where_to_put_it() -> None:
    said = Registry.load()["vdem"].how_to_get()
    assert "https://www.v-dem.net" in said and "vdem/" in said and "DETENTE_MIRROR=DIR" in said
    assert "--as undl_votes" in Registry.load()["undl_votes"].how_to_get()
