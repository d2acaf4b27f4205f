"""The scoreboard: every model beside the random walk, horizon by horizon, and which one is the default."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from detente.errors import Problem, SimulationError, did_you_mean
from detente.simulation.backtest.boards import MODEL, YARDSTICK
from detente.simulation.backtest.resampling import mean_interval

LEVELS = (50, 80, 95)
UNTOLD = "cannot be told"
SAID = {"worse": "is worse", UNTOLD: "is neither better nor worse, as far as can be told"}
BOARD = [
    "quantity", "horizon", "model", "forecasts", "origins", "crps", "log", "cover50", "cover80", "cover95",
    "cover80_raw", "factor", "crps_less", "less_low", "less_high", "verdict", "log_less", "log_less_low",
    "log_less_high", "log_verdict",
]  # fmt: skip
"""`crps_less`, `log_less`: score less the yardstick's on the same forecasts; less than 0 is better."""
EVENT_BOARD = [
    "event", "horizon", "model", "forecasts", "happened", "chance", "brier", "brier_less", "less_low",
    "less_high", "verdict",
]  # fmt: skip
DEFAULTS = ["quantity", "horizon", "default", "because"]


def scoreboard(scores: pd.DataFrame, *, yardstick: str = YARDSTICK, seed: int = 0) -> pd.DataFrame:
    """Return the table of `Backtest.scores`: BOARD, one row per quantity, horizon and model, best first.

    A model is called better or worse than the yardstick only where the interval of 95 per cent of the
    difference leaves zero out; else it cannot be told.

    Raises SimulationError where the yardstick was not run.
    """
    _known(scores, yardstick)
    rows = [
        _row(part, base, key, seed)
        for key, part, base in _beside(scores, ["quantity", "horizon"], yardstick, "crps")
    ]
    order = {name: place for place, name in enumerate(dict.fromkeys(scores["quantity"]))}
    board = pd.DataFrame(rows, columns=BOARD)
    board["place"] = board["quantity"].map(order)
    return board.sort_values(["place", "horizon", "crps"], ignore_index=True)[BOARD]


def event_board(events: pd.DataFrame, *, yardstick: str = YARDSTICK, seed: int = 0) -> pd.DataFrame:
    """Return the table of `Backtest.events`: EVENT_BOARD; the Brier score is the mean of (chance -
    happened)^2.

    Raises SimulationError where the yardstick was not run.
    """
    _known(events, yardstick)
    told = events.assign(brier=(events["chance"] - events["happened"]) ** 2)
    rows = []
    for key, part, base in _beside(told, ["event", "horizon"], yardstick, "brier"):
        less, low, high, verdict = _compared(part, base, "brier", key[1], seed)
        rows.append(
            (*key, len(part), part["happened"].mean(), part["chance"].mean(), part["brier"].mean(), less, low,
             high, verdict)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=EVENT_BOARD).sort_values(
        ["event", "horizon", "brier"], ignore_index=True
    )


def choose_default(board: pd.DataFrame, *, model: str = MODEL, yardstick: str = YARDSTICK) -> pd.DataFrame:
    """Return which of the model and the yardstick is the default, by quantity and horizon: DEFAULTS.

    The model where its CRPS is better beyond doubt; else whichever is better calibrated, that is, whose
    intervals of 50, 80 and 95 per cent cover nearer to that, on average; when equal, the yardstick.

    >>> rows = [("position", 1, "panel", .5, .81, .96, "better"),
    ...         ("position", 1, "random walk", .5, .8, .95, "yardstick"),
    ...         ("position", 2, "panel", .4, .7, .9, "worse"),
    ...         ("position", 2, "random walk", .5, .79, .95, "yardstick")]
    >>> columns = ["quantity", "horizon", "model", "cover50", "cover80", "cover95", "verdict"]
    >>> board = pd.DataFrame(rows, columns=columns)
    >>> choose_default(board)["default"].tolist()
    ['panel', 'random walk']
    """
    rows = []
    for key, part in board.groupby(["quantity", "horizon"], sort=False):
        held = part.set_index("model")
        if model not in held.index or yardstick not in held.index:
            continue
        off = pd.concat([(held[f"cover{level}"] - level / 100).abs() for level in LEVELS], axis=1).mean(
            axis=1
        )
        verdict = str(held.loc[model, "verdict"])
        if verdict == "better":
            chosen, why = model, f"its CRPS is better than that of the {yardstick}"
        else:
            chosen = model if off[model] < off[yardstick] else yardstick
            why = (
                f"the CRPS of the {model} {SAID[verdict]}; shares covered are off by {off[model]:.1%} "
                f"({model}) and {off[yardstick]:.1%} ({yardstick}) on average"
            )
        rows.append((*key, chosen, why))
    return pd.DataFrame(rows, columns=DEFAULTS)


