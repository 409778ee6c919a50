"""Feature replies: a latent or a topic direction as ``GET /api/feature`` shows it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from . import SOURCE_ID, VECTOR_SOURCE_ID, rows
from .dashboards import Corpus, Example, Firings, examples, histogram
from .tokenizer import BOS, FIRST_WORD

if TYPE_CHECKING:
    from .model import Array
    from .weights import Shipped

Reply = dict[str, Any]

TOP_LOGITS = 10
NEIGHBOURS = 10
BRIEF = 3
"""Examples of a feature beside an answer, as many as the service sends with the explanations that it finds."""


class Dashboards:
    """Builds feature replies; the texts are run through the model when the first is asked for."""

    def __init__(self, shipped: Shipped) -> None:
        self._shipped = shipped
        self._lock = Lock()
        self._firings: Firings | None = None
        self._dots: Array | None = None
        self._briefs: dict[int, Reply] = {}
        self._created = str(shipped.labels["created"])
        decoder = shipped.sae.decoder / np.linalg.norm(shipped.sae.decoder, axis=1, keepdims=True)
        self._cosines = decoder @ decoder.T
        # Markers and bytes are left out of the promoted tokens: on their own they say nothing.
        self._sayable = np.array([BOS, *range(FIRST_WORD, len(shipped.tokenizer))])

    def latent(self, index: int) -> Reply:
        """Return the reply for a latent that exists."""
        numbers, values = self.firings().of(index)
        return {
            **self._latent_row(index, values),
            **self._joined(SOURCE_ID),
            "activations": self._examples(SOURCE_ID, index, examples(self.corpus, numbers, values)),
            "sourceSet": rows.source_set_row(self._created),
        }

    def brief(self, index: int) -> Reply:
        """Return a latent as it stands beside an answer: nothing joined to it, and its three strongest examples.

        An answer names many, and the next one names many of them again, so they are kept. They are not to be changed.
        """
        if index not in self._briefs:
            numbers, values = self.firings().of(index)
            strongest = examples(self.corpus, numbers, values, top=BRIEF, intervals=False)
            self._briefs[index] = {
                **self._latent_row(index, values),
                "activations": self._examples(SOURCE_ID, index, strongest),
            }
        return self._briefs[index]

    def _latent_row(self, index: int, values: Array) -> Reply:
        label = self._shipped.labels["latents"][index]
        row = self._row(SOURCE_ID, index, self._shipped.sae.decoder[index], label["strength"])
        row["topkCosSimIndices"], row["topkCosSimValues"] = self._neighbours(index)
        row["explanations"] = [
            rows.explanation_row(SOURCE_ID, index, n, one, self._created) for n, one in enumerate(label["labels"])
        ]
        return row | self._firing_fields(values)

    def vector(self, index: int) -> Reply:
        """Return the reply for a topic direction that exists."""
        label = self._shipped.labels["vectors"][index]
        vector = self._shipped.vectors[index]
        dots = self._all_dots()[:, index]
        chosen = examples(self.corpus, np.arange(len(dots)), dots, intervals=False)
        return {
            **self._row(VECTOR_SOURCE_ID, index, vector, label["strength"]),
            **self._firing_fields(dots),
            **self._joined(VECTOR_SOURCE_ID),
            "vector": [float(value) for value in vector],
            "vectorLabel": label["label"],
            "activations": self._examples(VECTOR_SOURCE_ID, index, chosen),
            "sourceSet": None,
            "explanations": [],
        }

    @property
    def corpus(self) -> Corpus:
        """The shipped texts, run through the model."""
        return self.firings().corpus

    def firings(self) -> Firings:
        """Return where every latent fires in the shipped texts."""
        with self._lock:
            if self._firings is None:
                shipped = self._shipped
                corpus = Corpus(shipped.corpus, shipped.tokenizer)
                self._firings = Firings(corpus, shipped.transformer, shipped.sae)
            return self._firings

    def _all_dots(self) -> Array:
        corpus = self.corpus
        with self._lock:
            if self._dots is None:
                dots = np.empty((corpus.n_tokens, len(self._shipped.vectors)), dtype=np.float32)
                with threadpool_limits(1, user_api="blas"):  # as for the firings
                    for numbers, states in corpus.batches(self._shipped.transformer):
                        dots[numbers] = states @ self._shipped.vectors.T
                self._dots = dots
            return self._dots

    def _neighbours(self, index: int) -> tuple[list[int], list[float]]:
        order = np.argsort(-self._cosines[index], kind="stable")[:NEIGHBOURS]
        return order.tolist(), rows.round_all(self._cosines[index, order])

    def _row(self, source: str, index: int, direction: Array, strength: float) -> Reply:
        row = rows.neuron_row(source, index, self._created)
        row["vectorDefaultSteerStrength"] = strength
        row["hookName"] = rows.hook_name(self._shipped.labels["shape"])
        return row | self._logit_fields(direction)

    def _joined(self, source: str) -> Reply:
        """Return the rows of other tables that a feature reply has."""
        shape = self._shipped.labels["shape"]
        return {
            "model": rows.model_row(shape, self._created),
            "source": rows.source_row(source, shape, self._created),
            "lists": [],
            "comments": [],
            "creator": {"name": rows.AUTHOR},
        }

    def _logit_fields(self, direction: Array) -> Reply:
        """Return what the direction does to the scores of the next token if nothing intervenes."""
        transformer, tokenizer = self._shipped.transformer, self._shipped.tokenizer
        effect = (direction * transformer.norm) @ transformer.unembed
        # A shift of all scores changes no probability.
        effect = effect - effect.mean()
        order = self._sayable[np.argsort(effect[self._sayable], kind="stable")]
        low, high = order[:TOP_LOGITS], order[: -TOP_LOGITS - 1 : -1]
        heights, centres = histogram(effect)
        return {
            "neg_str": [tokenizer.text_of(int(i)) for i in low],
            "neg_values": rows.round_all(effect[low]),
            "pos_str": [tokenizer.text_of(int(i)) for i in high],
            "pos_values": rows.round_all(effect[high]),
            "logits_hist_data_bar_heights": heights,
            "logits_hist_data_bar_values": centres,
        }

    def _firing_fields(self, values: Array) -> Reply:
        heights, centres = histogram(values)
        positive = int((values > 0).sum())
        return {
            "maxActApprox": round(float(values.max(initial=0)), 4),
            "frac_nonzero": round(positive / self.corpus.n_tokens, 7),
            "freq_hist_data_bar_heights": heights,
            "freq_hist_data_bar_values": centres,
        }

    def _examples(self, source: str, index: int, chosen: list[Example]) -> list[Reply]:
        stored = [self._example_row(source, index, example) for example in chosen]
        return sorted(stored, key=lambda row: -row["maxValue"])

    def _example_row(self, source: str, index: int, example: Example) -> Reply:
        tokens = [reading.text for reading in self.corpus.readings(example.document)]
        row = rows.activation_row(source, index, tokens, example.values)
        stored = rows.stored_activation_row(row, example.document, self._created)
        return stored | {
            "binMin": round(example.low, 4),
            "binMax": round(example.high, 4),
            "binContains": round(example.share, 6),
            "qualifyingTokenIndex": example.qualifying,
        }
