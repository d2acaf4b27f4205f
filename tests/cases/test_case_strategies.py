"""What players can do and want: what may be asked, and what is said of each mistake, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.cases import load_case
from detente.commands import main
from tests.cases.test_case_mistakes import GOOD, changed, complaints

ASKED = """\
agenda:
  blocs: [NATO]
  beside: [RUS]
  capability: {by: assumed, otherwise: 0.5, reason: Alike.}
  items:
    talks:
      title: Talks
      low: none
      high: now
      position: {by: assumed, otherwise: 0.5, reason: Said.}
      salience: {by: assumed, otherwise: 0.5, reason: Unknown.}
decisions:
  renewal:
    title: Renewal
    item: talks
    bloc: NATO
    rule: unanimity
    proposal: 0.6
    otherwise: 0.2
    dates: [2020-07-31]
    support: {doubt: {value: 0.1, low: 0.1, high: 0.1, reason: Votes stray.}}
projection:
  items: [talks]
  alignment: false
  years: 2
  moves: {value: 0.1, low: 0.1, high: 0.1, reason: Guess.}
  reason: Guess.
  drivers:
    oil:
      title: Oil
      kind: dependence
      measure: {by: indicators, title: Oil, name: oil, reason: Named.}
      wander: {value: 0.0, low: 0.0, high: 0.0, reason: None.}
  lines:
    half: {title: Half, item: talks, at: 0.4, watch: NATO}
strategies:
  reason: Guesses.
  players:
    east:
      title: East
      actors: [RUS]
      against: west
      objectives:
        lapse: {title: Lapse, want: less, measure: {passes: renewal}, reason: Said.}
        trade: {title: Trade, want: more, reason: Said.}
      portfolios: {both: [pull, bribe]}
    west:
      title: West
      actors: [USA]
      objectives:
        hold: {title: Hold, want: more, measure: {crosses: half}, target: 1, reason: Said.}
  levers:
    pull:
      title: Pull
      owner: east
      kind: threat
      means: coercion
      date: 2020-09-01
      shift: {talks: {NATO: 0.1}}
      low: 0.5
      high: 1.5
      cost: {value: 0.1, low: 0.0, high: 0.3, unit: points, reason: Guess.}
      side: {trade: {value: -0.5, low: -1.0, high: 0.0, reason: Guess.}}
      upon: {west: {hold: {value: 0.1, low: 0.0, high: 0.2, reason: Guess.}}}
      reason: Guess.
    bribe:
      title: Bribe
      owner: east
      kind: side_payment
      means: reward
      date: 2020-07-01
      pays: {renewal: {USA: -0.1}}
      cost: {value: 0.2, low: 0.1, high: 0.3, unit: percent_gdp, reason: Budget.}
      reason: Guess.
  wedge: {divider: east, defender: west, bloc: NATO, item: talks, decision: renewal, reason: Guess.}
  stress:
    date: 2020-09-01
    knobs:
      tire: {title: Tire, shift: {talks: {NATO: -0.1}}, reason: Guess.}
    breaks:
      apart: {title: Apart, measure: {cohesion: NATO, item: talks}, above: 0.3, reason: Guess.}
