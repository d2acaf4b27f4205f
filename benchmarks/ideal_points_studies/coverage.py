"""How often nominal 90 % intervals hold the truth: votes from the prior, and votes from the published points.

From the prior the model is right and 90 % is what is promised. From the published points it is not: those do
not walk as the prior says and have heavier tails, so the figure tells how far to trust intervals on real
votes.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ideal_points_data import published_series, published_set, say
from benchmarks.ideal_points_studies.replicate import (
    Floats,
    Setting,
    Tally,
    draw_votes,
    estimate,
    judge,
    quantities,
)
from detente.measurement.idealpoints import BSV, DEFAULT, IdealPoints, Length, Prior, Spec, ideal_points
from detente.measurement.idealpoints.simulate import Design

SIZE = Design(actors=60, sessions=20, roll_calls=50, cut=DEFAULT.cut)
WALK = Prior(walk=BSV.walk, anchor=BSV.anchor, slope=BSV.slope)
"""What `prior="bsv"` would be without the ridge, which emulates a sampler and is no model to draw from."""
SETTINGS = (
    Setting("logit, default prior", Spec(links="text"), DEFAULT, SIZE),
    Setting("probit, default prior", Spec(links="text", link="probit"), DEFAULT, SIZE),
    Setting("probit, bsv prior", Spec(links="text", link="probit", prior="bsv"), WALK, SIZE),
)
CAVEAT = (
    "Votes from the published points are not votes from the model: those points were estimated, jump where "
    "the prior walks, and reach further out. Below 90 % here means that intervals on real votes may be "
    "narrower than they say; it is a warning, not a calibration, since nobody knows the true points."
)


def from_prior(mirror: Path, runs: int) -> None:
    """Print coverage on votes drawn from the prior."""
    for setting in SETTINGS:
        tally, cpu = Tally(), time.process_time()
        for run in range(runs):
            votes, points = draw_votes(setting, run)
            tally.add(judge(estimate(setting, votes, run), points, run).inside())
        spent = time.process_time() - cpu
        say(f"coverage of 90 %, from the prior, {setting.name}, {runs} replications: {tally.words()}")
        say(f"  ({spent:.0f} CPU-s)")


def both_engines(mirror: Path, runs: int) -> None:
    """Print coverage of both engines on the same votes: what exact Bayes covers far out, and what we do."""
    setting = SETTINGS[0]
    fast, exact = Tally(), Tally()
    length = Length(chains=2, sweeps=500, warm_up=100, thin=2)
    for run in range(runs):
        votes, points = draw_votes(setting, run)
        fast.add(judge(estimate(setting, votes, run), points, run).inside())
        sampled = estimate(setting, votes, run, length)
        exact.add(judge(sampled, points, run).inside())
        say(f"  replication {run + 1}: R-hat {sampled.diagnostics['r_hat_max']:.3f}, "
            f"least effective size {sampled.diagnostics['effective_size_min']:.0f}")  # fmt: skip
    say(f"coverage of 90 %, {setting.name}, fast, {runs} replications: {fast.words()}")
    say(f"coverage of 90 %, {setting.name}, sampler, the same votes: {exact.words()}")


def from_published(mirror: Path, runs: int, first: int = 1) -> None:
    """Print coverage on votes drawn from the published points, sessions from `first` on, with the caveat."""
    votes, links = published_set(mirror)
    votes = votes[votes["session"] >= first]
    for setting in SETTINGS:
        spec = Spec(links=links, link=setting.spec.link, prior=setting.spec.prior)
        real = ideal_points(votes, positive="United States", draws=0, spec=spec)
        truth = _published_points(real, mirror)
        tally = Tally()
        for run in range(runs):
            made = _votes_from(real, truth, np.random.default_rng([17, run]))
            found = estimate(setting, made, run)
            tally.add(quantities(found, _at_nodes(found, real, truth), run).inside())
        say(f"coverage of 90 %, from the published points, sessions {first} to 74, {setting.name}, "
            f"{runs} replications: {tally.words()}")  # fmt: skip
    say(CAVEAT)


def _published_points(real: IdealPoints, mirror: Path) -> Floats:
    """Published points of the nodes on our scale, by one line for all; our own where none is published."""
    ours = real.table()
    both = ours.merge(published_series(mirror), on=["actor", "session"], how="left")
    theirs = both["idealpointlegacy"].to_numpy(float)
    known = ~np.isnan(theirs)
    scale = both["mean"].to_numpy()[known].std() / theirs[known].std()
    mapped = (theirs - theirs[known].mean()) * scale + both["mean"].to_numpy()[known].mean()
    return np.asarray(np.where(known, mapped, both["mean"].to_numpy(float)), float)


def _votes_from(real: IdealPoints, truth: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Votes of those who voted, on the roll calls that there were, from these points and the fitted items."""
    ballots, items = real.ballots, real.items
    item = ballots.vote_item
    at = truth[ballots.item_node] * items["slope"].to_numpy()[item]
    noise = rng.logistic(size=len(at)) if real.solution.link == "logit" else rng.normal(size=len(at))
    cuts = [items[name].to_numpy()[item] for name in ("lower_cut", "upper_cut")]
    vote = (at + noise > cuts[0]).astype(int) + (at + noise > cuts[1])
    votes = pd.DataFrame({"node": ballots.item_node, "text": ballots.items[item]})
    again = votes.groupby(["node", "text"]).cumcount()
    session = ballots.sessions[ballots.node_session[ballots.item_node]]
    return pd.DataFrame(
        {
            "actor": ballots.actors[ballots.node_actor[ballots.item_node]],
            "session": session,
            "text": votes["text"],
            "roll_call": (votes["text"].astype(np.int64) * 100 + session) * 10 + again,
            "vote": np.array(["no", "abstain", "yes"])[vote],
        }
    )


def _at_nodes(found: IdealPoints, real: IdealPoints, truth: Floats) -> Floats:
    """The truth of each node that is left."""

    def key(result: IdealPoints) -> pd.MultiIndex:
        b = result.ballots
        return pd.MultiIndex.from_arrays([b.actors[b.node_actor], b.sessions[b.node_session]])

    return np.asarray(pd.Series(truth, key(real)).reindex(key(found)), dtype=np.float64)
