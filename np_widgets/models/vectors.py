"""Vectors that users upload: a direction of a model's residual stream, to test texts on and to steer by."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from np_widgets.errors import InvalidRequest
from np_widgets.models.matches import Named
from np_widgets.models.provenance import Provenance
from np_widgets.models.record import FloatArray, frozen_array

#: Numbers in a row: a list, a NumPy array, a torch tensor, or anything else with ``__array__``.
VectorLike: TypeAlias = Any

#: Where the service can add a vector (contract, 5.5); its own documentation names others, which it refuses.
HOOKS = ("hook_resid_pre", "hook_resid_post")
#: The service takes no longer ones (contract, 5.5).
LONGEST = 24_576
_REMEDY = "Give numbers in one row: a list, a NumPy array, a torch tensor."


class Vector(Named, frozen=True, kw_only=True, eq=False):
    """An uploaded vector; ``np.asarray`` of it is its values.

    Attributes
    ----------
    model, source : str
        The source says layer and hook: ``"6-neuronpedia-resid-pre"``.
    index : int
        A random number that the service chose.
    values : ndarray of float64, shape (dimension,)
    label : str or None
    hook : str or None
        Such as ``"blocks.6.hook_resid_pre"``.
    default_strength : float or None
        The steering strength that the site begins with.
    created_at : str or None
        In ISO's form.
    site : str or None
        Left out of equality, as the provenance is.
    """

    values: FloatArray
    label: str | None = None
    hook: str | None = None
    default_strength: float | None = None
    created_at: str | None = None
    provenance: Provenance | None = None
    site: str | None = None

    _ignored_in_equality = frozenset({"provenance", "site"})

    @property
    def url(self) -> str | None:
        """The vector's page."""
        return f"{self.site}/{self.ref.path}" if self.site else None

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:  # noqa: FBT001 (NumPy's protocol)
        return np.array(self.values, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        label = f" {self.label!r}" if self.label else ""
        return f"<Vector {self.ref}{label}, {len(self)} numbers at {self.hook or 'an unknown hook'}>"


def vector_values(vector: VectorLike) -> FloatArray:
    """Read a vector in any of its forms.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    InvalidRequest
        When it is no row of numbers, is empty or too long, or holds a number that JSON does not have.
    """
    if hasattr(vector, "detach"):  # torch: NumPy reads neither gradients, nor another device's memory, nor bfloat16
        vector = vector.detach().cpu().float()
    values = _as_numbers(vector)
    if values is None or values.ndim != 1:
        given = f"a {type(vector).__name__} of something else" if values is None else f"of shape {values.shape}"
        raise InvalidRequest(f"A vector is a row of numbers, and this is {given}.", remedy=_REMEDY)
    if not 1 <= len(values) <= LONGEST:
        raise InvalidRequest(f"The vector has {len(values):,} numbers; it may have 1 to {LONGEST:,}.")
    odd = np.flatnonzero(~np.isfinite(values))
    if odd.size:
        raise InvalidRequest(
            f"Number {odd[0]} of the vector, counted from 0, is {values[odd[0]]}.",
            remedy="The service takes finite numbers only.",
        )
    return frozen_array(values)


def _as_numbers(vector: VectorLike) -> npt.NDArray[Any] | None:
    """Make an array of real numbers; None where these are none: text is not read as numbers."""
    try:
        values = np.asarray(vector)
        if values.dtype.kind == "O":
            values = np.asarray(vector, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return values if values.dtype.kind in "iuf" else None
