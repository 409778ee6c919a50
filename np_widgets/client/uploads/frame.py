"""Features from a frame: a row for each token, as ``to_dataframe("tokens")`` makes it, or a row for each example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from np_widgets.client.given import read_examples
from np_widgets.client.uploads.described import read_density
from np_widgets.errors import InvalidRequest
from np_widgets.models import Activation, Explanation, Feature, FeatureRef, frozen_array
from np_widgets.models.uploads import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

_BY_TOKEN, _BY_EXAMPLE = ("index", "example", "token", "value"), ("index", "tokens", "values")
_OWN = ("model", "source", "position")
#: Columns that say something of a feature, once for all of its rows.
_OF_FEATURE = ("density", "explanation")
_REMEDY = (
    'Give a row for each token, as to_dataframe("tokens") does (index, example, token, value), or a row for each '
    "example (index, tokens, values); beside them density and explanation, and model and source."
)


def unread_columns(frame: pd.DataFrame) -> list[str]:
    """Name the columns that an upload has no use for."""
    known = {*_BY_TOKEN, *_BY_EXAMPLE, *_OWN, *_OF_FEATURE}
    return [str(column) for column in frame.columns if column not in known]


def features_of(frame: pd.DataFrame, model: str | None, source: str | None) -> Iterator[Feature | Refusal]:
    """Gather the rows of each feature, in the order in which they first stand in the frame.

    In the place of one with a value that is not of its form stands why.

    Raises
    ------
    InvalidRequest
        When a column is missing.
    """
    columns = {str(column) for column in frame.columns}
    by_token = columns >= set(_BY_TOKEN)
    if not by_token and not columns >= set(_BY_EXAMPLE):
        raise InvalidRequest(f"This frame has the columns {', '.join(sorted(columns))}.", remedy=_REMEDY)
    names = [name for name in ("model", "source", "index") if name in columns]
    for key, rows in frame.groupby(names, sort=False, observed=True, dropna=False):
        named: dict[str, Any] = {"model": model, "source": source, **dict(zip(names, key, strict=True))}
        if named["model"] is None or named["source"] is None:
            raise InvalidRequest(
                "This frame does not say of which source its features are.", remedy="Give model and source."
            )
        about = f"feature {named['index']} of the frame"
        try:
            yield _feature(rows, named, about, by_token=by_token)
        except InvalidRequest as error:
            yield Refusal(name=about, reason=error.message.rstrip("."))


def _feature(rows: pd.DataFrame, named: dict[str, Any], about: str, *, by_token: bool) -> Feature:
    index = named["index"]
    if isinstance(index, float):  # a column in which one is missing holds them all as fractions, of NumPy's kind maybe
        index = int(index) if index.is_integer() else float(index)
    ref = FeatureRef.parse((named["model"], named["source"], index))
    examples = _by_token(rows) if by_token else read_examples(zip(rows["tokens"], rows["values"], strict=True), about)
    texts = _once(rows, "explanation", about)
    return Feature(
        model=ref.model,
        source=ref.source,
        index=ref.index,
        density=read_density(_once(rows, "density", about), about),
        explanations=() if texts is None else (Explanation(text=str(texts)),),
        activations=tuple(examples),
    )


def _by_token(rows: pd.DataFrame) -> Sequence[Activation]:
    return [
        Activation(tokens=tuple(map(str, group["token"])), values=frozen_array(group["value"].to_numpy(dtype=float)))
        for _, group in rows.groupby("example", sort=False)
    ]


def _once(rows: pd.DataFrame, column: str, about: str) -> Any:  # noqa: ANN401 (a number or a text)
    """Find what all rows of a feature say; None where they say nothing."""
    if column not in rows:
        return None
    said = rows[column].dropna().unique()
    if len(said) > 1:
        raise InvalidRequest(f"The rows of {about} differ in {column}: {said[0]!r} and {said[1]!r}.")
    return said[0] if len(said) else None
