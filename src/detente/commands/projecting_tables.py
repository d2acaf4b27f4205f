"""What the terminal shows of futures: rows of a few columns, each number with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.commands.showing import records
from detente.simulation.backtest.boards import MODEL
from detente.simulation.projection.crossing import newly_crossed

if TYPE_CHECKING:
    from detente.simulation.backtest.boards import Boards
    from detente.simulation.projection.outlook import Difference, Outlook

Row = dict[str, Any]
INTERVALS = (
    "Of spreads, the difference in 90 % of futures, which differ in the assumed sizes too; of decisions and "
    "crossings (the three that differ most), the 95 % interval for the number of futures. Differences of "
    "less than half a point are left out; --json and -o have all."
)
SHOWN = {"cohesion": ("bloc", "item"), "decisions": ("title",), "crossings": ("actor", "title")}
"""Tables of differences that are shown, and what names a row."""
ENDS = {
    "cohesion": ("mean", "p5", "p95"),
    "decisions": ("difference", "low", "high"),
    "crossings": ("difference", "low", "high"),
}
"""The difference, and the ends of its interval."""
FEW = 3
"""How many crossings are shown of each scenario."""
SMALL = 0.005
"""Differences below this in size are not shown, nor parts of changes."""


def cohesion(base: Outlook) -> list[Row]:
    """Return the spread within blocs at the start and at the end."""
    rows = base.frame("cohesion")
    now, end = (
        rows[rows["time"] == at].reset_index(drop=True) for at in (rows["time"].min(), rows["time"].max())
    )
    return [
        {"bloc": then["bloc"], "item": then["item"], "now": f"{before['p50']:.3f}",
         "end": f"{then['p50']:.3f}", "middle": f"{then['p5']:.3f} to {then['p95']:.3f}"}
        for before, then in zip(now.to_dict("records"), end.to_dict("records"), strict=True)
    ]  # fmt: skip


def decisions(base: Outlook) -> list[Row]:
    """Return how often decisions pass."""
    rows = base.frame("decisions").sort_values(["decision", "step"], kind="stable")
    return [
        {"title": row["title"], "begins": f"{row['begins']:%Y-%m-%d}", "passes": _percent(row["passes"]),
         "interval": f"{_percent(row['passes_low'])} to {_percent(row['passes_high'])}"}
        for row in rows.to_dict("records")
    ]  # fmt: skip


def crossings(base: Outlook, most: int) -> list[Row]:
    """Return who is likeliest to cross a line by the end."""
    rows = newly_crossed(base.frame("crossings")).head(most)
    return [
        {"actor": row["actor"], "title": row["title"], "start": _percent(row["start"]),
         "crossed": _percent(row["crossed"]),
         "interval": f"{_percent(row['crossed_low'])} to {_percent(row['crossed_high'])}"}
        for row in rows.to_dict("records")
    ]  # fmt: skip


def differences(key: str, apart: Difference) -> Iterator[Row]:
    """Yield what is otherwise in a scenario at the end: spreads, decisions, and the largest of crossings."""
    for kind, names in SHOWN.items():
        rows = _last(apart.frame(kind), kind)
        value, low, high = ENDS[kind]
        share = kind != "cohesion"
        rows = rows[rows[value].abs() >= SMALL]
        if kind == "crossings":
            rows = rows[~rows["starts_beyond"].astype(bool)]
            rows = rows.sort_values(value, key=abs, ascending=False, kind="stable").head(FEW)
        for row in records(rows):
            what = ", ".join(str(row[name]) for name in names)
            yield {
                "scenario": key, "what": what if share else f"spread of {what}",
                "before": _percent(row["before"]) if share else None,
                "after": _percent(row["after"]) if share else None,
                "difference": _signed(row[value], share=share),
                "interval": f"{_signed(row[low], share=share)} to {_signed(row[high], share=share)}",
                "verdict": "cannot be told" if row[low] <= 0 <= row[high] else "",
            }  # fmt: skip


def _last(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    if kind == "decisions":
        return rows.sort_values("step", kind="stable").groupby("decision", sort=False).tail(1)
    return pd.DataFrame(rows[rows["time"] == rows["time"].max()])


def on_record(boards: Boards | None) -> list[str]:
    """Return in words how good such forecasts were on years that they had not seen.

    >>> on_record(None)[0].split(":")[0]
    'on record'
    """
    if boards is None:
        return ["on record: nothing is known of how good such forecasts were; see detente backtest"]
    rows = boards.scores[boards.scores["model"] == MODEL]
    told = []
    for quantity, held in rows.groupby("quantity", sort=False):
        said = [
            f"{verdict} at {', '.join(map(str, part['horizon']))} years"
            for verdict, part in held.groupby("verdict", sort=False)
        ]
        told.append(f"on record, against the random walk: {quantity}: {'; '.join(said)}")
    return told


def why(parts: pd.DataFrame) -> list[Row]:
    """Return the parts of changes, the smallest left out, and what they add up to."""
    found: list[Row] = []
    for (scenario, issue), held in parts.groupby(["scenario", "issue"], sort=False):
        rows = held[held["part"].abs() >= SMALL].to_dict("records")
        for row in rows:
            found.append(
                {"scenario": scenario or "baseline", "issue": issue, "driver": row["driver"],
                 "part": f"{row['part']:+.3f}", "interval": f"{row['low']:+.3f} to {row['high']:+.3f}"}
            )  # fmt: skip
        change = float(held["change"].iloc[0])
        whole = {"scenario": scenario or "baseline", "issue": issue, "driver": "all"}
        found.append({**whole, "part": f"{change:+.3f}", "interval": ""})
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _signed(value: float, *, share: bool) -> str:
    return f"{100 * value:+.1f}" if share else f"{value:+.3f}"
