"""Measures of the model and the autoencoder, taken with the weights and the code that ship."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from np_widgets.demo.model import Array, Ids, Transformer, padded

from .labelling import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from np_widgets.demo.sae import SparseAutoencoder

    from .concepts import Tagger
    from .documents import Document

ROWS = 64


def batches(texts: list[list[int]]) -> Iterator[tuple[Ids, NDArray[np.bool_]]]:
    """Yield padded texts and which of their positions count: not BOS, not the filling."""
    for start in range(0, len(texts), ROWS):
        some = texts[start : start + ROWS]
        ids = padded(some)
        position = np.arange(ids.shape[1])
        yield ids, (position > 0) & (position <= np.array([len(text) for text in some])[:, None])


def losses(logits: Array, ids: Ids) -> Array:
    """Return the cross-entropy of each next token."""
    scores = logits[:, :-1]
    best = scores.max(-1, keepdims=True)
    total = np.log(np.exp(scores - best).sum(-1)) + best[..., 0]
    return np.asarray(total - np.take_along_axis(scores, ids[:, 1:, None], -1)[..., 0])


def reconstruction(transformer: Transformer, sae: SparseAutoencoder, texts: list[list[int]]) -> dict[str, float]:
    """Return how much the model loses when it sees its hidden states through the autoencoder.

    Cross-entropies are over the tokens after the first of a text, in nats. The share that is
    "recovered" against mean ablation flatters any autoencoder, so the plain increase is given.
    """
    sums = dict.fromkeys(("plain", "through", "ablated", "predicted", "active", "missing", "all", "states"), 0.0)
    mean = _mean_state(transformer, texts)
    for ids, inside in batches(texts):
        state = transformer.residual(ids)
        activations = sae.encode(state)
        made = np.where(inside[..., None], sae.decode(activations), state)
        predicted = inside[:, :-1] & inside[:, 1:]
        for name, x in (("plain", state), ("through", made), ("ablated", np.where(inside[..., None], mean, state))):
            sums[name] += float(losses(transformer.logits_from(x), ids)[predicted].sum())
        sums["predicted"] += predicted.sum()
        sums["states"] += inside.sum()
        sums["active"] += float((activations > 0).sum(-1)[inside].sum())
        sums["missing"] += float(((state - made) ** 2)[inside].sum())
        sums["all"] += float(((state - mean) ** 2)[inside].sum())
    plain, through, ablated = (sums[name] / sums["predicted"] for name in ("plain", "through", "ablated"))
    return {
        "cross_entropy": plain,
        "cross_entropy_with_sae": through,
        "increase": through - plain,
        "cross_entropy_mean_ablation": ablated,
        "l0": sums["active"] / sums["states"],
        "variance_explained": 1 - sums["missing"] / sums["all"],
    }


def _mean_state(transformer: Transformer, texts: list[list[int]]) -> Array:
    total, count = np.zeros(transformer.width), 0
    for ids, inside in batches(texts):
        states = transformer.residual(ids)[inside]
        total += states.sum(0)
        count += len(states)
    return np.asarray(total / count, dtype=np.float32)


def gather(documents: list[Document], tagger: Tagger, transformer: Transformer, sae: SparseAutoencoder) -> Evidence:
    """Run documents through the model and lay facts and activations side by side."""
    tagged = [tagger.tag(document) for document in documents]
    texts = [ids for ids, _ in tagged]
    activations = [sae.encode(transformer.residual(ids)[inside]) for ids, inside in batches(texts)]
    return Evidence(
        np.concatenate([np.array(ids, dtype=np.int64) for ids in texts]),
        np.repeat(np.arange(len(texts)), [len(ids) for ids in texts]),
        np.concatenate([facts for _, facts in tagged]),
        np.concatenate(activations),
    )
