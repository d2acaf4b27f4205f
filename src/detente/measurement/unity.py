"""Cohesion, agreement and weakest links for every issue and span that a case asks for, from roll calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement import changes, cohesion, pairs
from detente.measurement.ballots import Ballots, Evidence, on_issue, read_ballots
from detente.measurement.recurrence import Agenda, read_agenda
from detente.measurement.sample import Draws, Span, bloc_sample, windows_of

if TYPE_CHECKING:
    from detente.cases.schema import Case

COLUMNS = {
    "cohesion": cohesion.COHESION,
    "weakest": cohesion.WEAKEST,
    "agreement": pairs.AGREEMENT,
    "comparison": pairs.COMPARISON,
    "bloc_changes": changes.BLOC_CHANGES,
}
"""The tables made from roll calls, and their columns."""

WHOLE = "all"
"""Name of the span that holds every roll call of an issue that lists its resolutions."""

FIRST_DAY = date(1945, 1, 1)
LISTED = """
    SELECT min(date) AS first, max(date) AS last FROM roll_calls
    WHERE list_contains(?::VARCHAR[], resolution)
"""

Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True)
class Setting:
    """What estimates from roll calls depend on, besides the roll calls."""

    case: Case
    spells: Mapping[str, pd.DataFrame]
    """Spells of membership by bloc."""
    actors: tuple[str, ...]
    """Who is compared with ally and rival: everyone in the case."""
    draws: int
    seed: int


@dataclass(frozen=True)
class Unity:
    """The tables of `COLUMNS`, and how the blocs voted in each roll call that an issue lists."""

    tables: dict[str, pd.DataFrame]
    roll_calls: pd.DataFrame


def in_full(case: Case, issue: str, span: Span) -> bool:
    """Return whether π, κ and S are told: in windows always, in years on the main issue, the first."""
    return span.key in case.windows or span.key == WHOLE or issue == next(iter(case.issues))


def voters(setting: Setting) -> tuple[str, ...]:
    """Return everyone whose votes matter: members at any time, those placed, and sides compared."""
    ever = {actor for spells in setting.spells.values() for actor in spells["actor"]}
    sides = {
        side for each in setting.case.compare.values() for side in each.sides if side not in setting.spells
    }
    partners = {name for ask in pairs.asked(setting.case) for name in (ask.partner, ask.minus)}
    return tuple(sorted((ever | sides | partners | set(setting.actors)) - {""}))


def resolution_spans(case: Case, evidence: Evidence) -> dict[str, list[Span]]:
    """Return, for issues that only list resolutions, the span of all of these and the windows with any."""
    found = {}
    for issue, spec in case.issues.items():
        if spec.codes or not spec.resolutions:
            continue
        first, last = evidence.query(LISTED, (list(spec.resolutions),)).iloc[0]
        if not pd.isna(first):
            whole = Span(WHOLE, pd.Timestamp(first).date(), pd.Timestamp(last).date())
            found[issue] = [
                whole,
                *(each for each in windows_of(case) if each.start <= whole.end and whole.start <= each.end),
            ]
    return found


def measure_unity(setting: Setting, *, evidence: Evidence, issues: Mapping[str, list[Span]]) -> Unity:
    """Return what the roll calls in `evidence` say on `issues`: for each issue, the spans to measure."""
    every = [span for held in issues.values() for span in held]
    start = min((span.start for span in every), default=FIRST_DAY)
    end = min(max((span.end for span in every), default=FIRST_DAY), setting.case.as_of)
    ballots = read_ballots(evidence, actors=voters(setting), start=start, end=end)
    belongs = {bloc: ballots.belonging(spells) for bloc, spells in setting.spells.items()}
    agenda = read_agenda(evidence)
    rows: Rows = {name: [] for name in COLUMNS}
    listed: list[pd.DataFrame] = []
    for issue, asked in issues.items():
        held = on_issue(ballots, setting.case.issues[issue], evidence=evidence)
        sittings: dict[str, changes.Sitting] = {}
        for span in asked:
            columns = held & ballots.within(span.start, span.end)
            if columns.any():
                base = Draws(issue, span, ballots.at(columns), setting.draws, setting.seed)
                belonging = {bloc: mask[:, columns] for bloc, mask in belongs.items()}
                _measure(setting, base, belonging, rows)
                listed += _by_roll_call(setting, base, belonging) if span.key == WHOLE else ()
                if span.key in setting.case.windows:
                    sittings[span.key] = changes.Sitting(base, belonging)
        _compare(setting, sittings, agenda, rows)
    tables = {name: pd.DataFrame(rows[name], columns=columns) for name, columns in COLUMNS.items()}
    columns_listed = ["issue", *cohesion.ROLL_CALLS]
    frame = pd.concat(listed, ignore_index=True) if listed else pd.DataFrame(columns=columns_listed)
    return Unity(tables, frame[columns_listed])


def _measure(setting: Setting, base: Draws, belongs: Mapping[str, NDArray[np.bool_]], rows: Rows) -> None:
    """Add to `rows` all that one issue in one span has to say."""
    case, ballots = setting.case, base.ballots
    full = in_full(case, base.issue, base.span)
    samples = {
        bloc: sample
        for bloc, mask in belongs.items()
        if (sample := bloc_sample(base, bloc, belongs=mask, absent=case.absent)) is not None
    }
    for sample in samples.values():
        rows["cohesion"] += cohesion.cohesion_rows(sample, ally=case.ally, pairs=full)
        if base.span.key in (*case.windows, WHOLE):
            rows["weakest"] += cohesion.weakest_rows(sample)
    for key, each in case.compare.items():
        sides = [samples.get(side) if side in belongs else _votes(ballots, side, case) for side in each.sides]
        if (row := pairs.comparison_row(key, base, sides)) is not None:
            rows["comparison"].append(row)
    for ask in pairs.asked(case):
        if (ask.issue, ask.window) == (base.issue, base.span.key):
            rows["agreement"] += pairs.agreement_rows(base, ask, actors=setting.actors, absent=case.absent)


def _compare(setting: Setting, sittings: Mapping[str, changes.Sitting], agenda: Agenda, rows: Rows) -> None:
    """Add to `rows` what moved each bloc's cohesion between the windows of one issue."""
    case = setting.case
    for bloc in setting.spells:
        rows["bloc_changes"] += changes.change_rows(
            sittings, windows_of(case), bloc, agenda=agenda, absent=case.absent
        )


def _votes(ballots: Ballots, actor: str, case: Case) -> NDArray[np.integer]:
    return pairs.votes(ballots, actor, absent=case.absent)


def _by_roll_call(
    setting: Setting, base: Draws, belongs: Mapping[str, NDArray[np.bool_]]
) -> Iterator[pd.DataFrame]:
    for bloc, mask in belongs.items():
        sample = bloc_sample(base, bloc, belongs=mask, absent=setting.case.absent)
        if sample is not None:
            yield cohesion.by_roll_call(sample).assign(issue=base.issue)
