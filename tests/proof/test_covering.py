"""Lines that the tests run, room by room; and tests that are cut short where no compiler makes them quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from proof.covering import PACKAGE, tell
from proof.mutation.pairs import ROOT


def test_rooms_are_told_the_least_covered_first_and_low_modules_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    modules = {
        PACKAGE / "cases" / "rules.py": (10, 10),
        PACKAGE / "webapp" / "a.py": (99, 100),
        PACKAGE / "webapp" / "b.py": (4, 5),
        PACKAGE / "webapp" / "empty.py": (0, 0),
        PACKAGE / "errors.py": (10, 10),
    }
    assert tell(modules) == 0
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert told[0] == ["webapp", "103", "of", "105", "lines", "98.1%"]
    assert {line[0] for line in told[1:3]} == {"cases", "errors"}
    assert told[3] == ["all", "123", "of", "125", "lines", "98.4%"]
    assert told[4][:3] == ["1", "of", "5"]
    assert told[5] == ["webapp/b.py", "4", "of", "5", "lines", "80.0%"]


def test_one_room_below_what_is_wanted_fails_though_the_whole_is_not() -> None:
    assert tell({PACKAGE / "cases" / "a.py": (8, 10), PACKAGE / "webapp" / "b.py": (1000, 1000)}) == 1
    assert tell({PACKAGE / "cases" / "a.py": (9, 10)}) == 0


RUN = """
import sys
import pytest
from proof.patience import PLAIN, Patience
sys.exit(pytest.main([*PLAIN, "-c", sys.argv[1] + "/none.ini", sys.argv[1]], plugins=[Patience(0.2)]))
"""


def test_a_test_or_what_sets_it_up_is_cut_short_and_the_next_goes_on(tmp_path: Path) -> None:
    (tmp_path / "none.ini").write_text("[pytest]\n")
    (tmp_path / "test_made.py").write_text(
        "import pytest\n\ndef test_endless():\n    while True:\n        pass\n\n"
        "@pytest.fixture\ndef slow():\n    while True:\n        pass\n\n"
        "def test_asleep():\n    import time\n    time.sleep(600)\n\n"
        "def test_waiting(slow):\n    pass\n\ndef test_quick():\n    pass\n"
    )
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
    assert "2 failed, 1 passed, 1 error" in told
    assert "not through after 0.2 s without a compiler" in told


def test_no_test_is_cut_short_while_coverage_holds_its_lock(tmp_path: Path) -> None:
    """It is when that has come back: else the lock would stay shut, and what is asked of it never end."""
    (tmp_path / "none.ini").write_text("[pytest]\n")
    (tmp_path / "test_made.py").write_text(
        "import time\n\nback = []\nlock = {'__name__': 'coverage.made', 'now': time.process_time}\n"
        "exec('def hold(until):\\n    while now() < until:\\n        pass\\n', lock)\n\n"
        "def test_endless():\n    lock['hold'](time.process_time() + 0.4)\n    back.append(True)\n"
        "    while True:\n        pass\n\n"
        "def test_back():\n    assert back\n"
    )
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
    assert "1 failed, 1 passed" in told
