"""One file over HTTP: where redirects lead, what breaks off and goes on, and odd answers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from detente.errors import EvidenceError
from detente.evidence import fetching
from detente.evidence.progress import Event
from detente.transport import Patience
from tests.raw_server import CERTIFICATE, TLS, ok, speaking

CONTENT = b"actor,year,value\n" * 2000
TAG = 'ETag: "1"'


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "parts" / "file.csv.part"


def fetched(url: str, part: Path, limit: int = 10**6) -> str:
    """Return the tag of what was fetched, when all of it is there."""
    heard: list[Event] = []
    found = fetching.fetch(url, part, limit=limit, report=heard.append)
    assert part.read_bytes() == CONTENT and not note(part).exists()
    assert heard[-1].done == len(CONTENT)
    return found.etag


def refused(url: str, part: Path, limit: int = 10**6) -> str:
    """Return what the error says, in letters that can be shown."""
    with pytest.raises(EvidenceError) as caught:
        fetched(url, part, limit)
    told = str(caught.value)
    assert all(line.isprintable() for line in told.split("\n"))
    return told


def note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def moved(to: str, *headers: str) -> bytes:
    return ok(b"", f"Location: {to}", *headers, status="302 Found")


# where it leads


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://[::1", "is no address"),
        ("https://exa mple.org/", "no web address"),
        ("https://example.org:99999/", "out of range"),
        ("https://a..example.org/", "label empty"),
        ("https://" + "\xfc" * 64 + ".example/", "check the address"),
        ("https://", "no web address"),
        ("http://127.0.0.1.example.org/", "is not an https address"),
        ("http://127.0.0.1:1@example.org/", "is not an https address"),
        ("file:///etc/\x1b[31mpasswd", "is not an https address"),
        ("ftp://127.0.0.1/", "is not an https address"),
    ],
)
def test_a_redirect_to_what_cannot_be_asked_is_told(part: Path, to: str, why: str) -> None:
    with speaking(moved(to)) as server:
        assert why in refused(server.url, part)
        assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://", "no web address"),
        ("https://[::1", "is not an https address"),
        ("https://exa mple.org/a", "check the address"),
        ("https://example.org:port/a", "check the address"),
        ("https://\udc80.example/a", "check the address"),
        ("a.csv", "is not an https address"),
    ],
)
def test_an_address_that_is_none_is_told(part: Path, url: str, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        fetched(url, part)


def test_a_redirect_may_be_written_in_any_letters(part: Path) -> None:
    to = "/gr\u00f6\u00dfe a.csv?q=\u00e9".encode().decode("latin-1")
    with speaking(moved(to), ok(CONTENT)) as server:
        fetched(server.url, part)
    assert server.names[1] == "GET /gr%C3%B6%C3%9Fe%20a.csv?q=%C3%A9 HTTP/1.1"


def test_cookies_of_a_redirect_go_along_and_end_with_the_file(part: Path) -> None:
    with speaking(moved("/file.csv", "Set-Cookie: seen=yes; Path=/"), ok(CONTENT)) as server:
        fetched(server.url, part)
        fetched(server.url, part)
    assert [b"\r\nCookie: seen=yes\r\n" in each for each in server.heard] == [False, True, False]


def test_a_redirect_without_an_address_is_an_answer(part: Path) -> None:
    with speaking(ok(status="302 Found")) as server:
        assert "the server answers 302 Found" in refused(server.url, part)


def test_the_file_comes_in_the_clear_and_from_its_start(part: Path) -> None:
    with speaking(ok(CONTENT, TAG)) as server:
        assert fetched(server.url, part) == '"1"'
    assert b"\r\nAccept-Encoding: identity\r\n" in server.heard[0]
    assert b"Range" not in server.heard[0]


def test_a_certificate_of_nobody_known_is_told_with_what_to_set(
    part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with speaking([TLS, ok(CONTENT)]) as server:
        url = server.url.replace("http:", "https:")
        assert "SSL_CERT_FILE" in refused(url, part)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        fetched(url, part)


# what breaks off


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ok(CONTENT[:9000], TAG, length=len(CONTENT)), f"broke off after 9000 of {len(CONTENT)} bytes"),
        (
            ok(b"2328\r\n" + CONTENT[:9000], TAG, "Transfer-Encoding: chunked", length=-1),
            "broke off after 9000 bytes (the connection was closed)",
        ),
    ],
)
def test_what_broke_off_is_counted_kept_and_gone_on_with(part: Path, answer: bytes, told: str) -> None:
    rest = ok(CONTENT[9000:], TAG, status="206 Partial Content")
    with speaking(answer, rest) as server:
        assert told in refused(server.url, part)
        assert part.read_bytes() == CONTENT[:9000]
        assert fetched(server.url, part) == '"1"'
    assert b'\r\nRange: bytes=9000-\r\nIf-Range: "1"\r\n' in server.heard[1]


def test_a_server_that_falls_silent_is_left_and_what_came_is_kept(
    part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE", Patience(connect=5, read=0.2))
    with speaking([ok(CONTENT[:9000], TAG, length=len(CONTENT)), b""]) as server:
        assert f"broke off after 9000 of {len(CONTENT)} bytes (timed out)" in refused(server.url, part)
    assert part.read_bytes() == CONTENT[:9000]


def test_where_nothing_is_left_to_send_the_file_is_fetched_anew(part: Path) -> None:
    with speaking(
        ok(CONTENT, TAG, length=len(CONTENT) + 9),
        ok(status="416 Range Not Satisfiable"),
        ok(CONTENT, TAG),
    ) as server:
        assert "broke off" in refused(server.url, part)
        fetched(server.url, part)
    assert [b"\r\nRange" in each for each in server.heard] == [False, True, False]


@pytest.mark.parametrize("tag", ['W/"1"', "", "\xfc", "a\x1bb", None, 7, ["1"]])
def test_a_tag_that_does_not_stand_for_the_very_bytes_is_not_gone_on_with(part: Path, tag: object) -> None:
    with speaking(ok(CONTENT)) as server:
        part.parent.mkdir()
        part.write_bytes(CONTENT[:9])
        note(part).write_text(json.dumps({"url": server.url, "etag": tag}), encoding="utf-8")
        fetched(server.url, part)
    assert b"Range" not in server.heard[0]


# answers that nobody would expect


def test_a_file_that_is_packed_unasked_is_unpacked_and_not_gone_on_with(part: Path) -> None:
    packed = gzip.compress(CONTENT)
    with speaking(
        ok(packed[:-30], TAG, "Content-Encoding: gzip", length=len(packed)),
        ok(packed, TAG, "Content-Encoding: gzip"),
    ) as server:
        assert "(the connection was closed)" in refused(server.url, part)
        fetched(server.url, part)
    assert b"Range" not in server.heard[1]


def test_the_limit_holds_for_what_was_packed_too(part: Path) -> None:
    with speaking(ok(gzip.compress(CONTENT), "Content-Encoding: gzip")) as server:
        assert "is larger than 9000 bytes" in refused(server.url, part, limit=9000)
    assert part.stat().st_size <= 9000


def test_the_limit_holds_where_the_server_does_not_say_how_much_comes(part: Path) -> None:
    with speaking(ok(CONTENT, length=-1)) as server:
        assert "is larger than 9000 bytes" in refused(server.url, part, limit=9000)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ok(CONTENT, "Content-Encoding: br"), "packed as 'br'"),
        (ok(status="404 \x1b[31mGone"), "the server answers 404 ?[31mGone"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "cannot be fetched (it does not speak HTTP)"),
        (b"", "cannot be fetched (Remote end closed connection without response)"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told(part: Path, answer: bytes, told: str) -> None:
    with speaking(answer) as server:
        assert told in refused(server.url, part)


@pytest.mark.parametrize("length", ["\xb2", "-1", "9" * 5000, "many"])
def test_a_length_that_is_no_number_is_not_counted_on(part: Path, length: str) -> None:
    with speaking(ok(CONTENT, f"Content-Length: {length}", length=-1)) as server:
        fetched(server.url, part)
