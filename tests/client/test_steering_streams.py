"""Steering that grows: every way in which a stream comes, ends, breaks off, or is left."""

from __future__ import annotations

import gzip
import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.client import body, transport
from np_widgets.errors import (
    ConnectionFailed,
    InvalidRequest,
    NeuronpediaError,
    NotFound,
    RateLimited,
    ServerError,
    UnexpectedResponse,
)
from tests.server import OWNER_KEY, LoopbackServer, faults
from tests.server.steering import Gate
from tests.server.world import SILENT_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from np_widgets.client import NeuronpediaClient
    from np_widgets.client.streams import Growing
    from np_widgets.models import SteerResult
    from tests.client.conftest import MakeClient
    from tests.server.exchange import Wire

REF = "demo-tiny/2-demo-sae/7"
PROMPT = "The queen of France"


def stream(client: NeuronpediaClient, *, strength: float = 40, **more: Any) -> Growing[SteerResult]:
    return client.steer({REF: strength}, PROMPT, stream=True, n_tokens=6, **more)


def event(steered: str | None, default: str | None = None, run: str | None = None, **more: Any) -> bytes:
    row = {"STEERED": steered, "DEFAULT": default, "id": run, "limit": None, **more}
    return b"data: " + json.dumps(row, ensure_ascii=False).encode() + b"\n\n"


def texts(result: SteerResult) -> tuple[str | None, str | None]:
    return result.default.text if result.default else None, result.steered.text if result.steered else None


