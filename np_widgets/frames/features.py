"""Features and their examples as frames."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from np_widgets.errors import InvalidRequest
from np_widgets.frames.columns import Columns, categories, integers, keys, numbers, text_column, texts
from np_widgets.frames.variants import numbered, variant_cells
from np_widgets.models import Activation, Feature, LogitWeights
from np_widgets.tokens import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

Example: TypeAlias = tuple[str | None, str | None, int | None, int, Activation]


def feature_frame(features: Sequence[Feature], kind: str) -> pd.DataFrame:
    """Lay features into rows of one kind."""
    import pandas as pd

    if kind in ("activations", "tokens"):
        return activation_frame(_examples(features), kind)
    if kind not in _FEATURE_KINDS:
        raise InvalidRequest(
            f"{kind!r} is not a kind of frame.",
            remedy=f"Kinds: {', '.join([*_FEATURE_KINDS, 'activations', 'tokens'])}.",
        )
    return pd.DataFrame(_FEATURE_KINDS[kind](features))


def activation_frame(examples: Sequence[Example], kind: str) -> pd.DataFrame:
    """Lay example texts into rows, one for each or one for each of their tokens."""
    import pandas as pd

    builders: dict[str, Callable[[Sequence[Example]], Columns]] = {
        "activations": _activations,
        "tokens": _tokens,
        "variants": lambda loose: variant_cells(numbered(loose)),
    }
    if kind not in builders:
        raise InvalidRequest(f"Activations have no frame {kind!r}.", remedy=f"Kinds: {', '.join(builders)}.")
    # The columns are ours alone, so pandas need not copy them: a frame of millions of rows would double.
    return pd.DataFrame(builders[kind](examples), copy=False)


def _examples(features: Sequence[Feature]) -> list[Example]:
    return [
        (feature.model, feature.source, feature.index, number, activation)
        for feature in features
        for number, activation in enumerate(feature.activations)
    ]


def loose_examples(activations: Sequence[Activation]) -> list[Example]:
    """Number activations that are no longer part of a feature."""
    return [(a.model, a.source, a.index, number, a) for number, a in enumerate(activations)]


def _summary(features: Sequence[Feature]) -> Columns:
    return {
        **keys(features),
        "explanation": texts(f.explanation for f in features),
        "density": numbers(f.density for f in features),
        "max_activation": numbers(f.max_activation for f in features),
        "n_activations": np.array([len(f.activations) for f in features], dtype=np.int64),
        "n_explanations": np.array([len(f.explanations) for f in features], dtype=np.int64),
        "promoted": texts(first_token(f.promoted) for f in features),
        "suppressed": texts(first_token(f.suppressed) for f in features),
        "is_dead": np.array([f.is_dead for f in features], dtype=bool),
        "has_vector": np.array([f.has_vector for f in features], dtype=bool),
        "source_set": texts(f.source_set for f in features),
        "release": texts(f.release for f in features),
        "hook": texts(f.hook for f in features),
        "url": texts(f.url for f in features),
        "n_warnings": np.array([len(f.warnings) for f in features], dtype=np.int64),
    }


def first_token(weights: LogitWeights) -> str | None:
    """Name the token on which a feature acts most."""
    return weights.tokens[0] if weights.tokens else None


def _explanations(features: Sequence[Feature]) -> Columns:
    rows = [(f, e) for f in features for e in f.explanations]
    scores = [e.scores[0] if e.scores else None for _, e in rows]
    return {
        **keys([f for f, _ in rows]),
        "explanation": texts(e.text for _, e in rows),
        "author_model": texts(e.author_model for _, e in rows),
        "method": texts(e.method for _, e in rows),
        "author": texts(e.author for _, e in rows),
        "score": numbers(s.value if s else None for s in scores),
        "score_method": texts(s.method if s else None for s in scores),
        "n_scores": np.array([len(e.scores) for _, e in rows], dtype=np.int64),
    }


def _logits(features: Sequence[Feature]) -> Columns:
    rows = [
        (feature, side, rank, token, value)
        for feature in features
        for side, weights in (("promoted", feature.promoted), ("suppressed", feature.suppressed))
        for rank, (token, value) in enumerate(zip(weights.tokens, weights.values.tolist(), strict=True))
    ]
    return {
        **keys([row[0] for row in rows]),
        "side": categories([row[1] for row in rows], ["promoted", "suppressed"]),
        "rank": np.array([row[2] for row in rows], dtype=np.int64),
        "token": texts(row[3] for row in rows),
        "text": texts(None if row[3] is None else readable([row[3]])[0] for row in rows),
        "value": numbers(row[4] for row in rows),
    }


def _histograms(features: Sequence[Feature]) -> Columns:
    rows = [
        (feature, name, number, centre, count)
        for feature in features
        for name, histogram in (("activation", feature.activation_histogram), ("logit", feature.logit_histogram))
        for number, (centre, count) in enumerate(
            zip(histogram.centres.tolist(), histogram.counts.tolist(), strict=True)
        )
    ]
    return {
        **keys([row[0] for row in rows]),
        "histogram": categories([row[1] for row in rows], ["activation", "logit"]),
        "bin": np.array([row[2] for row in rows], dtype=np.int64),
        "centre": numbers(row[3] for row in rows),
        "count": numbers(row[4] for row in rows),
    }


def _activations(examples: Sequence[Example]) -> Columns:
    activations = [example[4] for example in examples]
    intervals = [a.interval for a in activations]
    return {
        **_example_keys(examples),
        "example": np.array([example[3] for example in examples], dtype=np.int64),
        "text": texts(a.text for a in activations),
        "n_tokens": np.array([len(a.tokens) for a in activations], dtype=np.int64),
        "peak": numbers(a.peak for a in activations),
        "peak_index": integers(a.peak_index for a in activations),
        "peak_token": texts(_peak_token(a) for a in activations),
        "minimum": numbers(a.minimum for a in activations),
        "interval_low": numbers(i.low if i else None for i in intervals),
        "interval_high": numbers(i.high if i else None for i in intervals),
        "interval_fraction": numbers(i.fraction if i else None for i in intervals),
        "is_top": np.array([bool(i and i.is_top) for i in intervals], dtype=bool),
        "dfa_target_index": integers(a.dfa.target_index if a.dfa else None for a in activations),
        "data_source": texts(a.data_source for a in activations),
    }


def _peak_token(activation: Activation) -> str | None:
    return None if activation.peak_index is None else activation.tokens[activation.peak_index]


def _tokens(examples: Sequence[Example]) -> Columns:
    lengths = np.array([len(example[4].tokens) for example in examples], dtype=np.int64)
    total = int(lengths.sum())
    starts = np.cumsum(lengths) - lengths
    position = np.arange(total, dtype=np.int32)
    position -= np.repeat(starts.astype(np.int32), lengths)
    # fromiter fills the column from one iterator; a list in between would cost as much again.
    tokens = np.fromiter(chain.from_iterable(e[4].tokens for e in examples), dtype=object, count=total)
    values = np.empty(total, dtype=np.float64)
    if total:
        np.concatenate([example[4].values for example in examples], out=values)
    return {
        **_example_keys(examples, lengths),
        "example": np.repeat(np.array([example[3] for example in examples], dtype=np.int32), lengths),
        "position": position,
        "token": text_column(tokens),
        "value": values,
    }


def _example_keys(examples: Sequence[Example], lengths: Any = 1) -> Columns:  # noqa: ANN401 (one or an array)
    return {
        "model": categories([example[0] for example in examples], repeats=lengths),
        "source": categories([example[1] for example in examples], repeats=lengths),
        "index": integers([example[2] for example in examples], repeats=lengths),
    }


_FEATURE_KINDS: dict[str, Callable[[Sequence[Feature]], Columns]] = {
    "summary": _summary,
    "explanations": _explanations,
    "logits": _logits,
    "histograms": _histograms,
}
