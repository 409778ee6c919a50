"""A source that answers everything, by rule: for tests of what passes answers on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets import FeatureRef, FeatureSource
from np_widgets.models import (
    Activation,
    ExplanationMatch,
    ExplanationMatches,
    Feature,
    NearestFeature,
    NearestFeatures,
    Provenance,
    SourceActivations,
    SteeringFeature,
    SteeringPreset,
    SteerRequest,
    SteerResult,
    SteerText,
    TokenFeatureMatch,
    TokenFeatureMatches,
    TokenMatches,
    TopFeatureMatch,
    TopFeatureMatches,
    frozen_array,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from np_widgets.models import RefLike

MODEL, SOURCE, SITE = "gpt2-small", "6-res-jb", "https://www.neuronpedia.org"
AT = Provenance(origin="library", fetched_at=datetime(2026, 1, 31, 9, tzinfo=UTC), cached=True, note="By rule.")
NAMED: dict[str, Any] = {"model": MODEL, "source": SOURCE}


class Library(FeatureSource):
    """Has ``n_features`` features, and as many explanations for any query; a page skips what ``hidden`` holds."""

    name = "library"

    def __init__(self, n_features: int = 45, hidden: Iterable[int] = ()) -> None:
        self.n_features = n_features
        self.hidden = set(hidden)

    def get_feature(self, ref: RefLike, *, refresh: bool = False) -> Feature:  # noqa: ARG002
        return feature(FeatureRef.parse(ref).index)

    def get_features(self, refs: Iterable[RefLike], *, max_activations: int | None = None) -> list[Feature]:
        return [feature(FeatureRef.parse(ref).index, max_activations) for ref in refs]

    def iter_features(self, model: str, source: str, start: int = 0, limit: int | None = None) -> Iterator[Feature]:  # noqa: ARG002
        end = self.n_features if limit is None else min(self.n_features, start + limit)
        return (feature(index) for index in range(start, end))

    def activate(self, ref: RefLike, texts: str | Sequence[str]) -> list[Activation]:
        index = FeatureRef.parse(ref).index
        return [activation(text, index) for text in ([texts] if isinstance(texts, str) else texts)]

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
        """As the service does: looks at ``limit`` explanations, then leaves out the hidden ones."""
        end = min(offset + limit, self.n_features)
        shown = [index for index in range(offset, end) if index not in self.hidden]
        return ExplanationMatches(
            query=query,
            model=model,
            sources=tuple(sources or ()),
            release=release,
            matches=tuple(
                ExplanationMatch(**NAMED, index=n, text=f"{query} {n}", feature=feature(n, 1)) for n in shown
            ),
            next_offset=end if end < self.n_features else None,
            provenance=AT,
        )

    def top_features(
        self, texts: str | Sequence[str], *, model: str, source_set: str, limit: int = 50, **_options: Any
    ) -> list[TopFeatureMatches]:
        return [
            TopFeatureMatches(
                text=text,
                model=model,
                source_set=source_set,
                tokens=tuple(text.split()),
                matches=tuple(
                    TopFeatureMatch(**NAMED, index=n, values=frozen_array([1.0 / (n + 1)] * len(text.split())))
                    for n in range(limit)
                ),
                provenance=AT,
            )
            for text in ([texts] if isinstance(texts, str) else texts)
        ]

    def top_features_by_token(
        self, texts: str | Sequence[str], *, model: str, source: str, limit: int = 10, **_options: Any
    ) -> list[TokenFeatureMatches]:
        strongest = tuple(TokenFeatureMatch(**NAMED, index=n, value=1.0 / (n + 1)) for n in range(limit))
        return [
            TokenFeatureMatches(
                text=text,
                model=model,
                source=source,
                matches=tuple(
                    TokenMatches(position=position, token=token, matches=strongest)
                    for position, token in enumerate(text.split())
                ),
                provenance=AT,
            )
            for text in ([texts] if isinstance(texts, str) else texts)
        ]

    def activate_source(self, texts: str | Sequence[str], *, model: str, source: str) -> list[SourceActivations]:
        return [
            SourceActivations(
                text=text,
                model=model,
                source=source,
                tokens=tuple(text.split()),
                positions=np.array([0]),
                indices=np.array([7]),
                values=frozen_array([1.5]),
                provenance=AT,
            )
            for text in ([texts] if isinstance(texts, str) else texts)
        ]

    def nearest_features(self, ref: RefLike, *, model: str | None = None, source: str | None = None) -> NearestFeatures:
        parsed = FeatureRef.parse(ref)
        model, source = model or parsed.model, source or parsed.source
        match = NearestFeature(model=model, source=source, index=1, cosine=0.9)
        return NearestFeatures(ref=parsed, model=model, source=source, matches=(match,), provenance=AT)

    def steer(self, request: SteerRequest, *, stream: bool = True) -> Iterator[SteerResult]:
        """Say the strengths, then the prompt back, word by word."""
        words = [f"{strength:g}" for strength in request.strengths.values()]
        for n in range(1 if stream else len(words), len(words) + 1):
            yield SteerResult(
                request=request,
                default=SteerText(text=request.prompt or ""),
                steered=SteerText(text=" ".join(words[:n])),
                is_complete=n == len(words),
                provenance=AT,
            )

    def steering_presets(self, model: str) -> tuple[SteeringPreset, ...]:
        parts = (SteeringFeature(ref=FeatureRef(model, SOURCE, 1), strength=40, explanation="cats"),)
        return (SteeringPreset(name="Cats", features=parts),)


def feature(index: int, most: int | None = None) -> Feature:
    """Five examples, the strongest in the middle; fewer, strongest first."""
    examples = [activation(f"example {n} of {index}", index, peak) for n, peak in enumerate((1.0, 2.0, 5.0, 4.0, 3.0))]
    chosen = examples if most is None else sorted(examples, key=lambda a: -(a.peak or 0))[:most]
    return Feature(**NAMED, index=index, activations=tuple(chosen), provenance=AT, site=SITE)


def activation(text: str, index: int, peak: float = 1.0) -> Activation:
    tokens = tuple(text.split())
    values = frozen_array([peak, *[float("nan")] * (len(tokens) - 1)])
    return Activation(**NAMED, index=index, tokens=tokens, values=values, peak=peak, peak_index=0, provenance=AT)


def ref(index: int) -> str:
    return f"{MODEL}/{SOURCE}/{index}"
