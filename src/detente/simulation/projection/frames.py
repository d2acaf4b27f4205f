"""The tables of `Prospects`, and their columns.

`p5` to `p95` are quantiles over futures, in which the assumed sizes differ too. Columns that end in `_low`
and `_high`, and `low` and `high`, are the ends of 95 per cent intervals for the number of futures, but for
`drivers` and `assumed`, where they are ranges that the case gives. Days in `time` are a year apart, from the
start to the end. `scenario` is empty for the baseline. `item` is an item of the agenda, or `alignment`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

SPREAD = ("mean", "sd", "p5", "p25", "p50", "p75", "p95")

FRAMES: Mapping[str, list[str]] = {
    "positions": ["time", "actor", "item", *SPREAD, "mark"],
    "blocs": ["time", "bloc", "item", *SPREAD, "mark"],
    "cohesion": ["time", "bloc", "item", *SPREAD, "mark"],
    "exposure": ["time", "actor", "driver", "title", "kind", "mean", "p5", "p50", "p95"],
    "decisions": ["decision", "title", "step", "begins", "ends", "passes", "passes_low", "passes_high"],
    "votes": ["decision", "step", "actor", "yes", "yes_low", "yes_high"],
    "crossings": [
        "time", "line", "title", "item", "actor", "starts_beyond", "beyond", "crossed", "crossed_low",
        "crossed_high", "mark",
    ],
    "scenarios": ["scenario", "title", "reason", "digest"],
    "differences": [
        "scenario", "kind", "name", "title", "item", "time", "before", "after", "difference", "low", "high",
        "p5", "p50", "p95", "mark",
    ],
    "why": ["scenario", "kind", "name", "item", "driver", "part", "low", "high", "change", "start", "mark"],
    "events": [
        "scenario", "event", "title", "date", "kind", "chance", "backlash", "what", "reason", "source",
        "mark",
    ],
    "drivers": [
        "driver", "title", "kind", "known", "actors", "least", "mean", "most", "wander", "wander_low",
        "wander_high", "source", "mark",
    ],
    "assumed": ["part", "what", "value", "low", "high", "reason", "mark"],
    "scores": [
        "quantity", "horizon", "model", "forecasts", "origins", "crps", "cover50", "cover80", "cover95",
        "crps_less", "less_low", "less_high", "verdict",
    ],
    "scored_events": [
        "event", "horizon", "model", "forecasts", "happened", "chance", "brier", "brier_less", "less_low",
        "less_high", "verdict",
    ],
    "scored_covariates": [
        "covariate", "change", "effect", "low", "high", "horizon", "forecasts", "crps_less", "less_low",
        "less_high", "verdict",
    ],
    "defaults": ["quantity", "horizon", "default", "because"],
    "missing": ["part", "what", "why", "hint"],
}  # fmt: skip
"""The tables and their columns. `scores`, `scored_events`, `scored_covariates` and `defaults` are those of
`backtest.boards.Boards`; they are empty where nothing was scored.

`positions`, `blocs` (means) and `cohesion` (the standard deviation among members: the less, the more alike
they stand). `exposure`: levels of drivers by actor. `decisions`: how often each passes, at each half-year in
which it comes up; `votes`: how often each member votes for it. `crossings`: how often an actor is `beyond` a
line on that day, and has `crossed` it by then; whoever `starts_beyond` it crosses back.

`differences` from the baseline, future by future with the same luck: `kind` is cohesion, bloc, decision or
crossing, `name` the bloc, decision or actor, `item` the item, step or line; `before` and `after` are means or
shares. Of cohesion and blocs, `p5` to `p95` are quantiles of the difference over futures.

`why`: each driver's part in the mean change from the start to the end, of blocs and of the members shown.
Parts add up to `change`; `start` is the mean at the start.

`events`: what happens on which day, and with a `scenario` what it adds or changes (`chance` 0: it falls out).
`drivers`: what moves positions, and of how many actors its level is known. `assumed`: every size that the
case assumes of the future. `missing`: what could not be said, with the reason and what to do about it.
"""


def framed(table: str, rows: Iterable[Mapping[str, object]] = ()) -> pd.DataFrame:
    """Return rows as one of the tables of `FRAMES`.

    >>> framed("scenarios").columns.tolist()
    ['scenario', 'title', 'reason', 'digest']
    """
    return pd.DataFrame(list(rows), columns=FRAMES[table])
