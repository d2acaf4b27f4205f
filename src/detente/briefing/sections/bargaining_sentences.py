"""Sentences on bargaining: what is assumed, what the models are worth, and what comes out on each item."""

from __future__ import annotations

import pandas as pd

from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, counted, rows, where
from detente.briefing.sections.outcome_numbers import plain, ranged
from detente.numbers import Number

DEU = "DEU III, doi:10.34810/data53"
POINTS = "points"
HEAVY = 2
"""Of how many actors the weight is told."""
NAMED = 3
"""How many are named who stand in one place."""
SHARE = "capability times salience, as a share of all"
SCORED = (
    "mean absolute error on decisions on record, points of a scale of a hundred; bootstrap over proposals"
)
YARDSTICK = "the yardstick"
WEIGHTED_MEAN = "weighted mean"
SAME, BETTER, WORSE = "cannot be told from it", "better", "worse"


def assumed_sentence(positions: pd.DataFrame) -> Sentence | None:
    """Say how many positions are assumed, and on which items all of them are."""
    if positions.empty:
        return None
    guessed = positions[positions["position_mark"] == "assumed"]
    every = Cited(counted(len(positions), "case"), "positions on the agenda")
    if guessed.empty:
        return sentence("All ", every, " positions below are measured; none is assumed.")
    some = Cited(counted(len(guessed), "case"), "positions that the case assumes")
    whole = [
        Label(f"‘{title}’")
        for title, part in positions.groupby("title", sort=False)
        if (part["position_mark"] == "assumed").all()
    ]
    if len(guessed) == len(positions):
        return sentence(
            "All ", every, " positions below are assumed by the case, each with a range and a reason: what "
            "comes of them is no more certain than they are.",
        )  # fmt: skip
    all_of: tuple[Part, ...] = (", among them all on ", *listed(whole)) if whole else ()
    return sentence(
        "Of ", every, " positions below, ", some, " are assumed by the case, each with a range and a reason",
        *all_of, "; the others are read from evidence or estimated from it.",
    )  # fmt: skip


def record_sentence(board: pd.DataFrame, main: str) -> Sentence | None:
    """Say what models are worth on decisions on record: the weighted mean, and the case's own beside it."""
    base = next(iter(rows(where(board, verdict=YARDSTICK))), None)
    if base is None:
        return None
    size = Cited(counted(int(base["issues"]), DEU), "decisions on record on which models were scored")
    error = Cited(
        _scored(base, "mean_error", *_ends("mean_error")), "mean error of the weighted mean", "interval"
    )
    better = [Label(f"the {name}") for name in where(board, verdict=BETTER)["model"]]
    alike = Cited(
        counted(len(where(board, verdict=SAME)), DEU), "models that cannot be told from the weighted mean"
    )
    ahead: tuple[Part, ...] = (
        (*listed(better), " forecast better than the weighted mean")
        if better
        else ("no model forecast better than the weighted mean",)
    )
    return sentence(
        "On ", size, " decisions of the European Union on record, ", *ahead, ", which was off by ", error,
        " points of a hundred on average; ", alike, " others cannot be told from it.", *_own(board, main),
    )  # fmt: skip


def _own(board: pd.DataFrame, main: str) -> tuple[Part, ...]:
    """Return what is said of the case's own model, where it is another than the weighted mean."""
    if main == WEIGHTED_MEAN:
        return ()
    own = next(iter(rows(where(board, model=main))), None)
    if own is None:
        return (
            " The case’s own model, the ",
            Label(main),
            ", is not among those scored.",
        )
    gap = Cited(
        _scored(own, "worse_by", "worse_low", "worse_high"), f"{main}: error beyond the mean’s", "interval"
    )
    verdict = {WORSE: "is worse", BETTER: "is better", SAME: "cannot be told from it"}[str(own["verdict"])]
    return (" The case’s own model, the ", Label(main), f", {verdict}: by ", gap, " points.")


def _ends(field: str) -> tuple[str, str]:
    return f"{field}_low", f"{field}_high"


def _scored(row: Row, field: str, low: str, high: str) -> Number:
    return Number(row[field], POINTS, "estimated", row[low], row[high], source=DEU, method=SCORED)


