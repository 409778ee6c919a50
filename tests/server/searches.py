"""The wire contract of the searches by text, by token, by source and by direction.

The numbers are the demo model's own. What is odd here is odd in the real server: answers to lists have no features
and no filters, and a threshold means another thing in each route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.exchange import Answer, Request, json_answer
from tests.server.replies import OPAQUE, UNAVAILABLE, Refused, both, field, message, neuron

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from tests.server.world import Array, Row, World


def search_set(request: Request, world: World) -> Answer:
    """``POST /api/search-all``."""
    asked = request.json
    source, sort_by = _checked_set(request, world)
    threshold = asked.get("densityThreshold") or -1
    is_list = isinstance(asked["text"], list)
    try:
        found = [_top(world, source, text, sort_by, asked, is_shared=is_list) for text in _listed(asked["text"])]
    except ValueError:
        return both(500, OPAQUE)
    if is_list:
        return json_answer({"results": found})
    (only,) = found
    held = (_with_neuron(world, row, threshold, sort_by) for row in only["result"])
    return json_answer({**only, "result": [row for row in held if row is not None]})


def _checked_set(request: Request, world: World) -> tuple[str, list[int]]:
    """Find the source that is asked, and the positions to sort by, in the order of their digits."""
    asked = request.json
    if not field(asked, "text"):
        raise Refused(both(400, "Missing search text."))
    if (asked.get("numResults") or 50) > 100:
        raise Refused(both(400, "numResults must be less than 100."))
    threshold = asked.get("densityThreshold") or -1
    if threshold != -1 and not 0 < threshold < 1:
        raise Refused(both(400, "densityThreshold must be between 0 and 1."))
    source = world.source_of_set(str(asked.get("modelId")), str(asked.get("sourceSet")), request.key)
    if source is None:
        raise Refused(both(404, UNAVAILABLE))
    sort_by = asked.get("sortIndexes")
    knows_bos = isinstance(asked["text"], list) or isinstance(asked.get("ignoreBos"), bool)
    if not isinstance(sort_by, list) or not knows_bos or not world.runs_text(source):
        raise Refused(both(500, OPAQUE))
    if (asked.get("selectedLayers") or [source]) != [source]:
        raise Refused(both(500, OPAQUE))
    return source, sorted(sort_by, key=str)


def _listed(texts: str | list[str]) -> list[str]:
    listed = texts if isinstance(texts, list) else [texts]
    if len(listed) > 4:
        raise ValueError(f"Batch size {len(listed)} exceeds maximum of 4")
    return listed


def _top(world: World, source: str, text: str, sort_by: Sequence[int], asked: Row, *, is_shared: bool) -> Row:
    tokens, values = world.run(text, is_shared=is_shared)
    if asked.get("ignoreBos"):
        values[0] = 0
    if any(not 0 <= position < len(tokens) for position in sort_by):
        raise ValueError("Sort by token index is out of range")
    strength = values[list(sort_by)].sum(0) if sort_by else values.max(0)
    strongest = sorted(range(values.shape[1]), key=lambda index: -strength[index])[: asked.get("numResults") or 50]
    rows = [_firing(world.model, source, index, values[:, index]) for index in strongest]
    return {"tokens": tokens, "result": rows, "sortIndexes": sort_by}


def _firing(model: str, source: str, index: int, values: Array) -> Row:
    name = {"modelId": model, "layer": source, "index": str(index)}
    return {
        **name,
        "values": values.tolist(),
        "maxValue": float(values.max()),
        "maxValueIndex": int(values.argmax()),
    }


def _with_neuron(world: World, found: Row, threshold: float, sort_by: Sequence[int]) -> Row | None:
    """Add the feature; what the database lacks skips the filters."""
    row = world.row(found["modelId"], found["layer"], int(found["index"]))
    if row is None:
        return found
    strength = sum(found["values"][position] for position in sort_by) if sort_by else found["maxValue"]
    if strength <= 0 or (threshold != -1 and row["frac_nonzero"] > threshold):
        return None
    return {**found, "neuron": neuron(row, 1)}


def search_tokens(request: Request, world: World) -> Answer:
    """``POST /api/search-topk-by-token``."""
    asked = request.json
    model, source, threshold = _checked_tokens(request, world)
    is_list = isinstance(asked["text"], list)
    limit, ignore_bos = asked.get("numResults", 10), asked.get("ignoreBos", True)
    try:
        found = [
            _by_token(*world.run(text, is_shared=is_list), limit, world.special, ignore_bos=ignore_bos)
            for text in _listed(asked["text"])
        ]
    except ValueError as failure:
        return message(500, str(failure))
    if is_list:
        return json_answer({"results": [{"source": source, "results": rows} for rows in found]})
    rows = [row for row in found[0] if not (ignore_bos and row["isSpecial"])]
    for row in rows:
        named = [_with_feature(world, model, source, feature) for feature in row["topFeatures"]]
        row["topFeatures"] = [one for one in named if threshold == -1 or _passes(one, threshold)]
    return json_answer({"source": source, "results": rows})


def _checked_tokens(request: Request, world: World) -> tuple[str, str, float]:
    asked = request.json
    model, source = field(asked, "modelId"), field(asked, "source")
    if field(asked, "text") is None or not isinstance(model, str) or not isinstance(source, str):
        raise Refused(message(400, "text is a required field"))
    if not 1 <= asked.get("numResults", 10) <= 20:
        raise Refused(message(400, "numResults must be less than or equal to 20"))
    threshold = asked.get("densityThreshold", 0.01) or -1
    if threshold != -1 and not 0 < threshold < 1:
        raise Refused(message(500, "densityThreshold must be between 0 and 1."))
    if not world.is_visible(model, source, request.key):
        raise Refused(message(500, UNAVAILABLE))
    if not world.runs_text(source):
        raise Refused(message(500, "fetch failed"))
    return model, source, threshold


def _by_token(tokens: list[str], values: Array, limit: int, special: Container[str], *, ignore_bos: bool) -> list[Row]:
    """Position 0 is left out where the mark of the beginning is ignored; one of the end is not."""
    rows: list[Row] = []
    for position in range(int(ignore_bos), len(tokens)):
        at, token = values[position], tokens[position]
        strongest = sorted(range(len(at)), key=lambda index: -at[index])[:limit]
        top = [{"activationValue": float(at[index]), "featureIndex": index} for index in strongest]
        rows.append({"position": position, "token": token, "isSpecial": token in special, "topFeatures": top})
    return rows


def _with_feature(world: World, model: str, source: str, found: Row) -> Row:
    row = world.row(model, source, found["featureIndex"])
    if row is None:
        return found
    bare = {key: value for key, value in neuron(row, 0).items() if key != "activations"}
    return {**found, "feature": {**bare, "explanations": row["explanations"][:1]}}


def _passes(found: Row, threshold: float) -> bool:
    """JavaScript's ``density && density <= threshold``: no feature and 0 fail, and -1, which is unknown, passes."""
    density = found.get("feature", {}).get("frac_nonzero")
    return bool(density) and density <= threshold


