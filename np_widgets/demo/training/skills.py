"""What the language model has learned, in small tests that have a right answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.demo.model import Transformer, padded

from .corpus import TEST, make_documents
from .documents import KINDS
from .lexicon import CAPITALS, word_classes
from .measure import batches, losses

if TYPE_CHECKING:
    from np_widgets.demo.tokenizer import Tokenizer

    from .settings import Settings


def measure(transformer: Transformer, tokenizer: Tokenizer, settings: Settings) -> dict[str, Any]:
    """Return the loss per kind of text, and right answers out of all for each test."""
    return {
        "nats_per_token_by_kind": loss_by_kind(transformer, tokenizer, settings),
        "capital_of_a_country": _answered(
            transformer,
            tokenizer,
            {f"Question: What is the capital of {c}?\nAnswer:": [f" {t}"] for c, t in CAPITALS.items()},
        ),
        "sum_of_two_digits": _answered(
            transformer,
            tokenizer,
            {f"2 + 2 = 4\n{a} + {b} =": [f" {a + b}"] for a in range(1, 6) for b in range(1, 5)},
        ),
        "pronoun_of_the_hero": _answered(transformer, tokenizer, _pronouns()),
    }


def loss_by_kind(transformer: Transformer, tokenizer: Tokenizer, settings: Settings) -> dict[str, float]:
    """Return the mean cross-entropy on clean texts, in nats per token, by kind."""
    documents = make_documents(settings, TEST, settings.test_documents, noise=0)
    found = {}
    for kind in KINDS:
        texts = [tokenizer.encode(d.text) for d in documents if d.kind == kind]
        total = count = 0.0
        for ids, inside in batches(texts):
            loss = losses(transformer.logits(ids), ids)
            total += float(loss[inside[:, 1:]].sum())
            count += float(inside.sum())
        if count:
            found[kind] = round(total / count, 4)
    return found


def _pronouns() -> dict[str, list[str]]:
    names = [(n, " She") for n in word_classes()["girl"]] + [(n, " He") for n in word_classes()["boy"]]
    return {f"Once upon a time, {n} was at the castle gate. The torch was on the stairs.": [p] for n, p in names}


def _answered(transformer: Transformer, tokenizer: Tokenizer, tests: dict[str, list[str]]) -> str:
    """Count the tests in which the likeliest of the possible answers is the right one."""
    possible = sorted({tokenizer.encode(answer)[0] for answers in tests.values() for answer in answers})
    right = 0
    for prompt, answers in tests.items():
        scores = transformer.logits(padded([tokenizer.encode(prompt)]))[0, -1]
        likeliest = possible[int(np.argmax(scores[possible]))]
        right += likeliest in {tokenizer.encode(answer)[0] for answer in answers}
    return f"{right}/{len(tests)}"
