"""What fires on a text as a matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from np_widgets import InvalidRequest, to_dataframe
from np_widgets.models import TokenFeatureMatch, TokenFeatureMatches, TokenMatches, TopFeatureMatch, TopFeatureMatches

MODEL, SAE = "gpt2-small", "6-res-jb"


def top(text: str = "a b") -> TopFeatureMatches:
    rows = {7: [0.0, 2.0, 1.0], 9: [0.0, 0.0, 3.0]}
    return TopFeatureMatches(
        text=text,
        model=MODEL,
        source_set="res-jb",
        tokens=("<bos>", "a", "Ġb"),
        matches=tuple(
            TopFeatureMatch(model=MODEL, source=SAE, index=index, values=np.array(values))
            for index, values in rows.items()
        ),
    )


def by_token(source: str = SAE, text: str = "a b") -> TokenFeatureMatches:
    lists = {1: {7: 2.0}, 2: {9: 3.0, 7: 1.0}}
    return TokenFeatureMatches(
        text=text,
        model=MODEL,
        source=source,
        matches=tuple(
            TokenMatches(
                position=position,
                token=("a", "Ġb")[position - 1],
                matches=tuple(
                    TokenFeatureMatch(model=MODEL, source=source, index=index, value=value)
                    for index, value in features.items()
                ),
            )
            for position, features in lists.items()
        ),
    )


def test_top_features_as_a_matrix_have_a_row_each_and_a_column_per_token() -> None:
    frame = to_dataframe(top(), "wide")
    assert list(frame.columns) == ["model", "source", "index", "0 <bos>", "1 a", "2 b"]
    assert frame["2 b"].tolist() == [1.0, 3.0]
    summary = pd.DataFrame({"model": [MODEL], "source": [SAE], "index": [9], "note": ["mine"]})
    assert frame.merge(summary, on=["model", "source", "index"])["1 a"].tolist() == [0.0]


def test_features_by_token_as_a_matrix_have_a_row_per_token_and_a_column_each() -> None:
    frame = to_dataframe([by_token(), by_token(text="b a")], "wide")
    assert list(frame.columns) == ["text", "position", "token", "7", "9"]
    assert frame["7"].tolist() == [2.0, 1.0, 2.0, 1.0]
    assert np.isnan(frame["9"][0])


def test_a_matrix_of_texts_that_share_no_columns_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="these are 2 texts"):
        to_dataframe([top(), top("c")], "wide")
    with pytest.raises(InvalidRequest, match="of one source as its columns, and these are of 2"):
        to_dataframe([by_token(), by_token("7-res-jb")], "wide")


def test_a_text_on_which_nothing_fires_is_an_empty_matrix() -> None:
    nothing = TopFeatureMatches(text="a", model=MODEL, source_set="res-jb", tokens=("<bos>", "a"))
    assert to_dataframe(nothing, "wide").shape == (0, 5)
    assert to_dataframe(TokenFeatureMatches(text="a", model=MODEL, source=SAE), "wide").shape == (0, 3)
