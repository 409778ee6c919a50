"""Copies on this machine: when they serve, whom they serve, and that nothing breaks without them."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from np_widgets.client import NeuronpediaClient
from np_widgets.client.cache import FRESH_FOR, Cache
from np_widgets.client.routes import Call
from np_widgets.errors import ConnectionFailed, NeuronpediaError, NotFound, ServerError
from tests.server import OWNER_KEY, LoopbackServer, faults
from tests.server.world import PRIVATE_SOURCE

if TYPE_CHECKING:
    from pathlib import Path

    from np_widgets.models import Feature, Provenance
    from tests.client.conftest import MakeClient

REF = "demo-tiny/2-demo-sae/7"


@pytest.fixture
def cached(make_client: MakeClient, tmp_path: Path) -> NeuronpediaClient:
    return make_client(cache=tmp_path)


def origin_of(feature: Feature) -> Provenance:
    assert feature.provenance
    return feature.provenance


def age(client: NeuronpediaClient, seconds: float) -> None:
    """Let time pass for the client's cache."""
    assert client._cache
    client._cache._clock = lambda: time.time() + seconds


def test_second_read_is_a_copy_and_says_so(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    first, second = cached.get_feature(REF), cached.get_feature(REF)
    assert len(server.requests) == 1
    assert second == first
    assert (origin_of(first).cached, origin_of(second).cached, origin_of(second).stale) == (False, True, False)
    when = origin_of(first).fetched_at
    again = origin_of(second).fetched_at
    assert when
    assert again
    assert abs((again - when).total_seconds()) < 0.001
    assert origin_of(second).url == origin_of(first).url


def test_copies_outlive_the_client(make_client: MakeClient, server: LoopbackServer, tmp_path: Path) -> None:
    with make_client(cache=tmp_path) as client:
        client.get_feature(REF)
    assert origin_of(make_client(cache=str(tmp_path)).get_feature(REF)).cached
    assert len(server.requests) == 1


def test_every_read_route_is_kept_and_by_its_body(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    def ask_all(number: int) -> list[object]:
        ref = server.world.ref(number)
        return [
            cached.get_feature(ref),
            cached.get_features([ref]),
            cached.get_activations(ref),
            cached.activate(ref, f"text {number}"),
            next(cached.iter_features(ref.model, ref.source, start=number)),
            cached.tokenize(f"text {number}", ref.model),
            cached.list_models(),
            cached.get_model(ref.model),
            cached.get_source_set(ref.model, "demo-sae"),
            cached.get_catalogue(),
        ]

    first = ask_all(1)
    assert len(server.requests) == 10
    assert ask_all(1) == first
    assert len(server.requests) == 10
    assert ask_all(2)[:6] != first[:6]
    assert len(server.requests) == 16


def test_refresh_goes_past_the_copy_and_renews_it(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    cached.get_feature(REF)
    assert not origin_of(cached.get_feature(REF, refresh=True)).cached
    assert origin_of(cached.get_feature(REF)).cached
    assert len(server.requests) == 2


def test_copy_is_fresh_for_a_day(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    cached.get_feature(REF)
    age(cached, FRESH_FOR - 60)
    cached.get_feature(REF)
    assert len(server.requests) == 1
    age(cached, FRESH_FOR + 1)
    assert not origin_of(cached.get_feature(REF)).cached
    assert len(server.requests) == 2


def test_copy_from_the_future_is_not_fresh(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    cached.get_feature(REF)
    age(cached, -60)
    cached.get_feature(REF)
    assert len(server.requests) == 2


def test_without_a_network_a_fresh_copy_serves(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    cached.get_feature(REF)
    server.stop()
    assert not origin_of(cached.get_feature(REF)).stale
    with pytest.raises(ConnectionFailed):
        cached.get_feature("demo-tiny/2-demo-sae/8")


@pytest.mark.parametrize("refresh", [False, True])
@pytest.mark.parametrize("fault", [None, faults.Cut(), faults.NoResponse(), faults.Status(503)])
def test_without_a_network_an_old_copy_serves_and_says_so(
    fault: faults.Fault | None, *, refresh: bool, cached: NeuronpediaClient, server: LoopbackServer
) -> None:
    first = cached.get_feature(REF)
    age(cached, 0 if refresh else 10 * FRESH_FOR)
    if fault:
        server.always(fault)
    else:
        server.stop()
    old = cached.get_feature(REF, refresh=refresh)
    assert old == first
    assert (origin_of(old).cached, origin_of(old).stale) == (True, True)
    assert "an old copy" in str(origin_of(old))
    asked = origin_of(old).fetched_at
    assert asked
    assert (datetime.now(UTC) - asked).total_seconds() < 600


@pytest.mark.parametrize("fault", [faults.Status(500), faults.Status(404), faults.RateLimited(), faults.html()])
def test_old_copy_does_not_hide_what_the_service_says(
    fault: faults.Fault, cached: NeuronpediaClient, server: LoopbackServer
) -> None:
    cached.get_feature(REF)
    server.always(fault)
    with pytest.raises(NeuronpediaError):
        cached.get_feature(REF, refresh=True)


def test_errors_and_nonsense_are_not_kept(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    for fault in (faults.Status(500), faults.html(), faults.Body(b'{"half":'), faults.Body(b'{"error": "x"}')):
        server.fail(fault)
        with pytest.raises(NeuronpediaError):
            cached.get_feature(REF)
    assert not origin_of(cached.get_feature(REF)).cached
    with pytest.raises(NotFound):
        cached.get_model("nope")
    with pytest.raises(NotFound):
        cached.get_model("nope")
    assert len(server.requests) == 7


def test_writes_are_not_kept(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    for _ in range(2):
        cached.request("POST", "/api/model/list", {})
    assert len(server.requests) == 2
    for path in ("/api/feature/upload-batch", "/api/list/new", "/api/vector/list-owned", "/api/feature/a/b/c/d"):
        assert not Call("POST", path).is_cached
    assert not Call("GET", "/api/feature/a/b/1?x=1").is_cached


def test_entries_of_different_keys_and_servers_are_apart(
    make_client: MakeClient, server: LoopbackServer, other_server: LoopbackServer, tmp_path: Path
) -> None:
    private = server.world.ref(1, PRIVATE_SOURCE)
    make_client(cache=tmp_path, api_key=OWNER_KEY).get_feature(private)
    for stranger in (make_client(cache=tmp_path), make_client(cache=tmp_path, api_key="another")):
        with pytest.raises(NotFound):
            stranger.get_feature(private)
    make_client(cache=tmp_path, base_url=other_server.url, api_key=OWNER_KEY).get_feature(private)
    assert len(other_server.requests) == 1
    assert origin_of(make_client(cache=tmp_path, api_key=OWNER_KEY).get_feature(private)).cached


def test_salt_is_of_this_cache_alone(make_client: MakeClient, tmp_path: Path) -> None:
    names = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        with make_client(cache=folder) as client:
            client.get_feature(REF)
        with closing(sqlite3.connect(folder / "answers.sqlite")) as file:
            names += file.execute("SELECT key FROM answers").fetchall()
    assert len(set(names)) == 2


def test_clear_cache_removes_every_trace(cached: NeuronpediaClient, server: LoopbackServer, tmp_path: Path) -> None:
    cached.get_feature(REF)
    cached.clear_cache()
    assert list(tmp_path.iterdir()) == []
    assert not origin_of(cached.get_feature(REF)).cached
    assert origin_of(cached.get_feature(REF)).cached
    assert len(server.requests) == 2


def test_making_a_client_touches_no_file(server: LoopbackServer, tmp_path: Path) -> None:
    with NeuronpediaClient(base_url=server.url, cache=tmp_path / "not-yet") as client:
        assert list(tmp_path.glob("*")) == []
        client.get_feature(REF)
    assert (tmp_path / "not-yet").stat().st_mode & 0o077 == 0


def test_default_folder_is_named_by_the_environment(server: LoopbackServer, tmp_path: Path) -> None:
    # The fixture for every test names it.
    with NeuronpediaClient(base_url=server.url) as client:
        client.get_feature(REF)
        assert origin_of(client.get_feature(REF)).cached
    assert (tmp_path / "cache" / "answers.sqlite").exists()


def test_default_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NP_WIDGETS_CACHE_DIR")
    assert Cache().folder.is_absolute()
    assert "np_widgets" in Cache().folder.parts


def test_stale_copy_of_a_post_read(cached: NeuronpediaClient, server: LoopbackServer) -> None:
    first = cached.get_features([REF], max_activations=3)
    age(cached, 2 * FRESH_FOR)
    server.stop()
    assert cached.get_features([REF], max_activations=3) == first
    with pytest.raises((ConnectionFailed, ServerError)):
        cached.get_features([REF], max_activations=4)