def outcome_sentence(bargains: pd.DataFrame, ends: tuple[str, str]) -> Sentence | None:
    """Say what comes out on one item by the case's model, on what it rests, and what other models say."""
    main = next(iter(rows(where(bargains, main=True))), None)
    found = ranged(main, "outcome", own=False) if main else None
    if main is None or found is None:
        return None
    title = str(main["title"])
    actors = Cited(counted(int(main["actors"]), "case"), f"actors placed on {title}")
    assumed = plain(main, "assumed", method=SHARE)
    rests: tuple[Part, ...] = ()
    if assumed is not None and 0 < assumed.value < 1:
        rests = ("; ", Cited(assumed, f"weight whose position is assumed, {title}"), " of the weight behind "
                 "it rests on assumed positions")  # fmt: skip
    low, high = (Label(f"‘{words}’") for words in ends)
    return sentence(
        "On ", Label(f"‘{title}’"), ", from ", low, " at zero to ", high, " at one, the ",
        Label(str(main["model_title"])), " of what ", actors, " actors want is ",
        Cited(found, f"outcome, {title}, {main['model_title']}", "interval"), *rests,
        *_beside(bargains, found, title), ".",
    )  # fmt: skip


def _beside(bargains: pd.DataFrame, main: Number, title: str) -> tuple[Part, ...]:
    """Return whether other models come out within the interval of the case's own, and how far apart."""
    others = where(bargains, main=False).dropna(subset=["outcome"]).sort_values("outcome", kind="stable")
    if others.empty or main.low is None or main.high is None:
        return ()
    least, most = rows(others)[0], rows(others)[-1]
    span = (float(least["outcome"]), float(most["outcome"]))
    how = "other models on the same inputs, from the least outcome to the greatest"
    told = [
        (
            Cited(Number(each["outcome"], "position", main.mark, *span, method=how),
                  f"outcome, {title}, {each['model_title']}"),
            " (", Label(str(each["model_title"])), ")",
        )
        for each in (least, most)
    ]  # fmt: skip
    inside = main.low <= span[0] and span[1] <= main.high
    lead = ". Other models stay within that: from " if inside else ". It hangs on the model: others go from "
    return (lead, *told[0], " to ", *told[1])


def weight_sentence(positions: pd.DataFrame, outcome: float, names: Names) -> Sentence | None:
    """Say who carries most weight on one item, and who stands furthest from the outcome on either side."""
    ranked = rows(positions.sort_values(["weight", "actor"], ascending=[False, True], kind="stable"))
    heavy: list[Part | tuple[Part, ...]] = []
    for row in ranked[:HEAVY]:
        share = plain(row, "weight", method=SHARE)
        if share is not None:
            what = f"share of weight, {names.actor(row['actor'])}, {row['title']}"
            heavy.append((names.in_text(row["actor"]), " (", Cited(share, what), ")"))
    if not heavy:
        return None
    apart = [
        told
        for side, far in (("below", positions["position"].min()), ("above", positions["position"].max()))
        if (far < outcome) == (side == "below") and far != outcome
        for told in [_furthest(where(positions, position=far), side, names)]
        if told
    ]
    return sentence("Most weight is with ", *listed(heavy), *(("; ", *listed(apart)) if apart else ()), ".")


def _furthest(there: pd.DataFrame, side: str, names: Names) -> tuple[Part, ...]:
    """Return who stands furthest on a side, all of them where several do."""
    found = rows(there.sort_values(["weight", "actor"], ascending=[False, True], kind="stable"))
    place = ranged(found[0], "position", mark="position")
    if place is None:
        return ()
    who: list[Part | tuple[Part, ...]] = [names.in_text(row["actor"]) for row in found[:NAMED]]
    if len(found) > NAMED:
        who = [*who[:-1], "others"]
    stand = "stands" if len(found) == 1 else "stand"
    what = f"position, {names.actor(found[0]['actor'])}, {found[0]['title']}"
    return f"furthest {side} it {stand} ", *listed(who), " at ", Cited(place, what, "interval")
