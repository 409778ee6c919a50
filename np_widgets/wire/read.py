"""Bodies of the service's answers to models."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import Activation, Catalogue, Feature, Model, Provenance, Record, SourceSet
from np_widgets.wire.activations import build_activations
from np_widgets.wire.features import build_feature
from np_widgets.wire.rows import ActivationRow, FeatureRow, Row
from np_widgets.wire.tables import read_method_name, read_model_row, read_release_row, read_source_set_row

T = TypeVar("T")
Body = bytes | str

_FEATURE = msgspec.json.Decoder(FeatureRow)
_FEATURES = msgspec.json.Decoder(list[FeatureRow])
_ACTIVATIONS = msgspec.json.Decoder(list[ActivationRow])
_ACTIVATION = msgspec.json.Decoder(ActivationRow)
_OBJECT = msgspec.json.Decoder(dict[str, Any])
_OBJECT_OR_NULL = msgspec.json.Decoder(dict[str, Any] | None)
_OBJECTS = msgspec.json.Decoder(list[Row])


class Tokenization(Record, frozen=True, kw_only=True, eq=False):
    """A text cut into tokens.

    Attributes
    ----------
    ids : tuple of int
        Vocabulary numbers.
    tokens : tuple of str
        The tokens' strings, each decoded alone.
    prepend_bos : bool
        Whether the beginning-of-text token was put in front.
    """

    ids: tuple[int, ...]
    tokens: tuple[str, ...]
    prepend_bos: bool = True


def decode(decoder: msgspec.json.Decoder[T], body: Body) -> T:
    """Decode a body; what strict JSON does not know (``NaN``), and null tokens, take the slower, tolerant way."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as strict:
        try:
            loose = json.loads(body)
            return msgspec.convert(_tolerated(loose), decoder.type, strict=False)
        except (ValueError, RecursionError, msgspec.MsgspecError):
            reason = str(strict)
    raise UnexpectedResponse(f"This is not the JSON that was expected: {reason}.")


def _tolerated(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Turn NaN and infinities into null, and null tokens into empty ones."""
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, list):
        return [_tolerated(item) for item in value]
    if isinstance(value, dict):
        held = {key: _tolerated(item) for key, item in value.items()}
        if isinstance(held.get("tokens"), list):
            held["tokens"] = ["" if token is None else token for token in held["tokens"]]
        return held
    return value


def read_feature(body: Body, provenance: Provenance | None = None, site: str | None = None) -> Feature:
    """Read the body of ``GET /api/feature/{model}/{layer}/{index}`` (contract, 5.1).

    Raises
    ------
    UnexpectedResponse
        When the body is not JSON of that shape.
    """
    return build_feature(decode(_FEATURE, body), provenance, site)


def read_features(body: Body, provenance: Provenance | None = None, site: str | None = None) -> list[Feature]:
    """Read the body of ``POST /api/features`` or ``/api/features-offset``: an array of rows, in any order."""
    return [build_feature(row, provenance, site) for row in decode(_FEATURES, body)]


def read_activations(body: Body, provenance: Provenance | None = None) -> list[Activation]:
    """Read the body of activation/get (an array) or activation/new (one object, or an array for many texts)."""
    text = body.lstrip()
    one = text[:1] in (b"{", "{")
    rows = [decode(_ACTIVATION, body)] if one else decode(_ACTIVATIONS, body)
    if one and rows[0].tokens is None:
        raise UnexpectedResponse("The answer holds no tokens.")
    return list(build_activations(rows, provenance))


def read_models(body: Body) -> list[Model]:
    """Read the body of ``POST /api/model/list``."""
    return [read_model_row(row) for row in decode(_OBJECTS, body)]


def read_model(body: Body) -> Model | None:
    """Read the body of ``POST /api/model/get``; None for the service's ``null`` (no such model)."""
    row = decode(_OBJECT_OR_NULL, body)
    return None if row is None else read_model_row(row)


def read_source_set(body: Body) -> SourceSet | None:
    """Read the body of ``GET /api/source-set/{model}/{name}``; None for the service's ``null``."""
    row = decode(_OBJECT_OR_NULL, body)
    return None if row is None else read_source_set_row(row)


def read_catalogue(body: Body) -> Catalogue:
    """Read the body of ``POST /api/global``, public entries only (the service sends unlisted ones to everyone)."""
    row = decode(_OBJECT, body)

    def names(key: str) -> Any:  # noqa: ANN401 (a tuple of MethodName)
        return tuple(map(read_method_name, row.get(key) or ()))

    return Catalogue(
        models=tuple(map(read_model_row, _public(row.get("models"), "sourceSets"))),
        releases=tuple(map(read_release_row, _public(row.get("releases"), "sourceSets"))),
        explanation_methods=names("explanationTypes"),
        explanation_models=names("explanationModels"),
        score_methods=names("explanationScoreTypes"),
        score_models=names("explanationScoreModelTypes"),
    )


def _public(rows: list[Row] | None, *nested: str) -> list[Row]:
    """Keep what everyone may see, at every level: entries that say ``PUBLIC``, or nothing of visibility."""
    kept = [row for row in rows or () if row.get("visibility") in (None, "PUBLIC")]
    if not nested:
        return kept
    below = {"sourceSets": ("sources",)}.get(nested[0], ())
    return [{**row, nested[0]: _public(row.get(nested[0]), *below)} for row in kept]


def read_tokenization(body: Body) -> Tokenization:
    """Read the body of ``POST /api/tokenize``, in its envelope or bare (contract, 1.7)."""
    row = decode(_OBJECT, body)
    row = row.get("data") or row
    ids, tokens = row.get("tokens"), row.get("tokenStrings")
    if not isinstance(ids, list) or not isinstance(tokens, list):
        raise UnexpectedResponse("The answer holds no tokens.")
    return Tokenization(ids=tuple(ids), tokens=tuple(tokens), prepend_bos=bool(row.get("prependBos", True)))
