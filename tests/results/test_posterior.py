"""Posteriors go to ArviZ: draws with their names, and diagnostics that agree with ours."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from detente.errors import EvidenceError, MeasurementError
from detente.folders import Result
from detente.measurement import measure
from detente.measurement.idealpoints import Axes, IdealPoints, Length, Prior, Spec, ideal_points
from detente.measurement.idealpoints.fit import Engine, solve
from detente.measurement.idealpoints.frames import Choice, prepare
from detente.measurement.idealpoints.joint import joint_posterior
from detente.measurement.idealpoints.sampler import Chain
from detente.measurement.idealpoints.simulate import Design, simulate
from detente.posterior import Posterior, as_arviz
from detente.simulation.panel.fit import PanelFit, fit_panel
from detente.simulation.panel.layout import Spec as PanelSpec
from detente.simulation.panel.stored import StoredFit
from tests.measurement.small_evidence import SmallEvidence, make_case
from tests.measurement.test_stance import MEMBERS, PLACES, THREE, stance
from tests.simulation.made_panel import Truth, made_panel

PRIOR = Prior(walk=0.1, slope=4.0)
CHAINS, SWEEPS = 3, 200
MATPLOTLIB = "ignore:Passing a dict or None as alias_mapping"
"""What matplotlib says of ArviZ before 1.0."""


@pytest.fixture(scope="module")
def az() -> Any:
    """ArviZ, or a skip with the reason."""
    return pytest.importorskip("arviz", reason="ArviZ is not installed: pip install 'detente[arviz]'")


@pytest.fixture(scope="module")
def votes() -> pd.DataFrame:
    """Votes on items with two kinds of votes and with three; one actor misses a session."""
    made = simulate(Design(actors=8, sessions=3, roll_calls=12), PRIOR, np.random.default_rng(3)).votes
    late = (made["actor"] == "a0002") & (made["session"] == 1)
    return made[~late].reset_index(drop=True)


@pytest.fixture(scope="module")
def sampled(votes: pd.DataFrame) -> IdealPoints:
    length = Length(chains=CHAINS, sweeps=SWEEPS, warm_up=50)
    return ideal_points(votes, spec=Spec(links="text", prior=PRIOR, engine="sampler", length=length))


@pytest.fixture(scope="module")
def panel() -> PanelFit:
    return fit_panel(made_panel(Truth(alpha=(0.05, 0.0)), actors=10, years=6), PanelSpec(unlike=False))


def test_points_that_were_sampled_keep_their_chains_and_names(sampled: IdealPoints) -> None:
    tree = sampled.to_datatree()
    assert set(tree.children) == {"posterior", "sample_stats", "observed_data"}
    points = tree["posterior"].to_dataset()["ideal_point"]
    assert points.dims == ("chain", "draw", "point") and points.shape[:2] == (CHAINS, SWEEPS)
    assert not points.isnull().any() and "a0002 1" not in points["point"] and "a0002 2" in points["point"]
    assert sampled.draws is not None
    for who, when in (("a0002", 2), ("a0007", 0)):
        one = points.sel(point=f"{who} {when}")
        assert (str(one["actor"].item()), one["session"].item()) == (who, when)
        wanted = sampled.draws.sel(actor=who, session=when).to_numpy()
        np.testing.assert_array_equal(one.to_numpy().ravel(), wanted.astype(float))
    assert "exact posterior" in tree.attrs["method"] and tree.attrs["mark"] == "estimated"


def test_the_density_of_a_draw_is_that_of_the_model(votes: pd.DataFrame) -> None:
    """The fast engine computes the same density on its own, term by term."""
    ballots = prepare(votes, Choice(links="text")).ballots
    solution = solve(ballots, prior=PRIOR)
    chain = Chain(ballots, PRIOR, "logit", np.random.default_rng(0))
    chain.begin(solution.theta, joint_posterior(ballots, solution).items)
    gaps = []
    for walk in (False, True):
        chain.sweep(2, walk=walk)
        engine = Engine(ballots, PRIOR, "logit")
        engine.theta, engine.items[:, :3] = chain.theta, chain.items
        gaps.append(chain.log_density() - engine.objective())
    np.testing.assert_allclose(gaps, 0.0, atol=1e-6)


def test_every_draw_has_its_density(sampled: IdealPoints) -> None:
    assert sampled.sample_stats is not None
    lp = sampled.sample_stats["lp"]
    assert lp.dims == ("chain", "draw") and lp.shape == (CHAINS, SWEEPS)
    assert (lp.std("draw") > 0).all() and np.isfinite(lp).all()
    assert 0 < sampled.sample_stats.attrs["accepted_paths"] <= 1


def test_our_diagnostics_agree_with_those_of_arviz(az: Any, sampled: IdealPoints) -> None:
    data = sampled.to_arviz()
    theirs = np.asarray(az.rhat(data, method="split")["ideal_point"])
    assert theirs.max() == pytest.approx(sampled.diagnostics["r_hat_max"], rel=1e-5)
    sizes = np.asarray(az.ess(data, method="mean")["ideal_point"])
    assert np.median(sizes) == pytest.approx(sampled.diagnostics["effective_size_median"], rel=0.1)
    told = az.summary(data)
    assert [name for name in told.index if name.startswith("ideal_point[a0002 ")] == [
        "ideal_point[a0002 0]",
        "ideal_point[a0002 2]",
    ]


@pytest.mark.filterwarnings(MATPLOTLIB)
def test_arviz_draws_traces_of_a_named_point(az: Any, sampled: IdealPoints) -> None:
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    matplotlib.use("agg")
    data = sampled.to_arviz()
    assert az.plot_trace(data, var_names=["ideal_point"], coords={"point": ["a0001 0"]}) is not None
    matplotlib.pyplot.close("all")


def test_the_votes_behind_points_are_given_as_they_were_cast(
    sampled: IdealPoints, votes: pd.DataFrame
) -> None:
    told = sampled.to_datatree()["observed_data"].to_dataset()["vote"]
    words = told.attrs["flag_meanings"].split()
    found = told.to_series().map(dict(zip(told.attrs["flag_values"], words, strict=True)))
    keys = [told["actor"].to_numpy(), told["session"].to_numpy(), told["item"].to_numpy()]
    found.index = pd.MultiIndex.from_arrays(keys, names=["actor", "session", "item"])
    cast = prepare(votes, Choice(links="text"))
    assert set(sampled.ballots.patterns) > {"no/abstain/yes"} and len(found) == len(cast.ballots.item_vote)
    once = votes.groupby(["actor", "session", "text"])["vote"].agg(lambda cell: "/".join(sorted(set(cell))))
    both = pd.DataFrame({"found": found, "cast": once.loc[found.index]})
    assert all(word in cast.split("/") for word, cast in both.itertuples(index=False))


def test_draws_of_the_fast_engine_are_one_chain_and_called_an_approximation(votes: pd.DataFrame) -> None:
    result = ideal_points(votes, draws=30, spec=Spec(links="text", prior=PRIOR))
    tree = result.to_datatree()
    assert dict(tree["posterior"].sizes) == {"chain": 1, "draw": 30, "point": len(result.ballots.node_actor)}
    assert "sample_stats" not in tree.children
    assert "approximation" in tree.attrs["method"] and "independently" in tree.attrs["method"]


def test_points_in_the_plane_have_their_dimension(votes: pd.DataFrame) -> None:
    spec = Spec(links="text", prior=PRIOR, dimensions=2, axes=Axes(positive=("a0001",)))
    result = ideal_points(votes, draws=20, spec=spec)
    points = result.to_datatree()["posterior"].to_dataset()["ideal_point"]
    assert points.dims == ("chain", "draw", "point", "dimension") and result.draws is not None
    one = points.sel(point="a0003 1", dimension=2).to_numpy().ravel()
    np.testing.assert_array_equal(one, result.draws.sel(actor="a0003", session=1, dimension=2).astype(float))


def test_what_is_no_posterior_is_not_handed_out_as_one(votes: pd.DataFrame) -> None:
    with pytest.raises(MeasurementError, match="draws=400"):
        ideal_points(votes, draws=0, spec=Spec(links="text", prior=PRIOR)).to_datatree()
    with pytest.raises(MeasurementError, match="posterior of no model"):
        ideal_points(votes, draws=10, spec=Spec(links="text", prior="bsv")).to_arviz()
    assert not any(issubclass(kind, Posterior) for kind in Result.__subclasses__())


def test_the_panel_gives_parameters_positions_and_their_prior(az: Any, panel: PanelFit) -> None:
    tree = panel.to_datatree(draws=400)
    drawn, before = tree["posterior"].to_dataset(), tree["prior"].to_dataset()
    assert drawn["alpha"].dims == ("chain", "draw", "bloc")
    assert drawn["common"]["shock"].to_numpy().tolist() == [*panel.panel.blocs, "all"]
    table = panel.parameters().set_index("part")
    np.testing.assert_allclose(np.quantile(drawn["own"], 0.95), table["high"]["own"], rtol=0.1)
    assert set(before.data_vars) == set(drawn.data_vars) - {"position", "own_scale"}
    assert float(before["alpha"].std()) == pytest.approx(panel.spec.priors.alpha.sd, rel=0.1)
    assert tree["observed_data"]["reading"].sizes == {"year": 6, "actor": 10}
    xr.testing.assert_identical(tree.to_dataset(), panel.to_datatree(draws=400).to_dataset())
    kept = StoredFit(panel.estimate, panel.panel.tables[0][-1]).to_datatree(draws=400)
    xr.testing.assert_identical(kept["posterior"].to_dataset(), drawn)
    assert "position[a003]" in az.summary(as_arviz(kept), var_names=["position"]).index


def test_stance_gives_the_draws_behind_its_intervals() -> None:
    evidence = SmallEvidence().members("NATO", *MEMBERS)
    rng = np.random.default_rng(7)
    for kind, sign in (("first", 1), ("second", 1), ("third", -1)):
        cells = {who: 10 + sign * at + 0.4 * rng.standard_normal() for who, at in PLACES.items()}
        evidence.tie(kind, "RUS", cells)
    measures = measure(make_case(stance=stance(THREE)), evidence, draws=300)
    assert measures.stance_draws is not None
    tree = measures.stance_draws.to_datatree()
    drawn = tree["posterior"].to_dataset()
    low = drawn["position"].quantile(0.05, ("chain", "draw")).to_series()
    np.testing.assert_allclose(low[measures.stance["actor"]], measures.stance["low"])
    high = drawn["loading"].quantile(0.95, ("chain", "draw")).to_series()
    np.testing.assert_allclose(high[measures.loadings["measurement"]], measures.loadings["high"])
    assert tree["observed_data"]["score"].dims == tree["constant_data"]["error"].dims
    assert "Laplace" in tree.attrs["method"]
    assert measure(make_case(), evidence, draws=100).stance_draws is None


def test_without_arviz_the_error_names_what_to_install(
    sampled: IdealPoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "arviz", None)
    with pytest.raises(EvidenceError, match=r"pip install 'detente\[arviz\]'"):
        sampled.to_arviz()


def test_arviz_from_1_on_gets_the_tree_itself(sampled: IdealPoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arviz", SimpleNamespace(__version__="1.3.0", InferenceData=None))
    assert isinstance(sampled.to_arviz(), xr.DataTree)
