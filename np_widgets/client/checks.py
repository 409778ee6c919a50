"""What is refused on this side, before it costs a request: the server's own answer is often an opaque 500."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from np_widgets.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

#: The site itself asks for no more at a time (contract, 5.1).
FEATURES_PER_CALL = 50
#: The inference server's limit (contract, 5.2).
TEXTS_PER_CALL = 4
#: The route's own limit (contract, 5.2).
LONGEST_PROMPT = 10_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def check_name(value: object, what: str, example: str) -> str:
    """Check an id of a model, source or source set."""
    if not isinstance(value, str) or not _NAME.fullmatch(value.strip()):
        raise InvalidRequest(f"{value!r} is not the id of a {what}.", remedy=f'Write it as "{example}".')
    return value.strip()


def check_count(value: object, what: str, least: int) -> int:
    """Check a whole number."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidRequest(f"{what} is {value!r}; it must be a whole number of at least {least}.")
    return value


def check_texts(texts: str | Sequence[str]) -> list[str]:
    """Check texts that a feature is to be run on; the server answers an empty one with an opaque 500."""
    given = [texts] if isinstance(texts, str) else list(texts)
    for number, text in enumerate(given, 1):
        if not isinstance(text, str):
            raise InvalidRequest(f"Text {number} is {type(text).__name__}, not a string.")
        if not text:
            raise InvalidRequest("An empty text has no tokens to run.", remedy="Give at least one character.")
    return given


def check_prompt(prompt: object) -> str:
    """Check a text to be cut into tokens."""
    if not isinstance(prompt, str) or not 1 <= len(prompt) <= LONGEST_PROMPT:
        size = f"{len(prompt):,} characters" if isinstance(prompt, str) else type(prompt).__name__
        raise InvalidRequest(f"A text of 1 to {LONGEST_PROMPT:,} characters can be tokenized; this is {size}.")
    return prompt


def in_chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Cut a list into pieces of at most ``size``."""
    return [items[start : start + size] for start in range(0, len(items), size)]
