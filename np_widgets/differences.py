"""Where two texts differ, word by word: what a model says steered, beside what it says by itself.

Unlike tried texts (:mod:`np_widgets.variants`), of which each token keeps its place, these go their own ways; so all
that counts is the longest sequence of words that both have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\s*\S+|\s+\Z")


class Stretch(NamedTuple):
    """A part of a text, and whether the other text has it not."""

    text: str
    differs: bool


def differences(one: str, other: str, *, is_whole: bool = True) -> tuple[list[Stretch], list[Stretch]]:
    """Mark the words of each of two texts that are not in the longest sequence of words that both have.

    Parameters
    ----------
    one, other : str
    is_whole : bool
        Whether both have come to their end. While they grow, what only one has reached is not marked.

    Returns
    -------
    list of Stretch, list of Stretch
        Both texts; neighbouring words of one kind are one stretch, the space before what differs is no part of it,
        and no character is lost.

    Examples
    --------
    >>> differences("She saw the fox.", "She saw a fox.")[1]
    [Stretch(text='She saw ', differs=False), Stretch(text='a', differs=True), Stretch(text=' fox.', differs=False)]
    """
    words = [_WORD.findall(text) for text in (one, other)]
    common = _longest_common(*([word.strip() for word in own] for own in words))
    judged = max(map(len, words)) if is_whole else min(map(len, words))
    left, right = (_stretches(own, places, judged) for own, places in zip(words, common, strict=True))
    return left, right


def _stretches(words: Sequence[str], common: set[int], judged: int) -> list[Stretch]:
    found: list[Stretch] = []
    for place, word in enumerate(words):
        differs = place < judged and place not in common
        is_first = differs and not (found and found[-1].differs)
        bare = word.lstrip() if is_first else word
        for text, marked in ((word.removesuffix(bare), False), (bare, differs)):
            if text and found and found[-1].differs == marked:
                found[-1] = Stretch(found[-1].text + text, marked)
            elif text:
                found.append(Stretch(text, marked))
    return found


def _longest_common(one: Sequence[str], other: Sequence[str]) -> tuple[set[int], set[int]]:
    """Find the places in each that the longest common sequence takes; of several the one that begins first."""
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in reversed(range(len(one))):
        row, below = best[i], best[i + 1]
        for j in reversed(range(len(other))):
            row[j] = below[j + 1] + 1 if one[i] == other[j] else max(below[j], row[j + 1])
    places: tuple[set[int], set[int]] = set(), set()
    i = j = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            places[0].add(i)
            places[1].add(j)
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return places
