"""CAMEO: the shipped table is the providers', and real events bear the scores that it says."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from detente.evidence.events.codes import PLOVER_TYPES, QUADS, by_wording, cameo
from detente.evidence.events.compiling import TARGET, compile_codes
from detente.evidence.events.formats import LAYOUTS
from detente.evidence.readers.cameo import wording


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.mirror
def test_the_shipped_table_is_what_the_providers_tables_say(mirror: Path, reference: Path) -> None:
    made = compile_codes(mirror, reference / "events" / "goldstein_mappings.csv")
    shipped = pd.read_csv(TARGET, dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(shipped, made.astype(str).astype(shipped.dtypes.to_dict()))


def test_icews_scores_every_real_event_by_its_scale(reference: Path) -> None:
    rows = rows_of(reference / "events" / "icews_2018_sample.tab")
    assert len(rows) == 3705
    assert sum(cameo()[row["CAMEO Code"]].icews == float(row["Intensity"]) for row in rows) == 3705
    assert sum(by_wording()[wording(row["Event Text"])] == row["CAMEO Code"] for row in rows) == 3705


def test_gdelt_scores_and_classes_every_real_event_by_its_scale(reference: Path) -> None:
    rows = rows_of(reference / "events" / "events2samp.tsv")
    assert len(rows) == 50
    assert sum(cameo()[row["EventCode"]].gdelt == float(row["GoldsteinScale"]) for row in rows) == 50
    assert sum(cameo()[row["EventCode"]].quad == int(row["QuadClass"]) for row in rows) == 50


@pytest.mark.mirror
def test_every_wording_of_the_samples_has_a_code(mirror: Path) -> None:
    texts: set[str] = set()
    for path in (mirror / "events").glob("icews_*.txt"):
        texts |= {line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()}
    assert len(texts) > 200
    assert [text for text in texts if wording(text) not in by_wording()] == []


def test_the_columns_of_gdelt_are_those_of_its_schema(reference: Path) -> None:
    with (reference / "events" / "gdelt2_events_schema.csv").open(encoding="utf-8", newline="") as handle:
        names = tuple(row["tableId"] for row in csv.DictReader(handle))
    assert LAYOUTS["gdelt2"].columns == names
    first = LAYOUTS["gdelt1"].columns
    assert [name for name in names if name not in first] == [
        f"{of}Geo_ADM2Code" for of in ("Actor1", "Actor2", "Action")
    ]
    assert LAYOUTS["gdelt1-backfile"].columns == first[:-1]


def test_a_class_follows_from_the_root_and_most_codes_have_a_type_of_plover_in_the_same_class() -> None:
    for each in cameo().values():
        assert each.code.startswith(each.root)
        assert each.quad_class == QUADS[each.quad - 1]
    typed = [each for each in cameo().values() if each.plover]
    same = [each for each in typed if each.plover in PLOVER_TYPES[each.quad - 1]]
    assert len(typed) > 270
    assert len(same) / len(typed) > 0.9


def test_the_two_providers_differ_where_they_are_known_to() -> None:
    both = [each for each in cameo().values() if None not in (each.icews, each.gdelt)]
    assert [each.code for each in both if each.icews != each.gdelt] == ["016", "124", "163", "164", "166"]
