"""The writes, as the contract spells them; :mod:`np_widgets.client.calls` has the questions.

Each says what it changes, so that the copies of that are dropped, and where to look when its answer was lost. As for
the questions, an index is text on some routes and a number on others (contract, 1.8).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from np_widgets.client import concerns
from np_widgets.client.routes import Call, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec

    from np_widgets.models import FeatureRef, FloatArray
    from np_widgets.wire.rows import Row

#: A language model is asked, some methods ask it many times.
_INTERP_TAKES = 185.0
_NO_REASON = "The service does not say why. "
_LISTS = "list_lists() shows your lists"
_ENTRIES = 'get_list("{}") shows what is in it'
_BOOKMARKS = "list_bookmarks() shows yours"
_NEW_LIST_HINT = f"{_NO_REASON}It may have made the list and then failed on its test text: {_LISTS}."


def _write(path: str, json: Any, about: str, *, changes: tuple[str, ...] = (), look: str, hint: str = "") -> Call:  # noqa: ANN401 (any JSON)
    return replace(post(path, json, about, hint, changes), look=look)


def _named(ref: FeatureRef, key: str = "layer") -> dict[str, object]:
    """Name a feature as most routes do that write: by ``layer``, and its index as text."""
    return {"modelId": ref.model, key: ref.source, "index": str(ref.index)}


def new_vector(model: str, layer: int, hook: str, values: FloatArray, label: str, strength: float) -> Call:
    """``POST /api/vector/new`` (contract, 5.5)."""
    body = {
        "modelId": model,
        "layerNumber": layer,
        "hookType": hook,
        "vector": values.tolist(),
        "vectorDefaultSteerStrength": strength,
        "vectorLabel": label,
    }
    look = "list_vectors() shows whether it is there"
    # The presets of steering offer one's own vectors.
    return _write("/api/vector/new", body, f"your vector {label!r}", changes=concerns.model_read(model), look=look)


def delete_vector(ref: FeatureRef) -> Call:
    """``POST /api/vector/delete``: "Success" even when nothing was there (contract, 9.12)."""
    look = "list_vectors() shows whether it is still there"
    changes = concerns.feature_written(ref)
    return _write("/api/vector/delete", _named(ref, "source"), f"the vector {ref}", changes=changes, look=look)


def upload_activations(ref: FeatureRef, texts: Sequence[Row]) -> Call:
    """``POST /api/activation/upload-batch``: for vectors of one's own."""
    return _write(
        "/api/activation/upload-batch",
        {**_named(ref, "source"), "activations": list(texts)},
        f"the examples of your vector {ref}",
        changes=concerns.feature_written(ref),
        look=f'get_feature("{ref}", refresh=True).activations shows whether they are there',
        hint=f"{_NO_REASON}Most likely {ref} is no vector, or is not yours: list_vectors() lists yours.",
    )


def new_list(name: str, description: str, test_text: str | None) -> Call:
    """``POST /api/list/new``: without a description an opaque 500 (contract, 9.12)."""
    body = {"name": name, "description": description, "testText": test_text}
    return _write("/api/list/new", body, f"the list {name!r}", look=_LISTS, hint=_NEW_LIST_HINT)


def new_list_with_features(name: str, description: str, test_text: str | None, features: Sequence[Row]) -> Call:
    """``POST /api/list/new-with-features``: the index is a number, and no test text may be given by ``null``."""
    body = {"name": name, "description": description, "features": list(features)}
    if test_text is not None:
        body["testText"] = test_text
    return _write("/api/list/new-with-features", body, f"the list {name!r}", look=_LISTS, hint=_NEW_LIST_HINT)


def add_to_list(list_id: str, features: Sequence[Row]) -> Call:
    """``POST /api/list/add-features``: the index is text."""
    hint = f"{_NO_REASON}Likely reasons: one of the features is in the list already, or does not exist."
    body = {"listId": list_id, "featuresToAdd": list(features)}
    return _write("/api/list/add-features", body, f"the list {list_id}", look=_ENTRIES.format(list_id), hint=hint)


