"""Which rows of a list are shown, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from np_widgets.tokens import decode, visible
from np_widgets.widgets.rows import EXAMPLE, HISTOGRAM, REF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.payload.rows import Column, Detail
    from np_widgets.widgets.rows import Rows


def shown(rows: Rows, columns: Sequence[Column], sort: str, text: str) -> list[int]:
    """Find which rows are shown, and in which order; ``js/src/featurelist/order.ts`` does the same.

    Parameters
    ----------
    sort : str
        A column's key, with a minus in front for the other direction; empty for the rows' own order. What is unknown
        comes last in both directions, and what is equal keeps its order.
    text : str
        Words that a row's name, explanation or other texts must all hold, whatever their case.
    """
    order = sorting(rows, columns, sort) if sort else list(range(len(rows)))
    words = text.lower().split()
    if not words:
        return order
    stacks = [column.values for column in columns if isinstance(column.values, list)]
    said = ["\n".join([str(ref), *(stack[n] or "" for stack in stacks)]).lower() for n, ref in enumerate(rows.refs)]
    return [place for place in order if all(word in said[place] for word in words)]


def sorting(rows: Rows, columns: Sequence[Column], sort: str) -> list[int]:
    """Order all rows by one column."""
    key, falling = sort.removeprefix("-"), sort.startswith("-")
    values = _sort_values(rows, columns, key)
    known = [place for place, value in enumerate(values) if value is not None]
    unknown = [place for place, value in enumerate(values) if value is None]
    return sorted(known, key=lambda place: values[place], reverse=falling) + unknown


def _sort_values(rows: Rows, columns: Sequence[Column], key: str) -> list[Any]:
    if key == REF:
        return [(_units(ref.model), _units(ref.source), ref.index) for ref in rows.refs]
    if key == HISTOGRAM:
        return [None if detail is None else _middle(detail) for detail in rows.details]
    if key == EXAMPLE:
        return [None if detail is None else _peak_token(detail) for detail in rows.details]
    column = next(column for column in columns if column.key == key)
    if isinstance(column.values, list):
        return [None if text is None else _units(text) for text in column.values]
    return [None if np.isnan(value) else value for value in column.values.tolist()]


def _units(text: str) -> bytes:
    """What JavaScript compares strings by."""
    return text.lower().encode("utf-16-be", "surrogatepass")


def _middle(detail: Detail) -> float | None:
    """Where the middle of a histogram's mass lies: whether a feature mostly fires weakly or strongly."""
    if detail.heights is None:
        return None
    heights = detail.heights.astype(np.int64)
    return float((heights * np.arange(heights.size)).sum() / heights.sum())


def _peak_token(detail: Detail) -> bytes | None:
    example = detail.example
    if example is None or example.peak_index is None:
        return None
    return _units(visible(decode(example.tokens[example.peak_index])))
