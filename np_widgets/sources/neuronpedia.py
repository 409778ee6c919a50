"""neuronpedia.org, or a copy of it that someone runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from np_widgets.client import NeuronpediaClient
from np_widgets.sources.base import FeatureSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Activation, Feature, RefLike


class NeuronpediaSource(FeatureSource):
    """Features from Neuronpedia's HTTP API.

    Parameters
    ----------
    client : NeuronpediaClient, optional
        A client with its own key, cache or timeout.
    **options
        For a new client: ``api_key``, ``base_url``, ``cache``, ``timeout``; see :class:`NeuronpediaClient`.
    """

    def __init__(self, client: NeuronpediaClient | None = None, **options: Any) -> None:  # noqa: ANN401 (passed on)
        self.client = NeuronpediaClient(**options) if client is None else client

    @property
    def name(self) -> str:
        """The host that is asked."""
        return urlsplit(self.client.base_url).netloc.removeprefix("www.")

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:
        """Get one feature; ``refresh`` goes past the cache."""
        return self.client.get_feature(ref, refresh=refresh)

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        """Get many features, in the order asked for."""
        return self.client.get_features(refs, max_activations=max_activations)

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        """Run texts through one feature on the service's model."""
        return self.client.activate(ref, texts)

    def __repr__(self) -> str:
        return f"NeuronpediaSource({self.client!r})"
