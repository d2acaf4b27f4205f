"""The forum: when it met, who took part as far as established, and what its meetings bring."""

from __future__ import annotations

import pandas as pd

from detente.briefing.exhibits import Column, Figure, Section, Table
from detente.briefing.material import Material
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import counted, day, runs
from detente.briefing.sections import meetings as held
from detente.briefing.sections.threat import by_year

SIGNS = {"took_part": "●", "not_invited": "○", "stayed_away": "×"}
HAPPENED = {"took_part": "took part", "not_invited": "was not invited", "stayed_away": "stayed away"}
COLUMNS = (
    Column("date", "Date"),
    Column("name", "Actor"),
    Column("said", "What"),
    Column("value", "Statement"),
    Column("source", "Source"),
    Column("locator", "Where"),
)


def record_sentence(facts: pd.DataFrame, forum: str) -> Sentence | None:
    """Say how many statements on participation are at hand, and over which years."""
    if facts.empty:
        return None
    source = ", ".join(sorted(facts["source"].unique()))
    size = Cited(counted(len(facts), source), f"statements on who took part in the {forum}")
    first, last = facts["date"].min(), facts["date"].max()
    return sentence(
        "The record of who came to the ", Label(forum), " holds ", size, " statements, from ",
        Label(day(first)), " to ", Label(day(last)), ".",
    )  # fmt: skip


def rival_sentence(facts: pd.DataFrame, rival: str, names: Names) -> Sentence | None:
    """Say in which years the rival took part, stayed away or was not invited, as far as established."""
    known = facts[(facts["actor"] == rival) & facts["key"].isin(list(SIGNS))]
    if known.empty:
        return None
    years: dict[str, set[int]] = {}
    for key, met in zip(known["key"], pd.to_datetime(known["date"]), strict=True):
        years.setdefault(str(key), set()).add(int(met.year))
    told: list[Part | tuple[Part, ...]] = [
        (f"{HAPPENED[key]} in ", Label(runs(years[key])))
        for key in sorted(years, key=lambda key: min(years[key]))
    ]
    return sentence("As far as established, ", names.in_text(rival), " ", *listed(told), ".")


def shown(facts: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return facts as a table: latest first, actors by name, keys in words."""
    frame = facts.sort_values(["date", "actor", "key"], ascending=[False, True, True], kind="stable")
    actors = [names.actor(actor) if isinstance(actor, str) else "" for actor in frame["actor"]]
    return frame.assign(name=actors, said=[str(key).replace("_", " ") for key in frame["key"]])


def attendance(facts: pd.DataFrame, names: Names) -> Table | None:
    """Return who took part by year, in signs; empty where that is not established."""
    known = facts[facts["key"].isin(list(SIGNS)) & facts["actor"].notna()]
    if known.empty:
        return None
    frame = known.assign(
        year=pd.to_datetime(known["date"]).dt.year,
        name=[names.actor(actor) for actor in known["actor"]],
        value=known["key"].map(SIGNS),
        mark="sourced",
    ).sort_values(["name", "year"], kind="stable")
    display, columns = by_year(frame, who="Participant")
    short = (columns[0], *(Column(each.field, f"’{each.title[-2:]}") for each in columns[1:]))
    note = "; ".join(f"{sign} {key.replace('_', ' ')}" for key, sign in SIGNS.items())
    return Table(
        "forum_attendance", "Who took part, as far as established", frame, short,
        f"{note.capitalize()}; empty: not established, which does not mean absent.", display=display,
    )  # fmt: skip


def forum(material: Material) -> Section | None:
    """Return the section on the forum, or None where the case names none or no fact is at hand."""
    asked, names = material.case.forum, material.names
    if asked is None:
        return None
    took_part = material.facts(asked.participation) if asked.participation else pd.DataFrame()
    meetings = material.facts(asked.occasions) if asked.occasions else pd.DataFrame()
    exhibits: list[Figure | Table] = [*held.exhibits(material)]
    told: tuple[Sentence | None, ...] = ()
    if len(took_part):
        rival = rival_sentence(took_part, material.case.rival, names)
        told = (rival, record_sentence(took_part, asked.name))
        exhibits += [table for table in (attendance(took_part, names),) if table]
        exhibits.append(_statements("forum_statements", "Statements on who took part", took_part, names))
    if len(meetings):
        exhibits.append(_statements("forum_meetings", "When it met", meetings, names))
    if not exhibits:
        return None
    record = tuple(each for each in told if each is not None)
    paragraphs = (*([record] if record else []), *held.paragraphs(material))
    notes = (" ".join(asked.note.split()),) if asked.note else ()
    return Section("forum", f"The forum: {asked.name}", paragraphs, tuple(exhibits), notes)


def _statements(key: str, title: str, facts: pd.DataFrame, names: Names) -> Table:
    return Table(key, title, shown(facts, names).assign(mark="sourced"), COLUMNS, folded=True)
