"""Features that a person wrote or saved: keys that look like a known one, and are none, are reported.

The service may add fields at any time, so an unknown key is no fault of its own (contract, 1.7); but one that is nearly
a known key, which is then missing, was most likely meant to be it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from np_widgets.models import Feature, Provenance
from np_widgets.wire.features import build_feature
from np_widgets.wire.read import Body, read_feature
from np_widgets.wire.rows import ActivationRow, FeatureRow

#: How alike two names must be, of 1. At 0.8 ``creatorName`` is not yet ``creator``.
_ALIKE = 0.8
#: Of a file with more unknown keys than this, the others are not looked at.
_MOST = 100
#: This package's own words, which a reader of its objects may take for the wire's.
_OWN_WORDS = {
    "max_activation": "maxActApprox",
    "density": "frac_nonzero",
    "promoted": "pos_str",
    "suppressed": "neg_str",
    "activation_histogram": "freq_hist_data_bar_values",
    "logit_histogram": "logits_hist_data_bar_values",
    "neighbours": "topkCosSimIndices",
    "peak": "maxValue",
    "text": "description",
}


class _Activation(ActivationRow, forbid_unknown_fields=True, rename="camel", gc=False):
    """An example all of whose keys are known."""


class _Feature(FeatureRow, forbid_unknown_fields=True):
    """A feature all of whose keys are known: those that are read, and those of contract 2.1 that are passed over."""

    activations: list[_Activation] | None = None  # type: ignore[assignment]  # msgspec lets a field be narrowed
    creator_id: msgspec.Raw | None = msgspec.field(default=None, name="creatorId")
    correlated_features_indices: msgspec.Raw | None = None
    correlated_features_pearson: msgspec.Raw | None = None
    correlated_features_l1: msgspec.Raw | None = None
    umap_log_feature_sparsity: msgspec.Raw | None = None


_ALL_KNOWN = msgspec.json.Decoder(_Feature)
_EXPLANATION_KEYS = {
    "id",
    "description",
    "explanationModelName",
    "typeName",
    "scores",
    "triggeredByUser",
    "author",
}
#: Contract, 2.3: what else an explanation may have.
_EXPLANATION_IGNORED = {
    "modelId",
    "layer",
    "index",
    "authorId",
    "triggeredByUserId",
    "notes",
    "scoreV1",
    "scoreV2",
    "umap_x",
    "umap_y",
    "umap_cluster",
    "umap_log_feature_sparsity",
    "createdAt",
    "updatedAt",
}


def read_own_feature(body: Body, provenance: Provenance | None = None) -> Feature:
    """Read a feature in the service's shape from anywhere else than the service.

    Raises
    ------
    UnexpectedResponse
        When the body is not JSON of that shape.
    """
    row = _with_known_keys_only(body)
    if row is not None:  # nearly always, and then nothing is read twice
        return build_feature(row, provenance, None)
    feature = read_feature(body, provenance)
    return msgspec.structs.replace(feature, misspelt=tuple(_misspelt(json.loads(body))))


def _with_known_keys_only(body: Body) -> FeatureRow | None:
    try:
        row = _ALL_KNOWN.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    known = _EXPLANATION_KEYS | _EXPLANATION_IGNORED
    return row if all(explanation.keys() <= known for explanation in row.explanations or ()) else None


def _misspelt(row: Mapping[str, Any]) -> Iterator[str]:
    for rows, where, read, ignored in (
        ([row], "the feature", FeatureRow.__struct_encode_fields__, _Feature.__struct_encode_fields__),
        (row.get("activations"), "an activation", ActivationRow.__struct_encode_fields__, ()),
        (row.get("explanations"), "an explanation", _EXPLANATION_KEYS, _EXPLANATION_IGNORED),
    ):
        yield from _near_misses(rows or (), where, read, ignored)


def _near_misses(
    rows: Sequence[Mapping[str, Any]], where: str, read: Iterable[str], ignored: Iterable[str]
) -> Iterator[str]:
    """Name every unknown key that is nearly one that is read and that its row lacks."""
    names = {_plain(key): key for key in read}
    names |= {_plain(word): key for word, key in _OWN_WORDS.items() if key in names.values()}
    unknown = {key for row in rows for key in row}.difference(read, ignored)
    for key in sorted(unknown)[:_MOST]:
        for near in get_close_matches(_plain(key), names, 1, _ALIKE):
            meant = names[near]
            if any(key in row and meant not in row for row in rows):
                yield f"{key!r} of {where} is no known key, so it was not read; did you mean {meant!r}?"


def _plain(key: str) -> str:
    return key.casefold().replace("_", "")
