"""What fires on a text, from the service's shape to models: one answer per text, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import msgspec
import numpy as np

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import (
    LengthMismatch,
    Provenance,
    SourceActivations,
    TokenFeatureMatch,
    TokenFeatureMatches,
    TokenMatches,
    TopFeatureMatch,
    TopFeatureMatches,
    frozen_array,
)
from np_widgets.wire.activations import build_activations
from np_widgets.wire.read import Body
from np_widgets.wire.replies import counted, feature_of, missing_features, name_of, opened, parts, unnamed, whole
from np_widgets.wire.rows import (
    ActivationRow,
    SourceReply,
    TokenFeatureRow,
    TokensReply,
    TopFeatureRow,
    TopFeaturesReply,
)

_TOP_FEATURES = msgspec.json.Decoder(TopFeaturesReply)
_TOKENS = msgspec.json.Decoder(TokensReply)
_SOURCE = msgspec.json.Decoder(SourceReply)


def read_top_features(
    body: Body,
    *,
    texts: Sequence[str],
    model: str,
    source_set: str,
    sources: Sequence[str] = (),
    sort_positions: Sequence[int] = (),
    provenance: Provenance | None = None,
    site: str | None = None,
) -> list[TopFeatureMatches]:
    """Read the answer of search-all (contract, 5.2); one to a list of texts holds no features, only their names."""
    reply = opened(_TOP_FEATURES, body)
    answers = []
    for text, part in zip(texts, parts(reply, reply.results, texts), strict=True):
        if part.tokens is None or part.result is None:
            raise UnexpectedResponse("The answer holds no tokens, or no results.")
        matches, warnings = _top_matches(part.tokens, part.result, model, provenance, site)
        if part is reply:
            warnings += missing_features(match.ref for match in matches if match.feature is None)
        answers.append(
            TopFeatureMatches(
                text=text,
                model=model,
                source_set=source_set,
                sources=tuple(sources),
                sort_positions=tuple(sort_positions),
                tokens=part.tokens,
                matches=matches,
                warnings=warnings,
                provenance=provenance,
            )
        )
    return answers


def _top_matches(
    tokens: tuple[str, ...],
    rows: Sequence[TopFeatureRow],
    model: str,
    provenance: Provenance | None,
    site: str | None,
) -> tuple[tuple[TopFeatureMatch, ...], tuple[str, ...]]:
    """Build the matches, their values mended as those of examples are, and say what was mended."""
    matches, warnings = [], []
    for row, mended in zip(rows, build_activations([_as_activation(tokens, row) for row in rows]), strict=True):
        ref = name_of(row, model)
        if ref is None:
            continue
        warnings += [f"{ref}: {_repair(mismatch)}." for mismatch in mended.mismatches]
        matches.append(
            TopFeatureMatch(
                model=ref.model,
                source=ref.source,
                index=ref.index,
                values=mended.values,
                peak=mended.peak,
                peak_index=mended.peak_index,
                dfa=mended.dfa,
                feature=feature_of(row.neuron, provenance, site),
            )
        )
    return tuple(matches), (*unnamed(len(rows) - len(matches)), *warnings)


def _as_activation(tokens: tuple[str, ...], row: TopFeatureRow) -> ActivationRow:
    return ActivationRow(
        tokens=tokens,
        values=row.values,
        max_value=row.maxValue,
        max_value_token_index=row.maxValueIndex,
        dfa_values=row.dfaValues,
        dfa_target_index=row.dfaTargetIndex,
        dfa_max_value=row.dfaMaxValue,
    )


def _repair(mismatch: LengthMismatch) -> str:
    fate = "the missing ones show as unknown" if mismatch.got < mismatch.expected else "the surplus is left out"
    return f"{mismatch.got} {mismatch.field} for {counted(mismatch.expected, 'token')}; {fate}"


def read_token_features(
    body: Body,
    *,
    texts: Sequence[str],
    model: str,
    source: str,
    provenance: Provenance | None = None,
    site: str | None = None,
) -> list[TokenFeatureMatches]:
    """Read the answer of search-topk-by-token (contract, 5.2); one to a list of texts holds no features.

    The service fills its lists up with features whose activation is 0 (contract, 9.10); these are left out.
    """
    reply = opened(_TOKENS, body)
    # Both forms have `results`: the tokens of one text, or for each of a list such an answer of its own.
    is_list = len(texts) > 1 or any(part.results is not None for part in reply.results or ())
    answers = []
    for text, part in zip(texts, parts(reply, (reply.results or []) if is_list else None, texts), strict=True):
        if part.results is None:
            raise UnexpectedResponse("The answer holds no results.")
        tokens = tuple(_token(row, place, model, source, provenance, site) for place, row in enumerate(part.results))
        lost = (match.ref for token in tokens for match in token.matches if match.feature is None)
        answers.append(
            TokenFeatureMatches(
                text=text,
                model=model,
                source=source,
                matches=tokens,
                warnings=() if is_list else missing_features(lost),
                provenance=provenance,
            )
        )
    return answers


def _token(
    row: TokensReply, place: int, model: str, source: str, provenance: Provenance | None, site: str | None
) -> TokenMatches:
    fired = [match for match in row.topFeatures or () if match.activationValue != 0]
    return TokenMatches(
        position=place if row.position is None else row.position,
        token=row.token or "",
        is_special=bool(row.isSpecial),
        matches=tuple(_token_feature(match, model, source, provenance, site) for match in fired),
    )


def _token_feature(
    row: TokenFeatureRow, model: str, source: str, provenance: Provenance | None, site: str | None
) -> TokenFeatureMatch:
    return TokenFeatureMatch(
        model=model,
        source=source,
        index=_index(row.featureIndex),
        value=nan if row.activationValue is None else row.activationValue,
        feature=feature_of(row.feature, provenance, site),
    )


def read_source_activations(
    body: Body, *, texts: Sequence[str], model: str, source: str, provenance: Provenance | None = None
) -> list[SourceActivations]:
    """Read the answer of activation/source (contract, 5.2)."""
    reply = opened(_SOURCE, body)
    found = parts(reply, reply.results, texts)
    return [_entries(text, part, model, source, provenance) for text, part in zip(texts, found, strict=True)]


def _entries(text: str, row: SourceReply, model: str, source: str, provenance: Provenance | None) -> SourceActivations:
    """Lay the pairs of token and value of every feature into three parallel arrays."""
    if row.tokens is None:
        raise UnexpectedResponse("The answer holds no tokens.")
    active = {_index(key): pairs or [] for key, pairs in (row.activeFeatures or {}).items()}
    indices = np.repeat(np.array(list(active), dtype=np.int64), [len(pairs) for pairs in active.values()])
    positions = np.array([position for pairs in active.values() for position, _ in pairs], dtype=np.int64)
    values = frozen_array([value for pairs in active.values() for _, value in pairs])
    order = np.lexsort((positions, indices))
    kept = order[(positions[order] >= 0) & (positions[order] < len(row.tokens))]
    lost = len(order) - len(kept)
    return SourceActivations(
        text=text,
        model=model,
        source=source,
        tokens=row.tokens,
        positions=_frozen(positions[kept]),
        indices=_frozen(indices[kept]),
        values=frozen_array(values[kept]),
        warnings=(f"{counted(lost, 'value')} left out that stood beyond the text's tokens.",) if lost else (),
        provenance=provenance,
    )


def _index(given: str | int | None) -> int:
    index = whole(given)
    if index is None:
        raise UnexpectedResponse(f"The answer names a feature of index {given!r}, which is no number.")
    return index


def _frozen(array: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    array.flags.writeable = False
    return array
