"""The brief as PDF, printed by the real browser: charts in it, the same bytes again."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from detente.briefing.formats.pdf import printed
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


def test_the_browser_reaches_no_network_not_even_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        place = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert printed(f"<img src='{place}/x.png'><p>still here</p>").startswith(b"%PDF")
        with pytest.raises(TimeoutError):
            listening.accept()
