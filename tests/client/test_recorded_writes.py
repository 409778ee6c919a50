"""Every recorded write, and every recorded read of one's own things, goes through the client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from np_widgets.client.routes import Call
from np_widgets.errors import InvalidRequest, NeuronpediaError
from tests.client import recorded_exchanges
from tests.client.recorded_exchanges import Recording, outcome
from tests.client.recorded_writes import ROUTES, Written, written
from tests.server import OWNER_KEY, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.client.conftest import MakeClient

LOADED = [one for path in sorted(recorded_exchanges.folder().glob("*.json")) if (one := recorded_exchanges.load(path))]
COVERED = [(one, how) for one in LOADED if (how := written(one))]
every = pytest.mark.parametrize(("recording", "how"), COVERED, ids=lambda value: getattr(value, "name", ""))


def test_there_is_a_recording_of_every_group() -> None:
    groups = {path.split("/")[2] for path in ROUTES}
    assert groups <= {recording.path.split("/")[2] for recording, _ in COVERED}


@every
def test_answer_decodes_or_is_the_error_that_its_status_stands_for(
    recording: Recording, how: Written, make_client: MakeClient, server: LoopbackServer
) -> None:
    client = make_client(api_key=OWNER_KEY)
    server.always(recording.played_back())
    call = Call(recording.method, recording.path, recording.sent_body, "this")
    result, error = tried(lambda: client._writer.write(call, how.decode))
    assert type(error) is (outcome(recording) or type(None))
    assert (result is None) is (error is not None)


@every
def test_method_asks_what_was_recorded(
    recording: Recording, how: Written, make_client: MakeClient, server: LoopbackServer
) -> None:
    client = make_client(api_key=OWNER_KEY)
    server.fail(*how.questions_first(recording.body))
    server.always(recording.played_back())
    try:
        _, error = tried(lambda: how.ask(client, recording.body))
    except (KeyError, TypeError):
        assert recording.status >= 400  # a body that our client never sends
        assert server.requests == []
        return
    sent = [request for request in server.requests if request.path == recording.path]
    if not sent:  # refused here: then the service refused it too
        assert isinstance(error, InvalidRequest)
        assert recording.status >= 400
        return
    assert [json.loads(request.body) for request in sent] == [recording.body or {}]
    assert type(error) is (outcome(recording) or type(None))


def tried(work: Callable[[], object]) -> tuple[object, NeuronpediaError | None]:
    try:
        return work(), None
    except NeuronpediaError as error:
        return None, error
