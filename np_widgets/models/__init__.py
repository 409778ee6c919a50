"""Typed, immutable data; no input or output here."""

from np_widgets.models.activation import Activation, DirectFeatureAttribution, QuantileInterval, ZPattern
from np_widgets.models.catalogue import Catalogue, MethodName, Model, Release, Source, SourceSet
from np_widgets.models.feature import (
    Comment,
    Explanation,
    ExplanationScore,
    Feature,
    Histogram,
    ListMembership,
    LogitWeights,
    Neighbour,
    RelatedNeuron,
)
from np_widgets.models.provenance import LengthMismatch, Provenance
from np_widgets.models.record import NO_NUMBERS, FloatArray, Record, frozen_array
from np_widgets.models.ref import FeatureRef, RefLike

__all__ = [
    "NO_NUMBERS",
    "Activation",
    "Catalogue",
    "Comment",
    "DirectFeatureAttribution",
    "Explanation",
    "ExplanationScore",
    "Feature",
    "FeatureRef",
    "FloatArray",
    "Histogram",
    "LengthMismatch",
    "ListMembership",
    "LogitWeights",
    "MethodName",
    "Model",
    "Neighbour",
    "Provenance",
    "QuantileInterval",
    "Record",
    "RefLike",
    "RelatedNeuron",
    "Release",
    "Source",
    "SourceSet",
    "ZPattern",
    "frozen_array",
]
