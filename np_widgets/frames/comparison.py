"""Features side by side as frames: the same texts through all of them, and what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from np_widgets.frames.columns import categories, integers, keys, numbers, text_column, texts
from np_widgets.frames.variants import variant_cells
from np_widgets.variants import columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from np_widgets.frames.features import Example
    from np_widgets.models import Activation, FeatureRef
    from np_widgets.overlap import Overlap

#: For each feature its runs, by the number of the text.
Runs: TypeAlias = "Mapping[FeatureRef, Mapping[int, Activation]]"


def runs_frame(runs: Runs, asked: Sequence[str]) -> pd.DataFrame:
    """Lay one row per feature, text and token.

    Parameters
    ----------
    runs : mapping of FeatureRef to mapping of int to Activation
    asked : sequence of str
        The texts; 0 is the base, the others are its variants.
    """
    import pandas as pd

    rows = [(ref, number, run) for ref, own in runs.items() for number, run in own.items()]
    lengths = np.array([len(run.tokens) for *_, run in rows], dtype=np.int64)
    tokens = [token for *_, run in rows for token in run.tokens]
    frame = {
        **keys([ref for ref, *_ in rows], lengths),
        "variant": np.repeat(np.array([number for _, number, _ in rows], dtype=np.int64), lengths),
        "text": categories([asked[number] for _, number, _ in rows], repeats=lengths),
        "position": np.array([position for length in lengths for position in range(length)], dtype=np.int64),
        "token": text_column(np.fromiter(tokens, dtype=object, count=len(tokens))),
        "value": numbers(value for *_, run in rows for value in run.values.tolist()),
    }
    return pd.DataFrame(frame, copy=False)


def variants_frame(runs: Runs) -> pd.DataFrame:
    """Lay each feature's runs below that of the base, token by token with their differences."""
    import pandas as pd

    examples: list[Example] = [
        (ref.model, ref.source, ref.index, number, run) for ref, own in runs.items() for number, run in own.items()
    ]
    return pd.DataFrame(variant_cells(examples), copy=False)


def wide_frame(runs: Runs, asked: Sequence[str]) -> pd.DataFrame:
    """Lay one row per token of each text and one column of values per feature, named by its reference.

    Where models split a text differently, a row is a column of the aligned tokens, and the first that has a token
    there says which. NaN stands where a feature was not run, or its model has no token.
    """
    import pandas as pd

    rows = []
    for number, text in enumerate(asked):
        own = {ref: runs[ref][number] for ref in runs if number in runs[ref]}
        distinct = list(dict.fromkeys(run.tokens for run in own.values()))
        for place in columns(distinct) if distinct else []:
            at = dict(zip(distinct, place, strict=True))
            tokens, position = next((t, p) for t, p in at.items() if p is not None)
            values = {ref: run.values[p] for ref, run in own.items() if (p := at[run.tokens]) is not None}
            rows.append((number, text, position, tokens[position], values))
    return pd.DataFrame(
        {
            "variant": np.array([row[0] for row in rows], dtype=np.int64),
            "text": categories([row[1] for row in rows]),
            "position": np.array([row[2] for row in rows], dtype=np.int64),
            "token": texts(row[3] for row in rows),
            **{str(ref): numbers(row[4].get(ref) for row in rows) for ref in runs},
        }
    )


def overlap_frame(refs: Sequence[FeatureRef], overlaps: Mapping[str, Overlap]) -> pd.DataFrame:
    """Lay one row per pair of features and kind of thing that they may share.

    ``shared`` and ``either`` count; ``jaccard`` is their ratio, missing where neither feature has anything; ``tokens``
    are what is shared, as they read, with a space between them.
    """
    import pandas as pd

    rows = [(kind, pair) for kind, overlap in overlaps.items() for pair in overlap.pairs]
    frame = {
        **keys([refs[pair.one] for _, pair in rows]),
        "other": categories([str(refs[pair.other]) for _, pair in rows]),
        "kind": categories([kind for kind, _ in rows], known=list(overlaps)),
        "shared": integers(len(pair.shared) for _, pair in rows),
        "either": integers(pair.either for _, pair in rows),
        "jaccard": numbers(pair.jaccard for _, pair in rows),
        "tokens": texts(" ".join(name.strip() for name in pair.shared) for _, pair in rows),
    }
    return pd.DataFrame(frame)
