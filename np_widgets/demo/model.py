"""The transformer in NumPy: hidden states, next-token scores, and text that can be steered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .tokenizer import BOS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Array = NDArray[np.float32]
Ids = NDArray[np.int64]
Change: TypeAlias = "Callable[[Array, int], Array]"

ROTARY_BASE = 1000.0
UNSEEN = np.float32(-1e9)
"""Finite, as a place that is filled up sees nothing but such places."""
BLOCK_PARTS = ("norm1", "qkv", "out", "norm2", "up", "down")


@dataclass
class Cache:
    """Keys and values of the tokens so far, per block, so that each token is computed once."""

    keys: list[Array]
    values: list[Array]
    length: int = 0
    blank: Array | None = None
    """What is added to the attention paid to each place: nothing, or so little that it is not looked at."""


class Transformer:
    """A decoder-only transformer, read-only.

    Parameters
    ----------
    weights
        ``embed``, ``norm``, ``unembed`` and, for block *i*, ``blocks.i.qkv`` and so on.
    heads
        Number of attention heads.
    hook
        The block before which the residual stream is read and steered.
    context
        The longest text, in tokens with BOS, that the model was trained on.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.floating]], *, heads: int, hook: int, context: int) -> None:
        self.embed = _float(weights["embed"])
        self.norm = _float(weights["norm"])
        self.unembed = _float(weights["unembed"])
        depth = sum(name.endswith(".qkv") for name in weights)
        self._blocks = [
            {part: _float(weights[f"blocks.{block}.{part}"]) for part in BLOCK_PARTS} for block in range(depth)
        ]
        self.heads, self.hook, self.context = heads, hook, context
        self.width = self.embed.shape[1]
        self._cos, self._sin = rotary(context, self.width // heads)

    @property
    def depth(self) -> int:
        """Number of blocks."""
        return len(self._blocks)

    def residual(self, ids: Ids) -> Array:
        """Return the residual stream at the hook.

        Parameters
        ----------
        ids
            Token ids, text by position. Shorter texts are filled up at their end: a token never
            sees the ones after it.
        """
        return self._run(self.embed[ids], 0, self.hook)

    def logits(self, ids: Ids, *, added: Array | None = None) -> Array:
        """Return the scores of the next token at every position.

        ``added`` is put on the residual stream at the hook, at every position but the first.
        """
        return self.logits_from(self.residual(ids), added=added)

    def logits_from(self, residual: Array, *, added: Array | None = None) -> Array:
        """Return the scores of the next token for a residual stream taken at the hook."""
        x = residual if added is None else _add(residual, added, first=0)
        scores: Array = rms_norm(self._run(x, self.hook, self.depth), self.norm) @ self.unembed
        return scores

    def loss(self, ids: Ids) -> Array:
        """Return the cross-entropy, in nats, of every token after the first."""
        logits = self.logits(ids[:, :-1])
        best = logits.max(-1, keepdims=True)
        total = np.log(np.exp(logits - best).sum(-1)) + best[..., 0]
        chosen = np.take_along_axis(logits, ids[:, 1:, None], axis=-1)[..., 0]
        return np.asarray(total - chosen, dtype=np.float32)

    def sample(
        self,
        ids: Ids,
        *,
        n_tokens: int,
        temperature: float,
        rng: np.random.Generator,
        added: Array | None = None,
    ) -> Iterator[Ids]:
        """Continue several texts of one length, yielding one new token of each at a time.

        Parameters
        ----------
        ids
            The texts so far, text by position, each beginning with BOS.
        temperature
            0 always takes the likeliest token.
        added
            One direction per text, put on the residual stream at the hook, BOS left alone: its
            hidden state is unlike any other, and everything attends to it.
        """
        cache = self.new_cache(len(ids))
        change = None if added is None else lambda x, first: _add(x, added[:, None], first=first)
        fresh = ids
        for _ in range(min(n_tokens, self.context - ids.shape[1])):
            scores = self.advance(fresh, cache, change)
            fresh = draw(scores, temperature, rng.random(scores.shape))[:, None]
            yield fresh[:, 0]

    def advance(self, ids: Ids, cache: Cache, change: Change | None = None) -> Array:
        """Go on with several texts by the same number of tokens each, and return the scores of the next.

        Parameters
        ----------
        ids
            What is new, text by position.
        cache
            What was there before; it grows.
        change
            Takes the residual stream at the hook, text by position by width, and the number of tokens before it;
            returns what to go on with.

        Returns
        -------
        ndarray of float32, shape (texts, vocabulary)
        """
        x = self._run(self.embed[ids], 0, self.hook, cache)
        if change is not None:
            x = change(x, cache.length)
        x = self._run(x, self.hook, self.depth, cache)
        cache.length += ids.shape[1]
        scores: Array = rms_norm(x[:, -1], self.norm) @ self.unembed
        return scores

    def new_cache(self, rows: int, fill: Sequence[int] = ()) -> Cache:
        """Return the cache of texts that are about to begin.

        ``fill`` says how many places of each are filled up at its front, so that texts of unlike length end together;
        no token looks there. What a token sees depends on how far apart tokens are and not on where a text begins.
        """
        shape = (rows, self.heads, self.context, self.width // self.heads)
        blank = np.where(np.arange(self.context) < np.reshape(fill, (-1, 1, 1, 1)), UNSEEN, np.float32(0))
        return Cache(
            [np.empty(shape, np.float32) for _ in self._blocks],
            [np.empty(shape, np.float32) for _ in self._blocks],
            blank=blank if any(fill) else None,
        )

    def _run(self, x: Array, first: int, end: int, cache: Cache | None = None) -> Array:
        for index in range(first, end):
            x = self._block(x, index, cache)
        return x

    def _block(self, x: Array, index: int, cache: Cache | None) -> Array:
        block = self._blocks[index]
        x = x + self._attend(rms_norm(x, block["norm1"]), index, cache) @ block["out"]
        hidden = np.maximum(rms_norm(x, block["norm2"]) @ block["up"], 0)
        moved: Array = x + (hidden * hidden) @ block["down"]
        return moved

    def _attend(self, x: Array, index: int, cache: Cache | None) -> Array:
        rows, length, width = x.shape
        qkv = (x @ self._blocks[index]["qkv"]).reshape(rows, length, 3, self.heads, -1)
        q, k, v = qkv.transpose(2, 0, 3, 1, 4)
        start = cache.length if cache else 0
        cos, sin = self._cos[start : start + length], self._sin[start : start + length]
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache:
            cache.keys[index][:, :, start : start + length] = k
            cache.values[index][:, :, start : start + length] = v
            k = cache.keys[index][:, :, : start + length]
            v = cache.values[index][:, :, : start + length]
        scores = q @ k.swapaxes(-1, -2) / np.float32(np.sqrt(q.shape[-1]))
        if length > 1:
            scores += np.triu(np.full(scores.shape[-2:], -np.inf, np.float32), k=start + 1)
        if cache and cache.blank is not None:
            scores += cache.blank[..., : start + length]
        return np.asarray((softmax(scores) @ v).swapaxes(1, 2).reshape(rows, length, width))


def _float(values: NDArray[np.floating]) -> Array:
    array = np.ascontiguousarray(values, dtype=np.float32)
    array.flags.writeable = False
    return array


def _add(x: Array, added: Array, *, first: int) -> Array:
    steered = x + added
    if first == 0:
        steered[:, 0] = x[:, 0]
    return steered


def rms_norm(x: Array, gain: Array) -> Array:
    """Scale to a root mean square of one, then by the gain."""
    size = np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-6))
    scaled: Array = x / size * gain
    return scaled


