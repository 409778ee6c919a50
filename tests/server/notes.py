"""Bookmarks, comments and votes (contract, 5.3 and 5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.accounts import DATE, authed, new_id
from tests.server.exchange import json_answer
from tests.server.replies import OPAQUE, UNAVAILABLE, Refused, both

if TYPE_CHECKING:
    from tests.server.exchange import Answer, Request
    from tests.server.world import World

Row = dict[str, Any]


def add_bookmark(request: Request, world: World) -> Answer:
    """``POST /api/bookmark/add``: twice makes two."""
    user, named = authed(request), _feature(request, world)
    row = {"id": new_id(), **named, "userId": user, "createdAt": DATE}
    world.bookmarks.append(row)
    return json_answer(row)


def delete_bookmark(request: Request, world: World) -> Answer:
    """``POST /api/bookmark/delete``."""
    user, named = authed(request), {**request.json, "userId": authed(request)}
    before = len(world.bookmarks)
    world.bookmarks = [row for row in world.bookmarks if row["userId"] != user or not named.items() <= row.items()]
    return json_answer({"count": before - len(world.bookmarks)})


def list_bookmarks(request: Request, world: World) -> Answer:
    """``POST /api/user/bookmarks``."""
    user = authed(request)
    return json_answer([row for row in reversed(world.bookmarks) if row["userId"] == user])


def add_comment(request: Request, world: World) -> Answer:
    """``POST /api/comment/new``."""
    user, named = authed(request), _feature(request, world)
    text = request.json["text"].strip()
    if not 5 <= len(text) <= 1024:
        return both(500, OPAQUE)
    row = {"id": new_id(), **named, "text": text, "userId": user, "createdAt": DATE, "user": {"name": user}}
    world.comments.setdefault((named["modelId"], named["layer"], int(named["index"])), []).append(row)
    return json_answer({key: value for key, value in row.items() if key != "user"})


def delete_comment(request: Request, world: World) -> Answer:
    """``POST /api/comment/delete``: "ok" whatever was there."""
    user, asked = authed(request), request.json
    for name, rows in world.comments.items():
        world.comments[name] = [row for row in rows if (row["id"], row["userId"]) != (asked["id"], user)]
    return json_answer({"message": "ok"})


def vote(request: Request, world: World) -> Answer:
    """``POST /api/explanation/{id}/vote``: once however often."""
    user, said = authed(request), request.path.split("/")[3]
    found = _vote(world, user, said)
    if found is None:
        found = {"id": new_id(), "voterId": user, "points": 1, "explanationId": said, "createdAt": DATE}
        world.votes.append(found)
    return json_answer(found)


def unvote(request: Request, world: World) -> Answer:
    """``POST /api/explanation/{id}/unvote``: a failure where there is no vote."""
    user, said = authed(request), request.path.split("/")[3]
    found = _vote(world, user, said)
    if found is None:
        return both(500, OPAQUE)
    world.votes.remove(found)
    return json_answer(found)


def _vote(world: World, user: str, said: str) -> Row | None:
    return next((row for row in world.votes if (row["voterId"], row["explanationId"]) == (user, said)), None)


def _feature(request: Request, world: World) -> Row:
    """The feature that a body names by ``layer``, its index as text."""
    asked = request.json
    if not world.is_visible(str(asked.get("modelId")), str(asked.get("layer")), request.key):
        raise Refused(both(404, UNAVAILABLE))
    if not isinstance(asked.get("index"), str) or not world.row(asked["modelId"], asked["layer"], int(asked["index"])):
        raise Refused(both(500, OPAQUE))
    return {key: asked[key] for key in ("modelId", "layer", "index")}
