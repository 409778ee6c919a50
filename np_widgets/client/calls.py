"""The questions, as the contract spells them: which key each route calls a source by, and where an index is text.

The service calls one thing ``layer`` here and ``source`` there (contract, 1.9), and takes an index as text here and
as a number there, with an opaque 500 for the other (contract, 1.8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from np_widgets.client.routes import Call, get, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import FeatureRef

_ACTIVATE_HINT = (
    "The service does not say why. Likely reasons: nothing runs this source (the source has no inference server), "
    "the text is longer than the server allows (about 400 tokens) or is nothing but a beginning-of-text token, "
    "or the feature does not exist."
)
_BROKEN_ROW_HINT = (
    "The service does not say why. It may hold a value that it cannot send (NaN) for one of them: "
    "ask for them one by one to find out which."
)


def feature(ref: FeatureRef) -> Call:
    """``GET /api/feature/{model}/{layer}/{index}``."""
    return get(f"/api/feature/{ref.path}", f"the feature {ref}")


def features(refs: Sequence[FeatureRef], max_activations: int | None) -> Call:
    """``POST /api/features``: a bare array, its index a number."""
    # Only the first one's limit counts, so all have it.
    limit = {} if max_activations is None else {"maxActsToReturn": max_activations}
    rows = [{"modelId": ref.model, "layer": ref.source, "index": ref.index, **limit} for ref in refs]
    about = f"the feature {refs[0]}" if len(refs) == 1 else f"{len(refs)} features ({refs[0]}, …)"
    return post("/api/features", rows, about, "" if len(refs) == 1 else _BROKEN_ROW_HINT)


def page(model: str, source: str, offset: int) -> Call:
    """``POST /api/features-offset``: 25 features that ever fired."""
    body = {"modelId": model, "layer": source, "offset": offset}
    return post("/api/features-offset", body, f"the source {model}/{source}")


def activations(ref: FeatureRef) -> Call:
    """``POST /api/activation/get``: the index is text."""
    body = {"modelId": ref.model, "source": ref.source, "index": str(ref.index)}
    return post("/api/activation/get", body, f"the examples of {ref}")


def activate(ref: FeatureRef, texts: Sequence[str], *, ignore_bos: bool) -> Call:
    """``POST /api/activation/new``: the index is text; one text goes as itself, several as a list."""
    body: dict[str, object] = {
        "feature": {"modelId": ref.model, "source": ref.source, "index": str(ref.index)},
        "customText": texts[0] if len(texts) == 1 else list(texts),
    }
    if ignore_bos:
        body["ignoreBos"] = True
    return post("/api/activation/new", body, f"the activations of {ref} on your text", _ACTIVATE_HINT)


def tokenize(text: str, model: str, *, prepend_bos: bool) -> Call:
    """``POST /api/tokenize``."""
    body: dict[str, object] = {"prompt": text, "modelId": model}
    if not prepend_bos:
        body["prependBos"] = False
    return post("/api/tokenize", body, f"the tokens of your text in {model}")


def models() -> Call:
    """``POST /api/model/list``."""
    return post("/api/model/list", {}, "the list of models")


def model(name: str) -> Call:
    """``POST /api/model/get``."""
    return post("/api/model/get", {"id": name}, f"the model {name}")


def source_set(model_name: str, name: str) -> Call:
    """``GET /api/source-set/{model}/{name}``."""
    return get(f"/api/source-set/{quote(model_name)}/{quote(name)}", f"the source set {model_name}/{name}")


def catalogue() -> Call:
    """``POST /api/global``."""
    return post("/api/global", {}, "the catalogue")
