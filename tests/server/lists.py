"""Lists of features (contract, 5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.accounts import DATE, authed, new_id
from tests.server.exchange import json_answer
from tests.server.replies import OPAQUE, Refused, both, error, field, message, neuron

if TYPE_CHECKING:
    from tests.server.exchange import Answer, Request
    from tests.server.world import World

Row = dict[str, Any]


def new(request: Request, world: World) -> Answer:
    """``POST /api/list/new``: a failure that says nothing where there is no description."""
    user, asked = authed(request), request.json
    if not str(field(asked, "name") or "").strip():
        return error(400, "name is a required field")
    if field(asked, "description") is None:
        return error(500, "Unknown Error")
    return _shown(_make(asked, user, world))


def new_with_features(request: Request, world: World) -> Answer:
    """``POST /api/list/new-with-features``: those that do not exist are left out."""
    user, asked = authed(request), request.json
    if field(asked, "name") is None or ("testText" in asked and not isinstance(asked["testText"], str)):
        return message(400, "name is a required field")
    made = _make({"description": "", **asked}, user, world)
    rows = [row for row in asked["features"] if isinstance(row["index"], int)]
    there = [row for row in rows if world.row(row["modelId"], row["layer"], row["index"])]
    made["entries"] = [_entry({"description": "", **row}, made["id"], user) for row in there]
    return _shown(made)


def add(request: Request, world: World) -> Answer:
    """``POST /api/list/add-features``."""
    user, asked = authed(request), request.json
    rows = field(asked, "featuresToAdd")
    if not isinstance(rows, list):
        return both(500, OPAQUE)
    if len(rows) > 100:
        return error(400, "Too many features to add. Max is 100 at a time.")
    saved = _own(asked, user, world)
    held = [_key(entry) for entry in saved["entries"]]
    is_fine = all(isinstance(row["index"], str) and row["index"].isdigit() and _key(row) not in held for row in rows)
    if not is_fine or not all(world.row(row["modelId"], row["layer"], int(row["index"])) for row in rows):
        return both(500, OPAQUE)
    entries = [_entry(row, saved["id"], user) for row in rows]
    saved["entries"] = [*saved["entries"], *entries]
    return json_answer(entries)


def get(request: Request, world: World) -> Answer:
    """``POST /api/list/get``: anyone's."""
    saved = world.lists.get(str(field(request.json, "listId")))
    if saved is None:
        return both(500, OPAQUE)
    rows = {_key(entry): world.row(entry["modelId"], entry["layer"], int(entry["index"])) for entry in saved["entries"]}
    neurons = [{**entry, "neuron": neuron(rows[_key(entry)] or {}, 3)} for entry in saved["entries"]]
    tested = [{"listId": saved["id"], "activation": one} for one in _tested(saved, world)]
    return json_answer({**_bare(saved), "user": {"name": saved["userId"]}, "neurons": neurons, "activations": tested})


def _tested(saved: Row, world: World) -> list[Row]:
    text = saved["defaultTestText"]
    if not text:
        return []
    named = [(entry, entry["index"]) for entry in saved["entries"]]
    return [
        {**world.numbers.activate(world.source, index, text), "layer": entry["layer"], "index": index, "id": new_id()}
        for entry, index in named
    ]


def list_own(request: Request, world: World) -> Answer:
    """``POST /api/list/list``."""
    user = authed(request)
    return json_answer([_bare(saved) for saved in world.lists.values() if saved["userId"] == user])


def remove(request: Request, world: World) -> Answer:
    """``POST /api/list/remove``."""
    user, asked = authed(request), request.json
    saved = _own(asked, user, world)
    found = _found(saved, asked)
    saved["entries"] = [entry for entry in saved["entries"] if entry is not found]
    return json_answer(found)


def edit(request: Request, world: World) -> Answer:
    """``POST /api/list/edit-feature``."""
    user, asked = authed(request), request.json
    entry = _found(_own(asked, user, world), asked)
    entry["description"] = asked["description"]
    return json_answer(entry)


def update(request: Request, world: World) -> Answer:
    """``POST /api/list/update``: a test text that is left out is taken away."""
    user, asked = authed(request), request.json
    saved = _own(asked, user, world)
    if not str(asked.get("name") or "").strip():
        return both(500, OPAQUE)
    saved.update(name=asked["name"], defaultTestText=asked.get("defaultTestText"))
    if "description" in asked:
        saved["description"] = asked["description"]
    return json_answer(_bare(saved))


def delete(request: Request, world: World) -> Answer:
    """``POST /api/list/delete``."""
    user, asked = authed(request), request.json
    del world.lists[_own(asked, user, world)["id"]]
    return json_answer(value=True)


def comment(request: Request, world: World) -> Answer:
    """``POST /api/list/comment/new``."""
    user, asked = authed(request), request.json
    saved = world.lists.get(str(field(asked, "listId")))
    if saved is None or len(asked["text"].strip()) < 2:
        return both(500, OPAQUE)
    row = {"id": new_id(), "listId": saved["id"], "text": asked["text"], "userId": user, "createdAt": DATE}
    saved["comments"] = [*saved["comments"], row]
    return json_answer(row)


def delete_comment(request: Request, world: World) -> Answer:
    """``POST /api/list/comment/delete``."""
    user, asked = authed(request), request.json
    n_deleted = 0
    for saved in world.lists.values():
        kept = [one for one in saved["comments"] if (one["id"], one["userId"]) != (asked["commentId"], user)]
        n_deleted += len(saved["comments"]) - len(kept)
        saved["comments"] = kept
    return json_answer({"count": n_deleted})


def _make(asked: Row, user: str, world: World) -> Row:
    saved = {
        "id": new_id(),
        "name": asked["name"],
        "description": asked["description"],
        "defaultTestText": asked.get("testText"),
        "userId": user,
        "createdAt": DATE,
        "updatedAt": DATE,
        "entries": [],
        "comments": [],
    }
    world.lists[saved["id"]] = saved
    return saved


def _bare(saved: Row) -> Row:
    return {key: value for key, value in saved.items() if key not in ("entries", "comments")}


def _shown(saved: Row) -> Answer:
    # The row as it was before its test text was added to it.
    made = {**_bare(saved), "defaultTestText": None, "user": {"name": saved["userId"]}}
    return json_answer({**made, "url": f"http://127.0.0.1/list/{saved['id']}"})


def _entry(row: Row, list_id: str, user: str) -> Row:
    named = {"modelId": row["modelId"], "layer": row["layer"], "index": str(row["index"])}
    return {**named, "listId": list_id, "description": row.get("description"), "addedAt": DATE, "userId": user}


def _key(row: Row) -> tuple[str, str, str]:
    return row["modelId"], row["layer"], str(row["index"])


def _own(asked: Any, user: str, world: World) -> Row:
    saved = world.lists.get(str(field(asked, "listId")))
    if saved is None:
        raise Refused(both(404, "List not found."))
    if saved["userId"] != user:
        raise Refused(both(403, "You do not own this list."))
    return saved


def _found(saved: Row, asked: Row) -> Row:
    found: Row | None = next((entry for entry in saved["entries"] if _key(entry) == _key(asked)), None)
    if found is None:
        raise Refused(both(500, OPAQUE))
    return found