"""
WHOLE = GOOD + ASKED
LAPSE = "measure: {passes: renewal}, reason: Said.}\n        trade"


def line_of(text: str, part: str) -> int:
    """Return the line on which a part of a text stands."""
    return text[: text.index(part)].count("\n") + 1


def test_the_case_of_these_tests_is_good(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    held = load_case(path).strategies
    assert held is not None and list(held.levers) == ["pull", "bribe"]


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        (
            "      low: 0.5\n      high: 1.5\n", "      low: 1.0\n      high: 1.0\n",
            "levers.pull: its size has no range", "give `low:` below 1 and `high:` above 1",
        ),
        (
            "high: 0.3, unit: points", "high: 0.3, unit: euro",
            "levers.pull.cost.unit: 'euro' is not allowed", "percent_gdp, points",
        ),
        (
            "high: 0.3, unit: points, ", "high: 0.3, ",
            "levers.pull.cost.unit is missing", "add `unit:`",
        ),
        (
            "value: 0.1, low: 0.0, high: 0.3, unit: points", "value: 0.5, low: 0.0, high: 0.3, unit: points",
            "levers.pull.cost: 0.5 does not lie from 0.0 to 0.3", "order low, value",
        ),
        (
            "      owner: east\n      kind: threat", "      owner: easd\n      kind: threat",
            "levers.pull.owner: 'easd' is not declared", "did you mean 'east'?",
        ),
        ("against: west", "against: wets", "players.east.against: 'wets' is not", "mean 'west'?"),
        ("actors: [USA]", "actors: [Usa]", "players.west.actors[0]: 'Usa'", "three capital letters"),
        (
            "Trade, want: more,", "Trade, want: more, measure: {passes: renewal},",
            "players.east: trade and lapse want more and less of the same", "take one of them out",
        ),
        (
            "want: more, measure: {crosses: half}, target: 1,",
            "want: more, measure: {crosses: half}, target: 1, weight: 0,",
            "players.west: the weights of its objectives add up to 0", "more than 0",
        ),
        (
            "trade: {title: Trade, want: more,", "trade: {title: Trade, want: more, target: 2,",
            "players.east.objectives.trade: a target is met by what is measured", "add `measure:`",
        ),
        (
            "date: 2020-09-01\n      shift", "date: 2019-09-01\n      shift",
            "levers.pull.date: 2019-09-01 comes before the day", "set a later day",
        ),
        (
            LAPSE, LAPSE.replace("passes: renewal", "passes: renewals"),
            "players.east.objectives.lapse.measure.passes: 'renewals' is not declared", "'renewal'?",
        ),
        (
            "{crosses: half}", "{crosses: hafl}",
            "players.west.objectives.hold.measure.crosses: 'hafl' is not declared", "'half'?",
        ),
        (
            "{crosses: half}", "{driver: oli, of: NATO}",
            "players.west.objectives.hold.measure.driver: 'oli' is not declared", "'oil'?",
        ),
        ("{crosses: half}", "{driver: oil}", "players.west.objectives.hold.measure: a driver", "`of:`"),
        (
            "{crosses: half}", "{crosses: half, passes: renewal}",
            "players.west.objectives.hold.measure: 2 measures are named", "name exactly one of",
        ),
        (
            "side: {trade:", "side: {trad:",
            "levers.pull.side.trad: 'trad' is not declared", "did you mean 'trade'?",
        ),
        (
            "upon: {west: {hold:", "upon: {west: {hodl:",
            "levers.pull.upon.west.hodl: 'hodl' is not declared", "did you mean 'hold'?",
        ),
        (
            "both: [pull, bribe]", "both: [pull, bribes]",
            "players.east.portfolios.both[1]: 'bribes' is not declared", "did you mean 'bribe'?",
        ),
        ("both: [pull", "nothing: [pull", "players.east: nothing is the portfolio", "another name"),
        ("both: [pull, bribe]", "both: []", "players.east: portfolio both has no lever", "take it out"),
        (
            "    bribe:\n      title", "    all:\n      title",
            ": all is the name of a portfolio", "give the lever another name",
        ),
        (
            "  lines:\n    half",
            "  events:\n    pull: {title: P, date: 2020-09-01, shift: {talks: {NATO: 0.1}}, reason: G.}\n"
            "  lines:\n    half",
            "levers.pull: pull is an event of the projection as well", "another name",
        ),
        ("divider: east", "divider: eats", "wedge.divider: 'eats' is not declared", "'east'?"),
        (
            "tire: {title: Tire, shift: {talks:", "tire: {title: Tire, shift: {talk:",
            "stress.knobs.tire.shift.talk: 'talk' is not declared", "did you mean 'talks'?",
        ),
        ("above: 0.3, reason", "reason", "stress.breaks.apart: it breaks on exactly", "`below:`"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_to_type(
    tmp_path: Path, old: str, new: str, what: str, hint: str
) -> None:
    found = complaints(tmp_path, changed(old, new, text=WHOLE))
    told = [each for each in found if each[1].removeprefix("strategies").lstrip(".").startswith(what)]
    assert len(told) == 1, found
    assert hint in told[0][2]
    assert told[0][0] >= line_of(WHOLE, "strategies:")


def test_all_mistakes_are_named_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = changed("{crosses: half}", "{crosses: hafl}", text=WHOLE)
    text = changed("side: {trade:", "side: {trad:", text=text)
    text = changed("both: [pull, bribe]", "both: [pull, bribes]", text=text)
    text = changed("divider: east", "divider: eats", text=text)
    found = complaints(tmp_path, text)
    parts = ("bribes", "hafl", "trad:", "eats")
    assert [line for line, _, _ in found] == [line_of(text, part) for part in parts]


def test_a_case_with_mistakes_ends_the_command_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(changed("divider: east", "divider: eats", text=WHOLE), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["advise", str(path)])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "'eats' is not declared" in told and "did you mean 'east'?" in told


def test_strategies_without_a_projection_have_no_futures_to_change(tmp_path: Path) -> None:
    start, end = WHOLE.index("projection:"), WHOLE.index("strategies:")
    found = complaints(tmp_path, WHOLE[:start] + WHOLE[end:])
    assert any(what == "strategies: there are no futures to change" for _, what, _ in found), found
