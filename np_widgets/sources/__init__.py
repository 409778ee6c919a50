"""Where features come from, one file each behind one protocol; each loads when it is asked for."""

from np_widgets.sources.base import Action, FeatureSource
from np_widgets.sources.default import SourceLike, activate, get_feature, get_features, resolve, steer, use
from np_widgets.sources.recording import record

__all__ = [
    "Action",
    "FeatureSource",
    "SourceLike",
    "activate",
    "get_feature",
    "get_features",
    "record",
    "resolve",
    "steer",
    "use",
]