def softmax(scores: Array) -> Array:
    """Turn scores into probabilities along the last axis."""
    exponents: Array = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = exponents / exponents.sum(axis=-1, keepdims=True)
    return shares


def rotary(length: int, width: int) -> tuple[Array, Array]:
    """Return the cosines and sines that turn queries and keys by their position."""
    speeds = ROTARY_BASE ** (-np.arange(0, width, 2) / width)
    angles = np.arange(length)[:, None] * speeds
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def rotate(x: Array, cos: Array, sin: Array) -> Array:
    """Turn the two halves of each vector against each other."""
    a, b = np.split(x, 2, axis=-1)
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def draw(logits: Array, temperature: float, chance: NDArray[np.float64]) -> Ids:
    """Draw one token per row; ``chance`` is even from 0 to 1, for each token of each row, or of all rows alike."""
    if temperature > 1e-6:  # what is colder is as good as 0, and would overflow
        # Adding Gumbel noise and taking the largest is drawing from the softmax.
        logits = logits / temperature - np.log(-np.log(chance + 1e-20) + 1e-20)
    return np.asarray(logits.argmax(-1), dtype=np.int64)


def padded(texts: list[list[int]]) -> Ids:
    """Lay token ids into one array, BOS first, filled up at the end."""
    ids = np.full((len(texts), 1 + max(map(len, texts), default=0)), BOS, dtype=np.int64)
    for row, text in zip(ids, texts, strict=True):
        row[1 : 1 + len(text)] = text
    return ids
