"""Models, sources, tokens, and the door to everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.errors import InvalidRequest, NotFound, ServerError
from tests.server import LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient

MODEL = "demo-tiny"


def bodies(server: LoopbackServer) -> list[Any]:
    return [request.json for request in server.requests]


def test_models_and_sources(client: NeuronpediaClient) -> None:
    assert MODEL in [model.id for model in client.list_models()]
    model = client.get_model(MODEL)
    assert {source.saelens_id for group in model.source_sets for source in group.sources} >= {"2-demo-sae"}
    assert client.get_source_set(MODEL, "demo-sae").name == "demo-sae"


def test_unknown_model_and_source_set_are_not_found(client: NeuronpediaClient) -> None:
    with pytest.raises(NotFound, match="The model nope"):
        client.get_model("nope")
    with pytest.raises(NotFound, match="The source set demo-tiny/nope"):
        client.get_source_set(MODEL, "nope")


@pytest.mark.parametrize("name", ["", "a/b", "a b", "../x", None, 3])
def test_nonsense_names_are_refused(name: Any, client: NeuronpediaClient, server: LoopbackServer) -> None:
    asks = (
        lambda: client.get_model(name),
        lambda: client.get_source_set(name, "x"),
        lambda: client.get_source_set("x", name),
        lambda: client.tokenize("text", name),
        lambda: client.iter_features(name, "x"),
    )
    for ask in asks:
        with pytest.raises(InvalidRequest):
            ask()
    assert server.requests == []


def test_catalogue_holds_what_is_public(client: NeuronpediaClient) -> None:
    catalogue = client.get_catalogue()
    assert [model.id for model in catalogue.models] == [MODEL]
    assert [release.name for release in catalogue.releases] == ["demo-release"]
    sources = [source.id for group in catalogue.models[0].source_sets for source in group.sources]
    assert "2-demo-sae" in sources
    assert not any("unlisted" in source or "private" in source for source in sources)


def test_tokens_come_out_of_their_envelope(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with_bos = client.tokenize("a text", MODEL)
    without = client.tokenize("a text", MODEL, prepend_bos=False)
    assert len(with_bos.ids) == len(with_bos.tokens) == len(without.ids) + 1
    assert "prependBos" not in bodies(server)[0]
    for nonsense in ("", "x" * 10_001):
        with pytest.raises(InvalidRequest):
            client.tokenize(nonsense, MODEL)


def test_error_in_an_envelope_with_status_200_is_an_error(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Body(b'{"error": "inference is away", "response": {}}'))
    with pytest.raises(ServerError, match="inference is away"):
        client.tokenize("a text", MODEL)


def test_low_level_door_speaks_to_any_route(client: NeuronpediaClient, server: LoopbackServer) -> None:
    reply = client.request("POST", "/api/model/get", {"id": MODEL})
    assert reply.status == 200
    assert reply.body.startswith(b'{"id"')
    assert reply.url == f"{server.url}/api/model/get"
    for method, path in (
        ("PUT", "/api/x"),
        ("GET", "https://elsewhere/api/x"),
        ("GET", "/api/a b"),
        ("GET", "/api/a\r\nx: y"),
    ):
        with pytest.raises(InvalidRequest):
            client.request(method, path)  # type: ignore[arg-type]
    assert len(server.requests) == 1
