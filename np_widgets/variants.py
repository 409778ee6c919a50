"""Texts that differ in a few tokens, laid below one another: which token of one stands where which of the other does.

Reading a feature means reading positions, and two texts that differ in one word have them in common but for that word.
So tokens are paired with the fewest changes (Needleman and Wunsch's alignment). ``difflib`` looks for long common runs
instead, and where tokens repeat it shifts what should stay: in ``a a a`` and ``a b a`` it pairs the second ``a`` with
the last one.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from np_widgets.tokens import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

# What a pair costs by how its tokens differ (in spaces and case; as a word and the piece that ends it; as two words; as
# a word and a mark), and what a gap costs. Two gaps cost more than any pair: what can be paired is said to be replaced.
_RESPELT, _PIECE, _OTHER_WORD, _OTHER, _GAP = 2, 6, 8, 9, 5

#: A token of the base and the token of the variant in its place, by position; None where there is none.
Pair: TypeAlias = tuple[int | None, int | None]
#: The position in each text that stands in one column; None for a gap.
Column: TypeAlias = tuple[int | None, ...]
Change: TypeAlias = Literal["same", "replaced", "inserted", "deleted"]


class Cell(NamedTuple):
    """What one text has in one column, beside what the base has there.

    Attributes
    ----------
    text : int
        The number of the text; the base is 0.
    column : int
    position, base_position : int or None
        The token's place in its own text, and that of the base's token; None where there is none.
    change : str
        ``"same"``, ``"replaced"``, ``"inserted"`` or ``"deleted"``, seen from the base.
    """

    text: int
    column: int
    position: int | None
    base_position: int | None
    change: Change


def align(base: Sequence[str], variant: Sequence[str]) -> list[Pair]:
    """Pair the tokens of two texts, in reading order.

    Parameters
    ----------
    base, variant : sequence of str
        Raw tokens.

    Returns
    -------
    list of (int or None, int or None)
        Positions in base and variant. Every token of both stands in exactly one pair; an inserted token has None for
        the base's position, a deleted one None for the variant's.

    Notes
    -----
    Up to the first difference a causal model's values are the same, so what the texts begin with in common is paired
    as it stands. After it, the first stands for the first and what is left over comes last, but a word that one text
    splits stands where it is complete, at its last piece.

    Examples
    --------
    >>> align(["in", " Nairobi"], ["in", " N", "airobi"])
    [(0, 0), (None, 1), (1, 2)]
    """
    start = _common(base, variant)
    end = _common(base[start:][::-1], variant[start:][::-1])
    middle = _fewest_changes(base[start : len(base) - end], variant[start : len(variant) - end])
    between = [(None if i is None else i + start, None if j is None else j + start) for i, j in middle]
    head = [(n, n) for n in range(start)]
    return [*head, *between, *((len(base) - n, len(variant) - n) for n in range(end, 0, -1))]


def columns(texts: Sequence[Sequence[str]]) -> list[Column]:
    """Lay texts below one another: a column for each token of the base, and for what the others insert between them.

    Parameters
    ----------
    texts : sequence of sequences of str
        Raw tokens of each text; the first is the base.

    Returns
    -------
    list of tuples of (int or None)
        For each column the position in each text. What several texts insert at one place shares its columns.
    """
    base, *variants = texts
    partners: list[dict[int, int]] = []
    inserted: list[dict[int, list[int]]] = []
    for variant in variants:
        partner: dict[int, int] = {}
        between: dict[int, list[int]] = {}
        place = 0
        for own, other in align(base, variant):
            if own is None and other is not None:
                between.setdefault(place, []).append(other)
            elif own is not None:
                place = own + 1
                if other is not None:
                    partner[own] = other
        partners.append(partner)
        inserted.append(between)
    laid: list[Column] = []
    for place in range(len(base) + 1):
        runs = [between.get(place, []) for between in inserted]
        laid += [(None, *row) for row in zip_longest(*runs)]
        if place < len(base):
            laid.append((place, *(partner.get(place) for partner in partners)))
    return laid


def cells(texts: Sequence[Sequence[str]]) -> list[Cell]:
    """List what each text has in each column, text by text; a column that neither it nor the base fills is left out."""
    laid = columns(texts) if texts else []
    return [
        Cell(number, at, column[number], column[0], _change(texts[0], column[0], text, column[number]))
        for number, text in enumerate(texts)
        for at, column in enumerate(laid)
        if column[number] is not None or column[0] is not None
    ]


def _change(base: Sequence[str], base_position: int | None, text: Sequence[str], position: int | None) -> Change:
    if base_position is None:
        return "inserted"
    if position is None:
        return "deleted"
    return "same" if base[base_position] == text[position] else "replaced"


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the tokens that both begin with."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _fewest_changes(base: Sequence[str], variant: Sequence[str]) -> list[Pair]:
    cost = _costs(base, variant)
    gaps = _GAP * np.arange(len(variant) + 1)
    sums = gaps
    inserts = np.ones((len(base) + 1, len(variant) + 1), dtype=bool)
    drops = np.zeros_like(inserts)
    for i in range(len(base)):
        drop = sums + _GAP
        best = drop.copy()
        best[1:] = np.minimum(sums[:-1] + cost[i], drop[1:])
        # A row at once: the running minimum stands for the steps along it, which insert.
        sums = np.minimum.accumulate(best - gaps) + gaps
        inserts[i + 1, 1:], drops[i + 1] = sums[1:] == sums[:-1] + _GAP, sums == drop
    pairs: list[Pair] = []
    i, j = len(base), len(variant)
    while i or j:
        if j and inserts[i, j]:
            j -= 1
            pairs.append((None, j))
        elif drops[i, j]:
            i -= 1
            pairs.append((i, None))
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _costs(base: Sequence[str], variant: Sequence[str]) -> npt.NDArray[np.int64]:
    """What each token of the base costs with each of the variant, shape (base, variant)."""
    bare = {token: decode(token).strip().casefold() for token in (*base, *variant)}
    known: dict[tuple[str, str], int] = {}

    def cost(one: str, other: str) -> int:
        if (one, other) not in known:
            known[one, other] = 0 if one == other else _cost(bare[one], bare[other])
        return known[one, other]

    costs = [cost(one, other) for one in base for other in variant]
    return np.array(costs, dtype=np.int64).reshape(len(base), len(variant))


def _cost(one: str, other: str) -> int:
    if one == other:
        return _RESPELT
    short, long = sorted((one, other), key=len)
    if not (any(map(str.isalnum, short)) and any(map(str.isalnum, long))):
        return _OTHER
    return _PIECE if long.endswith(short) else _OTHER_WORD
