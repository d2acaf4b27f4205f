"""detente measures, simulates and stress-tests alliances.

>>> import detente
>>> study = detente.load("atlantic")
>>> study.case.rival
'RUS'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.study import Study, load

__version__ = "0.1.0"
__all__ = ["Study", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import detente` costs nothing."""
    if name in __all__:
        from detente import study

        return getattr(study, name)
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
