"""Sentences on ideal points: where each stands, who moved, who is nearest to the rival, and how surely."""

from __future__ import annotations

from typing import Any

import pandas as pd

from detente.briefing.names import Names
from detente.briefing.prose import Cited, Form, Label, Part, Sentence, listed, sentence
from detente.briefing.reading import Row, against, number, rows, where
from detente.numbers import Number

UNIT = "standard deviations"
METHOD = "joint posterior of a dynamic ordinal model of all votes at once"
CHANGES_TOLD = 3
LIKELY = 0.5
HOW_LIKELY = ((0.95, "almost certainly"), (0.8, "very likely"), (LIKELY, "more likely than not"))
"""In words, the probability that a shift fell in its year or one beside it."""
POWERS = ("ally", "rival")
TOLD = ("bloc", *POWERS)
SIDE = {"above": "clearly above", "below": "clearly below", "alike": "not clearly apart from"}
MOVED = {"above": "moved clearly up", "below": "moved clearly down", "alike": "did not clearly move"}
GREW = {"above": "has grown", "below": "has shrunk", "alike": "has not clearly changed"}
CLOSER = {
    "above": "stand clearly further apart among themselves than",
    "below": "stand clearly closer together than",
    "alike": "stand neither clearly closer together nor further apart than",
}


def place_sentence(paths: pd.DataFrame, bloc: str, names: Names, *, issue: str = "") -> Sentence | None:
    """Say where blocs, ally and rival stand in the latest year of the main bloc; on one issue, if any."""
    told = [(row, figure) for row in latest(paths, bloc) if (figure := place(row, names))]
    if not told:
        return None
    first, *others = [(subject(row, names), figure) for row, figure in told]
    stood: list[Part | tuple[Part, ...]] = [(who, " at ", figure) for who, figure in others]
    votes: tuple[Part, ...] = (" on ", Label(f"‘{issue}’")) if issue else (" of every kind",)
    return sentence(
        "On one scale for votes", *votes, ", ", first[0], " stood on average at ", first[1], " in ",
        year_of(told[0][0]), *((", ", *listed(stood)) if stood else ()), ".",
    )  # fmt: skip


def side_sentence(paths: pd.DataFrame, bloc: str, names: Names) -> Sentence | None:
    """Say on which side of the main bloc the ally and the rival stand, and how clearly."""
    told = [(row, figure) for row in latest(paths, bloc) if (figure := place(row, names))]
    home = next((figure for row, figure in told if row["series"] == bloc), None)
    sides: list[Part | tuple[Part, ...]] = []
    for row, figure in told:
        if home and row["kind"] in POWERS:
            mean: tuple[Part, ...] = (" it",) if sides else (" the mean of ", names.members(bloc))
            side = SIDE[against(figure.number, home.number)]
            sides.append((names.in_text(row["series"]), f" stood {side}", *mean))
    return sentence(*listed(sides), ".") if sides else None


def moved_sentence(paths: pd.DataFrame, bloc: str, names: Names) -> Sentence | None:
    """Say whether the main bloc, the ally and the rival stand elsewhere than in the first year of each."""
    told: list[Part | tuple[Part, ...]] = []
    for row in latest(paths, bloc):
        if row["series"] != bloc and row["kind"] not in POWERS:
            continue
        first = rows(where(paths, series=row["series"]).sort_values("year", kind="stable"))[0]
        now, then = place(row, names), place(first, names, form="inside")
        if now and then and first["year"] < row["year"]:
            moved = MOVED[against(now.number, then.number)]
            told.append((subject(row, names), f" {moved} (in ", year_of(first), ": ", then, ")"))
    return sentence("Over the years, ", *listed(told), ".") if told else None


def distance_sentence(distances: pd.DataFrame, title: str) -> Sentence | None:
    """Say whether the distance between two sides has grown or shrunk from the first year to the last."""
    held = rows(distances.dropna(subset=["value"]).sort_values("year", kind="stable"))
    told = [(row, figure) for row in held if (figure := _apart(row, title))]
    if len(told) < 2:
        return None
    (start, then), (end, now) = told[0], told[-1]
    most, widest = max(told, key=lambda pair: pair[1].number.value)
    clear = all(against(widest.number, other.number) == "above" for other in (then, now))
    peak = () if not clear else ("; it was widest in ", year_of(most), ", at ", widest)
    return sentence(
        "The distance between ", Label(f"‘{title}’"), f" {GREW[against(now.number, then.number)]}: ", now,
        " in ", year_of(end), ", against ", then, " in ", year_of(start), *peak, ".",
    )  # fmt: skip


