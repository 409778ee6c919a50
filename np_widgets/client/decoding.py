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
    read_feature,
    read_features,
    read_model,
    read_models,
    read_source_set,
    read_tokenization,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from np_widgets.models import Activation, Catalogue, Feature, Model, Provenance, SourceSet

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
