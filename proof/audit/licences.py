"""Licences of installed packages: what each says of itself, how far that binds, and what its files bring.

A package tells its licence in one of four places, tried in this order: the SPDX expression of its metadata,
its classifiers, the older field `License`, and its licence files. A place that says nothing one can name is
passed over. The files are read in any case, for copyleft that a wheel brings inside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from importlib.metadata import Distribution
from pathlib import Path

from packaging.utils import canonicalize_name


class Kind(IntEnum):
    """How far a licence binds; more is worse."""

    PERMISSIVE = 0
    WEAK = 1
    UNKNOWN = 2
    STRONG = 3


@dataclass(frozen=True)
class Accepted:
    """Copyleft of a package that somebody has looked at: its words, and why it binds nothing of ours."""

    words: frozenset[str]
    why: str


_RUNTIME = frozenset(
    {
        "GCC Runtime Library Exception",
        "GNU General Public License",
        "GNU Library General Public License",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "GPL-3.0-with-GCC-exception",
        "LGPL-2.1-or-later",
    }
)
_LOADED = "under the GPL with GCC's exception for runtime libraries, and the LGPL: loaded, and not changed"
ACCEPTED = {
    "numpy": Accepted(_RUNTIME, f"its wheel brings libgfortran and libquadmath, {_LOADED}"),
    "scipy": Accepted(_RUNTIME, f"its wheel brings libgfortran and libquadmath, {_LOADED}"),
    "scikit-learn": Accepted(
        frozenset({"GCC Runtime Library Exception"}),
        "its wheel brings libgomp, under the GPL with that exception: loaded, and not changed",
    ),
}
"""By package. Words that are not here are wrong until somebody has looked at them."""

_STRONG = re.compile(r"\bA?GPL|GNU (Affero )?General Public|\bSSPL", re.IGNORECASE)
_WEAK = re.compile(
    r"\bLGPL|GNU (Lesser|Library)|\bMPL|Mozilla|\b(EPL|EUPL|CDDL|CPL)\b|Eclipse|GPL\S*[ -]with[ -]",
    re.IGNORECASE,
)
_PERMISSIVE = re.compile(
    r"\b(MIT|0?BSD|Apache|PSF|Python Software Foundation|Python-2|ISC|Zlib|CC0|Unlicense|Public Domain"
    r"|BSL-1|HPND)",
    re.IGNORECASE,
)
_TEXTS = {
    "GNU AFFERO GENERAL PUBLIC": "AGPL",
    "GNU LESSER GENERAL PUBLIC": "LGPL",
    "GNU GENERAL PUBLIC": "GPL",
    "MOZILLA PUBLIC LICENSE": "MPL-2.0",
    "APACHE LICENSE": "Apache-2.0",
    "PYTHON SOFTWARE FOUNDATION LICENSE": "PSF-2.0",
    "PERMISSION IS HEREBY GRANTED, FREE OF CHARGE": "MIT",
    "REDISTRIBUTION AND USE IN SOURCE AND BINARY FORMS": "BSD",
}
"""Words by which the text of a licence is known, to its name."""
_BROUGHT = re.compile(
    r"\bterms\s+of\s+the\s+((?:GNU\s+(?:Affero\s+|Lesser\s+|Library\s+)?General|Mozilla)\s+Public\s+License)"
    r"|\b(GCC\s+Runtime\s+Library\s+Exception)|\bLicense:\s*([AL]?GPL\S*(?:\s+WITH\s+\S+)?)",
    re.IGNORECASE,
)
"""Words with which a licence file puts something under copyleft; to speak of the GPL is not enough."""
_LICENCE_FILE = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)
_ASIDE = re.compile(r"(?<=[\w.]) \([^()\s]*\)(?= *(;|$))")
"""A short name after the long one, as in `GNU Lesser General Public License v3 (LGPLv3)`."""
_SPLIT = re.compile(r"\s*(\(|\)|;|\bAND\b|\bOR\b)\s*")


@dataclass(frozen=True)
class Licence:
    """What a package is under: its words, where it told them, how far they bind, and what its files bring."""

    package: str
    version: str
    words: str
    place: str
    kind: Kind
    brings: tuple[str, ...] = ()

    @property
    def copyleft(self) -> frozenset[str]:
        """The words that put it, or something that it brings, under copyleft."""
        return frozenset(self.brings) | ({self.words} if self.kind is Kind.WEAK else set())

    @property
    def wrong(self) -> str:
        """Say what is wrong, or nothing."""
        if self.kind is Kind.STRONG:
            return f"{self.package} {self.version} is under {self.words}, which would bind all of detente"
        if self.kind is Kind.UNKNOWN:
            told = f"it says: {self.words}" if self.words else "it says nothing"
            return f"{self.package} {self.version} has a licence that is not known ({told})"
        known = ACCEPTED[self.package].words if self.package in ACCEPTED else frozenset()
        unknown = sorted(self.copyleft - known)
        if unknown:
            words = ", ".join(unknown)
            return f"{self.package} {self.version} brings copyleft that nobody has looked at: {words}"
        return ""


def kind_of(words: str) -> Kind:
    """Return how far an expression binds: the least of what OR offers, the most of what AND or `;` adds.

    >>> kind_of("MIT AND (GPL-2.0-only OR Apache-2.0)").name
    'PERMISSIVE'
    """
    tokens = [token for token in _SPLIT.split(_ASIDE.sub("", words)) if token]
    kind, rest = _either(tokens)
    return kind if not rest else Kind.UNKNOWN


def _either(tokens: list[str]) -> tuple[Kind, list[str]]:
    kind, rest = _both(tokens)
    while rest and rest[0] == "OR":
        other, rest = _both(rest[1:])
        kind = min(kind, other)
    return kind, rest


def _both(tokens: list[str]) -> tuple[Kind, list[str]]:
    kind, rest = _one(tokens)
    while rest and rest[0] in ("AND", ";"):
        other, rest = _one(rest[1:])
        kind = max(kind, other)
    return kind, rest


def _one(tokens: list[str]) -> tuple[Kind, list[str]]:
    if not tokens:
        return Kind.UNKNOWN, []
    if tokens[0] == "(":
        kind, rest = _either(tokens[1:])
        return kind, rest[1:]
    word = tokens[0]
    if _WEAK.search(word):
        return Kind.WEAK, tokens[1:]
    if _STRONG.search(word):
        return Kind.STRONG, tokens[1:]
    return (Kind.PERMISSIVE if _PERMISSIVE.search(word) else Kind.UNKNOWN), tokens[1:]


def named(text: str) -> str:
    """Return the name of the licence whose text this is, or nothing where it is none that is known."""
    flat = " ".join(text.upper().split())
    found = {flat.find(words): name for words, name in _TEXTS.items() if words in flat}
    return found[min(found)] if found else ""


def read(package: Distribution) -> Licence:
    """Return what an installed package is under."""
    texts = list(_texts(package))
    found = (_plain(each) for text in texts for each in _BROUGHT.finditer(text))
    brings = sorted({words.casefold(): words for words in found}.values())
    name = canonicalize_name(package.name)
    best = Licence(name, package.version, "", "nowhere", Kind.UNKNOWN, tuple(brings))
    for place, words in _told(package, texts):
        kind = kind_of(words)
        if kind is not Kind.UNKNOWN:
            return Licence(name, package.version, words, place, kind, tuple(brings))
        if not best.words:
            best = Licence(name, package.version, words, place, kind, tuple(brings))
    return best


def _told(package: Distribution, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each place where a package tells its licence, with its words."""
    told = package.metadata.json
    classifiers = [
        str(each).split(" :: ")[-1] for each in told.get("classifier", []) if "License ::" in str(each)
    ]
    field = str(told.get("license", "")).strip()
    places = {
        "expression": str(told.get("license_expression", "")),
        "classifiers": "; ".join(each for each in classifiers if each != "OSI Approved"),
        "field": field if "\n" not in field else named(field),
        "files": "; ".join(dict.fromkeys(filter(None, map(named, texts)))),
    }
    yield from ((place, words) for place, words in places.items() if words)


def _texts(package: Distribution) -> Iterator[str]:
    """Yield the licence files that a package installed beside its metadata."""
    for file in package.files or ():
        if any(part.endswith(".dist-info") for part in file.parts) and _LICENCE_FILE.search(file.name):
            path = Path(str(file.locate()))
            if path.is_file():
                yield path.read_text(encoding="utf-8", errors="replace")


def _plain(found: re.Match[str]) -> str:
    return " ".join(next(filter(None, found.groups())).split())


def vendored(told: str) -> list[Licence]:
    """Return the licences of the JavaScript that a wheel of detente carries, from its `VENDOR.json`."""
    return [
        Licence(each["package"], each["version"], each["licence"], "VENDOR.json", kind_of(each["licence"]))
        for each in json.loads(told)["files"]
    ]
