"""Recorded steering runs: played back as they grew, and found by all but their strengths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from np_widgets.models import FeatureRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from np_widgets.models import SteerResult, SteerText
    from np_widgets.recordings.questions import Question

_WORD = re.compile(r"\s*\S+|\s+")


def grown(result: SteerResult) -> Iterator[SteerResult]:
    """Let a run grow again: both texts at once, by their tokens where these are known and else by words.

    Yields
    ------
    SteerResult
        Each time one part more, the whole last.
    """
    sides = {"default": result.default, "steered": result.steered}
    parts = {side: _parts(text) for side, text in sides.items() if text}
    so_far = msgspec.structs.replace(result, is_complete=False, interrupted=None, id=None, share_url=None)
    for number in range(1, max(map(len, parts.values()), default=0)):
        texts = {side: _begun(sides[side], own, number) for side, own in parts.items()}
        yield msgspec.structs.replace(so_far, **texts)
    yield result


def _parts(text: SteerText) -> list[str]:
    tokens = [token.token for token in text.tokens]
    if tokens and "".join(tokens).lstrip() == text.text.lstrip():
        lead = len("".join(tokens)) - len(text.text)  # a chat's turn stands without the space before it
        return [tokens[0][lead:], *tokens[1:]]
    return _WORD.findall(text.text)


def _begun(text: SteerText | None, parts: Sequence[str], number: int) -> SteerText | None:
    if text is None or number >= len(parts):
        return text
    said = "".join(parts[:number])
    messages = text.messages
    if messages:
        messages = (*messages[:-1], msgspec.structs.replace(messages[-1], content=said))
    raw = text.raw.rpartition(text.text)[0] + said if text.raw else text.raw
    tokens = text.tokens[:number] if len(text.tokens) == len(parts) else ()
    return msgspec.structs.replace(text, text=said, messages=messages, raw=raw, tokens=tokens, axes=None)


def other_strengths(question: Question, others: Iterable[Question]) -> tuple[Mapping[FeatureRef, float], ...]:
    """Find the strengths with which the same was asked: of the same features, with the same texts and settings.

    Returns
    -------
    tuple of {FeatureRef: float}
        In ascending order.
    """
    found = [other.arguments["features"] for other in others if other.action == "steer" and _alike(question, other)]
    names = list(question.arguments["features"])
    found.sort(key=lambda strengths: [strengths[name] for name in names])
    return tuple({FeatureRef.parse(name): float(strengths[name]) for name in names} for strengths in found)


def _alike(one: Question, other: Question) -> bool:
    left, right = ({**q.arguments, "features": sorted(q.arguments["features"])} for q in (one, other))
    return left == right
