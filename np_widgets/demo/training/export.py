"""Writing what ships: weights in half precision, texts, labels."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from np_widgets.demo.tokenizer import FIRST_WORD, Tokenizer
from np_widgets.demo.weights import LABELS, WEIGHTS

from .documents import TOPICS
from .lexicon import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .labelling import Label, Labelling
    from .settings import Settings
    from .steering import Steered

KEPT_EXACT = ("sae.threshold",)
"""Rounding a threshold switches latents on that were just below it."""
Weights = dict[str, NDArray[np.float32]]


def rounded(weights: Weights) -> Weights:
    """Return weights as they are after shipping."""
    return {name: _half(name, value).astype(np.float32) for name, value in weights.items()}


def _half(name: str, value: NDArray[np.float32]) -> NDArray[np.floating[Any]]:
    return value if name in KEPT_EXACT else value.astype(np.float16)


def write(
    folder: Path,
    tokenizer: Tokenizer,
    model: Weights,
    sae: Weights,
    vectors: NDArray[np.float32],
    texts: Sequence[Sequence[int]],
) -> None:
    """Write the weights file."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = json.dumps(tokenizer.vocabulary[FIRST_WORD:], ensure_ascii=False).encode()
    np.savez_compressed(
        folder / WEIGHTS,
        vocabulary=np.frombuffer(vocabulary, dtype=np.uint8),
        vectors=vectors.astype(np.float16),
        corpus=np.concatenate([np.array(text, dtype=np.uint16) for text in texts]),
        corpus_lengths=np.array([len(text) for text in texts], dtype=np.uint16),
        **{name: _half(name, value) for name, value in (model | sae).items()},  # type: ignore[arg-type]
    )


def write_labels(
    folder: Path, settings: Settings, labelling: Labelling, steered: list[Steered], topics: list[Steered]
) -> None:
    """Write labels, calibrated strengths, and what is needed to run the weights."""
    latents = []
    for latent in range(settings.latents):
        entry: dict[str, Any] = {"labels": [_label(one) for one in labelling.labels(latent)]}
        if latent < len(steered):
            entry |= _steering(steered[latent])
        else:
            entry |= {"strength": round(float(labelling.peak[latent]) / 2, 3)}
        latents.append(entry)
    names = read_text("topics")
    vectors = [{"label": names[topic]["name"], **_steering(one)} for topic, one in zip(TOPICS, topics, strict=True)]
    shape = {
        name: getattr(settings, name)
        for name in ("width", "blocks", "heads", "context", "hook", "latents", "dashboard_documents")
    }
    content = {
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "shape": shape,
        "vectors": vectors,
        "latents": latents,
    }
    text = json.dumps(content, ensure_ascii=False, indent=None, separators=(",", ":"))
    # One latent per line: a new run shows as a readable difference.
    text = text.replace('{"labels"', '\n{"labels"').replace('{"label"', '\n{"label"')
    (folder / LABELS).write_text(text + "\n", "utf-8")


def _label(label: Label) -> dict[str, Any]:
    return {
        "description": label.description,
        "family": label.family,
        "concept": label.name,
        "f1": round(label.overlap.f1, 3),
        "precision": round(label.overlap.precision, 3),
        "recall": round(label.overlap.recall, 3),
        "threshold": label.threshold,
    }


def _steering(one: Steered) -> dict[str, Any]:
    return {
        "strength": one.strength,
        "steers": one.works,
        "effect": {
            "concept": one.concept,
            "rate": round(one.rate, 3),
            "base": round(one.base_rate, 3),
            "surprise_ratio": round(one.ratio, 2),
            "distinct_pairs": round(one.distinct, 2),
        },
    }
