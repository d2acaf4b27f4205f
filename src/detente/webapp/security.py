"""What stands before every handler: who is turned away and why, limits, and the headers of every answer.

`door` says who is let in. A refusal is JSON: `{"errors": [{where, what, hint}]}`.
"""

from __future__ import annotations

import hmac
import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from detente.errors import Problem
from detente.webapp.door import Door

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = "/static/"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
HEADER = b"x-detente-token"
MOST_BODY = 21_100_000
"""Bytes of a request's body: a case of 1 MB, tables of 20 MB, and what a form adds around them."""
MOST_QUERY = 8_192
MOST_CLIENTS = 4_096
BURST, RATE = 1_200.0, 20.0
"""Requests of one client at once, and how many a second come back."""
ALL_BURST, ALL_RATE = 10_000.0, 500.0
"""The same of all clients at one address."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


@dataclass(eq=False)
class Bucket:
    """What a client has left: `burst` at most, of which `rate` come back a second."""

    left: float
    seen: float

    def take(self, now: float, burst: float, rate: float) -> float:
        """Take one, and return 0; or the number of seconds until there is one."""
        self.left = min(burst, self.left + (now - self.seen) * rate)
        self.seen = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / rate


class Guard:
    """The middleware that stands before everything else."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        sender = _Sender(send, b"no-cache" if scope["path"].startswith(STATIC) else b"no-store")
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal.send(sender)
            return
        await self.app(scope, _Limited(receive, MOST_BODY if scope["method"] in WRITES else 0), sender)

    def _refusal(self, scope: Scope, headers: dict[bytes, str]) -> Refusal | None:
        """Return why a request is turned away, or None."""
        door, query = self.door, scope["query_string"]
        if not door.knows(headers.get(b"host", "")):
            hint = "open it by the address that the command shows"
            return Refusal(403, Problem("Host", "is not the name of this page", hint))
        if wait := self._wait(scope, query):
            hint = f"wait {wait:.0f} s, and send fewer at once"
            seconds = (b"retry-after", str(max(1, round(wait + 0.5))).encode())
            return Refusal(429, Problem("client", "sends too many requests", hint), (seconds,))
        if len(query) > MOST_QUERY:
            return Refusal(414, Problem("address", "is too long", f"{MOST_QUERY:,} characters at most"))
        return self._intruder(scope, headers) or self._forged(scope, headers)

    def _wait(self, scope: Scope, query: bytes) -> float:
        """Return for how many seconds a client has to wait, by address and by the id it gives itself."""
        now, address = time.monotonic(), (scope.get("client") or ("",))[0]
        name = dict(parse_qsl(query[:MOST_QUERY].decode("latin-1"))).get("client", "")[:64]
        whole = self._bucket((address, "*"), now, ALL_BURST).take(now, ALL_BURST, ALL_RATE)
        return whole or self._bucket((address, f"={name}"), now, BURST).take(now, BURST, RATE)

    def _bucket(self, key: tuple[str, str], now: float, burst: float) -> Bucket:
        found = self._buckets.setdefault(key, Bucket(burst, now))
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return found

    def _intruder(self, scope: Scope, headers: dict[bytes, str]) -> Refusal | None:
        """Return why someone without the token is turned away; a token in the address becomes a cookie."""
        door = self.door
        if door.token is None:
            return None
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = next((value for name, value in pairs if name == "token"), None)
        if given is not None and _same(given, door.token) and scope["method"] == "GET":
            rest = urlencode([pair for pair in pairs if pair[0] != "token"])
            where = scope["path"] + (f"?{rest}" if rest else "")
            secure = "; Secure" if (door.public or "").startswith("https") else ""
            cookie = f"{door.cookie}={door.pass_}; Path=/; HttpOnly; SameSite=Lax{secure}"
            held = (b"location", where.encode("ascii", "ignore")), (b"set-cookie", cookie.encode())
            return Refusal(303, None, held)
        bearer = headers.get(b"authorization", "").removeprefix("Bearer ")
        if _same(_cookie(headers, door.cookie), door.pass_) or _same(bearer, door.token):
            return None
        hint = "open the address with ?token=… once, as whoever runs the server gave it"
        return Refusal(401, Problem("token", "is missing or wrong", hint))

    def _forged(self, scope: Scope, headers: dict[bytes, str]) -> Refusal | None:
        """Return why a request that another site made is turned away."""
        origin, site = headers.get(b"origin"), headers.get(b"sec-fetch-site", "same-origin")
        hint = "use the page itself"
        if scope["path"].startswith("/api/") and site == "cross-site":
            return Refusal(403, Problem("Sec-Fetch-Site", "another site asks", hint))
        if scope["method"] not in WRITES:
            return None
        if origin is not None and not self.door.welcomes(origin):
            return Refusal(403, Problem("Origin", "is another site", hint))
        if not _same(headers.get(HEADER, ""), self.door.csrf):
            again = "load the page anew: the server has been started since"
            return Refusal(403, Problem("x-detente-token", "is missing or old", again))
        if int(_whole(headers.get(b"content-length", "0"))) > MOST_BODY:
            return Refusal(413, too_large())
        return None


def too_large() -> Problem:
    """Return what is said of a body that is too large."""
    hint = "serve the case from a folder with its tables: detente serve ./mine.yaml"
    return Problem("upload", "is larger than 21 MB", hint)


def _whole(text: str) -> str:
    return text if text.isascii() and text.isdecimal() and len(text) < 16 else str(MOST_BODY + 1)


def _same(one: str, other: str) -> bool:
    """Compare in a time that does not tell how much is right."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _cookie(headers: dict[bytes, str], name: str) -> str:
    try:
        held = SimpleCookie(headers.get(b"cookie", ""))
    except CookieError:
        return ""
    return held[name].value if name in held else ""


@dataclass(frozen=True)
class Refusal:
    """An answer that no handler gives: its status, what is wrong, and headers of its own."""

    status: int
    problem: Problem | None
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        """Send it."""
        told = {"errors": [vars(self.problem)]} if self.problem else {}
        body = json.dumps(told, ensure_ascii=False).encode()
        kind = ((b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": [*kind, *self.headers]})
        await send({"type": "http.response.body", "body": body})


class TooLargeError(Exception):
    """A body that goes on beyond the limit."""


class _Sender:
    """Adds the headers of every answer; `cache` is for those that do not say how they may be kept."""

    def __init__(self, send: Send, cache: bytes) -> None:
        self._send = send
        self._cache = cache

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message.get("headers", ())}
            kept = [*message.get("headers", ()), *(each for each in HEADERS if each[0] not in given)]
            if b"cache-control" not in given:
                kept.append((b"cache-control", self._cache))
            message = {**message, "headers": kept}
        await self._send(message)


class _Limited:
    """Receives a body piece by piece, up to the limit."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise TooLargeError
        return message
