"""What fires on a text as a matrix: features by tokens, or tokens by features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from np_widgets.errors import InvalidRequest
from np_widgets.frames.columns import Columns, categories, keys, texts
from np_widgets.tokens import readable, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import TokenFeatureMatches, TopFeatureMatches


def top_matrix(answers: Sequence[TopFeatureMatches]) -> Columns:
    """Lay one row per feature and one column per token, which is named by its position and what it says."""
    if len(answers) > 1:
        raise InvalidRequest(
            f"A wide frame has the tokens of one text as its columns, and these are {len(answers)} texts.",
            remedy='Make one of each, or take "tokens".',
        )
    answer = answers[0]
    names = [visible(name).strip() for name in readable(answer.tokens)]
    columns = {f"{position} {name}": answer.values[:, position] for position, name in enumerate(names)}
    return {**keys(answer.matches), **columns}


def token_matrix(answers: Sequence[TokenFeatureMatches]) -> Columns:
    """Lay one row per token and one column per feature, named by its index; NaN where it is not in the token's list."""
    saes = {(answer.model, answer.source) for answer in answers}
    if len(saes) > 1:
        raise InvalidRequest(
            f"A wide frame has the features of one source as its columns, and these are of {len(saes)}.",
            remedy='Make one of each, or take "matches".',
        )
    tokens = [(answer, token) for answer in answers for token in answer]
    indices = dict.fromkeys(match.index for _, token in tokens for match in token.matches)
    columns = {index: np.full(len(tokens), np.nan) for index in sorted(indices)}
    for row, (_, token) in enumerate(tokens):
        for match in token.matches:
            columns[match.index][row] = match.value
    return {
        "text": categories([answer.text for answer, _ in tokens]),
        "position": np.array([token.position for _, token in tokens], dtype=np.int64),
        "token": texts(token.token for _, token in tokens),
        **{str(index): column for index, column in columns.items()},
    }
