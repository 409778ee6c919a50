"""JSON in the service's shape to models and back: the one place for sentinels, nulls and odd lengths.

Each sentinel is one only in its own field: -10000 in logit values; -1 in density, bins and token indices; 99 in
``binMax`` beside ``binMin`` -1. Elsewhere they are numbers.
"""

from np_widgets.wire.features import write_feature
from np_widgets.wire.firings import read_source_activations, read_token_features, read_top_features
from np_widgets.wire.matches import PAGE_SIZE, read_explanation_matches, read_nearest_features
from np_widgets.wire.read import (
    Tokenization,
    read_activations,
    read_catalogue,
    read_feature,
    read_features,
    read_model,
    read_models,
    read_source_set,
    read_tokenization,
)
from np_widgets.wire.replies import missing_features

__all__ = [
    "PAGE_SIZE",
    "Tokenization",
    "missing_features",
    "read_activations",
    "read_catalogue",
    "read_explanation_matches",
    "read_feature",
    "read_features",
    "read_model",
    "read_models",
    "read_nearest_features",
    "read_source_activations",
    "read_source_set",
    "read_token_features",
    "read_tokenization",
    "read_top_features",
    "write_feature",
]
