"""Explanations and scores that were just made, from the service's shape to models (contract, 5.3)."""

from __future__ import annotations

from typing import Any

import msgspec

from np_widgets.errors import UnexpectedResponse
from np_widgets.models import Explanation, ExplanationScore
from np_widgets.models.interp import Explained
from np_widgets.wire.features import build_explanation, build_score
from np_widgets.wire.read import Body, decode
from np_widgets.wire.rows import Row

_ROW = msgspec.json.Decoder(dict[str, Any])


def read_generated(body: Body) -> Explanation:
    """Read the body of ``POST /api/explanation/generate``."""
    return build_explanation(_inner(body, "explanation"))


def read_score(body: Body) -> ExplanationScore:
    """Read the body of ``POST /api/explanation/score``."""
    return build_score(_inner(body, "score"))


def _inner(body: Body, key: str) -> Row:
    found = decode(_ROW, body).get(key)
    if not isinstance(found, dict):
        raise UnexpectedResponse(f"The answer holds no {key}.")
    return found


def read_explained(body: Body) -> Explained:
    """Read the body of ``GET /api/explanation/{id}``: a whole row, which names its feature."""
    row = decode(_ROW, body)
    if not all(row.get(key) is not None for key in ("modelId", "layer", "index")):
        raise UnexpectedResponse("The explanation does not say which feature it is of.")
    explanation = build_explanation(row)
    return Explained(model=row["modelId"], source=row["layer"], index=int(row["index"]), explanation=explanation)
