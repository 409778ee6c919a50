"""Which of the features that an answer holds are shown, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Feature, TokenFeatureMatches, TopFeatureMatch, TopFeatureMatches


def is_rare(feature: Feature | None, threshold: float | None, *, keep_unknown: bool) -> bool:
    """Whether a density threshold lets a feature pass."""
    if threshold is None:
        return True
    if feature is None or feature.density is None:
        return keep_unknown
    return feature.density <= threshold


def strongest(
    answer: TokenFeatureMatches, limit: int, threshold: float | None, *, keep_unknown: bool
) -> TokenFeatureMatches:
    """Keep at each token the strongest features that a density threshold lets pass."""
    kept = [
        [match for match in token.matches if is_rare(match.feature, threshold, keep_unknown=keep_unknown)][:limit]
        for token in answer
    ]
    tokens = tuple(msgspec.structs.replace(t, matches=tuple(m)) for t, m in zip(answer, kept, strict=True))
    return msgspec.structs.replace(answer, matches=tokens)


def by_strength(matches: Iterable[TopFeatureMatch], positions: Sequence[int]) -> tuple[TopFeatureMatch, ...]:
    """Sort by the sum of the values at some tokens, or by the largest value; unknown ones count as nothing."""
    places = list(positions)

    def strength(match: TopFeatureMatch) -> float:
        values = np.nan_to_num(match.values)
        return float(values[places].sum() if places else values.max(initial=0))

    return tuple(sorted(matches, key=strength, reverse=True))


def holds(answer: TopFeatureMatches, positions: Sequence[int], limit: int) -> bool:
    """Whether an answer holds all that an answer sorted by other tokens would.

    A list shorter than the limit holds all that fires anywhere, or at the tokens by which it was sorted: what fires
    nowhere there is taken off after the strongest were counted (contract, 5.2).
    """
    asked, wanted = set(answer.sort_positions), set(positions)
    return asked == wanted or (len(answer) < limit and (not asked or (bool(wanted) and wanted <= asked)))
