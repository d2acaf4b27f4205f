"""Chart families, one file each: a function from a tidy frame to a Vega-Lite specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from detente.briefing.charts.alluvial import alluvial
from detente.briefing.charts.fan import fan
from detente.briefing.charts.grid import grid
from detente.briefing.charts.heat import heat
from detente.briefing.charts.intervals import intervals
from detente.briefing.charts.ladder import ladder
from detente.briefing.charts.matrix import matrix
from detente.briefing.charts.paths import paths
from detente.briefing.charts.pulls import pulls
from detente.briefing.charts.standings import standings
from detente.briefing.charts.timeline_events import timeline_events
from detente.briefing.charts.trend import trend
from detente.briefing.charts.waterfall import waterfall
from detente.briefing.charts.world import world

CHARTS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "trend": trend,
    "intervals": intervals,
    "pulls": pulls,
    "heat": heat,
    "paths": paths,
    "world": world,
    "alluvial": alluvial,
    "matrix": matrix,
    "ladder": ladder,
    "standings": standings,
    "waterfall": waterfall,
    "timeline_events": timeline_events,
    "fan": fan,
    "grid": grid,
}
"""Every chart family by name. To add one: a file with one function, and a row here."""

__all__ = [
    "CHARTS", "alluvial", "fan", "grid", "heat", "intervals", "ladder", "matrix", "paths", "pulls",
    "standings", "timeline_events", "trend", "waterfall", "world",
]  # fmt: skip
