"""Rows as the service sends them: names, types and nulls of the wire, nothing mended yet.

Every field may be missing or null, and fields that are not named here are ignored (contract, 1.7 and 2).
"""

from __future__ import annotations

from typing import Any

import msgspec

Numbers = list[float | None]
Row = dict[str, Any]


class ActivationRow(msgspec.Struct, rename="camel", gc=False):
    """An Activation row (contract, 2.2), or the answer of activation/new, which has fewer fields."""

    tokens: tuple[str, ...] | None = None
    values: Numbers | None = None
    max_value: float | None = None
    min_value: float | None = None
    max_value_token_index: int | None = None
    bin_min: float | None = None
    bin_max: float | None = None
    bin_contains: float | None = None
    qualifying_token_index: int | None = None
    dfa_values: Numbers | None = None
    dfa_target_index: int | None = None
    dfa_max_value: float | None = None
    loss_values: Numbers | None = None
    z_values: Numbers | None = None
    z_q_indices: list[int] | None = msgspec.field(default=None, name="zQIndices")
    z_k_indices: list[int] | None = msgspec.field(default=None, name="zKIndices")
    logit_contributions: str | None = None
    data_source: str | None = None
    data_index: str | int | None = None
    id: str | None = None
    model_id: str | None = None
    layer: str | None = None
    index: str | int | None = None
    creator_id: str | None = None
    created_at: str | None = None


class FeatureRow(msgspec.Struct):
    """A Neuron row with what the feature routes add to it (contract, 2.1 and 5.1)."""

    modelId: str
    layer: str
    index: str | int
    activations: list[ActivationRow] | None = None
    maxActApprox: float | None = None
    frac_nonzero: float | None = None
    pos_str: list[str | None] | None = None
    pos_values: Numbers | None = None
    neg_str: list[str | None] | None = None
    neg_values: Numbers | None = None
    freq_hist_data_bar_values: Numbers | None = None
    freq_hist_data_bar_heights: Numbers | None = None
    logits_hist_data_bar_values: Numbers | None = None
    logits_hist_data_bar_heights: Numbers | None = None
    explanations: list[Row] | None = None
    topkCosSimIndices: list[int | None] | None = None
    topkCosSimValues: Numbers | None = None
    neuron_alignment_indices: list[int | None] | None = None
    neuron_alignment_values: Numbers | None = None
    neuron_alignment_l1: Numbers | None = None
    correlated_neurons_indices: list[int | None] | None = None
    correlated_neurons_pearson: Numbers | None = None
    correlated_neurons_l1: Numbers | None = None
    decoder_weights_dist: Numbers | None = None
    hasVector: bool | None = None
    vector: Numbers | None = None
    vectorLabel: str | None = None
    vectorDefaultSteerStrength: float | None = None
    hookName: str | None = None
    sourceSetName: str | None = None
    model: Row | None = None
    source: Row | None = None
    sourceSet: Row | None = None
    lists: list[Row] | None = None
    comments: list[Row] | None = None
    umap_x: float | None = None
    umap_y: float | None = None
    umap_cluster: int | None = None
    creator: Row | None = None
    createdAt: str | None = None
    _provenance: Row | None = None


class ExplanationMatchRow(msgspec.Struct):
    """A result of the explanation searches (contract, 5.3); ``neuron`` is missing where the database has lost it."""

    modelId: str | None = None
    layer: str | None = None
    index: str | int | None = None
    description: str | None = None
    explanationModelName: str | None = None
    typeName: str | None = None
    cosine_similarity: float | None = None
    neuron: FeatureRow | None = None


class ExplanationReply(msgspec.Struct):
    """The answer of the explanation searches."""

    results: list[ExplanationMatchRow] | None = None
    hasMore: bool | None = None
    nextOffset: int | None = None
    data: ExplanationReply | None = None


class TopFeatureRow(msgspec.Struct):
    """A result of search-all (contract, 5.2): ``maxValueIndex`` is what other routes call maxValueTokenIndex."""

    modelId: str | None = None
    layer: str | None = None
    index: str | int | None = None
    values: Numbers | None = None
    maxValue: float | None = None
    maxValueIndex: int | None = None
    dfaValues: Numbers | None = None
    dfaTargetIndex: int | None = None
    dfaMaxValue: float | None = None
    neuron: FeatureRow | None = None


class TopFeaturesReply(msgspec.Struct):
    """The answer of search-all: ``result``, singular, for one text; ``results`` for several."""

    tokens: tuple[str, ...] | None = None
    result: list[TopFeatureRow] | None = None
    results: list[TopFeaturesReply] | None = None
    data: TopFeaturesReply | None = None


class TokenFeatureRow(msgspec.Struct):
    """A feature at a token, as search-topk-by-token has it."""

    featureIndex: int | str | None = None
    activationValue: float | None = None
    feature: FeatureRow | None = None


class TokensReply(msgspec.Struct):
    """The answer of search-topk-by-token, where ``results`` are tokens for one text, and such answers for several."""

    results: list[TokensReply] | None = None
    position: int | None = None
    token: str | None = None
    isSpecial: bool | None = None
    topFeatures: list[TokenFeatureRow] | None = None
    data: TokensReply | None = None


class SourceReply(msgspec.Struct):
    """The answer of activation/source: by index, pairs of token and value."""

    tokens: tuple[str, ...] | None = None
    activeFeatures: dict[str, list[tuple[int, float | None]] | None] | None = None
    results: list[SourceReply] | None = None
    data: SourceReply | None = None


class NameRow(msgspec.Struct):
    """A feature as cossim names it; the model is called as the inference server knows it."""

    index: int | str | None = None


class NearestRow(msgspec.Struct):
    """A neighbour, as cossim has it."""

    feature: NameRow | None = None
    cosineSimilarity: float | None = None


class NearestReply(msgspec.Struct):
    """The answer of cossim."""

    topkDecoderCossimFeatures: list[NearestRow] | None = None
    data: NearestReply | None = None