def test_each_result_is_the_whole_so_far_and_the_last_is_complete(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    results = list(stream(client))
    assert [result.is_complete for result in results] == [False] * (len(results) - 1) + [True]
    steered = [result.steered.text for result in results if result.steered]
    assert all(later.startswith(earlier) for earlier, later in pairwise(steered))
    assert [bool(result.id) for result in results] == [result.is_complete for result in results]
    assert texts(results[-1]) == texts(client.load_steering(str(results[-1].id)))
    assert server.requests[0].json["stream"] is True
    assert client.rate_limits["/api/steer"].remaining == 239


def test_nothing_is_sent_before_the_first_step(client: NeuronpediaClient, server: LoopbackServer) -> None:
    run = stream(client)
    assert server.requests == []
    run.close()
    assert list(run) == []
    assert server.requests == []


def test_words_arrive_before_the_answer_has_ended(client: NeuronpediaClient, server: LoopbackServer) -> None:
    gate = server.world.steering.gate = Gate(after=2)
    run = stream(client)
    assert [next(run).is_complete, next(run).is_complete] == [False, False]
    assert gate.reached.wait(20)
    gate.opened.set()
    *_, last = run
    assert last.is_complete


def test_what_was_asked_before_comes_at_once_as_one_result(client: NeuronpediaClient) -> None:
    *_, first = stream(client)
    (again,) = stream(client)
    assert again == first
    assert again.is_complete


def test_a_known_default_text_stands_there_from_the_beginning(client: NeuronpediaClient) -> None:
    *_, first = stream(client)
    results = list(stream(client, strength=20))
    assert {result.default.text for result in results if result.default} == {texts(first)[0]}
    assert results[-1].is_complete


def test_a_server_that_saves_nothing_ends_complete_without_an_id(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.world.steering.saves = False
    *_, last = stream(client)
    assert (last.is_complete, last.id) == (True, None)


def test_a_chat_grows_too(client: NeuronpediaClient) -> None:
    results = list(client.steer_chat({REF: 40}, "Hello", stream=True, n_tokens=6))
    assert results[-1].is_complete
    *_, last = client.steer_chat(results[-1].reply("And then?"), stream=True)
    assert last.default is not None
    assert [message.content for message in last.default.messages[::2]] == ["Hello", "And then?"]


@pytest.mark.parametrize("cause", ["template", "source", "length", "connection"])
def test_a_stream_that_dies_before_its_first_word_says_how_to_learn_why(
    cause: str, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    prompt = {"length": "the fox " * 256}.get(cause, PROMPT)
    server.world.steering.has_template = False
    if cause == "connection":
        server.fail(faults.NoResponse())
    ref = f"demo-tiny/{SILENT_SOURCE}/1" if cause == "source" else REF
    ask = client.steer_chat if cause == "template" else client.steer
    with pytest.raises(ConnectionFailed, match=r"closed the connection without a word.*Ask once with stream=False"):
        next(ask({ref: 40}, prompt, stream=True))
    assert len(server.requests) == 1  # it is not asked again by itself


def test_a_stream_that_ends_before_its_first_word_is_a_failure(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.fail(faults.Events([]), faults.Events([b": still waking up\n\n"]), faults.Events([], ends=False))
    for words in ("ended before its first word", "ended before its first word", "broke off"):
        with pytest.raises(ConnectionFailed, match=words):
            next(stream(client))


@pytest.mark.parametrize("most", [1, 3, 5])
def test_a_stream_that_breaks_off_keeps_what_had_come(
    most: int, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    server.fail(faults.Events(most=most, ends=False))
    results = list(stream(client))
    assert len(results) == most + 1
    assert texts(results[-1]) == texts(results[-2])
    assert not results[-1].is_complete
    assert results[-1].interrupted is not None
    assert "broke off in the middle of the answer for demo-tiny steered by" in results[-1].interrupted
    assert all(result.interrupted is None for result in results[:-1])


CUT_INSIDE = event(" a cat sat", " the")[:30]


@pytest.mark.parametrize(
    ("fault", "expected", "complete"),
    [
        # Nothing is missing behind the result that brought the id, however the connection ends.
        (faults.Events([event(" a"), event(" a", " b"), event(" a", " b", "run")], ends=False), (" b", " a"), True),
        # An id that was there from the beginning is that of a text from before: the other one had not ended.
        (faults.Events([event(" a", None, "run"), event(" a", " b", "run")], ends=False), (" b", " a"), False),
        (faults.Events([event(" a", None, "run"), event(" a", " b", "run")]), (" b", " a"), True),
        (faults.Events([event(" a", None, "run")], ends=False), (None, " a"), False),
        (faults.Events([event(" a")]), (None, " a"), False),
        (faults.Events([event("", "")]), ("", ""), True),
        (faults.Events([event(" a", " b"), CUT_INSIDE]), (" b", " a"), False),
        (faults.Events([event(" a", " b"), CUT_INSIDE], ends=False), (" b", " a"), False),
        (faults.Events([event(" a", " b"), b"data: {\n\n"]), (" b", " a"), False),
        (faults.Events([event(" a", " b"), b'data: {"message": "Unknown Error"}\n\n']), (" b", " a"), False),
        (faults.Events([event(" a", " b"), b"data: " + b"x" * 2_000_000 + b"\n\n"]), (" b", " a"), False),
    ],
)
def test_only_a_stream_that_came_to_its_end_is_complete(
    fault: faults.Events, expected: Any, *, complete: bool, make_client: MakeClient, server: LoopbackServer
) -> None:
    server.fail(fault)
    *_, last = stream(make_client(max_bytes=1_000_000))
    assert texts(last) == expected
    assert last.is_complete is complete
    assert (last.interrupted is None) is complete


@pytest.mark.parametrize("name", ["bytes", "crlf", "comments", "lines", "together", "names"])
def test_events_are_read_however_they_are_cut(name: str, client: NeuronpediaClient, server: LoopbackServer) -> None:
    said = [event(" café"), event(" café 😀\u2028", " b"), event(" café 😀\u2028", " b", "run")]
    whole = b"".join(said)
    pieces = {
        "bytes": [whole[n : n + 1] for n in range(len(whole))],
        "crlf": [whole.replace(b"\n", b"\r\n")],
        "comments": [b": awake\n\n", said[0], b":\n", said[1], said[2], b": bye\n\n"],
        "lines": [one.replace(b'", "', b'",\ndata:"', 1) for one in said],
        "together": [whole],
        "names": [b"event: result\nid: 7\nretry: 10\n" + one for one in said],
    }[name]
    server.fail(faults.Events(pieces))
    results = list(stream(client))
    assert [texts(result) for result in results] == [
        (None, " café"),
        (" b", " café 😀\u2028"),
        (" b", " café 😀\u2028"),
    ]
    assert results[-1].is_complete


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.RateLimited("/api/steer", 240), RateLimited),
        (faults.Status(503, {"message": "This server is busy."}), ServerError),
        (faults.Status(400, {"message": "For thinking models the max n_tokens is 768"}), InvalidRequest),
        (faults.Status(404, {"message": "not available"}), NotFound),
        (faults.Status(500, b"<html>", "text/html"), ServerError),
        (faults.html(), UnexpectedResponse),
        (faults.Body(b'{"STEERED": 7}'), UnexpectedResponse),
        (faults.Body(b"x", "text/plain"), UnexpectedResponse),
        (faults.Events([b"data: {\n\n"]), UnexpectedResponse),
        (faults.Events([b"data: " + b"[" * 200_000 + b"\n\n"]), UnexpectedResponse),
        (faults.Events([b"x" * 65_536] * 40), UnexpectedResponse),
    ],
)
def test_a_failure_before_the_first_result_is_an_error_of_the_tree(
    fault: faults.Fault, error: type[NeuronpediaError], make_client: MakeClient, server: LoopbackServer
) -> None:
    client = make_client(max_bytes=1_000_000)
    server.fail(fault)
    with pytest.raises(NeuronpediaError) as caught:
        list(stream(client))
    assert type(caught.value) is error
    assert caught.value.remedy
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert len(server.requests) == 1
    *_, last = stream(client)  # the client is none the worse for it
    assert last.is_complete


@pytest.mark.parametrize("begun", [[], [event(" a")]])
@pytest.mark.parametrize("key", ["error", "message"])
def test_a_failure_that_is_told_in_the_stream_is_told_on(
    begun: list[bytes], key: str, make_client: MakeClient, server: LoopbackServer
) -> None:
    said = json.dumps({key: f"The model {OWNER_KEY} is asleep"}).encode()
    server.fail(faults.Events([*begun, b"event: error\ndata: " + said + b"\n\n"]))
    run = stream(make_client(api_key=OWNER_KEY))
    if begun:
        *_, last = run
        told = str(last.interrupted)
    else:
        with pytest.raises(ServerError) as caught:
            next(run)
        told = str(caught.value)
    assert "is asleep" in told
    assert OWNER_KEY not in told


def test_an_answer_from_the_services_memory_that_is_cut_is_no_result(
    client: NeuronpediaClient, server: LoopbackServer
) -> None:
    list(stream(client))
    server.fail(faults.Cut())
    with pytest.raises(ConnectionFailed, match="in the middle of the answer"):
        list(stream(client))


def test_a_429_is_remembered(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.limiter.limits["/api/steer"] = 1
    list(stream(client))
    assert client.rate_limits["/api/steer"].remaining == 0
    with pytest.raises(RateLimited, match="60 minutes, sliding"):
        next(stream(client))
    assert client.rate_limits["/api/steer"].limit == 1


def test_the_limit_in_the_events_counts_too(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Events([event(" a", " b", limit="21"), event(" a", " b", "run", limit="21")]))
    list(stream(client))
    assert client.rate_limits["/api/steer"].remaining == 21


@pytest.mark.parametrize("way", ["close", "break", "drop", "with_one_step"])
def test_to_leave_ends_the_connection_at_once(way: str, client: NeuronpediaClient, server: LoopbackServer) -> None:
    gate = server.world.steering.gate = Gate(after=2)
    run = stream(client)
    if way == "break":
        for _ in run:
            break
        del run
    else:
        next(run)
        if way == "close":
            run.close()
            run.close()
            assert list(run) == []
        elif way == "drop":
            del run
        else:
            next(run)
            run.close()
    assert gate.left.wait(20)
    gate.opened.set()
    server.world.steering.gate = None
    *_, last = stream(client)
    assert last.is_complete


def test_another_thread_ends_a_stream_that_is_silent(client: NeuronpediaClient, server: LoopbackServer) -> None:
    gate = server.world.steering.gate = Gate(after=2)
    run = stream(client)
    with ThreadPoolExecutor(1) as pool:
        results = pool.submit(list, run)
        assert gate.reached.wait(20)
        run.close()
        assert not any(result.is_complete or result.interrupted for result in results.result(20))
    assert gate.left.wait(20)


def test_another_thread_ends_a_stream_before_it_has_begun(client: NeuronpediaClient, server: LoopbackServer) -> None:
    hang = faults.Hang()
    server.fail(hang)
    run = stream(client)
    with ThreadPoolExecutor(1) as pool:
        results = pool.submit(list, run)
        assert hang.reached.wait(20)
        run.close()
        hang.released.set()
        assert results.result(20) == []


class Late(faults.Hang):
    """The answer begins when it is let go, with all of its words or with silence."""

    is_silent = False

    def strike(self, wire: Wire) -> None:
        def pieces() -> Iterator[bytes]:
            while self.is_silent and not wire.closing.wait(0.01):
                pass
            yield from (event(" a"), event(" a", " b"), event(" a", " b", "run"))

        super().strike(wire)
        faults.Events(pieces()).strike(wire)


@pytest.mark.parametrize("is_silent", [False, True])
def test_what_begins_after_it_was_ended_is_not_read(
    *, is_silent: bool, client: NeuronpediaClient, server: LoopbackServer
) -> None:
    late = Late()
    late.is_silent = is_silent
    server.fail(late)
    run = stream(client)
    with ThreadPoolExecutor(1) as pool:
        results = pool.submit(list, run)
        assert late.reached.wait(20)
        run.close()
        late.released.set()
        assert results.result(20) == []


def test_silence_in_the_middle_ends_after_the_timeout_and_keeps_the_text(
    make_client: MakeClient, server: LoopbackServer
) -> None:
    gate = server.world.steering.gate = Gate(after=2)
    start = time.monotonic()
    results = list(stream(make_client(timeout=0.2)))
    assert time.monotonic() - start < 5
    assert results[-1].interrupted is not None
    assert "stopped arriving" in results[-1].interrupted
    assert results[-1].steered is not None
    gate.opened.set()


class Dripping(faults.Events):
    """A word, and then comments: never silent for long, and never another word."""

    def strike(self, wire: Wire) -> None:
        def pieces() -> Iterator[bytes]:
            yield event(" a")
            while not wire.closing.wait(0.005):
                yield b":\n"

        faults.Events(pieces()).strike(wire)


def test_a_stream_may_not_drip_forever(
    make_client: MakeClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_BODY_FACTOR", 0.5)
    server.fail(Dripping())
    *_, last = stream(make_client(timeout=1))
    assert last.interrupted is not None
    assert "too slowly" in last.interrupted


def test_who_reads_slowly_may_take_their_time(client: NeuronpediaClient, monkeypatch: pytest.MonkeyPatch) -> None:
    now = SimpleNamespace(seconds=0)
    monkeypatch.setattr(body, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    results = []
    for result in stream(client):
        now.seconds += 100_000
        results.append(result)
    assert results[-1].is_complete


class Packed(faults.Events):
    """A stream that a proxy compressed, though no compression was asked for."""

    def strike(self, wire: Wire) -> None:
        packed = gzip.compress(event(" a" * 200_000, " b", "run"))
        wire.whole(200, packed, content_type="text/event-stream; charset=utf-8", content_encoding="gzip")


def test_a_compressed_stream_is_read_too(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(Packed())
    *_, last = stream(client)
    assert texts(last) == (" b", " a" * 200_000)
    assert server.requests[0].headers["accept-encoding"] == "identity"


def last_of(run: Growing[SteerResult]) -> SteerResult:
    *_, last = run
    return last


def test_two_streams_at_once_do_not_mix(client: NeuronpediaClient, server: LoopbackServer) -> None:
    runs = [stream(client, strength=strength) for strength in (40, -40)]
    with ThreadPoolExecutor(2) as pool:
        lasts = list(pool.map(last_of, runs))
    for strength, last in zip((40, -40), lasts, strict=True):
        assert last.is_complete
        assert list(last.request.strengths.values()) == [strength]
    assert len({last.id for last in lasts}) == 2
    assert len(server.requests) == 2
