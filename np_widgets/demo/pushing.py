"""How directions change a hidden state: the service's three methods.

With a hidden state *h*, a direction *v* of unit length *v̂*, and an amount *a*, which is strength times multiplier:

``SIMPLE_ADDITIVE``
    *h + a·v*.
``ORTHOGONAL_DECOMP``
    *h + (a − 1)(h·v̂)v̂*: what *h* has along *v* is multiplied by *a*, the rest is kept. 1 changes nothing, 0 takes the
    direction away, and how long *v* is does not matter.
``PROJECTION_CAP``
    *h + (min(h·v̂, a) − h·v̂)v̂*: what *h* has along *v* is held to at most *a*.

Several directions act one after another. So it stands in the code that Neuronpedia runs: ``steer_delta`` in
``interp_engine/steer.py``, called by ``endpoints/steer/completion.py`` of its inference server (read at commit
ebb8426). Of that server's two backends only the one on vLLM caps; the other one takes ``PROJECTION_CAP`` for
``SIMPLE_ADDITIVE``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .model import Array


class Push:
    """A change of the hidden states of one text in a batch, for :meth:`Transformer.advance`.

    Parameters
    ----------
    row
        Which of the texts is steered.
    method
        The service's name of it.
    directions : ndarray of float32, shape (directions, width)
    amounts : ndarray of float32, shape (directions,)
    spared : ndarray of bool, shape (positions,)
        Positions of what is there before anything is written that stay as they are.
    """

    def __init__(self, row: int, method: str, directions: Array, amounts: Array, spared: NDArray[np.bool_]) -> None:
        self._row = row
        self._along = METHODS[method]
        self._directions, self._amounts = directions, amounts
        self._spared = spared[:, None]

    def __call__(self, x: Array, first: int) -> Array:
        """Return all texts' hidden states, text by position by width, with one of them steered."""
        own = x[self._row]
        moved = own
        for direction, amount in zip(self._directions, self._amounts, strict=True):
            moved = self._along(moved, direction, amount)
        steered = x.copy()
        steered[self._row] = moved if first else np.where(self._spared, own, moved)
        return steered


def _added(x: Array, direction: Array, amount: np.float32) -> Array:
    return x + amount * direction


def _scaled(x: Array, direction: Array, amount: np.float32) -> Array:
    unit = direction / np.linalg.norm(direction)
    return x + (amount - 1) * (x @ unit)[:, None] * unit


def _capped(x: Array, direction: Array, amount: np.float32) -> Array:
    unit = direction / np.linalg.norm(direction)
    along = x @ unit
    return x + (np.minimum(along, amount) - along)[:, None] * unit


METHODS: dict[str, Callable[[Array, Array, np.float32], Array]] = {
    "SIMPLE_ADDITIVE": _added,
    "ORTHOGONAL_DECOMP": _scaled,
    "PROJECTION_CAP": _capped,
}
