"""Where else a feature fires, beside the tokens at which it is among the strongest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from np_widgets.errors import UnexpectedResponse

if TYPE_CHECKING:
    from np_widgets.models import Activation, FeatureRef, TokenFeatureMatches


def is_told(answer: TokenFeatureMatches, ref: FeatureRef, most: int) -> bool:
    """Whether the lists tell a feature's value at every token: a list shorter than ``most`` leaves out nothing."""
    if (ref.model, ref.source) != (answer.model, answer.source):
        return False
    return all(len(token.matches) < most or any(m.index == ref.index for m in token.matches) for token in answer)


def values_at(answer: TokenFeatureMatches, activation: Activation) -> list[float | None]:
    """Read a run's values at the tokens of an answer; None where a value is unknown.

    An answer counts its tokens from the beginning-of-text token, which the run may or may not hold (contract, 5.2).

    Raises
    ------
    UnexpectedResponse
        When the run cut the text into other tokens.
    """
    tokens, values = activation.tokens, activation.values
    for shift in (0, 1):
        places = [token.position - shift for token in answer]
        pairs = list(zip(answer, places, strict=True))
        if all(at == -1 or (at < len(tokens) and tokens[at] == token.token) for token, at in pairs):
            return [None if at == -1 or not np.isfinite(values[at]) else float(values[at]) for at in places]
    raise UnexpectedResponse(
        f"The run of {activation.ref} cut the text into other tokens.",
        remedy="Try the text in the feature's dashboard.",
    )
