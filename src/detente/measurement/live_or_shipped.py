"""What roll calls tell of a case, from the evidence or from estimates that ship, and what neither tells."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.measurement import changes, kept, pairs
from detente.measurement.ballots import Evidence
from detente.measurement.missing import PULL_VOTES, Missing
from detente.measurement.sample import QUORUM, Span, spans, windows_of
from detente.measurement.shipped import LIVE, SHIPPED, looked_up, subjects
from detente.measurement.unity import COLUMNS, Setting, Unity, in_full, measure_unity, resolution_spans

if TYPE_CHECKING:
    from detente.cases.schema import Case

ROLL_CALLS = "roll_calls"
ASKED = {
    "as_of", "rival", "ally", "blocs", "reference", "issues", "windows", "history", "absent", "compare",
    "stance",
}  # fmt: skip
"""The parts of a case on which its tables of roll calls rest; data of its own are part of the evidence."""


def told(setting: Setting, *, evidence: Evidence) -> tuple[dict[str, pd.DataFrame], Unity, list[Missing]]:
    """Return the tables made from roll calls, each issue and span live or shipped, and what neither can tell.

    Issues that list nothing but resolutions are told from the evidence, whatever it holds of them. For the
    others shipped facts do not count, since they hold single roll calls: a pulled or imported file must hold
    more, and where the shipped estimates rest on more roll calls than the evidence, they are taken. `basis`
    says which it was.
    """
    case = setting.case
    general = {key: spans(case) for key, issue in case.issues.items() if issue.codes or not issue.resolutions}
    listed = resolution_spans(case, evidence)
    pulled = int(
        evidence.query("SELECT count(*) AS n FROM roll_calls WHERE origin <> 'shipped'")["n"].iloc[0]
    )
    live = _live(setting, evidence, {**listed, **(general if pulled else {})}, keep=bool(pulled))
    shipped = looked_up(subjects(setting, general), setting=setting)
    prefer = _richer(shipped["cohesion"], live.tables["cohesion"])
    tables = {name: _joined(live.tables[name], shipped[name], prefer) for name in COLUMNS}
    lists = [key for key, issue in case.issues.items() if key not in general and key not in listed]
    missing = [
        Missing("cohesion", key, "the evidence holds none of its resolutions", PULL_VOTES) for key in lists
    ]
    missing += _untold(case, tables["cohesion"], general, pulled=bool(pulled))
    missing += changes.untold(windows_of(case), tables["cohesion"], tables["bloc_changes"])
    missing += _without_agreement(setting, tables["agreement"], {*general, *listed})
    return tables, live, missing


def _live(setting: Setting, evidence: Evidence, issues: Mapping[str, list[Span]], *, keep: bool) -> Unity:
    """Return what the roll calls in the evidence say; with `keep`, kept between runs."""
    if not keep:
        return measure_unity(setting, evidence=evidence, issues=issues)

    def make() -> dict[str, pd.DataFrame]:
        told = measure_unity(setting, evidence=evidence, issues=issues)
        return {**told.tables, ROLL_CALLS: told.roll_calls}

    parts = setting.case.model_dump_json(include=ASKED)
    name = kept.key("roll calls", parts, evidence.digest, setting.seed, setting.draws)
    found = kept.remembered(kept.folder_for(evidence), name, make)
    return Unity({table: found[table] for table in COLUMNS}, found[ROLL_CALLS])


def _richer(shipped: pd.DataFrame, live: pd.DataFrame) -> set[tuple[str, str]]:
    """Return the issues and spans in which shipped estimates rest on more roll calls than live ones."""
    by = ["issue", "window"]
    most, present = shipped.groupby(by)["roll_calls"].max(), live.groupby(by)["roll_calls"].max()
    return {(str(pair[0]), str(pair[1])) for pair in most[most > present.reindex(most.index).fillna(0)].index}


def _joined(live: pd.DataFrame, shipped: pd.DataFrame, prefer: set[tuple[str, str]]) -> pd.DataFrame:
    parts = []
    for frame, basis, wanted in ((live, LIVE, False), (shipped, SHIPPED, True)):
        ends = [frame[column] for column in ("window", "next_window") if column in frame]
        named = zip(frame["issue"], zip(*ends, strict=True), strict=True)
        preferred = [any((issue, key) in prefer for key in keys) for issue, keys in named]
        chosen = np.array([each == wanted for each in preferred], dtype=bool)
        parts.append(frame[chosen].assign(basis=basis))
    held = [part for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else parts[0]


def _untold(
    case: Case, cohesion: pd.DataFrame, general: Mapping[str, list[Span]], *, pulled: bool
) -> Iterator[Missing]:
    """Yield the blocs, issues and spans without any estimate, and those in which π and κ cannot be told."""
    named = ["bloc", "issue", "window"]
    present = set(cohesion[named].itertuples(index=False, name=None))
    defined = set(cohesion.loc[cohesion["measure"] == "pi", named].itertuples(index=False, name=None))
    at_hand = {(issue, window) for _, issue, window in present}
    absent: dict[tuple[str, str, bool], list[str]] = {}
    thin: dict[tuple[str, str], list[str]] = {}
    for bloc, (issue, held) in itertools.product(case.blocs, general.items()):
        none = [span.key for span in held if (bloc, issue, span.key) not in present]
        told = [span for span in held if in_full(case, issue, span) and span.key not in none]
        few = [span.key for span in told if (bloc, issue, span.key) not in defined]
        if none:
            votes = pulled or any((issue, key) in at_hand for key in none)
            absent.setdefault((bloc, in_words(none), votes), []).append(issue)
        if few:
            thin.setdefault((bloc, in_words(few)), []).append(issue)
    for (bloc, windows, votes), issues in absent.items():
        why = f"no roll call with {QUORUM} members" if votes else "the evidence has no roll calls"
        hint = "" if votes else PULL_VOTES
        yield Missing("cohesion", f"{bloc} on {', '.join(issues)}: {windows}", why, hint)
    for (bloc, windows), issues in thin.items():
        why = "too few roll calls, or too alike, to correct agreement for chance"
        yield Missing("cohesion", f"π and κ of {bloc} on {', '.join(issues)}: {windows}", why)


def in_words(keys: Sequence[str]) -> str:
    """Return the keys of spans as a list, years that follow one another as a range.

    >>> in_words(["nineties", "1990", "1991", "1992", "1995"])
    'nineties, 1990 to 1992, 1995'
    """
    runs: list[list[str]] = []
    for key in keys:
        if key.isdecimal() and runs and runs[-1][-1].isdecimal() and int(key) == int(runs[-1][-1]) + 1:
            runs[-1].append(key)
        else:
            runs.append([key])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _without_agreement(setting: Setting, agreement: pd.DataFrame, issues: set[str]) -> Iterator[Missing]:
    """Yield, for each partner, how many agreements that are asked for cannot be told."""
    for partner, asks in _by_partner(setting.case, issues).items():
        others = len(set(setting.actors) - {partner})
        asked = sum(others * len(ask.measures) for ask in asks)
        told = int(((agreement["b"] == partner) & (agreement["minus"] == "")).sum())
        if told < asked:
            why = "no roll calls in common, or too few or too alike to correct agreement for chance"
            yield Missing("agreement", f"with {partner}: {asked - told} of {asked} figures", why)


def _by_partner(case: Case, issues: set[str]) -> dict[str, list[pairs.Ask]]:
    found: dict[str, list[pairs.Ask]] = {}
    for ask in pairs.asked(case):
        if not ask.minus and ask.issue in issues:
            found.setdefault(ask.partner, []).append(ask)
    return found
