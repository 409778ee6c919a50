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
from np_widgets.wire.steered_tokens import read_steered_logits, source_set_of, write_graph_feature
from np_widgets.wire.steering import (
    read_saved_steering,
    read_steer_result,
    read_steering_presets,
    write_steer_request,
)

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
    "read_saved_steering",
    "read_source_activations",
    "read_source_set",
    "read_steer_result",
    "read_steered_logits",
    "read_steering_presets",
    "read_token_features",
    "read_tokenization",
    "read_top_features",
    "source_set_of",
    "write_feature",
    "write_graph_feature",
    "write_steer_request",
]
