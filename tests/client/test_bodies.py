"""Bodies that are too large, too slow, or strange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from np_widgets.client import transport
from np_widgets.errors import UnexpectedResponse
from tests.client.failing import REF, failure
from tests.server import LoopbackServer, faults

if TYPE_CHECKING:
    from np_widgets.client import NeuronpediaClient
    from tests.client.conftest import MakeClient


def test_compression_that_ends_too_early_is_said_to(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.always(faults.BrokenGzip(truncated=True))
    assert "ends too early" in str(failure(client))


def test_drip_does_not_hold_forever(
    make_client: MakeClient, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_BODY_FACTOR", 0.5)  # so that the silence is never the shorter of the two
    client = make_client(timeout=1)
    server.always(faults.Drip())
    assert "too slowly" in str(failure(client))


def test_fifty_megabytes_are_read(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.Flood(50 * 2**20))
    assert client.get_activations(REF) == []


@pytest.mark.parametrize("packed", [False, True])
def test_flood_is_refused_while_it_streams_in(*, packed: bool, make_client: MakeClient, server: LoopbackServer) -> None:
    client = make_client(max_bytes=1_000_000)
    flood = faults.Flood(200 * 2**20, packed=packed)
    server.always(flood)
    error = failure(client)
    assert type(error) is UnexpectedResponse
    assert "max_bytes" in error.remedy
    server.stop()  # after which nothing is sent any more
    assert flood.sent < 20 * 2**20


def test_declared_flood_is_not_even_begun(make_client: MakeClient, server: LoopbackServer) -> None:
    flood = faults.Flood(200 * 2**20, declared=True)
    server.always(flood)
    assert type(failure(make_client())) is UnexpectedResponse
    server.stop()
    assert flood.sent < 20 * 2**20


def test_default_bound_is_64_megabytes(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.always(faults.Flood(65 * 2**20, packed=True))
    assert "64 MB" in str(failure(client))


def test_bare_nan_is_a_missing_number(client: NeuronpediaClient, server: LoopbackServer) -> None:
    server.fail(faults.BareNaN())
    assert client.get_feature(REF).max_activation is None
