"""The sparse autoencoder in PyTorch: latents for the text around, then latents for the token.

A plain sparse autoencoder on so small a model spends its latents on single words and drops what
is spread thinly over a text: its kind, its topic. So the first latents, with a budget of their
own, have to describe the mean hidden state of the whole text from one token's hidden state. The
others describe what is left over, in nested groups (a Matryoshka dictionary): each group has to do
as well as it can without those after it, so that early ones learn classes and late ones details.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .settings import Settings

DEAD_AFTER = 200_000
"""Tokens without a firing after which a latent counts as dead and is pulled back."""


class Autoencoder(nn.Module):  # type: ignore[misc]  # torch has no types where it is not installed
    """The trained form: inputs are centred and scaled to a mean square of one."""

    def __init__(self, width: int, latents: int) -> None:
        super().__init__()
        decoder = functional.normalize(torch.randn(latents, width), dim=1)
        self.decoder = nn.Parameter(decoder)
        self.encoder = nn.Parameter(decoder.T.clone())
        self.encoder_bias = nn.Parameter(torch.zeros(latents))
        self.decoder_bias = nn.Parameter(torch.zeros(width))

    def inputs(self, x: Tensor) -> Tensor:
        """Return what each latent receives, before any threshold."""
        return functional.relu((x - self.decoder_bias) @ self.encoder + self.encoder_bias)


@dataclass
class Scale:
    """How hidden states are centred and scaled for training."""

    mean: Tensor
    size: float

    def shrink(self, states: Tensor) -> Tensor:
        """Return states with a mean square of one."""
        return (states - self.mean) / self.size


@dataclass
class Budget:
    """How many latents may be active per token, and the thresholds that this comes down to."""

    first: int
    active: tuple[int, int]
    thresholds: list[float] | None = None

    def apply(self, inputs: Tensor) -> Tensor:
        """Keep the strongest inputs of a whole batch: easy tokens get few latents, hard ones many."""
        parts = inputs[:, : self.first], inputs[:, self.first :]
        kept = [batch_top(part, count * len(part)) for part, count in zip(parts, self.active, strict=True)]
        least = [threshold for _, threshold in kept]
        old = self.thresholds or least
        self.thresholds = [0.99 * o + 0.01 * n for o, n in zip(old, least, strict=True)]
        return torch.cat([activations for activations, _ in kept], dim=1)


def train(
    states: Tensor,
    around: Tensor,
    settings: Settings,
    log: Callable[[str], None],
) -> dict[str, NDArray[np.float32]]:
    """Train on hidden states and return weights in the units of the model.

    Parameters
    ----------
    states
        Hidden states, token by width.
    around
        For each token the mean hidden state of its text.
    """
    torch.manual_seed(settings.seed + 1)
    scale = Scale(states.mean(0), float((states - states.mean(0)).square().mean().sqrt()))
    sae = Autoencoder(states.shape[1], settings.latents)
    budget = Budget(settings.context_latents, (settings.context_active, settings.active))
    optimizer = torch.optim.Adam(sae.parameters(), lr=settings.sae_rate, betas=(0.9, 0.99))
    silent = torch.zeros(settings.latents)
    start = time.perf_counter()
    for step in range(settings.sae_steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.sae_rate * min(1, (step + 1) / 100, 3 * (1 - step / settings.sae_steps))
        chosen = torch.randint(len(states), (settings.sae_batch,))
        x, mean = scale.shrink(states[chosen]), scale.shrink(around[chosen])
        inputs = sae.inputs(x)
        activations = budget.apply(inputs)
        silent = torch.where((activations > 0).any(0), 0.0, silent + len(x))
        loss, error = nested_loss(sae, x, mean, activations, settings)
        loss = loss + dead_loss(sae, error, inputs, silent)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            sae.decoder /= sae.decoder.norm(dim=1, keepdim=True)
        if step % 500 == 0 or step == settings.sae_steps - 1:
            missing = error.detach().square().mean().item()
            dead = int((silent > DEAD_AFTER).sum())
            log(f"  step {step}  unexplained {missing:.4f}  dead {dead}  {time.perf_counter() - start:.0f} s")
    return in_model_units(sae, scale, budget)


def batch_top(inputs: Tensor, count: int) -> tuple[Tensor, float]:
    """Keep this many of the largest inputs of a batch, and return the least that was kept."""
    if count == 0:
        return inputs * 0, 1e9
    values = inputs.detach().flatten()
    least = max(float(torch.kthvalue(values, len(values) - count + 1).values), 1e-6)
    return inputs * (inputs >= least), least


def nested_loss(
    sae: Autoencoder, x: Tensor, around: Tensor, activations: Tensor, settings: Settings
) -> tuple[Tensor, Tensor]:
    """Return the error of all nested groups, and what the whole dictionary leaves over."""
    first = settings.context_latents
    made = sae.decoder_bias + activations[:, :first] @ sae.decoder[:first]
    total = settings.context_weight * (around - made).square().mean() if first else x.new_zeros(())
    begin = first
    for end in settings.prefixes:
        made = made + activations[:, begin:end] @ sae.decoder[begin:end]
        share = 1.0 if end == settings.latents else settings.prefix_weight
        total = total + share * (x - made).square().mean()
        begin = end
    return total, x - made


def dead_loss(sae: Autoencoder, error: Tensor, inputs: Tensor, silent: Tensor) -> Tensor:
    """Let dead latents explain what the living ones leave over (AuxK)."""
    dead = (silent > DEAD_AFTER).nonzero()[:, 0]
    if not len(dead):
        return error.new_zeros(())
    top = inputs[:, dead].topk(min(16, len(dead)), dim=1)
    chosen = torch.zeros(len(error), len(dead)).scatter(1, top.indices, top.values)
    return (error.detach() - chosen @ sae.decoder[dead]).square().mean() / 16


def in_model_units(sae: Autoencoder, scale: Scale, budget: Budget) -> dict[str, NDArray[np.float32]]:
    """Fold centring and scaling into the weights."""
    first, others = budget.thresholds or (0.0, 0.0)
    with torch.no_grad():
        threshold = torch.full_like(sae.encoder_bias, others)
        threshold[: budget.first] = first
        weights = {
            "sae.encoder": sae.encoder,
            "sae.decoder": sae.decoder,
            "sae.encoder_bias": sae.encoder_bias * scale.size,
            "sae.decoder_bias": sae.decoder_bias * scale.size + scale.mean,
            "sae.threshold": threshold * scale.size,
        }
    return {name: value.detach().numpy().astype(np.float32) for name, value in weights.items()}
