"""What the demo model has, and what is said to those who ask for anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from np_widgets.errors import InvalidRequest, NotFound

from . import MODEL_ID, SOURCE_ID, SOURCE_SET_ID, VECTOR_SOURCE_ID, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import FeatureRef


def size_of(model: str, source: str) -> int:
    """Return how many features a source has.

    Raises
    ------
    NotFound
        When the demo model has no such source.
    """
    sizes = _sizes()
    if model != MODEL_ID or source not in sizes:
        raise _not_found(f"The demo model has no source {model}/{source}.")
    return sizes[source]


def check_model(model: str) -> None:
    """Refuse another model.

    Raises
    ------
    NotFound
    """
    if model != MODEL_ID:
        raise _not_found(f"The demo source has no model {model}.")


def check_feature(ref: FeatureRef) -> None:
    """Refuse a feature that the demo model does not have.

    Raises
    ------
    NotFound
    """
    if ref.model != MODEL_ID or ref.index >= _sizes().get(ref.source, 0):
        raise _not_found(f"The demo model has no feature {ref}.")


def check_latents(model: str, source: str) -> None:
    """Refuse a source whose features do not fire at some tokens and stay silent at the others.

    Raises
    ------
    NotFound
        When the demo model has no such source.
    InvalidRequest
        When it is that of the topic directions.
    """
    size_of(model, source)
    if source == VECTOR_SOURCE_ID:
        raise InvalidRequest(
            f"{source} holds directions, each of which has a value at every token, so that none of them fires.",
            remedy=f"Search {SOURCE_ID}, or run a single direction on the text with activate.",
        )


def check_set(model: str, source_set: str, sources: Sequence[str]) -> None:
    """Refuse a source set other than the autoencoder's, and sources that are not in it.

    Raises
    ------
    NotFound
    """
    if (model, source_set) != (MODEL_ID, SOURCE_SET_ID):
        raise NotFound(
            f"The demo model has no source set {model}/{source_set}.", remedy=f"It has {MODEL_ID}/{SOURCE_SET_ID}."
        )
    strangers = [source for source in sources if source != SOURCE_ID]
    if strangers:
        raise NotFound(
            f"The source set {source_set} has no source {', '.join(strangers)}.", remedy=f"It has {SOURCE_ID}."
        )


def check_explained(model: str | None, sources: Sequence[str], release: str | None) -> None:
    """Refuse to search for explanations where there are none.

    Raises
    ------
    NotFound
    """
    if release is not None:
        raise NotFound(
            f"The demo model is in no release, so not in {release}.", remedy=f'Name its model="{MODEL_ID}", or nothing.'
        )
    if model is not None:
        check_model(model)
    for source in sources:
        size_of(MODEL_ID, source)
    if sources and SOURCE_ID not in sources:
        raise NotFound(
            f"The directions of {VECTOR_SOURCE_ID} have labels and no explanations.", remedy=f"Search {SOURCE_ID}."
        )


def _sizes() -> dict[str, int]:
    return {SOURCE_ID: load().n_features, VECTOR_SOURCE_ID: load().n_vectors}


def _not_found(message: str) -> NotFound:
    latents, directions = (f"{MODEL_ID}/{source}/0 to /{size - 1}" for source, size in _sizes().items())
    return NotFound(
        message,
        remedy=f"It has {latents} and, as directions of topics, {directions}. "
        'For features of neuronpedia.org: np_widgets.use("neuronpedia").',
    )
