"""Answers that name features, from the service's shape to models: by meaning, and by direction.

Every reader here and in :mod:`np_widgets.wire.firings` takes a reply bare or in the ``{"data", "response"}`` envelope.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import (
    ExplanationMatch,
    ExplanationMatches,
    FeatureRef,
    NearestFeature,
    NearestFeatures,
    Provenance,
)
from np_widgets.wire.read import Body
from np_widgets.wire.replies import feature_of, name_of, opened, unnamed, whole
from np_widgets.wire.rows import ExplanationMatchRow, ExplanationReply, NearestReply

#: Explanations that the service looks at for one page (contract, 5.3).
PAGE_SIZE = 20

_EXPLANATIONS = msgspec.json.Decoder(ExplanationReply)
_NEAREST = msgspec.json.Decoder(NearestReply)


def read_explanation_matches(
    body: Body,
    *,
    query: str,
    model: str | None = None,
    sources: Sequence[str] = (),
    release: str | None = None,
    offset: int = 0,
    provenance: Provenance | None = None,
    site: str | None = None,
) -> ExplanationMatches:
    """Read one page of the explanation searches (contract, 5.3).

    ``next_offset`` of a search by sources or by release is the service's. A search of a model or of everything takes
    20 explanations and then leaves out what is not public, so that its pages are short and its ``hasMore`` is false
    too early: there it is where the next 20 begin, until a page is empty.
    """
    reply = opened(_EXPLANATIONS, body)
    if reply.results is None:
        raise UnexpectedResponse("The answer holds no results.")
    named = [(row, name_of(row, model)) for row in reply.results]
    matches = tuple(_explanation(row, ref, provenance, site) for row, ref in named if ref is not None)
    has_more, following = bool(reply.results), offset + PAGE_SIZE
    if sources or release is not None:
        has_more, following = has_more and bool(reply.hasMore), reply.nextOffset or following
    return ExplanationMatches(
        query=query,
        model=model,
        sources=tuple(sources),
        release=release,
        matches=matches,
        next_offset=following if has_more and following > offset else None,
        warnings=unnamed(len(named) - len(matches)),
        provenance=provenance,
    )


def _explanation(
    row: ExplanationMatchRow, ref: FeatureRef, provenance: Provenance | None, site: str | None
) -> ExplanationMatch:
    return ExplanationMatch(
        model=ref.model,
        source=ref.source,
        index=ref.index,
        text=row.description or "",
        author_model=row.explanationModelName,
        method=row.typeName,
        cosine=row.cosine_similarity,
        feature=feature_of(row.neuron, provenance, site),
    )


def read_nearest_features(
    body: Body, *, ref: FeatureRef, model: str, source: str, provenance: Provenance | None = None
) -> NearestFeatures:
    """Read the answer of cossim (contract, 5.1): neighbours of ``ref`` in ``model``/``source``.

    The reply calls the model by the inference server's name for it (``openai-community/gpt2`` for ``gpt2-small``), so
    the features are named by what was asked for.
    """
    rows = opened(_NEAREST, body).topkDecoderCossimFeatures or []
    named = [(whole(row.feature.index) if row.feature else None, row.cosineSimilarity) for row in rows]
    matches = tuple(
        NearestFeature(model=model, source=source, index=index, cosine=cosine)
        for index, cosine in named
        if index is not None
    )
    return NearestFeatures(
        ref=ref,
        model=model,
        source=source,
        matches=matches,
        warnings=unnamed(len(rows) - len(matches)),
        provenance=provenance,
    )
