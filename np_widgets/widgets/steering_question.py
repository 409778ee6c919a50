"""What a steering panel asks: a prompt or a turn of a conversation, by its features, strengths and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from np_widgets.errors import InvalidRequest, NeuronpediaError
from np_widgets.models import FeatureRef, SteeringFeature, SteerRequest, SteerSettings
from np_widgets.payload.steering import label_of
from np_widgets.widgets.base import json_trait
from np_widgets.widgets.steering_runs import SteeringRuns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from np_widgets.models import SteerResult


class SteeringQuestion(SteeringRuns):
    """The part of a steering panel that makes a request of what is set, and knows which can be asked."""

    prompt = traitlets.Unicode("", help="What the model goes on with; in a chat the user's message.").tag(sync=True)
    chat = traitlets.Bool(
        None, allow_none=True, help="Whether it is a conversation; by default where the model is made for that."
    ).tag(sync=True)
    _is_chat = traitlets.Bool(default_value=False).tag(sync=True)
    _recorded = json_trait("The strengths that can be run, where not all can, for each feature.")

    def __init__(self, features: Any, strengths: Any, **options: Any) -> None:  # noqa: ANN401
        self._said: SteerResult | None = None  # what a conversation goes on from
        super().__init__(features, strengths, **options)
        self._on_kind()
        self.observe(self._on_kind, ["chat", "model", "_features"])
        self._on_request()
        self.observe(self._on_request, ["features", "strengths", "muted", "prompt", "settings", "model", "_is_chat"])

    @property
    def request(self) -> SteerRequest:
        """What a run would ask, as everything is set now.

        Raises
        ------
        InvalidRequest
            When it cannot be asked.
        """
        return self._request(self.strengths, self.muted)

    def _request(self, strengths: Mapping[str, float], muted: Sequence[str]) -> SteerRequest:
        features = [
            SteeringFeature(
                ref=FeatureRef.parse(ref), strength=strengths[ref], explanation=label_of(self._feature(ref))
            )
            for ref in self.features
            if ref not in muted
        ]
        if not features:
            reason = "Every feature is muted." if self.features else "There is no feature to steer by."
            raise InvalidRequest(reason, remedy="Unmute one." if self.features else "Add one.")
        shared: dict[str, Any] = {"model": self.model, "settings": SteerSettings(**self.settings)}
        if not self._is_chat:
            return SteerRequest.make(features, self.prompt, **shared)
        before = self._said.reply(self.prompt) if self._said else None
        return SteerRequest.make(
            features,
            messages=before.steered_messages if before else self.prompt,
            default_messages=before.default_messages if before else None,
            **shared,
        )

    def _on_kind(self, _change: object = None) -> None:
        """Hold a conversation where the model was made for that, or where it is wished."""
        model, known = self._steered_model(), [self._feature(ref) for ref in self.features]
        made_for_it = any(one.model_info and one.model == model and one.model_info.instruct for one in known if one)
        self._is_chat = made_for_it if self.chat is None else self.chat

    def _on_request(self, _change: object = None) -> None:
        """Say of a recording with which strengths this was run, one feature's at a time."""
        try:
            request = self.request
        except NeuronpediaError:
            return
        recorded = self._source.recorded_strengths(request)
        if recorded is not None:
            self._recorded = {
                str(ref): [
                    known[ref]
                    for known in recorded
                    if all(known[other] == strength for other, strength in request.strengths.items() if other != ref)
                ]
                for ref in request.strengths
            }
