"""What all models share: immutable, keyword-only, and equal by value, arrays included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]


class Record(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A typed row. Two are equal when all their fields are, NaN counting as equal to NaN."""

    _ignored_in_equality: ClassVar[frozenset[str]] = frozenset()

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(
            _same(getattr(self, name), getattr(other, name))
            for name in self.__struct_fields__
            if name not in self._ignored_in_equality
        )

    def __ne__(self, other: object) -> bool:
        # msgspec gives structs a __ne__ of their own, by identity where eq=False.
        return not self == other

    # Arrays are compared by value, so there is no hash that agrees with equality and is cheap.
    __hash__ = None  # type: ignore[assignment]


def _same(a: Any, b: Any) -> bool:  # noqa: ANN401 (fields are of any type)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b, equal_nan=True)
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)  # noqa: PLR0124 (NaN is the number unequal to itself)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)


def frozen_array(values: Sequence[float | None] | npt.NDArray[np.generic]) -> FloatArray:
    """Make a read-only float64 array; ``None`` becomes NaN."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


#: Shared by all records that have no numbers in a field.
NO_NUMBERS: FloatArray = frozen_array([])
