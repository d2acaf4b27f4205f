"""Who is let in: hosts, origins, tokens, limits and headers, and what a refusal says."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from detente.study import Study
from detente.webapp import security
from detente.webapp.app import build
from detente.webapp.door import Door, UnsafeError
from detente.webapp.security import MOST_BODY, Bucket
from tests.webapp.conftest import Ask, asking, csrf

TOKEN = "a token long enough"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
def test_this_machine_is_let_in_by_each_of_its_names(ask: Ask, host: str) -> None:
    assert ask("GET", "/api/token", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:8001", "127.0.0.1.evil.example:8000", ""],
)
def test_a_name_that_was_made_to_point_here_is_not(ask: Ask, host: str) -> None:
    answer = ask("GET", "/api/token", headers={"host": host})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["where"] == "Host"


def test_a_write_needs_the_token_of_the_page(ask: Ask) -> None:
    assert ask("POST", "/api/case", files={"case": b"detente: 1"}).status_code == 403
    wrong = {"x-detente-token": "guessed"}
    assert ask("POST", "/api/case", files={"case": b"detente: 1"}, headers=wrong).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "file://", "http://["]
)
def test_a_write_from_another_site_is_refused_even_with_the_token(ask: Ask, origin: str) -> None:
    headers = {**csrf(ask), "origin": origin}
    answer = ask("POST", "/api/case", files={"case": b"detente: 1"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (403, "Origin")


def test_a_write_from_the_page_itself_is_heard(ask: Ask) -> None:
    headers = {**csrf(ask), "origin": "http://localhost:8000"}
    assert ask("POST", "/api/case", files={"case": b"detente: 1"}, headers=headers).status_code == 422


def test_other_sites_cannot_make_the_server_work(ask: Ask) -> None:
    assert ask("GET", "/api/token", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_every_answer_says_what_a_page_may_do(ask: Ask) -> None:
    for address in ("/api/token", "/view/unity", "/nowhere", "/vendor/vega.min.js", "/"):
        headers = ask("GET", address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "cache-control" in headers


def test_the_page_asks_nothing_of_other_machines(ask: Ask) -> None:
    assert "://" not in ask("GET", "/view/unity").text.replace("http://www.w3.org", "")


def test_behind_a_token_nobody_else_sees_anything(locked: Ask) -> None:
    for address in ("/", "/view/unity", "/api/whatif", "/api/token?token=wrong", "/static/main.js"):
        assert locked("GET", address).status_code == 401
    assert locked("GET", "/api/token", headers={"cookie": "detente_8000=guessed"}).status_code == 401


def test_the_token_is_given_once_and_becomes_a_cookie(locked: Ask) -> None:
    answer = locked("GET", f"/view/camps?item=a&token={TOKEN.replace(' ', '%20')}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/view/camps?item=a")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert TOKEN not in cookie
    held = {"cookie": cookie.split(";")[0]}
    assert locked("GET", "/api/token", headers=held).status_code == 200


def test_a_script_may_give_the_token_as_a_header(locked: Ask) -> None:
    assert locked("GET", "/api/token", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"host": "0.0.0.0"}, "--host"),
        ({"host": "192.168.1.7"}, "--host"),
        ({"public": "https://team.example"}, "--public"),
        ({"host": "::", "token": "short"}, "--token"),
        ({"public": "team.example", "token": TOKEN}, "--public"),
        ({"public": "http://[", "token": TOKEN}, "--public"),
    ],
)
def test_nobody_is_let_in_from_elsewhere_without_a_token(options: dict[str, str], where: str) -> None:
    with pytest.raises(UnsafeError) as caught:
        Door(**options)  # type: ignore[arg-type]  # the port is left out
    assert caught.value.problems[0].where.startswith(where)
    assert caught.value.problems[0].hint


def test_with_a_token_the_named_host_is_let_in_and_no_other_name() -> None:
    door = Door(host="192.168.1.7", token=TOKEN)
    assert door.knows("192.168.1.7:8000")
    assert not door.knows("192.168.1.8:8000")
    anywhere = Door(host="0.0.0.0", token=TOKEN)
    assert anywhere.knows("10.0.0.9:8000")
    assert not anywhere.knows("evil.example:8000")


def test_behind_a_proxy_its_address_is_one_of_the_page(study: Study) -> None:
    door = Door(public="https://team.example", token=TOKEN)
    ask = asking(build(study, door=door, apart=False), "https://team.example")
    answer = ask("GET", f"/?token={TOKEN.replace(' ', '%20')}")
    assert "Secure" in answer.headers["set-cookie"]
    assert door.welcomes("https://team.example")
    assert not door.welcomes("https://team.example.evil.example")


@pytest.fixture
def stingy(study: Study, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """A page that lets few requests through, and gives none back soon."""
    monkeypatch.setattr(security, "BURST", 5.0)
    monkeypatch.setattr(security, "RATE", 0.01)
    return build(study, apart=False)


def test_who_asks_too_often_is_told_to_wait_and_others_are_not(stingy: Starlette) -> None:
    ask = asking(stingy)
    first = [ask("GET", "/api/token?client=greedy").status_code for _ in range(8)]
    assert first == [200] * 5 + [429] * 3
    late = ask("GET", "/api/token?client=greedy")
    assert int(late.headers["retry-after"]) > 0
    assert ask("GET", "/api/token?client=other").status_code == 200


def test_ten_thousand_in_a_minute_are_too_many_and_a_slider_is_not() -> None:
    def let_through(number: int, seconds: float) -> int:
        bucket = Bucket(security.BURST, 0.0)
        times = (seconds * place / number for place in range(number))
        return sum(bucket.take(at, security.BURST, security.RATE) == 0 for at in times)

    assert let_through(10_000, 60) < 3_000
    assert let_through(30 * 60, 60) == 30 * 60


def test_a_long_address_is_refused(ask: Ask) -> None:
    assert ask("GET", "/api/whatif?show=" + "x" * 9_000).status_code == 414


def test_a_body_that_says_it_is_too_large_is_not_read(ask: Ask) -> None:
    headers = {
        **csrf(ask),
        "content-length": str(MOST_BODY + 1),
        "content-type": "multipart/form-data; boundary=x",
    }
    answer = ask("POST", "/api/case", content=b"", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (413, "upload")
