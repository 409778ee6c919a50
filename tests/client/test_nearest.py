"""Features whose directions are close: free in one's own source, asked for in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from np_widgets.errors import InvalidRequest, ServerError
from np_widgets.models import FeatureRef
from tests.server import LoopbackServer, faults
from tests.server.world import SILENT_SOURCE

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient

MODEL, SOURCE = "demo-tiny", "2-demo-sae"


def test_neighbours_of_the_same_source_come_with_the_feature(client: NeuronpediaClient, server: LoopbackServer) -> None:
    feature = client.get_feature(server.world.ref(3))
    server.requests.clear()
    answer = client.nearest_features(feature)
    assert [request.path for request in server.requests] == [f"/api/feature/{feature.ref}"]
    assert [match.ref for match in answer] == [
        FeatureRef(MODEL, SOURCE, near.index) for near in feature.neighbours if near.index not in (None, 3)
    ]
    assert (answer.ref, answer.model, answer.source) == (feature.ref, MODEL, SOURCE)
    cosines = [match.cosine for match in answer if match.cosine is not None]
    assert cosines == sorted(cosines, reverse=True)
    assert cosines[0] < 1


def test_neighbours_in_another_source_are_asked_for(client: NeuronpediaClient, server: LoopbackServer) -> None:
    answer = client.nearest_features(server.world.ref(3), source="4-demo-twin")
    (request,) = server.requests
    assert (request.path, request.json) == (
        "/api/cossim",
        {"modelId": MODEL, "source": SOURCE, "index": 3, "targetModelId": MODEL, "targetSourceId": "4-demo-twin"},
    )
    assert answer[0].ref == FeatureRef(MODEL, "4-demo-twin", 3)
    assert len(answer) == 10


def test_neighbours_that_cannot_be_had_say_why(client: NeuronpediaClient, server: LoopbackServer) -> None:
    with pytest.raises(ServerError, match=r"nothing runs the source"):
        client.nearest_features(server.world.ref(3), source=SILENT_SOURCE)
    server.fail(faults.Status(400, {"error": ["index is required", "source is required"]}))
    with pytest.raises(InvalidRequest, match="index is required; source is required"):
        client.nearest_features(server.world.ref(3), source="4-demo-twin")
    row = server.world.row(MODEL, SOURCE, 3)
    server.world.extra[MODEL, SOURCE, 3] = {**(row or {}), "topkCosSimIndices": [], "topkCosSimValues": []}
    answer = client.nearest_features(server.world.ref(3))
    assert (len(answer), answer.warnings) == (0, (f"The service keeps no neighbours of {server.world.ref(3)}.",))
