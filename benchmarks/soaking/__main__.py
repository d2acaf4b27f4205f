"""`make soak`: the real server on this machine alone, visited for minutes; then runs repeated in one process.

Prints what the server holds over time and what went wrong, and ends with 1 where memory, threads, open files
or child processes grow steadily, or anything went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.webapp.live import Server
from tests.webapp.tolls import whole_case

from benchmarks.soaking.visiting import Visit, stay
from benchmarks.soaking.watching import HEADS, Watched, grows, shown

EVERY = 2.0
"""Seconds between two looks at what is held."""
SHARE = 0.8
"""Share of the time for the server; the rest is for repeated runs."""
MOST_MINUTES = 240.0
LATER = 3.0
"""Seconds that the server has after its visitors are gone."""


def main() -> int:
    """Soak for as many minutes as asked for, and say what came of it."""
    asked = argparse.ArgumentParser(prog="make soak", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0)
    minutes = min(asked.parse_args().minutes, MOST_MINUTES)
    with tempfile.TemporaryDirectory(prefix="detente-soak-") as held:
        folder = Path(held)
        case = folder / "tolls.yaml"
        case.write_text(whole_case(), encoding="utf-8")
        os.environ["DETENTE_CACHE"] = str(folder / "cache")
        os.environ["DETENTE_RECORD"] = str(folder / "forecasts.jsonl")
        os.environ.pop("DETENTE_MIRROR", None)
        faults = [*serve(case, folder, 60 * minutes * SHARE), *repeat(case, 60 * minutes * (1 - SHARE))]
    for fault in faults:
        say(f"WRONG: {fault}")
    say("nothing grew and nothing went wrong" if not faults else f"{len(faults)} things went wrong")
    return 1 if faults else 0


def serve(case: Path, folder: Path, seconds: float) -> Iterator[str]:
    """Let visitors in for a while; yield what went wrong."""
    log = folder / "server.txt"
    with log.open("wb") as errors:
        server = Server(case, folder / "cache", errors=errors)
        server.start()
        assert server.process is not None
        watched, end = Watched(server.process.pid), time.monotonic() + seconds
        visit = Visit(
            server.address, case.read_text(encoding="utf-8"), lambda: time.monotonic() < end, random.Random(1)
        )
        crowd = threading.Thread(target=lambda: asyncio.run(stay(visit)))
        try:
            crowd.start()
            while crowd.is_alive() and time.monotonic() < end + 120:
                watched.look()
                crowd.join(EVERY)
            time.sleep(LATER)
            rest = watched.look()
            ended = server.process.poll()
        finally:
            server.stop()
    left = [each for each in watched.samples[:-1] if Path(f"/proc/{watched.process}").exists()]
    say(f"the server, visited for {seconds:.0f} s ({len(watched.samples)} looks)")
    for line in told(visit.counts):
        say(f"  {line}")
    say(HEADS)
    for name, title in (
        ("memory", "memory, MB"), ("threads", "threads"), ("files", "open files"), ("children",
        "child processes"),
        ("family", "memory of children, MB"),
    ):  # fmt: skip
        say(shown(title, watched.column(name)))
    yield from (f"{what} ({count})" for what, count in visit.wrong.items() if count)
    yield from (
        f"{name} {how}" for name in ("memory", "family", "threads", "files", "children")
        if (how := grows(watched.column(name)))
    )  # fmt: skip
    if crowd.is_alive():
        yield "visitors still wait two minutes after the end"
    if ended is not None:
        yield f"the server ended with {ended}"
    if left:
        yield "the server is still there after it was stopped"
    if rest.files > max(each.files for each in watched.samples[:-1]):
        yield "files stay open after the visitors have gone"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    traced = sum(line.startswith("Traceback") for line in lines)
    if traced:
        yield f"{traced} tracebacks in the server's log, the last: {lines[-1]}"


def repeat(case: Path, seconds: float) -> Iterator[str]:
    """Measure and project again and again in this process; yield what went wrong."""
    from detente.study import load

    watched, end, number = Watched(os.getpid()), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        study = load(case, seed=number, draws=100)
        study.measure()
        study.project("crisis" if number % 2 else None, draws=500)
        study.evidence.close()
        del study
        gc.collect()
        watched.look()
        number += 1
    if not watched.samples:
        return
    say(f"measured and projected {number:,} times in {seconds:.0f} s, each with another seed")
    say(HEADS)
    for name, title in (("memory", "memory, MB"), ("threads", "threads"), ("files", "open files")):
        say(shown(title, watched.column(name)))
    yield from (
        f"{name} of repeated runs {how}" for name in ("memory", "threads", "files")
        if (how := grows(watched.column(name)))
    )  # fmt: skip


def told(counts: Counter[str]) -> Iterator[str]:
    """Yield what visitors did, most first."""
    yield from (f"{count:>8,} {what}" for what, count in counts.most_common())


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
