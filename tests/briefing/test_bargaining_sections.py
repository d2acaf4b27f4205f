"""Bargaining, meetings and decisions in the brief: sentences turn with the numbers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # comes with Altair, without stubs
import pandas as pd
import pytest

from detente.briefing.answer import answer
from detente.briefing.composing import SECTIONS
from detente.briefing.exhibits import Figure, Table
from detente.briefing.gaps import gaps
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.sections import bargaining_sentences as say
from detente.briefing.sections import decisions_sentences as decide
from detente.briefing.sections.bargaining import bargaining
from detente.briefing.sections.bargaining import paragraphs as on_agenda
from detente.briefing.sections.claims import claims
from detente.briefing.sections.decisions import decisions, each_stops
from detente.briefing.sections.decisions import paragraphs as on_decisions
from detente.briefing.sections.forum import forum
from detente.briefing.sections.meetings import paragraphs as at_meetings
from detente.briefing.sections.occasions import occasions
from detente.briefing.sections.options import options
from detente.briefing.sections.projection import projection
from detente.simulation.frames import FRAMES, framed
from detente.simulation.scoring.contest import shipped
from tests.briefing import ruritania_outcomes as invented
from tests.briefing.ruritania import material, write
from tests.briefing.ruritania_outcomes import world


def text(paragraphs: tuple[tuple[Sentence, ...], ...]) -> str:
    """Return paragraphs as text, one on a line; none is a failure."""
    assert paragraphs
    return "\n".join(" ".join(each.text() for each in part) for part in paragraphs)


def told(sentence: Sentence | None) -> str:
    """Return a sentence as text; none is a failure."""
    assert sentence is not None
    return sentence.text()


@cache
def usual() -> dict[str, Figure | Table]:
    """Return the exhibits of the invented world as they are."""
    return exhibits(world())


def exhibits(given: Material) -> dict[str, Figure | Table]:
    """Return the exhibits of the three sections by key."""
    made = (make(given) for make in (bargaining, forum, decisions))
    shown = (each for section in made if section for each in section.exhibits)
    return {each.key: each for each in shown if isinstance(each, (Figure, Table))}


def test_the_invented_outcomes_have_the_columns_of_the_real_ones() -> None:
    usual = invented.outcomes()
    for name, columns in FRAMES.items():
        assert list(getattr(usual, name)) == columns, name


def test_a_case_without_an_agenda_has_none_of_the_sections() -> None:
    bare = material()
    assert bargaining(bare) is None
    assert decisions(bare) is None
    assert "forum_disappointment" not in exhibits(bare)
    empty = replace(world(), outcomes=replace(invented.outcomes(), positions=framed("positions"),
                    decisions=framed("decisions"), meetings=framed("meetings")))  # fmt: skip
    assert bargaining(empty) is None
    assert decisions(empty) is None
    assert "forum_disappointment" not in exhibits(empty)


def test_how_many_positions_are_assumed_comes_first() -> None:
    some = text(on_agenda(world()))
    assert some.startswith(
        "Of 22 positions below, 11 are assumed by the case, each with a range and a reason"
    )
    assert "among them all on ‘Price of grain’; the others are read from evidence" in some
    every = world(positions=invented.positions("assumed"))
    assert text(on_agenda(every)).startswith("All 22 positions below are assumed by the case")
    none = world(positions=invented.positions())
    assert text(on_agenda(none)).startswith("All 22 positions below are measured; none is assumed.")


def test_what_models_are_worth_is_read_from_the_scoreboard() -> None:
    board = shipped()
    usual = told(say.record_sentence(board, "weighted mean"))
    assert "On 351 decisions of the European Union on record, no model forecast better" in usual
    assert "off by 23.0 (20.9 to 25.1) points of a hundred on average; 5 others cannot be told" in usual
    assert "own model" not in usual
    worse = told(say.record_sentence(board, "challenge model"))
    assert "The case’s own model, the challenge model, is worse: by 6.7 (4.0 to 9.3) points." in worse
    alike = told(say.record_sentence(board, "spatial model of politics"))
    assert "the spatial model of politics, cannot be told from it" in alike
    assert "is not among those scored" in told(say.record_sentence(board, "exchange of positions"))
    better = board.assign(verdict=board["verdict"].mask(board["model"] == "plain mean", "better"))
    assert "the plain mean forecast better than the weighted mean" in told(
        say.record_sentence(better, "weighted mean")
    )


def test_other_models_stay_within_the_interval_or_it_hangs_on_the_model() -> None:
    near = text(on_agenda(world()))
    assert "the weighted mean of what 11 actors want is 0.60 (0.55 to 0.65)" in near
    assert "25\u202f% of the weight behind it rests on assumed positions" in near
    assert "Other models stay within that: from 0.58 (challenge model) to 0.62 (exchange" in near
    far = text(on_agenda(world(bargains=invented.bargains(spread=0.2, assumed=0.0))))
    assert "It hangs on the model: others go from 0.40 (challenge model) to 0.80" in far
    assert "rests on assumed positions" not in far


def test_those_with_most_weight_and_those_furthest_are_named_together_where_they_tie() -> None:
    usual = text(on_agenda(world()))
    assert "Most weight is with Aldovia (30\u202f%) and Brontia (20\u202f%)" in usual
    assert "furthest below it stands Ruritania at 0.00 and furthest above it stands Aldovia at 0.90." in usual
    same = invented.positions()
    same.loc[same["actor"].isin(["BBB", "CCC", "DDD"]), ["position", "position_low", "position_high"]] = 0.9
    assert "furthest above it stand Aldovia, Brontia and others at 0.90." in text(
        on_agenda(world(positions=same))
    )


def test_assumed_positions_are_drawn_otherwise_than_measured_ones() -> None:
    figure = usual()["bargaining_positions"]
    assert isinstance(figure, Figure)
    assert [each.name for each in figure.legend] == ["sourced", "assumed"]
    spec = dict(figure.panels[0].spec)
    filled = [layer for layer in spec["layer"] if "fill" in layer.get("encoding", {})]
    assert [layer["transform"] for layer in filled] == [[{"filter": "datum.mark !== 'assumed'"}]]


def test_beliefs_are_said_to_be_assumed_before_any_meeting_is_told() -> None:
    told_of = text(at_meetings(world())).splitlines()
    at = next(place for place, line in enumerate(told_of) if "is assumed, not measured" in line)
    assert "set at 0.20 (0.10 to 0.30), and otherwise for Ruritania" in told_of[at]
    assert all("Clearly disappointed" not in line for line in told_of[:at])


def test_who_is_absent_is_told_and_whether_that_is_reported() -> None:
    usual = text(at_meetings(world()))
    assert (
        "Spa 2021: of 11 actors 10 are taken to attend, which is reported of 0; absent, and without" in usual
    )
    assert "absent, and without a voice: Ruritania (stayed away)." in usual
    guessed = invented.meetings().assign(attendance_mark="assumed")
    assert "Ruritania (stayed away, as the case assumes)" in text(at_meetings(world(meetings=guessed)))


def test_the_most_disappointed_are_clear_open_or_not_to_be_told() -> None:
    clear = text(at_meetings(world()))
    assert (
        "Clearly disappointed are 10 of 11; most of all Ruritania, absent (0.60; 0.55 to 0.65), Ald" in clear
    )
    assert "the first clearly more than the next; nobody is clearly pleased." in clear
    assert "in an order that is open" in text(
        at_meetings(world(meetings=invented.meetings(0.32, earlier=0.32)))
    )
    wide = invented.meetings(half=0.9)
    assert "It cannot be told of anyone that it would be disappointed" in text(
        at_meetings(world(meetings=wide))
    )
    lower = text(at_meetings(world(meetings=invented.meetings(shift=0.28))))
    assert "; clearly pleased: 7" in lower


def test_the_misperception_that_explains_most_is_named() -> None:
    ally = text(at_meetings(world()))
    assert (
        "Ruritania expects 0.40 (0.35 to 0.45) on ‘Tolls on Ruritania’ where 0.60 (0.55 to 0.65) comes"
        in ally
    )
    assert "most of it, 70\u202f%, for it misjudges where Aldovia stands." in ally
    few = text(at_meetings(world(forum=invented.forum("salience", share=0.4))))
    assert "the largest part, 40\u202f%, for it misjudges how much others care." in few
    rival = text(at_meetings(world(forum=invented.forum("position_rival_side"))))
    assert "where Ruritania and those on its side stand" in rival
    assert "no single misperception explains it" in text(at_meetings(world(forum=invented.forum(""))))


def test_disappointment_grew_shrank_or_did_not_clearly_change() -> None:
    same = text(at_meetings(world()))
    assert (
        "Since Spa 2019, disappointment has not clearly changed for Ruritania, Aldovia and Brontia." in same
    )
    grown = text(at_meetings(world(meetings=invented.meetings(0.6, earlier=0.3))))
    assert "disappointment has clearly grown for Ruritania; and it has not clearly changed for Ald" in grown
    shrunk = text(at_meetings(world(meetings=invented.meetings(0.5, earlier=0.9))))
    assert "disappointment has clearly shrunk for Ruritania" in shrunk


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        ((0.6, 0.2, 0.9), "whether it passes cannot be told. Its chance is 60\u202f% (20 to 90\u202f%)."),
        ((0.98, 0.96, 1.0), "it almost certainly passes. Its chance is 98\u202f%"),
        ((0.7, 0.55, 0.9), "it is more likely to pass than not. Its chance is 70\u202f%"),
        ((0.3, 0.1, 0.45), "it is more likely to fail than not. Its chance is 30\u202f%"),
        ((0.02, 0.0, 0.04), "it almost certainly fails. Its chance is 2\u202f%"),
    ],
)
def test_a_decision_is_certain_likely_or_cannot_be_told(
    chance: tuple[float, float, float], said: str
) -> None:
    found = text(on_decisions(world(decisions=invented.decisions(*chance))))
    assert (
        "‘The Pact keeps its tolls’ comes up on 1 July 2021, then every half-year. It needs everyone" in found
    )
    assert said in found


def test_an_interval_never_leaves_out_the_mean_over_draws() -> None:
    odd = invented.decisions(0.9996, 1.0, 1.0)
    assert "99.96\u202f% (99.9 to 100\u202f%)" in text(on_decisions(world(decisions=odd)))


def test_what_is_assumed_of_votes_comes_first() -> None:
    found = text(on_decisions(world()))
    assert found.startswith("How far positions, and what holds members back, move their votes is assumed")
    assert "2 strengths with their ranges (doubt and isolation)" in found


def test_under_unanimity_any_member_can_stop_it_and_under_a_majority_none_alone() -> None:
    one, other = text(on_decisions(world())).splitlines()[1:]
    assert "Any member can stop it alone; most often it is Jotunland (20\u202f% of votes drawn)" in one
    assert "any proposal has to win over is most often Jotunland (40\u202f%)" in one
    assert "The vote of one seldom decides: most often that of Aldovia, in 2\u202f% of votes drawn" in other
    often = world("absolute_majority", members=invented.members(critical=0.3))
    assert "The vote of one can decide: most often that of Aldovia, in 30\u202f%" in text(on_decisions(often))
    assert "Any member can stop it" not in text(on_decisions(often))
    assert each_stops(world("unanimity_with_abstention"), "tolls")
    assert each_stops(world("constructive_abstention"), "tolls")
    assert not each_stops(world("two_thirds_voting"), "tolls")
    never = invented.members()
    never["stops"] = 0.0
    assert "in no vote drawn does one" in text(on_decisions(world(members=never)))


def test_the_least_likely_are_clear_open_or_all_almost_certain() -> None:
    clear = text(on_decisions(world()))
    assert "Least likely to vote for it: Jotunland at 50\u202f% (40 to 60\u202f%)" in clear
    assert "the first clearly below the others" in clear
    wide = text(on_decisions(world(members=invented.members(0.8, half=0.3))))
    assert "with intervals that overlap" in wide
    sure = text(on_decisions(world(members=invented.members(0.97, half=0.01))))
    assert "Every member almost certainly agrees; least so Jotunland, at 97\u202f%" in sure


def test_the_other_rule_is_set_beside_the_first() -> None:
    unlike = text(on_decisions(world())).splitlines()[2]
    assert (
        "Under the rule of ‘The Pact keeps its tolls’ it is 60\u202f% (20 to 90\u202f%), clearly less."
        in unlike
    )
    assert "Least likely to vote for it" not in unlike
    near = world(decisions=invented.decisions(other=(0.5, 1.0)))
    assert "; the intervals overlap." in text(on_decisions(near)).splitlines()[2]
    changed = invented.decisions()
    changed.loc[1, "proposal"] = 0.8
    assert "Under the rule of" not in text(on_decisions(world(decisions=changed)))


def test_the_smallest_change_that_turns_it_names_one_or_several_or_none() -> None:
    one = text(on_decisions(world()))
    assert (
        "it passes; the smallest change of positions that would turn it is of Jotunland by 0.20; wit" in one
    )
    several = text(on_decisions(world(flips=invented.flips("AAA, BBB, CCC"))))
    assert (
        "is of Aldovia, Brontia and Carpania by 0.20 in all; without anyone of these, of Illyria" in several
    )
    failing = invented.decisions().assign(at_likeliest=False)
    assert "as is likeliest, it fails" in text(on_decisions(world(decisions=failing)))
    none = world(flips=framed("flips"))
    assert "no change of members’ votes would turn that." in text(on_decisions(none))
    assert "decisions_flips" in usual()


def test_power_is_the_same_to_all_or_most_to_some() -> None:
    assert "The rule gives every member the same power, 10\u202f%" in text(on_decisions(world()))
    apart = world(members=invented.members(power=(0.3, 0.07)))
    assert "most power to Aldovia (30\u202f%) and least to Jotunland (7\u202f%)" in text(on_decisions(apart))
    assert "decisions_power_pact" in exhibits(apart)
    assert "decisions_power_pact" not in usual()


def test_what_members_expect_of_one_another_is_told_where_it_matters() -> None:
    assert "expect of one another" not in text(on_decisions(world()))
    hopeful = world(decisions=invented.decisions(hopeful=0.9))
    assert "if each expects all others to agree, the chance is 90\u202f%." in text(on_decisions(hopeful))


def test_the_answer_says_whether_what_comes_up_passes() -> None:
    usual = " ".join(each.text() for each in answer(world()))
    assert "Whether ‘The Pact keeps its tolls’ passes cannot be told: its chance is 60\u202f%" in usual
    assert "by assumed strengths, and least likely to vote for it is Jotunland." in usual
    assert "The same by a majority" not in usual
    sure = world(decisions=invented.decisions(0.98, 0.96, 1.0))
    assert "‘The Pact keeps its tolls’: it almost certainly passes" in " ".join(
        each.text() for each in answer(sure)
    )
    assert "tolls" not in " ".join(each.text() for each in answer(material()))


def test_a_verdict_turns_at_its_bounds() -> None:
    assert decide.verdict(0.95, 1.0) == "passes"
    assert decide.verdict(0.9499, 1.0) == "likely"
    assert decide.verdict(0.5, 1.0) == "open"
    assert decide.verdict(0.0, 0.05) == "fails"


def test_what_the_simulation_misses_is_among_the_gaps() -> None:
    assert "Agenda: tolls: LLL (no position)." in [gap.what for gap in gaps(world())]


@pytest.mark.parametrize(
    "key",
    [
        "bargaining_positions",
        "bargaining_models",
        "forum_disappointment",
        "forum_expectation",
        "decisions_votes",
    ],
)
def test_every_chart_keeps_to_the_schema_of_vega_lite(key: str) -> None:
    figure = usual()[key]
    assert isinstance(figure, Figure)
    schema = jsonschema.Draft7Validator(alt.load_schema())
    schema.validate(dict(figure.panels[0].spec))


def test_no_chart_is_drawn_twice_for_the_same_votes() -> None:
    same = usual()["decisions_votes"]
    assert isinstance(same, Figure)
    assert len(same.panels) == 1
    other = invented.members()
    other.loc[other["decision"] == "by_majority", "yes"] -= 0.1
    unlike = exhibits(world(members=other))["decisions_votes"]
    assert isinstance(unlike, Figure)
    assert len(unlike.panels) == 2


def test_every_table_says_for_each_number_what_it_rests_on() -> None:
    for key, each in usual().items():
        frame = each.table.frame if isinstance(each, Figure) else each.frame
        marks = [name for name in map(str, frame) if name == "mark" or name.endswith("_mark")]
        if key not in ("forum_statements", "forum_meetings", "forum_attendance"):
            assert marks, key
            assert frame[marks].isin(["sourced", "estimated", "assumed"]).all(axis=None), key


def test_the_page_holds_the_sections_its_numbers_and_their_sources(tmp_path: Path) -> None:
    brief = write(tmp_path / "brief", case=invented.case(), outcomes=invented.outcomes())
    page = brief.page.read_text(encoding="utf-8")
    for key in ("bargaining", "forum", "decisions"):
        assert f'<section id="{key}"' in page
    assert "1,000 draws of what is uncertain, seed 0" in page
    assert 'id="source-customs"' in page
    ledger = pd.read_csv(tmp_path / "brief" / "numbers" / "numbers.csv")
    assert set(ledger[ledger["section"] == "decisions"]["mark"]) == {"assumed", "sourced"}
    assert (tmp_path / "brief" / "numbers" / "bargaining_positions.csv").exists()


def test_sections_stand_in_the_order_of_the_argument() -> None:
    assert SECTIONS[-7:] == (bargaining, forum, occasions, decisions, projection, options, claims)


def test_a_plain_brief_loads_no_compiler() -> None:
    code = (
        "import sys, detente.briefing.writing, detente.study; "
        "print([name for name in ('numba', 'highspy', 'detente.simulation') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
