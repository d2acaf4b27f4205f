"""Counts by dyad and period: right by hand, the same on every engine, compiled for those not here."""

from __future__ import annotations

import importlib
import shutil
import sys
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import duckdb
import numpy as np
import pandas as pd
import pytest

from detente.commands import main
from detente.errors import EvidenceError
from detente.evidence import import_file, open_evidence, pull
from detente.evidence.events import COUNTS, Options, Period, event_counts, read_events
from detente.evidence.events.counting import count_remote, sql, tidy, write_counts
from detente.evidence.events.engines import Asked, connect, count_table
from detente.evidence.events.expression import GDELT, compiled, counted, of_gdelt
from tests.evidence.made_events import lines, written

OPTIONS = Options(today=date(2026, 1, 1))
NEEDS_JAVA = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, which is not here")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Three hundred events between four states over two years, some without a score, a tone or a mention."""
    rng = np.random.default_rng(0)
    codes = np.array(["USA", "RUS", "DEU", "CHN"])
    days = np.datetime64("2014-12-20") + rng.integers(0, 700, 300)
    rows = [
        {
            "SQLDATE": str(day).replace("-", ""),
            "Actor1CountryCode": codes[one],
            "Actor2CountryCode": codes[other],
            "QuadClass": str(quad),
            "GoldsteinScale": "" if score > 95 else f"{score / 10 - 5:.1f}",
            "NumMentions": str(mentions),
            "AvgTone": "" if score % 7 == 0 else f"{tone:.3f}",
        }
        for day, one, other, quad, score, mentions, tone in zip(
            days, rng.integers(0, 4, 300), rng.integers(0, 4, 300), rng.integers(1, 5, 300),
            rng.integers(0, 100, 300), rng.integers(0, 5, 300), rng.normal(0, 3, 300), strict=True,
        )
    ]  # fmt: skip
    return written(tmp_path / "events.CSV", lines(*rows))


def test_a_month_of_a_dyad_is_counted_as_by_hand(tmp_path: Path) -> None:
    text = lines(
        {"SQLDATE": "20150202", "QuadClass": "1", "GoldsteinScale": "2", "NumMentions": "3", "AvgTone": "-1"},
        {"SQLDATE": "20150228", "QuadClass": "4", "GoldsteinScale": "-7", "NumMentions": "1", "AvgTone": ""},
        {"SQLDATE": "20150228", "QuadClass": "3", "GoldsteinScale": "", "NumMentions": "6", "AvgTone": "-4"},
        {"SQLDATE": "20150301", "QuadClass": "2", "GoldsteinScale": "8", "NumMentions": "0", "AvgTone": "1"},
    )
    with read_events([written(tmp_path / "events.CSV", text)], options=OPTIONS) as events:
        found = events.counts("month")
    assert tuple(found.columns) == COUNTS
    first, second = found.to_dict("records")
    assert (first["source"], first["target"], first["period"]) == ("USA", "RUS", pd.Timestamp("2015-02-01"))
    assert [first[name] for name in COUNTS[3:9]] == [3, 1, 0, 1, 1, 2]
    assert first["goldstein"] == -2.5
    assert first["goldstein_sd"] == round(9 / np.sqrt(2), 10)
    assert first["goldstein_weighted"] == pytest.approx((2 * 3 - 7 * 1) / 4)
    assert (first["mentions"], first["tone"]) == (10, -2.5)
    assert (second["events"], second["mentions"], second["goldstein"]) == (1, 0, 8.0)
    assert np.isnan(second["goldstein_sd"]) and np.isnan(second["goldstein_weighted"])


def test_a_week_begins_on_monday_and_days_outside_are_left_out(tmp_path: Path) -> None:
    text = lines(*({"SQLDATE": day} for day in ("20150215", "20150216", "20150222", "20150223")))
    with read_events([written(tmp_path / "events.CSV", text)], options=OPTIONS) as events:
        weeks = events.counts("week", since="2015-02-16", until=date(2015, 2, 23))
        assert events.counts("day", since="2030-01-01").empty
        with pytest.raises(EvidenceError, match="'February' is no day"):
            events.counts("week", since="February")
        with pytest.raises(EvidenceError, match="did you mean 'week'"):
            events.counts("weeks")  # type: ignore[arg-type] # a slip
    assert [f"{day:%Y-%m-%d}" for day in weeks["period"]] == ["2015-02-16", "2015-02-23"]
    assert weeks["events"].tolist() == [2, 1]


