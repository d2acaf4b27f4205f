"""A server on this machine that replays recorded answers, and records what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its body, and how long it takes to come."""

    body: str
    status: int = 200
    after: float = 0.0
    drip: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Stub:
    """The server's answers in their order, the last again and again; and the questions so far."""

    answers: list[Answer]
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


def completion(content: str) -> Answer:
    """Return a completion with this content, as the services wrap it."""
    return Answer(json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}))


def recorded(name: str) -> Answer:
    """Return a completion whose content is a recorded file."""
    return completion((RECORDED / name).read_text(encoding="utf-8"))


@contextmanager
def serving(*answers: Answer) -> Iterator[Stub]:
    """Yield a server that gives these answers."""
    stub = Stub(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            held = self.rfile.read(int(self.headers["Content-Length"]))
            stub.asked.append({"path": self.path, **json.loads(held)})
            stub.headers.append(dict(self.headers))
            answer = stub.answers.pop(0) if len(stub.answers) > 1 else stub.answers[0]
            time.sleep(answer.after)
            body = answer.body.encode()
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for piece in [body] if not answer.drip else [body[at : at + 1] for at in range(len(body))]:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(answer.drip)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
