"""Steering at single tokens, by the features of attribution graphs."""

from __future__ import annotations

from np_widgets.models.matches import Answer
from np_widgets.models.record import Record
from np_widgets.models.ref import FeatureRef
from np_widgets.models.steering.result import SteerText


class GraphFeature(Record, frozen=True, kw_only=True, eq=False):
    """A feature of an attribution graph, and what is done to it at which token.

    Attributes
    ----------
    ref : FeatureRef
        Of a transcoder, such as ``gemma-2-2b/14-gemmascope-transcoder-16k/2268``.
    active_position : int
        The prompt's token at which it fires, counted from the beginning-of-text token.
    position : int or None
        The token at which it is steered; None for all that are written. For both, name the feature twice.
    delta : float or None
        What is added to its activation; None takes it out (ablates it). The site adds multiples of its maximum
        activation.
    """

    ref: FeatureRef
    active_position: int
    position: int | None = None
    delta: float | None = None


class SteeredLogits(Answer, frozen=True, kw_only=True, eq=False):
    """Both texts token by token, each token with the likeliest ones in its place.

    Attributes
    ----------
    model, prompt : str
    default, steered : SteerText
        Their ``tokens`` have ``candidates``.
    """

    model: str
    prompt: str
    default: SteerText
    steered: SteerText
