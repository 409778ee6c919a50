"""Steering: what is asked of a model, and what it says with the features and without."""

from np_widgets.models.steering.logits import GraphFeature, SteeredLogits
from np_widgets.models.steering.parts import ChatMessage, FeaturesLike, MessagesLike, SteeringFeature, SteeringPreset
from np_widgets.models.steering.request import SteerRequest
from np_widgets.models.steering.result import AxisReading, AxisTurn, Candidate, SteerResult, SteerText, TokenLogprob
from np_widgets.models.steering.settings import METHODS, RANGES, SteerSettings

__all__ = [
    "METHODS",
    "RANGES",
    "AxisReading",
    "AxisTurn",
    "Candidate",
    "ChatMessage",
    "FeaturesLike",
    "GraphFeature",
    "MessagesLike",
    "SteerRequest",
    "SteerResult",
    "SteerSettings",
    "SteerText",
    "SteeredLogits",
    "SteeringFeature",
    "SteeringPreset",
    "TokenLogprob",
]
