"""Recorded exchanges of steering: what our client asks, and how a recorded answer is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from np_widgets.models import SteerRequest
from np_widgets.wire import read_saved_steering, read_steer_result

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from np_widgets.models import Provenance

Ask = Callable[["NeuronpediaClient"], object]
_METHODS = {"SIMPLE_ADDITIVE": "additive", "ORTHOGONAL_DECOMP": "orthogonal", "PROJECTION_CAP": "projection-cap"}


def decoder(path: str) -> Callable[[bytes, Provenance], object]:
    """How the route's answers are read; those of a stream each by itself."""
    if path == "/api/steer-load":
        return read_saved_steering
    said: dict[str, Any] = {"messages": "Hi there"} if path == "/api/steer-chat" else {"prompt": "Once"}
    request = SteerRequest.make({"m/6-s/5": 1}, **said)

    def decode(body: bytes, origin: Provenance) -> object:
        events = body.split(b"\n\n")[:-1] if body.startswith(b"data: ") else [body]
        return [read_steer_result(event.removeprefix(b"data: "), request, origin)[0] for event in events]

    return decode


def _steer(body: Any) -> Ask:
    return _asked(body, {"prompt": body["prompt"]})


def _steer_chat(body: Any) -> Ask:
    said = {"messages": body["steeredChatMessages"], "default_messages": body["defaultChatMessages"]}
    return _asked(body, said, special_tokens=body["steer_special_tokens"])


def _asked(body: Any, said: dict[str, Any], **settings: Any) -> Ask:
    if any(not isinstance(row["index"], int) for row in body["features"]):
        raise TypeError  # our client sends numbers on this route
    features = [(row["modelId"], row["layer"], row["index"]) for row in body["features"]]
    settings |= {
        "strengths": [row["strength"] for row in body["features"]],
        "model": body["modelId"],
        "temperature": body["temperature"],
        "n_tokens": body["n_tokens"],
        "frequency_penalty": body["freq_penalty"],
        "seed": body["seed"],
        "multiplier": body["strength_multiplier"],
        "method": _METHODS.get(body["steer_method"], body["steer_method"]),
    }

    def ask(client: NeuronpediaClient) -> object:
        request = SteerRequest.make(features, **said, **settings)
        if not body.get("stream"):
            return client.steer(request)
        *_, last = client.steer(request, stream=True)
        return last

    return ask


POSTS: dict[str, Callable[[Any], Ask]] = {
    "/api/steer": _steer,
    "/api/steer-chat": _steer_chat,
    "/api/steer-load": lambda body: lambda client: client.load_steering(body["steerOutputId"]),
}
