"""From a text to features: what is refused before it is asked, and what the service fails at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.errors import InvalidRequest, NotFound, RateLimited, ServerError, UnexpectedResponse
from tests.server import LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient

MODEL, SOURCE, SET = "demo-tiny", "2-demo-sae", "demo-sae"
TEXTS = ["The queen of France was happy.", "First, open the door."]
PLACE: dict[str, Any] = {"model": MODEL, "source_set": SET}
HERE: dict[str, Any] = {"model": MODEL, "source": SOURCE}


def test_a_failure_in_the_envelope_of_a_200_is_an_error(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(ServerError, match="Text too long") as raised:
        client.activate_source(["a " * 150, "He ran."], **HERE)
    assert raised.value.status == 200
    server.fail(faults.Body(b'{"response": {}, "error": "Out of memory"}'))
    with pytest.raises(ServerError, match="Out of memory"):
        client.activate_source("He ran.", **HERE)


@pytest.mark.parametrize("ask", ["top_features", "top_features_by_token", "activate_source"])
def test_no_text_costs_no_request(ask: str, client: NeuronpediaClient, server: LoopbackServer) -> None:
    assert getattr(client, ask)([], **(PLACE if ask == "top_features" else HERE)) == []
    assert server.requests == []


@pytest.mark.parametrize(
    ("ask", "arguments"),
    [
        ("top_features", {"texts": ""}),
        ("top_features", {"texts": ["good", ""]}),
        ("top_features", {"texts": [None]}),
        ("top_features", {"texts": None}),
        ("top_features", {"texts": "x" * 801}),
        ("top_features", {"source_set": "res jb"}),
        ("top_features", {"source_set": ""}),
        ("top_features", {"model": None}),
        ("top_features", {"sources": []}),
        ("top_features", {"limit": 0}),
        ("top_features", {"limit": 101}),
        ("top_features", {"density_threshold": 0}),
        ("top_features", {"density_threshold": 1}),
        ("top_features", {"density_threshold": -1}),
        ("top_features", {"density_threshold": "0.1"}),
        ("top_features", {"density_threshold": float("nan")}),
        ("top_features", {"sort_positions": [-1]}),
        ("top_features", {"sort_positions": [1.5]}),
        ("top_features", {"sort_positions": 3}),
        ("top_features", {"sort_positions": "3"}),
        ("top_features_by_token", {"texts": ""}),
        ("top_features_by_token", {"texts": "x" * 1701}),
        ("top_features_by_token", {"source": "two words"}),
        ("top_features_by_token", {"limit": 21}),
        ("top_features_by_token", {"limit": True}),
        ("top_features_by_token", {"density_threshold": 1.5}),
        ("activate_source", {"texts": [""]}),
        ("activate_source", {"source": "/"}),
        ("nearest_features", {"ref": "x"}),
        ("nearest_features", {"model": "gpt2-small"}),
        ("nearest_features", {"source": ""}),
    ],
)
def test_what_cannot_be_asked_is_refused_before_it_is(
    ask: str, arguments: dict[str, Any], client: NeuronpediaClient, server: LoopbackServer
) -> None:
    good: dict[str, dict[str, Any]] = {
        "top_features": {"texts": "He ran.", **PLACE},
        "nearest_features": {"ref": server.world.ref(1)},
    }
    with pytest.raises(InvalidRequest):
        getattr(client, ask)(**{**good.get(ask, {"texts": "He ran.", **HERE}), **arguments})
    assert server.requests == []


def test_an_opaque_failure_is_given_its_likely_reasons(client: NeuronpediaClient) -> None:
    too_long = "a " * 390
    failing: list[dict[str, Any]] = [
        {"texts": too_long},
        {"texts": "He ran.", "sort_positions": [99]},
        {"texts": "He ran.", "source_set": "demo-silent"},
    ]
    for asked in failing:
        with pytest.raises(ServerError, match=r"no inference server.*longer than the server allows.*beyond its end"):
            client.top_features(**{**PLACE, **asked})
    with pytest.raises(ServerError, match=r"longer than the server allows"):
        client.top_features_by_token(too_long, **HERE)


def test_an_unknown_source_set_is_not_found(client: NeuronpediaClient) -> None:
    with pytest.raises(NotFound, match=r"The source set demo-tiny/2-demo-sae does not exist"):
        client.top_features("He ran.", model=MODEL, source_set=SOURCE)


def test_an_answer_for_another_number_of_texts_is_unexpected(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Body(b'{"results": [{"tokens": ["<bos>"], "result": []}]}'))
    with pytest.raises(UnexpectedResponse, match="1 results for 2 texts"):
        client.top_features(TEXTS[:2], **PLACE)


def test_a_refusal_of_the_limiter_is_told(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.limiter.limits["/api/search-all"] = 0
    with pytest.raises(RateLimited, match="60 minutes"):
        client.top_features("He ran.", **PLACE)
