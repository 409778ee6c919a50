"""Steering, from models to the service's shape and back (contract, 5.4).

The names of the routes are mixed: ``n_tokens`` but ``modelId``, ``STEERED`` but ``steeredLogProbs``, ``nTokens`` in
steer-logits. A source is called ``layer`` throughout, and its index is a number on the way there and text on the way
back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from np_widgets.errors import InvalidRequest, UnexpectedResponse
from np_widgets.models import (
    ChatMessage,
    FeatureRef,
    Provenance,
    SteeringFeature,
    SteeringPreset,
    SteerRequest,
    SteerResult,
    SteerSettings,
    SteerText,
)
from np_widgets.wire.read import Body, decode
from np_widgets.wire.replies import unnamed, whole
from np_widgets.wire.steered_tokens import read_axes, read_logprobs
from np_widgets.wire.steering_rows import PresetsReply, SteeredFeatureRow, SteerReply, SteerSettingsRow, SteerTextRow

METHODS = {"additive": "SIMPLE_ADDITIVE", "orthogonal": "ORTHOGONAL_DECOMP", "projection-cap": "PROJECTION_CAP"}
_METHODS_READ = {wire: method for method, wire in METHODS.items()}
#: Whose turns are not the model's, which templates call ``assistant``, ``model``, and what else they please.
_LISTENERS = ("user", "system", "developer")

_RESULT = msgspec.json.Decoder(SteerReply)
_PRESETS = msgspec.json.Decoder(PresetsReply)


def write_steer_request(request: SteerRequest, *, stream: bool) -> dict[str, Any]:
    """Write the body of ``POST /api/steer``, or for a chat of ``POST /api/steer-chat``."""
    settings = request.settings
    body: dict[str, Any] = {
        "modelId": request.model,
        "features": [_write_feature(feature) for feature in request.features],
        "temperature": settings.temperature,
        "n_tokens": settings.n_tokens,
        "freq_penalty": settings.frequency_penalty,
        "seed": settings.seed,
        "strength_multiplier": settings.multiplier,
        "steer_method": METHODS[settings.method],
    }
    if stream:
        body["stream"] = True
    if not request.is_chat:
        return {"prompt": request.prompt, **body}
    if settings.assistant_axis:
        body["isAssistantAxis"] = True
    return {
        "defaultChatMessages": [_write_message(message) for message in request.default_messages],
        "steeredChatMessages": [_write_message(message) for message in request.steered_messages],
        **body,
        "steer_special_tokens": settings.special_tokens,
    }


def _write_feature(feature: SteeringFeature) -> dict[str, Any]:
    ref = feature.ref
    return {"modelId": ref.model, "layer": ref.source, "index": ref.index, "strength": feature.strength}


def _write_message(message: ChatMessage) -> dict[str, str]:
    return {"content": message.content, "role": message.role}


def read_steer_result(
    body: Body, request: SteerRequest, provenance: Provenance | None = None
) -> tuple[SteerResult, str | None]:
    """Read an answer of steer or steer-chat, or one event of a stream: both are the whole so far.

    Returns
    -------
    SteerResult
        Not complete: whether more will come is for the reader of the stream to know.
    str or None
        How many requests are left of the limit, as the service writes it.
    """
    reply = decode(_RESULT, body)
    if reply.STEERED is msgspec.UNSET and reply.DEFAULT is msgspec.UNSET:
        raise UnexpectedResponse("The answer holds no text, steered or not.")
    default = _read_text(reply, "DEFAULT", request.default_messages)
    steered = _read_text(reply, "STEERED", request.steered_messages)
    default, steered, warnings = _without_prompt(default, steered, request.prompt)
    result = SteerResult(
        request=request,
        default=default,
        steered=steered,
        id=reply.id,
        share_url=_link(reply.shareUrl),
        provenance=provenance,
        warnings=warnings,
    )
    return result, None if reply.limit is None else str(reply.limit)


def _link(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None


def _read_text(reply: SteerReply, side: str, messages: Sequence[ChatMessage]) -> SteerText | None:
    said = getattr(reply, side)
    if said is None or said is msgspec.UNSET:
        return None
    if isinstance(said, str):
        logprobs = reply.steeredLogProbs if side == "STEERED" else reply.defaultLogProbs
        return SteerText(text=said, tokens=read_logprobs(logprobs))
    raw, tokens = said.raw or "", read_logprobs(said.logprobs)
    if not messages:  # a saved completion, which is sent as a chat is
        return SteerText(text=raw, tokens=tokens)
    conversation = _read_messages(said, messages)
    turn = conversation[-1].content if conversation and conversation[-1].role not in _LISTENERS else ""
    axes = read_axes(next((axis for axis in reply.assistant_axis or () if axis.type == side), None))
    return SteerText(text=turn, raw=raw, messages=conversation, tokens=tokens, axes=axes)


def _read_messages(said: SteerTextRow, before: Sequence[ChatMessage] = ()) -> tuple[ChatMessage, ...]:
    """Read the whole conversation; where it is missing, take what the raw text has behind the user's last words."""
    if not said.chatTemplate:
        turn = (said.raw or "").rpartition(before[-1].content)[2] if before else ""
        return (*before, ChatMessage(role="assistant", content=turn)) if turn else tuple(before)
    return tuple(ChatMessage(role=row.role or "assistant", content=row.content or "") for row in said.chatTemplate)


