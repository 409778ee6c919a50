"""Columns of a frame: a small number a row for names, numbers as numbers, strings without a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from np_widgets.models import Feature, FeatureRef, Named

Columns: TypeAlias = dict[str, Any]

_NUMBER = np.float64


def keys(named: Sequence[Feature | FeatureRef | Named], repeats: Any = 1) -> Columns:  # noqa: ANN401 (one or an array)
    """Make the three columns that every frame begins with; frames are joined by them."""
    return {
        "model": categories([n.model for n in named], repeats=repeats),
        "source": categories([n.source for n in named], repeats=repeats),
        "index": np.repeat(np.array([n.index for n in named], dtype=np.int64), repeats),
    }


def categories(values: Sequence[str | None], known: list[str] | None = None, repeats: Any = 1) -> Any:  # noqa: ANN401
    """Make a categorical column: one small number a row, however long the names."""
    import pandas as pd

    names = known if known is not None else list(dict.fromkeys(value for value in values if value is not None))
    code_of: dict[str | None, int] = {None: -1, **{name: code for code, name in enumerate(names)}}
    codes = np.array([code_of[value] for value in values], dtype=np.int8 if len(names) < 128 else np.int32)
    return pd.Categorical.from_codes(np.repeat(codes, repeats), categories=pd.Index(names, dtype=object))


def numbers(values: Iterable[float | None]) -> Any:  # noqa: ANN401 (an array)
    """Make a column of numbers; NaN where one is unknown."""
    return np.array(list(values), dtype=_NUMBER)


def integers(values: Iterable[int | None], repeats: Any = 1) -> Any:  # noqa: ANN401
    """Make an integer column; pandas' nullable one where some are unknown, never floats."""
    import pandas as pd

    listed = list(values)
    if None not in listed:
        return np.repeat(np.array(listed, dtype=np.int64), repeats)
    return pd.array(listed, dtype="Int64").repeat(repeats)


def texts(values: Iterable[str | None]) -> Any:  # noqa: ANN401
    """Make a column of strings."""
    return text_column(np.array(list(values), dtype=object))


def text_column(values: Any) -> Any:  # noqa: ANN401
    """Wrap strings as pandas' default text column would be, without its copy and check of every string."""
    import pandas as pd

    return pd.Series(values, dtype=object, copy=False)
