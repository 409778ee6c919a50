"""A thousand features into one row per token."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

from benchmarks.data import compact
from benchmarks.measure import Result, interleaved, seconds
from np_widgets import to_dataframe
from np_widgets.wire import read_features

if TYPE_CHECKING:
    import pandas as pd

    from benchmarks.data import Row
    from np_widgets import Feature

N_FEATURES = 1000
N_COMPARED = 20


def measure(row: Row, repeats: int) -> list[Result]:
    features = thousand(row)
    n_tokens = sum(len(a.tokens) for f in features for a in f.activations)
    [ours] = interleaved([lambda: to_dataframe(features, "tokens")], repeats, warm_up=1)
    few, rows = features[:N_COMPARED], [row] * N_COMPARED
    mine, theirs = interleaved([lambda: to_dataframe(few, "tokens"), lambda: normalized(rows)], repeats)
    return [
        Result(
            f"`tokens` frame of {len(features):,} features ({n_tokens:,} rows)", f"{ours:.2f} s", "≤ 1 s", ours <= 1
        ),
        _memory(features),
        Result("… `pandas.json_normalize` of the same rows, decoded", f"{theirs / mine:.0f} × our time"),
    ]


def thousand(row: Row) -> list[Feature]:
    """Features as a reply brings them: every token a string of its own."""
    body = compact([{**row, "index": str(n)} for n in range(50)])
    return [feature for _ in range(N_FEATURES // 50) for feature in read_features(body)]


def normalized(rows: list[Row]) -> pd.DataFrame:
    """What one would write without this package."""
    import pandas as pd

    activations = pd.json_normalize(rows, "activations", ["modelId", "layer", "index"], record_prefix="activation.")
    return activations[["modelId", "layer", "index", "activation.tokens", "activation.values"]].explode(
        ["activation.tokens", "activation.values"]
    )


def _memory(features: list[Feature]) -> Result:
    """The highest use while the frame is built, in units of the frame; its strings are the features' own."""
    held: list[Any] = []
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    seconds(lambda: held.append(to_dataframe(features, "tokens")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    own = int(held[0].memory_usage().sum())
    share = (peak - before) / own
    return Result("… its highest memory / its own", f"{share:.2f} × ({own / 1e6:.0f} MB)", "≤ 2 ×", share <= 2)
