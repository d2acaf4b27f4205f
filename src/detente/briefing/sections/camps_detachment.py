"""Who could be parted from the main bloc: how firmly each member is held, by whom, and who would go along."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import pandas as pd

from detente.briefing.charts.ladder import STATES
from detente.briefing.material import Material
from detente.briefing.names import Names
from detente.briefing.prose import Cited, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, given, rows, said, where
from detente.briefing.sections.camps_reading import Camps, as_text, earlier
from detente.briefing.sections.camps_sentences import LISTED, LITTLE, form_of
from detente.numbers import Number

FIRM, OPEN, LOOSE = (state.name for state in STATES)
METHOD = "rise in the weight of ties against the camps when forced apart from the bloc's core"
SHUFFLED = "margins with the signs of its ties shuffled"
WEIGHT = "weight"
"""The unit of margins: the weight of ties."""


@dataclass(frozen=True)
class Rungs:
    """The members of one bloc in one period, the least firmly held first, and the period before it."""

    frame: pd.DataFrame
    """`actor`, `name`, and in the weight of ties `value`, from `low` to `high`, `was`, and by chance
    `chance_mid`, from `chance_low` to `chance_high`; `share` and `share_was` of the weight of its own ties;
    `proven`, `drawn` (whether the interval is one over roll calls), `in_camp`, `state`, `followers` (codes),
    `mark`, `source`."""
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
    was = {row["actor"]: row for row in rows(then)}
    told = [_rung(row, was.get(row["actor"]), material.names) for row in rows(where(mine, period=now))]
    frame = pd.DataFrame(told).sort_values(["value", "actor"], kind="stable", ignore_index=True)
    core = next((str(codes) for codes in where(mine, period=now)["core"] if codes), "")
    return Rungs(frame, bloc, now, before, tuple(core.split()))


def _rung(row: Row, was: Row | None, names: Names) -> dict[str, object]:
    value, actor = float(row["margin"]), str(row["actor"])
    low, high, drawn = _ends(row)
    chance = {name: given(row[f"null_{name}"]) for name in ("low", "mid", "high")}
    least, middle, most = (nan if end is None else end for end in chance.values())
    return {
        "actor": actor, "name": names.actor(actor), "value": value, "low": low, "high": high, "drawn": drawn,
        "was": was["margin"] if was else nan, "share": float(row["share"]),
        "share_was": was["share"] if was else nan, "chance_low": least, "chance_mid": middle,
        "chance_high": most, "state": FIRM if low > most else LOOSE if high < least else OPEN,
        "proven": bool(row["proven"]), "in_camp": bool(row["in_camp"]), "followers": said(row, "followers"),
        "mark": row["mark"], "source": row["source"],
    }  # fmt: skip


def _ends(row: Row) -> tuple[float, float, bool]:
    """Return the interval of a margin: over roll calls where there is one; else from what is proven."""
    value, bound = float(row["margin"]), given(row["margin_bound"])
    low, high = given(row["low"]), given(row["high"])
    if low is not None and high is not None:
        return min(low, value), max(high, value), True
    return (value if row["proven"] or bound is None else min(bound, value)), value, False


def _margin(row: Row, period: str, *, sign: int = 1) -> Cited:
    """Return the margin of a member; with `sign` -1, what bringing in one that stands outside would cost."""
    low, high = sorted((sign * row["low"], sign * row["high"]))
    found = Number(
        sign * row["value"], WEIGHT, "estimated", low, high, said(row, "source"), method=_method(row)
    )
    return Cited(found, f"detachment margin, {row['name']}, {period}, in the weight of ties", form_of(found))


def _share(row: Row, field: str, period: str) -> Cited:
    """Return a margin as a share of the weight of all ties of a member, in this period or the earlier one."""
    found = Number(
        row[field], "share", "estimated", row[field], row[field], said(row, "source"), method=_method(row)
    )
    return Cited(found, f"detachment margin, {row['name']}, {period}, of the weight of its ties")


def _method(row: Row) -> str:
    over = "; interval over roll calls, the camps as they are" if row["drawn"] else ""
    return f"{METHOD}; {'proven' if row['proven'] else 'best found, not proven'}{over}"


def least_sentence(rungs: Rungs, names: Names) -> Sentence | None:
    """Name the member held least firmly, what parting it would cost, and what chance would give."""
    told = rows(rungs.inside)
    if len(told) < 2:
        return None
    first, second = told[0], told[1]
    ordered = first["proven"] and second["proven"] and first["high"] < second["low"]
    lead = "is held least firmly" if ordered else "seems held least firmly, though the order is open"
    chance: tuple[Part, ...] = ()
    low, middle, high = (first[f"chance_{name}"] for name in ("low", "mid", "high"))
    if given(low) is not None:
        number = Number(min(max(middle, low), high), WEIGHT, "estimated", low, high, method=SHUFFLED)
        words = {FIRM: "more than", LOOSE: "less than", OPEN: "not clearly apart from"}[first["state"]]
        figure = Cited(number, f"margin by chance, {first['name']}, {rungs.period}", "interval")
        chance = (f" and {words} the ", figure, " that chance would give")
    return sentence(
        "Of the ", names.members(rungs.bloc), " that stand with their core, ", names.in_text(first["actor"]),
        f" {lead}: to part it from them would set a further ", _margin(first, rungs.period),
        " in weight of ties against the camps, ", _share(first, "share", rungs.period), " of all its ties",
        *chance, *_along(first, names), ".",
    )  # fmt: skip


def _along(row: Row, names: Names) -> tuple[Part, ...]:
    """Return who else of the bloc would go along with a member that left."""
    others = [names.in_text(code) for code in row["followers"].split()]
    if not others or len(others) > LISTED:
        return ()
    return "; ", *listed(others), " would go along"


def chance_sentence(rungs: Rungs, names: Names) -> Sentence | None:
    """Say how many members are held more firmly than chance would, and who is not told apart from it."""
    inside = rungs.inside[rungs.inside["chance_low"].notna()]
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
        (names.in_text(row["actor"]), " (", _margin(row, rungs.period, sign=-1), ")") for row in out
    ]
    return sentence(
        *listed(told), " stand" if told[1:] else " stands", " outside the camp of the core already; in "
        "brackets, what bringing it in would set against the camps.",
    )  # fmt: skip


def change_sentence(rungs: Rungs, names: Names) -> Sentence | None:
    """Say who has become easier to part since the earlier period, and who harder."""
    both = rungs.frame.dropna(subset=["share_was"])
    if both.empty or rungs.before is None:
        return None
    both = both.assign(change=both["share"] - both["share_was"]).sort_values("change", kind="stable")
    ends = ((rows(both)[0], -1, "less firmly"), (rows(both)[-1], 1, "more firmly"))
    told: list[Part | tuple[Part, ...]] = [
        (
            f"{how}, above all ", names.in_text(row["actor"]), " (", _share(row, "share", rungs.period),
            " of the weight of its ties, after ", _share(row, "share_was", rungs.before), ")",
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
    proof = "proven" if best["proven"] else "best found, not proven"
    unsure = "" if best["proven"] else f" ({proof})"
    if alone <= 0:
        return sentence("If two left together, most would be saved by ", *two, f"{unsure}.")
    part = min(float(best["saving"]) / alone, 1.0)
    number = Number(part, "share", "estimated", part, part, method=f"1 - joint margin / sum of both; {proof}")
    pair = f"{names.actor(best['a'])} and {names.actor(best['b'])}"
    saved = Cited(number, f"saved by leaving together, {pair}, {rungs.period}")
    if part < LITTLE:
        return sentence("To part two at once saves little: at most ", saved, ", with ", *two, f"{unsure}.")
    return sentence(
        "If two left together, most would be saved by ", *two, ": to part both at once costs ", saved,
        f" less than to part each alone{unsure}.",
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
