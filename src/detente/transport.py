"""One question over HTTP and its answer, with Python's own client.

No redirect is followed, and no credentials are sent that the caller does not name: .netrc is not read.
Certificates are checked against the system's store, or the one that SSL_CERT_FILE names. The proxy is the one
that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY tell; this machine itself is never asked through one.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import http.client
import io
import ipaddress
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from detente import __version__

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that are this machine."""
TOLD = 200
"""Characters of a server's or a proxy's own words that are told."""
PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[\w.:%~-]+", re.ASCII)
_KEPT = "/%:@!$&'()*+,;=~?[]"
_PROXY = "let HTTPS_PROXY name it as http://host:port, or NO_PROXY the hosts that are asked without one"
_CERTIFICATES = "if you trust the server, let SSL_CERT_FILE name the file with its authority's certificate"


class TransportError(Exception):
    """No answer, or not the whole of one: why, whether time ran out, and what to do where that is known."""

    def __init__(self, why: str, *, late: bool = False, fix: str = "") -> None:
        super().__init__(why)
        self.late = late
        self.fix = fix


@dataclass(frozen=True)
class Patience:
    """Seconds: to connect, to the next bytes of an answer, and for question and answer as a whole."""

    connect: float
    read: float
    whole: float | None = None


@dataclass(frozen=True)
class Answer:
    """Status, reason, headers, and a body that is read as it comes; close it, or use it in a `with`."""

    response: http.client.HTTPResponse
    connection: http.client.HTTPConnection

    @property
    def status(self) -> int:
        """The number that says how it went."""
        return self.response.status

    @property
    def reason(self) -> str:
        """What the server calls that, as it may be shown."""
        return printable(self.response.reason)

    @property
    def headers(self) -> http.client.HTTPMessage:
        """The headers, found by name in any case."""
        return self.response.headers

    @property
    def length(self) -> int | None:
        """Bytes of the body that have yet to come; None where the server does not say, or packs them."""
        return None if self.packed else self.response.length

    @property
    def packed(self) -> str:
        """How the body is packed; empty where it comes as it is, which is what is asked for."""
        encoding = self.headers.get("Content-Encoding", "").strip().lower()
        return "" if encoding == "identity" else encoding

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the body as it arrives, unpacked where it is packed, `size` bytes at most at a time.

        Raises `TransportError` where it breaks off, comes too slowly, or is packed as nobody asked for.
        """
        if self.packed not in ("", "gzip", "x-gzip"):
            what = f"it is packed as {printable(self.packed)!r}, which is not read here"
            raise TransportError(
                what, fix="the server sends what it was not asked for; tell those who run it"
            )
        body: Any = gzip.GzipFile(fileobj=self.response) if self.packed else self.response
        while True:
            try:
                piece = body.read1(size)
            except (OSError, EOFError, zlib.error, http.client.HTTPException) as error:
                raise _told(error) from error
            if not piece:
                break
            yield piece
        if self.response.length:
            raise TransportError("the connection was closed")

    def close(self) -> None:
        """Leave what has not been read, and hang up."""
        self.response.close()
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def ask(url: str, *, patience: Patience, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """Return the answer to a GET, or to a POST where there is a `body`; redirects are answers like any other.

    Raises `TransportError` for an address that is none, and where nobody answers.
    """
    until = None if patience.whole is None else time.monotonic() + patience.whole
    sent = {"User-Agent": f"detente/{__version__}", "Accept": "*/*", "Connection": "close"}
    connection: http.client.HTTPConnection | None = None
    try:
        parts, path = _address(url)
        connection, target, own = _line(parts, path, patience.connect)
        connection.response_class = _paced(patience.read, until)
        connection.connect()
        connection.sock.settimeout(_left(patience.read, until))
        with contextlib.suppress(BrokenPipeError):  # a server may answer before it has heard all
            method = "GET" if body is None else "POST"
            connection.request(method, target, body, {**sent, **_basic(parts), **own, **headers})
        response = connection.getresponse()
    except (OSError, ValueError, http.client.HTTPException) as error:
        if connection is not None:
            connection.close()
        raise _told(error) from error
    return Answer(response, connection)


def printable(text: str) -> str:
    """Return a stranger's words as they may be shown: in one line, short, without controls.

    >>> printable("Not\\x1b[31m\\nFound")
    'Not?[31m?Found'
    """
    return "".join(each if each.isprintable() else "?" for each in text[:TOLD])


def _address(url: str) -> tuple[SplitResult, str]:
    """Return an address in parts, its host as it is asked for, and its path in letters that may be sent.

    Raises `ValueError` where it is none.

    >>> parts, path = _address("https://bücher.example/a b/ä?q=1&r=%20#top")
    >>> parts.netloc, path
    ('xn--bcher-kva.example', '/a%20b/%C3%A4?q=1&r=%20')
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    if parts.scheme not in PORTS or not _HOST.fullmatch(host):
        raise ValueError("it is no web address")
    user, _, _ = parts.netloc.rpartition("@")
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port is None else f":{parts.port}"
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    path = quote(parts.path or "/", safe=_KEPT) + query
    return parts._replace(netloc=f"{user}{'@' if user else ''}{shown}{port}"), path


