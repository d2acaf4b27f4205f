"""The section on what each side can do: sentences turn when numbers turn, and every side is told alike."""

from __future__ import annotations

import re
from typing import Any

import altair as alt
import jsonschema  # type: ignore[import-untyped]  # comes with Altair, without stubs
import pandas as pd
import pytest

from detente.briefing.answer import answer
from detente.briefing.composing import compose
from detente.briefing.exhibits import Figure, Section, Table
from detente.briefing.prose import Sentence
from detente.briefing.sections import options_breaks as breaks
from detente.briefing.sections import options_sentences as say
from detente.briefing.sections.options import options as section_of
from detente.measurement.missing import Missing, as_frame
from tests.briefing import ruritania_options as invented
from tests.briefing.ruritania import material

NAMES = material().names


def section(**changes: Any) -> Section:
    """Return the section on the invented options."""
    found = section_of(invented.world(**changes))
    assert found is not None
    return found


def text(found: Sentence | None) -> str:
    """Return a sentence that there must be."""
    assert found is not None
    return found.text()


def test_a_best_portfolio_is_named_only_where_it_is_told_apart_from_all_others() -> None:
    told = text(say.best_sentence(invented.player(), invented.portfolios()))
    assert "‘Offer trade’ loses least against what would have been best, 0.20 (0.10 to 0.30) points" in told
    assert "the next, ‘Offer trade + Close the river’, loses 0.30 (0.25 to 0.35) points more" in told
    open_end = text(say.best_sentence(invented.player(), invented.portfolios(("trade", "both"))))
    assert (
        "which loses least cannot be told; alike are ‘Offer trade’ and ‘Offer trade + Close the" in open_end
    )
    assert "loses least against" not in open_end
    assert "No lever" not in open_end


def test_the_answer_names_what_is_told_apart_and_for_whom_nothing_is() -> None:
    clear, open_ = invented.portfolios(), invented.portfolios(("trade", "both"))
    crown, pact = invented.player(), {**invented.player(), "title": "The Pact"}
    told = text(say.answer_sentence([(crown, clear), (pact, open_)]))
    assert "what loses least is ‘Offer trade’ for The Crown" in told
    assert told.endswith("; which portfolio does cannot be told for The Pact.")
    assert "cannot be told" not in text(say.answer_sentence([(crown, clear)]))
    assert "what loses least is" not in text(say.answer_sentence([(pact, open_)]))
    assert "which portfolio does cannot be told" in " ".join(
        each.text() for each in answer(invented.world(portfolios=open_.assign(player="crown")))
    )
    assert "each side can do" not in " ".join(each.text() for each in answer(material()))


def test_where_nothing_new_is_not_beaten_that_is_said() -> None:
    told = text(say.best_sentence(invented.player(), invented.portfolios(("trade", "both", "nothing"))))
    assert told.endswith("No lever of its own is shown to be better than doing nothing new.")


@pytest.mark.parametrize(
    ("share", "words"), [(0.05, "5\u202f%"), (0.05, "rarely a loss"), (0.2, "a risk"), (0.3, "a gamble")]
)
def test_what_a_portfolio_risks_is_named_by_how_often_it_does_worse(share: float, words: str) -> None:
    held = invented.portfolios(worse=share, worse_low=share / 2, worse_high=share * 1.5)
    told = text(say.risk_sentence(held))
    assert words in told
    assert told.startswith("‘Offer trade’ does worse")
    alike = invented.portfolios(("trade", "both"), worse=share, worse_low=share / 2, worse_high=share * 1.5)
    assert "first among them by a margin that tells nothing" in text(say.risk_sentence(alike))


def test_both_sides_of_the_medal_are_told_and_only_what_is_clear() -> None:
    told = text(say.medal_sentence(invented.medal(), "trade", "Offer trade"))
    assert told == (
        "In points, it gains on ‘Peace’ (0.50; 0.40 to 0.60); the other side of it: ‘Grain’ (−0.20; −0.30 to "
        "−0.10) and its cost (−0.10; −0.20 to −0.10)."
    )
    unclear = invented.medal(peace=(0.5, -0.1, 1.1), grain=(0.01, 0.005, 0.02))
    told = text(say.medal_sentence(unclear, "trade", "Offer trade"))
    assert "gains clearly on no objective" in told
    assert "Peace" not in told and "Grain" not in told
    none = invented.medal(peace=(0, 0, 0), grain=(0, 0, 0), cost=(0, 0, 0))
    assert "no objective by more than a trace" in text(say.medal_sentence(none, "trade", "Offer trade"))


def test_an_equilibrium_is_firm_only_where_it_comes_up_nearly_always() -> None:
    told = text(say.game_sentence(invented.player(), invented.game(0.95)))
    assert "‘Offer trade’ against ‘Buy elsewhere’ or ‘Nothing new’ comes up most, in 95\u202f%" in told
    assert told.endswith("firm.") and "not firm" not in told
    assert text(say.game_sentence(invented.player(), invented.game(0.6))).endswith("not firm.")
    bound = text(say.game_sentence(invented.player(commits=0.4), invented.game()))
    assert "To commit itself first would gain it 0.40 points." in bound
    assert "no equilibrium" in text(say.game_sentence(invented.player(), invented.game().iloc[:0]))


def test_the_nearest_change_of_a_weight_is_told_and_that_there_is_none() -> None:
    assert "(‘Portfolio 1.25’)" in say.turning_sentence(invented.turning(0.25, 1.25)).text()
    assert "(‘Portfolio 0.25’)" in say.turning_sentence(invented.turning(0.25)).text()
    assert say.turning_sentence(invented.turning()).text().startswith("No single weight of its objectives")


