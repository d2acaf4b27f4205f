"""The weakest links and why: what pulls the lowest members down, and who votes least with the rest."""

from __future__ import annotations

import pandas as pd

from detente.briefing.charts import pulls
from detente.briefing.exhibits import Column, Figure, Panel, Section, Table
from detente.briefing.material import Material
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, against, number, rows, where
from detente.briefing.sections.stance import UNIT, groups
from detente.numbers import figure

COUNT = 4
LEAST = 3
LOWEST = "three"
PULLS = (
    Column("actor_name", "Member"),
    Column("name", "Measurement"),
    Column("observed", "Observed", unit_field="unit"),
    Column("expected", "Expected from the rest", unit_field="unit"),
    Column("typical", "Typical", unit_field="unit"),
    Column("pull", "Pull", UNIT),
)
VOTES = (
    Column("member", "Member"),
    Column("group", "Bloc"),
    Column("value", "Agreement with the rest (π)", "index"),
    Column("low", "Low", "index"),
    Column("high", "High", "index"),
    Column("roll_calls", "Roll calls", "count"),
    Column("mark", "Mark"),
)


def reason_sentence(actor: str, contributions: pd.DataFrame, names: Names) -> Sentence | None:
    """Say which measurement pulls a member down the most, and what, if anything, holds it up."""
    mine = where(contributions, actor=actor).sort_values("pull", kind="stable")
    if mine.empty:
        return None
    down, up = mine.iloc[0], mine.iloc[-1]
    if not down["pull"] < 0:
        return sentence(
            "No measurement pulls ", names.in_text(actor), " below the mean of all actors placed."
        )
    parts: list[Part] = [names.in_text(actor), " is pulled down most by ", *_observed(rows(mine)[0], names)]
    if up["pull"] > 0:
        parts += [", and held up most by ", *_observed(rows(mine)[-1], names)]
    return sentence(*parts, ".")


def robust_sentence(leave_one_out: pd.DataFrame, members: pd.DataFrame, names: Names) -> Sentence | None:
    """Say which of the lowest members stay among the lowest whichever measurement is left out."""
    held = leave_one_out[leave_one_out["actor"].isin(members["actor"])]
    lowest = [str(actor) for actor in members.sort_values("value", kind="stable").head(LEAST)["actor"]]
    refits = [
        (str(out), set(each.sort_values("value", kind="stable").head(LEAST)["actor"]))
        for out, each in held.groupby("left_out", sort=False)
    ]
    if len(lowest) < LEAST or not refits:
        return None
    leaves = {actor: [out for out, among in refits if actor not in among] for actor in lowest}
    stay = [names.in_text(actor) for actor in lowest if not leaves[actor]]
    who: tuple[Part, ...] = (*listed(stay), " are" if len(stay) > 1 else " is") if stay else ("none is",)
    parts: list[Part] = [*who, f" among the lowest {LOWEST} whichever measurement is left out"]
    for place, actor in enumerate(actor for actor in lowest if leaves[actor]):
        titles = [Label(f"‘{names.title('measurements', out)}’") for out in leaves[actor]]
        join = ": " if place == 0 and not stay else "; "
        parts += [join, names.in_text(actor), " drops out without ", *listed(titles, last=" or ")]
    return sentence(*parts, ".")


def _observed(row: Row, names: Names) -> tuple[Part, ...]:
    title = names.title("measurements", row["measurement"])
    found = number(row, unit=str(row["unit"]), field="observed")
    if found is None:
        return (Label(f"‘{title}’"),)
    shown: Part = Cited(found, f"{title}, {names.actor(row['actor'])}")
    if is_vote(found.unit):
        shown = Label(vote_word(found.value))
    return Label(f"‘{title}’"), " (", shown, ")"


def is_vote(unit: str) -> bool:
    """Return whether a value stands for how an actor voted, which is said in a word and not as a figure."""
    return unit.startswith("vote")


def vote_word(value: float) -> str:
    """Return the vote that a value stands for.

    >>> vote_word(1.0), vote_word(0.5), vote_word(0.0)
    ('yes', 'abstained', 'no')
    """
    return "yes" if value > 0.75 else "no" if value < 0.25 else "abstained"


