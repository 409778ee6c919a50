"""A client that speaks to the server on loopback, and nothing of this machine's own settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from np_widgets.client import NeuronpediaClient
from np_widgets.client.keys import forget_session_keys
from np_widgets.client.session import READ_RETRY, ReadRetry, new_session
from tests.server.fixtures import other_server, server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import LoopbackServer

__all__ = ["other_server", "server"]

MakeClient = Callable[..., NeuronpediaClient]


@pytest.fixture(autouse=True)
def _clean_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("NEURONPEDIA_API_KEY", "NEURONPEDIA_BASE_URL", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NP_WIDGETS_CACHE_DIR", str(tmp_path / "cache"))
    yield
    forget_session_keys()


@pytest.fixture
def make_client(server: LoopbackServer) -> Iterator[MakeClient]:
    """Make clients of the server, without a cache unless asked, that do not wait between their attempts."""
    with ExitStack() as stack:

        def make(**settings: Any) -> NeuronpediaClient:
            prepared = {"base_url": server.url, "cache": False, "session": new_session(_hasty()), **settings}
            return stack.enter_context(NeuronpediaClient(**prepared))

        yield make


@pytest.fixture
def client(make_client: MakeClient) -> NeuronpediaClient:
    """A client without a key and without a cache."""
    return make_client()


def _hasty() -> ReadRetry:
    return READ_RETRY.new(backoff_factor=0)