def _apart(row: Row, title: str) -> Cited | None:
    """Return the distance without its sign; its interval begins at zero where the sides may have met."""
    low, high = float(row["low"]), float(row["high"])
    near = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    size = {**row, "value": abs(float(row["value"])), "low": near, "high": max(abs(low), abs(high))}
    found = number(size, unit=UNIT, method=METHOD)
    return Cited(found, f"distance, {title}, {int(row['year'])}", "interval") if found else None


def spread_sentence(paths: pd.DataFrame, bloc: str, names: Names) -> Sentence | None:
    """Say whether the members of a bloc stand closer together than in its first year, or further apart."""
    own = where(paths, series=bloc).dropna(subset=["spread"]).sort_values("year", kind="stable")
    told = [(row, figure) for row in rows(own) if (figure := _spread(row, names))]
    if len(told) < 2:
        return None
    (start, then), (end, now) = told[0], told[-1]
    return sentence(
        names.members(bloc), f" {CLOSER[against(now.number, then.number)]} in ", year_of(start),
        ": the standard deviation of their places was ", now, " in ", year_of(end), ", against ", then,
        " then.",
    )  # fmt: skip


def _spread(row: Row, names: Names) -> Cited | None:
    ends = {"low": row["spread_low"], "high": row["spread_high"]}
    found = number({**row, **ends}, unit=UNIT, method=METHOD, field="spread")
    what = f"spread of ideal points, {names.actor(row['series'])}, {int(row['year'])}"
    return Cited(found, what, "interval") if found else None


def change_sentence(changes: pd.DataFrame, told: list[str], names: Names) -> Sentence | None:
    """Name the years in which the paths of those told of shifted, which way, how far and how surely."""
    held = changes[changes["series"].isin(told)].sort_values("probability", ascending=False, kind="stable")
    likely = held[held["probability"] >= LIKELY].head(CHANGES_TOLD).sort_values("year", kind="stable")
    if held.empty:
        return None
    shifts = [clause for row in rows(likely) if (clause := _shift(row, names))]
    if not shifts:
        return sentence("No year stands out as one in which the paths of blocs, ally or rival shifted.")
    return sentence("Shifts that stand out: ", *listed(shifts), ".")


def _shift(row: Row, names: Names) -> tuple[Part, ...] | None:
    falls = row["shift"] < 0
    ends = (-row["high"], -row["low"]) if falls else (row["low"], row["high"])
    size = {**row, "shift": abs(row["shift"]), "low": ends[0], "high": ends[1]}
    found = number(size, unit=UNIT, method=METHOD, field="shift")
    if found is None:
        return None
    verb = "fell" if falls else "rose"
    clear = f" {verb} by " if ends[0] > 0 else f" {verb}, though not clearly, by "
    likely = next(words for least, words in HOW_LIKELY if row["probability"] >= least)
    what = f"shift of ideal point, {names.actor(row['series'])}, {int(row['year'])}"
    bloc = row["series"] in names.titles.get("blocs", {})
    who = ("the mean of ", names.members(row["series"])) if bloc else (names.in_text(row["series"]),)
    return *who, clear, Cited(found, what, "interval"), " about ", year_of(row), f" ({likely})"


def nearest_sentence(members: pd.DataFrame, rival: Row | None, bloc: str, names: Names) -> Sentence | None:
    """Name the member that stands nearest to the rival, and say how clearly so."""
    if rival is None or len(members) < 2:
        return None
    order = nearest(members, rival).head(2)
    told = [(row, figure) for row in rows(order) if (figure := stands(row, names))]
    other = stands(rival, names)
    if len(told) < 2 or other is None:
        return None
    (row, first), (after, second) = told
    clear = "clearly " if against(first.number, second.number) != "alike" else "though not clearly "
    meets = against(first.number, other.number) == "alike"
    return sentence(
        "Of ", names.members(bloc), ", ", names.in_text(row["actor"]), " (", first, ") stood nearest to ",
        names.in_text(rival["actor"]), " (", other, ") in ", year_of(row), ", ", clear, "nearer than ",
        names.in_text(after["actor"]), " (", second, ")",
        *((", and not clearly apart from ", names.in_text(rival["actor"]), " itself") if meets else ()), ".",
    )  # fmt: skip


