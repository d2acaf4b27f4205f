"""Decisions that come up: the chance of each, whose vote it hangs on, and what the rule does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.charts import intervals
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.theme import present
from detente.briefing.exhibits import Column, Figure, Panel, Section, Table
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.reading import rows
from detente.briefing.sections import decisions_sentences as say
from detente.briefing.sections.meetings import assumptions

if TYPE_CHECKING:
    from detente.cases.rules import AnyRule
    from detente.simulation.outcomes import Outcomes

DIGITS = 3
SHOWN = 15
"""How many members the table shows for each decision; the chart and the file have all."""
BEHIND = "Figures behind this chart"
DECISIONS = (
    Column("title", "Decision"),
    Column("next", "Next"),
    Column("voters", "Members", "count"),
    Column("passes", "Passes", "share"),
    Column("low", "Low", "share"),
    Column("high", "High", "share"),
    Column("mark", "Mark"),
    Column("rule_title", "Rule"),
)
MEMBERS = (
    Column("title", "Decision"),
    Column("name", "Member"),
    Column("yes", "For", "share"),
    Column("low", "Low", "share"),
    Column("high", "High", "share"),
    Column("against", "Against", "share"),
    Column("critical", "Turns it", "share"),
    Column("stops", "Stops it", "share"),
    Column("pivotal", "Won over last", "share"),
    Column("mark", "Mark"),
)
FLIPS = (
    Column("title", "Decision"),
    Column("state", "At the likeliest state it"),
    Column("who", "Turned by a change of"),
    Column("cost", "By", "position"),
    Column("mark", "Mark"),
)


def decisions(material: Material) -> Section | None:
    """Return the section on decisions, or None where none could be worked out."""
    found = material.outcomes
    if found is None or found.decisions.empty:
        return None
    members = _named(material, found)
    assumed = assumptions(found.assumed, "decisions", "What is assumed of votes")
    shown: tuple[Figure | Table, ...] = (
        Table("decisions", "Decisions that come up", _around_mean(found.decisions), DECISIONS),
        _votes(material, members),
        *_turned(material, found),
        *_power(found, members),
        *assumed,
    )
    return Section(
        "decisions", "Decisions: whose vote they hang on", paragraphs(material), shown, _notes(found)
    )


def in_answer(material: Material) -> tuple[Sentence, ...]:
    """Return what the answer says of decisions that come up on a known day."""
    found = material.outcomes
    coming = found.decisions.dropna(subset=["next"]) if found is not None else pd.DataFrame()
    if found is None or coming.empty:
        return ()
    told = (
        say.answer_sentence(each, say.of(found.members, each), material.names)
        for each in rows(coming.sort_values("next", kind="stable"))
    )
    return tuple(each for each in told if each is not None)


def paragraphs(material: Material) -> tuple[tuple[Sentence, ...], ...]:
    """Return what is told of decisions: what is assumed, then one paragraph for each."""
    names, found = material.names, material.outcomes
    if found is None or found.decisions.empty:
        return ()
    told: list[tuple[Sentence | None, ...]] = [(say.assumed_sentence(found.assumed),)]
    for place, each in enumerate(rows(found.decisions)):
        members, title = say.of(found.members, each), str(each["title"])
        again = say.other_rule_sentence(each, found.decisions.head(place))
        alone = each_stops(material, str(each["decision"]))
        told.append(
            (
                say.passes_sentence(each),
                again,
                say.hopeful_sentence(each),
                None if again else say.members_sentence(members, title, names),
                say.hangs_sentence(members, title, names, each_stops=alone),
                say.flip_sentence(say.of(found.flips, each), each, names),
                say.power_sentence(members, title, names),
            )
        )
    kept = (tuple(each for each in part if each is not None) for part in told)
    return tuple(each for each in kept if each)


def each_stops(material: Material, decision: str) -> bool:
    """Return whether the rule of a decision lets every member stop it alone."""
    from detente.simulation.institutions.catalogue import rule_named

    rule = material.case.decisions[decision].rule
    return _blocked_by_one((rule_named(rule) if isinstance(rule, str) else rule).passes)


def _blocked_by_one(rule: AnyRule) -> bool:
    from detente.cases.rules import AllOf, Condition

    if isinstance(rule, AllOf):
        return any(_blocked_by_one(part) for part in rule.all)
    if not isinstance(rule, Condition) or rule.side not in ("against", "not_for"):
        return False
    return rule.threshold.bound in (("at_most", 0), ("fewer_than", 1))


def _named(material: Material, found: Outcomes) -> pd.DataFrame:
    titles = dict(zip(found.decisions["decision"], found.decisions["title"], strict=True))
    frame = found.members.assign(
        title=found.members["decision"].map(titles),
        name=[material.names.actor(str(actor)) for actor in found.members["actor"]],
        series=[material.names.group(str(group)) for group in found.members["group"]],
    )
    return frame.sort_values(["decision", "yes", "name"], kind="stable")


def _votes(material: Material, members: pd.DataFrame) -> Figure:
    series = material.groups(members["group"])
    panels: list[Panel] = []
    seen: list[pd.DataFrame] = []
    for _, part in members.groupby("decision", sort=False):
        drawn = part.rename(columns={"yes": "value"})
        drawn = drawn[["name", "series", "value", "low", "high"]].round(DIGITS)
        if any(drawn.reset_index(drop=True).equals(other) for other in seen):
            continue
        seen.append(drawn.reset_index(drop=True))
        note = [f"turns it in {share:.0%} of votes" for share in part["critical"]]
        spec = intervals(drawn.assign(note=note), title="chance to vote for", series=series,
                         guides=Guides(ends=(0.0, 1.0)))  # fmt: skip
        panels.append(Panel(spec, str(part["title"].iloc[0])))
    return Figure(
        "decisions_votes",
        "How likely each member is to vote for it",
        "For each member the chance that it votes for the proposal, the least likely on top. A rule that "
        "asks the same members about the same proposal changes no vote, and has no panel of its own.",
        "A long line: the assumed strengths leave it open. Under unanimity the top of the ladder decides; "
        f"under a majority the middle. Lines are intervals of {material.confidence} over all that is assumed "
        "and estimated.",
        tuple(panels),
        _likely(members),
        present(series, members["series"]),
    )


def _around_mean(frame: pd.DataFrame) -> pd.DataFrame:
    """Return decisions with intervals that hold the mean over draws, which a few may carry outside."""
    low, high = (frame[[end, "passes"]] for end in ("low", "high"))
    return frame.assign(low=low.min(axis=1), high=high.max(axis=1))


def _likely(members: pd.DataFrame) -> Table:
    """Return the table of votes; it shows those least likely to vote for each decision."""
    shown = members.groupby("decision", sort=False).head(SHOWN)
    title = f"The {SHOWN} least likely to vote for each" if len(shown) < len(members) else BEHIND
    return Table("decisions_votes", title, members, MEMBERS, display=shown)


def _turned(material: Material, found: Outcomes) -> tuple[Table, ...]:
    if found.flips.empty:
        return ()
    titles = dict(zip(found.decisions["decision"], found.decisions["title"], strict=True))
    frame = found.flips.assign(
        title=found.flips["decision"].map(titles),
        state=["passes" if passes else "fails" for passes in found.flips["passes"]],
        who=[
            ", ".join(material.names.actor(actor) for actor in str(actors).split(", "))
            for actors in found.flips["actors"]
        ],
    )
    note = (
        "The smallest changes of positions, added up, by which the outcome would be another if every number "
        "were as is likeliest. Each row does without anyone of the rows before."
    )
    return (Table("decisions_flips", "What would turn them", frame, FLIPS, note),)


def _power(found: Outcomes, members: pd.DataFrame) -> tuple[Table, ...]:
    """Return the power of members under each rule, one table for each bloc that decides."""
    tables = []
    for bloc, held in found.decisions.groupby("bloc", sort=False):
        part = members[members["decision"].isin(held["decision"])]
        wide = part.pivot_table(index="name", columns="decision", values="power", sort=False).reset_index()
        if (part.groupby("decision")["power"].nunique() < 2).all():
            continue
        wide = wide.sort_values(list(held["decision"])[-1], ascending=False, kind="stable")
        titles = zip(held["decision"], held["rule_title"], strict=True)
        columns = (Column("name", "Member"), *(Column(key, title, "share") for key, title in titles))
        frame = part[["decision", "actor", "name", "power", "banzhaf"]].assign(mark="sourced")
        key = f"decisions_power_{str(bloc).lower()}"
        tables.append(
            Table(key, "Power that the rules give", frame, columns, RULES, display=wide, folded=True)
        )
    return tuple(tables)


RULES = (
    "Shapley–Shubik index: how often a member is the one that completes a majority if all join in any order, "
    "whatever they want. The file has Banzhaf’s index besides."
)


def _notes(found: Outcomes) -> tuple[str, ...]:
    told = [
        f"{row['title']}: {' '.join(str(row['note']).split())}"
        for row in rows(found.decisions)
        if row["note"]
    ]
    how = "; ".join(dict.fromkeys(f"{row['title']}: {row['how']}" for row in rows(found.decisions)))
    return (*((" ".join(told),) if told else ()), f"How chances were found. {how}.")
