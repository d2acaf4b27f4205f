"""Documents: what is read of them, what is not, and that no markup and no size brings harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import ReadingError
from detente.reading import draft, open_document
from detente.reading.document import LIMIT
from detente.reading.draft_file import draft_text
from detente.reading.markup import strip_html, strip_markdown
from tests.reading.documents import ARTICLE, PROMPT, document

PAGE = """<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"> <!ENTITY y "&x;&x;">]>
<html><head><title>Nothing of Russia</title>
<script src="http://example.org/x.js">alert("Russia failed.")</script>
<style>p { color: red } /* Russia failed. */</style></head>
<body onload="steal()"><!-- Hungary failed. --><h1>Unity</h1>
<p>On 20 February 2024 Rus<b>sia</b> &amp; its officials took part&nbsp;in
it.</p><p hidden>Poland failed.</p><div style="display:none">Spain failed.<div>x</div> Still hidden.</div>
<template>France failed.</template><svg><text>Italy failed.</text></svg>
<p>&x; &#72;ungary <a href="javascript:steal()" title="a > b">voted</a> against it.</p>
<iframe src="http://example.org">Malta failed.</iframe><img src=x onerror="steal()">
</body></html>"""


def test_a_page_is_read_as_its_readers_see_it(tmp_path: Path) -> None:
    found = draft(document(tmp_path, PAGE, "page.html"))
    assert [each.statement for each in found.claims] == [
        "On 20 February 2024 Russia & its officials took part in it.",
        "&x; Hungary voted against it.",
    ]
    assert [each.line for each in found.claims] == [6, 9]
    assert {row["code"] for row in found.actors} == {"RUS", "HUN"}
    assert any("no reader sees" in note for note in found.notes)
    assert "passwd" not in draft_text(found)


def test_markdown_keeps_its_lines_and_loses_its_marks(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Russia failed in 1999.\n---\n# Head\n\n```\nRussia failed in 1999.\n```\n"
        "1. *Hungary* [voted](http://example.org) against <b>it</b> in 2024.<script>Poland failed.</script>\n"
        "| Spain | failed. |\n\n> Poland ![Malta failed](x.png) abstained in 2024.\n"
    )
    found = draft(document(tmp_path, text, "note.md"))
    assert [(each.line, each.statement) for each in found.claims] == [
        (9, "Hungary voted against it in 2024."),
        (12, "Poland abstained in 2024."),
    ]


def test_invisible_characters_are_taken_out_and_counted(tmp_path: Path) -> None:
    found = draft(document(tmp_path, "Rus\u200bsia \u202evoted\u202c\x1b[31m against it in 2024\U000e0041."))
    assert found.claims[0].statement == "Russia voted[31m against it in 2024."
    assert any(note.startswith("5 invisible") for note in found.notes)


def test_instructions_in_a_document_are_a_sentence_like_any_other(tmp_path: Path) -> None:
    plain = draft(document(tmp_path))
    told = draft(document(tmp_path, f"{ARTICLE}\n{PROMPT}\n"))
    assert told.claims[:-1] == plain.claims
    assert told.claims[-1].statement == PROMPT
    assert {key: count for key, count in told.left.items() if plain.left[key] != count} == {}


def test_a_draft_cannot_be_broken_out_of(tmp_path: Path) -> None:
    import yaml

    hostile = (
        'Russia voted in 2024: "}\n]: !!python/object/apply:os.system ["x"] # &a *a | > %YAML --- Hungary.'
    )
    data = yaml.safe_load(draft_text(draft(document(tmp_path, hostile))))
    assert data["claims"]["claim_1_rus_hun"]["statement"] == " ".join(hostile.split())


@pytest.mark.parametrize(
    ("unit", "text"),
    [("<", "<" * 40_000), ("<a ", ""), ("<!--", ""), ("<![CDATA[", ""), ("<a x='", ""), ("<div>", ""),
     ("<p hidden>", ""), ("</", "</" * 40_000)],
)  # fmt: skip
def test_malformed_markup_that_repeats_is_read_to_its_end_in_one_pass(unit: str, text: str) -> None:
    """The standard library's parser needs minutes for some of these."""
    assert strip_html(unit * 40_000).text.strip() == text


def test_a_huge_reference_to_a_character_is_no_number() -> None:
    assert strip_html("&#" + "9" * 10_000 + ";").text == "\ufffd"
    assert strip_markdown("[" * 5_000).text == "[" * 5_000


def test_a_document_of_ten_megabytes_is_read_and_a_larger_one_refused(tmp_path: Path) -> None:
    (tmp_path / "large.txt").write_bytes(b"x" * LIMIT)
    assert len(open_document(tmp_path / "large.txt").text) == LIMIT
    (tmp_path / "larger.txt").write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(ReadingError, match=r"larger than 10 MB.*\n.*split it"):
        open_document(tmp_path / "larger.txt")


@pytest.mark.parametrize(
    ("name", "held", "told"),
    [
        ("paper.pdf", b"%PDF-1.7 x", "pdftotext -layout paper.pdf paper.txt"),
        ("paper.docx", b"PK\x03\x04x", "pandoc paper.docx"),
        ("paper.txt", b"%PDF-1.7 x", "is a PDF"),
        ("paper.xlsx", b"x", "of a kind that is not read"),
        ("paper.txt", b"a\x00b", "paper.txt: holds NUL bytes"),
        ("empty.txt", b" \n", "holds no text"),
        ("page.html", b"<script>x</script>", "holds no text"),
    ],
)
def test_what_is_no_text_is_refused_with_the_way_to_make_it_one(
    tmp_path: Path, name: str, held: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(held)
    with pytest.raises(ReadingError) as error:
        open_document(tmp_path / name)
    assert told in str(error.value)


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="cannot be read"):
        open_document(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("Türkiye voted in 2024.".encode("cp1252"), "Windows-1252"),
        ("Türkiye voted in 2024.".encode("utf-16"), "UTF-16"),
    ],
)
def test_another_encoding_is_read_and_told(tmp_path: Path, held: bytes, told: str) -> None:
    (tmp_path / "other.txt").write_bytes(held)
    found = draft(open_document(tmp_path / "other.txt"))
    assert found.claims[0].actors == ("TUR",)
    assert told in found.notes[0]
