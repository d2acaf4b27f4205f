"""What a lock pins: names and versions, and for which interpreters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True)
class Pin:
    """One version of one package, and where it is installed (everywhere when no marker is given)."""

    name: str
    version: str
    marker: Marker | None = None

    @property
    def here(self) -> bool:
        """Whether this interpreter is one that it is for."""
        return self.marker is None or self.marker.evaluate()

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def read_pins(lock: str) -> list[Pin]:
    """Return the pins of a lock that uv wrote. Raises `ValueError` at a line that pins nothing."""
    found = []
    for number, line in enumerate(lock.splitlines(), start=1):
        words = line.split("#")[0].strip().removesuffix("\\").strip()
        if not words or words.startswith("--hash="):
            continue
        try:
            needed = Requirement(words)
        except InvalidRequirement as error:
            raise ValueError(f"line {number} of the lock is no requirement: {words}") from error
        exact = [each.version for each in needed.specifier if each.operator == "=="]
        if len(exact) != 1:
            raise ValueError(f"line {number} of the lock pins no version: {words}")
        found.append(Pin(canonicalize_name(needed.name), exact[0], needed.marker))
    return found


def sets(pins: list[Pin]) -> list[list[Pin]]:
    """Return sets in which each name occurs once: the first pin of each name, then the second, and so on."""
    versions: dict[str, list[Pin]] = {}
    for pin in pins:
        versions.setdefault(pin.name, []).append(pin)
    return [[pin for pin in each if pin] for each in zip_longest(*versions.values())]
