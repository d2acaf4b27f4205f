"""The labelled result: points by actor and session, items, draws, diagnostics, and what was set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from detente.errors import MeasurementError, Problem, did_you_mean
from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.fit import Solution
from detente.measurement.idealpoints.identify import WIDER, WIDEST, Identified, item_scale
from detente.measurement.idealpoints.planefit import PlaneSolution
from detente.notebook import Shown
from detente.posterior import INDEPENDENT, Posterior, chained, tree_of

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class IdealPoints(Shown, Posterior):
    """Where every actor stands in every session, with its uncertainty.

    `points`: mean, sd, quantile (by `q`), votes; dims actor, session; NaN where the actor did not vote.
    `items`: slope, lower and upper cut with sds, and which categories occur. `draws` (actor, session, draw)
    on the reported scale. `account`: what was set aside, and why. `identification`: sign and scale in words.
    In two dimensions points, draws and slopes have a further coordinate `dimension`, 1 and 2. `sample_stats`
    is the sampler's log posterior density `lp` (chain, draw), and how often each kind of move was accepted;
    None of the fast engine, whose draws are independent. Every number is an estimate.
    """

    points: xr.Dataset
    items: xr.Dataset
    draws: xr.DataArray | None
    diagnostics: pd.Series
    account: pd.DataFrame
    log_likelihood: float
    identification: str
    solution: Solution | PlaneSolution = field(repr=False)
    ballots: Ballots = field(repr=False)
    sample_stats: xr.Dataset | None = field(default=None, repr=False)

    def table(self) -> pd.DataFrame:
        """Return one row per actor and session: actor, session, mean, sd, low, high (5 and 95 %), votes,
        mark; in two dimensions one row for each, told by a column `dimension`.
        """
        flat = self.points[["mean", "sd", "votes"]].to_dataframe().dropna(subset="mean")
        for name, q in (("low", 0.05), ("high", 0.95)):
            flat[name] = self.points["quantile"].sel(q=q, drop=True).to_series()
        flat["mark"] = "estimated"
        keys = [key for key in ("actor", "session", "dimension") if key in self.points.dims]
        return flat.reset_index()[[*keys, "mean", "sd", "low", "high", "votes", "mark"]]

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return the points of the last session, and how sure they are."""
        rows = self.table()
        last = rows["session"].max()
        sure = f"low and high: 90 % intervals. {self.identification}"
        many = self.points.sizes
        title = f"Ideal points of {many['actor']:,} actors in {many['session']:,} sessions"
        return f"{title}; here the last, {last}", sure, rows[rows["session"] == last]

    def distance(self, one: str, other: str) -> pd.DataFrame:
        """Return the distance between two actors in each session (in the plane, if there is one), mean with
        90 % interval, from the joint draws.
        """
        gap = self._draws_of(one) - self._draws_of(other)
        if "dimension" in gap.dims:
            return _summary((gap**2).sum("dimension", skipna=False) ** 0.5)
        return _summary(abs(gap))

    def change(self, actor: str, start: Any, end: Any, *, dimension: int = 1) -> pd.Series:
        """Return how far an actor moved from one session to another (along one dimension), mean with 90 %
        interval, from the joint draws.
        """
        path = self._draws_of(actor)
        if "dimension" in path.dims:
            self._known("dimension", [dimension], path["dimension"].to_numpy())
            path = path.sel(dimension=dimension)
        self._known("session", [start, end], path["session"].to_numpy())
        move = (path.sel(session=end) - path.sel(session=start)).expand_dims(session=[end])
        if move.isnull().all():
            raise MeasurementError(
                Problem(
                    f"{actor}", f"did not vote in {start} or in {end}", "choose sessions in which it voted"
                )
            )
        return _summary(move).iloc[0]

    def to_datatree(self) -> xr.DataTree:
        """Return the draws with names: groups posterior, observed_data, and of the sampler sample_stats.

        `ideal_point` (chain, draw, point), in two dimensions with a further dim `dimension`: a point is an
        actor in a session in which it voted, named as in "FRA 2020", with coordinates `actor` and `session`.
        `vote` (cast): 0 no, 1 abstain, 2 yes, with `actor`, `session` and `item`. Draws are on the reported
        scale, each standardised. Raises `MeasurementError` where no draws were made, and where the prior only
        emulates another program, so that they are the posterior of no model.
        """
        draws, b = self._drawn(), self.ballots
        if self.solution.prior.shrink:
            hint = "estimate with prior='default', or a Prior(shrink=0)"
            what = "emulates another program's sampler: the draws are the posterior of no model"
            raise MeasurementError(Problem("prior", what, hint))
        actor, session = b.actors.astype(str)[b.node_actor], b.sessions[b.node_session]
        names = [f"{who} {when}" for who, when in zip(actor, session, strict=True)]
        coords: dict[str, Any] = {"point": names, "actor": ("point", actor), "session": ("point", session)}
        dims: tuple[str, ...] = ("point",)
        if "dimension" in draws.dims:
            coords, dims = {**coords, "dimension": draws["dimension"].to_numpy()}, ("point", "dimension")
        flat = draws.transpose("actor", "session", "draw", ...).to_numpy()[b.node_actor, b.node_session]
        stats = self.sample_stats
        groups = {
            "posterior": chained(
                {"ideal_point": (dims, np.moveaxis(flat, 1, 0).astype(float))},
                coords,
                chains=1 if stats is None else stats.sizes["chain"],
            ),
            **({} if stats is None else {"sample_stats": stats}),
            "observed_data": label_votes(b),
        }
        how = f"{self.diagnostics['engine']}; {self.diagnostics['intervals']}"
        wide = f"an approximation, its spread widened by {WIDER} to {WIDEST} for coverage; {INDEPENDENT}"
        return tree_of(groups, method=how if stats is not None else f"{how}; {wide}")

    def _drawn(self) -> xr.DataArray:
        if self.draws is None:
            raise MeasurementError(Problem("draws", "none were made", "estimate with draws=400"))
        return self.draws

    def _draws_of(self, actor: str) -> xr.DataArray:
        draws = self._drawn()
        self._known("actor", [actor], draws["actor"].to_numpy())
        return draws.sel(actor=actor)

    @staticmethod
    def _known(kind: str, labels: list[Any], known: Any) -> None:
        missing = [label for label in labels if label not in known]
        if missing:
            raise MeasurementError(
                *(Problem(f"{kind} {label!r}", "is not in it", did_you_mean(str(label), map(str, known)))
                  for label in missing)
            )  # fmt: skip


