"""The real command, as a user types it: answers, errors, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.commands.showing import weight

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to work in, with a cache of its own that the tests of this file share."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def run(home: Path) -> Run:
    """Run `python -m detente` with these arguments, outside any terminal."""

    def command(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {key: value for key, value in os.environ.items() if key != "DETENTE_MIRROR"}
        return subprocess.run(
            [sys.executable, "-m", "detente", *arguments],
            cwd=home,
            env={**clean, "DETENTE_CACHE": str(home / "cache"), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    return command


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The input was refused as it should be: exit code 2, the words, and no traceback."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("brief",),
        ("measure",),
        ("new",),
        ("check",),
        ("schema",),
        ("project",),
        *(("data", name) for name in ("list", "pull", "import", "forget", "status", "rebuild")),
    ],
)
def test_every_command_explains_itself(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.returncode == 0
    assert "Usage: detente" in done.stdout


def test_the_command_line_loads_nothing_heavy_before_it_must() -> None:
    script = "import sys, detente.commands; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"pandas", "numpy", "scipy", "duckdb", "altair", "pydantic", "ssl", "http", "jinja2"}
    assert heavy & set(done.stdout.split()) == set()


def test_a_mistyped_command_is_answered_with_the_right_one(run: Run) -> None:
    done = run("breif", "atlantic")
    assert_refused(done)
    assert "brief" in done.stdout + done.stderr


def test_a_mistyped_case_is_answered_with_the_right_one(run: Run) -> None:
    assert_refused(run("brief", "atlantik"), "did you mean 'atlantic'?")


def test_every_mistake_in_a_case_is_told_at_once_with_its_line(run: Run, home: Path) -> None:
    case = home / "wrong.yaml"
    case.write_text(
        "detente: 1\ntitle: Wrong\nqeustion: Why?\nas_of: 2020-01-01\nrival: Russia\n"
        "blocs:\n  A: {title: A, members: evidense}\nissues:\n  all: {title: All}\n"
        "windows:\n  w: {title: W, since: 2019-01-01, until: 2018-01-01}\n",
        encoding="utf-8",
    )
    done = run("check", str(case))
    assert_refused(
        done, "wrong.yaml:3", "did you mean 'question'?", "wrong.yaml:5", "wrong.yaml:7", "wrong.yaml:11"
    )


def test_an_actor_that_nobody_knows_is_to_be_mended(run: Run, home: Path) -> None:
    case = home / "nobody.yaml"
    case.write_text(
        "detente: 1\ntitle: T\nquestion: Q?\nas_of: 2020-01-01\nrival: RSU\n"
        "blocs:\n  NATO: {title: NATO, members: evidence}\nissues:\n  all: {title: All}\n"
        "windows:\n  w: {title: W, since: 2018-01-01, until: 2019-01-01}\n",
        encoding="utf-8",
    )
    done = run("check", str(case))
    assert done.returncode == 1
    assert "RSU" in done.stdout
    assert "RUS" in done.stdout


def test_a_starter_case_runs_as_it_is(run: Run, home: Path) -> None:
    assert run("new", "mine").returncode == 0
    assert run("check", "mine.yaml").returncode == 0
    assert_refused(run("new", "mine"), "is there already")
    assert run("brief", "mine.yaml", "-o", "mine", "--quiet").returncode == 0
    assert (home / "mine" / "brief.html").stat().st_size > 10_000


def test_the_schema_is_json(run: Run) -> None:
    assert "blocs" in json.loads(run("schema").stdout)["properties"]


def test_a_brief_is_a_page_with_its_numbers_and_the_same_bytes_again(run: Run, home: Path) -> None:
    first = run("brief", "atlantic", "-o", "one", "--json")
    assert first.returncode == 0, first.stderr
    answer = json.loads(first.stdout)
    assert answer["answer"]
    assert Path(home / answer["page"]).name == "brief.html"
    assert run("brief", "atlantic", "-o", "two", "--quiet").returncode == 0
    one, two = (
        {p.relative_to(home / f): p.read_bytes() for p in (home / f).rglob("*.*")} for f in ("one", "two")
    )
    assert one.keys() == two.keys()
    assert [str(name) for name in one if one[name] != two[name]] == []


def test_quiet_says_only_the_answer(run: Run) -> None:
    done = run("brief", "atlantic", "-o", "quiet", "--quiet")
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].endswith("brief.html")


def test_a_folder_that_cannot_be_written_is_a_clear_error(run: Run, home: Path) -> None:
    (home / "file").write_text("in the way", encoding="utf-8")
    assert_refused(run("brief", "atlantic", "-o", "file/out"), "file/out", "cannot be written")


def test_measures_come_as_tables_and_as_json(run: Run, home: Path) -> None:
    found = json.loads(run("measure", "atlantic", "--json").stdout)
    assert {"cohesion", "stance", "dependence", "threat"} <= found.keys()
    assert run("measure", "atlantic", "-o", "tables").returncode == 0
    assert (home / "tables" / "stance.csv").read_text(encoding="utf-8").startswith("actor,")


def test_ideal_points_come_alone_where_they_are_asked_for(run: Run, home: Path) -> None:
    shown = run("measure", "asean", "--ideal-points", "--quiet")
    assert shown.returncode == 0, shown.stderr
    for words in ("USA positive", "When a path shifted", "ASEAN and the United States", "2019"):
        assert words in shown.stdout
    assert "Dependence" not in shown.stdout
    answer = json.loads(run("measure", "asean", "--ideal-points", "--json").stdout)
    assert len(answer) == 6 and len(answer["ideal_points"]) > 10_000
    run("new", "pointless")
    assert_refused(
        run("measure", "pointless.yaml", "--ideal-points"), "asks for no ideal points", "positive: USA"
    )


def test_camps_come_alone_where_they_are_asked_for(run: Run, home: Path) -> None:
    shown = run("measure", "asean", "--camps", "--quiet")
    assert shown.returncode == 0
    for part in ("How far from balance", "How firmly members are held", "Which camp actors are in"):
        assert part in shown.stdout
    answer = json.loads(run("measure", "asean", "--camps", "--json").stdout)
    assert len(answer) == 8 and len(answer["camp_members"]) > 5_000
    run("new", "pointless")
    assert_refused(run("measure", "pointless.yaml", "--camps"), "asks for no camps", "layers: {votes")


def test_sources_are_listed_with_licence_and_size(run: Run) -> None:
    found = {row["id"]: row for row in json.loads(run("data", "list", "--json").stdout)}
    assert found["unga_votes"]["licence"] == "CC0 1.0"
    assert found["unga_votes"]["licence_basis"] == "general knowledge"
    assert found["unga_votes"]["bytes"] > 0


def test_an_empty_mirror_is_a_clear_error(run: Run, home: Path) -> None:
    (home / "empty").mkdir()
    assert_refused(run("data", "pull", "unga_votes", DETENTE_MIRROR=str(home / "empty")), "holds no folder")


def test_an_unknown_source_is_answered_with_the_right_one(run: Run) -> None:
    assert_refused(run("data", "pull", "unga_vote"), "did you mean 'unga_votes'")


def test_a_file_with_wrong_columns_is_refused_and_nothing_is_lost(run: Run, home: Path) -> None:
    before = json.loads(run("data", "status", "--json").stdout)
    (home / "mine.csv").write_text("land,share\nHungary,1\n", encoding="utf-8")
    (home / "map.yaml").write_text(
        "table: indicators\ncolumns: {actor: country, date: year, value: share}\n"
        "constants: {name: n, unit: percent}\nsource: {title: T, citation: C, licence: L}\n",
        encoding="utf-8",
    )
    assert_refused(run("data", "import", "mine.csv", "--mapping", "map.yaml"), "mine.csv", "country", "year")
    after = json.loads(run("data", "status", "--json").stdout)
    assert after["digest"] == before["digest"]


def test_an_import_says_what_became_of_its_rows_and_can_be_forgotten(run: Run, home: Path) -> None:
    (home / "own.csv").write_text(
        "country,year,share\nHungary,2020,1.5\nRuritania,2020,2\n", encoding="utf-8"
    )
    (home / "own.yaml").write_text(
        "table: indicators\ncolumns: {actor: country, date: year, value: share}\n"
        "constants: {name: own_share, unit: percent}\nsource: {title: T, citation: C, licence: L}\n",
        encoding="utf-8",
    )
    command = ("data", "import", "own.csv", "--mapping", "own.yaml")
    assert_refused(run(*command), "own.csv:3", "Ruritania", "ignore: ['Ruritania']")
    with (home / "own.yaml").open("a", encoding="utf-8") as mapping:
        mapping.write("ignore: [Ruritania]\n")
    done = run(*command)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 rows" in done.stdout
    assert "Ruritania" in done.stdout
    assert run("data", "forget", "own").returncode == 0
    assert_refused(run("data", "forget", "own"), "neither imported nor pulled")


@pytest.mark.mirror
def test_pulling_shows_size_and_licence_first(run: Run, mirror: Path) -> None:
    done = run("data", "pull", "ukraine_votes", "--dry-run", DETENTE_MIRROR=str(mirror))
    assert done.returncode == 0
    assert "kB" in done.stdout
    assert "United Nations terms of use (general knowledge)" in done.stdout


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2.5e9, "2.5 GB")]
)
def test_sizes_are_said_as_people_say_them(size: float, said: str) -> None:
    assert weight(size) == said
