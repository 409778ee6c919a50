"""What a steering run may be, checked before anything is sent (contract, 5.4).

The service's own answer to some of this is an opaque 500, and of a stream a connection that closes without a word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from np_widgets.errors import InvalidRequest
from np_widgets.models.steering.parts import check_strength

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models.ref import FeatureRef
    from np_widgets.models.steering.parts import ChatMessage
    from np_widgets.models.steering.request import SteerRequest

ROLES = ("user", "assistant", "system", "model", "developer")
#: Models whose chat has limits of its own.
LARGE_MODELS = frozenset({"llama3.3-70b-it", "gpt-oss-20b"})
LONGEST_PROMPT, LONGEST_CHAT_OF_LARGE, LONGEST_CHAT_ON_AXIS = 2_048, 8_192, 24_576
MOST_TOKENS, MOST_TOKENS_OF_THINKING, MOST_TOKENS_OF_LARGE = 256, 768, 1_024
#: The sources of vectors that users upload (contract, 3).
_VECTORS = re.compile(r"[0-9]+-neuronpedia-resid-(pre|post)")


def check_request(given: SteerRequest) -> None:
    """Check all of a request that its parts do not check themselves."""
    if not given.features and not given.is_chat:  # a chat with none is answered, by the default side alone
        raise InvalidRequest("There is no feature to steer by.", remedy="Name at least one.")
    for feature in given.features:
        check_strength(feature.ref, feature.strength)
    _no_repeats([feature.ref for feature in given.features])
    _no_mixture([feature.ref for feature in given.features])
    if given.prompt is not None and (given.default_messages or given.steered_messages):
        raise InvalidRequest("There are both a prompt and messages.", remedy="Give one of them.")
    if given.prompt is not None:
        _prompt(given.prompt)
    else:
        for side, messages in (("default", given.default_messages), ("steered", given.steered_messages)):
            _messages(side, messages, _longest_chat(given))
    most = _most_tokens(given)
    if given.settings.n_tokens > most:
        raise InvalidRequest(
            f"n_tokens is {given.settings.n_tokens}; {given.model} writes at most {most:,} tokens "
            f"{'in a chat' if given.is_chat else 'after a prompt'}."
        )


def _no_repeats(refs: Sequence[FeatureRef]) -> None:
    if repeated := next((ref for number, ref in enumerate(refs) if ref in refs[:number]), None):
        raise InvalidRequest(f"The feature {repeated} is named twice.", remedy="Name it once, with one strength.")


def _no_mixture(refs: Sequence[FeatureRef]) -> None:
    vectors = [ref for ref in refs if _VECTORS.fullmatch(ref.source)]
    if vectors and len(vectors) < len(refs):
        other = next(ref for ref in refs if ref not in vectors)
        raise InvalidRequest(
            f"{vectors[0]} is an uploaded vector and {other} is not; the service steers by one kind at a time.",
            remedy="Run them one after the other.",
        )


def _prompt(prompt: object) -> None:
    if not isinstance(prompt, str) or not prompt:
        given = "is empty" if isinstance(prompt, str) else f"is of type {type(prompt).__name__}"
        raise InvalidRequest(f"A prompt is text to go on with, and this one {given}.", remedy="Write some words.")
    if (length := _length(prompt)) > LONGEST_PROMPT:
        raise InvalidRequest(
            f"The prompt has {length:,} characters; at most {LONGEST_PROMPT:,} can be gone on with.", remedy="Cut it."
        )


def _messages(side: str, messages: Sequence[ChatMessage], longest: int) -> None:
    if not messages:
        raise InvalidRequest("There is nothing to go on with.", remedy="Give a prompt, or for a chat messages.")
    for message in messages:
        if message.role not in ROLES:
            raise InvalidRequest(f"{message.role!r} is no role.", remedy=f"There are {', '.join(ROLES)}.")
        if not isinstance(message.content, str) or not message.content:
            raise InvalidRequest(
                f"A message of the {side} conversation is empty or no text: {message.content!r}.",
                remedy="Give each at least one character.",
            )
    if (length := sum(_length(message.content) for message in messages)) > longest:
        raise InvalidRequest(
            f"The {side} conversation has {length:,} characters; at most {longest:,} can be gone on with.",
            remedy="Begin a new one, or leave out its beginning.",
        )


def _length(text: str) -> int:
    """Count as the service does, in JavaScript's units: a character beyond 16 bits is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _longest_chat(given: SteerRequest) -> int:
    if given.settings.assistant_axis:
        return LONGEST_CHAT_ON_AXIS
    return LONGEST_CHAT_OF_LARGE if given.model in LARGE_MODELS else LONGEST_PROMPT


def _most_tokens(given: SteerRequest) -> int:
    """Count what a model writes at most; which models think only the service knows, so it may still say 256."""
    if not given.is_chat:
        return MOST_TOKENS
    if given.settings.assistant_axis:
        return MOST_TOKENS_OF_THINKING
    return MOST_TOKENS_OF_LARGE if given.model in LARGE_MODELS else MOST_TOKENS_OF_THINKING
