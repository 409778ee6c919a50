"""The writes, as the contract spells them; :mod:`np_widgets.client.calls` has the questions.

Each says what it changes, so that the copies of that are dropped, and where to look when its answer was lost. As for
the questions, an index is text on some routes and a number on others (contract, 1.8).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from np_widgets.client import concerns
from np_widgets.client.routes import Call, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from np_widgets.models import FeatureRef, FloatArray
    from np_widgets.wire.rows import Row

_NO_REASON = "The service does not say why. "


def _write(path: str, json: Any, about: str, *, changes: tuple[str, ...] = (), look: str, hint: str = "") -> Call:  # noqa: ANN401 (any JSON)
    return replace(post(path, json, about, hint, changes), look=look)


def _named(ref: FeatureRef, key: str = "layer") -> dict[str, object]:
    """Name a feature as most routes do that write: by ``layer``, and its index as text."""
    return {"modelId": ref.model, key: ref.source, "index": str(ref.index)}


def new_vector(model: str, layer: int, hook: str, values: FloatArray, label: str, strength: float) -> Call:
    """``POST /api/vector/new`` (contract, 5.5)."""
    body = {
        "modelId": model,
        "layerNumber": layer,
        "hookType": hook,
        "vector": values.tolist(),
        "vectorDefaultSteerStrength": strength,
        "vectorLabel": label,
    }
    look = "list_vectors() shows whether it is there"
    return _write("/api/vector/new", body, f"your vector {label!r}", look=look)


def delete_vector(ref: FeatureRef) -> Call:
    """``POST /api/vector/delete``: "Success" even when nothing was there (contract, 9.12)."""
    look = "list_vectors() shows whether it is still there"
    about, changes = f"the vector {ref}", concerns.feature_written(ref)
    return _write("/api/vector/delete", _named(ref, "source"), about, changes=changes, look=look)


def upload_activations(ref: FeatureRef, texts: Sequence[Row]) -> Call:
    """``POST /api/activation/upload-batch``: for vectors of one's own."""
    return _write(
        "/api/activation/upload-batch",
        {**_named(ref, "source"), "activations": list(texts)},
        f"the examples of your vector {ref}",
        changes=concerns.feature_written(ref),
        look=f'get_feature("{ref}", refresh=True).activations shows whether they are there',
        hint=f"{_NO_REASON}Most likely {ref} is no vector, or is not yours: list_vectors() lists yours.",
    )