def _line(
    parts: SplitResult, path: str, timeout: float
) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """Return a connection that is not open yet, what to ask there, and the headers that its proxy wants."""
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    via = proxy(parts.scheme, host, port)
    near, at = (str(via.hostname), via.port or PORTS["http"]) if via else (host, port)
    own = _basic(via, "Proxy-Authorization") if via else {}
    if parts.scheme == "http":
        named = f"http://{parts.netloc.rpartition('@')[2]}{path}" if via else path
        return http.client.HTTPConnection(near, at, timeout=timeout), named, own
    secure = http.client.HTTPSConnection(near, at, timeout=timeout, context=_context())
    if via:
        secure.set_tunnel(host, port, {"Host": f"{host}:{port}", **own})
    return secure, path, {}


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def proxy(scheme: str, host: str, port: int) -> SplitResult | None:
    """Return the proxy through which a host is asked. Raises `TransportError` for one of another kind."""
    told = getproxies()
    named = told.get(scheme) or told.get("all")
    if not named or host in LOOPBACK or proxy_bypass(f"{host}:{port}") or _excepted(host, told.get("no", "")):
        return None
    parts = urlsplit(named if "://" in named else f"http://{named}")
    if parts.scheme != "http" or not parts.hostname:
        raise TransportError("the proxy that the environment names is none that can be used", fix=_PROXY)
    return parts


def _excepted(host: str, networks: str) -> bool:
    """Return whether a host is an address in one of the networks that NO_PROXY lists.

    >>> _excepted("10.1.2.3", "example.org, 10.0.0.0/8"), _excepted("host.example", "10.0.0.0/8")
    (True, False)
    """
    for each in networks.split(","):
        with contextlib.suppress(ValueError):
            if ipaddress.ip_address(host) in ipaddress.ip_network(each.strip(), strict=False):
                return True
    return False


def _basic(parts: SplitResult, name: str = "Authorization") -> dict[str, str]:
    """Return the header for user and password of an address; none where it has none."""
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {name: f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}


def _left(read: float, until: float | None) -> float:
    """Return how many seconds the next bytes may take. Raises `TimeoutError` where none are left."""
    left = read if until is None else min(read, until - time.monotonic())
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _paced(read: float, until: float | None) -> type[http.client.HTTPResponse]:
    """Return a kind of answer whose every read, headers too, ends in time."""

    class Paced(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
            super().__init__(sock, *args, **named)
            self.fp = io.BufferedReader(_Reader(sock, self.fp.detach()))

    class _Reader(io.RawIOBase):
        def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
            self.sock, self.raw = sock, raw

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> Any:
            self.sock.settimeout(_left(read, until))
            return self.raw.readinto(buffer)

        def close(self) -> None:
            self.raw.close()
            super().close()

    return Paced


def _told(error: Exception) -> TransportError:
    """Return an error in the words of its deepest cause."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    why, fix = printable(str(cause)) or type(cause).__name__, ""
    if isinstance(cause, http.client.IncompleteRead | EOFError):
        why = "the connection was closed"
    elif isinstance(cause, http.client.BadStatusLine) and not isinstance(cause, ConnectionError):
        why = "it does not speak HTTP"
    if isinstance(error, ssl.SSLCertVerificationError):
        fix = _CERTIFICATES
    elif isinstance(error, ValueError | http.client.InvalidURL):
        fix = "check the address"
    return TransportError(why, late=isinstance(error, TimeoutError), fix=fix)
