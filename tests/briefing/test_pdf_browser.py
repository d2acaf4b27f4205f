"""The brief as PDF, printed by the real browser: charts in it, the same bytes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.briefing.formats.pdf import NAMES, PLACES, printed
from tests.briefing.test_formats import written_as

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]


def test_a_page_is_printed_with_its_charts_and_the_same_bytes_again(tmp_path: Path) -> None:
    made = written_as(tmp_path / "brief", "html", "pdf")
    one = (made.folder / "brief.pdf").read_bytes()
    two = printed(made.page.read_text(encoding="utf-8"))
    assert one == two
    assert one.startswith(b"%PDF")
    bare = printed("<title>x</title><p>nothing</p>")
    assert len(one) > 5 * len(bare)
    assert b"D:20" not in one


def test_the_page_reaches_no_network(tmp_path: Path) -> None:
    held = printed("<img src='http://127.0.0.1:9/x.png'><p>still here</p>")
    assert held.startswith(b"%PDF")
    assert "chromium" in NAMES and PLACES