def remove_from_list(list_id: str, ref: FeatureRef) -> Call:
    """``POST /api/list/remove``."""
    hint = f"{_NO_REASON}Most likely {ref} is not in the list."
    body = {"listId": list_id, **_named(ref)}
    return _write("/api/list/remove", body, f"the list {list_id}", look=_ENTRIES.format(list_id), hint=hint)


def describe_in_list(list_id: str, ref: FeatureRef, description: str) -> Call:
    """``POST /api/list/edit-feature``."""
    hint = f"{_NO_REASON}Most likely {ref} is not in the list."
    body = {"listId": list_id, **_named(ref), "description": description}
    return _write("/api/list/edit-feature", body, f"the list {list_id}", look=_ENTRIES.format(list_id), hint=hint)


def update_list(list_id: str, name: str, description: str, test_text: str | None) -> Call:
    """``POST /api/list/update``: what is left out is taken away."""
    body: Row = {"listId": list_id, "name": name, "description": description}
    if test_text is not None:
        body["defaultTestText"] = test_text
    return _write("/api/list/update", body, f"the list {list_id}", look=_LISTS)


def delete_list(list_id: str) -> Call:
    """``POST /api/list/delete``."""
    return _write("/api/list/delete", {"listId": list_id}, f"the list {list_id}", look=_LISTS)


def comment_list(list_id: str, text: str) -> Call:
    """``POST /api/list/comment/new``."""
    look = "the list's page shows its comments"
    return _write("/api/list/comment/new", {"listId": list_id, "text": text}, f"the list {list_id}", look=look)


def delete_list_comment(comment_id: str) -> Call:
    """``POST /api/list/comment/delete``."""
    look = "the list's page shows its comments"
    return _write("/api/list/comment/delete", {"commentId": comment_id}, f"the comment {comment_id}", look=look)


def add_bookmark(ref: FeatureRef) -> Call:
    """``POST /api/bookmark/add``."""
    hint = f"{_NO_REASON}Most likely there is no such feature."
    return _write("/api/bookmark/add", _named(ref), f"the feature {ref}", look=_BOOKMARKS, hint=hint)


def delete_bookmark(ref: FeatureRef) -> Call:
    """``POST /api/bookmark/delete``."""
    return _write("/api/bookmark/delete", _named(ref), f"the bookmark of {ref}", look=_BOOKMARKS)


def add_comment(ref: FeatureRef, text: str) -> Call:
    """``POST /api/comment/new``."""
    look = f'get_feature("{ref}", refresh=True).comments shows whether it is there'
    changes = concerns.feature_written(ref)
    return _write("/api/comment/new", {**_named(ref), "text": text}, f"the feature {ref}", changes=changes, look=look)


def delete_comment(comment_id: str, ref: FeatureRef) -> Call:
    """``POST /api/comment/delete``."""
    look = f'get_feature("{ref}", refresh=True).comments shows whether it is still there'
    changes = concerns.feature_written(ref)
    return _write("/api/comment/delete", {"id": comment_id}, f"the comment {comment_id}", changes=changes, look=look)


def vote(explanation_id: str, *, up: bool) -> Call:
    """``POST /api/explanation/{id}/vote`` and ``/unvote``."""
    hint = f"{_NO_REASON}Likely reasons: there is no such explanation, or you have no vote for it to take back."
    look = "voting, and taking a vote back, can be done twice without harm"
    path = f"/api/explanation/{explanation_id}/{'vote' if up else 'unvote'}"
    return _write(path, {}, f"the explanation {explanation_id}", look=look, hint=hint)


