"""Faults put into code: which there are, that they are in place where a function is used, what is said."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from proof.mutation.mutants import Mutant, find_mutants, make
from proof.mutation.pairs import ROOT, read_groups
from proof.mutation.running import WORK, Reach
from proof.mutation.swapping import swap
from proof.mutation.telling import Why, key_of, read_reasons, report


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("return a < b", ["return a <= b", "return a >= b"]),
        ("return a == b", ["return a != b"]),
        ("return a + b", ["return a - b"]),
        ("return 3", ["return 4", "return 2"]),
        ("return True", ["return False"]),
        ("return not a", ["return not not a"]),
        ("return -a", ["return +a"]),
        ("return a and b", ["return a or b"]),
        ("return max(a, b)", ["return min(a, b)"]),
        ("return a.any()", ["return a.all()"]),
        ("a //= b", ["a *= b"]),
        ("return 'text'", []),
    ],
)
def test_each_part_of_a_line_goes_wrong_in_its_own_way(line: str, faults: list[str]) -> None:
    found = find_mutants(f"def f(a, b):\n    {line}\n")
    assert [each.after for each in found] == faults
    assert {each.before for each in found} <= {line}


def test_conditions_turn_round() -> None:
    found = find_mutants("def f(a):\n    if a:\n        return a\n    return None\n")
    assert [(each.before, each.after, each.lines) for each in found] == [("if a:", "if not a:", (2, 2))]


def test_annotations_decorators_texts_and_what_runs_at_loading_stay() -> None:
    source = 'ONE = 1\n\n@cached(2)\ndef f(a: Annotated[int, 3]) -> Final[4]:\n    """5"""\n    b: A[6] = a\n'
    assert find_mutants(source) == []


def test_a_default_is_a_fault_of_every_line_of_its_function() -> None:
    found = find_mutants("def f(a=1):\n    b = a\n    return b\n")
    assert [each.lines for each in found] == [(1, 3), (1, 3)]


def test_a_long_line_is_shown_around_the_fault() -> None:
    (found,) = find_mutants("def f(a):\n    return [" + "name, " * 30 + "not a]\n")
    assert found.before.startswith("…") and found.before.endswith("not a]") and len(found.before) < 50


def load(source: str, folder: Path) -> ModuleType:
    """Return a module made of a text."""
    module = ModuleType("made")
    module.__file__ = str(folder / "made.py")
    exec(compile(source, module.__file__, "exec"), vars(module))
    return module


@pytest.mark.parametrize(
    ("source", "function", "call"),
    [
        ("def f(a=3): return a", "f", "f()"),
        ("def f(*, a=3): return a", "f", "f()"),
        ("class C:\n    @property\n    def p(self): return 3", "C.p", "C().p"),
        ("class C:\n    @classmethod\n    def m(cls): return 3", "C.m", "C.m()"),
        ("import functools\n@functools.cache\ndef f(): return 3", "f", "f()"),
        ("def f():\n    def g(): return 3\n    return g()", "f.g", "f()"),
    ],
)
def test_a_fault_is_in_place_in_the_function_that_others_hold(
    source: str, function: str, call: str, tmp_path: Path
) -> None:
    module = load(source, tmp_path)
    held = dict(vars(module))
    fault = find_mutants(source)[0]
    assert fault.function == function
    swap(module, make(source, fault.place, fault.change), fault.function)
    assert eval(call, held) == 4


def test_a_function_that_is_not_there_is_named(tmp_path: Path) -> None:
    source = "def f(): return 1"
    with pytest.raises(LookupError, match="no g here"):
        swap(load(source, tmp_path), ast.parse(source), "g")


def test_only_tests_that_pass_and_run_the_line_are_repeated_the_quickest_first() -> None:
    file, fault = Path("made.py"), Mutant("f", (2, 3), "", "", 0, 0)
    lines = {"made.py": {1: {"other"}, 2: {"slow", "failed"}, 3: {"quick"}}}
    assert Reach({"slow": 2.0, "quick": 1.0, "other": 0.1}, lines).tests(file, fault) == ["quick", "slow"]
    assert Reach({"slow": 99.0, "quick": WORK}, lines).tests(file, fault) == ["quick"]


RUN = """
import sys
from pathlib import Path
sys.path.insert(0, ".")
import pytest
from proof.mutation.pairs import Group
from proof.mutation.running import Run
here = Path(sys.argv[1])
sys.path.insert(0, str(here))
group = Group("made", {"made": here / "made.py"}, (here / "test_made.py",), (), {}, 50, 1, 5.0)
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-c", str(here / "none.ini"), str(here)],
                     plugins=[Run(group, here / "told.json", slack=0.5)]))
"""


def test_a_run_tells_what_is_noticed_what_lives_what_never_ends_and_what_no_test_runs(tmp_path: Path) -> None:
    (tmp_path / "none.ini").write_text("[pytest]\n")
    (tmp_path / "made.py").write_text(
        "def rise(n):\n    while n < 3:\n        n += 1\n    return n\n\n\n"
        "def lone(n):\n    return n > 0\n\n\ndef weak(n):\n    return n > 0\n"
    )
    (tmp_path / "test_made.py").write_text(
        "import made\n\ndef test_rise():\n    assert made.rise(0) == 3\n\n"
        "def test_weak():\n    assert made.weak(5)\n"
    )
    subprocess.run([sys.executable, "-c", RUN, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (told,) = json.loads((tmp_path / "told.json").read_text())
    fates = {(fault["function"], fault["after"]): fault["fate"] for fault in told["tried"]}
    assert fates["rise", "while n <= 3:"] == "killed"
    assert fates["rise", "n -= 1"] == "endless"
    assert fates["weak", "return n >= 0"] == "survived"
    assert fates["weak", "return n <= 0"] == "killed"
    assert fates["lone", "return n >= 0"] == "unreached"


def test_the_same_faults_are_drawn_each_time() -> None:
    group = read_groups()["strategy"]
    for module in group.modules:
        number, drawn = group.draw(module)
        assert len(drawn) == min(number, group.sample) and group.draw(module)[1] == drawn


def test_every_kernel_has_a_group() -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    kernels = {
        name for each in settings["overrides"] if each.get("allow_untyped_defs") for name in each["module"]
    }
    assert kernels - {module for group in read_groups().values() for module in group.modules} == set()


def test_every_reason_is_given_for_a_fault_that_there_is() -> None:
    files = {module: path for group in read_groups().values() for module, path in group.modules.items()}
    wanted = read_reasons()
    there = {
        (module, fault.function, fault.before, fault.after)
        for module in {key[0] for key in wanted}
        for fault in find_mutants(files[module].read_text(encoding="utf-8"))
    }
    assert set(wanted) - there == set()


def test_a_reason_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reasons.toml"
    path.write_text('[["a.b"]]\nfunction = "f"\nbefore = "a"\nafter = "b"\nkind = "so"\nwhy = "Because."\n')
    with pytest.raises(ValueError, match="no kind 'so'"):
        read_reasons(path)


def test_the_page_counts_and_explains() -> None:
    key = key_of("detente.a", {"function": "f", "before": "a | b", "after": "a & b"})
    text = report([("detente.a", 30, 20, 1, 1), ("detente.b", 5, 5, 0, 0)], {key: Why("speed", "Only so.")})
    assert "| a | 30 | 20 | 19 | 1 | 1 | 95% |" in text
    assert "| all | 35 | 25 | 24 | 1 | 1 | 96% |" in text
    assert "| `a`: `f` | `a \\| b` → `a & b` | only the work differs: Only so. |" in text
