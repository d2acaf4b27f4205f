"""Claims on futures: probabilities and effects that can be worked out by hand."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import numpy as np
import pytest

from detente.cases import Case
from detente.cases.claims import Claim, ProjectionTest, StrategyTest
from detente.claims.ahead import Paths, campaigns, paths, projection, sides_of, strategy
from detente.claims.auditing import Bench, put_to_tests
from detente.claims.figures import UntoldError
from detente.measurement.measures import Measures
from tests.strategy.made_case import DRAWS, MOVING, known, made, ready

STAND = float(np.std([0.6, 0.5, 0.3]))


@cache
def still() -> Paths:
    return paths(ready(), draws=DRAWS, seed=0)


def ask(quantity: dict[str, Any], stays: dict[str, float], **more: Any) -> ProjectionTest:
    return ProjectionTest.model_validate(
        {"kind": "projection", "quantity": quantity, "stays": stays, "supported": {"above": 0.5},
         "reason": "So.", **more}
    )  # fmt: skip


SPREAD = {"cohesion": "UNION", "item": "line"}


def test_who_does_not_move_stays_where_he_is_in_every_future() -> None:
    found = projection(ask(SPREAD, {"below": STAND + 0.01}), still())
    assert (found.value, found.high, found.n, found.mark) == (1.0, 1.0, DRAWS, "assumed")
    assert projection(ask(SPREAD, {"below": STAND - 0.01}), still()).value == 0.0
    assert projection(ask({"position": "CCC", "item": "line"}, {"at_least": 0.29}), still()).value == 1.0
    assert projection(ask({"mean": "UNION", "item": "line"}, {"above": 0.5}), still()).value == 0.0


def test_every_renewal_passes_where_all_stand_beyond_the_cut() -> None:
    assert projection(ask({"passes": "renewal"}, {"at_least": 1.0}), still()).value == 1.0


def test_a_longer_window_is_never_likelier_to_be_stayed_in() -> None:
    moving = paths(ready(made(projection=MOVING)), draws=DRAWS, seed=0)
    asked = [projection(ask(SPREAD, {"below": 0.14}, years=years), moving).value for years in (0.5, 1, 2)]
    assert asked == sorted(asked, reverse=True) and 0 < asked[0] <= 1 and asked[2] < asked[0]


def test_the_same_seed_gives_the_same_chance() -> None:
    moving = ready(made(projection=MOVING))
    one, again = (projection(ask(SPREAD, {"below": 0.14}), paths(moving, draws=DRAWS, seed=3)) for _ in "ab")
    assert one.ends == again.ends


def test_futures_that_do_not_reach_so_far_say_so() -> None:
    with pytest.raises(UntoldError, match=r"reach 2\.0 years ahead, not 9"):
        projection(ask(SPREAD, {"below": 0.2}, years=9), still())


def lever(*levers: str, **more: Any) -> StrategyTest:
    return StrategyTest.model_validate(
        {"kind": "strategy", "player": "east", "levers": levers, "supported": {"above": 0},
         "reason": "So.", **more}
    )  # fmt: skip


def test_levers_are_worth_what_they_do_less_what_they_cost() -> None:
    """Over answers nothing, pay, vote and both: a bribe ends all renewals against the first alone, for 4
    points, costs 0.4 points, and loses 0.2 by both payments upon its owner's trade, which are there without
    it, too. A squeeze costs 0.3 and half a point of trade, and pulls by a sixth.
    """
    prepared = ready()
    bribe, squeeze = lever("bribe"), lever("squeeze")
    found = campaigns(prepared, [bribe, squeeze], draws=DRAWS, seed=0)[sides_of(prepared, bribe)]
    assert strategy(bribe, found).value == pytest.approx(4 / 4 - 0.4, abs=1e-4)
    assert strategy(squeeze, found).value == pytest.approx(0.5 / 3 - 0.5 - 0.3, abs=1e-4)
    told = strategy(lever("squeeze", objective="trade"), found)
    assert told.value == pytest.approx(-0.5)
    assert (told.mark, told.unit) == ("assumed", "points of objectives")
    assert strategy(lever("squeeze", objective="cost"), found).value == pytest.approx(0.3)


def claimed(**tests: Any) -> Case:
    held = {"statement": "S", "who": "W", "when": 2015, "source": "A paper", "tests": tests}
    return made().model_copy(update={"claims": {"one": Claim.model_validate(held)}})


def test_a_claim_on_futures_is_put_to_its_tests_and_says_that_it_rests_on_assumptions() -> None:
    late = {"may_postdate": True, "postdate_reason": "Futures come later.", "reason": "So."}
    case = claimed(
        stays={"kind": "projection", "quantity": SPREAD, "stays": {"below": 0.2}, "supported": {"above": 0.5},
               **late},
        pays={"kind": "strategy", "player": "east", "levers": ["bribe"], "supported": {"above": 0}, **late},
    )  # fmt: skip
    held = known()
    bench = Bench(case, held.evidence, cast(Measures, held.measures), lambda: None, None, 0, 100)
    found = put_to_tests(bench)
    assert found["tests"]["verdict"].tolist() == ["supported", "supported"]
    assert found["claims"][["verdict", "assumed"]].values.tolist() == [["supported", 2]]
    assert "Bribe" in found["tests"]["asks"].iloc[1]
    assert set(found["rows"]["what"]) >= {"all less cost", "cost", "Renewals fail"}
