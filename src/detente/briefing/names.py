"""What things are called: titles from the case, names from the gazetteer, and both in running text."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from detente.briefing.prose import Label

if TYPE_CHECKING:
    from detente.cases import Case
    from detente.evidence import Evidence

WHOLE = "all"
"""The window of an issue that lists its resolutions: from the first to the last of them."""


@cache
def wording() -> Mapping[tuple[str, str], str]:
    """Return the table of wordings by (kind, key): names in running text, names and units of measures."""
    text = files("detente.briefing").joinpath("wording.csv").read_text(encoding="utf-8")
    return {(row["kind"], row["key"]): row["text"] for row in csv.DictReader(text.splitlines())}


@dataclass(frozen=True)
class Names:
    """Titles by key and names by code. What has no title is called by its key, in words."""

    actors: Mapping[str, str]
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def actor(self, code: str) -> str:
        """Return the name of an actor, as in a table or on an axis."""
        return (
            self.title("blocs", code) if code in self.titles.get("blocs", {}) else self.actors.get(code, code)
        )

    def in_text(self, code: str) -> Label:
        """Return the name of an actor as it stands in a sentence, with its article where it takes one."""
        return Label(wording().get(("actor", code)) or self.actor(code))

    def title(self, kind: str, key: str) -> str:
        """Return the title that the case gives to one of its parts, as in `title("issues", "all")`."""
        return self.titles.get(kind, {}).get(key) or key.replace("_", " ")

    def label(self, kind: str, key: str) -> Label:
        """Return the title as a label for a sentence."""
        return Label(self.title(kind, key))

    def measure(self, key: str) -> str:
        """Return what a measure of agreement is called."""
        return wording().get(("measure", key)) or key.replace("_", " ")

    def published(self, column: str) -> str:
        """Return what a published series of ideal points is called in a sentence."""
        return wording().get(("published", column)) or f"the published series ({column.replace('_', ' ')})"

    def members(self, bloc: str) -> Label:
        """Return `X members` for a bloc, which needs no article."""
        title = self.title("blocs", bloc)
        return Label(title if title.endswith("members") else f"{title} members")

    def group(self, key: str) -> str:
        """Return the title of a group of actors: one bloc, several joined by 'and', or a role in the case.

        >>> Names({}, {"blocs": {"A": "Alpha", "B": "Beta"}}).group("A and B")
        'Alpha and Beta'
        """
        if key in self.titles.get("groups", {}):
            return self.titles["groups"][key]
        return " and ".join(self.title("blocs", bloc) for bloc in key.split(" and "))


def unit_of(measure: str) -> str:
    """Return the unit of a measure of agreement.

    >>> unit_of("unanimous"), unit_of("pi")
    ('share', 'index')
    """
    return wording().get(("unit", measure), "index")


def names_of(case: Case, evidence: Evidence) -> Names:
    """Return the names that a brief on `case` needs."""
    gazetteer = evidence.gazetteer
    titles = {
        "blocs": {key: bloc.title for key, bloc in case.blocs.items()},
        "groups": {
            "reference": case.reference.title if case.reference else "Other states",
            "rival": "The rival",
            "ally": "The ally",
        },
        "issues": {key: issue.title for key, issue in case.issues.items()},
        "windows": {WHOLE: "all years", **{key: window.title for key, window in case.windows.items()}},
        "measurements": {key: each.title for key, each in case.stance.measurements.items()}
        if case.stance
        else {},
        "dependence": {key: each.title for key, each in case.dependence.items()},
        "items": {key: each.title for key, each in case.agenda.items.items()} if case.agenda else {},
        "scenarios": {key: each.title for key, each in case.scenarios.items()},
        "views": {key: each.title for key, each in case.threat.views.items()} if case.threat else {},
        "ranks": {key: each.title for key, each in case.threat.ranks.items()} if case.threat else {},
    }
    return Names({code: gazetteer.name(code) for code in gazetteer.codes}, titles)
