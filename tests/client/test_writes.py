"""Writes: sent once, honest about what is not known, and dropped from the cache what they made wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from np_widgets.client import concerns
from np_widgets.client.cache import Cache
from np_widgets.client.routes import get, post
from np_widgets.errors import (
    ConnectionFailed,
    InvalidRequest,
    NeuronpediaError,
    NotFound,
    RateLimited,
    ServerError,
    Unconfirmed,
)
from np_widgets.models import FeatureRef
from tests.server import OWNER_KEY, LoopbackServer, faults
from tests.server.world import DIMENSION

if TYPE_CHECKING:
    from pathlib import Path

    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient


def upload(client: NeuronpediaClient) -> FeatureRef:
    return client.upload_vector(np.ones(DIMENSION), model="demo-tiny", layer=2, hook="hook_resid_pre", name="ones")


LOST = [
    faults.NoResponse(),
    faults.Reset(),
    faults.Cut(),
    faults.Cut(chunked=True),
    faults.BrokenGzip(),
    faults.Status(502),
    faults.Status(503, b"<html>", "text/html"),
    faults.Status(504),
    faults.Body(b""),
    faults.Body(b"{}"),
    faults.Body(b'{"vector": null}'),
    faults.html(),
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: type(fault).__name__)
def test_write_whose_answer_is_lost_may_have_happened_and_says_where_to_look(
    fault: faults.Fault, make_client: MakeClient, server: LoopbackServer
) -> None:
    client = make_client(api_key=OWNER_KEY)
    client.get_model("demo-tiny")
    server.fail(faults.Pass(), fault)  # the model is asked for first
    with pytest.raises(Unconfirmed) as caught:
        upload(client)
    error = caught.value
    assert "Whether it was done is not known" in error.message
    assert "list_vectors() shows whether it is there" in error.remedy
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not isinstance(error, (ConnectionFailed, ServerError))  # nobody who asks again after those does it twice
    assert [request.path for request in server.requests].count("/api/vector/new") == 1
    assert len(client.list_vectors()) == 1  # so one looks; this server had done it


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(faults.Status(400), InvalidRequest), (faults.Status(500), ServerError), (faults.RateLimited(), RateLimited)],
)
def test_write_that_was_refused_did_not_happen(
    fault: faults.Fault, kind: type[NeuronpediaError], make_client: MakeClient, server: LoopbackServer
) -> None:
    client = make_client(api_key=OWNER_KEY)
    server.fail(faults.Pass(), fault)
    with pytest.raises(kind):
        upload(client)


def test_write_that_never_left_did_not_happen(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(api_key=OWNER_KEY, cache=True)
    client.get_model("demo-tiny")
    server.stop()
    with pytest.raises(ConnectionFailed) as caught:
        upload(client)
    assert caught.value.was_sent is False


def test_silence_after_a_write_is_no_answer(make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(api_key=OWNER_KEY, timeout=0.3)
    hang = faults.Hang()
    server.fail(faults.Pass(), hang)
    with pytest.raises(Unconfirmed, match="did not answer"):
        upload(client)
    hang.released.set()


def test_write_drops_what_it_changed_from_the_cache_and_nothing_else(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    owner = make_client(api_key=OWNER_KEY, cache=tmp_path)
    reader = make_client(cache=tmp_path)  # another user on this machine
    ref, neighbour = upload(owner), server.world.ref(7)

    def read() -> int:
        before = len(server.requests)
        for client in (owner, reader):
            client.get_feature(ref)
            client.get_features([ref, neighbour])
            client.activate(ref, "The ship")
            client.get_feature(neighbour)
            client.activate(neighbour, "The ship")
        return len(server.requests) - before

    assert read() == 10
    assert read() == 0
    owner.upload_activations(ref, [(["a"], [1.0])])
    assert read() == 6
    assert read() == 0
    assert len(reader.get_feature(ref).activations) == 1


def test_copies_are_dropped_also_when_nobody_knows_whether_the_write_happened(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    client = make_client(api_key=OWNER_KEY, cache=tmp_path)
    ref = upload(client)
    client.get_feature(ref)
    server.fail(faults.NoResponse())
    with pytest.raises(Unconfirmed):
        client.upload_activations(ref, [(["a"], [1.0])])
    assert len(client.get_feature(ref).activations) == 1


def test_copies_that_a_vector_of_ones_own_made_wrong_are_asked_for_again(
    make_client: MakeClient, server: LoopbackServer, tmp_path: Path
) -> None:
    client = make_client(api_key=OWNER_KEY, cache=tmp_path)

    def times_asked() -> int:
        client.steering_presets("demo-tiny")  # which offer one's own vectors
        return [request.path for request in server.requests].count("/api/steer/presets")

    assert [times_asked(), times_asked()] == [1, 1]
    ref = upload(client)
    assert [times_asked(), times_asked()] == [2, 2]
    client.get_feature(ref)
    client.delete_vector(ref)
    assert times_asked() == 3
    with pytest.raises(NotFound):
        client.get_feature(ref)


REF = FeatureRef("m", "6-s", 5)
NEAR, ELSEWHERE = REF.with_index(6), FeatureRef("m", "7-s", 5)


@pytest.mark.parametrize(
    ("written", "stale"),
    [
        (concerns.feature_written(REF), {"feature", "both", "page", "set"}),
        (concerns.source_written("m", "6-s"), {"feature", "both", "near", "page", "set"}),
        (concerns.feature_written(ELSEWHERE), {"set"}),
        (concerns.MODELS, {"models"}),
        (concerns.EXPLANATIONS, {"explanations"}),
        ((), set()),
    ],
)
def test_a_write_reaches_the_copies_that_it_made_wrong(
    written: tuple[str, ...], stale: set[str], tmp_path: Path
) -> None:
    told = {
        "feature": concerns.features_read([REF]),
        "both": concerns.features_read([REF, NEAR]),
        "near": concerns.features_read([NEAR]),
        "page": concerns.source_read("m", "6-s"),
        "set": concerns.model_read("m"),
        "models": concerns.MODELS,
        "explanations": concerns.EXPLANATIONS,
    }
    cache = Cache(tmp_path)
    calls = {name: get(f"/api/{name}", name, told[name]) for name in told}
    for call in calls.values():
        cache.put(call, "base", None, b"{}", 100.0)
    cache.drop(post("/api/write", {}, "a write", concerns=written), "base", 200.0)
    cache.drop(post("/api/write", {}, "a write", concerns=tuple(told["feature"])), "another base", 200.0)
    assert {name for name, call in calls.items() if cache.get(call, "base", None) is None} == stale
    for call in calls.values():
        cache.put(call, "base", None, b"{}", 300.0)
    assert all(cache.get(call, "base", None) for call in calls.values())
    cache.close()
