"""A server on this machine that says the bytes it is told to say, HTTP or not, and keeps what it hears."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CERTIFICATE = Path(__file__).parent / "certificate.pem"
"""Of files.example and 127.0.0.1, with its key."""
TLS = b"(from here on in TLS)"
"""Said in the place of bytes by a server, or by one behind a proxy."""
UNHEARD = b"(what is asked is not heard to its end)"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)\r\n")


@dataclass
class Spoken:
    """What a server says on each connection, the last again and again; where it is, and what it heard."""

    turns: list[Sequence[bytes]]
    drip: float
    port: int = 0
    heard: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/file.csv"

    @property
    def names(self) -> list[str]:
        """The first lines of what was asked."""
        return [each.partition(b"\r\n")[0].decode("latin-1") for each in self.heard]


def ok(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return an answer; `length` is what it says of its body, and -1 says nothing."""
    told = [] if length == -1 else [f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([f"HTTP/1.1 {status}", *told, *headers, "", ""]).encode("latin-1") + body


@contextmanager
def speaking(*turns: bytes | Sequence[bytes], drip: float = 0.0) -> Iterator[Spoken]:
    """Yield a server; a turn is what is said on one connection, each part of it after a question.

    To say nothing after the last question is to stay until whoever asked hangs up.
    """
    spoken = Spoken([[turn] if isinstance(turn, bytes) else turn for turn in turns], drip)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        spoken.port = listening.getsockname()[1]
        done = threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, spoken, done), daemon=True)
        thread.start()
        try:
            yield spoken
        finally:
            done.set()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", spoken.port)):
                pass
            thread.join()


def _serve(listening: socket.socket, spoken: Spoken, done: threading.Event) -> None:
    while True:
        connection, _ = listening.accept()
        if done.is_set():
            connection.close()
            return
        turn = spoken.turns.pop(0) if len(spoken.turns) > 1 else spoken.turns[0]
        with contextlib.suppress(OSError):  # who asked has gone
            connection = _say(connection, turn, spoken, done)
        connection.close()


def _say(
    connection: socket.socket, turn: Sequence[bytes], spoken: Spoken, done: threading.Event
) -> socket.socket:
    hear_all = True
    for part in turn:
        if part == TLS:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            connection = context.wrap_socket(connection, server_side=True)
        elif part == UNHEARD:
            hear_all = False
        else:
            spoken.heard.append(_hear(connection, whole=hear_all))
            pieces = [part[at : at + 1] for at in range(len(part))] if spoken.drip else [part]
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(spoken.drip)
                if done.is_set():
                    break
    connection.shutdown(socket.SHUT_WR)
    return connection


def _hear(connection: socket.socket, *, whole: bool) -> bytes:
    """Return what is asked, with its body."""
    heard = b""
    while b"\r\n\r\n" not in heard and (piece := connection.recv(65_536)):
        heard += piece
    head, _, _ = heard.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    while whole and length and len(heard) < len(head) + 4 + int(length[1]):
        heard += connection.recv(65_536)
    return heard
