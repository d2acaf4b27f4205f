"""The sources a brief rests on, with citation, licence and hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pandas as pd

from detente.briefing.exhibits import Column, Table
from detente.briefing.material import Material
from detente.evidence import Registry

COLUMNS = (
    Column("id", "Source"),
    Column("citation", "Citation"),
    Column("licence", "Licence"),
    Column("licence_basis", "Basis of the licence"),
    Column("vintage", "Vintage"),
    Column("sha256", "SHA-256"),
)
WEB = ("https://", "http://")


def source_table(material: Material) -> Table:
    """Return the sources that the measures name, each once; all of them where the measures name none."""
    listed = material.evidence.sources()
    used = set(named(material))
    frame = listed[listed["id"].isin(used)] if used else listed
    frame = pd.concat([frame, behind_estimates(used - set(listed["id"]))], ignore_index=True)
    frame = frame.drop_duplicates("id").sort_values("id", kind="stable")
    safe = [url if isinstance(url, str) and url.startswith(WEB) else "" for url in frame["url"]]
    return Table("sources", "Sources", frame.assign(url=safe), COLUMNS)


def behind_estimates(ids: set[str]) -> pd.DataFrame:
    """Return registered sources whose files are not at hand: estimates that ship were computed from them."""
    known = [source for source in Registry.load().sources if source.id in ids]
    held = ("id", "title", "provider", "citation", "licence", "licence_basis", "url", "vintage")
    return pd.DataFrame(
        [{name: getattr(source, name) for name in held} | {"origin": "estimates"} for source in known]
    )


def named(material: Material) -> Iterator[str]:
    """Yield the ids of the sources that any measured table or fact of the case names."""
    frames = [getattr(material.measures, each.name) for each in fields(material.measures)]
    yield from material.membership.split(", ")
    for frame in [*frames, *(material.facts(topic) for topic in material.topics())]:
        if isinstance(frame, pd.DataFrame) and "source" in frame:
            for several in frame["source"].dropna().unique():
                yield from (each.strip() for each in str(several).replace(";", ",").split(","))
    yield from _simulated(material)


def _simulated(material: Material) -> Iterator[str]:
    """Yield what the tables of the simulation name as sources; an id stands before its year, in brackets."""
    if material.prospects is not None:
        for several in (*material.prospects.drivers["source"].dropna(), material.prospects.law):
            yield from (each.split(" (")[0].strip() for each in str(several).split(";"))
    if material.audit is not None:
        for several in material.audit.rows["source"].dropna().unique():
            yield from (each.strip() for each in str(several).split(","))
    if material.outcomes is None:
        return
    for frame in (material.outcomes.positions, material.outcomes.meetings):
        for column in frame.filter(regex="_source$"):
            for several in frame[column].dropna().unique():
                yield from (each.split(" (")[0].strip() for each in str(several).split(";"))
