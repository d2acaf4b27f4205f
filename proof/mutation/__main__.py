"""`python -m proof.mutation [GROUP ...]`: try the faults of these groups, or of all; say what lived."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from proof import say
from proof.mutation.pairs import ROOT, read_groups
from proof.mutation.telling import PAGE, tell
from proof.patience import PLAIN, UNCOMPILED


def main(arguments: list[str]) -> int:
    """Run each group in a Python of its own, without numba's compiler; return 1 for one unexplained."""
    folder = ROOT / ".mutation"
    folder.mkdir(exist_ok=True)
    if arguments[:1] == ["--group"]:
        return _run(arguments[1], folder / f"{arguments[1]}.json")
    groups = read_groups()
    if arguments == ["--page"]:
        return tell(folder, list(groups), page=PAGE)
    if unknown := [each for each in arguments if each not in groups]:
        say(f"no such group: {', '.join(unknown)}; there are {', '.join(groups)}")
        return 2
    with tempfile.TemporaryDirectory() as cache:
        for name in arguments or groups:
            command = [sys.executable, "-m", "proof.mutation", "--group", name]
            environment = {**os.environ, **UNCOMPILED, "NUMBA_CACHE_DIR": cache}
            if failed := subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
                return failed
    return tell(folder, list(arguments or groups), page=None if arguments else PAGE)


def _run(name: str, told: Path) -> int:
    import pytest

    from proof.mutation.running import Run

    group = read_groups()[name]
    with tempfile.TemporaryDirectory() as scratch:
        options = [*PLAIN, "-p", "no:xdist", "--basetemp", f"{scratch}/tests"]
        return int(pytest.main([*options, *group.asked], plugins=[Run(group, told)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
