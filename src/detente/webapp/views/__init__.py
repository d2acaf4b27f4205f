"""The views of the page: what each is called, what it asks, and the function that gives its data."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.cases.schema import Case
    from detente.webapp.studying import Study

Row = dict[str, Any]
FILES = "files"
"""Where the CSV files of a view are held, by key; they are no part of what the page is sent."""


@dataclass(frozen=True)
class View:
    """One view: its name in addresses, its title, the question it answers, and where its data come from.

    `within` names the module here whose `data(study, name)` returns `sections`, `numbers` and whatever else
    the view has, or None where the case has nothing for it; `absent` says then what it would take. `names`
    are parameters of its own, beside `NAMES`. `moved` names the module here that says what follows from what
    is moved by hand: `asked(found, query)` adds to the data, `patch(case, found)` says it as a patch.
    """

    name: str
    title: str
    question: str
    within: str
    absent: str = ""
    names: tuple[str, ...] = ()
    moved: str = ""

    def data(self, study: Study) -> Row | None:
        """Return the data of the view; raises `DetenteError` where they cannot be worked out."""
        module = import_module(f"{__name__}.{self.within}")
        found: Row | None = module.data(study, self.name)
        return found

    def asked(self, found: Row, query: Mapping[str, str]) -> Row:
        """Return what the data have besides, for an address that moves something; empty where none does."""
        more: Row = import_module(f"{__name__}.{self.moved}").asked(found, query) if self.moved else {}
        return more

    def patch(self, case: Case, found: Row) -> Row:
        """Return what is moved as a patch on the case; empty where nothing is."""
        changes: Row = import_module(f"{__name__}.{self.moved}").patch(case, found) if self.moved else {}
        return changes


NAMES = (
    "show", "bloc", "issue", "item", "actor", "window", "period", "year", "player", "meeting", "line",
    "claim", "source", "sort", "find", "open", "theme",
)  # fmt: skip
"""Parameters of every view: what is picked out, sorted or unfolded. They restore what the reader looked at;
`show` (a comma between keys) picks sections and exhibits, the rest is left to the page."""

VIEWS = {
    view.name: view
    for view in (
        View("unity", "Unity", "How united are they, over time?", "measured", "votes in the evidence"),
        View("camps", "Map and camps", "Which camps do the votes show?", "measured", "a section `camps:`"),
        View(
            "stance", "Who stands where", "Who stands where on the rival?", "measured", "a section `stance:`"
        ),
        View(
            "dependence",
            "Dependence",
            "Who depends on the rival, and who fears it?",
            "measured",
            "a section `dependence:` or `threat:`",
        ),
        View("whatif", "What if", "What would change it?", "ahead", "a section `projection:`"),
        View(
            "forum",
            "Forum",
            "Who expects what, and who will be disappointed?",
            "forum",
            "sections `agenda:` and `forum:`",
            names=("observer", "seen"),
            moved="seats",
        ),
        View(
            "strategies",
            "Strategies",
            "What can each side do, and what holds up?",
            "strategies",
            "sections `projection:` and `strategies:`",
            names=("cells", "against"),
        ),
        View("claims", "Claims", "What has been claimed, and does it hold?", "claims", "a section `claims:`"),
        View("sources", "Sources", "Where does every number come from?", "sources"),
    )
}
"""The views in the order of the page."""
