"""Real exchanges: where they are, how they are played back, and what our client makes of each."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, unquote

from np_widgets.client import NeuronpediaClient, decoding
from np_widgets.client.routes import Call
from np_widgets.errors import (
    ConnectionFailed,
    InvalidRequest,
    NeuronpediaError,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
    UnexpectedResponse,
)
from np_widgets.models import FeatureRef
from np_widgets.searches import ExplanationSearch, SetSearch, TokenSearch
from tests.client import recorded_steering
from tests.server import faults

if TYPE_CHECKING:
    from np_widgets.models import Provenance

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
Outcome = type[NeuronpediaError] | None
Ask = Callable[[NeuronpediaClient], object]


def folder() -> Path:
    """Where the recordings are: named, beside the repository, or the selection in it."""
    named = os.environ.get("NP_WIDGETS_RECORDED")
    beside = ROOT.parent / "shared" / "neuronpedia" / "recorded"
    return Path(named) if named else beside if beside.is_dir() else HERE / "recorded"


@dataclass(frozen=True)
class Recording:
    name: str
    method: str
    path: str
    body: Any
    status: int
    headers: dict[str, str]
    answer: bytes

    @property
    def is_page(self) -> bool:
        return self.answer.lstrip().startswith(b"<")

    def played_back(self) -> faults.Fault:
        if not self.status:
            return faults.NoResponse()
        kept = {
            name: value
            for name, value in self.headers.items()
            if name in ("content-type", "location", "x-limit-remaining")
        }
        return faults.Exact(self.status, kept, self.answer)

    @property
    def sent_body(self) -> bytes | None:
        """What went over the wire, also where that was no JSON."""
        if isinstance(self.body, dict) and set(self.body) == {"raw"}:
            return str(self.body["raw"]).encode()
        return None if self.body is None else json.dumps(self.body).encode()


def load(path: Path) -> Recording:
    """Read a file; an exchange that had no answer at all has the status 0."""
    exchange = json.loads(path.read_text())
    request, response = exchange["request"], exchange["response"] or {"status": 0}
    text = response.get("body_text")
    answer = json.dumps(response.get("body")).encode() if text is None else text.encode()
    headers = {name.lower(): value for name, value in (response.get("headers") or {}).items()}
    return Recording(
        path.stem, request["method"], request["path"], request.get("body"), response["status"], headers, answer
    )


def outcome(recording: Recording) -> Outcome:
    """Name the error that our client must raise, or None where there is a result."""
    status = recording.status
    if not status:
        return ConnectionFailed
    if 300 <= status < 400:
        return None  # followed
    if 200 <= status < 300:
        if recording.is_page:
            return UnexpectedResponse
        return NotFound if recording.answer.strip() == b"null" else None
    if recording.is_page and status < 500 and status != 429:
        return UnexpectedResponse
    known: dict[int, Outcome] = {404: NotFound, 401: Unauthorized, 403: Unauthorized, 429: RateLimited}
    return known.get(status, ServerError if status >= 500 else InvalidRequest)


def typed_question(recording: Recording) -> Ask | None:
    """Find the method of our client that asks this; None for what it would never send."""
    path, body = unquote(recording.path), recording.body
    if recording.method == "GET":
        if path.startswith("/api/explanation/export?"):
            asked = dict(parse_qsl(path.partition("?")[2]))
            return lambda client: client.export_explanations(asked["modelId"], asked["saeId"])
        kind, *names = path.removeprefix("/api/").split("/")
        if kind == "feature" and len(names) == 3:
            return lambda client: client.get_feature(tuple(names))
        if kind == "source-set" and len(names) == 2:
            return lambda client: client.get_source_set(*names)
        return None
    builder = _POSTS.get(path)
    try:
        return builder(body) if builder and recording.method == "POST" else None
    except (KeyError, TypeError, IndexError, AttributeError):
        return None  # a body that lacks something


def raw_question(recording: Recording) -> Ask:
    """Ask exactly as recorded, and decode as the route says."""
    call = Call(recording.method, recording.path, recording.sent_body, "this")
    decode = _decoder(unquote(recording.path), recording.body)
    return lambda client: client._reader.read(call, decode)


def _decoder(path: str, body: Any) -> Callable[[bytes, Provenance], object]:
    if path.startswith("/api/source-set/"):
        return cast("Callable[[bytes, Provenance], object]", decoding.source_set("this", "here"))
    if path.startswith("/api/feature/"):
        return decoding.feature("")
    if path in recorded_steering.POSTS:
        return recorded_steering.decoder(path)
    if path in _TEXTS:
        return _firing_decoder(path, _TEXTS[path], body)
    decoders: dict[str, Callable[[bytes, Provenance], object]] = {
        "/api/features": decoding.features(""),
        "/api/features-offset": decoding.features(""),
        "/api/activation/get": decoding.activations,
        "/api/activation/new": decoding.activations,
        "/api/model/list": decoding.models,
        "/api/model/get": decoding.model("this", "here"),
        "/api/global": decoding.catalogue,
        "/api/tokenize": decoding.tokenization,
        "/api/explanation/search": decoding.explanations(EXPLANATIONS, 0, ""),
        "/api/cossim": decoding.nearest(FeatureRef("m", "6-s", 5), "m", "8-s"),
    }
    return decoders.get(path, lambda body, _origin: json.loads(body))


_TEXTS = {"/api/search-all": "text", "/api/search-topk-by-token": "text", "/api/activation/source": "customText"}
EXPLANATIONS = ExplanationSearch.check("anything", "m", ["6-s"], None)


def _firing_decoder(path: str, key: str, body: Any) -> Callable[[bytes, Provenance], object]:
    given = body.get(key) if isinstance(body, dict) else None
    texts = given if isinstance(given, list) else [str(given)]
    if path == "/api/search-all":
        return decoding.top_features(texts, _set_search({}), "")
    if path == "/api/search-topk-by-token":
        return decoding.token_features(texts, _token_search({}), "")
    return decoding.source_activations(texts, "m", "6-s")


def _set_search(body: Any) -> SetSearch:
    return SetSearch.check(
        model=body.get("modelId", "m"),
        source_set=body.get("sourceSet", "s"),
        sources=body.get("selectedLayers") or None,
        sort_positions=body.get("sortIndexes", []),
        density_threshold=None,
        ignore_bos=body.get("ignoreBos", True),
        limit=body.get("numResults", 50),
    )


def _token_search(body: Any) -> TokenSearch:
    return TokenSearch.check(
        model=body.get("modelId", "m"),
        source=body.get("source", "6-s"),
        density_threshold=None,
        ignore_bos=True,
        limit=1,
    )


COVERED = re.compile(
    r"/api/(feature/[^/]+/[^/]+/[^/]+|source-set/[^/]+/[^/]+|features|features-offset|activation/(get|new)"
    r"|model/(list|get)|global|tokenize|search-all|search-topk-by-token|explanation/search(-all|-model|-release)?"
    r"|explanation/export\?.*|activation/source|cossim|steer(-chat|-load)?)"
)


def is_covered(recording: Recording) -> bool:
    return COVERED.fullmatch(unquote(recording.path)) is not None and recording.path != "/api/feature/upload-batch"


def _features(body: Any) -> Ask:
    limits = {item.get("maxActsToReturn") for item in body}
    if len(limits) > 1:
        raise KeyError  # only the first one's counts, so our client gives all the same
    refs = [(item["modelId"], item["layer"], item["index"]) for item in body]
    if not refs:
        raise KeyError  # nothing is asked for nothing
    return lambda client: client.get_features(refs, max_activations=next(iter(limits)), missing="skip")


def _activation_new(body: Any) -> Ask:
    feature = body["feature"]
    ref = (feature["modelId"], feature["source"], _text_index(feature))
    return lambda client: client.activate(ref, body["customText"], ignore_bos=body.get("ignoreBos", False))


def _activation_get(body: Any) -> Ask:
    ref = (body["modelId"], body["source"], _text_index(body))
    return lambda client: client.get_activations(ref)


def _text_index(row: Any) -> str:
    if not isinstance(row["index"], str):
        raise TypeError  # our client sends text on this route
    return row["index"]


def _page(body: Any) -> Ask:
    return lambda client: next(client.iter_features(body["modelId"], body["layer"], start=body["offset"]), None)


def _explanations(body: Any) -> Ask:
    asked = {"model": body["modelId"], "sources": body["layers"], "offset": body.get("offset", 0)}
    query = body["query"]
    return lambda client: client.search_explanations(query, **asked)


def _top_features(body: Any) -> Ask:
    # Our client sends all of these every time.
    asked = {
        "model": body["modelId"],
        "source_set": body["sourceSet"],
        "sources": body["selectedLayers"] or None,
        "sort_positions": body["sortIndexes"],
        "density_threshold": None if body["densityThreshold"] == -1 else body["densityThreshold"],
        "ignore_bos": body["ignoreBos"],
        "limit": body["numResults"],
    }
    texts = _texts(body["text"])
    return lambda client: client.top_features(texts, **asked)


def _top_features_by_token(body: Any) -> Ask:
    asked = {
        "model": body["modelId"],
        "source": body["source"],
        "density_threshold": body["densityThreshold"] or None,
        "ignore_bos": body["ignoreBos"],
        "limit": body["numResults"],
    }
    texts = _texts(body["text"])
    return lambda client: client.top_features_by_token(texts, **asked)


def _texts(given: Any) -> Any:
    if not given or (isinstance(given, list) and len(given) > 4):
        raise KeyError  # refused here, or cut into several requests
    return given


def _activation_source(body: Any) -> Ask:
    asked = {"model": body["modelId"], "source": body["source"]}
    texts = _texts(body["customText"])
    return lambda client: client.activate_source(texts, **asked)


def _nearest(body: Any) -> Ask:
    ref = (body["modelId"], body["source"], body["index"])
    target = {"model": body["targetModelId"], "source": body["targetSourceId"]}
    return lambda client: client.nearest_features(ref, **target)


def _tokenize(body: Any) -> Ask:
    return lambda client: client.tokenize(body["prompt"], body["modelId"], prepend_bos=body.get("prependBos", True))


_POSTS: dict[str, Callable[[Any], Ask]] = {
    "/api/features": _features,
    "/api/features-offset": _page,
    "/api/activation/new": _activation_new,
    "/api/activation/get": _activation_get,
    "/api/model/list": lambda _body: lambda client: client.list_models(),
    "/api/model/get": lambda body: lambda client, name=body["id"]: client.get_model(name),  # type: ignore[misc]
    "/api/global": lambda _body: lambda client: client.get_catalogue(),
    "/api/tokenize": _tokenize,
    "/api/explanation/search": _explanations,
    "/api/search-all": _top_features,
    "/api/search-topk-by-token": _top_features_by_token,
    "/api/activation/source": _activation_source,
    "/api/cossim": _nearest,
    **recorded_steering.POSTS,
}
