"""What the core rests on binds nobody to a licence: no GPL among its dependencies, nor in what it imports."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from proof.audit import licences

OURS = "detente"
NEVER = ("pygambit", "nashpy", "ecos", "ema_workbench")
IMPORTS = """
import importlib, json, pkgutil, sys
import detente.strategy as room
for each in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(each.name)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


@cache
def core() -> tuple[Distribution, ...]:
    """Return every package that an installation without extras brings, by following what each requires."""
    found: dict[str, Distribution] = {}
    waiting = [(OURS, "")]
    while waiting:
        name, extra = waiting.pop()
        key = canonicalize_name(name)
        if key in found:
            continue
        try:
            found[key] = distribution(key)
        except PackageNotFoundError:
            continue  # required on other systems only
        for line in found[key].requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed.name, each) for each in ("", *needed.extras)]
    return tuple(found.values())


def test_all_that_the_core_requires_is_found() -> None:
    names = {canonicalize_name(package.name) for package in core()}
    assert {OURS, "numpy", "llvmlite"} <= names


def test_nothing_of_the_core_binds_us_that_nobody_has_looked_at() -> None:
    assert [found.wrong for found in map(licences.read, core()) if found.wrong] == []


def test_strategy_imports_nothing_under_the_gpl() -> None:
    told = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True).stdout
    loaded = set(json.loads(told))
    assert loaded & set(NEVER) == set()
    assert {"numba", "scipy", OURS} <= loaded
