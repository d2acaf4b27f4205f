"""GDELT's files by range of dates: planned with their size, checked, resumed, from a mirror or over HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from detente.commands import main
from detente.errors import EvidenceError
from detente.evidence.events import read_events
from detente.evidence.events.pulling import SlicePlan, Span, Version, plan_events, pull_events
from tests.evidence.made_events import lines, zipped

SLICES = ("20150218230000", "20150218233000", "20150219000000")
SPAN = Span(date(2015, 2, 18), date(2015, 2, 18), 2)


@dataclass
class Provider:
    """A server on this machine: what it serves by path, what it cuts off, and what it was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: int | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def names(self) -> list[str]:
        return [path.rpartition("/")[2] for path, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        told = self.provider
        begin = self.headers.get("Range", "")
        told.asked.append((self.path, begin))
        content = told.files.get(self.path)
        start = int(begin.removeprefix("bytes=").removesuffix("-")) if begin else 0
        self.send_response(404 if content is None else 206 if start else 200)
        body = (content or b"")[start:]
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        cut = told.breaks_after if self.path.endswith(".zip") else None
        self.wfile.write(body[:cut])

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    """GDELT 2.0 with three slices of events, and GDELT 1.0 with a year, a month and a day."""
    told = Provider()
    master = []
    for number, stamp in enumerate(SLICES):
        name = f"{stamp}.export.CSV.zip"
        told.files[f"/gdeltv2/{name}"] = packed(tmp_path, name, number)
        content = told.files[f"/gdeltv2/{name}"]
        address = f"http://data.gdeltproject.org/gdeltv2/{name}"
        master.append(f"{len(content)} {hashlib.md5(content).hexdigest()} {address}")
        master.append(f"99 {'0' * 32} {address.replace('export.CSV', 'mentions.CSV')}")
    told.files["/gdeltv2/masterfilelist.txt"] = ("\n".join([*master, "", "broken line"]) + "\n").encode()
    sizes, sums = [], []
    for name in ("2005.zip", "201303.zip", "20130401.export.CSV.zip"):
        content = told.files[f"/events/{name}"] = packed(tmp_path, name, 9)
        sizes.append(f"{len(content)} {name}")
        sums.append(f"{hashlib.md5(content).hexdigest()}  {name}")
    told.files["/events/filesizes"] = ("\n".join(sizes) + "\n").encode()
    told.files["/events/md5sums"] = ("\n".join([*sums, f"{'0' * 32}  ../../etc/passwd"]) + "\n").encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"provider": told}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def packed(folder: Path, name: str, number: int) -> bytes:
    """Return an archive of one event, larger than what is written to disk at a time."""
    text = lines({"GLOBALEVENTID": str(number), "SOURCEURL": "https://example.org/" + "x" * 300_000})
    path = zipped(folder / name, text, packing=zipfile.ZIP_STORED)
    content = path.read_bytes()
    path.unlink()
    return content


def planned(provider: Provider, folder: Path, span: Span = SPAN) -> SlicePlan:
    return plan_events(span, folder=folder, base=provider.url)


def test_a_range_is_planned_with_its_size_before_anything_is_fetched(
    cache: Path, provider: Provider, tmp_path: Path
) -> None:
    plan = planned(provider, tmp_path / "gdelt")
    assert [each.name for each in plan.wanted] == [f"{stamp}.export.CSV.zip" for stamp in SLICES[:2]]
    assert plan.bytes == sum(len(provider.files[f"/gdeltv2/{each.name}"]) for each in plan.wanted)
    assert plan.missing == (("2015-02-18", "1 of 96 slices of 15 minutes: 23:15"),)
    assert provider.names() == ["masterfilelist.txt"]


def test_what_is_fetched_can_be_read_and_is_not_fetched_again(
    cache: Path, provider: Provider, tmp_path: Path
) -> None:
    held = pull_events(planned(provider, tmp_path / "gdelt"))
    with read_events(held) as events:
        assert events.account.used == 2
    provider.asked.clear()
    again = planned(provider, tmp_path / "gdelt")
    assert (again.wanted, again.bytes) == ((), 0)
    assert pull_events(again) == held
    assert provider.asked == []


@pytest.mark.parametrize(
    ("since", "until", "names"),
    [
        ("2004-01-01", "2005-03-01", ["2005.zip"]),
        ("2013-03-31", "2013-04-01", ["201303.zip", "20130401.export.CSV.zip"]),
        ("2013-04-01", "2013-04-01", ["20130401.export.CSV.zip"]),
    ],
)
def test_version_one_has_years_months_and_days(
    cache: Path, provider: Provider, tmp_path: Path, since: str, until: str, names: list[str]
) -> None:
    plan = planned(provider, tmp_path, Span(date.fromisoformat(since), date.fromisoformat(until)))
    assert [each.name for each in plan.wanted] == names
    assert [path.name for path in pull_events(plan)] == names


