"""What sides of the invented world can do: two players, a break with two routes, and a wedge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from detente.briefing.material import Material
from detente.cases.strategies import Strategies
from detente.strategy.campaign.columns import framed
from detente.strategy.campaign.options import Options
from tests.briefing.ruritania import case_of, material

REGRETS = {"trade": (0.2, 0.1, 0.3), "both": (0.5, 0.4, 0.6), "nothing": (0.7, 0.6, 0.8)}
TITLES = {"nothing": "Nothing new", "trade": "Offer trade", "both": "Offer trade + Close the river"}
CODES = {"nothing": "–", "trade": "1", "both": "1 + 2"}
LABELS = {**CODES, "nothing": "Nothing new", "trade": "1 Offer trade"}
OWN = {"player": "crown", "title": "The Crown"}
Row = dict[str, Any]


def player(**changes: Any) -> Row:
    """Return a row of players."""
    return {
        **OWN, "actors": "RRR", "other": "pact", "other_title": "The Pact", "portfolios": 3, "answers": 2,
        "futures": 300, "lost": 0, "leader": "trade", "best": "trade", "equilibria": 1, "commits": 0.0,
        "other_commits": 0.0, "waits": False, **changes,
    }  # fmt: skip


def portfolios(alike: tuple[str, ...] = ("trade",), key: str = "crown", **changes: Any) -> pd.DataFrame:
    """Return portfolios in the order of regret; those in `alike` cannot be told from the first."""
    rows = [
        {
            "player": key, "portfolio": name, "title": TITLES[name], "code": CODES[name],
            "label": LABELS[name], "regret": regret, "low": low, "high": high, "over": regret - 0.2,
            "over_low": regret - 0.25, "over_high": regret - 0.15, "told_apart": name not in alike,
            "points": 0.5, "p10": 0.0, "p90": 1.0, "gain": 0.3, "gain_low": 0.2, "gain_high": 0.4,
            "worse": 0.3, "worse_low": 0.25, "worse_high": 0.35, "on_front": True, "front_share": 1.0,
            "mark": "assumed", **changes,
        }
        for name, (regret, low, high) in REGRETS.items()
    ]  # fmt: skip
    return framed("portfolios", rows)


def medal(**cells: tuple[float, float, float]) -> pd.DataFrame:
    """Return what `trade` does to objectives (peace and grain unless told) and what it costs."""
    held = {"peace": (0.5, 0.4, 0.6), "grain": (-0.2, -0.3, -0.1), "cost": (-0.1, -0.2, -0.1), **cells}
    rows = [
        {
            "player": "crown", "portfolio": name, "objective": key, "title": key.capitalize(),
            "change": value if name != "nothing" else 0.0, "low": low, "high": high, "mark": "assumed",
        }
        for name in REGRETS
        for key, (value, low, high) in held.items()
    ]  # fmt: skip
    return framed("medal", rows)


def game(share: float = 0.95) -> pd.DataFrame:
    """Return the commonest equilibrium."""
    row = {"player": "crown", "own": "Offer trade", "theirs": "Buy elsewhere / Nothing new", "share": share}
    return framed("game", [row])


def turning(*factors: float) -> pd.DataFrame:
    """Return weights of one objective at which another portfolio leads."""
    rows = [
        {"player": "crown", "owner": "The Crown", "objective": "peace", "title": "Peace", "factor": each,
         "portfolio": "nothing", "then": f"Portfolio {each:g}"}
        for each in factors
    ]  # fmt: skip
    return framed("turning", rows)


def signs(gain: float = 0.3, *, useful: bool = True) -> pd.DataFrame:
    """Return a rule."""
    row = {
        "player": "crown", "sign": "Price of grain", "above": True, "threshold": 0.4, "since": "2022-06-01",
        "until": "2023-06-01", "start": "Nothing new", "then": "Offer trade", "gain": gain,
        "low": gain - 0.1, "high": gain + 0.1, "useful": useful, "fires": 0.4,
    }  # fmt: skip
    return framed("signs", [row])


def broken(**changes: Any) -> Row:
    """Return a row of breaks."""
    return {
        "broken": "tolls", "title": "Tolls fall", "threshold": 0.5, "more": False, "base": 0.9, "worst": 0.6,
        "settled": True, "routes": 2, "reason": "invented", **changes,
    }  # fmt: skip


def routes(*distances: float) -> pd.DataFrame:
    """Return a route of two knobs for each distance."""
    rows = [
        {"broken": "tolls", "route": number, "distance": far, "low": far - 0.1, "high": far + 0.1,
         "knob": knob, "title": f"{knob.capitalize()} changes", "change": far * part, "share": part**2}
        for number, far in enumerate(distances, start=1)
        for knob, part in (("king", 0.8), ("rain", -0.6))
    ]  # fmt: skip
    return framed("routes", rows)


def stress(first: tuple[float, float, float] = (0.7, 0.6, 0.8)) -> pd.DataFrame:
    """Return Sobol indices of two knobs, the second at 0.3."""
    rows = [
        {"broken": "tolls", "index": index, "knob": knob, "title": f"{knob.capitalize()} changes",
         "value": value, "low": low, "high": high}
        for index in ("first", "total")
        for knob, (value, low, high) in (("king", first), ("rain", (0.3, 0.2, 0.4)))
    ]  # fmt: skip
    return framed("stress", rows)


def wedges(*, leads: bool = False) -> pd.DataFrame:
    """Return two members as targets."""
    rows = [
        {"divider": "crown", "defender": "pact", "bloc": "PACT", "target": actor, "first": first,
         "weight": 0.1, "weight_low": 0.05, "weight_high": 0.2, "price": 0.2, "price_low": 0.1,
         "price_high": 0.3, "mode": "accommodation", "gives_way_to_reward": 0.4,
         "gives_way_to_pressure": 0.1, "move": "guarantee", "size": 0.1, "cost": 0.1,
         "leads": leads and actor == "BBB"}
        for actor, first in (("BBB", 0.4), ("CCC", 0.2))
    ]  # fmt: skip
    return framed("wedges", rows)


def matrix() -> pd.DataFrame:
    """Return payoffs of both players, each from its own side."""
    rows = [
        {"player": key, "other_player": other, "portfolio": own, "answer": answer, "points": 0.5,
         "points_low": 0.4, "points_high": 0.6, "other": -0.5, "other_low": -0.6, "other_high": -0.4}
        for key, other in (("crown", "pact"), ("pact", "crown"))
        for own in REGRETS
        for answer in REGRETS
    ]  # fmt: skip
    return framed("matrix", rows)


def options(**changes: Any) -> Options:
    """Return the options of both players, with tables replaced as given."""
    held = {
        "players": framed("players", [player(), player(player="pact", title="The Pact", other="crown",
                                                       other_title="The Crown")]),
        "levers": framed("levers", [
            {"player": "crown", "owner": "The Crown", "lever": "trade", "number": 1, "title": "Offer trade",
             "means": "reward", "date": "2021-09-01", "low": 0.5, "high": 1.5, "cost": 0.1,
             "cost_unit": "percent_gdp", "backlash": 0.1, "reason": "invented", "mark": "assumed"}
        ]),
        "wants": framed("wants", [
            {"player": "crown", "owner": "The Crown", "objective": "peace", "title": "Peace", "want": "more",
             "unit": 1.0, "weight": 1.0, "read": "what levers do to it", "reason": "invented",
             "mark": "assumed"}
        ]),
        "portfolios": pd.concat([portfolios(), portfolios(key="pact")], ignore_index=True),
        "matrix": matrix(),
        "medal": pd.concat([medal(), medal().assign(player="pact")], ignore_index=True),
        "game": game(), "turning": turning(0.5), "signs": signs(), "breaks": framed("breaks", [broken()]),
        "routes": routes(0.8, 1.2), "stress": stress(), "wedges": wedges(), "seed": 0, "draws": 300,
        **changes,
    }  # fmt: skip
    return Options(**held)


def world(**changes: Any) -> Material:
    """Return the material of the invented world with what sides can do."""
    objective = {"peace": {"title": "Peace", "want": "more", "reason": "invented"}}
    asked = Strategies.model_validate(
        {
            "title": "What each can do",
            "players": {
                "crown": {"title": "The Crown", "actors": ["RRR"], "objectives": objective},
                "pact": {"title": "The Pact", "actors": ["AAA"], "objectives": objective},
            },
            "reason": "Invented sizes.",
        }
    )
    held = material(case=case_of().model_copy(update={"strategies": asked}))
    return replace(held, options=options(**changes))
