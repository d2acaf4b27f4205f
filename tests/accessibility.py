"""Barriers that axe-core finds on a page: names, roles, contrast, headings. Vendored for tests alone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "webapp" / "vendor" / "axe.min.js"


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds, with the first place of each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]
