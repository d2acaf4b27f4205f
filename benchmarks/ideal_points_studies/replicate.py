"""One replication: votes from known points, both engines through the public call, and the quantities that are
judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from detente.measurement.idealpoints import IdealPoints, Length, Prior, Spec, ideal_points
from detente.measurement.idealpoints.simulate import Design, simulate

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
FAR = 2.0
"""Beyond so many standard deviations a point counts as far out."""


@dataclass(frozen=True)
class Setting:
    """What votes are drawn from (`truth`, `design`), and how they are read (`spec`)."""

    name: str
    spec: Spec
    truth: Prior
    design: Design


@dataclass(frozen=True)
class Quantities:
    """Draws (M, D) and truths (M,) by kind, on the standardised scale; and which points are far out."""

    draws: dict[str, Floats]
    truth: dict[str, Floats]
    far_true: Flags
    far_found: Flags

    def inside(self, level: float = 0.9) -> dict[str, Flags]:
        """Whether the central interval of the draws holds the truth, by kind; far points as kinds beside."""
        tail = (1.0 - level) / 2.0
        hits = {}
        for kind, draws in self.draws.items():
            low, high = np.quantile(draws, [tail, 1.0 - tail], axis=1)
            hits[kind] = np.asarray((self.truth[kind] >= low) & (self.truth[kind] <= high))
        hits["points, |truth| > 2"] = hits["points"][self.far_true]
        hits["points, |estimate| > 2"] = hits["points"][self.far_found]
        return hits

    def ranks(self, number: int) -> dict[str, Floats]:
        """Ranks of the truths among `number` draws that lie evenly in the sequence, by kind, over number + 1.

        Half a step is added, so that ranks lie within 0 and 1.
        """
        found = {}
        for kind, draws in self.draws.items():
            chosen = draws[:, np.linspace(0, draws.shape[1] - 1, number).astype(int)]
            found[kind] = ((chosen < self.truth[kind][:, None]).sum(1) + 0.5) / (number + 1)
        return found


@dataclass
class Tally:
    """Shares of hits by replication, and their mean with the standard error between replications."""

    shares: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)

    def add(self, hits: dict[str, Flags]) -> None:
        """Count one replication."""
        for kind, flags in hits.items():
            self.shares.setdefault(kind, []).append(float(flags.mean()) if len(flags) else 0.0)
            self.sizes.setdefault(kind, []).append(len(flags))

    def words(self) -> str:
        """Per cent by kind, with the standard error between replications where there are several."""
        return "; ".join(f"{kind} {self._mean(kind)}" for kind in self.shares)

    def _mean(self, kind: str) -> str:
        share, size = np.array(self.shares[kind]), np.array(self.sizes[kind], float)
        if size.sum() == 0:
            return "none"
        mean = float(share @ size / size.sum())
        if len(share) < 2:
            return f"{100 * mean:.1f}"
        error = np.sqrt((size**2 @ (share - mean) ** 2) / size.sum() ** 2 * len(share) / (len(share) - 1))
        return f"{100 * mean:.1f} ± {100 * float(error):.1f}"


def draw_votes(setting: Setting, run: int) -> tuple[pd.DataFrame, Floats]:
    """Return simulated votes with the column `text`, and the points (A, T) they came from."""
    rng = np.random.default_rng([7, run])
    data = simulate(setting.design, setting.truth, rng, link=setting.spec.link)
    return data.votes, data.points


def estimate(setting: Setting, votes: pd.DataFrame, run: int, length: Length | None = None) -> IdealPoints:
    """Estimate with the fast engine, or with the sampler where a length is given."""
    spec = setting.spec if length is None else replace(setting.spec, engine="sampler", length=length)
    return ideal_points(votes, draws=400, spec=spec, rng=np.random.default_rng([11, run]))


def judge(result: IdealPoints, points: Floats, run: int) -> Quantities:
    """Return points, changes and pairs beside their truths, `points` (A, T) by number of actor and session.

    Truth is standardised as draws are, over the actor-sessions that are left, and takes their sign.
    """
    ballots = result.ballots
    place = np.array([int(str(actor)[1:]) for actor in ballots.actors])[ballots.node_actor]
    return quantities(result, points[place, ballots.sessions[ballots.node_session].astype(int)], run)


def quantities(result: IdealPoints, truth: Floats, run: int) -> Quantities:
    """Return points, changes and pairs beside their truths, given the true point of each node (N,)."""
    ballots = result.ballots
    assert result.draws is not None
    draws = result.draws.to_numpy()[ballots.node_actor, ballots.node_session].astype(float)
    centre = draws.mean(1)
    truth = (truth - truth.mean()) / truth.std()
    truth = truth * np.sign(truth @ centre)
    follows = np.flatnonzero(np.diff(ballots.node_actor) == 0)
    one, other = _pairs(ballots.node_session, np.random.default_rng([13, run]))
    return Quantities(
        draws={
            "points": draws,
            "changes": draws[follows + 1] - draws[follows],
            "pairs": draws[one] - draws[other],
        },
        truth={
            "points": truth,
            "changes": truth[follows + 1] - truth[follows],
            "pairs": truth[one] - truth[other],
        },
        far_true=np.abs(truth) > FAR,
        far_found=np.abs(centre) > FAR,
    )


def _pairs(session: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return nodes in pairs at random, both of one session."""
    order = rng.permutation(len(session))
    order = order[np.argsort(session[order], kind="stable")]
    one, other = order[:-1:2], order[1::2]
    same = session[one] == session[other]
    return one[same], other[same]
