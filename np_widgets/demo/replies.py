"""Feature replies: a latent or a topic direction as ``GET /api/feature`` shows it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from . import SOURCE_ID, VECTOR_SOURCE_ID, rows
from .dashboards import Corpus, Example, Firings, Ints, examples, histogram
from .tokenizer import BOS, FIRST_WORD

if TYPE_CHECKING:
    from .model import Array
    from .weights import Shipped

Reply = dict[str, Any]

TOP_LOGITS = 10
NEIGHBOURS = 10


class Dashboards:
    """Builds feature replies; the texts are run through the model when the first is asked for."""

    def __init__(self, shipped: Shipped) -> None:
        self._shipped = shipped
        self._lock = Lock()
        self._firings: Firings | None = None
        self._dots: Array | None = None
        self._created = str(shipped.labels["created"])
        decoder = shipped.sae.decoder / np.linalg.norm(shipped.sae.decoder, axis=1, keepdims=True)
        self._cosines = decoder @ decoder.T
        # Markers and bytes are left out of the promoted tokens: on their own they say nothing.
        self._sayable = np.array([BOS, *range(FIRST_WORD, len(shipped.tokenizer))])

    def latent(self, index: int) -> Reply:
        """Return the reply for a latent that exists."""
        numbers, values = self.firings().of(index)
        label = self._shipped.labels["latents"][index]
        row = self._common_row(SOURCE_ID, index, self._shipped.sae.decoder[index], label["strength"])
        row["topkCosSimIndices"], row["topkCosSimValues"] = self._neighbours(index)
        row.update(self._firing_fields(SOURCE_ID, index, numbers, values, intervals=True))
        row["sourceSet"] = rows.source_set_row(self._created)
        row["explanations"] = [
            rows.explanation_row(SOURCE_ID, index, n, one, self._created) for n, one in enumerate(label["labels"])
        ]
        return row

    def vector(self, index: int) -> Reply:
        """Return the reply for a topic direction that exists."""
        label = self._shipped.labels["vectors"][index]
        vector = self._shipped.vectors[index]
        dots = self._all_dots()[:, index]
        row = self._common_row(VECTOR_SOURCE_ID, index, vector, label["strength"])
        row["vector"] = [float(value) for value in vector]
        row["vectorLabel"] = label["label"]
        numbers = np.arange(len(dots))
        row.update(self._firing_fields(VECTOR_SOURCE_ID, index, numbers, dots, intervals=False))
        row["sourceSet"] = None
        row["explanations"] = []
        return row

    def firings(self) -> Firings:
        """Return where every latent fires in the shipped texts."""
        with self._lock:
            if self._firings is None:
                shipped = self._shipped
                corpus = Corpus(shipped.corpus, shipped.tokenizer)
                self._firings = Firings(corpus, shipped.transformer, shipped.sae)
            return self._firings

    def _all_dots(self) -> Array:
        corpus = self.firings().corpus
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
        return order.tolist(), rows.round_all(self._cosines[index, order].tolist())

    def _common_row(self, source: str, index: int, direction: Array, strength: float) -> Reply:
        shape = self._shipped.labels["shape"]
        row = rows.neuron_row(source, index, self._created)
        row["vectorDefaultSteerStrength"] = strength
        row["hookName"] = rows.hook_name(shape)
        row.update(self._logit_fields(direction))
        row["model"] = rows.model_row(shape, self._created)
        row["source"] = rows.source_row(source, shape, self._created)
        row.update(lists=[], comments=[], creator={"name": rows.AUTHOR})
        return row

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
            "neg_values": rows.round_all(effect[low].tolist()),
            "pos_str": [tokenizer.text_of(int(i)) for i in high],
            "pos_values": rows.round_all(effect[high].tolist()),
            "logits_hist_data_bar_heights": heights,
            "logits_hist_data_bar_values": centres,
        }

    def _firing_fields(self, source: str, index: int, numbers: Ints, values: Array, *, intervals: bool) -> Reply:
        corpus = self.firings().corpus
        heights, centres = histogram(values)
        chosen = examples(corpus, numbers, values, intervals=intervals)
        stored = [self._example_row(source, index, corpus, example) for example in chosen]
        positive = int((values > 0).sum())
        return {
            "maxActApprox": round(float(values.max(initial=0)), 4),
            "frac_nonzero": round(positive / corpus.n_tokens, 7),
            "freq_hist_data_bar_heights": heights,
            "freq_hist_data_bar_values": centres,
            "activations": sorted(stored, key=lambda row: -row["maxValue"]),
        }

    def _example_row(self, source: str, index: int, corpus: Corpus, example: Example) -> Reply:
        tokens = [reading.text for reading in corpus.readings(example.document)]
        row = rows.activation_row(source, index, tokens, example.values.tolist())
        stored = rows.stored_activation_row(row, example.document, self._created)
        return stored | {
            "binMin": round(example.low, 4),
            "binMax": round(example.high, 4),
            "binContains": round(example.share, 6),
            "qualifyingTokenIndex": example.qualifying,
        }
