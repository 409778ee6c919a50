"""What travels to a front end: models as compact JSON, in the form that ``js/src/core/types.ts`` reads.

Tokens travel once each, as a vocabulary with one number per token; values travel sparse (position, value) where most
are zero, as dense float32 otherwise. Arrays are base64 text inside the JSON and not binary buffers, so that a live
widget, a saved notebook and a stand-alone page hold the same thing.
"""

from np_widgets.payload.feature import feature_payload, histograms_payload, logits_payload
from np_widgets.payload.matches import matches_payload
from np_widgets.payload.matrix import matrix_payload, token_features_payload
from np_widgets.payload.packing import Payload
from np_widgets.payload.provenance import feature_provenance, provenance_payload, texts_provenance
from np_widgets.payload.rows import rows_payload
from np_widgets.payload.steering import rung_payload, steer_result_payload, steered_feature_payload
from np_widgets.payload.texts import texts_payload
from np_widgets.payload.variants import variants_payload

__all__ = [
    "Payload",
    "feature_payload",
    "feature_provenance",
    "histograms_payload",
    "logits_payload",
    "matches_payload",
    "matrix_payload",
    "provenance_payload",
    "rows_payload",
    "rung_payload",
    "steer_result_payload",
    "steered_feature_payload",
    "texts_payload",
    "texts_provenance",
    "token_features_payload",
    "variants_payload",
]
