"""The full history of the General Assembly: the published set, the published series, and time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.ideal_points_data import compare, published_set

from detente.measurement.idealpoints import BSV, Choice, IdealPoints, Prepared, Spec, ideal_points, prepare

pytestmark = pytest.mark.mirror


Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def votes(mirror: Path) -> Frames:
    return published_set(mirror)


@pytest.fixture(scope="module")
def emulated(votes: Frames) -> IdealPoints:
    spec = Spec(links=votes[1], link="probit", prior=BSV)
    return ideal_points(votes[0], positive="United States", draws=50, spec=spec)


def test_the_published_set_is_rebuilt_exactly(votes: Frames) -> None:
    prepared: Prepared = prepare(votes[0], Choice(links=votes[1]))
    ballots = prepared.ballots
    assert (len(ballots.node_actor), len(ballots.item_vote), len(ballots.items)) == (10_469, 797_473, 4_784)
    assert prepared.account["votes"].sum() == len(votes[0]) - 797_473


def test_the_published_prior_gives_the_published_series(emulated: IdealPoints, mirror: Path) -> None:
    """The mirror holds a later vintage on another scale: correlation as it stands, and by year."""
    found = compare(emulated, mirror)
    assert found["matched"] > 10_000
    assert found["pooled_r"] > 0.985
    assert found["year_r_min"] > 0.985
    assert found["pooled_rank"] > 0.99
    assert found["mapped_r"] > 0.995


def test_the_rival_camp_of_the_cold_war_is_across_zero(emulated: IdealPoints) -> None:
    middle = emulated.points["mean"].sel(session=35)
    assert float(middle.sel(actor="United States")) > 1.5
    assert float(middle.sel(actor="Russia")) < -1.0
    assert np.isnan(float(emulated.points["mean"].sel(actor="South Sudan", session=35)))
