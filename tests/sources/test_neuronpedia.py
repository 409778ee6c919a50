"""The service as a source: it answers all that can be asked, and passes every setting on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest

from np_widgets import NeuronpediaSource, RateLimited
from np_widgets.client import SearchInterrupted
from np_widgets.sources import Action
from tests.server import faults
from tests.server.fixtures import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server import LoopbackServer

__all__ = ["server"]

MODEL, SOURCE = "demo-tiny", "2-demo-sae"
REF = f"{MODEL}/{SOURCE}/3"
ASKED: dict[Action, dict[str, Any]] = {
    "get_feature": {"ref": REF},
    "get_features": {"refs": [REF], "max_activations": 2},
    "iter_features": {"model": MODEL, "source": SOURCE, "start": 3, "limit": 4},
    "activate": {"ref": REF, "texts": ["He ran.", "It rained."]},
    "search_explanations": {"query": "steps", "model": MODEL, "sources": [SOURCE], "limit": 3, "offset": 2},
    "top_features": {
        "texts": "The queen of France was happy.",
        "model": MODEL,
        "source_set": "demo-sae",
        "sources": [SOURCE],
        "sort_positions": [2],
        "density_threshold": 0.1,
        "ignore_bos": False,
        "limit": 9,
    },
    "top_features_by_token": {
        "texts": "He ran.",
        "model": MODEL,
        "source": SOURCE,
        "density_threshold": 0.1,
        "ignore_bos": False,
        "limit": 3,
    },
    "activate_source": {"texts": ["He ran."], "model": MODEL, "source": SOURCE},
    "nearest_features": {"ref": REF, "model": MODEL, "source": "4-demo-twin"},
    "steering_presets": {"model": MODEL},
}


@pytest.fixture
def source(server: LoopbackServer) -> Iterator[NeuronpediaSource]:
    source = NeuronpediaSource(base_url=server.url, api_key="", cache=False)
    with source.client:
        yield source


def test_it_answers_all_that_a_source_can_be_asked(source: NeuronpediaSource) -> None:
    assert {*ASKED, "steer"} == set(get_args(Action))  # which tests/sources/test_steering.py asks
    assert all(source.supports(action) for action in ASKED)


@pytest.mark.parametrize("action", ASKED)
def test_its_answers_are_the_clients_with_every_setting_passed_on(
    action: Action, source: NeuronpediaSource, server: LoopbackServer
) -> None:
    answers = []
    for answering in (source, source.client):
        answer = getattr(answering, action)(**ASKED[action])
        answers.append(list(answer) if action == "iter_features" else answer)
    assert repr(answers[0]) == repr(answers[1])  # the answer to a text says when it was computed
    n_requests = len(server.requests) // 2
    sent = [(request.path, request.body) for request in server.requests]
    assert sent[:n_requests] == sent[n_requests:]


def test_release_is_passed_on(source: NeuronpediaSource, server: LoopbackServer) -> None:
    assert source.search_explanations("steps", release="demo-release").release == "demo-release"
    assert server.requests[0].path == "/api/explanation/search-release"


def test_an_interrupted_search_is_handed_on_with_its_warning(source: NeuronpediaSource, server: LoopbackServer) -> None:
    server.limiter.limits["/api/explanation/search"] = 1
    with pytest.warns(SearchInterrupted):
        answer = source.search_explanations("steps", model=MODEL, sources=[SOURCE, "4-demo-twin"], limit=40)
    assert (len(answer), answer.next_offset) == (20, 20)
    assert answer.interrupted


def test_errors_are_the_clients(source: NeuronpediaSource, server: LoopbackServer) -> None:
    server.fail(faults.RateLimited())
    with pytest.raises(RateLimited, match="used up"):
        source.activate(REF, "He ran.")
