"""Every recorded exchange decodes, or raises the error that its status stands for; and we would have asked the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from np_widgets.errors import InvalidRequest, NeuronpediaError, NotFound, RateLimited
from tests.client import recorded_exchanges
from tests.client.recorded_exchanges import Recording, is_covered, outcome, raw_question, typed_question
from tests.server import LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient

RECORDINGS = [recorded_exchanges.load(path) for path in sorted(recorded_exchanges.folder().glob("*.json"))]
COVERED = [recording for recording in RECORDINGS if is_covered(recording)]
FAILED = [recording for recording in RECORDINGS if recording.status >= 400]


def named(recording: Recording) -> str:
    return recording.name


def test_there_are_recordings_of_every_kind() -> None:
    routes = {unquote(recording.path).split("/")[2] for recording in COVERED}
    assert routes >= {
        "feature",
        "features",
        "features-offset",
        "activation",
        "model",
        "source-set",
        "global",
        "tokenize",
        "explanation",
        "search-all",
        "search-topk-by-token",
        "cossim",
        "steer",
        "steer-chat",
        "steer-load",
    }
    assert {200, 308, 404, 405, 500} <= {recording.status for recording in COVERED} | {
        recording.status for recording in RECORDINGS
    }


@pytest.mark.parametrize("recording", COVERED, ids=named)
def test_covered_exchange_has_its_result_or_error(
    recording: Recording, server: LoopbackServer, client: NeuronpediaClient
) -> None:
    server.always(recording.played_back())
    expected = outcome(recording)
    result, error = _try(raw_question(recording), client)
    if expected is None:
        assert error is None
        assert result is not None
    else:
        assert type(error) is expected
        assert error.status == (recording.status or None)
    assert len(server.requests) == (4 if recording.status in (502, 503, 504) else 1)


@pytest.mark.parametrize("recording", [one for one in COVERED if typed_question(one)], ids=named)
def test_typed_method_asks_what_was_recorded(
    recording: Recording, server: LoopbackServer, client: NeuronpediaClient
) -> None:
    if recording.status < 300:
        server.fail(recording.played_back())  # once: to several texts, the features are asked for next
    else:
        server.always(recording.played_back())
    ask = typed_question(recording)
    assert ask
    result, error = _try(ask, client)
    if not server.requests:  # refused here: then the service refused it too
        assert isinstance(error, InvalidRequest)
        assert recording.status >= 400
        return
    sent = server.requests[0]
    assert (sent.method, unquote(sent.path)) == (recording.method, unquote(recording.path))
    if recording.method == "POST":
        assert sent.json == (recording.body or {})
    if outcome(recording) is NotFound and recording.path == "/api/activation/get":
        assert result == []  # the service's way of saying that there are none
    elif expected := outcome(recording):
        assert type(error) is expected
    else:
        assert error is None


@pytest.mark.parametrize("recording", FAILED, ids=named)
def test_failure_of_any_route_is_an_error_of_the_tree(
    recording: Recording, server: LoopbackServer, client: NeuronpediaClient
) -> None:
    server.always(recording.played_back())
    _, error = _try(raw_question(recording), client)
    assert type(error) is outcome(recording)
    assert error.status == recording.status
    assert error.remedy
    if isinstance(error, RateLimited):
        said = json.loads(recording.answer)
        assert [error.endpoint, error.limit, error.window] == [
            said[name] for name in ("endpoint", "limitPerWindow", "requestWindow")
        ]


@pytest.mark.parametrize("recording", [one for one in RECORDINGS if one.status == 308], ids=named)
def test_redirect_is_followed_to_the_recorded_place(
    recording: Recording, server: LoopbackServer, client: NeuronpediaClient
) -> None:
    server.fail(recording.played_back(), faults.Body(b"[]"))
    client.request("GET" if recording.method == "GET" else "POST", recording.path)
    assert [request.path for request in server.requests] == [recording.path, recording.headers["location"]]


@pytest.mark.parametrize("recording", [one for one in RECORDINGS if one.status == 200 and one.is_page], ids=named)
def test_page_with_status_200_is_no_result(
    recording: Recording, server: LoopbackServer, client: NeuronpediaClient
) -> None:
    server.always(recording.played_back())
    _, error = _try(raw_question(recording), client)
    assert type(error) is outcome(recording)
    assert "base_url" in str(error)


def _try(ask: recorded_exchanges.Ask, client: NeuronpediaClient) -> tuple[object, NeuronpediaError | None]:
    try:
        return ask(client), None
    except NeuronpediaError as error:
        return None, error
