"""The live page: any request gets an answer that is no fault, and a refusal says what is wrong."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from detente.study import Study
from detente.webapp import security
from detente.webapp.app import build
from detente.webapp.door import Door
from detente.webapp.views import VIEWS
from tests.fuzzing.damage import ODD_TEXTS, altered, as_json, damaged, odd_texts
from tests.fuzzing.outcomes import fuzzed, tried
from tests.fuzzing.test_fuzz_cases import plain
from tests.webapp.conftest import study  # noqa: F401  (the invented case of those tests)
from tests.webapp.tolls import whole_case

Headers = list[tuple[bytes, bytes]]
HOST = (b"host", b"127.0.0.1:8000")
LOOP = asyncio.new_event_loop()
"""One for all requests, as a server has."""
SLOW = ("camps", "strategies")
"""Views that take long to make; `make soak` opens them."""
PATHS = (
    "/", "/api/controls", "/api/whatif", "/api/whatif/stream", "/api/patch", "/api/download", "/api/token",
    "/api/case", "/static/main.js", "/static/../app.py", "/vendor/vega.min.js", "/vendor/%2e%2e/x",
    "/nowhere",
    *(f"/view/{name}" for name in VIEWS), *(f"/api/{name}" for name in VIEWS if name not in SLOW),
)  # fmt: skip
NAMES = (
    "draws", "seed", "until", "scenario", "show", "event.vote", "event.shock", "lever.pay", "lever.majority",
    "shift.tolls.POL", "shift.tolls.THREE", "rule.renewal", "driver.x.POL", "client", "serial", "session",
    "view",
    "what", "table", "token", "bloc", "issue", "event", "lever.", "shift.tolls", "rule.renewal.x",
)  # fmt: skip
VALUES = (
    "100", "200", "2001", "0", "-1", "1e3", "0.5", "2", "2.1", "-0.2", "on", "off", "crisis", "slow",
    "THREE/tolls",
    "unanimity", "simple_majority", "2021", "9999", "json", "csv", "decisions", "whatif", "sources",
    "forum", "a,b",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    kind: str
    body: bytes


@pytest.fixture(scope="module")
def live(study: Study) -> Iterator[Starlette]:  # noqa: F811
    """The page on the invented case, which lets any number of requests through."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BURST", "ALL_BURST"):
            patch.setattr(security, name, 1e12)
        yield build(study, door=Door(csrf="known"), apart=False)


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    path: str
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: tuple[bytes, ...] = (b"",)


def answered(live: Starlette, request: Request) -> Answer:
    """Send a request as a server hands it on, and gather the answer."""
    sent: list[MutableMapping[str, Any]] = []
    parts = list(request.body)

    async def receive() -> MutableMapping[str, Any]:
        if not parts:
            await asyncio.Event().wait()  # the client waits for its answer
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
        "scheme": "http", "path": request.path, "raw_path": quote(request.path).encode(),
        "query_string": request.query, "headers": list(request.headers), "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000), "root_path": "",
    }  # fmt: skip
    LOOP.run_until_complete(live(scope, receive, send))
    (first,) = [each for each in sent if each["type"] == "http.response.start"]
    kind = dict(first["headers"]).get(b"content-type", b"").decode()
    return Answer(first["status"], kind, b"".join(each.get("body", b"") for each in sent[1:]))


def check(live: Starlette, request: Request) -> Answer:
    """Send a request; whatever it is, the answer is no fault, JSON is JSON, a refusal says what is wrong."""
    answer = tried("requests to the page", lambda: answered(live, request))
    assert isinstance(answer, Answer)
    assert answer.status < 500, answer
    assert b"Traceback (most recent call last)" not in answer.body
    if answer.kind.startswith("application/json") and request.method != "HEAD" and answer.status != 304:
        told = json.loads(answer.body, parse_constant=_no_number)
        if answer.status >= 400:
            assert told["errors"], answer
            assert all(each["where"] and each["what"] for each in told["errors"]), answer
    elif request.method != "HEAD":
        assert answer.status < 400 or answer.status == 405, answer
    return answer


def _no_number(word: str) -> None:
    raise AssertionError(f"JSON has no {word}")


def texts() -> st.SearchStrategy[str]:
    """Return words that the page knows, and words that it does not."""
    return st.one_of(st.sampled_from(VALUES), st.sampled_from(VALUES), odd_texts())


