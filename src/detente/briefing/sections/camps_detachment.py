"""Who could be parted from the main bloc: how firmly each member is held, by whom, and who would go along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

import pandas as pd

from detente.briefing.charts.ladder import STATES
from detente.briefing.material import Material
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Form, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, given, rows, said, where
from detente.briefing.sections.camps_reading import Camps, as_text, earlier, weights
from detente.briefing.sections.camps_sentences import LISTED, LITTLE, form_of
from detente.numbers import Number

FIRM, OPEN, LOOSE = (state.name for state in STATES)
METHOD = "rise in frustration when forced apart from the bloc's core, as a share of the weight of its ties"
SHUFFLED = "margins with the signs of its ties shuffled"


@dataclass(frozen=True)
class Rungs:
    """The members of one bloc in one period, the least firmly held first, and the period before it."""

    frame: pd.DataFrame
    """`actor`, `name`, and as shares of the weight of its ties `value`, `bound`, `low`, `mid`, `high`, `was`;
    `proven`, `in_camp`, `state`, `followers` (codes), `mark`, `source`."""
    bloc: str
    period: str
    before: str | None
    core: tuple[str, ...]

    @property
    def inside(self) -> pd.DataFrame:
        """The members that share the camp of the core."""
        return self.frame[self.frame["in_camp"]]


def rungs_of(material: Material, camps: Camps) -> Rungs | None:
    """Return the rungs of the first bloc of the case that has any, in its last period; None without any."""
    held = as_text(material.measures.detachment).dropna(subset=["margin", "share"])
    held = held[held["period"].isin(camps.periods["period"])]
    bloc = next((bloc for bloc in material.case.blocs if (held["bloc"] == bloc).any()), None)
    if bloc is None:
        return None
    mine = where(held, bloc=bloc)
    order = [period for period in camps.periods["period"] if (mine["period"] == period).any()]
    now, before = order[-1], earlier(order, camps.periods)
    then = where(mine, period=before) if before else mine.iloc[:0]
    was = dict(zip(then["actor"], then["share"], strict=True))
    total = weights(camps, now)
    told = [_rung(row, total, was, material.names) for row in rows(where(mine, period=now))]
    frame = pd.DataFrame(told).sort_values(["value", "actor"], kind="stable", ignore_index=True)
    core = said(rows(where(mine, period=now))[0], "core").split()
    return Rungs(frame, bloc, now, before, tuple(core))


def _rung(row: Row, total: Mapping[str, float], was: Mapping[str, float], names: Names) -> dict[str, object]:
    actor, margin, value = str(row["actor"]), float(row["margin"]), float(row["share"])
    weight = margin / value if value else total.get(actor, nan)
    shares = {
        name: (found / weight if (found := given(row[f"null_{name}"])) is not None else nan)
        for name in ("low", "mid", "high")
    }
    bound = given(row["margin_bound"])
    lower = value if row["proven"] or bound is None else min(bound / weight, value) if weight else value
    state = FIRM if value > shares["high"] else LOOSE if value < shares["low"] else OPEN
    return {
        "actor": actor, "name": names.actor(actor), "value": value, "bound": lower, **shares,
        "was": was.get(actor, nan), "proven": bool(row["proven"]), "in_camp": bool(row["in_camp"]),
        "state": state, "followers": said(row, "followers"), "mark": row["mark"], "source": row["source"],
    }  # fmt: skip


def _share(row: Row, period: str, *, sign: int = 1, form: Form | None = None) -> Cited:
    """Return the margin of a member; with `sign` -1, what bringing in one that stands outside would cost."""
    low, high = sorted((sign * row["bound"], sign * row["value"]))
    method = f"{METHOD}; {'proven' if row['proven'] else 'best found, not proven'}"
    found = Number(sign * row["value"], "share", "estimated", low, high, said(row, "source"), method=method)
    return Cited(found, f"detachment margin, {row['name']}, {period}", form or form_of(found))


def _was(row: Row, period: str) -> Cited:
    """Return the margin that a member had in an earlier period."""
    found = Number(
        row["was"], "share", "estimated", row["was"], row["was"], said(row, "source"), method=METHOD
    )
    return Cited(found, f"detachment margin, {row['name']}, {period}")


def least_sentence(rungs: Rungs, names: Names) -> Sentence | None:
    """Name the member held least firmly, what parting it would cost, and what chance would give."""
    told = rows(rungs.inside)
    if len(told) < 2:
        return None
    first, second = told[0], told[1]
    ordered = first["proven"] and first["value"] < second["bound"]
    lead = "is held least firmly" if ordered else "seems held least firmly, though the order is not proven"
    chance: tuple[Part, ...] = ()
    if given(first["low"]) is not None:
        middle = min(max(first["mid"], first["low"]), first["high"])
        number = Number(middle, "share", "estimated", first["low"], first["high"], method=SHUFFLED)
        words = {FIRM: "more than", LOOSE: "less than", OPEN: "not clearly apart from"}[first["state"]]
        figure = Cited(number, f"margin by chance, {first['name']}, {rungs.period}", "interval")
        chance = (f", {words} the ", figure, " that chance would give")
    return sentence(
        "Of the ", names.members(rungs.bloc), " that stand with their core, ", names.in_text(first["actor"]),
        f" {lead}: to part it from them would set a further ", _share(first, rungs.period),
        " of the weight of its ties against the camps", *chance, *_along(first, names), ".",
    )  # fmt: skip


def _along(row: Row, names: Names) -> tuple[Part, ...]:
    """Return who else of the bloc would go along with a member that left."""
    others = [names.in_text(code) for code in row["followers"].split()]
    if not others or len(others) > LISTED:
        return ()
    return "; ", *listed(others), " would go along"


def chance_sentence(rungs: Rungs, names: Names) -> Sentence | None:
    """Say how many members are held more firmly than chance would, and who is not told apart from it."""
    inside = rungs.inside[rungs.inside["low"].notna()]
    if inside.empty:
        return None
    firm, others = inside[inside["state"] == FIRM], inside[inside["state"] != FIRM]
    every = _count(len(inside), rungs, "members with the core")
    held: list[Part] = [
        _count(len(firm), rungs, "members held more firmly than by chance"),
        " of these ",
        every,
    ]
    if others.empty:
        return sentence("All ", every, " of these members are held more firmly than chance would hold them.")
    names_of = [names.in_text(str(actor)) for actor in others["actor"]]
    rest: tuple[Part, ...] = (
        (": of ", *listed(names_of), " that cannot be said") if len(names_of) <= LISTED else ()
    )
    return sentence(*held, " members are held more firmly than chance would hold them", *rest, ".")


def outside_sentence(rungs: Rungs, names: Names) -> Sentence | None:
    """Say which members stand outside their core's camp already, and what bringing them in would cost."""
    out = rows(rungs.frame[~rungs.frame["in_camp"]])
    if not out:
        return None
    if len(out) > LISTED:
        return sentence(
            _count(len(out), rungs, "members outside the camp of their core"),
            " members stand outside the camp of the core already.",
        )
    told: list[Part | tuple[Part, ...]] = [
        (names.in_text(row["actor"]), " (", _share(row, rungs.period, sign=-1), ")") for row in out
    ]
    return sentence(
        *listed(told), " stand" if told[1:] else " stands", " outside the camp of the core already; in "
        "brackets, what share of the weight of its ties bringing it in would set against the camps.",
    )  # fmt: skip


