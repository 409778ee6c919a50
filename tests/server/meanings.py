"""The wire contract of the searches by meaning, whose broad forms filter a page after they have counted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.exchange import Answer, Request, json_answer
from tests.server.replies import Refused, field, message, neuron

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.world import Name, Row, World

    Chooser = Callable[[Name], bool]

PAGE_SIZE = 20
EXPORTS = "https://neuronpedia-datasets.s3.us-east-1.amazonaws.com/index.html?prefix=v1/"


def search_sources(request: Request, world: World) -> Answer:
    """``POST /api/explanation/search``."""
    asked = _checked(request)
    model, sources = asked.get("modelId"), asked.get("layers")
    if not isinstance(model, str) or not isinstance(sources, list):
        return message(400, "modelId is a required field")
    if not sources or not all(world.is_visible(model, source, request.key) for source in sources):
        return message(500, "Unknown Error")
    return _page(asked, world, lambda name: name[0] == model and name[1] in sources)


def search_release(request: Request, world: World) -> Answer:
    """``POST /api/explanation/search-release``."""
    asked = _checked(request)
    if asked.get("releaseName") != world.release:
        return message(500, "Unknown Error")
    return _page(asked, world, world.is_listed)


def search_model(request: Request, world: World) -> Answer:
    """``POST /api/explanation/search-model``."""
    asked = _checked(request)
    return _page(asked, world, lambda name: name[0] == asked.get("modelId"), kept=world.is_listed)


def search_everything(request: Request, world: World) -> Answer:
    """``POST /api/explanation/search-all``."""
    return _page(_checked(request), world, lambda _name: True, kept=world.is_listed)


def export(_request: Request, _world: World) -> Answer:
    """``GET /api/explanation/export``."""
    said = f"This endpoint has been removed. Explanations exports can be downloaded at {EXPORTS}"
    return json_answer({"newUrl": EXPORTS, "message": said}, 400)


def _checked(request: Request) -> Row:
    asked = request.json
    query, offset = field(asked, "query"), field(asked, "offset")
    if not asked:
        raise Refused(message(400, "Invalid JSON body"))
    if not isinstance(query, str):
        raise Refused(message(400, "query is a required field"))
    if len(query) < 3:
        raise Refused(message(400, "query must be at least 3 characters"))
    if offset is not None and not isinstance(offset, int):
        raise Refused(message(400, "offset must be an integer"))
    return dict(asked)


def _page(asked: Row, world: World, chosen: Chooser, kept: Chooser = lambda _name: True) -> Answer:
    """Take twenty, then filter: what is left may be fewer, and is then called the last page."""
    offset = asked.get("offset") or 0
    ranked = world.ranked_explanations(asked["query"], chosen)[offset : offset + PAGE_SIZE]
    results = [_result(world, *one) for one in ranked if kept(one[0])]
    has_more = len(results) == PAGE_SIZE
    reply = {"request": asked, "results": results, "resultsCount": len(results), "hasMore": has_more}
    return json_answer({**reply, "nextOffset": offset + len(results)} if has_more else reply)


def _result(world: World, name: Name, explanation: Row, cosine: float) -> dict[str, Any]:
    model, source, index = name
    said = {key: explanation.get(key) for key in ("description", "explanationModelName", "typeName")}
    found = {"modelId": model, "layer": source, "index": str(index), **said, "cosine_similarity": cosine}
    row = world.row(model, source, index)
    return found if row is None else {**found, "neuron": neuron(row, 3)}
