"""Routes that the client has no method for, and reaches through the door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.server.accounts import authed
from tests.server.exchange import Answer, json_answer

if TYPE_CHECKING:
    from tests.server.exchange import Request
    from tests.server.world import World


def graphs(request: Request, _world: World) -> Answer:
    """``POST /api/graph/list-owned``."""
    authed(request)
    return json_answer([])


def lens(request: Request, _world: World) -> Answer:
    """``POST /api/lens/prompt``: JSON Lines, unless ``stream`` is false."""
    meta, token = {"kind": "meta", "model": "demo"}, {"kind": "token", "position": 0, "token": "a"}
    if request.json.get("stream") is False:
        return json_answer({"meta": meta, "tokens": [token], "done": {"kind": "done"}})
    lines = [meta, {"kind": "prompt", "tokens": []}, token, {"kind": "done"}]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    return Answer(200, body.encode(), "application/x-ndjson; charset=utf-8")
