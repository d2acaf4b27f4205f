"""Ideal points against their figures: time, memory, coverage on simulated votes, the published series,
held-out votes.

    python benchmarks/bench_ideal_points.py MIRROR [fit] [coverage] [held] [sampler]

Each part prints one line per figure. CPU-seconds are of this process; wall time on a busy machine says
little.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import spearmanr

from detente.measurement.idealpoints import BSV, DEFAULT, IdealPoints, Prior, Spec, ideal_points, prepare
from detente.measurement.idealpoints.checks import effective_size, r_hat
from detente.measurement.idealpoints.fit import solve
from detente.measurement.idealpoints.frames import Choice, item_labels
from detente.measurement.idealpoints.identify import widened
from detente.measurement.idealpoints.joint import joint_posterior
from detente.measurement.idealpoints.sampler import Length, sample
from detente.measurement.idealpoints.simulate import Design, simulate

HELD_SEED, HELD_SHARE = 2017, 0.1
"""The fixed split: each vote is held out where the generator with this seed draws less than the share."""


def published_set(mirror: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the votes of Bailey, Strezhnev & Voeten's April 2020 'All' set, and the pairs of recurring
    resolutions.
    """
    folder = mirror / "unga_votes"
    query = f"""
        SELECT country AS actor, v.rcid::INT AS roll_call, session::INT AS session, vote
        FROM '{folder}/votes.parquet' v JOIN '{folder}/roll_calls.parquet' r ON v.rcid = r.rcid
        WHERE session <> 19 AND country NOT ILIKE '%Zanzibar%' AND NOT (country = 'South Africa' AND session =
        48)
          AND NOT ((coalesce(amend, 0) = 1 OR coalesce(para, 0) = 1) AND year(date) > 1989)
        ORDER BY 2, 1"""
    with duckdb.connect() as connection:
        votes = connection.execute(query).df()
    return votes, pd.read_csv(folder / "bsv_matches.csv")


def compare(result: IdealPoints, mirror: Path, column: str = "idealpointlegacy") -> dict[str, float]:
    """Correlations with the published series: pooled as they stand, by year, and mapped by a line for each
    year.
    """
    series = pd.read_stata(mirror / "unga_ideal_points" / "IdealpointsJuly2025.dta")
    theirs = series.rename(columns={"countryname": "actor"})[["actor", "year", column]]
    ours = result.table().assign(year=lambda t: t["session"] + 1945)
    both = ours.merge(theirs, on=["actor", "year"]).dropna(subset=[column])
    yearly, ranks, mapped = [], [], []
    for _, part in both.groupby("year"):
        yearly.append(np.corrcoef(part["mean"], part[column])[0, 1])
        ranks.append(spearmanr(part["mean"], part[column])[0])
        mapped.append(
            pd.Series(np.polyval(np.polyfit(part["mean"], part[column], 1), part["mean"]), part.index)
        )
    fitted = pd.concat(mapped).loc[both.index]
    return {
        "matched": len(both),
        "pooled_r": float(np.corrcoef(both["mean"], both[column])[0, 1]),
        "pooled_rank": float(spearmanr(both["mean"], both[column])[0]),
        "year_r_min": float(min(yearly)),
        "year_r_median": float(np.median(yearly)),
        "year_rank_median": float(np.median(ranks)),
        "mapped_r": float(np.corrcoef(fitted, both[column])[0, 1]),
        "mapped_rank": float(spearmanr(fitted, both[column])[0]),
    }


