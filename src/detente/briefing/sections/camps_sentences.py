"""Sentences on camps: how far from balance, who stands with whom, since when, and what it cannot say."""

from __future__ import annotations

import pandas as pd

from detente.briefing.prose import Cited, Form, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, against, counted, given, rows, said
from detente.briefing.sections.camps_reading import Camps, as_text
from detente.numbers import Number

WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
LITTLE = 0.02
"""A difference of shares below which nothing is made of it."""
CHANCE = 0.05
"""A change of camps is put down to more than chance where a quiet series has one as large no more often."""
TOLD = 3
LISTED = 5
"""As many names stand in a sentence; more are counted."""
MOVED = "share of the actors of both periods that changed camp, in the best camps found for each"


def frustrated(row: Row) -> Cited | None:
    """Return the part of the weight of ties that speaks against the camps of a period, with its bounds."""
    value, total, bound = (given(row[field]) for field in ("share", "total", "bound"))
    if value is None or not total:
        return None
    low = min(max((bound or 0.0) / total, 0.0), value)
    proof = "proven least" if row["proven"] else "the best found; none can leave less than the low end"
    method = f"least weight that camps leave against them, by {said(row, 'method') or 'search'}; {proof}"
    low = value if row["proven"] else low
    found = Number(value, "share", "estimated", low, value, said(row, "source"), method=method)
    return Cited(found, f"weight of ties against the camps, {row['period']}", form_of(found))


def form_of(number: Number) -> Form:
    """Return how a number is written whose bounds are those of a proof: bare where it is proven."""
    return "plain" if number.low == number.high else "interval"


def balance_sentence(camps: Camps) -> Sentence | None:
    """Say how far from balance the last period is, and whether better camps are ruled out."""
    row = rows(camps.periods)[-1]
    share = frustrated(row)
    if share is None:
        return None
    actors = Cited(_count(int(row["actors"]), row, "actors with ties"), f"actors with ties, {row['period']}")
    opening: tuple[Part, ...] = ("In ", camps.label(camps.latest), ", ")
    if int(row["camps"]) < 2:
        return sentence(
            *opening, "the ties bind all ", actors, " actors into one camp rather than divide them; ", share,
            " of their weight speaks against it.",
        )  # fmt: skip
    into = WORDS.get(int(row["camps"]), "many")
    which = "" if row["proven"] else " that was found"
    end = (
        ", and it is proven that none leaves less"
        if row["proven"]
        else "; that none leaves less is not proven, and the lines between the camps may lie elsewhere"
    )
    if share.number.value == 0:
        end = ": they are in balance"
    return sentence(
        *opening, "the best division of ", actors, f" actors into {into} camps{which} leaves ", share,
        " of the weight of their ties against it, as agreement across camps or disagreement within one", end,
        ".",
    )  # fmt: skip


def trend_sentence(camps: Camps) -> Sentence | None:
    """Say whether the ties are closer to balance than in the first period, or further from it."""
    told = rows(camps.periods)
    now, then = (frustrated(told[place]) for place in (-1, 0))
    if len(told) < 2 or now is None or then is None:
        return None
    apart = abs(now.number.value - then.number.value) >= LITTLE
    change = against(now.number, then.number) if apart else "alike"
    words = {"above": "further from", "below": "closer to", "alike": "about as far from"}[change]
    than = "as" if change == "alike" else "than"
    return sentence(
        "That is ", words, f" balance {than} in ", camps.label(str(told[0]["period"])), ", when the camps of "
        "that time left ", then, ".",
    )  # fmt: skip


def sides_sentence(camps: Camps) -> Sentence | None:
    """Name the camps of the last period by those held there most firmly, with how many each has."""
    size = camps.now["camp"].value_counts()
    held = [camp for camp in camps.order if camp in size.index]
    if len(held) < 2:
        return None
    row = rows(camps.periods)[-1]
    told: list[Part | tuple[Part, ...]] = []
    for camp in held[:TOLD]:
        figure = _count(int(size[camp]), row, "members of a camp")
        what = f"members of {camps.series[camp].name}, {camps.latest}"
        told.append((*camps.called(camp), " (", Cited(figure, what), "" if told else " members", ")"))
    rest = sum(int(size[camp]) for camp in held[TOLD:])
    if rest:
        others = Cited(_count(rest, row, "members of smaller camps"), "members of smaller camps")
        told.append(("smaller ones with ", others, " members in all"))
    return sentence("The camps, each named after actors of this brief in it, are ", *listed(told), ".")


