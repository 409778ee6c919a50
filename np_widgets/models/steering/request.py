"""One steering run, as it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets.checks import check_name
from np_widgets.errors import InvalidRequest
from np_widgets.models.record import Record
from np_widgets.models.steering.limits import check_request
from np_widgets.models.steering.parts import ChatMessage, SteeringFeature, read_messages, read_steering_features
from np_widgets.models.steering.settings import SteerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from np_widgets.models.ref import FeatureRef
    from np_widgets.models.steering.parts import FeaturesLike, MessagesLike


class SteerRequest(Record, frozen=True, kw_only=True, eq=False):
    """One run: a prompt or a conversation, the features, the settings. :meth:`make` makes it, and checks all of it.

    Attributes
    ----------
    model : str
        The model that is steered.
    features : tuple of SteeringFeature
        Of that model, or of one that it was tuned from. Uploaded vectors and features cannot be mixed. A chat may
        have none, and is then not steered.
    prompt : str or None
        The text to go on with; None for a chat.
    default_messages, steered_messages : tuple of ChatMessage
        The two conversations so far, which diverge after the first answer; empty for a completion.
    settings : SteerSettings
    """

    model: str
    features: tuple[SteeringFeature, ...]
    prompt: str | None = None
    default_messages: tuple[ChatMessage, ...] = ()
    steered_messages: tuple[ChatMessage, ...] = ()
    settings: SteerSettings = SteerSettings()

    @classmethod
    def make(
        cls,
        features: FeaturesLike,
        prompt: str | None = None,
        *,
        messages: MessagesLike | None = None,
        default_messages: MessagesLike | None = None,
        strengths: float | Sequence[float] | None = None,
        model: str | None = None,
        settings: SteerSettings | None = None,
        **changes: Any,  # noqa: ANN401 (the fields of SteerSettings)
    ) -> SteerRequest:
        """Make a request from what people have at hand.

        Parameters
        ----------
        features : list, mapping, one feature, or SteerRequest
            References in any form with ``strengths``, or ``{reference: strength}``, or :class:`SteeringFeature`. A
            whole request stands for itself, and nothing stands beside it.
        prompt : str, optional
            1 to 2048 characters to go on with.
        messages : str, list, optional
            Instead of a prompt, a conversation: the user's message, or a list of :class:`ChatMessage`, of mappings
            with ``role`` and ``content``, and of texts, which are the user's. At most 2048 characters together (8192
            of some large models, 24,576 with the assistant axis).
        default_messages : str, list, optional
            The conversation of the side that is not steered, where it has gone another way.
        strengths : float or sequence of float, optional
            One for all features, or one for each.
        model : str, optional
            The model to steer; by default that of the features. An instruction-tuned model can be steered by the
            features of the one that it was tuned from, as the site's own presets do.
        settings : SteerSettings, optional
        **changes
            Single settings: ``temperature=0``, ``n_tokens=32``, ….

        Raises
        ------
        InvalidRequest
            When the service would refuse it; nothing was sent.
        """
        if isinstance(features, cls):
            beside = (prompt, messages, default_messages, strengths, model, settings)
            if changes or any(given is not None for given in beside):
                raise InvalidRequest(
                    "There is a whole request, and something beside it.", remedy="Put all of it into the request."
                )
            return features.check()
        steered = read_messages(messages)
        listed = read_steering_features(features, strengths)
        return cls(
            model=_model_of(listed, model),
            features=listed,
            prompt=prompt,
            default_messages=steered if default_messages is None else read_messages(default_messages),
            steered_messages=steered,
            settings=(settings or SteerSettings()).changed(**changes),
        ).check()

    def check(self) -> SteerRequest:
        """Refuse what the service would refuse, with a clearer word than its own; return the request itself.

        Raises
        ------
        InvalidRequest
        """
        check_request(self)
        return self

    @property
    def is_chat(self) -> bool:
        """Whether it is a conversation."""
        return self.prompt is None

    @property
    def strengths(self) -> Mapping[FeatureRef, float]:
        """The strength of each feature."""
        return {feature.ref: feature.strength for feature in self.features}


def _model_of(listed: Sequence[SteeringFeature], model: str | None) -> str:
    """Find the model that is steered: the one that is named, else the one that all features are of."""
    if model is not None:
        return check_name(model, "model", "gpt2-small")
    models = sorted({feature.ref.model for feature in listed})
    if len(models) > 1:
        raise InvalidRequest(
            f"The features are of {len(models)} models: {', '.join(models)}.",
            remedy="Steer one model at a time; where one was tuned from the other, name it: model=….",
        )
    if not models:
        raise InvalidRequest("There is no feature to steer by.", remedy="Name at least one.")
    return models[0]
