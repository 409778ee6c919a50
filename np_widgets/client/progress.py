"""A bar for loops that take longer than a second."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(
    description: str, *, total: int | None, unit: str, steps: int | None = None
) -> Iterator[Callable[[int], object]]:
    """Yield a function that counts.

    Parameters
    ----------
    description, unit : str
    total : int or None
        What is counted up to, where it is known.
    steps : int, optional
        In how many steps; a single one has nothing to show between its start and its end.
    """
    if steps is not None and steps <= 1:
        yield lambda _count: None
        return
    from tqdm.auto import tqdm  # here, since it brings the notebook's widgets along

    with tqdm(total=total, desc=description, unit=unit, delay=1, leave=False) as bar:
        yield bar.update
