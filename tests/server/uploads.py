"""Models, source sets and features that users upload (contract, 5.7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.server.accounts import DATE, authed, new_id
from tests.server.exchange import json_answer
from tests.server.interp import KINDS
from tests.server.replies import OPAQUE, Refused, both, field
from tests.server.vectors import stored_text

if TYPE_CHECKING:
    from tests.server.exchange import Answer, Request
    from tests.server.world import World

Row = dict[str, Any]

_BAD_NAME = (
    "Name must contain only lowercase letters, digits, and hyphens, start with a letter or digit, not end with a "
    "hyphen, and not contain double hyphens"
)


def _refuse(text: str, path: str) -> Refused:
    return Refused(json_answer({"error": text, "path": path}, 400))


def new_model(request: Request, world: World) -> Answer:
    """``POST /api/model/new``: its dimension stays unknown."""
    user, asked = authed(request), request.json
    if not 1 <= (field(asked, "layers") or 0) <= 127:
        raise _refuse("layers is a required field", "layers")
    if not re.fullmatch(r"[a-z][a-z0-9.-]*[a-z0-9]", asked["id"]) or not 2 <= len(asked["id"]) <= 32:
        raise _refuse("id must match the following", "id")
    if world.model_row(asked["id"]) is not None:
        return json_answer({"error": "Model already exists"}, 400)
    name = asked.get("displayName") or asked["id"]
    world.made[asked["id"]] = {
        "id": asked["id"],
        "displayName": name,
        "displayNameShort": name,
        "website": asked.get("url"),
        "creatorId": user,
        "layers": asked["layers"],
        "dimension": None,
        "neuronsPerLayer": 0,
        "visibility": "UNLISTED",
        "owner": "custom",
        "createdAt": DATE,
    }
    return json_answer(world.made[asked["id"]])


def new_source_set(request: Request, world: World) -> Answer:
    """``POST /api/source-set/new``: the answer leaves the sources out."""
    user, asked = authed(request), request.json
    name, model = str(field(asked, "name")), str(field(asked, "modelId"))
    if not re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]|[a-z0-9]", name) or "--" in name or name == "neurons":
        raise _refuse(_BAD_NAME, "name")
    row = world.model_row(model)
    if row is None:
        return json_answer({"error": "Model not found"}, 400)
    if world.source_set(model, name) is not None:
        return json_answer({"error": "Source set name already exists for this model."}, 400)
    common = {"modelId": model, "visibility": "UNLISTED", "hasDashboards": True, "creatorId": user, "createdAt": DATE}
    names = [f"{layer}-{name}" for layer in range(row["layers"])]
    sources = [{**common, "id": one, "setName": name, "inferenceEnabled": False} for one in names]
    made = {
        **common,
        "name": name,
        "description": asked.get("description") or name,
        "type": "Custom",
        "creatorName": user,
        "urls": [asked.get("url") or ""],
        "sources": sources,
    }
    world.made_sets[model, name] = made
    return json_answer({**made, "sources": [], "releases": None})


def upload_batch(request: Request, world: World) -> Answer:
    """``POST /api/feature/upload-batch``: what is there is skipped, but its texts are added to it once more."""
    user, asked = authed(request), request.json
    _check(asked)
    model, source = asked["modelId"].lower(), asked["source"].lower()
    made = world.made_sets.get((model, _set_of(source)))
    if made is None or made["creatorId"] != user or source not in [one["id"] for one in made["sources"]]:
        return both(500, OPAQUE)
    explanations = [said for row in asked["features"] for said in row.get("explanations") or []]
    texts = [text for row in asked["features"] for text in row["activations"]]
    if (
        any(
            "modelName" in said  # contract, 9.11
            or said.get("methodName") not in (None, *KINDS["explanationTypes"])
            for said in explanations
        )
        or any(len(text["tokens"]) != len(text["values"]) for text in texts)
        or len({row["index"] for row in asked["features"]}) < len(asked["features"])
    ):
        return both(500, OPAQUE)
    for row in asked["features"]:
        _store(row, model, source, user, world)
    return json_answer({"message": f"{len(asked['features'])} features created."})


def _set_of(source: str) -> str:
    return source.partition("-")[2].partition("__")[0]


def _store(row: Row, model: str, source: str, user: str, world: World) -> None:
    name = {"modelId": model, "layer": source, "index": str(row["index"])}
    kept = world.extra.setdefault((model, source, row["index"]), {**name, **_neuron(row, user, _set_of(source))})
    texts = [
        {
            **stored_text(text, kept, "public"),
            "dataSource": f"User {user}",
            "binMin": text.get("quantileMin"),
            "binMax": text.get("quantileMax"),
            "binContains": text.get("quantileFraction"),
        }
        for text in row["activations"]
    ]
    kept["activations"] = [*kept["activations"], *texts]
    said = [
        {"id": new_id(), "description": one["text"], "typeName": one.get("methodName"), "scores": []}
        for one in row.get("explanations") or []
    ]
    kept["explanations"] = [*kept["explanations"], *said]


def _neuron(row: Row, user: str, set_name: str) -> Row:
    top, bottom = row.get("topLogits") or [], row.get("bottomLogits") or []
    return {
        "sourceSetName": set_name,
        "creatorId": user,
        "createdAt": DATE,
        "frac_nonzero": row.get("density", -1),
        "maxActApprox": max(0, *(max(text["values"]) for text in row["activations"])),
        "hasVector": False,
        "pos_str": [one["token"] for one in top],
        "pos_values": [one["value"] for one in top],
        "neg_str": [one["token"] for one in bottom],
        "neg_values": [one["value"] for one in bottom],
        "topkCosSimIndices": [],
        "topkCosSimValues": [],
        "activations": [],
        "explanations": [],
    }


def _check(asked: Any) -> None:
    rows = field(asked, "features")
    if not isinstance(rows, list) or not rows:
        raise _refuse("features field must have at least 1 items", "features")
    if len(rows) > 128:
        raise _refuse("features field must have less than or equal to 128 items", "features")
    for number, row in enumerate(rows):
        place = f"features[{number}]"
        if not isinstance(row.get("index"), int) or not 0 <= row["index"] <= 10_000_000:
            raise _refuse(f"{place}.index must be less than or equal to 10000000", f"{place}.index")
        if not 0 <= row.get("density", 0) <= 1:
            raise _refuse(f"{place}.density must be less than or equal to 1", f"{place}.density")
        if not row.get("activations"):
            raise _refuse(f"{place}.activations field must have at least 1 items", f"{place}.activations")
        _check_parts(row, place)


def _check_parts(row: Row, place: str) -> None:
    for logits in ("topLogits", "bottomLogits"):
        listed = row.get(logits) or []
        if len(listed) > 20 or any(not one["token"] or one["value"] is None for one in listed):
            raise _refuse(f"{place}.{logits} is wrong", f"{place}.{logits}")
    for said in row.get("explanations") or []:
        if not 1 <= len(said["text"]) <= 512:
            raise _refuse(f"{place}.explanations text is too long", f"{place}.explanations")
    for number, text in enumerate(row["activations"]):
        where = f"{place}.activations[{number}]"
        if "" in text["tokens"]:
            raise _refuse(f"{where}.tokens is a required field", f"{where}.tokens")
        if not 1 <= len(text["tokens"]) <= 1024 or None in text["values"]:
            raise _refuse(f"{where}.values is a required field", f"{where}.values")
        if not 0 <= (text.get("quantileFraction") or 0) <= 1:
            raise _refuse(f"{where}.quantileFraction must be at least 0", f"{where}.quantileFraction")
