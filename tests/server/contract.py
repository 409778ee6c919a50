"""The wire contract: which question has which answer. The searches stand in ``searches`` and ``meanings``,
steering in ``steering``.

It is stricter than a friendly stand-in would be: an index of the wrong type, a repeated slash, a missing segment or a
wrong method gets what the real server gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.server import interp, meanings, searches, steering, writing
from tests.server.accounts import USERS
from tests.server.exchange import MISSING, Answer, Request, json_answer
from tests.server.replies import OPAQUE, UNAVAILABLE, Refused, both, error, message
from tests.server.world import World

PAGE_SIZE = 25
PAGE = b"<!DOCTYPE html><html><head><title>Neuronpedia</title></head><body>" + b" " * 70_000 + b"</body></html>"

Route = Callable[[Request, World], Answer]


def answer_to(request: Request, world: World) -> Answer:
    """Answer as the service does."""
    path = request.path.partition("?")[0]
    if "//" in path or (path.endswith("/") and path != "/"):
        clean = re.sub("/+", "/", path).rstrip("/")
        return Answer(308, clean.encode(), None, {"location": clean, "Refresh": f"0;url={clean}"})
    for method, pattern, route in _ROUTES:
        if pattern.fullmatch(path):
            return _routed(route, request, world) if request.method == method else Answer(405, b"", None)
    is_cut_short = re.fullmatch(r"/api/(feature|source-set)(/[^/]+)?", path) is not None
    return Answer(404 if is_cut_short else 200, PAGE, "text/html; charset=utf-8")


def _routed(route: Route, request: Request, world: World) -> Answer:
    try:
        return route(request, world)
    except Refused as refusal:
        return refusal.answer


def _feature(request: Request, world: World) -> Answer:
    model, source, index = request.path.removeprefix("/api/feature/").split("/")
    if not world.is_visible(model, source, request.key):
        return both(404, UNAVAILABLE)
    row = world.row(model, source, int(index)) if index.isdigit() else None
    return error(404, UNAVAILABLE) if row is None else json_answer(row)


def _features(request: Request, world: World) -> Answer:
    asked = request.json
    if not isinstance(asked, list) or not all(_is_feature(item) for item in asked):
        return message(400, "this must match the schema")
    if not asked:
        return message(500, "Unknown Error")
    limit = asked[0].get("maxActsToReturn")
    names = dict.fromkeys((item["modelId"], item["layer"], int(item["index"])) for item in asked)
    rows = [
        _slim(row, limit)
        for name in names
        if world.is_visible(name[0], name[1], request.key) and (row := world.row(*name)) is not None
    ]
    rows.reverse()
    # By the place of the index alone: two sources with one index come in any order, here the wrong one.
    places = {name[2]: place for place, name in reversed(list(enumerate(names)))}
    return json_answer(sorted(rows, key=lambda row: places[int(row["index"])]))


def _is_feature(item: Any) -> bool:
    is_named = isinstance(item, dict) and isinstance(item.get("modelId"), str) and isinstance(item.get("layer"), str)
    return is_named and re.fullmatch(r"[0-9]+", str(item.get("index"))) is not None


def _slim(row: dict[str, Any], limit: int | None) -> dict[str, Any]:
    by_peak = sorted(row["activations"], key=lambda activation: activation["maxValue"])
    chosen = by_peak[::-1][:limit] if limit else by_peak
    keys = ("description", "explanationModelName", "typeName")
    explanations = [{key: item.get(key) for key in keys} for item in row.get("explanations", [])]
    return {**row, "activations": chosen, "explanations": explanations}


def _features_offset(request: Request, world: World) -> Answer:
    asked = request.json
    if not isinstance(asked, dict) or not isinstance(asked.get("offset"), int):
        return both(400, "offset is a required field")
    model, source = str(asked.get("modelId")), str(asked.get("layer"))
    if not world.is_visible(model, source, request.key):
        return both(404, UNAVAILABLE)
    rows = world.alive(model, source)[asked["offset"] :][:PAGE_SIZE]
    return json_answer(rows[1::2] + rows[::2])


def _activation_get(request: Request, world: World) -> Answer:
    asked = request.json
    if not isinstance(asked, dict):
        return error(500, "Internal server error")
    if not asked.get("modelId") or not asked.get("source") or not asked.get("index"):
        return error(400, "Missing required parameters")
    if not isinstance(asked["index"], str):
        return error(500, "Internal server error")
    row = world.row(asked["modelId"], asked["source"], int(asked["index"])) if asked["index"].isdigit() else None
    public = [one for one in row["activations"] if one.get("creatorId") not in USERS.values()] if row else []
    if not public:
        return error(404, UNAVAILABLE)
    return json_answer(sorted(public, key=lambda activation: -activation["maxValue"]))


def _activation_new(request: Request, world: World) -> Answer:
    asked = request.json
    feature = (asked.get("feature") or asked.get("neuron")) if isinstance(asked, dict) else None
    if not isinstance(feature, dict) or not isinstance(feature.get("index"), str):
        return both(500, OPAQUE)
    model, source, index = feature.get("modelId"), feature.get("layer") or feature.get("source"), feature["index"]
    if not world.is_visible(str(model), str(source), request.key):
        return message(500, UNAVAILABLE)
    text = asked.get("customText")
    texts = text if isinstance(text, list) else [text]
    is_valid = all(isinstance(one, str) and one for one in texts) and 1 <= len(texts) <= 4
    row = world.row(str(model), str(source), int(index))
    if not is_valid or not world.runs_text(str(source)) or row is None:
        return both(500, OPAQUE)
    try:
        rows = [_run(world, row, one, ignore_bos=bool(asked.get("ignoreBos"))) for one in texts]
    except ValueError:  # too long for the model
        return both(500, OPAQUE)
    return json_answer(rows if isinstance(text, list) else rows[0])


def _run(world: World, row: dict[str, Any], text: str, *, ignore_bos: bool) -> dict[str, Any]:
    name = {"layer": row["layer"], "index": row["index"]}
    if row.get("hasVector"):
        return {**world.numbers.project(row["vector"], text, ignore_bos=ignore_bos), **name}
    return {**world.numbers.activate(world.source, row["index"], text, ignore_bos=ignore_bos), **name}


def _tokenize(request: Request, world: World) -> Answer:
    asked = request.json
    if (
        not isinstance(asked, dict)
        or not isinstance(asked.get("prompt"), str)
        or not 1 <= len(asked["prompt"]) <= 10_000
    ):
        return json_answer({"error": "Invalid request", "details": "prompt must be at least 1 character"}, 400)
    ids, tokens = world.numbers.tokenize(asked["prompt"])
    prepend = asked.get("prependBos", True)
    if prepend:
        ids, tokens = [0, *ids], ["<bos>", *tokens]
    return json_answer({"data": {"tokens": ids, "tokenStrings": tokens, "prependBos": prepend}, "response": {}})


def _list_models(_request: Request, world: World) -> Answer:
    return json_answer(world.models())


def _get_model(request: Request, world: World) -> Answer:
    asked = request.json
    return json_answer(world.model_row(str(asked.get("id"))) if isinstance(asked, dict) else None)


def _source_set(request: Request, world: World) -> Answer:
    model, name = request.path.removeprefix("/api/source-set/").split("/")
    return json_answer(world.source_set(model, name))


def _global(request: Request, world: World) -> Answer:
    if request.json is MISSING:
        return both(500, OPAQUE)
    models = world.models()
    release = {"name": "demo-release", "visibility": "PUBLIC", "featured": True, "urls": []}
    hidden = {"name": "demo-unlisted-release", "visibility": "UNLISTED", "featured": False, "urls": []}
    releases = [{**release, "sourceSets": models[0]["sourceSets"]}, {**hidden, "sourceSets": []}]
    return json_answer({"models": models, "releases": releases, **interp.catalogue()})


def _route(method: str, path: str, route: Route) -> tuple[str, re.Pattern[str], Route]:
    return method, re.compile(path), route


_ROUTES = (
    _route("GET", "/api/feature/[^/]+/[^/]+/[^/]+", _feature),
    _route("GET", "/api/source-set/[^/]+/[^/]+", _source_set),
    _route("POST", "/api/features", _features),
    _route("POST", "/api/features-offset", _features_offset),
    _route("POST", "/api/activation/get", _activation_get),
    _route("POST", "/api/activation/new", _activation_new),
    _route("POST", "/api/model/list", _list_models),
    _route("POST", "/api/model/get", _get_model),
    _route("POST", "/api/global", _global),
    _route("POST", "/api/tokenize", _tokenize),
    *(_route("POST", path, route) for path, route in writing.ROUTES.items()),
    _route("POST", "/api/explanation/search", meanings.search_sources),
    _route("POST", "/api/explanation/search-model", meanings.search_model),
    _route("POST", "/api/explanation/search-release", meanings.search_release),
    _route("POST", "/api/explanation/search-all", meanings.search_everything),
    _route("GET", "/api/explanation/export", meanings.export),
    _route("GET", "/api/explanation/[^/]+", interp.get),
    _route("POST", "/api/search-all", searches.search_set),
    _route("POST", "/api/search-topk-by-token", searches.search_tokens),
    _route("POST", "/api/activation/source", searches.run_source),
    _route("POST", "/api/cossim", searches.nearest),
    _route("POST", "/api/steer", steering.steer),
    _route("POST", "/api/steer-chat", steering.steer_chat),
    _route("POST", "/api/steer-load", steering.load_run),
    _route("POST", "/api/steer/presets", steering.presets),
    _route("POST", "/api/steer-logits", steering.steer_logits),
)
