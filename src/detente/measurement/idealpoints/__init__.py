"""Ideal points: where actors stand, session by session, from how they vote."""

from __future__ import annotations

from detente.measurement.idealpoints.alternation import Effort
from detente.measurement.idealpoints.choosing import Selected, Selection, select_votes
from detente.measurement.idealpoints.estimate import Spec, ideal_points
from detente.measurement.idealpoints.frames import Choice, Prepared, prepare
from detente.measurement.idealpoints.result import IdealPoints
from detente.measurement.idealpoints.sampler import Length
from detente.measurement.idealpoints.sensitivity import absence_report, prior_report
from detente.measurement.idealpoints.settings import BSV, DEFAULT, Axes, Prior

__all__ = [
    "BSV",
    "DEFAULT",
    "Axes",
    "Choice",
    "Effort",
    "IdealPoints",
    "Length",
    "Prepared",
    "Prior",
    "Selected",
    "Selection",
    "Spec",
    "absence_report",
    "ideal_points",
    "prepare",
    "prior_report",
    "select_votes",
]
