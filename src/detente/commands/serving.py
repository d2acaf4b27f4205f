"""The command on the live page: a case to explore in the browser, on this machine."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import Annotated

from cyclopts import Parameter, validators

from detente.commands.cases import CaseName
from detente.commands.showing import DONE, say


@Parameter(name="*")
@dataclass(frozen=True)
class Serving:
    """Where the page is served, and to whom."""

    port: Annotated[
        int | None,
        Parameter(
            validator=validators.Number(gte=0, lte=65_535),
            help="Port; 0 takes any, and without it the first that is free from 8321 on.",
        ),
    ] = None
    host: Annotated[str, Parameter(help="Address to listen on; any but this machine's needs a token.")] = (
        "127.0.0.1"
    )
    token: Annotated[
        str | None,
        Parameter(help="What visitors have to know: once, as ?token=… in the address."),
    ] = None
    public: Annotated[
        str | None,
        Parameter(help="The address under which a proxy shows the page, as in https://team.example."),
    ] = None
    open: Annotated[bool, Parameter(help="Open the page in the browser.")] = True


def serve(
    case: CaseName,
    *,
    serving: Serving = Serving(),
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="Seed: the same seed gives the same bytes.")
    ] = 0,
    draws: Annotated[
        int, Parameter(validator=validators.Number(gte=100, lte=100_000), help="Draws behind each interval.")
    ] = 1000,
) -> int:
    """Open a page on which to explore a case, and to try what would change it; Ctrl+C ends it."""
    from detente.study import load
    from detente.webapp.app import build
    from detente.webapp.door import Door
    from detente.webapp.serve import bound, run

    study = load(case, seed=seed, draws=draws)
    door = Door(host=serving.host, token=serving.token, public=serving.public)
    held = bound(serving.host, serving.port)
    port = held.getsockname()[1]
    app = build(study, door=replace(door, port=port), name=case)
    address = _address(serving, port)
    say(f"{study.case.title}: {address}")
    say("Ctrl+C ends it.")
    sys.stdout.flush()
    if serving.open:
        _open(address)
    run(app, held)
    return DONE


def _address(serving: Serving, port: int) -> str:
    """Return the address that the user opens, on this machine wherever it listens."""
    host = serving.host if serving.host not in ("0.0.0.0", "::") else "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    token = f"?token={serving.token}" if serving.token else ""
    return f"http://{shown}:{port}/{token}"


def _open(address: str) -> None:
    """Open the browser in a moment, when the server listens."""
    import threading
    import webbrowser

    timer = threading.Timer(0.5, webbrowser.open, [address])
    timer.daemon = True
    timer.start()
