"""The sparse autoencoder in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .model import Array


class SparseAutoencoder:
    """Describe a hidden state by the few latents that are active on it.

    A latent is silent until its input passes a threshold (a JumpReLU). Decoder rows have length
    one, so an activation is the distance that the latent moves the hidden state.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.floating]]) -> None:
        self.encoder = np.ascontiguousarray(weights["sae.encoder"], dtype=np.float32)
        self.decoder = np.ascontiguousarray(weights["sae.decoder"], dtype=np.float32)
        self.encoder_bias = np.asarray(weights["sae.encoder_bias"], dtype=np.float32)
        self.decoder_bias = np.asarray(weights["sae.decoder_bias"], dtype=np.float32)
        self.threshold = np.asarray(weights["sae.threshold"], dtype=np.float32)

    def __len__(self) -> int:
        return len(self.decoder)

    def encode(self, residual: Array) -> Array:
        """Return the activation of every latent."""
        inputs = (residual - self.decoder_bias) @ self.encoder + self.encoder_bias
        return np.where(inputs > self.threshold, inputs, np.float32(0))

    def encode_one(self, residual: Array, latent: int) -> Array:
        """Return the activation of one latent."""
        inputs = (residual - self.decoder_bias) @ self.encoder[:, latent] + self.encoder_bias[latent]
        return np.where(inputs > self.threshold[latent], inputs, np.float32(0))

    def decode(self, activations: Array) -> Array:
        """Return the hidden state that some activations describe."""
        return activations @ self.decoder + self.decoder_bias
