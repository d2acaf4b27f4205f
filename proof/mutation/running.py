"""The run of one group as a plugin of pytest: tests collected once, each fault tried in a forked process."""

from __future__ import annotations

import itertools
import json
import math
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from proof import say
from proof.mutation.mutants import Mutant, make
from proof.mutation.pairs import Group
from proof.mutation.swapping import swap
from proof.patience import WAITING, Patience

MEMORY = 8 << 30
ENDLESS = 3
TICK = 0.01
SLACK = 1.0
"""Seconds of the processor beyond four times what a test took: then a loop has no end."""
WORK = 12.0
"""Seconds of tests that are repeated for a fault, the last of them whole."""


@dataclass
class Reach:
    """What a run without faults told: seconds of each test that passed, and who ran which line of a file."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def tests(self, file: Path, mutant: Mutant) -> list[str]:
        """Return the tests that run a fault's statement, the quickest first, and as many as `WORK` allows."""
        held = self.lines.get(str(file), {})
        first, last = mutant.lines
        names = set[str]().union(*(held.get(line, set()) for line in range(first, last + 1)))
        told = sorted(names & self.seconds.keys(), key=lambda name: (self.seconds[name], name))
        before = itertools.accumulate((self.seconds[name] for name in told), initial=0.0)
        return [name for name, spent in zip(told, before, strict=False) if spent < WORK]


class Run:
    """Take the place of pytest's loop over tests: a run without faults, then one for each fault."""

    def __init__(self, group: Group, told: Path, *, slack: float = SLACK) -> None:
        self.group, self.told, self.slack = group, told, slack
        self.patience = Patience(group.patience)
        self.items: dict[str, pytest.Item] = {}
        self.forked = False

    def pytest_sessionstart(self) -> None:
        """Settle property tests before any is read."""
        self.patience.pytest_sessionstart()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every fault, and write what came of it as JSON."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} test files cannot be read")
        self.items = {item.nodeid: item for item in session.items}
        self.group.do_less()
        reach: Reach = _ask(self._observe)
        for name in reach.left:
            say(f"left out: {name}")
        outcomes = []
        for module, file in self.group.modules.items():
            number, drawn = self.group.draw(module)
            tried = [{**asdict(each), **self._try(module, file, each, reach)} for each in drawn]
            outcomes.append({"module": module, "number": number, "tried": tried})
            lived = sum(each["fate"] in ("survived", "unreached") for each in tried)
            say(f"{module}: {number} possible, {len(tried)} tried, {lived} survived")
            self.told.write_text(json.dumps(outcomes, indent=1), encoding="utf-8")
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """End a forked process with the first test that fails."""
        if self.forked and report.failed:
            os._exit(1)

    def _observe(self) -> Reach:
        """Run every test once; note how long each took and which lines of the modules it ran."""
        import coverage

        reach = Reach()
        files = [str(file) for file in self.group.modules.values()]
        tracer = coverage.Coverage(data_file=None, include=files, config_file=False)
        passed: dict[str, bool] = {}

        class Noting:
            def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
                passed[report.nodeid] = passed.get(report.nodeid, True) and not report.failed

        items = list(self.items.values())
        plugins = items[0].config.pluginmanager
        plugins.register(Noting())
        plugins.register(self.patience)
        plugins.unregister(name="terminalreporter")
        tracer.start()
        for item, following in zip(items, [*items[1:], None], strict=True):
            tracer.switch_context(item.nodeid)
            start = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if passed.get(item.nodeid):
                reach.seconds[item.nodeid] = time.process_time() - start
            else:
                reach.left.append(item.nodeid)
        tracer.stop()
        data = tracer.get_data()
        for file in files:
            found = data.contexts_by_lineno(file)
            reach.lines[file] = {line: {name for name in names if name} for line, names in found.items()}
        return reach

    def _try(self, module: str, file: Path, mutant: Mutant, reach: Reach) -> dict[str, Any]:
        """Put one fault in place in a forked process, and run the tests that run its line."""
        names = reach.tests(file, mutant)
        if not names:
            return {"fate": "unreached", "tests": 0}
        tree = make(file.read_text(encoding="utf-8"), mutant.place, mutant.change)

        def repeat() -> None:
            self.forked = True
            swap(import_module(module), tree, mutant.function)
            items = [self.items[name] for name in names]
            plugins = items[0].config.pluginmanager
            plugins.unregister(name="terminalreporter")
            limit = Patience(0.0, end=lambda: os._exit(ENDLESS))
            plugins.register(limit)
            for item, following in zip(items, [*items[1:], None], strict=True):
                limit.seconds = self.slack + 4 * reach.seconds[item.nodeid]
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

        most = sum(2 * self.slack + 8 * reach.seconds[name] for name in names)
        return {"fate": _fork(repeat, most), "tests": len(names)}


def _ask(task: Callable[[], Any]) -> Any:
    """Return what a task returns, run in a forked process, so that nothing of it stays behind."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "told"

        def answer() -> None:
            try:
                path.write_bytes(pickle.dumps(task()))
            except BaseException:
                path.write_bytes(pickle.dumps(traceback.format_exc()))
                raise

        if _fork(answer, 3600) != "survived":
            why = pickle.loads(path.read_bytes()) if path.exists() else "the process ended"
            raise RuntimeError(f"the tests do not run without faults either: {why}")
        return pickle.loads(path.read_bytes())


def _fork(task: Callable[[], None], limit: float) -> str:
    """Run a task in a process of its own: `survived`, `killed`, or `endless` where it took more than `limit`.

    The limit is in seconds of the processor; one that waits is ended after many times as long.
    """
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit) + 1))
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            task()
            os._exit(0)
        except BaseException:
            os._exit(1)
    waited = 0.0  # counted, not read off a clock, which goes on while both processes are stopped
    try:
        while waited < WAITING * limit:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                if code in (ENDLESS, -signal.SIGXCPU, -signal.SIGKILL):
                    return "endless"
                return "killed" if code else "survived"
            time.sleep(TICK)
            waited += TICK
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "endless"
    except BaseException:
        os.killpg(child, signal.SIGKILL)
        raise
