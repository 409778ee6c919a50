"""Texts that differ in a few tokens, as they are laid below one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from np_widgets.examples import in_order
from np_widgets.payload.texts import texts_payload
from np_widgets.variants import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import Activation
    from np_widgets.payload.packing import Payload


def variants_payload(activations: Sequence[Activation]) -> Payload:
    """Pack a text and its variants, and for each of them the position that stands in each column; -1 for a gap."""
    return {"texts": texts_payload(activations, in_order(activations)), "columns": columns_payload(activations)}


def columns_payload(activations: Sequence[Activation]) -> list[list[int]]:
    """Lay texts below one another; those with the same tokens are aligned once."""
    tokens = [activation.tokens for activation in activations]
    distinct = list(dict.fromkeys(tokens))
    rows = zip(*columns(distinct), strict=True) if any(distinct) else ([] for _ in distinct)
    laid = {text: [-1 if at is None else at for at in row] for text, row in zip(distinct, rows, strict=True)}
    return [laid[text] for text in tokens]
