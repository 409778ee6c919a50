"""Numbers and texts in the few forms that travel: base64 arrays, sparse where that is smaller, no lone surrogates."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Payload = dict[str, Any]

#: A sparse value costs 8 bytes and a dense one 4, so sparse pays below one half.
_SPARSE_BELOW = 0.5


def speakable(token: str) -> str:
    """Replace lone surrogates, which cannot be sent; ``visible`` still names them."""
    return token if token.isascii() else token.encode("utf-8", "replace").decode()


def packed(values: npt.NDArray[np.float64]) -> Payload:
    """Pack values sparse where most are zero, dense otherwise."""
    return sparse(values) if np.count_nonzero(values) < _SPARSE_BELOW * values.size else {"value": float32(values)}


def sparse(values: npt.NDArray[np.float64]) -> Payload:
    """Keep what is not zero; NaN counts as something to show."""
    at = np.flatnonzero(values)
    return {"at": base64_text(at.astype("<u4")), "value": float32(values[at])}


def float32(values: npt.NDArray[np.float64]) -> str:
    """Write values as little-endian float32, what is too large at its end of the range."""
    largest = float(np.finfo(np.float32).max)
    return base64_text(np.clip(values, -largest, largest).astype("<f4"))


def base64_text(array: npt.NDArray[Any]) -> str:
    """Write an array's bytes as text."""
    return base64.b64encode(array.tobytes()).decode("ascii")


def finite(values: npt.NDArray[np.float64]) -> list[float | None]:
    """List values, unknown ones as None."""
    return [value if np.isfinite(value) else None for value in values.tolist()]


def optional(**parts: Any) -> Payload:  # noqa: ANN401 (any JSON)
    """Leave out what is empty: absent keys cost a saved notebook nothing."""
    return {key: value for key, value in parts.items() if value}
