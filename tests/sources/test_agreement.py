"""The demo model says the same when it is asked directly and when it is asked over HTTP, by rules written twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from np_widgets import DemoSource, NeuronpediaSource
from np_widgets.models import SteerRequest
from tests.server.fixtures import server
from tests.server.world import N_FEATURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from np_widgets.sources import FeatureSource
    from tests.server import LoopbackServer

__all__ = ["server"]

TEXTS = ["The queen of France was happy.", "First, open the door.", "At 7:30 they ate."]
HERE: dict[str, Any] = {"model": "demo-tiny", "source": "2-demo-sae"}
PLACE: dict[str, Any] = {"model": "demo-tiny", "source_set": "demo-sae", "limit": 100}


@pytest.fixture
def sources(server: LoopbackServer) -> Iterator[list[FeatureSource]]:
    over_http = NeuronpediaSource(base_url=server.url, api_key="", cache=False)
    with over_http.client:
        yield [DemoSource(), over_http]


@pytest.mark.parametrize("ignore_bos", [True, False])
@pytest.mark.parametrize("settings", [{}, {"density_threshold": 0.1}, {"sort_positions": [2, 3]}])
@pytest.mark.parametrize("texts", [TEXTS[0], TEXTS])
def test_top_features(texts: Any, settings: dict[str, Any], *, ignore_bos: bool, sources: list[FeatureSource]) -> None:
    # The server's database has the first features only, and filters no others.
    direct, asked = (
        [
            [(match.index, match.values.tolist()) for match in answer if match.index < N_FEATURES]
            for answer in source.top_features(texts, **PLACE, **settings, ignore_bos=ignore_bos)
        ]
        for source in sources
    )
    assert direct == asked
    assert any(direct)


@pytest.mark.parametrize("ignore_bos", [True, False])
@pytest.mark.parametrize("threshold", [None, 0.1])
def test_top_features_by_token(threshold: float | None, *, ignore_bos: bool, sources: list[FeatureSource]) -> None:
    settings: dict[str, Any] = {**HERE, "density_threshold": threshold, "ignore_bos": ignore_bos, "limit": 20}
    direct, asked = (
        [
            [
                (token.position, token.token, [m.index for m in token.matches if m.index < N_FEATURES])
                for token in answer
            ]
            for answer in source.top_features_by_token(TEXTS, **settings)
        ]
        for source in sources
    )
    assert direct == asked


def test_whole_sources(sources: list[FeatureSource]) -> None:
    direct, asked = (source.activate_source(TEXTS, **HERE) for source in sources)
    for one, other in zip(direct, asked, strict=True):
        assert one.tokens == other.tokens
        assert np.array_equal(one.dense(), other.dense())
        assert np.array_equal(one.features, other.features)


def test_neighbours(sources: list[FeatureSource]) -> None:
    direct, asked = (source.nearest_features("demo-tiny/2-demo-sae/3") for source in sources)
    assert [near.ref for near in direct][:8] == [near.ref for near in asked][:8]  # one of them counts the feature in
    assert [near.cosine for near in direct][:8] == pytest.approx([near.cosine for near in asked][:8], abs=1e-4)


@pytest.mark.parametrize("settings", [{}, {"method": "orthogonal", "multiplier": 3}, {"temperature": 0}])
@pytest.mark.parametrize("asked", [{"prompt": "Yesterday we"}, {"messages": "Where are you going?"}])
def test_steered_texts(asked: dict[str, Any], settings: dict[str, Any], sources: list[FeatureSource]) -> None:
    request = SteerRequest.make({"demo-tiny/2-demo-sae/3": 6}, **asked, **settings, n_tokens=20)
    direct, over_http = (list(source.steer(request)) for source in sources)
    for side in ("default", "steered"):
        one, other = getattr(direct[-1], side), getattr(over_http[-1], side)
        assert (one.text, one.messages, one.raw) == (other.text, other.messages, other.raw)
    assert direct[-1].is_complete
    assert over_http[-1].is_complete
