"""The sparse autoencoder in PyTorch: nested dictionaries (Matryoshka) with batch top-k.

A plain sparse autoencoder on so small a model spends its latents on single words. Here the first
48 latents have to describe the hidden states as well as they can alone, then the first 128, and so
on: the early ones learn what covers much text (kinds, topics, word classes), the late ones details.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .settings import Settings

DEAD_AFTER = 200_000
"""Tokens without a firing after which a latent counts as dead and is pulled back."""


class Autoencoder(nn.Module):
    """The trained form: inputs are centred and scaled to a mean square of one."""

    def __init__(self, width: int, latents: int) -> None:
        super().__init__()
        decoder = F.normalize(torch.randn(latents, width), dim=1)
        self.decoder = nn.Parameter(decoder)
        self.encoder = nn.Parameter(decoder.T.clone())
        self.encoder_bias = nn.Parameter(torch.zeros(latents))
        self.decoder_bias = nn.Parameter(torch.zeros(width))

    def inputs(self, x: Tensor) -> Tensor:
        """Return what each latent receives, before any threshold."""
        return F.relu((x - self.decoder_bias) @ self.encoder + self.encoder_bias)


@dataclass
class Scale:
    """How hidden states are centred and scaled for training."""

    mean: Tensor
    size: float


def train(states: Tensor, settings: Settings, log: Callable[[str], None]) -> dict[str, NDArray[np.float32]]:
    """Train on hidden states (token by width) and return weights in the units of the model."""
    torch.manual_seed(settings.seed + 1)
    scale = Scale(states.mean(0), float((states - states.mean(0)).square().mean().sqrt()))
    sae = Autoencoder(states.shape[1], settings.latents)
    optimizer = torch.optim.Adam(sae.parameters(), lr=settings.sae_rate, betas=(0.9, 0.99))
    silent = torch.zeros(settings.latents)
    threshold, start = 0.0, time.perf_counter()
    for step in range(settings.sae_steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.sae_rate * min(1, (step + 1) / 100, 3 * (1 - step / settings.sae_steps))
        x = (states[torch.randint(len(states), (settings.sae_batch,))] - scale.mean) / scale.size
        inputs = sae.inputs(x)
        activations, least = batch_top(inputs, settings.active * len(x))
        threshold = least if step == 0 else 0.99 * threshold + 0.01 * least
        silent = torch.where((activations > 0).any(0), 0.0, silent + len(x))
        loss, error = nested_loss(sae, x, activations, settings.prefixes)
        loss = loss + dead_loss(sae, error, inputs, silent)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            sae.decoder /= sae.decoder.norm(dim=1, keepdim=True)
        if step % 500 == 0 or step == settings.sae_steps - 1:
            missing = float(error.square().mean())
            dead = int((silent > DEAD_AFTER).sum())
            log(f"  step {step}  unexplained {missing:.4f}  dead {dead}  {time.perf_counter() - start:.0f} s")
    return in_model_units(sae, scale, threshold)


def batch_top(inputs: Tensor, count: int) -> tuple[Tensor, float]:
    """Keep the largest inputs of a whole batch: easy tokens get few latents, hard ones many."""
    values = inputs.detach().flatten()
    least = float(torch.kthvalue(values, len(values) - count + 1).values)
    return inputs * (inputs >= max(least, 1e-6)), least


def nested_loss(sae: Autoencoder, x: Tensor, activations: Tensor, prefixes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return the mean error over all nested dictionaries, and what the whole one leaves over."""
    made: Tensor = sae.decoder_bias.expand_as(x)
    total, begin = x.new_zeros(()), 0
    for end in prefixes:
        made = made + activations[:, begin:end] @ sae.decoder[begin:end]
        total = total + (x - made).square().mean()
        begin = end
    return total / len(prefixes), x - made


def dead_loss(sae: Autoencoder, error: Tensor, inputs: Tensor, silent: Tensor) -> Tensor:
    """Let dead latents explain what the living ones leave over (AuxK)."""
    dead = (silent > DEAD_AFTER).nonzero()[:, 0]
    if not len(dead):
        return error.new_zeros(())
    top = inputs[:, dead].topk(min(16, len(dead)), dim=1)
    chosen = torch.zeros(len(error), len(dead)).scatter(1, top.indices, top.values)
    return (error.detach() - chosen @ sae.decoder[dead]).square().mean() / 16


def in_model_units(sae: Autoencoder, scale: Scale, threshold: float) -> dict[str, NDArray[np.float32]]:
    """Fold centring and scaling into the weights."""
    with torch.no_grad():
        weights = {
            "sae.encoder": sae.encoder,
            "sae.decoder": sae.decoder,
            "sae.encoder_bias": sae.encoder_bias * scale.size,
            "sae.decoder_bias": sae.decoder_bias * scale.size + scale.mean,
            "sae.threshold": torch.full_like(sae.encoder_bias, max(threshold, 1e-6) * scale.size),
        }
    assert math.isfinite(threshold)
    return {name: value.detach().numpy().astype(np.float32) for name, value in weights.items()}
