"""Features by tokens: which fire on a text and where, and which fire most at each token."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from np_widgets.payload.packing import Payload, float32, optional, packed, speakable
from np_widgets.payload.provenance import provenance_payload
from np_widgets.tokens import decode, is_special, joined, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import TokenFeatureMatch, TokenFeatureMatches, TopFeatureMatch, TopFeatureMatches


def tokens_payload(tokens: Sequence[str], special: Iterable[int] | None = None) -> Payload:
    """Pack the tokens of one text: raw, and readable where that differs.

    Parameters
    ----------
    tokens : sequence of str
        Raw.
    special : iterable of int, optional
        The places of the vocabulary's own marks; by default those that look like one.
    """
    together = joined(tokens)
    readable = [together.get(place, decode(token)) for place, token in enumerate(tokens)]
    said = [visible(text) if text or place not in together else "" for place, text in enumerate(readable)]
    marks = (n for n, token in enumerate(tokens) if is_special(token)) if special is None else special
    return {
        "tokens": [speakable(token) for token in tokens],
        **optional(
            shown={str(n): text for n, (token, text) in enumerate(zip(tokens, said, strict=True)) if text != token},
            special=list(marks),
            breaks=[n for n, text in enumerate(readable) if "\n" in text],
        ),
    }


def matrix_payload(answer: TopFeatureMatches) -> Payload:
    """Pack the features that fire on a text: their values row by row, over the text's tokens."""
    return {
        "text": answer.text,
        **tokens_payload(answer.tokens),
        "features": [_named(match) for match in answer.matches],
        "values": packed(answer.values.ravel()),
        "provenance": provenance_payload([answer.provenance], answer.warnings),
    }


def token_features_payload(answer: TokenFeatureMatches, limit: int) -> Payload:
    """Pack the features that fire most at each token: each feature once, then a number and a value per token and rank.

    ``cut`` lists the places of tokens at which there may be more than the ``limit`` that were asked for.
    """
    found = list(chain.from_iterable(token.matches for token in answer))
    features = {match.index: match for match in reversed(found)}
    numbers = {index: number for number, index in enumerate(features)}
    return {
        "text": answer.text,
        **tokens_payload([token.token for token in answer], [n for n, t in enumerate(answer) if t.is_special]),
        "positions": [token.position for token in answer],
        "features": [_named(match) for match in features.values()],
        "counts": [len(token.matches) for token in answer],
        "numbers": [numbers[match.index] for match in found],
        "values": {"value": float32(np.array([match.value for match in found]))},
        "cut": [n for n, token in enumerate(answer) if len(token.matches) >= limit],
        "provenance": provenance_payload([answer.provenance], answer.warnings),
    }


def _named(match: TopFeatureMatch | TokenFeatureMatch) -> Payload:
    """Name a feature, with what a row says of it; ``lost`` where the database lacks it."""
    feature = match.feature
    line: Payload = {"ref": str(match.ref), "source": match.source, "index": match.index}
    if feature is None:
        return {**line, "lost": True}
    return {
        **line,
        "explanation": feature.explanation,
        "density": feature.density,
        "max_activation": feature.max_activation,
    }
