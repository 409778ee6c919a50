"""The demo model as a service: features and activations in Neuronpedia's JSON shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from . import SOURCE_ID, VECTOR_SOURCE_ID, rows
from .dashboards import merge
from .reading import BOS_TEXT
from .searching import SearchingModel
from .steering import SteeringModel

Reply = dict[str, Any]


class DemoModel(SearchingModel, SteeringModel):
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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