def not_stance_sentence(actor: str, members: pd.DataFrame, names: Names) -> Sentence:
    """Say that general alignment is not stance on the rival, and whether both point to the same member."""
    parts: list[Part] = [
        "General alignment is not stance on the rival: it comes from votes on every subject, most of them on "
        "other matters"
    ]
    if len(members):
        lowest = str(members.sort_values("value", kind="stable")["actor"].iloc[0])
        same = "this time both point to the same member" if lowest == actor else "on stance, the lowest is "
        parts += ["; ", same, *(() if lowest == actor else (names.in_text(lowest),))]
    return sentence(*parts, ".")


def published_sentence(published: pd.DataFrame, names: Names) -> Sentence | None:
    """Say how closely the yearly estimates follow published series: the median year, and the least alike."""
    held = published.dropna(subset=["year", "r"])
    told: list[Part | tuple[Part, ...]] = [
        _followed(part.sort_values("r", kind="stable"), names.published(str(column)))
        for column, part in held.groupby("column", sort=False)
    ]
    if not told:
        return None
    return sentence(
        "Year by year, places correlate with ", *listed(told), ". A published series is of another vintage "
        "and on a scale of its own: correlation is what can be asked, not equality.",
    )  # fmt: skip


def _followed(yearly: pd.DataFrame, title: str) -> tuple[Part, ...]:
    low, middle, high = (float(value) for value in yearly["r"].quantile([0.0, 0.5, 1.0]))
    source, years = str(yearly["source"].iloc[0]), f"of {len(yearly)} years, from the least to the greatest"
    at = {
        name: Number(value, "correlation", "estimated", low, high, source, method=f"{name} {years}")
        for name, value in (("median", middle), ("least", low))
    }
    return (
        Label(title), " at ", Cited(at["median"], f"yearly correlation with {title}, median"),
        " in the median year and ", Cited(at["least"], f"yearly correlation with {title}, least"),
        " in the least alike (", Label(str(int(yearly["year"].iloc[0]))), ")",
    )  # fmt: skip


def place(row: Row, names: Names, *, form: Form = "interval") -> Cited | None:
    """Return where a series of `bloc_paths` stands in a year, or None where it cannot be vouched for."""
    found = number(row, unit=UNIT, method=METHOD, field="mean")
    what = f"ideal point, {names.actor(row['series'])}, {int(row['year'])}"
    return Cited(found, what, form) if found else None


def stands(row: Row, names: Names) -> Cited | None:
    """Return where an actor of `ideal_points` stands in a year, or None where it cannot be vouched for."""
    return place({**row, "series": row["actor"]}, names, form="inside")


def subject(row: Row, names: Names) -> Label:
    """Return a bloc as its members, an actor by its name."""
    return names.members(row["series"]) if row["kind"] == "bloc" else names.in_text(row["series"])


def year_of(row: Row) -> Label:
    """Return the year of a row as a label."""
    return Label(str(int(row["year"])))


def latest(paths: pd.DataFrame, bloc: str) -> list[dict[str, Any]]:
    """Return the rows of blocs, ally and rival in the last year of `bloc`, which comes first."""
    own = where(paths, series=bloc)
    held = where(paths[paths["kind"].isin(TOLD)], year=own["year"].max()) if len(own) else own
    return sorted(rows(held), key=lambda row: (row["series"] != bloc, TOLD.index(row["kind"])))


def nearest(members: pd.DataFrame, rival: Row) -> pd.DataFrame:
    """Return members in the order of their distance to the rival."""
    away = (members["mean"] - float(rival["mean"])).abs()
    return members.loc[away.sort_values(kind="stable").index]
