"""The tables of `Options`, and their columns.

`player` is the side that is advised. `low` and `high` (and columns that end so) are the ends of 95 per cent
intervals for the number of futures, but for `levers`, where they are ranges that the case gives, and
`wedges`, where they hold nine tenths of draws. Points are those of the player's objectives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

FRAMES: Mapping[str, list[str]] = {
    "players": [
        "player", "title", "actors", "other", "other_title", "portfolios", "answers", "futures", "lost",
        "leader", "best", "equilibria", "commits", "other_commits", "waits",
    ],
    "levers": [
        "player", "owner", "lever", "number", "title", "kind", "means", "target", "date", "low", "high",
        "cost", "cost_low", "cost_high", "cost_unit", "chance", "backlash", "reason", "cost_reason", "mark",
    ],
    "wants": ["player", "owner", "objective", "title", "want", "unit", "weight", "read", "reason", "mark"],
    "portfolios": [
        "player", "portfolio", "title", "code", "label", "regret", "low", "high", "over", "over_low",
        "over_high", "told_apart", "points", "p10", "p90", "gain", "gain_low", "gain_high", "worse",
        "worse_low", "worse_high", "on_front", "front_share", "mark",
    ],
    "matrix": [
        "player", "other_player", "portfolio", "answer", "points", "points_low", "points_high", "other",
        "other_low", "other_high",
    ],
    "medal": ["player", "portfolio", "objective", "title", "change", "low", "high", "mark"],
    "game": ["player", "own", "theirs", "share"],
    "failing": [
        "player", "portfolio", "title", "share", "coverage", "density", "input", "above", "below", "why",
    ],
    "drivers": ["player", "portfolio", "title", "input", "value", "low", "high"],
    "turning": ["player", "owner", "objective", "title", "factor", "portfolio", "then"],
    "signs": [
        "player", "sign", "above", "threshold", "since", "until", "start", "then", "gain", "low", "high",
        "useful", "fires",
    ],
    "breaks": ["broken", "title", "threshold", "more", "base", "worst", "settled", "routes", "reason"],
    "routes": ["broken", "route", "distance", "low", "high", "knob", "title", "change", "share"],
    "stress": ["broken", "index", "knob", "title", "value", "low", "high"],
    "wedges": [
        "divider", "defender", "bloc", "target", "first", "weight", "weight_low", "weight_high", "price",
        "price_low", "price_high", "mode", "gives_way_to_reward", "gives_way_to_pressure", "move", "size",
        "cost", "leads",
    ],
    "missing": ["part", "what", "why", "hint"],
}  # fmt: skip
"""The tables and their columns.

`players`: `best` is empty where no portfolio can be told from all others; `leader` has the least mean regret
all the same. `commits` and `other_commits` are what either side gains over the best equilibrium by committing
itself first; `waits` whether what is learnt by waiting is worth what it delays.

`portfolios`: `regret` is what a portfolio loses against what would have been best in the same future, `over`
how much more than the leader, with an interval that holds against all others at once; `points` are above what
comes where nobody does anything, with the middle 80 per cent of futures from `p10` to `p90`; `gain` is above
doing nothing new against the same answers, `worse` the share of futures in which it does worse than that.
`code` names its levers by number.

`medal`: what a portfolio does to each objective and what it costs, above doing nothing, answers taken
together. `game`: `own` and `theirs` are played in `share` of resampled games. `failing`: the range of inputs
in which failures of the leading portfolio gather (with none, `why`). `breaks`: `more` says that it breaks
above the threshold; `routes` is how many were found. `routes`: 1 is one knob turned as far as is plausible.
`stress`: `first` is what a knob does by itself, `total` with all others, as shares of variance.
"""


def framed(table: str, rows: Iterable[Mapping[str, object]] = ()) -> pd.DataFrame:
    """Return rows as one of the tables of `FRAMES`.

    >>> framed("game").columns.tolist()
    ['player', 'own', 'theirs', 'share']
    """
    return pd.DataFrame(list(rows), columns=FRAMES[table])