def change_sentence(rungs: Rungs, names: Names) -> Sentence | None:
    """Say who has become easier to part since the earlier period, and who harder."""
    both = rungs.frame.dropna(subset=["was"])
    if both.empty or rungs.before is None:
        return None
    both = both.assign(change=both["value"] - both["was"]).sort_values("change", kind="stable")
    ends = ((rows(both)[0], -1, "less firmly"), (rows(both)[-1], 1, "more firmly"))
    told: list[Part | tuple[Part, ...]] = [
        (
            f"{how}, above all ", names.in_text(row["actor"]), " (", _share(row, rungs.period, form="plain"),
            " after ", _was(row, rungs.before), ")",
        )
        for row, sign, how in ends
        if sign * row["change"] >= LITTLE
    ]  # fmt: skip
    since = ("since ", names.label("windows", rungs.before))
    if not told:
        return sentence("No member has come to be held much more or less firmly ", *since, ".")
    return sentence(*since, ", some members have come to be held ", *listed(told, last=", and others "), ".")


def together_sentence(pairs: pd.DataFrame, rungs: Rungs, names: Names) -> Sentence | None:
    """Name the two members that save most by leaving together, or say that no two save anything."""
    held = where(as_text(pairs), bloc=rungs.bloc, period=rungs.period).dropna(subset=["saving"])
    inside = set(rungs.inside["actor"])
    held = held[held["a"].isin(inside) & held["b"].isin(inside)]
    if held.empty:
        return None
    best = rows(held.sort_values(["saving", "a", "b"], ascending=[False, True, True], kind="stable"))[0]
    if best["saving"] <= 0:
        return sentence("No two of them would be easier to part from the bloc together than one by one.")
    alone = float(best["alone_a"]) + float(best["alone_b"])
    two = (names.in_text(best["a"]), " and ", names.in_text(best["b"]))
    if not best["proven"] or alone <= 0:
        unsure = "" if best["proven"] else " (the best found, not proven)"
        return sentence("If two left together, most would be saved by ", *two, f"{unsure}.")
    part = min(float(best["saving"]) / alone, 1.0)
    number = Number(part, "share", "estimated", part, part, method="1 - joint margin / sum of both; proven")
    pair = f"{names.actor(best['a'])} and {names.actor(best['b'])}"
    saved = Cited(number, f"saved by leaving together, {pair}, {rungs.period}")
    if part < LITTLE:
        return sentence("To part two at once saves little: at most ", saved, ", with ", *two, ".")
    return sentence(
        "If two left together, most would be saved by ", *two, ": to part both at once costs ", saved,
        " less than to part each alone.",
    )  # fmt: skip


def stance_sentence(rungs: Rungs, placed: pd.DataFrame, names: Names) -> Sentence | None:
    """Say whether the scale of stance on the rival points to the member held least firmly here."""
    inside = rungs.inside
    if inside.empty or placed.empty:
        return None
    least = str(inside["actor"].iloc[0])
    lowest = str(placed.sort_values("value", kind="stable")["actor"].iloc[0])
    if least == lowest:
        return sentence("The scale of stance points to the same member: ", names.in_text(least), ".")
    return sentence(
        "The scale of stance points elsewhere: lowest there is ", names.in_text(lowest), ", while ",
        names.in_text(least), " is held least firmly here.",
    )  # fmt: skip


def _count(value: int, rungs: Rungs, what: str) -> Cited:
    source = ", ".join(sorted(set(rungs.frame["source"].dropna())))
    number = Number(
        value, "count", "estimated", value, value, source, method="counted in the detachment ladder"
    )
    return Cited(number, f"{what}, {rungs.period}")
