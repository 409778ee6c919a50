"""The demo model as a service: features and activations in Neuronpedia's JSON shape."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from . import SOURCE_ID, VECTOR_SOURCE_ID, rows
from .dashboards import Corpus, Example, Firings, Ints, examples, histogram, merge
from .model import Array, padded
from .tokenizer import BOS, FIRST_WORD, Reading
from .weights import Shipped, read_shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Reply = dict[str, Any]
Direction = tuple[str, "str | int"]

TOP_LOGITS = 10
NEIGHBOURS = 10


class DemoModel:
    """A tiny language model, its sparse autoencoder, and dashboards computed from them.

    Nothing is a stored answer: a feature's examples and histograms come from running the shipped
    texts through the model when the first feature is asked for. May be used from several threads.
    """

    def __init__(self) -> None:
        self._shipped: Shipped = read_shipped()
        self._lock = Lock()
        self._firings: Firings | None = None
        self._dots: Array | None = None
        self.n_features = len(self._shipped.sae)
        self.n_vectors = len(self._shipped.vectors)
        self.context = self._shipped.transformer.context - 1
        self._created = str(self._shipped.labels["created"])
        decoder = self._shipped.sae.decoder
        self._cosines = decoder @ decoder.T
        vocabulary = len(self._shipped.tokenizer)
        # Markers and bytes are left out of the promoted tokens: on their own they say nothing.
        self._sayable = np.array([BOS, *range(FIRST_WORD, vocabulary)])

    # Features ------------------------------------------------------------------------------

    def feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one latent of the autoencoder.

        Raises
        ------
        KeyError
            If there is no such latent.
        """
        index = _checked(index, self.n_features, SOURCE_ID)
        numbers, values = self._ensure_firings().of(index)
        label = self._shipped.labels["latents"][index]
        row = self._common_row(SOURCE_ID, index, self._shipped.sae.decoder[index], label["strength"])
        row["topkCosSimIndices"], row["topkCosSimValues"] = self._neighbours(index)
        row.update(self._firing_fields(SOURCE_ID, index, numbers, values, intervals=True))
        row["sourceSet"] = rows.source_set_row(self._created)
        row["explanations"] = [
            rows.explanation_row(SOURCE_ID, index, n, one, self._created) for n, one in enumerate(label["labels"])
        ]
        return row

    def vector_feature(self, index: int) -> Reply:
        """Return what ``GET /api/feature`` returns for one topic direction.

        A topic direction is the mean hidden state of the texts about a topic, less that of all
        texts. Its activations are plain dot products, as the service's are, and may be negative.

        Raises
        ------
        KeyError
            If there is no such direction.
        """
        index = _checked(index, self.n_vectors, VECTOR_SOURCE_ID)
        label = self._shipped.labels["vectors"][index]
        vector = self._shipped.vectors[index]
        dots = self._ensure_dots()[:, index]
        row = self._common_row(VECTOR_SOURCE_ID, index, vector, label["strength"])
        row["vector"] = [float(value) for value in vector]
        row["vectorLabel"] = label["label"]
        numbers = np.arange(len(dots))
        row.update(self._firing_fields(VECTOR_SOURCE_ID, index, numbers, dots, intervals=False))
        row["sourceSet"] = None
        row["explanations"] = []
        return row

    def feature_in(self, source: str, index: str | int) -> Reply:
        """Return the feature of either source.

        Raises
        ------
        KeyError
            If there is no such source or index.
        """
        return self.vector_feature(int(index)) if self._is_vector(source, index) else self.feature(int(index))

    # Texts ---------------------------------------------------------------------------------

    def activate(self, source: str, index: str | int, text: str, ignore_bos: bool = True) -> Reply:  # noqa: FBT001, FBT002
        """Return what ``POST /api/activation/new`` returns for a text.

        Parameters
        ----------
        source, index
            A latent or a topic direction.
        text
            Any text. Unknown words are spelt in pieces; the tokens joined are the text.
        ignore_bos
            Leave BOS out. For latents it always is, as on Neuronpedia.

        Raises
        ------
        KeyError
            If there is no such feature.
        ValueError
            If the text is empty or longer than the model can read.
        """
        is_vector = self._is_vector(source, index)
        residual, readings = self._read(text)
        if is_vector:
            values = residual @ self._shipped.vectors[int(index)]
        else:
            values = self._shipped.sae.encode_one(residual, int(index))
        tokens = [reading.text for reading in readings]
        merged = merge(values[1:], readings)
        if is_vector and not ignore_bos:
            tokens, merged = ["<bos>", *tokens], np.insert(merged, 0, values[0])
        row = rows.activation_row(source, int(index), tokens, merged.tolist())
        return row | {"dataSource": "Neuronpedia", "createdAt": _now()}

    def active_features(self, text: str) -> tuple[list[str], Array]:
        """Return the tokens of a text, and token by latent the activation of every latent."""
        residual, readings = self._read(text)
        activations = self._shipped.sae.encode(residual[1:])
        merged = [activations[r.first : r.end].max(0) for r in readings]
        return [reading.text for reading in readings], np.array(merged, dtype=np.float32)

    def tokenize(self, text: str) -> tuple[list[int], list[str]]:
        """Return the token ids of a text and what each of them stands for in the vocabulary."""
        tokenizer = self._shipped.tokenizer
        ids = tokenizer.encode(text)
        return ids, [tokenizer.text_of(index) for index in ids]

    def generate(
        self,
        prompt: str,
        *,
        n_tokens: int = 40,
        temperature: float = 0.7,
        seed: int = 0,
        steer: Iterable[tuple[Direction, float]] = (),
    ) -> Iterator[str]:
        """Continue a prompt, token by token.

        Parameters
        ----------
        prompt
            What the text begins with; may be empty.
        n_tokens
            The most tokens to add. The text also ends where the model ends its document.
        temperature
            0 always takes the likeliest token.
        seed
            The same seed gives the same text.
        steer
            Pairs of ``(source, index)`` and a strength: strength times the latent's decoder row
            (or times the topic direction) is added to the hidden state at every token but BOS.

        Yields
        ------
        str
            Stretches of text that joined give the continuation.
        """
        ids = self._encode(prompt)
        directions = [strength * self._direction(*where) for where, strength in steer]
        added = np.stack(directions).sum(0, keepdims=True) if directions else None
        drawn = self._shipped.transformer.sample(
            padded([ids]),
            n_tokens=n_tokens,
            temperature=temperature,
            rng=np.random.default_rng(abs(seed)),
            added=added,
        )
        return self._speak(int(one[0]) for one in drawn)

    # Inside --------------------------------------------------------------------------------

    def _speak(self, drawn: Iterator[int]) -> Iterator[str]:
        tokenizer = self._shipped.tokenizer
        pending: list[int] = []
        for index in drawn:
            if index == BOS:
                break
            pending.append(index)
            # A marker or half a character is held back until what it belongs to has come.
            if not tokenizer.is_open(pending) or len(pending) > 8:
                yield tokenizer.decode(pending)
                pending = []
        if pending:
            yield tokenizer.decode(pending)

    def _encode(self, text: str) -> list[int]:
        ids = self._shipped.tokenizer.encode(text)
        if len(ids) > self.context:
            raise ValueError(
                f"This text has {len(ids)} tokens, and the demo model reads at most {self.context}. "
                "Words that it does not know are spelt in pieces and count as several."
            )
        return ids

    def _read(self, text: str) -> tuple[Array, list[Reading]]:
        ids = self._encode(text)
        if not ids:
            raise ValueError("There is no text to run the model on.")
        residual = self._shipped.transformer.residual(padded([ids]))[0]
        return residual, self._shipped.tokenizer.read(ids)

    def _is_vector(self, source: str, index: str | int) -> bool:
        """Check that a feature exists and return which source it is in."""
        if source not in (SOURCE_ID, VECTOR_SOURCE_ID):
            raise KeyError(f"The demo model has no source {source!r}, only {SOURCE_ID!r} and {VECTOR_SOURCE_ID!r}.")
        _checked(index, self.n_features if source == SOURCE_ID else self.n_vectors, source)
        return source == VECTOR_SOURCE_ID

    def _direction(self, source: str, index: str | int) -> Array:
        table = self._shipped.vectors if self._is_vector(source, index) else self._shipped.sae.decoder
        direction: Array = table[int(index)]
        return direction

    def _ensure_firings(self) -> Firings:
        with self._lock:
            if self._firings is None:
                shipped = self._shipped
                corpus = Corpus(shipped.corpus, shipped.tokenizer)
                self._firings = Firings(corpus, shipped.transformer, shipped.sae)
            return self._firings

    def _ensure_dots(self) -> Array:
        corpus = self._ensure_firings().corpus
        with self._lock:
            if self._dots is None:
                dots = np.empty((corpus.n_tokens, self.n_vectors), dtype=np.float32)
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
        corpus = self._ensure_firings().corpus
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


def _checked(index: str | int, size: int, source: str) -> int:
    number = int(index) if str(index).isascii() and str(index).isdigit() else -1
    if not 0 <= number < size:
        raise KeyError(f"{source!r} has features 0 to {size - 1}; there is no {index!r}.")
    return number


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
