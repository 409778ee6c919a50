"""What the answers to questions have in common: the envelope, one part per text, and how a feature is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import Feature, FeatureRef, Provenance
from np_widgets.wire.features import build_feature
from np_widgets.wire.read import Body, decode
from np_widgets.wire.rows import (
    ExplanationMatchRow,
    ExplanationReply,
    FeatureRow,
    NearestReply,
    SourceReply,
    TokensReply,
    TopFeatureRow,
    TopFeaturesReply,
)

if TYPE_CHECKING:
    import msgspec

R = TypeVar("R", ExplanationReply, TopFeaturesReply, TokensReply, SourceReply, NearestReply)
P = TypeVar("P", TopFeaturesReply, TokensReply, SourceReply)

_MOST_NAMED = 5


def opened(decoder: msgspec.json.Decoder[R], body: Body) -> R:
    """Decode a body, and take it out of the envelope that some routes put around it by accident (contract, 1.7)."""
    reply = decode(decoder, body)
    return reply if reply.data is None else reply.data


def parts(reply: P, results: Sequence[P] | None, texts: Sequence[str]) -> Sequence[P]:
    """Find the answer to each text; ``results`` is None where the reply is to a single one.

    Texts and answers are matched by their place, so one too few would shift the others.
    """
    found = [reply] if results is None else results
    if len(found) != len(texts):
        raise UnexpectedResponse(f"The answer holds {len(found)} results for {len(texts)} texts.")
    return found


def whole(index: str | int | None) -> int | None:
    """Read an index, which is text in one route and a number in another (contract, 1.8)."""
    if isinstance(index, str):
        return int(index) if index.isascii() and index.isdecimal() else None
    return index if index is None or index >= 0 else None


def name_of(row: ExplanationMatchRow | TopFeatureRow, model: str | None) -> FeatureRef | None:
    """Name the feature of a result; None when the row does not."""
    index = whole(row.index)
    model = row.modelId or model
    return FeatureRef(model, row.layer, index) if model and row.layer and index is not None else None


def feature_of(row: FeatureRow | None, provenance: Provenance | None, site: str | None) -> Feature | None:
    """Build the feature that stands with a result."""
    return None if row is None else build_feature(row, provenance, site)


def unnamed(count: int) -> tuple[str, ...]:
    """Say that results were left out."""
    return (f"{counted(count, 'result')} left out that named no feature.",) if count else ()


def missing_features(refs: Iterable[FeatureRef]) -> tuple[str, ...]:
    """Say which features the service names without having them in its database (contract, 9.10)."""
    lost = list(dict.fromkeys(refs))
    if not lost:
        return ()
    names = ", ".join(map(str, lost[:_MOST_NAMED])) + (", …" if len(lost) > _MOST_NAMED else "")
    verb, known = ("is", "its values are") if len(lost) == 1 else ("are", "their values are")
    return (f"{counted(len(lost), 'feature')} {verb} not in the service's database, only {known} known: {names}.",)


def counted(count: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
