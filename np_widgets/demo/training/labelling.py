"""Labels for latents: which fact about the text coincides best with a latent's firing.

A label is the candidate with the highest F1 between "the latent is above a threshold" and "the
fact is true of the token". It is chosen on documents with even numbers and scored on those with
odd numbers, so the score is not flattered by the choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .concepts import concept_names
from .lexicon import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.demo.tokenizer import Tokenizer

THRESHOLDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
"""Fractions of a latent's greatest activation above which it counts as firing."""
PREFERENCE = 0.97
"""A named concept is preferred to a bare token whose F1 is better by no more than this factor."""
Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass
class Evidence:
    """Tokens of the label corpus, with the facts about them and the latents that fire."""

    ids: NDArray[np.int64]
    document: NDArray[np.int64]
    facts: Bools
    activations: Floats

    def half(self, odd: int) -> Evidence:
        """Return the documents with odd or even numbers."""
        rows = self.document % 2 == odd
        return Evidence(self.ids[rows], self.document[rows], self.facts[rows], self.activations[rows])


@dataclass(frozen=True)
class Overlap:
    """How well a candidate coincides with a latent above a threshold."""

    f1: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Label:
    """What a latent is said to fire on, and how true that is."""

    family: str
    name: str
    description: str
    threshold: float
    overlap: Overlap


class Candidates:
    """Every statement that a label can make, as a matrix that is true or false of each token."""

    FAMILIES = ("on", "before", "after", "token", "before_token", "after_token")

    def __init__(self, evidence: Evidence, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.evidence = evidence
        self.names = concept_names()
        self.local = [i for i, n in enumerate(self.names) if not _is_wide(n)]
        follows = evidence.document[1:] == evidence.document[:-1]
        local = evidence.facts[:, self.local]
        self._before = np.zeros_like(local)
        self._before[:-1] = local[1:] & follows[:, None]
        self._after = np.zeros_like(local)
        self._after[1:] = local[:-1] & follows[:, None]
        self.next_id = np.append(np.where(follows, evidence.ids[1:], -1), -1)
        self.last_id = np.insert(np.where(follows, evidence.ids[:-1], -1), 0, -1)

    def hits(self, firing: Bools) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return, latent by candidate, how often both are true, and how often the candidate is."""
        dense = np.concatenate([self.evidence.facts, self._before, self._after], axis=1)
        both = _count(firing, dense)
        totals = dense.sum(0, dtype=np.float64)
        rows, latents = np.nonzero(firing)
        for ids in (self.evidence.ids, self.next_id, self.last_id):
            size = len(self.tokenizer) + 1
            pairs = np.bincount(latents * size + ids[rows] + 1, minlength=firing.shape[1] * size)
            both = np.concatenate([both, pairs.reshape(-1, size)[:, 1:]], axis=1)
            totals = np.concatenate([totals, np.bincount(ids + 1, minlength=size)[1:]])
        return both, totals

    def statement(self, column: int) -> tuple[str, str]:
        """Return the family and the name of a candidate."""
        local = [self.names[i] for i in self.local]
        blocks: list[Sequence[str]] = [self.names, local, local]
        for family, names in zip(self.FAMILIES, blocks, strict=False):
            if column < len(names):
                return family, names[column]
            column -= len(names)
        block, index = divmod(column, len(self.tokenizer))
        return self.FAMILIES[3 + block], self.tokenizer.text_of(index)

    @property
    def n_named(self) -> int:
        """How many candidates are about concepts; those about bare tokens come after them."""
        return len(self.names) + 2 * len(self.local)


def _is_wide(name: str) -> bool:
    """Whether a concept covers whole documents: what stands before one is no statement."""
    return ":" in name or name.endswith(("_story", "_text", "capitals"))


def _count(firing: Bools, facts: Bools) -> NDArray[np.float64]:
    total = np.zeros((firing.shape[1], facts.shape[1]))
    for rows in np.array_split(np.arange(len(firing)), max(1, len(firing) // 20_000)):
        total += firing[rows].T.astype(np.float32) @ facts[rows].astype(np.float32)
    return total


def f1_table(evidence: Evidence, tokenizer: Tokenizer, peak: Floats) -> tuple[Floats, Floats, Floats]:
    """Return F1, precision and recall by threshold, latent and candidate."""
    candidates = Candidates(evidence, tokenizer)
    tables: list[tuple[Floats, Floats, Floats]] = []
    for threshold in THRESHOLDS:
        firing = evidence.activations > threshold * peak
        both, totals = candidates.hits(firing)
        fired = firing.sum(0, dtype=np.float64)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = 2 * both / (fired + totals), both / fired, both / totals
        precise = tuple(np.nan_to_num(part).astype(np.float32) for part in parts)
        tables.append((precise[0], precise[1], precise[2]))
    f1, precision, recall = (np.stack(part) for part in zip(*tables, strict=True))
    return f1, precision, recall


class Labelling:
    """Labels of all latents, and the latents of all concepts."""

    def __init__(self, evidence: Evidence, tokenizer: Tokenizer) -> None:
        even, odd = evidence.half(0), evidence.half(1)
        self.candidates = Candidates(even, tokenizer)
        self.peak = np.maximum(evidence.activations.max(0), 1e-6)
        self.chosen, _, _ = f1_table(even, tokenizer, self.peak)
        self.scored = f1_table(odd, tokenizer, self.peak)

    def labels(self, latent: int, count: int = 3) -> list[Label]:
        """Return the best statements about a latent, the best first."""
        best = self.chosen[:, latent].max(0)
        named = self.candidates.n_named
        rank = best.copy()
        rank[named:] *= PREFERENCE
        # "Before animals" is a weaker statement than "animals"; it has to earn its place.
        rank[len(self.candidates.names) : named] *= 0.99
        found: list[Label] = []
        for column in np.argsort(-rank)[:count]:
            if not found or rank[column] >= 0.5:
                found.append(self._label(latent, int(column)))
        return found

    def _label(self, latent: int, column: int) -> Label:
        threshold = int(self.chosen[:, latent, column].argmax())
        family, name = self.candidates.statement(column)
        overlap = Overlap(*(float(part[threshold, latent, column]) for part in self.scored))
        return Label(family, name, describe(family, name), THRESHOLDS[threshold], overlap)

    def concepts(self) -> dict[str, tuple[int, Label]]:
        """Return for each annotated concept the latent that is best on even documents."""
        found = {}
        for column, name in enumerate(self.candidates.names):
            latent = int(self.chosen[:, :, column].max(0).argmax())
            found[name] = (latent, self._label(latent, column))
        return found


def describe(family: str, name: str) -> str:
    """Say a label in words."""
    if family.endswith("token"):
        shown = {"\n": "line break", "    ": "indentation"}.get(name) or (
            f'the word "{name.strip()}"' if len(name.strip()) > 1 else f'"{name.strip() or name}"'
        )
    else:
        shown = describe_concept(name)
    prefix = {"before": "before ", "after": "after ", "before_token": "before ", "after_token": "after "}
    return prefix.get(family, "") + shown


def describe_concept(name: str) -> str:
    """Return what a person calls a concept."""
    texts = read_text("concepts")
    kind, _, of = name.partition(":")
    if kind == "topic":
        return f"texts about {read_text('topics')[of]['name']}"
    return str(texts["kinds"][of] if kind == "kind" else texts["names"][name])
