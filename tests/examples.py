"""The documentation does what it says: every page is run from its first line to its last (`make examples`).

It takes minutes, so that it is no part of `make test`, which checks that all code parses and all commands are
understood. Pages on votes need the providers' files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.evidence.pulling import pull
from tests.conftest import find_mirror
from tests.docs_blocks import SHELL, blocks, pages, run_page, untold

VOTES = ("camps.md", "ideal-points.md", "event-study.md", "providers-files.md")
"""Pages that speak of votes or events, which detente does not ship."""
PULLING = ("README.md",)
"""Pages that pull what they need themselves."""
RUN = [page for page in pages() if any(block.language in ("python", *SHELL) for block in blocks(page))]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = find_mirror()
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DETENTE_MIRROR", raising=False)
    if page.name in (*VOTES, *PULLING):
        if mirror is None:
            pytest.skip("the providers' files are not at hand: let DETENTE_MIRROR name their folder")
        monkeypatch.setenv("DETENTE_MIRROR", str(mirror))
    if page.name in VOTES:
        pull(["unga_votes", "unga_ideal_points", "events"])
    (tmp_path / "here").mkdir()
    assert untold(page, run_page(page, tmp_path / "here")) == []
