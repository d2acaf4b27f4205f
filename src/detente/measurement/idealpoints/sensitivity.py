"""What estimates hang on: how absence is read, and which prior is assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean
from detente.measurement.idealpoints.estimate import Spec, ideal_points
from detente.measurement.idealpoints.frames import COLUMNS, item_labels
from detente.measurement.idealpoints.result import IdealPoints
from detente.measurement.idealpoints.words import ABSENT, read_votes

ABSENCE = [
    "actor", "sessions", "votes", "absent_share", "missing", "sd", "abstain", "abstain_shift",
    "abstain_furthest", "signal", "signal_shift", "signal_furthest", "mark",
]  # fmt: skip
BETWEEN_PRIORS = ["session", "actor", "first", "second", "difference", "r", "mark"]


def absence_report(
    votes: pd.DataFrame, *, positive: str | None = None, spec: Spec | None = None, draws: int = 200
) -> pd.DataFrame:
    """Return how far each actor moves when absence is read otherwise, who moves most first.

    Three readings: `missing`, absence says nothing; `abstain`, it is an abstention; `signal`, whether an
    actor is present is an item of its own beside the vote (after Rosas, Shomer & Haptonstall 2015, Am. J.
    Polit. Sci. 59:511). The last is fair only where absence goes with a side; where some are absent for want
    of staff, the scale turns into one of attendance, and shifts show it. Each row holds
    means over the sessions in which the actor voted, shifts from `missing` in standard deviations of all
    actor-sessions, and the session of the greatest shift. All readings are standardised over the same
    actor-sessions. `sd` is the actor's mean posterior sd, against which shifts can be held.

    `attrs`: `correlation` of each reading with `missing`; `absent`, the share of absences; `goes_with`,
    the correlation of an actor's absences in a session with its point from votes alone; `words`.
    Raises MeasurementError as `ideal_points` does, and where no absence is recorded.
    """
    spec = replace(spec or Spec(), absent="missing")
    base = ideal_points(votes, positive=positive, draws=draws, spec=spec)
    table = _plain(votes, spec)
    absent = table["vote"] == "absent"
    if not absent.any():
        raise MeasurementError(
            Problem(
                "votes",
                "no absences in these votes",
                "take votes that record them, as the UN Digital Library's do; other files leave absences out",
            )
        )
    named = replace(spec, links="item", words={})
    abstain = ideal_points(table, positive=positive, draws=0, spec=replace(named, absent="abstain"))
    signal = ideal_points(_with_presence(table), positive=positive, draws=0, spec=named)
    readings = _side_by_side({"missing": base, "abstain": abstain, "signal": signal})
    readings["sd"] = base.points["sd"].to_series().reindex(readings.index).to_numpy()
    report = _by_actor(readings, table)
    correlation = {name: float(readings["missing"].corr(readings[name])) for name in ("abstain", "signal")}
    goes_with = _goes_with(base, table)
    share = float(absent.mean())
    words = (
        f"{share:.1%} of votes are absences. With absence as abstention, points correlate at "
        f"{correlation['abstain']:.3f} with those that leave it out; as a signal of its own, at "
        f"{correlation['signal']:.3f}. Absences correlate at {goes_with:.2f} with where votes alone place "
        "actors: the nearer to 0, the more would a scale that takes them as a signal be one of attendance."
    )
    report.attrs |= {"correlation": correlation, "absent": share, "goes_with": goes_with, "words": words}
    return report


def _plain(votes: pd.DataFrame, spec: Spec) -> pd.DataFrame:
    """Votes with plain names and words: actor, roll_call, session, vote, item; labels as text."""
    found = {
        column: next((name for name in names if name in votes.columns), None)
        for column, names in COLUMNS.items()
    }
    codes = read_votes(votes[found["vote"]], spec.words)
    words = np.array(["no", "abstain", "yes", "absent"], object)
    if spec.static:
        session: object = 0
    elif found["session"]:
        session = votes[found["session"]]
    else:
        session = pd.to_datetime(votes[found["date"]]).dt.year
    return pd.DataFrame(
        {
            "actor": votes[found["actor"]].astype(str),
            "roll_call": votes[found["roll_call"]].astype(str),
            "vote": words[np.where(codes == ABSENT, 3, codes)],
            "item": "vote " + item_labels(votes[found["roll_call"]], votes, spec.links).astype(str),
            "session": session,
        }
    )


def _with_presence(table: pd.DataFrame) -> pd.DataFrame:
    """Add to each roll call one on being present."""
    presence = table.assign(
        vote=np.where(table["vote"] == "absent", "no", "yes"),
        roll_call="presence " + table["roll_call"],
        item="presence " + table["roll_call"],
    )
    return pd.concat([table, presence], ignore_index=True)


def _goes_with(base: IdealPoints, table: pd.DataFrame) -> float:
    """Correlation of the share of absences with the points from votes alone, over actor-sessions."""
    share = table.assign(absent=table["vote"] == "absent").groupby(["actor", "session"])["absent"].mean()
    points = base.points["mean"].to_series().dropna()
    both = pd.DataFrame({"first": points, "second": share.reindex(points.index)}).dropna()
    return _correlation(both)


def _side_by_side(results: dict[str, IdealPoints]) -> pd.DataFrame:
    """Points of several results where all have one, each standardised over those actor-sessions."""
    both = pd.DataFrame({name: one.points["mean"].to_series() for name, one in results.items()}).dropna()
    first = both.iloc[:, 0]
    both = (both - both.mean()) / both.std(ddof=0).replace(0.0, 1.0)
    return both.mul(np.where(both.corrwith(first) < 0, -1.0, 1.0), axis=1)


def _by_actor(readings: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    by = readings.groupby(level="actor")
    cast = table.assign(absent=table["vote"] == "absent").groupby("actor")["absent"]
    report = by.mean()
    report["sessions"] = by.size()
    report["votes"] = (cast.size() - cast.sum()).reindex(report.index)
    report["absent_share"] = cast.mean().reindex(report.index)
    for name in ("abstain", "signal"):
        shift = readings[name] - readings["missing"]
        report[f"{name}_shift"] = shift.groupby(level="actor").mean()
        furthest = shift.abs().groupby(level="actor").idxmax()
        report[f"{name}_furthest"] = [session for _, session in furthest]
    report["mark"] = "estimated"
    order = report[["abstain_shift", "signal_shift"]].abs().max(axis=1).sort_values(ascending=False).index
    return report.loc[order].reset_index()[ABSENCE]


@dataclass(frozen=True)
class Pair:
    """Two ways to estimate that are held against one another; by default the two named priors."""

    first: Spec
    second: Spec

    @classmethod
    def of_priors(cls, spec: Spec | None = None) -> Pair:
        """The default prior, and `bsv` with the probit link of the series that it emulates."""
        spec = spec or Spec()
        return cls(replace(spec, prior="default"), replace(spec, prior="bsv", link="probit"))


def prior_report(
    votes: pd.DataFrame,
    *,
    actors: Sequence[str] = (),
    positive: str | None = None,
    spec: Spec | None = None,
    pair: Pair | None = None,
) -> pd.DataFrame:
    """Return what the prior does to the extremes: named actors' points under two priors, by session.

    Both are standardised over all actor-sessions. Without `actors`, each session's lowest and highest under
    the first prior are shown. `r` is the session's correlation between the two over all actors. `attrs`:
    `pooled_r`, `r_min` and `r_median` over sessions, `range` (lowest and highest point under each), `words`.

    Raises MeasurementError as `ideal_points` does, and for actors that are not among the votes.
    """
    pair = pair or Pair.of_priors(spec)
    one = ideal_points(votes, positive=positive, draws=0, spec=pair.first)
    other = ideal_points(votes, positive=positive, draws=0, spec=pair.second)
    _check_actors(actors, one)
    both = _side_by_side({"first": one, "second": other}).reset_index()
    yearly = both.groupby("session")[["first", "second"]].apply(_correlation)
    shown = both[both["actor"].isin(actors)] if actors else _extremes(both)
    report = shown.assign(
        difference=shown["second"] - shown["first"], r=shown["session"].map(yearly), mark="estimated"
    )
    pooled = _correlation(both)
    spans = {name: (float(both[name].min()), float(both[name].max())) for name in ("first", "second")}
    words = (
        f"Two priors give points that correlate at {pooled:.3f} over all actor-sessions and at "
        f"{yearly.min():.3f} or more within every session; they reach from {spans['first'][0]:.1f} to "
        f"{spans['first'][1]:.1f} under the first and from {spans['second'][0]:.1f} to "
        f"{spans['second'][1]:.1f} under the second, so how far out extremes lie rests on the prior."
    )
    report.attrs |= {
        "pooled_r": pooled,
        "r_min": float(yearly.min()),
        "r_median": float(yearly.median()),
        "range": spans,
        "words": words,
    }
    return report.sort_values(["session", "first"], ignore_index=True)[BETWEEN_PRIORS]


def _correlation(both: pd.DataFrame) -> float:
    """Correlation of the two columns, NaN where one does not vary."""
    if len(both) < 2 or not (both[["first", "second"]].std() > 0).all():
        return np.nan
    return float(both["first"].corr(both["second"]))


def _extremes(both: pd.DataFrame) -> pd.DataFrame:
    by = both.groupby("session")["first"]
    return both.loc[sorted({*by.idxmin(), *by.idxmax()})]


def _check_actors(actors: Sequence[str], result: IdealPoints) -> None:
    known = [str(actor) for actor in result.points["actor"].to_numpy()]
    problems = [
        Problem(f"actor {actor!r}", "is not among the voters", did_you_mean(actor, known))
        for actor in actors
        if actor not in known
    ]
    if problems:
        raise MeasurementError(*problems)
