"""A model's help: what is in the document stays, all else is dropped; and the key is never told."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest
import yaml

from detente.cases.claims import Claim
from detente.errors import ReadingError
from detente.reading import Drafted, draft
from detente.reading.draft_file import draft_text
from detente.reading.endpoint import LARGEST, Endpoint
from detente.reading.structuring import PART, structured
from tests.raw_server import CERTIFICATE, TLS, UNHEARD, ok, speaking
from tests.reading.documents import ARTICLE, PROMPT, document
from tests.reading.stub import Answer, Stub, completion, recorded, serving

KEY = "sk-test-0123456789abcdef"


def endpoint(stub: Stub, *, timeout: float = 5.0) -> Endpoint:
    return Endpoint(stub.url, "small", KEY, timeout=timeout, sleep=lambda _: None)


def read(folder: Path, *answers: Answer, text: str = ARTICLE, timeout: float = 5.0) -> tuple[Drafted, Stub]:
    with serving(*answers) as stub:
        return structured(draft(document(folder, text)), endpoint(stub, timeout=timeout)), stub


def refused(folder: Path, *answers: Answer, timeout: float = 5.0) -> tuple[str, int]:
    """Return what the error says, and how often was asked."""
    with serving(*answers) as stub, pytest.raises(ReadingError) as error:
        structured(draft(document(folder)), endpoint(stub, timeout=timeout))
    assert KEY not in str(error.value) and KEY not in repr(error.value)
    assert error.value.__cause__ is None
    return str(error.value), len(stub.asked)


def test_recorded_claims_that_hold_become_drafts(tmp_path: Path) -> None:
    found, stub = read(tmp_path, recorded("good.json"))
    assert [(each.statement, each.test, each.speaker, each.by) for each in found.claims] == [
        ("The West agrees on Ukraine.", "level", "", "model"),
        ("Russia's officials took part in the 2024 conference.", "record", "", "model"),
        ("Sanctions cut Slovakia's imports by 12.5 per cent.", "association", "Jane Example", "model"),
    ]
    assert found.left == {}
    for each in found.claims:
        held = found.document.text[each.sentence.start : each.sentence.end]
        assert " ".join(held.split()) == each.sentence.text
    assert [row["code"] for row in found.actors][:1] == ["RUS"]
    assert stub.headers[0]["Authorization"] == f"Bearer {KEY}"
    data = yaml.safe_load(draft_text(found))
    assert data["document"]["read_by"] == "small, checked against the text"
    assert all(Claim.model_validate(each) for each in data["claims"].values())


def test_the_document_is_handed_over_as_data(tmp_path: Path) -> None:
    _, stub = read(tmp_path, recorded("good.json"), text=f"{ARTICLE}\n{PROMPT}\n")
    system, user = stub.asked[0]["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert PROMPT not in system["content"]
    assert json.loads(user["content"])["text"].endswith(PROMPT)
    assert stub.asked[0]["path"] == "/v1/chat/completions"
    assert stub.asked[0]["temperature"] == 0


def test_what_is_not_in_the_document_is_dropped_and_counted(tmp_path: Path) -> None:
    found, _ = read(tmp_path, recorded("invented.json"))
    assert [each.statement for each in found.claims] == ["Western unity on Ukraine is high."]
    assert found.claims[0].speaker == ""
    assert found.left == {
        "returned statements that say more than their sentence": 1,
        "returned speakers that are not in the document": 1,
        "returned quotes that are not in the document": 1,
        "returned claims that do not follow the schema": 4,
    }


def test_a_model_that_obeys_the_document_gets_nothing_through(tmp_path: Path) -> None:
    found, _ = read(tmp_path, recorded("obeyed.json"), text=f"{ARTICLE}\n{PROMPT}\n")
    assert [each.statement for each in found.claims] == [PROMPT]
    assert KEY not in draft_text(found)
    assert sum(found.left.values()) == 2


def test_json_in_a_fence_is_read(tmp_path: Path) -> None:
    found, _ = read(tmp_path, recorded("fenced.txt"))
    assert len(found.claims) == 1


def test_partial_json_is_asked_for_again(tmp_path: Path) -> None:
    found, stub = read(tmp_path, recorded("partial.json"), recorded("good.json"))
    assert len(found.claims) == 3
    assert len(stub.asked) == 2


@pytest.mark.parametrize("content", ["", "I cannot.", "[]", '{"claims": {}}', "[" * 100_000])
def test_rubbish_throughout_is_a_clear_error(tmp_path: Path, content: str) -> None:
    told, asked = refused(tmp_path, completion(content))
    assert "no answer that can be read as claims" in told
    assert asked == 2


def test_a_part_without_a_readable_answer_keeps_its_drafts_by_rules(tmp_path: Path) -> None:
    text = ARTICLE + "\n\n" + "Nothing was said here at all. " * (PART // 29) + "\n\nPoland voted in 2024.\n"
    found, _ = read(tmp_path, recorded("good.json"), completion("rubbish"), text=text)
    assert [each.by for each in found.claims] == ["model"] * 3 + ["rules"]
    assert found.left["parts drafted by rules, for want of an answer that can be read"] == 1


def test_an_endpoint_that_times_out_is_asked_thrice(tmp_path: Path) -> None:
    told, asked = refused(tmp_path, Answer("{}", after=1.5), timeout=0.5)
    assert "did not answer within 0.5 seconds" in told
    assert asked == 3


def test_an_endpoint_that_drips_is_left(tmp_path: Path) -> None:
    told, _ = refused(tmp_path, Answer(" " * 400, drip=0.02), timeout=0.5)
    assert "did not answer within 0.5 seconds" in told


def test_an_overloaded_endpoint_is_asked_again(tmp_path: Path) -> None:
    found, stub = read(tmp_path, Answer("busy", 503), Answer("busy", 429), recorded("good.json"))
    assert len(found.claims) == 3
    assert len(stub.asked) == 3


def test_an_endpoint_that_knows_no_schemas_is_asked_without(tmp_path: Path) -> None:
    found, stub = read(tmp_path, Answer("response_format?", 400), recorded("good.json"))
    assert len(found.claims) == 3
    assert ["response_format" in each for each in stub.asked] == [True, False]


@pytest.mark.parametrize(
    "leak",
    [KEY, f"Bearer {KEY}", KEY[3:], KEY[:-2], KEY.upper(), base64.b64encode(KEY.encode()).decode(),
     f'{{"error": "bad key \\"{KEY}\\""}}', f"\x1b[31m{KEY}\u202e"],
)  # fmt: skip
def test_a_key_that_the_server_tells_is_taken_out(tmp_path: Path, leak: str) -> None:
    told, asked = refused(tmp_path, Answer(f"no such key: {leak} here", 401))
    assert "refused the key (401)" in told
    assert KEY[3:-2].lower() not in told.lower()
    assert base64.b64encode(KEY.encode()).decode()[4:12] not in told
    assert "[key]" in told and "\x1b" not in told
    assert asked == 1


def test_a_redirect_takes_the_key_nowhere(tmp_path: Path) -> None:
    with serving(recorded("good.json")) as other:
        told, _ = refused(tmp_path, Answer("", 307, headers={"Location": f"{other.url}/chat/completions"}))
        assert "sends elsewhere (307)" in told
        assert other.asked == []


def test_an_endless_answer_is_left(tmp_path: Path) -> None:
    told, asked = refused(tmp_path, Answer("x" * (LARGEST + 1)))
    assert "more than is read" in told
    assert asked == 1


def test_nobody_there_is_a_clear_error(tmp_path: Path) -> None:
    with serving(recorded("good.json")) as stub:
        gone = endpoint(stub)
    with pytest.raises(ReadingError, match="cannot be reached"):
        structured(draft(document(tmp_path)), gone)


def unanswered(url: str, key: str = KEY, timeout: float = 5.0) -> str:
    """Return why an endpoint did not answer; nothing of the key is in it."""
    with pytest.raises(ReadingError) as error:
        Endpoint(url, "small", key, timeout=timeout, tries=1, sleep=lambda _: None).ask("", "", {})
    told = str(error.value)
    assert key[3:-2] not in told and "\x1b" not in told
    assert error.value.__cause__ is None and error.value.__context__ is None
    return told


ANSWER = completion("yes").body.encode()


@pytest.mark.parametrize(
    "answer",
    [
        ok(ANSWER),
        ok(gzip.compress(ANSWER), "Content-Encoding: gzip"),
        ok(b"%x\r\n" % len(ANSWER) + ANSWER + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked", length=-1),
    ],
)
def test_an_answer_is_read_however_it_is_sent(answer: bytes) -> None:
    with speaking(answer) as server:
        assert Endpoint(server.url, "small", KEY).ask("system", "user", {}) == "yes"
    assert server.names == ["POST /file.csv/chat/completions HTTP/1.1"]
    for header in (
        f"Authorization: Bearer {KEY}",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
    ):
        assert f"\r\n{header}\r\n".encode() in server.heard[0]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ok(ANSWER, length=len(ANSWER) + 9), "the connection was closed"),
        (ok(gzip.compress(ANSWER)[:-9], "Content-Encoding: gzip", length=-1), "the connection was closed"),
        (ok(ANSWER, f"Content-Encoding: {KEY}"), "packed as '[key]'"),
        (f"{KEY} is no HTTP\r\n".encode(), "it does not speak HTTP"),
        (ok(ANSWER, status=f"418 {KEY}"), "did not answer (418)"),
        (b"", "Remote end closed connection"),
    ],
)
def test_an_answer_that_is_not_whole_or_none_is_told_without_the_key(answer: bytes, told: str) -> None:
    with speaking(answer) as server:
        assert told in unanswered(server.url)


@pytest.mark.parametrize("answer", [ok(ANSWER), b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999])
def test_an_endpoint_that_drips_its_headers_is_left_too(answer: bytes) -> None:
    with speaking(answer, drip=0.02) as server:
        assert "did not answer within 0.3 seconds" in unanswered(server.url, timeout=0.3)


def test_what_is_packed_tightly_is_read_no_further_than_the_rest() -> None:
    with speaking(ok(gzip.compress(bytes(10 * LARGEST)), "Content-Encoding: gzip")) as server:
        assert "more than is read" in unanswered(server.url)


def test_an_endpoint_that_refuses_before_it_has_heard_all_is_quoted() -> None:
    with speaking([UNHEARD, ok(b"too long", status="413 Too Large")]) as server:
        endpoint = Endpoint(server.url, "small", KEY, tries=1)
        with pytest.raises(ReadingError, match=r"\(413\): too long"):
            endpoint.ask("", "x" * 20_000_000, {})


def test_a_proxy_never_sees_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    connected = b"HTTP/1.1 200 Connection established\r\n\r\n"
    with speaking([connected, TLS, ok(ANSWER)], f"HTTP/1.1 407 {KEY}\r\n\r\n".encode()) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert Endpoint("https://files.example/v1", "small", KEY).ask("", "", {}) == "yes"
        assert "407 [key]" in unanswered("https://files.example/v1")
        with serving(completion("yes")) as stub:
            assert Endpoint(stub.url, "small", KEY).ask("", "", {}) == "yes"
    assert [KEY.encode() in each for each in proxy.heard] == [False, True, False]
    assert [each.partition(b" ")[0] for each in proxy.heard] == [b"CONNECT", b"POST", b"CONNECT"]


def test_no_other_credentials_of_the_machine_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login somebody password secret\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serving(completion("yes")) as stub:
        Endpoint(stub.url, "small").ask("", "", {})
    assert "Authorization" not in stub.headers[0]


@pytest.mark.parametrize(
    "url", ["https://exa mple.org/v1", "https://example.org:port/v1", "https://a..example.org/v1"]
)
def test_an_address_that_cannot_be_asked_is_told(url: str) -> None:
    assert "check the address" in unanswered(url)


@pytest.mark.parametrize("key", [f"{KEY}\r\nX-Injected: 1", f"{KEY}\x1b", f"{KEY}\u043a"])
def test_a_key_that_no_header_can_hold_is_refused_untold(key: str) -> None:
    with pytest.raises(ReadingError, match="--key-env") as error:
        Endpoint("https://example.org/v1", "small", key)
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://[::1", "no web address"),
        ("http://example.org/v1", "in the clear"),
        ("https://user:pass@example.org/v1", "holds a user"),
        (f"https://example.org/v1?key={KEY}", "a query"),
        ("file:///etc/passwd", "no web address"),
        ("example.org", "no web address"),
    ],
)
def test_an_address_that_would_give_the_key_away_is_refused(url: str, told: str) -> None:
    with pytest.raises(ReadingError, match=told) as error:
        Endpoint(url, "small", KEY)
    assert KEY not in str(error.value)


def test_the_key_is_in_no_text_of_the_endpoint() -> None:
    assert KEY not in repr(Endpoint("https://example.org/v1", "small", KEY))


def test_another_language_is_read_by_a_model_and_so_told(tmp_path: Path) -> None:
    text = "Ungarn hat im Jahr 2024 dagegen gestimmt, und das war nicht das erste Mal, dass es so kam. " * 2
    quote = text[: text.index(".") + 1]
    said = {"quote": quote, "statement": "Hungary voted against it in 2024.", "kind": "record"}
    found, _ = read(tmp_path, completion(json.dumps({"claims": [said]})), text=text)
    assert found.claims[0].statement == said["statement"]
    assert any("own translation" in note for note in found.notes)


@pytest.mark.parametrize(
    "statement",
    [
        "Western unity on Ukraine is high, at 90 per cent.",
        "Western unity on Ukraine is high, but for Hungary.",
        "Western unity on Ukraine is high, says theletteredkey.",
    ],
)
def test_a_statement_that_adds_a_number_a_name_or_the_key_gives_way_to_its_quote(
    tmp_path: Path, statement: str
) -> None:
    said = {"quote": "Western unity on Ukraine is high.", "statement": statement}
    with serving(completion(json.dumps({"claims": [said]}))) as stub:
        asked = Endpoint(stub.url, "small", "theletteredkey", sleep=lambda _: None)
        found = structured(draft(document(tmp_path)), asked)
    assert [each.statement for each in found.claims] == [said["quote"]]
    assert found.left == {"returned statements that say more than their sentence": 1}
