"""Sentences follow the numbers: turn the numbers round, and the sentence turns with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from detente.briefing.answer import answer
from detente.briefing.composing import compose
from detente.briefing.gaps import gaps
from detente.briefing.names import Names
from detente.briefing.sections import dependence, forum, stance, threat, weakest
from tests.briefing import ruritania_measures as invented
from tests.briefing import ruritania_points as placed
from tests.briefing.ruritania import Shelf, case_of, material


def told(**changes: Any) -> str:
    """Return the answer as one text."""
    return " ".join(each.text() for each in answer(material(**changes)))


def test_general_unity_rises_falls_or_stays_with_the_intervals() -> None:
    assert "clearly above the 0.60" in told()
    assert "clearly below the 0.95" in told(cohesion=invented.cohesion(early=0.95))
    assert "not clearly apart from the 0.79" in told(cohesion=invented.cohesion(early=0.79))


def test_how_often_members_vote_alike_is_said_in_words_that_fit() -> None:
    assert "often vote alike" in told()
    assert "almost always vote alike" in told(cohesion=invented.cohesion(0.97))
    assert "no more than sometimes vote alike" in told(cohesion=invented.cohesion(0.4, early=0.3))


def test_votes_on_the_rival_are_as_one_or_split() -> None:
    united, split = told(), told(roll_calls=invented.ballots(split=True))
    assert "On Ruritania, Pact members vote as one" in united
    assert "10 of 10 voted yes on R/1 (27 March 2014)" in united
    assert "On Ruritania, Pact members split" in split
    assert "8 of 10 voted yes on R/2" in split


def test_few_votes_are_said_to_tell_little_and_many_are_not() -> None:
    assert (
        "So few votes tell little of the next: the agreement index that they allow is 1.00 (0.43 to 1.00)"
        in told()
    )
    enough = invented.cohesion().assign(interval="roll calls")
    assert "So few votes" not in told(cohesion=enough)


def test_many_votes_on_the_rival_are_counted_and_not_listed() -> None:
    many = pd.concat([invented.ballots(split=True).assign(resolution=f"R/{k}") for k in range(3)])
    assert "On ‘Rivers’, Pact members split: 3 of 6 votes were unanimous" in told(roll_calls=many)


def test_the_weakest_link_is_named_or_left_open() -> None:
    assert "Jotunland stands furthest from the rest" in told()
    assert "Illyria stands furthest from the rest" in told(stance=invented.stance("III"))
    wide = told(stance=invented.stance(half=2.0))
    assert "among the weakest links are Jotunland" in wide
    assert "in an order that is open" in wide
    assert "furthest" not in wide


def test_members_above_the_middle_are_counted_with_bounds() -> None:
    assert "9 of the 10 members placed stand above" in told()
    assert "(at least 0, at most 10) of the 10 members" in told(stance=invented.stance(half=4.0))


def test_one_measurement_carries_the_scale_or_none_does() -> None:
    assert "No single measurement carries the scale" in told()
    carried = told(leave_one_out=invented.leave_one_out(0.4))
    assert "One measurement carries much of the scale: without ‘Vote on R/1’" in carried


def test_the_answer_has_between_three_and_six_sentences_of_prose() -> None:
    assert 3 <= len(answer(material())) <= 6


def test_the_answer_says_when_roll_calls_end_long_before_its_day() -> None:
    late = case_of(as_of=date(2025, 1, 1))
    assert "The roll calls at hand end in 2020, the votes on the rival apart." in told(case=late)
    assert "roll calls at hand end" not in told()
    assert any("voted in general after 2020" in gap.what for gap in gaps(material(case=late)))
    assert not any("voted in general after" in gap.what for gap in gaps(material()))


def test_without_evidence_the_answer_says_so() -> None:
    world = material()
    tables = (*invented.TABLES, *placed.points())
    bare = {name: getattr(world.measures, name).iloc[:0] for name in tables}
    page = compose(material(shelf=Shelf(facts=Shelf().facts.iloc[:0]), **bare))
    assert page.answer[0].text().startswith("The evidence at hand does not answer the question")
    assert page.sections == ()


def test_a_case_without_stance_ally_or_forum_still_gives_a_page() -> None:
    plain_case = case_of(stance=None, ally=None, forum=None, threat=None, compare={}, reference=None)
    bare: dict[str, Any] = {
        "stance": invented.stance().iloc[:0],
        "comparison": invented.comparison().iloc[:0],
    }
    page = compose(material(case=plain_case, **bare))
    told = [section.key for section in page.sections]
    assert told == ["unity", "ideal_points", "weakest", "dependence"]
    assert any("the case names no measurements" in gap.what for gap in page.gaps)


def test_the_member_that_votes_least_with_the_rest_is_clearly_so_or_not() -> None:
    apart, near = (material(weakest=invented.weakest(second)) for second in (0.7, 0.52))
    clear = weakest.breaks_sentence(apart.measures.weakest, "PACT", apart.names)
    close = weakest.breaks_sentence(near.measures.weakest, "PACT", near.names)
    assert clear is not None
    assert close is not None
    assert "Carpania agrees least" in clear.text()
    assert "), clearly less" in clear.text()
    assert "though not clearly less" in close.text()


def test_a_reason_names_what_pulls_down_and_what_holds_up() -> None:
    world, pulls = material(), invented.contributions()
    down = weakest.reason_sentence("JJJ", pulls, world.names)
    up = weakest.reason_sentence("JJJ", pulls.assign(pull=pulls["pull"].abs()), world.names)
    assert down is not None
    assert up is not None
    assert (
        "pulled down most by ‘Grain with Ruritania’ (65\u202f%), and held up most by ‘Vote on R/1’"
        in down.text()
    )
    assert "No measurement pulls Jotunland below" in up.text()


def test_dependence_names_the_highest_of_the_last_covered_year() -> None:
    world, shares = material(), invented.dependence()
    late = shares[(shares["actor"] == "BBB") & (shares["year"] == 2020)].assign(year=2021, value=99.0)
    text = dependence.most_sentence(pd.concat([shares, late]), "grain", world.names)
    assert text is not None
    assert text.text().startswith(
        "Grain from Ruritania was highest in 2020 for Jotunland (82\u202f%, against 72\u202f%"
    )


def test_views_set_the_ally_beside_the_others_or_say_that_it_was_not_asked() -> None:
    world, asked = material(), invented.threat()
    views = asked[asked["part"] == "views"]
    both = threat.view_sentence(views, "AAA", world.names)
    alone = threat.view_sentence(views[views["actor"] != "AAA"], "AAA", world.names)
    assert both is not None
    assert alone is not None
    assert "and in Aldovia: 50\u202f% (47 to 53\u202f%)" in both.text()
    assert "not asked" in alone.text()
    single = threat.view_sentence(views[views["actor"].isin(["AAA", "BBB"])], "AAA", world.names)
    assert single is not None
    assert "only one member’s public was asked, that of Brontia: 51\u202f%" in single.text()
    assert "median" not in single.text()


def test_spread_counts_members_whose_whole_interval_is_above_the_middle() -> None:
    places = invented.stance()
    members, beside = places[places["group"].str.startswith("PACT")], places[places["group"] == "reference"]
    found = stance.spread(members, beside)
    assert found is not None
    assert (found.low, found.value, found.high) == (9, 9, 9)


def test_what_could_not_be_measured_is_named_with_the_command_that_mends_it() -> None:
    found = {gap.what: gap.mend for gap in gaps(material())}
    assert found["Stance: aid (no value)."] == "type: detente data pull customs"
    assert any("name no known actor: 1" in what for what in found)


def test_gaps_with_the_same_reason_are_told_together() -> None:
    missing = pd.DataFrame(
        [
            {"part": "cohesion", "what": f"Rest, {issue}: 1972 to 1974", "why": "no votes", "hint": ""}
            for issue in "ab"
        ]
    )
    found = [gap.what for gap in gaps(material(missing=missing))]
    assert found[0] == "Cohesion: Rest, a: 1972 to 1974; Rest, b: 1972 to 1974 (no votes)."


def _left_out(**places: dict[str, float]) -> pd.DataFrame:
    cells = [(out, actor, value) for out, each in places.items() for actor, value in each.items()]
    return pd.DataFrame(cells, columns=["left_out", "actor", "value"])


def test_who_is_lowest_whichever_measurement_is_left_out_turns_with_the_refits() -> None:
    actors = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]
    names = Names({code: code for code in actors}, {"measurements": {"aid": "Aid"}})
    same = dict(zip(actors, (0.0, 1.0, 2.0, 3.0, 4.0, 5.0), strict=True))
    members = pd.DataFrame({"actor": actors, "value": list(same.values())})
    firm = weakest.robust_sentence(_left_out(aid=same), members, names)
    assert firm is not None
    assert firm.text() == "AAA, BBB and CCC are among the lowest three whichever measurement is left out."
    moved = weakest.robust_sentence(_left_out(aid={**same, "BBB": 9.0}), members, names)
    assert moved is not None
    assert moved.text().endswith("whichever measurement is left out; BBB drops out without ‘Aid’.")
    turned = {actor: -value for actor, value in same.items()}
    nobody = weakest.robust_sentence(
        _left_out(aid=turned, view={**turned, "CCC": 9.0, "BBB": 8.0}), members, names
    )
    assert nobody is not None
    assert nobody.text().startswith("None is among the lowest")


def test_the_rivals_record_at_the_forum_turns_with_the_facts() -> None:
    facts = pd.DataFrame(
        {
            "actor": ["RIV", "RIV", "RIV", "OTH"],
            "date": pd.to_datetime(["2007-02-09", "2008-02-08", "2010-02-05", "2011-02-04"]),
            "key": ["took_part", "took_part", "not_invited", "took_part"],
        }
    )
    told = forum.rival_sentence(facts, "RIV", Names({"RIV": "Rival"}))
    assert told is not None
    assert told.text() == "As far as established, Rival took part in 2007–2008 and was not invited in 2010."
    assert forum.rival_sentence(facts, "ELS", Names({})) is None
