"""What is made of a campaign: what holds up, the game, failures, weights that turn it, signs and wedges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.cases.agenda import Agenda
from detente.strategy.campaign.adapting import adapting
from detente.strategy.campaign.failing import failing
from detente.strategy.campaign.matrix import Campaign
from detente.strategy.campaign.playing import play
from detente.strategy.campaign.turning import turning
from detente.strategy.campaign.wedging import Wedged, wedging
from detente.strategy.campaign.weighing import weigh
from tests.simulation.small_world import agenda, given
from tests.strategy.made_case import SURE, lever, levers, made, played, players, ready, sized


def by(frame: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a frame by one of its columns."""
    return {
        str(row[key]): {str(name): value for name, value in row.items()} for row in frame.to_dict("records")
    }


def column(rows: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """Return one column of rows."""
    return {key: row[name] for key, row in rows.items()}


@pytest.fixture(scope="module")
def still() -> Campaign:
    """The campaign of East, of which nothing is left to chance."""
    return played()


def test_the_least_regret_is_as_worked_out_by_hand(still: Campaign) -> None:
    """Of four answers one lets a bribe through, which brings 3.6 more than nothing; against the others it
    costs 0.4. Its mean regret is 3 x 0.4 / 4, that of doing nothing 3.6 / 4.
    """
    rows = by(weigh(still).best.frame(), "portfolio")
    assert next(iter(rows)) == "bribe" and weigh(still).best.portfolio == "bribe"
    assert rows["bribe"]["regret"] == pytest.approx(0.3, abs=1e-5)
    assert rows["nothing"]["regret"] == pytest.approx(0.9, abs=1e-5)
    assert rows["nothing"]["over_low"] == pytest.approx(0.6, abs=1e-4)


def test_gambles_and_the_front_are_of_means_over_answers(still: Campaign) -> None:
    told = weigh(still)
    gambles = by(told.gambles, "portfolio")
    assert gambles["bribe"]["points"] == pytest.approx((3.6 - 0.6 - 0.4 - 0.6) / 4, abs=1e-5)
    assert column(gambles, "worse") == {"nothing": 0.0, "squeeze": 1.0, "bribe": 0.0, "all": 1.0}
    front = by(told.front.frame(), "portfolio")
    assert column(front, "on_front") == {"nothing": True, "squeeze": True, "bribe": True, "all": True}
    assert "bribe" not in front["nothing"]["beaten_by"]


def test_a_target_is_met_as_often_as_counted() -> None:
    """West holds renewals against two of four answers anyway, against all where it pays or changes rules."""
    rows = by(weigh(played(who="west")).targets, "portfolio")
    assert column(rows, "met") == {"nothing": 0.5, "pay": 1.0, "vote": 1.0, "all": 1.0}
    assert column(rows, "always") == {"nothing": 0.0, "pay": 1.0, "vote": 1.0, "all": 1.0}
    assert 0.40 < rows["nothing"]["low"] < 0.43 and 0.57 < rows["nothing"]["high"] < 0.60
    assert rows["pay"]["low"] > 0.95 and rows["pay"]["high"] == pytest.approx(1.0)
    assert weigh(played()).targets.empty


def test_where_all_points_are_equal_nobody_is_best() -> None:
    same = {"talk": lever("east", shift={"line": {"RRR": 0.1}}, **SURE)}
    told = weigh(played(ready(made(levers=same))))
    assert told.alike and told.best.portfolio is None and told.front.front.all()
    assert "all portfolios have equal payoffs in every future: nothing tells them apart" in told.best.notes


def test_the_game_has_the_equilibrium_that_it_has(still: Campaign) -> None:
    """To change the rule costs West nothing, and a bribe is wasted then."""
    told = play(still)
    top = told.empirical.supports_frame().to_dict("records")[0]
    assert top["rows"] == ("nothing",) and top["columns"] == ("vote",)
    assert told.empirical.equilibria.payoffs[0] == pytest.approx([0.0, 0.0], abs=1e-5)
    assert told.commitment_frame()["leader"].unique().tolist() == ["row", "column"]


def test_failures_gather_where_they_do() -> None:
    """A squeeze of size f brings 0.02 f / 3 / 0.1 and costs 0.2: it fails below f = 3, in 1 - 7² / 90 of a
    triangle from 0 over 1 to 10.
    """
    pulled = levers()
    pulled["squeeze"] = lever(
        "east", title="Squeeze", cost=0.2, shift={"line": {"BBB": -0.02}}, low=0.0, high=10.0
    )
    found = played(ready(made(levers=pulled)), draws=2000)
    told = failing(found, "squeeze")
    assert told.share == pytest.approx(1 - 49 / 90, abs=0.03)
    (row,) = told.box.to_dict("records")
    assert row["input"] == "size of: Squeeze" and row["low"] <= 0.2
    assert 2.0 < row["high"] <= 3.3 and told.density > 0.9


def test_a_portfolio_that_never_fails_leaves_nothing_to_find(still: Campaign) -> None:
    assert failing(still, "bribe").why == "it does worse in 0.0% of futures, too few to tell which"
    assert failing(still, "squeeze").why == "it does worse in 100.0% of futures, too many to tell which"


def test_weights_turn_the_advice_where_they_do(still: Campaign) -> None:
    """Renewals weighed f times: a bribe regrets 0.3, doing nothing (4 f - 0.4) / 4, less below f = 0.4. Costs
    weighed g times: 0.3 g against (4 - 0.4 g) / 4, more above g = 2.5.
    """
    assert turning(still).rows.to_numpy().tolist() == [
        ["lapse", "less", 0.25, "nothing"], ["cost", "more", 3.0, "nothing"]
    ]  # fmt: skip


HARDENS = {
    "events": {
        "hardens": {
            "title": "CCC hardens", "date": "2015-06-15", "shift": {"line": {"CCC": 0.3}}, "chance": 0.5,
            "reason": "Invented.",
        }
    }
}  # fmt: skip


def dear() -> dict[str, Any]:
    """Return levers of which a bribe costs 2 points, whether it works or not."""
    return {"bribe": {**levers()["bribe"], "cost": {**sized(1.0), "unit": "percent_gdp"}}}


def test_a_sign_that_tells_when_a_lever_works_is_found() -> None:
    """A bribe brings 4, less 2, unless CCC has hardened: then it only costs 2. From the second year on it
    still brings two renewals of three: 8 / 3 - 2, in the half of futures in which it works.
    """
    found = played(ready(made(levers=dear(), projection=HARDENS)), draws=800)
    told = adapting(found, ["bribe"])
    rows = told.frame()
    assert told.portfolios == ("nothing", "bribe") and [str(day) for day in told.days] == ["2016-06-01"]
    top = rows.to_dict("records")[0]
    assert bool(top["useful"]) and (top["start"], top["then"]) == ("nothing", "bribe")
    assert top["sign"] in ("Item: mean of The Union", "Item: spread in The Union")
    assert top["fires"] == pytest.approx(0.5, abs=0.08)
    assert top["gain"] == pytest.approx((8 / 3 - 2) / 2, abs=0.12)
    assert (top["false_alarm"], top["miss"]) == (0.0, 0.0)
    assert rows["sign"].is_unique


def test_without_anything_to_watch_there_is_no_sign(still: Campaign) -> None:
    told = adapting(still, ["bribe"])
    assert told.signs == () and told.frame().empty and told.waiting_frame().empty and not told.worthwhile


def wedged(**changes: Any) -> Wedged:
    """Return the wedge of East into the union, against payments of West of 0.1."""
    pulled = levers()
    pulled["pay"] |= {"pays": {"renewal": {"CCC": 0.1}}}
    for key, change in changes.items():
        pulled[key] |= change
    wedge = {
        "divider": "east", "defender": "west", "bloc": "UNION", "item": "line", "decision": "renewal",
        "reason": "Invented.",
    }  # fmt: skip
    found = wedging(ready(made(levers=pulled, wedge=wedge)))
    assert found is not None
    return found


def test_a_wedge_is_as_worked_out_by_hand() -> None:
    """CCC stands 0.3 from East and 0.25 from the others, cares 0.8, and is paid 0.1 by West: it is held by
    0.8 x 0.05 + 0.1 and gives way to a bribe of 0.2.

    It has a third of the capability and of the votes that decide; with it at 0, the spread of the union would
    grow by 0.138 of at most 0.5. Renewals are worth 2 / 0.5 points, a bribe of 0.2 costs 0.4.
    """
    found = wedged()
    row = by(found.frame(), "target")["CCC"]
    loss = (np.std([0.6, 0.5, 0.0]) - np.std([0.6, 0.5, 0.3])) / 0.5
    weight = (1 / 3 + 1 / 3 + loss) / 3
    assert row["held"] == row["price"] == pytest.approx(0.14)
    assert row["accommodation"] == pytest.approx(0.06)
    assert row["coercion"] == pytest.approx(0.05 - 0.14, abs=1e-6)
    assert row["weight"] == pytest.approx(weight)
    assert row["worth"] == pytest.approx(4 * weight - 0.4 / 0.2 * 0.14)
    assert (row["mode"], row["move"], row["size"]) == ("accommodation", "reward", pytest.approx(0.06))
    assert row["cost"] == pytest.approx(0.06 * 0.5 / 0.1)
    assert found.analysis.leader is not None and found.targets[found.analysis.leader] == "CCC"


def test_the_furthest_member_is_held_most() -> None:
    rows = by(wedged().frame(), "target")
    assert rows["AAA"]["held"] == pytest.approx(0.8 * (0.6 - 0.2))
    assert rows["AAA"]["gives_way_to_reward"] == 0.0


def test_pressure_that_works_the_other_way_is_blowback() -> None:
    """A squeeze that moves CCC up drives it to the union, but for a backlash of 0.2."""
    row = (
        wedged(squeeze={"shift": {"line": {"CCC": 0.05}}, "backlash": 0.2})
        .frame()
        .set_index("target")
        .loc["CCC"]
    )
    assert row["coercion"] == pytest.approx((1 - 0.8) * 0.05 - 0.14, abs=1e-6)


def test_offers_add_up_less_what_turns_round() -> None:
    """A bribe of 0.2, and 0.05 that turns round in a fifth of all cases, against 0.14 that holds CCC."""
    row = by(wedged(squeeze={"means": "reward", "backlash": 0.2}).frame(), "target")["CCC"]
    assert row["accommodation"] == pytest.approx(0.2 + (1 - 2 * 0.2) * 0.05 - 0.14, abs=1e-6)


def test_an_offer_that_goes_the_other_way_is_none() -> None:
    """A rival at the other end gains nothing from votes against."""
    held = agenda(given(AAA=0.6, BBB=0.5, CCC=0.3, RRR=1.0))
    wedge = {
        "divider": "east", "defender": "west", "bloc": "UNION", "item": "line", "decision": "renewal",
        "reason": "Invented.",
    }  # fmt: skip
    case = made(wedge=wedge)
    found = wedging(ready(case.model_copy(update={"agenda": Agenda.model_validate(held)})))
    assert found is not None
    rows = by(found.frame(), "target")
    assert rows["CCC"]["held"] == pytest.approx(0.8 * (0.7 - 0.25))
    assert rows["CCC"]["accommodation"] == -rows["CCC"]["held"]


def test_without_a_wedge_in_the_case_there_is_none() -> None:
    assert wedging(ready(made(players=players()))) is None
