"""Several texts written at once, as rows of one matrix and by the same chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .model import Array, Ids, draw
from .speech import Speech
from .tokenizer import BOS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Change, Transformer
    from .tokenizer import Tokenizer


@dataclass(frozen=True)
class Writer:
    """How texts are written.

    Parameters
    ----------
    n_tokens
        The most tokens to add to each.
    temperature
        0 always takes the likeliest token.
    seed
        The same seed gives the same texts.
    ends
        Tokens with which a text is over; they are not part of it.
    begins_anyhow
        Whether no text ends before it has begun.
    """

    transformer: Transformer
    tokenizer: Tokenizer
    n_tokens: int
    temperature: float
    seed: int
    ends: Sequence[int]
    begins_anyhow: bool = False

    def write(self, texts: Sequence[list[int]], change: Change) -> Iterator[tuple[Speech, ...]]:
        """Go on with texts, token by token; yield what each has come to whenever one of them has grown.

        The texts may differ in length; ``change`` is as in :meth:`Transformer.advance`, where all are as long as the
        longest, with BOS before it. What is yielded goes on growing.
        """
        fresh, fill = _aligned(texts)
        cache = self.transformer.new_cache(len(texts), fill)
        # Where two models would say the same they do, as all texts are drawn by the same numbers.
        chance = np.random.default_rng([abs(self.seed), self.seed < 0])
        speeches = tuple(Speech(self.tokenizer, self.ends) for _ in texts)
        grown, most = 0, min(self.n_tokens, self.transformer.context - fresh.shape[1] + 1)
        for number in range(1, most + 1):
            scores = self.transformer.advance(fresh, cache, change)
            fresh = draw(self._allowed(scores, number), self.temperature, chance.random(scores.shape[1:]))[:, None]
            for speech, (index,), row in zip(speeches, fresh.tolist(), scores, strict=True):
                speech.add(index, row)
                if number == most:
                    speech.end()
            is_over, length = all(speech.is_over for speech in speeches), sum(len(speech.tokens) for speech in speeches)
            if is_over or length > grown:
                yield speeches
            if is_over:
                return
            grown = length

    def _allowed(self, scores: Array, number: int) -> Array:
        if number > 1 or not self.begins_anyhow:
            return scores
        allowed = scores.copy()
        allowed[:, list(self.ends)] = -np.inf
        return allowed


def _aligned(texts: Sequence[list[int]]) -> tuple[Ids, list[int]]:
    """Lay texts into one array so that they end together, BOS first; say how far each is filled up at its front."""
    longest = max(map(len, texts))
    fill = [longest - len(text) for text in texts]
    return np.array([[BOS] * (1 + more) + text for more, text in zip(fill, texts, strict=True)]), fill
