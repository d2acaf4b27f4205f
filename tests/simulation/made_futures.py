"""Futures made up for tests and benchmarks: small ones in which everything happens, and large ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.cases.rules import Rule
from detente.executors import How
from detente.simulation.dynamics import Dynamics
from detente.simulation.ensemble.ballots import Ballot, Consequence, Payment, Size
from detente.simulation.ensemble.futures import Covariates, Futures, Line
from detente.simulation.ensemble.results import Ensemble
from detente.simulation.ensemble.shocks import Shock
from detente.simulation.institutions.catalogue import rule_named
from detente.simulation.institutions.compiled import Compiled, compiled
from detente.simulation.institutions.voters import voters

ONE = How(jobs=1)
SIX = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")
PEOPLE = dict(zip(SIX, (80.0, 60.0, 10.0, 5.0, 3.0, 40.0), strict=True))
NESTED = {
    "any": [
        {"all": [{"for": {"at_least": "1/2"}}, {"for": {"at_least": "60%", "of": "people"}}]},
        {"against": {"at_most": 0}},
    ]
}
WITH_VETO = {"all": [{"for": {"more_than": "1/2", "among": "voting"}}, {"veto": ["AAA"]}]}


def dynamics_of(**given: Any) -> Dynamics:
    """Return dynamics from anything that can be spread out to tables."""
    return Dynamics(**given)


def still(positions: Any, **more: Any) -> Dynamics:
    """Actors on one issue who do not move by themselves."""
    names = tuple(f"A{place:02d}" for place in range(len(positions)))
    start = np.array(positions, dtype=float)[:, None]
    return dynamics_of(actors=names, issues=("aid",), start=start, **more)


def at(ensemble: Ensemble, statistic: str = "mean", kind: str = "positions") -> np.ndarray[Any, Any]:
    """Return a statistic by time and row."""
    frame = ensemble.frame(kind)
    return frame[statistic].to_numpy().reshape(frame["time"].nunique(), -1)


def bytes_of(ensemble: Ensemble) -> list[bytes]:
    """Return everything that was gathered as bytes."""
    told = ensemble.gathered
    return [held.tobytes() for held in (told.quantiles, told.mean, told.sd, *told.flags)]


def rule(passes: dict[str, Any], actors: tuple[str, ...]) -> Compiled:
    held = {actor: PEOPLE[actor] for actor in actors}
    return compiled(
        Rule.model_validate({"title": "Test", "passes": passes}), voters(actors, {"people": held})
    )


def busy() -> Futures:
    """Six actors over nine steps, in which everything happens that can."""
    rng = np.random.default_rng(0)
    influence = rng.random((6, 6))
    dynamics = Dynamics(
        actors=SIX,
        issues=("aid", "arms"),
        blocs=("west", "east"),
        covariates=("oil", "fear"),
        start=rng.normal(0.5, 0.2, (3, 6, 2)),
        start_sd=np.full((6, 2), 0.05),
        membership=np.array([[1, 0], [1, 0], [1, 1], [1, 0], [0, 1], [0, 1]]),
        influence=influence / influence.sum(axis=1, keepdims=True),
        alpha=rng.uniform(0, 0.2, (3, 2, 2)),
        omega=rng.uniform(0, 0.2, (3, 2)),
        beta=rng.normal(0, 0.3, (3, 2, 2)),
        sigma_common=np.full((1, 3, 2), 0.02),
        sigma_own=rng.uniform(0.01, 0.05, (3, 6, 2)),
        dof=np.array([4, np.inf, 8]),
    )
    covariates = Covariates(
        start=rng.uniform(0.2, 0.6, (6, 2)),
        start_sd=np.full((6, 2), 0.02),
        path=rng.normal(0, 0.01, (9, 6, 2)),
        spread=np.array([[0.02, 0]] * 6),
        low=np.zeros(2),
        high=np.ones(2),
        drivers=("dependence", "threat"),
    )
    sanctions = Ballot(
        key="sanctions",
        rule=rule(NESTED, SIX[:4]),
        later={5: rule(NESTED, SIX[:5])},
        steps=(1, 2, 4, 5, 7, 9),
        issue="aid",
        cut=0.3,
        doubt=Size(0.1, 0.05, 0.2),
        abstention=Size(0.1, 0.05, 0.15),
        hold=Size(0.3, 0.1, 0.5),
        on="oil",
        isolation=Size(0.15, 0, 0.3),
        level={"AAA": 0.05},
        failed=Consequence(
            shift={("AAA", "aid"): -0.1},
            drift={("BBB", "aid"): -0.05},
            change={("CCC", "oil"): 0.1},
            low=0.5,
            high=1.5,
        ),
        passed=Consequence(drift={("BBB", "arms"): 0.02}),
    )
    arms = Ballot(
        key="arms",
        rule=rule(WITH_VETO, SIX),
        steps=(2, 3, 9),
        issue="arms",
        cut=0.45,
        doubt=Size(0.1),
        pressure=Size(0.2),
        pressed_by="fear",
        slope=1.1,
    )
    shocks = (
        Shock(key="polls", step=3, change={("AAA", "fear"): 0.2}),
        Shock(
            key="cut",
            step=2,
            target={("BBB", "oil"): 0.0},
            change={("CCC", "oil"): -0.05},
            chance=0.6,
            low=0.3,
        ),
        Shock(
            key="pull-out",
            step=4,
            shift={("DDD", "aid"): 0.1},
            change={("DDD", "fear"): 0.3},
            backlash=0.3,
            low=0.5,
            high=2.0,
        ),
        Shock(key="enlargement", step=5, members={("EEE", "west"): 1.0}),
        Shock(key="conference", step=6, hears=("AAA", "BBB"), news={"aid": 0.1}),
    )
    return Futures(
        dynamics=dynamics,
        covariates=covariates,
        ballots=(sanctions, arms),
        shocks=shocks,
        payments=(Payment(ballot="sanctions", actor="CCC", size=0.1, since=4, until=7),),
        lines=(Line("half", "aid", 0.5),),
        steps=9,
    )


def large(*, steps: int = 20, issues: tuple[str, ...] = ("sanctions", "aid", "arms")) -> Futures:
    """45 actors on some issues, 3 covariates that all walk at random, and 2 ballots in each step."""
    rng = np.random.default_rng(0)
    actors = tuple(f"A{place:02d}" for place in range(45))
    members = np.zeros((45, 2))
    members[:30, 0], members[10:40, 1] = 1, 1
    influence = rng.random((45, 45))
    dynamics = Dynamics(
        actors=actors,
        issues=issues,
        blocs=("union", "alliance"),
        covariates=("oil", "populists", "threat"),
        start=rng.normal(0.5, 0.15, (45, len(issues))),
        start_sd=np.full((45, len(issues)), 0.03),
        membership=members,
        influence=influence / influence.sum(axis=1, keepdims=True),
        alpha=rng.uniform(0.02, 0.08, (200, 2)),
        omega=rng.uniform(0.01, 0.05, 200),
        beta=rng.normal([[-0.3], [-0.2], [0.3]], 0.05, (200, 3, len(issues))),
        sigma_common=np.full((1, 3), 0.01),
        sigma_own=rng.uniform(0.01, 0.03, (200, 1)) * np.ones(45),
    )
    covariates = Covariates(
        start=rng.uniform(0.1, 0.6, (45, 3)),
        spread=np.full((45, 3), 0.01),
        low=np.zeros(3),
        high=np.ones(3),
        drivers=("dependence", "domestic", "threat"),
    )
    union = voters(actors[:30], {"population": {a: float(rng.integers(1, 80)) for a in actors[:30]}})
    every_step = tuple(range(1, steps + 1))
    ballots = (
        Ballot(
            key="sanctions",
            rule=compiled(rule_named("unanimity_with_abstention"), union),
            steps=every_step,
            issue="sanctions",
            cut=0.25,
            doubt=Size(0.1, 0.05, 0.2),
            abstention=Size(0.1),
            hold=Size(0.2, 0.1, 0.3),
            on="oil",
            pressure=Size(0.1, 0.05, 0.2),
            pressed_by="populists",
            isolation=Size(0.15, 0, 0.3),
            failed=Consequence(
                change={(actor, "oil"): 0.02 for actor in actors[:30]},
                drift={(actor, "sanctions"): -0.005 for actor in actors[:30]},
            ),
        ),
        Ballot(
            key="aid",
            rule=compiled(rule_named("qualified_majority"), union),
            steps=every_step,
            issue="aid",
            cut=0.5,
            doubt=Size(0.12, 0.06, 0.2),
            isolation=Size(0.15, 0, 0.3),
        ),
    )
    shocks = (
        Shock(key="polls", step=3, change={("A00", "populists"): 0.2, ("A05", "populists"): 0.1}),
        Shock(key="full stop", step=6, target={(actor, "oil"): 0.0 for actor in actors[:10]}),
        Shock(key="conference", step=2, hears=actors[:20], news={"sanctions": 0.02}),
    )
    return Futures(
        dynamics=dynamics,
        covariates=covariates,
        ballots=ballots,
        shocks=shocks,
        lines=(Line("half", "sanctions", 0.5),),
        steps=steps,
    )
