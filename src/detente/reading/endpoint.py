"""An OpenAI-compatible endpoint, asked with patience that ends and a key that is never told."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from detente import transport
from detente.errors import Problem, ReadingError
from detente.reading.markup import strip_invisible

LARGEST = 5_000_000
"""Bytes of the largest answer that is read."""
TOLD = 200
"""Characters of a server's own words that are shown."""
TAKEN_OUT = "[key]"
WINDOW = 8
"""Characters of a key that give it away."""
WORD = re.compile(r"""[^\s"'\\<>{}\[\](),;]+""")
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers after which it is asked again."""


class UnansweredError(Exception):
    """One try that came to nothing, and whether another may help."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.again = again


@dataclass(frozen=True)
class Endpoint:
    """Where to ask, which model, and how long to wait; the key is in no text that it gives."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 60.0
    tries: int = 3
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        hint = "give the base address, as in https://host/v1; the key goes into an environment variable"
        try:
            parts = urlsplit(self.url)
        except ValueError:
            raise ReadingError(Problem("--endpoint", "is no web address", hint)) from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ReadingError(Problem("--endpoint", "is no web address", hint))
        if parts.username or parts.password or parts.query:
            raise ReadingError(Problem("--endpoint", "holds a user, a password or a query", hint))
        if self.key and parts.scheme == "http" and parts.hostname not in transport.LOOPBACK:
            raise ReadingError(
                Problem("--endpoint", "would send the key in the clear", "use https, or leave out --key-env")
            )
        if not (self.key.isascii() and self.key.isprintable()):
            what = "names a variable that holds letters which no key has"
            raise ReadingError(Problem("--key-env", what, "set it again, to the key alone"))

    @property
    def address(self) -> str:
        """The address that is asked."""
        base = self.url.rstrip("/")
        return base if base.endswith("/chat/completions") else f"{base}/chat/completions"

    def ask(self, system: str, user: str, schema: Mapping[str, Any]) -> str:
        """Return what the model answers, with the key taken out wherever it stands.

        Raises `ReadingError` where no answer came, after `tries` or at once where trying again cannot help.
        """
        body: dict[str, Any] = {
            "model": self.model,
            "temperature": 0,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "claims", "schema": schema}},
        }
        why = ""
        for attempt in range(self.tries):
            if attempt:
                self.sleep(min(2.0**attempt, 20.0))
            try:
                return self._once(body)
            except UnansweredError as error:
                why = str(error)
                if not error.again:
                    break
        hint = "check --endpoint, --model and the key; without --endpoint the draft is made by rules"
        raise ReadingError(Problem(self.redacted(self.address), why, hint))

    def redacted(self, text: str) -> str:
        """Return a text without the key: every word that holds it, a part of it, or a coding of it.

        >>> Endpoint("https://host/v1", "m", "sk-1234567890abcdef").redacted("bad key sk-1234567890abcdef!")
        'bad key [key]'
        """
        if not self.key:
            return text
        coded = (self.key, quote(self.key, safe=""), base64.b64encode(self.key.encode()).decode())
        parts = {each[at : at + WINDOW] for each in coded for at in range(max(1, len(each) - WINDOW + 1))}
        telling = re.compile("|".join(re.escape(part) for part in sorted(parts)), re.IGNORECASE)
        return WORD.sub(lambda word: TAKEN_OUT if telling.search(word[0]) else word[0], text)

    def _once(self, body: dict[str, Any]) -> str:
        """Ask once; a server that does not know schemas is asked for plain JSON the next time."""
        status, held = self._post(body)
        if status == 400 and "response_format" in body:
            del body["response_format"]
            raise UnansweredError("refused the question (400)", again=True)
        if status != 200:
            raise UnansweredError(self._said(status, held), again=status in AGAIN)
        try:
            content = json.loads(held)["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            raise UnansweredError("answered with something that is no completion", again=True) from None
        if not isinstance(content, str):
            raise UnansweredError("answered with no text", again=True)
        return self.redacted(content)

    def _post(self, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Return status and body of one answer, read no longer than `timeout`, no further than `LARGEST`."""
        patience = transport.Patience(min(10.0, self.timeout), self.timeout, whole=self.timeout)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            with transport.ask(
                self.address, patience=patience, headers=headers, body=json.dumps(body).encode()
            ) as answer:
                held = bytearray()
                for piece in answer.pieces(65_536):
                    held += piece
                    if len(held) > LARGEST:
                        raise UnansweredError("answered with more than is read", again=False)
                return answer.status, bytes(held)
        except transport.TransportError as error:
            if error.late:
                why = f"did not answer within {self.timeout:g} seconds"
                raise UnansweredError(why, again=True) from None
            why = f"{error}{'; ' if error.fix else ''}{error.fix}"
            raise UnansweredError(f"cannot be reached ({self._shown(why)})", again=True) from None

    def _said(self, status: int, held: bytes) -> str:
        """Return what an answer that is no completion comes to, in few words of the server."""
        what = {401: "refused the key", 403: "refused the key", 404: "knows no such address or model"}
        if 300 <= status < 400:
            return f"sends elsewhere ({status}), which is not followed"
        own = self._shown(held[:20_000].decode("utf-8", errors="replace"))
        return f"{what.get(status, 'did not answer')} ({status}){f': {own}' if own else ''}"

    def _shown(self, words: str) -> str:
        """Return somebody else's words as they may be told."""
        return " ".join(self.redacted(strip_invisible(words)[0]).split())[:TOLD]
