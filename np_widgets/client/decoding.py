"""The answers, from the wire's models to what the client returns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import msgspec

from np_widgets.errors import NotFound, UnexpectedResponse
from np_widgets.wire import (
    Tokenization,
    read_activations,
    read_catalogue,
    read_explanation_matches,
    read_feature,
    read_features,
    read_model,
    read_models,
    read_nearest_features,
    read_source_activations,
    read_source_set,
    read_token_features,
    read_tokenization,
    read_top_features,
)
from np_widgets.wire.lists import read_list, read_lists
from np_widgets.wire.vectors import read_vector, read_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from np_widgets.models import (
        Activation,
        Catalogue,
        ExplanationMatches,
        Feature,
        FeatureRef,
        Model,
        NearestFeatures,
        Provenance,
        SourceActivations,
        SourceSet,
        TokenFeatureMatches,
        TopFeatureMatches,
        Vector,
    )
    from np_widgets.models.lists import SavedList
    from np_widgets.searches import ExplanationSearch, SetSearch, TokenSearch

T = TypeVar("T")


def feature(site: str) -> Callable[[bytes, Provenance], Feature]:
    """One feature."""
    return lambda body, origin: read_feature(body, origin, site)


def features(site: str) -> Callable[[bytes, Provenance], list[Feature]]:
    """An array of features, examples strongest first as in the reply to a single one; this route leaves that out."""
    return lambda body, origin: [_strongest_first(row) for row in read_features(body, origin, site)]


def _strongest_first(row: Feature) -> Feature:
    ordered = sorted(row.activations, key=_weakness)
    return msgspec.structs.replace(row, activations=tuple(ordered))


def _weakness(activation: Activation) -> float:
    peak = activation.peak
    return math.inf if peak is None or math.isnan(peak) else -peak


def activations(body: bytes, origin: Provenance) -> list[Activation]:
    """Stored examples."""
    return read_activations(body, origin)


def as_many(expected: int) -> Callable[[bytes, Provenance], list[Activation]]:
    """Results for a number of texts, matched by position, so that one too few would shift the others."""

    def decode(body: bytes, origin: Provenance) -> list[Activation]:
        rows = read_activations(body, origin)
        if len(rows) != expected:
            raise UnexpectedResponse(f"The answer holds {len(rows)} results for {expected} texts.")
        return rows

    return decode


def explanations(
    search: ExplanationSearch, offset: int, site: str
) -> Callable[[bytes, Provenance], ExplanationMatches]:
    """One page of a search by meaning."""
    return lambda body, origin: read_explanation_matches(
        body,
        query=search.query,
        model=search.model,
        sources=search.sources,
        release=search.release,
        offset=offset,
        provenance=origin,
        site=site,
    )


def top_features(
    texts: Sequence[str], search: SetSearch, site: str
) -> Callable[[bytes, Provenance], list[TopFeatureMatches]]:
    """The features of a set that fire on texts."""
    return lambda body, origin: read_top_features(
        body,
        texts=texts,
        model=search.model,
        source_set=search.source_set,
        sources=search.sources,
        sort_positions=search.sort_positions,
        provenance=origin,
        site=site,
    )


def token_features(
    texts: Sequence[str], search: TokenSearch, site: str
) -> Callable[[bytes, Provenance], list[TokenFeatureMatches]]:
    """The features of a source that fire at each token of texts."""
    return lambda body, origin: read_token_features(
        body, texts=texts, model=search.model, source=search.source, provenance=origin, site=site
    )


def source_activations(
    texts: Sequence[str], model: str, source: str
) -> Callable[[bytes, Provenance], list[SourceActivations]]:
    """All features of a source that fire on texts."""
    return lambda body, origin: read_source_activations(
        body, texts=texts, model=model, source=source, provenance=origin
    )


def nearest(ref: FeatureRef, model: str, source: str) -> Callable[[bytes, Provenance], NearestFeatures]:
    """The neighbours of a feature in another source."""
    return lambda body, origin: read_nearest_features(body, ref=ref, model=model, source=source, provenance=origin)


def saved_list(site: str) -> Callable[[bytes, Provenance], SavedList]:
    """A list with its features."""
    return lambda body, origin: read_list(body, origin, site)


def saved_lists(site: str) -> Callable[[bytes, Provenance], list[SavedList]]:
    """The lists of whoever asks, without their features."""
    return lambda body, origin: read_lists(body, origin, site)


def vector(site: str) -> Callable[[bytes, Provenance], Vector]:
    """A vector that somebody uploaded, or what the service has for a feature of a source that runs."""
    return lambda body, origin: read_vector(body, origin, site)


def vectors(site: str) -> Callable[[bytes, Provenance], list[Vector]]:
    """The vectors of whoever asks."""
    return lambda body, origin: read_vectors(body, origin, site)


def tokenization(body: bytes, _origin: Provenance) -> Tokenization:
    """Tokens."""
    return read_tokenization(body)


def models(body: bytes, _origin: Provenance) -> list[Model]:
    """A list of models."""
    return read_models(body)


def catalogue(body: bytes, _origin: Provenance) -> Catalogue:
    """Everything public."""
    return read_catalogue(body)


def model(name: str, host: str) -> Callable[[bytes, Provenance], Model]:
    """One model; the service says ``null``, with 200, for one that it does not know (contract, 9.14)."""
    return lambda body, _origin: _present(read_model(body), f"The model {name}", host)


def source_set(name: str, host: str) -> Callable[[bytes, Provenance], SourceSet]:
    """One source set, or ``null`` as for a model."""
    return lambda body, _origin: _present(read_source_set(body), f"The source set {name}", host)


def _present(found: T | None, name: str, host: str) -> T:
    if found is None:
        raise NotFound(f"{name} does not exist on {host}, or is private.", remedy="Check the name.", status=200)
    return found
