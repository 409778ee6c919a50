"""Typed, immutable data; no input or output here."""

from np_widgets.models.activation import Activation, DirectFeatureAttribution, QuantileInterval, ZPattern
from np_widgets.models.catalogue import Catalogue, MethodName, Model, Release, Source, SourceSet
from np_widgets.models.feature import Feature
from np_widgets.models.matches import (
    Answer,
    ExplanationMatch,
    ExplanationMatches,
    Matches,
    Named,
    NearestFeature,
    NearestFeatures,
    SourceActivations,
    TokenFeatureMatch,
    TokenFeatureMatches,
    TokenMatches,
    TopFeatureMatch,
    TopFeatureMatches,
)
from np_widgets.models.parts import (
    Comment,
    Explanation,
    ExplanationScore,
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
    "Answer",
    "Catalogue",
    "Comment",
    "DirectFeatureAttribution",
    "Explanation",
    "ExplanationMatch",
    "ExplanationMatches",
    "ExplanationScore",
    "Feature",
    "FeatureRef",
    "FloatArray",
    "Histogram",
    "LengthMismatch",
    "ListMembership",
    "LogitWeights",
    "Matches",
    "MethodName",
    "Model",
    "Named",
    "NearestFeature",
    "NearestFeatures",
    "Neighbour",
    "Provenance",
    "QuantileInterval",
    "Record",
    "RefLike",
    "RelatedNeuron",
    "Release",
    "Source",
    "SourceActivations",
    "SourceSet",
    "TokenFeatureMatch",
    "TokenFeatureMatches",
    "TokenMatches",
    "TopFeatureMatch",
    "TopFeatureMatches",
    "ZPattern",
    "frozen_array",
]
