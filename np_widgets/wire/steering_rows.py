"""Rows of the steering routes as the service sends them: names, types and nulls of the wire (contract, 5.4).

Every field may be missing or null, and fields that are not named here are ignored.
"""

from __future__ import annotations

import msgspec


class CandidateRow(msgspec.Struct):
    """A token that could stand in a place: steer has its logarithm, steer-logits its probability."""

    token: str | None = None
    logprob: float | None = None
    prob: float | None = None


class LogprobRow(msgspec.Struct):
    """A written token, as steer has it (``topLogprobs``) and as steer-logits has it (``top_logits``)."""

    token: str | None = None
    logprob: float | None = None
    topLogprobs: list[CandidateRow] | None = None
    top_logits: list[CandidateRow] | None = None


class MessageRow(msgspec.Struct):
    """One turn of a conversation."""

    content: str | None = None
    role: str | None = None


class SteerTextRow(msgspec.Struct):
    """One side of steer-chat and of steer-load, where a completion has no ``chatTemplate``."""

    raw: str | None = None
    chatTemplate: list[MessageRow] | None = None
    logprobs: list[LogprobRow] | None = None


class AxisTurnRow(msgspec.Struct):
    """One turn on the assistant axis; the values stand by the titles."""

    snippet: str | None = None
    pcValues: dict[str, float | None] | None = None
    pcValuesPostCap: dict[str, float | None] | None = None


class AxisRow(msgspec.Struct):
    """One conversation on the assistant axis; ``type`` says which side's."""

    type: str | None = None
    pcTitles: list[str] | None = None
    turns: list[AxisTurnRow] | None = None


class LabelRow(msgspec.Struct):
    """An explanation."""

    description: str | None = None


class SaidOfFeatureRow(msgspec.Struct):
    """What steer-load says of a feature beside its strength."""

    explanations: list[LabelRow] | None = None
    vectorLabel: str | None = None


class SteeredFeatureRow(msgspec.Struct):
    """A feature with its strength, as a saved run and a preset have it."""

    modelId: str | None = None
    layer: str | None = None
    index: str | int | None = None
    strength: float | None = None
    explanation: str | None = None
    neuron: SaidOfFeatureRow | None = None


class SteerSettingsRow(msgspec.Struct):
    """The settings of a run."""

    temperature: float | None = None
    n_tokens: int | None = None
    freq_penalty: float | None = None
    seed: float | None = None
    strength_multiplier: float | None = None
    steer_special_tokens: bool | None = None
    steer_method: str | None = None


class SteerReply(msgspec.Struct):
    """The answer of steer (texts), of steer-chat and steer-load (objects); and each event of their streams."""

    STEERED: str | SteerTextRow | msgspec.UnsetType | None = msgspec.UNSET
    DEFAULT: str | SteerTextRow | msgspec.UnsetType | None = msgspec.UNSET
    steeredLogProbs: list[LogprobRow] | None = None
    defaultLogProbs: list[LogprobRow] | None = None
    id: str | None = None
    shareUrl: str | None = None
    limit: str | int | None = None
    assistant_axis: list[AxisRow] | None = None
    inputText: str | None = None
    outputTextIncludesPrompt: bool | None = None
    settings: SteerSettingsRow | None = None
    features: list[SteeredFeatureRow] | None = None


class PresetRow(msgspec.Struct):
    """Features that the site offers together."""

    name: str | None = None
    alias: str | None = None
    features: list[SteeredFeatureRow] | None = None
    isUserVector: bool | None = None
    exampleSteerOutputId: str | None = None
    steerMethod: str | None = None


class PresetsReply(msgspec.Struct):
    """The answer of steer/presets."""

    featurePresets: list[PresetRow] | None = None


class SteeredLogitsReply(msgspec.Struct):
    """The answer of steer-logits."""

    DEFAULT_GENERATION: str | None = None
    STEERED_GENERATION: str | None = None
    DEFAULT_LOGITS_BY_TOKEN: list[LogprobRow] | None = None
    STEERED_LOGITS_BY_TOKEN: list[LogprobRow] | None = None
