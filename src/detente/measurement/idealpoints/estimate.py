"""The verb: votes in, ideal points out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from detente.errors import MeasurementError, Problem
from detente.measurement.idealpoints.alternation import Effort
from detente.measurement.idealpoints.ballots import Ballots
from detente.measurement.idealpoints.carry import carry_over
from detente.measurement.idealpoints.checks import effective_size, r_hat
from detente.measurement.idealpoints.fit import Solution, solve
from detente.measurement.idealpoints.frames import Choice, prepare
from detente.measurement.idealpoints.identify import Identified, check_positive, identify, widened
from detente.measurement.idealpoints.joint import Joint, joint_posterior
from detente.measurement.idealpoints.planeestimate import check_spec, estimate_plane
from detente.measurement.idealpoints.result import (
    QUANTILES,
    IdealPoints,
    label_draws,
    label_items,
    label_points,
    label_stats,
)
from detente.measurement.idealpoints.sampler import Length, Sample, sample
from detente.measurement.idealpoints.settings import Axes, Link, Prior, named_prior
from detente.tabular import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame


@dataclass(frozen=True)
class Spec:
    """What is assumed: how votes are read (see `Choice`), the link, the prior, and how long to iterate."""

    links: pd.DataFrame | str | None = None
    absent: Literal["missing", "abstain"] = "missing"
    static: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    engine: Literal["fast", "sampler"] = "fast"
    length: Length = field(default_factory=Length)
    """How long the sampler runs, where it is asked for."""
    link: Link = "logit"
    prior: Prior | str = "default"
    effort: Effort = field(default_factory=Effort)
    dimensions: Literal[1, 2] = 1
    axes: Axes = field(default_factory=Axes)
    """Actors that fix the two axes, where there are two."""

    @property
    def choice(self) -> Choice:
        return Choice(absent=self.absent, links=self.links, static=self.static, words=self.words)


def ideal_points(
    votes: IntoDataFrame,
    *,
    positive: str | None = None,
    draws: int = 400,
    rng: np.random.Generator | None = None,
    spec: Spec | None = None,
    previous: IdealPoints | None = None,
) -> IdealPoints:
    """Estimate where every actor stands in every session from how it votes.

    Ordinal item response with points that walk: P(vote <= c) = F(cut_c - slope * point), after Bailey,
    Strezhnev & Voeten (2017, J. Conflict Resolut. 61:430). One row of `votes`, a table of pandas, Polars or
    Arrow, is one vote: actor, roll_call, session or date, vote (yes, abstain, no, absent, and common
    spellings). `positive` names the actor whose
    side is positive. `draws` joint posterior draws give sds, intervals, distances and changes; 0 asks for
    points alone, with sds given the items, which are too small. `previous` starts from an earlier result, for
    a session that was added. `Spec(dimensions=2)` places actors in a plane whose axes are fixed by the actors
    that `Spec(axes=...)` names (see `Axes`); slopes and points then have two coordinates.

    Raises MeasurementError for columns or words that are unknown, and where no vote is left to learn from.

    >>> votes = pd.DataFrame({"actor": [*"abcd"] * 3, "roll_call": [1] * 4 + [2] * 4 + [3] * 4, "session": 1,
    ...     "vote": ["yes", "yes", "no", "no", "yes", "no", "no", "no", "yes", "yes", "yes", "no"]})
    >>> result = ideal_points(votes, positive="a")
    >>> result.points["mean"].sel(session=1).to_series().idxmin()
    'd'
    """
    spec = spec or Spec()
    check_spec(spec, previous)
    prepared = prepare(as_pandas(votes), spec.choice)
    rng = rng or np.random.default_rng(0)
    if spec.dimensions == 2:
        return estimate_plane(prepared, spec, positive=positive, draws=draws, rng=rng, previous=previous)
    ballots = prepared.ballots
    check_positive(ballots, positive)
    start = carry_over(previous, ballots) if previous is not None else None
    solution = solve(
        ballots, prior=named_prior(spec.prior), link=spec.link, effort=spec.effort, previous=start
    )
    joint = joint_posterior(ballots, solution)
    checks: dict[str, object] = {"joint_steps": joint.steps, "exact_curvature": joint.residual == 1.0}
    sampled = None
    if spec.engine == "sampler":
        identified, found, sampled = _sampled(ballots, joint, spec, rng, positive)
        spread_draws, checks = identified.draws, {**checks, **found}
    else:
        deviation = joint.draw(rng, draws) if draws else np.zeros((len(joint.theta), 0))
        identified = identify(ballots, joint.theta, deviation, positive)
        spread_draws = widened(identified.theta, identified.draws) if draws else identified.draws
    spread = np.array([scale.spread for scale in identified.scales])[ballots.block[ballots.node_actor]]
    sd = spread_draws.std(1) if spread_draws.shape[1] else np.sqrt(joint.variance) / np.abs(spread)
    if spec.engine == "sampler":
        quantiles = np.quantile(spread_draws, QUANTILES, axis=1).T
    else:
        quantiles = identified.theta[:, None] + sd[:, None] * ndtri(np.array(QUANTILES))
    return IdealPoints(
        points=label_points(ballots, identified.theta, sd, quantiles, identified.words),
        items=label_items(ballots, joint.items, identified),
        draws=label_draws(ballots, spread_draws) if spread_draws.shape[1] else None,
        diagnostics=_diagnostics(ballots, solution, draws, checks),
        account=prepared.account,
        log_likelihood=solution.log_likelihood,
        identification=identified.words,
        solution=solution,
        ballots=ballots,
        sample_stats=label_stats(sampled.lp, sampled.accepted) if sampled is not None else None,
    )


def _sampled(
    ballots: Ballots, joint: Joint, spec: Spec, rng: np.random.Generator, positive: str | None
) -> tuple[Identified, dict[str, object], Sample]:
    """Points as means of the sampler's draws, each draw standardised, with R-hat and effective sizes."""
    prior = named_prior(spec.prior)
    if prior.shrink:
        raise MeasurementError(
            Problem(
                "prior", "emulates another program's sampler, not a model", "use engine='fast', or a Prior()"
            )
        )
    drawn = sample(ballots, joint, prior=prior, link=spec.link, rng=rng, length=spec.length)
    flat = drawn.theta.reshape(len(joint.theta), -1)
    found = identify(ballots, flat.mean(1), flat, positive)
    chains = found.draws.reshape(drawn.theta.shape)
    size, mixed = effective_size(chains), r_hat(chains)
    checks: dict[str, object] = {
        "engine": f"sampler, {spec.link}",
        "intervals": "draws of the exact posterior",
        "effective_size_min": float(size.min()),
        "effective_size_median": float(np.median(size)),
        "r_hat_max": float(mixed.max()),
        "accepted": drawn.accepted,
    }
    return Identified(found.draws.mean(1), found.draws, found.scales), checks, drawn


def _diagnostics(ballots: Ballots, solution: Solution, draws: int, checks: Mapping[str, object]) -> pd.Series:
    found: dict[str, object] = {
        **ballots.sizes(),
        "engine": f"variational Laplace, {solution.link}",
        **solution.told(),
        "intervals": "joint normal" if draws else "joint normal, before standardising",
    }
    return pd.Series({**found, **checks}, dtype=object)
