"""JSON in the service's shape to models and back: the one place for sentinels, nulls and odd lengths.

Each sentinel is one only in its own field: -10000 in logit values; -1 in density, bins and token indices; 99 in
``binMax`` beside ``binMin`` -1. Elsewhere they are numbers.
"""

from np_widgets.wire.features import write_feature
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

__all__ = [
    "Tokenization",
    "read_activations",
    "read_catalogue",
    "read_feature",
    "read_features",
    "read_model",
    "read_models",
    "read_source_set",
    "read_tokenization",
    "write_feature",
]
