"""What a direction does to the text, and how strong it has to be: measured on written texts."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from np_widgets.demo.model import Array, Ids, Transformer, padded
from np_widgets.demo.tokenizer import BOS, Tokenizer

from .concepts import concept_names
from .lexicon import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .labelling import Evidence

PROMPTS = (
    "One day, Anna",
    "Yesterday we",
    "There were",
    "I have a",
    "He looked",
    "My sister",
    "Here is",
    "They found",
)
FRESH_PROMPTS = (
    "Long ago, Tom",
    "Today I",
    "There was a",
    "We saw",
    "She went",
    "My uncle",
    "Look at",
    "It was",
)
"""For the figures that are reported; strengths are chosen on the prompts above."""
MULTIPLES = (0.1, 0.2, 0.35, 0.6, 1.0, 1.7, 3.0)
TARGET = 1.75
"""Strengths are set to where the text is this many times as surprising to the model as its own."""
LIMIT = 2.0
WANTED = 0.25
TOKENS = 24
TEMPERATURE = 0.8
ROWS = 512


@dataclass(frozen=True)
class Outcome:
    """Texts written under some directions: one entry per direction."""

    surprise: Array
    rates: Array
    distinct: Array


class Bench:
    """Writes texts and measures them."""

    def __init__(self, transformer: Transformer, tokenizer: Tokenizer, evidence: Evidence) -> None:
        self.transformer, self.tokenizer = transformer, tokenizer
        self.concepts, self.lexicon = word_lists(evidence, len(tokenizer))

    def outcome(self, added: Array, prompts: Sequence[str], seed: int) -> Outcome:
        """Continue every prompt under every direction and average over the prompts."""
        parts = [
            self._chunk(added[start : start + ROWS], prompts, seed + start) for start in range(0, len(added), ROWS)
        ]
        return Outcome(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("surprise", "rates", "distinct")))

    def _chunk(self, added: Array, prompts: Sequence[str], seed: int) -> Outcome:
        surprise, rates, distinct = [], [], []
        for number, prompt in enumerate(prompts):
            rng = np.random.default_rng((seed, number))
            start = np.repeat(padded([self.tokenizer.encode(prompt)]), len(added), axis=0)
            drawn = self.transformer.sample(start, n_tokens=TOKENS, temperature=TEMPERATURE, rng=rng, added=added)
            text = np.stack(list(drawn), axis=1)
            written = np.cumsum(text == BOS, axis=1) == 0
            count = np.maximum(written.sum(1), 1)
            loss = self.transformer.loss(np.concatenate([start, text], axis=1))[:, start.shape[1] - 1 :]
            surprise.append((loss * written).sum(1) / count)
            rates.append((self.lexicon[text] * written[..., None]).sum(1) / count[:, None])
            distinct.append(_distinct_pairs(text, written))
        return Outcome(np.mean(surprise, 0), np.mean(rates, 0), np.mean(distinct, 0))


def word_lists(evidence: Evidence, vocabulary: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return, token by concept, whether a token by itself says that the concept is there.

    Written texts carry no tags, so a concept is counted by its words: those that belong to it at
    least half of the times they occur.
    """
    words = read_text("words")
    classes = {*words["nouns"], *words["words"], *(f"{name}_verb" for name in words["verbs"])}
    names = concept_names()
    kept = [i for i, n in enumerate(names) if n in classes or n.startswith(("topic:", "kind:")) or n == "french_words"]
    seen = np.bincount(evidence.ids, minlength=vocabulary)
    table = np.zeros((vocabulary, len(kept)), dtype=np.float32)
    for column, concept in enumerate(kept):
        true = np.bincount(evidence.ids[evidence.facts[:, concept]], minlength=vocabulary)
        table[:, column] = (true >= 0.5 * np.maximum(seen, 4)) & (seen > 3)
    return tuple(names[i] for i in kept), table


def _distinct_pairs(text: Ids, written: NDArray[np.bool_]) -> Array:
    shares = []
    for row, mask in zip(text, written, strict=True):
        tokens = row[mask].tolist()
        pairs = list(itertools.pairwise(tokens))
        shares.append(len(set(pairs)) / max(len(pairs), 1))
    return np.array(shares, dtype=np.float32)


@dataclass(frozen=True)
class Steered:
    """What one direction does at its calibrated strength."""

    strength: float
    concept: str
    rate: float
    base_rate: float
    surprise: float
    ratio: float
    distinct: float

    @property
    def works(self) -> bool:
        """Whether the concept is plainly there and the text still reads."""
        return self.rate >= WANTED and self.rate >= 2 * self.base_rate and self.ratio < LIMIT


def calibrate(bench: Bench, directions: Array, scale: Array, seed: int) -> list[Steered]:
    """Find for each direction the strength that steers without breaking the text.

    Parameters
    ----------
    directions
        Direction by width.
    scale
        A natural unit for each: a latent's greatest activation.
    """
    own = bench.outcome(np.zeros((64, directions.shape[1]), np.float32), PROMPTS, seed)
    ratios = []
    for multiple in MULTIPLES:
        added = directions * (multiple * scale)[:, None]
        ratios.append(bench.outcome(added, PROMPTS, seed + 1).surprise / own.surprise.mean())
    strength = scale * crossing(np.stack(ratios, axis=1))
    return measure(bench, directions, strength, seed)


def measure(bench: Bench, directions: Array, strength: Array, seed: int) -> list[Steered]:
    """Measure directions at their strengths: the concept on some prompts, the figures on others."""
    added = directions * strength[:, None]
    still = np.zeros((64, directions.shape[1]), np.float32)
    base = bench.outcome(still, PROMPTS, seed + 2).rates.mean(0)
    chosen = (bench.outcome(added, PROMPTS, seed + 3).rates - base).argmax(1)
    own = bench.outcome(still, FRESH_PROMPTS * 2, seed + 4)
    fresh = bench.outcome(added, FRESH_PROMPTS * 2, seed + 5)
    return [
        Steered(
            round(float(strength[i]), 3),
            bench.concepts[concept],
            float(fresh.rates[i, concept]),
            float(own.rates.mean(0)[concept]),
            float(fresh.surprise[i]),
            float(fresh.surprise[i] / own.surprise.mean()),
            float(fresh.distinct[i]),
        )
        for i, concept in enumerate(chosen)
    ]


def crossing(ratios: Array) -> Array:
    """Return the multiple at which each row of ratios first reaches the target."""
    found = []
    for row in np.maximum.accumulate(ratios, axis=1):
        above = int(np.searchsorted(row, TARGET))
        if above == 0:
            found.append(MULTIPLES[0])
        elif above == len(row):
            found.append(MULTIPLES[-1])
        else:
            part = (TARGET - row[above - 1]) / (row[above] - row[above - 1])
            found.append(MULTIPLES[above - 1] + part * (MULTIPLES[above] - MULTIPLES[above - 1]))
    return np.array(found, dtype=np.float32)


def topic_directions(evidence: Evidence, states: Array, topics: Sequence[str]) -> Array:
    """Return the mean hidden state of each topic's texts, less that of all texts on a topic."""
    columns = [concept_names().index(f"topic:{topic}") for topic in topics]
    about = evidence.facts[:, columns]
    everywhere = states[about.any(1)].mean(0)
    return np.stack([states[about[:, i]].mean(0) - everywhere for i in range(len(topics))])
