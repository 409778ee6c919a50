"""Token ids of the training texts."""

from __future__ import annotations

import random
from itertools import islice
from typing import TYPE_CHECKING

from np_widgets.demo.tokenizer import Tokenizer

from .documents import Document, documents
from .vocabulary import build_vocabulary

if TYPE_CHECKING:
    from .settings import Settings

# One seed apart for every use, so that nothing is measured on what was trained on.
TRAIN, LABEL, TEST, DASHBOARD, SAE = 1, 2, 3, 4, 5


def make_tokenizer(settings: Settings) -> Tokenizer:
    """Build the tokenizer from clean texts."""
    clean = islice(documents(settings.seed * 10, noise=0), settings.vocabulary_documents)
    return Tokenizer(build_vocabulary(document.text for document in clean))


def make_documents(settings: Settings, use: int, count: int, *, noise: float = 0.07) -> list[Document]:
    """Write the documents for one use."""
    return list(islice(documents(settings.seed * 10 + use, noise=noise), count))


def training_ids(tokenizer: Tokenizer, settings: Settings) -> list[list[int]]:
    """Return the ids of the training texts; some follow each other without a break.

    Without those the model would never see a text longer than a short story, and a person may
    well type one.
    """
    rng = random.Random(settings.seed)  # noqa: S311
    ids: list[list[int]] = []
    join = False
    for document in islice(documents(settings.seed * 10 + TRAIN), settings.documents):
        if join and len(ids[-1]) < settings.context // 2:
            ids[-1] += tokenizer.encode("\n\n" + document.text)
        else:
            ids.append(tokenizer.encode(document.text))
        join = rng.random() < 0.05
    return ids
