"""The server process: uvicorn on one port, with the limits that a page for a few people needs."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from detente.errors import DetenteError, Problem
from detente.webapp.memory import hold_little

if TYPE_CHECKING:
    from starlette.types import ASGIApp

PORT = 8321
TRIES = 20
SECONDS_IDLE = 15
MOST_AT_ONCE = 256


class PortError(DetenteError):
    """A port that cannot be had."""


def bound(host: str, port: int | None) -> socket.socket:
    """Return a socket on a port; without one, on the first of a few that is free, 0 being any.

    Raises `PortError` where it cannot be had.
    """
    problem = None
    for each in (port,) if port is not None else range(PORT, PORT + TRIES):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        held = socket.socket(family, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((host, each))
        except (OSError, OverflowError) as error:
            held.close()
            problem = Problem(
                f"--port {each}", f"cannot be had on {host} ({error})", "choose another, or leave it out"
            )
        else:
            return held
    assert problem is not None
    raise PortError(problem)


def run(app: ASGIApp, held: socket.socket) -> None:
    """Serve until interrupted; runs that are under way end with their clients."""
    hold_little()
    settings = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=SECONDS_IDLE,
        timeout_graceful_shutdown=2,
        limit_concurrency=MOST_AT_ONCE,
        ws="none",
    )
    uvicorn.Server(settings).run(sockets=[held])