def new_model(model: str, layers: int, name: str | None, url: str | None) -> Call:
    """``POST /api/model/new`` (contract, 5.7)."""
    body = {"id": model, "layers": layers, **_given(displayName=name, url=url)}
    look = f'get_model("{model}", refresh=True) shows whether it is there'
    return _write("/api/model/new", body, f"the model {model}", changes=concerns.MODELS, look=look)


def new_source_set(name: str, model: str, description: str | None, url: str | None) -> Call:
    """``POST /api/source-set/new``."""
    body = {"name": name, "modelId": model, **_given(description=description, url=url)}
    look = f'get_source_set("{model}", "{name}", refresh=True) shows whether it is there'
    return _write("/api/source-set/new", body, f"the source set {model}/{name}", changes=concerns.MODELS, look=look)


def upload_features(model: str, source: str, rows: Sequence[msgspec.Raw]) -> Call:
    """``POST /api/feature/upload-batch``: each row is written already."""
    return _write(
        "/api/feature/upload-batch",
        {"modelId": model, "source": source, "features": list(rows)},
        f"{len(rows)} features of {model}/{source}",
        changes=(*concerns.source_written(model, source), *concerns.EXPLANATIONS),
        look="upload_features, called again, first asks what is there",
        hint=f"{_NO_REASON}Likely reasons: the source set is not yours (only whoever created it may upload to it), or "
        "the service cannot embed explanations, which it needs a key of its own for: upload without them.",
    )


def _given(**fields: str | None) -> Row:
    return {key: value for key, value in fields.items() if value is not None}


def generate(ref: FeatureRef, method: str, model: str) -> Call:
    """``POST /api/explanation/generate``: the index is a number."""
    body = {
        "modelId": ref.model,
        "layer": ref.source,
        "index": ref.index,
        "explanationType": method,
        "explanationModelName": model,
    }
    call = _write(
        "/api/explanation/generate",
        body,
        f"an explanation of {ref}",
        changes=(*concerns.feature_written(ref), *concerns.EXPLANATIONS),
        look=f'get_feature("{ref}", refresh=True).explanations shows whether it is there',
        hint=f"{_NO_REASON}Likely reasons: the provider of {model} refused your key or is overloaded, or the feature "
        "does not exist.",
    )
    return replace(call, seconds=_INTERP_TAKES)


def score(explanation_id: str, method: str, model: str | None, ref: FeatureRef) -> Call:
    """``POST /api/explanation/score``; the methods of NLA take no model."""
    body = {"explanationId": explanation_id, "scorerType": method, **_given(scorerModel=model)}
    call = _write(
        "/api/explanation/score",
        body,
        f"a score of the explanation {explanation_id}",
        changes=concerns.feature_written(ref),
        look=f'get_feature("{ref}", refresh=True).explanations shows the scores of each',
        hint=f"{_NO_REASON}Likely reasons: the model's provider refused your key or is overloaded.",
    )
    return replace(call, seconds=_INTERP_TAKES)


def delete_explanation(explanation_id: str, ref: FeatureRef) -> Call:
    """``POST /api/explanation/{id}/delete``: 200 also where there is none."""
    changes = (*concerns.feature_written(ref), *concerns.EXPLANATIONS)
    look = f'get_feature("{ref}", refresh=True).explanations shows whether it is still there'
    hint = f"{_NO_REASON}Most likely it is not yours: only its author can delete it."
    path = f"/api/explanation/{explanation_id}/delete"
    return _write(path, {}, f"the explanation {explanation_id}", changes=changes, look=look, hint=hint)


def delete_score(score_id: str, ref: FeatureRef) -> Call:
    """``POST /api/explanation/score/{id}/delete``: 200 also where there is none."""
    look = f'get_feature("{ref}", refresh=True).explanations shows the scores of each'
    hint = f"{_NO_REASON}Most likely it is not yours: only whoever asked for it can delete it."
    path, changes = f"/api/explanation/score/{score_id}/delete", concerns.feature_written(ref)
    return _write(path, {}, f"the score {score_id}", changes=changes, look=look, hint=hint)
