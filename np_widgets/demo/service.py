"""The demo model as a service: features and activations in Neuronpedia's JSON shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.errors import InvalidRequest

from . import SOURCE_ID, VECTOR_SOURCE_ID, rows
from .dashboards import merge
from .model import Array, padded
from .replies import Dashboards
from .tokenizer import BOS, Reading
from .weights import Shipped, read_shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Reply = dict[str, Any]
Direction = tuple[str, "str | int"]


class DemoModel:
    """A tiny language model, its sparse autoencoder, and dashboards computed from them.

    Nothing is a stored answer: a feature's examples and histograms come from running the shipped
    texts through the model when the first feature is asked for. May be used from several threads.
    """

    def __init__(self) -> None:
        self._shipped: Shipped = read_shipped()
        self._dashboards = Dashboards(self._shipped)
        self.n_features = len(self._shipped.sae)
        self.n_vectors = len(self._shipped.vectors)
        self.context = self._shipped.transformer.context - 1

    # Features ------------------------------------------------------------------------------

    def feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one latent of the autoencoder.

        Raises
        ------
        KeyError
            If there is no such latent.
        """
        return self._dashboards.latent(_checked(index, self.n_features, SOURCE_ID))

    def vector_feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one topic direction.

        A topic direction is the mean hidden state of the texts about a topic, less that of all
        texts. Its activations are plain dot products, as the service's are, and may be negative.

        Raises
        ------
        KeyError
            If there is no such direction.
        """
        return self._dashboards.vector(_checked(index, self.n_vectors, VECTOR_SOURCE_ID))

    def feature_in(self, source: str, index: str | int) -> Reply:
        """Return the feature of either source.

        Raises
        ------
        KeyError
            If there is no such source or index.
        """
        return self.vector_feature(int(index)) if self._is_vector(source, index) else self.feature(int(index))

    # Texts ---------------------------------------------------------------------------------

    def activate(self, source: str, index: str | int, text: str, ignore_bos: bool = True) -> Reply:  # noqa: FBT001, FBT002
        """Return what ``POST /api/activation/new`` returns for a text.

        Parameters
        ----------
        source, index
            A latent or a topic direction.
        text
            Any text. Unknown words are spelt in pieces; the tokens joined are the text.
        ignore_bos
            Leave BOS out. For latents it always is, as on Neuronpedia.

        Raises
        ------
        KeyError
            If there is no such feature.
        InvalidRequest
            If the text is empty or longer than the model can read.
        """
        is_vector = self._is_vector(source, index)
        residual, readings = self._read(text)
        if is_vector:
            values = residual @ self._shipped.vectors[int(index)]
        else:
            values = self._shipped.sae.encode_one(residual, int(index))
        tokens = [reading.text for reading in readings]
        merged = merge(values[1:], readings)
        if is_vector and not ignore_bos:
            tokens, merged = ["<bos>", *tokens], np.insert(merged, 0, values[0])
        row = rows.activation_row(source, int(index), tokens, merged.tolist())
        return row | {"dataSource": "Neuronpedia", "createdAt": _now()}

    def active_features(self, text: str) -> tuple[list[str], Array]:
        """Return the tokens of a text, and token by latent the activation of every latent."""
        residual, readings = self._read(text)
        activations = self._shipped.sae.encode(residual[1:])
        merged = [activations[r.first : r.end].max(0) for r in readings]
        return [reading.text for reading in readings], np.array(merged, dtype=np.float32)

    def tokenize(self, text: str) -> tuple[list[int], list[str]]:
        """Return the token ids of a text and what each of them stands for in the vocabulary."""
        tokenizer = self._shipped.tokenizer
        ids = tokenizer.encode(text)
        return ids, [tokenizer.text_of(index) for index in ids]

    def generate(
        self,
        prompt: str,
        *,
        n_tokens: int = 40,
        temperature: float = 0.7,
        seed: int = 0,
        steer: Iterable[tuple[Direction, float]] = (),
    ) -> Iterator[str]:
        """Continue a prompt, token by token.

        Parameters
        ----------
        prompt
            What the text begins with; may be empty.
        n_tokens
            The most tokens to add. The text also ends where the model ends its document.
        temperature
            0 always takes the likeliest token.
        seed
            The same seed gives the same text.
        steer
            Pairs of ``(source, index)`` and a strength: strength times the latent's decoder row
            (or times the topic direction) is added to the hidden state at every token but BOS.

        Yields
        ------
        str
            Stretches of text that joined give the continuation.
        """
        ids = self._encode(prompt)
        directions = [strength * self._direction(*where) for where, strength in steer]
        added = np.stack(directions).sum(0, keepdims=True) if directions else None
        drawn = self._shipped.transformer.sample(
            padded([ids]),
            n_tokens=n_tokens,
            temperature=temperature,
            rng=np.random.default_rng(abs(seed)),
            added=added,
        )
        return self._speak(int(one[0]) for one in drawn)

    # Inside --------------------------------------------------------------------------------

    def _speak(self, drawn: Iterator[int]) -> Iterator[str]:
        tokenizer = self._shipped.tokenizer
        pending: list[int] = []
        for index in drawn:
            if index == BOS:
                break
            pending.append(index)
            # A marker or half a character is held back until what it belongs to has come.
            if not tokenizer.is_open(pending) or len(pending) > 8:
                yield tokenizer.decode(pending)
                pending = []
        if pending:
            yield tokenizer.decode(pending)

    def _encode(self, text: str) -> list[int]:
        ids = self._shipped.tokenizer.encode(text)
        if len(ids) > self.context:
            raise InvalidRequest(
                f"This text has {len(ids)} tokens, and the demo model reads at most {self.context}. "
                "Words that it does not know are spelt in pieces and count as several.",
                remedy="Shorten it, or split it into several texts.",
            )
        return ids

    def _read(self, text: str) -> tuple[Array, list[Reading]]:
        ids = self._encode(text)
        if not ids:
            raise InvalidRequest("An empty text has no tokens to run.", remedy="Give at least one character.")
        residual = self._shipped.transformer.residual(padded([ids]))[0]
        return residual, self._shipped.tokenizer.read(ids)

    def _is_vector(self, source: str, index: str | int) -> bool:
        """Check that a feature exists and return which source it is in."""
        if source not in (SOURCE_ID, VECTOR_SOURCE_ID):
            raise KeyError(f"The demo model has no source {source!r}, only {SOURCE_ID!r} and {VECTOR_SOURCE_ID!r}.")
        _checked(index, self.n_features if source == SOURCE_ID else self.n_vectors, source)
        return source == VECTOR_SOURCE_ID

    def _direction(self, source: str, index: str | int) -> Array:
        table = self._shipped.vectors if self._is_vector(source, index) else self._shipped.sae.decoder
        direction: Array = table[int(index)]
        return direction


def _checked(index: str | int, size: int, source: str) -> int:
    number = int(index) if str(index).isascii() and str(index).isdigit() else -1
    if not 0 <= number < size:
        raise KeyError(f"{source!r} has features 0 to {size - 1}; there is no {index!r}.")
    return number


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
