"""The evidence database: built whole or not at all, settled by rule, safe for many at once."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from detente import files
from detente.errors import EvidenceError
from detente.evidence import Event, database, filling, open_evidence, readers, rebuild, status
from detente.evidence.ledger import Input, InputFile, Ledger, keep
from detente.evidence.tables import SCHEMA, Tables

SRC = str(Path(database.__file__).parents[2])


class Heard(list[Event]):
    """A report that remembers."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    def said(self, kind: str) -> str:
        return "\n".join(event.text for event in self if event.kind == kind)


@pytest.fixture
def taken(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put tables into the database as if the reader of a source had read them from a file."""
    read: dict[str, Tables] = {}
    monkeypatch.setattr(readers, "reader", lambda name: lambda folder: read[name])

    def take(source: str, tables: Tables, content: str = "1") -> None:
        read[source] = tables
        path = tmp_path / f"{source}.csv"
        path.write_text(content, encoding="utf-8")
        item = Input(source, "pulled", source, (InputFile("a.csv", files.sha256(path), path.stat().st_size),))
        keep(cache, item, {"a.csv": path})
        database.refresh(cache, change=lambda ledger: ledger.with_input(item))

    return take


def ties(source: str, value: float, *, kind: str = "crude_import_share", year: int = 2021) -> pd.DataFrame:
    row = {"actor": "HUN", "target": "RUS", "date": pd.Timestamp(year, 1, 1), "kind": kind, "value": value}
    return pd.DataFrame([{**row, "unit": "percent", "source": source, "locator": None}])


def roll_calls(source: str, ids: list[str], resolution: str, **more: object) -> pd.DataFrame:
    row: dict[str, object] = {"body": "UNGA", "date": date(2014, 3, 27), "resolution": resolution}
    row |= dict.fromkeys(["session", "title", "important", "locator"])
    row |= {"kind": "resolution", "source": source, **more}
    return pd.DataFrame([{"roll_call": one, **row} for one in ids])


def votes(source: str, roll_call: str, **cast: str) -> pd.DataFrame:
    rows = [{"roll_call": roll_call, "actor": actor, "vote": vote} for actor, vote in cast.items()]
    return pd.DataFrame(rows).assign(source=source, locator=None)


def leftovers(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if path.name.startswith("."))


# first use and reuse


def test_first_use_builds_from_shipped_facts_and_says_so(cache: Path) -> None:
    heard = Heard()
    with open_evidence(report=heard) as evidence:
        assert "building the evidence database" in heard.said("step")
        counts = evidence.query(
            "SELECT resolution, vote, count(*) AS n FROM votes JOIN roll_calls USING (roll_call) GROUP BY ALL"
        ).set_index(["resolution", "vote"])["n"]
    assert counts["A/RES/68/262"].to_dict() == {"yes": 100, "no": 11, "abstain": 58, "absent": 24}
    assert counts["A/RES/ES-11/1"].to_dict() == {"yes": 141, "no": 5, "abstain": 35, "absent": 12}


def test_a_database_that_is_up_to_date_is_opened_as_it_is(cache: Path) -> None:
    first = open_evidence()
    stamp = first.path.stat().st_mtime_ns
    heard = Heard()
    second = open_evidence(report=heard)
    assert (heard, second.digest, second.path.stat().st_mtime_ns) == ([], first.digest, stamp)


def test_changed_shipped_facts_make_the_database_anew(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "facts" / "memberships" / "blocs.csv"
    path.parent.mkdir(parents=True)
    path.write_text(
        "actor,bloc,start,end,source,locator\nFRA,NATO,1949-08-24,,nato,Treaty\n", encoding="utf-8"
    )
    monkeypatch.setattr(filling, "FACTS", tmp_path / "facts")
    before = open_evidence()
    assert before.members("NATO", "2020-01-01") == ("FRA",)
    path.write_text(path.read_text() + "POL,NATO,1999-03-12,2004-05-01,nato,Protocol\n", encoding="utf-8")
    after = open_evidence()
    assert after.members("NATO", "2004-04-30") == ("FRA", "POL")
    assert after.members("NATO", date(2004, 5, 1)) == ("FRA",)
    assert after.digest != before.digest
    assert before.members("NATO", "2004-04-30") == ("FRA",), "a handle goes on with what it opened"


def test_tables_have_the_types_of_the_schema(cache: Path) -> None:
    found = open_evidence().query(
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() "
        "WHERE schema_name = 'main'"
    )
    typed = {
        (row.table_name, row.column_name): (row.data_type, row.is_nullable) for row in found.itertuples()
    }
    for table, columns in SCHEMA.items():
        for column in columns:
            assert typed[table, column.name] == (column.type, column.optional), (table, column.name)


def test_frames_come_with_dates_as_datetime_and_codes_as_text(cache: Path) -> None:
    found = open_evidence().ties("crude_import_share", actors=["HUN"], targets=["RUS"])
    assert found["date"].dtype.kind == "M"
    assert all(type(code) is str for code in found["actor"])
    assert round(found.loc[found["date"] == "2021-01-01", "value"].item(), 1) == 58.2


def test_an_unknown_name_is_refused_with_a_suggestion(cache: Path) -> None:
    with pytest.raises(EvidenceError, match="did you mean 'crude_import_share'"):
        open_evidence().ties("crude_import_shares")
    with pytest.raises(EvidenceError, match="did you mean 'NATO'"):
        open_evidence().members("NATOO", "2020-01-01")


def test_a_handle_works_in_threads_and_travels(cache: Path) -> None:
    evidence = open_evidence()
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: len(evidence.votes()), range(8)))
    assert counts == [386] * 8
    assert len(pickle.loads(pickle.dumps(evidence)).votes()) == 386


def test_a_wrong_query_is_an_error_of_ours_and_the_database_cannot_be_written(cache: Path) -> None:
    evidence = open_evidence()
    with pytest.raises(EvidenceError, match="nowhere"):
        evidence.query("SELECT * FROM nowhere")
    with pytest.raises(EvidenceError, match="read-only"):
        evidence.query("DELETE FROM votes")


def test_shipped_rows_of_an_unregistered_source_are_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "facts" / "memberships" / "blocs.csv"
    path.parent.mkdir(parents=True)
    path.write_text("actor,bloc,start,end,source,locator\nFRA,X,1949-08-24,,hearsay,\n", encoding="utf-8")
    monkeypatch.setattr(filling, "FACTS", tmp_path / "facts")
    with pytest.raises(EvidenceError, match="hearsay"):
        open_evidence()
    assert not (cache / "evidence.duckdb").exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("actor,block,start,end,source,locator\nFRA,X,1949-08-24,,nato,\n", "did you mean 'bloc'"),
        ("actor,bloc,start,end,source,locator\nFRA,X,24/08/1949,,nato,\n", "24/08/1949"),
        ("actor,bloc,start,end,source,locator\nFRA,X,,,nato,\n", "start"),
    ],
)
def test_a_shipped_file_that_does_not_fit_its_table_is_named(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, said: str
) -> None:
    path = tmp_path / "facts" / "memberships" / "blocs.csv"
    path.parent.mkdir(parents=True)
    path.write_text(row, encoding="utf-8")
    monkeypatch.setattr(filling, "FACTS", tmp_path / "facts")
    with pytest.raises(EvidenceError, match=said) as caught:
        open_evidence()
    assert "memberships/blocs.csv" in str(caught.value)


# settling


def test_a_pulled_row_beats_a_shipped_one_and_is_counted(cache: Path, taken: Callable[..., None]) -> None:
    taken("energy", Tables(ties=ties("energy", 99.0)))
    evidence = open_evidence()
    found = evidence.query(
        "SELECT value, origin FROM ties "
        "WHERE actor = 'HUN' AND date = '2021-01-01' AND kind = 'crude_import_share'"
    )
    assert found.to_dict("records") == [{"value": 99.0, "origin": "pulled"}]
    aside = evidence.set_aside()
    assert aside.loc[aside["label"] == "ties", ["source", "origin", "rows"]].values.tolist() == [
        ["energy", "shipped", 1]
    ]


def test_what_was_beaten_comes_back_when_the_winner_goes(cache: Path, taken: Callable[..., None]) -> None:
    digest = open_evidence().digest
    shipped = open_evidence().query("SELECT * FROM ties ORDER BY ALL")
    taken("energy", Tables(ties=ties("energy", 99.0)))
    database.refresh(cache, change=lambda ledger: ledger.without("energy"))
    evidence = open_evidence()
    pd.testing.assert_frame_equal(evidence.query("SELECT * FROM ties ORDER BY ALL"), shipped)
    assert (evidence.digest, len(evidence.set_aside())) == (digest, 0)


def test_among_equals_the_source_that_stands_first_in_the_registry_is_kept(
    cache: Path, taken: Callable[..., None]
) -> None:
    taken("macro", Tables(ties=ties("macro", 1.0, kind="toy")))
    taken("opinion", Tables(ties=ties("opinion", 2.0, kind="toy")))
    assert open_evidence().ties("toy")["source"].tolist() == ["opinion"]


def test_adding_a_source_reads_only_that_source(cache: Path, taken: Callable[..., None]) -> None:
    taken("macro", Tables(ties=ties("macro", 1.0, kind="toy")))
    others = "SELECT path, read_at FROM inputs WHERE coalesce(source, '') <> 'opinion' ORDER BY ALL"
    before = open_evidence().query(others)
    taken("opinion", Tables(ties=ties("opinion", 2.0, kind="other")))
    after = open_evidence().query(others)
    pd.testing.assert_frame_equal(before, after)
    assert len(open_evidence().ties("toy", "other")) == 2


def test_a_newer_version_of_a_source_takes_the_place_of_the_older(
    cache: Path, taken: Callable[..., None]
) -> None:
    taken("macro", Tables(ties=ties("macro", 1.0, kind="toy")), "old")
    taken("macro", Tables(ties=ties("macro", 2.0, kind="toy")), "new")
    assert open_evidence().ties("toy")["value"].tolist() == [2.0]
    assert len(list((cache / "files" / "macro").iterdir())) == 2, "every version that was used is kept"


def test_one_vote_from_two_sources_is_one_roll_call(cache: Path, taken: Callable[..., None]) -> None:
    issues = pd.DataFrame(
        {"roll_call": ["unga:5309"], "issue": ["hr"], "source": ["unga_votes"], "locator": [None]}
    )
    theirs = Tables(
        roll_calls=pd.concat(
            [
                roll_calls("unga_votes", ["unga:5309"], "A/RES/68/262", important=True),
                roll_calls("unga_votes", ["unga:5310"], "A/RES/68/262", kind="paragraph"),
                roll_calls("unga_votes", ["unga:1", "unga:2"], ""),
            ]
        ),
        votes=votes("unga_votes", "unga:5309", FRA="yes", RUS="no"),
        roll_call_issues=issues,
    )
    taken("unga_votes", theirs)
    evidence = open_evidence()
    cast = evidence.votes(issues=["hr"])
    assert set(cast["roll_call"]) == {"undl:767565"} and len(cast) == 193, (
        "absences are kept, and issues adopted"
    )
    known = evidence.query("SELECT roll_call, important FROM roll_calls ORDER BY 1")
    assert known["roll_call"].tolist() == ["undl:3959039", "undl:767565", "unga:1", "unga:2", "unga:5310"]
    assert known["important"].fillna(False).tolist() == [False, True, False, False, False]
    aside = evidence.set_aside().set_index("label")["rows"].to_dict()
    assert aside == {"votes": 2, "roll_call_issues": 1, "roll_calls": 1}
    database.refresh(cache, change=lambda ledger: ledger.without("unga_votes"))
    after = open_evidence()
    assert len(after.query("SELECT 1 FROM roll_call_issues")) == 0
    assert after.query("SELECT important FROM roll_calls")["important"].isna().all()


def test_what_is_left_of_a_session_gives_way_to_a_source_that_covers_it(
    cache: Path, taken: Callable[..., None]
) -> None:
    session = {"session": 20, "date": date(1965, 12, 1)}
    library = [roll_calls("undl_votes", [f"undl:{n}"], f"A/RES/{n}", **session) for n in range(12)]
    old = [roll_calls("unga_votes", [f"unga:{n}"], "", **session) for n in range(9)]
    amendment = roll_calls("unga_votes", ["unga:99"], "", **session, kind="amendment")
    other = roll_calls("unga_votes", ["unga:100"], "", session=21, date=date(1966, 12, 1))
    taken("unga_votes", Tables(roll_calls=pd.concat([*old, amendment, other])))
    with open_evidence() as evidence:
        before = evidence.query("SELECT count(*) AS n FROM roll_calls WHERE source = 'unga_votes'")
    assert before["n"].tolist() == [11]
    taken("undl_votes", Tables(roll_calls=pd.concat(library)))
    with open_evidence() as evidence:
        left = evidence.query("SELECT roll_call FROM roll_calls WHERE source = 'unga_votes' ORDER BY 1")
        reasons = evidence.set_aside()["reason"].tolist()
    assert left["roll_call"].tolist() == ["unga:100", "unga:99"]
    assert any("session" in str(reason) for reason in reasons)


@pytest.mark.parametrize(("day", "roll_calls_left"), [(date(2014, 3, 1), 2), (date(2014, 5, 1), 3)])
def test_one_vote_dated_by_the_month_is_still_one_roll_call(
    cache: Path, taken: Callable[..., None], day: date, roll_calls_left: int
) -> None:
    taken("unga_votes", Tables(roll_calls=roll_calls("unga_votes", ["unga:5309"], "A/RES/68/262", date=day)))
    assert len(open_evidence().query("SELECT 1 FROM roll_calls")) == roll_calls_left


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (ties("macro", float("inf")), "infinite"),
        (ties("macro", 1.0).drop(columns="unit"), "'unit' is missing"),
        (ties("macro", 1.0).assign(actor=None), "actor"),
    ],
)
def test_a_reader_that_returns_nonsense_changes_nothing(
    cache: Path, taken: Callable[..., None], frame: pd.DataFrame, said: str
) -> None:
    digest = open_evidence().digest
    with pytest.raises(EvidenceError, match=said):
        taken("macro", Tables(ties=frame))
    assert (open_evidence().digest, Ledger.load(cache).inputs, leftovers(cache)) == (digest, (), [])


def test_the_stock_lists_tables_inputs_and_what_was_not_used(cache: Path, taken: Callable[..., None]) -> None:
    unresolved = pd.DataFrame({"label": ["Atlantis"], "rows": [3], "reason": ["no actor of this name"]})
    taken("macro", Tables(ties=ties("macro", 1.0, kind="toy"), unresolved=unresolved))
    stock = status()
    rows = stock.tables.set_index(["table", "source", "origin"])["rows"]
    assert rows["ties", "macro", "pulled"] == 1
    assert stock.unresolved[["source", "label", "rows"]].values.tolist() == [["macro", "Atlantis", 3]]
    assert stock.inputs.query("source == 'macro'")["bytes"].tolist() == [1]
    assert stock.bytes == stock.path.stat().st_size and stock.kept_bytes == 1


# harm


@pytest.mark.parametrize("harm", ["empty", "garbage", "cut short", "another database"])
def test_a_damaged_database_is_built_again_from_the_kept_files(
    cache: Path, taken: Callable[..., None], harm: str
) -> None:
    taken("macro", Tables(ties=ties("macro", 1.0, kind="toy")))
    evidence = open_evidence()
    evidence.close()
    whole = evidence.path.read_bytes()
    evidence.path.unlink()
    if harm == "another database":
        duckdb.connect(str(evidence.path)).close()
    else:
        cut = {"empty": b"", "garbage": b"x" * 20000, "cut short": whole[: len(whole) // 2]}
        evidence.path.write_bytes(cut[harm])
    heard = Heard()
    again = open_evidence(report=heard)
    assert "damaged" in heard.said("warning")
    assert again.digest == evidence.digest and len(again.ties("toy")) == 1


def test_harm_inside_the_file_is_named_with_the_fix(cache: Path) -> None:
    evidence = open_evidence()
    evidence.close()
    whole = bytearray(evidence.path.read_bytes())
    for place in range(3 * 4096, len(whole), 1024):
        whole[place] ^= 0xFF
    evidence.path.write_bytes(bytes(whole))
    with pytest.raises(EvidenceError, match="detente data rebuild"):
        evidence.query("SELECT * FROM votes")
    assert len(rebuild().votes()) == 386


def test_a_kept_file_that_was_altered_is_left_out_and_named(cache: Path, taken: Callable[..., None]) -> None:
    taken("macro", Tables(ties=ties("macro", 1.0, kind="toy")))
    next((cache / "files" / "macro").glob("*/a.csv")).write_text("other", encoding="utf-8")
    heard = Heard()
    evidence = rebuild(report=heard)
    assert "altered" in heard.said("warning") and "detente data pull macro" in heard.said("warning")
    with pytest.raises(EvidenceError):
        evidence.ties("toy")


def test_a_cache_that_cannot_be_written_is_named_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(EvidenceError, match="choose another path"):
        open_evidence()


def test_a_damaged_ledger_is_named_and_not_overwritten(cache: Path) -> None:
    cache.mkdir()
    (cache / "inputs.json").write_text("{", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"inputs\.json"):
        open_evidence()
    assert (cache / "inputs.json").read_text(encoding="utf-8") == "{"


def run(code: str, cache: Path) -> subprocess.Popen[str]:
    known = {**os.environ, "DETENTE_CACHE": str(cache), "PYTHONPATH": SRC}
    start = "from detente.evidence import open_evidence, rebuild\nfrom detente.errors import DetenteError\n"
    return subprocess.Popen(
        [sys.executable, "-c", start + code],
        env=known,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    rebuild()
except DetenteError as error:
    print(error)
    sys.exit(2)
"""


def test_a_disk_that_fills_leaves_the_old_database_as_it_was(cache: Path) -> None:
    before = open_evidence()
    bytes_before = before.path.read_bytes()
    process = run(FULL, cache)
    said, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (2, ""), wrong
    assert "cannot be written" in said and "Traceback" not in said
    assert before.path.read_bytes() == bytes_before and leftovers(cache) == []
    assert open_evidence().digest == before.digest


def test_a_full_disk_is_called_by_its_name(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    monkeypatch.setattr(database, "_sign", full)
    with pytest.raises(EvidenceError, match="the disk is full") as caught:
        open_evidence()
    assert "evidence.duckdb" in str(caught.value)
    assert leftovers(cache) == [] and not (cache / "evidence.duckdb").exists()


KILLED = """
import os, signal
rebuild(report=lambda event: os.kill(os.getpid(), signal.SIGKILL) if "settling" in event.text else None)
"""


def test_a_killed_run_leaves_the_old_database_and_the_next_run_tidies_up(cache: Path) -> None:
    digest = open_evidence().digest
    process = run(KILLED, cache)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert leftovers(cache) != [], "the run was killed while it wrote"
    heard = Heard()
    assert open_evidence(report=heard).digest == digest and heard == []
    rebuild()
    assert leftovers(cache) == []


def test_a_run_killed_between_ledger_and_database_is_made_good(
    cache: Path, taken: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken("macro", Tables(ties=ties("macro", 1.0, kind="toy")), "old")
    older = (cache / "evidence.duckdb").read_bytes()
    taken("macro", Tables(ties=ties("macro", 2.0, kind="toy")), "new")
    (cache / "evidence.duckdb").unlink()
    (cache / "evidence.duckdb").write_bytes(older)
    assert open_evidence().ties("toy")["value"].tolist() == [2.0]


def test_two_runs_at_once_on_an_empty_cache_both_succeed(cache: Path) -> None:
    runs = [run("print(open_evidence().digest)", cache) for _ in range(3)]
    ended = [(process.communicate(timeout=120), process.returncode) for process in runs]
    assert [code for _, code in ended] == [0, 0, 0], ended
    assert {said for (said, _), _ in ended} == {open_evidence().digest + "\n"}
    assert leftovers(cache) == []


ADD = """
import sys
from pathlib import Path
from detente.evidence import import_file
name = sys.argv[1] if len(sys.argv) > 1 else NAME
path = Path(FOLDER) / f"{name}.csv"
path.write_text("country,year,value\\nFRA,2020,1\\n")
import_file(path, {"table": "indicators", "columns": {"actor": "country", "date": "year", "value": "value"},
    "constants": {"name": name, "unit": "count"},
    "source": {"title": name, "citation": "own", "licence": "own"}})
"""


def test_two_imports_at_once_are_both_kept(cache: Path, tmp_path: Path) -> None:
    runs = [run(f"NAME, FOLDER = 'mine{place}', {str(tmp_path)!r}\n{ADD}", cache) for place in range(3)]
    ended = [(process.communicate(timeout=120), process.returncode) for process in runs]
    assert [code for _, code in ended] == [0, 0, 0], ended
    assert len(open_evidence().indicators("mine0", "mine1", "mine2")) == 3
