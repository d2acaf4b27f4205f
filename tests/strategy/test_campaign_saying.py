"""Sentences of advice: they turn when the numbers turn, and none says more than is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.strategy.campaign.adapting import Adapted
from detente.strategy.campaign.advice import Advice, advise
from detente.strategy.pathways import Switching, adapt, wait
from tests.strategy.made_case import DRAWS, MOVING, SURE, lever, levers, made, players, ready

KNOBS = {
    "tired": {"title": "All tire", "shift": {"line": {"UNION": -0.15}}, "reason": "Invented."},
    "rift": {"title": "CCC leaves", "shift": {"line": {"CCC": -0.3}}, "reason": "Invented."},
}


def broken(title: str, below: float) -> dict[str, Any]:
    """Return a mean of the union that counts as broken; it is 0.467 as it stands."""
    measure = {"mean": "UNION", "item": "line"}
    return {"title": title, "measure": measure, "below": below, "reason": "Invented."}


STRESS = {
    "date": "2015-12-15", "knobs": KNOBS,
    "breaks": {"near": broken("Near", 0.4), "far": broken("Far", 0.1), "past": broken("Past", 0.5)},
}  # fmt: skip
WEDGE = {
    "divider": "east", "defender": "west", "bloc": "UNION", "item": "line", "decision": "renewal",
    "reason": "Invented.",
}  # fmt: skip


def advised(who: str = "east", **more: Any) -> Advice:
    """Return advice in the made case."""
    return advise(ready(made(**more)), who, draws=DRAWS)


@pytest.fixture(scope="module")
def told() -> Advice:
    """Advice for East, with all that can be asked."""
    return advised(stress=STRESS, wedge=WEDGE)


def said(advice: Advice, *words: str) -> str:
    """Return the only sentence that holds all of these words."""
    (found,) = [each for each in advice.sentences if all(word in each for word in words)]
    return found


def test_a_best_portfolio_is_named_where_it_is_told_apart(told: Advice) -> None:
    assert told.best == told.leader == "bribe"
    assert said(told, "loses least") == (
        "East, 4 portfolios against 4 answers of West, over 128 futures: “Bribe” loses least against what "
        "would have been best, 0.30 points (0.30 to 0.30); the next, “Nothing new”, loses 0.60 (0.60 to "
        "0.60) more."
    )
    assert said(told, "“Bribe” does worse than doing nothing in 0% of futures").endswith("rarely a loss.")


def test_no_portfolio_is_called_best_where_two_are_alike() -> None:
    both = players()
    both["east"]["portfolios"] = {"one": ["bribe"], "two": ["bribe"], "three": ["squeeze"]}
    unsure = advised(players=both, projection=MOVING)
    assert unsure.best is None and unsure.leader in ("one", "two")
    assert said(unsure, "which is best cannot be told").endswith("Alike are “Bribe”, “Bribe”.")
    assert not any("loses least" in each for each in unsure.sentences)


def test_where_all_is_alike_it_says_that_nothing_tells_portfolios_apart() -> None:
    same = {"talk": lever("east", title="Talk", shift={"line": {"RRR": 0.1}}, **SURE)}
    unsure = advised(levers=same)
    assert unsure.weighed.alike and unsure.best is None
    assert said(unsure, "all come to the same points in every future; nothing tells them apart")
    assert not any("best cannot be told" in each for each in unsure.sentences)


def test_doing_nothing_is_said_to_lose_least_only_where_it_does(told: Advice) -> None:
    words = "None of its own levers loses less, on average, than doing nothing new."
    assert words not in told.sentences
    dear = {"bribe": {**levers()["bribe"], "cost": {**levers()["bribe"]["cost"], "value": 3.0, "high": 3.0}}}
    assert words in advised(levers={**levers(), **dear}).sentences


def test_the_other_side_of_the_medal_names_what_is_lost(told: Advice) -> None:
    assert said(told, "The other side of it") == "The other side of it, in points: its cost -0.40."
    squeezed = replace(told, failing=replace(told.failing, portfolio="squeeze"))
    assert said(squeezed, "The other side of it").endswith("“Trade” -0.50, its cost -0.30.")


def test_targets_are_told_with_and_without() -> None:
    west = advised("west", levers={key: each for key, each in levers().items() if key != "vote"})
    assert said(west, "its target") == (
        "“Renewals hold”: its target, at least 0.9, is met in 100% (97% to 100%) of futures and answers, "
        "without it in 50% (41% to 59%)."
    )


def test_an_equilibrium_is_firm_where_it_always_comes_up(told: Advice) -> None:
    assert said(told, "The game of mean payoffs").endswith(
        "plays “Nothing new” against “Vote”, in 100% of games: firm."
    )


def test_weights_that_turn_it_are_named_the_nearest_first(told: Advice) -> None:
    assert said(told, "Another portfolio would lead") == (
        "Another portfolio would lead if cost weighed 3 times as much (“Nothing new”); or “Renewals fail” "
        "weighed 0.25 times as much (“Nothing new”)."
    )


def learning(*, useful: bool) -> Adapted:
    """Return what signs are worth where a sign tells which portfolio will do better, or nothing at all."""
    rng = np.random.default_rng(0)
    bad = rng.random(400) < 0.5
    sign = bad if useful else rng.random(400) < 0.5
    periods = np.zeros((400, 3, 2))
    periods[:, 1:, 0], periods[:, 1:, 1] = ~bad[:, None], bad[:, None]
    signs = np.zeros((400, 3, 1))
    signs[:, 1:, 0] = sign[:, None]
    payoffs = Switching.of_periods(periods)
    days = tuple(ready().calendar.days[1:4])
    return Adapted(("nothing", "bribe"), days, ("Sign",), adapt(payoffs, signs), wait(payoffs, signs))


def test_a_sign_is_told_where_it_gains_and_waiting_where_it_pays(told: Advice) -> None:
    none, waiting = "No sign was found on which to switch", "It is not shown that waiting"
    sure = replace(told, adapted=learning(useful=True))
    assert said(sure, "Watch “Sign”: once it is at or", "in 2016, switch from “")
    assert not any(each.startswith((none, waiting)) for each in sure.sentences)
    for unsure in (replace(told, adapted=learning(useful=False)), told):
        assert said(unsure, none) and said(unsure, waiting)
        assert not any(each.startswith("Watch") for each in unsure.sentences)


def test_breaks_are_found_or_not_or_there_already(told: Advice) -> None:
    assert said(told, "Near:").startswith("Near: one route found, 0.37 away (All tire +0.3")
    assert "nothing within what is plausible was found to bring it about (as it is 0.467" in said(
        told, "Far:"
    )
    assert said(told, "Past:") == "Past: so it is already, on average over futures (0.467)."
    near, *rest = told.breaks
    unsure = replace(told, breaks=(replace(near, settled=False), *rest))
    assert "had not settled" in said(unsure, "Near:") and "had not settled" not in said(told, "Near:")


def test_the_member_most_worth_detaching_is_named_only_where_it_stands_out(told: Advice) -> None:
    assert said(told, "No member stands out")
    loose = levers()
    loose["pay"] |= {"pays": {"renewal": {"CCC": 0.1}}}
    sure = advised(levers=loose, wedge=WEDGE)
    assert said(sure, "The member most worth detaching is CCC; it gives way to rewards in 100% of draws")


def test_payments_for_what_never_comes_up_are_named() -> None:
    both = players()
    both["east"]["objectives"].pop("lapse")
    both["west"]["objectives"].pop("hold")
    case = made(players=both)
    late = case.decisions["renewal"].model_copy(update={"dates": (date(2019, 1, 1),)})
    told = advise(ready(case.model_copy(update={"decisions": {"renewal": late}})), "east", draws=DRAWS)
    assert "Pay for decisions that come up in no future, and buy nothing: Bribe, Pay." in told.sentences


def test_tables_are_written_beside_the_sentences(told: Advice, tmp_path: Path) -> None:
    written = told.write(tmp_path)
    names = {path.stem for path in written}
    assert {"matrix", "regret", "gambles", "robustness", "breaks", "broken", "wedges", "advice"} <= names
    assert (tmp_path / "advice.txt").read_text().splitlines() == list(told.sentences)
    assert all(path.stat().st_size > 0 for path in written)
