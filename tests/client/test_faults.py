"""What can go wrong between here and there: each fault is the right error, soon, and says what to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from np_widgets.client.session import READ_RETRY
from np_widgets.errors import (
    ConnectionFailed,
    InvalidRequest,
    NeuronpediaError,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
    Unconfirmed,
    UnexpectedResponse,
)
from tests.client.failing import REF, failure
from tests.server import LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.html(), UnexpectedResponse),
        (faults.Body(b""), UnexpectedResponse),
        (faults.Body(b"   \n"), UnexpectedResponse),
        (faults.Body(b"null"), UnexpectedResponse),
        (faults.Body(b"[]"), UnexpectedResponse),
        (faults.Body(b'"text"'), UnexpectedResponse),
        (faults.Body(b'{"modelId": "a"'), UnexpectedResponse),
        (faults.Body(b"[" * 200_000), UnexpectedResponse),
        (faults.Body(b'{"modelId": "a", "layer": "b", "index": {}}'), UnexpectedResponse),
        (faults.WrongCharset("cp037"), UnexpectedResponse),
        (faults.BrokenGzip(), UnexpectedResponse),
        (faults.BrokenGzip(truncated=True), UnexpectedResponse),
        (faults.Status(200, b"x", headers={"content_encoding": "br"}), UnexpectedResponse),
        (faults.Status(304, b""), UnexpectedResponse),
        (faults.Cut(), ConnectionFailed),
        (faults.Cut(chunked=True), ConnectionFailed),
        (faults.NoResponse(), ConnectionFailed),
        (faults.Reset(), ConnectionFailed),
        (faults.RateLimited(), RateLimited),
        (faults.Status(400), InvalidRequest),
        (faults.Status(413), InvalidRequest),
        (faults.Status(403, b" <html>", "text/html"), UnexpectedResponse),
        (faults.Status(401), Unauthorized),
        (faults.Status(403), Unauthorized),
        (faults.Status(404), NotFound),
        (faults.Status(404, b"<html>", "text/html"), UnexpectedResponse),
        (faults.Status(500), ServerError),
        (faults.Status(504, b"<html>", "text/html"), ServerError),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, type) else value.__name__,
)
def test_fault_is_the_right_error(
    fault: faults.Fault, kind: type[NeuronpediaError], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(fault)
    error = failure(client)
    assert type(error) is kind
    if isinstance(fault, faults.Status) and fault.status != 200:
        assert error.status == fault.status
    server.always(None)
    assert client.get_feature(REF).index == 7  # the client is none the worse for it


def test_web_page_instead_of_json_points_at_the_base_url(client: NeuronpediaClient, server: LoopbackServer) -> None:
    for fault in (faults.html(), faults.Status(404, b"<html>", "text/html")):
        server.always(fault)
        assert f"{server.url} the address of a Neuronpedia server? Check base_url" in str(failure(client))
        with pytest.raises(UnexpectedResponse):  # not "there are none"
            client.get_activations(REF)


def test_wrong_base_url_is_said_to_be_wrong(make_client: MakeClient, server: LoopbackServer) -> None:
    # The site's pages live under other paths, and answer everything with HTML.
    client = make_client(base_url=f"{server.url}/docs")
    assert "base_url" in str(failure(client))


@pytest.mark.parametrize(
    "url", ["neuronpedia.org", "localhost:3000", "ftp://x", "http://", "http://a:b", "http://u:pw@host", "http://h?a=1"]
)
def test_malformed_base_url_is_refused(url: str, make_client: MakeClient) -> None:
    with pytest.raises(InvalidRequest) as caught:
        make_client(base_url=url)
    assert "http://localhost:3000" in str(caught.value)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_gateway_that_recovers_is_asked_again(status: int, client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Status(status), faults.NoResponse(), faults.Status(status))
    assert client.get_feature(REF).index == 7
    assert len(server.requests) == 4


def test_read_by_post_is_asked_again_too(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Status(503))
    assert client.get_features([REF])[0].index == 7
    assert len({request.body for request in server.requests}) == 1
    assert len(server.requests) == 2


def test_patience_ends(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.always(faults.Status(503))
    assert failure(client).status == 503
    assert len(server.requests) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_answer_about_the_question_is_not_asked_again(
    status: int, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(faults.Status(status))
    failure(client)
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [faults.Status(503), faults.NoResponse()])
@pytest.mark.parametrize("path", ["/api/feature/upload-batch", "/api/vector/new", "/api/list/new"])
def test_writes_are_never_asked_again(
    path: str, fault: faults.Fault, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(fault)
    with pytest.raises(Unconfirmed):
        client.request("POST", path, {})
    assert len(server.requests) == 1


def test_default_patience_is_short_and_obeys_no_server() -> None:
    retry = READ_RETRY
    waits = []
    while not retry.is_exhausted():
        waits.append(retry.get_backoff_time())
        answer = requests.packages.urllib3.HTTPResponse(status=503, headers={"Retry-After": "3600"})  # type: ignore[attr-defined]
        assert retry.is_retry("GET", 503, has_retry_after=True)
        assert not retry.respect_retry_after_header
        retry = retry.increment("GET", "/", response=answer) if retry.total else retry.new(total=-1)
    assert sum(waits) < 3


def test_rate_limit_says_when_to_come_back(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.limiter.limits["/api/activation/new"] = 1
    client.activate(REF, "text")
    assert client.rate_limits["/api/activation/new"].remaining == 0
    with pytest.raises(RateLimited, match="60 minutes, sliding") as caught:
        client.activate(REF, "other text")
    error = caught.value
    assert (error.endpoint, error.limit, error.window, error.status) == ("/api/activation/new", 1, "60 m", 429)
    known = client.rate_limits["/api/activation/new"]
    assert (known.remaining, known.limit, known.window) == (0, 1, "60 m")
    assert len(server.requests) == 2


def test_what_is_left_of_limits_is_kept_by_group(client: NeuronpediaClient) -> None:
    assert client.rate_limits == {}
    client.get_feature(REF)
    client.activate(REF, "text")
    assert {group: limit.remaining for group, limit in client.rate_limits.items()} == {
        "/api": 24_999,
        "/api/activation/new": 999,
    }


@pytest.mark.parametrize("value", ["", "-1", "many", "9" * 5000, "1e3", "١"])
def test_nonsense_in_the_limit_header_is_passed_over(
    value: str, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    headers = {"x_limit_remaining": value.encode().decode("latin-1")}
    server.fail(faults.Status(200, {"modelId": "a", "layer": "b", "index": "1"}, headers=headers))
    client.get_feature(REF)
    assert client.rate_limits == {}


@pytest.mark.parametrize("in_body", [False, True])
def test_silence_ends_after_the_timeout(*, in_body: bool, make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(timeout=0.2)
    hang = faults.Hang(in_body=in_body)
    server.always(hang)
    start = time.monotonic()
    assert type(failure(client)) is ConnectionFailed
    assert time.monotonic() - start < 2
    assert len(server.requests) == 1  # the user has waited once already
    hang.released.set()


def test_no_network(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.stop()
    error = failure(client)
    assert type(error) is ConnectionFailed
    assert isinstance(error, ConnectionError)
    assert "demo" in error.remedy


def test_run_of_a_text_that_fails_is_called_by_what_it_was_to_give(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.stop()
    with pytest.raises(ConnectionFailed, match=f"The request for the activations of {REF} on your text failed: "):
        client.activate(REF, "text")


def test_name_that_no_one_knows(make_client: MakeClient) -> None:
    client = make_client(base_url="http://neuronpedia.invalid")
    assert type(failure(client)) is ConnectionFailed


@pytest.mark.parametrize("timeout", [0, -1, None, "5", (1,), (1, 2, 3), float("nan"), float("inf")])
def test_nonsense_timeout_is_refused(timeout: Any, make_client: MakeClient) -> None:
    with pytest.raises(InvalidRequest):
        make_client(timeout=timeout)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "one", "message": "two"}, "one"),
        ({"message": "two"}, "two"),
        ({"error": ["three", "four"]}, "three; four"),
        ({"error": "", "details": "five"}, "five"),
        ({"error": {"message": "six"}}, "six"),
        (b"plain seven", "plain seven"),
    ],
)
def test_server_own_words_are_quoted(body: Any, words: str, client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.always(faults.Status(400, body))
    assert f": {words}." in str(failure(client))


@pytest.mark.parametrize("status", [400, 500, 503])
def test_hostile_words_are_short_and_printable(status: int, client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.always(faults.Status(status, {"error": "\x1b[31mred\x07 \u202eevil\u2028\x00" + "x" * 100_000}))
    message = str(failure(client))
    assert message.isprintable()
    assert len(message) < 1000


@pytest.mark.parametrize("limit", [None, [], "many", True, -3, 10**40])
def test_rate_limit_with_a_strange_body_is_still_one(
    limit: Any, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    body = {"endpoint": ["x"], "limitPerWindow": limit, "requestWindow": "\x1b a while"}
    for answer in (body, b"<html>", b"", [1]):
        server.always(faults.Status(429, answer))
        assert str(failure(client)).isprintable()


def test_trailing_slash_is_followed(client: NeuronpediaClient, server: LoopbackServer) -> None:
    reply = client.request("POST", "/api/model/list/", {})
    assert reply.body.startswith(b"[")
    assert [(request.method, request.path) for request in server.requests] == [
        ("POST", "/api/model/list/"),
        ("POST", "/api/model/list"),
    ]
