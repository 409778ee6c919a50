"""Conversations, as the demo model knows them: it is no chat model, but it has read people who take turns.

One kind of its texts is talk, a line for each turn: ``Anna: Hello! Where are you going?``, ``Ben: To the harbour.``
So the user speaks as Anna and the model as Ben, whose turn ends with the line. It answers in the manner of those
texts, about their world and mostly beside the point; and nobody ever gave instructions there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from .tokenizer import Tokenizer

SPEAKERS = {"user": "Anna", "assistant": "Ben", "model": "Ben"}
END_OF_TURN = "\n"


class Conversation:
    """Messages laid out as a text that goes on with the model's turn.

    Parameters
    ----------
    messages : sequence of dict
        Each ``{role, content}``; line breaks in a content become spaces, as a turn is a line.
    tokenizer : Tokenizer

    Attributes
    ----------
    text : str
    ids : list of int
        Its tokens.
    is_template : ndarray of bool, shape (tokens,)
        Which of them are of no message: names, colons, line breaks.

    Raises
    ------
    InvalidRequest
        When a role has no place in such a text.
    """

    def __init__(self, messages: Sequence[dict[str, Any]], tokenizer: Tokenizer) -> None:
        self._messages = messages
        parts = list(_parts(messages))
        encoded = [tokenizer.encode(part) for part, _ in parts]
        self.text = "".join(part for part, _ in parts)
        self.ids = [index for ids in encoded for index in ids]
        self.is_template: NDArray[np.bool_] = np.repeat([own for _, own in parts], [len(ids) for ids in encoded])

    def answered(self, text: str) -> list[dict[str, str]]:
        """Return all messages with the model's new one behind them."""
        told = [{"content": message["content"], "role": message["role"]} for message in self._messages]
        return [*told, {"content": trimmed(text), "role": "assistant"}]


def trimmed(turn: str) -> str:
    """Take off the space between a name and what is said, unless nothing else is."""
    return turn.removeprefix(" ") or turn


def _parts(messages: Sequence[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Cut the text into what stands between messages, and the messages."""
    for message in messages:
        yield f"{_speaker(message['role'])}:", True
        yield f" {' '.join(message['content'].split())}", False
        yield END_OF_TURN, True
    yield f"{SPEAKERS['assistant']}:", True


def _speaker(role: str) -> str:
    if role not in SPEAKERS:
        raise InvalidRequest(
            f"The demo model takes no message of the role {role!r}: its conversations are two people who take turns.",
            remedy="Leave it out.",
        )
    return SPEAKERS[role]
