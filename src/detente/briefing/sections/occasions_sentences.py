"""What changed around occasions, in sentences that follow the verdicts: seen, not seen, or not to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import sqrt
from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.names import Names
from detente.briefing.prose import Cited, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, counted, day, given, number, rows, said, where
from detente.measurement.events.series import BOUNDS
from detente.measurement.events.study import CHILL, NONE, OUTSIDE, THAW, UNTOLD
from detente.numbers import Number

if TYPE_CHECKING:
    from detente.cases.events_study import EventStudy, StudiedPair

UNITS = {"net": "index", "goldstein": "points"}
"""How figures of each measure are written."""
SCALES = {
    "net": "Net cooperation is cooperative less hostile events in all of both: −1 where all are hostile, "
    "1 where all are cooperative.",
    "goldstein": "Goldstein scores go from −10, the most hostile, to 10, the most cooperative.",
}
TESTED = "the occasions exchanged with other dates of the same two sides"
POWERED = "effects put in at other dates of the same two sides, found in four trials of five"
NINETY = 1.645
"""Standard deviations on either side that hold nine tenths."""
TOLD = 3
"""How many shifts are told."""
WAYS = {THAW: "rose", CHILL: "fell"}

Parts = tuple[Part, ...]
Pairs = Mapping[str, Parts]


def between(pair: StudiedPair, names: Names) -> Parts:
    """Return between whom, in running text."""
    blocs = names.titles.get("blocs", {})
    one, two = (names.label("blocs", side) if side in blocs else names.in_text(side) for side in pair.sides)
    return ("from ", one, " towards ", two) if pair.directed else ("between ", one, " and ", two)


def basis_sentence(spec: EventStudy, dates: pd.DataFrame, series: pd.DataFrame) -> Sentence | None:
    """Say from when to when there are events, and how many of the occasions on record they cover."""
    asked = where(dates, kind="occasion").drop_duplicates("date")
    if asked.empty or series.empty:
        return None
    source, covered = str(asked["source"].iloc[0]), int((asked["why"] != OUTSIDE).sum())
    window = Number(float(spec.window), "count", "assumed", method="as long as the case asks for")
    return sentence(
        "Events coded from the news, from ", Label(day(series["period"].min())), " to ",
        Label(day(series["period"].max())), ", cover ",
        Cited(counted(covered, source), "occasions that the events cover"), " of ",
        Cited(counted(len(asked), source), "occasions on record"), " occasions on record. What passed in "
        "the ",
        Cited(window, f"{spec.per}s after that are compared with those before"),
        f" {spec.per}s after each is set against as many before, and that change against the change at dates "
        "on which nothing was on.",
    )  # fmt: skip


def verdicts(study: pd.DataFrame, pairs: Pairs, spec: EventStudy) -> Iterator[Sentence]:
    """Yield a sentence for each dyad in which a change was seen, the largest first."""
    seen = study[study["verdict"].isin(list(WAYS))]
    for row in rows(seen.reindex(seen["value"].abs().sort_values(ascending=False, kind="stable").index)):
        told = changed_sentence(row, pairs[said(row, "dyad")], spec)
        if told is not None:
            yield told


def changed_sentence(row: Row, who: Parts, spec: EventStudy) -> Sentence | None:
    """Say that a thaw or a chill followed the occasions, by how much, and whether chance would do as much."""
    verdict, title = said(row, "verdict"), said(row, "title")
    sign = 1.0 if verdict == THAW else -1.0
    ends = sorted(sign * float(row[end]) for end in ("low", "high"))
    sized = {**row, "value": sign * float(row["value"]), "low": ends[0], "high": ends[1]}
    size, p_value = number(sized, unit=UNITS[spec.measure], method=TESTED), chance(row, spec.correction)
    if size is None or p_value is None:
        return None
    return sentence(
        f"A {verdict} followed ", *who, f": {said(row, 'unit')} {WAYS[verdict]} by ",
        Cited(size, f"change around occasions, {title}", "interval"),
        " more than at other dates (corrected p = ", Cited(p_value, f"corrected p-value, {title}"), ").",
    )  # fmt: skip


def chance(row: Row, correction: str) -> Number | None:
    """Return the corrected p-value, with the interval that random choices of dates leave.

    >>> row = {"p_value": 0.01, "p_holm": 0.02, "exact": True, "choices": 84, "source": "events"}
    >>> chance(row, "holm").figure()
    '0.0200'
    """
    plain, corrected = given(row.get("p_value")), given(row.get(f"p_{correction}"))
    if plain is None or corrected is None:
        return None
    luck = 0.0 if row["exact"] else NINETY * sqrt(plain * (1 - plain) / float(row["choices"]))
    times = corrected / plain
    low, high = max(0.0, plain - luck) * times, min(1.0, (plain + luck) * times)
    return Number(corrected, "", "estimated", low, high, said(row, "source"), method=TESTED)


def least(row: Row, spec: EventStudy) -> Cited | None:
    """Return the smallest change that would have been seen, None where none that the scale holds would."""
    if (given(row.get("least")) or 0.0) > BOUNDS[spec.measure]:
        return None
    found = {**row, "low": row.get("least_low"), "high": row.get("least_high")}
    told = number(found, unit=UNITS[spec.measure], method=POWERED, field="least")
    return Cited(told, f"least change that would have been seen, {said(row, 'title')}") if told else None


def none_sentence(study: pd.DataFrame, pairs: Pairs, spec: EventStudy) -> Sentence | None:
    """Name the dyads in which no change is seen, each with the change that would have been seen."""
    clauses: list[Part | Parts] = [
        (*pairs[said(row, "dyad")], " (", seen, ")")
        for row in rows(where(study, verdict=NONE))
        if (seen := least(row, spec)) is not None
    ]
    if not clauses:
        return None
    return sentence(
        "No change is seen ", *listed(clauses), "; one as large as stated would have been, in four of five "
        "samples like this one.",
    )  # fmt: skip


def untold_sentences(
    study: pd.DataFrame, pairs: Pairs, limit: Number, spec: EventStudy
) -> Iterator[Sentence]:
    """Yield what cannot be told: for want of events, or since only a larger change could have been seen."""
    untold = where(study, verdict=UNTOLD)
    few: list[Part | Parts] = []
    coarse: list[Part | Parts] = []
    for row in rows(untold):
        seen, who = least(row, spec), pairs[said(row, "dyad")]
        if seen is None:
            events = counted(int(row["events"]), said(row, "source"))
            few.append((*who, " (", Cited(events, f"events, {said(row, 'title')}"), ")"))
        else:
            coarse.append((*who, " (", seen, ")"))
    if few:
        yield sentence("Too few events are known to tell whether anything changed ", *listed(few), ".")
    if coarse:
        yield sentence(
            "Nor can it be told " if few else "It cannot be told whether anything changed ",
            *listed(coarse),
            ": only a change as large as stated would have been seen, and ",
            Cited(limit, "change that matters"), " would matter.",
        )  # fmt: skip
    if few or coarse:
        yield sentence("That is a lack of events, and no finding that nothing changed.")


def shifts_sentence(shifts: pd.DataFrame, pairs: Pairs, scale: str) -> Sentence | None:
    """Say when what passes between two sides shifted, whatever the occasions: the surest few."""
    surest = shifts.sort_values(["p_value", "dyad", "period"], kind="stable").head(TOLD)
    clauses: list[Part | Parts] = [
        (*pairs[said(row, "dyad")], " it " + ("rose" if row["shift"] > 0 else "fell") + " in ",
         Label(f"{row['period']:%B %Y}"))
        for row in rows(surest.sort_values(["period", "dyad"], kind="stable"))
    ]  # fmt: skip
    if not clauses:
        return None
    return sentence(f"Whatever the occasions, the level of {scale} shifted: ", *listed(clauses), ".")
