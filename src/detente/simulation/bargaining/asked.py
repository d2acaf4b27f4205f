"""What was asked of a model of bargaining, as text that gives it back to the last digit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.simulation.bargaining.actors import Actors, Perceptions
from detente.simulation.bargaining.uncertain import Range, Uncertain

TABLES = ("capability", "position", "salience", "accommodation", "ideal")


@dataclass(frozen=True, eq=False)
class Asked:
    """Actors with their ranges, the model's options, what actors believe of one another, draws and seed."""

    given: Uncertain
    options: Any
    perceptions: Perceptions | None
    draws: int
    seed: int

    def text(self) -> str:
        """Return actors, ranges, options and perceptions as JSON."""
        actors, seen = self.given.actors, self.perceptions
        held = {
            "names": actors.names,
            "issues": actors.issues,
            **{name: _listed(getattr(actors, name)) for name in TABLES},
            "ranges": {key: _listed(vars(each)) for key, each in self.given.ranges.items()},
            "options": None if self.options is None else _listed(vars(self.options)),
            "perceptions": None if seen is None else _listed(vars(seen)),
        }
        return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def read_asked(text: str) -> Asked:
    """Return what `Asked.text` wrote; options come as a mapping, draws and seed as 1 and 0."""
    held = json.loads(text)
    actors = Actors(held["names"], held["issues"], **{name: held[name] for name in TABLES})
    ranges = {key: Range(**_arrays(each)) for key, each in held["ranges"].items()}
    seen = held["perceptions"]
    return Asked(
        Uncertain(actors, ranges),
        None if held["options"] is None else _arrays(held["options"]),
        None if seen is None else Perceptions(**seen),
        draws=1,
        seed=0,
    )


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def _arrays(held: dict[str, Any]) -> dict[str, Any]:
    return {key: np.asarray(each) if isinstance(each, list) else each for key, each in held.items()}
