"""Any answer to JSON and back, exactly, by the types of its fields: no class needs a writer of its own."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec
import numpy as np

from np_widgets.models import Record

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def pack(answer: object) -> bytes:
    """Write an answer as one line of JSON, in ASCII.

    Arrays become lists. The numbers that JSON does not know become ``"nan"``, ``"inf"`` and ``"-inf"``.
    """
    tree = plain(answer)
    try:
        line = _dumps(tree)
    except ValueError:
        line = _dumps(_spelled(tree))
    return line.encode("ascii")


def plain(value: object) -> Any:  # noqa: ANN401 (any JSON)
    """Turn records, arrays and NumPy's numbers into what JSON has."""
    return msgspec.to_builtins(value, enc_hook=_without_numpy)


def unpack(tree: Any, kind: type[T]) -> T:  # noqa: ANN401 (any JSON)
    """Build an answer of a type from its decoded JSON; arrays are read-only, as everywhere.

    Raises
    ------
    msgspec.ValidationError
        When the JSON is not of that shape.
    """
    # Not strict, so that "nan" is a number where a number is due; a text stays a text where one may stand.
    return msgspec.convert(tree, kind, strict=False, dec_hook=_array)


def changed(value: Any, change: Callable[[Record], Record]) -> Any:  # noqa: ANN401 (any answer)
    """Put every record of an answer through a function, the outer ones first."""
    if isinstance(value, tuple) and value and isinstance(value[0], Record):
        return tuple(changed(item, change) for item in value)
    if not isinstance(value, Record):
        return value
    value = change(value)
    inside = ((name, getattr(value, name)) for name in value.__struct_fields__)
    return msgspec.structs.replace(
        value, **{n: changed(v, change) for n, v in inside if isinstance(v, (Record, tuple))}
    )


def _dumps(tree: Any) -> str:  # noqa: ANN401 (any JSON)
    return json.dumps(tree, allow_nan=False, separators=(",", ":"))


def _without_numpy(value: Any) -> Any:  # noqa: ANN401 (msgspec asks for what it does not know)
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")


def _spelled(tree: Any) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(tree, float) and not math.isfinite(tree):
        return str(tree)
    if isinstance(tree, dict):
        return {key: _spelled(item) for key, item in tree.items()}
    return [_spelled(item) for item in tree] if isinstance(tree, (list, tuple)) else tree


def _array(kind: Any, values: Any) -> Any:  # noqa: ANN401 (msgspec asks for what it does not know)
    """Build an array of the type that its field is annotated with: ``ndarray[shape, dtype[float64]]``."""
    array = np.array(values, dtype=get_args(get_args(kind)[1])[0])
    array.flags.writeable = False
    return array
