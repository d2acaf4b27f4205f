"""What tests ask, in words: titles from the case, names from the gazetteer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.cases.claims import (
    AssociationTest,
    ChangeTest,
    DependenceTest,
    DifferenceTest,
    LevelTest,
    NoTest,
    ProjectionTest,
    RecordTest,
    StrategyTest,
)
from detente.cases.claims_readings import WHOLE, Reading
from detente.cases.projection import ALIGNMENT

if TYPE_CHECKING:
    from detente.cases.claims import Test
    from detente.cases.schema import Case
    from detente.cases.strategies import Measure
    from detente.evidence.actors import Gazetteer

MEASURES = {
    "agreement_index": "agreement index", "rice": "Rice’s index", "unanimous": "share of unanimous votes",
    "pi": "agreement corrected for chance (π)", "s": "agreement (S)", "kappa": "agreement (κ)",
    "agrees_with_ally": "share of votes with the ally", "majorities_agree": "share of like majorities",
    "stance_distance": "distance in stance", "distance": "distance of ideal points", "stance": "stance",
    "ideal_point": "ideal point", "spread": "spread of ideal points",
    "voted_yes": "share of yes among votes cast", "disappointment": "disappointment, as simulated",
}  # fmt: skip
NET = {"points": "all its objectives less the cost", "cost": "cost"}


@dataclass(frozen=True)
class Words:
    """Tests of a case in words."""

    case: Case
    gazetteer: Gazetteer

    def asks(self, test: Test) -> str:
        """Return what a test asks, without its lines."""
        match test:
            case RecordTest():
                return self._record(test)
            case LevelTest():
                other = f", less {self.reading(test.beside)}" if test.beside else ""
                return f"{self.reading(test.read)}{other}"
            case ChangeTest():
                spans = f"{self.span(test.later)}, less {self.span(test.earlier)}"
                return f"{self.reading(test.read)}: {spans}"
            case DifferenceTest():
                one, other = (self.who(side) for side in test.sides)
                how = f"how far {one} and {other} are apart" if test.either_way else f"{one} less {other}"
                return f"{self.reading(test.read)}: {how}"
            case AssociationTest():
                return self._association(test)
            case DependenceTest():
                year = f", {test.year}" if test.year else ", last year known"
                title = self.case.dependence[test.dependence].title
                members = f"members of {self.who(test.among)}"
                return f"how many {members} are over a line in: {title}{year}"
            case ProjectionTest():
                years = "a year" if test.years == 1 else f"{test.years or 0:g} years"
                span = f"for {years}" if test.years else "to the end of the projection"
                return f"how likely it stays beyond a line {span}: {self.quantity(test.quantity)}"
            case StrategyTest():
                return self._strategy(test)
            case NoTest():
                return test.why

    def titled(self, test: Test) -> str:
        """Return the title of a test, or what it asks."""
        return test.title or self.asks(test)

    def who(self, name: str) -> str:
        """Return the title of a bloc, or the name of an actor."""
        return self.case.blocs[name].title if name in self.case.blocs else self.gazetteer.name(name)

    def span(self, span: int | str) -> str:
        """Return a window or year in words."""
        if span == WHOLE:
            return "all years"
        return self.case.windows[span].title if isinstance(span, str) else str(span)

    def reading(self, reading: Reading) -> str:
        """Return a reading in words: what, of whom, on what, and when."""
        parts = [self._what(reading)]
        if reading.of:
            parts.append(f"of {self.who(reading.of)}")
        if reading.compare:
            parts.append(f"of {self.case.compare[reading.compare].title}")
        if reading.issue:
            parts.append(f"on ‘{self.case.issues[reading.issue].title}’")
        if reading.resolution:
            parts.append(f"on {reading.resolution}")
        when = f", {self.span(reading.span)}" if reading.span is not None else ""
        return " ".join(parts) + when

    def _what(self, reading: Reading) -> str:
        case = self.case
        if reading.view and case.threat:
            return case.threat.views[reading.view].title
        if reading.rank and case.threat:
            return case.threat.ranks[reading.rank].title
        if reading.dependence:
            return case.dependence[reading.dependence].title
        if reading.name:
            at = f" for {self.who(reading.target)}" if reading.target else ""
            return reading.name.replace("_", " ") + at
        if reading.meeting and case.forum:
            return f"{MEASURES[reading.measure]}, at {case.forum.meetings[reading.meeting].title},"
        return MEASURES[reading.measure]

    def quantity(self, quantity: Measure) -> str:
        """Return what is followed in futures, in words."""
        item = self._item(quantity.item)
        if quantity.cohesion:
            return f"spread among members of {self.who(quantity.cohesion)} on {item}"
        if quantity.mean:
            return f"mean of {self.who(quantity.mean)} on {item}"
        if quantity.position:
            return f"position of {self.who(quantity.position)} on {item}"
        if quantity.passes:
            return f"share that passes: {self.case.decisions[quantity.passes].title}"
        assert quantity.driver and quantity.of and self.case.projection
        return f"{self.case.projection.drivers[quantity.driver].title} in {self.who(quantity.of)}"

    def _item(self, item: str | None) -> str:
        if item in (None, ALIGNMENT) or self.case.agenda is None:
            return "general alignment"
        return f"‘{self.case.agenda.items[str(item)].title}’"

    def _record(self, test: RecordTest) -> str:
        for_, against = (
            " or ".join(key.replace("_", " ") for key in keys) for keys in (test.supports, test.contradicts)
        )
        who = f" of {', '.join(self.who(actor) for actor in test.actors)}" if test.actors else ""
        span = f", {test.since or 'any day'} to {test.until or 'the claim'}"
        when = span if test.since or test.until else ""
        topic = test.topic.replace("_", " ")
        return f"dated facts on {topic}{who}{when}: ‘{for_}’ speaks for it, ‘{against}’ against it"

    def _association(self, test: AssociationTest) -> str:
        if test.covariate is not None:
            return f"coefficient of ‘{test.covariate}’ in the panel of general alignment"
        assert test.x and test.y and test.among
        return (
            f"rank correlation, over members of {self.who(test.among)}, between {self.reading(test.x)} and "
            f"{self.reading(test.y)}"
        )

    def _strategy(self, test: StrategyTest) -> str:
        assert self.case.strategies is not None
        player, levers = self.case.strategies.players[test.player], self.case.strategies.levers
        named = " + ".join(levers[key].title for key in test.levers)
        wants = player.objectives
        on = f"‘{wants[test.objective].title}’" if test.objective in wants else NET[test.objective]
        return f"what it does for {player.title}, on {on}: {named}"