def bloc_sentence(
    camps: Camps, ally: str | None, rival: str, *, opening: tuple[Part, ...] = ()
) -> Sentence | None:
    """Say how many of the main bloc stand in one camp, and where the ally and the rival stand."""
    now = camps.now[camps.now["actor"].isin(camps.insiders)]
    if now.empty:
        return None
    names, home = camps.names, camps.home
    out = [str(actor) for actor in now[now["camp"] != home].sort_values("actor")["actor"]]
    parts: list[Part] = [*opening, *_together(camps, len(now), len(out))]
    if ally and camps.camp_of(ally) is not None:
        beside = " among them" if ally in camps.insiders else " with them"
        parts += [", ", names.in_text(ally), beside] if camps.camp_of(ally) == home else []
    if out and len(out) <= LISTED:
        parts += [
            "; ",
            *listed([names.in_text(actor) for actor in out]),
            " do not" if out[1:] else " does not",
        ]
    if ally and ally not in out and camps.camp_of(ally) not in (None, home):
        parts += ["; ", names.in_text(ally), " stands in another"]
    if camps.camp_of(rival) is not None:
        where_stands = "the same camp" if camps.camp_of(rival) == home else "another camp"
        parts += ["; ", names.in_text(rival), f" stands in {where_stands}"]
    return sentence(*parts, ".")


def _together(camps: Camps, known: int, outside: int) -> tuple[Part, ...]:
    row, members = rows(camps.periods)[-1], camps.names.members(camps.bloc)
    every = Cited(_count(known, row, "members with ties"), f"{members.text} with ties, {camps.latest}")
    if not outside:
        return "all ", every, " ", members, " of today that have ties stand in one camp"
    what = f"{members.text} in one camp, {camps.latest}"
    most = Cited(_count(known - outside, row, "members in one camp"), what)
    return most, " of ", every, " ", members, " of today that have ties stand in one camp"


def realigned(realignments: pd.DataFrame, camps: Camps) -> pd.DataFrame:
    """Return the moments between the periods shown at which more changed camp than is usual, in order."""
    order = {str(period): place for place, period in enumerate(camps.periods["period"])}
    told = as_text(realignments)
    told = told.assign(next=told["next"].astype(str))
    told = told[told["period"].isin(order) & told["next"].isin(order)]
    told = told[told["moved"] > told["expected_high"]]
    return told.sort_values("period", key=lambda column: column.map(order), kind="stable")


def realigned_sentence(realignments: pd.DataFrame, camps: Camps) -> Sentence | None:
    """Name the moments at which most changed camp, and say whether chance could explain them."""
    if realignments["p_value"].dropna().empty:
        return None
    unusual = realigned(realignments, camps)
    if unusual.empty:
        return sentence("Between no two periods did more change camp than is usual.")
    clear = unusual[unusual["p_value"] <= CHANCE]
    shown = clear if len(clear) else unusual
    largest = shown.sort_values("moved", ascending=False, kind="stable").head(TOLD).index
    told: list[Part | tuple[Part, ...]] = []
    for row in rows(shown[shown.index.isin(largest)]):
        figure = Number(float(row["moved"]), "share", "estimated", row["moved"], row["moved"], method=MOVED)
        what = f"actors that changed camp, {row['period']} to {row['next']}"
        span = (camps.label(row["period"]), " and ", camps.label(row["next"]))
        of_whom = "" if told else " of those at hand in both"
        told.append(("between ", *span, " (", Cited(figure, what), of_whom, _for_good(row), ")"))
    lead = "More changed camp than chance explains " if len(clear) else "Most changed camp "
    end = "." if len(clear) else "; in so long a series that may be chance."
    return sentence(lead, *listed(told), end)


def _for_good(row: Row) -> str:
    """Return whether those who changed camp stayed there, in words; nothing where that is not known."""
    moved, stayed = (len(said(row, field).split()) for field in ("movers", "lasting"))
    if not moved or not isinstance(row.get("lasting"), str):
        return ""
    return ", most of them to stay" if 2 * stayed > moved else ", most of them not to stay"


def votes_sentence(camps: Camps, on_rival: pd.DataFrame, *, issue: str = "") -> Sentence | None:
    """Say what the votes behind the camps are about, and what they cannot say; None without votes.

    `on_rival` are the roll calls on the rival that the brief looks at.
    """
    row = rows(camps.periods)[-1]
    votes = given(row["roll_calls"])
    if not votes:
        return None
    number = Cited(
        counted(int(votes), said(row, "source") or "roll calls"),
        f"roll calls behind the camps, {camps.latest}",
    )
    subject: tuple[Part, ...] = (" on ", Label(f"‘{issue}’")) if issue else (" on every subject",)
    if len(on_rival):
        inside = on_rival["date"].between(row["start"], row["end"])
        among = on_rival[inside]["roll_call"].nunique()
        what = f"votes on the rival among those behind the camps, {camps.latest}"
        few = counted(among, said(rows(on_rival)[0], "source") or "roll calls")
        subject += (
            "; of the votes on the rival that this brief looks at, ",
            Cited(few, what) if among else "none",
            " are among them" if among > 1 else " is among them",
        )
    return sentence(
        "The camps of ", camps.label(camps.latest), " rest on ", number, " roll calls", *subject,
        ". They say who votes with whom, not who would defend whom; to share a camp with the rival is not to "
        "side with it.",
    )  # fmt: skip


def _count(value: int, row: Row, what: str) -> Number:
    """Return a count that rests on the camps found."""
    proof = "proven best" if row["proven"] else "best found, not proven"
    return Number(
        float(value), "count", "estimated", value, value, said(row, "source"), method=f"{what}; camps {proof}"
    )
