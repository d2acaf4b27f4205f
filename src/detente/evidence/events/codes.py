"""CAMEO, the code book of GDELT and ICEWS: root, quad class, Goldstein score and PLOVER type of each code.

`codes.csv` is compiled by `compiling.py`. The two providers number and score a few codes differently: what
ICEWS calls 166 GDELT calls 164, and 016 is a denial to the one and empathy to the other. A score therefore
belongs to a provider's scale, and so does a wording: the wordings are those of ICEWS.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Scale = Literal["icews", "gdelt"]

QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
"""The quad classes, in the order of their numbers 1 to 4."""
LAST_ROOTS = (5, 8, 13, 20)
"""The last CAMEO root of each quad class; the first follows on the class before."""
PLOVER_TYPES = (
    ("AGREE", "CONSULT", "SUPPORT", "CONCEDE"),
    ("COOPERATE", "AID", "RETREAT"),
    ("REQUEST", "ACCUSE", "REJECT", "THREATEN"),
    ("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
)
"""The types of PLOVER, by quad class."""


@dataclass(frozen=True)
class CameoCode:
    """One code: `quad` is 1 to 4; a scale that lacks it gives no score; PLOVER leaves out roots 01 and 02."""

    code: str
    root: str
    quad: int
    icews: float | None
    gdelt: float | None
    plover: str | None
    wording: str | None

    @property
    def quad_class(self) -> str:
        """The quad class by name."""
        return QUADS[self.quad - 1]

    def score(self, scale: Scale) -> float | None:
        """Return the Goldstein score, −10 (conflict) to 10 (cooperation), as that provider gives it."""
        return self.icews if scale == "icews" else self.gdelt


def quad_of_root(root: int) -> int | None:
    """Return the quad class of a CAMEO root, 1 to 4, or None where there is no such root.

    >>> [quad_of_root(root) for root in (1, 5, 6, 13, 20, 21)]
    [1, 1, 2, 3, 4, None]
    """
    if root < 1:
        return None
    return next((place for place, last in enumerate(LAST_ROOTS, 1) if root <= last), None)


@cache
def cameo() -> Mapping[str, CameoCode]:
    """Return every CAMEO code by its number, from the shipped table.

    >>> cameo()["163"].icews, cameo()["163"].gdelt, cameo()["163"].quad_class, cameo()["163"].plover
    (-8.0, -6.5, 'material_conflict', 'COERCE')
    """
    text = files("detente.evidence.events").joinpath("codes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["code"]: _code(row) for row in rows})


def _code(row: Mapping[str, str]) -> CameoCode:
    return CameoCode(
        code=row["code"],
        root=row["root"],
        quad=int(row["quad"]),
        icews=float(row["goldstein_icews"]) if row["goldstein_icews"] else None,
        gdelt=float(row["goldstein_gdelt"]) if row["goldstein_gdelt"] else None,
        plover=row["plover"] or None,
        wording=row["wording"] or None,
    )


@cache
def by_wording() -> Mapping[str, str]:
    """Return the code of each wording of ICEWS, without case and punctuation; of two, the more special.

    >>> by_wording()["impose embargo boycott sanctions"]
    '163'
    """
    told = sorted(cameo().values(), key=lambda each: (len(each.code) > 2, each.code))
    return MappingProxyType({each.wording: each.code for each in told if each.wording})