def breaks_sentence(weakest: pd.DataFrame, bloc: str, names: Names) -> Sentence | None:
    """Name the member of a bloc that votes least with the rest in general, and how clearly so."""
    order = rows(weakest.sort_values("value", kind="stable").head(2))
    told = [(row, figure) for row in order if (figure := _agreement(row, names)) is not None]
    if len(told) < 2:
        return None
    (row, least), (_, second) = told
    clear = "clearly" if against(least.number, second.number) == "below" else "though not clearly"
    return sentence(
        "In votes in general, ", names.in_text(row["actor"]), " agrees least with the other ",
        names.members(bloc), " (π\u00a0", least, "), ", clear, " less than the next (", second, "). General "
        "votes and stance on the rival need not point to the same members.",
    )  # fmt: skip


def _agreement(row: Row, names: Names) -> Cited | None:
    found = number(row, unit="index")
    what = f"agreement (π) of {names.actor(row['actor'])} with the other {names.members(row['bloc']).text}"
    return Cited(found, what, "inside") if found else None


def weakest(material: Material) -> Section | None:
    """Return the section on the weakest links, or None where neither stance nor votes tell."""
    names, measured = material.names, material.measures
    members, _ = groups(material)
    lowest = [str(actor) for actor in members.sort_values("value", kind="stable").head(COUNT)["actor"]]
    contributions = measured.contributions[measured.contributions["actor"].isin(lowest)]
    told = [reason_sentence(actor, contributions, names) for actor in lowest]
    votes = _latest_votes(material)
    bloc = next(iter(material.case.blocs))
    general = breaks_sentence(where(votes, bloc=bloc), bloc, names) if len(votes) else None
    exhibits: list[Figure | Table] = []
    if len(contributions):
        exhibits.append(_pulls(material, lowest, contributions))
    if len(votes):
        exhibits.append(_votes(material, votes))
    if not exhibits:
        return None
    told.append(robust_sentence(measured.leave_one_out, members, names))
    first = tuple(each for each in told if each is not None)
    paragraphs = tuple(part for part in (first, (general,) if general else ()) if part)
    return Section("weakest", "The weakest links, and why", paragraphs, tuple(exhibits))


def _latest_votes(material: Material) -> pd.DataFrame:
    held = where(material.measures.weakest, measure="pi", issue=material.general).dropna(subset=["value"])
    found = [key for key in material.windows if (held["window"] == key).any()]
    return where(held, window=found[-1]) if found else held


def _pulls(material: Material, lowest: list[str], contributions: pd.DataFrame) -> Figure:
    names = material.names
    frame = contributions.assign(
        actor_name=[names.actor(actor) for actor in contributions["actor"]],
        name=[names.title("measurements", key) for key in contributions["measurement"]],
        note=[_note(row) for row in rows(contributions)],
    )
    edge = float(frame["pull"].abs().max()) * 1.05 or 1.0
    panels = []
    for actor in lowest:
        mine = where(frame, actor=actor).sort_values("pull", kind="stable")
        if len(mine):
            spec = pulls(
                mine[["name", "pull", "note"]], title="pull, in steps of the scale", domain=(-edge, edge)
            )
            panels.append(Panel(spec, names.actor(actor)))
    return Figure(
        "weakest_pulls",
        "What pulls the lowest members down, and what holds them up",
        "For each of the lowest members, how much each measurement moves its place on the scale away from "
        "the mean. The bars of one member add up to its place.",
        "A bar to the left is a measurement that sets the member nearer to the rival than the mean of all "
        "actors; a bar to the right sets it further away. A measurement without a bar was not at hand for "
        "that member.",
        tuple(panels),
        Table("weakest_pulls", "Figures behind this chart", frame.sort_values(["actor_name", "pull"]), PULLS),
    )


def _note(row: Row) -> str:
    unit = str(row["unit"])
    return vote_word(row["observed"]) if is_vote(unit) else figure(row["observed"], unit)


def _votes(material: Material, votes: pd.DataFrame) -> Table:
    names, order = material.names, list(material.case.blocs)
    frame = votes.assign(place=[order.index(bloc) for bloc in votes["bloc"]])
    frame = frame.sort_values(["place", "value"], kind="stable").drop(columns="place")
    frame = frame.assign(
        member=[names.actor(actor) for actor in frame["actor"]],
        group=[names.title("blocs", bloc) for bloc in frame["bloc"]],
    )
    window = names.title("windows", str(frame["window"].iloc[0]))
    return Table(
        "weakest_votes",
        f"The three members of each bloc that agree least with the rest in general votes ({window})",
        frame,
        VOTES,
        "π is agreement corrected for chance: one is full agreement, zero what chance would give. It is the "
        "mean over the member’s pairs with all others of its bloc. The file holds all members.",
        display=frame.groupby("bloc", sort=False).head(LEAST),
    )
