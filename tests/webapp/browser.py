"""What tests of the live page in a browser share: the server, the browser, and a tab that listens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.webapp.live import Server, small_case

CHROMIUM = Path("/usr/bin/chromium")
ALONE = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
VIEWS = ("unity", "camps", "stance", "dependence", "whatif", "forum", "strategies", "claims", "sources")
SOON, SLOW = 8_000, 45_000

expect.set_options(timeout=SOON)


@pytest.fixture(scope="module")
def case_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("case") / "small.yaml"
    path.write_text(yaml.safe_dump(small_case(), sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(case_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    held = Server(case_file, tmp_path_factory.mktemp("cache"))
    held.start()
    held.get("/api/whatif?draws=300")
    held.warm([view for view in VIEWS if view != "strategies"], ["strategies"])
    yield held
    held.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(ALONE))
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page, with what its console said and what it asked of others than the server."""

    page: Page
    server: Server
    said: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def listen(self) -> Tab:
        """Begin to keep what is said and asked."""
        self.page.on("console", lambda told: self.said.append(f"{told.type}: {told.text}"))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda asked: self._asked(asked.url))
        return self

    def _asked(self, url: str) -> None:
        if not url.startswith((self.server.address, "data:", "blob:")):
            self.elsewhere.append(url)

    def open(self, path: str, state: str = "shown") -> Page:
        """Go to a view and wait until it is there."""
        self.page.goto(self.server.address + path)
        self.page.wait_for_selector(f"html[data-state={state}]", state="attached", timeout=SLOW)
        return self.page


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as held:
        held.set_default_timeout(SOON)
        yield held


@pytest.fixture
def tab(context: BrowserContext, server: Server) -> Tab:
    return Tab(context.new_page(), server).listen()
