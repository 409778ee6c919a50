"""One client, many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from np_widgets.client import NeuronpediaClient

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import LoopbackServer


def test_answers_do_not_cross(server: LoopbackServer, tmp_path: Path) -> None:
    with NeuronpediaClient(base_url=server.url, cache=tmp_path) as client, ThreadPoolExecutor(8) as pool:

        def ask(number: int) -> tuple[int, int, int]:
            ref = server.world.ref(number % 20)
            feature = client.get_feature(ref)
            (row,) = client.get_features([ref], max_activations=1)
            return number % 20, feature.index, row.index

        results = list(pool.map(ask, range(80)))
        assert all(len(set(indices)) == 1 for indices in results)
        assert server.n_connections <= 8
        # Each of 40 questions is asked at least once, and no more often than threads can meet at it.
        assert 40 <= len(server.requests) < 160
        before = len(server.requests)
        list(pool.map(ask, range(20)))
        assert len(server.requests) == before


def test_connections_are_used_again(server: LoopbackServer) -> None:
    with NeuronpediaClient(base_url=server.url, cache=False) as client:
        for number in range(10):
            client.get_feature(server.world.ref(number))
    assert server.n_connections == 1


def test_closed_client_can_be_used_again(server: LoopbackServer) -> None:
    with NeuronpediaClient(base_url=server.url) as client:
        client.get_feature(server.world.ref(1))
        client.close()
        client.get_feature(server.world.ref(2))
