"""Steering, as a panel shows it: the features' rows, and what the model said in each run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from np_widgets.payload.packing import Payload, optional, speakable
from np_widgets.payload.provenance import provenance_payload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from np_widgets.models import ChatMessage, Feature, FeatureRef, SteerRequest, SteerResult, SteerText


def steered_feature_payload(
    ref: FeatureRef, feature: Feature | None, *, suggested: float | None, usual: Sequence[float], note: str
) -> Payload:
    """Pack what a panel says of a feature beside its slider.

    Parameters
    ----------
    ref : FeatureRef
    feature : Feature or None
        None while it is not known.
    suggested : float or None
        A strength to begin with.
    usual : sequence of float
        The strengths of a sweep.
    note : str
        Why no more is known of it; may be empty.
    """
    return {
        "ref": str(ref),
        "name": f"{ref.source}/{ref.index}",
        "explanation": label_of(feature),
        "max_activation": feature.max_activation if feature else None,
        "suggested": suggested,
        "usual": list(usual),
        "url": feature.url if feature else None,
        "note": note,
    }


def label_of(feature: Feature | None) -> str | None:
    """Say in a few words what a feature is about."""
    return (feature.explanation or feature.vector_label) if feature else None


def steer_result_payload(result: SteerResult, labels: Mapping[str, str | None]) -> Payload:
    """Pack a run, finished or not: what was asked, and both texts so far.

    Parameters
    ----------
    result : SteerResult
    labels : mapping of str to str or None
        What the features are about, by their names; what the request itself says of them comes first.
    """
    request, ended = result.request, result.is_complete or bool(result.interrupted)
    return {
        "state": "complete" if result.is_complete else "interrupted" if result.interrupted else "running",
        "why": result.interrupted,
        "prompt": request.prompt,
        "turns": _turns(request),
        "features": [
            [str(one.ref), one.explanation or labels.get(str(one.ref)) or f"{one.ref.source}/{one.ref.index}",
             one.strength]
            for one in request.features
        ],
        "settings": msgspec.structs.asdict(request.settings),
        "default": _side(result.default, ended=ended),
        "steered": _side(result.steered, ended=ended),
        "share": result.share_url,
        "provenance": provenance_payload([result.provenance], result.warnings) if result.provenance else None,
    }  # fmt: skip


def _turns(request: SteerRequest) -> list[list[str | None]]:
    """Lay both conversations beside each other: what both have in common stands once.

    The two have the same turns, and the models' answers in them differ.
    """
    turns: list[list[str | None]] = []
    default, steered = request.default_messages, request.steered_messages
    for number in range(max(len(default), len(steered))):
        left, right = _message(default, number), _message(steered, number)
        one = left or right
        if one is None:
            continue
        texts = [speakable(message.content) if message else None for message in (left, right)]
        turns.append([one.role, *(texts[:1] if texts[0] == texts[1] else texts)])
    return turns


def _message(messages: tuple[ChatMessage, ...], number: int) -> ChatMessage | None:
    return messages[number] if number < len(messages) else None


def _side(said: SteerText | None, *, ended: bool) -> Payload | None:
    """Pack a text; with its tokens where they are known, and when it has ended with what might have stood there."""
    if said is None:
        return None
    tokens = [token.token for token in said.tokens]
    if "".join(tokens) != said.text:  # they would be drawn in place of it
        return {"text": speakable(said.text)}
    others = [[[speakable(one.token), one.logprob] for one in token.candidates] for token in said.tokens]
    return {
        "text": speakable(said.text),
        **optional(
            tokens=[speakable(token) for token in tokens],
            logprobs=[token.logprob for token in said.tokens],
            others=others if ended and any(others) else None,
        ),
    }


def rung_payload(strength: float, text: str | None, measures: Mapping[str, Any]) -> Payload:
    """Pack one step of a sweep: the strength, what came of it, and what its words are."""
    return {"strength": strength, "text": text if text is None else speakable(text), **measures}
