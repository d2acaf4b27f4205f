"""Options of all players as tables: what holds between them, and that they are kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

from detente.cases import Case
from detente.errors import StrategyError
from detente.measurement import kept
from detente.measurement.measures import Measures
from detente.strategy.campaign.columns import FRAMES
from detente.strategy.campaign.options import Options, options
from detente.strategy.campaign.sides import side
from detente.strategy.campaign.telling import code_of, label_of
from tests.measurement.small_evidence import SmallEvidence, make_case
from tests.strategy.made_case import known, levers, made, players

STRESS: dict[str, Any] = {
    "date": "2015-12-15",
    "knobs": {"c": {"title": "CCC moves away", "shift": {"line": {"CCC": -0.2}}, "reason": "Invented."}},
    "breaks": {
        "fails": {"title": "Renewals fail", "measure": {"passes": "renewal"}, "below": 0.5,
                  "reason": "Invented."}
    },
}  # fmt: skip


def case_of(**strategies: Any) -> Case:
    """Return the case of two players with a stress and a wedge, and with a bystander who can do nothing."""
    wedge = {"divider": "east", "defender": "west", "bloc": "UNION", "item": "line", "decision": "renewal",
             "reason": "Invented."}  # fmt: skip
    objective = {"rest": {"title": "Rest", "want": "more", "reason": "Invented."}}
    idle = {"title": "Idle", "actors": ["BBB"], "against": "east", "objectives": objective}
    held = {"players": {**players(), "idle": idle}, "stress": STRESS, "wedge": wedge, **strategies}
    return made(
        projection={"moves": {"value": 0.02, "low": 0.01, "high": 0.03, "reason": "Invented."}}, **held
    )


def told_of(case: Case, **more: Any) -> Options:
    """Return the options of a case, over few futures."""
    evidence: Any = SmallEvidence()
    return options(case, evidence, cast(Measures, known().measures), draws=100, **more)


@cache
def told() -> Options:
    """Return the options of the case."""
    return told_of(case_of())


def test_every_table_has_its_columns_and_every_player_its_rows() -> None:
    held = told()
    assert {name: getattr(held, name).columns.tolist() for name in FRAMES} == dict(FRAMES)
    assert held.players["player"].tolist() == ["east", "west"]
    for name in ("levers", "portfolios", "matrix", "medal", "game"):
        assert set(getattr(held, name)["player"]) == {"east", "west"}, name
    assert set(held.wants["player"]) == {"east", "west", "idle"}


def test_a_player_with_nothing_to_choose_between_is_missing_with_a_hint() -> None:
    row = told().missing.iloc[0]
    assert (row["part"], row["what"], row["hint"]) == ("strategies", "Idle", "give it levers")


def test_payoffs_of_both_players_are_the_same_games_from_either_side() -> None:
    rows = told().matrix.to_dict("records")
    cells = {(row["player"], row["portfolio"], row["answer"]): row for row in rows}
    for (player, own, answer), row in cells.items():
        other = cells[{"east": "west", "west": "east"}[player], answer, own]
        assert (row["points"], row["other"]) == pytest.approx((other["other"], other["points"]), abs=1e-4)


def test_what_portfolios_do_to_objectives_adds_up_to_their_gain() -> None:
    held = told()
    sums = held.medal.groupby(["player", "portfolio"])["change"].sum()
    gains = held.portfolios.set_index(["player", "portfolio"])["gain"]
    assert (sums - gains).abs().max() < 1e-3
    still = held.portfolios[held.portfolios["portfolio"] == "nothing"]
    assert (still["worse"] == 0).all() and (still["gain"] == 0).all()
    assert (held.portfolios["regret"] >= 0).all()


def test_a_best_portfolio_stands_alone_and_is_the_leader() -> None:
    for row in told().players.to_dict("records"):
        alike = told().portfolios[
            (told().portfolios["player"] == row["player"]) & ~told().portfolios["told_apart"].astype(bool)
        ]
        assert row["leader"] in set(alike["portfolio"])
        assert row["best"] == (row["leader"] if len(alike) == 1 else "")


def test_the_break_is_as_far_as_the_line_that_the_member_has_to_cross() -> None:
    # CCC stands at 0.3 and agrees above 0.2: half of the 0.2 that the knob can take.
    held = told()
    assert held.routes["distance"].iloc[0] == pytest.approx(0.5, abs=0.1)
    assert held.breaks["routes"].tolist() == [1]
    assert held.wedges["target"].tolist() == ["AAA", "BBB", "CCC"]
    assert not held.wedges["leads"].any()


def test_levers_go_by_number_where_there_is_no_room() -> None:
    held = {"players": {**players()}}
    held["players"]["east"]["portfolios"] = {"one": ["bribe"], "two": ["bribe", "squeeze"]}
    east = side(made(**held), "east")
    assert [code_of(east, each) for each in ("nothing", "one", "two")] == ["–", "2", "1 + 2"]
    assert [label_of(east, each) for each in ("nothing", "one", "two")] == ["Nothing new", "2 Bribe", "1 + 2"]


def test_a_case_without_strategies_says_what_to_add() -> None:
    with pytest.raises(StrategyError, match="strategies"):
        told_of(make_case())


class Kept(SmallEvidence):
    """Evidence in the user's cache, on which results are kept."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


def test_options_are_kept_until_anything_changes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence: Any = Kept(cache / "evidence.duckdb")
    worked: list[int] = []

    def work(*_prepared: object, seed: int, **_more: object) -> dict[str, pd.DataFrame]:
        worked.append(seed)
        return {name: getattr(told(), name) for name in FRAMES}

    monkeypatch.setattr("detente.strategy.campaign.telling.told", work)

    def get(case: Case, seed: int = 0) -> Options:
        return options(case, evidence, cast(Measures, known().measures), seed=seed, draws=100)

    first, again = get(case_of()), get(case_of())
    assert worked == [0]
    for name, frame in first.tables().items():
        pd.testing.assert_frame_equal(frame, again.tables()[name], check_exact=True)
    get(case_of(), seed=1)
    get(case_of(levers={**levers(), "bribe": {**levers()["bribe"], "title": "More"}}))
    assert worked == [0, 1, 0]
    monkeypatch.setattr(kept, "code_of", lambda _room: "other code")
    get(case_of())
    assert worked == [0, 1, 0, 0]
