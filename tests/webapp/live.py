"""The real command on a free port, for a case that is small enough to be measured while a test waits."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from detente.cases.yamltext import parse

LEVERS = {"moscow": "discounts", "brussels": "diversify"}
SCENARIOS = ("us_steps_back", "oil_stop")
CLAIM = "condemned_the_war"
PATIENCE = 60.0
STEP = 0.1


def small_case() -> dict[str, Any]:
    """Return the flagship case cut down: few years, two sides with a lever each, two scenarios, one claim."""
    text = files("detente.cases").joinpath("library/atlantic.yaml").read_text(encoding="utf-8")
    case: dict[str, Any] = parse(text).data
    case["history"] = {"since": 2017, "until": 2019}
    case["windows"] = {key: case["windows"][key] for key in ("reset", "crimea")}
    case["camps"]["years"] = {"since": 2018, "until": 2019}
    strategies = case["strategies"]
    for extra in ("stress", "wedge"):
        strategies.pop(extra, None)
    strategies["levers"] = {key: strategies["levers"][key] for key in LEVERS.values()}
    strategies["players"] = {key: strategies["players"][key] for key in LEVERS}
    for key, lever in LEVERS.items():
        strategies["players"][key]["portfolios"] = {lever: [lever]}
    case["scenarios"] = {key: case["scenarios"][key] for key in SCENARIOS}
    case["claims"] = {CLAIM: case["claims"][CLAIM]}
    case.pop("event_study", None)
    return case


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@dataclass
class Server:
    """`detente serve` as a user starts it; may be stopped and started again on the same port.

    What it complains of goes to `errors`, where that is a file.
    """

    case: Path
    cache: Path
    port: int = field(default_factory=free_port)
    errors: IO[bytes] | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        environment = {**os.environ, "DETENTE_CACHE": str(self.cache), "NUMBA_NUM_THREADS": "1"}
        environment.pop("DETENTE_MIRROR", None)
        command = [
            sys.executable,
            "-m",
            "detente",
            "serve",
            str(self.case),
            "--port",
            str(self.port),
            "--no-open",
        ]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=self.errors
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.get("/api/token")
                return
            time.sleep(STEP)
        raise RuntimeError(f"the server did not answer; exit code {self.process.poll()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop, and wait until it has gone."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=20)
            self.process = None

    def get(self, path: str) -> int:
        """Return the status of an answer."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            answer.read()
            return int(answer.status)

    def warm(self, *lanes: Iterable[str]) -> None:
        """Let the server work views out while tests look at others: one after another in each lane."""
        for lane in lanes:
            threading.Thread(target=self._fetch, args=(tuple(lane),), daemon=True).start()

    def _fetch(self, views: Iterable[str]) -> None:
        end = time.monotonic() + PATIENCE
        for view in views:
            with contextlib.suppress(OSError):
                while time.monotonic() < end and self.get(f"/api/{view}") == 202:
                    time.sleep(5 * STEP)
