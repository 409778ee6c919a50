"""How much of an answer: a part of a longer one, or one put together from several."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import msgspec

from np_widgets.models import Feature, Matches, TokenFeatureMatches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from np_widgets.models import Activation, ExplanationMatches

A = TypeVar("A", bound="Feature | Matches[Any]")


def cut(answer: A, most: int) -> A:
    """Leave an answer its first matches, one token by token the first at each, and a feature its strongest examples."""
    if isinstance(answer, Feature):
        ranked = sorted(answer.activations, key=_peak, reverse=True)
        return msgspec.structs.replace(answer, activations=tuple(ranked[:most]))
    if isinstance(answer, TokenFeatureMatches):
        tokens = (msgspec.structs.replace(token, matches=token.matches[:most]) for token in answer.matches)
        return msgspec.structs.replace(answer, matches=tuple(tokens))
    return msgspec.structs.replace(answer, matches=answer.matches[:most])


def put_together(pages: Sequence[tuple[int, ExplanationMatches]], offset: int, limit: int) -> ExplanationMatches | None:
    """Make one answer of a search from recorded ones, each with the offset that it begins at.

    A page of a search that filters holds fewer matches than its offset goes on by. So a place inside a page is its
    offset plus the matches before it, which never reaches the next page's, and behind its last match the page says
    itself where to go on.

    Returns
    -------
    ExplanationMatches or None
        As many matches as there are up to ``limit``, and where to go on; None when no page holds the place ``offset``.
    """
    used: list[ExplanationMatches] = []
    matches: list[Any] = []
    place: int | None = offset
    while place is not None and (not used or len(matches) < limit):
        held = [(start, page) for start, page in pages if start == place or start < place < start + len(page)]
        if not held:
            break
        start, page = max(held, key=lambda pair: pair[0] + len(pair[1]))
        taken = page.matches[place - start :][: limit - len(matches)]
        matches += taken
        used.append(page)
        place += len(taken)
        if place >= start + len(page):
            # A file may say anything; going on means forward.
            place = page.next_offset if page.next_offset is not None and page.next_offset > start else None
    if not used:
        return None
    said = dict.fromkeys(sentence for page in used for sentence in page.warnings)
    return msgspec.structs.replace(
        used[0], matches=tuple(matches), next_offset=place, interrupted=None, warnings=tuple(said)
    )


def _peak(activation: Activation) -> float:
    peak = activation.peak
    return -math.inf if peak is None or math.isnan(peak) else peak
