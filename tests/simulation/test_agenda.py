"""The agenda: where numbers come from, who is left out, and what comes out if all bargain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from detente.errors import SimulationError
from detente.simulation.agenda.table import KINDS, Table, tabulate
from detente.simulation.bargaining.verb import bargain
from detente.simulation.frames import FRAMES
from detente.simulation.outcomes import Outcomes
from tests.measurement.small_evidence import SmallEvidence
from tests.simulation.small_world import (
    MEMBERS,
    SPREAD,
    agenda,
    alike,
    exactly,
    given,
    item,
    measured,
    row,
    run,
    world,
)

STANCE = pd.DataFrame(
    {"actor": ["AAA", "BBB", "RRR"], "value": [0.0, 1.0, -2.0], "sd": 0.5, "low": [-0.8, 0.2, -2.8],
     "high": [0.8, 1.8, -1.2], "source": "one factor"}
)  # fmt: skip
PLACED = {
    "title": "Stance", "blocs": ["UNION"], "positive": "AAA",
    "measurements": {
        key: {"by": "indicators", "title": key, "reason": "Invented.", "name": key} for key in ("a", "b", "c")
    },
}  # fmt: skip
SERIES = {"by": "indicators", "title": "Wealth", "reason": "Invented.", "name": "wealth"}


def wealth(**values: float) -> SmallEvidence:
    """Return evidence with an indicator."""
    stated = {"name": "wealth", "date": "2014-01-01", "unit": "coins"}
    return SmallEvidence().put("indicators", *({"actor": a, "value": v, **stated} for a, v in values.items()))


def positions(out: Outcomes, column: str = "position") -> dict[str, Any]:
    """Return a column of the positions by actor."""
    return dict(zip(out.positions["actor"], out.positions[column], strict=True))


def placed_by_stance(*, turned: bool) -> Table:
    case, evidence = world(stance=PLACED, agenda=agenda({"by": "stance", "turned": turned}))
    return tabulate(case, evidence, replace(measured(case, evidence), stance=STANCE))  # type: ignore[arg-type]  # a part of the evidence


@pytest.mark.parametrize("turned", [False, True])
def test_a_stance_becomes_a_share_of_the_normal_distribution_interval_and_all(turned: bool) -> None:
    frame = placed_by_stance(turned=turned).frame().set_index("actor")
    sign = -1 if turned else 1
    ends = STANCE[["low", "high"]].to_numpy() * sign
    assert frame.index.tolist() == ["AAA", "BBB", "RRR"]
    assert frame["position"].to_numpy() == pytest.approx(norm.cdf(sign * STANCE["value"]))
    assert frame["position_low"].to_numpy() == pytest.approx(norm.cdf(ends.min(axis=1)))
    assert frame["position_high"].to_numpy() == pytest.approx(norm.cdf(ends.max(axis=1)))
    assert set(frame["position_mark"]) == {"estimated"} and set(frame["position_source"]) == {"one factor"}


def test_draws_of_a_stance_have_its_interval() -> None:
    drawn = placed_by_stance(turned=False).cells["line"].drawn(20_000, seed=1).position
    low, high = np.quantile(norm.ppf(drawn), [0.05, 0.95], axis=0)
    assert high - low == pytest.approx(np.full(3, 2 * 1.645 * 0.5), rel=0.05)


def test_whoever_has_no_number_is_left_out_and_named() -> None:
    missing = placed_by_stance(turned=False).missing
    assert [(row.what, row.why) for row in missing] == [
        ("line: CCC, DDD, EEE", "no position there, and left out of the item")
    ]
    assert "otherwise:" in missing[0].hint


def test_a_series_is_divided_by_the_largest_and_rises_from_its_floor() -> None:
    weighs = {"by": "series", "floor": 0.2, "measure": SERIES, "but": {"CCC": exactly(0.5, "Known.")}}
    out = run(evidence=wealth(AAA=10, BBB=5, CCC=7, XXX=1000), agenda=agenda(capability=weighs))
    assert positions(out, "capability") == {"AAA": pytest.approx(1.0), "BBB": pytest.approx(0.6), "CCC": 0.5}
    assert positions(out, "capability_mark") == {"AAA": "sourced", "BBB": "sourced", "CCC": "assumed"}
    assert positions(out, "capability_source") == {
        "AAA": "test (2014)",
        "BBB": "test (2014)",
        "CCC": "Known.",
    }
    assert [row for row in out.missing["what"] if "DDD, EEE, RRR" in row]


def test_a_number_for_the_rest_is_assumed_and_marked() -> None:
    weighs = {"by": "series", "measure": SERIES, "otherwise": {"value": 0.3, "reason": "A guess."}}
    out = run(evidence=wealth(AAA=10), agenda=agenda(capability=weighs))
    told = row(out.positions, actor="RRR")
    ends = [told[f"capability{part}"] for part in ("", "_low", "_high")]
    assert ends == pytest.approx([0.3, 0.2, 0.4])
    assert (told["capability_mark"], told["capability_source"]) == ("assumed", "A guess.")


def test_values_below_zero_are_no_shares_and_named() -> None:
    weighs = {"by": "series", "measure": SERIES}
    out = run(evidence=wealth(AAA=10, BBB=-5), agenda=agenda(capability=weighs))
    assert out.positions.empty
    assert "'Wealth' is below zero for BBB, and no share of the largest" in out.missing["why"].tolist()


def test_every_number_has_a_mark_a_source_and_lies_in_its_interval() -> None:
    out = run()
    for kind in KINDS:
        assert out.positions[f"{kind}_mark"].isin(["sourced", "estimated", "assumed"]).all()
        assert out.positions[f"{kind}_source"].str.len().gt(0).all()
        assert (out.positions[f"{kind}_low"] <= out.positions[kind]).all()
        assert (out.positions[kind] <= out.positions[f"{kind}_high"]).all()
    for name, columns in FRAMES.items():
        assert list(getattr(out, name).columns) == columns


def test_a_bloc_gives_its_members_a_number_and_their_own_comes_first() -> None:
    where = {
        "by": "assumed",
        "blocs": {"UNION": 0.4},
        "values": {"AAA": 0.1},
        "spread": 0.05,
        "reason": "Guess.",
    }
    found = positions(run(agenda=agenda(where)))
    assert found == {"AAA": 0.1, **dict.fromkeys(MEMBERS[1:], 0.4)}


def test_the_outcome_is_the_mean_by_weight_and_the_weighted_mean_comes_first() -> None:
    out = run(agenda=agenda(capability=given(AAA=1.0, BBB=0.0, CCC=0.0, DDD=0.0, EEE=0.5, RRR=0.0)))
    first = out.bargains.iloc[0]
    assert (first["model"], first["main"], first["actors"]) == ("compromise", True, 6)
    assert first[["outcome", "low", "high"]].tolist() == pytest.approx([(0.1 + 0.45) / 1.5] * 3)
    assert positions(out, "weight")["AAA"] == pytest.approx(2 / 3)
    assert {"median", "challenge", "influence"} <= set(out.bargains["model"])
    assert not out.bargains["main"].iloc[1:].any()


def test_another_model_may_come_first() -> None:
    out = run(agenda=agenda(model="median"))
    assert out.bargains.loc[out.bargains["main"], "model"].tolist() == ["median"]
    assert out.bargains["outcome"].iloc[0] == pytest.approx((0.3 + 0.5) / 2)


def test_a_model_that_takes_long_is_drawn_less_often_and_noted() -> None:
    wide = {
        "by": "assumed",
        "values": {"AAA": {"value": 0.3, "low": 0.0, "high": 0.6}, "EEE": 0.9},
        "reason": "R.",
    }
    first = run(agenda=agenda(wide, model="challenge")).bargains.iloc[0]
    assert first["model"] == "challenge" and first["low"] < first["high"]
    assert "status quo holds" in first["note"]


def test_numbers_assumed_for_one_reason_are_off_together() -> None:
    wide = {"low": 0.2, "high": 0.8}
    one = {actor: {"value": 0.5, **wide, "reason": "The same."} for actor in MEMBERS}
    many = {actor: {"value": 0.5, **wide, "reason": f"Of {actor}."} for actor in MEMBERS}
    width = []
    for values in (one, many):
        out = run(agenda=agenda({"by": "assumed", "values": values, "reason": "All."}), draws=2000)
        width.append(out.bargains["high"].iloc[0] - out.bargains["low"].iloc[0])
    assert width[0] > 1.5 * width[1]


def test_an_actor_more_changes_no_draw_of_the_others() -> None:
    wide = {"by": "assumed", "otherwise": {"value": 0.5, "low": 0.1, "high": 0.9}, "reason": "Guess."}
    drawn = []
    for beside in ([], ["RRR", "ZZZ"]):
        case, evidence = world(agenda=agenda(wide, salience=wide, beside=beside))
        cells = tabulate(case, evidence, measured(case, evidence)).cells["line"]  # type: ignore[arg-type]  # a part of the evidence
        drawn.append(cells.drawn(50, seed=3))
    for kind in KINDS:
        assert np.array_equal(getattr(drawn[0], kind), getattr(drawn[1], kind)[:, : len(MEMBERS)])


def test_items_share_one_attention_when_bargained_over_together() -> None:
    case, evidence = world(agenda=agenda(items={"line": item(SPREAD), "other": item(SPREAD, alike(0.4))}))
    table = tabulate(case, evidence, measured(case, evidence))  # type: ignore[arg-type]  # a part of the evidence
    together = table.uncertain(("line", "other"))
    assert together.actors.salience == pytest.approx(np.tile([0.4, 0.2], (6, 1)))
    assert bargain(together).outcome["outcome"].tolist() == pytest.approx([2.5 / 6, 2.5 / 6])


def test_an_item_may_leave_salience_to_the_agenda() -> None:
    line = {key: part for key, part in item(SPREAD).items() if key != "salience"}
    out = run(agenda=agenda(items={"line": line}, salience=alike(0.3)))
    assert set(out.positions["salience"]) == {0.3}


def test_the_same_seed_gives_the_same_bytes_in_any_order_of_actors() -> None:
    wide = {a: {"value": v["value"], "low": 0.0, "high": 1.0} for a, v in SPREAD["values"].items()}
    tables = []
    for order in (1, -1):
        position = {"by": "assumed", "values": dict(list(wide.items())[::order]), "reason": "Guess."}
        union = {"title": "Union", "members": list(MEMBERS)[::order], "reason": "Invented."}
        tables.append(run(agenda=agenda(position), blocs={"UNION": union}, seed=5))
    for name in ("positions", "bargains"):
        assert getattr(tables[0], name).to_csv() == getattr(tables[1], name).to_csv()
    other = run(agenda=agenda({"by": "assumed", "values": wide, "reason": "Guess."}), seed=6)
    assert other.bargains["low"].iloc[0] != tables[0].bargains["low"].iloc[0]


def test_nobody_on_an_item_is_said_and_stops_nothing_else() -> None:
    out = run(agenda=agenda(items={"line": item(SPREAD), "empty": item(given(ZZZ=0.5))}))
    assert set(out.bargains["item"]) == {"line"}
    assert ("empty", "nobody is left on the item") in set(
        zip(out.missing["what"], out.missing["why"], strict=True)
    )


def test_a_case_without_agenda_gives_empty_tables() -> None:
    out = run(agenda=None)
    assert all(getattr(out, name).empty for name in FRAMES)


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(SimulationError, match="99 draws give no interval"):
        run(draws=99)
