"""Bargaining: who wants what on the agenda, with what weight, and what comes out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.briefing.charts import intervals, standings
from detente.briefing.charts.intervals import Guides
from detente.briefing.charts.standings import MARKED
from detente.briefing.charts.theme import Series, present
from detente.briefing.exhibits import Column, Figure, Panel, Section, Table
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.reading import given, rows, where
from detente.briefing.sections import bargaining_sentences as say

if TYPE_CHECKING:
    from detente.cases.agenda import Agenda

DIGITS = 3
SHOWN = 18
"""How many actors the table shows on each item; the chart and the file have all."""
OWN, OTHER = Series("the case’s model", 0), Series("other models", 5)
BEHIND = "Figures behind this chart"
POSITIONS = (
    Column("title", "Item"),
    Column("name", "Actor"),
    Column("position", "Position", "position"),
    Column("position_low", "Low", "position"),
    Column("position_high", "High", "position"),
    Column("position_mark", "Mark"),
    Column("salience", "Salience", "index"),
    Column("salience_mark", "Mark"),
    Column("weight", "Weight", "share"),
)
MODELS = (
    Column("title", "Item"),
    Column("model_title", "Model"),
    Column("outcome", "Outcome", "position"),
    Column("low", "Low", "position"),
    Column("high", "High", "position"),
    Column("mark", "Mark"),
    Column("note", "Mind"),
)


def bargaining(material: Material) -> Section | None:
    """Return the section on who wants what and what comes out, or None where there is no agenda."""
    asked, found = material.case.agenda, material.outcomes
    if asked is None or found is None or found.positions.empty:
        return None
    exhibits = [_positions(material, asked), *([_models(found.bargains)] if len(found.bargains) else [])]
    return Section("bargaining", asked.title, paragraphs(material), tuple(exhibits), _notes(asked))


def paragraphs(material: Material) -> tuple[tuple[Sentence, ...], ...]:
    """Return what is told of the agenda: what it rests on and what models are worth, then item by item."""
    from detente.simulation.scoring.contest import shipped

    asked, found = material.case.agenda, material.outcomes
    if asked is None or found is None or found.positions.empty:
        return ()
    positions, bargains = found.positions, found.bargains
    own = where(bargains, main=True)["model_title"]
    record = say.record_sentence(shipped(), str(own.iloc[0])) if len(own) else None
    told: list[tuple[Sentence | None, ...]] = [(say.assumed_sentence(positions), record)]
    for key, item in asked.items.items():
        outcome = _outcome(bargains, key)
        on, here = where(positions, item=key), where(bargains, item=key)
        who = say.weight_sentence(on, outcome[0], material.names) if outcome else None
        told.append((say.outcome_sentence(here, (item.low, item.high)), who))
    kept = (tuple(each for each in part if each is not None) for part in told)
    return tuple(each for each in kept if each)


def _outcome(bargains: pd.DataFrame, item: str) -> tuple[float, float, float] | None:
    """Return outcome, low and high of the case's own model on an item."""
    row = next(iter(rows(where(bargains, item=item, main=True))), None)
    value, low, high = (given(row[part]) if row else None for part in ("outcome", "low", "high"))
    if value is None:
        return None
    return value, value if low is None else low, value if high is None else high


def _positions(material: Material, asked: Agenda) -> Figure:
    assert material.outcomes is not None
    frame = material.outcomes.positions
    frame = frame.assign(name=[material.names.actor(str(actor)) for actor in frame["actor"]])
    frame = in_order(frame, asked).sort_values(
        ["place", "position", "name"], ascending=[True, False, True], kind="stable"
    )
    panels = []
    for key, item in asked.items.items():
        outcome = _outcome(material.outcomes.bargains, key)
        spec = standings(_drawn(where(frame, item=key)), title="position", outcome=outcome)
        panels.append(Panel(spec, f"{item.title}. Left: {item.low}. Right: {item.high}."))
    return Figure(
        "bargaining_positions",
        "Who wants what, and with what weight",
        "On each item, the position of each actor from zero, on the left, to one, with its range. The larger "
        "the dot, the larger the actor’s share in the weight on the item: capability times salience. The "
        "dashed line is what comes out, the shaded band its interval.",
        "A hollow dot is assumed by the case, a filled one measured. The outcome lies nearer to large dots. "
        f"Lines and band are intervals of {material.confidence}; a dot without a line has no known range.",
        tuple(panels),
        _heaviest(frame),
        present(MARKED, frame["position_mark"]),
    )


def in_order(frame: pd.DataFrame, asked: Agenda) -> pd.DataFrame:
    """Return a frame with the `place` of each row's item on the agenda."""
    places = {key: place for place, key in enumerate(asked.items)}
    return frame.assign(place=frame["item"].map(places))


def _heaviest(frame: pd.DataFrame) -> Table:
    """Return the table of positions; it shows those with most weight on each item."""
    rank = frame.groupby("item")["weight"].rank(ascending=False, method="first")
    shown = frame[rank <= SHOWN]
    title = f"The {SHOWN} with most weight on each item" if len(shown) < len(frame) else BEHIND
    return Table("bargaining_positions", title, frame.drop(columns="place"), POSITIONS, display=shown)


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    kept = {"position": "value", "position_low": "low", "position_high": "high", "position_mark": "mark"}
    told = frame.rename(columns=kept)
    numbers = told[["value", "low", "high", "weight"]].astype(float).round(DIGITS)
    return pd.concat([told[["name", "mark"]], numbers], axis=1)


def _models(bargains: pd.DataFrame) -> Figure:
    panels = []
    for _, part in bargains.groupby("item", sort=False):
        drawn = pd.DataFrame(
            {
                "name": part["model_title"],
                "series": [OWN.name if main else OTHER.name for main in part["main"]],
                "value": part["outcome"].round(DIGITS),
                "low": part["low"].fillna(part["outcome"]).round(DIGITS),
                "high": part["high"].fillna(part["outcome"]).round(DIGITS),
                "note": [f"{int(actors)} actors" for actors in part["actors"]],
            }
        )
        spec = intervals(drawn, title="outcome", series=(OWN, OTHER), guides=Guides(ends=(0.0, 1.0)))
        panels.append(Panel(spec, str(part["title"].iloc[0])))
    return Figure(
        "bargaining_models",
        "What comes out, by model",
        "The outcome on each item by the model of the case, and by others on the same inputs.",
        "How far the dots lie apart is how far the outcome hangs on the model; none is known to forecast "
        "better than the weighted mean. A dot without a line was computed at the likeliest inputs only.",
        tuple(panels),
        Table("bargaining_models", BEHIND, bargains, MODELS),
        (OWN, OTHER),
    )


def _notes(asked: Agenda) -> tuple[str, ...]:
    """Return what capability and salience are, and what the case says of its items."""
    from detente.cases.agenda import Assumed

    told = []
    for kind, source in (("Capability", asked.capability), ("Salience", asked.salience)):
        if source is None:
            continue
        if isinstance(source, Assumed):
            what = f"assumed. {source.reason}"
        else:
            what = f"{source.measure.title}. {source.measure.reason}"
        told.append(f"{kind}: {' '.join(what.split())}")
    items = [f"{item.title}: {' '.join(item.note.split())}" for item in asked.items.values() if item.note]
    return tuple(each for each in (" ".join(told), " ".join(items)) if each)