def _without_prompt(
    default: SteerText | None, steered: SteerText | None, prompt: str | None
) -> tuple[SteerText | None, SteerText | None, tuple[str, ...]]:
    """Take the prompt off texts that all begin with it, as those of servers before 2026 do.

    A continuation alone may repeat the prompt, and is left as it is where the other text does not.
    """
    texts = [text for text in (default, steered) if text]
    if not prompt or not texts or not all(text.text.startswith(prompt) for text in texts):
        return default, steered, ()
    cut_default, cut_steered = (
        text and msgspec.structs.replace(text, text=text.text.removeprefix(prompt)) for text in (default, steered)
    )
    return cut_default, cut_steered, ("Both texts began with the prompt, which was taken off.",)


def read_saved_steering(body: Body, provenance: Provenance | None = None, model: str | None = None) -> SteerResult:
    """Read the answer of ``POST /api/steer-load``: a saved run, with all that it was asked for.

    The reply does not name the model that was steered; without ``model`` it is taken to be that of the features.
    """
    reply = decode(_RESULT, body)
    features, lost = _read_features(reply.features or ())
    model = model or (features[0].ref.model if features else None)
    if model is None:
        raise UnexpectedResponse("The saved run names no feature, and so no model.")
    sides = {side: _read_saved(reply, side) for side in ("DEFAULT", "STEERED")}
    if not any(sides.values()):
        raise UnexpectedResponse("The saved run holds no text, steered or not.")
    if any(text and text.messages for text in sides.values()):
        histories = {side: text.messages[:-1] if text else () for side, text in sides.items()}
        asked: dict[str, Any] = {
            "default_messages": histories["DEFAULT"],
            "steered_messages": histories["STEERED"],
        }
    else:
        asked = {"prompt": reply.inputText or ""}
    settings = _read_settings(reply.settings or SteerSettingsRow())
    older = reply.outputTextIncludesPrompt is None  # as of a server that does not say
    default, steered, cut = _without_prompt(sides["DEFAULT"], sides["STEERED"], asked.get("prompt") if older else None)
    is_whole = bool(default and (steered or not features))
    return SteerResult(
        request=SteerRequest(model=model, features=features, settings=settings, **asked),
        default=default,
        steered=steered,
        is_complete=is_whole,
        interrupted=None if is_whole else "Only one of the two texts was saved.",
        id=reply.id,
        share_url=_link(reply.shareUrl),
        provenance=provenance,
        warnings=(*lost, *cut),
    )


def _read_saved(reply: SteerReply, side: str) -> SteerText | None:
    said = getattr(reply, side)
    is_chat = isinstance(said, SteerTextRow) and bool(said.chatTemplate)
    text = _read_text(reply, side, _read_messages(said) if is_chat else ())
    if text is None or is_chat or not reply.outputTextIncludesPrompt:
        return text
    return msgspec.structs.replace(text, text=text.text.removeprefix(reply.inputText or ""))


def _read_settings(row: SteerSettingsRow) -> SteerSettings:
    """Type the settings of a saved run; what is missing there has its default."""
    given = {
        "temperature": row.temperature,
        "n_tokens": row.n_tokens,
        "frequency_penalty": row.freq_penalty,
        "seed": None if row.seed is None else int(row.seed),
        "multiplier": row.strength_multiplier,
        "special_tokens": row.steer_special_tokens,
        "method": _read_method(row.steer_method),
    }
    try:
        return SteerSettings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except InvalidRequest as error:
        reason = error.message
    raise UnexpectedResponse(f"The settings of the saved run are not what the service allows: {reason}")


def _read_method(name: str | None) -> str:
    return _METHODS_READ.get(name, name) if name else "additive"


def _read_features(rows: Iterable[SteeredFeatureRow]) -> tuple[tuple[SteeringFeature, ...], tuple[str, ...]]:
    listed = list(rows)
    features = tuple(
        SteeringFeature(
            ref=FeatureRef(row.modelId, row.layer, index), strength=row.strength or 0.0, explanation=_explanation(row)
        )
        for row in listed
        if row.modelId and row.layer and (index := whole(row.index)) is not None
    )
    return features, unnamed(len(listed) - len(features))


def _explanation(row: SteeredFeatureRow) -> str | None:
    if row.explanation or row.neuron is None:
        return row.explanation
    first = next((said.description for said in row.neuron.explanations or () if said.description), None)
    return row.neuron.vectorLabel or first


def read_steering_presets(body: Body) -> tuple[SteeringPreset, ...]:
    """Read the answer of ``POST /api/steer/presets``; a preset of which no feature has a name is left out."""
    presets = []
    for row in decode(_PRESETS, body).featurePresets or ():
        features, _ = _read_features(row.features or ())
        if features:
            presets.append(
                SteeringPreset(
                    name=row.name or row.alias or "",
                    features=features,
                    method=_read_method(row.steerMethod),
                    is_own=bool(row.isUserVector),
                    example=row.exampleSteerOutputId,
                )
            )
    return tuple(presets)
