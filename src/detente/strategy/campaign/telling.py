"""From advice for each player of a case to the tables of its options."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detente.errors import DetenteError
from detente.measurement.missing import Missing, as_frame
from detente.simulation.ensemble.measures import label
from detente.strategy.campaign.advice import Advice, advise, broken
from detente.strategy.campaign.columns import FRAMES, framed
from detente.strategy.campaign.matrix import Campaign, Floats, mean_of
from detente.strategy.campaign.payoffs import COST, in_words, measured, outcome_of
from detente.strategy.campaign.sides import NOTHING, Side, asked_of, side
from detente.strategy.campaign.verdicts import EITHER
from detente.strategy.campaign.wedging import wedging
from detente.strategy.discovery.boxes import wilson

if TYPE_CHECKING:
    from detente.simulation.projection.preparing import Prepared

Row = dict[str, Any]
DECIMALS = 5
SUPPORTS = 3
RULES = 3
"""Rules that are kept of those that are of no use, the least useless first."""
MARK = "assumed"


def told(
    prepared: Prepared, *, draws: int, seed: int, report: Callable[[str], None]
) -> dict[str, pd.DataFrame]:
    """Return the tables of the options of all players, each against the answers of whom the case names."""
    found: dict[str, list[Row]] = {name: [] for name in FRAMES if name != "missing"}
    unfit = []
    for key, player in asked_of(prepared.case).players.items():
        report(f"playing portfolios of {player.title}")
        own = side(prepared.case, key)
        found["levers"] += _levers(own)
        found["wants"] += _wants(own, prepared)
        try:
            advice = advise(prepared, key, draws=draws, seed=seed, stress=False)
        except DetenteError as error:
            unfit += [
                Missing("strategies", player.title, f"{each.where} {each.what}", each.hint)
                for each in error.problems
            ]
            continue
        for name, rows in _of_player(advice):
            found[name] += [{"player": key, **row} for row in rows]
    report("looking for what would break the alliance")
    for name, rows in _of_case(prepared, seed=seed):
        found[name] += rows
    return {
        **{name: _plain(framed(name, rows)) for name, rows in found.items()},
        "missing": as_frame(unfit).reindex(columns=FRAMES["missing"]),
    }


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = frame.select_dtypes("float").columns
    return frame.assign(**{str(name): frame[name].round(DECIMALS) for name in numbers})


def numbers_of(held: Side) -> dict[str, int]:
    """Return the number under which each lever of a side goes where there is no room for its title."""
    return {key: place for place, key in enumerate(held.levers, start=1)}


def code_of(held: Side, portfolio: str) -> str:
    """Return a portfolio by the numbers of its levers."""
    numbers = numbers_of(held)
    return " + ".join(str(each) for each in sorted(numbers[key] for key in held.portfolios[portfolio])) or "–"


def label_of(held: Side, portfolio: str) -> str:
    """Return a portfolio as on an axis: one lever by its number and title, several by their numbers."""
    many = len(held.portfolios[portfolio])
    code = code_of(held, portfolio)
    return held.title(portfolio) if not many else f"{code} {held.title(portfolio)}" if many == 1 else code


def _levers(held: Side) -> Iterator[Row]:
    for key, lever in held.levers.items():
        yield {
            "player": held.key, "owner": held.player.title, "lever": key, "number": numbers_of(held)[key],
            "title": lever.title, "kind": lever.kind, "means": lever.means, "target": ", ".join(lever.target),
            "date": lever.date.isoformat(), "low": lever.low, "high": lever.high, "cost": lever.cost.value,
            "cost_low": lever.cost.low, "cost_high": lever.cost.high, "cost_unit": lever.cost.unit,
            "chance": lever.chance, "backlash": lever.backlash, "reason": lever.reason,
            "cost_reason": lever.cost.reason, "mark": MARK,
        }  # fmt: skip


def _wants(held: Side, prepared: Prepared) -> Iterator[Row]:
    read = {name: in_words(each, prepared.case) for name, each in measured(held, prepared.case).items()}
    for key, want in held.player.objectives.items():
        yield {
            "player": held.key, "owner": held.player.title, "objective": key, "title": want.title,
            "want": want.want, "unit": want.unit, "weight": want.weight,
            "read": read.get(key, "what levers do to it"), "reason": want.reason, "mark": MARK,
        }  # fmt: skip


def _of_player(advice: Advice) -> Iterator[tuple[str, list[Row]]]:
    yield "players", [_player(advice)]
    yield "portfolios", list(_portfolios(advice))
    other = advice.campaign.other.key
    yield "matrix", [{**row, "other_player": other} for row in _rows(advice.campaign.frame())]
    yield "medal", list(_medal(advice))
    yield "game", list(_game(advice))
    yield "failing", list(_failing(advice))
    portfolio = {"portfolio": advice.failing.portfolio, "title": _title(advice, advice.failing.portfolio)}
    yield "drivers", [{**row, **portfolio} for row in _rows(advice.drivers)]
    yield "turning", list(_turning(advice))
    yield "signs", list(_signs(advice))


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _title(advice: Advice, portfolio: str) -> str:
    return advice.campaign.side.title(portfolio)


def _player(advice: Advice) -> Row:
    found, gains = advice.campaign, [way.frame()["over_best"] for way in advice.played.commitment]
    waits = advice.adapted.waiting_frame()
    own, other = (max(float(each.iloc[0]), 0.0) if len(each) else 0.0 for each in gains)
    return {
        "title": found.side.player.title, "actors": ", ".join(found.side.player.actors),
        "other": found.other.key, "other_title": found.other.player.title, "portfolios": len(found.rows),
        "answers": len(found.columns), "futures": len(found.kept), "lost": found.lost,
        "leader": advice.leader, "best": advice.best or "",
        "equilibria": len(advice.played.empirical.frame()) // 2, "commits": own, "other_commits": other,
        "waits": bool((waits["worthwhile"] & (waits["information_low"] > 0)).any()) if len(waits) else False,
    }  # fmt: skip


def _portfolios(advice: Advice) -> Iterator[Row]:
    held, weighed = advice.campaign.side, advice.weighed
    gambles = {row["portfolio"]: row for row in _rows(weighed.gambles)}
    gains, futures = _above_nothing(advice.campaign).sum(axis=2), len(advice.campaign.kept)
    front = {row["portfolio"]: row for row in _rows(weighed.front.frame())}
    for row in _rows(weighed.best.frame()):
        name = str(row["portfolio"])
        gain, error = mean_of(gains[advice.campaign.rows.index(name)])
        low, high = wilson(np.array(round(gambles[name]["worse"] * futures)), futures)
        yield {
            "gain": gain, "gain_low": gain - error, "gain_high": gain + error, "worse_low": float(low),
            "worse_high": float(high), **gambles[name], **row, "title": held.title(name),
            "code": code_of(held, name), "label": label_of(held, name), "over": row["over_leader"],
            "on_front": front[name]["on_front"], "front_share": front[name]["share"], "mark": MARK,
        }  # fmt: skip


def _above_nothing(found: Campaign) -> Floats:
    """Return points above doing nothing new, answers together: (portfolios, futures, objectives + 1)."""
    by_future = found.points.mean(axis=1)
    return np.asarray(by_future - by_future[found.rows.index(NOTHING)])


def _medal(advice: Advice) -> Iterator[Row]:
    """Yield what each portfolio does to each objective above doing nothing, future by future."""
    found, by_future = advice.campaign, _above_nothing(advice.campaign)
    wants = found.side.player.objectives
    for i, own in enumerate(found.rows):
        for place, name in enumerate(found.ledgers[0].names):
            mean, error = mean_of(by_future[i, :, place])
            yield {
                "portfolio": own, "objective": name, "change": mean, "low": mean - error,
                "high": mean + error, "title": "Cost" if name == COST else wants[name].title, "mark": MARK,
            }  # fmt: skip


def _game(advice: Advice) -> Iterator[Row]:
    found = advice.campaign
    for row in _rows(advice.played.empirical.supports_frame().head(SUPPORTS)):
        sides = (("own", "rows", found.side), ("theirs", "columns", found.other))
        names: Mapping[str, str] = {
            name: EITHER.join(held.title(each) for each in tuple(row[field])) for name, field, held in sides
        }
        yield {**names, "share": row["share"]}


def _failing(advice: Advice) -> Iterator[Row]:
    held = advice.failing
    base: Row = {
        "portfolio": held.portfolio, "title": _title(advice, held.portfolio), "share": held.share,
        "coverage": held.coverage, "density": held.density, "why": held.why, "input": "",
    }  # fmt: skip
    if held.box.empty:
        yield base
    for row in _rows(held.box):
        yield {
            **base, "input": row["input"], "above": row["low"] if pd.notna(row["p_low"]) else None,
            "below": row["high"] if pd.notna(row["p_high"]) else None,
        }  # fmt: skip


def _turning(advice: Advice) -> Iterator[Row]:
    held = advice.campaign.side
    for row in _rows(advice.turning.rows):
        name = str(row["objective"])
        yield {
            "owner": held.player.title, "objective": name, "factor": row["factor"],
            "title": "Cost" if name == COST else held.player.objectives[name].title,
            "portfolio": row["portfolio"], "then": held.title(str(row["portfolio"])),
        }  # fmt: skip


def _signs(advice: Advice) -> Iterator[Row]:
    rows = advice.adapted.frame()
    kept = pd.concat([rows[rows["useful"]], rows[~rows["useful"]].head(RULES)])
    for row in _rows(kept):
        yield {
            **row, "start": _title(advice, str(row["start"])), "then": _title(advice, str(row["then"])),
            "since": str(row["since"]), "until": str(row["until"]),
        }  # fmt: skip


def _of_case(prepared: Prepared, *, seed: int) -> Iterator[tuple[str, list[Row]]]:
    case = prepared.case
    stress = asked_of(case).stress
    breaks, indices = broken(prepared, seed=seed)
    if stress is not None and indices is not None:
        titles = {key: knob.title for key, knob in stress.knobs.items()}
        yield "breaks", [
            {
                "broken": each.key, "title": each.title, "base": each.found.base, "worst": each.found.worst,
                "threshold": spec.below if spec.above is None else spec.above,
                "more": spec.above is not None, "settled": each.settled, "routes": len(each.found.routes),
                "reason": spec.reason,
            }
            for each in breaks
            for spec in [stress.breaks[each.key]]
        ]  # fmt: skip
        for each in breaks:
            yield "routes", [{**row, "knob": row["input"]} for row in _rows(each.frame(titles))]
        read = {key: label(outcome_of(each.measure, case)) for key, each in stress.breaks.items()}
        rows = _rows(indices.frame())
        yield (
            "stress",
            [
                {**row, "broken": key, "knob": row["input"], "title": titles[str(row["input"])]}
                for key, output in read.items()
                for row in rows
                if row["output"] == output and row["index"] in ("first", "total")
            ],
        )
    wedged, asked = wedging(prepared), asked_of(case).wedge
    if wedged is not None and asked is not None:
        leader = wedged.analysis.leader
        first = wedged.targets[leader] if leader is not None else ""
        names = {"divider": wedged.divider.key, "defender": wedged.defender.key, "bloc": asked.bloc}
        yield "wedges", [{**row, **names, "leads": row["target"] == first} for row in _rows(wedged.frame())]
