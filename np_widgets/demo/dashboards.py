"""What a dashboard shows, computed from the shipped texts when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from .model import Array, Transformer, padded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .sae import SparseAutoencoder
    from .tokenizer import Reading, Tokenizer

TOP = 20
INTERVALS = 5
PER_INTERVAL = 5
BINS = 50
ROWS = 64
"""Texts per batch: enough to keep NumPy busy, few enough to stay in the processor's cache."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Example:
    """One text of the corpus in one group of a dashboard."""

    document: int
    values: Array
    qualifying: int
    low: float
    high: float
    share: float


class Corpus:
    """The shipped texts, run through the model once.

    Every latent's firings are kept, latent by latent: token number and value. BOS is left out, as
    it is on Neuronpedia: nearly every dictionary has latents for nothing else.
    """

    def __init__(self, texts: list[list[int]], tokenizer: Tokenizer) -> None:
        self.texts = texts
        lengths = np.array([len(text) for text in texts])
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        self.n_tokens = int(self.starts[-1])
        self.document = np.repeat(np.arange(len(texts)), lengths)
        self._tokenizer = tokenizer
        self._readings: dict[int, list[Reading]] = {}

    def batches(self, transformer: Transformer) -> Iterator[tuple[Ints, Array]]:
        """Yield token numbers and their hidden states; texts of like length go together."""
        order = np.argsort([len(text) for text in self.texts], kind="stable")
        for chosen in np.split(order, range(ROWS, len(order), ROWS)):
            residual = transformer.residual(padded([self.texts[i] for i in chosen]))
            inside = [np.arange(self.starts[i], self.starts[i + 1]) for i in chosen]
            states = [row[1 : 1 + len(n)] for row, n in zip(residual, inside, strict=True)]
            yield np.concatenate(inside), np.concatenate(states)

    def readings(self, document: int) -> list[Reading]:
        """Return the text of a document, cut into what each token reads as."""
        if document not in self._readings:
            self._readings[document] = self._tokenizer.read(self.texts[document])
        return self._readings[document]

    def example(self, document: int, numbers: Ints, values: Array) -> Array:
        """Return the values of one document's readings, given firings sorted by token number."""
        begin, end = np.searchsorted(numbers, self.starts[[document, document + 1]])
        dense = np.zeros(len(self.texts[document]), dtype=np.float32)
        dense[numbers[begin:end] - self.starts[document]] = values[begin:end]
        return merge(dense, self.readings(document))

    def reading_at(self, number: int) -> int:
        """Return which reading of its document a token belongs to."""
        document = int(self.document[number])
        ends = [reading.end for reading in self.readings(document)]
        return int(np.searchsorted(ends, number - self.starts[document], side="right"))


def merge(values: Array, readings: Sequence[Reading]) -> Array:
    """Give each reading the strongest value of its tokens.

    Parameters
    ----------
    values : ndarray of float32, shape (tokens,) or (tokens, latents)
    readings : sequence of Reading
        One after another, as :meth:`Tokenizer.read` cuts them.

    Returns
    -------
    ndarray of float32, shape (readings,) or (readings, latents)
    """
    if not readings:
        return values[:0]
    firsts = np.array([reading.first for reading in readings])
    highest, lowest = np.maximum.reduceat(values, firsts), np.minimum.reduceat(values, firsts)
    return np.where(-lowest > highest, lowest, highest)