@pytest.mark.parametrize("period", get_args(Period))
def test_the_shipped_query_is_what_the_expression_compiles_to(period: Period) -> None:
    assert sql(period) == compiled(period)


@pytest.fixture
def spark() -> Iterator[Any]:
    """One small session of Spark, which Ibis takes over; it is stopped at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark warns of the pandas that is installed
        sql_of_spark: Any = importlib.import_module("pyspark.sql")
        session = (
            sql_of_spark.SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.memory", "512m")
            .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        yield session
        session.stop()


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert len(one) > 100
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
@pytest.mark.parametrize("period", get_args(Period))
def test_an_engine_counts_as_the_shipped_query_does(made: Path, engine: str, period: Period) -> None:
    with read_events([made], options=OPTIONS) as events:
        same(events.counts(period), events.counts(period, engine=engine))


@NEEDS_JAVA
@pytest.mark.spark
def test_spark_counts_as_the_shipped_query_does(made: Path, spark: Any) -> None:
    with warnings.catch_warnings(), read_events([made], options=OPTIONS) as events:
        warnings.simplefilter("ignore")
        same(events.counts("week"), events.counts("week", engine="spark"))


def gdelt_table(path: Path) -> pd.DataFrame:
    """Return the file as GDELT's own table holds it, typed."""
    from detente.evidence.events.formats import LAYOUTS

    rows = pd.read_csv(path, sep="\t", names=list(LAYOUTS["gdelt2"].columns), usecols=list(GDELT))
    return rows[list(GDELT)]


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_table_of_gdelt_is_counted_where_it_lies(made: Path, engine: str) -> None:
    backend = connect(engine)
    gdelt_table(made).to_parquet(made.with_suffix(".parquet"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ibis calls what DuckDB is about to drop
        backend.read_parquet(made.with_suffix(".parquet"), table_name="gdelt")
    asked = Asked(("USA", "RUS", "DEU"), {"CHN": "DEU"}, date(2015, 1, 1), date(2016, 6, 30))
    found = tidy(count_table(backend, "gdelt", "month", asked=asked))
    with read_events([made], options=OPTIONS) as events:
        rows = events.connection.execute(
            "SELECT * REPLACE (replace(source, 'CHN', 'DEU') AS source, "
            "replace(target, 'CHN', 'DEU') AS target) "
            "FROM used WHERE date BETWEEN '2015-01-01' AND '2016-06-30'"
        ).df()
    with duckdb.connect() as connection:
        connection.register("events", rows)
        wanted = tidy(connection.execute(sql("month")).df())
    same(found, wanted)
    with pytest.raises(EvidenceError, match="there is no table 'gdelts'"):
        count_table(backend, "gdelts", "month", asked=asked)


@pytest.mark.parametrize(
    ("dialect", "monday", "class_count"),
    [
        ("bigquery", "DATE_TRUNC(`t0`.`date`, WEEK(MONDAY))", "COUNTIF(`t0`.`quad` = 4)"),
        ("clickhouse", """dateTrunc('WEEK', "t0"."date")""", """countIf("t0"."quad" = 4)"""),
    ],
)
def test_the_expression_compiles_for_engines_that_are_not_here(
    dialect: str, monday: str, class_count: str
) -> None:
    import ibis

    text = compiled("week", dialect)
    assert monday in text and class_count in text
    assert all(name in text for name in COUNTS)
    first, last = date(2015, 2, 18), date(2020, 1, 1)
    table = ibis.table(GDELT, name="events")
    events = of_gdelt(table, ("ROU", "RUS"), others={"ROM": "ROU"}, since=first, until=last)
    whole = counted(events, "week")
    text = str(ibis.to_sql(whole, dialect=dialect))
    assert "20150218" in text and "20200101" in text
    assert "'ROM'" in text and "('ROU', 'RUS')" in text


def test_an_engine_that_is_not_there_says_which_extra_brings_it(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with read_events([made], options=OPTIONS) as events:
        with pytest.raises(EvidenceError, match=r"unknown engine 'polras'\n *did you mean 'polars'"):
            events.counts(engine="polras")
        with pytest.raises(EvidenceError, match=r"clickhouse needs .*\n.*ibis-framework\[clickhouse\]"):
            events.counts(engine="clickhouse://nobody@127.0.0.1/none")
        monkeypatch.setitem(sys.modules, "ibis", None)
        assert len(events.counts()) > 0
        with pytest.raises(EvidenceError, match=r"unknown engine 'polras'\n *did you mean 'polars'"):
            events.counts(engine="polras")
        for engine, extra in (("polars", "scale"), ("spark", "spark"), ("duckdb", "scale")):
            with pytest.raises(EvidenceError, match=rf"pip install 'detente\[{extra}\]'"):
                events.counts(engine=engine)
        with pytest.raises(EvidenceError, match=r"pip install 'ibis-framework\[bigquery\]'"):
            count_remote("bigquery://project/data", "events")


def test_days_without_an_event_are_refused_with_those_that_have_some(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "none.csv"
    with pytest.raises(SystemExit, match="2"):
        main(["events", "count", str(made), "--format", "gdelt2", "--since", "1985-01-01", "--until",
              "1985-02-01", "-o", str(out)])  # fmt: skip
    told = capsys.readouterr().err
    assert "1985-01-01 to 1985-02-01: no event between two known actors" in told
    assert "the files hold events from" in told
    assert not out.exists()


def test_counts_are_written_whole_or_not_at_all(made: Path, tmp_path: Path) -> None:
    with read_events([made], options=OPTIONS) as events:
        counts = events.counts("month")
    for name in ("counts.csv", "counts.parquet"):
        write_counts(counts, tmp_path / name)
    text = pd.read_csv(tmp_path / "counts.csv", parse_dates=["period"])
    packed = pd.read_parquet(tmp_path / "counts.parquet")
    pd.testing.assert_frame_equal(tidy(text), counts)
    pd.testing.assert_frame_equal(tidy(packed), counts)
    with pytest.raises(EvidenceError, match="neither CSV nor Parquet"):
        write_counts(counts, tmp_path / "counts.xlsx")


# in the evidence


def test_events_in_the_evidence_are_counted_in_the_same_way(
    cache: Path, tmp_path: Path, mirror: Path
) -> None:
    pull(["events"], mirror=mirror)
    with open_evidence() as evidence, read_events(sorted((mirror / "events").glob("icews_*.txt"))) as events:
        for period in ("week", "month"):
            held = event_counts(evidence, period, since="2014-01-01")
            read = events.counts(period, since="2014-01-01")
            assert len(held) > 1000
            pd.testing.assert_frame_equal(held, read)
        assert event_counts(evidence, "week", provider="nobody").empty


MAPPING = {
    "table": "event_counts",
    "columns": {
        "actor": "source",
        "target": "target",
        "date": "period",
        **{name: name for name in COUNTS[3:]},
    },
    "constants": {"period": "month"},
    "source": {"id": "gdelt_counts", "title": "Counts", "citation": "Own count, 2026", "licence": "open"},
}


def test_counts_made_elsewhere_are_imported_and_read_as_they_are(
    cache: Path, made: Path, tmp_path: Path
) -> None:
    with read_events([made], options=OPTIONS) as events:
        counts = events.counts("month")
    write_counts(counts, tmp_path / "counts.csv")
    import_file(tmp_path / "counts.csv", MAPPING)
    with open_evidence() as evidence:
        pd.testing.assert_frame_equal(event_counts(evidence, "month", provider="gdelt_counts"), counts)
        some = event_counts(
            evidence, "month", provider="gdelt_counts", since="2015-03-01", until="2015-03-31"
        )
        assert set(some["period"]) == {pd.Timestamp("2015-03-01")}
        with pytest.raises(EvidenceError, match="gdelt_counts: is counted by month, not by week"):
            event_counts(evidence, "week", provider="gdelt_counts")
        assert event_counts(evidence, "month").empty