def timed(what: str, run: Callable[[], IdealPoints]) -> IdealPoints:
    """Run and print wall and CPU seconds and the peak of memory."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = f"wall {time.perf_counter() - wall:.2f} s, CPU {time.process_time() - cpu:.2f} s"
    say(f"{what}: {seconds}, peak {peak:.0f} MB, iterations {result.diagnostics['iterations']}")
    return result


def bench_fit(mirror: Path) -> None:
    votes, links = published_set(mirror)
    for name, spec in (
        ("default", Spec(links=links)),
        ("bsv", Spec(links=links, link="probit", prior=BSV)),
    ):
        recent = votes[votes["session"] >= 60]
        ideal_points(recent, draws=2, spec=spec)
        timed(f"{name}, sessions 60-74", partial(ideal_points, recent, draws=0, spec=spec))
        timed(f"{name}, all, points", partial(ideal_points, votes, draws=0, spec=spec))
        result = timed(f"{name}, all, 200 draws", partial(ideal_points, votes, draws=200, spec=spec))
        say(str({key: round(value, 4) for key, value in compare(result, mirror).items()}))


def coverage(prior: Prior, link: str, runs: int) -> dict[str, float]:
    """Share of nominal 90 % intervals that hold the truth on votes simulated from the prior."""
    design = Design(actors=60, sessions=20, roll_calls=50, cut=prior.cut)
    hits: dict[str, list[bool]] = {key: [] for key in ("points", "far_true", "far_found", "changes", "pairs")}
    for run in range(runs):
        rng = np.random.default_rng([7, run])
        data = simulate(design, prior, rng, link=link)  # type: ignore[arg-type]
        ballots = prepare(data.votes, Choice(links="text")).ballots
        joint = joint_posterior(ballots, solve(ballots, prior=prior, link=link))  # type: ignore[arg-type]
        draws = joint.draw(rng, 400)
        draws = (draws - draws.mean(0)) / draws.std(0)
        draws = widened(draws.mean(1), draws)
        place = np.array([int(str(actor)[1:]) for actor in ballots.actors])[ballots.node_actor]
        truth = data.points[place, ballots.node_session]
        truth = (truth - truth.mean()) / truth.std()
        truth = truth * np.sign(truth @ draws.mean(1))
        inside = _inside(draws, truth)
        hits["points"] += inside.tolist()
        hits["far_true"] += inside[np.abs(truth) > 2].tolist()
        hits["far_found"] += inside[np.abs(draws.mean(1)) > 2].tolist()
        follows = np.flatnonzero(np.diff(ballots.node_actor) == 0)
        hits["changes"] += _inside(
            draws[follows + 1] - draws[follows], truth[follows + 1] - truth[follows]
        ).tolist()
        other = rng.permutation(len(truth))
        same = ballots.node_session == ballots.node_session[other]
        hits["pairs"] += _inside(draws[same] - draws[other[same]], (truth - truth[other])[same]).tolist()
    return {key: float(np.mean(value)) for key, value in hits.items()}


def _inside(draws: np.ndarray, truth: np.ndarray) -> np.ndarray:
    low, high = np.quantile(draws, [0.05, 0.95], axis=1)
    return np.asarray((truth >= low) & (truth <= high))


def bench_coverage(_: Path) -> None:
    say(f"coverage, logit, default prior: {coverage(DEFAULT, 'logit', 12)}")
    say(f"coverage, logit, walk .25, slope 4: {coverage(Prior(walk=0.25, slope=4.0), 'logit', 6)}")


def bench_held(mirror: Path) -> None:
    """Binary log-loss of held-out votes (yes or not), averaged over the normal posterior of the predictor."""
    votes, links = published_set(mirror)
    votes["vote"] = np.where(votes["vote"] == "yes", "yes", "no")
    held = np.random.default_rng(HELD_SEED).random(len(votes)) < HELD_SHARE
    ballots = prepare(votes[~held], Choice(links=links)).ballots
    joint = joint_posterior(ballots, solve(ballots, prior=DEFAULT))
    item_of = pd.Series(np.arange(len(ballots.items)), ballots.items)
    everyone = votes.assign(item=item_labels(votes["roll_call"], votes, links))[held]
    node = np.full((len(ballots.actors), len(ballots.sessions)), -1)
    node[ballots.node_actor, ballots.node_session] = np.arange(len(ballots.node_actor))
    actor = pd.Series(np.arange(len(ballots.actors)), ballots.actors).reindex(everyone["actor"]).to_numpy()
    session = (
        pd.Series(np.arange(len(ballots.sessions)), ballots.sessions).reindex(everyone["session"]).to_numpy()
    )
    item = item_of.reindex(everyone["item"]).to_numpy()
    known = ~(np.isnan(actor) | np.isnan(session) | np.isnan(item))
    a, s, j = (values[known].astype(int) for values in (actor, session, item))
    n = node[a, s]
    a, s, j, n, yes = (x[n >= 0] for x in (a, s, j, n, (everyone["vote"] == "yes").to_numpy()[known]))
    x, v, items = joint.theta[n], joint.variance[n], joint.items[j]
    variance = v * (items[:, 0] ** 2 + items[:, 3]) + x**2 * items[:, 3] - 2 * x * items[:, 4] + items[:, 6]
    chance = expit((items[:, 0] * x - items[:, 1]) / np.sqrt(1 + np.pi / 8 * variance))
    loss = -np.where(yes, np.log(chance), np.log1p(-chance)).mean()
    say(f"held out: binary log-loss {loss:.5f} on {len(n)} votes, yes {yes.mean():.3f}")


def bench_sampler(mirror: Path) -> None:
    votes, links = published_set(mirror)
    ballots = prepare(votes, Choice(links=links)).ballots
    joint = joint_posterior(ballots, solve(ballots, prior=DEFAULT))
    cpu = time.process_time()
    length = Length(chains=4, sweeps=1450, warm_up=100)
    drawn = sample(ballots, joint, prior=DEFAULT, link="logit", rng=np.random.default_rng(0), length=length)
    say(f"sampler: CPU {time.process_time() - cpu:.0f} s, accepted {drawn.accepted}")
    points = drawn.theta
    points -= points.mean(0)
    points /= points.std(0)
    size, mixed = effective_size(points), r_hat(points)
    say(f"effective size: min, 1 %, median {np.quantile(size, [0, 0.01, 0.5]).round()}")
    say(f"R-hat: max {mixed.max():.4f}, 99 % {np.quantile(mixed, 0.99):.4f}")
    fast = joint.draw(np.random.default_rng(1), 600)
    fast = (fast - fast.mean(0)) / fast.std(0)
    ratio = fast.std(1) / points.std((1, 2))
    say(f"fast sd over sampler's: 5, 50, 95 % {np.quantile(ratio, [0.05, 0.5, 0.95]).round(3)}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


PARTS = {"fit": bench_fit, "coverage": bench_coverage, "held": bench_held, "sampler": bench_sampler}

if __name__ == "__main__":
    for part in sys.argv[2:] or PARTS:
        PARTS[part](Path(sys.argv[1]))
