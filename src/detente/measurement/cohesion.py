"""Cohesion of a bloc: how alike its members act, over time, by issue, and who agrees least with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.measurement import agreement
from detente.measurement.bootstrap import weighted_means
from detente.measurement.sample import (
    OF_PAIRS,
    BlocSample,
    Estimates,
    Floats,
    labels,
    settle,
)

LEADING = ["bloc", "issue", "window", "start", "end"]
TRAILING = [
    "low",
    "high",
    "interval",
    "roll_calls",
    "members",
    "absent_share",
    "below_quorum",
    "mark",
    "source",
]
COHESION = [*LEADING, "measure", "value", *TRAILING]
WEAKEST = [*LEADING, "actor", "measure", "value", *TRAILING, "rank", "of"]
ROLL_CALLS = [
    "bloc", "roll_call", "date", "resolution", "yes", "abstain", "no", "absent", "agreement_index", "rice",
    "unanimous", "mark", "source",
]  # fmt: skip


def by_roll_call(sample: BlocSample) -> pd.DataFrame:
    """Return how a bloc voted in each roll call that reached the quorum: counts, agreement, Rice."""
    counts, calls = sample.counts, sample.base.ballots.roll_calls.loc[sample.columns]
    due = sample.belongs.sum(axis=0)
    return pd.DataFrame(
        {
            "bloc": sample.bloc,
            "roll_call": calls["roll_call"].to_numpy(),
            "date": calls["date"].to_numpy(),
            "resolution": calls["resolution"].to_numpy(),
            "yes": counts[:, 0],
            "abstain": counts[:, 1],
            "no": counts[:, 2],
            "absent": due - counts.sum(axis=1),
            "agreement_index": agreement.agreement_index(counts),
            "rice": agreement.rice(counts),
            "unanimous": agreement.unanimous(counts),
            "mark": "sourced",
            "source": calls["source"].to_numpy(),
        }
    )


def cohesion_rows(sample: BlocSample, *, ally: str | None, pairs: bool) -> Iterator[dict[str, object]]:
    """Yield one row for each defined measure of the bloc's cohesion; π, κ and S only where `pairs` is set."""
    counts = sample.counts
    names = ["agreement_index", "rice", "unanimous"]
    columns = [agreement.agreement_index(counts), agreement.rice(counts), agreement.unanimous(counts)]
    if ally is not None:
        names.append("agrees_with_ally")
        columns.append(_with_ally(sample, ally))
    means = sample.base.means(np.stack(columns, axis=-1), columns=sample.columns)
    yield from _rows(labels(sample), names, means)
    if pairs:
        for measure in sample.similarities:
            yield from _rows(labels(sample), [measure], _of_pairs(sample, measure))


def _with_ally(sample: BlocSample, ally: str) -> Floats:
    """Return 1 where more than half of the others vote as the ally does, NaN where either is not defined."""
    theirs = sample.base.ballots.row(ally)[sample.columns]
    others = [row for row, actor in enumerate(sample.actors) if actor != ally]
    most = agreement.majority(agreement.tally(sample.codes[others]))
    return np.where((theirs >= 0) & (most >= 0), most == theirs, np.nan)


def _of_pairs(sample: BlocSample, measure: agreement.Measure) -> Estimates:
    """Return the mean of a measure over the bloc's pairs.

    Pairs with too few roll calls in common are passed over, and so are those in which no disagreement is
    expected.
    """
    observed, drawn = sample.similarities[measure]
    n = np.array([sample.codes.shape[1]])
    value, replicas = np.array([_mean(observed)]), _mean(drawn)[:, None]
    return _settled(sample, value, replicas, n=n, measure=measure)


def _settled(
    sample: BlocSample, value: Floats, drawn: Floats, *, n: NDArray[np.int64], measure: agreement.Measure
) -> Estimates:
    sessions = sample.base.sessions[sample.columns]
    return settle(value, drawn, sessions=sessions, n=n, bounds=OF_PAIRS[measure])


def weakest_rows(sample: BlocSample) -> Iterator[dict[str, object]]:
    """Yield each member's mean agreement with the rest of its bloc, and how often it leaves the majority.

    Agreement is π, or S where there are too few roll calls for π. Breaking is voting otherwise than more than
    half of the members present. `rank` 1 is the weakest link of `of`; empty where all are alike, so that none
    is weakest.
    """
    from scipy.stats import rankdata  # takes long to load, and much memory

    parts = {"breaks": _breaks(sample), **_with_the_rest(sample)}
    for measure, estimates in parts.items():
        rank = rankdata(estimates.value * (-1 if measure == "breaks" else 1), method="min", nan_policy="omit")
        of = int((~np.isnan(estimates.value)).sum())
        alike = len(np.unique(rank[~np.isnan(rank)])) < 2
        for row in _rows(labels(sample), sample.actors, estimates, column="actor"):
            place = np.nan if alike else float(rank[sample.actors.index(str(row["actor"]))])
            yield {**row, "measure": measure, "rank": place, "of": of}


def _breaks(sample: BlocSample) -> Estimates:
    most = agreement.majority(sample.counts)
    told = (sample.codes >= 0) & (most >= 0)
    return sample.base.means(np.where(told, sample.codes != most, np.nan).T, columns=sample.columns)


def _with_the_rest(sample: BlocSample) -> dict[str, Estimates]:
    """Return each member's mean π over its pairs; S where π cannot be told."""
    pairs, size = sample.pairs, len(sample.actors)
    joins = np.zeros((size, pairs.shape[1]), dtype=np.float32)
    joins[pairs, np.arange(pairs.shape[1])] = 1
    present = (sample.codes >= 0).sum(axis=1)
    if not sample.similarities:
        return {}
    measure: agreement.Measure = "s" if sample.few else "pi"
    observed, drawn = sample.similarities[measure]
    value = weighted_means(joins, observed[:, None])[:, 0]
    replicas = weighted_means(joins, drawn.T).T
    return {measure: _settled(sample, value, replicas, n=present, measure=measure)}


def _mean(values: Floats) -> Floats:
    """Return the mean over the last axis, passing over NaN; NaN where nothing is defined."""
    defined = ~np.isnan(values)
    if defined.all():
        return np.asarray(values.mean(axis=-1))
    held = defined.sum(axis=-1)
    total = np.where(defined, values, 0).sum(axis=-1, dtype=float)
    return np.asarray(np.divide(total, held, out=np.full(np.shape(total), np.nan), where=held > 0))


def _rows(
    what: Mapping[str, object], names: Sequence[str], estimates: Estimates, *, column: str = "measure"
) -> Iterator[dict[str, object]]:
    for k, name in enumerate(names):
        if not np.isnan(estimates.value[k]):
            yield {
                **what,
                column: name,
                "value": float(estimates.value[k]),
                "low": float(estimates.low[k]),
                "high": float(estimates.high[k]),
                "interval": estimates.reading[k],
                "roll_calls": int(estimates.n[k]),
            }
