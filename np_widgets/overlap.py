"""What features have in common: the tokens that they promote, and the tokens at which they fire."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from np_widgets.tokens import decode, visible
from np_widgets.variants import columns

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from np_widgets.models import Activation, Feature

    #: What one feature has, and how each thing of it is written.
    Things: TypeAlias = Mapping[Hashable, str]
    Text: TypeAlias = tuple[str, ...]


class Pair(NamedTuple):
    """What two features have in common.

    Attributes
    ----------
    one, other : int
        The features, by number; ``one`` is the smaller.
    shared : tuple of str
        What both have, written out.
    either : int
        How many things at least one of them has.
    """

    one: int
    other: int
    shared: tuple[str, ...]
    either: int

    @property
    def jaccard(self) -> float | None:
        """The share of what either has that both have, 0 to 1; None where neither has anything."""
        return len(self.shared) / self.either if self.either else None


class Overlap(NamedTuple):
    """One kind of thing compared over several features.

    Attributes
    ----------
    sizes : tuple of (int or None)
        How many things each feature has; None where that is not known.
    pairs : tuple of Pair
        All pairs of features of which both are known, in reading order.
    """

    sizes: tuple[int | None, ...]
    pairs: tuple[Pair, ...]


def promoted_overlap(features: Sequence[Feature | None]) -> Overlap:
    """Compare the tokens that features promote; None for a feature that is not known."""
    return _overlap([None if feature is None else _promoted(feature) for feature in features])


def firing_overlap(runs: Sequence[Sequence[Activation]]) -> Overlap:
    """Compare the positions at which features fire on the same texts.

    Parameters
    ----------
    runs : sequence of sequences of Activation
        For each feature its runs of the texts, in the same order; empty for a feature that was not run.

    Notes
    -----
    Where models split a text differently, a position is a column of the aligned tokens.
    """
    firing: list[dict[Hashable, str] | None] = [{} if own else None for own in runs]
    for number in range(max(map(len, runs), default=0)):
        own = [(at, texts[number]) for at, texts in enumerate(runs) if number < len(texts)]
        laid = _columns([activation for _, activation in own])
        for (at, activation), places in zip(own, laid, strict=True):
            things = firing[at]
            if things is not None:
                things |= {(number, places[p]): name for p, name in _fired(activation).items()}
    return _overlap(firing)


def example_overlap(features: Sequence[Feature | None]) -> Overlap:
    """Compare the positions at which features fire on the example texts that they share.

    Only these are compared: of a text that is an example of one feature alone, nobody knows where the other fires. A
    size is the number of a feature's texts.
    """
    texts = [None if feature is None else {a.tokens: a for a in feature.activations} for feature in features]
    pairs = []
    for one, other in combinations(range(len(features)), 2):
        own, others = texts[one], texts[other]
        if own is not None and others is not None:
            both = [text for text in own if text in others]
            pairs.append(_pair(one, other, _fired_on(both, own), _fired_on(both, others)))
    return Overlap(tuple(None if own is None else len(own) for own in texts), tuple(pairs))


def _overlap(things: Sequence[Things | None]) -> Overlap:
    pairs = [
        _pair(one, other, own, others)
        for (one, own), (other, others) in combinations(enumerate(things), 2)
        if own is not None and others is not None
    ]
    return Overlap(tuple(None if own is None else len(own) for own in things), tuple(pairs))


def _pair(one: int, other: int, own: Things, others: Things) -> Pair:
    shared = tuple(name for key, name in own.items() if key in others)
    return Pair(one, other, shared, len(own) + len(others) - len(shared))


def _promoted(feature: Feature) -> Things:
    # Stored dashboards and live answers write the same token in two ways, so tokens are compared as they read.
    names = [decode(token) for token in feature.promoted.tokens if token is not None]
    return {name: visible(name) for name in names}


def _fired_on(texts: Sequence[Text], examples: Mapping[Text, Activation]) -> Things:
    return {(text, position): name for text in texts for position, name in _fired(examples[text]).items()}


def _fired(activation: Activation) -> dict[int, str]:
    """The positions at which a text fires, with their tokens."""
    values = zip(activation.tokens, activation.values.tolist(), strict=True)
    return {position: visible(decode(token)) for position, (token, value) in enumerate(values) if value > 0}


def _columns(activations: Sequence[Activation]) -> list[dict[int, int]]:
    """For each run of one text the column in which each position stands."""
    distinct = list(dict.fromkeys(activation.tokens for activation in activations))
    laid = columns(distinct)
    places = [
        {row[number]: at for at, row in enumerate(laid) if row[number] is not None} for number in range(len(distinct))
    ]
    of = dict(zip(distinct, places, strict=True))
    return [{p: at for p, at in of[activation.tokens].items() if p is not None} for activation in activations]