def test_a_download_that_broke_off_goes_on_where_it_stopped(
    cache: Path, provider: Provider, tmp_path: Path
) -> None:
    provider.breaks_after = 270_000
    with pytest.raises(EvidenceError, match="goes on from there") as caught:
        pull_events(planned(provider, tmp_path))
    assert len(caught.value.problems) == 2
    provider.breaks_after = None
    assert len(pull_events(planned(provider, tmp_path))) == 2
    begins = [int(begin.removeprefix("bytes=").removesuffix("-") or 0) for _, begin in provider.asked[-2:]]
    assert min(begins) > 200_000


def test_a_file_of_another_sum_is_refused_and_the_others_stay(
    cache: Path, provider: Provider, tmp_path: Path
) -> None:
    path = f"/gdeltv2/{SLICES[0]}.export.CSV.zip"
    right = provider.files[path]
    provider.files[path] = right[:-1] + b"?"
    with pytest.raises(EvidenceError, match=r"is not the file that the list names \(MD5"):
        pull_events(planned(provider, tmp_path))
    assert [path.name for path in tmp_path.glob("*.zip")] == [f"{SLICES[1]}.export.CSV.zip"]
    provider.files[path] = right
    assert len(pull_events(planned(provider, tmp_path))) == 2


def test_a_pull_gives_up_when_files_fail_one_after_another(
    cache: Path, provider: Provider, tmp_path: Path
) -> None:
    plan = planned(provider, tmp_path, Span(date(2005, 1, 1), date(2013, 4, 1)))
    for path in [path for path in provider.files if path.endswith(".zip")]:
        del provider.files[path]
    with pytest.raises(EvidenceError, match="the server answers 404") as caught:
        pull_events(plan)
    assert len(caught.value.problems) == 3


def test_days_that_no_list_has_are_told(cache: Path, provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"no file of 2014-01-01 to 2014-01-02(.|\n)*--version 1"):
        planned(provider, tmp_path, Span(date(2014, 1, 1), date(2014, 1, 2), 2))
    with pytest.raises(EvidenceError, match="2015-01-02 is after 2015-01-01") as caught:
        Span(date(2015, 1, 2), date(2015, 1, 1), 3)  # type: ignore[arg-type] # a slip
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("with_lists", [True, False])
def test_a_mirror_serves_without_a_network(
    cache: Path,
    provider: Provider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: Version,
    with_lists: bool,
) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "events").mkdir(parents=True)
    for path, content in provider.files.items():
        if with_lists or path.endswith(".zip"):
            (mirror / "events" / path.rpartition("/")[2]).write_bytes(content)
    monkeypatch.setenv("DETENTE_MIRROR", str(mirror))
    span = SPAN if version == 2 else Span(date(2013, 3, 31), date(2013, 4, 1))
    plan = plan_events(span, folder=tmp_path / "out", base="https://nowhere.invalid")
    assert len(plan.wanted) == 2 and plan.bytes
    assert all(path.is_file() for path in pull_events(plan))
    assert provider.asked == []


# commands

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(cache: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["events", *words])
        told = capsys.readouterr()
        return int(caught.value.code or 0), told.out, told.err

    return call


def test_the_command_shows_the_size_and_asks(run: Run, provider: Provider, tmp_path: Path) -> None:
    words = (
        "pull",
        "--since",
        "2015-02-18",
        "--until",
        "2015-02-18",
        "--version",
        "2",
        "--base",
        provider.url,
    )
    out = ("--out", str(tmp_path / "gdelt"))
    code, said, wrong = run(*words, *out)
    assert code == 2 and "type --yes" in wrong
    assert "2 files to fetch, " in said and "the provider lacks 2015-02-18: 1 of 96" in said
    assert not list((tmp_path / "gdelt").glob("*.zip"))
    code, said, _ = run(*words, *out, "--yes", "--quiet")
    assert code == 0 and "2 files in " in said
    code, said, _ = run("audit", str(tmp_path / "gdelt"), "--json")
    assert code == 0
    told = json.loads(said)
    assert (told["read"], told["used"]) == (2, 2)
    assert "missing slice" in {row["kind"] for row in told["findings"]}


def test_the_command_counts_into_a_file(run: Run, provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_bytes(provider.files["/events/2005.zip"])
    target = tmp_path / "counts.csv"
    words = ("count", str(tmp_path / "one.zip"), "--period", "month", "--out", str(target))
    code, said, _ = run(*words)
    assert code == 0 and "1 of 1 rows are used" in said
    assert (
        target.read_text(encoding="utf-8").splitlines()[1].startswith("USA,RUS,2015-02-01,1,1,0,0,0,1,1.9,")
    )
    code, _, wrong = run(*words, "--engine", "polras")
    assert code == 2 and "did you mean 'polars'" in wrong
    code, _, wrong = run("audit", str(tmp_path / "one.zip"), "--format", "gdelt1")
    assert code == 2 and "it looks like GDELT 2.0" in wrong
