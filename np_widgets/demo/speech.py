"""What the model writes, token by token: text that only grows, and how likely each part of it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from .model import Array
    from .tokenizer import Tokenizer

CANDIDATES = 5
"""As many as the site asks for (``STEER_N_LOGPROBS``)."""


class Speech:
    """A text while it grows.

    A marker, or a part of a character, is held back until what it belongs to has come. They are one token to the
    reader, as likely as all of them one after another; the candidates are those for the first of them.

    Attributes
    ----------
    text : str
        What can be read so far.
    tokens : tuple of dict
        The same in parts, each ``{token, logprob, topLogprobs}`` with natural logarithms, before temperature.
    is_over : bool
        Whether it has come to its end.
    """

    def __init__(self, tokenizer: Tokenizer, ends: Collection[int]) -> None:
        self.text = ""
        self.tokens: tuple[dict[str, Any], ...] = ()
        self.is_over = False
        self._tokenizer = tokenizer
        self._ends = ends
        self._pending: list[int] = []
        self._logprob = 0.0
        self._candidates: list[dict[str, Any]] = []

    def add(self, index: int, scores: Array) -> None:
        """Take the next token, and the scores of all that could have come; after the end nothing."""
        if index in self._ends:
            self.end()
        if self.is_over:
            return
        logprobs = _log_softmax(scores)
        if not self._pending:
            self._candidates = self._likeliest(logprobs)
        self._pending.append(index)
        self._logprob += float(logprobs[index])
        if not self._tokenizer.is_open(self._pending):
            self._settle()

    def end(self) -> None:
        """Bring it to its end, with whatever was held back."""
        self.is_over = True
        self._settle()

    def _settle(self) -> None:
        if text := self._tokenizer.decode(self._pending):
            said = {"token": text, "logprob": round(self._logprob, 4), "topLogprobs": self._candidates}
            self.text, self.tokens = self.text + text, (*self.tokens, said)
        self._pending, self._logprob = [], 0.0

    def _likeliest(self, logprobs: Array) -> list[dict[str, Any]]:
        best = np.argpartition(-logprobs, CANDIDATES)[:CANDIDATES]
        return [
            {"token": self._tokenizer.text_of(int(index)), "logprob": round(float(logprobs[index]), 4)}
            for index in best[np.argsort(-logprobs[best])]
        ]


def _log_softmax(scores: Array) -> Array:
    shifted = scores - scores.max()
    logprobs: Array = shifted - np.log(np.exp(shifted).sum())
    return logprobs
