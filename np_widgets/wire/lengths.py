"""Lists that should be of one length: repaired where they are not, and the repair reported.

Missing values become NaN, missing names None; surplus values are cut from the view and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from np_widgets.models import NO_NUMBERS, FloatArray, LengthMismatch, frozen_array

T = TypeVar("T")

#: The service's mark for a logit weight that it does not have; a number like any other elsewhere.
MISSING_LOGIT = -10000.0


class Repairs:
    """Collects the mismatches of one feature or activation, and the surplus that was cut."""

    def __init__(self) -> None:
        self.mismatches: list[LengthMismatch] = []
        self.surplus: dict[str, FloatArray] = {}

    def fit(self, field: str, values: FloatArray, length: int) -> FloatArray:
        """Cut or fill per-token values to the number of tokens."""
        got = len(values)
        if got == length:
            return values
        self.report(field, length, got)
        if got > length:
            self.surplus[field] = values[length:]
            return values[:length]
        return frozen_array(np.concatenate([values, np.full(length - got, np.nan)]))

    def pair(
        self, field: str, names: Sequence[T] | None, values: Sequence[float | None] | None
    ) -> tuple[tuple[T | None, ...], FloatArray]:
        """Fill the shorter of names and values; the names' number counts as the right one."""
        names, values = names or (), values or ()
        if len(names) == len(values):
            return tuple(names), frozen_array(values) if values else NO_NUMBERS
        self.report(field, len(names), len(values))
        longest = max(len(names), len(values))
        return (
            (*names, *[None] * (longest - len(names))),
            frozen_array([*values, *[None] * (longest - len(values))]),
        )

    def level(self, **lists: Sequence[T] | None) -> list[tuple[T | None, ...]]:
        """Fill several parallel lists to the longest of them, each shorter one reported under its name."""
        longest = max(len(values or ()) for values in lists.values())
        for field, values in lists.items():
            if len(values or ()) != longest:
                self.report(field, longest, len(values or ()))
        return [(*(values or ()), *[None] * (longest - len(values or ()))) for values in lists.values()]

    def report(self, field: str, expected: int, got: int) -> None:
        """Remember that two lengths disagreed."""
        self.mismatches.append(LengthMismatch(field=field, expected=expected, got=got))


def without_missing_logits(values: FloatArray) -> FloatArray:
    """Turn the wire's -10000 into NaN."""
    if not (values == MISSING_LOGIT).any():
        return values
    return frozen_array(np.where(values == MISSING_LOGIT, np.nan, values))
