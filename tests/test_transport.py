"""Questions over HTTP: whole answers, in time, from whom they were meant for, and every failure in words."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from detente import transport
from detente.transport import Patience, TransportError, ask
from tests.raw_server import CERTIFICATE, TLS, UNHEARD, ok, speaking

PATIENT = Patience(connect=5, read=5)
BODY = b"country,year\n" * 5000
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates but those that a test names."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def got(url: str, patience: Patience = PATIENT, *, size: int = 65_536, **named: str) -> bytes:
    with ask(url, patience=patience, headers=named) as answer:
        assert answer.status == 200
        return b"".join(answer.pieces(size))


def failed(url: str, patience: Patience = PATIENT) -> TransportError:
    with pytest.raises(TransportError) as caught:
        got(url, patience)
    return caught.value


# whole answers


@pytest.mark.parametrize(
    "answer",
    [
        ok(BODY),
        ok(BODY, length=-1),
        ok(b"a\r\ncountry,ye\r\n2\r\nar\r\n0\r\n\r\n", "Transfer-Encoding: chunked", length=-1),
        ok(gzip.compress(BODY), "Content-Encoding: gzip"),
        ok(gzip.compress(BODY[:100]) + gzip.compress(BODY[100:]), "content-encoding: X-GZIP"),
        ok(gzip.compress(BODY), "Content-Encoding: gzip", length=-1),
        ok(BODY, "Content-Encoding: identity"),
    ],
)
def test_a_body_arrives_as_it_was_meant_however_it_is_sent(answer: bytes) -> None:
    with speaking(answer) as server:
        held = got(server.url)
        assert held == BODY or held == b"country,year"
    assert server.names == ["GET /file.csv HTTP/1.1"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (ok(BODY[:9000], length=len(BODY)), "the connection was closed"),
        (ok(b"a\r\ncountry", "Transfer-Encoding: chunked", length=-1), "the connection was closed"),
        (ok(b"a\r\ncountry,ye\r\n", "Transfer-Encoding: chunked", length=-1), "the connection was closed"),
        (ok(b"?\r\ncountry,ye\r\n", "Transfer-Encoding: chunked", length=-1), "the connection was closed"),
        (ok(gzip.compress(BODY)[:-20], "Content-Encoding: gzip", length=-1), "the connection was closed"),
        (ok(BODY, "Content-Encoding: gzip"), "Not a gzipped file"),
        (ok(gzip.compress(BODY)[:20] + b"\xff" * 99, "Content-Encoding: gzip"), "while decompressing"),
        (ok(BODY, "Content-Encoding: br\x1b[2J"), r"packed as 'br\?\[2j'"),
        (b"", "closed connection without response"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "it does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "more than 65536 bytes"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n", "more than 100 headers"),
    ],
)
def test_an_answer_that_is_not_whole_or_none_is_told(answer: bytes, why: str) -> None:
    with speaking(answer) as server, pytest.raises(TransportError, match=why) as caught:
        got(server.url)
    assert str(caught.value).isprintable() and not caught.value.late


def test_what_was_packed_tightly_is_never_unpacked_at_once() -> None:
    with (
        speaking(ok(gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip")) as server,
        ask(server.url, patience=PATIENT, headers={}) as answer,
    ):
        sizes = [len(piece) for piece in answer.pieces(100_000)]
    assert sum(sizes) == 50_000_000 and max(sizes) <= 100_000


def test_the_length_is_that_of_the_body_or_not_known() -> None:
    packed = ok(gzip.compress(BODY), "Content-Encoding: gzip")
    with speaking(
        ok(BODY), ok(BODY, length=-1), packed, ok(BODY, "Content-Length: \xb2", length=-1)
    ) as server:
        told = []
        for _ in range(4):
            with ask(server.url, patience=PATIENT, headers={}) as answer:
                told.append(answer.length)
    assert told == [len(BODY), None, None, None]


def test_a_reason_is_told_without_controls() -> None:
    with (
        speaking(ok(status="404 \x1b[31mGone" + "!" * 999)) as server,
        ask(server.url, patience=PATIENT, headers={}) as answer,
    ):
        assert answer.reason.startswith("?[31mGone!") and len(answer.reason) == transport.TOLD


def test_a_server_that_answers_before_it_has_heard_all_is_listened_to() -> None:
    with (
        speaking([UNHEARD, ok(b"too large", status="413 Too Large")]) as server,
        ask(server.url, patience=PATIENT, headers={}, body=bytes(30_000_000)) as answer,
    ):
        assert answer.status == 413


def test_a_redirect_is_an_answer_like_any_other() -> None:
    with speaking(ok(b"", "Location: /elsewhere", status="302 Found"), ok(BODY)) as server:
        with ask(server.url, patience=PATIENT, headers={}) as answer:
            assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")
        assert len(server.heard) == 1


# in time


@pytest.mark.parametrize(
    "answer", [ok(BODY), ok(BODY)[:20], ok(gzip.compress(BODY), "Content-Encoding: gzip")]
)
def test_a_server_that_drips_is_left_when_the_whole_takes_too_long(answer: bytes) -> None:
    """The first never ends its body, the second its headers."""
    with speaking(answer, drip=0.02) as server:
        error = failed(server.url, Patience(connect=5, read=5, whole=0.3))
    assert error.late


@pytest.mark.parametrize("turn", [[b"", b""], [ok(BODY[:9], length=99), b""]])
def test_a_server_that_falls_silent_is_left(turn: list[bytes]) -> None:
    with speaking(turn) as server:
        assert failed(server.url, Patience(connect=5, read=0.2)).late


def test_time_that_has_run_out_before_anything_is_asked_is_no_answer() -> None:
    with speaking(ok(BODY)) as server:
        assert failed(server.url, Patience(connect=5, read=5, whole=0)).late
        assert b"GET" not in b"".join(server.heard)


# to whom


@pytest.mark.parametrize(
    "url",
    [
        "", "file.csv", "ftp://127.0.0.1/a", "https://", "https:///a", "https://?", "https://exa mple.org/",
        "https://example.org\x01/", "https://a..example.org/", f"https://{'a' * 64}.example/", "https://[::1",
        "https://example.org:99999/", "https://example.org:port/", "https://\udc80.example/",
        "https://\u2100.example/", "https://example.org/\udc80", "https://exa\\mple.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_told_and_nobody_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: pytest.fail("somebody was asked"))
    error = failed(url)
    assert error.fix == "check the address" and str(error).isprintable()


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/a b", "/a%20b"),
        ("/ä?q=ü&r=%20", "/%C3%A4?q=%C3%BC&r=%20"),
        ("", "/"),
        ("?a=1", "/?a=1"),
        ("//b/../c;d", "//b/../c;d"),
        ("/a HTTP/1.1\r\nX-Injected: 1\r\n", "/a%20HTTP/1.1X-Injected:%201"),
        ("/a\x00\x7f\x1b", "/a%00%7F%1B"),
    ],
)
def test_a_path_is_asked_for_in_letters_that_may_be_sent(path: str, asked: str) -> None:
    with speaking(ok(BODY)) as server:
        assert got(f"http://127.0.0.1:{server.port}{path}") == BODY
    assert server.names == [f"GET {asked} HTTP/1.1"]
    assert b"\r\nX-Injected" not in server.heard[0]


def test_a_header_that_would_hold_another_is_not_sent() -> None:
    with speaking(ok(BODY)) as server, pytest.raises(TransportError):
        got(server.url, Range="bytes=0-\r\nX-Injected: 1")
    assert b"Injected" not in b"".join(server.heard)


def test_nobody_there_is_told() -> None:
    with speaking(ok()) as server:
        gone = server.url
    assert "refused" in str(failed(gone))


def test_only_what_the_address_itself_says_is_sent_as_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login somebody password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with speaking(ok(BODY)) as server:
        got(server.url)
        got(server.url.replace("127", "me:p%40ss@127"))
    assert b"Authorization" not in server.heard[0]
    assert b"Authorization: Basic " + base64.b64encode(b"me:p@ss") in server.heard[1]
    assert b"\r\nUser-Agent: detente/" in server.heard[0]


# certificates


def test_a_certificate_is_believed_when_the_environment_names_its_authority(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with speaking([TLS, ok(BODY)]) as server:
        url = server.url.replace("http:", "https:")
        error = failed(url)
        assert "certificate verify failed" in str(error) and "SSL_CERT_FILE" in error.fix
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert got(url) == BODY
        other = failed(url.replace("127.0.0.1", "localhost"))
        assert "not valid for 'localhost'" in str(other)
    assert server.names == ["GET /file.csv HTTP/1.1"]


# proxies


def test_a_secure_server_is_asked_through_the_proxy_which_learns_nothing_but_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with speaking([CONNECTED, TLS, ok(BODY)]) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:p%40ss@127.0.0.1:{server.port}")
        assert got("https://files.example/a?b=1", Authorization="Bearer key") == BODY
    tunnel, question = server.heard
    assert tunnel.startswith(b"CONNECT files.example:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"me:p@ss") in tunnel and b"Bearer" not in tunnel
    assert question.startswith(b"GET /a?b=1 HTTP/1.1\r\n") and b"Proxy-Authorization" not in question
    assert b"\r\nHost: files.example\r\n" in question


def test_an_open_server_is_asked_through_the_proxy_by_its_whole_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with speaking(ok(BODY)) as server:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{server.port}")
        assert got("http://me:p@files.example:8080/a b") == BODY
    assert server.names == ["GET http://files.example:8080/a%20b HTTP/1.1"]
    assert b"\r\nHost: files.example:8080\r\n" in server.heard[0]


def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(ok(b"of the proxy")) as proxy, speaking(ok(BODY)) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert got(server.url) == BODY
        assert proxy.heard == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 407 Who\x1b[31m are you\r\n\r\n", r"407 Who\?\[31m are you"),
        (b"SSH-2.0\r\n\r\n", "it does not speak HTTP"),
    ],
)
def test_a_proxy_that_refuses_is_quoted_and_its_password_is_not_told(
    answer: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with speaking(answer) as server:
        monkeypatch.setenv("ALL_PROXY", f"http://me:secret@127.0.0.1:{server.port}")
        error = failed("https://files.example/")
    with pytest.raises(TransportError, match=why):
        raise error
    assert "secret" not in str(error)


def test_a_proxy_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(CONNECTED, drip=0.02) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
        assert failed("https://files.example/", Patience(connect=5, read=5, whole=0.3)).late


@pytest.mark.parametrize(
    "named", ["socks5://me:secret@proxy.example:1080", "https://proxy.example", "http://"]
)
def test_a_proxy_of_another_kind_is_told_with_what_to_set(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", named)
    error = failed("https://files.example/")
    assert "HTTPS_PROXY" in error.fix and "secret" not in str(error)


@pytest.fixture
def excepted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "files.example, .org, odd.example:8443,10.0.0.0/8, 2001:db8::/32")
    yield


@pytest.mark.parametrize(
    ("host", "port", "through"),
    [
        ("files.example", 443, False),
        ("sub.files.example", 443, False),
        ("other-files.example", 443, True),
        ("data.org", 443, False),
        ("odd.example", 8443, False),
        ("odd.example", 443, True),
        ("10.1.2.3", 443, False),
        ("11.1.2.3", 443, True),
        ("2001:db8::7", 443, False),
        ("2001:db9::7", 443, True),
    ],
)
def test_the_environment_says_who_is_asked_without_a_proxy(
    excepted: None, host: str, port: int, through: bool
) -> None:
    found = transport.proxy("https", host, port)
    assert (found is not None) == through
    assert found is None or (found.hostname, found.port) == ("proxy.example", 3128)