class Firings:
    """Where each latent fires in the corpus, and how strongly."""

    def __init__(self, corpus: Corpus, transformer: Transformer, sae: SparseAutoencoder) -> None:
        self.corpus = corpus
        latents, numbers, values = [], [], []
        # The matrices are small: BLAS threads would wait for each other longer than they compute.
        with threadpool_limits(1, user_api="blas"):
            for number, states in corpus.batches(transformer):
                activations = sae.encode(states)
                row, latent = np.nonzero(activations)
                latents.append(latent.astype(np.int16))
                numbers.append(number[row].astype(np.int32))
                values.append(activations[row, latent])
        self._latent = np.concatenate(latents)
        order = np.argsort(self._latent, kind="stable")
        self._numbers = np.concatenate(numbers)[order]
        self._values = np.concatenate(values)[order]
        self._starts = np.searchsorted(self._latent[order], np.arange(len(sae) + 1))

    def of(self, latent: int) -> tuple[Ints, Array]:
        """Return the token numbers, ascending, and values of one latent's firings."""
        part = slice(self._starts[latent], self._starts[latent + 1])
        order = np.argsort(self._numbers[part])
        return self._numbers[part][order].astype(np.int64), self._values[part][order]

    def strength_by_token(self, n_tokens: int) -> NDArray[np.float64]:
        """Return the sum of squares of each latent's firings on each entry of the vocabulary, latent by entry."""
        shape = len(self._starts) - 1, n_tokens
        latents = np.repeat(np.arange(shape[0]), np.diff(self._starts))
        ids = np.concatenate(self.corpus.texts)[self._numbers]
        cells = np.ravel_multi_index((latents, ids), shape)
        squares = self._values.astype(np.float64) ** 2
        sums = np.bincount(cells, weights=squares, minlength=shape[0] * shape[1])
        return np.asarray(sums, dtype=np.float64).reshape(shape)


def examples(corpus: Corpus, numbers: Ints, values: Array, *, top: int = TOP, intervals: bool = True) -> list[Example]:
    """Choose the texts of a dashboard: the strongest, then some from each band of strength."""
    if not len(numbers):
        return []
    make = _maker(corpus, numbers, values)
    strongest = _one_per_document(corpus, numbers, np.argsort(-values, kind="stable"), top)
    peak = float(values.max())
    chosen = [make(int(i), -1.0, peak, -1.0) for i in strongest]
    if not intervals:
        return chosen
    edges = np.linspace(0, peak, INTERVALS + 1)
    used = {example.document for example in chosen}
    strongest_there = _is_document_peak(corpus.document[numbers], values)
    for low, high in zip(edges[-2::-1], edges[:0:-1], strict=True):
        in_band = (values > low) & (values <= high)
        share = int(in_band.sum()) / corpus.n_tokens
        # A text stands in the band of its peak: one that fires harder elsewhere would have to be moved there.
        inside = np.nonzero(in_band & strongest_there)[0]
        # A fixed step through the band instead of chance: the same dashboard every time.
        spread = inside[np.argsort((inside * 7919) % 10007, kind="stable")]
        picked = _one_per_document(corpus, numbers, spread, PER_INTERVAL, used)
        chosen += [make(firing, float(low), float(high), share) for firing in picked]
    return chosen


def _is_document_peak(documents: Ints, values: Array) -> NDArray[np.bool_]:
    """Whether each firing is the strongest of its document; firings stand in the order of the corpus."""
    begins = np.flatnonzero(np.diff(documents, prepend=-1))
    peaks = np.maximum.reduceat(values, begins)
    is_peak: NDArray[np.bool_] = values == np.repeat(peaks, np.diff(begins, append=len(values)))
    return is_peak


def _maker(corpus: Corpus, numbers: Ints, values: Array) -> Callable[[int, float, float, float], Example]:
    def make(firing: int, low: float, high: float, share: float) -> Example:
        number = int(numbers[firing])
        document = int(corpus.document[number])
        shown = corpus.example(document, numbers, values)
        return Example(document, shown, corpus.reading_at(number), low, high, share)

    return make


def _one_per_document(
    corpus: Corpus, numbers: Ints, order: Ints, count: int, used: set[int] | None = None
) -> list[int]:
    seen = set() if used is None else used
    found: list[int] = []
    for firing in order:
        document = int(corpus.document[numbers[firing]])
        if document not in seen:
            seen.add(document)
            found.append(int(firing))
            if len(found) == count:
                break
    return found


def histogram(values: Array) -> tuple[list[int], list[float]]:
    """Return the counts and the centres of fifty bins."""
    if not len(values):
        return [], []
    low, high = float(values.min()), float(values.max())
    # Firings that are all alike have no range to cut into bins.
    bounds = (low, high) if high - low > 1e-6 * abs(high) else (low - 0.5, high + 0.5)
    counts, edges = np.histogram(values.astype(np.float64), bins=BINS, range=bounds)
    centres = (edges[1:] + edges[:-1]) / 2
    return counts.tolist(), [round(float(centre), 4) for centre in centres]
