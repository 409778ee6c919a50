"""What a source was asked, written in one way however it was asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets.models import (
    Activation,
    ExplanationMatches,
    Feature,
    FeatureRef,
    NearestFeatures,
    SourceActivations,
    SteeringPreset,
    SteerResult,
    SteerSettings,
    TokenFeatureMatches,
    TopFeatureMatches,
)
from np_widgets.recordings.codec import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from np_widgets.models import SteerRequest

#: The type of the answer to one question of each action. A listing keeps which feature stands at each place of it,
#: None behind the last, and the features themselves as answers to ``get_features``.
KINDS: dict[str, Any] = {
    "get_feature": Feature,
    "get_features": Feature,
    "iter_features": FeatureRef | None,
    "activate": Activation,
    "search_explanations": ExplanationMatches,
    "top_features": TopFeatureMatches,
    "top_features_by_token": TokenFeatureMatches,
    "activate_source": SourceActivations,
    "nearest_features": NearestFeatures,
    "steer": SteerResult,
    "steering_presets": tuple[SteeringPreset, ...],
}
#: Arguments that say how much of an answer is wanted, and not what is asked.
EXTENT = frozenset({"limit", "offset", "max_activations", "position"})

_VERBATIM = frozenset({"text", "prompt"})
_ORDERED = frozenset({"default_messages", "steered_messages"})
_SENTENCES = {
    "get_feature": "the feature {ref}",
    "get_features": "the feature {ref}",
    "iter_features": "the features of {model}/{source} one after another, at place {position}",
    "activate": "the feature {ref} on the text {text!r}",
    "search_explanations": "the search for {query!r}",
    "top_features": "the features of {model}/{source_set} that fire on {text!r}",
    "top_features_by_token": "the features of {model}/{source} at each token of {text!r}",
    "activate_source": "all features of {model}/{source} on the text {text!r}",
    "nearest_features": "the features of {model}/{source} near {ref}",
    "steer": "{model} steered by {steered_by} on {said!r}",
    "steering_presets": "the steering presets of {model}",
}
_CHAT = "{model} steered by {steered_by} in a chat, after {said!r}"
_TOLD = frozenset({"features", "prompt", *_ORDERED})
_USUAL = {"steer": plain(SteerSettings())}


class Question(msgspec.Struct, frozen=True):
    """One thing that a source was asked: about one feature, one text, one query.

    Attributes
    ----------
    action : str
        The source's method.
    arguments : dict
        JSON: a reference as ``"model/source/index"``, a list in ascending order (only in conversations the
        order means anything), an empty one as None.
    """

    action: str
    arguments: dict[str, Any]

    @classmethod
    def of(cls, action: str, **arguments: Any) -> Question:  # noqa: ANN401 (whatever a source is asked)
        """Write a question in its one form.

        Raises
        ------
        InvalidRequest
            When a reference names no feature.
        """
        if action == "nearest_features":  # by default among the features of its own source
            ref = FeatureRef.parse(arguments["ref"])
            own = {"model": ref.model, "source": ref.source}
            arguments |= {name: arguments.get(name) or default for name, default in own.items()}
        if action == "steer":
            arguments = _steering(**arguments)
        return cls(action, {name: _canonical(name, value) for name, value in arguments.items()})

    @property
    def key(self) -> str:
        """The whole question as a text."""
        return _as_key(self.action, self.arguments)

    @property
    def subject(self) -> str:
        """The question without how much of its answer is wanted."""
        return _as_key(self.action, {name: value for name, value in self.arguments.items() if name not in EXTENT})

    @property
    def ref(self) -> FeatureRef | None:
        """The feature that was asked about, where it is one."""
        ref = self.arguments.get("ref")
        return None if ref is None else FeatureRef.parse(ref)

    @property
    def said(self) -> str | None:
        """What a steered model went on with: the prompt, or the last message of the steered conversation."""
        messages = self.arguments.get("steered_messages")
        return messages[-1]["content"] if messages else self.arguments.get("prompt")

    @property
    def steered_by(self) -> str:
        """The features that a model was steered by, with their strengths."""
        strengths = self.arguments.get("features", {})
        return " and ".join(f"{ref} at {strength:g}" for ref, strength in strengths.items())

    def __str__(self) -> str:
        shown = {name: _excerpt(value) for name, value in self.arguments.items()}
        shown |= {"said": _excerpt(self.said), "steered_by": self.steered_by}
        sentence = _sentence(self).format_map(shown)
        return f"{sentence} ({options(self)})" if options(self) else sentence


def options(question: Question) -> str:
    """Say what a question's sentence leaves out: ``"limit=50, ignore_bos=True"``; of steering what is unusual."""
    sentence, usual = _sentence(question), _USUAL.get(question.action, {})
    rest = {
        name: value
        for name, value in question.arguments.items()
        if value is not None and f"{{{name}" not in sentence and name not in _TOLD and usual.get(name) != value
    }
    return ", ".join(f"{name}={value!r}" for name, value in rest.items())


def _sentence(question: Question) -> str:
    if question.action == "steer" and question.arguments.get("steered_messages"):
        return _CHAT
    return _SENTENCES.get(question.action, question.action)


def split(action: str, asked: Mapping[str, Any], answer: Any) -> Iterator[tuple[Question, Any]]:  # noqa: ANN401
    """Take an answer apart into single questions, each with its own answer: texts and features one by one."""
    if action == "get_features":
        for ref, feature in zip(asked["refs"], answer, strict=True):
            yield Question.of(action, ref=ref, max_activations=asked["max_activations"]), feature
    elif "texts" in asked:
        shared = {name: value for name, value in asked.items() if name != "texts"}
        texts = [asked["texts"]] if isinstance(asked["texts"], str) else asked["texts"]
        for text, own in zip(texts, answer, strict=True):
            yield Question.of(action, text=text, **shared), own
    else:
        yield Question.of(action, **asked), answer


def _steering(request: SteerRequest) -> dict[str, Any]:
    """Lay a request out flat: the settings are arguments of their own, the features ``{reference: strength}``."""
    asked: dict[str, Any] = plain(request)
    strengths = {str(ref): _canonical("strength", strength) for ref, strength in request.strengths.items()}
    return {**asked.pop("settings"), **asked, "features": strengths}


def _canonical(name: str, value: Any) -> Any:  # noqa: ANN401 (any argument)
    if name == "ref":
        return str(FeatureRef.parse(value))
    if name == "sources" and isinstance(value, str):
        value = [value]
    if isinstance(value, str):
        return value if name in _VERBATIM else value.strip()
    value = plain(value)
    if name in _ORDERED:
        return value or None
    if isinstance(value, Sequence):
        return sorted(value) or None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _excerpt(value: Any) -> Any:  # noqa: ANN401 (any argument)
    return f"{value[:59]}…" if isinstance(value, str) and len(value) > 60 else value


def _as_key(action: str, arguments: Mapping[str, Any]) -> str:
    return json.dumps([action, arguments], sort_keys=True)
