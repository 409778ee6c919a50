"""Any result as a pandas frame: column names in this package's vocabulary, numbers as numbers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from np_widgets.errors import InvalidRequest
from np_widgets.models import Activation, Feature
from np_widgets.tokens import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

Kind: TypeAlias = Literal["summary", "activations", "tokens", "logits", "histograms", "explanations"]
Columns: TypeAlias = dict[str, Any]
Example: TypeAlias = tuple[str | None, str | None, int | None, int, Activation]

_NUMBER = np.float64


def to_dataframe(
    x: Feature | Activation | Iterable[Feature] | Iterable[Activation], kind: Kind | None = None
) -> pd.DataFrame:
    """Turn a result into a frame.

    Parameters
    ----------
    x : Feature, Activation, or an iterable of either
        What was fetched or computed.
    kind : str, optional
        ``"summary"`` (the default for features): one row per feature. ``"activations"`` (the default for
        activations): one row per example text. ``"tokens"``: one row per token. ``"logits"``: one row per promoted
        or suppressed token. ``"histograms"``: one row per bin. ``"explanations"``: one row per explanation.
        Activations have the kinds ``"activations"`` and ``"tokens"``.

    Returns
    -------
    pandas.DataFrame
        Every row knows its ``model``, ``source`` and ``index`` (the feature). In ``tokens``, ``token`` is the raw
        vocabulary string, ``position`` counts from 0 in the example, ``value`` is the activation (NaN: unknown).

    Raises
    ------
    InvalidRequest
        When there is no such kind, or nothing that a frame can be made of.
    """
    items: list[Any] = [x] if isinstance(x, (Feature, Activation)) else list(x)
    features = [item for item in items if isinstance(item, Feature)]
    activations = [item for item in items if isinstance(item, Activation)]
    if len(features) + len(activations) != len(items) or (features and activations):
        stranger = next((i for i in items if not isinstance(i, (Feature, Activation))), None)
        what = "features mixed with activations" if stranger is None else f"a {type(stranger).__name__}"
        raise InvalidRequest(f"No frame can be made of {what}.", remedy="Give features, or activations.")
    if activations:
        return _activation_frame(_loose_examples(activations), kind or "activations")
    return _feature_frame(features, kind or "summary")


def _feature_frame(features: Sequence[Feature], kind: str) -> pd.DataFrame:
    import pandas as pd

    if kind in ("activations", "tokens"):
        return _activation_frame(_examples(features), kind)
    if kind not in _FEATURE_KINDS:
        raise InvalidRequest(
            f"{kind!r} is not a kind of frame.",
            remedy=f"Kinds: {', '.join([*_FEATURE_KINDS, 'activations', 'tokens'])}.",
        )
    return pd.DataFrame(_FEATURE_KINDS[kind](features))


def _activation_frame(examples: Sequence[Example], kind: str) -> pd.DataFrame:
    import pandas as pd

    builders: dict[str, Callable[[Sequence[Example]], Columns]] = {"activations": _activations, "tokens": _tokens}
    if kind not in builders:
        raise InvalidRequest(f"Activations have no frame {kind!r}.", remedy="Kinds: activations, tokens.")
    # The columns are ours alone, so pandas need not copy them: a frame of millions of rows would double.
    return pd.DataFrame(builders[kind](examples), copy=False)


def _examples(features: Sequence[Feature]) -> list[Example]:
    return [
        (feature.model, feature.source, feature.index, number, activation)
        for feature in features
        for number, activation in enumerate(feature.activations)
    ]


def _loose_examples(activations: Sequence[Activation]) -> list[Example]:
    return [(a.model, a.source, a.index, number, a) for number, a in enumerate(activations)]


def _summary(features: Sequence[Feature]) -> Columns:
    return {
        **_keys(features),
        "explanation": _texts(f.explanation for f in features),
        "density": _numbers(f.density for f in features),
        "max_activation": _numbers(f.max_activation for f in features),
        "n_activations": np.array([len(f.activations) for f in features], dtype=np.int64),
        "n_explanations": np.array([len(f.explanations) for f in features], dtype=np.int64),
        "promoted": _texts(_first_token(f, "promoted") for f in features),
        "suppressed": _texts(_first_token(f, "suppressed") for f in features),
        "is_dead": np.array([f.is_dead for f in features], dtype=bool),
        "has_vector": np.array([f.has_vector for f in features], dtype=bool),
        "source_set": _texts(f.source_set for f in features),
        "release": _texts(f.release for f in features),
        "hook": _texts(f.hook for f in features),
        "url": _texts(f.url for f in features),
        "n_warnings": np.array([len(f.warnings) for f in features], dtype=np.int64),
    }


def _first_token(feature: Feature, side: str) -> str | None:
    tokens = getattr(feature, side).tokens
    return tokens[0] if tokens else None


def _explanations(features: Sequence[Feature]) -> Columns:
    rows = [(f, e) for f in features for e in f.explanations]
    scores = [e.scores[0] if e.scores else None for _, e in rows]
    return {
        **_keys([f for f, _ in rows]),
        "explanation": _texts(e.text for _, e in rows),
        "author_model": _texts(e.author_model for _, e in rows),
        "method": _texts(e.method for _, e in rows),
        "author": _texts(e.author for _, e in rows),
        "score": _numbers(s.value if s else None for s in scores),
        "score_method": _texts(s.method if s else None for s in scores),
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
        **_keys([row[0] for row in rows]),
        "side": _categories([row[1] for row in rows], ["promoted", "suppressed"]),
        "rank": np.array([row[2] for row in rows], dtype=np.int64),
        "token": _texts(row[3] for row in rows),
        "text": _texts(None if row[3] is None else readable([row[3]])[0] for row in rows),
        "value": _numbers(row[4] for row in rows),
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
        **_keys([row[0] for row in rows]),
        "histogram": _categories([row[1] for row in rows], ["activation", "logit"]),
        "bin": np.array([row[2] for row in rows], dtype=np.int64),
        "centre": _numbers(row[3] for row in rows),
        "count": _numbers(row[4] for row in rows),
    }


def _activations(examples: Sequence[Example]) -> Columns:
    activations = [example[4] for example in examples]
    intervals = [a.interval for a in activations]
    return {
        **_example_keys(examples),
        "example": np.array([example[3] for example in examples], dtype=np.int64),
        "text": _texts(a.text for a in activations),
        "n_tokens": np.array([len(a.tokens) for a in activations], dtype=np.int64),
        "peak": _numbers(a.peak for a in activations),
        "peak_index": _integers(a.peak_index for a in activations),
        "peak_token": _texts(_peak_token(a) for a in activations),
        "minimum": _numbers(a.minimum for a in activations),
        "interval_low": _numbers(i.low if i else None for i in intervals),
        "interval_high": _numbers(i.high if i else None for i in intervals),
        "interval_fraction": _numbers(i.fraction if i else None for i in intervals),
        "is_top": np.array([bool(i and i.is_top) for i in intervals], dtype=bool),
        "dfa_target_index": _integers(a.dfa.target_index if a.dfa else None for a in activations),
        "data_source": _texts(a.data_source for a in activations),
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
    values = np.empty(total, dtype=_NUMBER)
    if total:
        np.concatenate([example[4].values for example in examples], out=values)
    return {
        **_example_keys(examples, lengths),
        "example": np.repeat(np.array([example[3] for example in examples], dtype=np.int32), lengths),
        "position": position,
        "token": _text_column(tokens),
        "value": values,
    }


def _keys(features: Sequence[Feature]) -> Columns:
    return {
        "model": _categories([f.model for f in features]),
        "source": _categories([f.source for f in features]),
        "index": np.array([f.index for f in features], dtype=np.int64),
    }


def _example_keys(examples: Sequence[Example], lengths: Any = 1) -> Columns:  # noqa: ANN401 (one or an array)
    return {
        "model": _categories([example[0] for example in examples], repeats=lengths),
        "source": _categories([example[1] for example in examples], repeats=lengths),
        "index": _integers([example[2] for example in examples], repeats=lengths),
    }


def _categories(values: Sequence[str | None], known: list[str] | None = None, repeats: Any = 1) -> Any:  # noqa: ANN401
    """Make a categorical column: one small number a row, however long the names."""
    import pandas as pd

    names = known if known is not None else list(dict.fromkeys(value for value in values if value is not None))
    numbers = {name: number for number, name in enumerate(names)}
    codes = np.array(
        [-1 if value is None else numbers[value] for value in values], dtype=np.int8 if len(names) < 128 else np.int32
    )
    return pd.Categorical.from_codes(np.repeat(codes, repeats), categories=pd.Index(names, dtype=object))


def _numbers(values: Iterable[float | None]) -> Any:  # noqa: ANN401 (an array)
    return np.array(list(values), dtype=_NUMBER)


def _integers(values: Iterable[int | None], repeats: Any = 1) -> Any:  # noqa: ANN401
    """Make an integer column; pandas' nullable one where some are unknown, never floats."""
    import pandas as pd

    listed = list(values)
    if None not in listed:
        return np.repeat(np.array(listed, dtype=np.int64), repeats)
    return pd.array(listed, dtype="Int64").repeat(repeats)


def _texts(values: Iterable[str | None]) -> Any:  # noqa: ANN401
    return _text_column(np.array(list(values), dtype=object))


def _text_column(values: Any) -> Any:  # noqa: ANN401
    """Wrap strings as pandas' default text column would be, without its copy and check of every string."""
    import pandas as pd

    return pd.Series(values, dtype=object, copy=False)


_FEATURE_KINDS: dict[str, Callable[[Sequence[Feature]], Columns]] = {
    "summary": _summary,
    "explanations": _explanations,
    "logits": _logits,
    "histograms": _histograms,
}
