"""Recorded writes, and reads of one's own things: which method of our client asks each, and what it asks first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from np_widgets.client import NeuronpediaClient
from np_widgets.wire import read_model, read_source_set
from np_widgets.wire.interp import read_generated
from np_widgets.wire.lists import (
    read_bookmark,
    read_bookmarks,
    read_deleted,
    read_entries,
    read_entry,
    read_list,
    read_lists,
)
from np_widgets.wire.uploads import as_stored, read_uploaded
from np_widgets.wire.vectors import read_count, read_vector, read_vectors
from tests.server import faults

if TYPE_CHECKING:
    from np_widgets.models import Feature
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


def _create_source_set(client: NeuronpediaClient, body: Any) -> object:
    return client.create_source_set(body["name"], model=body["modelId"], description=body.get("description"))


def _upload_features(client: NeuronpediaClient, body: Any) -> object:
    model, source = body["modelId"], body["source"]
    rows = [_feature(row, model, source) for row in body["features"]]
    return client.upload_features(rows, model=model, source=source)


def _feature(row: Any, model: str, source: str) -> Feature:
    """The feature that a recorded row would have been written of, as our client writes none with a model's name."""
    if any("modelName" in said for said in row.get("explanations", [])) or not row.get("explanations", [1]):
        raise KeyError
    return as_stored(row, model, source, None, None)


def _generate(client: NeuronpediaClient, body: Any) -> object:
    if not isinstance(body["index"], int):
        raise TypeError  # our client sends a number on this route
    ref = (body["modelId"], body["layer"], body["index"])
    return client.generate_explanation(ref, method=body["explanationType"], model=body["explanationModelName"])


def _model_with_source(body: Any) -> Any:
    return {**MODEL, "sourceSets": [{"name": "mine", "sources": [{"id": body["source"]}]}]}


def _create_list(client: NeuronpediaClient, body: Any) -> object:
    features = body.get("features", ())
    return client.create_list(
        body["name"], _listed(features), description=body["description"], test_text=body["testText"]
    )


def _update_list(client: NeuronpediaClient, body: Any) -> object:
    return client.update_list(body["listId"], name=body["name"], description=body["description"])


def _list_before(body: Any) -> Any:
    return {"id": body["listId"], "name": "before"}


def _listed(rows: Any) -> Any:
    if len(rows) > 100:
        raise KeyError  # our client cuts them into several requests
    return {_name(row): row.get("description") for row in rows}


ROUTES: dict[str, Written] = {
    "/api/vector/new": Written(_upload_vector, read_vector, [MODEL]),
    "/api/vector/get": Written(lambda client, body: client.get_vector(_name(body)), read_vector),
    "/api/vector/list-owned": Written(lambda client, _body: client.list_vectors(), read_vectors),
    "/api/vector/delete": Written(lambda client, body: client.delete_vector(_name(body)), bytes, [_own_vector]),
    "/api/model/new": Written(lambda client, body: client.create_model(body["id"], layers=body["layers"]), read_model),
    "/api/source-set/new": Written(_create_source_set, read_source_set),
    "/api/feature/upload-batch": Written(_upload_features, read_uploaded, [_model_with_source, []]),
    "/api/explanation/generate": Written(_generate, read_generated),
    "/api/list/new": Written(_create_list, read_list),
    "/api/list/new-with-features": Written(_create_list, read_list),
    "/api/list/add-features": Written(
        lambda client, body: client.add_to_list(body["listId"], _listed(body["featuresToAdd"])), read_entries
    ),
    "/api/list/get": Written(lambda client, body: client.get_list(body["listId"]), read_list),
    "/api/list/list": Written(lambda client, _body: client.list_lists(), read_lists),
    "/api/list/remove": Written(lambda client, body: client.remove_from_list(body["listId"], _name(body)), read_entry),
    "/api/list/edit-feature": Written(
        lambda client, body: client.describe_in_list(body["listId"], _name(body), body["description"]), read_entry
    ),
    "/api/list/update": Written(_update_list, read_list, [_list_before]),
    "/api/list/delete": Written(lambda client, body: client.delete_list(body["listId"]), bytes),
    "/api/bookmark/add": Written(lambda client, body: client.add_bookmark(_name(body)), read_bookmark),
    "/api/bookmark/delete": Written(lambda client, body: client.delete_bookmark(_name(body)), read_deleted),
    "/api/user/bookmarks": Written(lambda client, _body: client.list_bookmarks(), read_bookmarks),
    "/api/activation/upload-batch": Written(
        lambda client, body: client.upload_activations(_name(body), body["activations"]), read_count
    ),
}
