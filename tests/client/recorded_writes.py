"""Recorded writes, and reads of one's own things: which method of our client asks each, and what it asks first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from np_widgets.client import NeuronpediaClient
from np_widgets.wire.vectors import read_count, read_vector, read_vectors
from tests.server import faults

if TYPE_CHECKING:
    from tests.client.recorded_exchanges import Recording

Ask = Callable[[NeuronpediaClient, Any], object]
Decode = Callable[[bytes], object]

MODEL = {"id": "gpt2-small", "layers": 12, "dimension": 768}


@dataclass(frozen=True)
class Written:
    """How our client asks something, how it reads the answer, and what it asks before."""

    ask: Ask
    decode: Decode = bytes
    before: Sequence[object] = ()

    def questions_first(self, body: Any) -> list[faults.Fault]:
        """The answers to what is asked before, as faults that give them."""
        answers = [one(body) if callable(one) else one for one in self.before]
        return [faults.Body(json.dumps(answer).encode()) for answer in answers]


def written(recording: Recording) -> Written | None:
    """Find how a recorded route is asked; None for the routes of other tests."""
    if recording.method != "POST":
        return None
    return next((one for path, one in ROUTES.items() if re.fullmatch(path, recording.path)), None)


def _name(body: Any) -> tuple[str, str, str]:
    return body["modelId"], body.get("source") or body["layer"], _text(body["index"])


def _text(index: Any) -> str:
    if not isinstance(index, str):
        raise TypeError  # our client sends text on these routes
    return index


def _upload_vector(client: NeuronpediaClient, body: Any) -> object:
    return client.upload_vector(
        body["vector"],
        model=body["modelId"],
        layer=body["layerNumber"],
        hook=body["hookType"],
        name=body.get("vectorLabel"),
        strength=body["vectorDefaultSteerStrength"],
    )


def _own_vector(body: Any) -> Any:
    return {"vectors": [{"modelId": body["modelId"], "layer": body["source"], "index": body["index"]}]}


ROUTES: dict[str, Written] = {
    "/api/vector/new": Written(_upload_vector, read_vector, [MODEL]),
    "/api/vector/get": Written(lambda client, body: client.get_vector(_name(body)), read_vector),
    "/api/vector/list-owned": Written(lambda client, _body: client.list_vectors(), read_vectors),
    "/api/vector/delete": Written(lambda client, body: client.delete_vector(_name(body)), bytes, [_own_vector]),
    "/api/activation/upload-batch": Written(
        lambda client, body: client.upload_activations(_name(body), body["activations"]), read_count
    ),
}
