"""detente measures, simulates and stress-tests alliances.

>>> import detente
>>> study = detente.load("atlantic")
>>> study.case.rival
'RUS'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.measurement.idealpoints import ideal_points
    from detente.measurement.networks.camps import camps
    from detente.measurement.networks.detachment import detachment
    from detente.measurement.networks.ties import ties
    from detente.results.opening import open_result as open
    from detente.simulation.bargaining.verb import bargain
    from detente.study import Study, advise, load, project

__version__ = "0.1.0"
__all__ = [
    "Study",
    "__version__",
    "advise",
    "bargain",
    "camps",
    "detachment",
    "ideal_points",
    "load",
    "open",
    "project",
    "ties",
]

_HOMES = {
    "Study": "detente.study",
    "load": "detente.study",
    "project": "detente.study",
    "advise": "detente.study",
    "ideal_points": "detente.measurement.idealpoints",
    "ties": "detente.measurement.networks.ties",
    "camps": "detente.measurement.networks.camps",
    "detachment": "detente.measurement.networks.detachment",
    "bargain": "detente.simulation.bargaining.verb",
    "open": "detente.results.opening",
}
_OTHERWISE = {"open": "open_result"}
"""Names that would hide one of Python's inside the package."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import detente` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'detente' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), _OTHERWISE.get(name, name))
