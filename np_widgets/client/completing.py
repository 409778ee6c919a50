"""Answers to several texts made like those to one, with which alone the service sends features (contract, 9.10).

It also leaves its filters out there; they are applied here, by the same rules [S search-all and search-topk-by-token].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from np_widgets.wire import missing_features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from np_widgets.models import (
        Feature,
        FeatureRef,
        TokenFeatureMatch,
        TokenFeatureMatches,
        TokenMatches,
        TopFeatureMatch,
        TopFeatureMatches,
    )
    from np_widgets.searches import SetSearch, TokenSearch

    Found = Mapping[FeatureRef, Feature]


def complete_top(answer: TopFeatureMatches, found: Found, search: SetSearch) -> TopFeatureMatches:
    """Add the features; leave out what is too dense, or does not fire where the list is sorted by."""
    held = [msgspec.structs.replace(match, feature=found.get(match.ref)) for match in answer.matches]
    kept = tuple(match for match in held if match.feature is None or _passes(match, match.feature, search))
    lost = missing_features(match.ref for match in kept if match.feature is None)
    return msgspec.structs.replace(answer, matches=kept, warnings=answer.warnings + lost)


def _passes(match: TopFeatureMatch, feature: Feature, search: SetSearch) -> bool:
    if _is_too_dense(feature, search.density_threshold):
        return False
    if not search.sort_positions:
        return match.peak is not None and match.peak > 0
    inside = [position for position in search.sort_positions if position < len(match.values)]
    return bool(np.nansum(match.values[inside]) > 0)


def complete_tokens(answer: TokenFeatureMatches, found: Found, search: TokenSearch) -> TokenFeatureMatches:
    """Add the features, without examples; leave out what is too dense, and special tokens where they are ignored."""
    bare = {ref: msgspec.structs.replace(feature, activations=()) for ref, feature in found.items()}
    matches = tuple(
        _complete_token(token, bare, search) for token in answer.matches if not (search.ignore_bos and token.is_special)
    )
    lost = missing_features(match.ref for token in matches for match in token.matches if match.feature is None)
    return msgspec.structs.replace(answer, matches=matches, warnings=answer.warnings + lost)


def _complete_token(token: TokenMatches, found: Found, search: TokenSearch) -> TokenMatches:
    held = (msgspec.structs.replace(match, feature=found.get(match.ref)) for match in token.matches)
    return msgspec.structs.replace(token, matches=tuple(match for match in held if _is_sparse(match, search)))


def _is_sparse(match: TokenFeatureMatch, search: TokenSearch) -> bool:
    """Whether a feature at a token passes the threshold: here, unlike above, one that is not known does not."""
    if search.density_threshold is None:
        return True
    known = match.feature is not None and match.feature.density != 0
    return known and not _is_too_dense(match.feature, search.density_threshold)


def _is_too_dense(feature: Feature | None, threshold: float | None) -> bool:
    density = None if feature is None else feature.density
    return threshold is not None and density is not None and density > threshold
