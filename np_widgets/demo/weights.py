"""Reading the shipped files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from .model import Array, Transformer
from .sae import SparseAutoencoder
from .tokenizer import Tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = "weights.npz"
CARD = "model_card.json"
LABELS = "labels.json"


@dataclass(frozen=True)
class Shipped:
    """The model, its autoencoder, its topic directions, and the texts to show."""

    tokenizer: Tokenizer
    transformer: Transformer
    sae: SparseAutoencoder
    vectors: Array
    corpus: list[list[int]]
    labels: dict[str, Any]


def read_shipped() -> Shipped:
    """Read everything that is needed to answer."""
    folder = files(__package__)
    labels = json.loads((folder / LABELS).read_text("utf-8"))
    with (folder / WEIGHTS).open("rb") as file, np.load(file) as archive:
        weights = {name: archive[name] for name in archive.files}
    vocabulary = json.loads(bytes(weights["vocabulary"]))
    shape = labels["shape"]
    return Shipped(
        Tokenizer(vocabulary),
        Transformer(weights, heads=shape["heads"], hook=shape["hook"], context=shape["context"]),
        SparseAutoencoder(weights),
        np.asarray(weights["vectors"], dtype=np.float32),
        unpack(weights["corpus"], weights["corpus_lengths"]),
        labels,
    )


@lru_cache(maxsize=1)
def read_card() -> dict[str, Any]:
    """Return the model card: what was trained on what, and every measure."""
    card: dict[str, Any] = json.loads((files(__package__) / CARD).read_text("utf-8"))
    return card


def unpack(ids: NDArray[np.uint16], lengths: NDArray[np.uint16]) -> list[list[int]]:
    """Cut one long row of token ids into documents."""
    ends = np.cumsum(lengths.astype(np.int64))
    return [part.tolist() for part in np.split(ids.astype(np.int64), ends[:-1])]
