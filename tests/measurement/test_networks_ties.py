"""Ties: read from votes, from the evidence's tables and from a user's own, every tie with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.errors import DetenteError, MeasurementError
from detente.measurement import agreement
from detente.measurement.networks import chance
from detente.measurement.networks.edges import Edges
from detente.measurement.networks.ties import Ties, ties
from tests.measurement.small_evidence import SmallEvidence, at, make_case

Codes = Any


def listed(*rows: tuple[Any, ...], columns: str = "a b weight", **more: Any) -> Ties:
    """Return the ties of a table of these rows."""
    return ties(pd.DataFrame(rows, columns=columns.split()), **more)


def refused(*rows: tuple[Any, ...], columns: str = "a b weight", **more: Any) -> str:
    """Return what is said of a table that cannot be used."""
    with pytest.raises(MeasurementError) as caught:
        listed(*rows, columns=columns, **more)
    return str(caught.value)


def counted(network: Ties) -> dict[str, int]:
    """Return the account: how many of what."""
    account = network.account()
    return dict(zip(account["what"], account["count"], strict=True))


# A table of one's own.


def test_rows_keep_value_date_source_and_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a;b;weight;date;source\nX;Y;-2,5;2001-03;Smith\n".replace(",", "."), encoding="utf-8")
    row = ties(path).rows.iloc[0]
    assert (row["a"], row["b"], row["sign"], row["weight"], row["value"]) == ("X", "Y", -1, 2.5, -2.5)
    assert (row["date"], row["source"], row["locator"]) == (pd.Timestamp(2001, 3, 1), "Smith", "line 2")
    assert (row["mark"], row["layer"]) == ("sourced", "ties")


def test_a_table_of_signs_weighs_one_each_and_signs_size_the_weight() -> None:
    words = listed(("A", "B", "+"), ("B", "C", "negative"), ("C", "D", -1.0), columns="a b sign")
    assert words.graph().weight.tolist() == [1, -1, -1]
    both = listed(("A", "B", 3, 1), ("B", "C", 2, -1), columns="a b weight sign")
    assert both.graph().weight.tolist() == [3, -2]


def test_ends_are_found_by_their_usual_names_or_by_those_that_are_said() -> None:
    graph = pd.DataFrame([("A", "B", 1)], columns=["source", "target", "Weight"])
    assert ties(graph).rows["a"].tolist() == ["A"]
    own = pd.DataFrame([("A", "B", 1)], columns=["who", "whom", "score"])
    assert ties(Edges(own, a="who", b="whom", weight="score")).graph().weight.tolist() == [1]


def test_ties_to_itself_zeros_and_repeats_are_set_aside_and_counted() -> None:
    network = listed(("A", "A", 5), ("A", "B", 1), ("B", "A", 1), ("B", "C", 0), ("A", "C", 2))
    assert network.graph().weight.tolist() == [1, 2]
    aside = network.set_aside.set_index("what")
    assert at(aside, "ties of an actor to itself", "examples") == "A–A"
    assert at(aside, "ties of weight zero", "examples") == "B–C"
    assert at(aside, "the same pair, weight, date and layer again: one is kept", "count") == 1


def test_the_same_weight_on_another_day_or_the_other_way_round_is_no_repeat() -> None:
    days = listed(("A", "B", 1, 2001), ("A", "B", 1, 2002), columns="a b weight date")
    assert days.graph().weight.tolist() == [2]
    table = pd.DataFrame([("A", "B", 1), ("B", "A", 1)], columns=["a", "b", "weight"])
    assert ties(Edges(table, directed=True)).graph().weight.tolist() == [2]


def test_contradictory_ties_stay_and_what_they_cost_anyhow_is_told() -> None:
    network = listed(("A", "B", 5), ("A", "B", -2), ("B", "C", 1))
    assert network.graph().weight.tolist() == [3, 1] and network.lost == 2 and network.total == 8
    said = next(what for what in counted(network) if "both signs" in what)
    assert "2 is frustrated whatever the camps" in said and "A–B" in repr(network)


def test_every_fault_of_a_table_is_named_at_once_with_its_rows() -> None:
    said = refused(("A", "B", "x"), ("A", "C", float("inf")), ("", "C", 1), ("B", "C", None))
    assert "own table, rows 0, 1, 3: weight: 'x', inf, nothing is not a finite number" in said
    assert "own table, row 2: a: no actor is named" in said
    dates = refused(("A", "B", 1, "soon", 3), ("B", "C", -1, 2001, 1), columns="a b weight date sign")
    assert "'soon' is no date" in dates and "3 is no sign" in dates and "negative beside a column" in dates


def test_rows_of_a_file_are_named_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,weight\nX,Y,1\nX,Z,many\n", encoding="utf-8")
    with pytest.raises(DetenteError, match=r"mine\.csv, line 3: weight: 'many'"):
        ties(path)


def test_a_column_that_is_not_there_is_named_with_the_nearest() -> None:
    said = refused(("A", "B", 1), columns="a bb wieght")
    assert "no column 'b'\n    did you mean 'bb'?" in said and "did you mean 'wieght'?" in said
    table = pd.DataFrame([("A", "B", 1, 1)], columns=["a", "b", "sign", "weights"])
    with pytest.raises(MeasurementError, match="no column 'weihgts'"):
        ties(Edges(table, weight="weihgts"))


def test_columns_that_come_twice_and_numbers_beyond_all_are_refused() -> None:
    assert "column 'weight' comes twice" in refused(("A", "B", 1, 2), columns="a b weight weight")
    assert "beyond all numbers" in refused(("A", "B", 1e308), ("B", "C", 1e308))
    assert "is not a finite number" in refused(("A", "B", 1 + 2j), ("B", "C", True))


def test_tables_without_rows_without_ties_or_without_a_file_are_refused() -> None:
    assert "holds no rows" in refused()
    assert "ties of an actor to itself (2)" in refused(("A", "A", 1), ("A", "A", 2))
    with pytest.raises(MeasurementError, match="there is no such file"):
        ties("nowhere.csv")
    with pytest.raises(MeasurementError, match="int is nothing that ties are read from"):
        ties(3)  # type: ignore[arg-type]  # the mistake is meant
    assert "brings its own" in refused(("A", "B", 1), layers=["votes"])


def test_names_stay_unless_the_gazetteer_is_asked_for() -> None:
    table = pd.DataFrame([("Russia", "France", 1, 1980)], columns=["a", "b", "weight", "date"])
    assert ties(table).actors == ("France", "Russia")
    assert ties(Edges(table, resolve=True)).actors == ("FRA", "SUN")
    wrong = table.assign(a="Frence")
    with pytest.raises(MeasurementError, match="did you mean 'France'"):
        ties(Edges(wrong, resolve=True))


def test_a_period_and_actors_choose_rows_and_a_row_without_a_date_is_counted() -> None:
    rows = [("A", "B", 1, 1990), ("B", "C", 1, 2000), ("A", "C", 1, None), ("C", "D", -1, 2000)]
    network = listed(*rows, columns="a b weight date", since=1995, until="2000-06")
    assert network.actors == ("B", "C", "D") and network.set_aside["count"].tolist() == [1]
    assert listed(*rows, columns="a b weight date", actors=["A", "B", "C"]).actors == ("A", "B", "C")
    assert "did you mean" in refused(("Anna", "Bert", 1), actors=["Bret", "Anna"])


def test_whole_weights_are_units_and_others_are_rounded_finely() -> None:
    assert listed(("A", "B", 7), ("B", "C", -3)).unit == 1
    fine = listed(("A", "B", 0.31), ("B", "C", -0.42), ("A", "C", 0.0001))
    assert fine.unit == 0.001 and fine.graph().weight.tolist() == [310, -420]
    assert counted(fine)["ties lighter than half a unit, which no camps feel"] == 1
    assert listed(("A", "B", 7), ("B", "C", -3), unit=2).graph().weight.tolist() == [4, -2]
    for unit in (0, -1, float("nan"), 1e-300, "fine"):
        assert "is no precision" in refused(("A", "B", 7), unit=unit)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from("ABCD")] * 2, st.integers(-3, 3)), min_size=1, max_size=12))
def test_every_row_is_a_tie_or_in_the_account(rows: list[tuple[str, str, int]]) -> None:
    table = pd.DataFrame(rows, columns=["a", "b", "weight"])
    try:
        network = ties(table)
    except MeasurementError as error:
        assert all(a == b or weight == 0 for a, b, weight in rows), error
        return
    assert len(network.rows) + network.set_aside["count"].sum() == len(rows)
    assert (network.rows["a"] < network.rows["b"]).all()
    assert network.total == network.graph().total + 2 * network.lost


# Votes.


def votes() -> SmallEvidence:
    """Return the roll calls of five states in one year: two against two, and one that seldom comes."""
    made = SmallEvidence()
    for number in range(12):
        west, east = ("y", "n") if number % 3 else ("n", "y")
        cast = {"FRA": west, "DEU": west, "RUS": east, "BLR": "a" if number == 5 else east}
        cast |= {"NRU": "y"} if number < 3 else {}
        made.roll_call(number, f"2010-10-{number + 1:02d}", cast, issue="me" if number < 11 else "hr")
    return made


def test_agreement_beyond_chance_binds_and_less_divides() -> None:
    network = ties(votes(), since=2010, until=2010)
    value = network.rows.set_index(["a", "b"])["value"]
    assert network.actors == ("BLR", "DEU", "FRA", "RUS")
    assert value["DEU", "FRA"] == 1 and value["DEU", "RUS"] == -1 and 0 < value["BLR", "RUS"] < 1
    row = network.rows.iloc[0]
    assert (row["date"], row["locator"]) == (pd.Timestamp(2010, 10, 12), "12 common roll calls")
    assert (row["mark"], row["source"], row["unit"]) == ("estimated", "test", "π")
    assert counted(network)["votes: fewer than 10 common roll calls"] == 4


def test_the_roll_calls_of_an_issue_or_of_the_case_are_chosen() -> None:
    every = ties(votes(), layers={"votes": {"by": "votes", "codes": ["me"]}})
    assert every.rows["locator"].unique().tolist() == ["11 common roll calls"]
    camps = {"layers": {"v": {"by": "votes", "issue": "few", "least": 1}}, "windows": ["tens"]}
    issues = {"few": {"title": "Few", "codes": ["hr"]}}

    class Study:
        case = make_case(issues=issues, camps=camps)
        evidence = votes()

    network = ties(Study())
    assert network.rows["locator"].unique().tolist() == ["1 common roll calls"]
    assert str(network.since) == "2010-01-01" and str(network.until) == "2014-12-31"
    with pytest.raises(MeasurementError, match="did you mean 'few'"):
        ties(Study(), layers={"v": {"by": "votes", "issue": "fwe"}})


def test_absence_can_count_as_abstention() -> None:
    made = votes()
    made.put("votes", {"roll_call": "test:11", "actor": "NRU", "vote": "absent"})
    network = ties(made, layers={"v": {"by": "votes", "absent": "abstain"}})
    assert "NRU" in network.actors and "NRU" not in ties(made).actors


def test_s_counts_from_its_mean_which_is_stated() -> None:
    network = ties(votes(), layers={"v": {"by": "votes", "measure": "s"}})
    rows = network.rows
    signed = rows["sign"] * rows["weight"]
    assert signed.sum() == pytest.approx(0) and rows["value"].between(-1, 1).all()
    assert f"less its mean of {rows['value'].mean():.3f}" in repr(network)


def naive(codes: Codes, a: int, b: int, measure: str, power: int) -> float:
    """Return π or κ against whole records, vote by vote."""
    both = [(x, y) for x, y in zip(codes[a], codes[b], strict=True) if x >= 0 and y >= 0]
    own = [[vote for vote in codes[row] if vote >= 0] for row in (a, b)]
    if not both:
        return float("nan")
    if measure == "kappa":
        draws = [abs(x - y) ** power for x in own[0] for y in own[1]]
        expected = float(np.mean(draws))
    else:
        share = np.mean([[np.mean(np.array(row) == vote) for vote in range(3)] for row in own], axis=0)
        expected = sum(share[x] * share[y] * abs(x - y) ** power for x in range(3) for y in range(3))
    observed = float(np.mean([abs(x - y) ** power for x, y in both]))
    return 1 - observed / expected if expected > 1e-12 else float("nan")


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(-1, 2), min_size=n, max_size=n), min_size=1, max_size=9)
    ),
    st.sampled_from(["pi", "kappa"]),
    st.sampled_from([1, 2]),
)
def test_chance_by_whole_records_is_what_a_count_gives(
    calls: list[list[int]], measure: Any, power: int
) -> None:
    codes = np.array(calls, dtype=np.int8).T
    found = chance.record(codes, agreement.pair_tables(codes), measure=measure, power=power)
    want = [[naive(codes, a, b, measure, power) for b in range(len(codes))] for a in range(len(codes))]
    np.testing.assert_allclose(found, want, atol=1e-12)
    last = chance.last_common(codes)
    together = (codes[0] >= 0) & (codes[1] >= 0)
    assert last[0, 1] == (np.flatnonzero(together)[-1] if together.any() else -1)


def test_votes_that_are_not_at_hand_say_what_to_pull() -> None:
    with pytest.raises(MeasurementError, match="0 roll calls from 1950-01-01 to 1950-12-31") as caught:
        ties(votes(), since=1950, until=1950)
    assert "detente data pull unga_votes" in str(caught.value)


# Ties and events that the evidence states.


def stated() -> SmallEvidence:
    """Return imports both ways, an alliance, and sanctions, one of them by a bloc."""
    made = SmallEvidence().members("EU", "FRA", "DEU").members("EU", "AUT", start="2015-01-01")
    made.tie("imports", "DEU", {"FRA": 10}, date="2010-01-01").tie(
        "imports", "DEU", {"FRA": 30}, date="2011-01-01"
    )
    made.tie("imports", "FRA", {"DEU": 4}, date="2011-01-01").tie(
        "imports", "RUS", {"DEU": 2}, date="2011-01-01"
    )
    made.tie("pact", "FRA", {"DEU": 1}, unit="0/1").tie("pact", "DEU", {"FRA": 1}, unit="0/1")
    return made.tie("sanctions", "RUS", {"EU": 3, "FRA": 1}, unit="count")


def layer(**more: Any) -> dict[str, Any]:
    return {"x": {"by": "ties", "sign": 1, **more}}


@pytest.mark.parametrize(
    ("take", "both", "value"),
    [("last", "max", 30), ("sum", "max", 40), ("mean", "mean", 12), ("last", "sum", 34), ("min", "max", 10)],
)
def test_days_and_directions_become_one_by_the_stated_rules(take: str, both: str, value: float) -> None:
    rows = ties(stated(), layers=layer(kinds="imports", take=take, both=both)).rows.set_index(["a", "b"])
    assert rows["value"]["DEU", "FRA"] == value and rows["value"]["DEU", "RUS"] == 2
    assert at(rows, ("DEU", "FRA"), "date") == pd.Timestamp(2011, 1, 1)


def test_layers_weigh_alike_unless_said_and_keep_their_sign_and_values() -> None:
    asked = {
        "trade": {"by": "ties", "kinds": "imports", "sign": 1},
        "pact": {"by": "ties", "kinds": "pact", "sign": 1, "weight": 2},
        "sanctions": {"by": "ties", "kinds": "sanctions", "sign": -1, "scale": 4},
    }
    network = ties(stated(), layers=asked)
    mean = network.rows.groupby("layer")["weight"].mean()
    assert mean["trade"] == pytest.approx(1) and mean["pact"] == 2 and mean["sanctions"] == 0.25
    sanction = network.rows[network.rows["layer"] == "sanctions"].iloc[0]
    assert (sanction["sign"], sanction["value"], sanction["unit"]) == (-1, 1, "count")
    assert counted(network)["sanctions: records of organisations"] == 1
    assert network.layers["scale"].tolist() == [16, 1, 4]


def test_a_bloc_acts_for_its_members_of_the_day() -> None:
    network = ties(stated(), layers=layer(kinds="sanctions", through=["EU"]))
    value = network.rows.set_index(["a", "b"])["value"]
    assert value.to_dict() == {("DEU", "RUS"): 3, ("FRA", "RUS"): 4}


def test_organisations_are_actors_where_they_are_asked_for() -> None:
    network = ties(stated(), layers=layer(kinds="sanctions"), actors=["EU", "RUS", "DEU"])
    assert network.rows[["a", "b"]].to_numpy().tolist() == [["EU", "RUS"]]
    assert counted(network)["actors without a tie"] == 1


def test_weak_ties_and_those_beyond_a_transform_are_counted() -> None:
    made = stated().tie("imports", "GBR", {"FRA": -1})
    network = ties(made, layers=layer(kinds="imports", transform="sqrt", threshold=3))
    assert len(network.rows) == 1
    assert counted(network)["x: beyond the reach of sqrt"] == 1
    assert counted(network)["x: nearer to zero than 3"] == 1


def test_kinds_in_different_units_are_refused_and_unknown_ones_named_where_others_are_known() -> None:
    with pytest.raises(MeasurementError, match="different units: count, percent"):
        ties(stated(), layers=layer(kinds=["imports", "sanctions"]))
    with pytest.raises(MeasurementError, match="did you mean 'imports'"):
        ties(stated(), layers=layer(kinds="import"))
    two = {**layer(kinds="imports"), "y": {"by": "ties", "kinds": "pcat", "sign": 1}}
    assert "y: none: the evidence has no kind of tie 'pcat'; did you mean 'pact'" in repr(
        ties(stated(), layers=two)
    )


def events() -> SmallEvidence:
    made = SmallEvidence()
    seen = [("FRA", "DEU", "057", 8.0), ("DEU", "FRA", "190", -10.0), ("FRA", "DEU", "061", 6.4)]
    seen += [("RUS", "FRA", "138", -7.0), ("RUS", "RUS", "040", 1.0), ("FRA", "NATO", "040", 1.0)]
    for actor, target, code, score in seen:
        row = {"date": "2012-05-01", "actor": actor, "target": target, "code": code, "goldstein": score}
        made.put("events", row)
    return made.put("events", {"date": "2012-06-01", "actor": "RUS", "target": "FRA", "text": "unknown"})


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({}, {("DEU", "FRA"): pytest.approx(4.4 / 3), ("FRA", "RUS"): -7}),
        ({"take": "sum"}, {("DEU", "FRA"): pytest.approx(4.4), ("FRA", "RUS"): -7}),
        ({"take": "net"}, {("DEU", "FRA"): 1, ("FRA", "RUS"): -1}),
        ({"take": "net", "classes": ["material_cooperation"]}, {("DEU", "FRA"): 1}),
        ({"least": 2}, {("DEU", "FRA"): pytest.approx(4.4 / 3)}),
    ],
)
def test_events_bind_and_divide_by_score_or_by_class(asked: dict[str, Any], value: dict[Any, Any]) -> None:
    network = ties(events(), layers={"e": {"by": "events", **asked}})
    assert network.rows.set_index(["a", "b"])["value"].to_dict() == value


def test_events_that_are_no_ties_are_counted() -> None:
    network = ties(events(), layers={"e": {"by": "events"}})
    found = counted(network)
    assert found["e: records of an actor with itself"] == 1 and found["e: records of organisations"] == 1
    assert found["e: events without a Goldstein score"] == 1
    assert network.rows["locator"].tolist() == ["3 events", "1 events"]


@pytest.mark.parametrize(
    ("asked", "value", "n"),
    [
        ({}, (3 * -2.0 + 8.0) / 4, "4 events"),
        ({"take": "net"}, 3 - 2 + 1, "6 events"),
        ({"take": "net", "classes": ["verbal_conflict"]}, -2, "2 events"),
    ],
)
def test_events_that_came_counted_join_those_that_came_singly(
    asked: dict[str, Any], value: float, n: str
) -> None:
    month = {"actor": "DEU", "target": "FRA", "date": "2012-05-01", "period": "month", "source": "many"}
    held = {"events": 5, "scored": 3, "goldstein": -2.0, "verbal_cooperation": 3, "verbal_conflict": 2}
    made = SmallEvidence().put("event_counts", {**month, **held})
    made.put("event_counts", {**month, **held, "period": "week"})  # the same events by another period
    single = {"date": "2012-05-01", "actor": "FRA", "target": "DEU", "code": "057", "goldstein": 8.0}
    network = ties(made.put("events", single), layers={"e": {"by": "events", **asked}})
    assert network.rows["value"].tolist() == [value]
    assert network.rows["locator"].tolist() == [n]


def test_layers_that_cannot_be_read_are_all_named() -> None:
    wrong = {"v": {"by": "votes", "mesure": "pi"}, "t": {"by": "ties", "kinds": "x"}, "o": {"by": "oracle"}}
    with pytest.raises(MeasurementError) as caught:
        ties(votes(), layers=wrong)
    said = str(caught.value)
    assert "did you mean 'measure'" in said and "layers.t.sign is missing" in said and "'oracle'" in said
    unread: tuple[Any, ...] = ("votes", [], 3, {})
    for bad in unread:
        with pytest.raises(MeasurementError):
            ties(votes(), layers=bad)


def test_dates_and_actors_that_are_none_are_refused() -> None:
    with pytest.raises(MeasurementError, match="did you mean 'FRA'"):
        ties(votes(), actors=["DEU", "FRAA"])
    with pytest.raises(MeasurementError, match="is one word"):
        ties(votes(), actors="FRA")
    with pytest.raises(MeasurementError, match="is no date"):
        ties(votes(), since="soon")
    with pytest.raises(MeasurementError, match="swap the two"):
        ties(votes(), since=2011, until=2010)


def test_the_verbs_are_at_the_top_of_the_package() -> None:
    assert detente.ties is ties and "camps" in detente.__all__


# The real roll calls.

YEAR = """
    SELECT country_code AS actor, rcid, list_position(['yes', 'abstain', 'no'], vote) - 1 AS code
    FROM read_parquet(?) AS cast_votes JOIN read_parquet(?) AS calls USING (rcid) WHERE year(date) = 2019
"""


@pytest.mark.mirror
def test_the_assembly_of_2019_is_tied_as_in_the_reference(mirror: Path, reference: Path) -> None:
    """π with absolute distances against whole records, in thousandths, as in `unw_2019`.

    The reference counts as 1 the pairs that always voted yes, of which chance says nothing.
    """
    path = reference / "networks" / "unw_2019.tsv"
    known = pd.read_csv(path, sep="\t", names=["a", "b", "weight"], keep_default_na=False)
    files = [str(mirror / "unga_votes" / f"{name}.parquet") for name in ("votes", "roll_calls")]
    cast = SmallEvidence().query(YEAR, files)
    table = cast.pivot(index="actor", columns="rcid", values="code").fillna(-1)
    codes = table.to_numpy(dtype=np.int8)
    found = chance.record(codes, agreement.pair_tables(codes), measure="pi", power=1)
    first, second = (table.index.get_indexer(pd.Index(known[end])) for end in ("a", "b"))
    apart = known["weight"] / 1000 - found[first, second]
    assert (first >= 0).all() and (second >= 0).all()
    assert known.loc[apart.isna(), "weight"].tolist() == [1000] * 3
    assert apart.abs().max() <= 5e-4 + 1e-12