def test_a_sign_is_told_only_where_it_gains_beyond_doubt_and_by_more_than_a_trace() -> None:
    told = text(say.watch_sentence(invented.player(), invented.signs(0.3)))
    assert "once it is at or above 0.40 from 2022 to 2023, to go from ‘Nothing new’ to ‘Offer trade’" in told
    assert "gains 0.30 (0.20 to 0.40) points" in told
    assert say.watch_sentence(invented.player(), invented.signs(0.3, useful=False)) is None
    assert say.watch_sentence(invented.player(), invented.signs(0.01)) is None
    without = text(say.unwatched_sentence(["The Crown"], []))
    assert without.startswith("For The Crown no sign was found") and "not shown" in without
    assert say.unwatched_sentence([], []) is None
    assert "pays for The Pact" in text(say.unwatched_sentence(["The Crown"], ["The Pact"]))


def test_breaks_are_told_by_their_routes_or_that_nothing_plausible_brings_them_about() -> None:
    two = breaks.break_sentence(invented.broken(), invented.routes(0.8, 1.2)).text()
    assert "the ways that were found are 0.80 (0.70 to 0.90) away by ‘King changes’ (0.64)" in two
    assert "; 1.20 (1.10 to 1.30) away" in two
    assert (
        "had not settled" in breaks.break_sentence(invented.broken(settled=False), invented.routes(1)).text()
    )
    none = breaks.break_sentence(invented.broken(), invented.routes()).text()
    assert "nothing within what is plausible brings it about; at most it comes to 0.60" in none
    assert "so it is already" in breaks.break_sentence(invented.broken(), invented.routes(0.0)).text()


def test_on_what_a_break_hangs_is_named_where_intervals_part() -> None:
    clear = text(breaks.sense_sentence(invented.stress(), "Tolls fall"))
    assert "hangs most on ‘King changes’, with 70\u202f% (60 to 80\u202f%)" in clear
    unclear = text(breaks.sense_sentence(invented.stress((0.4, 0.3, 0.5)), "Tolls fall"))
    assert unclear.endswith("in an order that cannot be told.")


def test_a_target_is_named_only_where_it_stands_out() -> None:
    told = breaks.wedge_sentence(invented.wedges(), NAMES, "The Crown", "Pact").text()
    assert "no member of Pact stands out" in told
    assert "Brontia (40\u202f%) and Carpania (20\u202f%); in 40\u202f% of draws it is nobody alone" in told
    split = invented.wedges().assign(first=[0.6, 0.4])
    assert "nobody" not in breaks.wedge_sentence(split, NAMES, "The Crown", "Pact").text()
    told = breaks.wedge_sentence(invented.wedges(leads=True), NAMES, "The Crown", "Pact").text()
    assert "Brontia is most worth detaching; it would give way for 0.20 (0.10 to 0.30)" in told
    assert told.endswith("What binds it: guarantee.")


def test_every_player_is_told_by_the_same_questions_in_the_order_of_the_case() -> None:
    found = section()
    players = ["The Crown", "The Pact"]
    told = [" ".join(each.text() for each in part) for part in found.paragraphs[1:3]]
    assert [each.split(", against")[0] for each in told] == players
    blank = [re.sub("The Crown|The Pact", "X", each) for each in told]
    # The game is that of the first player: the second has none in the invented tables.
    assert blank[0].split(" Where both")[0] == blank[1].split(" Where both")[0]
    figures = [each for each in found.exhibits if isinstance(each, Figure)]
    first, second = figures[:2]
    assert [len(each.panels) for each in (first, second)] == [2, 2]
    assert [panel.title for panel in first.panels] == [panel.title for panel in second.panels]
    assert figures[2].key == "options_game"


def test_charts_mark_what_cannot_be_told_apart_and_number_levers() -> None:
    found = {each.key: each for each in section().exhibits}
    figure = found["options_crown"]
    assert isinstance(figure, Figure)
    regret = str(figure.panels[0].spec)
    assert regret.count("not told apart") >= 1 and regret.count("'loses more'") >= 2
    assert "1 Offer trade" in regret and "1 + 2" in regret
    assert "trade" not in [panel.title for panel in figure.panels]
    assert figure.table.frame["series"].tolist()[0] == figure.legend[0].name


def test_every_chart_of_the_section_keeps_to_the_schema() -> None:
    schema = jsonschema.Draft7Validator(alt.load_schema())
    for each in section().exhibits:
        for panel in each.panels if isinstance(each, Figure) else ():
            schema.validate(dict(panel.spec))


def test_what_to_watch_is_listed_or_folded_where_nothing_is_of_use() -> None:
    def watch(**changes: Any) -> Table:
        return next(each for each in section(**changes).exhibits
                    if isinstance(each, Table) and each.key == "options_watch")  # fmt: skip

    assert not watch().folded
    folded = watch(signs=invented.signs(useful=False))
    assert folded.folded and "For no player" in folded.note


def test_what_players_lack_is_among_the_gaps_and_the_section_needs_options() -> None:
    lost = as_frame([Missing("strategies", "The Rest", "it has nothing to choose between", "give it levers")])
    gaps = compose(invented.world(missing=lost)).gaps
    assert any("The Rest" in gap.what and gap.mend == "give it levers" for gap in gaps)
    assert section_of(material()) is None


def test_a_case_without_stress_wedge_or_signs_is_told_all_the_same() -> None:
    options = invented.options()
    bare = {
        name: getattr(options, name).iloc[:0] for name in ("breaks", "routes", "stress", "wedges", "signs")
    }
    keys = [each.key for each in section(**bare).exhibits]
    assert "options_crown" in keys
    assert not {"options_routes", "options_senses", "options_wedges", "options_watch"} & set(keys)
    assert isinstance(bare["routes"], pd.DataFrame)
