"""Steering at single tokens, by the servers of the attribution graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from np_widgets import checks
from np_widgets.client import calls
from np_widgets.client.base import BaseClient
from np_widgets.errors import InvalidRequest
from np_widgets.models import GraphFeature, SteerSettings
from np_widgets.wire import read_steered_logits, source_set_of, write_graph_feature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import SteeredLogits

_MOST_TOKENS, _MOST_CANDIDATES = 256, 10


class TokenSteeringEndpoints(BaseClient):
    """The part of :class:`NeuronpediaClient` that steers at tokens."""

    def steer_logits(
        self,
        features: GraphFeature | Sequence[GraphFeature],
        prompt: str,
        *,
        n_tokens: int = 64,
        n_candidates: int = 5,
        freeze_attention: bool = True,
        temperature: float = 0.5,
        frequency_penalty: float = 1.0,
        seed: int | None = 16,
    ) -> SteeredLogits:
        """Steer at chosen tokens, and see what else each written token could have been (``POST /api/steer-logits``).

        The service has it for the models of its attribution graphs, such as ``gemma-2-2b`` and ``qwen3-4b`` (contract,
        5.4). Where a feature fires is counted in the tokens that the graph shows.

        Parameters
        ----------
        features : GraphFeature or sequence of them
            Of one source set, each with the token at which it fires and what is done to it.
        prompt : str
            Not empty.
        n_tokens : int
            The most tokens to write, 1 to 256.
        n_candidates : int
            How many likeliest tokens come with each, 0 to 10.
        freeze_attention : bool
            Whether what each token attends to stays as it is without steering.
        temperature : float
            0 to 2; 0 always takes the likeliest token.
        frequency_penalty : float
            -2 to 2.
        seed : int or None
            The same seed gives the same text; None takes another each time.

        Returns
        -------
        SteeredLogits

        Raises
        ------
        InvalidRequest
            Before anything is sent, when the service would refuse it.

        Examples
        --------
        >>> from np_widgets.models import FeatureRef, GraphFeature
        >>> ref = FeatureRef("gemma-2-2b", "14-gemmascope-transcoder-16k", 2268)
        >>> client.steer_logits(GraphFeature(ref=ref, active_position=1, delta=20.0), "Once upon", n_tokens=4)
        """
        listed = [features] if isinstance(features, GraphFeature) else list(features)
        model, source_set = _where(listed)
        # The ranges are those of a run; a seed that is left out is in range.
        settings = SteerSettings(temperature=temperature, frequency_penalty=frequency_penalty, seed=seed or 0)
        body = {
            "sourceSetName": source_set,
            "prompt": checks.check_prompt(prompt),
            "features": [write_graph_feature(feature) for feature in listed],
            "nTokens": checks.check_count(n_tokens, "n_tokens", 1, _MOST_TOKENS),
            "topK": checks.check_count(n_candidates, "n_candidates", 0, _MOST_CANDIDATES),
            "freezeAttention": bool(freeze_attention),
            "temperature": settings.temperature,
            "freqPenalty": settings.frequency_penalty,
            "seed": None if seed is None else settings.seed,
        }
        return self._reader.read(
            calls.steer_logits(model, body),
            lambda reply, origin: read_steered_logits(reply, model=model, prompt=prompt, provenance=origin),
        )


def _where(features: Sequence[GraphFeature]) -> tuple[str, str]:
    """Find the model and the source set that all the features are of."""
    places = sorted({(feature.ref.model, source_set_of(feature)) for feature in features})
    if not places:
        raise InvalidRequest("There is no feature to steer by.", remedy="Name at least one.")
    if len(places) > 1:
        listed = ", ".join(map("/".join, places))
        raise InvalidRequest(f"The features are of {len(places)} source sets: {listed}.", remedy="Steer by one.")
    return places[0]
