"""The questions, as the contract spells them: which key each route calls a source by, and where an index is text.

The service calls one thing ``layer`` here and ``source`` there (contract, 1.9), and takes an index as text here and
as a number there, with an opaque 500 for the other (contract, 1.8).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from np_widgets.client import concerns
from np_widgets.client.routes import Call, get, post
from np_widgets.wire import write_steer_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from np_widgets.models import FeatureRef, SteerRequest
    from np_widgets.searches import ExplanationSearch, SetSearch, TokenSearch

_ACTIVATE_HINT = (
    "The service does not say why. Likely reasons: nothing runs this source (the source has no inference server), "
    "the text is longer than the server allows (about 400 tokens) or is nothing but a beginning-of-text token, "
    "or the feature does not exist."
)
_SEARCH_HINT = (
    "The service may not say why. Likely reasons: nothing runs this source or source set (it has no inference server), "
    "a text is longer than the server allows (about 400 tokens, and a quarter of that for texts that are sent "
    "together: send it alone) or is nothing but a beginning-of-text token, or a sort position lies beyond its end."
)
_EXPLANATIONS_HINT = (
    "The service does not say why. Likely reasons: the model, one of the sources or the release does not exist, or is "
    "private; or it is overloaded, and answers in a minute."
)
_NEAREST_HINT = (
    "The service does not say why. Likely reasons: nothing runs the source that was asked for neighbours, the feature "
    "does not exist, or the directions of the two sources are not of one length."
)
_STEER_HINT = (
    "The service does not say why. Likely reasons: nothing runs this source or model (it has no inference server), the "
    "model has no chat template (go on with a prompt instead), or it is overloaded, and answers in a minute."
)
_STREAM_HINT = (
    "A stream that fails before its first word ends so. Ask once with stream=False, and the service says why: perhaps "
    "the model has no chat template, nothing runs this source, or the text has too many tokens."
)
_LOAD_HINT = "The service does not say why. Most likely there is no saved run of this id: compare it with its address."
#: The service ends a run after 180 s (contract, 1.7); of one that does not stream, nothing is heard until then.
_STEERING_TAKES = 185.0
_VECTOR_HINT = (
    "The service does not say why. Likely reasons: there is no such vector (any more), or it is a feature whose source "
    "nothing runs (it has no inference server)."
)
_BROKEN_ROW_HINT = (
    "The service does not say why. It may hold a value that it cannot send (NaN) for one of them: "
    "ask for them one by one to find out which."
)


def feature(ref: FeatureRef) -> Call:
    """``GET /api/feature/{model}/{layer}/{index}``."""
    return get(f"/api/feature/{ref.path}", f"the feature {ref}", concerns.features_read([ref]))


def features(refs: Sequence[FeatureRef], max_activations: int | None) -> Call:
    """``POST /api/features``: a bare array, its index a number."""
    # Only the first one's limit counts, so all have it.
    limit = {} if max_activations is None else {"maxActsToReturn": max_activations}
    rows = [{"modelId": ref.model, "layer": ref.source, "index": ref.index, **limit} for ref in refs]
    about = f"the feature {refs[0]}" if len(refs) == 1 else f"{len(refs)} features ({refs[0]}, …)"
    hint = "" if len(refs) == 1 else _BROKEN_ROW_HINT
    return post("/api/features", rows, about, hint, concerns.features_read(refs))


def page(model: str, source: str, offset: int) -> Call:
    """``POST /api/features-offset``: 25 features that ever fired."""
    body = {"modelId": model, "layer": source, "offset": offset}
    about = f"the source {model}/{source}"
    return post("/api/features-offset", body, about, concerns=concerns.source_read(model, source))


def activations(ref: FeatureRef) -> Call:
    """``POST /api/activation/get``: the index is text."""
    body = {"modelId": ref.model, "source": ref.source, "index": str(ref.index)}
    return post("/api/activation/get", body, f"the examples of {ref}", concerns=concerns.features_read([ref]))


def activate(ref: FeatureRef, texts: Sequence[str], *, ignore_bos: bool) -> Call:
    """``POST /api/activation/new``: the index is text; one text goes as itself, several as a list."""
    body: dict[str, object] = {
        "feature": {"modelId": ref.model, "source": ref.source, "index": str(ref.index)},
        "customText": _one_or_many(texts),
    }
    if ignore_bos:
        body["ignoreBos"] = True
    about = f"the activations of {ref} on your text"
    return post("/api/activation/new", body, about, _ACTIVATE_HINT, concerns.features_read([ref]))


def activate_source(texts: Sequence[str], model: str, source: str) -> Call:
    """``POST /api/activation/source``."""
    body = {"modelId": model, "source": source, "customText": _one_or_many(texts)}
    about = f"the source {model}/{source}"
    return post("/api/activation/source", body, about, _SEARCH_HINT, (f"{model}/{source}",))


def top_features(texts: Sequence[str], search: SetSearch) -> Call:
    """``POST /api/search-all``: without ``sortIndexes`` or ``ignoreBos`` an opaque 500 (contract, 9.6).

    The service sorts the positions as text, 10 before 2; as they only name the terms of a sum, nothing hangs on it.
    """
    body = {
        "modelId": search.model,
        "sourceSet": search.source_set,
        "text": _one_or_many(texts),
        "selectedLayers": list(search.sources),
        "sortIndexes": list(search.sort_positions),
        "ignoreBos": search.ignore_bos,
        "densityThreshold": -1 if search.density_threshold is None else search.density_threshold,
        "numResults": search.limit,
    }
    about = f"the source set {search.model}/{search.source_set}"
    return post("/api/search-all", body, about, _SEARCH_HINT, concerns.model_read(search.model))


def top_features_by_token(texts: Sequence[str], search: TokenSearch) -> Call:
    """``POST /api/search-topk-by-token``: left out, the threshold would be 0.01; 0 turns it off."""
    body = {
        "modelId": search.model,
        "source": search.source,
        "text": _one_or_many(texts),
        "numResults": search.limit,
        "ignoreBos": search.ignore_bos,
        "densityThreshold": 0 if search.density_threshold is None else search.density_threshold,
    }
    about = f"the source {search.model}/{search.source}"
    told = concerns.source_read(search.model, search.source)
    return post("/api/search-topk-by-token", body, about, _SEARCH_HINT, told)


def explanations(search: ExplanationSearch, offset: int) -> Call:
    """``POST /api/explanation/search`` and its three sisters, by what is searched."""
    body: dict[str, object] = {"query": search.query}
    if offset:
        body["offset"] = offset
    if search.sources:
        body.update(modelId=search.model, layers=list(search.sources))
        where, about = "search", f"the explanations of {search.model}/{search.sources[0]}"
    elif search.model:
        body.update(modelId=search.model)
        where, about = "search-model", f"the explanations of {search.model}"
    elif search.release:
        body.update(releaseName=search.release)
        where, about = "search-release", f"the explanations of the release {search.release}"
    else:
        where, about = "search-all", "explanations"
    return post(f"/api/explanation/{where}", body, about, _EXPLANATIONS_HINT, concerns.EXPLANATIONS)


def exported_explanations(model: str, source: str) -> Call:
    """``GET /api/explanation/export``: always refused, with the address where the data is now (contract, 5.3)."""
    names = f"modelId={quote(model, safe='')}&saeId={quote(source, safe='')}"
    return get(f"/api/explanation/export?{names}", f"the explanations of {model}/{source}")


def nearest(ref: FeatureRef, model: str, source: str) -> Call:
    """``POST /api/cossim``: the index is a number."""
    body = {
        "modelId": ref.model,
        "source": ref.source,
        "index": ref.index,
        "targetModelId": model,
        "targetSourceId": source,
    }
    return post("/api/cossim", body, f"the neighbours of {ref} in {model}/{source}", _NEAREST_HINT)


def steer(request: SteerRequest, *, stream: bool) -> Call:
    """``POST /api/steer``, or for a chat ``POST /api/steer-chat``."""
    path = "/api/steer-chat" if request.is_chat else "/api/steer"
    about = f"{request.model} steered by {request.features[0].ref if request.features else 'nothing'}"
    if len(request.features) > 1:
        about += f" and {len(request.features) - 1} more"
    call = post(path, write_steer_request(request, stream=stream), about, _STREAM_HINT if stream else _STEER_HINT)
    return replace(call, is_streamed=stream, seconds=_STEERING_TAKES)


def load_steering(run: str) -> Call:
    """``POST /api/steer-load``."""
    return post("/api/steer-load", {"steerOutputId": run}, f"the saved steering run {run}", _LOAD_HINT)


def steering_presets(model_name: str) -> Call:
    """``POST /api/steer/presets``."""
    about, told = f"the steering presets of {model_name}", concerns.model_read(model_name)
    return post("/api/steer/presets", {"modelId": model_name}, about, concerns=told)


def steer_logits(model_name: str, body: Mapping[str, object]) -> Call:
    """``POST /api/steer-logits``, which is run by the servers of the attribution graphs."""
    call = post("/api/steer-logits", {"modelId": model_name, **body}, f"{model_name} steered at tokens", _STEER_HINT)
    return replace(call, seconds=_STEERING_TAKES)


def vector(ref: FeatureRef) -> Call:
    """``POST /api/vector/get``: the index is text."""
    body = {"modelId": ref.model, "source": ref.source, "index": str(ref.index)}
    return post("/api/vector/get", body, f"the vector {ref}", _VECTOR_HINT)


def vectors() -> Call:
    """``POST /api/vector/list-owned``."""
    return post("/api/vector/list-owned", {}, "the list of your vectors")


def saved_list(list_id: str) -> Call:
    """``POST /api/list/get``: an opaque 500 for a list that does not exist."""
    hint = "The service does not say why. Most likely there is no such list."
    return post("/api/list/get", {"listId": list_id}, f"the list {list_id}", hint)


def saved_lists() -> Call:
    """``POST /api/list/list``."""
    return post("/api/list/list", {}, "your lists")


def bookmarks() -> Call:
    """``POST /api/user/bookmarks``."""
    return post("/api/user/bookmarks", {}, "your bookmarks")


def explanation(explanation_id: str) -> Call:
    """``GET /api/explanation/{id}``: an opaque 500 for one that does not exist."""
    hint = "The service does not say why. Most likely there is no such explanation."
    return replace(get(f"/api/explanation/{explanation_id}", f"the explanation {explanation_id}"), hint=hint)


def _one_or_many(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


def tokenize(text: str, model: str, *, prepend_bos: bool) -> Call:
    """``POST /api/tokenize``."""
    body: dict[str, object] = {"prompt": text, "modelId": model}
    if not prepend_bos:
        body["prependBos"] = False
    return post("/api/tokenize", body, f"the tokens of your text in {model}")


def models() -> Call:
    """``POST /api/model/list``."""
    return post("/api/model/list", {}, "the list of models", concerns=concerns.MODELS)


def model(name: str) -> Call:
    """``POST /api/model/get``."""
    return post("/api/model/get", {"id": name}, f"the model {name}", concerns=concerns.MODELS)


def source_set(model_name: str, name: str) -> Call:
    """``GET /api/source-set/{model}/{name}``."""
    path = f"/api/source-set/{quote(model_name)}/{quote(name)}"
    return get(path, f"the source set {model_name}/{name}", concerns.MODELS)


def catalogue() -> Call:
    """``POST /api/global``."""
    return post("/api/global", {}, "the catalogue", concerns=concerns.MODELS)
