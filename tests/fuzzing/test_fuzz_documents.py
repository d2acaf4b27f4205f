"""Documents to read, and files of actors: KTAB's scenarios as CSV and XML, and plain tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import ReadingError, SimulationError
from detente.reading import draft, open_document
from detente.reading.draft_file import as_data, draft_text
from detente.simulation.bargaining.actor_files import read_actor_file
from detente.simulation.bargaining.ktab_files import read_scenario
from tests.fuzzing.damage import damaged
from tests.fuzzing.outcomes import fuzzed, tried, written

PAGE = (
    "<!doctype html><html><head><title>T</title><script>if (a < b) {}</script></head><body><h1>Report</h1>"
    "<p hidden>unseen</p><p>In 2021 Russia&rsquo;s exports to Germany fell by 12 %.</p><table><tr><td>1</td>"
    "</tr></table><p>France said on 3 March 2022 that NATO is <b>united</b>.<!-- no --></p></body></html>"
)
MARKDOWN = (
    "---\ntitle: T\n---\n# Unity\n\nIn 2021 *Germany* and [France](http://x) agreed in 80 percent of votes.\n"
    "\n"
    "- Poland warned that sanctions may lapse in May 2023.\n\n```\ncode\n```\n| a | b |\n"
)
TEXT = (
    "Russia cut gas to Poland in April 2022. According to the Commission, the EU imports fell by half.\n" * 3
)
DOCUMENTS = (PAGE.encode(), MARKDOWN.encode(), TEXT.encode(), TEXT.encode("utf-16"), TEXT.encode("cp1252"))
NAMES = ("d.txt", "d.md", "d.html", "d.htm", "d", "d.xml", "d.pdf", "d.TXT")


@fuzzed(12)
@given(held=damaged(DOCUMENTS), name=st.sampled_from(NAMES))
def test_a_damaged_document_is_drafted_from_or_named(tmp_path: Path, held: bytes, name: str) -> None:
    path = written(tmp_path, name, held)

    def drafted() -> Any:
        found = draft(open_document(path), when=2024)
        json.dumps(as_data(found), allow_nan=False, default=str)
        return found

    found = tried("documents", drafted, kind=ReadingError)
    if not isinstance(found, ReadingError):
        again = yaml.safe_load(draft_text(found))
        assert len(again["claims"] or ()) == len(found.claims)


@fuzzed(15)
@given(parts=st.lists(st.sampled_from(("<", ">", "</", "/>", "<p ", "a='",
       '"', "&#", "&amp", ";", "<!--", "-->", "<![",
       "]>", "<script>", "</script", " hidden", "9", "x", "\n", "Russia fell in 2021. ")),
       max_size=60))  # fmt: skip
def test_signs_of_markup_in_any_order_are_read(tmp_path: Path, parts: list[str]) -> None:
    path = written(tmp_path, "d.html", "".join(parts).encode())
    tried("documents", lambda: draft(open_document(path), when=2024), kind=ReadingError)


KTAB = (
    "Two,a test,2,2,\nActor,Description,Power,budget Position,budget Salience,flag Position,flag Salience,\n"
    "A,first,117.7,12.5,32.5,40,20,\nB,second,93.2,75,50,100,50,\n"
)
XML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<Scenario><name>Two</name><desc>a test</desc>'
    "<prngSeed>35</prngSeed>"
    "<ModelParameters><VictoryProbModel>Square</VictoryProbModel></ModelParameters>"
    "<Dimensions><dName>budget</dName></Dimensions>\n<Actors>"
    "<Actor><name>A</name><description>first</description><capability>117.7</capability>"
    "<Position><dCoord>12.5</dCoord></Position><Salience><dSal>32.5</dSal></Salience></Actor>\n"
    "<Actor><name>B</name><description>second</description><capability>93.2</capability>"
    "<Position><dCoord>75</dCoord></Position><Salience><dSal>50</dSal></Salience></Actor></Actors>\n"
    "<IdealAdjustment><iaPair><adjustingIdeal>A</adjustingIdeal><referencePos>B</referencePos>"
    "<adjust>0.25</adjust></iaPair></IdealAdjustment></Scenario>\n"
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>'
    "<Scenario><name>&e;</name></Scenario>"
)
PLAIN = (
    "actor,issue,position,salience,capability,position_low,position_high\nA,budget,0,50,1,0,10\n"
    "B,budget,55,50,3,40,60\nC,budget,100,50,2,90,100\n"
)


@fuzzed(15)
@given(
    held=damaged((KTAB.encode(), XML.encode(), LAUGHS.encode(), PLAIN.encode())),
    name=st.sampled_from(("s.csv", "s.xml", "s.txt")),
)
def test_a_damaged_file_of_actors_is_read_or_named(tmp_path: Path, held: bytes, name: str) -> None:
    path = written(tmp_path, name, held)
    tried("KTAB's scenarios", lambda: read_scenario(path), kind=SimulationError)
    tried("files of actors", lambda: read_actor_file(path), kind=SimulationError)
