"""The wire contract of steering (5.4): texts of the demo model, streamed as the real server streams them.

Each event is the whole so far; the last one brings the id; a request that was answered before is answered at once, as
plain JSON, though a stream was asked for. A stream that fails before its first event ends without any answer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from tests.server.exchange import SILENCE, Answer, Request, json_answer
from tests.server.replies import UNAVAILABLE, Refused, message
from tests.server.replies import field as field_of
from tests.server.steering_schema import check_chat, check_completion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.world import Row, World

SIDES = ("STEERED", "DEFAULT")
NO_TEMPLATE = (
    "This model has no chat template, so it cannot accept chat messages. Use /v1/steer/completion with a raw `prompt` "
    "instead."
)
_SETTINGS = ("temperature", "n_tokens", "freq_penalty", "seed", "strength_multiplier", "steer_method")
#: No backend fills them today.
_SILENT: Row = {"steeredLogProbs": None, "defaultLogProbs": None}
_VECTORS = re.compile(r"[0-9]+-neuronpedia-resid-(pre|post)")


@dataclass
class Gate:
    """Holds streams before one of their events, so that a test goes on when one is there and not after a while.

    Attributes
    ----------
    after : int
        How many events are sent before.
    reached : Event
        Set when a stream is held.
    opened : Event
        For the test to set.
    left : Event
        Set when whoever listened has gone away meanwhile.
    """

    after: int
    reached: Event = field(default_factory=Event)
    opened: Event = field(default_factory=Event)
    left: Event = field(default_factory=Event)


class Steering:
    """What the server remembers of runs, and how it behaves.

    Attributes
    ----------
    saves : bool
        Whether runs are saved and have an id; a server in DEMO_MODE saves none.
    has_template : bool
        Whether the model can chat.
    gate : Gate or None
        Where streams are held.
    runs : dict
        The saved ones, by id.
    """

    def __init__(self) -> None:
        self.saves = True
        self.has_template = True
        self.gate: Gate | None = None
        self.runs: dict[str, Run] = {}
        self._said: dict[str, Any] = {}
        self._lock = Lock()

    def known(self, key: str) -> Any:
        """What was said to the same question before; None when it was not asked."""
        return self._said.get(key)

    def id_of(self, key: str) -> str | None:
        """The id of the run in which something was said to a question."""
        return next((name for name, run in self.runs.items() if run.keys["STEERED"] == key), None)

    def save(self, run: Run) -> str | None:
        if not self.saves:
            return None
        with self._lock:
            self._said.update({run.keys[side]: run.said[side] for side in SIDES})
            name = f"run{len(self.runs):04}"
            self.runs[name] = run
            return name


@dataclass(frozen=True)
class Run:
    """What was asked, and what was said in the end. Each side has all that its text depends on for a key."""

    asked: Row
    keys: dict[str, str]
    said: Row = field(default_factory=dict)


def steer(request: Request, world: World) -> Answer:
    """``POST /api/steer``."""
    asked = check_completion(request.json)
    _check_access(asked, request, world)
    return _answer(request, world, asked, dict.fromkeys(SIDES, asked["prompt"]))


def steer_chat(request: Request, world: World) -> Answer:
    """``POST /api/steer-chat``."""
    asked = check_chat(request.json)
    _check_access(asked, request, world)
    if not world.steering.has_template:
        return SILENCE if asked["stream"] else message(400, NO_TEMPLATE)
    return _answer(request, world, asked, {side: asked[f"{side.lower()}ChatMessages"] for side in SIDES})


def _check_access(asked: Row, request: Request, world: World) -> None:
    rows = asked["features"]
    for row in rows:
        name = row["modelId"], row["layer"], int(row["index"])
        is_there = asked["modelId"] == world.model and world.is_visible(*name[:2], request.key) and world.row(*name)
        if not _VECTORS.fullmatch(row["layer"]) and not is_there:
            raise Refused(message(404, UNAVAILABLE))
    if len({_VECTORS.fullmatch(row["layer"]) is None for row in rows}) > 1:
        raise Refused(message(400, "Can't steer both vector and non-vector features"))


def _answer(request: Request, world: World, asked: Row, told: Row) -> Answer:
    """Answer from memory at once; or while the texts grow; or, where nothing can grow, with silence or its reason."""
    run = Run(asked, {side: _key(asked, told[side], side) for side in SIDES})
    known = {side: world.steering.known(key) for side, key in run.keys.items()}
    base = {"id": None, "limit": request.headers.get("x-limit-remaining")}
    base |= _named(world.steering.id_of(run.keys["STEERED"]), request)
    if all(known.values()):
        return json_answer({**_SILENT, **_settings(asked), **known, **base})
    try:
        rows = world.steer(asked)
    except ValueError as failure:
        return SILENCE if asked["stream"] else message(400, str(failure))
    except RuntimeError as failure:
        return SILENCE if asked["stream"] else message(500, str(failure))
    kept = {side: said for side, said in known.items() if said}
    growing = _grow(run, ({**row, **_SILENT, **kept, **base} for row in rows), request, world.steering)
    if asked["stream"]:
        events = (b"data: " + json.dumps(row, ensure_ascii=False).encode() + b"\n\n" for row in growing)
        return Answer(200, content_type="text/event-stream", events=events, gate=world.steering.gate)
    *_, last = growing
    return json_answer(last if asked["features"] else {**last, "STEERED": None})


def _grow(run: Run, rows: Iterator[Row], request: Request, steering: Steering) -> Iterator[Row]:
    """The result so far, again and again, and once more at its end, with its id where it is saved."""
    last: Row = {}
    for last in rows:
        for side in SIDES:
            if isinstance(last[side], dict):
                last[side]["logprobs"] = None
        yield last
    run.said.update({side: last[side] for side in SIDES})
    yield {**last, **_named(steering.save(run), request)}


def _settings(asked: Row) -> Row:
    names = (*_SETTINGS, "steer_special_tokens")
    return {} if "prompt" in asked else {"settings": {name: asked[name] for name in names}}


def _named(run: str | None, request: Request) -> Row:
    return {} if run is None else {"id": run, "shareUrl": f"http://{request.headers['host']}/steer/{run}"}


def _key(asked: Row, told: Any, side: str) -> str:
    """All that a side's text depends on: the default one not on the features."""
    features = sorted(json.dumps(row, sort_keys=True) for row in asked["features"] if side == "STEERED")
    return json.dumps([side, told, [asked[name] for name in ("modelId", *_SETTINGS)], features])


