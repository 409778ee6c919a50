"""What every question to the demo model begins with: a text run through it, a feature found in it."""

from __future__ import annotations

import numpy as np

from np_widgets.errors import InvalidRequest

from . import SOURCE_ID, VECTOR_SOURCE_ID
from .dashboards import merge
from .model import Array, padded
from .replies import Dashboards
from .tokenizer import SPECIALS, Reading
from .weights import Shipped, read_shipped

BOS_TEXT = SPECIALS[0]


class ReadingModel:
    """The demo model as far as it reads."""

    def __init__(self) -> None:
        self._shipped: Shipped = read_shipped()
        self._dashboards = Dashboards(self._shipped)
        self.n_features = len(self._shipped.sae)
        self.n_vectors = len(self._shipped.vectors)
        self.context = self._shipped.transformer.context - 1

    def active_features(self, text: str, *, bos: bool = False) -> tuple[list[str], Array]:
        """Run a text through the autoencoder.

        Parameters
        ----------
        text
            Any text that is not empty.
        bos
            Keep BOS, whose values stand first.

        Returns
        -------
        tokens : list of str
        activations : ndarray of float32, shape (tokens, latents)

        Raises
        ------
        InvalidRequest
            If the text is empty or longer than the model can read.
        """
        residual, readings = self._read(text)
        activations = self._shipped.sae.encode(residual)
        tokens, merged = [reading.text for reading in readings], merge(activations[1:], readings)
        return ([BOS_TEXT, *tokens], np.vstack([activations[:1], merged])) if bos else (tokens, merged)

    def tokenize(self, text: str) -> tuple[list[int], list[str]]:
        """Return the token ids of a text and what each of them stands for in the vocabulary."""
        tokenizer = self._shipped.tokenizer
        ids = tokenizer.encode(text)
        return ids, [tokenizer.text_of(index) for index in ids]

    def _encode(self, text: str) -> list[int]:
        remedy = "Shorten it, or split it into several texts."
        return self._fit(self._shipped.tokenizer.encode(text), "This text has", remedy)

    def _fit(self, ids: list[int], said: str, remedy: str) -> list[int]:
        """Refuse more than the model reads."""
        if len(ids) > self.context:
            raise InvalidRequest(
                f"{said} {len(ids)} tokens, and the demo model reads at most {self.context}. "
                "Words that it does not know are spelt in pieces and count as several.",
                remedy=remedy,
            )
        return ids

    def _read(self, text: str) -> tuple[Array, list[Reading]]:
        ids = self._encode(text)
        if not ids:
            raise InvalidRequest("An empty text has no tokens to run.", remedy="Give at least one character.")
        residual = self._shipped.transformer.residual(padded([ids]))[0]
        return residual, self._shipped.tokenizer.read(ids)

    def _found(self, source: str, index: str | int) -> int:
        """Check that a feature exists, and return its number."""
        number = int(index) if str(index).isascii() and str(index).isdigit() else -1
        size = len(self._directions(source))
        if not 0 <= number < size:
            raise KeyError(f"{source!r} has features 0 to {size - 1}; there is no {index!r}.")
        return number

    def _directions(self, source: str) -> Array:
        """Return the directions of a source's features, shape (features, width)."""
        if source not in (SOURCE_ID, VECTOR_SOURCE_ID):
            raise KeyError(f"The demo model has no source {source!r}, only {SOURCE_ID!r} and {VECTOR_SOURCE_ID!r}.")
        return self._shipped.sae.decoder if source == SOURCE_ID else self._shipped.vectors
