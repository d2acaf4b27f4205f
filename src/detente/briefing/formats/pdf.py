"""The page as PDF, printed by an installed Chromium that reaches no network; no time of day in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from detente.errors import EvidenceError, Problem

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "msedge",
)  # fmt: skip
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
NAMED = "DETENTE_CHROMIUM"
"""The environment variable that names the browser, where it is not found by itself."""
ALONE = (
    "--headless", "--disable-gpu", "--disable-quic", "--disable-extensions", "--disable-sync",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--run-all-compositor-stages-before-draw",
)  # fmt: skip
DRAWN_WITHIN = 30_000
"""Milliseconds of the page's own time in which its charts are drawn."""
SECONDS = 180
"""Seconds after which the browser is given up."""
DATE = re.compile(rb"/(CreationDate|ModDate) ?\(D:[^)]{4,40}\)")
HINT = f"install Chromium or Google Chrome, or let {NAMED} name one; the page itself prints from any browser"


def browser() -> str:
    """Return the path of an installed Chromium. Raises `EvidenceError` where there is none."""
    named = os.environ.get(NAMED)
    if named:
        found = shutil.which(named)
        if found is None:
            raise EvidenceError(Problem(NAMED, f"{named} cannot be run", HINT))
        return found
    for name in (*NAMES, *PLACES):
        found = shutil.which(name)
        if found is not None:
            return found
    raise EvidenceError(Problem("--format pdf", "needs an installed Chromium, and none was found", HINT))


def printed(html: str) -> bytes:
    """Return the page as PDF, the same bytes for the same page and browser.

    Raises `EvidenceError` where there is no browser, or it prints nothing.
    """
    program = browser()
    with tempfile.TemporaryDirectory(prefix="detente-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, out = folder / "brief.html", folder / "brief.pdf"
        page.write_text(html, encoding="utf-8", newline="\n")
        command = [
            program, *ALONE, *_sandbox(), f"--user-data-dir={folder / 'profile'}",
            f"--virtual-time-budget={DRAWN_WITHIN}", f"--print-to-pdf={out}", page.as_uri(),
        ]  # fmt: skip
        told = _run(command, home=folder)
        held = out.read_bytes() if out.is_file() else b""
    if not held.startswith(b"%PDF"):
        raise EvidenceError(Problem(program, f"printed nothing{f' ({told})' if told else ''}", HINT))
    return undated(held)


def _sandbox() -> tuple[str, ...]:
    """Return what a browser needs that the superuser runs, as in a container."""
    root = sys.platform.startswith("linux") and os.geteuid() == 0
    return ("--no-sandbox",) if root else ()


def _run(command: list[str], *, home: Path) -> str:
    """Run the browser in a home of its own; return the last line of what it said."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, "HOME": str(home), "TZ": "UTC"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        what = (
            "took too long"
            if isinstance(error, subprocess.TimeoutExpired)
            else f"cannot be run ({error.strerror})"
        )
        raise EvidenceError(Problem(command[0], what, HINT)) from None
    lines = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else ""


def undated(held: bytes) -> bytes:
    """Return a PDF without the time at which it was printed: blanks in its place, so that nothing moves.

    >>> undated(b"<</CreationDate (D:20240102030405+00'00')>>")
    b'<</CreationDate (                       )>>'
    """
    return DATE.sub(lambda date: _blank(date[0]), held)


def _blank(date: bytes) -> bytes:
    head, _, rest = date.partition(b"(")
    return head + b"(" + b" " * (len(rest) - 1) + b")"
