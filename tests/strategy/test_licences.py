"""What the core rests on binds nobody to a licence: no GPL among its dependencies, nor in what it imports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = "detente"
COPYLEFT = re.compile(r"\b(L|A)?GPL|GNU|\bMPL|Mozilla|\bEPL|\bCDDL|\bEUPL", re.IGNORECASE)
ALLOWED = {"certifi": "MPL 2.0, which binds changes to its own files: they are read, and not changed"}
"""Weak copyleft that is used and not built in, each with the reason. GPL and AGPL are never allowed."""
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


def licence(package: Distribution) -> str:
    """Return what a package says of its licence: expression, classifiers, first line, or the file itself."""
    data = package.metadata.json
    classifiers = [str(each) for each in data.get("classifier", []) if str(each).startswith("License")]
    lines = str(data.get("license", "")).strip().splitlines()
    told = [str(data.get("license_expression", "")), "; ".join(classifiers), lines[0] if lines else ""]
    kept = [str(file.locate().read_text(encoding="utf-8"))[:400] for file in package.files or ()  # type: ignore[attr-defined]
            if "licen" in file.name.lower() and file.suffix in ("", ".txt", ".md")]  # fmt: skip
    return next((text for text in (*told, *kept) if text), "")


def test_all_that_the_core_requires_is_found() -> None:
    names = {canonicalize_name(package.name) for package in core()}
    assert {OURS, "numpy", "quantecon", "sympy", "llvmlite"} <= names


def test_no_package_of_the_core_is_under_the_gpl() -> None:
    told = {canonicalize_name(package.name): licence(package) for package in core()}
    assert [name for name, text in told.items() if not text] == []
    assert {name for name, text in told.items() if COPYLEFT.search(text)} == set(ALLOWED)


@pytest.mark.parametrize("text", ["GPL-3.0-or-later", "GNU General Public License v3", "LGPL-2.1", "AGPLv3"])
def test_copyleft_is_recognised(text: str) -> None:
    assert COPYLEFT.search(text)
    assert not COPYLEFT.search("MIT; BSD-3-Clause; Apache-2.0")


def test_strategy_imports_nothing_under_the_gpl_and_quantecon_only_when_it_plays() -> None:
    told = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True).stdout
    loaded = set(json.loads(told))
    assert loaded & {*NEVER, "quantecon", "sympy"} == set()
    assert {"numba", "scipy", OURS} <= loaded