def run_source(request: Request, world: World) -> Answer:
    """``POST /api/activation/source``."""
    asked = request.json
    texts, model, source = field(asked, "customText"), field(asked, "modelId"), field(asked, "source")
    if not texts or not isinstance(model, str) or not isinstance(source, str):
        return message(400, "customText is a required field")
    if isinstance(texts, list) and len(texts) > 4:
        return message(400, "customText field must have less than or equal to 4 items")
    if not world.is_visible(model, source, request.key):
        return message(500, UNAVAILABLE)
    if not world.runs_text(source):
        return both(500, OPAQUE)
    listed = _listed(texts)
    try:
        results = [_active(*world.run(text, is_shared=len(listed) > 1)) for text in listed]
    except ValueError as failure:  # the inference server's words, in the envelope, under a 200
        return json_answer({"error": {"error": str(failure)}, "response": {}})
    return json_answer({"data": {"results": results}, "response": {}})


def _active(tokens: list[str], values: Array) -> Row:
    active: dict[str, list[list[float]]] = {}
    for position in range(1, len(tokens)):
        for index in values[position].nonzero()[0]:
            active.setdefault(str(index), []).append([position, round(float(values[position, index]), 3)])
    return {"tokens": tokens, "activeFeatures": active}


def nearest(request: Request, world: World) -> Answer:
    """``POST /api/cossim``; the reply calls the model by the inference server's name for it."""
    asked = request.json
    names = ("modelId", "source", "index", "targetModelId", "targetSourceId")
    missing = [f"{name} is required" for name in names if field(asked, name) is None]
    if missing:
        return json_answer({"error": missing}, 400)
    row = world.row(asked["modelId"], asked["source"], int(asked["index"]))
    model, source = asked["targetModelId"], asked["targetSourceId"]
    if row is None or not world.is_visible(model, source, request.key) or not world.runs_text(source):
        return both(500, OPAQUE)
    found: list[Any] = [
        {"feature": {"model": "someone/demo", "source": source, "index": index}, "cosineSimilarity": cosine}
        for index, cosine in zip(row["topkCosSimIndices"], row["topkCosSimValues"], strict=True)
    ]
    feature = {"model": asked["modelId"], "source": asked["source"], "index": int(asked["index"])}
    return json_answer({"data": {"feature": feature, "topkDecoderCossimFeatures": found}, "response": {}})
