"""Who is let in to the page: under which names it is reached, from which origins, and with which token."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from detente.errors import DetenteError, Problem

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ANYWHERE = ("0.0.0.0", "::", "[::]")  # names what is bound where a user asks for it


class UnsafeError(DetenteError):
    """A way of serving that would let in whom it should not."""


@dataclass(frozen=True)
class Door:
    """Who is let in: under which names the page is reached, and with which token; `csrf` is of this process.

    `public` is the address under which a proxy shows the page. Raises `UnsafeError` where others than this
    machine can reach the page and there is no token, or one that can be guessed.

    >>> Door(port=8000).hosts()
    ('127.0.0.1:8000', 'localhost:8000', '[::1]:8000')
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = field(default=None, repr=False)
    public: str | None = None
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise UnsafeError(*problems)

    def _problems(self) -> Iterator[Problem]:
        hint = f"add --token {secrets.token_urlsafe(18)}"
        if self.token is None and self.host not in (*LOOPBACK, "::1"):
            yield Problem(f"--host {self.host}", "lets others in, and there is no token", hint)
        if self.token is None and self.public is not None:
            yield Problem(f"--public {self.public}", "lets others in, and there is no token", hint)
        if self.token is not None and len(self.token) < 16:
            yield Problem(
                "--token", "is so short that it can be guessed", f"{hint}, or 16 characters of yours"
            )
        if self.public is not None and not _is_address(self.public):
            what = "is no address of a page"
            yield Problem(f"--public {self.public}", what, "give https://NAME, without a path")

    def hosts(self) -> tuple[str, ...]:
        """Return the names that a `Host` header may hold."""
        names = [*LOOPBACK]
        if self.host not in (*LOOPBACK, "::1", *ANYWHERE):
            names.append(f"[{self.host}]" if ":" in self.host else self.host)
        elif self.host in ANYWHERE:
            names.append(socket.gethostname().lower())
        found = [f"{name}:{self.port}" for name in names]
        if self.port == 80:
            found += names
        return (*found, urlsplit(self.public).netloc.lower()) if self.public else tuple(found)

    def knows(self, host: str) -> bool:
        """Return whether a `Host` header names this page; where all addresses are bound, any number will do,
        since no name can be made to point at it.
        """
        held = host.lower()
        if held in self.hosts():
            return True
        name, _, port = held.rpartition(":")
        return self.host in ANYWHERE and port == str(self.port) and _is_number(name)

    def welcomes(self, origin: str) -> bool:
        """Return whether an `Origin` header is of this page."""
        parts = _split(origin.lower())
        if self.public is not None and origin.lower() == self.public.lower().rstrip("/"):
            return True
        return (
            parts is not None
            and parts.scheme in ("http", "https")
            and not parts.path
            and self.knows(parts.netloc)
        )

    @property
    def cookie(self) -> str:
        """The name of the cookie; cookies do not tell ports apart."""
        return f"detente_{self.port}"

    @property
    def pass_(self) -> str:
        """What the cookie holds: it proves the token, and does not tell it."""
        return hmac.new((self.token or "").encode(), b"detente cookie", hashlib.sha256).hexdigest()


def _is_address(text: str) -> bool:
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https"):
        return False
    return bool(parts.netloc) and parts.path in ("", "/")


def _split(text: str) -> SplitResult | None:
    """Return an address in parts; None where it is none, as `http://[`."""
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