def _summary(draws: xr.DataArray) -> pd.DataFrame:
    """Mean and 90 % interval over draws, one row per session in which there are any."""
    values = draws.transpose("session", "draw").to_numpy()
    there = ~np.isnan(values).any(1)
    low, high = np.quantile(values[there], [0.05, 0.95], axis=1)
    return pd.DataFrame(
        {
            "session": draws["session"].to_numpy()[there],
            "mean": values[there].mean(1),
            "low": low,
            "high": high,
            "mark": "estimated",
        }
    )


def grid(ballots: Ballots, values: Floats) -> Floats:
    """Spread (N, ...) values of nodes over (actor, session, ...), NaN where an actor did not vote."""
    out = np.full((len(ballots.actors), len(ballots.sessions), *values.shape[1:]), np.nan)
    out[ballots.node_actor, ballots.node_session] = values
    return out


def label_points(ballots: Ballots, mean: Floats, sd: Floats, quantiles: Floats, words: str) -> xr.Dataset:
    """Return the points' dataset from mean (N,), sd (N,) and quantiles (N, 5)."""
    both = ("actor", "session")
    return xr.Dataset(
        {
            "mean": (both, grid(ballots, mean)),
            "sd": (both, grid(ballots, sd)),
            "quantile": ((*both, "q"), grid(ballots, quantiles)),
            "votes": (both, grid(ballots, np.diff(ballots.node_start).astype(float))),
        },
        coords={
            "actor": ballots.actors.astype(str),
            "session": ballots.sessions,
            "q": list(QUANTILES),
            "block": ("actor", ballots.block),
        },
        attrs={"identification": words, "mark": "estimated"},
    )


def label_items(ballots: Ballots, items: Floats, identified: Identified) -> xr.Dataset:
    """Return the items' dataset on the reported scale."""
    values = item_scale(ballots, items, identified.scales)
    names = ("slope", "lower_cut", "upper_cut", "slope_sd", "lower_cut_sd", "upper_cut_sd")
    data: dict[str, Any] = {name: ("item", values[:, k]) for k, name in enumerate(names)}
    data["votes"] = (("item", "vote"), ballots.counts)
    data["categories"] = ("item", ballots.patterns)
    return xr.Dataset(data, coords={"item": ballots.items, "vote": ["no", "abstain", "yes"]})


def label_draws(ballots: Ballots, draws: Floats) -> xr.DataArray:
    """Return draws (N, draws) by actor, session and draw, in single precision."""
    return xr.DataArray(
        grid(ballots, draws).astype(np.float32),
        dims=("actor", "session", "draw"),
        coords={"actor": ballots.actors.astype(str), "session": ballots.sessions},
        name="ideal_point",
    )


def label_votes(ballots: Ballots) -> xr.Dataset:
    """Return the votes that were used, `vote` (cast): 0 no, 1 abstain, 2 yes, by actor, session and item."""
    item = ballots.vote_item
    seen = ballots.counts > 0
    lowest, highest = seen.argmax(1), 2 - seen[:, ::-1].argmax(1)
    vote = np.select([ballots.item_vote == 0, ballots.item_vote == 2], [lowest[item], highest[item]], 1)
    coords = {
        "actor": ("cast", ballots.actors.astype(str)[ballots.node_actor[ballots.item_node]]),
        "session": ("cast", ballots.sessions[ballots.node_session[ballots.item_node]]),
        "item": ("cast", ballots.items[item]),
    }
    words = {"flag_values": [0, 1, 2], "flag_meanings": "no abstain yes"}
    return xr.Dataset({"vote": ("cast", vote, words)}, coords={"cast": np.arange(len(vote)), **coords})


def label_stats(lp: Floats, accepted: dict[str, float]) -> xr.Dataset:
    """Return the sampler's log posterior density by chain and draw, and shares accepted as attributes."""
    coords = {"chain": np.arange(lp.shape[0]), "draw": np.arange(lp.shape[1])}
    moves = {f"accepted_{move}": share for move, share in accepted.items()}
    return xr.Dataset({"lp": (("chain", "draw"), lp)}, coords=coords, attrs=moves)