def coded(text: str) -> str:
    """Return a text as it stands in an address."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="/,")


@st.composite
def queries(draw: st.DrawFn) -> bytes:
    """Return a query string: pairs that the page knows, some that it does not, or bytes."""
    if draw(st.integers(0, 9)) == 0:
        return bytes(each for each in draw(st.binary(max_size=60)) if 32 < each < 127)
    names = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), odd_texts())
    pairs = draw(st.lists(st.tuples(names, texts()), max_size=4))
    return "&".join(f"{coded(name)}={coded(value)}" for name, value in pairs).encode()


@st.composite
def headers(draw: st.DrawFn) -> tuple[tuple[bytes, bytes], ...]:
    """Return headers: most often a host that is known, and others as they come."""
    odd = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=12)).map(
        lambda text: text.encode("latin-1", "replace").replace(b"\r", b"").replace(b"\n", b"")
    )
    hosts = st.one_of(st.just(HOST), st.just(HOST), st.just(HOST), st.tuples(st.just(b"host"), odd))
    known = st.sampled_from(
        (
            (b"origin", b"http://127.0.0.1:8000"), (b"origin", b"http://["), (b"origin", b"null"),
            (b"x-detente-token", b"known"), (b"sec-fetch-site", b"cross-site"), (b"content-length", b"12"),
            (b"if-none-match", b"*"), (b"range", b"bytes=5-1"), (b"cookie", b"detente_8000=x"),
            (b"accept-encoding", b"gzip"), (b"content-type", b"multipart/form-data; boundary=x"),
        )
    )  # fmt: skip
    names = st.sampled_from(
        (b"origin", b"content-length", b"content-type", b"cookie", b"authorization", b"if-none-match",
        b"range",
         b"x-detente-token", b"transfer-encoding", b"expect", b"x-forwarded-for", b"accept-encoding")
    )  # fmt: skip
    more = draw(st.lists(st.one_of(known, st.tuples(names, odd)), max_size=3))
    return (draw(hosts), *more)


@fuzzed(30)
@given(path=st.one_of(*[st.sampled_from(PATHS)] * 4, odd_texts().map("/api/{}".format),
       odd_texts().map("/{}".format)),
       query=queries(), given_=headers(), method=st.sampled_from(("GET", "GET", "GET", "HEAD", "POST",
       "PUT", "X")))  # fmt: skip
def test_any_request_is_answered(
    live: Starlette, path: str, query: bytes, given_: tuple[tuple[bytes, bytes], ...], method: str
) -> None:
    check(live, Request(method, path, query, given_))


@fuzzed(20)
@given(
    path=st.sampled_from(("/api/whatif", "/api/whatif/stream", "/api/patch", "/api/download")),
    query=queries(),
)
def test_any_state_of_the_controls_is_answered(live: Starlette, path: str, query: bytes) -> None:
    check(live, Request("GET", path, query, (HOST,)))


UPLOAD = (
    b'--x\r\ncontent-disposition: form-data; name="case"; filename="mine.yaml"\r\n'
    b"content-type: application/yaml\r\n\r\n%s\r\n--x--\r\n"
)
KINDS = (
    b"multipart/form-data; boundary=x", b"multipart/form-data; boundary=x; charset=nonsense",
    b'multipart/form-data; boundary="x"', b"multipart/form-data", b"multipart/form-data; boundary=",
    b"text/plain",
    b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=\xff",
)  # fmt: skip
SENT = (HOST, (b"x-detente-token", b"known"))


# A part that never ends leaves its small file to be closed when it is forgotten: the library's form does so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@fuzzed(15)
@given(body=damaged((UPLOAD % b"detente: 1\ntitle: T\n",)), kind=st.sampled_from((KINDS[0], KINDS[0],
       *KINDS)),
       cuts=st.lists(st.integers(0, 300), max_size=3))  # fmt: skip
def test_any_upload_is_answered(live: Starlette, body: bytes, kind: bytes, cuts: list[int]) -> None:
    ends = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    parts = tuple(body[start:end] for start, end in itertools.pairwise(ends)) or (b"",)
    check(live, Request("POST", "/api/case", b"", (*SENT, (b"content-type", kind)), parts))


@fuzzed(3)
@given(data=altered(plain(whole_case())))
def test_any_case_that_is_uploaded_is_explored_or_refused(live: Starlette, data: Any) -> None:
    body = UPLOAD % as_json(data)
    told = check(live, Request("POST", "/api/case", b"", (*SENT, (b"content-type", KINDS[0])), (body,)))
    if told.status == 201:
        session = json.loads(told.body)["session"]
        query = f"session={session}".encode()
        for address in ("/view/unity", "/api/controls", "/api/forum", "/api/whatif"):
            more = b"&draws=100" if address == "/api/whatif" else b""
            check(live, Request("GET", address, query + more, (HOST,)))