def load_run(request: Request, world: World) -> Answer:
    """``POST /api/steer-load``: a completion in the shape of a chat, but without a conversation."""
    name = str(field_of(request.json, "steerOutputId"))
    run = world.steering.runs.get(name)
    if run is None:
        return message(500, "Unknown Error")
    bare = {"chatTemplate": None, "logprobs": None}
    settings = {setting: run.asked[setting] for setting in _SETTINGS}
    return json_answer(
        {
            **{side: {"raw": text, **bare} if isinstance(text, str) else text for side, text in run.said.items()},
            "inputText": run.asked.get("prompt", ""),
            "outputTextIncludesPrompt": False,
            **_named(name, request),
            "limit": "0",
            "settings": {**settings, "steer_special_tokens": run.asked.get("steer_special_tokens", False)},
            "features": [_with_neuron(row, name, world) for row in run.asked["features"]],
        }
    )


def _with_neuron(row: Row, run: str, world: World) -> Row:
    found = world.row(row["modelId"], row["layer"], int(row["index"])) or {}
    neuron = {"explanations": found.get("explanations", []), "vector": [], "vectorLabel": None}
    return {**row, "index": str(row["index"]), "steerOutputId": run, "neuron": neuron}


def presets(request: Request, world: World) -> Answer:
    """``POST /api/steer/presets``: whoever has a key sees their own vectors first."""
    if field_of(request.json, "modelId") != world.model:
        return message(404, "Model Not Found")
    reply = world.numbers.steering_presets()
    own = [{**reply["featurePresets"][0], "name": "Mine", "isUserVector": True}] if request.key else []
    return json_answer({**reply, "featurePresets": own + reply["featurePresets"]})


def steer_logits(request: Request, world: World) -> Answer:
    """``POST /api/steer-logits``: both texts as they are without steering, as nothing here is a transcoder."""
    asked = request.json
    if field_of(asked, "modelId") != world.model or not field_of(asked, "features"):
        return message(400, "modelId is a required field")
    text = str(asked["prompt"])
    top = [{"prob": 0.5, "token": text}, {"prob": 0.25, "token": " x"}][: asked["topK"]]
    rows = [{"token": text, "top_logits": top}] * asked["nTokens"]
    texts = dict.fromkeys(("DEFAULT_GENERATION", "STEERED_GENERATION"), text * asked["nTokens"])
    return json_answer({**texts, **dict.fromkeys(("DEFAULT_LOGITS_BY_TOKEN", "STEERED_LOGITS_BY_TOKEN"), rows)})
