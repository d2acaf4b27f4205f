"""What tests of the live page share: an invented case, and the page on it, asked without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import httpx
import pytest
from starlette.applications import Starlette

from detente.study import Study, load
from detente.webapp.app import build
from detente.webapp.door import Door
from detente.webapp.sessions import Session
from tests.webapp.tolls import whole_case

HOME = "http://127.0.0.1:8000"
Value = TypeVar("Value")
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """The invented case, measured once, on evidence in a cache of its own."""
    folder = tmp_path_factory.mktemp("page")
    path = folder / "tolls.yaml"
    path.write_text(whole_case(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETENTE_CACHE", str(folder / "cache"))
        patch.delenv("DETENTE_MIRROR", raising=False)
        found = load(path, draws=200)
        found.measure()
        yield found
        found.evidence.close()


@pytest.fixture(scope="session")
def session(study: Study) -> Session:
    """The session on it."""
    return Session(study, "./tolls.yaml")


@pytest.fixture(scope="session")
def app(study: Study) -> Starlette:
    """The page on it, all work done in this process."""
    return build(study, name="./tolls.yaml", apart=False)


@pytest.fixture
def ask(app: Starlette) -> Ask:
    """Ask the page one thing: method, address, and what httpx takes."""
    return asking(app)


@pytest.fixture
def locked(study: Study) -> Ask:
    """The same page, behind a token."""
    return asking(build(study, door=Door(token="a token long enough"), apart=False))


def asking(app: Starlette, home: str = HOME) -> Ask:
    """Return a function that asks an application."""

    def once_asked(method: str, address: str, **more: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            async with client(app, home) as asker:
                return await asker.request(method, address, **more)

        return wait(once())

    return once_asked


def client(app: Starlette, home: str = HOME) -> httpx.AsyncClient:
    """Return a client of an application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=home, timeout=30)


def wait(task: Coroutine[Any, Any, Value]) -> Value:
    """Run a task to its end."""
    return asyncio.run(task)


def csrf(ask: Ask) -> dict[str, str]:
    """Return the header of a write."""
    return {"x-detente-token": ask("GET", "/api/token").json()["csrf"]}
