"""The demo model as a service: features and activations in Neuronpedia's JSON shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from . import SOURCE_ID, VECTOR_SOURCE_ID, rows
from .dashboards import merge
from .model import padded
from .reading import BOS_TEXT
from .searching import SearchingModel
from .tokenizer import BOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Reply = dict[str, Any]
Direction = tuple[str, "str | int"]


class DemoModel(SearchingModel):
    """A tiny language model, its sparse autoencoder, and dashboards computed from them.

    Nothing is a stored answer: a feature's examples and histograms come from running the shipped
    texts through the model when the first feature is asked for. May be used from several threads.
    """

    # Features ------------------------------------------------------------------------------

    def feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one latent of the autoencoder.

        Raises
        ------
        KeyError
            If there is no such latent.
        """
        return self._dashboards.latent(self._found(SOURCE_ID, index))

    def vector_feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one topic direction.

        A topic direction is the mean hidden state of the texts about a topic, less that of all
        texts. Its activations are plain dot products, as the service's are, and may be negative.

        Raises
        ------
        KeyError
            If there is no such direction.
        """
        return self._dashboards.vector(self._found(VECTOR_SOURCE_ID, index))

    def feature_in(self, source: str, index: str | int) -> Reply:
        """Return the feature of either source.

        Raises
        ------
        KeyError
            If there is no such source or index.
        """
        number = self._found(source, index)
        return self._dashboards.vector(number) if source == VECTOR_SOURCE_ID else self._dashboards.latent(number)

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
        number = self._found(source, index)
        residual, readings = self._read(text)
        if source == VECTOR_SOURCE_ID:
            values = residual @ self._shipped.vectors[number]
        else:
            values = self._shipped.sae.encode_one(residual, number)
        tokens = [reading.text for reading in readings]
        merged = merge(values[1:], readings)
        if source == VECTOR_SOURCE_ID and not ignore_bos:
            tokens, merged = [BOS_TEXT, *tokens], np.insert(merged, 0, values[0])
        row = rows.activation_row(source, number, tokens, merged)
        return row | {"dataSource": "Neuronpedia", "createdAt": _now()}

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
        directions = [
            strength * self._directions(source)[self._found(source, index)] for (source, index), strength in steer
        ]
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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
