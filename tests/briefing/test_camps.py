"""The section on camps: sentences turn with the numbers, and figures come only with their evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, cast

import pandas as pd
import pytest

from detente.briefing.answer import answer
from detente.briefing.material import Material
from detente.briefing.prose import Sentence
from detente.briefing.reading import where
from detente.briefing.sections import camps_detachment as part
from detente.briefing.sections import camps_holds as hold
from detente.briefing.sections import camps_sentences as say
from detente.briefing.sections.camps import camps, in_bloc, notes, title_of
from detente.briefing.sections.camps_figures import moments_of
from detente.briefing.sections.camps_reading import Camps, camps_of
from detente.briefing.sections.stance import groups
from detente.evidence import Evidence
from detente.measurement import camp_frames
from tests.briefing import ruritania_camps as invented
from tests.briefing import ruritania_measures as measured
from tests.briefing.ruritania import Shelf, World, case_of, material


@cache
def bare() -> Material:
    """Return the invented world without camps."""
    return material()


@cache
def usual() -> Material:
    """Return the invented world with camps; its tables are not to be changed in place."""
    return replace(bare(), measures=replace(bare().measures, **invented.camps()))


@cache
def usual_camps() -> Camps:
    """Return the camps of the invented world as they are."""
    held = camps_of(usual())
    assert held is not None
    return held


def world(**changes: Any) -> Material:
    """Return the invented world with camps, its tables changed as given."""
    return replace(usual(), measures=replace(usual().measures, **changes))


def found(**changes: Any) -> Camps:
    """Return the camps of the invented world, its tables changed as given."""
    if not {"camp_members", "camp_periods"} & set(changes):
        return usual_camps()
    held = camps_of(world(**changes))
    assert held is not None
    return held


def rungs(**changes: Any) -> part.Rungs:
    """Return the ladder of the invented world."""
    held = part.rungs_of(world(**changes), found(**changes))
    assert held is not None
    return held


def text(said: Sentence | None) -> str:
    """Return a sentence as text; none is a failure."""
    assert said is not None
    return said.text()


def test_the_invented_camps_have_the_columns_of_the_real_ones() -> None:
    for name, frame in invented.camps().items():
        assert set(frame) == set(camp_frames.FRAMES[name]), name


def test_balance_is_told_with_what_is_proven_and_what_is_not() -> None:
    proven = text(say.balance_sentence(found()))
    assert "In 2020, the best division of 200 actors into two camps leaves 18\u202f% of the weight" in proven
    assert proven.endswith("and it is proven that none leaves less.")
    open_ = text(say.balance_sentence(found(camp_periods=invented.camp_periods(gap=0.5))))
    assert "the best division of 200 actors into two camps that was found leaves 18\u202f% (9 to" in open_
    assert "that none leaves less is not proven" in open_
    none = text(say.balance_sentence(found(camp_periods=invented.camp_periods(0.0))))
    assert "leaves 0\u202f% of the weight" in none
    assert none.endswith("disagreement within one: they are in balance.")
    one = text(say.balance_sentence(found(camp_periods=invented.camp_periods(camps=1))))
    assert "bind all 200 actors into one camp rather than divide them" in one
    assert "into three camps" in text(
        say.balance_sentence(found(camp_periods=invented.camp_periods(camps=3)))
    )


def test_balance_is_closer_further_or_about_as_far_as_in_the_first_period() -> None:
    assert "closer to balance than in 1990" in text(say.trend_sentence(found()))
    worse, alike = (invented.camp_periods(0.18, early=early) for early in (0.1, 0.19))
    assert "further from balance than in 1990" in text(say.trend_sentence(found(camp_periods=worse)))
    assert "about as far from balance as in 1990" in text(say.trend_sentence(found(camp_periods=alike)))
    unsure = invented.camp_periods(0.18, early=0.25, gap=0.5)
    assert "about as far from balance as in 1990" in text(say.trend_sentence(found(camp_periods=unsure)))


def test_camps_are_named_after_actors_of_the_case_and_counted() -> None:
    told = text(say.sides_sentence(found()))
    assert "that of Aldovia, Brontia and Carpania (" in told
    assert "and that of Kravonia, Lutha and Moldania (" in told
    held = found()
    for camp in held.order:
        assert f"({len(where(held.now, camp=camp))}" in told


def test_the_camp_of_most_of_the_bloc_comes_first_and_keeps_its_place_in_every_period() -> None:
    here = found()
    assert here.home == invented.HOME
    assert [here.series[camp].place for camp in here.order] == [0, 1]
    swapped = invented.camp_members()
    swapped["camp"] = 3 - swapped["camp"]
    assert found(camp_members=swapped).home == invented.OTHER


def test_more_camps_than_colours_share_the_last_one() -> None:
    many = invented.camp_members()
    many["camp"] += 10 * (many.groupby("period").cumcount() % 9)
    held = found(camp_members=many)
    names = [held.series[camp].name for camp in held.order]
    assert len(held.order) > 6
    assert names.count("Smaller camps") == len(held.order) - 5
    assert "smaller ones with" in text(say.sides_sentence(held))


def test_the_bloc_stands_in_one_camp_or_not_and_the_rival_in_the_same_or_another() -> None:
    whole = text(in_bloc(world(), found()))
    assert whole.startswith(
        "All 10 Pact members of today that have ties stand in one camp, Aldovia among them; "
    )
    assert whole.endswith("; Ruritania stands in another camp.")
    split = invented.camp_members(apart=("BBB", "CCC"), rival=invented.HOME)
    told = text(in_bloc(world(camp_members=split), found(camp_members=split)))
    assert told.startswith(
        "8 of 10 Pact members of today that have ties stand in one camp, Aldovia among them; Brontia and "
        "Carpania"
    )
    assert "Carpania do not" in told
    assert told.endswith("; Ruritania stands in the same camp.")
    gone = invented.camp_members(apart=("AAA",))
    assert "; Aldovia does not; Ruritania" in text(
        in_bloc(world(camp_members=gone), found(camp_members=gone))
    )
    lost = invented.camp_members()
    lost = lost[lost["actor"] != "RRR"]
    assert "Ruritania" not in text(in_bloc(world(camp_members=lost), found(camp_members=lost)))


def test_the_answer_says_where_the_bloc_stands_by_its_ties_and_only_where_camps_were_measured() -> None:
    told = " ".join(each.text() for each in answer(world()))
    assert "By the ties themselves and not by treaty, in 2020, all 10 Pact members of today" in told
    assert "By the ties themselves" not in " ".join(each.text() for each in answer(bare()))
    assert len(answer(world())) == len(answer(bare()))


def test_realignments_are_told_with_what_is_usual_and_what_chance_explains() -> None:
    def told(**how: Any) -> str:
        return text(say.realigned_sentence(invented.realignments(**how), found()))

    assert told().startswith("More changed camp than chance explains between 2003 and 2004 (8")
    assert told().endswith("of those at hand in both, most of them to stay).")
    assert "most of them not to stay)" in told(stayed=2)
    perhaps = told(p_value=0.4)
    assert perhaps.startswith("Most changed camp between 2003 and 2004")
    assert perhaps.endswith("; in so long a series that may be chance.")
    assert told(usual=0.2) == "Between no two periods did more change camp than is usual."
    changes = invented.realignments()
    assert say.realigned_sentence(changes.assign(p_value=float("nan")), found()) is None
    assert say.realigned_sentence(changes.iloc[:0], found()) is None


def test_what_votes_cannot_say_is_told_where_the_camps_rest_on_votes() -> None:
    none = bare().measures.roll_calls.iloc[:0]
    told = text(say.votes_sentence(found(), none))
    assert "The camps of 2020 rest on 80 roll calls on every subject. They say" in told
    assert "to share a camp with the rival is not to side with it" in told
    assert "on ‘Fish’." in text(say.votes_sentence(found(), none, issue="Fish"))
    other = found(camp_periods=invented.camp_periods(roll_calls=0))
    assert say.votes_sentence(other, none) is None
    votes = bare().measures.roll_calls
    assert "on the rival that this brief looks at, none is among them" in text(
        say.votes_sentence(found(), votes)
    )
    late = votes.assign(date=pd.Timestamp(2020, 3, 2))
    assert "looks at, 2 are among them" in text(say.votes_sentence(found(), late))
    assert "looks at, 1 is among them" in text(say.votes_sentence(found(), late[late["roll_call"] == "b:1"]))


def test_the_member_held_least_is_named_beside_what_chance_would_give() -> None:
    names = bare().names
    told = text(part.least_sentence(rungs(), names))
    assert (
        "core, Jotunland is held least firmly: to part it from them would set a further 2.0 in weight" in told
    )
    assert "against the camps, 3\u202f% of all its ties and not clearly apart from" in told
    assert "apart from the 0.5 (−4.0 to 5.0) that chance would give" in told
    firm = rungs(detachment=invented.detachment(chance=(-4.0, 1.0)))
    assert "more than the −1.5 (−4.0 to 1.0)" in text(part.least_sentence(firm, names))
    loose = rungs(detachment=invented.detachment(chance=(4.0, 9.0)))
    assert "less than the 6.5" in text(part.least_sentence(loose, names))
    sampled = text(part.least_sentence(rungs(detachment=invented.detachment(half=6.5)), names))
    assert "Jotunland is held least firmly" not in sampled
    wide = rungs(detachment=invented.detachment(margin=7.0, half=3.0))
    assert (
        "Jotunland is held least firmly: to part it from them would set a further 7.0 (4.0 to 10.0)"
        in text(part.least_sentence(wide, names))
    )
    assert "and not clearly apart from the 0.5" in text(part.least_sentence(wide, names))
    assert "go along" not in told
    along = rungs(detachment=invented.detachment(along="HHH III"))
    assert text(part.least_sentence(along, names)).endswith("; Hyrkania and Illyria would go along.")
    other = rungs(detachment=invented.detachment("BBB"))
    assert "Brontia is held least firmly" in text(part.least_sentence(other, names))
    near = rungs(detachment=invented.detachment(margin=11.5, open_=3.0))
    open_ = text(part.least_sentence(near, names))
    assert "Jotunland seems held least firmly, though the order is open" in open_
    assert "a further 11.5 (8.5 to 11.5)" in open_


def test_members_that_chance_would_hold_as_well_are_named() -> None:
    names = bare().names
    told = text(part.chance_sentence(rungs(), names))
    assert told.startswith("9 of these 10 members are held more firmly than chance")
    assert told.endswith(": of Jotunland that cannot be said.")
    all_ = rungs(detachment=invented.detachment(chance=(-4.0, 1.0)))
    assert text(part.chance_sentence(all_, names)).startswith("All 10 of these members are held more firmly")
    few = text(part.chance_sentence(rungs(detachment=invented.detachment(chance=(0.0, 25.0))), names))
    assert few.startswith("3 of these 10 members")
    assert "cannot be said" not in few


def test_members_outside_already_are_set_apart_from_those_that_could_leave() -> None:
    names = bare().names
    assert part.outside_sentence(rungs(), names) is None
    gone = rungs(detachment=invented.detachment(apart=("CCC",)))
    told = text(part.outside_sentence(gone, names))
    assert told.startswith("Carpania (3.0) stands outside the camp of the core already")
    assert "Jotunland is held least firmly" in text(part.least_sentence(gone, names))


def test_change_since_the_earlier_period_is_told_either_way_or_as_little() -> None:
    names = bare().names
    less = text(part.change_sentence(rungs(), names))
    assert less.startswith(
        "Since 2010, some members have come to be held less firmly, above all Jotunland (3"
    )
    assert less.endswith("(3\u202f% of the weight of its ties, after 10\u202f%).")
    firmer = rungs(detachment=invented.detachment(margin=9.0, earlier=2.0))
    assert "more firmly, above all Jotunland (15\u202f% of the weight of its ties, after 3\u202f%)" in text(
        part.change_sentence(firmer, names)
    )
    same = rungs(detachment=invented.detachment(margin=2.0, earlier=2.1))
    assert "No member has come to be held much more or less firmly since 2010" in text(
        part.change_sentence(same, names)
    )
    now = invented.detachment()
    alone = rungs(detachment=now[now["period"] == now["period"].max()])
    assert part.change_sentence(alone, names) is None


def test_two_leave_together_where_that_saves_and_it_is_said_where_it_does_not() -> None:
    names = bare().names

    def told(pairs: pd.DataFrame) -> str:
        return text(part.together_sentence(pairs, rungs(), names))

    assert "saved by Illyria and Jotunland: to part both at once costs 40\u202f% less" in told(
        invented.leaving_together()
    )
    assert "No two of them would be easier to part" in told(invented.leaving_together(-1.0))
    assert "saves little: at most 1\u202f%" in told(invented.leaving_together(0.2))
    unproven = told(invented.leaving_together(proven=False))
    assert unproven.endswith("costs 40\u202f% less than to part each alone (best found, not proven).")
    unheld = told(invented.leaving_together().assign(alone_a=0.0, alone_b=0.0))
    assert unheld == "If two left together, most would be saved by Illyria and Jotunland."
    assert part.together_sentence(invented.leaving_together().iloc[:0], rungs(), names) is None


def test_what_holds_a_member_turns_with_the_sign_of_its_ties() -> None:
    def told(**how: Any) -> str:
        made = {"holds": invented.holds(**how)}
        return text(hold.holds_sentence(world(**made), found(**made), rungs(**made), "JJJ"))

    usual = told()
    assert usual.startswith("What holds Jotunland in most is its agreement with the core of the bloc")
    assert "what pulls it out most is its agreement with other camps" in usual
    assert "those with Aldovia, Brontia and Carpania hold it most" in usual
    assert "those with Ruritania, Moldania and Lutha pull it out most" in usual
    turned = told(sign=-1)
    assert turned.startswith("What holds Jotunland in most is its disagreement with other camps")
    assert "what pulls it out most is its disagreement with the core of the bloc" in turned


def test_groups_of_ties_add_up_to_all_ties_of_the_member() -> None:
    here = world()
    for actor in ("JJJ", "III"):
        told = hold.held(here, found(), rungs(), actor)
        assert told.groups["pull"].sum() == pytest.approx(
            where(invented.holds(), actor=actor)["contribution"].sum()
        )
        assert {"The core", "Other members", "Aldovia", "Ruritania"} <= set(told.groups["name"])


def test_what_others_spare_by_going_along_is_a_group_and_no_tie() -> None:
    last = {"bloc": "PACT", "period": measured.YEARS[-1], "actor": "JJJ", "other": None, "layer": "along"}
    rest = pd.DataFrame([{**last, "contribution": -9.0, "mark": "estimated", "source": "ballots"}])
    made = {"holds": pd.concat([invented.holds(), rest], ignore_index=True)}
    told = hold.held(world(**made), found(), rungs(), "JJJ")
    assert told.groups["name"].iloc[-1] == "Others going along"
    assert len(told.single) == len(hold.held(world(), found(), rungs(), "JJJ").single)
    assert "its agreement with other camps" in text(
        hold.holds_sentence(world(**made), found(), rungs(), "JJJ")
    )


def test_stance_points_to_the_same_member_or_elsewhere() -> None:
    names = bare().names
    for lowest, words in (
        ("JJJ", "points to the same member: Jotunland"),
        ("III", "lowest there is Illyria"),
    ):
        placed, _ = groups(world(stance=measured.stance(lowest)))
        assert words in text(part.stance_sentence(rungs(), placed, names))


def test_the_section_holds_only_what_there_is_evidence_for() -> None:
    assert camps(bare()) is None
    empty = {name: frame.iloc[:0] for name, frame in invented.camps().items()}
    here = camps(
        world(**{**empty, "camp_members": invented.camp_members(), "camp_periods": invented.camp_periods()})
    )
    assert here is not None
    assert [each.key for each in here.exhibits] == ["camps_map", "camps_over_time", "camps_balance"]
    one = invented.camp_members(years=range(2020, 2021))
    last = invented.camp_periods()
    here = camps(world(**{**empty, "camp_members": one, "camp_periods": last}))
    assert here is not None
    assert [each.key for each in here.exhibits] == ["camps_map"]


def test_windows_are_periods_where_there_are_no_years() -> None:
    def as_windows(frame: pd.DataFrame) -> pd.DataFrame:
        held = frame[frame["period"].isin([1999, 2020])]
        return held.assign(period=held["period"].map({1999: "first", 2020: "third"}))

    tables = {
        "camp_members": as_windows(invented.camp_members()),
        "camp_periods": as_windows(invented.camp_periods()),
    }
    assert found(**tables).latest == "third"
    assert text(say.balance_sentence(found(**tables))).startswith("In Era 3, 2010–2020, the best division")
    both = pd.concat([tables["camp_periods"], invented.camp_periods()])
    assert found(camp_periods=both).latest == "2020"


def test_a_former_state_is_where_the_one_that_continues_it_is() -> None:
    class Continued(World):
        def lineage(self, code: str) -> tuple[str, ...]:
            return ("RRR", "MMM") if code == "RRR" else (code,)

    members = invented.camp_members()
    early = (members["actor"] == "RRR") & (members["period"] < 2000)
    members.loc[early, "actor"] = "MMM"
    here = world(camp_members=members.drop_duplicates(["period", "actor"]))
    shelf = cast(Evidence, Shelf(gazetteer=Continued()))
    held = camps_of(replace(here, evidence=shelf))
    assert held is not None
    assert "MMM" not in set(held.members["actor"])
    assert set(where(held.members, actor="RRR")["period"]) == {str(year) for year in measured.YEARS}


def test_moments_are_first_and_last_the_largest_changes_and_what_lies_between() -> None:
    here = found()
    changes = say.realigned(invented.realignments(), here)
    chosen = moments_of(here, changes, 8)
    assert len(chosen) == 8
    assert chosen == sorted(chosen)
    assert {"1990", "2003", "2004", "2020"} <= set(chosen)
    assert {"2003", "2004"} <= set(moments_of(here, changes, 5))
    assert not {"2003", "2004"} & set(moments_of(here, changes, 4))
    assert len(moments_of(here, changes.iloc[:0], 50)) == len(here.periods)


def test_the_notes_say_what_the_camps_rest_on_and_the_case_gives_reasons() -> None:
    layer = {"by": "votes", "title": "Ballots", "weight": 2.0, "reason": "Votes count most."}
    ties = {"by": "ties", "kinds": "grain_share", "sign": -1}
    asked = {"layers": {"ballots": layer, "grain": ties}, "reason": "Why so.", "title": "Who with whom"}
    case = case_of(camps=asked)
    told = notes(replace(world(), case=case), found())
    assert title_of(case) == "Who with whom"
    assert told[0].startswith("Camps come from roll calls in the evidence.")
    assert "Ties: Ballots (weight 2); grain (more of it divides)." in told[0]
    assert told[1] == "Why so."
    assert title_of(case_of()) == "Camps: who really stands with whom"
