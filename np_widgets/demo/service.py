"""The demo model as a service: features and activations in Neuronpedia's JSON shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Reply = dict[str, Any]


class DemoModel:
    """A tiny language model, its sparse autoencoder, and dashboards computed from them."""

    n_features: int
    n_vectors: int

    def feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one latent of the autoencoder."""
        raise NotImplementedError

    def vector_feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one topic direction."""
        raise NotImplementedError

    def feature_in(self, source: str, index: str | int) -> Reply:
        """Return the feature of either source; ``KeyError`` if there is none."""
        raise NotImplementedError

    def activate(self, source: str, index: str | int, text: str, ignore_bos: bool = True) -> Reply:
        """Return what ``POST /api/activation/new`` returns for a text."""
        raise NotImplementedError

    def active_features(self, text: str) -> tuple[list[str], NDArray[np.float32]]:
        """Return the tokens of a text and the activation of every latent on each of them."""
        raise NotImplementedError

    def tokenize(self, text: str) -> tuple[list[int], list[str]]:
        """Return token ids and the strings they stand for."""
        raise NotImplementedError

    def generate(
        self,
        prompt: str,
        *,
        n_tokens: int = 40,
        temperature: float = 0.7,
        seed: int = 0,
        steer: Sequence[tuple[tuple[str, str | int], float]] = (),
    ) -> Iterator[str]:
        """Continue a prompt, token by token, with directions added to the hidden state."""
        raise NotImplementedError
