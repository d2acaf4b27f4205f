"""Ties from roll calls: every pair's agreement beyond what chance would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.measurement import agreement
from detente.measurement.ballots import ABSTAIN, MISSING, Ballots, on_issue, read_ballots
from detente.measurement.missing import PULL_VOTES
from detente.measurement.networks import chance
from detente.measurement.networks.layers import Asked, Found
from detente.measurement.networks.remarks import pairs, remark

if TYPE_CHECKING:
    from detente.cases.networks import VoteLayer
    from detente.cases.schema import Issue

VOTERS = """
    SELECT DISTINCT actor FROM votes JOIN roll_calls USING (roll_call)
    WHERE date BETWEEN ? AND ? AND vote <> 'absent'
"""
SYMBOLS = {"pi": "π", "kappa": "κ", "s": "S"}
POWERS = {"squared": 2, "absolute": 1}
LOWEST = -1.0
"""No tie divides more than opposite votes do: of steady voters, a few votes apart would go far beyond."""


def vote_ties(key: str, spec: VoteLayer, asked: Asked) -> Found:
    """Return the agreement of every pair with enough common roll calls, in order of names."""
    ballots = chosen_ballots(spec, asked)
    who, number = ballots.actors, len(ballots.roll_calls)
    calls = f"{number} roll call{'s' if number != 1 else ''}"
    hint = f"{calls} from {asked.span}, too few to tell; {PULL_VOTES}"
    if not ballots.codes.size:
        return Found(_pairs(ballots, ballots.codes, *np.zeros((2, len(who), len(who)))), "", hint=hint)
    table = _agreement(ballots, spec)
    few, undefined = table["n"] < spec.least, table["value"].isna()
    remarks = (
        *remark(f"{key}: fewer than {spec.least} common roll calls", pairs(table[few])),
        *remark(f"{key}: neither ever varies, so that chance says nothing", pairs(table[undefined & ~few])),
    )
    kept = table[~few & ~undefined]
    centre = float(kept["value"].mean()) if spec.measure == "s" and len(kept) else 0.0
    floored = kept.assign(value=kept["value"].clip(lower=LOWEST))
    words = _words(spec, f"{calls}, {spec.least} or more in common", centre, kept["value"])
    return Found(floored, words, remarks, centre, hint)


def chosen_ballots(spec: VoteLayer, asked: Asked) -> Ballots:
    """Return the votes of everyone asked for who voted at all, in the layer's roll calls."""
    voting = set(asked.evidence.query(VOTERS, (asked.since, asked.until))["actor"])
    who = sorted(voting if asked.actors is None else voting & set(asked.actors))
    ballots = read_ballots(asked.evidence, actors=who, start=asked.since, end=asked.until)
    return ballots.at(on_issue(ballots, _issue(spec, asked), evidence=asked.evidence))


def counted(ballots: Ballots, spec: VoteLayer) -> agreement.Codes:
    """Return the codes as the layer counts them: absence missing, or an abstention."""
    if spec.absent != "abstain":
        return ballots.codes
    return np.where(ballots.seated & (ballots.codes == MISSING), ABSTAIN, ballots.codes).astype(np.int8)


def beyond_chance(
    codes: agreement.Codes,
    tables: agreement.Floats,
    spec: VoteLayer,
    *,
    weights: agreement.Floats | None = None,
) -> agreement.Floats:
    """Return the layer's measure of every pair (n, n), NaN where undefined; see `chance.record`."""
    power = POWERS[spec.distance]
    if spec.margins == "record" and spec.measure != "s":
        return chance.record(codes, tables, measure=spec.measure, power=power, weights=weights)
    return chance.common(tables, measure=spec.measure, power=power)


def _agreement(ballots: Ballots, spec: VoteLayer) -> pd.DataFrame:
    """Return every pair with its agreement, defined or not."""
    codes = counted(ballots, spec)
    tables = agreement.pair_tables(codes)
    value = beyond_chance(codes, tables, spec)
    return _pairs(ballots, codes, value, tables.sum(axis=(-2, -1))).assign(unit=SYMBOLS[spec.measure])


def _words(spec: VoteLayer, calls: str, centre: float, value: pd.Series) -> str:
    what = f"{SYMBOLS[spec.measure]}, {spec.distance} distances"
    if spec.measure == "s":
        return f"{what}, less its mean of {centre:.3f}, {calls}"
    follows = "each one's whole record" if spec.margins == "record" else "common roll calls"
    below = int((value < LOWEST).sum())
    floored = f", {below} below -1 taken as -1" if below else ""
    return f"{what}, chance by {follows}, {calls}{floored}"


def _issue(spec: VoteLayer, asked: Asked) -> Issue:
    from detente.cases.schema import Issue

    if spec.issue is not None and asked.case is not None:
        return asked.case.issues[spec.issue]
    return Issue(title="chosen", codes=spec.codes, resolutions=spec.resolutions)


def _pairs(
    ballots: Ballots, codes: agreement.Codes, value: agreement.Floats, common: agreement.Floats
) -> pd.DataFrame:
    """Return every pair once, as in `Found`, with n common roll calls."""
    first, second = np.triu_indices(len(codes), 1)
    names = np.array(ballots.actors, dtype=object)
    calls = ballots.roll_calls
    n = common[first, second].astype(np.int64)
    last = chance.last_common(codes)[first, second]
    days = np.append(calls["date"].to_numpy(dtype="datetime64[s]"), np.datetime64("NaT", "s"))
    return pd.DataFrame(
        {
            "a": names[first],
            "b": names[second],
            "value": value[first, second],
            "n": n,
            "date": days[last],
            "source": ", ".join(sorted(calls["source"].unique())),
            "locator": [f"{number} common roll calls" for number in n.tolist()],
            "kind": "agreement",
            "unit": "",
            "mark": "estimated",
        }
    )
