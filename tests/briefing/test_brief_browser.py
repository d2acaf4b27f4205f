"""The page in a real browser: charts drawn, no request, nothing in the console, no overflow on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from detente.briefing import Brief
from tests.accessibility import barriers
from tests.briefing.ruritania import write
from tests.briefing.ruritania_camps import camps
from tests.briefing.ruritania_outcomes import case, outcomes

CHROMIUM = Path("/usr/bin/chromium")
ALONE = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
MARKS = ".mark-symbol path, .mark-rect path, .mark-line path, .mark-rule line"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    return write(tmp_path_factory.mktemp("browser") / "brief", case=case(), outcomes=outcomes(), **camps())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(ALONE))
        yield browser
        browser.close()


def opened(
    chromium: Browser, brief: Brief, *, width: int, scripts: bool = True
) -> tuple[Page, list[str], list[str]]:
    """Return the page at some width, what the console said, and what it asked for besides itself."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(brief.page.as_uri())
    if scripts:
        page.wait_for_function("document.documentElement.dataset.charts", timeout=20_000)
    return page, said, [url for url in asked if url != brief.page.as_uri()]


def test_all_charts_are_drawn_without_a_request_or_a_complaint(chromium: Browser, brief: Brief) -> None:
    page, said, asked = opened(chromium, brief, width=1280)
    assert page.evaluate("document.documentElement.dataset.charts") == "drawn"
    places = page.locator("[data-spec]")
    assert places.count() >= 8
    for place in places.all():
        assert place.locator("svg").count() == 1
        assert place.locator(MARKS).count() > 0
    assert said == []
    assert asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out_by_names_roles_contrast_or_headings(
    chromium: Browser, brief: Brief, scheme: Literal["light", "dark"]
) -> None:
    with chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(brief.page.as_uri())
        page.wait_for_function("document.documentElement.dataset.charts", timeout=20_000)
        assert barriers(page) == []


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_nothing_is_wider_than_the_window(chromium: Browser, brief: Brief, width: int) -> None:
    page, _, _ = opened(chromium, brief, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in page.locator("[data-spec] svg").all():
        box = place.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width + 1


def test_a_tooltip_shows_under_the_policy(chromium: Browser, brief: Brief) -> None:
    page, said, _ = opened(chromium, brief, width=1280)
    page.locator("#unity_over_time .mark-symbol path").first.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert "roll calls" in page.locator("#vg-tooltip-element").inner_text()
    assert said == []


def test_the_map_and_the_bands_tell_who_under_the_policy(chromium: Browser, brief: Brief) -> None:
    page, said, _ = opened(chromium, brief, width=1280)
    for mark, told in ((".mark-shape path", "camp"), (".mark-area path", "who")):
        figure = "#camps_map" if "shape" in mark else "#camps_over_time"
        place = page.locator(f"{figure} {mark}").first
        place.scroll_into_view_if_needed()
        place.hover(force=True)
        page.wait_for_selector("#vg-tooltip-element.visible")
        assert told in page.locator("#vg-tooltip-element").inner_text()
        page.mouse.move(0, 0)
    assert page.locator("#camps_map .mark-shape path").count() > 150
    assert said == []


def test_a_mark_leads_to_its_row_and_back(chromium: Browser, brief: Brief) -> None:
    page, _, _ = opened(chromium, brief, width=1280)
    page.locator("sup.mark a").first.click()
    row = page.locator(".ledger tr:target")
    assert row.count() == 1
    row.locator("a").click()
    assert page.evaluate("location.hash") == "#answer"


def test_without_scripts_the_text_and_the_tables_are_there(chromium: Browser, brief: Brief) -> None:
    page, _, _ = opened(chromium, brief, width=1280, scripts=False)
    assert page.locator(".undrawn").count() >= 8
    page.locator("#unity_over_time summary").click()
    assert page.locator("#unity_over_time table tbody tr").count() > 50


def test_paper_shows_every_chart_and_no_chart_is_wider_than_the_sheet(
    chromium: Browser, brief: Brief
) -> None:
    page, _, _ = opened(chromium, brief, width=680)
    page.emulate_media(media="print")
    for place in page.locator("[data-spec] svg").all():
        box = place.bounding_box()
        assert box is not None
        assert 0 < box["width"] <= 681
    assert page.locator("details.data").first.is_hidden()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
