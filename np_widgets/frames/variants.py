"""Texts and their variants as frames: token by token, what stands in the place of what, and by how much it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from np_widgets.frames.columns import Columns, categories, integers, numbers, texts
from np_widgets.variants import Cell, Change, cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.frames.features import Example


def variant_cells(examples: Sequence[Example]) -> Columns:
    """Lay each feature's texts below the first of them, the base: one row per text and column that either fills.

    A text's number in the frame is its own, so that a feature may lack one.
    """
    rows = [(group[cell.text], group[0], cell) for group in by_feature(examples) for cell in _laid(group)]
    values = numbers(_at(own.values, cell.position) for (*_, own), _, cell in rows)
    base_values = numbers(_at(base.values, cell.base_position) for _, (*_, base), cell in rows)
    return {
        "model": categories([own[0] for own, _, _ in rows]),
        "source": categories([own[1] for own, _, _ in rows]),
        "index": integers(own[2] for own, _, _ in rows),
        "variant": np.array([own[3] for own, _, _ in rows], dtype=np.int64),
        "column": np.array([cell.column for *_, cell in rows], dtype=np.int64),
        "change": categories([cell.change for *_, cell in rows], known=list(get_args(Change))),
        "position": integers(cell.position for *_, cell in rows),
        "token": texts(_at(own.tokens, cell.position) for (*_, own), _, cell in rows),
        "value": values,
        "base_position": integers(cell.base_position for *_, cell in rows),
        "base_token": texts(_at(base.tokens, cell.base_position) for _, (*_, base), cell in rows),
        "base_value": base_values,
        "difference": values - base_values,
    }


def numbered(examples: Iterable[Example]) -> list[Example]:
    """Number each feature's texts from 0."""
    return [(*own[:3], number, own[4]) for group in by_feature(examples) for number, own in enumerate(group)]


def by_feature(examples: Iterable[Example]) -> list[list[Example]]:
    """Group texts by the feature that was run on them, in their order."""
    groups: dict[Any, list[Example]] = {}
    for example in examples:
        groups.setdefault(example[:3], []).append(example)
    return list(groups.values())


def _laid(group: Sequence[Example]) -> list[Cell]:
    """Lay the texts of one feature below one another."""
    return cells([example[4].tokens for example in group])


def _at(items: Any, position: int | None) -> Any:  # noqa: ANN401 (a token or a value)
    return None if position is None else items[position]
