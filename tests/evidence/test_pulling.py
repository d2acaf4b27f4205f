"""Pulling: from a mirror or over HTTP, hashes checked, broken downloads resumed, all or nothing."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

from detente import files
from detente.errors import EvidenceError
from detente.evidence import (
    Event,
    Options,
    Registry,
    fetching,
    list_sources,
    open_evidence,
    plan,
    pull,
    readers,
)
from detente.evidence.ledger import Ledger
from detente.evidence.tables import Tables

GDP = b"Country,Year,Value\n" + b"France,2020,1\n" * 40_000
NEWER = GDP + b"France,2021,2\n"


@dataclass
class Provider:
    """A server on this machine: what it serves, how it misbehaves, and what it was asked for."""

    content: bytes = GDP
    etag: str = '"1"'
    breaks_after: int | None = None
    redirect: str = ""
    status: int = 200
    ranges: list[str] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        told = self.provider
        asked = self.headers.get("Range", "")
        told.ranges.append(asked)
        if told.redirect or told.status != 200:
            self.send_response(302 if told.redirect else told.status)
            self.send_header("Location", told.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        same = self.headers.get("If-Range") == told.etag
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and same else 0
        if start >= len(told.content):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = told.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", told.etag)
        self.end_headers()
        self.wfile.write(body[: told.breaks_after])

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    told = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"provider": told}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/gdp.csv"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def read_gdp(folder: Path) -> Tables:
    frame = pd.read_csv(folder / "gdp.csv").drop_duplicates()
    made = {"actor": "FRA", "name": "gdp_usd", "unit": "USD", "source": "macro", "locator": None}
    dates = pd.to_datetime(frame["Year"].astype(str))
    return Tables(
        indicators=frame.assign(**made, date=dates, value=frame["Value"])[
            ["actor", "date", "name", "value", "unit", "source", "locator"]
        ]
    )


@pytest.fixture
def options(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Options:
    """A registry whose World Bank is the server on this machine."""
    monkeypatch.setattr(readers, "reader", lambda name: read_gdp)
    return options_for(provider.url, hashlib.sha256(GDP).hexdigest())


def options_for(url: str | None, sha256: str, **more: object) -> Options:
    source = Registry.load()["macro"].model_dump() | {
        "files": ({"name": "gdp.csv", "bytes": len(GDP), "sha256": sha256, "download": url},)
    }
    return Options(registry=Registry.model_validate({"sources": (source,)}), **more)  # type: ignore[arg-type] # kwargs


def gdp() -> list[float]:
    with open_evidence() as evidence:
        return evidence.query("SELECT value FROM indicators WHERE origin = 'pulled' ORDER BY date")[
            "value"
        ].tolist()


# over HTTP


def test_a_download_enters_the_database_and_a_second_pull_says_it_is_the_same(
    cache: Path, options: Options
) -> None:
    assert [pulled.change for pulled in pull(["macro"], options=options)] == ["new"]
    assert gdp() == [1.0]
    assert [pulled.change for pulled in pull(["macro"], options=options)] == ["same"]


def test_the_plan_says_size_and_terms_before_anything_is_fetched(
    cache: Path, provider: Provider, options: Options
) -> None:
    first = plan(["macro"], options=options).files[0]
    assert (first.how, first.bytes, first.kept) == ("download", len(GDP), None)
    assert first.source.licence == "CC BY 4.0"
    assert provider.ranges == [] and not cache.exists()
    pull(["macro"], options=options)
    kept = plan(["macro"], options=options).files[0].kept
    assert kept is not None and kept.sha256 == hashlib.sha256(GDP).hexdigest()


def test_a_download_that_broke_off_goes_on_where_it_stopped(
    cache: Path, provider: Provider, options: Options
) -> None:
    provider.breaks_after = 300_000
    with pytest.raises(EvidenceError, match="goes on from there"):
        pull(["macro"], options=options)
    part = next((cache / "parts").rglob("*.part"))
    have = part.stat().st_size
    assert 0 < have < len(GDP)
    provider.breaks_after = None
    heard: list[Event] = []
    pull(["macro"], options=options, report=heard.append)
    assert provider.ranges[-1] == f"bytes={have}-"
    steps = [event for event in heard if event.kind == "bytes"]
    assert (steps[-1].done, steps[-1].total) == (len(GDP), len(GDP)) and (steps[0].done or 0) > have
    assert gdp() == [1.0]
    assert not part.exists()


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(
    cache: Path, provider: Provider, options: Options
) -> None:
    provider.breaks_after = 300_000
    with pytest.raises(EvidenceError):
        pull(["macro"], options=options)
    provider.breaks_after, provider.content, provider.etag = None, NEWER, '"2"'
    taken = pull(["macro"], options=options_for(provider.url, hashlib.sha256(NEWER).hexdigest()))
    assert taken[0].sha256 == hashlib.sha256(NEWER).hexdigest()


def test_a_corrupt_download_is_set_aside_and_nothing_else_is_touched(
    cache: Path, provider: Provider, options: Options
) -> None:
    pull(["macro"], options=options)
    before = Ledger.load(cache)
    provider.content = GDP[:-1] + b"?"
    with pytest.raises(EvidenceError, match="--accept-changed") as caught:
        pull(["macro"], options=options)
    aside = list((cache / "set-aside").rglob("*.csv"))
    assert len(aside) == 1 and str(aside[0]) in str(caught.value)
    assert Ledger.load(cache) == before and gdp() == [1.0]
    assert not any((cache / "parts").rglob("*.part"))


def test_a_changed_release_is_taken_when_asked_for_and_the_old_one_is_kept(
    cache: Path, provider: Provider, options: Options
) -> None:
    pull(["macro"], options=options)
    provider.content, provider.etag = NEWER, '"2"'
    accepting = Options(accept_changed=True, registry=options.registry)
    assert [pulled.change for pulled in pull(["macro"], options=accepting)] == ["changed"]
    assert gdp() == [1.0, 2.0]
    assert len(list((cache / "files" / "macro").iterdir())) == 2


@pytest.mark.parametrize(("status", "said"), [(404, "may have moved"), (503, "503")])
def test_a_server_that_refuses_is_quoted(
    cache: Path, provider: Provider, options: Options, status: int, said: str
) -> None:
    provider.status = status
    with pytest.raises(EvidenceError, match=said):
        pull(["macro"], options=options)


def test_a_server_out_of_reach_is_an_error_with_a_hint(cache: Path, options: Options) -> None:
    nowhere = options_for("http://127.0.0.1:9/gdp.csv", "0" * 64)
    with pytest.raises(EvidenceError, match="try again"):
        pull(["macro"], options=nowhere)


@pytest.mark.parametrize("target", ["http://example.org/gdp.csv", "file:///etc/passwd"])
def test_a_redirect_away_from_https_is_not_followed(
    cache: Path, provider: Provider, options: Options, target: str
) -> None:
    provider.redirect = target
    with pytest.raises(EvidenceError, match="not an https address"):
        pull(["macro"], options=options)


def test_redirects_without_end_are_given_up(cache: Path, provider: Provider, options: Options) -> None:
    provider.redirect = provider.url
    with pytest.raises(EvidenceError, match="redirects more than"):
        pull(["macro"], options=options)
    assert len(provider.ranges) == fetching.REDIRECTS + 1


def test_a_file_above_the_limit_is_refused_before_it_arrives(cache: Path, options: Options) -> None:
    small = Options(max_bytes=1000, registry=options.registry)
    with pytest.raises(EvidenceError, match="larger than 1000 bytes"):
        pull(["macro"], options=small)
    assert not any(path.stat().st_size for path in (cache / "parts").rglob("*.part"))


def test_a_file_that_its_reader_cannot_read_does_not_enter(
    cache: Path, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_folder: Path) -> Tables:
        raise KeyError("Year")

    monkeypatch.setattr(readers, "reader", lambda name: fail)
    with pytest.raises(EvidenceError, match=r"macro: gdp\.csv cannot be read: KeyError"):
        pull(["macro"], options=options)
    assert Ledger.load(cache).inputs == ()


# from a mirror


@pytest.fixture
def small_mirror(tmp_path: Path) -> Path:
    root = tmp_path / "mirror"
    (root / "macro").mkdir(parents=True)
    (root / "macro" / "gdp.csv").write_bytes(GDP)
    return root


def test_a_mirror_takes_the_place_of_the_network(
    cache: Path, provider: Provider, options: Options, small_mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_MIRROR", str(small_mirror))
    assert [pulled.change for pulled in pull(options=options)] == ["new"]
    assert gdp() == [1.0] and provider.ranges == []
    assert (small_mirror / "macro" / "gdp.csv").read_bytes() == GDP


def test_a_mirror_file_of_another_hash_needs_consent(
    cache: Path, options: Options, small_mirror: Path
) -> None:
    (small_mirror / "macro" / "gdp.csv").write_bytes(NEWER)
    with pytest.raises(EvidenceError, match="detente data pull macro --accept-changed"):
        pull(["macro"], mirror=small_mirror, options=options)
    assert not (cache / "files").exists()
    accepting = Options(accept_changed=True, registry=options.registry)
    pull(["macro"], mirror=small_mirror, options=accepting)
    assert gdp() == [1.0, 2.0]


@pytest.mark.parametrize("make", [True, False])
def test_an_empty_or_missing_mirror_is_an_error_with_the_layout(
    cache: Path, tmp_path: Path, make: bool
) -> None:
    if make:
        (tmp_path / "empty").mkdir()
    with pytest.raises(EvidenceError, match=r"unga_votes/votes\.parquet"):
        pull(mirror=tmp_path / "empty")


def test_a_mirror_without_a_file_of_a_source_that_was_named_says_which(
    cache: Path, small_mirror: Path
) -> None:
    with pytest.raises(EvidenceError) as caught:
        pull(["macro", "vdem"], mirror=small_mirror)
    assert [problem.where for problem in caught.value.problems] == ["macro", "vdem"]
    assert "population.csv not found" in str(caught.value) and "https://www.v-dem.net" in str(caught.value)


def test_sources_out_of_reach_are_listed_when_none_was_named(
    cache: Path, small_mirror: Path, mirror: Path
) -> None:
    shutil.copy(mirror / "macro" / "population.csv", small_mirror / "macro")
    found = plan(mirror=small_mirror)
    assert [source.id for source in found.sources] == ["macro"]
    assert "vdem" in {problem.where for problem in found.out_of_reach}


def test_a_source_without_an_address_says_how_to_get_it(cache: Path) -> None:
    with pytest.raises(EvidenceError, match="DETENTE_MIRROR=DIR detente data pull vdem"):
        pull(["vdem"])
    with pytest.raises(EvidenceError, match="nothing to pull"):
        pull(["nato"])


def test_the_cache_cannot_be_written(
    tmp_path: Path, options: Options, small_mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(EvidenceError, match="choose another path"):
        pull(["macro"], mirror=small_mirror, options=options)


def test_a_disk_that_fills_while_a_file_is_kept_leaves_nothing_behind(
    cache: Path, options: Options, small_mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(EvidenceError, match="the disk is full"):
        pull(["macro"], mirror=small_mirror, options=options)
    assert list((cache / "files" / "macro").iterdir()) == []
    assert Ledger.load(cache).inputs == ()


@pytest.mark.mirror
def test_all_of_the_mirror_is_ingested_in_half_a_minute_of_work(cache: Path, mirror: Path) -> None:
    import time

    start = time.process_time()
    taken = pull(mirror=mirror)
    spent = time.process_time() - start
    assert {pulled.change for pulled in taken} == {"new"}
    with open_evidence() as evidence:
        counts = evidence.query(
            "SELECT vote, count(*) AS n FROM votes JOIN roll_calls USING (roll_call) "
            "WHERE resolution = 'A/RES/68/262' GROUP BY ALL"
        )
        assert dict(zip(counts["vote"], counts["n"], strict=True)) == {
            "yes": 100,
            "no": 11,
            "abstain": 58,
            "absent": 24,
        }
        calls = evidence.query("SELECT roll_call FROM roll_calls WHERE resolution = 'A/RES/68/262'")
        assert calls["roll_call"].tolist() == ["undl:767565"], "two sources, one roll call"
    states = list_sources().set_index("id")["state"]
    out = {source.id for source in Registry.load().pullable if "pulled" not in states[source.id]}
    assert out == {"undl_votes"}
    assert spent < 30, f"{spent:.1f} CPU-seconds"
    assert files.sha256(mirror / "macro" / "gdp.csv") in {pulled.sha256 for pulled in taken}
