"""Series of dyads from counts of events: directions, blocs with dated members, and weeks without events."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from detente.measurement.events.series import Choice, Side, calendar, dyad_series, placed

WEEKS = calendar(pd.Timestamp("2010-01-04"), pd.Timestamp("2010-01-31"), "week")


def counts(*rows: tuple[str, str, int, int, int, float]) -> pd.DataFrame:
    """Return counts from (source, target, week, cooperative, hostile, mean Goldstein score)."""
    return pd.DataFrame(
        [
            {
                "source": a, "target": b, "period": WEEKS[week], "verbal_cooperation": good,
                "material_cooperation": 0, "verbal_conflict": 0, "material_conflict": bad,
                "scored": good + bad, "goldstein": score,
            }
            for a, b, week, good, bad, score in rows
        ],
        columns=[
            "source", "target", "period", "verbal_cooperation", "material_cooperation", "verbal_conflict",
            "material_conflict", "scored", "goldstein",
        ],
    )  # fmt: skip


BOTH = (Side.of("AAA"), Side.of("BBB"))


def test_both_directions_are_pooled_unless_one_is_asked_for() -> None:
    table = counts(("AAA", "BBB", 0, 3, 1, 2.0), ("BBB", "AAA", 0, 0, 4, -5.0), ("AAA", "AAA", 0, 9, 0, 9.0))
    pooled = dyad_series(table, BOTH, WEEKS)
    assert pooled.values[0] == pytest.approx((3 - 5) / 8)
    assert (pooled.events[0], pooled.pairs[0]) == (8, 1)
    assert dyad_series(table, BOTH, WEEKS, choice=Choice(directed=True)).values[0] == 0.5


def test_the_mean_goldstein_score_is_over_events() -> None:
    table = counts(("AAA", "BBB", 0, 3, 1, 2.0), ("BBB", "AAA", 0, 0, 4, -5.0))
    assert dyad_series(table, BOTH, WEEKS, choice=Choice(measure="goldstein")).values[0] == -1.5


def test_weeks_without_events_are_not_numbers_and_weigh_nothing() -> None:
    found = dyad_series(counts(("AAA", "BBB", 1, 1, 1, 0.0)), BOTH, WEEKS)
    assert np.isnan(found.values).tolist() == [True, False, True, True]
    assert found.values[1] == 0.0
    assert found.weights.tolist() == [0.0, 2.0, 0.0, 0.0]
    assert found.known == 1


def test_members_of_a_bloc_count_while_they_belong_to_it() -> None:
    spells = pd.DataFrame(
        {
            "actor": ["AAA", "CCC"],
            "start": [pd.Timestamp("2000-01-01"), WEEKS[2]],
            "end": [WEEKS[3], pd.NaT],
        }
    )
    rows = [(who, "BBB", week, 1, 0, 1.0) for who in ("AAA", "CCC") for week in range(4)]
    found = dyad_series(counts(*rows), (Side(spells), Side.of("BBB")), WEEKS)
    assert found.pairs.tolist() == [1, 1, 2, 1]


def test_a_blocs_mean_is_over_dyads_where_periods_count_alike_and_over_events_else() -> None:
    spells = pd.DataFrame({"actor": ["AAA", "CCC"], "start": [pd.NaT] * 2, "end": [pd.NaT] * 2})
    table = counts(("AAA", "BBB", 0, 9, 0, 1.0), ("CCC", "BBB", 0, 0, 1, -1.0))
    sides = (Side(spells), Side.of("BBB"))
    assert dyad_series(table, sides, WEEKS).values[0] == pytest.approx(0.8)
    alike = dyad_series(table, sides, WEEKS, choice=Choice(weigh="periods"))
    assert alike.values[0] == 0.0
    assert alike.weights[0] == 1.0


def test_an_event_within_a_bloc_on_both_sides_counts_once() -> None:
    spells = pd.DataFrame({"actor": ["AAA", "BBB"], "start": [pd.NaT] * 2, "end": [pd.NaT] * 2})
    found = dyad_series(counts(("AAA", "BBB", 0, 2, 1, 0.0)), (Side(spells), Side(spells)), WEEKS)
    assert found.events[0] == 3


def test_rows_are_told_apart_by_their_place_whatever_the_index() -> None:
    table = pd.concat([counts(("AAA", "BBB", 0, 1, 0, 1.0)), counts(("BBB", "AAA", 1, 0, 1, -1.0))])
    assert dyad_series(table, BOTH, WEEKS).values[:2].tolist() == [1.0, -1.0]


def test_months_are_whole_and_days_find_their_place_in_them() -> None:
    months = calendar(pd.Timestamp("2010-01-15"), pd.Timestamp("2010-05-30"), "month")
    assert months.strftime("%Y-%m").tolist() == ["2010-02", "2010-03", "2010-04"]
    days = pd.DatetimeIndex(["2009-12-31", "2010-02-01", "2010-04-30"])
    assert placed(days, months, "month").tolist() == [-2, 0, 2]


def test_an_empty_table_gives_an_empty_series() -> None:
    found = dyad_series(counts(), BOTH, WEEKS)
    assert found.known == 0
    assert np.isnan(found.values).all()
