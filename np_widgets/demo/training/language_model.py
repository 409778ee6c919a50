"""The language model in PyTorch: a three-block transformer, small enough to ship."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from np_widgets.demo.tokenizer import BOS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .settings import Settings

ROTARY_BASE = 1000.0


class Block(nn.Module):  # type: ignore[misc]  # torch has no types where it is not installed
    """Attention and a squared-ReLU MLP, each after a norm, each added to the residual stream."""

    def __init__(self, width: int, heads: int, depth: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.qkv = _matrix(width, 3 * width)
        self.out = _matrix(width, width, scale=1 / math.sqrt(2 * depth))
        self.up = _matrix(width, 4 * width)
        self.down = _matrix(4 * width, width, scale=1 / math.sqrt(2 * depth))

    def forward(self, x: Tensor, mask: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """Read from the residual stream and add to it."""
        rows, length, width = x.shape
        qkv = (rms_norm(x, self.norm1) @ self.qkv).view(rows, length, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(rotate(q, turn), rotate(k, turn), v, attn_mask=mask)
        x = x + mixed.transpose(1, 2).reshape(rows, length, width) @ self.out
        return x + functional.relu(rms_norm(x, self.norm2) @ self.up).square() @ self.down


class LanguageModel(nn.Module):  # type: ignore[misc]
    """Predict the next token of a document."""

    def __init__(self, settings: Settings, vocabulary: int) -> None:
        super().__init__()
        width = settings.width
        self.settings = settings
        # Words start out alike. From a large random start, every word would keep an arbitrary
        # direction of its own, and the autoencoder would find words instead of classes.
        self.embed = nn.Parameter(torch.randn(vocabulary, width) * settings.embedding_size)
        self.blocks = nn.ModuleList(Block(width, settings.heads, settings.blocks) for _ in range(settings.blocks))
        self.norm = nn.Parameter(torch.ones(width))
        self.unembed = _matrix(width, vocabulary, scale=settings.embedding_size)

    def residual(self, ids: Tensor, until: int | None = None) -> Tensor:
        """Return the residual stream that enters block ``until`` (default: the last norm)."""
        x = self.embed[ids]
        return self.run_blocks(x, ids, 0, until)

    def run_blocks(self, x: Tensor, ids: Tensor, first: int, until: int | None = None) -> Tensor:
        """Run some blocks on a residual stream; ``ids`` tell where documents begin."""
        mask, turn = document_mask(ids), rotary(ids.shape[1], self.settings.width // self.settings.heads)
        for block in self.blocks[first:until]:
            x = block(x, mask, turn)
        return x

    def logits(self, x: Tensor) -> Tensor:
        """Return the logits for a residual stream that has left the last block."""
        return rms_norm(x, self.norm) @ self.unembed

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits of the next token at every position."""
        return self.logits(self.residual(ids))


def _matrix(rows: int, columns: int, scale: float = 1.0) -> nn.Parameter:
    return nn.Parameter(torch.randn(rows, columns) * (scale / math.sqrt(rows)))


def rms_norm(x: Tensor, gain: Tensor) -> Tensor:
    """Scale to a root mean square of one, then by the gain."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * gain


def rotary(length: int, width: int) -> tuple[Tensor, Tensor]:
    """Return the cosines and sines that turn queries and keys by their position."""
    speeds = ROTARY_BASE ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(length)[:, None] * speeds
    return angles.cos(), angles.sin()


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn the two halves of each vector against each other."""
    cos, sin = turn
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def document_mask(ids: Tensor) -> Tensor:
    """Let a token see the earlier tokens of its own document only."""
    document = (ids == BOS).cumsum(1)
    same = document[:, None, :, None] == document[:, None, None, :]
    length = ids.shape[1]
    return same & torch.ones(length, length, dtype=torch.bool).tril()


def pack(documents: Sequence[Sequence[int]], context: int) -> Tensor:
    """Lay documents into rows, whole; what is left of a row is filled with BOS."""
    rows: list[list[int]] = [[]]
    for document in documents:
        tokens = [BOS, *document][:context]
        if len(rows[-1]) + len(tokens) > context:
            rows.append([])
        rows[-1] += tokens
    padded = np.zeros((len(rows), context), dtype=np.int64)
    for row, tokens in zip(padded, rows, strict=True):
        row[: len(tokens)] = tokens
    return torch.from_numpy(padded)


def loss_of(logits: Tensor, ids: Tensor) -> Tensor:
    """Return the mean cross-entropy of the next token, the filling left out."""
    targets = ids[:, 1:]
    filling = (targets == BOS) & (ids[:, :-1] == BOS)
    targets = targets.masked_fill(filling, -100)
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten(), ignore_index=-100)


def batches(rows: Tensor, settings: Settings) -> Iterator[Tensor]:
    """Yield the rows in random order, as often as the settings say."""
    generator = torch.Generator().manual_seed(settings.seed)
    steps = int(settings.epochs * len(rows) / settings.rows_per_step)
    done = 0
    while done < steps:
        for chosen in torch.randperm(len(rows), generator=generator).split(settings.rows_per_step):
            if done == steps:
                return
            done += 1
            yield rows[chosen]


def train(rows: Tensor, vocabulary: int, settings: Settings, log: Callable[[str], None]) -> LanguageModel:
    """Train a model on packed rows of token ids."""
    torch.manual_seed(settings.seed)
    model = LanguageModel(settings, vocabulary)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.rate, betas=(0.9, 0.97), weight_decay=settings.weight_decay
    )
    steps = int(settings.epochs * len(rows) / settings.rows_per_step)
    start, recent = time.perf_counter(), 0.0
    for step, ids in enumerate(batches(rows, settings)):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * schedule(step, steps, settings.warm_up)
        loss = loss_of(model(ids), ids)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent = 0.98 * recent + 0.02 * loss.item() if step else loss.item()
        if step % 200 == 0 or step == steps - 1:
            log(f"  step {step}/{steps}  loss {recent:.4f}  {time.perf_counter() - start:.0f} s")
    model.eval()
    return model


def schedule(step: int, steps: int, warm_up: int) -> float:
    """Warm up, stay, and fall to zero over the last half."""
    return min(1.0, (step + 1) / warm_up, max(0.0, 2 * (1 - step / max(steps, 1))))
