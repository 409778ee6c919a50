"""Labels by meaning: a query is compared with their letters, and with words as the demo model itself embeds them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from .tokenizer import FIRST_WORD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .dashboards import Firings
    from .weights import Shipped

Floats = NDArray[np.float64]

#: What each comparison counts for: letters, the label's words, the words it fires on, the words it promotes.
WEIGHTS = (0.4, 0.2, 0.2, 0.2)
PROMOTED = 10
GRAMS = (3, 4)
WORD = re.compile(r"[^\W_]+")


class Meanings:
    """The labels of all latents, laid out for comparison.

    A word's meaning is where the demo model embeds it and what it expects there: in a small model too, Monday is near
    Tuesday, and Paris near Rome. So a label can be found by a word that it does not contain. What the model has no
    word for is compared by its letters alone.
    """

    def __init__(self, shipped: Shipped, firings: Firings) -> None:
        self._shipped = shipped
        transformer = shipped.transformer
        self._words = _centred(np.hstack([_centred(transformer.embed), _centred(transformer.unembed.T)]))
        latents = shipped.labels["latents"]
        self.labels = [(latent, number) for latent, row in enumerate(latents) for number in range(len(row["labels"]))]
        said = [latents[latent]["labels"][number]["description"] for latent, number in self.labels]
        self._letters = _Letters(said)
        self._rarity = _Rarity(map(_words, said))
        of_label = [latent for latent, _ in self.labels]
        self._said = np.array([self._meaning(text) for text in said])
        self._fired_on = self._weighed(firings.strength_by_token(len(shipped.tokenizer)))[of_label]
        self._promoted = self._weighed(self._promotion())[of_label]

    def ranked(self, query: str) -> list[tuple[int, int, float]]:
        """Return every label that has anything in common with a query, closest first.

        Returns
        -------
        list of (latent, number of its label, likeness)
            A likeness is the weighted mean of four cosines, above 0 and at most 1.
        """
        meaning = self._meaning(query)
        with threadpool_limits(1, user_api="blas"):  # threads would wait for each other longer than they compute
            likeness = WEIGHTS[0] * self._letters.likeness(query)
            for weight, table in zip(WEIGHTS[1:], (self._said, self._fired_on, self._promoted), strict=True):
                likeness += weight * (table @ meaning)
        order = np.argsort(-likeness, kind="stable")
        return [(*self.labels[i], float(likeness[i])) for i in order if likeness[i] > 0]

    def _meaning(self, text: str) -> Floats:
        """Return the mean of a text's words, rare ones counting more; a word without a meaning makes it shorter."""
        total = np.zeros(self._words.shape[1])
        unknown = 0.0
        for word in _words(text):
            token, weight = self._token(word), self._rarity.of(word)
            if token is None:
                unknown += weight**2
            else:
                total += weight * self._words[token]
        length = np.sqrt(total @ total + unknown)
        return total / length if length else total

    def _token(self, word: str) -> int | None:
        """Find the one token that is the word; names are known with their capital alone."""
        tokenizer = self._shipped.tokenizer
        for form in (word, word.capitalize()):
            ids = tokenizer.encode(f" {form}")
            if len(ids) == 1 and not tokenizer.is_piece[ids[0]]:
                return ids[0]
        return None

    def _promotion(self) -> Floats:
        """Return what each latent adds to the scores of the tokens that it promotes most, shape (latents, tokens)."""
        transformer = self._shipped.transformer
        effect = (self._shipped.sae.decoder * transformer.norm) @ transformer.unembed
        effect = effect - effect.mean(axis=1, keepdims=True)
        effect[:, :FIRST_WORD] = 0
        least = np.partition(effect, -PROMOTED, axis=1)[:, -PROMOTED, None]
        return np.where(effect >= least, np.maximum(effect, 0), 0).astype(np.float64)

    def _weighed(self, strength: Floats) -> Floats:
        """Return the mean of the tokens' meanings by strength, less what all latents have in common."""
        strength[:, :FIRST_WORD] = 0  # markers and bytes mean nothing on their own
        return _centred(_unit(strength @ self._words))


class _Letters:
    """Words and runs of letters of many short texts; those that fewer texts share count more."""

    def __init__(self, texts: list[str]) -> None:
        listed = [_grams(text) for text in texts]
        self._rarity = _Rarity(listed)
        self._columns = {gram: column for column, gram in enumerate(self._rarity.known)}
        self._table = np.array([self._vector(grams) for grams in listed])

    def likeness(self, text: str) -> Floats:
        """Return the cosine with each of the texts."""
        found: Floats = self._table @ self._vector(_grams(text))
        return found

    def _vector(self, grams: Counter[str]) -> Floats:
        weighed = {gram: count * self._rarity.of(gram) for gram, count in grams.items()}
        vector = np.zeros(len(self._columns))
        for gram, weight in weighed.items():
            if gram in self._columns:
                vector[self._columns[gram]] = weight
        length = np.sqrt(sum(weight**2 for weight in weighed.values()))
        return vector / length if length else vector


class _Rarity:
    """In how few of many lists something occurs, as the logarithm that is usual for it."""

    def __init__(self, lists: Iterable[Iterable[str]]) -> None:
        sets = [set(one) for one in lists]
        self._count = len(sets)
        self.known = Counter(item for one in sets for item in sorted(one))

    def of(self, item: str) -> float:
        return float(np.log((1 + self._count) / (1 + self.known[item])))


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _grams(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for word in _words(text):
        marked = f" {word} "
        found[marked] += 2
        found.update(marked[i : i + n] for n in GRAMS for i in range(len(marked) - n + 1))
    return found


def _centred(table: NDArray[np.floating]) -> Floats:
    """Take from each row what all rows share, and make its length one."""
    return _unit(table.astype(np.float64) - table.mean(axis=0))


def _unit(table: Floats) -> Floats:
    length: Floats = np.linalg.norm(table, axis=1, keepdims=True)
    return table / np.maximum(length, 1e-12)
