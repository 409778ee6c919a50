"""Neuronpedia in a notebook: sparse-autoencoder features, fetched, drawn and framed.

Everything below is loaded when it is first used: importing this package loads neither pandas nor requests nor NumPy
nor a source, so that it costs a notebook nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what completion and type checkers see; `_HOMES` says the same to the interpreter
    from np_widgets.client import NeuronpediaClient, login, upload_crosscoder_features, upload_dashboard
    from np_widgets.errors import (
        ConnectionFailed,
        InvalidRequest,
        NeuronpediaError,
        NotFound,
        RateLimited,
        ServerError,
        Unauthorized,
        Unconfirmed,
        UnexpectedResponse,
    )
    from np_widgets.frames import to_dataframe
    from np_widgets.models import Activation, Catalogue, Explanation, Feature, FeatureRef, SteerRequest
    from np_widgets.sources import FeatureSource, activate, get_feature, get_features, record, steer, use
    from np_widgets.sources.bundle import BundleSource
    from np_widgets.sources.demo import DemoSource
    from np_widgets.sources.neuronpedia import NeuronpediaSource
    from np_widgets.widgets.comparison import FeatureComparison
    from np_widgets.widgets.dashboard import FeatureDashboard
    from np_widgets.widgets.feature_list import FeatureList
    from np_widgets.widgets.heatmap import ActivationHeatmap
    from np_widgets.widgets.histogram import ActivationHistogram
    from np_widgets.widgets.logits import LogitBars
    from np_widgets.widgets.search import ExplanationSearch
    from np_widgets.widgets.steering import SteeringPanel
    from np_widgets.widgets.token_features import TokenFeatures
    from np_widgets.widgets.top_features import TopFeatures

__version__ = "0.1.0"

_HOMES = {
    "Activation": "models",
    "ActivationHeatmap": "widgets.heatmap",
    "ActivationHistogram": "widgets.histogram",
    "BundleSource": "sources.bundle",
    "Catalogue": "models",
    "ConnectionFailed": "errors",
    "DemoSource": "sources.demo",
    "Explanation": "models",
    "ExplanationSearch": "widgets.search",
    "Feature": "models",
    "FeatureComparison": "widgets.comparison",
    "FeatureDashboard": "widgets.dashboard",
    "FeatureList": "widgets.feature_list",
    "FeatureRef": "models",
    "FeatureSource": "sources",
    "InvalidRequest": "errors",
    "LogitBars": "widgets.logits",
    "NeuronpediaClient": "client",
    "NeuronpediaError": "errors",
    "NeuronpediaSource": "sources.neuronpedia",
    "NotFound": "errors",
    "RateLimited": "errors",
    "ServerError": "errors",
    "SteerRequest": "models",
    "SteeringPanel": "widgets.steering",
    "TokenFeatures": "widgets.token_features",
    "TopFeatures": "widgets.top_features",
    "Unauthorized": "errors",
    "Unconfirmed": "errors",
    "UnexpectedResponse": "errors",
    "activate": "sources",
    "get_feature": "sources",
    "get_features": "sources",
    "login": "client",
    "record": "sources",
    "steer": "sources",
    "to_dataframe": "frames",
    "upload_crosscoder_features": "client",
    "upload_dashboard": "client",
    "use": "sources",
}

__all__ = [
    "Activation",
    "ActivationHeatmap",
    "ActivationHistogram",
    "BundleSource",
    "Catalogue",
    "ConnectionFailed",
    "DemoSource",
    "Explanation",
    "ExplanationSearch",
    "Feature",
    "FeatureComparison",
    "FeatureDashboard",
    "FeatureList",
    "FeatureRef",
    "FeatureSource",
    "InvalidRequest",
    "LogitBars",
    "NeuronpediaClient",
    "NeuronpediaError",
    "NeuronpediaSource",
    "NotFound",
    "RateLimited",
    "ServerError",
    "SteerRequest",
    "SteeringPanel",
    "TokenFeatures",
    "TopFeatures",
    "Unauthorized",
    "Unconfirmed",
    "UnexpectedResponse",
    "activate",
    "get_feature",
    "get_features",
    "login",
    "record",
    "steer",
    "to_dataframe",
    "upload_crosscoder_features",
    "upload_dashboard",
    "use",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
