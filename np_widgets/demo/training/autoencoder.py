"""The sparse autoencoder in PyTorch: latents for the text around, then latents for the token.

A plain sparse autoencoder on so small a model spends its latents on single words and drops what
is spread thinly over a text. So the dictionary is nested (a Matryoshka). Its first, wide groups
have to describe, from one token's hidden state, the mean hidden state of the whole text: what kind
of text it is. Of the others, each has to describe the token as well as it can without those after
it: few latents, which become classes of words and places, and then many, which add the details.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from np_widgets.demo.tokenizer import BOS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .language_model import LanguageModel
    from .settings import Group, Settings

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


class Budget:
    """How many latents of each group may be active per token, and the thresholds this comes down to.

    Every group has a budget of its own: with a common one, the sharp latents of single words would
    crowd out the faint ones of classes and of the text around.
    """

    def __init__(self, groups: tuple[Group, ...]) -> None:
        self.groups = groups
        self.thresholds: list[float] = []

    def apply(self, inputs: Tensor) -> Tensor:
        """Keep the strongest inputs of a whole batch: easy tokens get few latents, hard ones many."""
        parts = inputs.tensor_split([group.end for group in self.groups[:-1]], dim=1)
        kept = [batch_top(part, group.active * len(part)) for part, group in zip(parts, self.groups, strict=True)]
        least = [threshold for _, threshold in kept]
        old = self.thresholds or least
        self.thresholds = [0.99 * o + 0.01 * n for o, n in zip(old, least, strict=True)]
        return torch.cat([activations for activations, _ in kept], dim=1)

    def threshold(self) -> Tensor:
        """Return the threshold of every latent."""
        starts = [0, *(group.end for group in self.groups[:-1])]
        sizes = [group.end - start for start, group in zip(starts, self.groups, strict=True)]
        return torch.repeat_interleave(torch.tensor(self.thresholds), torch.tensor(sizes))


def train(
    states: Tensor, around: Tensor, settings: Settings, log: Callable[[str], None]
) -> tuple[Autoencoder, Scale, Tensor]:
    """Train on hidden states.

    Parameters
    ----------
    states
        Hidden states, token by width.
    around
        For each token the mean hidden state of its text.

    Returns
    -------
    Autoencoder, Scale, Tensor
        The autoencoder, what its inputs are scaled by, and the threshold of every latent.
    """
    torch.manual_seed(settings.seed + 1)
    mean = states.mean(0)
    scale = Scale(mean, float((states - mean).square().mean().sqrt()))
    sae, budget = Autoencoder(states.shape[1], settings.latents), Budget(settings.groups)
    optimizer = torch.optim.Adam(sae.parameters(), lr=settings.sae_rate, betas=(0.9, 0.99))
    silent, start = torch.zeros(settings.latents), time.perf_counter()
    for step in range(settings.sae_steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.sae_rate * min(1, (step + 1) / 100, 3 * (1 - step / settings.sae_steps))
        chosen = torch.randint(len(states), (settings.sae_batch,))
        x, text = scale.shrink(states[chosen]), scale.shrink(around[chosen])
        inputs = sae.inputs(x)
        activations = budget.apply(inputs)
        silent = torch.where((activations > 0).any(0), 0.0, silent + len(x))
        loss, error = nested_loss(sae, x, text, activations, settings.groups)
        loss = loss + dead_loss(sae, error, inputs, silent)
        descend(sae, optimizer, loss)
        if step % 500 == 0 or step == settings.sae_steps - 1:
            missing = error.detach().square().mean().item()
            dead = int((silent > DEAD_AFTER).sum())
            log(f"  step {step}  unexplained {missing:.4f}  dead {dead}  {time.perf_counter() - start:.0f} s")
    return sae, scale, budget.threshold()


def descend(sae: Autoencoder, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Take one step and keep the decoder's rows at length one."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        sae.decoder /= sae.decoder.norm(dim=1, keepdim=True)


def tune(
    sae: Autoencoder,
    scale: Scale,
    threshold: Tensor,
    model: LanguageModel,
    rows: Tensor,
    settings: Settings,
    log: Callable[[str], None],
) -> None:
    """Teach the autoencoder what the model needs: its next token should stay the same.

    A small error of the hidden state may change much of what the model says and a large one
    little. A short training on that difference (the Kullback-Leibler divergence) is enough. The
    last group alone takes part: the others are to describe the text, whatever comes next.
    """
    tuned = (torch.arange(settings.latents) >= settings.groups[-2].end).float()
    hooks = [
        sae.encoder.register_hook(lambda gradient: gradient * tuned),
        sae.decoder.register_hook(lambda gradient: gradient * tuned[:, None]),
        sae.encoder_bias.register_hook(lambda gradient: gradient * tuned),
    ]
    taught = [sae.encoder, sae.decoder, sae.encoder_bias]
    optimizer = torch.optim.Adam(taught, lr=settings.tuning_rate, betas=(0.9, 0.99))
    generator = torch.Generator().manual_seed(settings.seed + 2)
    for step in range(settings.tuning_steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.tuning_rate * min(1, 2 * (1 - step / settings.tuning_steps))
        ids = rows[torch.randint(len(rows), (settings.tuning_rows,), generator=generator)]
        inside = ids != BOS
        with torch.no_grad():
            state = model.residual(ids, settings.hook)
            wanted = model.logits(model.run_blocks(state, ids, settings.hook))[inside].log_softmax(-1)
        x = scale.shrink(state[inside])
        inputs = sae.inputs(x)
        activations = inputs * (inputs > threshold)
        error = x - (sae.decoder_bias + activations @ sae.decoder)
        seen = state.masked_scatter(inside[..., None], state[inside] - error * scale.size)
        found = model.logits(model.run_blocks(seen, ids, settings.hook))[inside].log_softmax(-1)
        changed = functional.kl_div(found, wanted, log_target=True, reduction="batchmean")
        descend(sae, optimizer, changed + settings.tuning_fidelity * error.square().mean())
        if step % 100 == 0 or step == settings.tuning_steps - 1:
            log(f"  tuning {step}  divergence {changed.item():.4f}  unexplained {error.square().mean().item():.4f}")
    for hook in hooks:
        hook.remove()


def batch_top(inputs: Tensor, count: int) -> tuple[Tensor, float]:
    """Keep this many of the largest inputs of a batch, and return the least that was kept."""
    if count == 0:
        return inputs * 0, 1e9
    values = inputs.detach().flatten()
    least = max(float(torch.kthvalue(values, len(values) - count + 1).values), 1e-6)
    return inputs * (inputs >= least), least


def nested_loss(
    sae: Autoencoder, x: Tensor, around: Tensor, activations: Tensor, groups: tuple[Group, ...]
) -> tuple[Tensor, Tensor]:
    """Return the error of all nested groups, and what the whole dictionary leaves over."""
    made, begin, total = sae.decoder_bias, 0, x.new_zeros(())
    for group in groups:
        made = made + activations[:, begin : group.end] @ sae.decoder[begin : group.end]
        total = total + ((around if group.wide else x) - made).square().mean()
        begin = group.end
    return total, x - made


def dead_loss(sae: Autoencoder, error: Tensor, inputs: Tensor, silent: Tensor) -> Tensor:
    """Let dead latents explain what the living ones leave over (AuxK)."""
    dead = (silent > DEAD_AFTER).nonzero()[:, 0]
    if not len(dead):
        return error.new_zeros(())
    top = inputs[:, dead].topk(min(16, len(dead)), dim=1)
    chosen = torch.zeros(len(error), len(dead)).scatter(1, top.indices, top.values)
    return (error.detach() - chosen @ sae.decoder[dead]).square().mean() / 16


def in_model_units(sae: Autoencoder, scale: Scale, threshold: Tensor) -> dict[str, NDArray[np.float32]]:
    """Fold centring and scaling into the weights."""
    with torch.no_grad():
        weights = {
            "sae.encoder": sae.encoder,
            "sae.decoder": sae.decoder,
            "sae.encoder_bias": sae.encoder_bias * scale.size,
            "sae.decoder_bias": sae.decoder_bias * scale.size + scale.mean,
            "sae.threshold": threshold * scale.size,
        }
    return {name: value.detach().numpy().astype(np.float32) for name, value in weights.items()}
