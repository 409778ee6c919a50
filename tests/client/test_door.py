"""The low-level door: any route, whole or while it grows, with the same key, errors and limits."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from np_widgets.client.reply import Reply
from np_widgets.errors import (
    ConnectionFailed,
    InvalidRequest,
    NeuronpediaError,
    NotFound,
    RateLimited,
    ServerError,
    Unconfirmed,
    UnexpectedResponse,
)
from tests.client import recorded_exchanges
from tests.client.recorded_exchanges import Recording, outcome
from tests.server import OWNER_KEY, LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient

RECORDINGS = [
    one for path in sorted(recorded_exchanges.folder().glob("*.json")) if (one := recorded_exchanges.load(path))
]
NDJSON = {"content-type": "application/x-ndjson; charset=utf-8"}
EVENTS = {"content-type": "text/event-stream"}
LENS = {"modelId": "gpt2-small", "prompt": "The capital", "type": ["LOGIT_LENS"]}


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_every_recorded_exchange_goes_through_the_door(
    recording: Recording, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    if 300 <= recording.status < 400 or not isinstance(recording.body, (dict, list, type(None))):
        return  # followed elsewhere; or a body that is no JSON, which our client never sends
    server.always(recording.played_back())
    expected = outcome(recording)
    method = cast("Any", recording.method if recording.method in ("GET", "POST") else "GET")
    try:
        reply = client.request(method, recording.path.replace(" ", "%20"), recording.body)
    except NeuronpediaError as error:
        is_lost = expected is ConnectionFailed and method == "POST"
        assert type(error) is (Unconfirmed if is_lost else expected)  # noqa: PT017 (an error or a reply, as recorded)
        return
    assert expected in (None, NotFound)  # what is null is a matter of the method
    assert reply.parts()
    if method == "POST":
        assert server.requests[-1].json == (recording.body or {})


def test_lines_of_json_are_parts_and_so_are_events(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Exact(200, NDJSON, b'{"kind": "meta"}\n{"kind": "token", "value": NaN}\n\n'))
    first, second = client.request("POST", "/api/lens/prompt", LENS).parts()
    assert first == {"kind": "meta"}
    assert second["value"] != second["value"]
    server.fail(faults.Exact(200, EVENTS, b': hello\n\ndata: {"a": 1}\n\ndata: {"a": 2}\n\ndata: [DONE]\n\n'))
    assert client.request("POST", "/api/nla/explain-saelens", {}).parts() == [{"a": 1}, {"a": 2}]
    reply = client.request("POST", "/api/model/list")
    assert reply.parts() == [reply.json()]
    assert "gpt2" not in repr(reply)


def test_what_is_no_json_is_an_error_that_points_at_the_bytes(server: LoopbackServer) -> None:
    reply = Reply(b"text", f"{server.url}/api/x", 200, {}, datetime.now(UTC))
    with pytest.raises(UnexpectedResponse, match="Its bytes are in `body`"):
        reply.json()


@pytest.mark.parametrize(("kind", "ending"), [(NDJSON, b""), (EVENTS, b"data: [DONE]\n\n")])
def test_parts_arrive_while_the_answer_grows(
    kind: dict[str, str], ending: bytes, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    rows = [json.dumps({"number": number}).encode() for number in range(3)]
    pieces = [b"data: " + row + b"\n\n" for row in rows] if kind is EVENTS else [row + b"\n" for row in rows]
    server.fail(faults.Exact(200, kind, b"".join(pieces) + ending))
    growing = client.stream("POST", "/api/lens/prompt", LENS)
    assert server.requests == []  # nothing before the first step
    assert [part["number"] for part in growing] == [0, 1, 2]
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_answer_that_comes_whole_is_its_only_part(client: NeuronpediaClient) -> None:
    (models,) = client.stream("POST", "/api/model/list")
    assert models[0]["id"] == "demo-tiny"


def test_stream_that_breaks_off_is_an_error_and_one_that_is_left_is_none(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    piece = b'data: {"a": 1}\n\n'
    server.always(faults.Events([piece, piece], most=1, ends=False))
    growing = client.stream("POST", "/api/nla/explain-saelens", {})
    assert next(growing) == {"a": 1}
    with pytest.raises(ConnectionFailed):
        next(growing)
    left = client.stream("POST", "/api/nla/explain-saelens", {})
    assert next(left) == {"a": 1}
    left.close()
    left.close()
    assert list(left) == []


def test_failures_are_those_of_every_route(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Status(400, {"error": "Provide exactly one of 'prompt' or 'chat'"}))
    with pytest.raises(InvalidRequest, match="Provide exactly one of"):
        list(client.stream("POST", "/api/lens/prompt", {}))
    server.fail(faults.RateLimited(endpoint="/api/lens/prompt"))
    with pytest.raises(RateLimited):
        client.request("POST", "/api/lens/prompt", {})
    assert client.rate_limits["/api/lens/prompt"].remaining == 0
    server.fail(faults.Status(500))
    with pytest.raises(ServerError):
        client.request("POST", "/api/graph/generate", {})


@pytest.mark.parametrize(
    "fault", [faults.NoResponse(), faults.Reset(), faults.Cut(), faults.Status(502), faults.Status(504)], ids=repr
)
def test_what_may_be_a_write_is_asked_once_and_may_have_happened(
    fault: faults.Fault, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.always(fault)
    for ask in (client.request, lambda *question: next(client.stream(*question))):
        with pytest.raises(Unconfirmed, match="Whether it was done is not known") as caught:
            ask("POST", "/api/graph/generate", {})
        assert caught.value.__context__ is None
    assert len(server.requests) == 2
    with pytest.raises((ConnectionFailed, ServerError)):
        client.request("GET", "/api/nla/sources")


def test_body_that_a_get_would_not_send_is_refused(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest, match="A GET carries no body"):
        client.request("GET", "/api/nla/sources", {"a": 1})
    assert server.requests == []


def test_key_goes_along(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(api_key=OWNER_KEY)
    assert client.request("POST", "/api/vector/list-owned").json() == {"vectors": []}
    assert list(client.stream("POST", "/api/vector/list-owned")) == [{"vectors": []}]
    assert [request.key for request in server.requests] == [OWNER_KEY] * 2


@pytest.mark.parametrize("path", ["api/x", "/x", "/api/a b", "/api/ü", "/api/\n", "http://elsewhere/api/x"])
def test_path_that_is_none_of_the_service_is_refused(path: str, client: NeuronpediaClient) -> None:
    with pytest.raises(InvalidRequest, match="is not a path of the service"):
        client.request("GET", path)
    with pytest.raises(InvalidRequest, match="is not a path of the service"):
        client.stream("GET", path)
    with pytest.raises(InvalidRequest, match="knows GET and POST"):
        client.request("PUT", "/api/x")  # type: ignore[arg-type]


def test_there_is_no_schema_and_the_page_is_named(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(InvalidRequest, match="publishes no OpenAPI schema") as caught:
        client.openapi()
    assert caught.value.moved_to == f"{server.url}/api-doc"
    assert f"{server.url}/api-doc; client.request(" in str(caught.value)
    assert server.requests == []
