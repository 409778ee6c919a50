"""neuronpedia.org, or a copy of it that someone runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from np_widgets.client import NeuronpediaClient
from np_widgets.sources.base import FeatureSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from np_widgets.client import RateLimit
    from np_widgets.models import (
        Activation,
        ExplanationMatches,
        Feature,
        NearestFeatures,
        RefLike,
        SourceActivations,
        SteeringPreset,
        SteerRequest,
        SteerResult,
        TokenFeatureMatches,
        TopFeatureMatches,
    )


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

    def iter_features(self, model: str, source: str, start: int = 0, limit: int | None = None) -> Iterable[Feature]:
        """Go through the features of one source that ever fired, fetched by pages of 25 as they are needed."""
        return self.client.iter_features(model, source, start, limit)

    def search_explanations(
        self,
        query: str,
        *,
        model: str | None = None,
        sources: Sequence[str] | None = None,
        release: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> ExplanationMatches:
        """Find explanations close in meaning; see :meth:`NeuronpediaClient.search_explanations`."""
        return self.client.search_explanations(
            query, model=model, sources=sources, release=release, limit=limit, offset=offset
        )

    def top_features(
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source_set: str,
        sources: Sequence[str] | None = None,
        sort_positions: Sequence[int] = (),
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 50,
    ) -> list[TopFeatureMatches]:
        """Find the features of a source set that fire on a text; see :meth:`NeuronpediaClient.top_features`."""
        return self.client.top_features(
            texts,
            model=model,
            source_set=source_set,
            sources=sources,
            sort_positions=sort_positions,
            density_threshold=density_threshold,
            ignore_bos=ignore_bos,
            limit=limit,
        )

    def top_features_by_token(
        self,
        texts: str | Sequence[str],
        *,
        model: str,
        source: str,
        density_threshold: float | None = None,
        ignore_bos: bool = True,
        limit: int = 10,
    ) -> list[TokenFeatureMatches]:
        """Find the features that fire at each token; see :meth:`NeuronpediaClient.top_features_by_token`."""
        return self.client.top_features_by_token(
            texts,
            model=model,
            source=source,
            density_threshold=density_threshold,
            ignore_bos=ignore_bos,
            limit=limit,
        )

    def activate_source(self, texts: str | Sequence[str], *, model: str, source: str) -> list[SourceActivations]:
        """Run texts through all features of a source; see :meth:`NeuronpediaClient.activate_source`."""
        return self.client.activate_source(texts, model=model, source=source)

    def nearest_features(self, ref: RefLike, *, model: str | None = None, source: str | None = None) -> NearestFeatures:
        """Find the features whose directions are closest; see :meth:`NeuronpediaClient.nearest_features`."""
        return self.client.nearest_features(ref, model=model, source=source)

    def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:
        """Let a model go on with a text; see :meth:`NeuronpediaClient.steer`."""
        return self.client.steer(request, stream=True) if stream else iter([self.client.steer(request)])

    def steering_presets(self, model: str) -> tuple[SteeringPreset, ...]:
        """List what the site offers to steer a model by; see :meth:`NeuronpediaClient.steering_presets`."""
        return self.client.steering_presets(model)

    def steering_limit(self) -> RateLimit | None:
        """Say what is left of the hour's requests, as the service last said, until that has passed."""
        limit = self.client.rate_limits.get("/api/steer")
        return limit if limit is not None and datetime.now(UTC) < limit.until else None

    def holds_secret(self, data: bytes) -> bool:
        """Whether the API key stands in an answer."""
        return self.client.holds_key(data)

    def __repr__(self) -> str:
        return f"NeuronpediaSource({self.client!r})"