def _beside(
    rows: pd.DataFrame, keys: list[str], yardstick: str, score: str
) -> Iterator[tuple[tuple[str, int, str], pd.DataFrame, pd.DataFrame]]:
    """Yield each model's rows with the yardstick's on the same origins and whos."""
    one, other = keys
    named = rows[one].astype(str), rows[other].astype(int), rows["model"].astype(str)
    for what, horizon, model in dict.fromkeys(zip(*named, strict=True)):
        here = (rows[one] == what) & (rows[other] == horizon)
        base = rows[here & (rows["model"] == yardstick)].set_index(["origin", "who"])
        yield (what, horizon, model), rows[here & (rows["model"] == model)], base


def _row(part: pd.DataFrame, base: pd.DataFrame, key: tuple[str, int, str], seed: int) -> tuple[object, ...]:
    crps = _compared(part, base, "crps", key[1], seed)
    log = _compared(part, base, "log", key[1], seed)
    return (
        *key,
        len(part),
        part["origin"].nunique(),
        part["crps"].mean(),
        part["log"].mean(),
        *(covered(part["below"], level) for level in (0.5, 0.8, 0.95)),
        covered(part["below_raw"], 0.8),
        part["factor"].mean(),
        *crps,
        *log,
    )


def covered(below: pd.Series, level: float) -> float:
    """Return the share of outcomes inside central intervals of this level."""
    return float((np.abs(below - 0.5) < level / 2).mean())


def _compared(
    part: pd.DataFrame, base: pd.DataFrame, score: str, horizon: int, seed: int
) -> tuple[float, float, float, str]:
    here = part.set_index(["origin", "who"])[score]
    gap = (here - base[score].reindex(here.index)).dropna()
    if part["model"].iloc[0] == base_name(base):
        return 0.0, 0.0, 0.0, "yardstick"
    if gap.empty:
        return np.nan, np.nan, np.nan, "not compared"
    return compared(gap.rename("value").reset_index(), horizon=horizon, seed=seed)


def compared(gaps: pd.DataFrame, *, horizon: int, seed: int) -> tuple[float, float, float, str]:
    """Return the mean of `gaps` (origin, who, value), its interval, and the verdict, where less is better.

    Forecasts of `horizon` years from as many origins in a row overlap: with fewer than two such blocks of
    origins (of two years at least), nothing can be told, however clear the interval.
    """
    block = max(horizon, 2)
    less, low, high = mean_interval(gaps, block=block, seed=seed)
    enough = gaps["origin"].nunique() >= 2 * block
    verdict = "better" if high < 0 else "worse" if low > 0 else UNTOLD
    return less, low, high, verdict if enough else UNTOLD


def base_name(base: pd.DataFrame) -> str:
    """Return the yardstick's name, empty where it has no rows here."""
    return str(base["model"].iloc[0]) if len(base) else ""


def _known(rows: pd.DataFrame, yardstick: str) -> None:
    models = sorted(set(rows["model"]))
    if yardstick not in models:
        hint = did_you_mean(yardstick, models) or f"there are {', '.join(models)}"
        raise SimulationError(Problem(f"yardstick {yardstick!r}", "was not run", hint))
