"""Which tests answer for which modules, and how many faults are tried: `pairs.toml`, read."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from proof.mutation.mutants import Mutant, find_mutants

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Group:
    """Modules by name and file, the test files that answer for them, and what a run may spend on them."""

    name: str
    modules: dict[str, Path]
    tests: tuple[Path, ...]
    threads: tuple[str, ...]
    """Names of tests to leave out: those that wait for threads cannot be cut short."""
    less: dict[str, Any]
    """Constants of modules that hold how much work a search does, and what they are without a compiler."""
    sample: int
    seed: int
    patience: float

    def do_less(self) -> None:
        """Let searches do the work of `less`."""
        for name, value in self.less.items():
            module, _, constant = f"detente.{name}".rpartition(".")
            here = import_module(module)
            assert hasattr(here, constant), f"no {constant} in {module}"
            setattr(here, constant, tuple(value) if isinstance(value, list) else value)

    @property
    def asked(self) -> list[str]:
        """What pytest is asked for: files, and which of their tests to leave out."""
        paths = [str(path) for path in (*self.tests, *self.modules.values())]
        return [*paths, *(["-k", f"not ({' or '.join(self.threads)})"] if self.threads else [])]

    def draw(self, module: str) -> tuple[int, list[Mutant]]:
        """Return how many faults a module could have, and those to try, in the order of its lines."""
        every = find_mutants(self.modules[module].read_text(encoding="utf-8"))
        if len(every) <= self.sample:
            return len(every), every
        chosen = random.Random(f"{self.seed}:{module}").sample(range(len(every)), self.sample)
        return len(every), [every[at] for at in sorted(chosen)]


def read_groups(path: Path = HERE / "pairs.toml") -> dict[str, Group]:
    """Return the groups by name. Raises `ValueError` for a module or a test file that is not there."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    limits = {key: table.pop(key) for key in ("sample", "seed", "patience")}
    groups = {}
    for name, held in table.items():
        modules = {f"detente.{each}": _file(f"detente.{each}") for each in held["modules"]}
        tests = tuple(ROOT / "tests" / each for each in held["tests"])
        if missing := [str(each) for each in tests if not each.is_file()]:
            raise ValueError(f"{path.name}: {name}: no such test file: {', '.join(missing)}")
        groups[name] = Group(
            name, modules, tests, tuple(held.get("threads", ())), held.get("less", {}), **limits
        )
    return groups


def _file(module: str) -> Path:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ValueError(f"no module {module}")
    return Path(found.origin)
