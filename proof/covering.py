"""`python -m proof.covering`: the tests, and which lines of each room they run; 1 for a room under 90 %.

Compiled lines are not seen by a tracer. So the tests of the kernels (`mutation/pairs.toml`) are run again
without numba's compiler, and what they run then is added. A test that would take too long so is cut short: it
has passed compiled, and here the lines count that it has run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from proof import say
from proof.mutation.pairs import ROOT, read_groups
from proof.patience import PLAIN, UNCOMPILED, Patience

WANTED = 0.90
PACKAGE = ROOT / "src" / "detente"
Lines = tuple[int, int]


def main(arguments: list[str]) -> int:
    """Run the tests compiled and uncompiled (or only `--report` what earlier runs left), and report."""
    if arguments == ["--uncompiled"]:
        return _uncompiled()
    if arguments != ["--report"]:
        coverage = [sys.executable, "-m", "coverage"]
        subprocess.run([*coverage, "erase"], cwd=ROOT, check=True)
        tests = ["-m", "pytest", "-n", "auto", "--dist", "loadfile", *arguments]
        if failed := subprocess.run([*coverage, "run", *tests], cwd=ROOT, check=False).returncode:
            return failed
        again = [*coverage, "run", "-m", "proof.covering", "--uncompiled"]
        subprocess.run(again, cwd=ROOT, env={**os.environ, **UNCOMPILED}, check=True)
        subprocess.run([*coverage, "combine", "-q"], cwd=ROOT, check=True)
    return tell(_measured())


def _uncompiled() -> int:
    import pytest

    groups = list(read_groups().values())
    files = sorted({str(path) for group in groups for path in (*group.tests, *group.modules.values())})
    left = " or ".join(name for group in groups for name in group.threads)
    for group in groups:
        group.do_less()
    patience = Patience(min(group.patience for group in groups))
    code = pytest.main([*PLAIN, "-n", "0", *files, "-k", f"not ({left})"], plugins=[patience])
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else int(code)


def _measured() -> dict[Path, Lines]:
    """Return for each module how many lines were run, and how many there are."""
    import coverage

    held = coverage.Coverage()
    held.load()
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        _, statements, _, missing, _ = held.analysis2(str(path))
        found[path] = (len(statements) - len(missing), len(statements))
    return found


def tell(modules: Mapping[Path, Lines]) -> int:
    """Print the rooms, and each module under what is wanted; return 1 where a room or the whole is."""
    rooms: defaultdict[str, list[Lines]] = defaultdict(list)
    for path, lines in modules.items():
        rooms[path.relative_to(PACKAGE).with_suffix("").parts[0]].append(lines)
    for name, held in sorted(rooms.items(), key=lambda item: _share(item[1])):
        say(_row(name, held))
    say(_row("all", modules.values()))
    low = {path: lines for path, lines in modules.items() if _share([lines]) < WANTED}
    say(f"{len(low)} of {len(modules)} modules under {WANTED:.0%}")
    for path, lines in sorted(low.items()):
        say(_row(f"  {path.relative_to(PACKAGE)}", [lines]))
    return int(any(_share(lines) < WANTED for lines in [*rooms.values(), list(modules.values())]))


def _share(lines: Iterable[Lines]) -> float:
    """Return the share of lines that were run; 1 where there are none."""
    run, there = (sum(column) for column in zip(*lines, strict=True))
    return run / there if there else 1.0


def _row(name: str, lines: Iterable[Lines]) -> str:
    held = list(lines)
    run, there = (sum(column) for column in zip(*held, strict=True))
    return f"{name:52} {run:6} of {there:6} lines  {_share(held):6.1%}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
