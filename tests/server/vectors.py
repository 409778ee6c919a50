"""Vectors that users upload (contract, 5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.accounts import DATE, authed, new_id
from tests.server.exchange import json_answer
from tests.server.replies import OPAQUE, both, field, message

if TYPE_CHECKING:
    from tests.server.exchange import Answer, Request
    from tests.server.world import World

Row = dict[str, Any]
_KEYS = ("modelId", "layer", "index", "vectorLabel", "createdAt", "creatorId", "vectorDefaultSteerStrength", "hookName")
_HOOKS = {"hook_resid_pre": "resid-pre", "hook_resid_post": "resid-post"}


def new(request: Request, world: World) -> Answer:
    """``POST /api/vector/new``."""
    user, asked = authed(request), request.json
    refusal = _refusal(asked, world)
    if refusal:
        return message(400, refusal)
    source = f"{asked['layerNumber']}-neuronpedia-{_HOOKS[asked['hookType']]}"
    index = 90_000_000 + len(world.extra)
    world.extra[asked["modelId"], source, index] = _row(asked, source, index, user)
    made = world.extra[asked["modelId"], source, index]
    vector = {
        "modelId": asked["modelId"],
        "source": source,
        "index": str(index),
        "label": made["vectorLabel"],
        "createdAt": DATE,
        "defaultSteerStrength": made["vectorDefaultSteerStrength"],
        "hookName": made["hookName"],
        "values": made["vector"],
    }
    where = f"http://127.0.0.1/{asked['modelId']}/{source}/{index}"
    return json_answer({"message": "Success", "url": where, "vector": vector})


def _refusal(asked: Any, world: World) -> str:
    for name in ("vectorLabel", "vectorDefaultSteerStrength", "vector", "hookType", "layerNumber", "modelId"):
        if field(asked, name) in (None, ""):
            return f"{name} is a required field"
    if any(not isinstance(value, (int, float)) for value in asked["vector"]):
        return "vector[0] is a required field"
    if asked["hookType"] not in _HOOKS:
        return f"hookType must be one of the following values: {', '.join(_HOOKS)}"
    if not -300 <= asked["vectorDefaultSteerStrength"] <= 300:
        return "vectorDefaultSteerStrength must be less than or equal to 300"
    model = world.model_row(asked["modelId"])
    return _misfit(asked, model) if model else "Model not found"


def _misfit(asked: Row, model: Row) -> str:
    if asked["layerNumber"] >= model["layers"]:
        return "Layer number is greater than model's numLayers"
    return "" if len(asked["vector"]) == model["dimension"] else "Vector dimension does not match model dimension"


def _row(asked: Row, source: str, index: int, user: str) -> Row:
    empty = ("pos_str", "pos_values", "neg_str", "neg_values", "activations", "explanations", "lists", "comments")
    bars = ("freq_hist_data_bar", "logits_hist_data_bar")
    return {
        "modelId": asked["modelId"],
        "layer": source,
        "index": str(index),
        "sourceSetName": None,
        "creatorId": user,
        "createdAt": DATE,
        "maxActApprox": 0,
        "hasVector": True,
        "vector": asked["vector"],
        "vectorLabel": asked["vectorLabel"],
        "vectorDefaultSteerStrength": asked["vectorDefaultSteerStrength"],
        "hookName": f"blocks.{asked['layerNumber']}.{asked['hookType']}",
        "frac_nonzero": 0,
        **{name: [] for name in empty},
        **{f"{bar}_{part}": [] for bar in bars for part in ("values", "heights")},
    }


def get(request: Request, world: World) -> Answer:
    """``POST /api/vector/get``."""
    asked = request.json
    for name in ("index", "source", "modelId"):
        if field(asked, name) is None:
            return both(400, f"{name} is a required field")
    row = _found(asked, world)
    return both(500, OPAQUE) if row is None else json_answer({"vector": _slim(row)})


def list_owned(request: Request, world: World) -> Answer:
    """``POST /api/vector/list-owned``."""
    user = authed(request)
    own = [_slim(row) for row in world.extra.values() if row.get("hasVector") and row.get("creatorId") == user]
    return json_answer({"vectors": own})


def delete(request: Request, world: World) -> Answer:
    """``POST /api/vector/delete``: "Success" whatever was there."""
    user, asked = authed(request), request.json
    row = _found(asked, world)
    if row is not None and row.get("creatorId") == user:
        del world.extra[row["modelId"], row["layer"], int(row["index"])]
    return json_answer({"message": "Success"})


def upload_texts(request: Request, world: World) -> Answer:
    """``POST /api/activation/upload-batch``."""
    user, asked = authed(request), request.json
    row, texts = _found(asked, world), field(asked, "activations")
    if row is None or row.get("creatorId") != user or not texts:
        return both(500, OPAQUE)
    if any(len(text["tokens"]) != len(text["values"]) for text in texts):
        return both(500, OPAQUE)
    row["activations"] = [*row["activations"], *(stored_text(text, row, user) for text in texts)]
    return json_answer({"message": f"{len(texts)} activations created."})


def stored_text(text: Row, row: Row, user: str) -> Row:
    """An example as the database keeps it."""
    values = text["values"]
    return {
        "id": new_id(),
        "tokens": text["tokens"],
        "values": values,
        "maxValue": max(values),
        "minValue": min(values),
        "maxValueTokenIndex": values.index(max(values)),
        "modelId": row["modelId"],
        "layer": row["layer"],
        "index": row["index"],
        "creatorId": user,
        "createdAt": DATE,
    }


def _found(asked: Any, world: World) -> Row | None:
    index = str(field(asked, "index"))
    if not index.isdigit():
        return None
    return world.extra.get((str(field(asked, "modelId")), str(field(asked, "source")), int(index)))


def _slim(row: Row) -> Row:
    return {**{key: row.get(key) for key in _KEYS}, "vector": row["vector"]}
