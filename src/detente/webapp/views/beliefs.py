"""What each participant of a meeting believes of each other, so that a reader can move one belief and see the
expectation follow.

At what is likeliest and without noise: an observer o at x_o believes that j stands at b = x_j + hope_o (x_o -
x_j), or where the case states that it does, and weighs it with w = c_j s_j (1 - esteem_o |x_o - x_j| / d_o),
d_o being the furthest distance; its expectation is Σ w b / Σ w over those present. Moving the belief of j to
y moves it by w_j (y - b_j) / Σ w.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.simulation.agenda.bargains import compromise
from detente.simulation.agenda.readings import assumed
from detente.simulation.agenda.table import Cells, State, tabulate
from detente.simulation.forum.attendance import attendance
from detente.simulation.forum.perceptions import Lens, believed, stated

if TYPE_CHECKING:
    from detente.cases.forum import Forum
    from detente.simulation.agenda.table import Table
    from detente.webapp.studying import Study

Row = dict[str, Any]
DIGITS = 6


def beliefs(study: Study) -> list[Row]:
    """Return for each meeting and item: actors, who is present, where each stands, and by observer the
    `belief` and the `weight` of each who is present, with the `expectation`, and the `outcome`.
    """
    case = study.case
    if case.forum is None:
        return []
    table = tabulate(case, study.evidence, study.measure())
    return [row for key in case.forum.meetings for row in _of_meeting(study, case.forum, key, table)]


def _of_meeting(study: Study, forum: Forum, key: str, table: Table) -> Iterator[Row]:
    meeting = forum.meetings[key]
    for item in meeting.items:
        if item not in table.cells:
            continue
        changes = {actor: assumed(each) for actor, each in meeting.but.get(item, {}).items()}
        cells = table.cells[item].but(changes)
        who = attendance(study.case, meeting, evidence=study.evidence, actors=cells.actors)
        present = np.flatnonzero([who[actor].present for actor in cells.actors])
        if len(present):
            lens = _likeliest(forum, key, cells.actors)
            voices = [cells.actors[place] for place in present]
            outright = stated(forum, key, item, observers=cells.actors, voices=voices)
            told = _seen(cells, present, replace(lens, stated=outright))
            yield {"meeting": key, "title": meeting.title, "date": f"{meeting.date:%Y-%m-%d}", "item": item,
                   "mark": "assumed", **told}  # fmt: skip


def _likeliest(forum: Forum, key: str, actors: tuple[str, ...]) -> Lens:
    usual, own = forum.perceptions(key)
    held = [own.get(actor, usual) for actor in actors]
    hope, esteem = (np.array([[getattr(each, name).value for each in held]]) for name in ("hope", "esteem"))
    return Lens(hope, esteem, np.zeros(len(actors)))


def _seen(cells: Cells, present: NDArray[np.int64], lens: Lens) -> Row:
    everyone = cells.likeliest()
    voices = State(*(getattr(everyone, kind)[:, present] for kind in ("position", "salience", "capability")))
    same = np.arange(len(cells.actors))[:, None] == present[None, :]
    seen = believed(voices, everyone.position, lens, same=same, noise=None)
    weight, position = seen.weight[0], seen.position[0]
    total = weight.sum(axis=1, keepdims=True)
    weight = np.where(total > 0, weight, 1.0)
    expected = (weight * position).sum(axis=1) / weight.sum(axis=1)
    return {
        "actors": list(cells.actors),
        "present": [cells.actors[place] for place in present],
        "position": _rounded(everyone.position[0]),
        "belief": [_rounded(row) for row in position],
        "weight": [_rounded(row) for row in weight],
        "expectation": _rounded(expected),
        "outcome": _rounded(compromise(voices))[0],
    }


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]
